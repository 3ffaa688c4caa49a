"""How deep a site is, and how steep at the scale of the grid.

The site is cut along the cells round the nodes of the bundled grid. Each piece counts with its area on the
ellipsoid and has the depth, bilinear between the nodes, at its centroid: the node's own depth for a whole
cell. A site smaller than a cell is one piece, of one depth.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import numpy as np
import shapely
from pydantic import BaseModel, ConfigDict, Field

from seabed.errors import FigureError
from seabed.feasibility.depth_grid import NODES_PER_DEGREE, depth_at
from seabed.feasibility.derived import derive, value_of
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import figure_in, read_table
from seabed.geodesy import GEOD
from seabed.language import N_, _, clauses

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Floats = NDArray[np.float64]
    Geometries = NDArray[np.object_]

#: Depths in m for which the share of the site that is deeper is told.
DEEPER_THAN_M = (4000, 5000, 6000)

_CELL = 1 / NODES_PER_DEGREE
_PRECISION_DEG = 1e-9
# Boxes into which a site is cut, one after the other, in cells on a side.
_BOXES = (100, 10, 1)
# Whole cells that are looked up one by one; beyond, every 2nd, 5th or 10th node of a row stands for them.
_MOST_NODES = 250_000
_STRIDES = (1, 2, 5, 10)
_BIN_WIDTHS_M = (10, 20, 50, 100, 200, 250, 500, 1000)
_MOST_BINS = 24

_SLOPE = N_(
    "slope between places one node apart (11 km); local slopes are hidden, and may be far steeper: only a "
    "multibeam survey shows them"
)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Hypsometry(_Model):
    """The share of the submerged area in each band of depth; the shares sum to 1."""

    edges_m: tuple[float, ...] = Field(description="one more than shares, m, positive down")
    shares: tuple[float, ...]
    source: str
    vintage: str
    basis: str


class SlopeLimit(_Model):
    """A slope on which a machine is said to have worked, and how much of the site is steeper."""

    name: str
    limit: Figure
    share_steeper: Figure = Field(description="at the scale of the grid")


class DepthProfile(_Model):
    """Depths in m, positive down, of the part of the site below sea level; shares are of its area.

    For a site of points they are of the points. A place counts with its area on the ellipsoid.
    """

    summary: str
    shallowest: Figure
    tenth_percentile: Figure
    median: Figure
    mean: Figure
    ninetieth_percentile: Figure
    deepest: Figure
    share_deeper: dict[int, Figure] = Field(description="by depth in m")
    slope_median: Figure
    slope_greatest: Figure
    slope_limits: tuple[SlopeLimit, ...]
    hypsometry: Hypsometry
    share_dry: Figure = Field(description="of the whole site, at or above sea level in the grid")
    errors: dict[Literal["median", "90th percentile"], Figure] = Field(
        description="of a single depth, published for grids of this kind"
    )
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Soundings:
    """The pieces of a site that lie below sea level.

    ``depth_m`` (n,), positive; ``slope_deg`` (n,), at the scale of the grid; ``weight`` (n,), shares of the
    submerged area, which sum to 1; ``share_dry`` of the whole site is at or above sea level.
    """

    depth_m: Floats
    slope_deg: Floats
    weight: Floats
    share_dry: float
    is_points: bool

    def share_no_deeper(self, depth_m: float) -> float:
        """Return the share of the submerged area that is no deeper."""
        return _share(self.weight, self.depth_m <= depth_m)


_ROUNDING_M = 0.01  # longitudes a turn away differ by 1e-14, which may put a node at 0 m just below


def depth_over(geometry: BaseGeometry) -> DepthProfile | None:
    """Return the depth statistics of a site, ``None`` if no part of it is below sea level in the grid.

    Parameters
    ----------
    geometry
        Polygons or points, lon/lat degrees, wrapped at ±180° or not, with edges straight in lon/lat.

    Raises
    ------
    AtlasError
        If the depth grid is missing or damaged.
    ValueError
        If the geometry is empty.
    """
    return profile_of(soundings_over(geometry))


def soundings_over(geometry: BaseGeometry) -> Soundings:
    """Cut a site into pieces with a depth each; see `depth_over` for its parameter and errors."""
    lon, lat, area, is_points = _places(geometry)
    depth = depth_at(lon, lat)
    is_wet = depth > _ROUNDING_M
    wet = float(area[is_wet].sum())
    return Soundings(
        depth_m=depth[is_wet],
        slope_deg=_slope(lon[is_wet], lat[is_wet]),
        weight=area[is_wet] / wet if wet else area[is_wet],
        share_dry=_share(area / area.sum(), ~is_wet),
        is_points=is_points,
    )


def profile_of(soundings: Soundings) -> DepthProfile | None:
    """Return the statistics of soundings, ``None`` if there are none."""
    if not len(soundings.depth_m):
        return None
    grid = grid_figure()
    depth, slope, weight = soundings.depth_m, soundings.slope_deg, soundings.weight
    of = _("of the points") if soundings.is_points else _("by area, of the part below sea level")

    def metres(number: float, what: str) -> Figure:
        return derive(
            [round(number, 1)], "m", clauses((_("{what} {of}").format(what=what, of=of), _(grid.basis))), grid
        )

    def share(number: float, basis: str) -> Figure:
        return derive([number], _("share of the site"), basis, grid)

    tenth, median, ninetieth = _quantiles(depth, weight, (0.1, 0.5, 0.9))
    shallowest, deepest = float(depth.min()), float(depth.max())
    steepness, steepest = _quantiles(slope, weight, (0.5,))[0], float(slope.max())
    return DepthProfile(
        summary=_summary(soundings, median, steepness),
        shallowest=metres(shallowest, _("least depth")),
        tenth_percentile=metres(tenth, _("10th percentile")),
        median=metres(median, _("median")),
        mean=metres(float(depth @ weight), _("mean")),
        ninetieth_percentile=metres(ninetieth, _("90th percentile")),
        deepest=metres(deepest, _("greatest depth")),
        share_deeper={
            limit: share(
                _share(weight, depth > limit),
                _("deeper than {limit} m, {of}").format(limit=f"{limit:,}", of=of),
            )
            for limit in DEEPER_THAN_M
        },
        slope_median=derive([round(steepness, 2)], _("degrees"), clauses([_("median"), _(_SLOPE)]), grid),
        slope_greatest=derive([round(steepest, 2)], _("degrees"), clauses([_("greatest"), _(_SLOPE)]), grid),
        slope_limits=tuple(
            SlopeLimit(
                name=_(name),
                limit=said(limit),
                share_steeper=share(_share(weight, slope > value_of(limit)), _(_SLOPE)),
            )
            for name, limit in _slope_limits()
        ),
        hypsometry=_hypsometry(depth, weight, grid),
        share_dry=share(
            soundings.share_dry, _("at or above sea level in the grid, by area of the whole site")
        ),
        errors={"median": said(_row("error_median")), "90th percentile": said(_row("error_p90"))},
        notes=_notes(soundings),
    )


def _summary(soundings: Soundings, median: float, slope: float) -> str:
    shallowest, deepest = f"{soundings.depth_m.min():,.0f}", f"{soundings.depth_m.max():,.0f}"
    slopes = {"slope": f"{slope:.1f}", "steepest": f"{soundings.slope_deg.max():.1f}"}
    if shallowest == deepest:
        return _("{depth} m deep; slope at the scale of the grid (11 km): {slope}°.").format(
            depth=deepest, slope=slopes["slope"]
        )
    return _(
        "{shallowest} to {deepest} m deep, half of it deeper than {median} m; {share} of it is deeper than "
        "{limit} m. Slopes at the scale of the grid (11 km): median {slope}°, at most {steepest}°."
    ).format(
        shallowest=shallowest,
        deepest=deepest,
        median=f"{median:,.0f}",
        share=f"{1 - soundings.share_no_deeper(DEEPER_THAN_M[0]):.0%}",
        limit=f"{DEEPER_THAN_M[0]:,}",
        **slopes,
    )


def _notes(soundings: Soundings) -> tuple[str, ...]:
    notes = [
        _(
            "The grid is a global model, not a survey: about one depth in ten is wrong by more than {error} "
            "m, and hills narrower than 11 km may be missing."
        ).format(error=f"{value_of(_row('error_p90')):,.0f}"),
        _("No published slope limit for collecting nodules was found; those given are of other machines."),
    ]
    if soundings.share_dry:
        notes.append(
            _(
                "{share} of the site is at or above sea level in the grid and is left out of the depths."
            ).format(share=f"{soundings.share_dry:.1%}")
        )
    if len(soundings.depth_m) == 1 and not soundings.is_points:
        notes.append(
            _("The site is smaller than a cell of the grid: one depth stands for all of it, interpolated.")
        )
    return tuple(notes)


# --- The grid as figures ------------------------------------------------------------------------------------


@cache
def _row(identifier: str) -> Figure:
    for row in read_table("depth_grid"):
        if row["id"] == identifier:
            return figure_in(row, row["unit"])
    raise FigureError(f"depth_grid.csv has no row {identifier!r}")


def grid_figure() -> Figure:
    """Return the grid's own row: what every depth inherits its source, vintage and basis from."""
    return _row("grid")


def said(figure: Figure) -> Figure:
    """Return a figure out of a table with its basis in the language being spoken."""
    return figure.model_copy(update={"basis": _(figure.basis)})


@cache
def _slope_limits() -> tuple[tuple[str, Figure], ...]:
    rows = [row for row in read_table("depth_grid") if row["id"].startswith("slope_")]
    return tuple((row["quantity"], figure_in(row, row["unit"])) for row in rows)


# --- Statistics ---------------------------------------------------------------------------------------------


def _share(weight: Floats, chosen: NDArray[np.bool_]) -> float:
    return min(float(weight[chosen].sum()), 1.0)  # rounding may put the whole a hair above 1


def _quantiles(values: Floats, weight: Floats, at: tuple[float, ...]) -> list[float]:
    """Return weighted quantiles, each piece standing at the middle of its weight."""
    order = np.argsort(values)
    middle = np.cumsum(weight[order]) - weight[order] / 2
    return [float(one) for one in np.interp(at, middle, values[order])]


def _hypsometry(depth: Floats, weight: Floats, grid: Figure) -> Hypsometry:
    low, high = float(depth.min()), float(depth.max())
    width = next((one for one in _BIN_WIDTHS_M if (high - low) / one <= _MOST_BINS - 2), _BIN_WIDTHS_M[-1])
    edges = np.arange(math.floor(low / width), math.floor(high / width) + 2) * float(width)
    shares, _edges = np.histogram(depth, bins=edges, weights=weight)
    return Hypsometry(
        edges_m=tuple(edges.tolist()),
        shares=tuple((shares / shares.sum()).tolist()),
        source=grid.source,
        vintage=grid.vintage,
        basis=_(grid.basis),
    )


def _slope(lon: Floats, lat: Floats) -> Floats:
    """Return the slope in degrees between places half a node to each side, the same distance on all sides."""
    half = _CELL / 2
    # East and west reach as far on the ground as north and south do; at a pole that is half a turn.
    across = np.minimum(half / np.maximum(np.cos(np.radians(lat)), 1e-9), 90.0)
    run = np.radians(_CELL) * 6_371_008.8
    east = (depth_at(lon + across, lat) - depth_at(lon - across, lat)) / run
    north = (depth_at(lon, lat + half) - depth_at(lon, lat - half)) / run
    return np.asarray(np.degrees(np.arctan(np.hypot(east, north))))


# --- Cutting the site ---------------------------------------------------------------------------------------


def _places(geometry: BaseGeometry) -> tuple[Floats, Floats, Floats, bool]:
    """Return lon, lat and area (any unit) of the pieces of a site, and whether they are mere points."""
    if geometry.is_empty:
        raise ValueError("an empty geometry has no depth")
    parts = shapely.get_parts(shapely.get_parts(geometry))
    # GEOS fails on coordinates that differ by less than a float can part; a tenth of a millimetre it can.
    parts = shapely.get_parts(shapely.set_precision(parts, _PRECISION_DEG))
    polygons = parts[shapely.area(parts) > 0]
    if not len(polygons):
        lon, lat = shapely.get_coordinates(geometry).T
        return lon, lat, np.ones(len(lon)), True
    pieces, whole = _cut(polygons)
    lon, lat, cells = _nodes_in(whole)
    at = shapely.get_coordinates(shapely.centroid(pieces))
    lon, lat = np.concatenate([lon, at[:, 0]]), np.concatenate([lat, at[:, 1]])
    square_degrees = np.concatenate([cells * _CELL**2, shapely.area(pieces)])
    area = square_degrees * _area_of_a_square_degree(lat)
    return lon, lat, area, False


def _cut(polygons: Geometries) -> tuple[Geometries, list[tuple[Floats, int]]]:
    """Cut polygons along the cells.

    Returns
    -------
    The pieces that fill no cell, and for each size of box the corners (n, 2), in cells, of those that lie
    wholly inside, with the size. Going from large boxes to small ones, and on only where the outline runs,
    takes as long as the outline is; a test of every cell would take as long as the site is large.
    """
    whole = []
    for size in _BOXES:
        owner, corner = _boxes_over(polygons, size)
        west, south = (corner - 0.5).T * _CELL  # a cell has its node in the middle
        boxes = shapely.box(west, south, west + size * _CELL, south + size * _CELL)
        shapely.prepare(polygons)
        is_near = shapely.intersects(polygons[owner], boxes)
        owner, corner, boxes = owner[is_near], corner[is_near], boxes[is_near]
        is_inside = shapely.contains_properly(polygons[owner], boxes)
        whole.append((corner[is_inside], size))
        cut = shapely.get_parts(shapely.intersection(polygons[owner[~is_inside]], boxes[~is_inside]))
        cut = shapely.get_parts(cut)
        polygons = cut[shapely.area(cut) > 0]
    return polygons, whole


def _boxes_over(polygons: Geometries, size: int) -> tuple[NDArray[np.intp], Floats]:
    """Return the boxes of ``size`` cells that the bounds of each polygon reach: whose, and their corner."""
    bounds = shapely.bounds(polygons) / _CELL + 0.5
    first = np.floor(bounds[:, :2] / size)
    count = np.floor(bounds[:, 2:] / size) - first + 1
    across, total = count[:, 0], count.prod(axis=1).astype(np.intp)
    owner = np.repeat(np.arange(len(polygons)), total)
    step = np.arange(total.sum()) - np.repeat(np.cumsum(total) - total, total)
    up, right = np.divmod(step, across[owner])
    return owner, (first[owner] + np.column_stack([right, up])) * size


def _nodes_in(whole: list[tuple[Floats, int]]) -> tuple[Floats, Floats, Floats]:
    """Return lon, lat of the nodes in boxes, and how many cells each stands for."""
    total = sum(len(corner) * size**2 for corner, size in whole)
    stride = next((one for one in _STRIDES if total / one**2 <= _MOST_NODES), _STRIDES[-1])
    lon, lat, cells = [], [], []
    for corner, size in whole:
        step = min(stride, size)
        offset = np.arange(0, size, step) + (step - 1) / 2
        right, up = (axis.ravel() for axis in np.meshgrid(offset, offset))
        lon.append((corner[:, :1] + right).ravel() * _CELL)
        lat.append((corner[:, 1:] + up).ravel() * _CELL)
        cells.append(np.full(len(corner) * len(right), float(step**2)))
    return np.concatenate(lon), np.concatenate(lat), np.concatenate(cells)


def _area_of_a_square_degree(lat: Floats) -> Floats:
    """Return km2 on the ellipsoid at a latitude: radii of meridian and prime vertical, and the parallel."""
    sine, cosine = np.sin(np.radians(lat)), np.cos(np.radians(lat))
    area = (GEOD.a / 1e3) ** 2 * (1 - GEOD.es) / (1 - GEOD.es * sine**2) ** 2 * cosine
    return np.asarray(area * math.radians(1) ** 2)
