"""What the registers say of one contract, application, licence, company or State, as it stood on a day."""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from seabed.errors import QuestionError
from seabed.language import N_, _, aside, dated, listed
from seabed.law.logic import Truth
from seabed.law.registers import Registers, load_registers
from seabed.question import profiles
from seabed.shelf import shelf_status
from seabed.wrapping import columns, wrapped
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
    pending = _(contract.pending) if contract.pending else None
    lines = [
        Line(_("Sponsored by"), _names(contract.sponsors, registers)),
        Line(_("Mineral"), _(contract.mineral)),
        *_given(_("Region"), more.get("region")),
        *_given(_("Origin of the area"), more.get("origin")),
        *_given(_("Owner"), more.get("owner")),
        *_given(_("Area, as published"), _km2(more.get("area_published_km2"))),
        *_given(_("Area, as on the ISA's layer"), _km2(more.get("area_layer_km2"))),
        *(_term(term, on) for term in contract.terms),
        *_given(_("Pending"), None if pending == status.words else contract.pending),
        *_given(_("Doubts"), contract.doubts),
        *_events(_called(contract.contractor_id, contract.ref), on, registers),
    ]
    return Standing(
        _("ISA exploration contract"),
        contract.ref,
        _(contract.contractor),
        on,
        status.stands,
        status.words,
        tuple(lines),
        tuple(more.get("sources") or ()),
    )


def _term(term: Term, on: dt.date) -> Line:
    days = _("{first} to {last}").format(
        first=_day(term.from_, sourced=term.from_sourced), last=_day(term.to, sourced=term.to_sourced)
    )
    status = "" if term.status == "in_force" else _(term.status)
    if term.from_ and on < term.from_:
        when = _("after this day")
    else:
        when = _("this day") if not term.to or on <= term.to else ""
    label = _("Term, {basis}").format(basis=_(term.basis).replace("_", " "))
    return Line(label, aside(listed(filter(None, (days, status))), when), term.source)


def _day(day: dt.date | None, *, sourced: bool) -> str:
    if day is None:
        return _("a day not known")
    return dated(day) if sourced else aside(dated(day), _("computed"))


def _us_filing(filing: UsFiling, on: dt.date, registers: Registers) -> Standing:
    more = filing.model_extra or {}
    taken = [stage for stage in filing.stages if stage.reached(on) is not Truth.FALSE]
    is_licence = filing.term is not None
    status = registers.us_filing_status(filing.ref, on) if is_licence else None
    lines = [
        *_given(_("Parent"), more.get("parent")),
        Line(_("For"), listed(_(name).replace("_", " ") for name in filing.instrument)),
        *_given(_("Docket"), more.get("docket")),
        *_given(_("Area, as published"), _km2(more.get("area_published_km2"))),
        *_given(_("Priority of right"), None if is_licence else filing.priority),
        *([_term(filing.term, on)] if filing.term else []),
        *_steps(taken, on),
        *_given(_("Notes"), more.get("notes")),
        *_events(_called(filing.holder_id, filing.ref), on, registers),
    ]
    return Standing(
        _("US licence (DSHMRA)") if is_licence else _("US application (DSHMRA)"),
        filing.ref,
        _(filing.holder),
        on,
        status.stands if status else None,
        status.words if status else _latest(taken),
        tuple(lines),
    )


def _us_leasing(process: LeasingProcess, on: dt.date) -> Standing:
    more = process.model_extra or {}
    taken = [stage for stage in process.stages if stage.reached(on) is not Truth.FALSE]
    return Standing(
        _("US leasing process (OCSLA)"),
        process.ref,
        _(str(more.get("region", ""))),
        on,
        None,
        _latest(taken),
        (
            *_given(_("Docket"), more.get("docket")),
            *_steps(taken, on),
            *_given(_("Notes"), more.get("notes")),
        ),
    )


def _latest(taken: Sequence[Stage]) -> str:
    if not taken:
        return _("no step known by this day")
    return _("{step} {when}").format(step=stage_name(taken[-1]), when=taken[-1].words)


def _steps(taken: Iterable[Stage], on: dt.date) -> Iterator[Line]:
    for stage in taken:
        doubt = "" if stage.reached(on) is Truth.TRUE else _("perhaps not yet")
        yield Line(
            stage_name(stage)[0].upper() + stage_name(stage)[1:], aside(stage.words, doubt), stage.source
        )


def stage_name(stage: Stage) -> str:
    """Return what a step of a procedure is called."""
    return _(_STAGES.get(stage.stage, stage.stage)).replace("_", " ")


_STAGES = {
    "fr_notice": N_("Federal Register notice"),
    "final_eis": N_("final environmental impact statement"),
    "first_seen": N_("first seen"),
    "certified": N_("certified by NOAA"),
}


def _isa_application(application: IsaApplication, on: dt.date, registers: Registers) -> Standing:
    is_filed = application.filed is None or application.filed <= on
    lines = [
        Line(_("Sponsored by"), _names(application.sponsors, registers)),
        Line(_("Mineral"), _(application.mineral)),
        *_given(_("Region"), application.region),
        Line(_("Filed"), dated(application.filed) if application.filed else _("on a day not known")),
        *_given(_("Notes"), application.notes),
        *_events(_called(application.applicant_id, application.ref), on, registers),
    ]
    return Standing(
        _("Application to the ISA"),
        application.ref,
        _(application.applicant),
        on,
        None,
        _(application.status)
        if is_filed
        else _("not yet filed (filed on {day})").format(day=dated(application.filed)),
        tuple(lines),
        application.sources,
    )


# --- States -------------------------------------------------------------------------------------------------


def _of_state(code: str, on: dt.date, registers: Registers) -> Standing:
    state = registers.states[code]
    unclos = registers.is_unclos_party(code, on)
    return Standing(
        _("State"),
        code,
        _(state.name),
        on,
        None,
        {
            Truth.TRUE: _("party to UNCLOS"),
            Truth.FALSE: _("not party to UNCLOS"),
            Truth.UNKNOWN: _("not known whether party to UNCLOS"),
        }[unclos],
        (
            *_treaties(code, state, on, registers),
            Line(_("Developing State"), _developing(code, registers)),
            *_stance(code, on, registers),
            *_sponsored(code, on, registers),
            *_shelf_claims(code, on, registers),
            *_laws(code, on, registers),
            *_events([state.name], on, registers),
        ),
    )


def _treaties(code: str, state: State, on: dt.date, registers: Registers) -> Iterator[Line]:
    yield Line(_("UNCLOS"), _membership(state.unclos, on))
    yield Line(_("1994 Agreement"), _membership(state.agreement_1994, on))
    entry = registers.bbnj.states.get(code)
    if entry:
        yield Line(_("BBNJ Agreement"), _membership(entry, on), (entry.model_extra or {}).get("source"))
    else:
        known = registers.bbnj.binds(code, on) is Truth.FALSE
        words = _("not a party") if known else _("not known: the list of parties has gaps")
        yield Line(_("BBNJ Agreement"), words)
    if note := (state.model_extra or {}).get("note"):
        yield Line(_("Note"), _(str(note)))


def _membership(membership: Membership, on: dt.date) -> str:
    binds = membership.binds(on)
    first = membership.party_from
    if binds is Truth.TRUE:
        if first:
            return _("party since {day}").format(day=dated(first))
        return _("party since {day} at the latest").format(day=dated(membership.not_after))
    if binds is Truth.UNKNOWN:
        return _("party from a day between {first} and {last}: not known").format(
            first=dated(membership.not_before), last=dated(membership.not_after)
        )
    more = membership.model_extra or {}
    signed = more.get("signed")
    known_from = signed or more.get("seen")
    words = _("not a party")
    if membership.status == "party":
        words = _("not yet a party (from {day})").format(day=dated(first or membership.not_before))
    elif membership.status == "signatory" and not (known_from and on < known_from):
        words = _("not a party; signed on a day not known")
        if signed:
            words = _("not a party; signed on {day}").format(day=dated(signed))
    return words


def _developing(code: str, registers: Registers) -> str:
    return {
        Truth.TRUE: aside(_("yes"), registers.development["developing"].source),
        Truth.FALSE: aside(_("no"), registers.development["developed"].source),
        Truth.UNKNOWN: _("no list used here settles it"),
    }[registers.is_developing(code)]


def _stance(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    stance = registers.stances.get(code)
    if stance is None:
        yield Line(_("Moratorium or pause"), _("no call for one known"))
    elif stance.by <= on:
        words = _("{position}, by {day}").format(
            position=_(stance.position).replace("_", " "), day=dated(stance.by)
        )
        yield Line(_("Moratorium or pause"), words, stance.source)
    else:
        words = _("no call for one known by this day (known from {day})").format(day=dated(stance.by))
        yield Line(_("Moratorium or pause"), words)


def _sponsored(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    for contract in registers.contracts.values():
        if code in contract.sponsors:
            status = registers.contract_status(contract.ref, on)
            words = _("{contractor}, {mineral}: {status}").format(
                contractor=_(contract.contractor), mineral=_(contract.mineral), status=status.words
            )
            yield Line(_("Sponsors {ref}").format(ref=contract.ref), words)
    for application in registers.isa_applications.values():
        if code in application.sponsors and (application.filed is None or application.filed <= on):
            words = _("{applicant}: {status}").format(
                applicant=_(application.applicant), status=_(application.status)
            )
            yield Line(_("Sponsors {ref}").format(ref=application.ref), words)


def _shelf_claims(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    for claim in registers.shelf_claims:
        if code in claim.states and claim.stands(on):
            words = _("{region}: {status}").format(
                region=_(claim.region), status=shelf_status(claim, registers)
            )
            yield Line(_("Shelf beyond 200 M"), words, claim.source)


def _laws(code: str, on: dt.date, registers: Registers) -> Iterator[Line]:
    for law in registers.national_laws:
        if law.state == code and law.may_apply(on):
            since = dated(law.in_force) if law.in_force else _("a day not known")
            encoded = (
                _("encoded in rules/{file}.yaml").format(file=law.rules) if law.rules else _("not modelled")
            )
            words = _("{title} ({citation}, in force from {day}): {summary} [{encoded}]").format(
                title=_(law.title),
                citation=law.citation,
                day=since,
                summary=_(law.summary),
                encoded=encoded,
            )
            yield Line(_("Law"), words, law.source)


def _events(names: Iterable[str], on: dt.date, registers: Registers) -> Iterator[Line]:
    """Tell the events up to the day that name something."""
    wanted = re.compile("|".join(rf"\b{re.escape(name)}\b" for name in names if len(name) > 2) or r"(?!)")
    for event in registers.timeline:
        if event.latest <= on and wanted.search(event.text):
            day = dated(event.on) if event.on else _("By {day}").format(day=dated(event.not_after))
            yield Line(day, _(event.text), event.source)


# --- Rendering ----------------------------------------------------------------------------------------------


def _names(codes: Iterable[str], registers: Registers) -> str:
    return listed(registers.state_name(code) for code in codes) or _("nobody")


def _given(label: str, value: Any) -> list[Line]:  # noqa: ANN401 - registers carry more than is modelled
    return [Line(label, _(str(value)).replace("_", " "))] if value is not None else []


def _km2(area: float | None) -> str | None:
    return None if area is None else f"{area:,.0f} km²"


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
    what = _("{kind}, on {day}: {words}").format(
        kind=standing.kind, day=dated(standing.on), words=standing.words
    )
    yield from wrapped(_("{id}: {name}").format(id=standing.id, name=standing.name), width, hyphens=True)
    yield from wrapped(what, width, hyphens=True)
    column = max((columns(line.label) for line in standing.lines), default=0)
    lines = [*standing.lines, *(Line(_("Source"), source) for source in standing.sources)]
    for line in lines:
        source = f" [{line.source}]" if line.source else ""
        yield from wrapped(
            f"{line.text}{source}",
            max(width, column + 40),
            f"  {line.label}{' ' * (column - columns(line.label))}  ",
            " " * (column + 4),
            hyphens=True,
        )
