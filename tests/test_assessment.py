"""The whole line on the real layers and rules: the answers that people come for."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from seabed import Question, assess, read_site
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas
from seabed.contract import Assessment, Opinion
from seabed.law.registers import load_registers
from seabed.question import Applicant, read_applicant

TODAY = "2026-11-21"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.open()


@pytest.fixture
def check(atlas: Atlas):
    """Return a function that assesses as the command line does."""
    names = {code: state.name for code, state in load_registers().states.items()}

    def run(spec, applicant=None, activity=None, mineral="nodules", on=TODAY, radius_km=None) -> Assessment:
        site = read_site(spec, radius_km=radius_km, layer_feature=lambda id_: site_of(atlas, id_))
        who = applicant if isinstance(applicant, Applicant | None) else read_applicant(applicant, names)[0]
        question = Question(applicant=who, activity=activity, mineral=mineral, on=dt.date.fromisoformat(on))
        return assess(site, question, atlas=atlas)

    return run


def opinion(assessment: Assessment, order: str) -> Opinion:
    return next(o for o in assessment.opinions if o.order == order)


def verdicts(assessment: Assessment) -> dict[str, str]:
    return {o.order: o.verdict.value for o in assessment.opinions}


def missing(found: Opinion) -> set[str]:
    return {i.id for i in found.instruments if i.held is not True}


def test_tmc_usa_mining_nori_d_is_prohibited_and_contested_here_and_licensable_there(check) -> None:
    found = check("isa:NORI-D", "tmc-usa", "exploitation")
    zones = {zone.id: zone for zone in found.zones}
    assert zones["area"].share == pytest.approx(1)
    assert zones["NORIPMN1"].share == pytest.approx(1)
    assert zones["NORIPMN1"].area_km2 == pytest.approx(25_180, rel=1e-3)
    assert zones["NORIPMN1"].features == ["isa:NORI-D"]
    assert zones["TMC-USA-A"].share == pytest.approx(1, abs=5e-3)

    sea = opinion(found, "unclos")
    assert sea.verdict == "prohibited"
    assert sea.contested
    assert any("137" in cite for cite in sea.cites)
    assert any("United States" in holder for position in sea.positions for holder in position.holders)

    american = opinion(found, "usa")
    assert american.verdict == "authorisation_required"
    assert not american.contested
    assert missing(american) == {"dshmra_commercial_recovery_permit"}
    assert american.authorities == ["NOAA"]
    assert any(cite.startswith("30 U.S.C. 1411(a)(1)") for cite in american.cites)
    assert any("NORIPMN1" in risk.text for risk in american.risks)
    assert verdicts(found)["chn"] == "not_applicable"
    assert any(set(conflict.orders) == {"unclos", "usa"} for conflict in found.conflicts)


def test_before_the_consolidation_of_january_2026_two_instruments_were_needed(check) -> None:
    both = {"dshmra_commercial_recovery_permit", "dshmra_exploration_licence"}
    assert missing(opinion(check("isa:NORI-D", "tmc-usa", "exploitation", on="2026-01-20"), "usa")) == both
    after = opinion(check("isa:NORI-D", "tmc-usa", "exploitation", on="2026-01-21"), "usa")
    assert missing(after) == {"dshmra_commercial_recovery_permit"}


def test_nori_may_explore_to_21_july_2026_and_from_the_next_day_it_turns_on_the_extension(check) -> None:
    assert verdicts(check("isa:NORI-D", "nori", "exploration", on="2026-07-21"))["unclos"] == "permitted"
    later = opinion(check("isa:NORI-D", "nori", "exploration"), "unclos")
    assert later.verdict == "contingent"
    assert {"holds.isa_exploration_contract"} <= {c.fact for c in later.contingent_on}


def test_nori_needs_an_exploitation_contract_to_mine_and_us_law_turns_on_who_controls_it(check) -> None:
    found = check("isa:NORI-D", "nori", "exploitation")
    assert verdicts(found)["unclos"] == "authorisation_required"
    assert "isa_exploitation_contract" in missing(opinion(found, "unclos"))
    american = opinion(found, "usa")
    assert american.verdict == "contingent"
    assert [c.fact for c in american.contingent_on] == ["applicant.controlled_by_us_citizens"]
    assert "isa_exploitation_contract" in missing(opinion(found, "nru"))


def test_comra_may_explore_its_own_block_and_not_mine_it(check) -> None:
    assert verdicts(check("isa:COMRA-COM1a", "comra", "exploration"))["unclos"] == "permitted"
    mining = check("isa:COMRA-COM1a", "comra", "exploitation")
    assert verdicts(mining)["unclos"] == "authorisation_required"
    assert missing(opinion(mining, "unclos")) == {"isa_exploitation_contract"}


def test_comra_may_not_explore_the_block_of_another_contractor(check) -> None:
    assert verdicts(check("isa:TOML-F", "comra", "exploration"))["unclos"] == "prohibited"


def test_a_us_applicant_in_an_apei_is_prohibited_by_the_isa_and_only_at_risk_in_us_law(check) -> None:
    found = check("isa:APEI-06", "USA", "exploration")
    assert verdicts(found)["unclos"] == "prohibited"
    assert verdicts(found)["usa"] == "authorisation_required"
    assert any("APEI" in risk.text for risk in opinion(found, "usa").risks)


SAMOA_SHELF = "-168.2, -12.5"


@pytest.mark.parametrize(
    ("on", "verdict", "wanted"),
    [("2022-08-15", "prohibited", set()), ("2022-08-16", "authorisation_required", {"ocsla_lease"})],
)
def test_the_shelf_off_american_samoa_could_not_be_leased_before_16_august_2022(
    check, on, verdict, wanted
) -> None:
    found = check(SAMOA_SHELF, "USA", "exploitation", on=on, radius_km=10)
    assert found.zones[0].territory == "ASM"
    assert found.zones[0].kind == "continental_shelf"
    assert verdicts(found)["usa"] == verdict
    assert missing(opinion(found, "usa")) == wanted
    assert missing(opinion(found, "unclos")) == {"coastal_state_consent"}


def test_within_three_miles_of_american_samoa_the_territory_decides(check) -> None:
    found = opinion(check("-170.7, -14.33", "USA", "exploitation"), "usa")
    assert missing(found) == {"territorial_government_consent"}


def test_rose_atolls_monument_is_closed_to_mining(check) -> None:
    found = check("-168.15, -14.9", "USA", "exploitation", radius_km=5)
    assert "us_marine_monument" in {zone.kind for zone in found.zones}
    assert verdicts(found)["usa"] == "prohibited"


def test_a_chinese_applicant_without_a_permit_needs_one_from_both_orders(check) -> None:
    found = check("-130, 10", "CHN", "exploration", radius_km=20)
    assert verdicts(found)["chn"] == "authorisation_required"
    assert "prc_deep_seabed_permit" in missing(opinion(found, "chn"))
    assert missing(opinion(found, "unclos")) == {"isa_exploration_contract", "sponsorship_certificate"}
    assert verdicts(found)["usa"] == "not_applicable"


def test_a_site_astride_a_200_mile_limit_is_judged_zone_by_zone(check) -> None:
    found = check("-116, 15.6", "CHN", "exploration", radius_km=150)
    kinds = {zone.kind for zone in found.zones}
    assert {"area", "continental_shelf"} <= kinds
    assert sum(z.share for z in found.zones if z.kind in {"area", "continental_shelf"}) == pytest.approx(
        1, abs=1e-6
    )
    sea = opinion(found, "unclos")
    assert missing(sea) >= {"isa_exploration_contract", "coastal_state_consent"}
    assert sum(part.share for part in sea.by_zone) == pytest.approx(1)
    assert any(margin.distance_km == 0 for margin in found.margins)
    assert verdicts(found)["mex"] == "not_modelled"


def test_an_unknown_applicant_is_contingent_and_told_what_would_settle_it(check) -> None:
    found = check("isa:NORI-D", None, "exploitation")
    for order in ("unclos", "usa", "chn"):
        answer = opinion(found, order)
        assert answer.verdict == "contingent"
        assert answer.contingent_on
        for contingency in answer.contingent_on:
            assert contingency.question.endswith("?")
            assert len({tuple(v) for v in contingency.answers.values()} | {tuple(contingency.answers)}) > 1
    asked = {c.fact for c in opinion(found, "unclos").contingent_on}
    assert "applicant.state_is_party" in asked


def test_on_new_years_day_1979_no_rule_was_in_force(check) -> None:
    found = check("isa:NORI-D", "USA", "exploitation", on="1979-01-01")
    assert {zone.id for zone in found.zones} == {"area"}
    for order in ("unclos", "usa", "chn"):
        assert opinion(found, order).verdict == "not_applicable"
    assert "in force on 1979-01-01" in opinion(found, "unclos").summary


def test_a_site_nearer_to_a_limit_than_the_limit_is_accurate_is_not_called_one_or_the_other(check) -> None:
    near = check("-109.2, 6.925", "USA", "exploitation")
    assert any(margin.within_accuracy for margin in near.margins)
    american = opinion(near, "usa")
    assert american.verdict == "contingent"
    assert [c.fact for c in american.contingent_on] == ["place.kind"]


def test_an_own_holding_without_an_area_leaves_the_answer_open(check) -> None:
    claims = Applicant.model_validate(
        {
            "incorporated_in": "DEU",
            "controlled_by": ["DEU"],
            "sponsors": ["DEU"],
            "holds": [{"instrument": "isa_exploration_contract"}, {"instrument": "sponsorship_certificate"}],
        }
    )
    found = opinion(check("-130, 10", claims, "exploration"), "unclos")
    assert found.verdict == "contingent"
    assert {c.fact for c in found.contingent_on} == {
        "holds.isa_exploration_contract",
        "holds.sponsorship_certificate",
    }


def test_the_json_follows_the_contract(check) -> None:
    data = json.loads(check("isa:NORI-D", "tmc-usa", "exploitation").model_dump_json(by_alias=True))
    assert data["schema"] == "seabed.assessment/1"
    assert list(data)[:2] == ["schema", "site"]
    assert set(data["zones"][0]) >= {
        "kind",
        "id",
        "name",
        "state",
        "territory",
        "claimants",
        "holder",
        "share",
        "area_km2",
        "status",
        "layer",
        "accuracy_km",
        "source",
    }
    assert set(data["opinions"][0]) >= {
        "order",
        "verdict",
        "contested",
        "summary",
        "authorities",
        "instruments",
        "rights",
        "obligations",
        "risks",
        "positions",
        "contingent_on",
        "cites",
        "by_zone",
        "trace",
    }
    assert set(data["receipt"]) == {
        "version",
        "rules_sha256",
        "layers_sha256",
        "on",
        "created",
        "language",
    }
    assert Assessment.model_validate(data).zones


def test_a_point_counts_as_a_point(check) -> None:
    found = check("-130, 10", "CHN", "exploration")
    assert found.site.area_km2 == 0
    assert found.zones[0].share == 1


def test_every_placeholder_in_a_shown_sentence_is_filled(check) -> None:
    for spec, applicant in (
        ("isa:NORI-D", "tmc-usa"),
        ("isa:APEI-06", "CHN"),
        (SAMOA_SHELF, "USA"),
        ("-168.15, -14.9", "USA"),
    ):
        for found in check(spec, applicant, "exploration").opinions:
            for duty in (*found.reasons, *found.notes, *found.rights, *found.obligations, *found.risks):
                assert "?" not in duty.text.split("(open:")[0], duty
                assert "{" not in duty.text


def test_of_two_us_applications_that_overlap_the_later_is_barred_and_the_earlier_turns_on_priority(
    check,
) -> None:
    later = opinion(check("us:TMC-A-B", "american-metal-resources", "exploration"), "usa")
    assert later.verdict == "prohibited"
    assert any("TMC-USA-A" in reason.text for reason in later.reasons)
    earlier = opinion(check("us:TMC-A-B", "tmc-usa", "exploration"), "usa")
    assert earlier.verdict == "contingent"
    assert [c.fact for c in earlier.contingent_on] == ["place.us_application_other"]


def test_an_application_gives_its_holder_nothing_in_the_part_of_anothers_that_it_does_not_cover(
    check,
) -> None:
    assert verdicts(check("us:AMR-Lincoln", "tmc-usa", "exploration"))["usa"] == "prohibited"


@pytest.mark.parametrize(("on", "verdict"), [("2027-06-02", "permitted"), ("2027-06-03", "contingent")])
def test_the_us_licence_over_an_area_of_environmental_interest_holds_to_2_june_2027(
    check, on, verdict
) -> None:
    found = check("us:USA-1", "lockheed-martin", "exploration", on=on)
    assert "APEI-13" in {zone.id for zone in found.zones}
    assert verdicts(found)["usa"] == verdict
    assert verdicts(found)["unclos"] == "prohibited"
    assert opinion(found, "unclos").contested


@pytest.mark.parametrize(
    ("spec", "on", "verdict"),
    [
        ("isa:APEI-06", "2012-07-25", "authorisation_required"),
        ("isa:APEI-06", "2012-07-26", "prohibited"),
        ("isa:APEI-13", "2021-12-09", "authorisation_required"),
        ("isa:APEI-13", "2021-12-10", "prohibited"),
    ],
)
def test_each_area_of_environmental_interest_is_closed_from_the_decision_that_made_it(
    check, spec, on, verdict
) -> None:
    assert verdicts(check(spec, "BEL", "exploration", on=on))["unclos"] == verdict


@pytest.mark.parametrize(
    ("spec", "applicant", "mineral", "on", "verdict"),
    [
        ("isa:TOML-F", "toml", "nodules", "2027-01-11", "permitted"),
        ("isa:TOML-F", "toml", "nodules", "2027-01-12", "authorisation_required"),
        ("isa:BGR-East", "bgr", "nodules", "2026-07-18", "permitted"),
        ("isa:BGR-East", "bgr", "nodules", "2026-07-19", "contingent"),
        ("isa:COMRAPMS1-045c", "comra", "sulphides", "2026-11-17", "permitted"),
        ("isa:COMRAPMS1-045c", "comra", "sulphides", "2026-11-18", "contingent"),
    ],
)
def test_a_contractor_may_explore_to_the_last_day_of_its_term_and_then_needs_an_extension(
    check, spec, applicant, mineral, on, verdict
) -> None:
    assert verdicts(check(spec, applicant, "exploration", mineral, on))["unclos"] == verdict


def test_a_contract_for_nodules_is_worth_nothing_for_crusts(check) -> None:
    found = opinion(check("isa:COMRA-COM1a", "comra", "exploration", "crusts"), "unclos")
    assert found.verdict == "authorisation_required"
    assert missing(found) == {"isa_exploration_contract", "sponsorship_certificate"}


def test_crusts_in_a_us_licence_area_are_outside_the_us_act_and_still_closed_to_an_american_by_the_isa(
    check,
) -> None:
    found = check("us:USA-1", "lockheed-martin", "exploitation", "crusts")
    assert verdicts(found)["usa"] == "not_applicable"
    assert verdicts(found)["unclos"] == "prohibited"


def test_research_on_another_contractors_ground_is_free(check) -> None:
    found = check("isa:TOML-F", "CHN", "scientific_research")
    assert verdicts(found)["unclos"] == "permitted"
    assert verdicts(found)["chn"] == "permitted"


def test_a_prospector_on_another_contractors_ground_is_turned_away(check) -> None:
    assert verdicts(check("isa:TOML-F", "DEU", "prospecting"))["unclos"] == "prohibited"


def test_off_okinotorishima_the_shelf_is_denied_and_no_order_calls_it_settled(check) -> None:
    found = check("136.1, 21.2", "USA", "exploitation")
    assert found.zones[0].state == "JPN"
    sea = opinion(found, "unclos")
    assert sea.contested
    assert sea.verdict not in {"permitted", "not_applicable"}
    assert any("China" in risk.text and "Korea" in risk.text for risk in sea.risks)
    american = opinion(found, "usa")
    assert american.verdict == "contingent"
    assert "which China" in american.contingent_on[0].question
