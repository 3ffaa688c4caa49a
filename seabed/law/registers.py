"""Dated status facts: who is party to what, and which contracts, licences and applications stand on a day.

A status is a `Truth` with the words that explain it: "unknown" is an answer of its own, for instance
while a decision on an extension is not public.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from seabed.errors import RuleError
from seabed.law.logic import Truth
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from pathlib import Path

#: Around a date that no source states, a status is unknown rather than a guess (in days, each way).
DOUBTFUL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Status:
    """Whether something stands on a day, and why."""

    stands: Truth
    words: str


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="allow")


class Term(_Entry):
    """One stretch of a contract or licence; both days inclusive."""

    from_: dt.date | None = Field(alias="from")
    to: dt.date | None = None
    basis: str = "initial"
    from_sourced: bool = True
    to_sourced: bool = True
    status: Literal["in_force", "requested", "unknown"] = "in_force"
    source: str | None = None


class Contract(_Entry):
    """An ISA exploration contract."""

    ref: str
    contractor: str
    contractor_id: str | None = None
    sponsors: tuple[str, ...] = ()
    mineral: str
    terms: tuple[Term, ...]
    pending: str | None = None
    doubts: str | None = None


class UsFiling(_Entry):
    """A DSHMRA licence, or an application for one or for a permit."""

    ref: str
    holder: str
    holder_id: str | None = None
    priority: Literal["known", "unknown"] | None = None
    term: Term | None = None


class Membership(_Entry):
    """Whether a State is party to a treaty, and since when; bounds where the day is not sourced."""

    status: Literal["party", "signatory", "non_party"] = "non_party"
    party_from: dt.date | None = None
    not_before: dt.date | None = None
    not_after: dt.date | None = None

    def binds(self, on: dt.date) -> Truth:
        """Say whether the State is bound on a day."""
        earliest = self.party_from or self.not_before
        latest = self.party_from or self.not_after
        if self.status != "party" or (earliest and on < earliest):
            return Truth.FALSE
        return Truth.TRUE if latest and latest <= on else Truth.UNKNOWN


class State(_Entry):
    """A State and the treaties it is party to."""

    name: str
    unclos: Membership = Membership()
    agreement_1994: Membership = Membership()


class StateGroup(_Entry):
    """A list of States with where it comes from."""

    states: frozenset[str]
    source: str


@dataclass(frozen=True)
class Registers:
    """The registers under ``rules/registers/``, each read when first asked."""

    root: Path

    @cached_property
    def contracts(self) -> dict[str, Contract]:
        """ISA contracts by reference."""
        return {entry.ref: entry for entry in self._read("isa_contracts", tuple[Contract, ...])}

    @cached_property
    def us_filings(self) -> dict[str, UsFiling]:
        """DSHMRA licences and applications by reference."""
        return {entry.ref: entry for entry in self._read("us_dshmra", tuple[UsFiling, ...])}

    @cached_property
    def states(self) -> dict[str, State]:
        """States by ISO 3166-1 alpha-3 code."""
        return self._read("unclos_parties", dict[str, State])  # type: ignore[no-any-return]

    @cached_property
    def development(self) -> dict[str, StateGroup]:
        """The lists ``developed`` and ``developing``."""
        return self._read("developing_states", dict[str, StateGroup])  # type: ignore[no-any-return]

    def _read(self, name: str, shape: Any) -> Any:  # noqa: ANN401 - the shape decides
        path = self.root / f"{name}.yaml"
        try:
            return TypeAdapter(shape).validate_python(read_yaml(path))
        except ValidationError as error:
            detail = error.errors()[0]
            raise RuleError(f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None

    def state_name(self, code: str) -> str:
        """Return the English name of a State, or its code if no register has it."""
        entry = self.states.get(code)
        return entry.name if entry else code

    def is_unclos_party(self, state: str, on: dt.date) -> Truth:
        """Say whether a State is bound by UNCLOS on a day; unknown for a State no register has."""
        entry = self.states.get(state)
        return entry.unclos.binds(on) if entry else Truth.UNKNOWN

    def is_developing(self, state: str) -> Truth:
        """Say whether a State counts as developing; unknown outside both lists."""
        if state in self.development["developing"].states:
            return Truth.TRUE
        return Truth.FALSE if state in self.development["developed"].states else Truth.UNKNOWN

    def contract_status(self, ref: str, on: dt.date) -> Status:
        """Return whether an ISA contract is in force on a day."""
        contract = self.contracts.get(ref)
        if contract is None:
            return Status(Truth.UNKNOWN, "no dates known for this contract")
        return _in_terms(contract.terms, on, contract.pending)

    def us_filing_status(self, ref: str, on: dt.date) -> Status:
        """Return whether a DSHMRA licence is in force on a day."""
        filing = self.us_filings.get(ref)
        if filing is None or filing.term is None:
            return Status(Truth.UNKNOWN, "no dates known for this licence")
        return _in_terms((filing.term,), on, None)


def _in_terms(terms: tuple[Term, ...], on: dt.date, pending: str | None) -> Status:
    """Find the term that covers the day; near an outer date without a source the answer is unknown."""
    first, last = terms[0], terms[-1]
    for day, is_sourced in ((first.from_, first.from_sourced), (last.to, last.to_sourced)):
        if day and not is_sourced and abs((on - day).days) <= DOUBTFUL_DAYS:
            return Status(Truth.UNKNOWN, f"within {DOUBTFUL_DAYS} days of {day}, a date without a source")
    current = next((term for term in terms if _covers(term, on)), None)
    if current is None:
        ended = max((term.to for term in terms if term.to and term.to < on), default=None)
        return Status(Truth.FALSE, f"ended {ended}" if ended else "not yet in force")
    words = f"{current.basis.replace('_', ' ')} term {current.from_ or '?'} to {current.to or 'open'}"
    if current.status == "in_force":
        return Status(Truth.TRUE, f"in force ({words})")
    return Status(Truth.UNKNOWN, pending or f"{current.status}: {words}")


def _covers(term: Term, on: dt.date) -> bool:
    return (term.from_ is None or term.from_ <= on) and (term.to is None or on <= term.to)


@cache
def load_registers() -> Registers:
    """Return the registers that ship with the program."""
    return Registers(data_dir("rules") / "registers")
