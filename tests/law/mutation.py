"""Change the rules one small thing at a time, and see whether a case or a scenario notices: ``make mutants``.

A mutant is one rule with one condition negated, dropped or narrowed, one date a day off, one override,
instrument, effect or contested reading gone. It is killed when the outcome of at least one case, or the
answer to at least one scenario, changes; what survives is something that no test pins down. Rules are read
once and mutated in memory.

A date that rules take from the head of their file is one date, so it is moved for all of them at once.
Paths, conflicts between orders and what is not modelled are not mutated: they have tests of their own.
"""

# ruff: noqa: T201 - figures for whoever runs it

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from multiprocessing import get_context
from typing import TYPE_CHECKING

from seabed.errors import RuleError
from seabed.law.cases import RuleCase, Scenario, answer_to, load_rule_cases, load_scenarios, outcome_of
from seabed.law.engine import VERDICT_EFFECTS
from seabed.law.logic import ALWAYS, All, AnyOf, Is, Not
from seabed.law.rules import Effect, load_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seabed.law.logic import Condition
    from seabed.law.rules import InstrumentFile, Period, Rule, RuleBook

TARGET = 0.95
_DAY = dt.timedelta(days=1)

_REQUIRED_ANYWAY = "UNCLOS art. 153(2)(b), (3) asks for the same instrument"
_TAKEN_ANYWAY = "UNCLOS Annex III art. 6(3)(a) bars the same contract"
_RESERVED_ANYWAY = "UNCLOS Annex III art. 9(4) bars the same contract"
_NO_PERMIT_ANYWAY = "30 U.S.C. 1412(c)(1)(B)(ii) and (C) both bar the permit in another's licensed area"

#: Mutants that no answer can tell from the rules as they are, and why.
EQUIVALENT = {
    "unclos.annex-iii.16: no longer requires isa_exploration_contract (prospecting)": (
        "the rule presupposes a contract of the applicant's own"
    ),
    "unclos.crusts-regs.9-b: no longer requires isa_exploration_contract (exploration)": _REQUIRED_ANYWAY,
    "unclos.crusts-regs.9-b: no longer requires sponsorship_certificate (exploration)": _REQUIRED_ANYWAY,
    "unclos.sulphides-regs.9-b: no longer requires isa_exploration_contract (exploration)": _REQUIRED_ANYWAY,
    "unclos.sulphides-regs.9-b: no longer requires sponsorship_certificate (exploration)": _REQUIRED_ANYWAY,
    "unclos.crusts-regs.23-6-a: no longer bars isa_exploration_contract (exploration)": _TAKEN_ANYWAY,
    "unclos.nodules-regs.21-6-a: no longer bars isa_exploration_contract (exploration)": _TAKEN_ANYWAY,
    "unclos.sulphides-regs.23-6-a: no longer bars isa_exploration_contract (exploration)": _TAKEN_ANYWAY,
    "unclos.crusts-regs.23-8: no longer bars isa_exploration_contract (exploration)": _RESERVED_ANYWAY,
    "unclos.nodules-regs.21-7: no longer bars isa_exploration_contract (exploration)": _RESERVED_ANYWAY,
    "unclos.sulphides-regs.23-8: no longer bars isa_exploration_contract (exploration)": _RESERVED_ANYWAY,
    "usa.dshmra.1412-c-1-b-ii: no longer bars dshmra_commercial_recovery_permit (any)": _NO_PERMIT_ANYWAY,
    "usa.dshmra.1412-c-1-c: no longer bars dshmra_commercial_recovery_permit (exploitation)": (
        _NO_PERMIT_ANYWAY
    ),
}


@dataclass(frozen=True, slots=True)
class Mutant:
    """Rules that stand in for those of the same id, and what is changed in them."""

    name: str
    kind: str
    rules: tuple[Rule, ...]


# --- Mutants ------------------------------------------------------------------------------------------------


def mutants(order: str, book: RuleBook) -> Iterator[Mutant]:
    """Iterate over every mutant of one order's rules."""
    for file in (file for file in book.files if file.order == order):
        inheriting = tuple(rule for rule in file.rules if rule.in_force == file.in_force)
        yield from _dates(f"{file.order}/{file.instrument}", inheriting, file.in_force)
        for rule in file.rules:
            yield from _of_rule(rule, file)


def _of_rule(rule: Rule, file: InstrumentFile) -> Iterator[Mutant]:
    for part in ("applies", "when"):
        condition = getattr(rule, part)
        if condition == ALWAYS:
            continue
        for kind, what, changed in (*_changes(condition), ("dropped", "all of it", ALWAYS)):
            if changed != condition:
                yield Mutant(
                    f"{rule.id}: {part}: {kind} {what}", kind, (rule.model_copy(update={part: changed}),)
                )
    if rule.in_force != file.in_force:
        yield from _dates(rule.id, (rule,), rule.in_force)
    for override in rule.overrides:
        rest = tuple(other for other in rule.overrides if other is not override)
        yield Mutant(
            f"{rule.id}: no longer overrides {override.rule}",
            "override",
            (rule.model_copy(update={"overrides": rest}),),
        )
    if rule.contested:
        yield Mutant(f"{rule.id}: no longer contested", "contested", (_with(rule, contested=None),))
    if rule.then.effect in {Effect.PERMITS, Effect.PROHIBITS}:
        silent = rule.then.model_copy(update={"effect": Effect.NOTES})
        yield Mutant(f"{rule.id}: no longer {rule.then.effect}", "effect", (_with(rule, then=silent),))
    for activity, names in rule.then.instruments.items():
        for name in names:
            rest_of = rule.then.instruments | {activity: tuple(n for n in names if n != name)}
            then = rule.then.model_copy(update={"instruments": rest_of})
            yield Mutant(
                f"{rule.id}: no longer {rule.then.effect} {name} ({activity})",
                "instrument",
                (_with(rule, then=then),),
            )


def _with(rule: Rule, **changes: object) -> Rule:
    return rule.model_copy(update=changes)


def _dates(name: str, rules: tuple[Rule, ...], period: Period) -> Iterator[Mutant]:
    for end, day in (("from_", period.from_), ("to", period.to)):
        if day and rules:
            for moved in (day - _DAY, day + _DAY):
                changed = period.model_copy(update={end: moved})
                yield Mutant(
                    f"{name}: {end.rstrip('_')} {day} becomes {moved}",
                    "date",
                    tuple(_with(rule, in_force=changed) for rule in rules),
                )


def _changes(condition: Condition) -> Iterator[tuple[str, str, Condition]]:
    """Iterate over a condition with one leaf negated or narrowed, one term dropped, or `all` made `any`."""
    match condition:
        case Is(fact, values):
            yield "negated", str(condition), Not(condition)
            if len(values) > 1:
                for value in sorted(values, key=str):
                    yield "narrowed", f"{condition} without {value}", Is(fact, values - {value})
        case All(terms) | AnyOf(terms):
            whole = type(condition)
            for at, term in enumerate(terms):
                before, after = terms[:at], terms[at + 1 :]
                for kind, what, changed in _changes(term):
                    yield kind, what, whole((*before, changed, *after))
                if len(terms) > 1:
                    yield "dropped", _words(term), whole((*before, *after))
            if len(terms) > 1:
                other = AnyOf if whole is All else All
                yield "swapped", "all and any", other(terms)
        case Not(term):
            for kind, what, changed in _changes(term):
                yield kind, what, Not(changed)


def _words(condition: Condition) -> str:
    match condition:
        case Is():
            return str(condition)
        case All(terms) | AnyOf(terms):
            joint = " and " if isinstance(condition, All) else " or "
            return f"({joint.join(map(_words, terms))})"
        case Not(term):
            return f"not {_words(term)}"


# --- What kills them ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Court:
    """The cases and scenarios of one order, each with no more rules than can bear on it."""

    order: str
    book: RuleBook
    cases: tuple[RuleCase, ...]
    scenarios: tuple[Scenario, ...]

    @cached_property
    def rules(self) -> Mapping[str, Rule]:
        return {rule.id: rule for rule in self.book.rules(self.order)}

    @cached_property
    def _rests_on(self) -> Mapping[str, frozenset[str]]:
        """For each rule, itself and the rules that it rests on through terms and overrides."""
        direct: dict[str, set[str]] = {name: set() for name in self.rules}
        for rule in self.rules.values():
            for override in rule.overrides:
                direct[override.rule].add(rule.id)
            for user in self.rules.values():
                if rule.then.fact in user.facts:
                    direct[user.id].add(rule.id)
        found = {}
        for name in self.rules:
            seen, rest = {name}, [name]
            while rest:
                new = direct[rest.pop()] - seen
                seen |= new
                rest += new
            found[name] = frozenset(seen)
        return found

    @cached_property
    def _answering(self) -> frozenset[str]:
        """The rules that a scenario's answer can turn on."""
        speaking = (r.id for r in self.rules.values() if r.contested or r.then.effect in VERDICT_EFFECTS)
        return frozenset().union(*(self._rests_on[name] for name in speaking))

    def _excerpt(self, names: Iterable[str], changed: Mapping[str, Rule]) -> RuleBook:
        rules = tuple(changed.get(name, self.rules[name]) for name in sorted(names))
        file = next(file for file in self.book.files if file.order == self.order)
        return self.book.model_copy(update={"files": (file.model_copy(update={"rules": rules}),)})

    def kills(self, mutant: Mutant) -> bool:
        """Say whether any case or scenario comes out differently under the mutant."""
        changed = {rule.id: rule for rule in mutant.rules}
        books: dict[str, RuleBook] = {}
        for case in sorted(self.cases, key=lambda case: case.rule not in changed):
            if self._rests_on[case.rule].isdisjoint(changed):
                continue
            if case.rule not in books:
                books[case.rule] = self._excerpt(self._rests_on[case.rule], changed)
            if _outcome(case, books[case.rule]) is not case.outcome:
                return True
        if self._answering.isdisjoint(changed):
            return False
        book = self._excerpt(self._answering, changed)
        return any(not _is_answered(scenario, book) for scenario in self.scenarios)


def _outcome(case: RuleCase, book: RuleBook) -> object:
    try:
        return outcome_of(case, book)
    except RuleError as error:
        return error


def _is_answered(scenario: Scenario, book: RuleBook) -> bool:
    try:
        answer = answer_to(scenario, book)
    except RuleError:
        return False
    wanted = {key: getattr(scenario, key) for key in answer}
    return all(
        found == (set(wanted[key]) if isinstance(wanted[key], tuple) else wanted[key])
        for key, found in answer.items()
        if wanted[key] is not None
    )


# --- The run ------------------------------------------------------------------------------------------------


def court_of(order: str, book: RuleBook) -> Court:
    """Gather what tests one order's rules, leaving out what fails before anything is changed."""
    return Court(
        order,
        book,
        tuple(
            case
            for case in load_rule_cases()
            if case.rule.startswith(f"{order}.") and _outcome(case, book) is case.outcome
        ),
        tuple(
            scenario
            for scenario in load_scenarios()
            if scenario.order == order and _is_answered(scenario, book)
        ),
    )


def tally(order: str, share: int = 0, of: int = 1) -> list[tuple[str, str, bool]]:
    """Return name, kind and whether it was killed, of every ``of``-th mutant from ``share`` on."""
    book = load_rulebook()
    court = court_of(order, book)
    chosen = list(mutants(order, book))[share::of]
    return [(mutant.name, mutant.kind, court.kills(mutant)) for mutant in chosen]


def main() -> int:
    """Print the figures and the survivors; fail below the target or where an equivalent mutant was killed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("orders", nargs="*", help="by default every order with rules")
    parser.add_argument("--processes", type=int, default=min(2, os.cpu_count() or 1))
    options = parser.parse_args()
    book, start = load_rulebook(), time.perf_counter()
    orders = options.orders or book.modelled_orders
    parts = 2 * options.processes
    with ProcessPoolExecutor(options.processes, mp_context=get_context("spawn")) as pool:
        jobs = {o: [pool.submit(tally, o, n, parts) for n in range(parts)] for o in orders}
        results = {order: [row for job in found for row in job.result()] for order, found in jobs.items()}
    killed = total = 0
    stale: list[str] = []
    for order, rows in results.items():
        counted = [row for row in rows if row[0] not in EQUIVALENT]
        stale += [name for name, _, dead in rows if dead and name in EQUIVALENT]
        dead = sum(row[2] for row in counted)
        killed, total = killed + dead, total + len(counted)
        print(f"{order}: {dead} of {len(counted)} mutants killed ({dead / len(counted):.1%})")
        every, gone = Counter(row[1] for row in counted), Counter(row[1] for row in counted if row[2])
        print("  " + ", ".join(f"{kind} {gone[kind]}/{every[kind]}" for kind in sorted(every)))
        for name in sorted(row[0] for row in counted if not row[2]):
            print(f"  survived: {name}")
    print(
        f"{killed} of {total} mutants killed ({killed / total:.2%}); {len(EQUIVALENT)} more are equivalent; "
        f"{time.perf_counter() - start:.0f} s on {options.processes} processes"
    )
    for name in stale:
        print(f"not equivalent after all, a test kills it: {name}")
    return 0 if killed >= TARGET * total and not stale else 1


if __name__ == "__main__":
    sys.exit(main())
