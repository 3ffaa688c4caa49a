from __future__ import annotations

import datetime as dt

import pytest

from seabed.contract import DatedFact, Opinion, Verdict, Zone
from seabed.law.registers import load_registers
from seabed.law.timeline import timeline_of
from seabed.question import Applicant, Mineral, Question

REGISTERS = load_registers()
DAY = dt.date(2026, 11, 21)


def zone(identifier: str, kind: str = "isa_contract", state: str | None = None, share: float = 1.0) -> Zone:
    return Zone(
        kind=kind,
        id=identifier,
        name=identifier,
        state=state,
        territory=None,
        claimants=[],
        holder=None,
        share=share,
        area_km2=1.0,
        status=None,
        layer="x",
        accuracy_km=1.0,
        source="x",
    )


def told(
    zones: list[Zone],
    orders: dict[str, Verdict],
    on: dt.date = DAY,
    applicant: Applicant | None = None,
    mineral: Mineral | None = None,
) -> list[DatedFact]:
    opinions = [
        Opinion(order=order, name=order, verdict=verdict, contested=False, summary="")
        for order, verdict in orders.items()
    ]
    return timeline_of(opinions, zones, Question(on=on, applicant=applicant, mineral=mineral), REGISTERS)


def texts(found: list[DatedFact]) -> str:
    return "\n".join(fact.text for fact in found)


NORI = [zone("area", "area"), zone("NORIPMN1"), zone("TMC-USA-A", "us_dshmra_application")]
ALL = {"unclos": Verdict.PROHIBITED, "usa": Verdict.AUTHORISATION_REQUIRED, "bbnj": Verdict.CONTINGENT}


def test_the_terms_and_steps_of_what_covers_the_site_are_told_in_order() -> None:
    found = told(NORI, ALL)
    days = [fact.on or fact.not_after for fact in found]
    assert days == sorted(days)  # type: ignore[type-var]
    said = texts(found)
    assert "NORIPMN1: term begins (initial)" in said
    assert "NORI (Case 34) and TOML (Case 35) bring proceedings" in said
    assert "TMC-USA-A: full compliance" in said


def test_nothing_after_the_day_is_told_but_the_end_of_a_term() -> None:
    on = dt.date(2015, 1, 1)
    later = [fact for fact in told(NORI, ALL, on) if (fact.on or fact.not_before or DAY) > on]
    assert [fact.text for fact in later] == ["NORIPMN1: term ends (initial)"]
    assert not told([zone("NORIPMN1")], {}, dt.date(2011, 7, 21))


def test_what_happened_to_others_is_not_told() -> None:
    elsewhere = texts(told([zone("area", "area")], ALL))
    assert "The Agreement on Part XI is adopted" in elsewhere
    assert "NORI" not in elsewhere
    assert "TMC USA" not in elsewhere


def test_an_applicant_brings_its_own_history() -> None:
    nori = Applicant(id="nori", name="Nauru Ocean Resources Inc. (NORI)")
    assert "NORI applies to extend its contract" in texts(told([zone("area", "area")], ALL, applicant=nori))


@pytest.mark.parametrize(
    ("order", "text"), [("usa", "Executive Order 14285"), ("bbnj", "BBNJ Agreement enters")]
)
def test_an_order_that_does_not_speak_is_not_told_of(order: str, text: str) -> None:
    assert text in texts(told(NORI[:1], ALL))
    assert text not in texts(told(NORI[:1], ALL | {order: Verdict.NOT_APPLICABLE}))


def test_what_happens_to_the_area_is_not_told_of_a_shelf() -> None:
    shelf = texts(told([zone("zone:ASM", "continental_shelf", "USA")], ALL))
    assert "The Convention enters into force" in shelf
    assert "Executive Order 14285" in shelf
    for of_the_area in ("Regulations on", "exploitation", "Nauru", "Secretary-General", "consolidated"):
        assert of_the_area not in shelf


def test_what_opened_the_shelf_of_the_territories_is_told_on_it() -> None:
    shelf = [zone("zone:ASM", "continental_shelf", "USA"), zone("OCS-ASM", "us_ocs")]
    assert "off US territories" in texts(told(shelf, ALL))
    assert "off US territories" not in texts(told(NORI, ALL))


def test_regulations_on_other_minerals_are_not_told() -> None:
    found = texts(told([zone("area", "area")], ALL, mineral=Mineral.NODULES))
    assert "Regulations on nodules" in found
    assert "Regulations on crusts" not in found
    assert "sulphides" not in found
    assert "Regulations on crusts" in texts(told([zone("area", "area")], ALL))


def test_the_plan_of_the_clarion_clipperton_zone_is_told_there_alone() -> None:
    area = zone("area", "area")
    assert "four APEIs" not in texts(told([area], ALL))
    assert "four APEIs" in texts(told([area, zone("CCZ", "ccz")], ALL))


def test_proceedings_of_others_are_not_told_where_the_text_does_not_name_them() -> None:
    assert "Joint hearings" not in texts(told([zone("area", "area"), zone("COMRAPMN1")], ALL))
    assert "Joint hearings" in texts(told(NORI, ALL))


def test_what_covers_a_sliver_brings_no_dates() -> None:
    found = texts(told([zone("area", "area"), zone("UKSRLPMN1", share=0.0002)], ALL))
    assert "UKSRLPMN1" not in found


def test_a_term_that_may_not_stand_would_begin_and_end() -> None:
    found = texts(told(NORI, ALL, dt.date(2026, 11, 21)))
    assert "NORIPMN1: term would end (extension 1, not known whether it stands)" in found
    assert "NORIPMN1: term ends (initial)" in found


def test_no_law_is_told_twice() -> None:
    found = told([zone("area", "area", "CHN")], {"chn": Verdict.AUTHORISATION_REQUIRED})
    assert len([fact for fact in found if fact.on == dt.date(2016, 5, 1)]) == 1


def test_the_laws_of_a_state_are_told_where_they_apply() -> None:
    orders = {"usa": Verdict.PROHIBITED}
    assert "Deep Seabed Hard Mineral Resources Act" in texts(told([zone("area", "area")], orders))
    assert "Outer Continental Shelf Lands Act" not in texts(told([zone("area", "area")], orders))
    shelf = [zone("zone:ASM", "continental_shelf", "USA")]
    assert "Outer Continental Shelf Lands Act" in texts(told(shelf, orders))


def test_every_fact_has_a_day_and_a_source() -> None:
    refs = [*REGISTERS.contracts, *REGISTERS.us_filings, *REGISTERS.us_leasing, *REGISTERS.isa_applications]
    found = told([zone(ref) for ref in refs], ALL)
    assert len(found) > 150
    assert all(fact.on or fact.not_after for fact in found)
    unsourced = [fact for fact in found if not fact.source]
    assert all(fact.text.startswith(("USA-",)) or ": term" in fact.text for fact in unsourced)
