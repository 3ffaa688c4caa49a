"""What mining a site would touch, what was found, and which duties reach it."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from seabed.atlas.locate import locate
from seabed.atlas.store import Atlas
from seabed.errors import FigureError
from seabed.feasibility import environment
from seabed.feasibility.environment import DUTY_RULES, Environment, disturbed_area, environment_of
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import read_table
from seabed.geodesy import area_km2, nearest_points
from seabed.language import speaking
from seabed.law.rules import load_rulebook
from seabed.question import Activity, Mineral, Question
from seabed.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

ON = dt.date(2026, 11, 21)


def abundance(value: float = 14.0, low: float | None = 10.0, high: float | None = 17.0) -> Figure:
    return Figure(
        value=value,
        low=low,
        high=high,
        unit="kg/m2 wet",
        source="a survey",
        vintage="2021",
        confidence="medium",
    )


def efficiency(value: float = 0.85, low: float | None = 0.7, high: float | None = 1.0) -> Figure:
    return Figure(
        value=value, low=low, high=high, unit="fraction", source="assumed", vintage="2026", confidence="low"
    )


@pytest.fixture(scope="module")
def atlas() -> Iterator[Atlas]:
    with Atlas.open(bundled_only=True) as opened:
        yield opened


def environment_at(
    shape: BaseGeometry,
    atlas: Atlas,
    *,
    mineral: Mineral | None = Mineral.NODULES,
    on: dt.date = ON,
    rate: float | None = 3.0,
) -> Environment:
    site = Site.from_geometry(shape)
    question = Question(activity=Activity.EXPLOITATION, mineral=mineral, on=on)
    location = locate(site, on, atlas)
    return environment_of(site.geometry, location, question, atlas, rate_wet_mt=rate, abundance=abundance())


@pytest.fixture(scope="module")
def nori_d(atlas) -> Environment:
    return environment_at(atlas.feature("isa:NORI-D").geometry, atlas)


# --- The sea bed disturbed ----------------------------------------------------------------------------------


def test_ten_kilograms_a_square_metre_all_taken_is_a_hundred_km2_for_each_million_tonnes():
    figure = disturbed_area(1.0, abundance(10.0, None, None), efficiency(1.0, None, None))
    assert figure.value == pytest.approx(100.0)
    assert figure.unit == "km2/yr"
    assert figure.low is figure.high is None


@given(st.floats(1e-3, 100), st.floats(0.01, 100))
def test_the_area_scales_with_the_rate(rate, times):
    one, many = (disturbed_area(r, abundance(), efficiency()) for r in (rate, rate * times))
    for bound in ("value", "low", "high"):
        assert getattr(many, bound) == pytest.approx(times * getattr(one, bound))
    assert one.low < one.value < one.high


@given(st.floats(0.5, 40), st.floats(0.05, 1))
def test_the_area_holds_the_nodules_that_are_taken(kilograms, share):
    figure = disturbed_area(2.0, abundance(kilograms, None, None), efficiency(share, None, None))
    assert figure.value * 1e6 * kilograms * share == pytest.approx(2.0e9)


def test_without_a_rate_or_an_abundance_there_is_no_area_and_it_is_said_why():
    assert "rate" in disturbed_area(None, abundance(), efficiency()).basis
    for none in (None, abundance(0.0, None, None)):
        figure = disturbed_area(3.0, none, efficiency())
        assert figure.value is None
        assert "abundance" in figure.basis


def test_an_abundance_that_may_be_nil_leaves_the_area_without_an_upper_bound():
    figure = disturbed_area(3.0, abundance(14.0, 0.0, 17.0), efficiency())
    assert figure.high is None
    assert figure.low < figure.value
    assert "no upper bound" in figure.basis


@pytest.mark.parametrize("rate", [0.0, -1.0, float("nan"), float("inf")])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(FigureError, match="rate in million wet tonnes"):
        disturbed_area(rate, abundance(), efficiency())


@pytest.mark.parametrize("share", [0.0, 1.2, -0.5])
def test_an_impossible_efficiency_is_refused(share):
    with pytest.raises(FigureError, match="efficiency lies above 0"):
        disturbed_area(1.0, abundance(), efficiency(share, None, None))


def test_the_share_of_the_site_is_of_its_own_area(nori_d, atlas):
    km2 = area_km2(atlas.feature("isa:NORI-D").geometry)
    assert nori_d.share_a_year.value == pytest.approx(100 * nori_d.disturbed.value / km2)


def test_points_have_no_share(atlas):
    found = environment_at(shapely.Point(-116.5, 11), atlas)
    assert found.disturbed.value
    assert found.share_a_year.value is None
    assert "points" in found.share_a_year.basis


# --- Areas near it ------------------------------------------------------------------------------------------


def test_the_three_nearest_apeis_are_told_in_order(nori_d):
    apeis = [area for area in nori_d.protected if area.kind == "isa_apei"]
    distances = [area.distance.value for area in apeis]
    assert [area.id for area in apeis] == ["APEI-11", "APEI-12", "APEI-09"]
    assert distances == sorted(distances)
    assert all(area.share == 0 for area in apeis)


def test_distances_to_apeis_are_those_of_the_exact_method(nori_d, atlas):
    shape = atlas.feature("isa:NORI-D").geometry
    for area in nori_d.protected:
        exact = nearest_points(shape, atlas.feature(f"isa:{area.id}").geometry).distance_km
        assert area.distance.value == pytest.approx(exact, rel=2e-3, abs=0.1)


def test_an_apei_on_the_site_comes_first_with_its_share(atlas):
    found = environment_at(atlas.feature("isa:APEI-06").geometry, atlas)
    assert found.protected[0].id == "APEI-06"
    assert found.protected[0].share == pytest.approx(1.0)
    assert found.protected[0].distance.value == 0
    assert found.summary.startswith("APEI-06 covers 100.0%")


def test_before_their_designation_there_are_no_apeis(atlas):
    found = environment_at(shapely.box(-117, 10.5, -116, 11.5), atlas, on=dt.date(2011, 1, 1))
    assert not [area for area in found.protected if area.kind == "isa_apei"]


def test_a_sanctuary_and_a_monument_on_the_site_are_told(atlas):
    found = environment_at(shapely.box(-168.5, -15, -167, -13), atlas)
    assert {area.kind for area in found.protected if area.share > 0} == {"us_sanctuary", "us_marine_monument"}


def test_reserved_areas_stand_apart_from_protected_ones(nori_d):
    assert [area.id for area in nori_d.reserved] == ["PMN-25"]
    assert not {area.kind for area in nori_d.protected} & set(environment.RESERVED_KINDS)


def test_layers_that_do_not_exist_are_said_to_be_missing(nori_d):
    said = " ".join(nori_d.gaps)
    for missing in ("preservation reference zones", "biologically significant", "World Heritage"):
        assert missing in said


# --- Findings -----------------------------------------------------------------------------------------------


def test_a_company_s_claim_stands_beside_independent_studies(nori_d):
    plume = {finding.standing for finding in nori_d.findings if finding.topic == "plume"}
    assert plume == {"company claim", "independent study"}
    assert all(finding.held_by for finding in nori_d.findings)


@pytest.mark.parametrize("mineral", [Mineral.SULPHIDES, Mineral.CRUSTS])
def test_for_other_minerals_it_is_said_what_is_not_known(atlas, mineral):
    found = environment_at(shapely.box(154, 20, 155, 21), atlas, mineral=mineral)
    assert found.disturbed.value is None
    assert mineral.value in found.disturbed.basis
    assert found.efficiency is None
    recovery = [finding for finding in found.findings if finding.topic == "recovery"]
    assert [finding.standing for finding in recovery] == ["not known"]
    assert "has not been measured" in found.summary


def test_an_unnamed_mineral_is_taken_as_nodules(atlas):
    assert environment_at(shapely.box(-117, 10, -116, 11), atlas, mineral=None).mineral == "nodules"


def test_every_finding_is_sourced_and_of_a_known_topic(nori_d):
    assert nori_d.findings
    for finding in nori_d.findings:
        assert finding.figure.source
        assert finding.figure.vintage
        assert finding.figure.basis
    ids = [row["id"] for row in read_table("environment")]
    assert len(ids) == len(set(ids))


def test_an_unknown_topic_in_the_table_is_refused(monkeypatch):
    row = dict(read_table("environment")[0]) | {"topic": "noise"}
    monkeypatch.setattr(environment, "read_table", lambda _: (row,))
    with pytest.raises(FigureError, match="'noise' is no topic"):
        environment._findings(Mineral.NODULES)


# --- Duties -------------------------------------------------------------------------------------------------


def test_every_duty_named_is_a_rule_whose_title_needs_no_name_filled_in():
    rules = {rule.id: rule for rule in load_rulebook().rules()}
    for identifier in DUTY_RULES:
        assert identifier in rules
        assert "{" not in rules[identifier].title.en + (rules[identifier].title.zh or "")


def test_duties_are_the_rule_book_s_own_sentences(nori_d):
    rules = {rule.id: rule for rule in load_rulebook().rules()}
    for duty in nori_d.duties:
        assert (duty.text, duty.cite) == (rules[duty.rule].title.en, rules[duty.rule].cite)


def test_in_the_area_the_isa_s_duties_hold_and_the_bbnj_s_turn_on_who_applies(nori_d):
    by_rule = {duty.rule: duty for duty in nori_d.duties}
    assert not by_rule["unclos.agreement.s1-7"].is_open
    assert by_rule["bbnj.agreement.28-1"].is_open


def test_the_bbnj_agreement_binds_nobody_before_it_is_in_force(atlas):
    found = environment_at(shapely.box(-117, 10.5, -116, 11.5), atlas, on=dt.date(2025, 6, 1))
    assert {duty.order for duty in found.duties} >= {"unclos"}
    assert "bbnj" not in {duty.order for duty in found.duties}


def test_on_a_continental_shelf_the_isa_s_duties_are_not_told(atlas):
    found = environment_at(shapely.box(-168.5, -15, -167, -13), atlas)
    assert [duty.rule for duty in found.duties] == ["unclos.convention.192"]


def test_duties_speak_the_language_asked_for(atlas, nori_d):
    with speaking("zh"):
        found = environment_at(atlas.feature("isa:NORI-D").geometry, atlas)
    rules = {rule.id: rule for rule in load_rulebook().rules()}
    assert [duty.text for duty in found.duties] == [rules[duty.rule].title.zh for duty in nori_d.duties]
