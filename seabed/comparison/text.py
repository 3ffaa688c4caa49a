"""The short text: sentences made from the numbers, in neutral words, each saying what it was made from."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from seabed.briefing.words import date, distance, number, share, verdict
from seabed.comparison.contract import Sentence
from seabed.comparison.groups import load_groups
from seabed.comparison.words import INSTRUMENTS, kind_name, spoken_in
from seabed.language import _, aside, clauses, list_of, listed, pick, plural, sentences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from seabed.comparison.contract import (
        Crossing,
        Distance,
        Footing,
        GroupOnDay,
        GroupReport,
        Member,
        Moment,
        Overlap,
        SharedNeighbour,
    )

#: Overlaps told one by one; what is left is counted.
_MOST_TOLD = 4
#: What is nearer is told to adjoin.
_ADJOINING_KM = 0.01
#: An overlap of a smaller share of either member may come from how the shapes were drawn.
_SMALL = 0.01


def text_of(
    a: GroupReport,
    b: GroupReport,
    on: dt.date,
    *,
    overlaps: Sequence[Overlap],
    crossings: Sequence[Crossing],
    distances: Sequence[Distance],
    neighbours: Sequence[SharedNeighbour],
    within_km: float,
    legal: Sequence[Footing],
    timeline: Sequence[Moment],
) -> list[Sentence]:
    """Return the text of a comparison, in the language being spoken."""
    names = {member.key: member.name for group in (a, b) for member in group.members}
    notes = {block.id: block.note for group in (a, b) for m in group.members for block in m.blocks}
    found: list[Sentence] = []
    for group in (a, b):
        found += [Sentence(about="holdings", text=words) for words in _holdings(group, on)]
    for group in (a, b):
        found += [Sentence(about="region", text=words) for words in _regions(group)]
    found += [Sentence(about="area", text=words) for words in _areas(a, b)]
    found += [Sentence(about="overlap", text=words) for words in _overlaps(a, b, overlaps, names, notes)]
    found += [Sentence(about="crossing", text=words) for words in _crossings(a, b, crossings, names)]
    found += [
        Sentence(about="distance", text=words)
        for words in _distances(distances, neighbours, within_km, names)
    ]
    found += [Sentence(about="law", text=words) for words in _law(a, b, legal)]
    found += [Sentence(about="time", text=words) for words in _time(a, b, timeline)]
    for group in (a, b):
        found += [Sentence(about="history", text=words) for words in _history(group)]
    return found


def _counted(group: GroupReport) -> list[Member]:
    return [member for member in group.members if member.is_counted]


def _holdings(group: GroupReport, on: dt.date) -> Iterator[str]:
    members = _counted(group)
    if not members:
        yield _("{group} has nothing on {date} that is counted.").format(group=group.title, date=date(on))
        return
    kinds = Counter(member.kind for member in members)
    yield _("{group} on {date}: {count}; {blocks}, {area} computed.").format(
        group=group.title,
        date=date(on),
        count=list_of(
            _("{count} × {instrument}").format(count=count, instrument=spoken_in(INSTRUMENTS, kind))
            for kind, count in kinds.items()
        ),
        blocks=plural("{count} block", "{count} blocks", group.blocks).format(count=group.blocks),
        area=number(group.area_covered_km2, "km²"),
    )
    unknown = [member for member in members if member.state == "unknown" and member.kind != "other_area"]
    for member in unknown:
        yield _("Whether {member} is in force on that day is not known: {why}.").format(
            member=member.name, why=(member.pending or member.status).rstrip(".。")
        )


def _regions(group: GroupReport) -> Iterator[str]:
    places = {region.id: pick(region.place) for region in load_groups().regions}
    told = [
        _("{count} {place}").format(
            count=count.members, place=places.get(count.id) or _("in a region that is not known")
        )
        for count in group.by_region
    ]
    if told:
        yield _("{group}: {places}.").format(group=group.title, places=list_of(told))


def _areas(a: GroupReport, b: GroupReport) -> Iterator[str]:
    by_region = [{count.id: count for count in group.by_region} for group in (a, b)]
    for id_ in by_region[0].keys() & by_region[1].keys():
        first, second = by_region[0][id_], by_region[1][id_]
        yield _("{region}: {a} covers {area_a} in {blocks_a}, {b} {area_b} in {blocks_b}.").format(
            region=first.name,
            a=a.title,
            b=b.title,
            area_a=number(first.area_covered_km2, "km²"),
            area_b=number(second.area_covered_km2, "km²"),
            blocks_a=plural("{count} block", "{count} blocks", first.blocks).format(count=first.blocks),
            blocks_b=plural("{count} block", "{count} blocks", second.blocks).format(count=second.blocks),
        )
    for group in (a, b):
        if group.area_computed_km2 - group.area_covered_km2 > 1:
            yield _(
                "The areas of {group} add up to {sum}; what overlaps counted once, they cover {covered}."
            ).format(
                group=group.title,
                sum=number(group.area_computed_km2, "km²"),
                covered=number(group.area_covered_km2, "km²"),
            )


def _overlaps(
    a: GroupReport,
    b: GroupReport,
    overlaps: Sequence[Overlap],
    names: dict[str, str],
    notes: dict[str, str | None],
) -> Iterator[str]:
    real = [one for one in overlaps if not one.is_within_accuracy]
    between = [one for one in real if one.pairing == "between"]
    slivers = [one for one in overlaps if one.pairing == "between" and one.is_within_accuracy]
    if not between and _counted(a) and _counted(b):
        yield _("No ground is shared between {a} and {b}.").format(a=a.title, b=b.title)
    told = between[:_MOST_TOLD]
    for pairing in ("within_a", "within_b"):
        told += [one for one in real if one.pairing == pairing][:_MOST_TOLD]
    # Groups that share members have the same overlap twice.
    once: dict[frozenset[str], Overlap] = {}
    for one in told:
        once.setdefault(frozenset((names[one.a], names[one.b])), one)
    for one in sorted(once.values(), key=_is_small):
        yield _overlap(one, names, notes)
    if slivers:
        yield plural(
            "Along shared edges {count} pair of them overlaps by a sliver no wider than the layers are "
            "accurate, of {area}.",
            "Along shared edges {count} pairs of them overlap by slivers no wider than the layers are "
            "accurate, the largest of {area}.",
            len(slivers),
        ).format(count=len(slivers), area=number(max(one.area_km2 for one in slivers), "km²"))


def _is_small(one: Overlap) -> bool:
    return max(one.share_of_a, one.share_of_b) <= _SMALL


def _overlap(one: Overlap, names: dict[str, str], notes: dict[str, str | None]) -> str:
    # The smaller one first, of which the larger share is covered.
    pair = [(one.share_of_a, names[one.a]), (one.share_of_b, names[one.b])]
    (share_x, x), (share_y, y) = sorted(pair, key=lambda side: (-side[0], side[1]))
    told = _("{x} and {y} share {area}: {share_x} of {x}, {share_y} of {y}.").format(
        x=x, y=y, area=number(one.area_km2, "km²"), share_x=share(share_x), share_y=share(share_y)
    )
    if not _is_small(one):
        return told
    # What the layer says of a shape matters where the overlap is as small as an error of drawing.
    most = one.blocks[0]
    noted = [id_ for id_ in sorted((most.block, most.other)) if notes.get(id_)]
    more = _("The layer on {block}: {note}").format(block=noted[0], note=notes[noted[0]]) if noted else None
    return sentences((told, more))


def _crossings(
    a: GroupReport, b: GroupReport, crossings: Sequence[Crossing], names: dict[str, str]
) -> Iterator[str]:
    real = [one for one in crossings if not one.is_within_accuracy]
    for side, group in (("a", a), ("b", b)):
        by_kind: dict[tuple[str, str], list[Crossing]] = {}
        for one in real:
            if one.side == side:
                by_kind.setdefault((one.member, one.kind), []).append(one)
        for (member, kind), some in by_kind.items():
            yield _("{member} shares ground with {kind}: {areas}.").format(
                member=names[member],
                kind=kind_name(kind),
                areas=listed(
                    _("{name} {area} ({share} of it)").format(
                        name=one.ref, area=number(one.area_km2, "km²"), share=share(one.share_of_other)
                    )
                    for one in some[:_MOST_TOLD]
                ),
            )
        if _counted(group) and not any(one.side == side for one in real):
            yield _(
                "But for slivers of drawing, {group} shares no ground with any other area in the layers."
            ).format(group=group.title)


def _distances(
    distances: Sequence[Distance],
    neighbours: Sequence[SharedNeighbour],
    within_km: float,
    names: dict[str, str],
) -> Iterator[str]:
    if distances:
        nearest = distances[0]
        words = (
            _("{a} and {b} adjoin, with {block_a} and {block_b}.")
            if nearest.km < _ADJOINING_KM
            else _("The nearest blocks are {block_a} of {a} and {block_b} of {b}: {distance}.")
        )
        yield words.format(
            a=names[nearest.a],
            b=names[nearest.b],
            block_a=nearest.block_a,
            block_b=nearest.block_b,
            distance=distance(nearest.km),
        )
        apart = [one for one in distances if one.km >= _ADJOINING_KM]
        if nearest.km < _ADJOINING_KM and apart:
            yield _("Of the pairs that do not meet, {a} and {b} are the nearest: {distance}.").format(
                a=names[apart[0].a], b=names[apart[0].b], distance=distance(apart[0].km)
            )
    if neighbours:
        kinds = Counter(one.kind_name for one in neighbours)
        yield _("Within {km} of both groups lie {neighbours}.").format(
            km=number(within_km, "km"),
            neighbours=list_of(
                _("{count} × {instrument}").format(count=count, instrument=kind)
                for kind, count in kinds.items()
            ),
        )


def _law(a: GroupReport, b: GroupReport, legal: Sequence[Footing]) -> Iterator[str]:
    seen = dict.fromkeys((one.order, one.activity) for one in legal)
    for order, activity in seen:
        rows = [one for one in legal if (one.order, one.activity) == (order, activity)]
        sides = [
            _("{group} {verdicts}").format(
                group=group.title, verdicts=_verdicts(one for one in rows if one.side == side)
            )
            for side, group in (("a", a), ("b", b))
            if any(one.side == side for one in rows)
        ]
        template = (
            _("{order}, exploration by each holder, over most of each area: {sides}.")
            if activity == "exploration"
            else _("{order}, exploitation by each holder, over most of each area: {sides}.")
        )
        yield template.format(order=rows[0].order_name, sides=clauses(sides))
    judged = {(one.side, one.member) for one in legal}
    silent = [
        member.name
        for side, group in (("a", a), ("b", b))
        for member in _counted(group)
        if (side, member.key) not in judged
    ]
    if silent and legal:
        yield _("Not judged, because its place is not in the layers: {names}.").format(names=listed(silent))


def _verdicts(rows: Iterable[Footing]) -> str:
    """Count the answers that hold over the largest part of each member."""
    counts = Counter((one.parts[0].verdict, one.parts[0].contested) for one in rows)
    return listed(
        _("{count} × {verdict}").format(
            count=count, verdict=aside(_(verdict(answer)).lower(), _("contested") if contested else "")
        )
        for (answer, contested), count in counts.items()
    )


def _time(a: GroupReport, b: GroupReport, timeline: Sequence[Moment]) -> Iterator[str]:
    registered = [any(one.kind != "other_area" for one in group.members) for group in (a, b)]
    for moment in timeline[:-1]:
        sides = ((a, moment.a), (b, moment.b))
        told = [
            _("{group} {state}").format(group=group.title, state=_on_day(then))
            for (group, then), is_told in zip(sides, registered, strict=True)
            if is_told
        ]
        if told:
            yield _("{moment}: {sides}.").format(moment=moment.title, sides=clauses(told))


def _on_day(group: GroupOnDay) -> str:
    told = []
    if group.in_force:
        told.append(
            _("{count} in force ({area})").format(
                count=group.in_force, area=number(group.area_in_force_km2, "km²")
            )
        )
    if group.pending:
        told.append(
            _("{count} applied for ({area})").format(
                count=group.pending, area=number(group.area_pending_km2, "km²")
            )
        )
    if group.unknown:
        told.append(
            _("{count} not known ({area})").format(
                count=group.unknown, area=number(group.area_unknown_km2, "km²")
            )
        )
    return listed(told) if told else _("nothing")


def _history(group: GroupReport) -> Iterator[str]:
    for member in group.members:
        if member.tie:
            yield _("{member}: {text}").format(member=member.name, text=member.tie.text)
        elif not member.is_counted:
            yield _("{member} is not counted on the day: {status}.").format(
                member=member.name, status=member.status
            )
