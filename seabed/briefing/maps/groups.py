"""Maps of groups of areas: one large with panels where they meet, and one small for each of several days.

The groups are plain inputs, a name and shapes with a status; nothing here knows where they come from. They
are told apart by colour and by hatch, the statuses by line; reserved areas, APEIs and limits lie quietly
behind.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from seabed.briefing import words
from seabed.briefing.maps.canvas import (
    Key,
    Panel,
    Sheet,
    draw_globe,
    draw_legend_row,
    draw_north,
    draw_scale_bar,
    legend_columns,
)
from seabed.briefing.maps.frame import frame_of_extent
from seabed.briefing.maps.lettering import Wanted, drawable, font, width_of, wrapped
from seabed.briefing.maps.scene import Scene, gather, simplified
from seabed.briefing.maps.style import GROUPS, INK, LIMITS, OVERLAYS, QUIET, STATUSES, ZONES, Style, darker
from seabed.briefing.maps.svg import Mark, drawing_settings, finished
from seabed.errors import MissingExtraError, SeabedError
from seabed.language import N_, _, clauses, listed, sentences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas, Bounds
    from seabed.briefing.maps.frame import Frame

_BEHIND = ("land", "territorial_sea", "continental_shelf", "ccz", "isa_reserved_area", "isa_apei")
_QUIET = {
    "ccz": replace(OVERLAYS["ccz"], width=0.7),
    "isa_apei": Style("#b9c4bd", "#f1f5f2", width=0.5),
    "isa_reserved_area": Style("#b3bcc4", "#f3f3f5", line=(0, (5, 2)), width=0.5),
}
_SHELF = N_("Within 200 M of a coast")
_MARGIN = 0.06  # of the extent, on each side
_MEET_DEG = 0.02  # areas drawn from different sources that share an edge are up to a minute apart
_LEFT, _RIGHT = 0.42, 0.08


@dataclass(frozen=True, slots=True)
class Member:
    """One member of a group: its areas in degrees (split at ±180°), as one geometry.

    ``status`` is one of ``in_force``, ``pending``, ``unknown``, ``ended``; ``name`` is said in full where
    the map can be asked.
    """

    label: str
    geometry: BaseGeometry
    status: str = "in_force"
    name: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """A group: ``key`` marks its layer, ``label`` stands in the legend."""

    key: str
    label: str
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class Inset:
    """A panel of its own below the map: degrees, west > east across 180°."""

    title: str
    extent: Bounds


@dataclass(frozen=True, slots=True)
class Moment:
    """The groups as they stood on a day."""

    on: dt.date
    title: str
    groups: tuple[Group, ...]


# --- extents -----------------------------------------------------------------------------------------------


def extent_of(geometries: Sequence[BaseGeometry], margin: float = _MARGIN) -> Bounds:
    """Return what holds all of the geometries and a margin, in degrees; west > east across 180°.

    Raises
    ------
    SeabedError
        If there is no shape among them.
    """
    parts = shapely.get_parts(list(geometries))
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        raise SeabedError("there is no area to draw a map of")
    bounds = shapely.bounds(parts)
    west, south, east, north = _narrowest(bounds[:, [0, 2]], bounds[:, 1].min(), bounds[:, 3].max())
    wide, high = (east - west) * margin, (north - south) * margin
    pad = max(wide, high, 0.1)
    west, east = west - pad, east + pad
    south, north = max(south - pad, -90.0), min(north + pad, 90.0)
    if east - west >= 360:
        return (-180.0, south, 180.0, north)
    return ((west + 180) % 360 - 180, south, (east + 180) % 360 - 180, north)


def _narrowest(spans: np.ndarray, south: float, north: float) -> Bounds:
    """Return the narrowest span of longitudes that holds all spans, on whichever side of the globe."""
    ordered = spans[np.argsort(spans[:, 0])]
    ends = np.maximum.accumulate(ordered[:, 1])
    gaps = np.append(ordered[1:, 0], ordered[0, 0] + 360) - ends
    widest = int(np.argmax(gaps))
    if widest == len(gaps) - 1:
        return float(ordered[0, 0]), float(south), float(ends[-1]), float(north)
    return float(ordered[widest + 1, 0]), float(south), float(ends[widest]) + 360, float(north)


def meeting_extents(groups: Sequence[Group], most: int = 4) -> list[Bounds]:
    """Return the extents where areas of different groups overlap or adjoin, the largest meeting first.

    Extents that meet are joined; at most ``most`` are returned, none that would be wider than 15°.
    """
    parts = [
        (index, part)
        for index, group in enumerate(groups)
        for member in group.members
        for part in shapely.get_parts(member.geometry)
    ]
    if not parts:
        return []
    shapes = np.array([part for _index, part in parts])
    owners = np.array([index for index, _part in parts])
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="dwithin", distance=_MEET_DEG)
    pairs = [(a, b) for a, b in zip(one, other, strict=True) if owners[a] < owners[b]]
    boxes = [shapely.box(*shapely.union_all([shapes[a], shapes[b]]).bounds) for a, b in pairs]
    boxes = [box for box in boxes if box.bounds[2] - box.bounds[0] <= 15]
    if not boxes:
        return []
    joined = [part.envelope for part in shapely.get_parts(shapely.union_all(boxes))]
    small = [box for box in joined if box.bounds[2] - box.bounds[0] <= 15]
    chosen = sorted(small or boxes, key=lambda box: -box.area)[:most]
    return sorted((extent_of([box]) for box in chosen), key=lambda extent: extent[0])


# --- maps --------------------------------------------------------------------------------------------------


def draw_group_map(
    groups: Sequence[Group],
    atlas: Atlas | None,
    *,
    on: dt.date,
    title: str,
    extent: Bounds | None = None,
    insets: Sequence[Inset] = (),
    sources: str = "",
    width: float = 7.2,
    prefix: str = "groups",
) -> str:
    """Return a map of groups of areas as an SVG document; the same input, the same bytes.

    Parameters
    ----------
    groups
        At most four, in the order of the legend; members with a status that is not known here are refused.
    on
        The day of what lies behind: reserved areas, APEIs and limits.
    extent
        In degrees, west > east across 180°; by default what holds every member.
    insets
        Panels below the map, lettered, each marked on the map; see `meeting_extents`.
    sources
        Said below the map.
    width
        In inches; the height follows from the extent and the number of insets.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    SeabedError
        If there is nothing to draw, more than four groups, or a status that is not known.
    """
    _check(groups)
    extent = extent or extent_of([member.geometry for group in groups for member in group.members])
    with drawing_settings():
        aspect = min(max(_aspect(extent), 1.2), 2.6)
        frame = frame_of_extent(extent, aspect)
        scene = _behind(frame, atlas, on)
        map_width = width - _LEFT - _RIGHT
        map_height = map_width / aspect
        columns = 3 if len(insets) in {3, 5, 6} else 2
        gap = 0.42
        inset_width = (map_width - gap * (columns - 1)) / columns
        rows = -(-len(insets) // columns)
        inset_height = inset_width / 1.5
        keys = legend_of(groups, scene)
        legend_height = 0.145 * -(-len(keys) // legend_columns(keys, map_width)) + 0.06
        text = wrapped(drawable(_sources(sources), 2000), 5.0, map_width * 72, lines=4)
        below = 0.12 + 0.085 * (text.count("\n") + 1)
        height = 0.3 + map_height + 0.78 + legend_height + rows * (inset_height + 0.5) + below
        sheet = Sheet.new(width, height)
        sheet.write(drawable(title, 110), _LEFT, height - 0.2, 8.0, fontweight="bold")
        bottom = height - 0.3 - map_height
        panel = Panel.new(sheet, frame, _LEFT, bottom, map_width)
        _draw_behind(panel, scene)
        panel.graticule(lines=9)
        _draw_groups(panel, groups)
        letters = "ABCDEFGHIJ"[: len(insets)]
        for letter, inset in zip(letters, insets, strict=True):
            _mark_inset(panel, letter, frame_of_extent(inset.extent, 1.5))
        _write_labels(panel, groups)
        draw_scale_bar(sheet, panel, _LEFT, bottom - 0.16)
        draw_north(sheet, width - 0.25, bottom - 0.62)
        if atlas is not None:
            draw_globe(sheet, atlas, frame, width - 1.1, bottom - 0.72, 0.55)
        top = bottom - 0.78
        draw_legend_row(sheet, keys, _LEFT, top, map_width)
        top -= legend_height
        for index, (letter, inset) in enumerate(zip(letters, insets, strict=True)):
            row, column = divmod(index, columns)
            y = top - (row + 1) * (inset_height + 0.5) + 0.26
            x = _LEFT + column * (inset_width + gap)
            _draw_inset(sheet, f"{letter}  {inset.title}", inset, groups, atlas, on, x, y, inset_width)
        sheet.write(text, _LEFT, below - 0.06, 5.0, color=QUIET, va="top", linespacing=1.2)
        return finished(
            sheet.figure, sheet.marks, prefix=prefix, title=title, description=_described(groups, on)
        )


def draw_small_multiples(
    moments: Sequence[Moment],
    atlas: Atlas | None,
    *,
    title: str,
    extent: Bounds | None = None,
    columns: int = 3,
    width: float = 7.2,
    prefix: str = "moments",
) -> str:
    """Return one small map for each day side by side, all of one extent, as an SVG document.

    Parameters as in `draw_group_map`; each map shows the members that its moment has, and what lay behind
    them on its day.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    SeabedError
        If there is nothing to draw, more than four groups, or a status that is not known.
    """
    groups = [group for moment in moments for group in moment.groups]
    for moment in moments:
        _check(moment.groups)
    extent = extent or extent_of([member.geometry for group in groups for member in group.members])
    with drawing_settings():
        frame = frame_of_extent(extent, min(max(_aspect(extent), 1.2), 2.2))
        gap = 0.12
        each = (width - _RIGHT * 2 - gap * (columns - 1)) / columns
        high = each * frame.half_height / frame.half_width
        rows = -(-len(moments) // columns)
        scenes = [_behind(frame, atlas, moment.on) for moment in moments]
        keys = _distinct(key for m, s in zip(moments, scenes, strict=True) for key in legend_of(m.groups, s))
        inner = width - 2 * _RIGHT
        legend_height = 0.145 * -(-len(keys) // legend_columns(keys, inner)) + 0.1
        height = 0.3 + rows * (high + 0.3) + legend_height
        sheet = Sheet.new(width, height)
        sheet.write(drawable(title, 110), _RIGHT, height - 0.2, 8.0, fontweight="bold")
        for index, (moment, scene) in enumerate(zip(moments, scenes, strict=True)):
            row, column = divmod(index, columns)
            x, y = _RIGHT + column * (each + gap), height - 0.3 - row * (high + 0.3) - 0.16 - high
            text = drawable(moment.title, 60)
            sheet.write(text, x, y + high + 0.05, 6.5, fontweight="bold")
            panel = Panel.new(sheet, frame, x, y, each)
            _draw_behind(panel, scene)
            _draw_groups(panel, moment.groups, hatch=1)
        draw_legend_row(sheet, keys, _RIGHT, legend_height - 0.02, inner)
        described = " ".join(_described(moment.groups, moment.on) for moment in moments)
        return finished(sheet.figure, sheet.marks, prefix=prefix, title=title, description=described)


def draw_moments(
    moments: Sequence[Moment],
    atlas: Atlas | None,
    *,
    title: str,
    extent: Bounds | None = None,
    width: float = 7.2,
    prefix: str = "slider",
) -> str:
    """Return one map whose members change with the day, for a slider, as an SVG document.

    Each moment is ``<g class="frame" data-on="2011-07-22">``; all but the last have ``display="none"``, so
    that without a script the last stands. What lies behind is that of the last day. Parameters and errors
    as in `draw_group_map`.
    """
    for moment in moments:
        _check(moment.groups)
    every = [member.geometry for moment in moments for group in moment.groups for member in group.members]
    extent = extent or extent_of(every)
    last = moments[-1]
    with drawing_settings():
        frame = frame_of_extent(extent, min(max(_aspect(extent), 1.2), 2.6))
        scene = _behind(frame, atlas, last.on)
        map_width = width - _LEFT - _RIGHT
        high = map_width * frame.half_height / frame.half_width
        keys = _distinct(key for moment in moments for key in legend_of(moment.groups, scene))
        legend_height = 0.145 * -(-len(keys) // legend_columns(keys, map_width)) + 0.06
        sheet = Sheet.new(width, 0.1 + high + 0.62 + legend_height)
        bottom = sheet.height - 0.1 - high
        panel = Panel.new(sheet, frame, _LEFT, bottom, map_width)
        _draw_behind(panel, scene)
        panel.graticule(lines=9)
        for moment in moments:
            _draw_groups(panel, moment.groups, moment=moment.on.isoformat(), zorder=5 + moments.index(moment))
        draw_scale_bar(sheet, panel, _LEFT, bottom - 0.16)
        draw_legend_row(sheet, keys, _LEFT, legend_height - 0.02, map_width)
        svg = finished(
            sheet.figure,
            sheet.marks,
            prefix=prefix,
            title=title,
            description=_described(last.groups, last.on),
        )
    for moment in moments[:-1]:
        opened = f'<g class="frame" data-on="{moment.on.isoformat()}"'
        svg = svg.replace(opened, f'{opened} display="none"')
    return svg


def _check(groups: Sequence[Group]) -> None:
    try:
        import matplotlib as mpl  # noqa: F401, PLC0415
    except ImportError as error:
        raise MissingExtraError("a map", "brief") from error
    if len(groups) > len(GROUPS):
        raise SeabedError(f"a map shows at most {len(GROUPS)} groups; these are {len(groups)}")
    unknown = {member.status for group in groups for member in group.members} - STATUSES.keys()
    if unknown:
        raise SeabedError(
            f"a map knows the statuses {', '.join(STATUSES)}; not {', '.join(map(repr, sorted(unknown)))}"
        )


# --- what is drawn -----------------------------------------------------------------------------------------


def _aspect(extent: Bounds) -> float:
    west, south, east, north = extent
    wide = (east - west) % 360 or 360.0
    return float(wide * np.cos(np.radians((south + north) / 2)) / (north - south))


def _behind(frame: Frame, atlas: Atlas | None, on: dt.date) -> Scene:
    scene = gather(frame, atlas, on, kinds=_BEHIND)
    # Behind groups it matters where the limits are, not what each rests on.
    kinds = {kind: "200M-other" if kind.startswith("200M") else "between_states" for kind in LIMITS}
    limits = tuple(
        replace(one, kind=kinds[one.kind]) for one in scene.limits if one.kind not in {"3M", "12M"}
    )
    zones = tuple(
        one if one.kind == "land" else replace(one, kind="continental_shelf") for one in scene.zones
    )
    return replace(scene, zones=zones, limits=limits).simplified(frame.half_width / 500)


def _draw_behind(panel: Panel, scene: Scene) -> None:
    ranks = {kind: rank for rank, kind in enumerate((*ZONES, *_QUIET))}
    for drawn in sorted((*scene.zones, *scene.overlays), key=lambda one: ranks[one.kind]):
        style = _QUIET.get(drawn.kind) or ZONES[drawn.kind]
        zorder = 2 if drawn.kind in {"land", *_QUIET} else 1
        layer = _(_SHELF) if drawn.kind == "continental_shelf" else words.zone_kind(drawn.kind)
        panel.fill(drawn.geometry, style, zorder, Mark(drawn.kind, layer, drawn.name))
    for limit in sorted(scene.limits, key=lambda one: list(LIMITS).index(one.kind)):
        title, style = LIMITS[limit.kind]
        quiet = replace(style, edge="#8b949c", width=0.6)
        panel.line(limit.geometry, quiet, 2.5, Mark(f"limit_{limit.kind}", _(title), limit.name))


def _draw_groups(
    panel: Panel, groups: Sequence[Group], *, hatch: int = 2, moment: str = "", zorder: float = 4
) -> None:
    for index, group in enumerate(groups):
        for member in group.members:
            shape = simplified(_on_map(panel.frame, member.geometry), panel.frame.half_width / 1000)
            if shape.is_empty:
                continue
            style = style_of(index, member.status)
            style = replace(style, hatch=style.hatch[: hatch * 2] if style.hatch else None)
            label = words.clean(member.name or member.label)
            said = f"{label} ({_(STATUSES[member.status][0])})"
            mark = Mark(f"group-{group.key}", words.clean(group.label), said, moment=moment)
            panel.fill(shape, style, zorder + index * 0.1, mark)


@lru_cache(maxsize=256)  # one map shows a member on each of several days
def _on_map(frame: Frame, geometry: BaseGeometry) -> BaseGeometry:
    return frame.project(frame.beside(geometry))


def style_of(index: int, status: str) -> Style:
    """Return how the members of group ``index`` with this status are drawn."""
    base = GROUPS[index]
    _text, line, is_filled, is_hatched = STATUSES[status]
    return replace(
        base,
        line=line,
        fill=base.fill if is_filled else "none",
        hatch=base.hatch if is_hatched else None,
        width=1.0,
    )


def _write_labels(panel: Panel, groups: Sequence[Group]) -> None:
    """Label each member that is in the frame once, the largest first, never over another's areas."""
    wanted: list[Wanted] = []
    for index, group in enumerate(groups):
        for member in group.members:
            shape = _on_map(panel.frame, member.geometry)
            text, colour = drawable(member.label), darker(GROUPS[index].edge)
            if text and not shape.is_empty:
                key = f"group-{group.key}"
                wanted.append(Wanted((text,), shape, colour, key, is_bold=True, may_stand_beside=True))
    wanted.sort(key=lambda one: (-one.geometry.area, one.texts))
    obstacles = shapely.GeometryCollection(
        [part for one in wanted for part in shapely.get_parts(one.geometry)]
    )
    panel.write_labels(panel.place(wanted, obstacles=obstacles))


def _mark_inset(panel: Panel, letter: str, frame: Frame) -> None:
    lon, lat = frame.to_degrees.transform(*_corners(frame))
    x, y = panel.frame.to_map.transform(lon, lat)
    corners = list(zip(x, y, strict=True))
    style = Style(INK, width=0.8)
    panel.line(shapely.LineString([*corners, corners[0]]), style, 6, None)
    w, h = panel.frame.half_width, panel.frame.half_height
    panel.axes.text(
        min(max(x), w) - 3 * panel.metres_per_point,
        min(max(y), h) - 3 * panel.metres_per_point,
        letter,
        fontproperties=font(letter, 7, bold=True),
        color=INK,
        ha="right",
        va="top",
        zorder=8,
    )


def _corners(frame: Frame) -> tuple[list[float], list[float]]:
    w, h = frame.half_width, frame.half_height
    return [-w, w, w, -w], [-h, -h, h, h]


def _draw_inset(
    sheet: Sheet,
    title: str,
    inset: Inset,
    groups: Sequence[Group],
    atlas: Atlas | None,
    on: dt.date,
    x: float,
    y: float,
    width: float,
) -> None:
    frame = frame_of_extent(inset.extent, 1.5)
    panel = Panel.new(sheet, frame, x, y, width)
    text = drawable(title, 60)
    while width_of(text, 6.5, bold=True) > width * 72 and len(text) > 8:
        text = text[:-2] + "…"
    sheet.write(text, x, y + width / 1.5 + 0.05, 6.5, fontweight="bold")
    _draw_behind(panel, _behind(frame, atlas, on))
    panel.graticule(lines=4)
    _draw_groups(panel, groups)
    _write_labels(panel, groups)


def legend_of(groups: Sequence[Group], scene: Scene) -> list[Key]:
    """Return the legend: each group with each status that it has, and every kind behind it."""
    keys = []
    for index, group in enumerate(groups):
        present = {member.status for member in group.members}
        for status, (text, *_drawn) in STATUSES.items():
            if status in present:
                label = _("{group}, {status}").format(group=words.clean(group.label), status=_(text))
                keys.append(Key(label, style_of(index, status), kind=f"group-{group.key}"))
    shown = {one.kind for one in (*scene.zones, *scene.overlays)}
    keys += [
        Key(_(_SHELF) if kind == "continental_shelf" else words.zone_kind(kind), style, kind=kind)
        for kind, style in (_QUIET | ZONES).items()
        if kind in shown
    ]
    drawn = {one.kind for one in scene.limits}
    keys += [
        Key(_(title), replace(style, edge="#8b949c"), is_line=True, kind=f"limit_{kind}")
        for kind, (title, style) in LIMITS.items()
        if kind in drawn
    ]
    return keys


def _distinct(keys: Iterator[Key]) -> list[Key]:
    order = list(dict.fromkeys(keys))
    return sorted(order, key=lambda key: not key.kind.startswith("group-"))


def _sources(sources: str) -> str:
    projection = _("Lambert azimuthal equal-area, centred on each map; WGS 84.")
    return sentences([projection, words.clean(sources)])


def _described(groups: Sequence[Group], on: dt.date) -> str:
    told = clauses(
        _("{group}: {members}").format(
            group=group.label, members=listed(member.label for member in group.members) or _("none")
        )
        for group in groups
    )
    return _("Map of {groups} on {date}.").format(groups=words.clean(told), date=words.date(on))
