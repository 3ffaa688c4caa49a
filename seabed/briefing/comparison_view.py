"""What the brief of a comparison says and in which order: HTML and PDF lay out this, and say the same.

Overlaps, distances and sources are the sections of `seabed.comparison.view`, which the terminal shows too;
what is wide or coloured on paper (members, verdicts, depth, maps) is arranged here.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from seabed.briefing import words
from seabed.briefing.columns import widths_of
from seabed.briefing.document import Cited, Items, Pairs, Picture, Section, Table
from seabed.briefing.typesetting import typeset
from seabed.briefing.words import clean, date, number, share
from seabed.comparison.view import ACTIVITIES, NOTHING, sections_of
from seabed.comparison.words import STATES
from seabed.language import N_, _, aside, clauses, listed, plural

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seabed.comparison.contract import (
        Comparison,
        Count,
        Day,
        Footing,
        GroupOnDay,
        GroupReport,
        Member,
    )
    from seabed.feasibility.figure import Figure

#: Longest title in a running header; the first page shows the whole.
_HEADER_LENGTH = 60
#: Sentences of the text that open the brief: what they are about, and the most of each.
_IN_SHORT = {"region": 2, "area": 2, "overlap": 3, "law": 2}
#: The section in which the other sentences stand.
_SECTION_OF = {
    "holdings": "holdings",
    "history": "holdings",
    "overlap": "overlaps",
    "crossing": "overlaps",
    "distance": "distances",
    "law": "law",
    "time": "timeline",
}
_LABELS = {
    "kind": N_("Comparison"),
    "skip": N_("To the findings"),
    "contents": N_("Contents"),
    "differences": N_("The differences in short"),
    "key": N_("Side by side"),
    "map": N_("Map"),
    "page": N_("Page {page} of {pages}"),
    "contested": N_("contested"),
    "day": N_("Day shown"),
    "all_days": N_("All days side by side"),
}


@dataclass(frozen=True, slots=True)
class Mark:
    """One answer in a cell of a `Matrix`; ``share`` of the area it holds for, ``""`` for all."""

    verdict: str
    words: str
    contested: bool
    share: str


@dataclass(frozen=True, slots=True)
class Matrix(Table):
    """A table of verdicts: the cells after the ``lead`` columns hold ``marks``, one tuple a cell.

    ``sides`` says of each row which group it is of: ``a`` or ``b``.
    """

    marks: tuple[tuple[tuple[Mark, ...], ...], ...] = ()
    sides: tuple[str, ...] = ()
    type: str = "matrix"


@dataclass(frozen=True, slots=True)
class Map(Picture):
    """A map as wide as the page, or half as wide in a section of nothing but maps."""

    type: str = "map"


@dataclass(frozen=True, slots=True)
class Slider:
    """One map whose parts are shown by the day, ``<g class="frame" data-on=…>`` each; for a screen only.

    ``days`` are the dates in order; ``labels`` and ``said`` name each and say what stood on it.
    """

    svg: str
    days: tuple[str, ...]
    labels: tuple[str, ...] = ()
    said: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ComparisonBrief:
    """Everything that a view of a comparison shows. All strings are one clean line without markup.

    ``slider`` stands in the section ``timeline``, in the place of its picture while a script runs.
    """

    title: str
    header: str
    date: str
    language: str
    lead: tuple[tuple[str, str], ...]
    differences: tuple[Cited, ...]
    overview: Map | None
    key: tuple[Table, ...]
    slider: Slider | None
    sections: tuple[Section, ...]
    disclaimer: str
    version: str
    labels: dict[str, str]


@dataclass(frozen=True, slots=True)
class Drawings:
    """The maps of a comparison; without any, no member has a shape.

    ``meetings`` shows the region of the overview with panels where members meet, ``regions`` where else
    members are, ``multiples`` the region of the overview on every day looked back to, ``slider`` the same on
    one map.
    """

    overview: Map | None = None
    meetings: Map | None = None
    regions: tuple[Map, ...] = ()
    multiples: Map | None = None
    slider: Slider | None = None


def comparison_brief(comparison: Comparison, drawings: Drawings) -> ComparisonBrief:
    """Return the document of a comparison, in the language being spoken."""
    told = {section.id: section for section in sections_of(comparison)}
    names = _names(comparison)
    title = clean(comparison.title)
    day = date(comparison.on)
    brief = ComparisonBrief(
        title=title,
        header=title if len(title) <= _HEADER_LENGTH else title[: _HEADER_LENGTH - 1].rstrip() + "…",
        date=day,
        language=comparison.language,
        lead=tuple((clean(group.title), clean(group.description)) for group in _groups(comparison)),
        differences=tuple(_in_short(comparison)),
        overview=drawings.overview,
        key=_side_by_side(comparison),
        slider=_said_by_day(comparison, drawings.slider),
        sections=tuple(
            section
            for section in _sections(comparison, told, names, drawings)
            if section.blocks or section.sections
        ),
        disclaimer=_(words.DISCLAIMER),
        version=clean(comparison.receipt.version),
        labels={key: _(label) for key, label in _LABELS.items()}
        | {"law_as_of": _("Law and registers as of {date}").format(date=day)},
    )
    return typeset(brief, are_blocks_bare=True)


def _groups(comparison: Comparison) -> tuple[GroupReport, GroupReport]:
    return comparison.a, comparison.b


def _names(comparison: Comparison) -> dict[str, str]:
    return {member.key: clean(member.name) for group in _groups(comparison) for member in group.members}


def _counted(group: GroupReport) -> list[Member]:
    return [member for member in group.members if member.is_counted]


# --- The first page -----------------------------------------------------------------------------------------


def _in_short(comparison: Comparison) -> Iterator[Cited]:
    for about, most in _IN_SHORT.items():
        sentences = [one.text for one in comparison.text if one.about == about]
        yield from (Cited(clean(text)) for text in sentences[:most])


def _told(comparison: Comparison, section: str, heading: str = "") -> list[Items]:
    """Return what the text says about a section and the first page does not."""
    left = dict(_IN_SHORT)
    found = []
    for one in comparison.text:
        left[one.about] = left.get(one.about, 0) - 1
        if left[one.about] < 0 and _SECTION_OF.get(one.about, "holdings") == section:
            found.append(Cited(clean(one.text)))
    return [Items(heading, tuple(found))] if found else []


def _side_by_side(comparison: Comparison) -> tuple[Table, ...]:
    """Return the key numbers for the first page, and what stands below them."""
    groups = _groups(comparison)
    first = [
        (_("Instruments"), *(_kinds(group) for group in groups)),
        (_("How they stand"), *(_states(group) for group in groups)),
        (_("Sponsors"), *(_sponsors(group) for group in groups)),
        (_("Blocks drawn"), *(f"{group.blocks:,}" for group in groups)),
        (_("Ground covered"), *(number(group.area_covered_km2, "km²") for group in groups)),
    ]
    more = [
        (_("Sum of areas, overlaps twice"), *(number(group.area_computed_km2, "km²") for group in groups)),
        *_by(groups, "by_mineral"),
        *_by(groups, "by_region"),
        *_answers(comparison),
    ]
    head = (_("What"), *(clean(group.title) for group in groups))
    heading = _("By mineral, region and legal order")
    return (*_table("", head, first), *_table(heading, head, more))


def _kinds(group: GroupReport) -> str:
    return listed(
        _("{count} × {instrument}").format(count=count.members, instrument=count.name)
        for count in group.by_instrument
    )


def _states(group: GroupReport) -> str:
    counts: Counter[str] = Counter(member.state for member in _counted(group) if member.kind != "other_area")
    return listed(
        _("{count} {state}").format(count=counts[state], state=_(words_))
        for state, words_ in STATES.items()
        if counts[state]
    )


def _sponsors(group: GroupReport) -> str:
    return listed(
        _("{name} ({count})").format(name=count.name, count=count.members) for count in group.by_sponsor
    )


def _by(groups: Sequence[GroupReport], key: str) -> Iterator[tuple[str, ...]]:
    """Yield a row for each mineral or region that a group has, the largest first."""
    found: list[dict[str, Count]] = [{count.id: count for count in getattr(group, key)} for group in groups]
    total: Counter[str] = Counter()
    for counts in found:
        for id_, count in counts.items():
            total[id_] += round(count.area_covered_km2)
    for id_, _area in total.most_common():
        some = [counts.get(id_) for counts in found]
        name = next(count.name for count in some if count)
        yield (
            name[:1].upper() + name[1:],
            *(
                aside(number(count.area_covered_km2, "km²"), _members(count)) if count else NOTHING
                for count in some
            ),
        )


def _members(count: Count) -> str:
    return plural("{count} instrument", "{count} instruments", count.members).format(count=count.members)


def _answers(comparison: Comparison) -> Iterator[tuple[str, ...]]:
    """Yield what each order answers over most of each area, counted, for each activity."""
    for activity, order in dict.fromkeys((one.activity, one.order) for one in comparison.legal):
        some = [one for one in comparison.legal if (one.activity, one.order) == (activity, order)]
        yield (
            _("{order}, {activity}").format(order=some[0].order_name, activity=_(ACTIVITIES[activity])),
            *(_verdicts(one for one in some if one.side == side) for side in ("a", "b")),
        )


def _verdicts(footings: Iterable[Footing]) -> str:
    counts = Counter((one.parts[0].verdict.value, one.parts[0].contested) for one in footings)
    return listed(
        _("{count} × {verdict}").format(
            count=count, verdict=aside(_(words.verdict(verdict)).lower(), _("contested") if contested else "")
        )
        for (verdict, contested), count in counts.items()
    )


# --- The sections -------------------------------------------------------------------------------------------


def _sections(
    comparison: Comparison, told: dict[str, Section], names: dict[str, str], drawings: Drawings
) -> Iterator[Section]:
    yield Section(
        "holdings",
        _("Who holds what"),
        tuple(_told(comparison, "holdings")),
        tuple(_group(group) for group in _groups(comparison)),
    )
    if drawings.regions:
        yield Section("regions", _("Other regions"), drawings.regions)
    if "overlaps" in told:
        yield Section(
            "overlaps",
            told["overlaps"].title,
            (
                *_told(comparison, "overlaps"),
                *([drawings.meetings] if drawings.meetings else []),
                *told["overlaps"].blocks,
            ),
        )
    if "distances" in told:
        blocks = (*_told(comparison, "distances"), *told["distances"].blocks)
        yield Section("distances", _("Distances and shared neighbours"), blocks)
    yield _law(comparison, names)
    yield Section("seabed", _("Depth, resource and ports"), tuple(_seabed(comparison)))
    if "timeline" in told:
        pictures = [drawings.multiples] if drawings.multiples else []
        yield Section("timeline", told["timeline"].title, (*pictures, *told["timeline"].blocks))
    yield from (told[id_] for id_ in ("notes", "sources") if id_ in told)
    yield Section("receipt", _("Receipt"), (_receipt(comparison),))


def _table(
    heading: str,
    head: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    numeric: Sequence[int] = (),
    note: str = "",
) -> list[Table]:
    cells = tuple(tuple(clean(cell) or NOTHING for cell in row) for row in rows)
    widths = tuple(1.0 for _title in head)
    return [Table(heading, tuple(head), cells, widths, tuple(numeric), note=note)] if cells else []


# --- Who holds what -----------------------------------------------------------------------------------------


def _group(group: GroupReport) -> Section:
    counted = _counted(group)
    instruments = _table(
        _("Instruments"),
        (_("Name"), _("Holder and instrument"), _("Sponsor"), _("Mineral"), _("Region"), _("Status")),
        (
            (
                _named(member),
                clauses((member.holder, member.instrument)),
                listed(member.sponsor_names),
                member.minerals,
                member.region_name,
                _status(member),
            )
            for member in counted
        ),
    )
    measures = _table(
        _("Areas and terms"),
        (
            _("Name"),
            _("Blocks"),
            _("Computed, km2"),
            _("Layer's own, km2"),
            _("Published, km2"),
            _("In force from"),
            _("To"),
            _("Extension"),
        ),
        (
            (
                clean(member.name),
                str(len(member.blocks)),
                _km2(member.area_computed),
                _km2(member.area_drawn),
                _km2(member.area_published),
                _day(member.entered_into_force),
                _day(member.expires),
                member.extension,
            )
            for member in counted
        ),
        numeric=(1, 2, 3, 4),
        note=_days_note(counted),
    )
    doubts = [
        Cited(clean(_("{member}: {text}").format(member=member.name, text=text)))
        for member in counted
        for text in (member.pending if member.pending != member.status else None, member.doubts)
        if text
    ]
    rest = _table(
        _("Told, not counted"),
        (_("Name"), _("Status"), _("Why")),
        (
            (_named(member), _status(member), member.tie.text if member.tie else "")
            for member in group.members
            if not member.is_counted
        ),
    )
    return Section(
        f"group-{group.side}",
        clean(group.title),
        (
            *instruments,
            *measures,
            *([Items(_("What is not certain"), tuple(doubts))] if doubts else []),
            *rest,
            *([Items("", tuple(Cited(clean(note)) for note in group.notes))] if group.notes else []),
        ),
        summary=clean(group.description),
    )


def _named(member: Member) -> str:
    return member.name if member.key in member.name else aside(member.name, member.key)


def _status(member: Member) -> str:
    """Return how a member stands; of one in force no more, for its terms stand in another table."""
    told = member.status.rstrip(".。")
    if member.state == "in_force":
        return _(STATES["in_force"])
    return aside(_(STATES["unknown"]), told) if member.state == "unknown" else told


def _km2(figure: Figure) -> str:
    return NOTHING if figure.value is None else number(figure.value)


def _day(day: Day | None) -> str:
    return NOTHING if day is None else date(day.on) if day.is_sourced else f"{date(day.on)}*"


def _days_note(members: Iterable[Member]) -> str:
    days = [day for member in members for day in (member.entered_into_force, member.expires)]
    return "" if all(day is None or day.is_sourced for day in days) else _("* no source gives the day itself")


# --- Law ----------------------------------------------------------------------------------------------------


def _law(comparison: Comparison, names: dict[str, str]) -> Section:
    if not comparison.legal:
        return Section("law", _("Legal footing side by side"), ())
    activities = dict.fromkeys(one.activity for one in comparison.legal)
    return Section(
        "law",
        _("Legal footing side by side"),
        tuple(_matrix(comparison, activity, names) for activity in activities),
        (
            Section("reasons", _("Why, in a sentence"), tuple(_reasons(comparison, names))),
            Section("provisions", _("Provisions applied"), (_provisions(comparison),), is_detail=True),
        ),
        summary=_(
            "What each order answers each holder on the day, for its own area and mineral. Where the answer "
            "is not the same over the whole area, the largest part comes first, with its share."
        ),
    )


def _matrix(comparison: Comparison, activity: str, names: dict[str, str]) -> Matrix:
    some = [one for one in comparison.legal if one.activity == activity]
    orders = {one.order: clean(one.order_name) for one in some}
    cells = {(one.side, one.member, one.order): _marks(one) for one in some}
    titles = {"a": clean(comparison.a.title), "b": clean(comparison.b.title)}
    rows = list(dict.fromkeys((one.side, one.member) for one in some))
    marks = tuple(tuple(cells.get((side, member, order), ()) for order in orders) for side, member in rows)
    head = (_("Name"), _("Group"), *orders.values())
    cells_in_words = tuple(
        (names[member], titles[side], *(clauses(map(_spelt, cell)) or NOTHING for cell in row))
        for (side, member), row in zip(rows, marks, strict=True)
    )
    return Matrix(
        _(ACTIVITIES[activity]).capitalize(),
        head,
        cells_in_words,
        widths_of((head, *cells_in_words)),
        lead=2,
        marks=marks,
        sides=tuple(side for side, _member in rows),
    )


def _marks(one: Footing) -> tuple[Mark, ...]:
    return tuple(
        Mark(
            part.verdict.value,
            _(words.verdict(part.verdict.value)),
            part.contested,
            share(part.share) if len(one.parts) > 1 else "",
        )
        for part in one.parts
    )


def _spelt(mark: Mark) -> str:
    return aside(aside(mark.words, _("contested") if mark.contested else ""), mark.share)


def _reasons(comparison: Comparison, names: dict[str, str]) -> Iterator[Table]:
    """Yield for each order the sentences of its answers, each once, with the areas that it is for."""
    for order, name in {one.order: one.order_name for one in comparison.legal}.items():
        areas: dict[str, dict[str, list[str]]] = {}
        for one in comparison.legal:
            if one.order == order:
                activities = areas.setdefault(one.summary, {})
                activities.setdefault(_(ACTIVITIES[one.activity]), []).append(names[one.member])
        rows: list[tuple[str, str, str]] = []
        for summary, activities in areas.items():
            for some in dict.fromkeys(listed(members) for members in activities.values()):
                same = [activity for activity, members in activities.items() if listed(members) == some]
                rows.append((some, listed(same), summary))
        yield from _table(clean(name), (_("Areas"), _("Activity"), _("Answer")), rows)


def _provisions(comparison: Comparison) -> Pairs:
    found: dict[str, dict[str, None]] = {}
    for one in comparison.legal:
        some = found.setdefault(clean(one.order_name), {})
        some |= dict.fromkeys(part.strip() for cite in one.cites for part in cite.split(";"))
    return Pairs("", tuple((name, clean("; ".join(cites))) for name, cites in found.items() if cites))


# --- Depth, resource, ports ---------------------------------------------------------------------------------


def _seabed(comparison: Comparison) -> Iterator[Table]:
    members = [member for group in _groups(comparison) for member in _counted(group) if member.blocks]
    yield from _table(
        _("Depth, m"),
        (_("Name"), _("Least"), _("Median"), _("Greatest"), _("Median slope")),
        (
            (
                member.name,
                _value(member.depth, "shallowest"),
                _value(member.depth, "median"),
                _value(member.depth, "deepest"),
                _value(member.depth, "slope_median", "°"),
            )
            for member in members
            if member.depth
        ),
        numeric=(1, 2, 3, 4),
    )
    yield from _told_of(members, "resource", _("Resource"))
    yield from _told_of(members, "logistics", _("Ports"))


def _told_of(members: Iterable[Member], part: str, heading: str) -> list[Table]:
    """Return what a part of feasibility says in a sentence, each sentence once."""
    areas: dict[str, list[str]] = {}
    for member in members:
        if found := getattr(member, part):
            areas.setdefault(str(found["summary"]), []).append(clean(member.name))
    rows = [(listed(some), summary) for summary, some in areas.items()]
    return _table(heading, (_("Name"), _("In short")), rows)


def _value(part: dict[str, Any], key: str, unit: str = "") -> str:
    value = part[key]["value"]
    return NOTHING if value is None else number(value) + unit


# --- Over time ----------------------------------------------------------------------------------------------


def _said_by_day(comparison: Comparison, slider: Slider | None) -> Slider | None:
    if slider is None:
        return None
    a, b = (clean(group.title) for group in _groups(comparison))
    said = [
        _("{a}: {state_a}. {b}: {state_b}.").format(
            a=a, b=b, state_a=_on_day(moment.a), state_b=_on_day(moment.b)
        )
        for moment in comparison.timeline
    ]
    labels = [clean(aside(moment.title, date(moment.on))) for moment in comparison.timeline]
    return replace(slider, labels=tuple(labels), said=tuple(map(clean, said)))


def _on_day(group: GroupOnDay) -> str:
    counts = (
        (group.in_force, group.area_in_force_km2, STATES["in_force"]),
        (group.pending, group.area_pending_km2, STATES["pending"]),
        (group.unknown, group.area_unknown_km2, STATES["unknown"]),
    )
    told = [
        _("{count} {state} ({area})").format(count=count, state=_(state), area=number(area, "km²"))
        for count, area, state in counts
        if count
    ]
    return listed(told) or _("nothing")


def _receipt(comparison: Comparison) -> Pairs:
    receipt = comparison.receipt
    return Pairs(
        "",
        (
            (_("Program"), clean(f"seabed {receipt.version}")),
            (_("Groups as asked for"), clean(listed(group.spec for group in _groups(comparison)))),
            (_("Rules, SHA-256"), clean(receipt.rules_sha256)),
            (_("Layers, SHA-256"), clean(receipt.layers_sha256)),
        ),
    )
