"""Exposure: what follows from acting without what an order asks for, or in breach; risks stand apart."""

from __future__ import annotations

import datetime as dt

import pytest

from seabed.contract import Verdict
from seabed.law.facts import Spot
from seabed.law.opinions import SpotOnSite, opine
from seabed.law.rules import Effect, Then, load_rulebook

BOOK = load_rulebook()
TODAY = dt.date(2026, 11, 21)
IN_THE_AREA = {"place.kind": "area", "place.beyond_200m_claim": False, "mineral": "nodules"}
US_COMPANY = {
    "applicant.nationality": "USA",
    "applicant.state_is_party": False,
    "applicant.controlled_by_us_citizens": False,
}
HOLDS_NOTHING = {f"holds.{name}": False for name in BOOK.instruments}
ON_THE_US_SHELF = {
    "place.kind": "continental_shelf",
    "place.state": "USA",
    "place.us_territory": False,
    "place.within_3m": False,
    "place.us_sanctuary": False,
    "place.us_monument": False,
}


def opinion(order: str, **facts):
    here = Spot(facts)
    return opine(order, TODAY, [SpotOnSite(here, ("zone",), 1.0)], BOOK)


def rules(order: str, facts: dict) -> set[str]:
    return {duty.rule for duty in opinion(order, **facts).exposure}


def test_a_us_company_that_mines_without_a_permit_faces_the_penalties_of_the_act() -> None:
    found = rules("usa", IN_THE_AREA | US_COMPANY | HOLDS_NOTHING | {"activity": "exploitation"})
    assert found == {
        f"usa.dshmra.{section}" for section in ("1461-6", "1462-a", "1463", "1464-b", "1465", "1466-a")
    }


def test_whether_a_ship_is_liable_itself_turns_on_its_flag() -> None:
    facts = IN_THE_AREA | US_COMPANY | HOLDS_NOTHING | {"activity": "exploration"}
    (ship,) = (d for d in opinion("usa", **facts).exposure if d.rule == "usa.dshmra.1465")
    assert "(open: " in ship.text
    assert "jurisdiction of the United States" in ship.text
    assert "usa.dshmra.1465" not in rules("usa", facts | {"vessel.us_flag": False})


def test_the_holder_of_a_licence_is_told_of_the_penalties_for_breaching_it() -> None:
    held = IN_THE_AREA | US_COMPANY | HOLDS_NOTHING
    held |= {
        "activity": "exploration",
        "holds.dshmra_exploration_licence": True,
        "place.us_application_other": False,
        "place.us_licence_other": False,
    }
    found = opinion("usa", **held)
    assert found.verdict is Verdict.PERMITTED
    assert "usa.dshmra.1462-a" in {duty.rule for duty in found.exposure}


def test_minerals_taken_without_an_isa_contract_are_not_recognised() -> None:
    facts = IN_THE_AREA | US_COMPANY | HOLDS_NOTHING
    mining = opinion("unclos", **facts | {"activity": "exploitation"})
    assert {duty.cite for duty in mining.exposure} == {"UNCLOS art. 137(2)", "UNCLOS art. 137(3)"}
    assert "UNCLOS art. 137(3)" in mining.cites
    assert opinion("unclos", **facts | {"activity": "exploration"}).exposure == []
    with_contract = facts | {"activity": "exploitation", "holds.isa_exploitation_contract": True}
    assert opinion("unclos", **with_contract).exposure == []


def test_a_chinese_company_without_permit_is_fined() -> None:
    facts = IN_THE_AREA | HOLDS_NOTHING | {"applicant.nationality": "CHN", "activity": "exploration"}
    assert rules("chn", facts) == {"chn.deep-seabed-law.25"}
    assert rules("chn", facts | {"activity": "scientific_research"}) == set()


def test_on_the_us_shelf_courts_fines_and_officers_stand_behind_the_lease() -> None:
    facts = ON_THE_US_SHELF | US_COMPANY | HOLDS_NOTHING | {"activity": "exploitation"}
    assert rules("usa", facts) == {"usa.ocsla.1350", "usa.ocsla.1350-a", "usa.ocsla.1350-d"}


def test_exposure_is_no_risk_and_a_risk_no_exposure() -> None:
    found = opinion("usa", **IN_THE_AREA | US_COMPANY | HOLDS_NOTHING | {"activity": "exploitation"})
    assert not {d.rule for d in found.risks} & {d.rule for d in found.exposure}
    exposing = {rule.id for rule in BOOK.rules() if rule.then.effect is Effect.EXPOSES}
    assert {d.rule for d in found.exposure} <= exposing


def test_a_rule_that_exposes_names_no_instrument() -> None:
    assert Then.model_validate({"effect": "exposes"}).effect is Effect.EXPOSES
    with pytest.raises(ValueError, match="goes with the effects requires and bars"):
        Then.model_validate({"effect": "exposes", "instruments": ["ocsla_lease"]})
