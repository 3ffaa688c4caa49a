"""What lies around a site: how far each limit is, and the nearest feature of each kind.

Candidates are ranked in one oblique stereographic projection centred on the site, whose scale is off by less
than 1 % at 1,000 km; the few nearest are then measured on the ellipsoid.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Proj

from seabed.atlas.names import spoken_name
from seabed.atlas.store import boxes_of
from seabed.contract import Margin, Nearby, SecondOpinion
from seabed.geodesy import GEOD, M_IN_KM, Nearest, centroid, distance_and_bearing
from seabed.language import _

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas, Bounds, FeatureAttributes, Limit
    from seabed.law.registers import ShelfClaim

    Geometries = NDArray[np.object_]

#: How far to look for limits and for features.
LIMITS_WITHIN_KM = 500.0
FEATURES_WITHIN_KM = 1000.0

#: How near a limit must be for its distance to be checked against the coast.
SECOND_OPINION_WITHIN_KM = 50.0
#: A shelf may reach 350 M from the baselines, 150 M beyond the 200 M limit (UNCLOS art. 76(5)). The other
#: constraint of that paragraph, 100 M beyond the 2,500 m isobath, needs depths and may reach farther.
SHELF_BEYOND_200M_KM = 150 * M_IN_KM

#: Widening rings: near a coast the first holds what is sought, and the dense coastline beyond is not decoded.
_RINGS_KM = (25.0, 125.0, LIMITS_WITHIN_KM)
_LIMIT_WORDS = {"3M": "3 M", "12M": "12 M", "200M": "200 M", "between_states": ""}
_JURISDICTION_LIMITS = ("12M", "200M", "between_states")

#: Breadth of the zone that ends at a limit, from the coast (UNCLOS arts. 3, 57, 76(1)).
_BREADTH_KM = {"12M": 12 * M_IN_KM, "200M": 200 * M_IN_KM}
#: The zone that such a limit ends.
_ENDS = {"12M": "territorial_sea", "200M": "continental_shelf"}
#: The least accurate limit there may be: how much farther than its reach to look for one.
_WORST_ACCURACY_KM = 30.0

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
        middle_lon, middle_lat, _back = GEOD.fwd(
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
        name=spoken_name(attributes.name),
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
    name = spoken_name(line.name)
    return name if words in line.name else _("{breadth} limit: {name}").format(breadth=words, name=name)


# --- claims beyond 200 M ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class NearClaim:
    """A claim to shelf beyond 200 M that may reach the site: beyond which limit, and how far that is."""

    claim: ShelfClaim
    coast: FeatureAttributes
    limit: str
    distance_km: float


def find_shelf_claims(
    surroundings: Surroundings, atlas: Atlas, claims: Iterable[ShelfClaim]
) -> list[NearClaim]:
    """Return the claims that may reach a site, the nearest first.

    Those whose coasts have a 200 M limit within 150 M of the site, by the limit's accuracy, and whose box, if
    they have one, meets it. Depths would narrow this to the isobath's side of art. 76(5) and (6).
    """
    here = [claim for claim in claims if _meets(claim.box, surroundings.shape)]
    if not here:
        return []
    coasts = frozenset[str]().union(*(claim.coastal_of for claim in here))
    edges: dict[str, tuple[FeatureAttributes, list[Limit]]] = {}
    reach_km = SHELF_BEYOND_200M_KM + _WORST_ACCURACY_KM
    for line in atlas.limits_near(surroundings.boxes, reach_km, ("200M",)):
        for side in filter(None, line.sides):
            zone = atlas.attributes_of(side)
            if coasts & _codes(zone):
                edges.setdefault(zone.id, (zone, []))[1].append(line)
    found: dict[int, NearClaim] = {}
    for zone, lines in edges.values():
        line, km = _nearest_lines(surroundings, lines)[0]
        if km > SHELF_BEYOND_200M_KM + line.accuracy_km:
            continue
        for index, claim in enumerate(here):
            known = found.get(index)
            if claim.coastal_of & _codes(zone) and (known is None or km < known.distance_km):
                found[index] = NearClaim(claim, zone, _limit_text(line), km)
    return sorted(found.values(), key=lambda near: (near.distance_km, near.claim.region))


def _codes(zone: FeatureAttributes) -> frozenset[str]:
    """Return the names by which a register may call the coast of a zone."""
    return frozenset(filter(None, (zone.ref, zone.territory or zone.state)))


def _meets(bounds: Bounds | None, shape: BaseGeometry) -> bool:
    if bounds is None:
        return True
    west, south, east, north = bounds
    spans = [(west, east)] if west < east else [(west, 180.0), (-180.0, east)]
    return any(shapely.intersects(shape, shapely.box(w, south, e, north)) for w, e in spans)


# --- the second opinion -------------------------------------------------------------------------------------


def find_second_opinions(surroundings: Surroundings, atlas: Atlas, on: dt.date) -> list[SecondOpinion]:
    """Compare each 12 M and 200 M limit within 50 km with the distance to the coast that generates it.

    Both distances are taken from the point of the site nearest to the limit, the difference from the point
    of the limit nearest to the site: inside a limit the nearest coast and the nearest limit may lie in other
    directions, so that their distances add up to more than the breadth.
    """
    by_coast: dict[tuple[str, str], tuple[FeatureAttributes, list[Limit]]] = {}
    for line in atlas.limits_near(surroundings.boxes, SECOND_OPINION_WITHIN_KM, sorted(_BREADTH_KM)):
        for side in filter(None, line.sides):
            zone = atlas.attributes_of(side)
            if zone.kind == _ENDS[line.kind]:
                by_coast.setdefault((line.kind, zone.ref), (zone, []))[1].append(line)
    opinions = []
    for _limit, (zone, lines) in sorted(by_coast.items()):
        rough = surroundings.rough_km([line.geometry for line in lines])
        line = lines[int(np.argmin(rough))]
        nearest = surroundings.nearest(line.geometry)
        if nearest.distance_km <= SECOND_OPINION_WITHIN_KM:
            opinions.append(_second_opinion(line, zone, nearest, atlas, on))
    return sorted(opinions, key=lambda opinion: (opinion.distance_to_limit_km, opinion.limit))


def _second_opinion(
    line: Limit, zone: FeatureAttributes, nearest: Nearest, atlas: Atlas, on: dt.date
) -> SecondOpinion:
    breadth_km = _BREADTH_KM[line.kind]
    farthest_km = breadth_km + SECOND_OPINION_WITHIN_KM
    of_site = _nearest_land(nearest.on_a, zone, farthest_km, atlas, on)
    of_limit = _nearest_land(nearest.on_b, zone, farthest_km, atlas, on)
    if of_site is None or of_limit is None:
        return SecondOpinion(
            limit=_limit_text(line),
            distance_to_limit_km=nearest.distance_km,
            coast=_("land of {code}").format(code=zone.territory or zone.state or zone.ref),
            distance_to_coast_km=None,
            implied_km=None,
            difference_km=None,
            accuracy_km=line.accuracy_km,
            note=_(
                "the coastline of the layer has no land of this coast near enough: the limit rests on "
                "islands too small for it, or on a baseline or line drawn otherwise"
            ),
        )
    land, coast_km = of_site
    accuracy_km = line.accuracy_km + land.accuracy_km
    difference_km = breadth_km - of_limit[1]
    return SecondOpinion(
        limit=_limit_text(line),
        distance_to_limit_km=nearest.distance_km,
        coast=spoken_name(land.name),
        distance_to_coast_km=coast_km,
        implied_km=breadth_km - coast_km,
        difference_km=difference_km,
        accuracy_km=accuracy_km,
        note=_agreement(difference_km, accuracy_km, line.basis),
    )


def _agreement(difference_km: float, accuracy_km: float, basis: str) -> str:
    if abs(difference_km) <= accuracy_km:
        return _("the two agree within their accuracies")
    drawn = (
        _(
            "the limit is drawn {km} km nearer to the coast than this coast alone would put it, more than "
            "the accuracies explain; it rests on: {basis}"
        )
        if difference_km > 0
        else _(
            "the limit is drawn {km} km farther from the coast than this coast alone would put it, more than "
            "the accuracies explain; it rests on: {basis}"
        )
    )
    return drawn.format(
        km=f"{abs(difference_km):.1f}", basis=spoken_name(basis) if basis else _("nothing stated")
    )


def _nearest_land(
    point: BaseGeometry, zone: FeatureAttributes, within_km: float, atlas: Atlas, on: dt.date
) -> tuple[FeatureAttributes, float] | None:
    """Return the nearest land that is the zone's by reference, or else by territory or State."""
    here = Surroundings(point)
    for ring_km in (within_km / 4, within_km):
        near = list(atlas.near(here.boxes, ring_km, on, ("land",)))
        pieces = [found for found in near if found[0].ref == zone.ref]
        pieces = pieces or [found for found in near if _codes(found[0]) & _codes(zone)]
        if not pieces:
            continue
        rough = here.rough_km([piece for _, piece in pieces])
        first = np.argsort(rough, kind="stable")[:_RIVALS]
        attributes, km = min(
            ((pieces[index][0], here.nearest(pieces[index][1]).distance_km) for index in first),
            key=lambda found: found[1],
        )
        if km <= ring_km:
            return attributes, km
    return None


def touches_contiguous_zone(parts: Sequence[tuple[FeatureAttributes, BaseGeometry]], atlas: Atlas) -> bool:
    """Whether any of the site lies on the shelf within 12 M of a 12 M limit, in a contiguous zone."""
    breadth_km = _BREADTH_KM["12M"]
    for zone, geometry in parts:
        if zone.kind != "continental_shelf":
            continue
        here = Surroundings(geometry)
        lines = list(atlas.limits_near(here.boxes, breadth_km, ("12M",)))
        if lines and _nearest_lines(here, lines)[0][1] <= breadth_km:
            return True
    return False
