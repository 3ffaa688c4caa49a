"""The limits of imported zones, found on the outlines of their polygons.

Publishers of zones draw polygons; the atlas also needs the lines between them, with what lies on each side.
An edge that two polygons share divides them; one that runs near land is a coast or the inner edge of a belt
along it, and no limit; the rest is the outer limit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely import LineString, MultiLineString

from seabed.atlas.store import Feature, Limit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas

    Edges = NDArray[np.float64]  # (n, 2, 2): start and end, longitude and latitude

#: Edges that should coincide may differ by this much where two outlines were digitised apart (110 m).
_APART_DEG = 0.001
#: An edge is told by its middle, so none may be longer.
_LONGEST_DEG = 0.25
#: Across an edge this far outside, a neighbour's zone is looked for (degrees: 11 km and more).
_ACROSS_DEG = 0.1
_KM_PER_DEGREE = 110.57
_WORLD = (-180.0, -90.0, 180.0, 90.0)
_BAND_DEG = 5.0


def derive_limits(
    zones: Sequence[Feature], kind: str, atlas: Atlas, *, coast_within_km: float, is_world: bool
) -> list[Limit]:
    """Return the limits that bound zones of one kind.

    Parameters
    ----------
    zones
        Their shapes densified and split at ±180.
    kind
        What an outer limit is: ``200M`` or ``12M``.
    atlas
        The layers below, for land and for the neighbours of an extract.
    coast_within_km
        How near to land an edge is no outer limit. Must stay below the breadth of the zone.
    is_world
        Whether every State's zones are here. If not, an outer edge along a zone of the layers below divides
        States; its other side is not named, because it is not in this file.

    Returns
    -------
    list of Limit
        ``between_states`` where two zones meet, else ``kind``. The outer side is ``None`` for 200 M (the
        Area) and the zone itself where it is not known.
    """
    edges, owner = _edges_of(zones)
    partner = _shared(edges, owner)
    lone = np.flatnonzero((partner < 0) & ~_is_seam(edges))
    lone = lone[~_is_near_land(edges[lone], atlas, coast_within_km)]
    partner[lone] = _nearly_shared(edges[lone], owner[lone])
    lone = lone[partner[lone] < 0]
    facing = np.zeros(len(edges), dtype=bool)
    if not is_world:
        facing[lone] = _faces_a_neighbour(edges[lone], owner[lone], zones, atlas)
    return [
        *_between(zones, edges, owner, partner),
        *_outer(zones, edges[lone], owner[lone], facing[lone], kind),
    ]


# --- telling edges apart -----------------------------------------------------------------------------------


def _edges_of(zones: Sequence[Feature]) -> tuple[Edges, NDArray[np.int64]]:
    """Return every edge of every outline, cut to ``_LONGEST_DEG``, with the index of its zone."""
    found: list[Edges] = []
    owner: list[NDArray[np.int64]] = []
    for index, zone in enumerate(zones):
        rings = shapely.get_rings(shapely.get_parts(shapely.segmentize(zone.geometry, _LONGEST_DEG)))
        coordinates, ring = shapely.get_coordinates(rings, return_index=True)
        pairs = np.stack([coordinates[:-1], coordinates[1:]], axis=1)[ring[:-1] == ring[1:]]
        found.append(pairs)
        owner.append(np.full(len(pairs), index))
    return np.concatenate(found), np.concatenate(owner)


def _shared(edges: Edges, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each edge the other zone that has the same edge to 1 cm, or -1."""
    ends = np.round(edges * 1e7).astype(np.int64)
    flipped = (ends[:, 0, 0] > ends[:, 1, 0]) | (
        (ends[:, 0, 0] == ends[:, 1, 0]) & (ends[:, 0, 1] > ends[:, 1, 1])
    )
    ends[flipped] = ends[flipped][:, ::-1]
    keys = ends.reshape(-1, 4)
    order = np.lexsort((owner, *keys.T))
    sorted_ends, sorted_owner = keys[order], owner[order]
    twins = (sorted_ends[1:] == sorted_ends[:-1]).all(axis=1) & (sorted_owner[1:] != sorted_owner[:-1])
    partner = np.full(len(edges), -1)
    first, second = order[:-1][twins], order[1:][twins]
    partner[first], partner[second] = owner[second], owner[first]
    return partner


def _is_seam(edges: Edges) -> NDArray[np.bool_]:
    """Whether an edge runs along ±180, where polygons are cut, or along a pole."""
    on_meridian = (np.abs(edges[:, :, 0]) == 180).all(axis=1)
    at_pole = (np.abs(edges[:, :, 1]) > 89.999).all(axis=1)
    return np.asarray(on_meridian | at_pole)


def _is_near_land(edges: Edges, atlas: Atlas, within_km: float) -> NDArray[np.bool_]:
    """Whether the middle of an edge lies within so many km of land.

    In bands of latitude with longitudes scaled to their middle, which is right to some 10 % up to 70°.
    """
    middle = edges.mean(axis=1)
    near = np.zeros(len(edges), dtype=bool)
    land = np.array([piece for _, piece in atlas.touching([_WORLD], None, ["land"])], dtype=object)
    if not len(land) or not len(edges):
        return near
    bounds = shapely.bounds(land)
    reach = within_km / _KM_PER_DEGREE
    for south in np.arange(-90, 90, _BAND_DEG):
        inside = np.flatnonzero((middle[:, 1] >= south) & (middle[:, 1] < south + _BAND_DEG))
        beside = (bounds[:, 3] >= south - reach) & (bounds[:, 1] <= south + _BAND_DEG + reach)
        if not len(inside) or not beside.any():
            continue
        scale = np.array([np.cos(np.radians(south + _BAND_DEG / 2)), 1.0])
        tree = shapely.STRtree([_scaled(piece, scale) for piece in land[beside]])
        points = shapely.points(middle[inside] * scale)
        hit, _ = tree.query(points, predicate="dwithin", distance=reach)
        near[inside[hit]] = True
    return near


def _scaled(geometry: BaseGeometry, scale: NDArray[np.float64]) -> BaseGeometry:
    return shapely.transform(geometry, lambda degrees: degrees * scale)


def _nearly_shared(edges: Edges, owner: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each edge another zone with an edge within ``_APART_DEG`` of its middle, or -1."""
    partner = np.full(len(edges), -1)
    if not len(edges):
        return partner
    tree = shapely.STRtree(_lines(edges))
    edge, other = tree.query(shapely.points(edges.mean(axis=1)), predicate="dwithin", distance=_APART_DEG)
    foreign = owner[edge] != owner[other]
    partner[edge[foreign]] = owner[other[foreign]]
    return partner


def _faces_a_neighbour(
    edges: Edges, owner: NDArray[np.int64], zones: Sequence[Feature], atlas: Atlas
) -> NDArray[np.bool_]:
    """Whether beyond an outer edge lies a zone that the layers below give to a State not in this file."""
    if not len(edges):
        return np.zeros(0, dtype=bool)
    middle = edges.mean(axis=1)
    along = edges[:, 1] - edges[:, 0]
    length = np.maximum(np.hypot(*along.T), 1e-12)
    across = np.column_stack([along[:, 1], -along[:, 0]]) / length[:, None] * _ACROSS_DEG
    ours = {(zone.state, zone.territory) for zone in zones}
    facing = np.zeros(len(edges), dtype=bool)
    for probes in (shapely.points(middle + across), shapely.points(middle - across)):
        west, south, east, north = shapely.total_bounds(probes)
        pieces = [
            piece
            for zone, piece in atlas.touching(
                [(west, south, east, north)], None, ["territorial_sea", "continental_shelf"]
            )
            if (zone.state, zone.territory) not in ours
        ]
        hit, _ = shapely.STRtree(pieces).query(probes, predicate="intersects")
        for index in np.unique(hit):
            facing[index] |= not zones[owner[index]].geometry.contains(probes[index])
    return facing


# --- joining them ------------------------------------------------------------------------------------------


def _between(
    zones: Sequence[Feature], edges: Edges, owner: NDArray[np.int64], partner: NDArray[np.int64]
) -> list[Limit]:
    limits = []
    pairs = np.column_stack([owner, partner])
    divides = (partner >= 0) & (owner < partner)
    for one, other in np.unique(pairs[divides], axis=0):
        a, b = zones[one], zones[other]
        line = _joined(edges[divides & (owner == one) & (partner == other)])
        limits.append(_limit("between_states", f"{a.name} and {b.name}", line, a, (a.id, b.id)))
    return limits


def _outer(
    zones: Sequence[Feature],
    edges: Edges,
    owner: NDArray[np.int64],
    facing: NDArray[np.bool_],
    kind: str,
) -> list[Limit]:
    limits = []
    words = kind.replace("M", " M limit of ")
    for index in np.unique(owner):
        zone = zones[index]
        free, bounded = (owner == index) & ~facing, (owner == index) & facing
        if free.any():
            beyond = None if kind == "200M" else zone.id
            limits.append(_limit(kind, words + zone.name, _joined(edges[free]), zone, (zone.id, beyond)))
        if bounded.any():
            name = f"{zone.name} and a neighbour"
            limits.append(_limit("between_states", name, _joined(edges[bounded]), zone, (zone.id, zone.id)))
    return limits


def _joined(edges: Edges) -> BaseGeometry:
    merged: BaseGeometry = shapely.line_merge(MultiLineString(_lines(edges)))
    return merged


def _lines(edges: Edges) -> list[LineString]:
    return list(np.atleast_1d(np.asarray(shapely.linestrings(edges), dtype=object)))


def _limit(
    kind: str, name: str, line: BaseGeometry, zone: Feature, sides: tuple[str | None, str | None]
) -> Limit:
    return Limit(
        layer=zone.layer,
        kind=kind,
        name=name,
        geometry=line,
        basis="outline of the imported polygons",
        accuracy_km=zone.accuracy_km,
        sides=sides,
    )
