"""Which rules hold, which are defeated, and what the unknown facts could still change.

A `Program` is one order's rules as in force on one day. `run` evaluates it under Kleene logic for one set
of facts; `decide` branches over the unknown facts and returns a reduced ordered decision diagram of the
verdict, so that the facts named as open are exactly those that can still change it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING

from seabed.contract import Verdict
from seabed.errors import RuleError
from seabed.law.logic import All, AnyOf, Facts, Is, Missing, Not, Truth, Value, evaluate
from seabed.law.rules import Effect, Rule, RuleBook

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping

    from seabed.law.logic import Condition


VERDICT_EFFECTS = (Effect.REQUIRES, Effect.BARS, Effect.PROHIBITS, Effect.PERMITS)


class Status(StrEnum):
    """What became of a rule."""

    NOT_IN_FORCE = "not_in_force"
    NOT_APPLICABLE = "not_applicable"  # its scope does not reach here
    HOLDS = "holds"
    FAILS = "fails"  # in scope, but its condition is not met
    UNKNOWN = "unknown"  # its own condition turns on an unknown fact
    DEFEATED = "defeated"  # its condition is met, but a rule that overrides it holds
    CONTINGENT = "contingent"  # its condition is met, but an overriding rule is itself unknown


@dataclass(frozen=True, slots=True)
class Outcome:
    """One rule under one set of facts."""

    rule: Rule
    status: Status
    effective: Truth
    exceptions: tuple[tuple[str, Truth], ...] = ()


@dataclass(frozen=True)
class Run:
    """Every rule in force under one set of facts, and the facts with the defined terms added."""

    outcomes: Mapping[str, Outcome]
    facts: Facts

    def effective(self, *effects: Effect) -> Iterator[tuple[Rule, Truth]]:
        """Iterate over the rules of these effects and how far they stand."""
        for outcome in self.outcomes.values():
            if outcome.rule.then.effect in effects:
                yield outcome.rule, outcome.effective


@dataclass(frozen=True)
class Program:
    """One order's rules in force on one day, sorted so that each is evaluated after what it rests on."""

    order: str
    on: dt.date
    book: RuleBook

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules in force: definitions before their uses, overriding rules before overridden ones."""
        rules = {r.id: r for r in self.book.rules(self.order) if r.in_force.covers(self.on)}
        defines: dict[str, list[str]] = {}
        for rule in rules.values():
            if rule.then.fact:
                defines.setdefault(rule.then.fact, []).append(rule.id)
        needs = {r.id: {d for fact in r.facts for d in defines.get(fact, ())} for r in rules.values()}
        for rule in rules.values():
            for override in rule.overrides:
                if override.rule in needs:
                    needs[override.rule].add(rule.id)
        try:
            return tuple(rules[name] for name in TopologicalSorter(needs).static_order())
        except CycleError as error:
            raise RuleError(f"rules rest on each other in a circle: {' -> '.join(error.args[1])}") from None

    @cached_property
    def _overriders(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, tuple[str, ...]] = {}
        for rule in self.rules:
            for override in rule.overrides:
                found[override.rule] = (*found.get(override.rule, ()), rule.id)
        return found

    @cached_property
    def _defined(self) -> frozenset[str]:
        """Every term that a rule of this order ever defines; never asked of a person."""
        return frozenset(r.then.fact for r in self.book.rules(self.order) if r.then.fact)

    @cached_property
    def _deciding(self) -> tuple[Rule, ...]:
        """The rules that can move a verdict, with the definitions and overrides they rest on."""
        wanted: set[str] = set()
        terms: set[str] = set()
        for rule in reversed(self.rules):
            if rule.then.effect in VERDICT_EFFECTS or rule.then.fact in terms or rule.id in wanted:
                wanted |= {rule.id, *self._overriders.get(rule.id, ())}
                terms |= rule.facts
        return tuple(rule for rule in self.rules if rule.id in wanted)

    def run(self, facts: Facts, *, only_deciding: bool = False) -> Run:
        """Evaluate every rule, or only those that can move a verdict; missing facts are unknown."""
        known: dict[str, Value | Missing] = dict(facts)
        known |= dict.fromkeys(self._defined, False)
        outcomes: dict[str, Outcome] = {}
        for rule in self._deciding if only_deciding else self.rules:
            outcome = self._outcome(rule, known, outcomes)
            outcomes[rule.id] = outcome
            if rule.then.fact:
                known[rule.then.fact] = _as_fact(_lift(known[rule.then.fact]) | outcome.effective)
        return Run(outcomes, known)

    def _outcome(self, rule: Rule, facts: Facts, done: Mapping[str, Outcome]) -> Outcome:
        applies = evaluate(rule.applies, facts)
        own = applies & evaluate(rule.when, facts) if applies is not Truth.FALSE else Truth.FALSE
        exceptions = tuple((name, done[name].effective) for name in self._overriders.get(rule.id, ()))
        defeat = Truth.FALSE
        for _, truth in exceptions:
            defeat |= truth
        if own is Truth.TRUE:
            status = _STATUS_BY_DEFEAT[defeat]
        elif applies is Truth.FALSE:
            status = Status.NOT_APPLICABLE
        else:
            status = Status.UNKNOWN if own is Truth.UNKNOWN else Status.FAILS
        return Outcome(rule, status, own & ~defeat, exceptions)

    @cached_property
    def _support(self) -> Mapping[str, frozenset[str]]:
        """The facts each rule turns on, through the terms it uses and the rules that override it."""
        found: dict[str, frozenset[str]] = {}
        by_term: dict[str, frozenset[str]] = {}
        for rule in self.rules:
            facts = set(rule.facts).union(*(found[name] for name in self._overriders.get(rule.id, ())))
            facts = facts.union(*(by_term.get(fact, frozenset()) for fact in facts)) - self._defined
            found[rule.id] = frozenset(facts)
            if rule.then.fact:
                by_term[rule.then.fact] = by_term.get(rule.then.fact, frozenset()) | found[rule.id]
        return found

    def open_facts(self, run: Run) -> list[str]:
        """List, in the book's order, the unknown facts that the verdict may still turn on."""
        live: set[str] = set()
        for rule, truth in run.effective(*VERDICT_EFFECTS):
            if truth is Truth.UNKNOWN:
                live |= self._support[rule.id]
            if truth is not Truth.FALSE and rule.then.instruments:
                live |= {held_fact(name) for names in rule.then.instruments.values() for name in names}
                live.add("activity")
        return [fact for fact in self.book.facts if fact in live and is_open(run.facts, fact)]

    def unknowns(self, rule: Rule, run: Run) -> list[str]:
        """List, in the book's order, the unknown facts that one rule turns on."""
        return [
            fact for fact in self.book.facts if fact in self._support[rule.id] and is_open(run.facts, fact)
        ]

    def cites_of(self, fact: str) -> list[str]:
        """List the provisions that make a fact matter to the verdict."""
        asking = [r for r in self.rules if r.then.effect in VERDICT_EFFECTS and fact in self._support[r.id]]
        return list(dict.fromkeys(rule.cite for rule in asking))

    def domain(self, fact: str) -> tuple[Value, ...]:
        """Return the answers a fact can have: for a State, those that rules tell apart, and any other."""
        declaration = self.book.facts[fact]
        if declaration.kind == "yes_no":
            return (True, False)
        if declaration.kind == "one_of":
            return declaration.values
        named = {v for rule in self.rules for c in (rule.applies, rule.when) for v in _values_of(c, fact)}
        return (*sorted(str(v) for v in named), "another State")


def is_open(facts: Facts, fact: str) -> bool:
    """Say whether a fact has no answer yet."""
    return facts.get(fact, Missing.NOT_ASKED) in {Missing.DONT_KNOW, Missing.NOT_ASKED}


_STATUS_BY_DEFEAT = {
    Truth.FALSE: Status.HOLDS,
    Truth.TRUE: Status.DEFEATED,
    Truth.UNKNOWN: Status.CONTINGENT,
}


def _lift(value: Value | Missing) -> Truth:
    return Truth.UNKNOWN if isinstance(value, Missing) else Truth.of(bool(value))


def _as_fact(truth: Truth) -> Value | Missing:
    return Missing.DONT_KNOW if truth is Truth.UNKNOWN else truth is Truth.TRUE


def _values_of(condition: Condition, fact: str) -> set[Value]:
    match condition:
        case Is(name, values):
            return set(values) if name == fact else set()
        case All(terms) | AnyOf(terms):
            return set().union(*(_values_of(term, fact) for term in terms))
        case Not(term):
            return _values_of(term, fact)


# --- From rules to a verdict ------------------------------------------------------------------------------


def held_fact(instrument: str) -> str:
    """Name the fact that says whether the applicant holds an instrument for this place."""
    return f"holds.{instrument}"


def _for_activity(run: Run, effect: Effect) -> dict[str, Truth]:
    """Collect, for each instrument that rules of an effect name, how far the naming stands."""
    found: dict[str, Truth] = {}
    for rule, truth in run.effective(effect):
        for activity, names in rule.then.instruments.items():
            here = (
                Truth.TRUE
                if activity == "any"
                else evaluate(Is("activity", frozenset({activity})), run.facts)
            )
            for name in names:
                found[name] = found.get(name, Truth.FALSE) | (truth & here)
    return found


def _required(run: Run) -> dict[str, Truth]:
    return _for_activity(run, Effect.REQUIRES)


@dataclass(frozen=True, slots=True)
class InstrumentState:
    """How one required instrument stands."""

    required: Truth
    held: Truth
    barred: Truth


def instruments(run: Run) -> dict[str, InstrumentState]:
    """Return each instrument that is or may be required, whether it is held, and whether it is barred."""
    barred = _for_activity(run, Effect.BARS)
    return {
        name: InstrumentState(
            required,
            evaluate(Is(held_fact(name), frozenset({True})), run.facts),
            barred.get(name, Truth.FALSE),
        )
        for name, required in _required(run).items()
        if required is not Truth.FALSE
    }


def verdict(run: Run) -> Verdict | None:
    """Return the verdict that the rules settle, or None while unknown facts leave it open.

    Strictest first: a prohibition, or a required instrument that is neither held nor obtainable; then a
    required instrument not held; then a freedom or everything held; else the order does not speak here.
    Each step is monotone in what is known: learning a fact never changes a verdict once given.
    """
    closed = missing = spoken = Truth.FALSE
    for _, truth in run.effective(Effect.PROHIBITS):
        closed |= truth
    for state in instruments(run).values():
        spoken |= state.required
        missing |= state.required & ~state.held
        closed |= state.required & ~state.held & state.barred
    for _, truth in run.effective(Effect.PERMITS):
        spoken |= truth
    for test, result in (
        (closed, Verdict.PROHIBITED),
        (missing, Verdict.AUTHORISATION_REQUIRED),
        (spoken, Verdict.PERMITTED),
    ):
        if test is Truth.TRUE:
            return result
        if test is Truth.UNKNOWN:
            return None
    return Verdict.NOT_APPLICABLE


# --- What would settle it ---------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Branch:
    """A node of the decision diagram: one unknown fact, one subtree for each answer."""

    fact: str
    children: tuple[tuple[Value, Diagram], ...]


Diagram = Branch | Verdict
_MOST_BRANCHES = 20_000


def decide(program: Program, facts: Facts) -> Diagram:
    """Return the verdict as a reduced ordered decision diagram over the facts that are unknown.

    Facts are branched on in the book's order and equal branches are merged, so a fact stands in the diagram
    exactly if some answer to it changes the verdict for some answers to the others (Kleene logic alone
    would also name facts that cannot, as in "p or not p").

    Raises
    ------
    RuleError
        If more combinations are open than can be tried.
    """
    budget = [_MOST_BRANCHES]

    def build(known: dict[str, Value | Missing]) -> Diagram:
        budget[0] -= 1
        if budget[0] < 0:
            raise RuleError(
                f"{program.order}: too many unknown facts to try every combination; give more of them"
            )
        run = program.run(known, only_deciding=True)
        result = verdict(run)
        if result is not None:
            return result
        fact = next(iter(program.open_facts(run)))
        children = tuple((value, build(known | {fact: value})) for value in program.domain(fact))
        first = children[0][1]
        return first if all(child == first for _, child in children) else Branch(fact, children)

    return build(dict(facts))


def verdicts_in(diagram: Diagram) -> set[Verdict]:
    """Return every verdict that a diagram can still reach."""
    if isinstance(diagram, Verdict):
        return {diagram}
    return set().union(*(verdicts_in(child) for _, child in diagram.children))


def facts_of(diagram: Diagram) -> list[str]:
    """List the facts a diagram turns on, the ones nearest the root first."""
    found: dict[str, None] = {}
    level: list[Diagram] = [diagram]
    while level:
        branches = [node for node in level if isinstance(node, Branch)]
        found |= dict.fromkeys(node.fact for node in branches)
        level = [child for node in branches for _, child in node.children]
    return list(found)


def given(diagram: Diagram, fact: str, value: Value) -> set[Verdict]:
    """Return the verdicts still possible once a fact is known."""
    if isinstance(diagram, Verdict):
        return {diagram}
    chosen = [child for answer, child in diagram.children if diagram.fact != fact or answer == value]
    return set().union(*(given(child, fact, value) for child in chosen))
