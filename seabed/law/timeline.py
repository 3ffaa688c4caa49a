"""The dated facts that bear on one site: of what covers it, of the laws that reach it, of their setting.

Nothing after the day asked about is told, but the day on which a term then runs out.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, NamedTuple

from seabed.atlas.locate import JURISDICTION_KINDS
from seabed.contract import DatedFact, Verdict
from seabed.language import _, clauses, listed
from seabed.law.logic import Truth
from seabed.law.standing import stage_name

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from seabed.contract import Opinion, Zone
    from seabed.law.registers import Event, Registers, Stage, Term
    from seabed.question import Question

#: Which order an event of the register is about; one about States is told if it names a State of the site.
_ORDER_OF = {"convention": "unclos", "isa": "unclos", "itlos": "unclos", "usa": "usa", "bbnj": "bbnj"}
#: What covers less than this share of the site brings no dates of its own: its edge may only be drawn there.
_SLIVER = 0.001


def timeline_of(
    opinions: Sequence[Opinion], zones: Sequence[Zone], question: Question, registers: Registers
) -> list[DatedFact]:
    """Return the dated facts that bear on a site, the earliest first.

    They are the terms and steps of the contracts, licences, applications and leasing processes on it; the
    entry into force of the laws of the States whose orders speak; and the events of the register about
    those orders, save those that bear on another mineral or on zones of a kind that the site has nothing of,
    or that name only contractors who have nothing to do with the site.
    """
    references = list(dict.fromkeys(zone.id for zone in zones if zone.share >= _SLIVER))
    speaking = {opinion.order for opinion in opinions if opinion.verdict is not Verdict.NOT_APPLICABLE}
    states = {order.upper() for order in speaking if len(order) == 3}
    states |= {zone.state for zone in zones if zone.state}
    covers = {
        "area" if zone.kind == "area" else "national_zones"
        for zone in zones
        if zone.kind in JURISDICTION_KINDS
    }
    found = [
        *_of_instruments(references, question.on, registers),
        *_laws(states, covers, question.on, registers),
        *_events(
            _Site(_here(references, question, registers), {zone.kind for zone in zones}, question.mineral),
            speaking,
            states,
            question.on,
            registers,
        ),
    ]
    unique = {(fact.on, fact.not_after, fact.text): fact for fact in found}
    return sorted(unique.values(), key=lambda fact: fact.on or fact.not_after or dt.date.max)


# --- What covers the site -----------------------------------------------------------------------------------


def _of_instruments(references: Iterable[str], on: dt.date, registers: Registers) -> Iterator[DatedFact]:
    for ref in references:
        if contract := registers.contracts.get(ref):
            for term in contract.terms:
                yield from _term(ref, term, on)
        if filing := registers.us_filings.get(ref):
            yield from _stages(ref, filing.stages, on)
            if filing.term:
                yield from _term(ref, filing.term, on)
        if process := registers.us_leasing.get(ref):
            yield from _stages(ref, process.stages, on)
        application = registers.isa_applications.get(ref)
        if application and application.filed and application.filed <= on:
            yield DatedFact(
                on=application.filed,
                about=ref,
                text=_("{ref}: application to the ISA filed").format(ref=ref),
                source=clauses(application.sources),
            )


def _term(ref: str, term: Term, on: dt.date) -> Iterator[DatedFact]:
    if term.from_ and term.from_ > on:
        return
    basis = _(term.basis).replace("_", " ")
    doubt = {"requested": _("requested"), "unknown": _("not known whether it stands")}.get(term.status, "")
    begins, ends = (
        (_("{ref}: term would begin ({basis})"), _("{ref}: term would end ({basis})"))
        if doubt
        else (_("{ref}: term begins ({basis})"), _("{ref}: term ends ({basis})"))
    )
    for day, says, is_sourced in (
        (term.from_, begins, term.from_sourced),
        (term.to, ends, term.to_sourced),
    ):
        if day:
            notes = [doubt, "" if is_sourced else _("day computed")]
            text = says.format(ref=ref, basis=listed(filter(None, (basis, *notes))))
            yield DatedFact(on=day, about=ref, text=text, source=term.source or "")


def _stages(ref: str, stages: Iterable[Stage], on: dt.date) -> Iterator[DatedFact]:
    told = set()
    for stage in stages:
        if stage.reached(on) is not Truth.FALSE:
            says = _("{ref}: {step}, anew") if stage.stage in told else _("{ref}: {step}")
            told.add(stage.stage)
            yield DatedFact(
                on=stage.on,
                not_before=stage.not_before,
                not_after=None if stage.on else stage.not_after,
                about=ref,
                text=says.format(ref=ref, step=stage_name(stage)),
                source=stage.source,
            )


# --- The laws and their setting -----------------------------------------------------------------------------


def _laws(
    states: Collection[str], covers: Collection[str], on: dt.date, registers: Registers
) -> Iterator[DatedFact]:
    for law in registers.national_laws:
        if law.state in states and law.in_force and law.may_apply(on) and law.covers & set(covers):
            yield DatedFact(
                on=law.in_force,
                about=law.state.lower(),
                text=_("{title} ({citation}) is in force").format(title=_(law.title), citation=law.citation),
                source=law.source,
                confidence=law.confidence,
            )


class _Site(NamedTuple):
    contractors: Collection[str]
    kinds: Collection[str]
    mineral: str | None


def _events(
    site: _Site,
    speaking: Collection[str],
    states: Iterable[str],
    on: dt.date,
    registers: Registers,
) -> Iterator[DatedFact]:
    elsewhere = {name for name in _contractors(registers) if name not in site.contractors}
    names_of_states = {registers.states[code].name for code in states if code in registers.states}
    for event in registers.timeline:
        if event.latest <= on and _bears(event, site, elsewhere, speaking, names_of_states):
            yield DatedFact(
                on=event.on,
                not_before=event.not_before,
                not_after=event.not_after,
                about=_ORDER_OF.get(event.about, "states"),
                text=_(event.text),
                source=event.source,
                confidence=event.confidence,
            )


def _bears(
    event: Event,
    site: _Site,
    elsewhere: Collection[str],
    speaking: Collection[str],
    names_of_states: Collection[str],
) -> bool:
    named = " / ".join((event.text, *event.names))
    if _names_one(named, site.contractors):
        return True
    if _names_one(named, elsewhere):
        return False
    if event.zone and event.zone not in site.kinds:
        return False
    if event.mineral and site.mineral and event.mineral != site.mineral:
        return False
    if event.about == "states":
        return _names_one(event.text, names_of_states)
    return _ORDER_OF[event.about] in speaking


def _names_one(text: str, names: Collection[str]) -> bool:
    return any(re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) for name in names)


def _here(references: Iterable[str], question: Question, registers: Registers) -> set[str]:
    """Name the contractors and applicants on the site, and the one who asks."""
    found: set[str] = set()
    for ref in references:
        if contract := registers.contracts.get(ref):
            found |= _called(contract.contractor, contract.contractor_id)
        if filing := registers.us_filings.get(ref):
            found |= _called(filing.holder, filing.holder_id)
    if question.applicant:
        found |= _called(question.applicant.name or "", question.applicant.id)
    return found


def _contractors(registers: Registers) -> set[str]:
    found: set[str] = set()
    for contract in registers.contracts.values():
        found |= _called(contract.contractor, contract.contractor_id)
    for filing in registers.us_filings.values():
        found |= _called(filing.holder, filing.holder_id)
    return found


def _called(name: str, id_: str | None) -> set[str]:
    """List how texts speak of a company: its name, the short one in brackets, its id in capitals."""
    names = {name, *re.findall(r"\(([A-Z][\w &-]+)\)", name)}
    if id_:
        names.add(id_.upper().replace("-", " "))
    return {one for one in names if len(one) > 2}
