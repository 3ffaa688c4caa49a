"""The law as data: the models of a rule file, and loading and checking the whole body of rules.

One rule says one thing that one provision says. `load_rulebook` reads ``rules/`` into one frozen
`RuleBook` and refuses one whose references do not hold; `seabed.law.cases.lint` says which rules lack cases.
"""

from __future__ import annotations

import datetime as dt
import hashlib
from enum import StrEnum
from functools import cache, cached_property
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from seabed.errors import RuleError
from seabed.law.logic import ALWAYS, All, AnyOf, Condition, Is, Not, facts_in, parse
from seabed.law.registers import StageName
from seabed.resources import data_dir
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Effect(StrEnum):
    """What follows when a rule holds. Only the first five move a verdict."""

    REQUIRES = "requires"  # lawful only with these instruments
    BARS = "bars"  # these instruments cannot be had here by this applicant
    PROHIBITS = "prohibits"  # no path at all
    PERMITS = "permits"  # free, no instrument needed
    DEFINES = "defines"  # settles a legal term: the named fact is true exactly when the rule holds
    GRANTS = "grants"
    OBLIGES = "obliges"
    WARNS = "warns"
    EXPOSES = "exposes"  # what follows from acting without what is required, or in breach
    NOTES = "notes"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)


class Words(_Frozen):
    """One text in the languages of the briefs."""

    en: str
    zh: str


class Period(_Frozen):
    """Days on which something is in force; both ends inclusive, no end while it lasts."""

    from_: dt.date = Field(alias="from")
    to: dt.date | None = None

    def covers(self, on: dt.date) -> bool:
        """Say whether the day lies in the period."""
        return self.from_ <= on and (self.to is None or on <= self.to)


class Then(_Frozen):
    """The consequence of a rule."""

    effect: Effect
    instruments: dict[str, tuple[str, ...]] = Field(
        default_factory=dict, description="by activity, or under 'any'; for requires and bars"
    )
    authority: str | None = None
    fact: str | None = None

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:  # noqa: ANN401 - raw YAML
        if isinstance(data, dict):
            wanted = data.get("instruments", {})
            if isinstance(wanted, list):
                wanted = {"any": wanted}
            data = data | {"instruments": {k: [v] if isinstance(v, str) else v for k, v in wanted.items()}}
        return data

    @model_validator(mode="after")
    def _fits_effect(self) -> Then:
        if bool(self.instruments) != (self.effect in {Effect.REQUIRES, Effect.BARS}):
            raise ValueError("'instruments' goes with the effects requires and bars, and only with them")
        if bool(self.fact) != (self.effect is Effect.DEFINES):
            raise ValueError("'fact' goes with the effect defines, and only with it")
        return self


class Override(_Frozen):
    """A rule that this one prevails over, and why. Only the overriding rule says so."""

    rule: str
    as_: Literal["priority", "carve_out", "condition", "proviso", "savings"] = Field(alias="as")
    why: str


class Side(_Frozen):
    """One side of a contested reading."""

    holders: tuple[str, ...]
    says: Words
    since: str | None
    cite: str


class Contested(_Frozen):
    """Rival readings of a rule, never averaged."""

    question: Words
    positions: tuple[Side, ...] = Field(min_length=2)


class Verified(_Frozen):
    """When the cite was checked, and against which text."""

    on: dt.date
    against: str


def _condition(data: Any) -> Any:  # noqa: ANN401 - raw YAML in, Condition out
    return data if isinstance(data, Is | All | AnyOf | Not) else parse(data, "condition")


ConditionField = Annotated[Any, BeforeValidator(_condition)]


class Rule(_Frozen):
    """One provision's say on one thing."""

    id: str = Field(pattern=r"^[a-z]+\.[a-z0-9_-]+\.[a-z0-9-]+$")
    order: str
    instrument: str
    cite: str = Field(min_length=3)
    title: Words
    in_force: Period
    applies: ConditionField = ALWAYS
    when: ConditionField = ALWAYS
    then: Then
    overrides: tuple[Override, ...] = ()
    contested: Contested | None = None
    verified: Verified

    @cached_property
    def facts(self) -> set[str]:
        """The facts this rule asks about."""
        return facts_in(self.applies) | facts_in(self.when)


class Gap(_Frozen):
    """Something an instrument says that these rules leave out."""

    cite: str
    what: str
    when: ConditionField = ALWAYS


class InstrumentFile(_Frozen):
    """One file of rules: one legal instrument of one order."""

    instrument: str
    order: str
    title: Words
    citation: str
    in_force: Period
    verified: Verified
    rules: tuple[Rule, ...]
    not_modelled: tuple[Gap, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _inherit(cls, data: Any) -> Any:  # noqa: ANN401 - raw YAML
        """Rules take order, instrument, dates and verification from the head of their file."""
        if not isinstance(data, dict):
            raise ValueError("a rule file is a mapping with 'instrument', 'order', … and 'rules'")  # noqa: TRY004
        shared = {key: data.get(key) for key in ("order", "instrument", "in_force", "verified")}
        return data | {"rules": [shared | rule for rule in data.get("rules") or []]}


class LegalStep(_Frozen):
    """One step of a procedure.

    What shows that it is done: the instrument it ``yields`` is held, ``done_when`` is met, or the register
    has the ``stage`` for the applicant's application here; and, but for steps that yield an instrument, any
    later step of the path being done. A bar closes the path where its instrument stands in ``closed_by``, or
    else is yielded.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    title: Words
    authority: str
    cite: str = Field(min_length=3)
    time: Words | None = Field(default=None, description="the time that the text sets")
    in_force: Period | None = Field(default=None, description="where it differs from the path's")
    when: ConditionField = ALWAYS
    yields: str | None = None
    closed_by: tuple[str, ...] = ()
    done_when: ConditionField | None = None
    stage: StageName | None = None


class LegalPath(_Frozen):
    """A procedure of one order that leads to an instrument, step by step."""

    id: str = Field(pattern=r"^[a-z]+\.[a-z0-9-]+$")
    order: str
    leads_to: str
    title: Words
    in_force: Period
    when: ConditionField = ALWAYS
    verified: Verified
    steps: tuple[LegalStep, ...] = Field(min_length=2)

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """Every condition of the path and of its steps."""
        own = (condition for step in self.steps for condition in (step.when, step.done_when))
        return (self.when, *(condition for condition in own if condition is not None))

    @property
    def instruments(self) -> set[str]:
        """Every instrument that the path names."""
        named = {name for step in self.steps for name in (*step.closed_by, step.yields) if name}
        return named | {self.leads_to}


class FactDeclaration(_Frozen):
    """A fact that rules may ask about, and how a person would be asked for it."""

    kind: Literal["yes_no", "one_of", "state"]
    question: Words
    values: tuple[str, ...] = ()


class InstrumentName(_Frozen):
    """A licence, contract, permit or consent.

    ``named_by``: the name of a spot that says who the authority is there; ``is_recorded``: whether profiles
    would know of it.
    """

    name: Words
    authority: str
    named_by: str | None = None
    is_recorded: bool = True


class ConflictRule(_Frozen):
    """When two orders' verdicts contradict each other, and on what."""

    orders: tuple[str, str]
    verdicts: tuple[tuple[str, ...], tuple[str, ...]]
    when: ConditionField = ALWAYS
    about: Words
    explanation: Words
    cites: tuple[str, ...] = Field(min_length=2)


class Order(_Frozen):
    """A legal order by name."""

    name: Words


class RuleBook(_Frozen):
    """All rules, with the declarations they rest on."""

    files: tuple[InstrumentFile, ...]
    orders: dict[str, Order]
    facts: dict[str, FactDeclaration]
    instruments: dict[str, InstrumentName]
    conflicts: tuple[ConflictRule, ...]
    paths: tuple[LegalPath, ...] = ()
    sha256: str

    @property
    def modelled_orders(self) -> tuple[str, ...]:
        """The orders that have rules, in the order of orders.yaml."""
        with_rules = {file.order for file in self.files}
        return tuple(order for order in self.orders if order in with_rules)

    def rules(self, order: str | None = None) -> Iterator[Rule]:
        """Iterate over the rules of one order, or of all."""
        for file in self.files:
            if order in {None, file.order}:
                yield from file.rules


@cache
def load_rulebook(root: Path | None = None) -> RuleBook:
    """Read every rule file under ``rules/`` (or ``root``) once.

    Raises
    ------
    RuleError
        Naming the file and the field that is wrong.
    """
    root = root or data_dir("rules")
    paths = sorted(p for p in root.rglob("*.yaml") if not p.name.endswith(".cases.yaml"))
    digest = hashlib.sha256()
    for path in paths:
        digest.update(path.relative_to(root).as_posix().encode() + b"\0" + path.read_bytes())
    try:
        instruments = read_own_yaml(root / "instruments.yaml")
        book = RuleBook(
            files=tuple(_read_file(path) for path in paths if _is_rule_file(path, root)),
            orders=read_own_yaml(root / "orders.yaml"),
            facts=read_own_yaml(root / "facts.yaml")
            | {f"holds.{key}": _holding(instruments[key]) for key in instruments},
            instruments=instruments,
            conflicts=read_own_yaml(root / "conflicts.yaml"),
            paths=tuple(path for file in paths if _is_path_file(file, root) for path in _read_paths(file)),
            sha256=digest.hexdigest(),
        )
    except ValidationError as error:
        raise RuleError(f"{root}: {_first(error)}") from None
    _check_references(book)
    return book


def _holding(instrument: dict[str, Any]) -> dict[str, Any]:
    """Declare the fact that an instrument is held, asked last because the rest often settles it."""
    name = instrument["name"]
    question = {
        "en": f"Does the applicant hold, for this very place and in force on the date: {name['en']}?",
        "zh": f"申请者在该日期是否就此处持有有效的{name['zh']}？",
    }
    return {"kind": "yes_no", "question": question}


def _is_rule_file(path: Path, root: Path) -> bool:
    parts = path.relative_to(root).parts
    return len(parts) == 2 and parts[0] not in {"registers", "applicants", "scenarios", "paths"}


def _is_path_file(path: Path, root: Path) -> bool:
    return path.relative_to(root).parts[:-1] == ("paths",)


def _read_paths(file: Path) -> list[LegalPath]:
    try:
        found = TypeAdapter(list[LegalPath]).validate_python(read_own_yaml(file))
    except ValidationError as error:
        raise RuleError(f"{file}: {_first(error)}") from None
    except RuleError as error:
        raise RuleError(f"{file}: {error}") from None
    for path in found:
        if path.order != file.stem:
            raise RuleError(f"{file}: the path {path.id} is of the order {path.order!r}")
    return found


def _read_file(path: Path) -> InstrumentFile:
    try:
        file = InstrumentFile.model_validate(read_own_yaml(path))
    except ValidationError as error:
        raise RuleError(f"{path}: {_first(error)}") from None
    except RuleError as error:
        raise RuleError(f"{path}: {error}") from None
    if file.order != path.parent.name:
        raise RuleError(f"{path}: order is {file.order!r} but the folder is {path.parent.name!r}")
    return file


def _first(error: ValidationError) -> str:
    detail = error.errors()[0]
    return f"{'.'.join(str(part) for part in detail['loc'])}: {detail['msg']}"


def _check_references(book: RuleBook) -> None:
    """Refuse rules that name facts, instruments or rules that do not exist, or override in a circle."""
    rules = {}
    for rule in book.rules():
        if rule.id in rules:
            raise RuleError(f"{rule.id}: two rules have this id")
        rules[rule.id] = rule
    for rule in rules.values():
        unknown = (rule.facts | ({rule.then.fact} if rule.then.fact else set())) - book.facts.keys()
        if unknown:
            raise RuleError(
                f"{rule.id}: asks for facts that facts.yaml does not declare: {', '.join(sorted(unknown))}"
            )
        for condition in (rule.applies, rule.when):
            _check_values(condition, book, rule.id)
        wanted = {name for names in rule.then.instruments.values() for name in names}
        if wanted - book.instruments.keys():
            missing = ", ".join(sorted(wanted - book.instruments.keys()))
            raise RuleError(f"{rule.id}: names instruments that instruments.yaml does not have: {missing}")
        for override in rule.overrides:
            target = rules.get(override.rule)
            if target is None or target.order != rule.order:
                raise RuleError(
                    f"{rule.id}: overrides {override.rule}, which is no rule of the order {rule.order}"
                )
    _check_paths(book)
    try:
        TopologicalSorter({r.id: [o.rule for o in r.overrides] for r in rules.values()}).prepare()
    except CycleError as error:
        raise RuleError(f"overrides go round in a circle: {' -> '.join(error.args[1])}") from None


def _check_paths(book: RuleBook) -> None:
    """Refuse paths that name facts or instruments that do not exist, or that lead nowhere."""
    seen: set[str] = set()
    for path in book.paths:
        if path.id in seen:
            raise RuleError(f"{path.id}: two paths have this id")
        seen.add(path.id)
        if path.order not in book.orders:
            raise RuleError(f"{path.id}: orders.yaml has no order {path.order!r}")
        steps = [step.id for step in path.steps]
        if len(set(steps)) < len(steps):
            raise RuleError(f"{path.id}: two steps have the same id")
        missing = path.instruments - book.instruments.keys()
        if missing:
            names = ", ".join(sorted(missing))
            raise RuleError(f"{path.id}: names instruments that instruments.yaml does not have: {names}")
        if sum(step.yields == path.leads_to for step in path.steps) != 1:
            raise RuleError(
                f"{path.id}: exactly one step must yield {path.leads_to}, to which the path leads"
            )
        for condition in path.conditions:
            unknown = facts_in(condition) - book.facts.keys()
            if unknown:
                names = ", ".join(sorted(unknown))
                raise RuleError(f"{path.id}: asks for facts that facts.yaml does not declare: {names}")
            _check_values(condition, book, path.id)


def _check_values(condition: Condition, book: RuleBook, where: str) -> None:
    match condition:
        case Is(fact, values):
            declaration = book.facts[fact]
            allowed: set[Any] = {True, False} if declaration.kind == "yes_no" else set(declaration.values)
            if declaration.kind != "state" and not values <= allowed:
                wrong = ", ".join(sorted(str(v) for v in values - allowed))
                raise RuleError(
                    f"{where}: {fact} can never be {wrong}; it is one of {sorted(map(str, allowed))}"
                )
        case All(terms) | AnyOf(terms):
            for term in terms:
                _check_values(term, book, where)
        case Not(term):
            _check_values(term, book, where)
