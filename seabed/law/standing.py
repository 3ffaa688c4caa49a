"""What the registers say of one contract, application, licence, company or State, as it stood on a day."""

from __future__ import annotations

import difflib
import re
import textwrap
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from seabed.errors import QuestionError
from seabed.law.logic import Truth
from seabed.law.registers import Registers, load_registers
from seabed.question import profiles
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator, Sequence

    from seabed.law.registers import (
        Contract,
        IsaApplication,
        LeasingProcess,
        Membership,
        Stage,
        State,
        Term,
        UsFiling,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One thing a register says, and where that is from."""

    label: str
    text: str
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """One entry of a register on a day; ``stands`` is None where nothing could be in force (a State)."""

    kind: str
    id: str
    name: str
    on: dt.date
    stands: Truth | None
    words: str
    lines: tuple[Line, ...]
    sources: tuple[str, ...] = ()


def standings(what: str, on: dt.date, registers: Registers | None = None) -> list[Standing]:
    """Return what the registers say of something on a day.

    Parameters
    ----------
    what
        The reference of an ISA contract (NORIPMN1), a US licence or application (USA-1, TMC-USA-A), an
        application to the ISA (IMB-2025) or a BOEM leasing process (its docket); the id of an applicant
        profile or another name of it (nori); a State by its ISO 3166-1 alpha-3 code or English name. Case
        does not matter.
    on
        The day; what a source shows only for a later day is left out.

    Raises
    ------
    QuestionError
        If no register knows it, with the names that come close.
    """
    registers = registers or load_registers()
    wanted = what.strip().casefold()
    by_ref = {ref.casefold(): ref for ref in _references(registers)}
    if wanted in by_ref:
        return [_of_reference(by_ref[wanted], on, registers)]
    states = {name.casefold(): code for code, name in _state_names(registers)}
    if wanted in states:
        return [_of_state(states[wanted], on, registers)]
    companies = {name.casefold(): id_ for id_, name in _company_names(registers)}
    if wanted in companies:
        id_ = companies[wanted]
        found = [_of_reference(ref, on, registers) for ref in _held_by(id_, registers)]
        if found:
            return found
        raise QuestionError(f"{id_!r} is a profile, but no register has a contract or application of it")
    known = {name.casefold(): name for name in (*_references(registers), *profiles())}
    known |= {name.casefold(): name for _, name in _state_names(registers)}
    close = [known[name] for name in difflib.get_close_matches(wanted[:100], known, n=4)]
    hint = f"; did you mean {' or '.join(close)}?" if close else ""
    raise QuestionError(
        f"no register knows {what[:100]!r}: give an ISA contract (NORIPMN1), a US licence or application "
        f"(TMC-USA-A), an application to the ISA (IMB-2025), a profile (nori) or a State (NRU, Nauru){hint}"
    )


# --- What a name can stand for ------------------------------------------------------------------------------


def _references(registers: Registers) -> Iterator[str]:
    yield from registers.contracts
    yield from registers.us_filings
    yield from registers.isa_applications
    yield from registers.us_leasing


def _state_names(registers: Registers) -> Iterator[tuple[str, str]]:
    for code, state in registers.states.items():
        yield code, state.name
        yield code, code


def _company_names(registers: Registers) -> Iterator[tuple[str, str]]:
    """Pair every name of a company with the id of its profile."""
    for id_, path in profiles().items():
        profile = read_yaml(path)
        yield from ((id_, name) for name in (id_, profile.get("name"), *profile.get("aliases", ())) if name)
    for contract in registers.contracts.values():
        if contract.contractor_id:
            yield contract.contractor_id, contract.contractor


def _called(id_: str | None, *others: str) -> list[str]:
    """List the names under which a text may speak of a company or of what it holds."""
    if id_ is None or id_ not in profiles():
        return list(others)
    profile = read_yaml(profiles()[id_])
    return [*others, *(name for name in (profile.get("name"), *profile.get("aliases", ())) if name)]


def _held_by(id_: str, registers: Registers) -> list[str]:
    return [
        *(c.ref for c in registers.contracts.values() if c.contractor_id == id_),
        *(f.ref for f in registers.us_filings.values() if f.holder_id == id_),
        *(a.ref for a in registers.isa_applications.values() if a.applicant_id == id_),
    ]


def _of_reference(ref: str, on: dt.date, registers: Registers) -> Standing:
    if ref in registers.contracts:
        return _contract(registers.contracts[ref], on, registers)
    if ref in registers.us_filings:
        return _us_filing(registers.us_filings[ref], on, registers)
    if ref in registers.us_leasing:
        return _us_leasing(registers.us_leasing[ref], on)
    return _isa_application(registers.isa_applications[ref], on, registers)


# --- Contracts, licences, applications ----------------------------------------------------------------------


def _contract(contract: Contract, on: dt.date, registers: Registers) -> Standing:
    status = registers.contract_status(contract.ref, on)
    more = contract.model_extra or {}
    lines = [
        Line("Sponsored by", _names(contract.sponsors, registers)),
        Line("Mineral", contract.mineral),
        *_given("Region", more.get("region")),
        *_given("Origin of the area", more.get("origin")),
        *_given("Owner", more.get("owner")),
        *_given("Area, as published", _km2(more.get("area_published_km2"))),
        *_given("Area, as on the ISA's layer", _km2(more.get("area_layer_km2"))),
        *(_term(term, on) for term in contract.terms),
        *_given("Pending", None if contract.pending == status.words else contract.pending),
        *_given("Doubts", contract.doubts),
        *_events(_called(contract.contractor_id, contract.ref), on, registers),
    ]
    return Standing(
        "ISA exploration contract",
        contract.ref,
        contract.contractor,
        on,
        status.stands,
        status.words,
        tuple(lines),
        tuple(more.get("sources") or ()),
    )


def _term(term: Term, on: dt.date) -> Line:
    days = f"{_day(term.from_, sourced=term.from_sourced)} to {_day(term.to, sourced=term.to_sourced)}"
    status = "" if term.status == "in_force" else f", {term.status}"
    if term.from_ and on < term.from_:
        when = " (after this day)"
    else:
        when = " (this day)" if not term.to or on <= term.to else ""
    return Line(f"Term, {term.basis.replace('_', ' ')}", f"{days}{status}{when}", term.source)


def _day(day: dt.date | None, *, sourced: bool) -> str:
    if day is None:
        return "a day not known"
    return f"{day}" if sourced else f"{day} (computed)"


def _us_filing(filing: UsFiling, on: dt.date, registers: Registers) -> Standing:
    more = filing.model_extra or {}
    taken = [stage for stage in filing.stages if stage.reached(on) is not Truth.FALSE]
    is_licence = filing.term is not None
    status = registers.us_filing_status(filing.ref, on) if is_licence else None
    lines = [
        *_given("Parent", more.get("parent")),
        Line("For", ", ".join(name.replace("_", " ") for name in filing.instrument)),
        *_given("Docket", more.get("docket")),
        *_given("Area, as published", _km2(more.get("area_published_km2"))),
        *_given("Priority of right", None if is_licence else filing.priority),
        *([_term(filing.term, on)] if filing.term else []),
        *_steps(taken, on),
        *_given("Notes", more.get("notes")),
        *_events(_called(filing.holder_id, filing.ref), on, registers),
    ]
    return Standing(
        f"{'US licence' if is_licence else 'US application'} (DSHMRA)",
        filing.ref,
        filing.holder,
        on,
        status.stands if status else None,
        status.words if status else _latest(taken),
        tuple(lines),
    )


def _us_leasing(process: LeasingProcess, on: dt.date) -> Standing:
    more = process.model_extra or {}
    taken = [stage for stage in process.stages if stage.reached(on) is not Truth.FALSE]
    return Standing(
        "US leasing process (OCSLA)",
        process.ref,
        str(more.get("region", "")),
        on,
        None,
        _latest(taken),
        (*_given("Docket", more.get("docket")), *_steps(taken, on), *_given("Notes", more.get("notes"))),
    )


def _latest(taken: Sequence[Stage]) -> str:
    return f"{_stage(taken[-1])} {taken[-1].words}" if taken else "no step known by this day"


def _steps(taken: Iterable[Stage], on: dt.date) -> Iterator[Line]:
    for stage in taken:
        doubt = "" if stage.reached(on) is Truth.TRUE else " (perhaps not yet)"
        yield Line(_stage(stage)[0].upper() + _stage(stage)[1:], stage.words + doubt, stage.source)


def _stage(stage: Stage) -> str:
    return _STAGES.get(stage.stage) or stage.stage.replace("_", " ")


_STAGES = {
    "fr_notice": "Federal Register notice",
    "final_eis": "final environmental impact statement",
    "first_seen": "first seen",
    "certified": "certified by NOAA",
}


def _isa_application(application: IsaApplication, on: dt.date, registers: Registers) -> Standing:
    is_filed = application.filed is None or application.filed <= on
    lines = [
        Line("Sponsored by", _names(application.sponsors, registers)),
        Line("Mineral", application.mineral),
        *_given("Region", application.region),
        Line("Filed", str(application.filed) if application.filed else "on a day not known"),
        *_given("Notes", application.notes),
        *_events(_called(application.applicant_id, application.ref), on, registers),
    ]
    return Standing(
        "Application to the ISA",
        application.ref,
        application.applicant,
        on,
        None,
        application.status if is_filed else f"not yet filed (filed on {application.filed})",
        tuple(lines),
        application.sources,
    )


# --- States -------------------------------------------------------------------------------------------------


def _of_state(code: str, on: dt.date, registers: Registers) -> Standing:
    state = registers.states[code]
    unclos = registers.is_unclos_party(code, on)
    return Standing(
        "State",
        code,
        state.name,
        on,
        None,
        {
            Truth.TRUE: "party to UNCLOS",
            Truth.FALSE: "not party to UNCLOS",
            Truth.UNKNOWN: "not known whether party to UNCLOS",
        }[unclos],
        (
            *_treaties(code, state, on, registers),
            Line("Developing State", _developing(code, registers)),
            *_stance(code, on, registers),
            *_sponsored(code, on, registers),
            *_shelf_claims(code, on, registers),
            *_laws(code, on, registers),
            *_events([state.name], on, registers),
        ),
    )


def _treaties(code: str, state: State, on: dt.date, registers: Registers) -> Iterator[Line]:
    yield Line("UNCLOS", _membership(state.unclos, on))
    yield Line("1994 Agreement", _membership(state.agreement_1994, on))
    entry = registers.bbnj.states.get(code)
    if entry:
        yield Line("BBNJ Agreement", _membership(entry, on), (entry.model_extra or {}).get("source"))
    else:
        known = registers.bbnj.binds(code, on) is Truth.FALSE
        yield Line("BBNJ Agreement", "not a party" if known else "not known: the list of parties has gaps")
    if note := (state.model_extra or {}).get("note"):
        yield Line("Note", str(note))


def _membership(membership: Membership, on: dt.date) -> str:
    binds = membership.binds(on)
    first = membership.party_from
    if binds is Truth.TRUE:
        return f"party since {first}" if first else f"party since {membership.not_after} at the latest"
    if binds is Truth.UNKNOWN:
        return f"party from a day between {membership.not_before} and {membership.not_after}: not known"
    if membership.status == "party":
        return f"not yet a party (from {first or membership.not_before})"
    more = membership.model_extra or {}
    signed = more.get("signed")
    known_from = signed or more.get("seen")
    if membership.status != "signatory" or (known_from and on < known_from):
        return "not a party"
    return f"not a party; signed {f'on {signed}' if signed else 'on a day not known'}"


def _developing(code: str, registers: Registers) -> str:
    return {
        Truth.TRUE: f"yes ({registers.development['developing'].source})",
        Truth.FALSE: f"no ({registers.development['developed'].source})",
        Truth.UNKNOWN: "no list used here settles it",
    }[registers.is_developing(code)]


def _stance(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    stance = registers.stances.get(code)
    if stance is None:
        yield Line("Moratorium or pause", "no call for one known")
    elif stance.by <= on:
        yield Line(
            "Moratorium or pause", f"{stance.position.replace('_', ' ')}, by {stance.by}", stance.source
        )
    else:
        yield Line("Moratorium or pause", f"no call for one known by this day (known from {stance.by})")


def _sponsored(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    for contract in registers.contracts.values():
        if code in contract.sponsors:
            status = registers.contract_status(contract.ref, on)
            yield Line(
                f"Sponsors {contract.ref}", f"{contract.contractor}, {contract.mineral}: {status.words}"
            )
    for application in registers.isa_applications.values():
        if code in application.sponsors and (application.filed is None or application.filed <= on):
            yield Line(f"Sponsors {application.ref}", f"{application.applicant}: {application.status}")


def _shelf_claims(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    for claim in registers.shelf_claims:
        if code in claim.states and claim.stands(on):
            since = f" since {claim.since}" if claim.since else ""
            against = f"; contested by {_names(claim.contested, registers)}" if claim.contested else ""
            yield Line(
                "Shelf beyond 200 M",
                f"{claim.region}: {claim.status.replace('_', ' ')}{since}{against}",
                claim.source,
            )


def _laws(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    for law in registers.national_laws:
        if law.state == code and law.may_apply(on):
            since = f", in force from {law.in_force}" if law.in_force else ", in force from a day not known"
            encoded = f"encoded in rules/{law.rules}.yaml" if law.rules else "not modelled"
            yield Line("Law", f"{law.title} ({law.citation}{since}): {law.summary} [{encoded}]", law.source)


def _events(names: Iterable[str], on: dt.date, registers: Registers) -> Iterator[Line]:
    """Tell the events up to the day that name something."""
    wanted = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names if len(name) > 2) or r"(?!)")
    for event in registers.timeline:
        if event.latest <= on and wanted.search(event.text):
            yield Line(f"{event.on or f'By {event.not_after}'}", event.text, event.source)


# --- Rendering ----------------------------------------------------------------------------------------------


def _names(codes: Iterable[str], registers: Registers) -> str:
    return ", ".join(registers.state_name(code) for code in codes) or "nobody"


def _given(label: str, value: Any) -> list[Line]:  # noqa: ANN401 - registers carry more than is modelled
    return [Line(label, str(value).replace("_", " "))] if value is not None else []


def _km2(area: float | None) -> str | None:
    return None if area is None else f"{area:,.0f} km2"


def as_data(found: Iterable[Standing]) -> list[dict[str, Any]]:
    """Render standings as plain data for JSON."""
    return [
        asdict(standing)
        | {"on": standing.on.isoformat(), "stands": standing.stands and standing.stands.value}
        for standing in found
    ]


def as_text(found: Iterable[Standing], width: int = 100) -> str:
    """Render standings as text, one block each."""
    return "\n\n".join("\n".join(_text_lines(standing, width)) for standing in found)


def _text_lines(standing: Standing, width: int) -> Iterator[str]:
    yield from textwrap.wrap(f"{standing.id}: {standing.name}", width)
    yield from textwrap.wrap(f"{standing.kind}, on {standing.on}: {standing.words}", width)
    column = max((len(line.label) for line in standing.lines), default=0)
    lines = [*standing.lines, *(Line("Source", source) for source in standing.sources)]
    for line in lines:
        source = f" [{line.source}]" if line.source else ""
        yield from textwrap.wrap(
            f"{line.label:{column}}  {line.text}{source}",
            max(width, column + 40),
            initial_indent="  ",
            subsequent_indent=" " * (column + 4),
            break_long_words=False,
        )
