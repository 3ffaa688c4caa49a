"""Where the zones do not follow the nearest shore: ``overrides.yaml``, read and checked.

The table names shore that the shoreline lacks, features that generate no shelf or a contested one, joint
areas, boundaries fixed by treaty, judgment, award or statute as turning points, instruments whose line is not
drawn, and how well a coast's baselines are known. Every row gives its reason, and its source.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import yaml
from shapely import LineString, Polygon

from seabed.coordinates import parse_coordinates
from seabed.errors import AtlasError, SiteError
from seabed.geodesy import EdgeKind, densify

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

OVERRIDES = Path(__file__).with_name("overrides.yaml")
_KM_PER_DEGREE = 111.195
_LINE_KINDS = ("treaty", "judgment", "award", "statute")


@dataclass(frozen=True, slots=True)
class Enclave:
    """Shore inside ``box`` (west, south, east, north) that keeps ``radius_km`` of sea across a boundary."""

    name: str
    box: tuple[float, float, float, float]
    radius_km: float


@dataclass(frozen=True)
class Boundary:
    """A boundary line by its turning points.

    ``points`` (n, 2) are longitudes and latitudes, unrolled, in the order published; ``left`` and ``right``
    are the codes of the coasts on either side, looking along it. ``transfers``: the State on a side has the
    seabed there even beyond 200 M of its own coast, as a treaty with special areas provides.
    """

    name: str
    kind: str
    left: tuple[str, ...]
    right: tuple[str, ...]
    points: Floats
    edges: EdgeKind
    accuracy_km: float
    source: str
    transfers: bool = False
    enclaves: tuple[Enclave, ...] = ()

    @cached_property
    def line(self) -> LineString:
        """The line in degrees, unrolled, densified to a metre by its kind of edge."""
        return LineString(shapely.get_coordinates(densify(LineString(self.points), self.edges)))

    @cached_property
    def _plane(self) -> tuple[Floats, LineString, Floats, Floats]:
        """Scale of the plane, the line in it, how far along it each vertex lies, and its unit tangents."""
        vertices = shapely.get_coordinates(self.line)
        middle = (vertices[:, 1].min() + vertices[:, 1].max()) / 2
        scale = np.array([np.cos(np.radians(middle)), 1.0])
        flat = vertices * scale
        step = np.diff(flat, axis=0)
        length = np.hypot(*step.T)
        return scale, LineString(flat), np.r_[0.0, np.cumsum(length)], step / length[:, None]

    def bounds(self, pad_degrees: float) -> tuple[float, float, float, float]:
        """Unrolled west, south, east, north, widened."""
        west, south, east, north = self.line.bounds
        wide = pad_degrees / max(np.cos(np.radians(max(abs(south), abs(north)))), 0.1)
        return west - wide, south - pad_degrees, east + wide, north + pad_degrees

    def unroll(self, points: Floats) -> Floats:
        """Return points with longitudes within 180° of the middle of the line."""
        middle = (self.line.bounds[0] + self.line.bounds[2]) / 2
        lon = (points[:, 0] - middle + 180.0) % 360.0 - 180.0 + middle
        return np.column_stack((lon, points[:, 1]))

    def sides(self, points: Floats) -> Ints:
        """Return 1 for points (n, 2) left of the line, -1 right of it, 0 where it does not speak.

        It speaks where the nearest point of the line is not one of its two ends.
        """
        scale, flat, along, tangent = self._plane
        at = self.unroll(points) * scale
        where = shapely.line_locate_point(flat, shapely.points(at))
        segment = np.clip(np.searchsorted(along, where, side="right") - 1, 0, len(tangent) - 1)
        foot = shapely.get_coordinates(shapely.line_interpolate_point(flat, where))
        # At a bend the side follows from the mean direction of the two segments that meet in it.
        direction = tangent[segment]
        behind = np.maximum(segment - 1, 0)
        ahead = np.minimum(segment + 1, len(tangent) - 1)
        near = 1e-9 * max(along[-1], 1.0)
        starts = np.abs(where - along[segment]) <= near
        ends = np.abs(where - along[segment + 1]) <= near
        direction = direction + np.where(starts[:, None], tangent[behind], 0.0)
        direction = direction + np.where(ends[:, None], tangent[ahead], 0.0)
        across = at - foot
        turn = direction[:, 0] * across[:, 1] - direction[:, 1] * across[:, 0]
        inside = (where > near) & (where < along[-1] - near)
        return np.where(inside, np.where(turn >= 0, 1, -1), 0)

    def distance_km(self, points: Floats) -> Floats:
        """Rough distance of points to the line, km: right to 1 % near it."""
        scale, flat, _, _ = self._plane
        local = shapely.points(self.unroll(points) * scale)
        return np.asarray(shapely.distance(flat, local)) * _KM_PER_DEGREE


@dataclass(frozen=True, slots=True)
class PartialEffect:
    """A feature counting to ``reach_km`` only, where the coast nearest without it is among ``against``."""

    name: str
    at: tuple[float, float]
    radius_km: float
    reach_km: float
    against: frozenset[str]
    source: str


@dataclass(frozen=True, slots=True)
class JointArea:
    """An area under a joint regime: within it, the zones of the coasts ``within`` bear the label ``code``."""

    name: str
    code: str
    within: tuple[str, ...]
    area: BaseGeometry
    accuracy_km: float
    source: str


@dataclass(frozen=True, slots=True)
class NotDrawn:
    """An instrument whose line is not drawn, between coasts of either side, inside ``box`` if given."""

    name: str
    between: tuple[frozenset[str], frozenset[str]]
    accuracy_km: float
    reason: str
    box: tuple[float, float, float, float] | None = None


@dataclass(frozen=True, slots=True)
class Overrides:
    """``overrides.yaml``; see there for what each section means."""

    missing: tuple[dict[str, Any], ...]
    no_shelf: tuple[dict[str, Any], ...]
    contested_shelf: tuple[dict[str, Any], ...]
    partial_effect: tuple[PartialEffect, ...]
    joint_areas: tuple[dict[str, Any], ...]
    boundaries: tuple[Boundary, ...]
    not_drawn: tuple[NotDrawn, ...]
    accuracy: tuple[dict[str, Any], ...]

    @property
    def areas(self) -> list[JointArea]:
        """The joint areas with their outlines, densified."""
        return [
            JointArea(
                name=row["name"],
                code=row["label"]["code"],
                within=tuple(row["within"]),
                area=densify(Polygon(_positions(row)), EdgeKind(row["edges"])),
                accuracy_km=float(row["accuracy_km"]),
                source=row["source"],
            )
            for row in self.joint_areas
        ]

    def accuracy_km(self, code: str, kind: str) -> float | None:
        """Return how accurate the limits of a coast are, km, if a row says; the first one counts."""
        for row in self.accuracy:
            if code in row["codes"] and kind in row:
                return float(row[kind])
        return None


_SECTION_KEYS = {
    "missing": ({"name", "at", "code", "reason", "source"}, set[str]()),
    "no_shelf": ({"name", "at", "radius_km", "label", "reason", "source"}, set[str]()),
    "partial_effect": ({"name", "at", "radius_km", "reach_km", "against", "reason", "source"}, set[str]()),
    "joint_areas": (
        {"name", "label", "within", "edges", "datum", "accuracy_km", "points", "reason", "source"},
        set[str](),
    ),
    "contested_shelf": ({"code", "reason", "source"}, set[str]()),
    "accuracy": ({"codes", "reason", "source"}, {"200M", "12M"}),
    "not_drawn": ({"name", "between", "accuracy_km", "reason"}, {"box"}),
    "boundaries": (
        {"name", "kind", "left", "right", "edges", "datum", "accuracy_km", "source", "points"},
        {"transfers", "enclaves", "note"},
    ),
}


def read_overrides(path: Path = OVERRIDES) -> Overrides:
    """Read and check the table.

    Raises
    ------
    AtlasError
        If a section or key is unknown or missing, or a position is not one; with the row.
    """
    with path.open(encoding="utf-8") as file:
        table = yaml.safe_load(file)
    if unknown := set(table) ^ set(_SECTION_KEYS):
        raise AtlasError(f"{path.name}: sections {sorted(unknown)}; there must be {sorted(_SECTION_KEYS)}")
    for section, (needed, allowed) in _SECTION_KEYS.items():
        for row in table[section]:
            title = f"{path.name}, {section}, {row.get('name', row)}"
            if missing := needed - set(row):
                raise AtlasError(f"{title}: {sorted(missing)} missing")
            if unknown := set(row) - needed - allowed:
                raise AtlasError(f"{title}: unknown keys {sorted(unknown)}")
            lon, lat = row.get("at", (0.0, 0.0))
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                raise AtlasError(f"{title}: {lon}, {lat} is not longitude, latitude in degrees")
    return Overrides(
        missing=tuple(table["missing"]),
        no_shelf=tuple(table["no_shelf"]),
        contested_shelf=tuple(table["contested_shelf"]),
        partial_effect=tuple(
            PartialEffect(
                name=row["name"],
                at=tuple(row["at"]),
                radius_km=float(row["radius_km"]),
                reach_km=float(row["reach_km"]),
                against=frozenset(row["against"]),
                source=row["source"],
            )
            for row in table["partial_effect"]
        ),
        joint_areas=tuple(table["joint_areas"]),
        boundaries=tuple(_boundary(row, path.name) for row in table["boundaries"]),
        not_drawn=tuple(_not_drawn(row) for row in table["not_drawn"]),
        accuracy=tuple(table["accuracy"]),
    )


def _boundary(row: dict[str, Any], file: str) -> Boundary:
    title = f"{file}, boundaries, {row['name']}"
    if row["kind"] not in _LINE_KINDS:
        raise AtlasError(f"{title}: kind is {row['kind']!r}; it must be one of {', '.join(_LINE_KINDS)}")
    try:
        edges = EdgeKind(row["edges"])
        points = _positions(row)
    except (SiteError, ValueError) as error:
        raise AtlasError(f"{title}: {error}") from error
    if len(points) < 2 or (np.diff(points, axis=0) == 0).all(axis=1).any():
        raise AtlasError(f"{title}: two or more points are needed, and no point twice in a row")
    return Boundary(
        name=row["name"],
        kind=row["kind"],
        left=tuple(row["left"]),
        right=tuple(row["right"]),
        points=points,
        edges=edges,
        accuracy_km=float(row["accuracy_km"]),
        source=row["source"],
        transfers=row.get("transfers", False),
        enclaves=tuple(
            Enclave(entry["name"], tuple(entry["box"]), float(entry["radius_km"]))
            for entry in row.get("enclaves", ())
        ),
    )


def _positions(row: dict[str, Any]) -> Floats:
    return _unrolled([parse_coordinates(text)[0] for text in row["points"]])


def _unrolled(points: Sequence[tuple[float, float]]) -> Floats:
    coordinates = np.array(points, dtype=np.float64)
    coordinates[:, 0] = np.unwrap(coordinates[:, 0], period=360.0)
    return coordinates


def _not_drawn(row: dict[str, Any]) -> NotDrawn:
    one, other = row["between"]
    return NotDrawn(
        name=row["name"],
        between=(frozenset(one), frozenset(other)),
        accuracy_km=float(row["accuracy_km"]),
        reason=row["reason"],
        box=tuple(row["box"]) if "box" in row else None,
    )


def in_boxes(points: Floats, boxes: Iterable[tuple[float, float, float, float]]) -> Flags:
    """Return which points (n, 2) lie in one of the boxes (west, south, east, north)."""
    inside = np.zeros(len(points), dtype=bool)
    for west, south, east, north in boxes:
        lon, lat = points[:, 0], points[:, 1]
        inside |= (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)
    return inside
