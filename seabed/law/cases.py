"""The cases beside the rules: sentences with the facts given and what becomes of a rule, or of a verdict."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from seabed.contract import Verdict
from seabed.errors import RuleError
from seabed.law.engine import Branch, Program, Status, decide, facts_of, instruments
from seabed.law.logic import Missing, Truth, Value
from seabed.law.rules import Effect, RuleBook
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from pathlib import Path


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class RuleCase(_Frozen):
    """How one rule comes out, given these facts on this day; every fact not given is unknown."""

    rule: str
    it: str = Field(min_length=5, description="completes the sentence 'this rule …'")
    on: dt.date
    given: dict[str, Value] = Field(default_factory=dict)
    outcome: Status

    @property
    def sentence(self) -> str:
        """The case as a test is named."""
        return f"{self.rule} {self.it}"


class Scenario(_Frozen):
    """How one order answers, given these facts on this day."""

    order: str
    it: str
    on: dt.date
    facts: dict[str, Value]
    verdict: Verdict
    contested: bool = False
    requires: tuple[str, ...] | None = Field(
        default=None, description="the instruments asked for and not held"
    )
    open: tuple[str, ...] | None = Field(default=None, description="the facts the verdict turns on")
    because: str | None = Field(default=None, description="the provisions that the answer follows from")


def load_rule_cases(root: Path | None = None) -> list[RuleCase]:
    """Read every ``*.cases.yaml`` beside the rules."""
    root = root or data_dir("rules")
    cases: list[RuleCase] = []
    for path in sorted(root.glob("*/*.cases.yaml")):
        data = read_yaml(path)
        cases += [
            _validated(path, RuleCase, {"rule": rule, "on": data["on"]} | entry)
            for rule, entries in data["cases"].items()
            for entry in entries
        ]
    return cases


def load_scenarios(root: Path | None = None) -> list[Scenario]:
    """Read every ``rules/scenarios/<order>.yaml``."""
    root = root or data_dir("rules")
    return [
        _validated(path, Scenario, {"order": path.stem} | entry)
        for path in sorted((root / "scenarios").glob("*.yaml"))
        for entry in read_yaml(path)
    ]


def _validated(path: Path, shape: Any, data: dict[str, Any]) -> Any:  # noqa: ANN401
    try:
        return TypeAdapter(shape).validate_python(data)
    except ValidationError as error:
        detail = error.errors()[0]
        raise RuleError(f"{path}: {data.get('it')}: {detail['loc']}: {detail['msg']}") from None


def outcome_of(case: RuleCase, book: RuleBook) -> Status:
    """Run one rule's case."""
    order = case.rule.split(".")[0]
    outcome = Program(order, case.on, book).run(case.given).outcomes.get(case.rule)
    return outcome.status if outcome else Status.NOT_IN_FORCE


def answer_to(scenario: Scenario, book: RuleBook) -> dict[str, Any]:
    """Run one order's scenario; the keys are those of `Scenario` that it answers."""
    program = Program(scenario.order, scenario.on, book)
    facts: dict[str, Value | Missing] = dict(scenario.facts)
    run, diagram = program.run(facts), decide(program, facts)
    return {
        "verdict": Verdict.CONTINGENT if isinstance(diagram, Branch) else diagram,
        "contested": any(o.rule.contested and o.effective is Truth.TRUE for o in run.outcomes.values()),
        "requires": {
            n for n, s in instruments(run).items() if s.required is Truth.TRUE and s.held is not Truth.TRUE
        },
        "open": set(facts_of(diagram)),
    }


def lint(book: RuleBook, cases: list[RuleCase]) -> list[str]:
    """Return what is missing: each rule needs a case that holds, one that does not, one unknown."""
    problems = []
    outcomes: dict[str, set[Status]] = {}
    for case in cases:
        outcomes.setdefault(case.rule, set()).add(case.outcome)
        problems += [
            f"{case.sentence}: gives {fact}, which facts.yaml does not declare"
            for fact in case.given
            if fact not in book.facts
        ]
    rules = {rule.id: rule for rule in book.rules()}
    problems += [f"cases for {name}, which is no rule" for name in outcomes.keys() - rules.keys()]
    silent = {Status.FAILS, Status.NOT_APPLICABLE, Status.DEFEATED, Status.NOT_IN_FORCE}
    for name, rule in rules.items():
        seen = outcomes.get(name, set())
        if Status.HOLDS not in seen:
            problems.append(f"{name}: no case where it holds")
        if not seen & silent:
            problems.append(f"{name}: no case where it does not hold")
        if rule.facts and not seen & {Status.UNKNOWN, Status.CONTINGENT}:
            problems.append(f"{name}: no case where it is unknown")
    defined = {rule.then.fact for rule in rules.values() if rule.then.effect is Effect.DEFINES}
    used = {fact for rule in rules.values() for fact in rule.facts}
    problems += [f"{fact}: defined but never used" for fact in sorted(filter(None, defined - used))]
    return problems
