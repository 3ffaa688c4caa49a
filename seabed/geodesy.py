"""The WGS 84 ellipsoid: areas, lengths, distances, edges of a stated kind, and the antimeridian.

Longitudes and latitudes are degrees, geometries are shapely geometries in (lon, lat) order. Areas, lengths
and distances come from geodesics on the ellipsoid (Karney 2013, through pyproj) and never from a projection.

A *wrapped* geometry lies in [-180, 180] and is cut at the antimeridian, as RFC 7946 s. 3.1.9 asks; an
*unrolled* ring has longitudes that run on continuously past ±180. Planar predicates are right on wrapped
geometries whose edges were densified.
"""

from __future__ import annotations

import math
from enum import StrEnum
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from pyproj import Geod, Proj
from shapely.geometry import GeometryCollection, LineString, Point, Polygon
from shapely.geometry.base import BaseMultipartGeometry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Coordinates = NDArray[np.float64]

M_IN_KM = 1.852
"""Kilometres in a nautical mile (M)."""

GEOD = Geod(ellps="WGS84")
EARTH_AREA_KM2 = 510_065_621.7
"""Surface of the WGS 84 ellipsoid."""

_RADIUS_M = 6_399_593.6  # the largest radius of curvature of WGS 84, so that bounds hold everywhere
_MOST_VERTICES = 5_000_000
_LONGEST_PIECE_DEG = 30.0
# The greatest sin a (1 + cos² a) over all bearings a, see _pieces.
_STEEPEST_TURN = 4 / 3 * math.sqrt(2 / 3)


class EdgeKind(StrEnum):
    """What the line between two published vertices is.

    ``parallel_meridian`` edges are straight in longitude and latitude (RFC 7946 s. 3.1.1); ``unstated`` ones
    are taken so too, since ISA's own areas agree with that reading.
    """

    GEODESIC = "geodesic"
    PARALLEL_MERIDIAN = "parallel_meridian"
    LOXODROME = "loxodrome"
    UNSTATED = "unstated"


class Nearest(NamedTuple):
    """The closest pair of points of two geometries."""

    on_a: Point
    on_b: Point
    distance_km: float
    bearing_deg: float
    """Initial bearing from a to b, clockwise from true north, in [0, 360); 0 where they touch."""


# ---------------------------------------------------------------------------------------------- edges


def densify(geometry: BaseGeometry, edges: EdgeKind, tolerance_m: float = 1.0) -> BaseGeometry:
    """Insert vertices until straight lon/lat pieces and geodesic pieces both follow the edges.

    Parameters
    ----------
    geometry
        Points, lines or polygons, wrapped or unrolled. Points come back unchanged. Geodesic and loxodrome
        edges that cross the antimeridian must still be unrolled: cut them afterwards.
    edges
        What the edges are.
    tolerance_m
        The farthest that either reading of a piece may stray from the edge.

    Returns
    -------
    A geometry of the same type, whose old vertices are all kept, bit for bit.

    Raises
    ------
    ValueError
        If the result would have more than five million vertices.

    Notes
    -----
    A parallel at latitude φ bulges by L² tan φ / 8R over a length L, hence pieces of
    sqrt(8 R ε / tan φ). Oblique edges turn by up to 9 % more; see ``_pieces``.
    """
    if geometry.is_empty or geometry.geom_type in {"Point", "MultiPoint"}:
        return geometry
    if isinstance(geometry, GeometryCollection):
        return GeometryCollection([densify(part, edges, tolerance_m) for part in geometry.geoms])
    geometry_type, coordinates, offsets = shapely.to_ragged_array([geometry], include_z=False)
    starts = np.asarray(offsets[0])
    is_last = np.zeros(len(coordinates), dtype=bool)
    is_last[starts[1:] - 1] = True
    following = np.roll(coordinates, -1, axis=0)
    following[is_last] = coordinates[is_last]

    pieces = _pieces(coordinates, following, edges, tolerance_m)
    total = int(pieces.sum())
    if total > _MOST_VERTICES:
        raise ValueError(
            f"edges this long would need {total:,} vertices; at most {_MOST_VERTICES:,} are taken"
        )
    if total == len(coordinates):
        return geometry
    first = np.concatenate(([0], np.cumsum(pieces)))
    edge = np.repeat(np.arange(len(coordinates)), pieces)
    fraction = (np.arange(total) - first[edge]) / pieces[edge]
    dense = _along(coordinates, following, edge, fraction, edges)
    dense[first[:-1]] = coordinates
    rebuilt: BaseGeometry = shapely.from_ragged_array(geometry_type, dense, (first[starts], *offsets[1:]))[0]
    return rebuilt


def _pieces(start: Coordinates, end: Coordinates, edges: EdgeKind, tolerance_m: float) -> NDArray[np.int64]:
    """Into how many pieces to cut each edge.

    On the sphere a line of constant dλ/dφ with bearing a has geodesic curvature sin a (1 + cos² a) tan φ / R,
    a loxodrome sin a tan φ / R; a chord of length L strays by curvature · L² / 8.
    """
    change = np.abs(end - start)
    lon_change, lat_change = np.radians(change).T
    high = np.maximum(np.abs(start[:, 1]), np.abs(end[:, 1]))
    low = np.where(start[:, 1] * end[:, 1] <= 0, 0.0, np.minimum(np.abs(start[:, 1]), np.abs(end[:, 1])))
    eastward = lon_change * np.cos(np.radians(low))
    length = _RADIUS_M * np.hypot(lat_change, eastward)
    if edges is EdgeKind.GEODESIC:
        high = np.maximum(high, _highest_latitude(start, end))
        turn = np.where(lon_change == 0, 0.0, _STEEPEST_TURN)
    else:
        with np.errstate(invalid="ignore"):
            turn = np.minimum(_STEEPEST_TURN, 2 * np.nan_to_num(eastward / np.hypot(lat_change, eastward)))
    # Within 0.1 degree of a pole bearings lose their meaning; pieces there are as short as at 89.9 degrees.
    curvature = turn * np.tan(np.radians(np.minimum(high, 89.9))) / _RADIUS_M
    needed = length * np.sqrt(curvature / (8 * tolerance_m))
    pieces = np.ceil(np.maximum(needed, change[:, 0] / _LONGEST_PIECE_DEG))
    result: NDArray[np.int64] = np.maximum(pieces, 1).astype(np.int64)
    return result


def _highest_latitude(start: Coordinates, end: Coordinates) -> Coordinates:
    """Return the greatest absolute latitude of geodesics that turn back on their way, else 0 (Clairaut)."""
    azimuth, back_azimuth, _ = GEOD.inv(*start.T, *end.T)
    leaving, arriving = np.cos(np.radians(azimuth)), -np.cos(np.radians(back_azimuth))
    turning = np.abs(np.sin(np.radians(azimuth))) * np.cos(np.radians(start[:, 1]))
    return np.where(leaving * arriving < 0, np.degrees(np.arccos(np.clip(turning, 0, 1))), 0.0)


def _along(
    start: Coordinates, end: Coordinates, edge: NDArray[np.int64], fraction: Coordinates, edges: EdgeKind
) -> Coordinates:
    """Return the points at the given fractions of the given edges, as an (n, 2) array."""
    a, b = start[edge], end[edge]
    t = fraction[:, None]
    straight = a + (b - a) * t
    if edges is EdgeKind.GEODESIC:
        azimuth, _, length = GEOD.inv(*start.T, *end.T)
        lon, lat, _ = GEOD.fwd(a[:, 0], a[:, 1], azimuth[edge], fraction * length[edge])
        lon = a[:, 0] + (lon - a[:, 0] + 180) % 360 - 180
        on_meridian = a[:, 0] == b[:, 0]
        return np.where(on_meridian[:, None], straight, np.column_stack([lon, lat]))
    if edges is EdgeKind.LOXODROME:
        low, high, here = (_isometric_latitude(lat) for lat in (a[:, 1], b[:, 1], straight[:, 1]))
        is_parallel = np.abs(b[:, 1] - a[:, 1]) < 1e-9
        share = np.where(is_parallel, fraction, (here - low) / np.where(is_parallel, 1.0, high - low))
        straight[:, 0] = a[:, 0] + (b[:, 0] - a[:, 0]) * share
    return straight


def _isometric_latitude(lat: Coordinates) -> Coordinates:
    """Return the isometric latitude, in which loxodromes are straight (Snyder 1987, eq. 7-7)."""
    eccentricity = math.sqrt(GEOD.es)
    sine = np.clip(np.sin(np.radians(lat)), -1 + 1e-15, 1 - 1e-15)
    result: Coordinates = np.arctanh(sine) - eccentricity * np.arctanh(eccentricity * sine)
    return result


def edge_ambiguity_m(geometry: BaseGeometry) -> float:
    """Return how far, in metres, straight lon/lat edges stray from geodesics between the same vertices.

    Measured at the middle of each edge (where it is greatest, but for very long edges); 0 for points.
    """
    segments = _segments(geometry)
    if not len(segments):
        return 0.0
    start, end = segments[:, 0], segments[:, 1]
    middle = (start + end) / 2
    azimuth, _, _ = GEOD.inv(*start.T, *end.T)
    to_middle, _, length = GEOD.inv(*start.T, *middle.T)
    radius = 6_371_008.8
    off_course = np.sin(length / radius) * np.sin(np.radians(to_middle - azimuth))
    return float(np.max(np.abs(np.arcsin(np.clip(off_course, -1, 1)))) * radius)


# ------------------------------------------------------------------------------------------- measures


@lru_cache(maxsize=128)  # a zone that covers a site has the site's own shape
def area_km2(geometry: BaseGeometry, edges: EdgeKind = EdgeKind.PARALLEL_MERIDIAN) -> float:
    """Return the area on the ellipsoid in km2; holes are left out, parts add up, points and lines have none.

    It does not depend on the order of rings, on where they start or on where the antimeridian cuts them.
    Polygons must be valid.
    """
    total = 0.0
    for polygon in _polygons(densify(geometry, edges, tolerance_m=0.01)):
        total += _ring_area(polygon.exterior) - sum(map(_ring_area, polygon.interiors))
    return total


def _ring_area(ring: BaseGeometry) -> float:
    lon, lat = shapely.get_coordinates(ring).T
    signed, _ = GEOD.polygon_area_perimeter(lon, lat)
    area = abs(float(signed)) / 1e6
    # That is the smaller side; on the sphere, a ring in the lon/lat plane encloses the integral of sin φ dλ.
    sine = np.sin(np.radians(lat))
    strips = (sine[1:] + sine[:-1]) / 2 * np.diff(np.radians(lon))
    sphere = abs(float(np.sum(strips))) * EARTH_AREA_KM2 / (4 * math.pi)
    return area if abs(area - sphere) <= abs(EARTH_AREA_KM2 - area - sphere) else EARTH_AREA_KM2 - area


def perimeter_km(geometry: BaseGeometry, edges: EdgeKind = EdgeKind.PARALLEL_MERIDIAN) -> float:
    """Return the length of the outline on the ellipsoid in km, holes included and antimeridian cuts not."""
    segments = _segments(densify(outline(geometry), edges))
    if not len(segments):
        return 0.0
    _, _, length = GEOD.inv(*segments[:, 0].T, *segments[:, 1].T)
    return float(np.sum(length)) / 1e3


def outline(geometry: BaseGeometry) -> BaseGeometry:
    """Return the boundary of the polygons as lines, without the seams where the antimeridian cut them."""
    boundary = shapely.union_all([polygon.boundary for polygon in _polygons(geometry)])
    segments = _segments(boundary)
    east, west = (
        segments[(segments[:, 0, 0] == meridian) & (segments[:, 1, 0] == meridian)]
        for meridian in (180.0, -180.0)
    )
    if not (len(east) and len(west)):
        return boundary
    turn = np.array([360.0, 0.0])
    seam = shapely.intersection(
        shapely.union_all(shapely.linestrings(east)), shapely.union_all(shapely.linestrings(west + turn))
    )
    return boundary.difference(seam).difference(shapely.transform(seam, lambda xy: xy - turn))


def distance_km(lon1: float, lat1: float, lon2: float, lat2: float) -> float:
    """Return the geodesic distance in km."""
    return distance_and_bearing(lon1, lat1, lon2, lat2)[0]


def distance_and_bearing(lon1: float, lat1: float, lon2: float, lat2: float) -> tuple[float, float]:
    """Return the geodesic distance in km and the initial bearing in degrees, in [0, 360)."""
    azimuth, _, length = GEOD.inv(lon1, lat1, lon2, lat2)
    return float(length) / 1e3, float(azimuth) % 360


@lru_cache(maxsize=64)  # of one site several parts of an answer ask it
def centroid(geometry: BaseGeometry) -> tuple[float, float]:
    """Return the centroid (lon, lat) on the sphere, right across the antimeridian and round the poles.

    For polygons it is the direction of the mean position vector of the surface; half the sum of θ n over the
    great-circle arcs of the outline is that integral (Stokes). For points it is their mean direction.

    Raises
    ------
    ValueError
        If the geometry is empty or has no centroid, as two antipodal points.
    """
    polygons = list(_polygons(densify(geometry, EdgeKind.PARALLEL_MERIDIAN)))
    if polygons:
        total = np.zeros(3)
        for polygon in polygons:
            outer = _surface_vector(polygon.exterior)
            total += outer - sum((_surface_vector(ring) for ring in polygon.interiors), np.zeros(3))
    else:
        total = _unit_vectors(shapely.get_coordinates(geometry)).sum(axis=0)
    norm = float(np.linalg.norm(total))
    if norm < 1e-15:
        raise ValueError("this geometry has no centroid")
    x, y, z = (float(component) for component in total / norm)
    return math.degrees(math.atan2(y, x)), math.degrees(math.atan2(z, math.hypot(x, y)))


def _unit_vectors(coordinates: Coordinates) -> Coordinates:
    lon, lat = np.radians(coordinates).T
    return np.column_stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)])


def _surface_vector(ring: BaseGeometry) -> Coordinates:
    """Return the integral of the position vector over the inside of a ring, on the unit sphere."""
    coordinates = shapely.get_coordinates(ring)
    if not shapely.is_ccw(ring):
        coordinates = coordinates[::-1]
    vectors = _unit_vectors(coordinates)
    # Differences from the first vertex keep small rings exact; they leave the closed sum unchanged.
    near = vectors - vectors[0]
    flat = np.cross(near[:-1], near[1:]).sum(axis=0)
    normals = np.cross(vectors[:-1], vectors[1:])
    sine = np.linalg.norm(normals, axis=1)
    angle = np.arctan2(sine, np.einsum("ij,ij->i", vectors[:-1], vectors[1:]))
    with np.errstate(invalid="ignore", divide="ignore"):
        excess = np.where(sine > 1e-12, angle / sine - 1, 0.0)
    result: Coordinates = (flat + (normals * excess[:, None]).sum(axis=0)) / 2
    return result


def bbox(geometry: BaseGeometry) -> tuple[float, float, float, float]:
    """Return the smallest box (west, south, east, north) of a wrapped geometry, as RFC 7946 s. 5.2 has it.

    West is greater than east where the box crosses the antimeridian.
    """
    parts = shapely.get_parts(geometry)
    west, south, east, north = shapely.bounds(parts).T
    order = np.argsort(west)
    reach = np.maximum.accumulate(east[order])
    # The widest stretch of longitude with nothing in it; the box is all the rest.
    gaps = np.append(west[order][1:] - reach[:-1], west.min() + 360 - east.max())
    widest = len(gaps) - 1 - int(np.argmax(gaps[::-1]))
    bottom, top = float(south.min()), float(north.max())
    if widest == len(gaps) - 1:
        return float(west.min()), bottom, float(east.max()), top
    return float(west[order][widest + 1]), bottom, float(reach[widest]), top


def crosses_antimeridian(geometry: BaseGeometry) -> bool:
    """Whether the smallest box round a wrapped geometry crosses the antimeridian."""
    west, _, east, _ = bbox(geometry)
    return west > east


# ------------------------------------------------------------------------------------------- nearness


def nearest_points(a: BaseGeometry, b: BaseGeometry) -> Nearest:
    """Return the closest points of two wrapped, densified geometries, with distance and initial bearing.

    Both are taken to an azimuthal equidistant projection, in which distances from the centre are true; the
    centre moves to the point found on ``a`` until the pair stands still, and once more with finer edges round
    the pair. Where several places are equally near to 1 part in 100,000, any of them may be returned.

    Raises
    ------
    ValueError
        If either geometry is empty.
    """
    if a.is_empty or b.is_empty:
        raise ValueError("an empty geometry has no nearest point")
    if shapely.intersects(a, b):
        place = Point(shapely.get_coordinates(shapely.shortest_line(a, b))[0])
        return Nearest(place, place, 0.0, 0.0)
    facets_a, facets_b = _facets(a), _facets(b)
    facets_b = _within_reach(facets_a, facets_b)
    lon, lat = centroid(a) if a.geom_type in {"Polygon", "MultiPolygon"} else facets_a[0, 0]
    pair = _closest_pair(facets_a, facets_b, np.array([lon, lat]))
    pair = _closest_pair(_finer(facets_a, pair[0]), _finer(facets_b, pair[1]), pair[0])
    distance, bearing = distance_and_bearing(*pair[0], *pair[1])
    if distance < 1e-6:
        distance, bearing = 0.0, 0.0
    return Nearest(Point(pair[0]), Point(pair[1]), distance, bearing)


def _closest_pair(facets_a: Coordinates, facets_b: Coordinates, centre: Coordinates) -> Coordinates:
    """Return the closest points, a (2, 2) array, on facets near enough to be straight in the projection."""
    best, shortest = np.stack([facets_a[0, 0], facets_b[0, 0]]), math.inf
    for _ in range(20):
        projection = Proj(proj="aeqd", lon_0=float(centre[0]), lat_0=float(centre[1]), ellps="WGS84")
        flat_a, flat_b = (_assembled(_project(projection, facets)) for facets in (facets_a, facets_b))
        shapely.prepare(flat_b)  # shortest_line looks only into the first geometry's index
        found = shapely.get_coordinates(shapely.shortest_line(flat_b, flat_a))[::-1]
        pair = np.column_stack(projection(found[:, 0], found[:, 1], inverse=True))
        distance = distance_km(*pair[0], *pair[1])
        gain = shortest - distance
        if gain > 0:
            best, shortest = pair, distance
        if gain < 1e-6:
            break
        centre = pair[0]
    return best


def _finer(facets: Coordinates, place: Coordinates) -> Coordinates:
    """Return the facets within some 60 km of a place, cut to a hundredth of a degree."""
    near = np.linalg.norm(_unit_vectors(facets.mean(axis=1)) - _unit_vectors(place[None]), axis=1) < 0.01
    chosen = facets[near]
    if not len(chosen):
        return facets
    pieces = np.maximum(np.ceil(np.hypot(*(chosen[:, 1] - chosen[:, 0]).T) / 0.01), 1).astype(np.int64)
    facet = np.repeat(np.arange(len(chosen)), pieces)
    step = np.arange(len(facet)) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    start, change = chosen[facet, 0], (chosen[:, 1] - chosen[:, 0])[facet]
    shares = np.stack([step, step + 1], axis=1) / pieces[facet, None]
    result: Coordinates = start[:, None] + change[:, None] * shares[:, :, None]
    return result


def _facets(geometry: BaseGeometry) -> Coordinates:
    """Return short segments (n, 2, 2) of lines and outlines; points count as segments of no length."""
    parts = [part for part in _flatten(geometry) if not part.is_empty]
    points = [part for part in parts if part.geom_type == "Point"]
    lines = [shapely.segmentize(part, 0.5) for part in parts if part.geom_type != "Point"]
    found = [np.repeat(shapely.get_coordinates(points)[:, None, :], 2, axis=1)] + [
        _segments(line) for line in lines
    ]
    return np.concatenate(found)


def _within_reach(facets_a: Coordinates, facets_b: Coordinates) -> Coordinates:
    """Return the facets of ``b`` that can hold the nearest point: projecting 50,000 others takes 0.1 s.

    With r the reach of ``a`` from one of its vertices and d the distance from there to the closest vertex of
    ``b``, nothing of ``b`` beyond d + r can be nearest. The sphere is right to 0.6 %, facets to 56 km.
    """
    origin = _unit_vectors(facets_a[:1, 0])[0]

    def from_origin(facets: Coordinates) -> Coordinates:
        chords: Coordinates = np.linalg.norm(_unit_vectors(facets[:, 0]) - origin, axis=1)
        distances: Coordinates = 2 * 6371.0 * np.arcsin(np.clip(chords / 2, 0, 1))
        return distances

    away = from_origin(facets_b)
    result: Coordinates = facets_b[away <= 1.02 * (away.min() + from_origin(facets_a).max()) + 150]
    return result


def _project(projection: Proj, facets: Coordinates) -> Coordinates:
    # A line's facets share their ends, and to project one twice takes twice as long.
    is_end = np.append((facets[:-1, 1] != facets[1:, 0]).any(axis=1), True)
    x, y = projection(*np.concatenate([facets[:, 0], facets[is_end, 1]]).T)
    points = np.column_stack([x, y])
    flat = np.stack([points[: len(facets)], np.roll(points[: len(facets)], -1, axis=0)], axis=1)
    flat[is_end, 1] = points[len(facets) :]
    # Near the antipode a short segment can span the whole map and pass its centre; its ends are enough there.
    is_torn = ~(np.hypot(*(flat[:, 1] - flat[:, 0]).T) < 1e6)
    flat[is_torn, 1] = flat[is_torn, 0]
    return flat


def _assembled(facets: Coordinates) -> BaseGeometry:
    # GEOS 3.14 crashes on a prepared line of no length, so those go in as points.
    is_line = np.any(facets[:, 0] != facets[:, 1], axis=1)
    parts: list[Any] = []
    if is_line.any():
        parts.append(shapely.multilinestrings(facets[is_line]))
    if not is_line.all():
        parts.append(shapely.multipoints(facets[~is_line, 0]))
    return GeometryCollection(parts)


def buffer_km(geometry: BaseGeometry, radius_km: float) -> BaseGeometry:
    """Return everything within a geodesic distance of a geometry, wrapped.

    Points become discs whose rim is true to a metre. Lines and outlines are taken in stretches of about one
    degree, each in its own azimuthal equidistant projection; at 370 km the rim is true to some 30 m.

    Raises
    ------
    ValueError
        If the radius is not positive and finite, or beyond 9,000 km.
    """
    if not 0 < radius_km <= 9000:
        raise ValueError(f"a radius must lie between 0 and 9,000 km, not {radius_km:g}")
    grown: list[BaseGeometry] = []
    for part in _flatten(geometry):
        if isinstance(part, Point):
            grown.append(_disc(part.x, part.y, radius_km))
            continue
        if part.geom_type == "Polygon":
            grown.append(part)
        grown += [
            _grown_stretch(stretch, radius_km)
            for line in _flatten(outline(part) if part.geom_type == "Polygon" else part)
            for stretch in _stretches(shapely.get_coordinates(shapely.segmentize(line, 0.5)))
        ]
    return shapely.union_all(grown)


def _disc(lon: float, lat: float, radius_km: float) -> BaseGeometry:
    corners = int(np.clip(math.ceil(math.pi / math.sqrt(2e-3 / radius_km)), 72, 2880))
    bearings = -np.linspace(0, 360, corners, endpoint=False)
    same = np.ones(corners)
    rim_lon, rim_lat, _ = GEOD.fwd(lon * same, lat * same, bearings, 1e3 * radius_km * same)
    return split_antimeridian(Polygon(np.column_stack([rim_lon, rim_lat])))


def _stretches(coordinates: Coordinates) -> Iterator[Coordinates]:
    """Cut a line into runs of about one degree that share their end vertices."""
    steps = np.hypot(*np.diff(coordinates, axis=0).T)
    run = np.floor(np.cumsum(steps))
    cuts = np.flatnonzero(np.diff(run)) + 1
    for start, end in zip([0, *cuts], [*cuts, len(coordinates) - 1], strict=True):
        yield coordinates[start : end + 1]


def _grown_stretch(coordinates: Coordinates, radius_km: float) -> BaseGeometry:
    lon, lat = coordinates[len(coordinates) // 2]
    projection = Proj(proj="aeqd", lon_0=float(lon), lat_0=float(lat), ellps="WGS84")
    flat = LineString(np.column_stack(projection(coordinates[:, 0], coordinates[:, 1])))
    rim = shapely.get_coordinates(flat.buffer(radius_km * 1e3, quad_segs=90).exterior)
    return split_antimeridian(Polygon(np.column_stack(projection(rim[:, 0], rim[:, 1], inverse=True))))


# --------------------------------------------------------------------------------------- antimeridian


def unroll(coordinates: Coordinates) -> Coordinates:
    """Return a ring or line (n, 2) whose longitudes run on continuously instead of jumping at ±180.

    A step of more than 180° is a crossing of the antimeridian, but for one of exactly 360°, which goes right
    round. A ring that goes round a pole is closed along that pole: the one on its smaller side.
    """
    steps = np.diff(coordinates[:, 0])
    # Whole turns only, so that the longitudes stay exact wherever the ring does not jump.
    turns = np.where(np.abs(steps) < 360, -np.round(steps / 360), 0.0)
    turns[np.abs(steps) == 180] = 0.0
    if not turns.any():
        return coordinates
    unrolled = coordinates.copy()
    turned = np.cumsum(turns)
    unrolled[1:, 0] = np.where(turned == 0, coordinates[1:, 0], _tidy(coordinates[1:, 0] + 360 * turned))
    is_ring = bool(np.all(coordinates[0] == coordinates[-1]))
    if is_ring and turned[-1]:
        heights = np.sin(np.radians((unrolled[1:, 1] + unrolled[:-1, 1]) / 2))
        mean = float(np.sum(heights * np.diff(unrolled[:, 0])) / (unrolled[-1, 0] - unrolled[0, 0]))
        pole = math.copysign(90.0, mean)
        cap = [[unrolled[-1, 0], pole], [unrolled[0, 0], pole], unrolled[0]]
        unrolled = np.vstack([unrolled, cap])
    return unrolled


def wrap(geometry: BaseGeometry) -> BaseGeometry:
    """Return a valid unrolled geometry in [-180, 180], cut at the antimeridian."""
    west, _, east, _ = shapely.bounds(geometry)
    if west >= -180 and east <= 180:
        return geometry
    if geometry.geom_type in {"Point", "MultiPoint"}:
        return shapely.transform(geometry, _wrapped)
    pieces = []
    for turn in range(math.floor((west + 180) / 360), math.ceil((east - 180) / 360) + 1):
        window = shapely.box(-180 + 360 * turn, -90, 180 + 360 * turn, 90)
        piece = shapely.intersection(geometry, window)
        kept = [
            part
            for part in _flatten(piece)
            if shapely.get_dimensions(part) == shapely.get_dimensions(geometry)
        ]
        pieces += [shapely.transform(part, partial(_shifted, turns=-turn)) for part in kept]
    return pieces[0] if len(pieces) == 1 else shapely.union_all(pieces)


def split_antimeridian(geometry: BaseGeometry) -> BaseGeometry:
    """Return a geometry with longitudes in [-180, 180], cut at the antimeridian (RFC 7946 s. 3.1.9).

    Rings may run past ±180, use 0 to 360, or jump from 179 to -179; rings round a pole are closed along the
    pole on their smaller side (see ``unroll``). Cuts interpolate straight in longitude and latitude, so
    densify geodesic edges first. Polygons must be valid once unrolled. Geometries that need no cut come back
    as they are.
    """
    if geometry.geom_type in {"Point", "MultiPoint"}:
        return wrap(geometry)
    parts = [_split_part(part) for part in _flatten(geometry)]
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _split_part(part: BaseGeometry) -> BaseGeometry:
    if not isinstance(part, Polygon):
        return wrap(shapely.transform(part, unroll))
    rings = [np.asarray(ring.coords)[:, :2] for ring in (part.exterior, *part.interiors)]
    unrolled = [unroll(ring) for ring in rings]
    if all(after is before for before, after in zip(rings, unrolled, strict=True)):
        return wrap(part)
    shell, *holes = (wrap(Polygon(ring)) for ring in unrolled)
    return shell.difference(shapely.union_all(holes)) if holes else shell


def _shifted(coordinates: Coordinates, turns: int) -> Coordinates:
    if not turns:
        return coordinates
    return np.column_stack([_tidy(coordinates[:, 0] + 360.0 * turns), coordinates[:, 1]])


def _wrapped(coordinates: Coordinates) -> Coordinates:
    lon = coordinates[:, 0]
    turns = np.where(np.abs(lon) > 180, -np.round(lon / 360), 0.0)
    return np.column_stack([np.where(turns == 0, lon, _tidy(lon + 360 * turns)), coordinates[:, 1]])


def _tidy(longitudes: Coordinates) -> Coordinates:
    # 242.96 - 360 is -117.03999999999996; a picodegree is a tenth of a micrometre.
    return np.round(longitudes, 12)


# -------------------------------------------------------------------------------------------- helpers


def _flatten(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    if isinstance(geometry, BaseMultipartGeometry):
        for part in geometry.geoms:
            yield from _flatten(part)
    else:
        yield geometry


def _polygons(geometry: BaseGeometry) -> Iterator[Polygon]:
    return (part for part in _flatten(geometry) if isinstance(part, Polygon) and not part.is_empty)


def _segments(geometry: BaseGeometry) -> Coordinates:
    """Return every edge as an (n, 2, 2) array."""
    found = [np.empty((0, 2, 2))]
    for part in _flatten(geometry):
        if isinstance(part, Point):
            continue
        lines = [part.exterior, *part.interiors] if isinstance(part, Polygon) else [part]
        for line in lines:
            coordinates = shapely.get_coordinates(line)
            if len(coordinates):
                found.append(np.stack([coordinates[:-1], coordinates[1:]], axis=1))
    return np.concatenate(found)
