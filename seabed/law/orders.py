"""Which legal orders may speak of a site and an applicant, and what of them is not encoded."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seabed.atlas.locate import THE_AREA, Location
from seabed.contract import Opinion, Verdict
from seabed.language import _, aside, clauses, sentences
from seabed.law.opinions import SpotOnSite, opine

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seabed.law.registers import NationalLaw, Registers
    from seabed.law.rules import RuleBook
    from seabed.question import Question
    from seabed.shelf import ShelfClaims

#: The orders that speak of every place and everybody; those of other States only where they are concerned.
_EVERYWHERE = ("unclos", "usa", "chn")

_BBNJ_IN_FORCE = dt.date(2026, 1, 17)


@dataclass(slots=True)
class _Concern:
    """Why a State's own law may speak, and whether the site lies in zones of its own, or may."""

    why: list[str] = field(default_factory=list)
    is_coastal: bool = False


def ask_orders(
    location: Location,
    shelf: ShelfClaims,
    question: Question,
    spots: Sequence[SpotOnSite],
    book: RuleBook,
    registers: Registers,
) -> list[Opinion]:
    """Ask the orders that may speak here of this applicant; where they have no rules, name them."""
    concerned = _concerned(location, shelf, question)
    is_area = any(part.jurisdiction is THE_AREA for part in location.parts)
    orders = [*_EVERYWHERE, *(["bbnj"] if is_area and question.on >= _BBNJ_IN_FORCE else [])]
    found = [opine(order, question.on, spots, book) for order in orders if order in book.modelled_orders]
    for opinion in found:
        concern = concerned.pop(opinion.order.upper(), None)
        if concern:
            _name_what_is_missing(opinion, opinion.order.upper(), concern, location, question, registers)
    for state, concern in concerned.items():
        order = state.lower()
        if any(rule.in_force.covers(question.on) for rule in book.rules(order)):
            opinion = opine(order, question.on, spots, book)
            _name_what_is_missing(opinion, state, concern, location, question, registers)
        else:
            opinion = _not_modelled(state, concern, location, question, registers)
        found.append(opinion)
    return found


def _concerned(location: Location, shelf: ShelfClaims, question: Question) -> dict[str, _Concern]:
    """Collect the States whose own law may speak, so that silence is never taken for consent."""
    found: dict[str, _Concern] = {}

    def add(states: Iterable[str | None], why: str, *, is_coastal: bool = False) -> None:
        for state in filter(None, states):
            concern = found.setdefault(state, _Concern())
            concern.why += [why] if why not in concern.why else []
            concern.is_coastal |= is_coastal

    for part in location.parts:
        states = part.jurisdiction.claimants or (part.jurisdiction.state,)
        add(states, _("the coastal State's own law applies in its zones"), is_coastal=True)
    for near in shelf.near:
        words = _("its own law applies if its continental shelf beyond 200 M reaches the site")
        add(near.claim.states, words, is_coastal=True)
    if question.applicant:
        who = question.applicant
        add(
            (who.nationality or who.incorporated_in,),
            _("the applicant's State of nationality may ask for a licence of its own"),
        )
        add(who.sponsors or (), _("a sponsoring State's law binds the contractor it sponsors"))
        add(who.controlled_by or (), _("its nationals control the applicant"))
    return found


def _laws(
    state: str, concern: _Concern, location: Location, on: dt.date, registers: Registers
) -> list[NationalLaw]:
    """List the State's laws that may apply to the site, encoded or not, the earliest first."""
    is_area = any(part.jurisdiction is THE_AREA for part in location.parts)
    return [
        *(registers.laws_of(state, on, "national_zones") if concern.is_coastal else ()),
        *(
            law
            for law in (registers.laws_of(state, on, "area") if is_area else ())
            if not (concern.is_coastal and "national_zones" in law.covers)
        ),
    ]


def _not_modelled(
    state: str, concern: _Concern, location: Location, question: Question, registers: Registers
) -> Opinion:
    """Name a State's law of which no rule is encoded for the day."""
    laws = [law for law in _laws(state, concern, location, question.on, registers) if law.rules is None]
    known = clauses(_law_name(law) for law in laws)
    why = _("No rules of it are encoded here, but it may speak: {reasons}.").format(
        reasons=clauses(concern.why)
    )
    return Opinion(
        order=state.lower(),
        name=registers.state_name(state),
        verdict=Verdict.NOT_MODELLED,
        contested=False,
        summary=sentences([why, _("Known by name: {laws}.").format(laws=known) if known else ""]),
        cites=[law.citation for law in laws],
        not_modelled=[_what_it_says(law) for law in laws],
    )


def _law_name(law: NationalLaw) -> str:
    return aside(_(law.title), law.citation)


def _what_it_says(law: NationalLaw) -> str:
    return _("{law}: {summary}").format(law=_law_name(law), summary=_(law.summary))


def _name_what_is_missing(
    opinion: Opinion,
    state: str,
    concern: _Concern,
    location: Location,
    question: Question,
    registers: Registers,
) -> None:
    """Say what of a State's law is not encoded, and take back a silence that only shows that.

    Rules on the Area alone have nothing to say in the State's own zones, where its law applies all the same.
    """
    laws = _laws(state, concern, location, question.on, registers)
    opinion.not_modelled += [_what_it_says(law) for law in laws if law.rules is None]
    if not concern.is_coastal or any(law.rules and "national_zones" in law.covers for law in laws):
        return
    words = _("Its law on the minerals of its own zones applies here and is not encoded.")
    opinion.not_modelled.append(words)
    for part, answer in zip(location.parts, opinion.by_zone, strict=True):
        if state in (part.jurisdiction.claimants or (part.jurisdiction.state,)):
            answer.verdict, answer.summary = Verdict.NOT_MODELLED, words
    is_inside = any(answer.verdict is Verdict.NOT_MODELLED for answer in opinion.by_zone)
    if is_inside and opinion.verdict in {Verdict.PERMITTED, Verdict.NOT_APPLICABLE}:
        opinion.verdict, opinion.summary = Verdict.NOT_MODELLED, words
        opinion.reasons = []
