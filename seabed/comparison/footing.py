"""What each legal order says of a member for its own holder and mineral: the pieces of an assessment."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.assessment import find_spots
from seabed.atlas.around import Surroundings
from seabed.comparison.contract import Footing, PartVerdict
from seabed.law.opinions import opine
from seabed.question import Activity, Mineral, Question, profiles, read_applicant
from seabed.shelf import find_claims

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

    from seabed.atlas.store import Atlas
    from seabed.comparison.contract import Side
    from seabed.comparison.members import Studied
    from seabed.contract import Opinion, Verdict
    from seabed.law.registers import Registers
    from seabed.law.rules import RuleBook

#: The orders that are put side by side.
ORDERS = ("unclos", "usa", "chn")
_ACTIVITIES = (Activity.EXPLORATION, Activity.EXPLOITATION)


def footings(
    side: Side,
    members: Iterable[Studied],
    on: dt.date,
    atlas: Atlas,
    book: RuleBook,
    registers: Registers,
) -> list[Footing]:
    """Ask each order about exploration and exploitation of each member that is counted and has a shape."""
    return [
        footing
        for one in members
        if one.is_measured
        for footing in _of_member(side, one, on, atlas, book, registers)
    ]


def _of_member(
    side: Side, one: Studied, on: dt.date, atlas: Atlas, book: RuleBook, registers: Registers
) -> Iterator[Footing]:
    if one.location is None or one.shape is None:
        return
    report = one.report
    states = {code: state.name for code, state in registers.states.items()}
    known = report.holder_id in profiles() if report.holder_id else False
    who = read_applicant(report.holder_id, states)[0] if report.holder_id and known else None
    mineral = Mineral(report.mineral) if report.mineral in [m.value for m in Mineral] else None
    shelf = find_claims(one.location, Surroundings(one.shape.geometry), on, atlas, registers)
    for activity in _ACTIVITIES:
        question = Question(applicant=who, activity=activity, mineral=mineral, on=on)
        spots = find_spots(one.location, shelf, question, book, registers)
        for order in ORDERS:
            opinion = opine(order, on, spots, book)
            yield Footing(
                side=side,
                member=report.key,
                activity=activity.value,
                order=order,
                order_name=opinion.name,
                verdict=opinion.verdict,
                contested=opinion.contested,
                summary=opinion.summary,
                parts=_parts(opinion),
                contingent_on=[one.question for one in opinion.contingent_on],
                cites=opinion.cites,
            )


def _parts(opinion: Opinion) -> list[PartVerdict]:
    shares: dict[tuple[Verdict, bool], float] = {}
    for zone in opinion.by_zone:
        key = (zone.verdict, zone.contested)
        shares[key] = shares.get(key, 0.0) + zone.share
    ranked = sorted(shares.items(), key=lambda one: -one[1])
    return [
        PartVerdict(verdict=verdict, contested=contested, share=share)
        for (verdict, contested), share in ranked
    ]
