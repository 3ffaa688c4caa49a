"""Two groups of areas side by side: who holds what, how they lie to each other, what the law says of each.

from seabed.comparison import compare, read_group
"""

from __future__ import annotations

import datetime as dt
from functools import cache
from typing import TYPE_CHECKING

import seabed
from seabed.atlas.catalogue import load_catalogue
from seabed.comparison.contract import Comparison, Count, GroupReport, Member, Receipt, SourceUsed
from seabed.comparison.footing import footings
from seabed.comparison.groups import Group, load_groups, read_group
from seabed.comparison.measure import Others, covered_km2, distances_of, overlaps_of
from seabed.comparison.members import study_group
from seabed.comparison.text import text_of
from seabed.comparison.timeline import moments_of
from seabed.comparison.words import INSTRUMENTS, MINERALS, spoken_in
from seabed.language import _, pick, speaking, spoken
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from seabed.atlas.store import Atlas
    from seabed.comparison.contract import Crossing, Side
    from seabed.comparison.measure import Shape
    from seabed.comparison.members import Studied
    from seabed.comparison.timeline import Entry
    from seabed.language import Language
    from seabed.law.registers import Registers

__all__ = ["Comparison", "Group", "compare", "read_group"]

#: How far an area may lie from both groups to be told as their shared neighbour: 100 M, unless asked.
WITHIN_KM = 185.2


def compare(
    a: Group,
    b: Group,
    *,
    on: dt.date,
    atlas: Atlas,
    language: Language = "en",
    within_km: float = WITHIN_KM,
) -> Comparison:
    """Compare two groups of areas on one day.

    Parameters
    ----------
    a, b
        From `read_group`. The answer for (b, a) is the mirror of that for (a, b).
    on
        The day whose registers and law count. Shapes are those drawn today, whatever the day.
    atlas
        The layers.
    language
        Of every sentence in the comparison.
    within_km
        How far a shared neighbour may lie from either group.

    Returns
    -------
    Comparison
        Areas in km2 on the ellipsoid, distances in km and M along geodesics.

    Raises
    ------
    SeabedError
        If the layers, registers or rules are damaged.
    """
    with speaking(language):
        return _compare(a, b, on, atlas, within_km)


def _compare(a: Group, b: Group, on: dt.date, atlas: Atlas, within_km: float) -> Comparison:
    registers, book = load_registers(), load_rulebook()
    of_a, of_b = (study_group(group, on, atlas, registers) for group in (a, b))
    shapes_a, shapes_b = (
        [one.shape for one in side if one.is_measured and one.shape] for side in (of_a, of_b)
    )
    overlaps = overlaps_of(shapes_a, shapes_b)
    distances = distances_of(shapes_a, shapes_b, overlaps)
    others = Others([*shapes_a, *shapes_b], on, atlas)
    sides: tuple[tuple[Side, list[Studied]], ...] = (("a", of_a), ("b", of_b))
    crossings = sorted(
        (
            crossing
            for side, members in sides
            for one in members
            if one.is_measured and one.shape
            for crossing in others.crossings(side, one.shape)
        ),
        key=lambda one: (-one.area_km2, one.member, one.kind, one.ref),
    )
    neighbours = others.shared_neighbours(shapes_a, shapes_b, within_km)
    legal = [
        footing for side, members in sides for footing in footings(side, members, on, atlas, book, registers)
    ]
    report_a, report_b = _group("a", a, of_a, registers), _group("b", b, of_b, registers)
    timeline = moments_of(_entries(of_a), _entries(of_b), load_groups().moments, on, registers)
    text = text_of(
        report_a,
        report_b,
        on,
        overlaps=overlaps,
        crossings=crossings,
        distances=distances,
        neighbours=neighbours,
        within_km=within_km,
        legal=legal,
        timeline=timeline,
    )
    return Comparison(
        title=_("{a} and {b} compared").format(a=report_a.title, b=report_b.title),
        on=on,
        language=spoken(),
        a=report_a,
        b=report_b,
        in_both=sorted({m.key for m in report_a.members} & {m.key for m in report_b.members}),
        text=text,
        overlaps=overlaps,
        crossings=crossings,
        distances=distances,
        shared_neighbours=neighbours,
        within_km=within_km,
        legal=legal,
        timeline=timeline,
        notes=[*map(_, atlas.warnings), *_notes([*report_a.members, *report_b.members])],
        sources=_sources([*of_a, *of_b], crossings, atlas),
        receipt=Receipt(
            version=seabed.__version__,
            rules_sha256=book.sha256,
            layers_sha256=atlas.sha256,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        ),
    )


def _entries(members: Iterable[Studied]) -> dict[str, Entry]:
    return {
        one.report.key: (
            one.member.instrument,
            one.member.tie,
            one.report.area_computed.value,
            one.report.area_published.value,
        )
        for one in members
    }


# --- The groups' totals -------------------------------------------------------------------------------------


def _group(side: Side, group: Group, members: Sequence[Studied], registers: Registers) -> GroupReport:
    counted = [one for one in members if one.report.is_counted]
    reports = [one.report for one in members]
    covered = cache(covered_km2)  # counts by mineral, region and sponsor are often of the same members

    def counts(values: Callable[[Member], list[tuple[str, str]]]) -> list[Count]:
        return _counts(counted, values, covered)

    return GroupReport(
        side=side,
        spec=group.spec,
        id=group.id,
        title=_(pick(group.title)),
        description=pick(group.about),
        members=reports,
        blocks=sum(len(one.report.blocks) for one in counted),
        area_computed_km2=_added(counted),
        area_covered_km2=covered(_shapes(counted)),
        by_mineral=counts(lambda m: [(m.mineral or "", spoken_in(MINERALS, m.mineral))]),
        by_region=counts(lambda m: [(m.region_id or "", m.region_name)]),
        by_sponsor=counts(
            lambda m: [(code, registers.state_name(code)) for code in m.sponsors] or [("", _("no sponsor"))]
        ),
        by_instrument=counts(lambda m: [(m.kind, spoken_in(INSTRUMENTS, m.kind))]),
        notes=_group_notes(reports),
        sources=list(dict.fromkeys(source for one in reports for source in one.sources)),
    )


def _added(members: Iterable[Studied]) -> float:
    return sum(one.report.area_computed.value or 0.0 for one in members)


def _shapes(members: Iterable[Studied]) -> tuple[Shape, ...]:
    return tuple(one.shape for one in members if one.shape)


def _counts(
    members: Iterable[Studied],
    values: Callable[[Member], list[tuple[str, str]]],
    covered: Callable[[tuple[Shape, ...]], float],
) -> list[Count]:
    """Count members by one of their values, the most frequent first; a member may have several."""
    found: dict[str, list[Studied]] = {}
    names: dict[str, str] = {}
    for member in members:
        for id_, name in values(member.report):
            found.setdefault(id_, []).append(member)
            names[id_] = name
    counts = [
        Count(
            id=id_,
            name=names[id_],
            members=len(some),
            blocks=sum(len(one.report.blocks) for one in some),
            area_km2=_added(some),
            area_covered_km2=covered(_shapes(some)),
        )
        for id_, some in found.items()
    ]
    return sorted(counts, key=lambda one: -one.members)


def _group_notes(members: Iterable[Member]) -> list[str]:
    return [
        _("{member} has no area that is drawn: it is in no total, overlap or distance.").format(
            member=member.name
        )
        for member in members
        if member.is_counted and not member.blocks
    ]


# --- Notes and sources --------------------------------------------------------------------------------------


def _notes(members: Sequence[Member]) -> list[str]:
    notes = [
        _(
            "Shapes are those drawn today, on every day looked back to: before parts were relinquished an "
            "area was larger, and an application may have covered other ground when it was first filed."
        ),
        _("Areas and distances are computed on the WGS 84 ellipsoid; shares are of those areas."),
        _(
            "An overlap no wider than the layers are accurate may come from drawing alone; the text leaves "
            "it out, the tables mark it."
        ),
        _(
            "What each legal order says is for the member's own holder and mineral, on the day; instruments "
            "that the holder may have and that no source shows are taken as not known."
        ),
        _("A published area is that of the contract as concluded; nothing is relinquished from it here."),
    ]
    if any(member.is_counted and member.depth is None and member.blocks for member in members):
        notes.append(_("Where no depth is given, the depth grid has none there."))
    return notes


def _sources(members: Iterable[Studied], crossings: Iterable[Crossing], atlas: Atlas) -> list[SourceUsed]:
    layers = {
        feature.layer: None
        for one in members
        if one.member.instrument
        for feature in one.member.instrument.features
    }
    layers |= {atlas.attributes_of(crossing.features[0]).layer: None for crossing in crossings}
    layers["maritime_zones"] = None
    catalogue = load_catalogue()
    return [
        SourceUsed(
            id=layer.id,
            title=_(layer.title),
            source=layer.source,
            vintage=layer.vintage,
            licence=layer.licence,
        )
        for layer in (catalogue[id_] for id_ in layers if id_ in catalogue)
    ]
