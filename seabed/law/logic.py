"""Three-valued (Kleene) conditions over facts with finite answers.

An unknown fact is never a default and never equals another unknown. A fact that does not apply (the
sponsor of an applicant who has none) makes every statement about its value false.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from seabed.errors import RuleError
from seabed.language import N_

Value = str | bool


class Truth(Enum):
    """True, false, or not known."""

    TRUE = "true"
    FALSE = "false"
    UNKNOWN = "unknown"

    def __and__(self, other: Truth) -> Truth:
        if self is Truth.FALSE or other is Truth.FALSE:
            return Truth.FALSE
        return self if other is Truth.TRUE else Truth.UNKNOWN

    def __or__(self, other: Truth) -> Truth:
        if self is Truth.TRUE or other is Truth.TRUE:
            return Truth.TRUE
        return self if other is Truth.FALSE else Truth.UNKNOWN

    def __invert__(self) -> Truth:
        return _NOT[self]

    @classmethod
    def of(cls, value: bool) -> Truth:  # noqa: FBT001 - a conversion, not a flag
        """Lift a boolean."""
        return cls.TRUE if value else cls.FALSE


_NOT = {Truth.TRUE: Truth.FALSE, Truth.FALSE: Truth.TRUE, Truth.UNKNOWN: Truth.UNKNOWN}


class Missing(Enum):
    """Why a fact has no value. The first two are unknown to the logic; the last is an answer."""

    DONT_KNOW = N_("don't know")
    NOT_ASKED = N_("not asked")
    NOT_APPLICABLE = N_("not applicable")


Facts = Mapping[str, Value | Missing]


@dataclass(frozen=True, slots=True)
class Is:
    """The fact has one of these values."""

    fact: str
    values: frozenset[Value]

    def __str__(self) -> str:
        return f"{self.fact} is {' or '.join(sorted(str(v).lower() for v in self.values))}"


@dataclass(frozen=True, slots=True)
class All:
    """Every term holds; with no terms, true."""

    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        return N_("all of the following")


@dataclass(frozen=True, slots=True)
class AnyOf:
    """At least one term holds; with no terms, false."""

    terms: tuple[Condition, ...]

    def __str__(self) -> str:
        return N_("at least one of the following")


@dataclass(frozen=True, slots=True)
class Not:
    """The term does not hold."""

    term: Condition

    def __str__(self) -> str:
        return N_("not")


Condition = Is | All | AnyOf | Not
ALWAYS: Condition = All(())


def evaluate(condition: Condition, facts: Facts) -> Truth:
    """Evaluate a condition; a fact absent from ``facts`` is unknown."""
    match condition:
        case Is(fact, values):
            value = facts.get(fact, Missing.NOT_ASKED)
            if value is Missing.NOT_APPLICABLE:
                return Truth.FALSE
            if isinstance(value, Missing):
                return Truth.UNKNOWN
            return Truth.TRUE if value in values else Truth.FALSE
        case All(terms):
            result = Truth.TRUE
            for term in terms:
                result &= evaluate(term, facts)
                if result is Truth.FALSE:
                    break
            return result
        case AnyOf(terms):
            result = Truth.FALSE
            for term in terms:
                result |= evaluate(term, facts)
                if result is Truth.TRUE:
                    break
            return result
        case Not(term):
            return ~evaluate(term, facts)


def facts_in(condition: Condition) -> set[str]:
    """Return the names of the facts that a condition asks about."""
    match condition:
        case Is(fact, _):
            return {fact}
        case All(terms) | AnyOf(terms):
            return set().union(*(facts_in(term) for term in terms))
        case Not(term):
            return facts_in(term)


def parse(data: Any, where: str) -> Condition:  # noqa: ANN401 - YAML is untyped until here
    """Read a condition from YAML data: ``{all: […]}``, ``{any: […]}``, ``{not: …}`` or ``{fact: value(s)}``.

    Raises
    ------
    RuleError
        Naming ``where`` the condition stands and what is wrong with it.
    """
    if not isinstance(data, dict) or not data:
        raise RuleError(f"{where}: a condition is a mapping such as {{place.kind: area}}, not {data!r}")
    terms = tuple(_parse_entry(key, value, where) for key, value in data.items())
    return terms[0] if len(terms) == 1 else All(terms)


def _parse_entry(key: str, value: Any, where: str) -> Condition:  # noqa: ANN401
    if key in {"all", "any"}:
        if not isinstance(value, list) or not value:
            raise RuleError(f"{where}: '{key}' takes a list of conditions, not {value!r}")
        terms = tuple(parse(term, where) for term in value)
        return All(terms) if key == "all" else AnyOf(terms)
    if key == "not":
        return Not(parse(value, where))
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(v, str | bool) for v in values):
        raise RuleError(f"{where}: {key} is compared with true, false or a word, not with {value!r}")
    return Is(key, frozenset(values))
