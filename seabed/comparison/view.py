"""A comparison as sections of blocks: terminal, Markdown, HTML and PDF lay out these and say the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.briefing import words
from seabed.briefing.document import Cited, Items, Section, Table
from seabed.briefing.words import clean, date, distance, number, share
from seabed.comparison.words import STATES, spoken_in
from seabed.language import N_, _, aside, clauses, listed, speaking

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seabed.comparison.contract import (
        Comparison,
        Day,
        Footing,
        GroupOnDay,
        GroupReport,
        Member,
        Sentence,
    )
    from seabed.feasibility.figure import Figure

NOTHING = "—"

#: What the sentences of the text are about, in the order in which they stand.
TOPICS = {
    "holdings": N_("What each has"),
    "region": N_("Where"),
    "area": N_("How large"),
    "overlap": N_("Shared ground"),
    "crossing": N_("Other areas on the same ground"),
    "distance": N_("How near"),
    "law": N_("Legal footing"),
    "time": N_("Over time"),
    "history": N_("What is not counted, or only for a time"),
}
ACTIVITIES = {"exploration": N_("exploration"), "exploitation": N_("exploitation")}


def sections_of(comparison: Comparison) -> tuple[Section, ...]:
    """Return the whole comparison as sections, in its own language; every string is one clean line."""
    with speaking(comparison.language):
        names = {
            member.key: member.name for group in (comparison.a, comparison.b) for member in group.members
        }
        found = [
            Section("text", _("In short"), tuple(_topics(comparison.text))),
            *(_group(group) for group in (comparison.a, comparison.b)),
            Section("overlaps", _("Shared ground"), tuple(_ground(comparison, names))),
            Section("distances", _("Distances"), tuple(_distances(comparison, names))),
            Section("law", _("Legal footing side by side"), (_law(comparison.legal, names),)),
            Section("seabed", _("Seabed and resource"), (_seabed(comparison),)),
            Section("timeline", _("Over time"), tuple(_timeline(comparison, names))),
            Section("notes", _("How to read this"), (_items("", comparison.notes),)),
            Section("sources", _("Sources"), tuple(_sources(comparison)), is_detail=True),
        ]
        return tuple(section for section in found if section.blocks)


def lead_of(comparison: Comparison) -> tuple[str, ...]:
    """Return what stands below the title: the day and the two groups in words."""
    with speaking(comparison.language):
        return (
            clean(_("On {date}").format(date=date(comparison.on))),
            *(
                clean(_("{group}: {about}").format(group=group.title, about=group.description))
                for group in (comparison.a, comparison.b)
            ),
        )


def _topics(text: Sequence[Sentence]) -> Iterable[Items]:
    for about, heading in TOPICS.items():
        sentences = [one.text for one in text if one.about == about]
        if sentences:
            yield _items(_(heading), sentences)


def _items(heading: str, texts: Iterable[str]) -> Items:
    return Items(heading, tuple(Cited(clean(text)) for text in texts))


def _table(
    heading: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    numeric: Sequence[int] = (),
    *,
    lead: int = 1,
    note: str = "",
    is_detail: bool = False,
) -> list[Table]:
    cells = tuple(tuple(clean(cell) or NOTHING for cell in row) for row in rows)
    if not cells:
        return []
    widths = tuple(2.0 if index < lead else 1.0 for index in range(len(head)))
    titles = tuple(map(clean, head))
    return [Table(clean(heading), titles, cells, widths, tuple(numeric), lead, clean(note), is_detail)]


# --- Members ------------------------------------------------------------------------------------------------


def _group(group: GroupReport) -> Section:
    counted = [member for member in group.members if member.is_counted]
    rest = [member for member in group.members if not member.is_counted]
    head = (
        _("Name"),
        _("Reference"),
        _("Instrument"),
        _("Holder"),
        _("Sponsor"),
        _("Mineral"),
        _("Region"),
        _("Blocks"),
        _("Computed"),
        _("Layer's own"),
        _("Published"),
        _("In force from"),
        _("To"),
        _("Extension"),
        _("Status"),
        _("Doubts"),
    )
    blocks = [
        *_table(_("Members"), head, (_member(member) for member in counted), (7, 8, 9, 10), lead=2),
        *_table(
            _("Told, not counted"),
            (_("Name"), _("Status"), _("Why")),
            (
                (
                    aside(member.name, member.key),
                    _status(member),
                    member.tie.text if member.tie else "",
                )
                for member in rest
            ),
        ),
    ]
    if group.notes:
        blocks.append(_items("", group.notes))  # type: ignore[arg-type]
    return Section(f"group-{group.side}", clean(group.title), tuple(blocks), summary=clean(group.description))


def _member(member: Member) -> tuple[str, ...]:
    return (
        member.name,
        member.key,
        member.instrument,
        member.holder or NOTHING,
        listed(member.sponsor_names),
        member.minerals,
        member.region_name,
        str(len(member.blocks)),
        _km2(member.area_computed),
        _km2(member.area_drawn),
        _km2(member.area_published),
        _day(member.entered_into_force),
        _day(member.expires),
        member.extension,
        _status(member),
        clauses(
            text.rstrip(".。")
            for text in (member.pending if member.pending != member.status else None, member.doubts)
            if text
        ),
    )


def _status(member: Member) -> str:
    """Return how the member stands; where that is not known, that comes first."""
    words = member.status.rstrip(".。")
    return aside(spoken_in(STATES, member.state), words) if member.state == "unknown" else words


def _km2(figure: Figure) -> str:
    return NOTHING if figure.value is None else number(figure.value, "km²")


def _day(day: Day | None) -> str:
    if day is None:
        return NOTHING
    return date(day.on) if day.is_sourced else aside(date(day.on), _("no source for the day"))


# --- How they lie -------------------------------------------------------------------------------------------


def _ground(comparison: Comparison, names: dict[str, str]) -> Iterable[Table]:
    a, b = comparison.a.title, comparison.b.title
    headings = {
        "between": _("Between {a} and {b}").format(a=a, b=b),
        "within_a": _("Within {group}").format(group=a),
        "within_b": _("Within {group}").format(group=b),
    }
    for pairing, heading in headings.items():
        yield from _table(
            heading,
            (
                _("Name"),
                _("Shares ground with"),
                _("Shared"),
                _("Share of the first"),
                _("Share of the second"),
                _("Note"),
            ),
            (
                (
                    names[one.a],
                    names[one.b],
                    number(one.area_km2, "km²"),
                    share(one.share_of_a),
                    share(one.share_of_b),
                    _sliver(is_within=one.is_within_accuracy),
                )
                for one in comparison.overlaps
                if one.pairing == pairing
            ),
            (2, 3, 4),
            lead=2,
        )
    for heading, is_sliver in (
        (_("With areas of neither group"), False),
        (_("Slivers along edges, no wider than the layers are accurate"), True),
    ):
        yield from _table(
            heading,
            (
                _("Name"),
                _("Shares ground with"),
                _("Kind"),
                _("Shared"),
                _("Share of the first"),
                _("Share of the second"),
            ),
            (
                (
                    names[one.member],
                    one.ref,
                    one.kind_name,
                    number(one.area_km2, "km²"),
                    share(one.share_of_member),
                    share(one.share_of_other),
                )
                for one in comparison.crossings
                if one.is_within_accuracy is is_sliver
            ),
            (3, 4, 5),
            lead=2,
            is_detail=is_sliver,
        )


def _sliver(*, is_within: bool) -> str:
    return _("no wider than the layers are accurate") if is_within else NOTHING


def _distances(comparison: Comparison, names: dict[str, str]) -> Iterable[Table]:
    yield from _table(
        _("Shortest distances"),
        (
            comparison.a.title,
            comparison.b.title,
            _("Distance"),
            _("Nearest block of the first"),
            _("Nearest block of the second"),
        ),
        (
            (names[one.a], names[one.b], distance(one.km), one.block_a, one.block_b)
            for one in comparison.distances
        ),
        (2,),
        lead=2,
    )
    yield from _table(
        _("Shared neighbours"),
        (_("Name"), _("Kind"), _("Holder"), _("To the first group"), _("To the second group")),
        (
            (
                one.name,
                one.kind_name,
                one.holder or NOTHING,
                _to(names[one.nearest_a], one.distance_a_km),
                _to(names[one.nearest_b], one.distance_b_km),
            )
            for one in comparison.shared_neighbours
        ),
        note=_("Areas in neither group within {km} of both.").format(km=number(comparison.within_km, "km")),
    )


def _to(member: str, km: float) -> str:
    return _("{member}: {distance}").format(member=member, distance=distance(km))


# --- Law, seabed, time --------------------------------------------------------------------------------------


def _law(legal: Sequence[Footing], names: dict[str, str]) -> Table:
    columns = list(dict.fromkeys((one.activity, one.order, one.order_name) for one in legal))
    rows: dict[str, dict[tuple[str, str], str]] = {}
    for one in legal:
        rows.setdefault(one.member, {})[one.activity, one.order] = _verdict(one)
    head = (
        _("Name"),
        *(
            _("{order}, {activity}").format(order=name, activity=_(ACTIVITIES[activity]))
            for activity, _order, name in columns
        ),
    )
    cells = [
        (names[member], *(row.get((activity, order), "") for activity, order, _name in columns))
        for member, row in rows.items()
    ]
    note = _("The answer over the largest part of each area comes first.")
    (table,) = _table("", head, cells, note=note) or [Table("", head, (), tuple(1.0 for _cell in head))]
    return table


def _verdict(one: Footing) -> str:
    return clauses(
        aside(
            aside(_(words.verdict(part.verdict)), _("contested") if part.contested else ""),
            share(part.share) if len(one.parts) > 1 else "",
        )
        for part in one.parts
    )


def _seabed(comparison: Comparison) -> Table:
    head = (_("Name"), _("Depth"), _("Resource"), _("Ports"))
    rows = [
        (
            member.name,
            str(member.depth["summary"]) if member.depth else "",
            str(member.resource["summary"]) if member.resource else "",
            str(member.logistics["summary"]) if member.logistics else "",
        )
        for group in (comparison.a, comparison.b)
        for member in group.members
        if member.is_counted and member.blocks
    ]
    (table,) = _table("", head, rows) or [Table("", head, (), (2.0, 1.0, 1.0, 1.0))]
    return table


def _timeline(comparison: Comparison, names: dict[str, str]) -> Iterable[Table]:
    a, b = comparison.a.title, comparison.b.title
    yield from _table(
        "",
        (_("Day"), a, b),
        (
            (aside(moment.title, date(moment.on)), _on_day(moment.a, names), _on_day(moment.b, names))
            for moment in comparison.timeline
        ),
        note=_("Areas are of the shapes drawn today."),
    )


def _on_day(group: GroupOnDay, names: dict[str, str]) -> str:
    stood = [one for one in group.members if one.is_counted]
    return listed(
        aside(
            names[one.member],
            clauses(
                (
                    spoken_in(STATES, one.state),
                    number(one.area_km2, "km²") if one.area_km2 is not None else None,
                )
            ),
        )
        for one in stood
    )


def _sources(comparison: Comparison) -> Iterable[Table | Items]:
    yield from _table(
        _("Layers"),
        (_("Layer"), _("Source"), _("Vintage"), _("Licence")),
        ((one.title, one.source, _(one.vintage), _(one.licence)) for one in comparison.sources),
    )
    for group in (comparison.a, comparison.b):
        if group.sources:
            yield _items(clean(group.title), group.sources)
