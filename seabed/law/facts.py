"""From zones and a question to the facts that rules ask about, for one spot of the site.

Every fact is a value, "don't know", "not asked" or "not applicable"; nothing is presumed here in silence:
presumptions come back as sentences.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from seabed.atlas.names import spoken_name
from seabed.language import _, aside, listed
from seabed.law.logic import Missing, Truth, Value

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping, Sequence

    from seabed.atlas.store import FeatureAttributes
    from seabed.law.registers import Reached, Registers, ShelfClaim
    from seabed.law.rules import InstrumentName
    from seabed.question import Answer, Applicant, Question

Fact = Value | Missing
_DONT_KNOW = Missing.DONT_KNOW
_NOT_APPLICABLE = Missing.NOT_APPLICABLE

#: Instruments that belong to an ISA contract area, whose term the contract's register gives.
_CONTRACT_INSTRUMENTS = frozenset({"isa_exploration_contract", "sponsorship_certificate"})
_US_INSTRUMENTS = frozenset({"dshmra_exploration_licence"})


@dataclass(frozen=True)
class Spot:
    """One spot of seabed as the rules see it: facts, and the names that fill their sentences.

    ``stages`` says for an instrument how far the procedure for it has come here: the applicant's own
    application, or a process of the authority's.
    """

    facts: Mapping[str, Fact]
    names: Mapping[str, str] = field(default_factory=dict)
    stages: Mapping[str, Mapping[str, Reached]] = field(default_factory=dict)


def spot_facts(
    jurisdiction: FeatureAttributes,
    overlays: Sequence[FeatureAttributes],
    question: Question,
    registers: Registers,
    instruments: Mapping[str, InstrumentName],
    shelf_claims: Sequence[ShelfClaim] = (),
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
        The declared instruments; each gets a ``holds.…`` fact.
    shelf_claims
        Claims to shelf beyond 200 M that may reach the spot, if it lies in the Area.
    """
    if jurisdiction.kind != "area":
        shelf_claims = ()
    facts: dict[str, Fact] = {
        "activity": question.activity.value if question.activity else Missing.NOT_ASKED,
        "mineral": question.mineral.value if question.mineral else Missing.NOT_ASKED,
        # Only the plans of the cruise can say these two, and only the State concerned the third.
        "activity.significant_effect": _DONT_KNOW,
        "activity.more_than_minor_effect": _DONT_KNOW,
        "activity.assessed_elsewhere": _DONT_KNOW,
        "vessel.us_flag": _DONT_KNOW,
        # No layer draws the areas of the Japanese ordinance.
        "place.jpn_mining_area": _DONT_KNOW if jurisdiction.kind == "area" else False,
    }
    contracts = _Contracts.at(overlays, question, registers)
    filings = _UsFilings.at(overlays, question, registers)
    facts |= _place(jurisdiction, overlays, shelf_claims)
    facts |= contracts.facts | filings.facts
    facts |= _applicant(question, _states(jurisdiction, shelf_claims), registers)
    refs = {o.ref: _for_mineral(o, question) for o in overlays}
    refs |= {o.id: refs[o.ref] for o in overlays} | {jurisdiction.id: Truth.TRUE}
    facts |= {
        f"holds.{name}": _holds(name, declared, question, refs, registers)
        for name, declared in instruments.items()
    }
    facts |= _answered(facts, question.answers)
    if facts["place.disputed"] is not False and facts.get("holds.coastal_state_consent") is True:
        facts["holds.coastal_state_consent"] = _DONT_KNOW  # whose consent counts is what the States dispute
    applicant_state = facts["applicant.nationality"]
    names = {
        "isa_contracts": listed(contracts.others),
        "own_isa_contract": listed(contracts.own),
        "us_licences": listed(filings.licences),
        "us_applications": listed(filings.applications),
        "own_us_application": listed(filings.own),
        "apei": _names(overlays, "isa_apei"),
        "reserved_area": _names(overlays, "isa_reserved_area"),
        "sanctuary": _names(overlays, "us_sanctuary"),
        "monument": _names(overlays, "us_marine_monument"),
        "leasing_process": _names(overlays, "us_ocs_leasing_process"),
        "denying_states": listed(map(registers.state_name, denying_states(jurisdiction))),
        "coastal_state": _state_words(jurisdiction, shelf_claims, registers),
        "applicant_state": registers.state_name(applicant_state) if isinstance(applicant_state, str) else "?",
    }
    stages = _stages(overlays, filings.own_refs, question.on, registers)
    return Spot(facts, {key: value or "?" for key, value in names.items()}, stages)


def _answered(facts: Mapping[str, Fact], answers: Mapping[str, Answer]) -> dict[str, Fact]:
    """Fill what is not known from what a person answered; whatever is stated already stands."""
    return {
        name: _DONT_KNOW if answer is None else answer
        for name, answer in answers.items()
        if facts.get(name) in {_DONT_KNOW, Missing.NOT_ASKED}
    }


def _stages(
    overlays: Sequence[FeatureAttributes], own_refs: Iterable[str], on: dt.date, registers: Registers
) -> dict[str, dict[str, Reached]]:
    """Say how far the procedures at the spot have come, by instrument; where several run, the furthest."""
    found: dict[str, dict[str, Reached]] = {}
    for ref in own_refs:
        filing = registers.us_filings.get(ref)
        for name in filing.instrument if filing else ():
            _keep_furthest(found.setdefault(name, {}), registers.us_filing_stages(ref, on))
    surely_inside = _in_leasing_process(overlays) is True
    for overlay in (o for o in overlays if o.kind == "us_ocs_leasing_process"):
        stages = registers.us_leasing_stages(overlay.ref, on)
        if not surely_inside:
            stages = {
                name: replace(
                    one,
                    truth=one.truth & Truth.UNKNOWN,
                    words=_("{when}, if the place lies inside the area").format(when=one.words),
                )
                for name, one in stages.items()
            }
        _keep_furthest(found.setdefault("ocsla_lease", {}), stages)
    return found


def _keep_furthest(found: dict[str, Reached], more: Mapping[str, Reached]) -> None:
    for name, one in more.items():
        if name not in found or one.truth | found[name].truth is not found[name].truth:
            found[name] = one


# --- The place ----------------------------------------------------------------------------------------------


def _place(
    jurisdiction: FeatureAttributes, overlays: Sequence[FeatureAttributes], claims: Sequence[ShelfClaim]
) -> dict[str, Fact]:
    kinds = {overlay.kind for overlay in overlays}
    states = _states(jurisdiction, claims)
    american = "USA" in states
    territory = jurisdiction.territory is not None
    if claims:  # beyond a claim of the United States lies a territory or a state, as its coasts are
        territory = not any(claim.coastal_of & {"USA"} for claim in claims)
    return {
        "place.kind": jurisdiction.kind,
        # Where a shelf beyond 200 M may reach, the State whose it would be.
        "place.state": _one(states),
        "place.disputed": _DONT_KNOW if claims and len(states) > 1 else len(jurisdiction.claimants) > 1,
        "place.shelf_denied": bool(denying_states(jurisdiction)),
        "place.beyond_200m_claim": _DONT_KNOW if claims else jurisdiction.kind == "extended_shelf",
        "place.us_territory": american and territory,
        "place.american_samoa": american and jurisdiction.territory == "ASM",
        "place.within_3m": _within_3m(jurisdiction, kinds),
        "place.us_leasing_process": _in_leasing_process(overlays),
        "place.us_sanctuary": "us_sanctuary" in kinds,
        "place.us_monument": "us_marine_monument" in kinds,
        "place.isa_apei": "isa_apei" in kinds,
    }


def denying_states(jurisdiction: FeatureAttributes) -> tuple[str, ...]:
    """Return the States that deny that the feature behind a zone has one (UNCLOS art. 121(3))."""
    return tuple(jurisdiction.properties.get("denied_by", ()))


def _states(jurisdiction: FeatureAttributes, claims: Sequence[ShelfClaim]) -> tuple[str, ...]:
    """Return the State of a zone; in the Area those whose shelf beyond 200 M may reach the spot."""
    if claims:
        return tuple(dict.fromkeys(state for claim in claims for state in claim.states))
    return (jurisdiction.state,) if jurisdiction.state else ()


def _one(states: Sequence[str]) -> Fact:
    if len(states) > 1:
        return _DONT_KNOW
    return states[0] if states else _NOT_APPLICABLE


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


def _state_words(jurisdiction: FeatureAttributes, claims: Sequence[ShelfClaim], registers: Registers) -> str:
    states = jurisdiction.claimants or _states(jurisdiction, claims)
    return " / ".join(registers.state_name(state) for state in states)


def _names(overlays: Sequence[FeatureAttributes], kind: str) -> str:
    return listed(dict.fromkeys(spoken_name(overlay.name) for overlay in overlays if overlay.kind == kind))


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
        areas = [o for o in overlays if o.kind == "isa_contract"]
        in_force = {o.ref: registers.contract_status(o.ref, question.on).stands for o in areas}
        counting = {o.ref: in_force[o.ref] & _same_mineral(o, question) for o in areas}
        answered = {  # every contract of the register is one for exploration
            **_own_by_answer(in_force, own_refs, question.answers.get("holds.isa_exploration_contract")),
            **_own_by_answer(counting, own_refs, question.answers.get("place.isa_contract_own")),
        }
        own = other = other_mineral = Truth.FALSE
        own_names: list[str] = []
        other_names: list[str] = []
        for overlay in (o for o in overlays if o.kind == "isa_contract"):
            stands = registers.contract_status(overlay.ref, question.on).stands
            same = _same_mineral(overlay, question)
            label = aside(overlay.ref, _(str(overlay.holder)))
            is_own = answered.get(overlay.ref, _is_own(overlay.ref, own_refs))
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
    own_refs: tuple[str, ...]

    @classmethod
    def at(
        cls, overlays: Sequence[FeatureAttributes], question: Question, registers: Registers
    ) -> _UsFilings:
        own_refs = _refs_held(question.applicant, "dshmra_")
        found = {o.ref: Truth.TRUE for o in overlays if o.kind == "us_dshmra_application"}
        answered = _own_by_answer(found, own_refs, question.answers.get("place.us_application_own"))
        pending = [ref for ref in found if answered.get(ref, _is_own(ref, own_refs)) is Truth.TRUE]
        licence = application = own_application = Truth.FALSE
        own: list[str] = []
        licences: list[str] = []
        applications: list[str] = []
        filed: list[str] = []
        for overlay in overlays:
            is_own = answered.get(overlay.ref, _is_own(overlay.ref, own_refs))
            label = aside(overlay.ref, _(str(overlay.holder)))
            if overlay.kind == "us_dshmra_licence":
                licence |= registers.us_filing_status(overlay.ref, question.on).stands & ~is_own
                if is_own is not Truth.TRUE:
                    licences.append(label)
            elif overlay.kind == "us_dshmra_application":
                application |= registers.us_priority(overlay.ref, pending) & ~is_own
                own_application |= is_own
                (own if is_own is Truth.TRUE else applications).append(label)
                filed += [overlay.ref] if is_own is Truth.TRUE else []
        facts: dict[str, Fact] = {
            "place.us_licence_other": _fact(licence),
            "place.us_application_other": _fact(application),
            "place.us_application_own": _fact(own_application),
        }
        return cls(facts, *(tuple(dict.fromkeys(names)) for names in (own, licences, applications, filed)))


def _same_mineral(overlay: FeatureAttributes, question: Question) -> Truth:
    if question.mineral is None or overlay.mineral is None:
        return Truth.UNKNOWN
    return Truth.of(overlay.mineral == question.mineral.value)


def _for_mineral(overlay: FeatureAttributes, question: Question) -> Truth:
    """Say whether what is held for a zone is held for the mineral asked about: ISA contracts name one."""
    return _same_mineral(overlay, question) if overlay.kind == "isa_contract" else Truth.TRUE


def _is_own(ref: str, own_refs: set[str] | None) -> Truth:
    return Truth.UNKNOWN if own_refs is None else Truth.of(ref in own_refs)


def _own_by_answer(found: Mapping[str, Truth], own_refs: set[str] | None, answer: Answer) -> dict[str, Truth]:
    """Say which areas are the applicant's own, from the answer that one of them is, or that none is.

    ``found`` says of each area whether the answer can be about it (in force, for the mineral asked about).
    A "no" tells whose an area is not only if the area surely counts; a "yes" which it is if only one may.
    """
    if own_refs is not None or not isinstance(answer, bool):
        return {}
    if not answer:
        return {ref: Truth.FALSE for ref, counts in found.items() if counts is Truth.TRUE}
    candidates = [ref for ref, counts in found.items() if counts is not Truth.FALSE]
    return {candidates[0]: Truth.TRUE} if len(candidates) == 1 else {}


def _refs_held(applicant: Applicant | None, prefix: str) -> set[str] | None:
    """Return the areas for which the applicant holds instruments of a family; None if that is unknown."""
    if applicant is None or applicant.holds is None:
        return None
    return {h.ref for h in applicant.holds if h.ref and h.instrument.startswith(prefix)}


def _fact(truth: Truth) -> Fact:
    return _DONT_KNOW if truth is Truth.UNKNOWN else truth is Truth.TRUE


# --- The applicant ------------------------------------------------------------------------------------------


def _applicant(question: Question, coastal: Sequence[str], registers: Registers) -> dict[str, Fact]:
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
        "applicant.is_coastal_state": _is_coastal(applicant, state, coastal),
        "applicant.state_is_bbnj_party": _bbnj_party(state, applicant.sponsors, question.on, registers),
        "applicant.state_calls_for_pause": _calls_for_pause(sponsors, question.on, registers),
        "applicant.uk_resident": _DONT_KNOW,
    }


def _is_coastal(applicant: Applicant, state: str | None, coastal: Sequence[str]) -> Fact:
    if applicant.state_body is False or state not in coastal:
        return False
    return True if applicant.state_body and len(coastal) == 1 else _DONT_KNOW


_APPLICANT_FACTS = (
    "applicant.nationality",
    "applicant.state_is_party",
    "applicant.controlled_from_elsewhere",
    "applicant.controlled_by_us_citizens",
    "applicant.from_developing_state",
    "applicant.is_coastal_state",
    "applicant.state_is_bbnj_party",
    "applicant.state_calls_for_pause",
    "applicant.uk_resident",
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


def _bbnj_party(
    state: str | None, sponsors: tuple[str, ...] | None, on: dt.date, registers: Registers
) -> Fact:
    """Say whether a State with jurisdiction or control over the applicant is party to the BBNJ Agreement."""
    states = dict.fromkeys((*((state,) if state else ()), *(sponsors or ())))
    if not states:
        return _DONT_KNOW
    truth = Truth.FALSE
    for each in states:
        truth |= registers.bbnj.binds(each, on)
    return _fact(truth)


def _calls_for_pause(states: tuple[str, ...], on: dt.date, registers: Registers) -> Fact:
    return any(registers.calls_for_pause(state, on) for state in states) if states else _DONT_KNOW


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


def _holds(
    instrument: str,
    declared: InstrumentName,
    question: Question,
    refs: Mapping[str, Truth],
    registers: Registers,
) -> Fact:
    """Say whether the applicant holds an instrument for this spot: its ``ref`` must name a zone here."""
    applicant = question.applicant
    if applicant is None:
        return Missing.NOT_ASKED
    if applicant.holds is None:
        return _DONT_KNOW
    # What nobody records a built-in profile cannot list; its silence is no "no".
    is_silent = applicant.id is not None and not declared.is_recorded
    truth = Truth.UNKNOWN if is_silent or instrument in applicant.holds_unknown else Truth.FALSE
    for holding in applicant.holds:
        if holding.instrument != instrument:
            continue
        if holding.ref is None:
            truth |= Truth.UNKNOWN
        elif holding.ref in refs:
            truth |= refs[holding.ref] & _in_force(instrument, holding.ref, question.on, registers)
    return _fact(truth)


def _in_force(instrument: str, ref: str, on: dt.date, registers: Registers) -> Truth:
    """Say whether an instrument stands; what no register knows counts as the applicant says."""
    if instrument in _CONTRACT_INSTRUMENTS and ref in registers.contracts:
        return registers.contract_status(ref, on).stands
    if instrument in _US_INSTRUMENTS and ref in registers.us_filings:
        return registers.us_filing_status(ref, on).stands
    return Truth.TRUE
