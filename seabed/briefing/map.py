"""The map of a site as one SVG: where it lies, whose zones and which rights are around it.

Drawn with matplotlib in an equal-area projection of its own; `seabed.briefing.maps` holds the parts.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import shape

from seabed.briefing import words
from seabed.briefing.maps.canvas import (
    Key,
    Panel,
    Sheet,
    draw_globe,
    draw_legend,
    draw_north,
    draw_scale_bar,
)
from seabed.briefing.maps.frame import Frame, frame_around
from seabed.briefing.maps.lettering import Wanted, drawable, wrapped
from seabed.briefing.maps.scene import Drawn, Scene, gather, simplified
from seabed.briefing.maps.style import AREA, DISPUTED, LIMITS, OVERLAYS, QUIET, SITE, ZONES, Style, darker
from seabed.briefing.maps.svg import Mark, drawing_settings, finished
from seabed.briefing.view import map_alt
from seabed.errors import MissingExtraError, SeabedError
from seabed.language import _, aside, clauses, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment

#: Largest SVG in bytes; the lines are simplified until it fits.
MAX_BYTES = 300_000
#: A vertex takes some 12 bytes; with more than these it is not worth trying.
MAX_VERTICES = 11_000
#: The frame is this many times as wide as the site.
SURROUNDINGS = 3.0

# Inches. The legend stands beside the map, so that nothing but the map is in the frame.
_LEFT, _BELOW, _ABOVE, _COLUMN, _GAP = 0.42, 0.86, 0.06, 1.72, 0.14
_GLOBE = 1.12
_OUTLINES = ("ccz", "us_ocs")


def draw_map(
    assessment: Assessment,
    atlas: Atlas | None,
    *,
    size: tuple[float, float] = (7.2, 4.6),
    redact: bool = False,
    prefix: str = "map",
) -> str:
    """Return the map as an SVG document of at most about ``MAX_BYTES``; the same input, the same bytes.

    Parameters
    ----------
    atlas
        The open atlas; ``None`` draws the site on a graticule alone.
    size
        Width and height in inches, legend and sources included.
    redact
        Leave out what a position can be read from: the graticule and its labels, the globe, the scale bar
        and the centre in the description. The outline of the site, its neighbours and their names stay, so
        who has the neighbours' published corners can still work out about where the site lies.
    prefix
        What the ids begin with; another for each map in one page.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    SeabedError
        If the site is too intricate for a map of that size.
    """
    try:
        import matplotlib as mpl  # noqa: F401, PLC0415
    except ImportError as error:
        raise MissingExtraError("a map", "brief") from error
    frame = frame_of(assessment, map_aspect(size))
    site = frame.project(frame.beside(shape(assessment.site.geometry)))
    touched = {identifier for zone in assessment.zones for identifier in (zone.id, *zone.features)}
    scene = gather(frame, atlas, assessment.question.on, touched=touched)
    title = _("Map of {name}").format(name=words.clean(assessment.site.name))
    described = _redacted_alt(assessment) if redact else map_alt(assessment)
    for tolerance in (frame.half_width / 1000 * 2**power for power in range(7)):
        simple, outline = scene.simplified(tolerance), simplified(site, tolerance)
        if simple.vertices + shapely.get_num_coordinates(outline) > MAX_VERTICES:
            continue
        with drawing_settings():
            sheet = draw_sheet(assessment, atlas, frame, outline, simple, size=size, redact=redact)
            svg = finished(sheet.figure, sheet.marks, prefix=prefix, title=title, description=described)
        if len(svg) <= MAX_BYTES:
            return svg
    raise SeabedError(
        f"the map of this site cannot be drawn in {MAX_BYTES:,} bytes; ask about a smaller site"
    )


def map_aspect(size: tuple[float, float]) -> float:
    """Return the width over the height of the frame on a sheet of ``size`` inches."""
    width, height = size
    return (width - _LEFT - _GAP - _COLUMN) / (height - _BELOW - _ABOVE)


def frame_of(assessment: Assessment, aspect: float) -> Frame:
    """Return the frame around the site; ``aspect`` is its width over its height."""
    geometry = shape(assessment.site.geometry)
    return frame_around(geometry, assessment.site.centroid, aspect, surroundings=SURROUNDINGS)


def draw_sheet(
    assessment: Assessment,
    atlas: Atlas | None,
    frame: Frame,
    site: BaseGeometry,
    scene: Scene,
    *,
    size: tuple[float, float],
    redact: bool = False,
) -> Sheet:
    """Return the whole sheet: the map, and around it the legend, the globe, north, the scale and sources."""
    width, height = size
    sheet = Sheet.new(width, height)
    panel = Panel.new(sheet, frame, _LEFT, _BELOW, width - _LEFT - _GAP - _COLUMN)
    draw_scene(panel, scene)
    if not redact:
        panel.graticule()
    draw_site(panel, site, words.clean(assessment.site.name))
    clear = site if site.area else shapely.buffer(site, 4 * panel.metres_per_point)
    others = shapely.GeometryCollection([one.geometry for one in scene.overlays if _is_of_others(one)])
    panel.write_labels(panel.place(wanted_labels(scene, clear), keep_clear=clear, obstacles=others))

    column, top = width - _COLUMN, height - _ABOVE
    if not redact and atlas is not None:
        draw_globe(sheet, atlas, frame, column, top - _GLOBE, _GLOBE)
    draw_north(sheet, width - 0.25, top - 0.6)
    under_globe = top - (_GLOBE if not redact and atlas is not None else 0.62) - 0.06
    draw_legend(
        sheet,
        legend_of(scene, has_white=atlas is not None and has_white(scene, frame)),
        column,
        under_globe,
        _COLUMN,
        0.1,
    )
    if not redact:
        draw_scale_bar(sheet, panel, _LEFT, _BELOW - 0.15)
    text = wrapped(drawable(_sources(assessment, atlas), 2000), 5.0, (column - _LEFT - _GAP) * 72, lines=4)
    sheet.write(
        text, _LEFT, _BELOW - (0.48 if not redact else 0.1), 5.0, color=QUIET, va="top", linespacing=1.2
    )
    return sheet


def draw_scene(panel: Panel, scene: Scene) -> None:
    """Draw zones, overlays and limits, each kind a layer, the later kinds of `style` on top."""
    zones = _in_order(scene.zones, ZONES)
    for zone in zones:
        mark = Mark(zone.kind, words.zone_kind(zone.kind), zone.name)
        zorder = 2 if zone.kind == "land" else 1
        panel.fill(zone.geometry, ZONES[zone.kind], zorder, mark)
        if zone.is_disputed:
            panel.fill(zone.geometry, DISPUTED, zorder, mark)
    for overlay in _in_order(scene.overlays, OVERLAYS):
        style = OVERLAYS[overlay.kind]
        if overlay.touches:
            style = replace(style, width=style.width * 1.6)
        panel.fill(
            overlay.geometry, style, 4, Mark(overlay.kind, words.zone_kind(overlay.kind), overlay.name)
        )
    for limit in _in_order(scene.limits, LIMITS):
        title, style = LIMITS[limit.kind]
        panel.line(limit.geometry, style, 5, Mark(f"limit_{limit.kind}", _(title), limit.name))


def draw_site(panel: Panel, site: BaseGeometry, name: str) -> None:
    """Draw the site on top of everything but the labels: its outline on a white rim, or its points."""
    mark = Mark("site", _("The site"), name or _("The site"))
    panel.fill(site, Style("white", width=3.4), 6, mark)
    panel.fill(site, SITE, 6.1, mark)
    panel.line(site, SITE, 6.1, mark)
    parts = shapely.get_parts(site)
    points = shapely.get_coordinates(parts[shapely.get_dimensions(parts) == 0])
    if len(points):
        (drawn,) = panel.axes.plot(
            points[:, 0],
            points[:, 1],
            "o",
            markersize=5,
            color="#F0E442",
            markeredgecolor="black",
            zorder=6.1,
        )
        panel.sheet.mark(drawn, mark)


def _is_of_others(overlay: Drawn) -> bool:
    """Whether the name of an area of the site's own would seem to name this one if it stood on it."""
    return not overlay.touches and overlay.kind not in _OUTLINES


def wanted_labels(scene: Scene, site: BaseGeometry) -> Iterator[Wanted]:
    """Yield the labels of a scene: what the site lies in first, then by size; of each label one.

    States and what is only an outline are named beside the site, which has names enough of its own.
    """
    for drawn in _one_each(scene.overlays):
        colour = darker(OVERLAYS[drawn.kind].edge)
        shape = _without(drawn.geometry, site) if drawn.kind in _OUTLINES else drawn.geometry
        may = drawn.touches and shapely.intersection(shapely.make_valid(shape), site).area > shape.area / 2
        yield Wanted(_texts(drawn), shape, colour, drawn.kind, is_bold=drawn.touches, may_stand_beside=may)
    for drawn in _one_each(
        zone for zone in scene.zones if zone.kind in {"continental_shelf", "extended_shelf"}
    ):
        yield Wanted(_texts(drawn), _without(drawn.geometry, site), QUIET, drawn.kind)


def _without(geometry: BaseGeometry, site: BaseGeometry) -> BaseGeometry:
    outside = shapely.difference(shapely.make_valid(geometry), site.envelope)
    return geometry if outside.is_empty else outside


def _texts(drawn: Drawn) -> tuple[str, ...]:
    """Return what may stand on the map: the label, its short form, and that broken at its last hyphen."""
    texts = [_lines(drawn.label), _lines(drawn.short)]
    head, hyphen, tail = (texts[1] or texts[0]).rpartition("-")
    if "\n" not in head and min(len(head), len(tail)) > 2:
        texts.append(f"{head}{hyphen}\n{tail}")
    return tuple(dict.fromkeys(filter(None, texts)))


def _lines(label: str) -> str:
    return "\n".join(filter(None, (drawable(line) for line in label.split("\n"))))


def _in_order(drawn: Iterable[Drawn], styles: Iterable[str]) -> list[Drawn]:
    """Return what is drawn in the order of ``styles``, the later on top."""
    ranks = {kind: rank for rank, kind in enumerate(styles)}
    return sorted(drawn, key=lambda one: ranks[one.kind])


def _one_each(drawn: Iterable[Drawn]) -> list[Drawn]:
    """Return the largest shape of each label, those that the site touches first, then by size.

    What is only an outline comes last: it fills the frame, and others need its middle more.
    """
    ordered = sorted(
        drawn, key=lambda one: (one.kind in _OUTLINES, not one.touches, -one.geometry.area, one.label)
    )
    return list({(one.kind, one.label): one for one in reversed(ordered)}.values())[::-1]


def legend_of(scene: Scene, *, has_white: bool) -> list[Key]:
    """Return the legend: the site, and every kind that is drawn, under a heading for each sort."""
    keys = [Key(_("The site"), SITE, kind="site")]
    rights = [
        Key(words.zone_kind(kind), style, kind=kind)
        for kind, style in reversed(OVERLAYS.items())
        if any(one.kind == kind for one in scene.overlays)
    ]
    if rights:
        keys += [Key(_("Rights and areas")), *rights]
    keys += [Key(_("Zones"))] if scene.zones or scene.limits else []
    keys += [
        Key(words.zone_kind(kind), style, kind=kind)
        for kind, style in ZONES.items()
        if any(zone.kind == kind for zone in scene.zones)
    ]
    if any(zone.is_disputed for zone in scene.zones):
        keys.append(Key(_("Disputed"), DISPUTED, kind="disputed"))
    if has_white:
        keys.append(Key(_("White: the Area, or nothing drawn"), AREA, kind="area"))
    keys += [
        Key(_(title), style, is_line=True, kind=f"limit_{kind}")
        for kind, (title, style) in LIMITS.items()
        if any(limit.kind == kind for limit in scene.limits)
    ]
    return keys


def has_white(scene: Scene, frame: Frame) -> bool:
    """Whether some of the frame lies in no zone of a State."""
    whole = frame.rectangle
    zones = shapely.intersection([shapely.make_valid(zone.geometry) for zone in scene.zones], whole)
    return float(shapely.area(zones).sum()) < 0.995 * whole.area


def _sources(assessment: Assessment, atlas: Atlas | None) -> str:
    projection = _("Lambert azimuthal equal-area, centred on the site; WGS 84.")
    if atlas is None:
        return sentences([projection, _("Drawn without the atlas: only the site is shown.")])
    layers = clauses(
        aside(words.clean(_(layer.title)), words.clean(_(layer.vintage))) for layer in assessment.sources
    )
    return sentences([projection, _("Sources: {layers}.").format(layers=layers)])


def _redacted_alt(assessment: Assessment) -> str:
    zones = "; ".join(f"{words.zone_kind(zone.kind)} {words.clean(zone.id)}" for zone in assessment.zones)
    text = _("Map of the site {name} without its position, with the zones and areas that touch it: {zones}.")
    return text.format(name=words.clean(assessment.site.name), zones=zones or _("none"))
