"""The dated registers and the applicant profiles: their shape, and the dates they rest on."""

from __future__ import annotations

import datetime as dt
import itertools
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pytest
from pydantic import ValidationError

from seabed.law.logic import Truth
from seabed.law.registers import Event, NationalLaw, Registers
from seabed.law.rules import load_rulebook
from seabed.question import Applicant
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

RULES = Path(__file__).parents[2] / "rules"
REGISTERS = Registers(RULES / "registers")
CONTRACTS = read_yaml(RULES / "registers" / "isa_contracts.yaml")
PARTIES = read_yaml(RULES / "registers" / "unclos_parties.yaml")
FILINGS = read_yaml(RULES / "registers" / "us_dshmra.yaml")
PENDING = read_yaml(RULES / "registers" / "isa_applications.yaml")
PROFILES = {path.stem: read_yaml(path) for path in sorted((RULES / "applicants").glob("*.yaml"))}

TODAY = dt.date(2026, 11, 21)
ENTRY_INTO_FORCE = dt.date(1994, 11, 16)
AGREEMENT_IN_FORCE = dt.date(1996, 7, 28)
STATE_CODE = re.compile("[A-Z]{3}")


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


# --- ISA contracts ------------------------------------------------------------------------------------------


def test_there_are_thirty_two_contracts_with_the_doubtful_brazilian_one() -> None:
    refs = [contract["ref"] for contract in CONTRACTS]
    assert len(refs) == len(set(refs)) == 32


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["ref"])
def test_a_contract_says_who_what_and_when(contract: dict[str, Any]) -> None:
    assert set(contract) == {
        *("ref", "contractor", "contractor_id", "owner", "sponsors", "mineral", "region", "origin"),
        *("area_published_km2", "area_layer_km2", "terms", "pending", "doubts", "sources"),
    }
    assert contract["contractor_id"] in PROFILES
    assert contract["mineral"] in {"nodules", "sulphides", "crusts"}
    assert contract["origin"] in {"reserved", "non_reserved", "pioneer", None}
    assert contract["sponsors"]
    assert all(STATE_CODE.fullmatch(code) and code in PARTIES for code in contract["sponsors"])
    for area in (contract["area_published_km2"], contract["area_layer_km2"]):
        assert area is None or 900 < area < 80_000


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["ref"])
def test_the_terms_of_a_contract_follow_each_other_without_gap_or_overlap(contract: dict[str, Any]) -> None:
    terms = contract["terms"]
    for term in terms:
        assert set(term) == {
            "from",
            "to",
            "basis",
            "status",
            "sourced",
            "from_sourced",
            "to_sourced",
            "source",
        }
        assert term["from"] < term["to"]
        assert term["status"] in {"in_force", "requested", "unknown"}
        assert term["basis"] in {"initial", "extension_1", "extension_2", "extension_3"}
        assert term["sourced"] is (term["from_sourced"] and term["to_sourced"])
        assert term["source"]
    for before, after in itertools.pairwise(terms):
        assert after["from"] == before["to"] + dt.timedelta(days=1)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["ref"])
def test_an_initial_term_lasts_fifteen_years_and_an_extension_five(contract: dict[str, Any]) -> None:
    terms = contract["terms"]
    initial = [term for term in terms if term["basis"] == "initial"]
    start, end = initial[0]["from"], initial[-1]["to"]
    last = start.replace(year=start.year + 15)
    # TOML's contract template names the anniversary itself as the end.
    assert end == (last if contract["ref"] == "TOMLPMN1" else last - dt.timedelta(days=1))
    for term in terms[len(initial) :]:
        assert term["to"] == term["from"].replace(year=term["from"].year + 5) - dt.timedelta(days=1)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["ref"])
def test_a_term_whose_outcome_is_unknown_is_explained(contract: dict[str, Any]) -> None:
    if any(term["status"] != "in_force" for term in contract["terms"]):
        assert contract["pending"]
    if not contract["terms"][0]["from_sourced"]:
        assert contract["doubts"]


@pytest.mark.parametrize(
    ("ref", "on", "expected"),
    [
        ("NORIPMN1", "2011-07-21", Truth.FALSE),
        ("NORIPMN1", "2026-07-21", Truth.TRUE),
        ("NORIPMN1", "2026-07-22", Truth.UNKNOWN),
        ("NORIPMN1", "2026-11-21", Truth.UNKNOWN),
        ("NORIPMN1", "2031-07-22", Truth.FALSE),
        ("TOMLPMN1", "2026-11-21", Truth.TRUE),
        ("TOMLPMN1", "2027-01-12", Truth.FALSE),
        ("COMRAPMS1", "2026-11-17", Truth.TRUE),
        ("COMRAPMS1", "2026-11-18", Truth.UNKNOWN),
        ("COMRAPMN1", "2026-11-21", Truth.TRUE),
        ("KOREAPMN1", "2026-11-21", Truth.UNKNOWN),
        ("BGRPMN1", "2026-07-18", Truth.TRUE),
        ("BGRPMN1", "2026-07-19", Truth.UNKNOWN),
        ("GSRPMN1", "2013-01-20", Truth.UNKNOWN),
        ("IndiaPMS2", "2025-09-15", Truth.TRUE),
        ("BrazilCRFC1", "2018-01-01", Truth.TRUE),
        ("BrazilCRFC1", "2024-01-01", Truth.UNKNOWN),
    ],
)
def test_a_contract_stands_on_a_day_as_its_terms_say(ref: str, on: str, expected: Truth) -> None:
    assert REGISTERS.contract_status(ref, _day(on)).stands is expected


# --- Parties ------------------------------------------------------------------------------------------------


def test_the_number_of_parties_is_the_one_the_united_nations_counted() -> None:
    assert sum(state["unclos"]["status"] == "party" for state in PARTIES.values()) == 172


def test_state_codes_have_three_capitals_and_every_state_has_a_name() -> None:
    assert all(STATE_CODE.fullmatch(code) and state["name"] for code, state in PARTIES.items())


@pytest.mark.parametrize("code", PARTIES)
def test_entry_into_force_is_thirty_days_after_deposit_and_never_before_the_treaty(code: str) -> None:
    convention, agreement = PARTIES[code]["unclos"], PARTIES[code]["agreement_1994"]
    for record, day, begin in (
        (convention, convention["deposited"], ENTRY_INTO_FORCE),
        (agreement, agreement["consented"], AGREEMENT_IN_FORCE),
    ):
        assert record["status"] in {"party", "signatory", "non_party"}
        if record["status"] != "party":
            assert record["party_from"] is None
            assert day is None
        elif day is None:
            assert record["party_from"] is None
            assert record["not_before"] < record["not_after"] <= TODAY
        else:
            floor = max(begin, day + dt.timedelta(days=30))
            assert record["party_from"] == (
                floor if record is convention else max(floor, convention["party_from"])
            )


def test_nobody_is_party_to_the_agreement_without_the_convention() -> None:
    for state in PARTIES.values():
        if state["agreement_1994"]["status"] == "party":
            assert state["unclos"]["status"] == "party"


@pytest.mark.parametrize(
    ("state", "on", "expected"),
    [
        ("NRU", "1996-02-21", Truth.FALSE),
        ("NRU", "1996-02-22", Truth.TRUE),
        ("CHN", "1996-07-07", Truth.TRUE),
        ("USA", "2026-11-21", Truth.FALSE),
        ("COK", "2026-11-21", Truth.TRUE),
        ("NIU", "2006-11-10", Truth.TRUE),
        ("EUE", "1998-05-01", Truth.TRUE),
        ("KHM", "2026-06-01", Truth.UNKNOWN),
        ("KHM", "2026-11-21", Truth.TRUE),
        ("FJI", "1994-11-15", Truth.FALSE),
        ("FJI", "1994-11-16", Truth.TRUE),
    ],
)
def test_a_state_is_bound_from_the_day_the_convention_enters_into_force_for_it(
    state: str, on: str, expected: Truth
) -> None:
    assert REGISTERS.is_unclos_party(state, _day(on)) is expected


def test_the_united_states_signed_the_agreement_and_is_party_to_neither() -> None:
    record = PARTIES["USA"]
    assert record["unclos"] == {"status": "non_party", "signed": None, "deposited": None, "party_from": None}
    assert record["agreement_1994"]["status"] == "signatory"
    assert record["agreement_1994"]["signed"] == dt.date(1994, 7, 29)


# --- US licences and applications ---------------------------------------------------------------------------


@pytest.mark.parametrize("filing", FILINGS, ids=lambda filing: filing["ref"])
def test_a_us_filing_has_holder_instrument_and_dated_stages(filing: dict[str, Any]) -> None:
    assert filing["kind"] in {"licence", "application"}
    assert filing["priority"] in {"known", "unknown"}
    assert (filing["term"] is None) == (filing["kind"] == "application")
    assert set(filing["instrument"]) <= set(read_yaml(RULES / "instruments.yaml"))
    assert filing["holder_id"] in PROFILES or filing["ref"] in {"USA-2", "USA-3"}
    latest = dt.date.min
    for stage in filing["stages"]:
        assert stage["stage"] in {
            *("filed", "amended", "substantial_compliance", "full_compliance", "fr_notice", "certified"),
            *("issued", "extended", "first_seen", "plan_revision_proposed"),
        }
        day = stage["on"] or stage["not_after"]
        assert stage["on"] or stage["not_before"] < stage["not_after"]
        assert latest <= day <= TODAY
        latest = day


def test_priority_is_unknown_where_noaa_has_published_nothing() -> None:
    unknown = {filing["ref"] for filing in FILINGS if filing["priority"] == "unknown"}
    assert unknown == {"AOM-2026", "ECO-2026", "DSMC-2026"}


@pytest.mark.parametrize(
    ("ref", "on", "expected"),
    [
        ("USA-1", "1984-08-28", Truth.FALSE),
        ("USA-1", "2026-11-21", Truth.TRUE),
        ("USA-1", "2027-06-03", Truth.UNKNOWN),
        ("USA-4", "2026-11-21", Truth.TRUE),
        ("USA-2", "2026-11-21", Truth.FALSE),
        ("USA-3", "2010-01-01", Truth.UNKNOWN),
    ],
)
def test_a_licence_stands_on_a_day_as_its_term_says(ref: str, on: str, expected: Truth) -> None:
    assert REGISTERS.us_filing_status(ref, _day(on)).stands is expected


# --- Other registers ----------------------------------------------------------------------------------------


def test_the_lists_of_developing_and_developed_states_do_not_meet() -> None:
    lists = REGISTERS.development
    assert set(lists) == {"developing", "developed"}
    assert not lists["developing"].states & lists["developed"].states
    assert lists["developing"].states | lists["developed"].states <= set(PARTIES)
    assert REGISTERS.is_developing("NRU") is Truth.TRUE
    assert REGISTERS.is_developing("USA") is Truth.FALSE
    assert REGISTERS.is_developing("KOR") is Truth.UNKNOWN


def test_every_sponsor_of_a_reserved_area_counts_as_developing() -> None:
    for contract in CONTRACTS:
        if contract["origin"] == "reserved":
            assert set(contract["sponsors"]) <= REGISTERS.development["developing"].states, contract["ref"]


def test_thirty_eight_states_call_for_a_pause_a_moratorium_or_a_ban() -> None:
    states = read_yaml(RULES / "registers" / "moratorium_states.yaml")
    assert len(states) == 38
    for code, record in states.items():
        assert code in PARTIES
        assert isinstance(record["by"], dt.date)
        assert record["position"] in {
            *("moratorium", "precautionary_pause", "ban", "pause_or_moratorium", "not_specified"),
        }


def test_no_party_to_the_bbnj_agreement_is_bound_before_it_entered_into_force() -> None:
    register = read_yaml(RULES / "registers" / "bbnj.yaml")
    assert register["complete"] is False
    for code, record in register["states"].items():
        assert code in PARTIES
        if record["status"] == "party":
            expected = register["in_force_from"]
            if record["deposited"]:
                expected = max(expected, record["deposited"] + dt.timedelta(days=30))
            assert record["party_from"] == expected
        else:
            assert record["party_from"] is None


@pytest.mark.parametrize(
    ("state", "on", "expected"),
    [
        ("CHN", "2026-01-16", Truth.FALSE),
        ("CHN", "2026-01-17", Truth.TRUE),
        ("TTO", "2026-02-25", Truth.FALSE),
        ("TTO", "2026-02-26", Truth.TRUE),
        ("USA", "2026-09-14", Truth.FALSE),
        ("USA", "2026-10-13", Truth.FALSE),
        ("USA", "2026-10-14", Truth.UNKNOWN),
        ("NRU", "2026-01-16", Truth.FALSE),
        ("NRU", "2026-11-21", Truth.UNKNOWN),
    ],
)
def test_a_signatory_of_the_bbnj_agreement_may_be_bound_thirty_days_after_it_was_last_seen_as_one(
    state: str, on: str, expected: Truth
) -> None:
    assert REGISTERS.bbnj.binds(state, _day(on)) is expected


def test_a_call_for_a_pause_is_known_from_the_day_of_its_source() -> None:
    assert not REGISTERS.calls_for_pause("DEU", _day("2023-06-29"))
    assert REGISTERS.calls_for_pause("DEU", _day("2023-06-30"))
    assert not REGISTERS.calls_for_pause("NRU", TODAY)


# --- National laws and the timeline -------------------------------------------------------------------------

BOOK = load_rulebook()
EVERYWHERE = ("unclos", "bbnj")


@pytest.mark.parametrize("law", REGISTERS.national_laws, ids=lambda law: f"{law.state}: {law.citation}")
def test_a_national_law_names_its_state_its_source_and_the_rules_that_encode_it(law: NationalLaw) -> None:
    assert law.state in PARTIES
    assert law.source
    assert law.date is None or law.date < TODAY
    if law.rules is None:
        assert law.confidence != "high"
        return
    file = next(f for f in BOOK.files if f"{f.order}/{f.instrument}" == law.rules)
    assert file.order == law.state.lower()
    assert file.in_force.from_ == law.in_force
    assert file.in_force.to == law.until


def test_every_rule_file_of_a_state_stands_in_the_register_or_rests_on_a_law_that_does() -> None:
    encoded = {law.rules for law in REGISTERS.national_laws}
    resting = {"usa/cfr_970_971", "usa/eo_14285", "usa/sanctuaries_monuments"}
    files = {f"{f.order}/{f.instrument}" for f in BOOK.files if f.order not in EVERYWHERE}
    assert files - resting == encoded - {None}


def test_laws_are_listed_for_the_place_and_the_day_they_apply_to() -> None:
    def titles(state: str, on: str, where: Literal["area", "national_zones"]) -> list[str]:
        return [law.title for law in REGISTERS.laws_of(state, _day(on), where)]

    assert titles("NRU", "2024-08-19", "area") == ["International Seabed Minerals Act 2015"]
    assert titles("NRU", "2024-08-20", "area") == ["Nauru Seabed Minerals Authority Act 2024"]
    assert titles("NRU", "2026-11-21", "national_zones") == []
    assert titles("TON", "2014-08-24", "national_zones") == []
    assert titles("TON", "2014-08-25", "national_zones") == ["Seabed Minerals Act"]


def test_a_law_cannot_end_before_it_begins() -> None:
    law = REGISTERS.national_laws[0].model_dump() | {"in_force": _day("2020-01-02")}
    with pytest.raises(ValidationError, match="in this order"):
        NationalLaw.model_validate(law | {"until": _day("2020-01-01")})


def test_events_stand_in_the_order_of_time_and_reach_into_2027() -> None:
    days = [event.latest for event in REGISTERS.timeline]
    assert days == sorted(days)
    assert days[0].year == 1982
    assert days[-1] == _day("2027-03-30")
    assert len({(event.latest, event.text) for event in REGISTERS.timeline}) == len(days)


@pytest.mark.parametrize(
    ("on", "words"),
    [
        ("2025-07-21", "ISBA/30/C/19"),
        ("2026-06-05", "Case 35"),
        ("2026-07-18", "provisional measures"),
        ("2026-07-24", "ISBA/31/C/34"),
        ("2027-03-30", "defence"),
    ],
)
def test_the_steps_of_the_compliance_inquiry_are_on_the_timeline(on: str, words: str) -> None:
    assert any(event.on == _day(on) and words in event.text for event in REGISTERS.timeline)


@pytest.mark.parametrize(
    "days",
    [
        {},
        {"on": "2026-01-01", "not_before": "2025-01-01", "not_after": "2025-02-01"},
        {"not_before": "2025-01-01"},
        {"not_before": "2025-02-01", "not_after": "2025-01-01"},
    ],
)
def test_an_event_without_a_day_or_with_two_is_refused(days: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        Event.model_validate(days | {"about": "isa", "text": "x", "source": "x", "confidence": "high"})


def test_pending_applications_to_the_isa_name_a_profile_and_a_sponsor() -> None:
    for entry in PENDING:
        assert entry["applicant_id"] in PROFILES
        assert entry["sponsors"]
        assert entry["mineral"] in {"nodules", "crusts"}
        assert entry["filed"] is None or isinstance(entry["filed"], dt.date)


# --- Applicant profiles -------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", PROFILES)
def test_a_profile_is_a_valid_applicant(name: str) -> None:
    profile = dict(PROFILES[name])
    assert profile.pop("sources")
    assert isinstance(profile.pop("aliases"), list)
    applicant = Applicant.model_validate(profile)
    assert applicant.id == name
    assert not (applicant.nationality and applicant.incorporated_in)
    for code in (
        applicant.nationality,
        applicant.incorporated_in,
        *(applicant.controlled_by or ()),
        *(applicant.sponsors or ()),
    ):
        assert code is None or code in PARTIES
    assert not applicant.state_body or applicant.controlled_by == (applicant.nationality,)


def test_no_alias_stands_for_two_profiles() -> None:
    names = [
        name
        for key, profile in PROFILES.items()
        for name in {alias.casefold() for alias in (key, *profile["aliases"])}
    ]
    assert len(names) == len(set(names))


@pytest.mark.parametrize("name", PROFILES)
def test_what_a_profile_holds_is_in_a_register(name: str) -> None:
    contracts = {contract["ref"]: contract for contract in CONTRACTS}
    filings = {filing["ref"]: filing for filing in FILINGS}
    pending = {entry["ref"]: entry for entry in PENDING}
    for holding in PROFILES[name]["holds"]:
        match holding["instrument"]:
            case "isa_exploration_contract" | "sponsorship_certificate" | "prc_deep_seabed_permit":
                assert contracts[holding["ref"]]["contractor_id"] == name
            case "dshmra_exploration_licence" | "dshmra_application":
                assert filings[holding["ref"]]["holder_id"] == name
            case "isa_application":
                assert pending[holding["ref"]]["applicant_id"] == name
            case other:
                pytest.fail(f"{name} holds {other}, which no register knows")


def test_every_contract_and_application_is_held_by_its_profile() -> None:
    held = {holding["ref"] for profile in PROFILES.values() for holding in profile["holds"]}
    assert {contract["ref"] for contract in CONTRACTS} <= held
    assert {filing["ref"] for filing in FILINGS} - {"USA-2", "USA-3"} <= held


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from itertools.chain.from_iterable(map(_texts, value.values()))
    elif isinstance(value, list):
        yield from itertools.chain.from_iterable(map(_texts, value))


def test_whatever_looks_like_a_date_is_one() -> None:
    for path in (*(RULES / "registers").glob("*.yaml"), *(RULES / "applicants").glob("*.yaml")):
        assert not [
            text for text in _texts(read_yaml(path)) if re.fullmatch(r"\d{4}(-\d{1,2}){0,2}", text)
        ], path
