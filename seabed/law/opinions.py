"""From rules that hold to what each legal order says about the whole site.

Each distinct combination of zones is judged once; the site takes the strictest answer, with the shares.
Orders stand side by side: nothing here weighs one against another, `conflicts` only points at where they
contradict each other.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Literal

from seabed.contract import (
    Conflict,
    Contingency,
    Duty,
    Instrument,
    Opinion,
    Position,
    Verdict,
    ZoneOpinion,
)
from seabed.language import (
    N_,
    _,
    all_of,
    alternatives,
    aside,
    dated,
    list_of,
    pick,
    sentence,
    sentences,
    spoken,
)
from seabed.law.engine import (
    VERDICT_EFFECTS,
    Branch,
    Diagram,
    InstrumentState,
    Program,
    Run,
    decide,
    facts_of,
    given,
    instruments,
    verdicts_in,
)
from seabed.law.logic import Condition, Is, Truth, evaluate
from seabed.law.paths import Footing, paths_to
from seabed.law.rules import Effect, Rule, RuleBook
from seabed.law.trace import as_data, trace_rules

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from seabed.law.facts import Spot

#: The strictest answer first; a site in several zones takes the first that any of its parts gets.
STRICTNESS = (
    Verdict.PROHIBITED,
    Verdict.CONTINGENT,
    Verdict.AUTHORISATION_REQUIRED,
    Verdict.PERMITTED,
    Verdict.NOT_MODELLED,
    Verdict.NOT_APPLICABLE,
)

_VERDICTS = {
    Verdict.PROHIBITED: N_("prohibited"),
    Verdict.CONTINGENT: N_("contingent"),
    Verdict.AUTHORISATION_REQUIRED: N_("authorisation required"),
    Verdict.PERMITTED: N_("permitted"),
    Verdict.NOT_MODELLED: N_("not modelled"),
    Verdict.NOT_APPLICABLE: N_("not applicable"),
}


@dataclass(frozen=True)
class SpotOnSite:
    """A spot with the part of the site it stands for.

    ``extent`` is ``certain``; or ``strip``, a part so thin that it may not exist; or ``across``, a place
    beyond a limit, near enough that the site may lie there instead. The last two can make an answer
    contingent, never stricter; ``doubt`` puts what is not known as a question.
    """

    spot: Spot
    zones: tuple[str, ...]
    share: float
    extent: Literal["certain", "strip", "across"] = "certain"
    doubt: str = ""

    @property
    def certain(self) -> bool:
        """Whether the site surely reaches here."""
        return self.extent == "certain"


@dataclass(frozen=True)
class _Finding:
    """One order's answer for one spot."""

    at: SpotOnSite
    run: Run
    diagram: Diagram

    @property
    def verdict(self) -> Verdict:
        return Verdict.CONTINGENT if isinstance(self.diagram, Branch) else self.diagram


class _Blanks(dict[str, str]):
    """Names for the placeholders in titles; a name with nothing to stand for shows as a question mark."""

    def __missing__(self, key: str) -> str:
        return "?"


def opine(order: str, on: dt.date, spots: Sequence[SpotOnSite], book: RuleBook) -> Opinion:
    """Return what one legal order says on one day about a site made of these spots."""
    program = Program(order, on, book)
    findings = [_find(at, program) for at in spots]
    certain = [f for f in findings if f.at.certain]
    main = min(certain, key=lambda f: (STRICTNESS.index(f.verdict), -f.at.share))
    limits = _limit_contingencies(main.verdict, findings)
    verdict = Verdict.CONTINGENT if limits else main.verdict
    contingencies = [*limits, *_contingencies(certain, program)]
    needed = _instruments(certain, program)
    reasons = _reasons(main, needed)
    deciding = program.run(main.at.spot.facts, only_deciding=True)
    shown = [f for f in certain if f.verdict is not Verdict.NOT_APPLICABLE] or certain
    positions = _positions(certain)
    opinion = Opinion(
        order=order,
        name=pick(book.orders[order].name),
        verdict=verdict,
        contested=bool(positions),
        summary=_summary(verdict, main, needed, reasons, contingencies, program),
        authorities=list(dict.fromkeys(i.authority for i in needed if i.held is not True)),
        instruments=needed,
        rights=_duties(shown, Effect.GRANTS),
        obligations=_duties(shown, Effect.OBLIGES),
        risks=_settled_and_open(shown, Effect.WARNS, program),
        exposure=_settled_and_open(shown, Effect.EXPOSES, program),
        paths=paths_to(program, [_footing(f, program) for f in certain]),
        positions=positions,
        contingent_on=contingencies,
        by_zone=[
            ZoneOpinion(
                zones=list(f.at.zones),
                share=f.at.share,
                verdict=f.verdict,
                contested=bool(_positions([f])),
                summary=_summary(
                    f.verdict, f, needed_here, _reasons(f, needed_here), _contingencies([f], program), program
                ),
            )
            for f in findings
            if f.at.extent != "across"
            for needed_here in [_instruments([f], program)]
        ],
        reasons=reasons,
        notes=_duties(shown, Effect.NOTES),
        not_modelled=_gaps(shown, order, on, book),
        trace={
            "order": order,
            "zones": list(main.at.zones),
            "rules": as_data(trace_rules(deciding, book.facts, _Blanks(main.at.spot.names))),
        },
    )
    opinion.cites = _cites(opinion)
    return opinion


def _find(at: SpotOnSite, program: Program) -> _Finding:
    run = program.run(at.spot.facts)
    return _Finding(at, run, decide(program, at.spot.facts, run))


# --- Instruments --------------------------------------------------------------------------------------------


def _instruments(findings: Iterable[_Finding], program: Program) -> list[Instrument]:
    """Merge what the spots require; an instrument counts as held only if it is held at every spot asking."""
    merged: dict[str, Instrument] = {}
    authorities: dict[str, dict[str, None]] = {}
    for finding in findings:
        for name, state in instruments(finding.run).items():
            new = _instrument(name, state, finding, program)
            authorities.setdefault(name, {})[new.authority] = None
            old = merged.get(name)
            if old is None:
                merged[name] = new
                continue
            old.held = _and(old.held, new.held)
            old.obtainable = _and(old.obtainable, new.obtainable)
            old.why_not = _once([*old.why_not, *new.why_not])
    for name, instrument in merged.items():
        instrument.authority = all_of(authorities[name])
    return list(merged.values())


def _instrument(name: str, state: InstrumentState, finding: _Finding, program: Program) -> Instrument:
    asking = _rules_naming(name, finding.run, Effect.REQUIRES)
    barring = _rules_naming(name, finding.run, Effect.BARS)
    declared = program.book.instruments[name]
    there = finding.at.spot.names.get(declared.named_by or "", "?")
    return Instrument(
        id=name,
        name=pick(declared.name),
        authority=there
        if there != "?"
        else _(next((r.then.authority for r in asking if r.then.authority), declared.authority)),
        cite="; ".join(dict.fromkeys(r.cite for r in asking)),
        held=_known(state.held),
        obtainable=_known(~state.barred),
        why_not=[
            _duty(rule, finding.at.spot, _open_question(rule, finding.run, program)) for rule in barring
        ],
    )


def _footing(finding: _Finding, program: Program) -> Footing:
    """Say where the applicant stands at one spot, for the paths."""
    run = finding.run
    prohibiting = [(rule, truth) for rule, truth in run.effective(Effect.PROHIBITS)]
    return Footing(
        run=run,
        needed={needed.id: needed for needed in _instruments([finding], program)},
        stages=finding.at.spot.stages,
        prohibited=reduce(or_, (truth for _, truth in prohibiting), Truth.FALSE),
        prohibiting=[
            _duty(rule, finding.at.spot, _open_question(rule, run, program))
            for rule, truth in prohibiting
            if truth is not Truth.FALSE
        ],
    )


def _rules_naming(name: str, run: Run, effect: Effect) -> list[Rule]:
    """List the rules of an effect that name an instrument for the activity and are not ruled out."""
    found = []
    for rule, truth in run.effective(effect):
        for activity, names in rule.then.instruments.items():
            here = (
                Truth.TRUE
                if activity == "any"
                else evaluate(Is("activity", frozenset({activity})), run.facts)
            )
            if name in names and truth & here is not Truth.FALSE:
                found.append(rule)
    return _unique(found)


def _unique(rules: Iterable[Rule]) -> list[Rule]:
    return list({rule.id: rule for rule in rules}.values())


def _known(truth: Truth) -> bool | None:
    return None if truth is Truth.UNKNOWN else truth is Truth.TRUE


def _and(a: bool | None, b: bool | None) -> bool | None:  # noqa: FBT001 - Kleene's and over held or not
    if a is False or b is False:
        return False
    return None if a is None or b is None else True


# --- Sentences ----------------------------------------------------------------------------------------------


def _duty(rule: Rule, spot: Spot, open_question: str = "") -> Duty:
    title = pick(rule.title).format_map(_Blanks(spot.names))
    return Duty(text=aside(title, open_question), cite=rule.cite, rule=rule.id)


def _duties(findings: Iterable[_Finding], effect: Effect) -> list[Duty]:
    """List the sentences of the rules that hold at any of the spots."""
    found = {}
    for finding in findings:
        for rule, truth in finding.run.effective(effect):
            if truth is Truth.TRUE:
                duty = _duty(rule, finding.at.spot)
                found[rule.id, duty.text] = duty
    return list(found.values())


def _once(duties: Iterable[Duty]) -> list[Duty]:
    return list({(duty.rule, duty.text): duty for duty in duties}.values())


def _settled_and_open(findings: Sequence[_Finding], effect: Effect, program: Program) -> list[Duty]:
    """List the sentences that hold at any of the spots, then those that turn on a question still open."""
    open_ = [
        _duty(rule, finding.at.spot, _open_question(rule, finding.run, program))
        for finding in findings
        for rule, truth in finding.run.effective(effect)
        if truth is Truth.UNKNOWN
    ]
    return _once([*_duties(findings, effect), *open_])


def _open_question(rule: Rule, run: Run, program: Program) -> str:
    """Say, for a rule that is not settled, what it turns on; nothing for one that is."""
    if run.outcomes[rule.id].effective is not Truth.UNKNOWN:
        return ""
    questions = sentences(pick(program.book.facts[fact].question) for fact in program.unknowns(rule, run))
    return _("open: {questions}").format(questions=questions)


def _reasons(finding: _Finding, needed: Sequence[Instrument]) -> list[Duty]:
    """List the provisions that the verdict for a spot rests on, the decisive ones first."""
    run, spot = finding.run, finding.at.spot
    # What asks for an instrument that is held decides less than what asks for one that is missing.
    by_lack = sorted(needed, key=lambda i: (False, None, True).index(i.held))
    requiring = [r for i in by_lack for r in _rules_naming(i.id, run, Effect.REQUIRES)]
    decisive: list[Rule] = []
    match finding.verdict:
        case Verdict.PROHIBITED:
            decisive = [r for r, t in run.effective(Effect.PROHIBITS) if t is Truth.TRUE]
            open_ = [i.id for i in needed if i.held is not True]
            decisive += [
                r
                for i in open_
                for r in _rules_naming(i, run, Effect.BARS)
                if run.outcomes[r.id].effective is Truth.TRUE
            ]
            decisive += requiring
        case Verdict.AUTHORISATION_REQUIRED:
            decisive = requiring
        case Verdict.PERMITTED:
            decisive = [r for r, t in run.effective(Effect.PERMITS) if t is Truth.TRUE] + requiring
        case Verdict.CONTINGENT:
            decisive = [r for r, t in run.effective(*VERDICT_EFFECTS) if t is Truth.UNKNOWN]
        case _:
            decisive = _why_silent(run)
    return [_duty(rule, spot) for rule in _unique(decisive)]


def _why_silent(run: Run) -> list[Rule]:
    """List the definitions that keep an order from reaching here: terms its rules need, not met."""
    terms = {fact for rule, _ in run.effective(*VERDICT_EFFECTS) for fact in rule.facts}
    return [
        rule
        for rule, truth in run.effective(Effect.DEFINES)
        if truth is Truth.FALSE and rule.then.fact in terms
    ]


def _positions(findings: Iterable[_Finding]) -> list[Position]:
    """List who holds what where a rule that holds is read differently."""
    found: dict[str, Position] = {}
    for finding in findings:
        for outcome in finding.run.outcomes.values():
            contested = outcome.rule.contested
            if contested and outcome.effective is Truth.TRUE:
                for side in contested.positions:
                    found[side.says.en] = Position(
                        holders=[_(holder) for holder in side.holders],
                        says=pick(side.says),
                        since=side.since,
                        cite=side.cite,
                    )
    return list(found.values())


def _gaps(findings: Iterable[_Finding], order: str, on: dt.date, book: RuleBook) -> list[str]:
    """List what the order's instruments say that is left out and may matter at any of the spots."""
    found: dict[str, None] = {}
    for file in book.files:
        if file.order != order or not file.in_force.covers(on):
            continue
        for gap in file.not_modelled:
            if any(evaluate(gap.when, f.run.facts) is not Truth.FALSE for f in findings):
                found[_("{cite}: {what}").format(cite=gap.cite, what=_(gap.what))] = None
    return list(found)


def _cites(opinion: Opinion) -> list[str]:
    lists: tuple[Iterable[Any], ...] = (
        opinion.reasons,
        opinion.instruments,
        opinion.notes,
        opinion.rights,
        opinion.obligations,
        opinion.risks,
        opinion.exposure,
        opinion.positions,
    )
    return list(dict.fromkeys(item.cite for items in lists for item in items))


# --- What would settle it -----------------------------------------------------------------------------------


def _contingencies(findings: Iterable[_Finding], program: Program) -> list[Contingency]:
    found: dict[str, Contingency] = {}
    for finding in findings:
        for fact in facts_of(finding.diagram):
            answers = {
                _answer(value): sorted(given(finding.diagram, fact, value), key=STRICTNESS.index)
                for value in program.domain(fact)
            }
            found.setdefault(
                fact,
                Contingency(
                    fact=fact,
                    question=pick(program.book.facts[fact].question),
                    answers=answers,
                    cites=program.cites_of(fact),
                ),
            )
    return sorted(found.values(), key=lambda c: sum(len(v) for v in c.answers.values()) / len(c.answers))


def _answer(value: str | bool) -> str:  # noqa: FBT001 - a value, not a flag
    return ("yes" if value else "no") if isinstance(value, bool) else value


def _limit_contingencies(verdict: Verdict, findings: Sequence[_Finding]) -> list[Contingency]:
    """Say where an inexactly known limit leaves the answer open.

    A strip that may not exist matters only if its answer is stricter; a place that the site may lie in
    instead matters if its answer is different.
    """
    return [
        Contingency(
            fact="place.kind",
            question=f.at.doubt,
            answers={
                _("where the layer puts it"): [verdict],
                _("in {zones}").format(zones=all_of(f.at.zones)): sorted(
                    verdicts_in(f.diagram), key=STRICTNESS.index
                ),
            },
        )
        for f in findings
        if (f.at.extent == "across" and f.verdict is not verdict)
        or (f.at.extent == "strip" and STRICTNESS.index(f.verdict) < STRICTNESS.index(verdict))
    ]


# --- The summary --------------------------------------------------------------------------------------------


def _summary(
    verdict: Verdict,
    main: _Finding,
    needed: Sequence[Instrument],
    reasons: Sequence[Duty],
    contingencies: Sequence[Contingency],
    program: Program,
) -> str:
    missing = [i for i in needed if i.held is not True]
    first = reasons[0].text if reasons else ""
    match verdict:
        case Verdict.PROHIBITED:
            return _("Prohibited here for this applicant. {reason}").format(reason=sentence(first))
        case Verdict.AUTHORISATION_REQUIRED:
            return _lawful_only_with(missing)
        case Verdict.PERMITTED:
            held = _article(list_of(i.name for i in needed))
            words = _("Permitted: this applicant holds {instruments} here.") if held else ""
            return (words or _("Permitted. {reason}")).format(instruments=held, reason=sentence(first))
        case Verdict.CONTINGENT:
            outcomes = verdicts_in(main.diagram).union(
                *(v for c in contingencies for v in c.answers.values())
            )
            return _("Turns on facts that are not known: {verdicts}. {question}").format(
                verdicts=alternatives(verdict_words(v) for v in STRICTNESS if v in outcomes),
                question=contingencies[0].question,
            )
        case _:
            if not program.rules:
                return _(
                    "No rule of this order that is encoded here was in force on {day}; whatever law was in "
                    "force then is not modelled."
                ).format(day=dated(program.on))
            not_met = _("Not met: {reason}").format(reason=sentence(first)) if first else ""
            return sentences([_("This order asks nothing of this applicant here."), not_met])


def _lawful_only_with(missing: Sequence[Instrument]) -> str:
    wanted = _article(list_of(aside(i.name, i.authority) for i in missing))
    unsure = [i.name for i in missing if i.held is None]
    if not unsure or len(unsure) == len(missing):
        return _("Lawful only with {instruments}, which this applicant does not hold here.").format(
            instruments=wanted
        )
    return _(
        "Lawful only with {instruments}. This applicant does not hold {lacking} here; whether it holds "
        "{unsure} is not known."
    ).format(
        instruments=wanted,
        lacking=_article(list_of(i.name for i in missing if i.held is False)),
        unsure=_article(list_of(unsure)),
    )


def verdict_words(verdict: Verdict) -> str:
    """Return a verdict in words, in the language being spoken."""
    return _(_VERDICTS[verdict])


def _article(words: str) -> str:
    if not words or spoken() != "en":
        return words
    return f"{'an' if words[0].lower() in 'aeio' else 'a'} {words}"


# --- Between orders -----------------------------------------------------------------------------------------


def find_conflicts(
    opinions: Sequence[Opinion], spots: Sequence[SpotOnSite], book: RuleBook
) -> list[Conflict]:
    """List the points on which two orders contradict each other for this site and applicant."""
    by_order = {opinion.order: opinion for opinion in opinions}
    found = []
    for rule in book.conflicts:
        pair = [by_order.get(order) for order in rule.orders]
        verdicts_fit = all(
            o and o.verdict.value in wanted for o, wanted in zip(pair, rule.verdicts, strict=True)
        )
        if verdicts_fit and any(_holds_at(rule.when, at.spot.facts) for at in spots if at.certain):
            found.append(
                Conflict(
                    orders=list(rule.orders),
                    about=pick(rule.about),
                    explanation=pick(rule.explanation),
                    cites=list(rule.cites),
                )
            )
    return found


def _holds_at(condition: Condition, facts: Mapping[str, Any]) -> bool:
    return evaluate(condition, facts) is Truth.TRUE
