"""Which legal orders speak: sponsoring, coastal and controlling States, and the BBNJ Agreement."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from seabed import Question, assess, read_site
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas
from seabed.law.registers import load_registers
from seabed.question import Applicant, Holding, read_applicant

if TYPE_CHECKING:
    from seabed.contract import Assessment, Opinion

IN_THE_AREA = "-130, 10"
OFF_GERMANY = "6, 54.5"
OFF_TONGA = "-174.5, -21"
OFF_CHINA = "123, 30"


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.open()


@pytest.fixture
def check(atlas: Atlas):
    """Return a function that assesses as the command line does."""
    names = {code: state.name for code, state in load_registers().states.items()}

    def run(spec, applicant=None, activity="exploration", on="2026-11-21", radius_km=5) -> Assessment:
        feature = spec if spec.startswith("isa:") else None
        site = read_site(
            spec, radius_km=None if feature else radius_km, layer_feature=lambda id_: site_of(atlas, id_)
        )
        who = applicant if isinstance(applicant, Applicant | None) else read_applicant(applicant, names)[0]
        day = dt.date.fromisoformat(on)
        return assess(
            site, Question(applicant=who, activity=activity, mineral="nodules", on=day), atlas=atlas
        )

    return run


def orders(found: Assessment) -> list[str]:
    return [o.order for o in found.opinions]


def opinion(found: Assessment, order: str) -> Opinion:
    return next(o for o in found.opinions if o.order == order)


def missing(found: Opinion) -> set[str]:
    return {i.id for i in found.instruments if i.held is not True}


def test_a_state_that_is_not_concerned_does_not_speak(check) -> None:
    assert orders(check(IN_THE_AREA, "USA")) == ["unclos", "usa", "chn", "bbnj"]
    assert orders(check("isa:NORI-D", "nori")) == ["unclos", "usa", "chn", "bbnj", "nru"]


def test_the_bbnj_agreement_speaks_in_the_area_from_17_january_2026(check) -> None:
    assert "bbnj" not in orders(check(IN_THE_AREA, "CHN", on="2026-01-16"))
    assert "bbnj" in orders(check(IN_THE_AREA, "CHN", on="2026-01-17"))
    assert "bbnj" not in orders(check(OFF_TONGA, "CHN"))


def test_the_bbnj_agreement_turns_on_whether_the_state_is_a_party_where_the_list_has_gaps(check) -> None:
    american = opinion(check(IN_THE_AREA, "USA", "exploitation"), "bbnj")
    assert american.verdict == "contingent"
    assert "applicant.state_is_bbnj_party" in {c.fact for c in american.contingent_on}
    in_july = opinion(check(IN_THE_AREA, "USA", "exploitation", on="2026-07-01"), "bbnj")
    assert in_july.verdict == "not_applicable"
    assert "binds its parties" in in_july.summary
    chinese = opinion(check(IN_THE_AREA, "CHN", "exploitation"), "bbnj")
    assert [c.fact for c in chinese.contingent_on] == ["activity.assessed_elsewhere"]
    assert any(duty.rule == "bbnj.agreement.28-1" for duty in chinese.obligations)


def test_a_contractor_of_nauru_rests_on_nauru_and_the_isa_alike(check) -> None:
    assert opinion(check("isa:NORI-D", "nori", on="2026-07-21"), "nru").verdict == "permitted"
    later = opinion(check("isa:NORI-D", "nori"), "nru")
    assert later.verdict == "contingent"
    assert {"holds.isa_exploration_contract"} <= {c.fact for c in later.contingent_on}
    assert any("revoked" in risk.text for risk in later.risks)
    assert later.exposure


def test_the_german_endorsement_is_the_certificate_that_bgr_holds(check) -> None:
    found = check("isa:BGR-East", "bgr", on="2026-07-01")
    assert opinion(found, "deu").verdict == "permitted"
    without = Applicant(incorporated_in="DEU", controlled_by=("DEU",), sponsors=(), holds=())
    refused = opinion(check(IN_THE_AREA, without), "deu")
    assert missing(refused) == {"sponsorship_certificate", "isa_exploration_contract"}
    assert any("LBEG" in authority for authority in refused.authorities)


def test_what_no_register_records_is_unknown_of_a_profile_and_no_of_an_applicant_who_lists_all(check) -> None:
    japanese = opinion(check(IN_THE_AREA, "dord"), "jpn")
    assert {"place.jpn_mining_area", "holds.jpn_exploration_permit"} == {
        c.fact for c in japanese.contingent_on
    }
    own = Applicant(incorporated_in="JPN", controlled_by=("JPN",), sponsors=("JPN",), holds=())
    assert [c.fact for c in opinion(check(IN_THE_AREA, own), "jpn").contingent_on] == [
        "place.jpn_mining_area"
    ]


def test_rules_on_the_area_are_not_taken_for_the_law_of_the_states_own_zones(check) -> None:
    german = opinion(check(OFF_GERMANY), "deu")
    assert german.verdict == "not_modelled"
    assert "own zones" in german.summary
    assert {part.verdict for part in german.by_zone} >= {"not_modelled"}
    assert opinion(check(OFF_CHINA, "CHN"), "chn").verdict == "not_modelled"
    assert opinion(check(IN_THE_AREA, "CHN"), "chn").verdict == "authorisation_required"


def test_off_tonga_its_own_act_speaks_to_everybody(check) -> None:
    assessment = check(OFF_TONGA, "USA")
    found = opinion(assessment, "ton")
    assert found.verdict == "authorisation_required"
    assert missing(found) == {"ton_exploration_licence"}
    held = Applicant(
        incorporated_in="USA",
        holds=(Holding(instrument="ton_exploration_licence", ref=assessment.zones[0].id),),
    )
    assert opinion(check(OFF_TONGA, held), "ton").verdict == "permitted"


def test_a_law_known_by_name_only_is_named_with_its_citation(check) -> None:
    belgian = opinion(check(IN_THE_AREA, "gsr"), "bel")
    assert belgian.verdict == "not_modelled"
    assert "25 May 2024" in belgian.summary
    assert any("2013011384" in cite for cite in belgian.cites)
    assert len(belgian.not_modelled) == 2


def test_before_the_encoded_act_the_older_law_is_named(check) -> None:
    british = opinion(check(IN_THE_AREA, "GBR", on="2010-01-01"), "gbr")
    assert british.verdict == "not_modelled"
    assert "Temporary Provisions" in british.summary
    assert opinion(check(IN_THE_AREA, "GBR"), "gbr").verdict == "contingent"


def test_a_sponsor_that_calls_for_a_pause_is_a_risk_for_mining_and_not_for_exploring(check) -> None:
    def warned(activity: str, on: str = "2026-11-21") -> bool:
        found = opinion(check(IN_THE_AREA, "DEU", activity, on=on), "unclos")
        return any(risk.rule == "unclos.practice.moratorium-own" for risk in found.risks)

    assert warned("exploitation")
    assert not warned("exploration")
    assert not warned("exploitation", on="2023-06-29")
