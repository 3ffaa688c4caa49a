"""What has been demonstrated, level by level, against the depths of a site; and the claim of 4,000 m."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import shapely
from pydantic import BaseModel

from seabed.errors import FigureError
from seabed.feasibility import technology
from seabed.feasibility.depth import depth_over, soundings_over
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import read_table
from seabed.feasibility.technology import check_depth_claim, demonstrations, technology_of
from seabed.question import Mineral

if TYPE_CHECKING:
    from collections.abc import Iterator

CCZ_BOX = shapely.box(-128, 11, -115, 16)
DEEP_BASIN = shapely.box(160, 25, 163, 27)  # north-west Pacific, below 5,000 m
RIDGE = shapely.box(127.0, 27.0, 127.6, 27.6)  # Okinawa Trough
HIMALAYA = shapely.box(86, 28, 86.5, 28.3)


def level(found: technology.Technology, name: str) -> technology.Level:
    return next(one for one in found.levels if one.id == name)


def figures_in(value: object) -> Iterator[Figure]:
    if isinstance(value, Figure):
        yield value
    elif isinstance(value, BaseModel):
        yield from figures_in(tuple(dict(value).values()))
    elif isinstance(value, dict):
        yield from figures_in(tuple(value.values()))
    elif isinstance(value, tuple):
        for one in value:
            yield from figures_in(one)


# --- By level -----------------------------------------------------------------------------------------------


def test_for_nodules_each_level_has_its_own_deepest_test():
    found = technology_of(CCZ_BOX, Mineral.NODULES)
    assert {one.id: (one.deepest.id, one.depth.value) for one in found.levels} == {
        "crawler": ("varaha_1", 5270),
        "collector": ("patania_2", 4500),
        "lift": ("hidden_gem_2022", 4300),
    }


def test_a_deeper_test_of_low_confidence_stands_beside_and_does_not_count():
    lift = level(technology_of(CCZ_BOX, Mineral.NODULES), "lift")
    assert lift.less_sure.id == "consortia_1970s"
    assert lift.less_sure.depth.value > lift.depth.value
    assert "less surely sourced: 4,500 m" in lift.reads
    assert "less surely sourced: 4,500 to 4,877 m (pilot systems" in technology_of(CCZ_BOX).summary


def test_the_share_within_is_that_of_the_depths_of_the_site():
    soundings = soundings_over(CCZ_BOX)
    for one in technology_of(CCZ_BOX, Mineral.NODULES).levels:
        assert one.share_within.value == pytest.approx(soundings.share_no_deeper(one.depth.value))
    assert (
        level(technology_of(CCZ_BOX), "lift").share_within.high
        > level(technology_of(CCZ_BOX), "lift").share_within.value
    )


def test_the_gap_runs_from_the_deepest_test_down_to_the_site():
    profile = depth_over(DEEP_BASIN)
    lift = level(technology_of(DEEP_BASIN, Mineral.NODULES), "lift")
    assert lift.gap_at_deepest.value == pytest.approx(profile.deepest.value - 4300, abs=0.1)
    assert lift.gap_at_median.value == pytest.approx(profile.median.value - 4300, abs=0.1)
    assert lift.share_within.value < 0.05
    shallow = technology_of(RIDGE, Mineral.NODULES)
    assert all(one.gap_at_deepest.value == 0 and one.share_within.value == 1 for one in shallow.levels)


def test_a_higher_level_is_never_shown_deeper_than_the_ones_it_needs():
    for mineral in ("nodules", "sulphides"):
        depths = [one.depth.value for one in technology_of(CCZ_BOX, Mineral(mineral)).levels]
        assert depths == sorted(depths, reverse=True)


def test_sulphides_have_been_lifted_once_at_1600_m_and_a_trial_pit_does_not_count_as_sea():
    found = technology_of(RIDGE, Mineral.SULPHIDES)
    assert {one.depth.value for one in found.levels} == {1600}
    assert {one.deepest.state for one in found.levels} == {"Japan"}
    pit = next(test for test in found.demonstrations if test.id == "nautilus_2018")
    assert pit.depth.value == 10
    assert "never deployed at sea" in pit.kind


def test_crusts_have_not_been_lifted_and_what_has_no_published_depth_is_not_counted():
    found = technology_of(RIDGE, Mineral.CRUSTS)
    lift = level(found, "lift")
    assert lift.deepest is None
    assert lift.share_within.value is lift.gap_at_deepest.value is None
    assert "no test is known" in lift.reads
    assert any("crust excavation test machine" in note and "not counted" in note for note in found.notes)
    jogmec = next(test for test in found.demonstrations if test.id == "jogmec_crusts_2020")
    assert jogmec.depth.value is None
    assert [one.figure.value for one in jogmec.recovered] == [649]
    assert found.claim is None
    assert found.throughput == {}


def test_what_was_shown_on_another_mineral_stands_beside():
    found = technology_of(CCZ_BOX, Mineral.NODULES)
    beside = {test.id for test in found.on_other_minerals}
    assert {"chikyu_2026", "jogmec_sulphides_2017"} <= beside
    assert not beside & {test.id for test in found.demonstrations}
    assert len(found.demonstrations) + len(beside) == len(demonstrations())


def test_rival_amounts_of_the_same_test_stand_side_by_side():
    hidden_gem = next(test for test in demonstrations() if test.id == "hidden_gem_2022")
    amounts = {one.what: one.figure.value for one in hidden_gem.recovered if one.figure.unit == "t"}
    assert amounts == {"nodules collected on the sea floor": 4500, "nodules lifted to the ship": 3000}
    chikyu = next(test for test in demonstrations() if test.id == "chikyu_2026")
    assert (chikyu.depth.low, chikyu.depth.value) == (5600, 6000)


def test_the_rate_held_is_set_against_the_rates_planned():
    throughput = technology_of(CCZ_BOX, Mineral.NODULES).throughput
    held, yearly, first, upgraded = (one.value for one in throughput.values())
    assert held == 86.4
    assert yearly == pytest.approx(86.4 * 8760 / 1e6)
    assert yearly < first < upgraded


def test_without_a_mineral_nodules_are_taken_and_said():
    found = technology_of(CCZ_BOX)
    assert found.mineral == "nodules"
    assert "not stated" in found.notes[0]


def test_a_site_on_land_has_tests_but_no_share_within_them():
    found = technology_of(HIMALAYA, Mineral.NODULES)
    assert found.depth is None
    assert "no sea floor" in found.summary
    assert all(one.share_within.value is None and one.depth.value for one in found.levels)


def test_every_figure_says_where_it_comes_from():
    for mineral in Mineral:
        found = list(figures_in(technology_of(CCZ_BOX, mineral)))
        assert len(found) > 30
        for figure in found:
            assert figure.source
            assert figure.vintage
            assert figure.value is not None or figure.basis


# --- The claim of 4,000 m -----------------------------------------------------------------------------------


def test_proven_to_4000_m_only_holds_for_china_and_for_no_level():
    claim = check_depth_claim()
    assert claim.verdict == "wrong"
    assert claim.states_for_which_it_holds == ("China",)
    assert [test.id for test in claim.evidence_for] == ["kaituo_2"]
    assert {"patania_2", "varaha_1", "hidden_gem_2022", "chikyu_2026"} <= {
        t.id for t in claim.evidence_against
    }
    assert {one.id: (one.holds, one.beyond.value) for one in claim.by_level} == {
        "crawler": (False, 1270),
        "collector": (False, 500),
        "lift": (False, 300),
    }
    assert claim.reads.startswith("It holds for China only")


def test_the_claim_holds_for_a_world_in_which_only_kaituo_2_was_tested(monkeypatch):
    kaituo = [test for test in demonstrations() if test.id == "kaituo_2"]
    monkeypatch.setattr(technology, "demonstrations", lambda: tuple(kaituo))
    claim = check_depth_claim()
    assert claim.verdict == "holds"
    assert claim.evidence_against == ()
    assert "No deeper test" in claim.reads


def test_the_claim_stops_holding_for_china_once_china_goes_deeper(monkeypatch):
    tests = demonstrations()
    kaituo = next(test for test in tests if test.id == "kaituo_2")
    deeper = kaituo.model_copy(
        update={"id": "next", "depth": kaituo.depth.model_copy(update={"value": 5500.0, "high": 5500.0})}
    )
    monkeypatch.setattr(technology, "demonstrations", lambda: (*tests, deeper))
    claim = check_depth_claim()
    assert claim.states_for_which_it_holds == ()
    assert claim.reads.startswith("It does not hold")


# --- The tables ---------------------------------------------------------------------------------------------


def test_tests_are_in_order_of_time_and_each_id_stands_once():
    rows = read_table("technology_tests")
    years = [int(row["year"].split()[-1]) for row in rows]
    assert years == sorted(years)
    assert len({row["id"] for row in rows}) == len(rows)


@pytest.mark.parametrize(
    ("table", "change", "says"),
    [
        ("technology_tests", {"levels": "flying"}, "the levels are crawler, collector, lift"),
        ("technology_tests", {"minerals": "gold"}, "the minerals nodules, sulphides"),
        ("technology_tests", {"depth": "deep"}, "must hold numbers"),
        ("technology_recovered", {"test": "nobody"}, "unknown tests: nobody"),
    ],
)
def test_a_damaged_table_gets_one_clear_error(monkeypatch, table, change, says):
    def damaged(name):
        rows = read_table(name)
        return (dict(rows[0]) | change, *rows[1:]) if name == table else rows

    monkeypatch.setattr(technology, "read_table", damaged)
    with pytest.raises(FigureError, match=says):
        demonstrations()
