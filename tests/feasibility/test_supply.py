"""A project's metal against world output, US needs and China's shares."""

from __future__ import annotations

import math
from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from seabed.errors import FigureError
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import figure_in, read_table
from seabed.feasibility.resource import estimate
from seabed.feasibility.supply import METALS, YEAR, supply_of

if TYPE_CHECKING:
    from collections.abc import Iterator

NORI_D = estimate({"nori_d": 1.0}, site_km2=25_160)
#: Metal in product a year, NORI-D prefeasibility study.
STUDY = {"nickel": 97_000, "cobalt": 7_400, "copper": 70_000, "manganese": 2_389_000}


def figures_in(model: BaseModel) -> Iterator[Figure]:
    for value in dict(model).values():
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for one in inner:
            if isinstance(one, Figure):
                yield one
            elif isinstance(one, BaseModel):
                yield from figures_in(one)


# --- Against what is published ------------------------------------------------------------------------------


def test_nori_d_at_the_rate_of_its_study_yields_what_the_study_says():
    found = supply_of(NORI_D, rate_wet_mt=10.8)
    for metal, tonnes in STUDY.items():
        assert found.metals[metal].output.value == pytest.approx(tonnes, rel=1e-9)


def test_shares_of_world_output_are_those_of_the_2026_summaries():
    found = supply_of(NORI_D, rate_wet_mt=10.8).metals
    assert found["nickel"].share_of_world_output.value == pytest.approx(100 * 97_000 / 3_900_000)
    assert found["cobalt"].share_of_world_output.value == pytest.approx(100 * 7_400 / 310_000)
    assert found["manganese"].share_of_us_consumption.value == pytest.approx(100 * 2_389 / 640)
    assert found["cobalt"].share_of_us_net_imports.value == pytest.approx(100 * 7_400 / (9_600 * 0.79))
    assert found["copper"].world_output.basis.startswith("refinery")
    assert found["nickel"].world_output.basis.startswith("mine")


def test_import_reliance_has_the_latest_figure_and_its_history():
    found = supply_of(None).metals
    assert [found[metal].us_net_import_reliance.value for metal in METALS] == [41, 79, 57, 100]
    nickel = found["nickel"].reliance_before
    assert list(nickel) == ["2021", "2022", "2023", "2024", "2024, edition of 2025"]
    assert (nickel["2024"].value, nickel["2024, edition of 2025"].value) == (43, 48)


def test_china_refines_more_than_it_mines():
    found = supply_of(None)
    assert found.metals["cobalt"].china_mining.value == pytest.approx(100 * 2_000 / 310_000)
    refining = found.metals["cobalt"].china_refining
    assert (refining.value, refining.low, refining.high) == (None, 50, 70)
    assert found.metals["copper"].china_refining.value == pytest.approx(100 * 14_000 / 29_000)
    assert found.metals["copper"].china_mining.value is None
    assert found.metals["manganese"].china_refining.value is None
    rare = found.not_supplied["rare_earths"]
    assert rare.china_mining.value == pytest.approx(69.2, abs=0.05)
    assert (rare.china_refining.value, rare.china_separation.value) == (90, 89)


def test_rands_ranges_are_quoted_and_contrasted():
    found = supply_of(NORI_D).demand
    published = [(one.published.low, one.published.high) for one in found]
    assert published == [(3, 20), (11, 29), (None, None), (21, 43)]
    ships = [round(one.ships_today.value, 1) for one in found]
    assert ships == [4.7, 8.2, 3.3, 37.7]
    said = ("inside the published 3 to 20", "below the published 11", "no count is published", "inside the")
    assert all(words in one.reads for words, one in zip(said, found, strict=True))


def test_projects_like_nori_d_are_as_many_as_ships_of_the_same_rate():
    for one in supply_of(NORI_D, rate_wet_mt=3.0).demand:
        assert one.projects_today.value == pytest.approx(one.ships_today.value)
        assert one.projects_today.low <= one.projects_today.value <= one.projects_today.high


def test_rare_earths_are_in_the_nodules_and_in_no_product():
    rare = supply_of(NORI_D).not_supplied["rare_earths"]
    assert rare.raised.value == pytest.approx(3e6 * 0.76 * 0.001)
    assert rare.raised_share_of_world_mine_output.value < 1
    assert "no published project recovers them" in rare.statement
    cook = supply_of(estimate({"cook_islands": 1.0}, site_km2=100)).not_supplied["rare_earths"]
    assert cook.content.value == 0.17


def test_the_rate_is_that_of_one_published_ship_unless_given():
    assert supply_of(NORI_D).rate.value == 3.0
    assert "presumed" in supply_of(NORI_D).rate.basis
    assert supply_of(NORI_D, rate_wet_mt=1.3).rate.source == "given by the user"


def test_metal_from_the_cash_flow_model_goes_before_the_estimate():
    found = supply_of(NORI_D, metal_tonnes={"nickel": 39_000.0, "cobalt": 3_100.0}).metals
    assert found["nickel"].share_of_world_output.value == pytest.approx(1.0)
    assert found["nickel"].output.source == "the cash-flow model of this assessment"
    assert found["copper"].share_of_world_output.value == 0
    rate = supply_of(NORI_D, rate_wet_mt=10.8, metal_tonnes=STUDY).rate
    assert (rate.value, rate.source) == (10.8, "the cash-flow model of this assessment")


def test_a_metal_that_is_not_produced_meets_no_demand():
    found = supply_of(NORI_D, metal_tonnes={"nickel": 39_000.0})
    assert found.demand[0].projects_today.value is None
    assert found.demand[0].projects_today.basis


def test_a_site_without_a_basis_still_gets_the_market():
    for resource in (None, estimate({}, site_km2=100)):
        found = supply_of(resource)
        assert "no basis" in found.summary
        assert found.metals["nickel"].output.value is None
        assert found.metals["nickel"].share_of_world_output.value is None
        assert found.metals["nickel"].world_output.value == 3_900_000
        assert found.demand[0].projects_today.value is None
        assert found.demand[0].ships_today.value == pytest.approx(4.67, abs=0.01)


# --- Identities ---------------------------------------------------------------------------------------------


@given(st.floats(0.01, 100), st.sampled_from(["nori_d", "toml", "ccz", "cook_islands"]))
def test_doubling_the_rate_doubles_shares_and_halves_the_number_of_projects(rate, area):
    resource = estimate({area: 1.0}, site_km2=100)
    once, twice = (supply_of(resource, rate_wet_mt=factor * rate) for factor in (1, 2))
    for metal in METALS:
        share = once.metals[metal].share_of_world_output.value
        assert twice.metals[metal].share_of_world_output.value == pytest.approx(2 * share)
    for one, two in zip(once.demand, twice.demand, strict=True):
        assert two.projects_today.value == pytest.approx(one.projects_today.value / 2)


@given(st.floats(0.01, 100))
def test_net_imports_are_never_more_than_consumption(rate):
    for one in supply_of(NORI_D, rate_wet_mt=rate).metals.values():
        assert one.us_net_imports.value <= one.us_consumption.value
        assert one.share_of_us_net_imports.value >= one.share_of_us_consumption.value


def test_countries_never_add_up_to_more_than_the_world():
    totals: dict[tuple[str, str], float] = defaultdict(float)
    world: dict[tuple[str, str], float] = {}
    for row in read_table("world_supply"):
        key = (row["metal"], row["year"])
        if row["country"] == "World":
            world[key] = float(row["value"])
        else:
            totals[key] += float(row["value"])
    assert world.keys() == totals.keys()
    assert all(0.5 < totals[key] / world[key] <= 1 for key in world)
    assert {year for _, year in world} == {"2024", YEAR}


@pytest.mark.parametrize("table", ["import_reliance", "china_share"])
def test_shares_are_between_none_and_all(table):
    for row in read_table(table):
        figure = figure_in(row, row["unit"])
        assert all(
            0 <= number <= 100 for number in (figure.value, figure.low, figure.high) if number is not None
        )


# --- Sources and bad input ----------------------------------------------------------------------------------


def test_every_figure_says_where_it_comes_from():
    for resource in (NORI_D, None):
        for figure in figures_in(supply_of(resource)):
            assert figure.source
            assert figure.vintage
            assert figure.value is not None or figure.basis


@pytest.mark.parametrize("rate", [0, -3, math.nan, math.inf, 1e9, "3"])
def test_an_impossible_rate_is_refused(rate):
    with pytest.raises(FigureError, match="production rate in million wet tonnes a year must be"):
        supply_of(NORI_D, rate_wet_mt=rate)


def test_negative_metal_is_refused():
    with pytest.raises(FigureError, match="cobalt in product, t a year must be at least 0"):
        supply_of(NORI_D, metal_tonnes={"nickel": 1.0, "cobalt": -1.0})
