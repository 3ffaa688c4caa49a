"""Dated status facts: who is party to what, and which contracts, licences and applications stand on a day.

A status is a `Truth` with the words that explain it: "unknown" is an answer of its own, for instance
while a decision on an extension is not public.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache, cached_property
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from seabed.errors import RuleError
from seabed.language import _, dated
from seabed.law.logic import Truth
from seabed.resources import data_dir
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

#: Around a date that no source states, a status is unknown rather than a guess (in days, each way).
DOUBTFUL_DAYS = 30


@dataclass(frozen=True, slots=True)
class Status:
    """Whether something stands on a day, and why."""

    stands: Truth
    words: str


@dataclass(frozen=True, slots=True)
class Reached:
    """Whether a step had been taken by the end of a day, when, and where that is from."""

    truth: Truth
    words: str
    source: str


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


StageName = Literal[
    # of an application under DSHMRA, or a licence
    "filed",
    "amended",
    "substantial_compliance",
    "full_compliance",
    "fr_notice",
    "certified",
    "proposed_terms",
    "final_eis",
    "issued",
    "extended",
    "first_seen",
    "plan_revision_proposed",
    # of a leasing process under OCSLA
    "request",
    "area_identified",
    "proposed_notice",
    "leasing_notice",
    "sale",
]


class Stage(_Entry):
    """A step of a procedure that was taken on a day, or between two days where the day is not sourced."""

    stage: StageName
    on: dt.date | None = None
    not_before: dt.date | None = None
    not_after: dt.date | None = None
    source: str

    @model_validator(mode="after")
    def _has_a_last_day(self) -> Stage:
        if self.on is None and self.not_after is None:
            raise ValueError(
                f"{self.stage}: needs 'on', or the days between which it was ('not_after' at least)"
            )
        return self

    def reached(self, on: dt.date) -> Truth:
        """Say whether the step had been taken by the end of a day."""
        earliest, latest = self.on or self.not_before, self.on or self.not_after
        if latest and latest <= on:
            return Truth.TRUE
        return Truth.UNKNOWN if earliest is None or earliest <= on else Truth.FALSE

    @property
    def words(self) -> str:
        """When it was taken, in words."""
        if self.on:
            return _("on {day}").format(day=dated(self.on))
        if self.not_before:
            return _("between {first} and {last}").format(
                first=dated(self.not_before), last=dated(self.not_after)
            )
        return _("by {day}").format(day=dated(self.not_after))


class UsFiling(_Entry):
    """A DSHMRA licence, or an application for one or for a permit, with the steps taken so far."""

    ref: str
    holder: str
    holder_id: str | None = None
    instrument: tuple[str, ...] = ()
    stages: tuple[Stage, ...] = ()
    priority: Literal["known", "unknown"] | None = None
    term: Term | None = None


class LeasingProcess(_Entry):
    """What BOEM has done towards a sale of mineral leases in an area."""

    ref: str
    stages: tuple[Stage, ...]


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


class IsaApplication(_Entry):
    """A pending application to the ISA for a plan of work."""

    ref: str
    applicant: str
    applicant_id: str | None = None
    sponsors: tuple[str, ...] = ()
    mineral: str
    region: str | None = None
    filed: dt.date | None = None
    status: str
    notes: str | None = None
    sources: tuple[str, ...] = ()


#: The Agreement binds a State from the thirtieth day after it deposits its instrument (BBNJ art. 68(2)).
_DAYS_FROM_DEPOSIT = dt.timedelta(days=30)


class BbnjMembership(Membership):
    """A State's status under the BBNJ Agreement; ``seen`` is the day on which a signatory was no more."""

    deposited: dt.date | None = None
    seen: dt.date | None = None
    source: str


class BbnjRegister(_Entry):
    """Status under the BBNJ Agreement; ``complete`` says whether a State not listed is outside it."""

    in_force_from: dt.date
    complete: bool
    states: dict[str, BbnjMembership]

    def binds(self, state: str, on: dt.date) -> Truth:
        """Say whether a State is bound on a day; unknown for one not listed while the list has gaps.

        A signatory may have deposited its instrument since the day on which it was last seen to be one.
        """
        entry = self.states.get(state)
        if entry and entry.status == "signatory" and entry.seen:
            return Truth.FALSE if on < entry.seen + _DAYS_FROM_DEPOSIT else Truth.UNKNOWN
        if entry:
            return entry.binds(on)
        return Truth.FALSE if self.complete or on < self.in_force_from else Truth.UNKNOWN


class Stance(_Entry):
    """A State's call for a moratorium, a pause or a ban, shown by its source on the day ``by``."""

    position: str
    by: dt.date
    source: str


Longitude = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]


class ShelfClaim(_Entry):
    """A claim to continental shelf beyond the 200 M limit of some coasts: a status, not a limit.

    ``coastal_of`` are the coasts, by ISO 3166-1 alpha-3 code or by the atlas's zone reference; ``box`` is
    west, south, east, north in degrees, west greater than east across 180, and coarse.
    """

    model_config = ConfigDict(extra="forbid")

    states: tuple[str, ...] = Field(min_length=1)
    region: str
    coastal_of: frozenset[str] = Field(min_length=1)
    status: Literal[
        "submitted",
        "recommended",
        "established",
        "announced",
        "preliminary_information",
        "suspended",
        "disputed",
        "refused",
    ]
    number: int | None = None
    submitted: dt.date | None = None
    recommended: dt.date | None = None
    established: dt.date | None = None
    announced: dt.date | None = None
    contested: tuple[str, ...] = ()
    box: tuple[Longitude, Latitude, Longitude, Latitude] | None = None
    source: str
    confidence: Literal["high", "medium", "low"]
    note: str | None = None

    @field_validator("box")
    @classmethod
    def _south_first(cls, box: tuple[float, ...] | None) -> tuple[float, ...] | None:
        if box and box[1] >= box[3]:
            raise ValueError("a box is west, south, east, north, with south below north")
        return box

    @property
    def since(self) -> dt.date | None:
        """The first day on which the claim is known to have been made."""
        days = (self.submitted, self.recommended, self.established, self.announced)
        return min((day for day in days if day), default=None)

    @property
    def key(self) -> str:
        """A name of its own: who claims which region."""
        return f"{'/'.join(self.states)}: {self.region}"

    def stands(self, on: dt.date) -> bool:
        """Whether the claim is to be reckoned with on a day.

        Always, if no day is known: rights over the shelf need no proclamation (UNCLOS art. 77(3)). Never,
        if the Commission did not recommend it.
        """
        return self.status != "refused" and (self.since is None or self.since <= on)


class NationalLaw(_Entry):
    """One law of one State on minerals of the seabed, whether or not rules of it are encoded.

    ``covers`` says where it applies: in the ``area``, or in the State's own ``national_zones``. ``rules``
    names the rule file, ``<order>/<instrument>``, and is null where no text was in hand to encode.
    """

    model_config = ConfigDict(extra="forbid")

    state: str
    title: str
    citation: str
    date: dt.date | None
    in_force: dt.date | None
    until: dt.date | None = None
    covers: frozenset[Literal["area", "national_zones"]] = Field(min_length=1)
    rules: str | None = None
    summary: str
    source: str
    confidence: Literal["high", "medium", "low"]

    @model_validator(mode="after")
    def _in_order_of_time(self) -> NationalLaw:
        days = [day for day in (self.date, self.in_force, self.until) if day]
        if days != sorted(days):
            raise ValueError("a law is made, enters into force and ends in this order")
        return self

    def may_apply(self, on: dt.date) -> bool:
        """Whether the law is, or for all that is known may be, in force on a day."""
        begun = self.in_force or self.date
        return (begun is None or begun <= on) and (self.until is None or on <= self.until)


class Event(_Entry):
    """Something that happened, or is due, on a day, or between two where the day has no source."""

    model_config = ConfigDict(extra="forbid")

    on: dt.date | None = None
    not_before: dt.date | None = None
    not_after: dt.date | None = None
    about: Literal["convention", "isa", "itlos", "usa", "bbnj", "states"]
    text: str
    source: str
    confidence: Literal["high", "medium", "low"]
    mineral: Literal["nodules", "sulphides", "crusts"] | None = Field(
        default=None, description="the only mineral it bears on"
    )
    zone: Literal["area", "ccz", "us_ocs"] | None = Field(
        default=None, description="kind of zone without which it bears on no site"
    )
    names: tuple[str, ...] = Field(default=(), description="contractors it is about but does not name")

    @model_validator(mode="after")
    def _has_a_day(self) -> Event:
        if (self.on is None) == (self.not_before is None) or (self.not_before is None) != (
            self.not_after is None
        ):
            raise ValueError("an event has a day ('on'), or the days it lies between, not both")
        if self.not_before and self.not_after and self.not_before >= self.not_after:
            raise ValueError("'not_before' comes before 'not_after'")
        return self

    @property
    def latest(self) -> dt.date:
        """The day by which it had happened."""
        return self.on or self.not_after or dt.date.max


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
    def us_leasing(self) -> dict[str, LeasingProcess]:
        """Mineral leasing processes on the US shelf by docket."""
        return {entry.ref: entry for entry in self._read("us_leasing", tuple[LeasingProcess, ...])}

    @cached_property
    def isa_applications(self) -> dict[str, IsaApplication]:
        """Pending applications to the ISA by reference."""
        return {entry.ref: entry for entry in self._read("isa_applications", tuple[IsaApplication, ...])}

    @cached_property
    def bbnj(self) -> BbnjRegister:
        """Status under the BBNJ Agreement."""
        return self._read("bbnj", BbnjRegister)  # type: ignore[no-any-return]

    @cached_property
    def stances(self) -> dict[str, Stance]:
        """Calls for a moratorium, a pause or a ban, by ISO 3166-1 alpha-3 code."""
        return self._read("moratorium_states", dict[str, Stance])  # type: ignore[no-any-return]

    @cached_property
    def national_laws(self) -> tuple[NationalLaw, ...]:
        """Laws of States on seabed minerals, encoded or only named."""
        return self._read("national_laws", tuple[NationalLaw, ...])  # type: ignore[no-any-return]

    @cached_property
    def timeline(self) -> tuple[Event, ...]:
        """Dated events, the earliest first."""
        return self._read("timeline", tuple[Event, ...])  # type: ignore[no-any-return]

    @cached_property
    def states(self) -> dict[str, State]:
        """States by ISO 3166-1 alpha-3 code."""
        return self._read("unclos_parties", dict[str, State])  # type: ignore[no-any-return]

    @cached_property
    def development(self) -> dict[str, StateGroup]:
        """The lists ``developed`` and ``developing``."""
        return self._read("developing_states", dict[str, StateGroup])  # type: ignore[no-any-return]

    @cached_property
    def shelf_claims(self) -> tuple[ShelfClaim, ...]:
        """Claims to continental shelf beyond 200 M, by region."""
        return self._read("extended_shelf", tuple[ShelfClaim, ...])  # type: ignore[no-any-return]

    def _read(self, name: str, shape: Any) -> Any:  # noqa: ANN401 - the shape decides
        path = self.root / f"{name}.yaml"
        try:
            return TypeAdapter(shape).validate_python(read_own_yaml(path))
        except ValidationError as error:
            detail = error.errors()[0]
            raise RuleError(f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None

    def state_name(self, code: str) -> str:
        """Return the name of a State, or its code if no register has it."""
        entry = self.states.get(code)
        return _(entry.name) if entry else code

    def is_unclos_party(self, state: str, on: dt.date) -> Truth:
        """Say whether a State is bound by UNCLOS on a day; unknown for a State no register has."""
        entry = self.states.get(state)
        return entry.unclos.binds(on) if entry else Truth.UNKNOWN

    def calls_for_pause(self, state: str, on: dt.date) -> bool:
        """Say whether a State is known to have called for a pause, a moratorium or a ban by a day."""
        stance = self.stances.get(state)
        return stance is not None and stance.by <= on

    def laws_of(self, state: str, on: dt.date, where: Literal["area", "national_zones"]) -> list[NationalLaw]:
        """List a State's laws on seabed minerals there that are or may be in force on a day."""
        return [
            law
            for law in self.national_laws
            if law.state == state and where in law.covers and law.may_apply(on)
        ]

    def is_developing(self, state: str) -> Truth:
        """Say whether a State counts as developing; unknown outside both lists."""
        if state in self.development["developing"].states:
            return Truth.TRUE
        return Truth.FALSE if state in self.development["developed"].states else Truth.UNKNOWN

    def contract_status(self, ref: str, on: dt.date) -> Status:
        """Return whether an ISA contract is in force on a day."""
        contract = self.contracts.get(ref)
        if contract is None:
            return Status(Truth.UNKNOWN, _("no dates known for this contract"))
        return _in_terms(contract.terms, on, contract.pending)

    def us_filing_status(self, ref: str, on: dt.date) -> Status:
        """Return whether a DSHMRA licence is in force on a day."""
        filing = self.us_filings.get(ref)
        if filing is None or filing.term is None:
            return Status(Truth.UNKNOWN, _("no dates known for this licence"))
        term = filing.term
        if term.to and not term.to_sourced and term.status == "in_force":
            # Extended five years at a time so far (15 CFR 970.515(b)); the last day is inferred from that.
            if on > term.to:
                words = _("to {day}, as inferred; no further extension is known").format(day=dated(term.to))
                return Status(Truth.UNKNOWN, words)
            term = term.model_copy(update={"to_sourced": True})
        return _in_terms((term,), on, None)

    def us_filing_stages(self, ref: str, on: dt.date) -> dict[str, Reached]:
        """Return how far a DSHMRA application had come by a day, stage by stage.

        An application filed anew starts again, so only what came after the latest filing counts. A stage
        without an entry is not among the keys, unless it may have been reached all the same: NOAA tells the
        applicant of compliance, not the public, and a day of filing may have no source.
        """
        filing = self.us_filings.get(ref)
        if filing is None:
            return {}
        filings = [s.on for s in filing.stages if s.stage == "filed" and s.on and s.on <= on]
        since = max(filings, default=dt.date.min)
        stages = [s for s in filing.stages if (s.on or s.not_before or dt.date.max) >= since]
        found = _reached(stages, on)
        if "filed" not in found:
            seen = found.get("first_seen", Reached(Truth.UNKNOWN, "", ""))
            found["filed"] = Reached(
                seen.truth | Truth.UNKNOWN, seen.words or _("on a day that no source gives"), seen.source
            )
        if filing.priority == "unknown":
            for name in _NOT_PUBLIC:
                words = _("on a day that no source gives, if at all")
                found.setdefault(name, Reached(Truth.UNKNOWN, words, ""))
        return found

    def us_priority(self, ref: str, over: Iterable[str]) -> Truth:
        """Say whether a DSHMRA application has priority of right over somebody's own applications there.

        Priority goes by the order in which applications in substantial compliance are filed (30 U.S.C.
        1413(b)). Where one of the others is known to have complied before anything is known of this one,
        it is unknown and not false: days of receipt are not public, nor what a later amendment does to them.
        """
        filing = self.us_filings.get(ref)
        if filing is None or filing.priority != "known":
            return Truth.UNKNOWN
        seen = min((d for s in filing.stages if (d := s.on or s.not_before)), default=dt.date.min)
        others = (self.us_filings[other].stages for other in over if other in self.us_filings)
        complied = [
            d for stages in others for s in stages if s.stage in _COMPLIED and (d := s.on or s.not_after)
        ]
        return Truth.UNKNOWN if any(day < seen for day in complied) else Truth.TRUE

    def us_leasing_stages(self, ref: str, on: dt.date) -> dict[str, Reached]:
        """Return how far a leasing process on the US shelf had come by a day, stage by stage."""
        process = self.us_leasing.get(ref)
        return _reached(process.stages, on) if process else {}


#: Steps that only an application in substantial compliance takes.
_COMPLIED = frozenset({"substantial_compliance", "full_compliance", "fr_notice", "certified"})

#: Steps of which NOAA tells the applicant (15 CFR 970.209(c), 970.210), and need not tell the public.
_NOT_PUBLIC = ("substantial_compliance", "full_compliance")


def _reached(stages: Iterable[Stage], on: dt.date) -> dict[str, Reached]:
    found: dict[str, Reached] = {}
    for stage in stages:
        truth = stage.reached(on)
        words = stage.words
        if truth is Truth.UNKNOWN:
            words = _("{when}; the day has no source").format(when=words)
        if stage.stage not in found or found[stage.stage].truth is not Truth.TRUE:
            found[stage.stage] = Reached(truth, words, stage.source)
    return found


def _in_terms(terms: tuple[Term, ...], on: dt.date, pending: str | None) -> Status:
    """Find the term that covers the day; near an outer date without a source the answer is unknown."""
    first, last = terms[0], terms[-1]
    for day, is_sourced in ((first.from_, first.from_sourced), (last.to, last.to_sourced)):
        if day and not is_sourced and abs((on - day).days) <= DOUBTFUL_DAYS:
            words = _("within {count} days of {day}, a date without a source")
            return Status(Truth.UNKNOWN, words.format(count=DOUBTFUL_DAYS, day=dated(day)))
    current = next((term for term in terms if _covers(term, on)), None)
    if current is None:
        ended = max((term.to for term in terms if term.to and term.to < on), default=None)
        words = _("ended {day}").format(day=dated(ended)) if ended else _("not yet in force")
        return Status(Truth.FALSE, words)
    words = _("{basis} term {first} to {last}").format(
        basis=_(current.basis).replace("_", " "),
        first=dated(current.from_),
        last=dated(current.to) if current.to else _("open"),
    )
    if current.status == "in_force":
        return Status(Truth.TRUE, _("in force ({term})").format(term=words))
    if pending:
        return Status(Truth.UNKNOWN, _(pending))
    return Status(Truth.UNKNOWN, _("{status}: {term}").format(status=_(current.status), term=words))


def _covers(term: Term, on: dt.date) -> bool:
    return (term.from_ is None or term.from_ <= on) and (term.to is None or on <= term.to)


@cache
def load_registers() -> Registers:
    """Return the registers that ship with the program."""
    return Registers(data_dir("rules") / "registers")
