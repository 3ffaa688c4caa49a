"""The map of a site as one SVG: where it lies, whose zones and which rights are around it.

Drawn with matplotlib in a Lambert azimuthal equal-area projection centred on the site (PROJ), so the scale
is true there and nothing breaks at ±180° or the poles. Cartopy was tried and left out: at ±180° its
gridliner (0.26) draws and labels no meridian but 180°. Text is drawn as paths, so that the map looks the
same everywhere; ``<title>`` and ``<desc>`` carry it for screen readers.
"""

from __future__ import annotations

import io
import math
import re
import textwrap
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

import numpy as np
import shapely
from shapely.affinity import translate
from shapely.geometry import shape

from seabed.briefing import words
from seabed.briefing.view import map_alt
from seabed.errors import MissingExtraError, SeabedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas, Bounds
    from seabed.contract import Assessment

#: Largest SVG in bytes; the lines are simplified until it fits.
MAX_BYTES = 300_000
#: A vertex takes some 15 bytes; with more than these it is not worth trying.
MAX_VERTICES = 18_000
#: Half the width of the frame in km: never narrower than the first, never wider than the second (the
#: projection holds to 12,742 km, but shapes bend beyond recognition before).
MIN_HALF_KM, MAX_HALF_KM = 60.0, 6000.0
#: The frame is this many times as wide as the site.
SURROUNDINGS = 3.0

_DENSE_DEG = 0.25  # straight edges in longitude and latitude are curves on the map
_FONT = "DejaVu Sans"
_LABEL_PT = 6.5
_LEGEND_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class _Style:
    """How a kind is drawn; line style and hatch tell kinds apart without colour."""

    edge: str
    fill: str = "none"
    line: str | tuple[int, tuple[float, ...]] = "-"
    hatch: str | None = None
    width: float = 0.9


# Okabe and Ito's colours, which people with any common colour blindness tell apart.
_BLUE, _SKY, _GREEN, _ORANGE, _RED, _PURPLE = "#0072B2", "#56B4E9", "#009E73", "#B97A00", "#D55E00", "#AA4477"
_ZONES = {
    "land": _Style("#a89c84", "#e9e3d7", width=0.5),
    "internal_waters": _Style("none", "#c4d3df"),
    "territorial_sea": _Style("none", "#cfdfeb"),
    "continental_shelf": _Style("none", "#e6eff5"),
    "extended_shelf": _Style("none", "#f0f1e6"),
}
_OVERLAYS = {
    "ccz": _Style("#777777", line=(0, (8, 3, 1.5, 3))),
    "us_ocs": _Style("#777777", line=(0, (2, 2))),
    "isa_apei": _Style(_GREEN, hatch="...", width=0.8),
    "us_sanctuary": _Style("#117733", hatch="\\\\\\", width=0.8),
    "us_marine_monument": _Style("#117733", hatch="xxx", width=0.8),
    "isa_reserved_area": _Style(_SKY, "#56B4E922", line=(0, (5, 2))),
    "isa_contract": _Style(_BLUE, "#0072B226"),
    "isa_application": _Style(_BLUE, line=(0, (1.5, 1.5))),
    "us_ocs_leasing_process": _Style(_PURPLE, "#AA447722", line=(0, (5, 2))),
    "us_dshmra_licence": _Style(_RED, "#D55E0022", width=1.2),
    "us_dshmra_application": _Style(_ORANGE, "#E69F0022", line=(0, (4, 2)), width=1.2),
}
_DISPUTED = _Style("#9aa7b1", hatch="////", width=0)
_LIMITS = {
    "3M": ("3 M limit", _Style("#555555", line=(0, (0.8, 1.2)), width=0.6)),
    "12M": ("12 M limit", _Style("#555555", line=(0, (1.5, 1.5)), width=0.7)),
    "200M": ("200 M limit", _Style("#333333", width=0.9)),
    "between_states": ("Limit between States", _Style("#333333", line=(0, (6, 2, 1, 2)), width=0.9)),
}


# --- the frame ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frame:
    """The rectangle that the map shows.

    ``half_width`` and ``half_height`` are metres on the map, from the centre; ``boxes`` are what the frame
    covers in degrees, split at ±180, each with the multiple of 360° that brings it beside the centre.
    """

    centre: tuple[float, float]
    half_width: float
    half_height: float
    boxes: tuple[tuple[Bounds, float], ...]
    to_map: Transformer
    to_degrees: Transformer

    @property
    def rectangle(self) -> BaseGeometry:
        """The frame on the map."""
        return shapely.box(-self.half_width, -self.half_height, self.half_width, self.half_height)

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in degrees beside the centre, on the map and clipped to the frame."""
        dense = shapely.segmentize(geometry, _DENSE_DEG)
        projected = shapely.transform(
            dense, lambda lonlat: np.column_stack(self.to_map.transform(lonlat[:, 0], lonlat[:, 1]))
        )
        return shapely.intersection(shapely.make_valid(projected), self.rectangle)


def frame_of(assessment: Assessment, aspect: float) -> Frame:
    """Return the frame around the site; ``aspect`` is its width over its height."""
    from pyproj import Transformer  # noqa: PLC0415 - a tenth of a second that only a map needs

    longitude, latitude = assessment.site.centroid
    laea = f"+proj=laea +lat_0={latitude!r} +lon_0={longitude!r} +ellps=WGS84 +units=m +no_defs"
    to_map = Transformer.from_crs("EPSG:4326", laea, always_xy=True)
    to_degrees = Transformer.from_crs(laea, "EPSG:4326", always_xy=True)
    lonlat = shapely.get_coordinates(shapely.segmentize(shape(assessment.site.geometry), _DENSE_DEG))
    x, y = (np.abs(axis).max() for axis in to_map.transform(lonlat[:, 0], lonlat[:, 1]))
    half_width = min(max(max(x, y * aspect) * SURROUNDINGS, MIN_HALF_KM * 1000), MAX_HALF_KM * 1000)
    half_height = half_width / aspect
    return Frame(
        centre=(longitude, latitude),
        half_width=half_width,
        half_height=half_height,
        boxes=tuple(_boxes(longitude, half_width, half_height, to_map, to_degrees)),
        to_map=to_map,
        to_degrees=to_degrees,
    )


def _boxes(
    longitude: float, half_width: float, half_height: float, to_map: Transformer, to_degrees: Transformer
) -> Iterator[tuple[Bounds, float]]:
    xs, ys = np.meshgrid(np.linspace(-half_width, half_width, 41), np.linspace(-half_height, half_height, 41))
    lon, lat = to_degrees.transform(xs.ravel(), ys.ravel())
    turned = longitude + (lon - longitude + 180) % 360 - 180
    margin = max(0.05, (lat.max() - lat.min()) * 0.05)
    south, north = max(lat.min() - margin, -90.0), min(lat.max() + margin, 90.0)
    west, east = turned.min() - margin, turned.max() + margin
    for pole in (-90.0, 90.0):
        x, y = to_map.transform(longitude, pole)
        if abs(x) <= half_width and abs(y) <= half_height:
            south, north = min(south, pole), max(north, pole)
            west, east = longitude - 180, longitude + 180
    west, east = max(west, longitude - 180), min(east, longitude + 180)
    for shift in (-360.0, 0.0, 360.0):
        low, high = max(west - shift, -180.0), min(east - shift, 180.0)
        if low < high:
            yield (low, south, high, north), shift


# --- what the map shows ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape on the map, in metres from the centre; ``touches`` says whether the site lies in it."""

    kind: str
    label: str
    geometry: BaseGeometry
    touches: bool = False
    is_disputed: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything on the map."""

    site: BaseGeometry
    zones: tuple[Drawn, ...]
    overlays: tuple[Drawn, ...]
    limits: tuple[Drawn, ...]


def gather(assessment: Assessment, atlas: Atlas | None, frame: Frame) -> Scene:
    """Return what lies in ``frame``; without an atlas, only the site. The map knows the atlas only here."""
    parts = [
        (("site", ""), part, shift)
        for part in shapely.get_parts(shape(assessment.site.geometry))
        for shift in (360.0 * round((frame.centre[0] - (part.bounds[0] + part.bounds[2]) / 2) / 360),)
    ]
    site = _united(parts)[("site", "")]
    if atlas is None:
        return Scene(frame.project(site), (), (), ())
    touched = {identifier for zone in assessment.zones for identifier in (zone.id, *zone.features)}
    found, facts = [], {}
    for (box, shift), (attributes, piece) in (
        (boxed, hit)
        for boxed in frame.boxes
        for hit in atlas.touching([boxed[0]], assessment.question.on, [*_ZONES, *_OVERLAYS])
    ):
        found.append(((attributes.kind, attributes.id), shapely.clip_by_rect(piece, *box), shift))
        facts[attributes.id] = attributes
    zones, overlays = [], []
    for (_, identifier), whole in _united(found).items():
        geometry = frame.project(whole)
        if geometry.is_empty:
            continue
        fact = facts[identifier]
        if fact.kind in _ZONES:
            name = words.state(fact.territory or fact.state or "")
            zones.append(Drawn(fact.kind, name, geometry, is_disputed=len(fact.claimants) > 1))
        else:
            is_touched = bool({fact.id, fact.ref} & touched)
            overlays.append(Drawn(fact.kind, words.clean(fact.ref or fact.name), geometry, is_touched))
    lines = [
        ((limit.kind, limit.name), shapely.clip_by_rect(limit.geometry, *box), shift)
        for box, shift in frame.boxes
        for limit in atlas.limits_near([box])
        if limit.kind in _LIMITS
    ]
    limits = [
        Drawn(kind, words.clean(name), geometry)
        for (kind, name), whole in _united(lines).items()
        if not (geometry := frame.project(whole)).is_empty
    ]
    return Scene(frame.project(site), tuple(zones), tuple(overlays), tuple(limits))


def _united(
    parts: Iterable[tuple[tuple[str, str], BaseGeometry, float]],
) -> dict[tuple[str, str], BaseGeometry]:
    """Join the parts of each key, each moved by its multiple of 360°."""
    grouped: dict[tuple[str, str], list[BaseGeometry]] = {}
    for key, part, shift in parts:
        grouped.setdefault(key, []).append(shapely.make_valid(translate(part, xoff=shift)))
    return {key: shapely.union_all(group) for key, group in grouped.items()}


# --- drawing -----------------------------------------------------------------------------------------------


def draw_map(assessment: Assessment, atlas: Atlas | None, *, size: tuple[float, float] = (7.2, 4.9)) -> str:
    """Return the map as an SVG document of at most about ``MAX_BYTES``; the same input, the same bytes.

    Parameters
    ----------
    atlas
        The open atlas; ``None`` draws the site on a graticule alone.
    size
        Width and height in inches, legend and sources included.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    SeabedError
        If the site is too intricate for a map of that size.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("a map", "brief") from error
    width, height = size
    sources = _source_lines(assessment, atlas, width)
    frame = frame_of(assessment, (width - 0.55) / (height - 1.15))
    scene = gather(assessment, atlas, frame)
    for tolerance in (frame.half_width / 1000 * 2**power for power in range(7)):
        simple = _simplified(scene, tolerance)
        if _vertices(simple) > MAX_VERTICES:
            continue
        with mpl.rc_context():
            mpl.rcdefaults()
            mpl.rcParams.update(
                {
                    "svg.fonttype": "path",
                    "svg.hashsalt": "seabed",
                    "font.family": _FONT,
                    "hatch.linewidth": 0.35,
                    "text.parse_math": False,
                }
            )
            figure = Figure(figsize=size)
            _draw(figure, simple, frame, sources)
            buffer = io.StringIO()
            figure.savefig(
                buffer,
                format="svg",
                bbox_inches="tight",
                pad_inches=0.06,
                metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
            )
        svg = _finished(buffer.getvalue(), assessment)
        if len(svg) <= MAX_BYTES:
            return svg
    raise SeabedError(
        f"the map of this site cannot be drawn in {MAX_BYTES:,} bytes; ask about a smaller site"
    )


def _simplified(scene: Scene, tolerance: float) -> Scene:
    """Return the scene with no more detail than ``tolerance``, in metres on the map."""

    def simple(drawn: Iterable[Drawn]) -> tuple[Drawn, ...]:
        return tuple(replace(one, geometry=_simple(one.geometry, tolerance)) for one in drawn)

    return Scene(
        _simple(scene.site, tolerance), simple(scene.zones), simple(scene.overlays), simple(scene.limits)
    )


def _simple(geometry: BaseGeometry, tolerance: float) -> BaseGeometry:
    # Not preserving topology is ten times faster on a ragged coast; what is only drawn need not be valid.
    return shapely.simplify(geometry, tolerance, preserve_topology=False)


def _vertices(scene: Scene) -> int:
    drawn = (*scene.zones, *scene.overlays, *scene.limits)
    return int(shapely.get_num_coordinates([scene.site, *(one.geometry for one in drawn)]).sum())


def _draw(figure: Any, scene: Scene, frame: Frame, sources: str) -> None:  # noqa: ANN401
    width, height = figure.get_size_inches()
    figure.patch.set_facecolor("white")
    axes = figure.add_axes((0.42 / width, 0.95 / height, (width - 0.55) / width, (height - 1.15) / height))
    axes.set_xlim(-frame.half_width, frame.half_width)
    axes.set_ylim(-frame.half_height, frame.half_height)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(linewidth=0.8, color="#333333", zorder=9)
    axes.set_facecolor("white")

    for zone in _in_order(scene.zones, _ZONES):
        _fill(axes, zone.geometry, _ZONES[zone.kind], 2 if zone.kind == "land" else 1)
        if zone.is_disputed:
            _fill(axes, zone.geometry, _DISPUTED, 1)
    _graticule(axes, frame)
    for overlay in _in_order(scene.overlays, _OVERLAYS):
        style = _OVERLAYS[overlay.kind]
        if overlay.touches:
            style = replace(style, width=style.width * 1.6)
        _fill(axes, overlay.geometry, style, 4)
    for limit in _in_order(scene.limits, _LIMITS):
        _line(axes, limit.geometry, _LIMITS[limit.kind][1], 5)
    _site(axes, scene.site)
    _labels(axes, scene, frame, width - 0.55)
    _scale_bar(axes, frame)
    _north_arrow(axes)
    handles = _legend_handles(scene)
    figure.legend(
        handles=handles,
        loc="upper left",
        bbox_to_anchor=(0.36 / width, 0.74 / height),
        ncols=_LEGEND_COLUMNS,
        fontsize=6.2,
        frameon=False,
        handlelength=2.2,
        columnspacing=1.4,
        labelspacing=0.35,
        borderpad=0,
    )
    below = 0.74 - 0.125 * math.ceil(len(handles) / _LEGEND_COLUMNS)
    figure.text(
        0.42 / width, (below - 0.06) / height, sources, fontsize=5, color="#54606b", va="top", linespacing=1.3
    )


def _in_order(drawn: Iterable[Drawn], styles: Iterable[str]) -> list[Drawn]:
    """Return what is drawn in the order of ``styles``, the later on top."""
    ranks = {kind: rank for rank, kind in enumerate(styles)}
    return sorted(drawn, key=lambda one: ranks[one.kind])


def _polygons(geometry: BaseGeometry) -> Iterator[Any]:
    parts = shapely.get_parts(geometry)
    for part in parts[shapely.get_type_id(parts) != 7] if len(parts) else ():
        if part.geom_type == "Polygon":
            yield part
        elif part.geom_type == "MultiPolygon":
            yield from part.geoms


def _fill(axes: Any, geometry: BaseGeometry, style: _Style, zorder: float) -> None:  # noqa: ANN401
    from matplotlib.patches import PathPatch  # noqa: PLC0415
    from matplotlib.path import Path  # noqa: PLC0415

    rings = [
        np.asarray(ring.coords) for part in _polygons(geometry) for ring in (part.exterior, *part.interiors)
    ]
    if not rings:
        return
    path = Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))
    # Not add_patch, which measures every segment to scale axes that are fixed here.
    axes.add_artist(
        PathPatch(
            path,
            facecolor=style.fill,
            edgecolor=style.edge,
            linestyle=style.line,
            linewidth=style.width,
            hatch=style.hatch,
            zorder=zorder,
        )
    )


def _line(axes: Any, geometry: BaseGeometry, style: _Style, zorder: float) -> None:  # noqa: ANN401
    for part in shapely.get_parts(geometry):
        for line in shapely.get_parts(part):
            if line.geom_type == "LineString":
                x, y = np.asarray(line.coords).T
                axes.plot(x, y, color=style.edge, linestyle=style.line, linewidth=style.width, zorder=zorder)


_SITE = _Style("#000000", "#F0E44255", width=1.6)


def _site(axes: Any, site: BaseGeometry) -> None:  # noqa: ANN401
    _fill(axes, site, _Style("white", width=3.4), 6)
    _fill(axes, site, _SITE, 6.1)
    _line(axes, site, _SITE, 6.1)
    parts = shapely.get_parts(site)
    points = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 0])
    axes.plot(
        points[:, 0], points[:, 1], "o", markersize=4, color="#F0E442", markeredgecolor="black", zorder=6.1
    )


# --- graticule, scale, north -------------------------------------------------------------------------------


def _graticule(axes: Any, frame: Frame) -> None:  # noqa: ANN401
    longitude = frame.centre[0]
    west = min(box[0] + shift for box, shift in frame.boxes)
    east = max(box[2] + shift for box, shift in frame.boxes)
    south, north = frame.boxes[0][0][1], frame.boxes[0][0][3]
    low = shapely.LineString(
        [(-frame.half_width, -frame.half_height), (frame.half_width, -frame.half_height)]
    )
    left = shapely.LineString(
        [(-frame.half_width, -frame.half_height), (-frame.half_width, frame.half_height)]
    )
    style = _Style("#b4bec6", width=0.4)
    wide = _step(east - west)
    top, bottom = min(north, 90 - wide / 8), max(south, -90 + wide / 8)
    for meridian in np.arange(math.ceil(west / wide), math.floor(east / wide) + 1) * wide:
        if meridian - longitude >= 180:
            continue
        line = frame.project(shapely.LineString([(meridian, bottom), (meridian, top)]))
        _line(axes, line, style, 3)
        turned = (meridian + 180) % 360 - 180
        _edge_label(axes, line, low, _degrees(turned, "E", "W"), (0, -3), ha="center", va="top")
    high = _step(north - south)
    for parallel in np.arange(math.ceil(south / high), math.floor(north / high) + 1) * high:
        line = frame.project(shapely.LineString([(west, parallel), (east, parallel)]))
        _line(axes, line, style, 3)
        _edge_label(axes, line, left, _degrees(parallel, "N", "S"), (-3, 0), ha="right", va="center")


def _edge_label(
    axes: Any,  # noqa: ANN401
    line: BaseGeometry,
    edge: BaseGeometry,
    text: str,
    offset: tuple[int, int],
    **place: str,
) -> None:
    crossings = shapely.get_coordinates(shapely.intersection(shapely.buffer(line, 1), edge))
    if len(crossings):
        axes.annotate(
            text,
            crossings.mean(axis=0),
            xytext=offset,
            textcoords="offset points",
            fontsize=6,
            color="#333333",
            annotation_clip=False,
            **place,
        )


def _step(span: float) -> float:
    """Return the spacing in degrees that gives at most eight lines."""
    steps = (1 / 60, 1 / 30, 1 / 12, 1 / 6, 0.25, 0.5, 1, 2, 5, 10, 15, 30, 45)
    return next((step for step in steps if span / step <= 8), 60)


def _degrees(value: float, positive: str, negative: str) -> str:
    minutes = round(abs(value) * 60)
    whole, rest = divmod(minutes, 60)
    text = f"{whole}°{rest:02d}′" if rest else f"{whole}°"
    return text if minutes in {0, 180 * 60} else text + (positive if value > 0 else negative)


def _scale_bar(axes: Any, frame: Frame) -> None:  # noqa: ANN401
    longest = frame.half_width * 2 / 1000 * 0.22
    power = 10 ** math.floor(math.log10(longest))
    km = next(step * power for step in (5, 2, 1) if step * power <= longest)
    metres = km * 1000
    x, y = -frame.half_width * 0.95, -frame.half_height * 0.92
    tick = frame.half_height * 0.018
    back = {"boxstyle": "square,pad=0.15", "facecolor": "#ffffffd0", "edgecolor": "none"}
    axes.plot(
        [x, x, x + metres, x + metres], [y + tick, y, y, y + tick], color="black", linewidth=1.1, zorder=8
    )
    axes.annotate(
        f"{km:g} km ({km / 1.852:.3g} M), true at the site",
        (x, y),
        xytext=(1, 6),
        textcoords="offset points",
        fontsize=6,
        zorder=8,
        bbox=back,
    )


def _north_arrow(axes: Any) -> None:  # noqa: ANN401
    axes.annotate(
        "N",
        xy=(0.965, 0.965),
        xytext=(0.965, 0.875),
        xycoords="axes fraction",
        textcoords="axes fraction",
        ha="center",
        va="center",
        fontsize=7,
        fontweight="bold",
        zorder=8,
        arrowprops={"arrowstyle": "-|>", "facecolor": "black", "linewidth": 0.9, "shrinkA": 2, "shrinkB": 0},
    )


# --- labels and legend -------------------------------------------------------------------------------------


def _labels(axes: Any, scene: Scene, frame: Frame, width_in: float) -> None:  # noqa: ANN401
    """Place labels, the site's own areas first, then the largest; one that would collide is left out."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415

    metres_per_point = 2 * frame.half_width / (width_in * 72)
    wanted = [
        *((drawn, _darker(_OVERLAYS[drawn.kind].edge)) for drawn in _one_each(scene.overlays)),
        *(
            (drawn, (0.29, 0.35, 0.39))
            for drawn in _one_each(z for z in scene.zones if z.kind == "continental_shelf")
        ),
    ]
    # The scale bar and the north arrow keep their corners.
    w, h = frame.half_width, frame.half_height
    taken = [shapely.box(-w, -h, -w * 0.4, -h * 0.8), shapely.box(w * 0.86, h * 0.68, w, h)]
    for drawn, colour in wanted:
        text = _drawable(drawn.label)
        if not text:
            continue
        half_text = _text_width(text) * metres_per_point / 2 * 1.08
        line = _LABEL_PT * metres_per_point
        for x, y in _candidates(drawn.geometry, line):
            place = shapely.box(x - half_text, y - line * 0.75, x + half_text, y + line * 0.75)
            if shapely.within(place, frame.rectangle) and not any(
                shapely.intersects(place, t) for t in taken
            ):
                taken.append(place)
                label = axes.text(
                    x,
                    y,
                    text,
                    fontsize=_LABEL_PT,
                    color=colour,
                    ha="center",
                    va="center",
                    fontweight="bold" if drawn.touches else "normal",
                    zorder=7,
                )
                label.set_path_effects([withStroke(linewidth=1.8, foreground="white")])
                break


def _darker(colour: str) -> tuple[float, float, float]:
    """Return a line's colour dark enough for small text on white: at least 4.5:1 (WCAG 2.2 AA)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 * 0.66 for i in (1, 3, 5))
    return red, green, blue


def _one_each(drawn: Iterable[Drawn]) -> list[Drawn]:
    """Return the largest shape of each label, those that the site touches first, then by size."""
    ordered = sorted(drawn, key=lambda one: (not one.touches, -one.geometry.area, one.label))
    return list({(one.kind, one.label): one for one in reversed(ordered)}.values())[::-1]


def _candidates(geometry: BaseGeometry, line: float) -> Iterator[tuple[float, float]]:
    """Yield places for a label, best first: inside, along the inner edges, off the middle, just outside."""
    largest = sorted(_polygons(geometry), key=lambda part: -part.area)[:3]
    for part in largest:
        west, south, east, north = part.bounds
        inside = part.representative_point()
        edges = [
            (x, y)
            for y in (north - 1.3 * line, south + 1.3 * line)
            for x in ((west + east) / 2, (3 * west + east) / 4, (west + 3 * east) / 4)
        ]
        yield inside.x, inside.y
        yield from (spot for spot in edges if shapely.contains_xy(part, *spot))
        yield from ((inside.x, inside.y + step * line * 1.6) for step in (1, -1, 2, -2, 3, -3))
        yield from (((west + east) / 2, y) for y in (north + line, south - line))


def _text_width(text: str) -> float:
    """Return the width in points of a bold label."""
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415
    from matplotlib.textpath import TextPath  # noqa: PLC0415

    font = FontProperties(family=_FONT, weight="bold")
    return float(TextPath((0, 0), text, size=_LABEL_PT, prop=font).get_extents().width)


def _drawable(text: str, longest: int = 40) -> str:
    """Return ``text`` without what the map's font cannot draw, cut to ``longest`` characters."""
    from matplotlib.font_manager import FontProperties, findfont, get_font  # noqa: PLC0415

    known = get_font(findfont(FontProperties(family=_FONT))).get_charmap()
    kept = words.clean("".join(c for c in text if ord(c) in known))
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


def _legend_handles(scene: Scene) -> list[Any]:
    from matplotlib.lines import Line2D  # noqa: PLC0415
    from matplotlib.patches import Patch  # noqa: PLC0415

    handles: list[Any] = [Patch(label="The site", facecolor=_SITE.fill, edgecolor=_SITE.edge, linewidth=1.4)]
    shown = {drawn.kind for drawn in (*scene.zones, *scene.overlays)}
    for kind, style in (_OVERLAYS | _ZONES).items():
        if kind in shown:
            handles.append(
                Patch(
                    label=words.zone_kind(kind),
                    facecolor=style.fill,
                    edgecolor="#9aa7b1" if style.edge == "none" else style.edge,
                    linestyle=style.line,
                    hatch=style.hatch,
                    linewidth=0.8,
                )
            )
    if any(zone.is_disputed for zone in scene.zones):
        handles.append(
            Patch(
                label="Disputed",
                facecolor="white",
                edgecolor=_DISPUTED.edge,
                hatch=_DISPUTED.hatch,
                linewidth=0,
            )
        )
    drawn_limits = {limit.kind for limit in scene.limits}
    for kind, (label, style) in _LIMITS.items():
        if kind in drawn_limits:
            handles.append(Line2D([], [], color=style.edge, linestyle=style.line, linewidth=1, label=label))
    return handles


def _source_lines(assessment: Assessment, atlas: Atlas | None, width: float) -> str:
    layers = "; ".join(f"{layer.title} ({layer.vintage})" for layer in assessment.sources)
    text = "Lambert azimuthal equal-area, centred on the site; WGS 84. "
    text += f"Sources: {layers}." if atlas is not None else "Drawn without the atlas: only the site is shown."
    lines = textwrap.wrap(_drawable(text, 600), round(width * 24), max_lines=2, placeholder=" …")
    return "\n".join(lines)


# --- the file ----------------------------------------------------------------------------------------------

_PATH = re.compile(r'(?<= d=")[^"]*')
_DECIMALS = re.compile(r"(\.\d\d)\d+")


def _finished(svg: str, assessment: Assessment) -> str:
    """Shorten the numbers to a hundredth of a point, and add the title and the description."""
    svg = _PATH.sub(lambda match: _DECIMALS.sub(r"\1", match[0]), svg)
    start = svg.index("<svg")
    end = svg.index(">", start)
    title = escape(f"Map of {words.clean(assessment.site.name)}")
    head = f'{svg[start:end]} role="img" aria-labelledby="map-title map-desc">'
    said = f'<title id="map-title">{title}</title>\n<desc id="map-desc">{escape(map_alt(assessment))}</desc>'
    return f"{head}\n{said}{svg[end + 1 :]}"
