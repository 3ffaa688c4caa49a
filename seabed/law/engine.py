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
from typing import TYPE_CHECKING, cast

from seabed.contract import Verdict
from seabed.errors import RuleError
from seabed.law.logic import All, AnyOf, Facts, Is, Missing, Not, Truth, Value, evaluate
from seabed.law.rules import Effect, Rule, RuleBook

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

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
        # Sorted, because a set of strings has another order in every process.
        graph = {name: sorted(needed) for name, needed in needs.items()}
        try:
            return tuple(rules[name] for name in TopologicalSorter(graph).static_order())
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

    def diagram(self, facts: Facts) -> Diagram:
        """Return the verdict as a decision diagram; `decide` says what that is."""
        known = dict(facts) | dict.fromkeys(self._defined, False)
        return _Symbolic(self, known, self._deciding, self._overriders).verdict()

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


def decide(program: Program, facts: Facts, run: Run | None = None) -> Diagram:
    """Return the verdict as a reduced ordered decision diagram over the facts that are unknown.

    ``run`` is the program's under these facts, where it is known already.

    Facts are branched on in the book's order and equal branches are one, so a fact stands in the diagram
    exactly if some answer to it changes the verdict for some answers to the others (Kleene logic alone
    would also name facts that cannot, as in "p or not p").

    Raises
    ------
    RuleError
        If more combinations are open than can be tried.
    """
    settled = verdict(run or program.run(facts, only_deciding=True))
    return program.diagram(facts) if settled is None else settled


class _Symbolic:
    """The verdict of every combination of answers at once, as decision diagrams that share what is equal.

    Each rule becomes a diagram of the combinations for which it is effective, the verdict one of those
    diagrams (Bryant 1986, with as many branches as a fact has answers). Going through the combinations one by
    one took 0.66 s for nine open facts of the law of the sea; this takes some milliseconds.
    """

    def __init__(
        self, program: Program, facts: Facts, rules: Sequence[Rule], overriders: Mapping[str, Sequence[str]]
    ) -> None:
        self._program = program
        self._facts = facts
        self._rules = rules
        self._overriders = overriders
        self._rank = {fact: place for place, fact in enumerate(program.book.facts)}
        self._domains: dict[str, tuple[Value, ...]] = {}
        self._terms: dict[str, _Node] = {}
        self._nodes: dict[tuple[str, tuple[int, ...]], _Fork] = {}
        self._chosen: dict[tuple[int, int, int], _Node] = {}

    def verdict(self) -> Diagram:
        """Combine the rules as `verdict` does: strictest first."""
        named: dict[Effect, dict[str, _Node]] = {Effect.REQUIRES: {}, Effect.BARS: {}}
        closed: _Node = _LEAVES[False]
        missing: _Node = _LEAVES[False]
        spoken: _Node = _LEAVES[False]
        for rule, effective in self._effective():
            match rule.then.effect:
                case Effect.PROHIBITS:
                    closed = self._or(closed, effective)
                case Effect.PERMITS:
                    spoken = self._or(spoken, effective)
                case Effect.REQUIRES | Effect.BARS as effect:
                    for activity, names in rule.then.instruments.items():
                        here = effective
                        if activity != "any":
                            here = self._and(here, self._is("activity", frozenset({activity})))
                        for name in names:
                            named[effect][name] = self._or(named[effect].get(name, _LEAVES[False]), here)
        for name, required in named[Effect.REQUIRES].items():
            lacking = self._and(required, self._not(self._is(held_fact(name), frozenset({True}))))
            spoken = self._or(spoken, required)
            missing = self._or(missing, lacking)
            closed = self._or(closed, self._and(lacking, named[Effect.BARS].get(name, _LEAVES[False])))
        found: _Node = _LEAVES[Verdict.NOT_APPLICABLE]
        for test, result in (
            (spoken, Verdict.PERMITTED),
            (missing, Verdict.AUTHORISATION_REQUIRED),
            (closed, Verdict.PROHIBITED),
        ):
            found = self._choose(test, _LEAVES[result], found)
        return self._as_diagram(found, {})

    def _effective(self) -> Iterator[tuple[Rule, _Node]]:
        done: dict[str, _Node] = {}
        for rule in self._rules:
            here = self._and(self._of(rule.applies), self._of(rule.when))
            for name in self._overriders.get(rule.id, ()):
                here = self._and(here, self._not(done[name]))
            done[rule.id] = here
            if rule.then.fact:
                known = self._terms.get(rule.then.fact, _LEAVES[False])
                self._terms[rule.then.fact] = self._or(known, here)
            yield rule, here

    def _of(self, condition: Condition) -> _Node:
        match condition:
            case Is(fact, values):
                return self._is(fact, values)
            case All(terms):
                found: _Node = _LEAVES[True]
                for term in terms:
                    found = self._and(found, self._of(term))
                return found
            case AnyOf(terms):
                found = _LEAVES[False]
                for term in terms:
                    found = self._or(found, self._of(term))
                return found
            case Not(term):
                return self._not(self._of(term))

    def _is(self, fact: str, values: frozenset[Value]) -> _Node:
        if fact in self._terms:
            yes, no = (_LEAVES[answer in values] for answer in (True, False))
            return self._choose(self._terms[fact], yes, no)
        if not is_open(self._facts, fact):
            return _LEAVES[evaluate(Is(fact, values), self._facts) is Truth.TRUE]
        return self._fork(fact, tuple(_LEAVES[value in values] for value in self._answers(fact)))

    def _answers(self, fact: str) -> tuple[Value, ...]:
        if fact not in self._domains:
            self._domains[fact] = self._program.domain(fact)
        return self._domains[fact]

    def _and(self, a: _Node, b: _Node) -> _Node:
        return self._choose(a, b, _LEAVES[False])

    def _or(self, a: _Node, b: _Node) -> _Node:
        return self._choose(a, _LEAVES[True], b)

    def _not(self, a: _Node) -> _Node:
        return self._choose(a, _LEAVES[False], _LEAVES[True])

    def _choose(self, test: _Node, yes: _Node, no: _Node) -> _Node:
        """Return ``yes`` where ``test`` is true, else ``no``."""
        if isinstance(test, _Leaf):
            return yes if test.value is True else no
        if yes is no:
            return yes
        key = (id(test), id(yes), id(no))
        if key not in self._chosen:
            forks = [node for node in (test, yes, no) if isinstance(node, _Fork)]
            fact = min((node.fact for node in forks), key=self._rank.__getitem__)
            children = tuple(
                self._choose(*(_below(node, fact, place) for node in (test, yes, no)))
                for place in range(len(self._answers(fact)))
            )
            self._chosen[key] = self._fork(fact, children)
        return self._chosen[key]

    def _fork(self, fact: str, children: tuple[_Node, ...]) -> _Node:
        if all(child is children[0] for child in children):
            return children[0]
        key = (fact, tuple(map(id, children)))
        if key not in self._nodes:
            if len(self._nodes) >= _MOST_BRANCHES:
                raise RuleError(f"{self._program.order}: too many facts are unknown to see every combination")
            self._nodes[key] = _Fork(fact, children)
        return self._nodes[key]

    def _as_diagram(self, node: _Node, done: dict[int, Diagram]) -> Diagram:
        if isinstance(node, _Leaf):
            return cast("Verdict", node.value)
        if id(node) not in done:
            below = (self._as_diagram(child, done) for child in node.children)
            done[id(node)] = Branch(node.fact, tuple(zip(self._answers(node.fact), below, strict=True)))
        return done[id(node)]


@dataclass(frozen=True, slots=True, eq=False)
class _Leaf:
    value: Verdict | bool


@dataclass(frozen=True, slots=True, eq=False)
class _Fork:
    """A fact, and a node for each of its answers; equal ones are one object, so `is` compares them."""

    fact: str
    children: tuple[_Node, ...]


_Node = _Leaf | _Fork
_LEAVES: dict[Verdict | bool, _Leaf] = {value: _Leaf(value) for value in (True, False, *Verdict)}


def _below(node: _Node, fact: str, place: int) -> _Node:
    return node.children[place] if isinstance(node, _Fork) and node.fact == fact else node


def verdicts_in(diagram: Diagram) -> set[Verdict]:
    """Return every verdict that a diagram can still reach."""
    return given(diagram)


def facts_of(diagram: Diagram) -> list[str]:
    """List the facts a diagram turns on, the ones nearest the root first."""
    return list(dict.fromkeys(node.fact for node in _reachable(diagram) if isinstance(node, Branch)))


def given(diagram: Diagram, fact: str | None = None, value: Value | None = None) -> set[Verdict]:
    """Return the verdicts still possible once a fact is known."""
    return {node for node in _reachable(diagram, fact, value) if isinstance(node, Verdict)}


def _reachable(diagram: Diagram, fact: str | None = None, value: Value | None = None) -> Iterator[Diagram]:
    """Walk a diagram level by level, every node once, following only ``value`` where it asks for ``fact``."""
    seen = {id(diagram)}
    level = [diagram]
    while level:
        yield from level
        below = [
            child
            for node in level
            if isinstance(node, Branch)
            for answer, child in node.children
            if node.fact != fact or answer == value
        ]
        level = [child for child in {id(child): child for child in below}.values() if id(child) not in seen]
        seen.update(map(id, level))
