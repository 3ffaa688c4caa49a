"""How an instrument stood on a day, and how the two groups stood on the days looked back to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.comparison.contract import GroupOnDay, Moment, StateOnDay
from seabed.comparison.words import STAGES, spoken_in
from seabed.language import _, all_of, clauses, pick
from seabed.law.logic import Truth

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from seabed.comparison.contract import State
    from seabed.comparison.groups import Instrument, NamedMoment, TieEntry
    from seabed.law.registers import IsaApplication, Registers, Stage, UsFiling

#: A member as the timeline needs it: what it is, its tie, and its area (drawn, published) in km2.
Entry = tuple["Instrument | None", "TieEntry | None", float | None, float | None]


def standing_on(instrument: Instrument | None, on: dt.date, registers: Registers) -> tuple[State, str]:
    """Return how an instrument stood on a day, and why in words; a place of the user's is in no register."""
    if instrument is None:
        return "unknown", _("in no register")
    ref = instrument.ref
    if contract := registers.contracts.get(ref):
        status = registers.contract_status(ref, on)
        return _state(status.stands, on, contract.terms[0].from_), status.words
    if filing := registers.us_filings.get(ref):
        return _filing(filing, on, registers)
    if application := registers.isa_applications.get(ref):
        return _isa_application(application, on)
    return "unknown", _("in the layers only: no register has its dates")


def _isa_application(application: IsaApplication, on: dt.date) -> tuple[State, str]:
    if application.filed is None:
        return "unknown", clauses((_("filed on a day that no source gives"), _(application.status)))
    filed = _("filed on {day}").format(day=application.filed)
    return (
        ("not_yet", filed) if on < application.filed else ("pending", clauses((filed, _(application.status))))
    )


def _state(stands: Truth, on: dt.date, first: dt.date | None) -> State:
    match stands:
        case Truth.TRUE:
            return "in_force"
        case Truth.UNKNOWN:
            return "unknown"
        case _:
            return "not_yet" if first and on < first else "ended"


def _filing(filing: UsFiling, on: dt.date, registers: Registers) -> tuple[State, str]:
    days = [day for stage in filing.stages if (day := stage.on or stage.not_before or stage.not_after)]
    first = min(days, default=None)
    if filing.term:
        if filing.term.from_ is None and first and on < first:
            return "unknown", _("issued on a day that no source gives, by {day} at the latest").format(
                day=first
            )
        status = registers.us_filing_status(filing.ref, on)
        return _state(status.stands, on, filing.term.from_), status.words
    taken = [stage for stage in filing.stages if stage.reached(on) is not Truth.FALSE]
    if not taken:
        return "not_yet", _("not known to have been filed; first known step {when}").format(
            when=filing.stages[0].words if filing.stages else _("not known")
        )
    return "pending", _("applied for; last known step: {step}, {when}").format(
        step=spoken_in(STAGES, taken[-1].stage), when=_when(taken[-1], on)
    )


def _when(stage: Stage, on: dt.date) -> str:
    if stage.reached(on) is Truth.TRUE:
        return stage.words
    return _("{when}, perhaps not yet").format(when=stage.words)


def is_counted(state: State, tie: TieEntry | None, on: dt.date) -> bool:
    """Whether a member is reckoned to its group on a day: it is the group's, and has begun and not ended."""
    return state not in {"ended", "not_yet"} and (tie is None or tie.holds(on))


def moments_of(
    a: Mapping[str, Entry],
    b: Mapping[str, Entry],
    looked_back_to: Sequence[NamedMoment],
    on: dt.date,
    registers: Registers,
) -> list[Moment]:
    """Return both groups on each day looked back to before the day asked about, and on that day."""
    days = [(moment.on, pick(moment.title)) for moment in looked_back_to if moment.on < on]
    return [
        Moment(on=day, title=title, a=_group(a, day, registers), b=_group(b, day, registers))
        for day, title in [*days, (on, _("On the day asked about"))]
    ]


def _group(entries: Mapping[str, Entry], on: dt.date, registers: Registers) -> GroupOnDay:
    members: list[StateOnDay] = []
    for key, (instrument, tie, area, published) in entries.items():
        state, words = standing_on(instrument, on, registers)
        counted = is_counted(state, tie, on)
        if tie and not tie.holds(on) and state not in {"ended", "not_yet"}:
            words = all_of((words, _("not of this group on that day")))
        stood = state not in {"ended", "not_yet"}
        members.append(
            StateOnDay(
                member=key,
                is_counted=counted,
                state=state,
                words=words,
                area_km2=area if stood else None,
                area_published_km2=published if stood else None,
            )
        )
    counted_ones = [one for one in members if one.is_counted]

    def of(state: State) -> list[StateOnDay]:
        return [one for one in counted_ones if one.state == state]

    def total(state: State) -> float:
        return sum(one.area_km2 or 0.0 for one in of(state))

    return GroupOnDay(
        in_force=len(of("in_force")),
        pending=len(of("pending")),
        unknown=len(of("unknown")),
        area_in_force_km2=total("in_force"),
        area_pending_km2=total("pending"),
        area_unknown_km2=total("unknown"),
        members=members,
    )
