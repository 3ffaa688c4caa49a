"""From zones and a question to facts: holdings count for their own area only, and unknown stays unknown."""

from __future__ import annotations

import datetime as dt

import pytest

from seabed.atlas.store import FeatureAttributes
from seabed.law.facts import spot_facts
from seabed.law.logic import Missing
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook
from seabed.question import Applicant, Holding, Mineral, Question

TODAY = dt.date(2026, 11, 21)
AREA = FeatureAttributes(layer="maritime_zones", id="area", ref="area", kind="area", name="the Area")


def zone(kind: str, ref: str, **more) -> FeatureAttributes:
    return FeatureAttributes(layer="test", id=f"test:{ref}", ref=ref, kind=kind, name=ref, **more)


NORI = zone("isa_contract", "NORIPMN1", holder="NORI", mineral="nodules")
COMRA = zone("isa_contract", "COMRAPMN1", holder="COMRA", mineral="nodules")


def facts(
    *overlays: FeatureAttributes, applicant: Applicant | None = None, place=AREA, mineral="nodules", on=TODAY
):
    question = Question(applicant=applicant, mineral=mineral and Mineral(mineral), on=on)
    return spot_facts(place, overlays, question, load_registers(), load_rulebook().instruments).facts


def holder(*refs: str, instrument: str = "isa_exploration_contract", **more) -> Applicant:
    return Applicant(holds=tuple(Holding(instrument=instrument, ref=ref) for ref in refs), **more)


def test_a_contract_counts_for_its_own_area_only() -> None:
    here = facts(COMRA, applicant=holder("COMRAPMN1"))
    assert here["place.isa_contract_own"] is True
    assert here["place.isa_contract_other"] is False
    assert here["holds.isa_exploration_contract"] is True
    elsewhere = facts(COMRA, applicant=holder("BGRPMN1"))
    assert elsewhere["place.isa_contract_own"] is False
    assert elsewhere["place.isa_contract_other"] is True
    assert elsewhere["holds.isa_exploration_contract"] is False


def test_an_instrument_held_without_saying_where_is_not_known_to_count() -> None:
    somewhere = Applicant(holds=(Holding(instrument="isa_exploration_contract"),))
    assert facts(COMRA, applicant=somewhere)["holds.isa_exploration_contract"] is Missing.DONT_KNOW


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        ("2026-07-21", True),
        ("2026-07-22", Missing.DONT_KNOW),
        ("2026-11-21", Missing.DONT_KNOW),
        ("2011-07-21", False),
    ],
)
def test_noris_contract_is_in_force_to_21_july_2026_and_open_from_the_next_day(day, expected) -> None:
    on = dt.date.fromisoformat(day)
    assert facts(NORI, applicant=holder("NORIPMN1"), on=on)["place.isa_contract_own"] is expected


def test_a_contract_for_another_mineral_is_told_apart() -> None:
    here = facts(COMRA, applicant=holder(), mineral="sulphides")
    assert here["place.isa_contract_other"] is False
    assert here["place.isa_contract_other_mineral"] is True
    assert facts(COMRA, applicant=holder(), mineral=None)["place.isa_contract_other"] is Missing.DONT_KNOW


def test_nothing_is_presumed_of_an_applicant_who_was_not_named() -> None:
    here = facts(COMRA, NORI)
    for name in ("applicant.nationality", "applicant.state_is_party", "holds.isa_exploration_contract"):
        assert here[name] is Missing.NOT_ASKED
    assert here["place.isa_contract_own"] is Missing.DONT_KNOW


@pytest.mark.parametrize(
    ("state", "day", "party"),
    [
        ("CHN", "1996-07-06", False),
        ("CHN", "1996-07-07", True),
        ("USA", "2026-11-21", False),
        ("NRU", "2026-11-21", True),
    ],
)
def test_a_state_is_bound_thirty_days_after_deposit(state, day, party) -> None:
    assert (
        facts(applicant=Applicant(nationality=state), on=dt.date.fromisoformat(day))[
            "applicant.state_is_party"
        ]
        is party
    )


def test_control_from_elsewhere_is_unknown_until_somebody_says() -> None:
    assert (
        facts(applicant=Applicant(incorporated_in="NRU"))["applicant.controlled_from_elsewhere"]
        is Missing.DONT_KNOW
    )
    foreign = Applicant(incorporated_in="NRU", controlled_by=("USA",))
    assert facts(applicant=foreign)["applicant.controlled_from_elsewhere"] is True
    assert facts(applicant=foreign)["applicant.controlled_by_us_citizens"] is True
    assert (
        facts(applicant=Applicant(incorporated_in="NRU", controlled_by=("NRU",)))[
            "applicant.controlled_from_elsewhere"
        ]
        is False
    )


SAMOA = zone("territorial_sea", "ASM", state="USA", territory="ASM")


def test_the_three_mile_belt_is_what_the_us_ocs_layer_leaves_of_the_territorial_sea() -> None:
    assert facts(place=SAMOA)["place.within_3m"] is True
    assert facts(zone("us_ocs", "OCS-ASM"), place=SAMOA)["place.within_3m"] is False
    hawaii = zone("territorial_sea", "USA", state="USA")
    assert facts(place=hawaii)["place.within_3m"] is Missing.DONT_KNOW
    assert (
        facts(place=zone("continental_shelf", "ASM", state="USA", territory="ASM"))["place.within_3m"]
        is False
    )


def test_somebody_elses_application_has_priority_only_if_a_source_says_so() -> None:
    known = zone("us_dshmra_application", "TMC-USA-A", holder="TMC USA")
    doubtful = zone("us_dshmra_application", "ECO-2026", holder="Eco Minerals")
    other = Applicant(incorporated_in="USA", holds=())
    assert facts(known, applicant=other)["place.us_application_other"] is True
    assert facts(doubtful, applicant=other)["place.us_application_other"] is Missing.DONT_KNOW
    own = holder("TMC-USA-A", instrument="dshmra_application")
    assert facts(known, applicant=own)["place.us_application_other"] is False
    assert facts(known, applicant=own)["place.us_application_own"] is True


def test_the_box_around_a_leasing_area_is_not_yet_the_area() -> None:
    box = zone("us_ocs_leasing_process", "BOEM-2025-0035", properties={"envelope": True})
    assert facts(box, place=SAMOA)["place.us_leasing_process"] is Missing.DONT_KNOW
    shape = zone("us_ocs_leasing_process", "BOEM-2025-0035")
    assert facts(shape, place=SAMOA)["place.us_leasing_process"] is True


def test_at_a_disputed_spot_no_single_consent_is_known_to_count() -> None:
    disputed = zone("continental_shelf", "FLK", state="GBR", claimants=("GBR", "ARG"))
    consent = Applicant(
        nationality="GBR", holds=(Holding(instrument="coastal_state_consent", ref=disputed.id),)
    )
    assert facts(place=disputed, applicant=consent)["holds.coastal_state_consent"] is Missing.DONT_KNOW


def test_a_disputed_spot_has_several_claimants() -> None:
    disputed = zone("continental_shelf", "FLK", state="GBR", claimants=("GBR", "ARG"))
    assert facts(place=disputed)["place.disputed"] is True


def test_every_declared_fact_is_computed() -> None:
    book = load_rulebook()
    defined = {rule.then.fact for rule in book.rules()}
    assert set(facts()) == set(book.facts) - defined
