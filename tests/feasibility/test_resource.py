"""Abundance, grades and tonnage in place, against the published statements."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, get_args

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from seabed.atlas.locate import locate
from seabed.atlas.store import Atlas
from seabed.errors import FigureError
from seabed.feasibility.derived import bounds_of, derive, value_of
from seabed.feasibility.figure import Confidence, Figure, no_basis
from seabed.feasibility.figures import figure_in, read_table
from seabed.feasibility.resource import _AREA_OF, METALS, Resource, estimate, resource_of
from seabed.geodesy import area_km2
from seabed.question import Mineral
from seabed.site import Site

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

ON = dt.date(2026, 11, 21)
AREAS = sorted({row["area"] for row in read_table("resource_areas")} - {"anywhere"})


@pytest.fixture(scope="module")
def atlas() -> Iterator[Atlas]:
    with Atlas.open() as opened:
        yield opened


def resource_at(shape: BaseGeometry, atlas: Atlas, **options: object) -> Resource:
    site = Site.from_geometry(shape)
    zones = locate(site, ON, atlas).zones
    return resource_of(site.geometry, zones, atlas, site_km2=area_km2(site.geometry), **options)


def figures_in(model: BaseModel) -> Iterator[Figure]:
    for value in dict(model).values():
        inner = value.values() if isinstance(value, dict) else value if isinstance(value, tuple) else [value]
        for one in inner:
            if isinstance(one, Figure):
                yield one
            elif isinstance(one, BaseModel):
                yield from figures_in(one)


# --- Against what is published ------------------------------------------------------------------------------


def test_nori_d_reproduces_its_published_tonnage(atlas):
    """356 million wet tonnes, to the 0.1 % by which drawn and published areas of the block differ."""
    found = resource_at(atlas.feature("isa:NORI-D").geometry, atlas)
    assert found.method == "published resource"
    assert found.nodules_wet.value == pytest.approx(356, rel=2e-3)
    assert found.nodules_wet.low == pytest.approx(325, rel=2e-3)  # the company's own statement of 2025
    assert found.parts[0].published_total.value == 356
    assert found.grades["nickel"].value == pytest.approx(1.41)
    assert "17%" in found.parts[0].left_open


def test_the_stated_abundance_and_the_stated_tonnage_of_nori_d_do_not_cover_the_same_ground(atlas):
    """17 kg/m2 over the whole block would be 428 million t: the high end, not the estimate."""
    found = resource_at(atlas.feature("isa:NORI-D").geometry, atlas)
    assert found.nodules_wet.high == pytest.approx(17 * 25.181, rel=1e-3)
    assert found.abundance.value == pytest.approx(14.15, abs=0.02)


@pytest.mark.parametrize(
    ("features", "million_t"),
    [
        (["isa:TOML-" + block for block in "ABCDEF"], 756),
        (["isa:IOM-2"], 316.2),
        (["isa:IOM-1"], 62.6),
        (["isa:NORI-A", "isa:NORI-B", "isa:NORI-C"] + ["isa:TOML-" + block for block in "ABCDEF"], 1279),
    ],
)
def test_whole_areas_come_near_their_published_tonnage(atlas, features, million_t):
    shape = shapely.union_all([atlas.feature(feature).geometry for feature in features])
    assert resource_at(shape, atlas).nodules_wet.value == pytest.approx(million_t, rel=0.02)


def test_a_site_over_two_blocks_of_one_contract_gets_each_its_own_resource(atlas):
    shape = shapely.union_all([atlas.feature(f"isa:NORI-{block}").geometry for block in "CD"])
    found = resource_at(shape, atlas)
    assert [part.id for part in found.parts] == ["nori_abc", "nori_d"]
    assert found.nodules_wet.value == pytest.approx(356 + 1279 * 37225 / 124383, rel=5e-3)


def test_neighbouring_blocks_that_overlap_by_a_drawing_error_are_not_named(atlas):
    found = resource_at(atlas.feature("isa:BGR-East").geometry, atlas)
    assert [part.id for part in found.parts] == ["bgr"]
    assert found.method == "published samples"


def test_contract_ground_without_a_published_resource_gets_the_regional_average(atlas):
    found = resource_at(atlas.feature("isa:GSR-B2").geometry, atlas)
    assert found.method == "regional average"
    assert (found.abundance.value, found.abundance.low, found.abundance.high) == (5.9, 1.6, 15)
    assert found.abundance.confidence == "low"


def test_the_cook_islands_zone_has_cobalt_rich_and_nickel_poor_nodules(atlas):
    found = resource_at(shapely.box(-160, -17, -159.5, -16.5), atlas)
    assert found.parts[0].id == "cook_islands"
    assert found.grades["cobalt"].value == found.grades["nickel"].value == 0.4


def test_the_open_atlantic_has_no_basis_and_says_so(atlas):
    found = resource_at(shapely.box(-30, 30, -29, 31), atlas)
    assert found.method == "no basis"
    assert found.nodules_wet.value is None
    assert found.nodules_wet.basis
    assert all(grade.value is None for grade in found.grades.values())


def test_a_site_half_outside_counts_only_what_has_a_basis():
    half, whole = (estimate({"ccz": share}, site_km2=1000) for share in (0.5, 1.0))
    assert half.nodules_wet.value == pytest.approx(whole.nodules_wet.value / 2)
    assert half.abundance == whole.abundance
    assert any("50.0% of the site has no basis" in note for note in half.notes)
    assert half.parts[-1].method == "no basis"


def test_points_have_abundance_and_grades_but_no_tonnage(atlas):
    found = resource_at(shapely.MultiPoint([(-117, 10.5), (-122, 13), (150, 20)]), atlas)
    assert [part.id for part in found.parts] == ["nori_abc", "nori_d", "none"]
    assert found.abundance.value > 10
    assert found.nodules_wet.value == found.metals["nickel"].value == 0
    assert any("set of points" in note for note in found.notes)


@pytest.mark.parametrize(("mineral", "km2"), [(Mineral.SULPHIDES, 10_000), (Mineral.CRUSTS, 3_000)])
def test_other_minerals_get_the_scale_of_the_regulations_and_no_tonnage(atlas, mineral, km2):
    found = resource_at(shapely.box(-117.2, 10.2, -117, 10.4), atlas, mineral=mineral)
    assert found.method == "regulation scale"
    assert found.regulation["largest exploration area"].value == km2
    assert found.nodules_wet is None
    assert not found.metals


def test_no_mineral_is_presumed_to_be_nodules_and_said(atlas):
    shape = shapely.box(-117.2, 10.2, -117, 10.4)
    assert any("presumed" in note for note in resource_at(shape, atlas).notes)
    asked = resource_at(shape, atlas, mineral=Mineral.NODULES)
    assert not any("presumed" in note for note in asked.notes)


def test_a_small_part_of_an_area_has_a_wider_range_than_the_whole():
    part, whole = (estimate({"nori_d": 1.0}, site_km2=km2) for km2 in (500, 25_160))
    assert part.abundance.value == whole.abundance.value
    assert part.abundance.low < whole.abundance.low < whole.abundance.high < part.abundance.high


# --- Identities ---------------------------------------------------------------------------------------------

shares = st.dictionaries(st.sampled_from(AREAS), st.floats(0.01, 1), min_size=1, max_size=4).map(
    lambda drawn: {area: share / max(1.0, sum(drawn.values())) for area, share in drawn.items()}
)
moistures = st.none() | st.floats(0, 0.9)


@given(shares, st.floats(0, 1e6), moistures)
def test_metal_is_wet_tonnage_times_one_less_moisture_times_grade(where, km2, moisture):
    found = estimate(where, site_km2=km2, moisture=moisture)
    dry = found.nodules_wet.value * (1 - found.moisture.value)
    assert found.nodules_dry.value == pytest.approx(dry)
    for metal in METALS:
        tonnes = 1e6 * dry * found.grades[metal].value / 100
        assert found.metals[metal].value == pytest.approx(tonnes)


@given(shares, st.floats(0, 1e6), moistures)
def test_values_lie_within_their_bounds_and_grades_are_grades(where, km2, moisture):
    found = estimate(where, site_km2=km2, moisture=moisture)
    for figure in (found.abundance, found.moisture, found.nodules_wet, found.nodules_dry):
        value, low, high = bounds_of(figure)
        assert 0 <= low <= value <= high < math.inf
    grades = [bounds_of(grade) for grade in found.grades.values()]
    assert all(0 < low <= value <= high for value, low, high in grades)
    assert sum(value for value, _, _ in grades) < 100
    assert sum(part.share for part in found.parts) == pytest.approx(1)


@given(shares, st.floats(1, 1e5))
def test_doubling_the_area_doubles_the_tonnage(where, km2):
    once, twice = (estimate(where, site_km2=size) for size in (km2, 2 * km2))
    assert twice.nodules_wet.value == pytest.approx(2 * once.nodules_wet.value)
    for metal in METALS:
        assert twice.metals[metal].value == pytest.approx(2 * once.metals[metal].value)


@given(shares)
def test_no_area_is_no_tonnage(where):
    found = estimate(where, site_km2=0)
    assert found.nodules_wet.value == found.nodules_dry.value == 0
    assert all(metal.value == 0 for metal in found.metals.values())


@given(shares, st.floats(1, 1e5))
def test_the_parts_add_up_to_the_whole(where, km2):
    found = estimate(where, site_km2=km2)
    apart = [
        estimate({part.id: 1.0}, site_km2=part.area_km2).metals["nickel"].value
        for part in found.parts
        if part.id != "none"
    ]
    assert found.metals["nickel"].value == pytest.approx(sum(apart), rel=1e-9)


@given(st.floats(0, 0.9), st.floats(0, 0.9))
def test_wetter_nodules_hold_less_metal(one, other):
    driest, wettest = sorted((one, other))
    more, less = (
        estimate({"toml": 1.0}, site_km2=100, moisture=moisture).metals["copper"].value
        for moisture in (driest, wettest)
    )
    assert more >= less


# --- Sources and bad input ----------------------------------------------------------------------------------


@pytest.mark.parametrize("area", AREAS)
def test_every_figure_says_where_it_comes_from(area):
    for figure in figures_in(estimate({area: 0.6}, site_km2=100)):
        assert figure.source
        assert figure.vintage
        assert figure.value is not None or figure.basis


def test_a_derived_figure_is_no_surer_than_its_least_sure_input():
    ranks = get_args(Confidence)
    found = estimate({"nori_d": 1.0}, site_km2=25_160)
    assert ranks.index(found.metals["nickel"].confidence) >= ranks.index(found.moisture.confidence)


def test_the_table_has_an_area_for_each_feature_and_each_area_has_what_it_needs(atlas):
    rows: dict[str, dict[str, Figure]] = {}
    for row in read_table("resource_areas"):
        assert row["quantity"] not in rows.setdefault(row["area"], {}), "a quantity stands twice"
        rows[row["area"]][row["quantity"]] = figure_in(row, row["unit"])
    assert set(_AREA_OF.values()) | {"ccz", "anywhere"} == set(rows)
    for feature in _AREA_OF:
        assert atlas.attributes_of(feature).id == feature
    for area in AREAS:
        needed = {"abundance"} if "abundance" in rows[area] else {"tonnage", "area", "abundance_in_resource"}
        assert needed <= set(rows[area])
        assert all(value_of(rows[area][quantity]) > 0 for quantity in needed)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"shares": {"nori_d": 1.0}, "site_km2": -1.0}, "the area of the site in km² must be at least 0"),
        ({"shares": {"nori_d": 1.0}, "site_km2": math.nan}, "must be a number"),
        ({"shares": {"nori_d": 1.2}, "site_km2": 1.0}, "the share of the site in nori_d"),
        ({"shares": {"nori_d": 0.7, "toml": 0.7}, "site_km2": 1.0}, "the sum of the shares"),
        ({"shares": {"atlantis": 1.0}, "site_km2": 1.0}, "no resource area 'atlantis'; known: nori_d"),
        ({"shares": {"anywhere": 1.0}, "site_km2": 1.0}, "no resource area 'anywhere'"),
        ({"shares": {"toml": 1.0}, "site_km2": 1.0, "moisture": 1.2}, "moisture"),
        ({"shares": {"toml": 1.0}, "site_km2": 1.0, "moisture": -0.1}, "moisture"),
    ],
)
def test_impossible_input_gets_one_clear_error(arguments, message):
    with pytest.raises(FigureError, match=message):
        estimate(**arguments)


def test_what_has_no_value_cannot_be_reckoned_with():
    with pytest.raises(FigureError, match="no value to reckon with: nothing is known"):
        bounds_of(no_basis("t", "nothing is known"))


def test_sources_are_named_once_each():
    one = Figure(value=1.0, unit="t", source="A; B", vintage="2020", confidence="high")
    other = Figure(value=2.0, unit="t", source="B; C", vintage="2021", confidence="low")
    found = derive([3.0], "t", "sum", one, other)
    assert (found.source, found.vintage, found.confidence) == ("A; B; C", "2020; 2021", "low")
    assert found.low is None
