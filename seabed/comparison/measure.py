"""How two groups lie to each other: shared ground, shortest distances, and what else lies on or near them.

Everything is measured on the ellipsoid, from the shapes as the layers draw them today. Pairs are taken in the
order of their ids, whichever group they are in, so that a comparison and its mirror give the same numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import GeometryCollection, MultiPolygon

from seabed.atlas.locate import OVERLAY_KINDS, is_thinner_than
from seabed.atlas.names import spoken_name
from seabed.atlas.store import boxes_of
from seabed.comparison.contract import BlockOverlap, Crossing, Distance, Overlap, SharedNeighbour
from seabed.comparison.words import kind_name
from seabed.geodesy import M_IN_KM, area_km2, distance_and_bearing, nearest_points
from seabed.language import _

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas, FeatureAttributes
    from seabed.comparison.contract import Pairing, Side

    Floats = NDArray[np.float64]

#: The region of the CCZ management plan holds the members rather than meeting them: it is told as their zone.
_OTHERS = tuple(kind for kind in OVERLAY_KINDS if kind != "ccz")

# Nowhere is WGS 84 more curved than at the equator along the meridian.
_LEAST_RADIUS_KM = 6335.4

# A point found through a projection and back is as near to its edge as this: a centimetre.
_SAME_PLACE_DEG = 1e-7

# Between the vertices of a parallel, a bound from latitudes and a distance from chords differ by the metre to
# which edges are drawn.
_ROUNDING_KM = 1e-3

# Shapes that only touch leave threads when overlaid: a square metre.
_LEAST_KM2 = 1e-6


@dataclass(frozen=True, slots=True)
class Piece:
    """One block: a feature of the atlas or a whole site; the geometry is densified and split at ±180."""

    id: str
    name: str
    region: str | None
    geometry: BaseGeometry = field(repr=False, compare=False)
    edges: str
    accuracy_km: float
    note: str | None
    source: str
    area_km2: float


@dataclass(frozen=True)
class Shape:
    """The blocks of one member that has any."""

    key: str
    ref: str
    pieces: tuple[Piece, ...]

    @cached_property
    def geometry(self) -> BaseGeometry:
        """All blocks together."""
        shapes = [piece.geometry for piece in self.pieces]
        return shapes[0] if len(shapes) == 1 else shapely.union_all(shapes)

    @cached_property
    def area_km2(self) -> float:
        """Area of the blocks together, km2."""
        return self.pieces[0].area_km2 if len(self.pieces) == 1 else area_km2(self.geometry)

    @cached_property
    def tree(self) -> shapely.STRtree:
        """The blocks under a tree."""
        return shapely.STRtree([piece.geometry for piece in self.pieces])

    def nearest_block(self, place: BaseGeometry) -> str:
        """Return the id of the block that a place lies in or next to; the first by id where several do."""
        indices, distances = self.tree.query_nearest(place, return_distance=True)
        near = self.tree.query(place, "dwithin", distance=float(distances.min()) + _SAME_PLACE_DEG)
        ids: list[str] = [self.pieces[index].id for index in (*indices.tolist(), *near.tolist())]
        return min(ids)


# --- Shared ground ------------------------------------------------------------------------------------------


def overlaps_of(a: Sequence[Shape], b: Sequence[Shape]) -> list[Overlap]:
    """Return the ground shared between the groups, then within each; the largest first."""
    in_both = {shape.key for shape in a} & {shape.key for shape in b}
    between = [(x, y) for x in a for y in b if x.key != y.key and not (x.key in in_both and y.key in in_both)]
    found: list[Overlap] = []
    for pairing, pairs in (("between", between), ("within_a", _pairs(a)), ("within_b", _pairs(b))):
        some = [one for x, y in pairs if (one := _overlap(pairing, x, y))]  # type: ignore[arg-type]
        found += sorted(some, key=lambda one: (-one.area_km2, *sorted((one.a, one.b))))
    return found


def _pairs(shapes: Sequence[Shape]) -> Iterator[tuple[Shape, Shape]]:
    ordered = sorted(shapes, key=lambda shape: shape.key)
    return ((x, y) for index, x in enumerate(ordered) for y in ordered[index + 1 :])


def _overlap(pairing: Pairing, x: Shape, y: Shape) -> Overlap | None:
    first, second = sorted((x, y), key=lambda shape: shape.key)
    cut = _cut(first, second)
    if not cut:
        return None
    whole = shapely.union_all([shared for *_, shared in cut])
    area = area_km2(whole)
    if area < _LEAST_KM2:
        return None
    accuracy = max(piece.accuracy_km for one, other, _shared in cut for piece in (one, other))
    blocks = [
        BlockOverlap(
            block=one.id if x is first else other.id,
            other=other.id if x is first else one.id,
            area_km2=area_km2(shared),
        )
        for one, other, shared in cut
    ]
    return Overlap(
        pairing=pairing,
        a=x.key,
        b=y.key,
        area_km2=area,
        share_of_a=min(1.0, area / x.area_km2),
        share_of_b=min(1.0, area / y.area_km2),
        accuracy_km=accuracy,
        is_within_accuracy=is_thinner_than(whole, accuracy),
        blocks=sorted(blocks, key=lambda one: (-one.area_km2, *sorted((one.block, one.other)))),
    )


def _cut(x: Shape, y: Shape) -> list[tuple[Piece, Piece, BaseGeometry]]:
    """Return each pair of blocks that share ground, with that ground."""
    of_y, of_x = x.tree.query([piece.geometry for piece in y.pieces], predicate="intersects")
    found = []
    for one, other in zip(of_x.tolist(), of_y.tolist(), strict=True):
        shared = _ground(x.pieces[one].geometry, y.pieces[other].geometry)
        if shared is not None:
            found.append((x.pieces[one], y.pieces[other], shared))
    return found


def _ground(a: BaseGeometry, b: BaseGeometry) -> BaseGeometry | None:
    """Return what two geometries share, without the points and lines an overlay may leave."""
    parts = shapely.get_parts(shapely.get_parts(shapely.intersection(a, b)))
    kept = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return MultiPolygon(kept.tolist()) if len(kept) else None


def covered_km2(shapes: tuple[Shape, ...]) -> float:
    """Return the ground that shapes cover together, km2: what overlaps counts once."""
    if not shapes:
        return 0.0
    overlapping = any(x.tree.query(y.geometry, predicate="intersects").size for x, y in _pairs(shapes))
    if not overlapping:
        return sum(shape.area_km2 for shape in shapes)
    return area_km2(shapely.union_all([shape.geometry for shape in shapes]))


# --- What else lies there -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Other:
    """Features of one kind and reference that are in neither group."""

    first: FeatureAttributes
    features: tuple[str, ...]
    accuracy_km: float
    geometry: BaseGeometry


class Others:
    """The areas in neither group, read from the atlas once."""

    def __init__(self, groups: Sequence[Shape], on: dt.date, atlas: Atlas) -> None:
        self._atlas, self._on = atlas, on
        self._refs = {shape.ref for shape in groups}
        self._areas: dict[tuple[str, str], float] = {}

    def crossings(self, side: Side, shape: Shape) -> Iterator[Crossing]:
        """Yield what a member shares ground with."""
        member = shape.geometry
        shapely.prepare(member)
        found = self._gather(
            (one, piece)
            for one, piece in self._atlas.touching(boxes_of(member), self._on, _OTHERS)
            if shapely.intersects(member, piece)
        )
        for other in found:
            shared = _ground(member, other.geometry)
            area = area_km2(shared) if shared is not None else 0.0
            if shared is None or area < _LEAST_KM2:
                continue
            first = other.first
            crossed = [p.accuracy_km for p in shape.pieces if shapely.intersects(p.geometry, shared)]
            accuracy = max(*crossed, other.accuracy_km)
            yield Crossing(
                side=side,
                member=shape.key,
                kind=first.kind,
                kind_name=kind_name(first.kind),
                ref=first.ref,
                name=spoken_name(first.name) if len(other.features) == 1 else first.ref,
                holder=first.holder and _(first.holder),
                area_km2=area,
                share_of_member=min(1.0, area / shape.area_km2),
                share_of_other=min(1.0, area / self._area(first)),
                accuracy_km=accuracy,
                is_within_accuracy=is_thinner_than(shared, accuracy),
                features=list(other.features),
                source=first.source,
            )

    def _gather(self, found: Iterable[tuple[FeatureAttributes, BaseGeometry]]) -> list[_Other]:
        by_ref: dict[tuple[str, str], list[tuple[FeatureAttributes, BaseGeometry]]] = {}
        for one, piece in found:
            if one.ref not in self._refs:
                by_ref.setdefault((one.kind, one.ref), []).append((one, piece))
        return [
            _Other(
                pieces[0][0],
                tuple(dict.fromkeys(one.id for one, _ in pieces)),
                max(one.accuracy_km for one, _ in pieces),
                shapely.union_all([piece for _, piece in pieces]),
            )
            for pieces in by_ref.values()
        ]

    def _area(self, first: FeatureAttributes) -> float:
        """Return the area of everything under one kind and reference, km2."""
        key = (first.kind, first.ref)
        if key not in self._areas:
            shapes = [one.geometry for one in self._atlas.features(kind=first.kind, ref=first.ref)]
            self._areas[key] = area_km2(shapely.union_all(shapes))
        return self._areas[key]

    def shared_neighbours(
        self, a: Sequence[Shape], b: Sequence[Shape], within_km: float
    ) -> list[SharedNeighbour]:
        """Return what lies within reach of a member of each group, the nearest to both first."""
        if not (a and b):
            return []
        near = [self._near(shapes, within_km) for shapes in (a, b)]
        reaches = [_Reach(shapes, within_km) for shapes in (a, b)]
        found = []
        for key in near[0].keys() & near[1].keys():
            first, ids = near[0][key]
            others = [self._atlas.feature(id_).geometry for id_ in sorted({*ids, *near[1][key][1]})]
            other = shapely.union_all(others)
            of_a, of_b = (reach.closest(other) for reach in reaches)
            if of_a is None or of_b is None:
                continue
            (km_a, to_a), (km_b, to_b) = of_a, of_b
            found.append(
                SharedNeighbour(
                    kind=first.kind,
                    kind_name=kind_name(first.kind),
                    ref=first.ref,
                    name=spoken_name(first.name) if len(others) == 1 else first.ref,
                    holder=first.holder and _(first.holder),
                    sponsors=[str(code) for code in first.properties.get("sponsors") or ()],
                    features=sorted({*ids, *near[1][key][1]}),
                    nearest_a=to_a,
                    distance_a_km=km_a,
                    nearest_b=to_b,
                    distance_b_km=km_b,
                )
            )
        return sorted(found, key=lambda one: (max(one.distance_a_km, one.distance_b_km), one.kind, one.ref))

    def _near(
        self, shapes: Sequence[Shape], within_km: float
    ) -> dict[tuple[str, str], tuple[FeatureAttributes, set[str]]]:
        found: dict[tuple[str, str], tuple[FeatureAttributes, set[str]]] = {}
        boxes = [box for shape in shapes for box in boxes_of(shape.geometry)]
        for one, _distance in self._atlas.near(boxes, within_km, self._on, _OTHERS):
            if one.ref not in self._refs:
                found.setdefault((one.kind, one.ref), (one, set()))[1].add(one.id)
        return found


# --- Distances ----------------------------------------------------------------------------------------------


class _Reach:
    """The blocks of a group, to find the one that is nearest to something else within so many km."""

    def __init__(self, shapes: Sequence[Shape], within_km: float) -> None:
        ordered = sorted(shapes, key=lambda shape: shape.key)
        self._within_km = within_km
        self._blocks = [(shape.key, piece.geometry) for shape in ordered for piece in shape.pieces]
        boxes = [(index, box) for index, (_, block) in enumerate(self._blocks) for box in boxes_of(block)]
        self._owners = np.array([index for index, _box in boxes])
        self._boxes = np.array([box for _index, box in boxes])

    def closest(self, other: BaseGeometry) -> tuple[float, str] | None:
        """Return the distance in km and the key of the nearest member, ``None`` beyond reach."""
        bounds = np.full(len(self._blocks), np.inf)
        np.minimum.at(bounds, self._owners, _least_km(self._boxes, np.array(boxes_of(other))))
        first = int(np.argmin(bounds))
        if bounds[first] > self._within_km:
            return None
        # Most blocks are farther off than the one whose box is nearest, and need no projecting.
        found = nearest_points(other, self._blocks[first][1])
        limit = found.distance_km + _ROUNDING_KM
        near = [self._blocks[index] for index in np.flatnonzero(bounds <= limit)]
        if len(near) > 1 and found.distance_km:
            found = nearest_points(other, GeometryCollection([block for _, block in near]))
        if found.distance_km > self._within_km:
            return None
        blocks = [block for _, block in near]
        away = shapely.distance(blocks, other if found.distance_km == 0 else found.on_b)
        is_nearest = away <= away.min() + _SAME_PLACE_DEG
        return found.distance_km, near[int(np.argmax(is_nearest))][0]


def _least_km(boxes: Floats, others: Floats) -> Floats:
    """Return for each box (n, 4) a distance in km that nothing in it is closer than to others (m, 4).

    From a latitude φ to a meridian Δλ away (at most 90°) it is at least asin(sin Δλ cos φ) of the sphere.
    """
    west, south, east, north = boxes.T[:, :, None]
    west_2, south_2, east_2, north_2 = others.T[:, None, :]
    by_latitude = np.radians(np.maximum(0.0, np.maximum(south_2 - north, south - north_2)))
    direct = np.maximum(west_2 - east, west - east_2)
    round_the_back = 360 - (np.maximum(east, east_2) - np.minimum(west, west_2))
    gap = np.clip(np.minimum(direct, round_the_back), 0.0, 90.0)
    highest = np.maximum(np.maximum(abs(south), abs(north)), np.maximum(abs(south_2), abs(north_2)))
    by_longitude = np.arcsin(np.sin(np.radians(gap)) * np.cos(np.radians(highest)))
    least: Floats = _LEAST_RADIUS_KM * np.maximum(by_latitude, by_longitude).min(axis=1)
    return least


def distances_of(a: Sequence[Shape], b: Sequence[Shape], overlaps: Sequence[Overlap]) -> list[Distance]:
    """Return the shortest geodesic between each member of one group and each of the other, nearest first.

    Where they share ground, the two blocks are those that share most.
    """
    shared = {frozenset((one.a, one.b)): one for one in overlaps}
    found = []
    for x in a:
        for y in b:
            if x.key == y.key:
                continue
            first, second = sorted((x, y), key=lambda shape: shape.key)
            nearest = nearest_points(first.geometry, second.geometry)
            on_first, on_second = nearest.on_a, nearest.on_b
            blocks = {
                first.key: first.nearest_block(on_first),
                second.key: second.nearest_block(on_second),
            }
            overlap = shared.get(frozenset((x.key, y.key)))
            if overlap:
                most = overlap.blocks[0]
                blocks = {overlap.a: most.block, overlap.b: most.other}
            on_x, on_y = (on_first, on_second) if x is first else (on_second, on_first)
            found.append(
                Distance(
                    a=x.key,
                    b=y.key,
                    block_a=blocks[x.key],
                    block_b=blocks[y.key],
                    km=nearest.distance_km,
                    m=nearest.distance_km / M_IN_KM,
                    bearing_deg=_bearing(on_x, on_y, nearest.distance_km),
                    on_a=(on_x.x, on_x.y),
                    on_b=(on_y.x, on_y.y),
                )
            )
    return sorted(found, key=lambda one: (one.km, *sorted((one.a, one.b))))


def _bearing(start: shapely.Point, end: shapely.Point, km: float) -> float:
    return distance_and_bearing(start.x, start.y, end.x, end.y)[1] if km else 0.0
