"""The site: what the user points at, read from any accepted form, checked and repaired.

What has one reading is repaired, and every repair is said in the site's notes. What has several is refused.
"""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry import MultiPoint, MultiPolygon, Point, Polygon
from shapely.geometry.polygon import orient

from seabed.errors import SiteError
from seabed.geodesy import (
    EARTH_AREA_KM2,
    EdgeKind,
    area_km2,
    buffer_km,
    densify,
    edge_ambiguity_m,
    unroll,
    wrap,
)
from seabed.language import N_, _, list_of
from seabed.readers import MOST_BYTES, MOST_VERTICES, Raw, Reading, raw_from_shapely, read_path, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Coordinates = NDArray[np.float64]

_LAYER_FEATURE = re.compile(r"(?:isa|us|zone):[\w.()/+-]+", re.IGNORECASE)
_LOOKS_LIKE_A_FILE = re.compile(
    r".*\.(?:geojson|json|wkt|kml|kmz|gpkg|shp|zip|csv|txt|tsv)|(?:\.{0,2}|~)?[/\\].*",
    re.IGNORECASE | re.DOTALL,
)
_NOTED_AMBIGUITY_M = 100.0
_MOST_VERTICES_TO_UNTANGLE = 600  # noding a random tangle of so many takes a second
_RADIUS_EDGES = EdgeKind.GEODESIC
#: Edges that are not straight in longitude and latitude.
_EDGES = {EdgeKind.GEODESIC: N_("geodesic"), EdgeKind.LOXODROME: N_("loxodrome")}


@dataclass(frozen=True)
class Site:
    """A polygon or points on the sea floor, in lon, lat degrees on WGS 84.

    ``geometry`` is a valid, two-dimensional Polygon, MultiPolygon, Point or MultiPoint in [-180, 180], cut at
    the antimeridian, with the vertices as they were given. ``edges`` says what runs between them. ``notes``
    say in words what was presumed or repaired.
    """

    name: str
    geometry: BaseGeometry
    edges: EdgeKind
    notes: tuple[str, ...] = ()
    source: str | None = None

    @classmethod
    def from_geometry(
        cls, geometry: BaseGeometry, *, name: str | None = None, edges: EdgeKind | str = EdgeKind.UNSTATED
    ) -> Site:
        """Check and repair a shapely geometry.

        Raises
        ------
        SiteError
            If it is empty, a line, crosses itself, leaves the globe or covers more than half of it.
        """
        notes = (_("heights were dropped"),) if geometry.has_z else ()
        reading = Reading("geometry", (raw_from_shapely(geometry),), EdgeKind(edges), notes)
        return _assemble(reading, name=name or _("site"), radius_km=None, source=None)


def read_site(
    spec: str | os.PathLike[str],
    *,
    name: str | None = None,
    radius_km: float | None = None,
    layer_feature: Callable[[str], Site] | None = None,
) -> Site:
    """Read a site from a file, a text, typed coordinates, or the id of a feature in the layers.

    Parameters
    ----------
    spec
        An existing file; ``-`` for standard input; GeoJSON, WKT, KML or CSV text; an id such as
        ``isa:NORI-D``, ``us:USA-1`` or ``zone:...``; else coordinates such as ``11°30'N 117°02'W``.
    name
        Overrides the name found in the file.
    radius_km
        Makes geodesic discs of points and corridors of lines.
    layer_feature
        Looks up ids; raises ``SiteError`` for one it does not know.

    Raises
    ------
    SiteError
        If the site cannot be read or has no single reading.
    MissingExtraError
        If the file's kind needs an optional dependency.
    """
    if radius_km is not None and not 0 < radius_km <= 9000:
        raise SiteError(f"the radius must lie between 0 and 9,000 km, not {radius_km:g}")
    text = os.fspath(spec)
    if text == "-":
        reading, source, fallback = read_text(sys.stdin.read(MOST_BYTES + 1)), "standard input", _("site")
    elif (path := _existing(text)) is not None:
        try:
            reading = read_path(path)
        except OSError as error:
            raise SiteError(f"{path.name} cannot be read: {error.strerror or error}") from None
        source, fallback = str(path), path.stem
    elif not isinstance(spec, str):
        raise SiteError(f"there is no file {text!r}")
    elif _LAYER_FEATURE.fullmatch(text.strip()):
        return _from_layer(text.strip(), name, radius_km, layer_feature)
    elif len(text) < 1000 and _LOOKS_LIKE_A_FILE.fullmatch(text.strip()) and "\n" not in text.strip():
        raise SiteError(f"there is no file {text.strip()!r}")
    else:
        reading, source, fallback = read_text(text), None, _("site")
    found = [feature.name for feature in reading.features if feature.name]
    only_name = found[0] if len(found) == 1 == len(reading.features) else None
    return _assemble(reading, name=name or only_name or fallback, radius_km=radius_km, source=source)


def _existing(text: str) -> Path | None:
    if not text.strip():
        return None
    try:
        path = Path(text).expanduser()
        return path if path.exists() else None
    except (OSError, ValueError, RuntimeError):  # too long, a NUL character, an unknown ~user
        return None


def _from_layer(
    text: str, name: str | None, radius_km: float | None, layer_feature: Callable[[str], Site] | None
) -> Site:
    if layer_feature is None:
        raise SiteError(
            f"{text!r} is the id of a layer's feature, and no layers are at hand here; give a geometry"
        )
    if radius_km is not None:
        raise SiteError("a radius is for points and lines; a layer's feature has its own outline")
    site = layer_feature(text)
    return Site(name or site.name, site.geometry, site.edges, site.notes, site.source or text)


# ------------------------------------------------------------------------------------------ assembling


class _Notes(list[str]):
    """Notes in order, each once."""

    def add(self, *notes: str) -> None:
        self.extend(note for note in dict.fromkeys(notes) if note not in self)


def _assemble(reading: Reading, *, name: str, radius_km: float | None, source: str | None) -> Site:
    notes = _Notes()
    notes.add(*reading.notes)
    features = [_settle_corners(feature, radius_km, notes) for feature in reading.features]
    _check_coordinates(features, reading.kind)
    polygons = [rings for feature in features for rings in feature.polygons]
    lines = [line for feature in features for line in feature.lines]
    points = [position for feature in features for array in feature.points for position in array]
    edges = reading.edges
    if polygons:
        if radius_km is not None:
            raise SiteError("a radius is for points and lines; this site is a polygon with its own outline")
        left_out = [
            words.format(count=len(kind))
            for kind, words in ((points, _("{count} point(s)")), (lines, _("{count} line(s)")))
            if kind
        ]
        if left_out:
            notes.add(_("{what} beside the polygons were left out").format(what=list_of(left_out)))
        geometry = _union([_polygon(rings, edges, reading.kind, notes) for rings in polygons], notes)
        _note_edges(geometry, edges, notes)
    elif radius_km is not None and (points or lines):
        geometry, edges = _grown(points, lines, radius_km), _RADIUS_EDGES
        notes.add(
            _("everything within {km} km of the given points or lines, along geodesics, is the site").format(
                km=f"{radius_km:g}"
            )
        )
    elif lines:
        raise SiteError("a line has no area: close it into a polygon, or give a radius round it")
    elif points:
        geometry = _points(points, notes)
    else:
        raise SiteError("there is no geometry in it; give a polygon or points")
    _check_area(geometry, edges)
    return Site(name, geometry, edges, tuple(notes), source)


def _settle_corners(feature: Raw, radius_km: float | None, notes: _Notes) -> Raw:
    """Decide whether positions in order are a polygon: three or more are, unless a radius is given."""
    if not feature.corners:
        return feature
    if radius_km is not None or all(len(corners) < 3 for corners in feature.corners):
        return Raw(points=feature.corners, name=feature.name)
    read_as = _("{count} corners in order were read as one polygon")
    notes.add(*(read_as.format(count=len(corners)) for corners in feature.corners))
    closed = tuple((np.vstack([corners, corners[:1]]),) for corners in feature.corners)
    return Raw(polygons=closed, name=feature.name)


def _check_coordinates(features: Iterable[Raw], kind: str) -> None:
    arrays = [
        array
        for feature in features
        for array in (
            *(ring for rings in feature.polygons for ring in rings),
            *feature.lines,
            *feature.points,
        )
    ]
    everything = np.concatenate(arrays) if arrays else np.empty((0, 2))
    if not len(everything):
        raise SiteError("there is no geometry in it; give a polygon or points")
    if len(everything) > MOST_VERTICES:
        raise SiteError(
            f"{len(everything):,} vertices; at most {MOST_VERTICES:,} are taken: simplify the outline"
        )
    if not np.isfinite(everything).all():
        number = int(np.flatnonzero(~np.isfinite(everything).all(axis=1))[0])
        raise SiteError(f"position {number + 1} is not finite: every coordinate must be a number of degrees")
    lon, lat = np.abs(everything).max(axis=0)
    if lon > 1000 or lat > 1000:
        raise SiteError(
            f"the coordinates reach {max(lon, lat):,.0f}, far beyond degrees: they look projected, and no "
            "reference system is stated. Give lon, lat on WGS 84, or a file that states its system"
        )
    if lat > 90:
        worst = everything[int(np.argmax(np.abs(everything[:, 1])))]
        if lon <= 90:
            raise SiteError(
                f"{worst[0]:g}, {worst[1]:g} looks like lat, lon; {kind} wants lon, lat: swap them"
            )
        raise SiteError(f"the latitude of {worst[0]:g}, {worst[1]:g} is beyond 90°; positions are lon, lat")
    if lon > 540:
        raise SiteError(f"a longitude of {lon:g}° is beyond one turn; use -180 to 180 or 0 to 360")


def _union(polygons: list[BaseGeometry], notes: _Notes) -> BaseGeometry:
    if len(polygons) == 1:
        geometry = polygons[0]
    else:
        geometry = shapely.union_all(polygons)
        notes.add(_("{count} polygons were taken together as one site").format(count=len(polygons)))
    return _oriented(geometry)


def _oriented(geometry: BaseGeometry) -> BaseGeometry:
    """Wind outer rings counter-clockwise, as RFC 7946 has it."""
    if isinstance(geometry, MultiPolygon):
        return MultiPolygon([orient(polygon) for polygon in geometry.geoms])
    return orient(geometry) if isinstance(geometry, Polygon) else geometry


def _points(positions: list[Coordinates], notes: _Notes) -> BaseGeometry:
    given = MultiPoint(np.array(positions))
    wrapped = wrap(given)
    if wrapped is not given:
        notes.add(_("longitudes beyond ±180 were wrapped"))
    distinct = np.unique(shapely.get_coordinates(wrapped), axis=0)
    if len(distinct) < len(positions):
        notes.add(_("repeated points were dropped"))
    return Point(distinct[0]) if len(distinct) == 1 else MultiPoint(distinct)


def _grown(points: list[Coordinates], lines: list[Coordinates], radius_km: float) -> BaseGeometry:
    # A disc has up to 2,880 corners, and the union of many overlapping ones is slow.
    if len(points) > 1000:
        raise SiteError(f"{len(points):,} points with a radius; at most 1,000 are taken")
    if sum(float(np.abs(np.diff(unroll(line), axis=0)).sum()) for line in lines) > 1000:
        raise SiteError("the lines are too long for a radius round them; at most 1,000 degrees are taken")
    parts: list[BaseGeometry] = [Point(position) for position in points]
    parts += [shapely.LineString(unroll(line)) for line in lines if len(line) > 1]
    return _oriented(buffer_km(shapely.GeometryCollection(parts), radius_km))


def _note_edges(geometry: BaseGeometry, edges: EdgeKind, notes: _Notes) -> None:
    if edges is not EdgeKind.UNSTATED:
        return
    stray = edge_ambiguity_m(geometry)
    if stray > _NOTED_AMBIGUITY_M:
        notes.add(
            _(
                "edges were taken as straight in longitude and latitude, since nothing says what they are; "
                "geodesics between the same corners would differ by up to {km} km"
            ).format(km=f"{stray / 1e3:,.1f}")
        )


def _check_area(geometry: BaseGeometry, edges: EdgeKind) -> None:
    if isinstance(geometry, Point | MultiPoint):
        return
    if geometry.is_empty or not geometry.is_valid or not isinstance(geometry, Polygon | MultiPolygon):
        raise SiteError("the site is too thin to have an area")
    try:
        area = area_km2(geometry, edges)
    except ValueError as error:
        raise SiteError(str(error)) from None
    if area > EARTH_AREA_KM2 / 2:
        raise SiteError(f"the site covers {area:,.0f} km², over half the globe: is its outline inside out?")
    if area <= 0:
        raise SiteError("the site has no area")


# -------------------------------------------------------------------------------------------- polygons


def _polygon(rings: tuple[Coordinates, ...], edges: EdgeKind, kind: str, notes: _Notes) -> BaseGeometry:
    """Check and repair one polygon, and return it wrapped."""
    if not rings:
        raise SiteError("a polygon has no ring")
    clean = [_clean_ring(ring, notes) for ring in rings]
    unrolled = [unroll(ring) for ring in clean]
    if kind == "GeoJSON" and not shapely.is_ccw(shapely.LinearRing(unrolled[0])):
        notes.add(_("ring order was reversed (RFC 7946 wants outer rings counter-clockwise)"))
    jumps = any(after is not before for before, after in zip(clean, unrolled, strict=True))
    goes_beyond = _note_wrapping(unrolled, notes)
    if edges in _EDGES and goes_beyond:
        # The cut must lie on the edge itself, not on the straight line between its ends.
        notes.add(
            _(
                "vertices were put in along the {edges} edges, so that the antimeridian cuts them where they "
                "run"
            ).format(edges=_(_EDGES[edges]))
        )
        unrolled = [shapely.get_coordinates(densify(shapely.LineString(ring), edges)) for ring in unrolled]
    elif not jumps:
        whole = Polygon(clean[0], clean[1:])
        if whole.is_valid:
            return wrap(whole)
    shell, *holes = (wrap(_region(ring, notes)) for ring in unrolled)
    if not holes:
        return shell
    inside = shapely.union_all(holes)
    outside = inside.difference(shell)
    if outside.area > 1e-12:
        place = shapely.get_coordinates(outside)[0]
        raise SiteError(
            f"a hole reaches outside its polygon near {_place(place)}; give it as a polygon of its own"
        )
    geometry = shell.difference(inside)
    if geometry.is_empty:
        raise SiteError("the holes leave nothing of the polygon")
    return geometry


def _note_wrapping(rings: list[Coordinates], notes: _Notes) -> bool:
    west, east = min(ring[:, 0].min() for ring in rings), max(ring[:, 0].max() for ring in rings)
    if west < -180 < east or west < 180 < east:
        notes.add(_("the site was cut at the antimeridian (180°)"))
    elif west < -180 or east > 180:
        notes.add(_("longitudes beyond ±180 were wrapped"))
    return bool(west < -180 or east > 180)


def _clean_ring(ring: Coordinates, notes: _Notes) -> Coordinates:
    """Close the ring and drop repeated vertices; refuse fewer than three corners."""
    repeats = np.append(np.zeros(1, dtype=bool), np.all(ring[1:] == ring[:-1], axis=1))[: len(ring)]
    if repeats.any():
        notes.add(_("repeated vertices were dropped"))
        ring = ring[~repeats]
    if len(ring) and not np.array_equal(ring[0], ring[-1]):
        notes.add(_("an open ring was closed"))
        ring = np.vstack([ring, ring[:1]])
    if len(np.unique(ring, axis=0)) < 3:
        near = f" near {_place(ring[0])}" if len(ring) else ""
        raise SiteError(f"a ring has fewer than three corners{near}; a polygon needs three or more")
    return ring


def _region(ring: Coordinates, notes: _Notes) -> BaseGeometry:
    """Return what an unrolled ring encloses, repaired where it only touches itself.

    A ring is untangled into faces; each must be wound once, and all the same way round. Then the even-odd and
    the winding reading agree, and the repair is no guess.

    Raises
    ------
    SiteError
        If the ring crosses itself or has no area, saying where.
    """
    polygon = Polygon(ring)
    if polygon.is_valid and polygon.area > 0:
        return polygon
    reason = shapely.is_valid_reason(polygon)
    match = re.search(r"\[(\S+) (\S+)\]", reason)
    where = f" at {_place(np.array([float(match[1]), float(match[2])]))}" if match else ""
    refusal = SiteError(
        f"the outline crosses itself{where}, so it has no single reading: put the corners in order"
    )
    if len(ring) > _MOST_VERTICES_TO_UNTANGLE:
        raise refusal
    faces = list(shapely.polygonize([shapely.unary_union(shapely.LineString(ring))]).geoms)
    if len(faces) > len(ring):  # more than touching can make, so do not count the turns of each
        raise refusal
    windings = [_winding(ring, face.representative_point()) for face in faces]
    if not any(windings):
        raise SiteError(f"the outline encloses no area{where}: its corners lie on one line")
    if set(windings) - {0} not in ({1}, {-1}):
        raise refusal
    notes.add(_touching(np.array([float(match[1]), float(match[2])]) if match else None))
    return shapely.union_all([face for face, winding in zip(faces, windings, strict=True) if winding])


def _touching(place: Coordinates | None) -> str:
    if place is None:
        return _("an outline that touches itself was taken apart there")
    return _("an outline that touches itself at {place} was taken apart there").format(place=_place(place))


def _winding(ring: Coordinates, point: BaseGeometry) -> int:
    """Return how often the ring goes round the point, counter-clockwise."""
    x, y = shapely.get_coordinates(point)[0]
    (x0, y0), (x1, y1) = ring[:-1].T, ring[1:].T
    side = (x1 - x0) * (y - y0) - (x - x0) * (y1 - y0)
    upward = (y0 <= y) & (y1 > y) & (side > 0)
    downward = (y0 > y) & (y1 <= y) & (side < 0)
    return int(upward.sum()) - int(downward.sum())


def _place(position: Coordinates) -> str:
    lon, lat = float(position[0]), float(position[1])
    lon = (lon + 180) % 360 - 180 if abs(lon) > 180 else lon
    return f"lon {lon:.6g}, lat {lat:.6g}"
