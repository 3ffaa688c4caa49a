"""From zones and a question to the facts that rules ask about, for one spot of the site.

Every fact is a value, "don't know", "not asked" or "not applicable"; nothing is presumed here in silence:
presumptions come back as sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from seabed.law.logic import Missing, Truth, Value

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from seabed.atlas.store import FeatureAttributes
    from seabed.law.registers import Registers
    from seabed.question import Applicant, Question

Fact = Value | Missing
_DONT_KNOW = Missing.DONT_KNOW
_NOT_APPLICABLE = Missing.NOT_APPLICABLE

#: Instruments that belong to an ISA contract area, whose term the contract's register gives.
_CONTRACT_INSTRUMENTS = frozenset({"isa_exploration_contract", "sponsorship_certificate"})
_US_INSTRUMENTS = frozenset({"dshmra_exploration_licence"})


@dataclass(frozen=True)
class Spot:
    """One spot of seabed as the rules see it: facts, and the names that fill their sentences."""

    facts: Mapping[str, Fact]
    names: Mapping[str, str] = field(default_factory=dict)


def spot_facts(
    jurisdiction: FeatureAttributes,
    overlays: Sequence[FeatureAttributes],
    question: Question,
    registers: Registers,
    instruments: Iterable[str],
) -> Spot:
    """Return the facts of one spot on which the same zones hold throughout.

    Parameters
    ----------
    jurisdiction
        The zone that says whose seabed it is (kind ``area`` beyond national jurisdiction).
    overlays
        The contracts, licences, reserves and monuments that also cover it.
    question
        Who wants to do what, for which mineral, on which date.
    registers
        Dated status facts.
    instruments
        The ids for which a ``holds.…`` fact is wanted.
    """
    facts: dict[str, Fact] = {
        "activity": question.activity.value if question.activity else Missing.NOT_ASKED,
        "mineral": question.mineral.value if question.mineral else Missing.NOT_ASKED,
        # Only the plans of the cruise can say these two.
        "activity.significant_effect": _DONT_KNOW,
        "vessel.us_flag": _DONT_KNOW,
    }
    contracts = _Contracts.at(overlays, question, registers)
    filings = _UsFilings.at(overlays, question, registers)
    facts |= _place(jurisdiction, overlays)
    facts |= contracts.facts | filings.facts
    facts |= _applicant(question, jurisdiction, registers)
    refs = {name for overlay in overlays for name in (overlay.ref, overlay.id)} | {jurisdiction.id}
    facts |= {f"holds.{name}": _holds(name, question, refs, registers) for name in instruments}
    if facts["place.disputed"] and facts.get("holds.coastal_state_consent") is True:
        facts["holds.coastal_state_consent"] = _DONT_KNOW  # whose consent counts is what the States dispute
    applicant_state = facts["applicant.nationality"]
    names = {
        "isa_contracts": ", ".join(contracts.others),
        "own_isa_contract": ", ".join(contracts.own),
        "us_licences": ", ".join(filings.licences),
        "us_applications": ", ".join(filings.applications),
        "own_us_application": ", ".join(filings.own),
        "apei": _names(overlays, "isa_apei"),
        "reserved_area": _names(overlays, "isa_reserved_area"),
        "sanctuary": _names(overlays, "us_sanctuary"),
        "monument": _names(overlays, "us_marine_monument"),
        "leasing_process": _names(overlays, "us_ocs_leasing_process"),
        "coastal_state": _state_words(jurisdiction, registers),
        "applicant_state": registers.state_name(applicant_state) if isinstance(applicant_state, str) else "?",
    }
    return Spot(facts, {key: value or "?" for key, value in names.items()})


# --- The place ----------------------------------------------------------------------------------------------


def _place(jurisdiction: FeatureAttributes, overlays: Sequence[FeatureAttributes]) -> dict[str, Fact]:
    kinds = {overlay.kind for overlay in overlays}
    american = jurisdiction.state == "USA"
    return {
        "place.kind": jurisdiction.kind,
        "place.state": jurisdiction.state or _NOT_APPLICABLE,
        "place.disputed": len(jurisdiction.claimants) > 1,
        # No extended-shelf layer ships with the program; `assess` says so as an assumption.
        "place.beyond_200m_claim": jurisdiction.kind == "extended_shelf",
        "place.us_territory": american and jurisdiction.territory is not None,
        "place.american_samoa": american and jurisdiction.territory == "ASM",
        "place.within_3m": _within_3m(jurisdiction, kinds),
        "place.us_leasing_process": _in_leasing_process(overlays),
        "place.us_sanctuary": "us_sanctuary" in kinds,
        "place.us_monument": "us_marine_monument" in kinds,
        "place.isa_apei": "isa_apei" in kinds,
    }


def _in_leasing_process(overlays: Sequence[FeatureAttributes]) -> Fact:
    """Where only the box around an area is known, to be in the box is not yet to be in the area."""
    found = [o for o in overlays if o.kind == "us_ocs_leasing_process"]
    if found and all(o.properties.get("envelope") for o in found):
        return _DONT_KNOW
    return bool(found)


def _within_3m(jurisdiction: FeatureAttributes, kinds: set[str]) -> Fact:
    """Say whether a spot lies within 3 M; unknown in a territorial sea where no layer draws that line."""
    if jurisdiction.kind != "territorial_sea" or "us_ocs" in kinds:
        return False
    has_line = jurisdiction.state == "USA" and jurisdiction.territory in US_OCS_TERRITORIES
    return True if has_line else _DONT_KNOW


#: Territories whose outer continental shelf the `us_ocs` layer draws.
US_OCS_TERRITORIES = frozenset({"ASM", "GUM", "MNP", "VIR"})


def _state_words(jurisdiction: FeatureAttributes, registers: Registers) -> str:
    states = jurisdiction.claimants or tuple(filter(None, (jurisdiction.state,)))
    return " / ".join(registers.state_name(state) for state in states)


def _names(overlays: Sequence[FeatureAttributes], kind: str) -> str:
    return ", ".join(dict.fromkeys(overlay.name for overlay in overlays if overlay.kind == kind))


@dataclass(frozen=True)
class _Contracts:
    """ISA contracts and reserved areas at the spot, for the mineral asked about."""

    facts: dict[str, Fact]
    own: tuple[str, ...]
    others: tuple[str, ...]

    @classmethod
    def at(
        cls, overlays: Sequence[FeatureAttributes], question: Question, registers: Registers
    ) -> _Contracts:
        own_refs = _refs_held(question.applicant, "isa_")
        own = other = other_mineral = Truth.FALSE
        own_names: list[str] = []
        other_names: list[str] = []
        for overlay in (o for o in overlays if o.kind == "isa_contract"):
            stands = registers.contract_status(overlay.ref, question.on).stands
            same = _same_mineral(overlay, question)
            label = f"{overlay.ref} ({overlay.holder})"
            is_own = _is_own(overlay.ref, own_refs)
            own |= stands & same & is_own
            other |= stands & same & ~is_own
            other_mineral |= stands & ~same & ~is_own
            (own_names if is_own is Truth.TRUE else other_names).append(label)
        reserved = Truth.FALSE
        for overlay in (o for o in overlays if o.kind == "isa_reserved_area"):
            reserved |= _same_mineral(overlay, question)
        facts: dict[str, Fact] = {
            "place.isa_contract_own": _fact(own),
            "place.isa_contract_other": _fact(other),
            "place.isa_contract_other_mineral": _fact(other_mineral),
            "place.isa_reserved": _fact(reserved),
        }
        return cls(facts, tuple(dict.fromkeys(own_names)), tuple(dict.fromkeys(other_names)))


@dataclass(frozen=True)
class _UsFilings:
    """DSHMRA licences and applications at the spot."""

    facts: dict[str, Fact]
    own: tuple[str, ...]
    licences: tuple[str, ...]
    applications: tuple[str, ...]

    @classmethod
    def at(
        cls, overlays: Sequence[FeatureAttributes], question: Question, registers: Registers
    ) -> _UsFilings:
        own_refs = _refs_held(question.applicant, "dshmra_")
        licence = application = own_application = Truth.FALSE
        own: list[str] = []
        licences: list[str] = []
        applications: list[str] = []
        for overlay in overlays:
            is_own = _is_own(overlay.ref, own_refs)
            label = f"{overlay.ref} ({overlay.holder})"
            if overlay.kind == "us_dshmra_licence":
                licence |= registers.us_filing_status(overlay.ref, question.on).stands & ~is_own
                if is_own is not Truth.TRUE:
                    licences.append(label)
            elif overlay.kind == "us_dshmra_application":
                filing = registers.us_filings.get(overlay.ref)
                priority = Truth.TRUE if filing and filing.priority == "known" else Truth.UNKNOWN
                application |= priority & ~is_own
                own_application |= is_own
                (own if is_own is Truth.TRUE else applications).append(label)
        facts: dict[str, Fact] = {
            "place.us_licence_other": _fact(licence),
            "place.us_application_other": _fact(application),
            "place.us_application_own": _fact(own_application),
        }
        return cls(facts, *(tuple(dict.fromkeys(names)) for names in (own, licences, applications)))


def _same_mineral(overlay: FeatureAttributes, question: Question) -> Truth:
    if question.mineral is None or overlay.mineral is None:
        return Truth.UNKNOWN
    return Truth.of(overlay.mineral == question.mineral.value)


def _is_own(ref: str, own_refs: set[str] | None) -> Truth:
    return Truth.UNKNOWN if own_refs is None else Truth.of(ref in own_refs)


def _refs_held(applicant: Applicant | None, prefix: str) -> set[str] | None:
    """Return the areas for which the applicant holds instruments of a family; None if that is unknown."""
    if applicant is None or applicant.holds is None:
        return None
    return {h.ref for h in applicant.holds if h.ref and h.instrument.startswith(prefix)}


def _fact(truth: Truth) -> Fact:
    return _DONT_KNOW if truth is Truth.UNKNOWN else truth is Truth.TRUE


# --- The applicant ------------------------------------------------------------------------------------------


def _applicant(question: Question, jurisdiction: FeatureAttributes, registers: Registers) -> dict[str, Fact]:
    applicant = question.applicant
    if applicant is None:
        return dict.fromkeys(_APPLICANT_FACTS, Missing.NOT_ASKED)
    state = applicant.nationality or applicant.incorporated_in
    control = applicant.controlled_by
    sponsors = applicant.sponsors or ((state,) if state else ())
    return {
        "applicant.nationality": state or _DONT_KNOW,
        "applicant.state_is_party": _party(state, applicant.sponsors, question.on, registers),
        "applicant.controlled_from_elsewhere": _elsewhere(control, state),
        "applicant.controlled_by_us_citizens": _DONT_KNOW if control is None else "USA" in control,
        "applicant.from_developing_state": _developing(sponsors, registers),
        "applicant.is_coastal_state": applicant.state_body and state == jurisdiction.state,
    }


_APPLICANT_FACTS = (
    "applicant.nationality",
    "applicant.state_is_party",
    "applicant.controlled_from_elsewhere",
    "applicant.controlled_by_us_citizens",
    "applicant.from_developing_state",
    "applicant.is_coastal_state",
)


def _party(state: str | None, sponsors: tuple[str, ...] | None, on: dt.date, registers: Registers) -> Fact:
    if state:
        return _fact(registers.is_unclos_party(state, on))
    if sponsors:  # an intergovernmental body: bound through the States that sponsor it
        truth = Truth.TRUE
        for sponsor in sponsors:
            truth &= registers.is_unclos_party(sponsor, on)
        return _fact(truth)
    return _DONT_KNOW


def _elsewhere(control: tuple[str, ...] | None, state: str | None) -> Fact:
    if control is None or state is None:
        return _DONT_KNOW
    return any(controller != state for controller in control)


def _developing(states: tuple[str, ...], registers: Registers) -> Fact:
    if not states:
        return _DONT_KNOW
    truth = Truth.TRUE
    for state in states:
        truth &= registers.is_developing(state)
    return _fact(truth)


def _holds(instrument: str, question: Question, refs: set[str], registers: Registers) -> Fact:
    """Say whether the applicant holds an instrument for this spot: its ``ref`` must name a zone here."""
    applicant = question.applicant
    if applicant is None:
        return Missing.NOT_ASKED
    if applicant.holds is None:
        return _DONT_KNOW
    truth = Truth.UNKNOWN if instrument in applicant.holds_unknown else Truth.FALSE
    for holding in applicant.holds:
        if holding.instrument != instrument:
            continue
        if holding.ref is None:
            truth |= Truth.UNKNOWN
        elif holding.ref in refs:
            truth |= _in_force(instrument, holding.ref, question.on, registers)
    return _fact(truth)


def _in_force(instrument: str, ref: str, on: dt.date, registers: Registers) -> Truth:
    """Say whether an instrument stands; what no register knows counts as the applicant says."""
    if instrument in _CONTRACT_INSTRUMENTS and ref in registers.contracts:
        return registers.contract_status(ref, on).stands
    if instrument in _US_INSTRUMENTS and ref in registers.us_filings:
        return registers.us_filing_status(ref, on).stands
    return Truth.TRUE
