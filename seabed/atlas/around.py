"""What lies around a site: how far each limit is, and the nearest feature of each kind.

Candidates are ranked in one oblique stereographic projection centred on the site, whose scale is off by less
than 1 % at 1,000 km; the few nearest are then measured on the ellipsoid.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Proj

from seabed.atlas.store import boxes_of
from seabed.contract import Margin, Nearby
from seabed.geodesy import GEOD, Nearest, centroid, distance_and_bearing

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas, Bounds, FeatureAttributes, Limit

    Geometries = NDArray[np.object_]

#: How far to look for limits and for features.
LIMITS_WITHIN_KM = 500.0
FEATURES_WITHIN_KM = 1000.0

#: Widening rings: near a coast the first holds what is sought, and the dense coastline beyond is not decoded.
_RINGS_KM = (25.0, 125.0, LIMITS_WITHIN_KM)
_LIMIT_WORDS = {"3M": "3 M", "12M": "12 M", "200M": "200 M", "between_states": ""}
_JURISDICTION_LIMITS = ("12M", "200M", "between_states")

#: Distinct ``ref`` to report for a kind; every other kind gets one.
_HOW_MANY = {"isa_contract": 3}
#: How many of the nearest limits of a kind to measure on the ellipsoid.
_RIVALS = 3
#: Longer edges would bend in the projection: half a degree strays 5 m at 1,000 km.
_LONGEST_EDGE_DEG = 0.5


class Surroundings:
    """A site ready to be measured from. Local to one call: ``shape`` should be prepared, and then unshared.

    Parameters
    ----------
    shape
        The site, densified, in degrees, split at ±180.
    """

    def __init__(self, shape: BaseGeometry) -> None:
        self.shape = shape
        self.boxes: tuple[Bounds, ...] = boxes_of(shape)
        self._short = shapely.segmentize(shape, _LONGEST_EDGE_DEG)
        self._proj = _projection(*centroid(shape))
        self._local = _projected(self._proj, np.array([self._short], dtype=object))[0]

    def rough_km(self, others: Sequence[BaseGeometry]) -> NDArray[np.float64]:
        """Return the distance to each of ``others`` in the projection: to rank by, good to 1 % or so."""
        local = _projected(self._proj, np.array(others, dtype=object))
        return np.asarray(shapely.distance(self._local, local)) / 1000

    def nearest(self, other: BaseGeometry) -> Nearest:
        """Return the geodesic to the nearest point of ``other``: 0 km if it touches.

        Found in the site's projection, then again in one centred between the two points found, which leaves
        0.15 % of scale at 1,000 km; the length is the geodesic's. ``geodesy.nearest_points`` iterates until
        nothing moves, to the centimetre, and takes ten times as long (6 ms against 0.6 ms a pair).
        """
        if shapely.intersects(self.shape, other):
            place = shapely.Point(shapely.get_coordinates(shapely.shortest_line(self.shape, other))[0])
            return Nearest(place, place, 0.0, 0.0)
        short = shapely.segmentize(other, _LONGEST_EDGE_DEG)
        first = _geodesic(self._proj, self._short, short)
        middle_lon, middle_lat, _ = GEOD.fwd(
            first.on_a.x, first.on_a.y, first.bearing_deg, first.distance_km * 500
        )
        second = _geodesic(_projection(float(middle_lon), float(middle_lat)), self._short, short)
        return min(first, second, key=lambda found: found.distance_km)


def _projection(lon: float, lat: float) -> Proj:
    return Proj(proj="stere", lon_0=lon, lat_0=lat, ellps="WGS84")


def _projected(proj: Proj, geometries: Geometries) -> Geometries:
    def forward(degrees: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(proj(degrees[:, 0], degrees[:, 1]))

    return np.asarray(shapely.transform(geometries, forward), dtype=object)


def _geodesic(proj: Proj, a: BaseGeometry, b: BaseGeometry) -> Nearest:
    """Return the geodesic between the points of ``a`` and ``b`` that are nearest in the projection."""
    flat = _projected(proj, np.array([a, b], dtype=object))
    x, y = shapely.get_coordinates(shapely.shortest_line(*flat)).T
    lon, lat = proj(x, y, inverse=True)
    distance, bearing = distance_and_bearing(lon[0], lat[0], lon[1], lat[1])
    return Nearest(shapely.Point(lon[0], lat[0]), shapely.Point(lon[1], lat[1]), distance, bearing)


def find_margins(surroundings: Surroundings, atlas: Atlas) -> tuple[list[Margin], list[Limit]]:
    """Return the margins of a site, and the jurisdiction limits that lie nearer than their accuracy.

    For each kind the nearest limit within 500 km, and every further one that the site crosses or that is
    nearer than its accuracy. The second list leaves out the limits that the site crosses.
    """
    wanted = set(_LIMIT_WORDS)
    margins: list[Margin] = []
    uncertain: list[Limit] = []
    for ring_km in _RINGS_KM:
        for kind, lines in _by_kind(atlas.limits_near(surroundings.boxes, ring_km, sorted(wanted))).items():
            for order, (line, km) in enumerate(_nearest_lines(surroundings, lines)):
                if km > ring_km or (order and km > line.accuracy_km):
                    continue
                wanted.discard(kind)
                is_within = km <= line.accuracy_km
                margins.append(
                    Margin(
                        limit=_limit_text(line),
                        distance_km=km,
                        accuracy_km=line.accuracy_km,
                        within_accuracy=is_within,
                    )
                )
                if kind in _JURISDICTION_LIMITS and is_within and km > 0:
                    uncertain.append(line)
        if not wanted:
            break
    return sorted(margins, key=lambda margin: (margin.distance_km, margin.limit)), uncertain


def _nearest_lines(surroundings: Surroundings, lines: Sequence[Limit]) -> list[tuple[Limit, float]]:
    """Return the nearest of ``lines``, then each other one that may be nearer than its accuracy, with km."""
    rough = surroundings.rough_km([line.geometry for line in lines])
    best: dict[tuple[str, tuple[str | None, str | None]], int] = {}
    for index in np.argsort(rough, kind="stable"):
        best.setdefault((lines[index].name, lines[index].sides), int(index))
    measured = []
    for order, index in enumerate(best.values()):
        line = lines[index]
        if order < _RIVALS or rough[index] <= 1.05 * line.accuracy_km:
            measured.append((line, surroundings.nearest(line.geometry).distance_km))
    return sorted(measured, key=lambda pair: pair[1])


def find_nearest(
    surroundings: Surroundings,
    atlas: Atlas,
    on: dt.date,
    *,
    overlay_kinds: Sequence[str],
    covering: set[str],
) -> list[Nearby]:
    """Return the nearest features that cover nothing of the site, within 1,000 km, by kind and distance.

    One of each overlay kind (three contracts with different ``ref``), and the nearest continental shelf
    that the site is not in. What shares an edge with the site is 0 km away. ``covering`` are the ids of the
    features that cover some of it.
    """
    pieces = list(atlas.near(surroundings.boxes, FEATURES_WITHIN_KM, on, overlay_kinds))
    rough = surroundings.rough_km([piece for _, piece in pieces])
    done = {(attributes.kind, attributes.ref) for attributes, _ in pieces if attributes.id in covering}
    found: dict[str, list[Nearby]] = {}
    for index in np.argsort(rough, kind="stable"):
        attributes, piece = pieces[index]
        of_kind = found.setdefault(attributes.kind, [])
        if (attributes.kind, attributes.ref) in done or len(of_kind) >= _HOW_MANY.get(attributes.kind, 1):
            continue
        done.add((attributes.kind, attributes.ref))
        distance = surroundings.nearest(piece)
        if distance.distance_km <= FEATURES_WITHIN_KM:
            of_kind.append(_nearby(attributes, attributes.ref, distance))
    nearest = [
        nearby
        for kind in sorted(found)
        for nearby in sorted(found[kind], key=lambda one: (one.distance_km, one.id))
    ]
    return nearest + _nearest_shelf(surroundings, atlas, on, covering)


def _nearest_shelf(surroundings: Surroundings, atlas: Atlas, on: dt.date, covering: set[str]) -> list[Nearby]:
    """Find the nearest zone within 200 M by its limits, which are far lighter than its polygons."""
    for ring_km in (*_RINGS_KM, FEATURES_WITHIN_KM):
        lines = list(atlas.limits_near(surroundings.boxes, ring_km, ("200M", "between_states")))
        rough = surroundings.rough_km([line.geometry for line in lines])
        for index in np.argsort(rough, kind="stable"):
            for side in lines[index].sides:
                if side is None or side in covering:
                    continue
                zone = atlas.attributes_of(side)
                if zone.kind == "continental_shelf" and zone.is_in_force(on):
                    distance = surroundings.nearest(lines[index].geometry)
                    if distance.distance_km <= ring_km:
                        return [_nearby(zone, zone.id, distance)]
                    break
            else:
                continue
            break
    return []


def _nearby(attributes: FeatureAttributes, identifier: str, distance: Nearest) -> Nearby:
    return Nearby(
        kind=attributes.kind,
        id=identifier,
        name=attributes.name,
        distance_km=distance.distance_km,
        bearing_deg=distance.bearing_deg,
    )


def _by_kind(limits: Iterable[Limit]) -> dict[str, list[Limit]]:
    by_kind: dict[str, list[Limit]] = {}
    for line in limits:
        by_kind.setdefault(line.kind, []).append(line)
    return by_kind


def _limit_text(line: Limit) -> str:
    words = _LIMIT_WORDS.get(line.kind, line.kind)
    return line.name if words in line.name else f"{words} limit: {line.name}"
