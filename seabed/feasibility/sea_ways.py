"""The shortest way by sea between a site and ports.

A leg is a geodesic on WGS 84 that crosses no land mass and no ice of ``land_masses.csv``. Where the geodesic
to a port does, the way goes over the waypoints of ``sea_waypoints.csv`` (capes, straits, canals): the
shortest path over legs (Dijkstra). Which waypoints and ports see each other is worked out once, by
``geodata/build/sea_ways.py``; only the legs that start at the site are tested here.

Land masses under 20,000 km2 are left out: to sail round an island 150 km across adds less than 1 % to a leg
of 2,000 km. Ways are for distances, never for navigation.
"""

from __future__ import annotations

import heapq
import math
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

import numpy as np
import shapely

from seabed.errors import FigureError
from seabed.feasibility.figures import number_in, read_table
from seabed.geodesy import GEOD

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    Coordinates = NDArray[np.float64]

#: A leg may end on land up to this far from its end: ports lie in bays and up rivers that the land masses,
#: simplified to a quarter of a degree, do not show.
PORT_REACH_KM = 60.0
SITE_REACH_KM = 30.0

# Straight pieces of a leg in degrees: 200 km stray less than 1.5 km from the geodesic below 60°.
_STEP_KM = 200.0


@dataclass(frozen=True, slots=True)
class Place:
    """A waypoint or a port: ``sees`` are the ids of the waypoints to which a leg is clear."""

    id: str
    name: str
    lon: float
    lat: float
    sees: frozenset[str]


@dataclass(frozen=True, slots=True)
class Way:
    """A way by sea.

    ``via`` are the waypoints passed, in order. If no way was found, ``is_complete`` is false and
    ``distance_km`` is that of the geodesic, which no way can be shorter than.
    """

    distance_km: float
    via: tuple[Place, ...]
    is_complete: bool


@cache
def waypoints() -> Mapping[str, Place]:
    """Return the waypoints by id; the table names each pair once, this both ways."""
    rows = read_table("sea_waypoints")
    sees: dict[str, set[str]] = {row["id"]: set() for row in rows}
    for row in rows:
        for other in (*row["sees"].split(), *row["joined"].split()):
            if other not in sees:
                raise FigureError(f"sea_waypoints.csv: {row['id']} sees {other!r}, which is not in the table")
            sees[row["id"]].add(other)
            sees[other].add(row["id"])
    return {row["id"]: place_in(row, sees[row["id"]]) for row in rows}


def place_in(row: Mapping[str, str], sees: set[str] | None = None) -> Place:
    """Return the place that a row of ``sea_waypoints.csv`` or ``ports.csv`` is about."""
    lon, lat = number_in(row, "lon"), number_in(row, "lat")
    if lon is None or lat is None or not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise FigureError(f"{row['id']}: lon and lat must be degrees, not {row['lon']!r}, {row['lat']!r}")
    return Place(row["id"], row["name"], lon, lat, frozenset(row["sees"].split() if sees is None else sees))


def ways_from(lon: float, lat: float, ports: Sequence[Place]) -> list[Way]:
    """Return the shortest way from a point to each of ``ports``.

    Parameters
    ----------
    lon, lat
        Degrees; the point may lie in shallow or coastal water, and up to 30 km inside a simplified coast.
    ports
        Places with the waypoints that they see.

    Notes
    -----
    Some 15 ms for 55 ports: the legs from the point are tested against the land together.
    """
    points = waypoints()
    places = [*points.values(), *ports]
    ends = np.array([(place.lon, place.lat) for place in places])
    kilometres = _kilometres(lon, lat, ends)
    reach = np.array([0.0] * len(points) + [PORT_REACH_KM] * len(ports))
    clear = clear_legs(lon, lat, ends, start_km=SITE_REACH_KM, end_km=reach)
    best, before = _shortest(
        {
            place.id: float(km)
            for place, km, is_clear in zip(points.values(), kilometres, clear, strict=False)
            if is_clear
        }
    )
    found = zip(ports, kilometres[len(points) :], clear[len(points) :], strict=True)
    return [_way(port, float(km), bool(is_clear), best, before) for port, km, is_clear in found]


def _way(
    port: Place,
    direct_km: float,
    is_clear: bool,  # noqa: FBT001 - one of a row of findings
    best: Mapping[str, float],
    before: Mapping[str, str],
) -> Way:
    if is_clear:
        return Way(direct_km, (), is_complete=True)
    points = waypoints()
    seen = sorted(port.sees & best.keys())
    if not seen:
        return Way(direct_km, (), is_complete=False)
    last_legs = _kilometres(
        port.lon, port.lat, np.array([(points[id_].lon, points[id_].lat) for id_ in seen])
    )
    distance, last = min((best[id_] + float(km), id_) for id_, km in zip(seen, last_legs, strict=True))
    via = [last]
    while via[-1] in before:
        via.append(before[via[-1]])
    return Way(distance, tuple(points[id_] for id_ in reversed(via)), is_complete=True)


def _shortest(starts: Mapping[str, float]) -> tuple[dict[str, float], dict[str, str]]:
    """Return km to every waypoint that can be reached, and the waypoint before each."""
    points = waypoints()
    best = dict(starts)
    before: dict[str, str] = {}
    queue = [(km, id_) for id_, km in best.items()]
    heapq.heapify(queue)
    while queue:
        km, here = heapq.heappop(queue)
        if km > best[here]:
            continue
        for there, leg in _legs()[here]:
            if km + leg < best.get(there, math.inf):
                best[there], before[there] = km + leg, here
                heapq.heappush(queue, (km + leg, there))
    return {id_: best[id_] for id_ in points if id_ in best}, before


@cache
def _legs() -> Mapping[str, tuple[tuple[str, float], ...]]:
    """Return for each waypoint those that it sees, with km."""
    points = waypoints()
    pairs = [(a, b) for a in points for b in sorted(points[a].sees) if a < b]
    lons_lats = {id_: (place.lon, place.lat) for id_, place in points.items()}
    ends = np.array([lons_lats[a] + lons_lats[b] for a, b in pairs])
    _, _, metres = GEOD.inv(*ends.T)
    legs: dict[str, list[tuple[str, float]]] = {id_: [] for id_ in points}
    for (a, b), length in zip(pairs, (np.asarray(metres) / 1e3).tolist(), strict=True):
        legs[a].append((b, length))
        legs[b].append((a, length))
    return {id_: tuple(found) for id_, found in legs.items()}


def _kilometres(lon: float, lat: float, ends: Coordinates) -> Coordinates:
    _, _, metres = GEOD.inv(np.full(len(ends), lon), np.full(len(ends), lat), *ends.T)
    return np.asarray(metres) / 1e3


# --- What is in the way -------------------------------------------------------------------------------------


@cache
def _obstacles() -> shapely.STRtree:
    """Return land and ice, three times over, so that a leg need not be cut at the antimeridian."""
    shapes = shapely.from_wkt([row["wkt"] for row in read_table("land_masses")])
    turns = [shapely.transform(shapes, partial(np.add, [turn, 0.0])) for turn in (-360.0, 0.0, 360.0)]
    obstacles = np.concatenate(turns)
    shapely.prepare(obstacles)
    return shapely.STRtree(obstacles)


def clear_legs(
    lon: float, lat: float, ends: Coordinates, *, start_km: float = 0.0, end_km: Coordinates | float = 0.0
) -> NDArray[np.bool_]:
    """Say for each of ``ends`` (n, 2) whether the geodesic to it crosses neither land nor ice.

    What lies within ``start_km`` of the start or ``end_km`` of the end is not asked about.
    """
    azimuth, _, metres = GEOD.inv(np.full(len(ends), lon), np.full(len(ends), lat), *ends.T)
    stop_km = np.asarray(metres) / 1e3 - end_km
    asked = np.flatnonzero(stop_km > start_km)
    if not len(asked):
        return np.ones(len(ends), dtype=np.bool_)
    steps = np.ceil((stop_km[asked] - start_km) / _STEP_KM).astype(np.int64) + 1
    leg = np.repeat(np.arange(len(asked)), steps)
    at = np.arange(len(leg)) - np.repeat(np.cumsum(steps) - steps, steps)
    km = start_km + (stop_km[asked][leg] - start_km) * at / (steps[leg] - 1)
    same = np.ones(len(leg))
    x, y, _ = GEOD.fwd(lon * same, lat * same, np.asarray(azimuth)[asked][leg], 1e3 * km)
    x = lon + (np.asarray(x) - lon + 180) % 360 - 180
    lines = np.asarray(shapely.linestrings(np.column_stack([x, y]), indices=leg))
    # Not as the tree's predicate, which prepares each line, used once, and not the land, used for all.
    tree = _obstacles()
    line, obstacle = tree.query(lines)
    is_crossed = shapely.intersects(tree.geometries[obstacle], lines[line])
    clear = np.ones(len(ends), dtype=np.bool_)
    clear[asked[line[is_crossed]]] = False
    return clear
