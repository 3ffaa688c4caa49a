"""The drawing itself: shapes, graticule, scale bar, north, globe, legend, with matplotlib.

Lengths on paper are in inches from the lower left corner, shapes in metres on the map. Every shape is
marked with its layer and its name, which `seabed.briefing.maps.svg` turns into groups.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from seabed.briefing.maps import lettering
from seabed.briefing.maps.lettering import LABEL_PT, Placed, Wanted, drawable, font, polygons
from seabed.briefing.maps.style import AREA, GRATICULE, INK, QUIET, Style
from seabed.briefing.maps.svg import Mark
from seabed.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas
    from seabed.briefing.maps.frame import Frame

#: The radius of the sphere of the same area as WGS 84, in metres.
_AUTHALIC_RADIUS = 6_371_007.2


@dataclass(slots=True)
class Sheet:
    """A sheet of paper: a matplotlib figure and the marks of what is drawn on it."""

    figure: Any
    width: float
    height: float
    marks: dict[str, Mark] = field(default_factory=dict)

    @classmethod
    def new(cls, width: float, height: float) -> Sheet:
        """Return an empty white sheet of this size in inches."""
        from matplotlib.figure import Figure  # noqa: PLC0415

        return cls(Figure(figsize=(width, height), facecolor="white"), width, height)

    def axes(self, x: float, y: float, width: float, height: float) -> Any:  # noqa: ANN401
        """Return axes in this rectangle."""
        return self.figure.add_axes(
            (x / self.width, y / self.height, width / self.width, height / self.height)
        )

    def points_at(self, x: float, y: float) -> Any:  # noqa: ANN401
        """Return the transform whose origin is a place, in inches, and whose unit is a point."""
        from matplotlib.transforms import Affine2D  # noqa: PLC0415

        return Affine2D().scale(1 / 72).translate(x, y) + self.figure.dpi_scale_trans

    def mark(self, artist: Any, mark: Mark) -> None:  # noqa: ANN401
        """Remember what an artist shows."""
        gid = f"mark-{len(self.marks)}"
        self.marks[gid] = mark
        artist.set_gid(gid)

    def write(self, text: str, x: float, y: float, size: float, **how: Any) -> None:  # noqa: ANN401
        """Write plain text at a place."""
        self.figure.text(
            x / self.width, y / self.height, text, fontproperties=font(text, size), **{"color": INK, **how}
        )


@dataclass(frozen=True, slots=True)
class Panel:
    """A map on a sheet."""

    sheet: Sheet
    axes: Any
    frame: Frame
    metres_per_point: float

    @classmethod
    def new(cls, sheet: Sheet, frame: Frame, x: float, y: float, width: float) -> Panel:
        """Return the empty map of ``frame`` with its lower left corner at a place, ``width`` inches wide."""
        axes = sheet.axes(x, y, width, width * frame.half_height / frame.half_width)
        axes.set(
            xlim=(-frame.half_width, frame.half_width),
            ylim=(-frame.half_height, frame.half_height),
            xticks=[],
            yticks=[],
            facecolor=AREA.fill,
        )
        for spine in axes.spines.values():
            spine.set(linewidth=0.8, color="#333333", zorder=9)
        return cls(sheet, axes, frame, 2 * frame.half_width / (width * 72))

    def fill(self, geometry: BaseGeometry, style: Style, zorder: float, mark: Mark | None) -> None:
        """Draw the polygons of a geometry."""
        rings = [
            np.asarray(ring.coords)
            for part in polygons(geometry)
            for ring in (part.exterior, *part.interiors)
        ]
        if style.hatch and style.fill != "none":
            # In one, a hatch takes the fill's transparency and vanishes on a fill of its own colour.
            self._draw(rings, Style("none", style.fill, width=0), zorder, mark, closed=True)
            style = replace(style, fill="none")
        self._draw(rings, style, zorder, mark, closed=True)

    def line(self, geometry: BaseGeometry, style: Style, zorder: float, mark: Mark | None) -> None:
        """Draw the lines of a geometry."""
        parts = shapely.get_parts(shapely.get_parts(geometry))
        lines = [np.asarray(part.coords) for part in parts if part.geom_type == "LineString"]
        self._draw(lines, replace(style, fill="none", hatch=None), zorder, mark, closed=False)

    def _draw(
        self,
        vertices: Sequence[Any],
        style: Style,
        zorder: float,
        mark: Mark | None,
        *,
        closed: bool,
    ) -> None:
        from matplotlib.patches import PathPatch  # noqa: PLC0415
        from matplotlib.path import Path  # noqa: PLC0415

        paths = [Path(points, closed=closed) for points in vertices if len(points) > 1]
        if not paths:
            return
        patch = PathPatch(
            Path.make_compound_path(*paths),
            facecolor=style.fill,
            edgecolor=style.edge,
            linestyle=style.line,
            linewidth=style.width,
            hatch=style.hatch,
            zorder=zorder,
        )
        # Not add_patch, which measures every segment to scale axes that are fixed here.
        self.axes.add_artist(patch)
        if mark is not None:
            self.sheet.mark(patch, mark)

    def write_labels(self, placed: Iterable[Placed], frame_of_time: str = "") -> None:
        """Write labels where they were placed."""
        for label in placed:
            drawn = self.axes.text(
                label.x,
                label.y,
                label.text,
                fontproperties=font(label.text, LABEL_PT, bold=label.wanted.is_bold),
                color=label.wanted.colour,
                ha="center",
                va="center",
                linespacing=1.05,
                zorder=7,
            )
            self.sheet.mark(
                drawn,
                Mark("labels", _("Names"), label.text.replace("\n", " "), label.wanted.kind, frame_of_time),
            )

    def place(self, wanted: Iterable[Wanted], **around: Any) -> list[Placed]:  # noqa: ANN401 - passed on as it is
        """Place labels on this map; see `lettering.place`."""
        return lettering.place(wanted, self.frame, self.metres_per_point, **around)

    # --- graticule, scale, north ---------------------------------------------------------------------------

    def graticule(self, *, lines: int = 7, is_labelled: bool = True) -> None:
        """Draw at most about ``lines`` meridians and parallels, labelled outside the lower and left edges."""
        frame, mark = self.frame, Mark("graticule", _("Graticule"), "")
        longitude = frame.centre[0]
        west = min(box[0] + shift for box, shift in frame.boxes)
        east = max(box[2] + shift for box, shift in frame.boxes)
        south, north = frame.boxes[0][0][1], frame.boxes[0][0][3]
        w, h = frame.half_width, frame.half_height
        high = graticule_step(north - south, lines)
        wide = 30.0 if east - west >= 360 else graticule_step(east - west, lines)
        if max(wide, high) <= 2.5 * min(wide, high):
            wide = high = max(wide, high)  # squares, save where meridians converge
        gap = min(wide / 8, (north - south) / 12)  # where meridians meet they would run together
        top, bottom = min(north, 90 - gap), max(south, -90 + gap)
        drawn = []
        low, left = shapely.LineString([(-w, -h), (w, -h)]), shapely.LineString([(-w, -h), (-w, h)])
        for meridian in np.arange(math.ceil(west / wide), math.floor(east / wide) + 1) * wide:
            if meridian - longitude >= 180:
                continue
            line = frame.project(shapely.LineString([(meridian, bottom), (meridian, top)]))
            drawn.append(line)
            if is_labelled:
                turned = (meridian + 180) % 360 - 180
                self._edge_label(line, low, degrees(turned, "E", "W"), (0, -3), "center", "top")
        for parallel in np.arange(math.ceil(south / high), math.floor(north / high) + 1) * high:
            line = frame.project(shapely.LineString([(west, parallel), (east, parallel)]))
            drawn.append(line)
            if is_labelled:
                self._edge_label(line, left, degrees(parallel, "N", "S"), (-3, 0), "right", "center")
        self.line(shapely.GeometryCollection(drawn), GRATICULE, 3, mark)

    def _edge_label(
        self,
        line: BaseGeometry,
        edge: BaseGeometry,
        text: str,
        offset: tuple[int, int],
        ha: str,
        va: str,
    ) -> None:
        crossings = shapely.get_coordinates(shapely.intersection(line, edge))
        if len(crossings) == 1:
            self.axes.annotate(
                text,
                crossings[0],
                xytext=offset,
                textcoords="offset points",
                fontproperties=font(text, 5.8),
                color=QUIET,
                annotation_clip=False,
                ha=ha,
                va=va,
            )


def graticule_step(span: float, lines: int) -> float:
    """Return the spacing in degrees that gives at most ``lines`` lines."""
    steps = (1 / 60, 1 / 30, 1 / 12, 1 / 6, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 45)
    return next((step for step in steps if span / step <= lines), 60)


def degrees(value: float, positive: str, negative: str) -> str:
    """Return degrees and minutes with a hemisphere; neither 0° nor 180° has one."""
    minutes = round(abs(value) * 60)
    whole, rest = divmod(minutes, 60)
    text = f"{whole}°{rest:02d}′" if rest else f"{whole}°"
    return text if minutes in {0, 180 * 60} else text + (positive if value > 0 else negative)


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """A bar of a round number of km: ``step_km`` is one of its ``steps``, ``points`` its whole length."""

    step_km: float
    steps: int
    points: float

    @property
    def km(self) -> float:
        """The whole length on the ground at the centre of the map."""
        return self.step_km * self.steps


def scale_bar_of(panel: Panel, longest_points: float) -> ScaleBar:
    """Return the longest bar of two to four round steps that is no longer than ``longest_points``."""
    longest = longest_points * panel.metres_per_point / 1000
    power = 10.0 ** math.floor(math.log10(longest))
    step, steps = max(
        (
            (power * unit / 10, n)
            for unit in (1, 2, 5, 10, 20, 50)
            for n in (2, 4)
            if power * unit / 10 * n <= longest
        ),
        key=lambda bar: (bar[0] * bar[1], bar[1]),
    )
    return ScaleBar(step, steps, step * steps * 1000 / panel.metres_per_point)


def draw_scale_bar(sheet: Sheet, panel: Panel, x: float, y: float, *, longest: float = 1.5) -> ScaleBar:
    """Draw the scale in km and in M (1,852 m) with its upper left corner at a place, in inches."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    bar = scale_bar_of(panel, longest * 72)
    here, one = sheet.points_at(x, y), bar.points / bar.steps
    for step in range(bar.steps):
        colour = INK if step % 2 == 0 else "white"
        sheet.figure.add_artist(
            Rectangle(
                (step * one, -11.5), one, 2.6, facecolor=colour, edgecolor=INK, linewidth=0.5, transform=here
            )
        )

    def write(text: str, along: float, below: float, **how: str) -> None:
        sheet.figure.text(
            along, -below, text, fontproperties=font(text, 5.4), color=QUIET, transform=here, **how
        )

    for step in (0, bar.steps // 2):
        write(f"{bar.step_km * step:,g}", step * one, 7.6, ha="center", va="bottom")
    write(f"{bar.km:,g} km", bar.points - 3, 7.6, va="bottom")
    length = f"{float(f'{bar.km / 1.852:.3g}'):,g}"
    write(_("{length} M; scale true at the centre").format(length=length), 0, 13, va="top")
    return bar


def draw_north(sheet: Sheet, x: float, y: float) -> None:
    """Draw an arrow to the north of the map's centre, its foot at a place, in inches."""
    from matplotlib.patches import Polygon  # noqa: PLC0415

    here = sheet.points_at(x, y)
    for side, colour in ((-1, INK), (1, "white")):
        half = [(0, 25), (0, 6), (side * 6, 0)]
        sheet.figure.add_artist(
            Polygon(half, facecolor=colour, edgecolor=INK, linewidth=0.6, joinstyle="miter", transform=here)
        )
    text = _("N")
    sheet.figure.text(
        0,
        27,
        text,
        fontproperties=font(text, 7, bold=True),
        color=INK,
        ha="center",
        va="bottom",
        transform=here,
    )


def draw_globe(sheet: Sheet, atlas: Atlas, frame: Frame, x: float, y: float, size: float) -> None:
    """Draw the globe as seen from above the centre, with the frame on it, ``size`` inches across."""
    longitude, latitude = frame.centre
    eye = (longitude, max(min(latitude * 0.7, 60.0), -60.0))
    from pyproj import Transformer  # noqa: PLC0415

    laea = f"+proj=laea +lat_0={eye[1]!r} +lon_0={eye[0]!r} +R={_AUTHALIC_RADIUS} +units=m +no_defs"
    to_disc = Transformer.from_crs("EPSG:4326", laea, always_xy=True)
    rim = shapely.Point(0, 0).buffer(math.sqrt(2) * 0.999, quad_segs=24)

    def seen(shapes: Any) -> Any:  # noqa: ANN401
        flat = shapely.transform(
            shapes,
            lambda p: np.column_stack(to_disc.transform(p[:, 0], p[:, 1])) / _AUTHALIC_RADIUS,
        )
        flat = flat[np.hypot(*_farthest(flat)) < 1.9]  # what reaches near the antipode is torn apart
        visible = shapely.intersection(shapely.buffer(flat, 0), rim)
        return shapely.transform(visible, _from_above)

    land = _land_of_the_world(atlas)
    axes = sheet.axes(x, y, size, size)
    axes.set(xlim=(-1.03, 1.03), ylim=(-1.03, 1.03))
    axes.axis("off")
    panel = Panel(sheet, axes, frame, 0.0)
    disc = shapely.transform(rim, _from_above)
    panel.fill(disc, Style("none", "#e6eff5"), 1, None)
    if len(land):
        panel.fill(
            shapely.GeometryCollection(list(seen(land))), Style("#b7ab92", "#b7ab92", width=0.3), 2, None
        )
    lines = [
        *(shapely.LineString([(-180, lat), (180, lat)]) for lat in (-60, -30, 0, 30, 60)),
        *(shapely.LineString([(lon, -89), (lon, 89)]) for lon in range(-180, 180, 30)),
    ]
    graticule = shapely.transform(
        shapely.intersection(_split_far(np.array(lines), to_disc), rim), _from_above
    )
    panel.line(shapely.GeometryCollection(list(graticule)), Style("#a9b7c2", width=0.3), 3, None)
    panel.line(disc.boundary, Style("#7d8a95", width=0.6), 4, None)
    edge = shapely.get_coordinates(shapely.segmentize(frame.rectangle, frame.half_width / 10))
    lon, lat = frame.to_degrees.transform(edge[:, 0], edge[:, 1])
    box = np.column_stack(to_disc.transform(lon, lat)) / _AUTHALIC_RADIUS
    if np.isfinite(box).all() and np.hypot(*box.T).max() < math.sqrt(2):
        box = _from_above(box)
        red = Style("#C40000", "#C4000022", width=0.9)
        panel.fill(shapely.Polygon(box), red, 5, None)
        if np.ptp(box[:, 0]) < 0.12:
            axes.plot(
                *box.mean(axis=0),
                "o",
                markersize=7,
                markerfacecolor="none",
                markeredgecolor="#C40000",
                markeredgewidth=0.9,
                zorder=6,
            )


@lru_cache(maxsize=1)  # the maps of a document share it
def _land_of_the_world(atlas: Atlas) -> Any:  # noqa: ANN401
    """Return the larger pieces of land, in degrees, with no more detail than a globe shows."""
    land = np.array([piece for _fact, piece in atlas.touching([(-180, -90, 180, 90)], None, ["land"])])
    return shapely.simplify(land[shapely.area(land) > 0.4], 0.8, preserve_topology=False)


def _farthest(shapes: Any) -> Any:  # noqa: ANN401
    bounds = np.abs(shapely.bounds(shapes))
    return np.nan_to_num(np.fmax(bounds[:, 0], bounds[:, 2]), nan=9.0), np.nan_to_num(
        np.fmax(bounds[:, 1], bounds[:, 3]), nan=9.0
    )


def _split_far(lines: Any, to_disc: Any) -> Any:  # noqa: ANN401
    """Return lines of the whole globe on the disc, broken where they pass the antipode."""
    pieces = []
    for line in shapely.segmentize(lines, 3.0):
        lonlat = np.asarray(line.coords)
        flat = np.column_stack(to_disc.transform(lonlat[:, 0], lonlat[:, 1])) / _AUTHALIC_RADIUS
        near = np.hypot(*flat.T) < 1.7
        runs = np.split(np.arange(len(flat)), np.flatnonzero(np.diff(near.astype(int))) + 1)
        pieces += [shapely.LineString(flat[run]) for run in runs if near[run[0]] and len(run) > 1]
    return np.array(pieces)


def _from_above(points: Any) -> Any:  # noqa: ANN401
    """Turn a hemisphere in equal area (radius √2) into the view from far above it (radius 1)."""
    radius = np.clip(np.hypot(points[:, 0], points[:, 1]) / 2, 0, 1)
    return points * np.sqrt(1 - radius**2)[:, None]


# --- legend ------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Key:
    """One entry of a legend; a heading if it has no style."""

    text: str
    style: Style | None = None
    is_line: bool = False
    kind: str = ""


def draw_legend(sheet: Sheet, keys: Sequence[Key], x: float, top: float, width: float, bottom: float) -> None:
    """Draw a legend in a column below ``top``; the letters shrink until it ends above ``bottom``."""
    for size in (6.2, 5.7, 5.2, 4.7, 4.2):
        laid = list(_laid_out(keys, size, width))
        if laid[-1][2] <= (top - bottom) * 72:
            break
    _draw_keys(sheet, laid, size, x, top)


def draw_legend_row(sheet: Sheet, keys: Sequence[Key], x: float, top: float, width: float) -> None:
    """Draw a legend in as many equal columns as its longest entry allows, in rows below ``top``."""
    columns = legend_columns(keys, width)
    for index, key in enumerate(keys):
        row, column = divmod(index, columns)
        laid = [(key, drawable(key.text, 60), 0.0)]
        _draw_keys(sheet, laid, 6.0, x + column * width / columns, top - row * 0.145)


def legend_columns(keys: Sequence[Key], width: float) -> int:
    """Return how many columns `draw_legend_row` sets in ``width`` inches."""
    longest = max(lettering.width_of(drawable(key.text, 60), 6.0) for key in keys) / 72 + 0.42
    return max(1, min(len(keys), int(width / longest)))


def _laid_out(keys: Sequence[Key], size: float, width: float) -> Iterator[tuple[Key, str, float]]:
    """Yield each entry with its broken text and, in points, how far below the top it begins."""
    down = 0.0
    for key in keys:
        text = lettering.wrapped(drawable(key.text, 90), size, width * 72 - (22 if key.style else 0))
        down += size * (0.55 if not key.style else 0.0)
        yield key, text, down
        down += size * (1.15 * (text.count("\n") + 1) + 0.42)
    yield Key(""), "", down


def _draw_keys(
    sheet: Sheet, laid: Sequence[tuple[Key, str, float]], size: float, x: float, top: float
) -> None:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    for key, text, down in laid:
        if not text:
            continue
        y = top - down / 72
        if key.style is None:
            sheet.figure.text(
                x / sheet.width,
                y / sheet.height,
                text,
                fontproperties=font(text, size, bold=True),
                color=QUIET,
                va="top",
            )
            continue
        style, middle = key.style, y - size * 0.52 / 72
        left, wide, high = x / sheet.width, 16 / 72 / sheet.width, 6 / 72 / sheet.height
        if key.is_line:
            swatch: Any = Line2D(
                [left, left + wide],
                [middle / sheet.height] * 2,
                color=style.edge,
                linestyle=style.line,
                linewidth=style.width,
                transform=sheet.figure.transFigure,
            )
        else:
            swatch = Rectangle(
                (left, middle / sheet.height - high / 2),
                wide,
                high,
                facecolor="none",
                edgecolor="#9aa7b1" if style.edge == "none" else style.edge,
                linestyle=style.line,
                hatch=style.hatch,
                linewidth=0.7 if style.width else 0.0,
                transform=sheet.figure.transFigure,
            )
            ground = Rectangle(
                swatch.get_xy(), wide, high, facecolor=style.fill, transform=sheet.figure.transFigure
            )
            sheet.figure.add_artist(ground)
        sheet.figure.add_artist(swatch)
        sheet.write(text, x + 22 / 72, y, size, va="top", linespacing=1.1)
