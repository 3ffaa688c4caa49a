"""The maps of a comparison: which places they show, and what of each group on which day."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import shapely
from shapely.geometry import shape

from seabed.briefing.comparison_view import Drawings, Map, Slider
from seabed.briefing.maps.groups import (
    Group,
    Inset,
    Member,
    Moment,
    draw_group_map,
    draw_moments,
    draw_small_multiples,
    extent_of,
    meeting_extents,
)
from seabed.briefing.words import clean, date
from seabed.language import _, listed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas
    from seabed.comparison import contract

#: How a member's state is drawn; one that had not begun is not drawn at all.
_DRAWN = {"in_force": "in_force", "pending": "pending", "unknown": "unknown", "ended": "ended"}
#: Widths of maps in inches: over the whole page, and two side by side.
_WIDE, _NARROW = 7.2, 3.7
#: How many places where the groups meet have a panel of their own.
_MOST_MEETINGS = 4
#: What is shown around an overlap within a group, as a share of its width.
_AROUND_OVERLAP = 0.25
#: A member of no region is shown with the region within so many degrees of it.
_NEAR_DEG = 5.0


@dataclass(frozen=True, slots=True)
class _Region:
    name: str
    members: tuple[tuple[str, str, BaseGeometry], ...]
    """Side, key and shape of each."""

    @property
    def shapes(self) -> list[BaseGeometry]:
        return [geometry for _side, _key, geometry in self.members]

    @property
    def rank(self) -> tuple[int, float]:
        """Where both groups are comes first, then by the ground that is drawn."""
        return len({side for side, _key, _shape in self.members}), sum(one.area for one in self.shapes)


def draw_comparison(comparison: contract.Comparison, atlas: Atlas, *, with_slider: bool) -> Drawings:
    """Draw the maps of a comparison, in the language being spoken; paper needs no slider.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    shapes = {
        member.key: geometry
        for report in (comparison.a, comparison.b)
        for member in report.members
        if (geometry := _shape(member, atlas)) is not None
    }
    regions = sorted(_regions(comparison, shapes), key=lambda one: one.rank, reverse=True)
    if not regions:
        return Drawings()
    reports = (comparison.a, comparison.b)
    groups = [_group(report, shapes) for report in reports]
    extent = extent_of(regions[0].shapes)
    insets = _meetings(comparison, groups)
    moments = [_moment(moment, comparison, shapes) for moment in comparison.timeline]
    seen = any(group.members for moment in moments for group in moment.groups)
    sources = listed(f"{one.title} ({one.vintage})" for one in comparison.sources)

    def picture(region: _Region, prefix: str, insets: Sequence[Inset] = (), width: float = _WIDE) -> Map:
        title = (_("{region} on {date}: where they meet") if insets else _("{region} on {date}")).format(
            region=clean(region.name), date=date(comparison.on)
        )
        there = {key: geometry for _side, key, geometry in region.members}
        svg = draw_group_map(
            [_group(report, there) for report in reports],
            atlas,
            on=comparison.on,
            title=title,
            extent=extent_of(region.shapes),
            insets=insets,
            sources=sources,
            width=width,
            prefix=prefix,
        )
        return Map("", svg, _said(title, region, comparison))

    time_title = _("{region} over time").format(region=clean(regions[0].name))
    return Drawings(
        overview=picture(regions[0], "overview"),
        meetings=picture(regions[0], "meetings", insets) if insets else None,
        regions=tuple(
            picture(region, f"region-{n}", width=_NARROW) for n, region in enumerate(regions[1:], start=1)
        ),
        multiples=Map(
            "",
            draw_small_multiples(moments, atlas, title=time_title, extent=extent, columns=2, prefix="days"),
            _("One small map of {region} for each day in the table below.").format(region=regions[0].name),
        )
        if seen
        else None,
        slider=Slider(
            draw_moments(moments, atlas, title=time_title, extent=extent),
            tuple(moment.on.isoformat() for moment in comparison.timeline),
        )
        if seen and with_slider
        else None,
    )


def _meetings(comparison: contract.Comparison, groups: Sequence[Group]) -> list[Inset]:
    """Return where the groups meet, then where members of one group overlap, none mostly inside another."""
    extents = meeting_extents(groups, most=_MOST_MEETINGS)
    drawn = [_box(extent) for extent in extents]
    bounds = {
        block.id: block.bbox
        for report in (comparison.a, comparison.b)
        for member in report.members
        for block in member.blocks
    }
    for one in comparison.overlaps:
        if one.pairing == "between" or one.is_within_accuracy or len(extents) == _MOST_MEETINGS:
            continue
        blocks = [_box(bounds[id_]) for id_ in (one.blocks[0].block, one.blocks[0].other)]
        extent = extent_of(blocks, margin=_AROUND_OVERLAP)
        box = _box(extent)
        if all(shapely.area(shapely.intersection(box, other)) < box.area / 2 for other in drawn):
            extents.append(extent)
            drawn.append(box)
    return [Inset(listed(_names_in(box, groups)), extent) for extent, box in zip(extents, drawn, strict=True)]


def _box(bounds: tuple[float, float, float, float]) -> BaseGeometry:
    """Return a box in degrees, in two parts where it crosses 180°."""
    west, south, east, north = bounds
    if west <= east:
        return shapely.box(west, south, east, north)
    return shapely.union(shapely.box(west, south, 180, north), shapely.box(-180, south, east, north))


def _names_in(box: BaseGeometry, groups: Sequence[Group]) -> list[str]:
    return [
        member.label
        for group in groups
        for member in group.members
        if shapely.intersects(member.geometry, box)
    ]


def _shape(member: contract.Member, atlas: Atlas) -> BaseGeometry | None:
    if member.geometry:
        return shapely.make_valid(shape(member.geometry))
    shapes = [atlas.feature(block.id).geometry for block in member.blocks]
    return shapely.union_all(shapes) if shapes else None


def _regions(comparison: contract.Comparison, shapes: Mapping[str, BaseGeometry]) -> list[_Region]:
    names: dict[str, str] = {}
    found: dict[str, list[tuple[str, str, BaseGeometry]]] = {}
    members = [
        (report.side, member)
        for report in (comparison.a, comparison.b)
        for member in report.members
        if member.is_counted and member.key in shapes
    ]
    # Those of a named region first, so that others can join them.
    for side, member in sorted(members, key=lambda one: one[1].region_id is None):
        geometry = shapes[member.key]
        key = member.region_id or next(
            (id_ for id_, some in found.items() if _is_near(geometry, [one[2] for one in some])),
            member.key,
        )
        names.setdefault(key, member.region_name if member.region_id else member.region or member.name)
        found.setdefault(key, []).append((side, member.key, geometry))
    return [_Region(names[key], tuple(some)) for key, some in found.items()]


def _is_near(geometry: BaseGeometry, others: Sequence[BaseGeometry]) -> bool:
    box = shapely.box(*shapely.total_bounds(others))
    return bool(shapely.dwithin(geometry, box, _NEAR_DEG))


def _group(report: contract.GroupReport, shapes: Mapping[str, BaseGeometry]) -> Group:
    drawn = [
        _member(member, member.state, shapes[member.key])
        for member in report.members
        if member.is_counted and member.key in shapes
    ]
    return Group(report.side, clean(report.title), tuple(drawn))


def _member(member: contract.Member, state: contract.State, geometry: BaseGeometry) -> Member:
    return Member(clean(member.name), geometry, _DRAWN[state], clean(f"{member.name}, {member.instrument}"))


def _moment(
    moment: contract.Moment, comparison: contract.Comparison, shapes: Mapping[str, BaseGeometry]
) -> Moment:
    groups = []
    for report, on_day in ((comparison.a, moment.a), (comparison.b, moment.b)):
        members = {member.key: member for member in report.members}
        drawn = [
            _member(members[one.member], one.state, shapes[one.member])
            for one in on_day.members
            if one.is_counted and one.member in shapes
        ]
        groups.append(Group(report.side, clean(report.title), tuple(drawn)))
    return Moment(moment.on, clean(f"{moment.title} · {date(moment.on)}"), tuple(groups))


def _said(title: str, region: _Region, comparison: contract.Comparison) -> str:
    """Return in words what a map shows, for those who cannot see it."""
    groups = [
        _("{group}: {members}").format(
            group=clean(report.title),
            members=listed(
                clean(member.name)
                for member in report.members
                if member.key in {key for _side, key, _shape in region.members}
            )
            or _("nothing"),
        )
        for report in (comparison.a, comparison.b)
    ]
    return _("Map: {title}. {groups}. What they share and how far they are apart is in the tables.").format(
        title=title, groups="; ".join(groups)
    )
