"""Paths: what is done, what comes next, and where a path is closed, on the day asked about."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seabed.atlas.store import FeatureAttributes
from seabed.contract import StepState
from seabed.errors import RuleError
from seabed.law.facts import Spot, spot_facts
from seabed.law.logic import Truth
from seabed.law.opinions import SpotOnSite, opine
from seabed.law.registers import Registers, load_registers
from seabed.law.rules import load_rulebook
from seabed.question import Activity, Applicant, Mineral, Question, read_applicant

if TYPE_CHECKING:
    from pathlib import Path as File

    from seabed.contract import Opinion, Path

TODAY = "2026-11-21"
DONE, NEXT, OPEN, CLOSED, UNKNOWN = StepState
BOOK, REGISTERS = load_rulebook(), load_registers()


def zone(kind: str, ref: str, **more) -> FeatureAttributes:
    return FeatureAttributes(layer="test", id=f"test:{ref}", ref=ref, kind=kind, name=ref, **more)


AREA = zone("area", "area")
USA_A = zone("us_dshmra_application", "TMC-USA-A", holder="TMC USA")
USA_B = zone("us_dshmra_application", "TMC-USA-B", holder="TMC USA")
AOM = zone("us_dshmra_application", "AOM-2026", holder="AOM")
USA_1 = zone("us_dshmra_licence", "USA-1", holder="Lockheed Martin")
NORI = zone("isa_contract", "NORIPMN1", holder="NORI", mineral="nodules")
COMRA = zone("isa_contract", "COMRAPMN1", holder="COMRA", mineral="nodules")
RESERVED = zone("isa_reserved_area", "R-1", mineral="nodules")
SAMOA = zone("continental_shelf", "ASM", state="USA", territory="ASM")
LEASING = zone("us_ocs_leasing_process", "BOEM-2025-0035")
LEASING_BOX = zone("us_ocs_leasing_process", "BOEM-2025-0035", properties={"envelope": True})
MONUMENT = zone("us_marine_monument", "Rose Atoll")


def spot(
    who: str | None, activity: str, *overlays: FeatureAttributes, place=AREA, mineral="nodules", on=TODAY
) -> Spot:
    applicant = read_applicant(who, {"USA": "United States", "COK": "Cook Islands"})[0] if who else None
    question = Question(
        applicant=applicant,
        activity=Activity(activity),
        mineral=mineral and Mineral(mineral),
        on=dt.date.fromisoformat(on),
    )
    return spot_facts(place, overlays, question, REGISTERS, BOOK.instruments)


def opinion(order: str, *spots: Spot, on=TODAY) -> Opinion:
    share = 1 / len(spots)
    return opine(order, dt.date.fromisoformat(on), [SpotOnSite(one, ("zone",), share) for one in spots], BOOK)


def path(order: str, *spots: Spot, on=TODAY) -> Path:
    (only,) = opinion(order, *spots, on=on).paths
    return only


def states(followed: Path) -> dict[str, StepState]:
    return {step.id: step.state for step in followed.steps}


def with_state(followed: Path, state: StepState) -> list[str]:
    return [step.id for step in followed.steps if step.state is state]


def why(followed: Path, step: str) -> list[str]:
    return [duty.text for one in followed.steps if one.id == step for duty in one.why]


# --- DSHMRA -------------------------------------------------------------------------------------------------

COMPLIANT = ["filing", "substantial-compliance", "full-compliance", "notice"]


@pytest.mark.parametrize(
    ("activity", "leads_to"),
    [("exploitation", "usa.dshmra-consolidated"), ("exploration", "usa.dshmra-licence")],
)
def test_tmc_usa_waits_for_certification_of_usa_a(activity: str, leads_to: str) -> None:
    followed = path("usa", spot("tmc-usa", activity, USA_A))
    assert followed.id == leads_to
    assert with_state(followed, DONE) == COMPLIANT
    assert with_state(followed, NEXT) == ["certification"]
    assert why(followed, "substantial-compliance") == ["Done on 2026-03-09."]
    assert [step.time for step in followed.steps if step.id == "certification"] == [
        "100 days from full compliance, as far as possible"
    ]


def test_an_application_filed_anew_starts_again() -> None:
    followed = path("usa", spot("tmc-usa", "exploitation", USA_A, on="2026-03-01"), on="2026-03-01")
    assert with_state(followed, DONE) == ["filing"]
    assert with_state(followed, NEXT) == ["substantial-compliance"]
    before = path("usa", spot("tmc-usa", "exploration", USA_A, on="2026-01-10"), on="2026-01-10")
    assert with_state(before, NEXT) == ["certification"]
    assert why(before, "filing") == ["Done on 2025-04-29."]


def test_a_stage_whose_day_has_no_source_is_unknown_between_its_bounds() -> None:
    followed = path("usa", spot("tmc-usa", "exploitation", USA_A, on="2026-08-15"), on="2026-08-15")
    assert with_state(followed, UNKNOWN) == ["notice"]
    assert with_state(followed, NEXT) == []
    assert why(followed, "notice") == [
        "Perhaps done between 2026-08-01 and 2026-08-31; the day has no source."
    ]
    before = path("usa", spot("tmc-usa", "exploitation", USA_A, on="2026-07-31"), on="2026-07-31")
    assert with_state(before, NEXT) == ["notice"]


def test_a_later_stage_shows_that_the_earlier_ones_were_reached() -> None:
    followed = path("usa", spot("tmc-usa", "exploration", USA_B))
    assert with_state(followed, DONE) == [*COMPLIANT, "certification"]
    assert why(followed, "full-compliance") == []  # no source gives its day
    assert with_state(followed, NEXT) == ["proposed-terms"]


def test_an_application_for_a_licence_is_none_for_a_permit() -> None:
    followed = path("usa", spot("tmc-usa", "exploitation", USA_B))
    assert with_state(followed, NEXT) == ["filing"]


def test_compliance_that_noaa_has_not_published_is_unknown() -> None:
    followed = path("usa", spot("american-ocean-minerals", "exploration", AOM))
    assert with_state(followed, DONE) == ["filing"]
    assert with_state(followed, UNKNOWN) == ["substantial-compliance", "full-compliance"]
    assert with_state(followed, NEXT) == []


def test_somebody_elses_priority_closes_the_path_at_certification() -> None:
    followed = path("usa", spot("american-ocean-minerals", "exploration", USA_A))
    assert with_state(followed, NEXT) == ["filing"]
    assert with_state(followed, CLOSED) == ["certification"]
    (sentence,) = why(followed, "certification")
    assert "TMC-USA-A (TMC USA)" in sentence


@pytest.mark.parametrize(
    ("on", "followed"),
    [("2026-01-20", "usa.dshmra-permit"), ("2026-01-21", "usa.dshmra-consolidated")],
)
def test_the_consolidated_route_opens_on_21_january_2026(on: str, followed: str) -> None:
    paths = opinion("usa", spot("USA", "exploitation", on=on), on=on).paths
    assert followed in {one.id for one in paths}
    assert ("usa.dshmra-licence" in {one.id for one in paths}) == (on < "2026-01-21")


def test_a_licence_holder_goes_on_to_a_permit_by_the_two_step_route() -> None:
    followed = path("usa", spot("lockheed-martin", "exploitation", USA_1))
    assert followed.id == "usa.dshmra-permit"
    assert with_state(followed, DONE) == ["licence"]
    assert with_state(followed, NEXT) == ["consultation"]


def test_a_licence_that_is_held_has_all_its_path_behind_it() -> None:
    followed = path("usa", spot("lockheed-martin", "exploration", USA_1))
    assert set(states(followed).values()) == {DONE}


def test_the_days_that_the_rule_of_2026_sets_are_not_read_into_earlier_law() -> None:
    old = path("usa", spot("USA", "exploration", on="2025-05-01"), on="2025-05-01")
    new = path("usa", spot("USA", "exploration"))
    assert [s.time for s in old.steps if s.id.startswith("substantial")] == [None]
    assert [s.time for s in new.steps if s.id.startswith("substantial")] == ["30 days from receipt"]
    assert len(old.steps) == len(new.steps)


# --- OCSLA --------------------------------------------------------------------------------------------------


def test_a_leasing_process_goes_on_where_boem_has_come_to() -> None:
    followed = path("usa", spot("USA", "exploitation", LEASING, place=SAMOA))
    assert with_state(followed, DONE) == ["request", "area"]
    assert with_state(followed, NEXT) == ["review"]
    summer = path("usa", spot("USA", "exploitation", LEASING, place=SAMOA, on="2025-08-01"), on="2025-08-01")
    assert with_state(summer, NEXT) == ["area"]


def test_in_a_box_round_a_leasing_area_its_steps_are_unknown() -> None:
    followed = path("usa", spot("USA", "exploitation", LEASING_BOX, place=SAMOA))
    assert with_state(followed, UNKNOWN) == ["request", "area"]
    assert why(followed, "request") == ["Perhaps done on 2025-06-16, if the place lies inside the area."]


def test_a_prohibition_closes_a_path_at_its_first_step() -> None:
    followed = path("usa", spot("USA", "exploitation", MONUMENT, place=SAMOA))
    assert with_state(followed, CLOSED) == ["request"]
    assert any("Rose Atoll" in sentence for sentence in why(followed, "request"))


# --- The law of the sea -------------------------------------------------------------------------------------


@pytest.mark.parametrize("activity", ["exploration", "exploitation"])
def test_a_us_company_finds_the_path_of_the_law_of_the_sea_closed_at_sponsorship(activity: str) -> None:
    followed = path("unclos", spot("tmc-usa", activity, USA_A))
    assert with_state(followed, CLOSED) == ["sponsor"]
    assert with_state(followed, NEXT) == []
    (reason,) = next(step.why for step in followed.steps if step.id == "sponsor")
    assert reason.rule == "unclos.annex-iii.4-1"
    assert "is no party and cannot sponsor" in reason.text


def test_a_contractor_in_its_own_area_has_taken_every_step() -> None:
    followed = path("unclos", spot("comra", "exploration", COMRA))
    assert followed.id == "unclos.exploration-nodules"
    assert set(states(followed).values()) == {DONE}


def test_somebody_elses_contract_closes_the_path_at_the_commission() -> None:
    followed = path("unclos", spot("comra", "exploration", NORI, on="2026-07-21"), on="2026-07-21")
    assert with_state(followed, NEXT) == ["sponsor"]
    assert with_state(followed, CLOSED) == ["commission"]
    assert any("NORIPMN1" in sentence for sentence in why(followed, "commission"))


def test_a_bar_that_turns_on_an_open_question_is_met_once() -> None:
    followed = path("unclos", spot("comra", "exploration", NORI))  # NORI's extension is undecided
    assert with_state(followed, UNKNOWN) == ["commission"]
    assert all("(open: " in sentence for sentence in why(followed, "commission"))


def test_of_a_site_in_two_contract_areas_each_step_is_where_it_is_furthest_back() -> None:
    day = "2026-07-21"
    own, other = (spot("comra", "exploration", area, on=day) for area in (COMRA, NORI))
    followed = path("unclos", own, other, on=day)
    assert with_state(followed, NEXT) == ["sponsor"]
    assert with_state(followed, CLOSED) == ["commission"]
    assert states(followed) == states(path("unclos", other, own, on=day))


def test_only_a_reserved_area_has_the_enterprise_go_first() -> None:
    inside = path("unclos", spot("COK", "exploration", RESERVED))
    outside = path("unclos", spot("COK", "exploration"))
    assert set(states(inside)) - set(states(outside)) == {"reserved-area"}
    both = path("unclos", spot("COK", "exploration"), spot("COK", "exploration", RESERVED))
    assert list(states(both)) == list(states(inside))


def test_the_regulations_that_are_missing_are_a_step_of_the_way_to_mining() -> None:
    followed = path("unclos", spot("comra", "exploitation", COMRA))
    assert with_state(followed, DONE) == ["sponsor", "certificate"]
    assert with_state(followed, NEXT) == ["application"]
    assert states(followed)["regulations"] is OPEN
    council = next(step for step in followed.steps if step.id == "council")
    assert council.cite.startswith("1994 Agreement annex s. 1 para. 15(c)")


def test_each_mineral_has_regulations_of_its_own() -> None:
    cited = {
        mineral: path("unclos", spot("COK", "exploration", mineral=mineral)).steps[-1].cite
        for mineral in ("nodules", "sulphides", "crusts")
    }
    assert "ISBA/19/C/17 regs. 23(1)–(2)" in cited["nodules"]
    assert "ISBA/16/A/12/Rev.1 regs. 25(1)–(2)" in cited["sulphides"]
    assert "ISBA/18/A/11 regs. 25(1)–(2)" in cited["crusts"]


def test_a_path_for_a_mineral_that_was_not_named_says_so() -> None:
    followed = path("unclos", spot("COK", "exploration", mineral=None))
    assert followed.title.endswith("(open: Which mineral: nodules, sulphides or crusts?)")


def test_before_the_regulations_there_is_no_path_to_show() -> None:
    day = "2005-01-01"
    assert opinion("unclos", spot("COK", "exploration", on=day), on=day).paths == []


def test_what_needs_no_instrument_needs_no_path() -> None:
    assert opinion("unclos", spot("COK", "scientific_research")).paths == []
    assert opinion("usa", spot("COK", "exploration")).paths == []


def test_research_on_a_shelf_has_the_times_of_article_252() -> None:
    followed = path(
        "unclos", spot("USA", "scientific_research", place=zone("continental_shelf", "COK", state="COK"))
    )
    assert followed.id == "unclos.shelf-research"
    assert followed.steps[0].time == "at least six months before the start"
    mining = path("unclos", spot("USA", "exploitation", place=zone("continental_shelf", "COK", state="COK")))
    assert mining.id == "unclos.consent"


# --- China, and who is not known ----------------------------------------------------------------------------


def test_a_chinese_contractor_whose_permit_no_source_shows() -> None:
    followed = path("chn", spot("comra", "exploration", COMRA))
    assert states(followed) == {
        "permit-application": UNKNOWN,
        "permit": UNKNOWN,
        "isa-application": DONE,
        "contract": DONE,
        "filing": UNKNOWN,  # what follows the contract is in no register
    }
    assert why(followed, "filing") == ["Whether this has been done is in no register."]


def test_a_chinese_company_without_anything_starts_with_the_permit() -> None:
    here = spot("minmetals", "exploration")
    none_held = Spot({**here.facts, "holds.prc_deep_seabed_permit": False}, here.names, here.stages)
    followed = path("chn", none_held)
    assert with_state(followed, NEXT) == ["permit-application"]
    assert states(followed)["filing"] is OPEN


@pytest.mark.parametrize("order", ["unclos", "usa", "chn"])
def test_of_an_applicant_who_was_not_named_no_step_is_known(order: str) -> None:
    followed = path(order, spot(None, "exploration", NORI))
    assert set(states(followed).values()) == {UNKNOWN}


# --- What holds of every path -------------------------------------------------------------------------------

OVERLAYS = st.lists(
    st.sampled_from([USA_A, USA_B, AOM, USA_1, NORI, COMRA, RESERVED]), max_size=4, unique_by=lambda o: o.ref
)
WHO = st.sampled_from([None, "tmc-usa", "comra", "nori", "lockheed-martin", "american-ocean-minerals", "COK"])


@given(
    WHO,
    st.sampled_from(["prospecting", "exploration", "exploitation"]),
    st.lists(OVERLAYS, min_size=1, max_size=2),
    st.sampled_from(["2014-01-01", "2025-06-01", "2026-01-20", "2026-03-10", "2026-08-15", TODAY]),
)
@settings(max_examples=60, deadline=None)
def test_a_path_has_one_next_step_at_most_with_everything_before_it_done(who, activity, parts, on) -> None:
    spots = [spot(who, activity, *overlays, on=on) for overlays in parts]
    for order in BOOK.modelled_orders:
        found = opinion(order, *spots, on=on)
        needed = {instrument.id for instrument in found.instruments}
        for followed in found.paths:
            assert followed.leads_to in needed
            assert len(with_state(followed, NEXT)) <= 1
            reached = list(itertools.takewhile(lambda step: step.state is DONE, followed.steps))
            if with_state(followed, NEXT):
                assert followed.steps[len(reached)].state is NEXT
            closed = [step for step in followed.steps if step.state is CLOSED]
            assert len(closed) <= len(spots)
            assert all(step.why for step in closed)
            if found.verdict.value == "permitted":
                assert not with_state(followed, CLOSED)


def test_every_path_and_step_of_the_book_is_of_its_time() -> None:
    for legal in BOOK.paths:
        for step in legal.steps:
            if step.in_force:
                assert step.in_force.to is None or step.in_force.to >= legal.in_force.from_
                assert step.in_force.from_ <= (legal.in_force.to or dt.date.max)


def test_every_stage_that_a_path_waits_for_can_stand_in_a_register() -> None:
    waited_for = {step.stage for legal in BOOK.paths for step in legal.steps if step.stage}
    recorded = {stage.stage for filing in REGISTERS.us_filings.values() for stage in filing.stages}
    recorded |= {stage.stage for process in REGISTERS.us_leasing.values() for stage in process.stages}
    # What nobody has reached yet.
    assert waited_for - recorded == {
        "proposed_terms",
        "final_eis",
        "proposed_notice",
        "leasing_notice",
        "sale",
    }


# --- Registers ----------------------------------------------------------------------------------------------


def test_a_filing_day_without_a_source_is_unknown_until_the_application_was_seen() -> None:
    stages = REGISTERS.us_filing_stages("AOM-2026", dt.date(2026, 9, 22))
    assert stages["filed"].truth is Truth.UNKNOWN
    stages = REGISTERS.us_filing_stages("AOM-2026", dt.date(2026, 9, 23))
    assert stages["filed"].truth is Truth.TRUE


def test_what_no_register_has_has_no_stages() -> None:
    assert REGISTERS.us_filing_stages("NOBODY-1", dt.date(2026, 1, 1)) == {}
    assert REGISTERS.us_leasing_stages("BOEM-0", dt.date(2026, 1, 1)) == {}


@pytest.mark.parametrize(
    ("stage", "message"),
    [
        ({"stage": "certified", "source": "s"}, "needs 'on', or the days between which it was"),
        ({"stage": "approved", "on": dt.date(2026, 1, 1), "source": "s"}, "Input should be 'filed'"),
    ],
)
def test_a_stage_without_a_day_or_a_name_is_refused(tmp_path: File, stage: dict, message: str) -> None:
    (tmp_path / "us_leasing.yaml").write_text(yaml.safe_dump([{"ref": "B-1", "stages": [stage]}]))
    with pytest.raises(RuleError, match=message):
        _ = Registers(tmp_path).us_leasing


# --- Broken files -------------------------------------------------------------------------------------------

WORDS = {"en": "words", "zh": "词"}
STEP = {"id": "apply", "title": WORDS, "authority": "NOAA", "cite": "s. 1"}
LAST = {"id": "issue", "title": WORDS, "authority": "NOAA", "cite": "s. 2", "yields": "licence"}
PATH = {
    "id": "usa.licence",
    "order": "usa",
    "leads_to": "licence",
    "title": WORDS,
    "in_force": {"from": dt.date(2000, 1, 1)},
    "verified": {"on": dt.date(2026, 11, 21), "against": "the text"},
    "steps": [STEP, LAST],
}


def load(root: File, *paths: dict, name: str = "usa") -> None:
    (root / "paths").mkdir()
    files = {
        "orders.yaml": {"usa": {"name": WORDS}},
        "facts.yaml": {"p": {"kind": "yes_no", "question": WORDS}},
        "instruments.yaml": {"licence": {"name": WORDS, "authority": "NOAA"}},
        "conflicts.yaml": [],
        f"paths/{name}.yaml": list(paths),
    }
    for file, data in files.items():
        (root / file).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    load_rulebook(root)


def test_a_sound_path_loads(tmp_path: File) -> None:
    load(tmp_path, PATH | {"when": {"p": True}})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"when": {"q": True}}, "usa.licence: asks for facts that facts.yaml does not declare: q"),
        ({"when": {"p": "yes"}}, "p can never be yes"),
        ({"steps": [STEP | {"done_when": {"q": True}}, LAST]}, "does not declare: q"),
        ({"steps": [STEP | {"closed_by": ["lease"]}, LAST]}, "instruments.yaml does not have: lease"),
        ({"steps": [STEP, LAST | {"yields": "lease"}]}, "instruments.yaml does not have: lease"),
        ({"steps": [STEP, STEP | {"id": "b"}]}, "exactly one step must yield licence"),
        ({"steps": [STEP, LAST | {"id": "apply"}]}, "two steps have the same id"),
        ({"steps": [STEP | {"stage": "approved"}, LAST]}, "Input should be 'filed'"),
        ({"steps": [LAST]}, "at least 2 items"),
        ({"steps": [STEP | {"cite": ""}, LAST]}, "0.steps.0.cite"),
        ({"order": "chn"}, "is of the order 'chn'"),
    ],
)
def test_a_broken_path_is_refused_saying_what_is_wrong(tmp_path: File, change: dict, message: str) -> None:
    with pytest.raises(RuleError, match=message.replace("(", r"\(")):
        load(tmp_path, PATH | change)


def test_two_paths_with_one_id_are_refused(tmp_path: File) -> None:
    with pytest.raises(RuleError, match="two paths have this id"):
        load(tmp_path, PATH, PATH)


def test_a_path_of_an_order_that_does_not_exist_is_refused(tmp_path: File) -> None:
    with pytest.raises(RuleError, match=r"orders\.yaml has no order 'nru'"):
        load(tmp_path, PATH | {"order": "nru"}, name="nru")


def test_an_applicant_who_may_hold_the_instrument_is_not_called_done() -> None:
    unknown = Question(
        applicant=Applicant(nationality="USA", holds=None),
        activity=Activity.EXPLORATION,
        mineral=Mineral.NODULES,
        on=dt.date.fromisoformat(TODAY),
    )
    here = spot_facts(AREA, (USA_A,), unknown, REGISTERS, BOOK.instruments)
    assert set(states(path("usa", here)).values()) == {UNKNOWN}
