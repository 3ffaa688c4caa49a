"""Depths of a site from the bundled grid: read rightly, weighed by area, the same however a site is cut."""

from __future__ import annotations

import importlib.util
import math
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import affinity

from seabed.atlas.store import Atlas
from seabed.errors import AtlasError
from seabed.feasibility import depth_grid
from seabed.feasibility.depth import _area_of_a_square_degree, _places, depth_over, soundings_over
from seabed.feasibility.depth_grid import COLUMNS, FILE, ROWS, depth_at, write_grid
from seabed.geodesy import area_km2, wrap
from seabed.resources import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

MOST_BYTES = 10_000_000
CCZ_BOX = shapely.box(-155, 0, -115, 20)


def geometry_of(identifier: str) -> BaseGeometry:
    with Atlas.open() as atlas:
        return next(feature.geometry for feature in atlas.features() if feature.id == identifier)


@pytest.fixture
def own_grid(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Read the grid from a folder of the test's own, and forget it afterwards."""
    monkeypatch.setattr(depth_grid, "data_dir", lambda _name: tmp_path)
    depth_grid._grid.cache_clear()
    yield tmp_path / FILE
    depth_grid._grid.cache_clear()


# --- The grid -----------------------------------------------------------------------------------------------

#: Heights in ETOPO1_0.1.grd of pybacktrack 1.5.0, read with h5py: sea, land and both poles.
ETOPO1 = {
    (-117.0, 10.5): -4314,
    (86.9, 28.0): 6893,
    (0.0, 90.0): -4228,
    (77.0, 90.0): -4228,
    (0.0, -90.0): -56,
}


@pytest.mark.parametrize(("place", "height"), list(ETOPO1.items()))
def test_a_node_has_the_value_of_the_original_grid(place, height):
    assert depth_at(*place) == -height


def test_the_deepest_node_is_in_the_challenger_deep():
    lon, lat = np.meshgrid(np.arange(1410, 1440) / 10, np.arange(105, 125) / 10)
    depths = depth_at(lon, lat)
    deepest = np.unravel_index(depths.argmax(), depths.shape)
    assert depths[deepest] == 10_714
    assert abs(lon[deepest] - 142.2) < 0.5
    assert abs(lat[deepest] - 11.35) < 0.1


def test_known_places_have_the_depths_that_are_published_for_them():
    """Within the 90th percentile of the errors that the table states for one depth."""
    patania_and_hidden_gem = {(-125.9, 14.1): 4500, (-117.0, 10.9): 4300}
    for place, published in patania_and_hidden_gem.items():
        assert abs(depth_at(*place) - published) < 257


def test_everest_is_land_and_the_grid_knows_it():
    assert depth_at(86.9, 28.0) < -6000
    assert depth_over(shapely.box(86, 28, 87, 28.5)) is None


def test_between_nodes_the_depth_is_bilinear():
    corners = depth_at([-117.0, -116.9, -117.0, -116.9], [10.5, 10.5, 10.6, 10.6])
    assert depth_at(-116.95, 10.55) == pytest.approx(corners.mean())
    assert depth_at(-116.975, 10.5) == pytest.approx(0.75 * corners[0] + 0.25 * corners[1])


@given(st.floats(-180, 180), st.floats(-90, 90), st.integers(-2, 2))
def test_a_turn_round_the_globe_changes_no_depth(lon, lat, turns):
    assert depth_at(lon + 360 * turns, lat) == pytest.approx(depth_at(lon, lat), abs=1e-6)


@given(st.floats(-180, 180), st.floats(0, 0.3))
def test_over_a_pole_the_depth_is_that_of_the_meridian_beyond(lon, over):
    for pole in (90, -90):
        beyond = math.copysign(90 + over, pole)
        assert depth_at(lon, beyond) == pytest.approx(
            depth_at(lon + 180, math.copysign(90 - over, pole)), abs=1e-6
        )


def test_depths_have_the_shape_of_the_places():
    assert depth_at(-117, 10).shape == ()
    assert depth_at([[-117, -116, -115]], [[10], [11]]).shape == (2, 3)
    assert depth_at([], []).shape == (0,)


def test_a_place_that_is_not_finite_is_refused():
    with pytest.raises(ValueError, match="finite"):
        depth_at([0, math.nan], 0)


def test_what_is_written_is_read_back_on_every_tile(own_grid):
    grid = np.random.default_rng(5).integers(-9000, 12_000, (ROWS, COLUMNS)).astype(np.int16)
    write_grid(grid, own_grid)
    row, column = np.random.default_rng(6).integers(0, (ROWS, COLUMNS), (20_000, 2)).T
    assert (np.rint(depth_at(column / 10 - 180, row / 10 - 90)) == grid[row, column]).all()


def test_a_grid_of_another_shape_is_not_written(tmp_path):
    with pytest.raises(ValueError, match="1801 rows and 3600 columns"):
        write_grid(np.zeros((10, 10), np.int16), tmp_path / FILE)


@pytest.mark.parametrize("content", [None, b"", b"PK\x03\x04 no zip", b"\x93NUMPY"])
def test_a_grid_that_is_missing_or_damaged_gets_one_clear_error(own_grid, content):
    if content is not None:
        own_grid.write_bytes(content)
    with pytest.raises(AtlasError, match=r"the depth grid .* is damaged .* reinstall"):
        depth_at(0, 0)


def test_the_grid_that_ships_is_small():
    assert (data_dir("geodata") / FILE).stat().st_size <= MOST_BYTES


@pytest.mark.skipif(importlib.util.find_spec("scipy") is None, reason="nothing to keep out")
def test_a_depth_needs_neither_scipy_nor_pandas():
    code = (
        "import sys; from seabed.feasibility.technology import technology_of; import shapely;"
        "technology_of(shapely.box(-117, 10, -116, 11));"
        "print([m for m in ('scipy', 'pandas', 'geopandas', 'matplotlib', 'h5py') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# --- The profile --------------------------------------------------------------------------------------------

corner_lon, corner_lat = st.floats(-179, 178), st.floats(-88, 87)
size = st.floats(0.001, 2.5)


@st.composite
def boxes(draw) -> BaseGeometry:
    west, south = draw(corner_lon), draw(corner_lat)
    return shapely.box(west, south, west + draw(size), south + draw(size))


@settings(deadline=None, max_examples=60)
@given(boxes())
def test_the_statistics_are_in_order_and_the_shares_are_shares(box):
    profile = depth_over(box)
    if profile is None:
        return
    order = [
        one.value
        for one in (
            profile.shallowest,
            profile.tenth_percentile,
            profile.median,
            profile.ninetieth_percentile,
            profile.deepest,
        )
    ]
    assert order == sorted(order)
    assert order[0] - 0.1 <= profile.mean.value <= order[-1] + 0.1
    deeper = [profile.share_deeper[limit].value for limit in sorted(profile.share_deeper)]
    assert deeper == sorted(deeper, reverse=True)
    assert all(0 <= share <= 1 for share in (*deeper, profile.share_dry.value, *profile.hypsometry.shares))
    assert sum(profile.hypsometry.shares) == pytest.approx(1)
    assert len(profile.hypsometry.edges_m) == len(profile.hypsometry.shares) + 1
    assert profile.hypsometry.edges_m[0] <= order[0] + 0.1
    assert profile.hypsometry.edges_m[-1] >= order[-1] - 0.1
    assert 0 <= profile.slope_median.value <= profile.slope_greatest.value <= 90


@settings(deadline=None, max_examples=60)
@given(boxes())
def test_the_pieces_of_a_site_add_up_to_its_area(box):
    *_, area, is_points = _places(box)
    assert not is_points
    assert area.sum() == pytest.approx(area_km2(box), rel=1e-4)


@settings(deadline=None, max_examples=40)
@given(boxes(), st.floats(0.2, 0.8))
def test_a_site_in_two_parts_gives_the_area_weighted_whole(box, at):
    """But for the pieces along the cut, whose depths are taken at two centroids instead of one."""
    west, south, east, north = box.bounds
    middle = west + at * (east - west)
    halves = [shapely.box(west, south, middle, north), shapely.box(middle, south, east, north)]
    lon, lat, area, _ = _places(box)
    whole = float(depth_at(lon, lat) @ area)
    parts = 0.0
    for half in halves:
        lon, lat, weight, _ = _places(half)
        parts += float(depth_at(lon, lat) @ weight)
    assert parts / area.sum() == pytest.approx(whole / area.sum(), abs=150)
    along_cells = round(middle * 10 - 0.5) / 10 + 0.05
    if west < along_cells < east:
        parts = 0.0
        for half in (
            shapely.box(west, south, along_cells, north),
            shapely.box(along_cells, south, east, north),
        ):
            lon, lat, weight, _ = _places(half)
            parts += float(depth_at(lon, lat) @ weight)
        assert parts / area.sum() == pytest.approx(whole / area.sum(), abs=0.5)


@settings(deadline=None, max_examples=30)
@given(boxes(), st.sampled_from([-360, 360]))
def test_a_site_moved_by_a_turn_has_the_same_profile(box, turn):
    here, there = depth_over(box), depth_over(affinity.translate(box, xoff=turn))
    if here is None or there is None:
        assert here is there
        return
    # Rounding in the turn may add or lose a sliver of a cell, which shifts a percentile a little.
    for name in ("shallowest", "tenth_percentile", "median", "mean", "ninetieth_percentile", "deepest"):
        assert getattr(there, name).value == pytest.approx(getattr(here, name).value, abs=5)


def test_a_site_across_the_antimeridian_is_one_site_wrapped_or_not():
    unwrapped = shapely.box(178.3, -12.7, 181.9, -11.1)
    assert depth_over(wrap(unwrapped)).mean.value == pytest.approx(depth_over(unwrapped).mean.value, abs=0.5)
    wrapped = depth_over(wrap(unwrapped))
    assert wrapped.deepest.value == pytest.approx(depth_over(unwrapped).deepest.value, abs=100)


def test_a_site_smaller_than_a_cell_has_one_depth_and_says_so():
    profile = depth_over(shapely.box(-117.01, 10.52, -117.0, 10.53))
    assert (
        profile.shallowest.value
        == profile.deepest.value
        == pytest.approx(depth_at(-117.005, 10.525), abs=0.06)
    )
    assert "smaller than a cell" in profile.notes[-1]
    assert profile.hypsometry.shares[0] == 1


def test_a_corner_a_hair_beside_a_meridian_does_no_harm():
    sliver = shapely.Polygon([(0.031, 0), (0.031, 1), (2.225e-311, 1), (2.225e-311, 0)])
    *_, area, _ = _places(sliver)
    assert area.sum() == pytest.approx(area_km2(sliver), rel=1e-4)


def test_a_site_too_small_to_have_an_area_is_a_point():
    speck = affinity.translate(shapely.box(0, 0, 1e-11, 1e-11), -117, 10.5)
    assert depth_over(speck).median.value == pytest.approx(4314)


def test_points_count_alike_wherever_they_are():
    sites = shapely.MultiPoint([(-117, 10.5), (-130, 12), (-130, 80)])
    soundings = soundings_over(sites)
    assert soundings.is_points
    assert soundings.weight == pytest.approx(np.full(3, 1 / 3))
    assert depth_over(sites).mean.value == pytest.approx(
        depth_at([-117, -130, -130], [10.5, 12, 80]).mean(), abs=0.1
    )


def test_land_in_a_site_is_left_out_and_said():
    half_dry = shapely.box(-160, 20.5, -155, 23)
    profile = depth_over(half_dry)
    assert 0 < profile.share_dry.value < 0.2
    assert profile.shallowest.value > 0
    assert any("above sea level" in note for note in profile.notes)


def test_a_pole_is_no_special_place():
    profile = depth_over(shapely.box(-180, 88.5, 180, 90))
    assert 3000 < profile.median.value < 4500
    assert profile.slope_greatest.value < 15
    *_, area, _ = _places(shapely.box(-180, 88.5, 180, 90))
    assert area.sum() == pytest.approx(area_km2(shapely.box(-180, 88.5, 180, 90)), rel=1e-4)


def test_a_slope_is_the_angle_that_its_two_ends_make(own_grid):
    """Falling by 100 m a node to the north at every longitude: 100 m in 11.1 km."""
    down = np.clip(np.arange(ROWS) - 800, 0, 200) * 100
    write_grid(np.repeat(down[:, None], COLUMNS, axis=1).astype(np.int16), own_grid)
    profile = depth_over(shapely.box(10, -5, 11, -4))
    assert profile.slope_median.value == pytest.approx(math.degrees(math.atan(100 / 11_119)), abs=0.01)
    assert profile.slope_greatest.value == pytest.approx(profile.slope_median.value, abs=0.01)


def test_the_grid_is_a_sample_and_no_survey_and_every_depth_says_so():
    profile = depth_over(CCZ_BOX)
    assert "not averages" in profile.median.basis
    assert "11 km" in profile.slope_greatest.basis
    assert "multibeam" in profile.slope_greatest.basis
    assert "ETOPO1" in profile.median.source
    assert profile.errors["90th percentile"].value == 257


def test_steepness_is_held_against_slopes_on_which_machines_are_said_to_have_worked():
    limits = depth_over(CCZ_BOX).slope_limits
    assert {limit.limit.value for limit in limits} == {25, 30}
    assert all(limit.share_steeper.value == 0 for limit in limits)


def test_a_vast_site_is_thinned_evenly(monkeypatch):
    full, pieces = depth_over(CCZ_BOX), len(soundings_over(CCZ_BOX).depth_m)
    monkeypatch.setattr("seabed.feasibility.depth._MOST_NODES", 5000)
    thin = depth_over(CCZ_BOX)
    assert len(soundings_over(CCZ_BOX).depth_m) < pieces / 3
    assert thin.mean.value == pytest.approx(full.mean.value, abs=15)
    assert thin.median.value == pytest.approx(full.median.value, abs=15)
    *_, area, _ = _places(CCZ_BOX)
    assert area.sum() == pytest.approx(area_km2(CCZ_BOX), rel=1e-4)


def test_a_square_degree_at_the_equator_has_the_area_of_the_ellipsoid():
    tiny = shapely.box(0, -0.005, 0.01, 0.005)
    assert _area_of_a_square_degree(np.zeros(1))[0] * 1e-4 == pytest.approx(area_km2(tiny), rel=1e-6)


def test_an_empty_site_is_refused():
    with pytest.raises(ValueError, match="empty"):
        depth_over(shapely.Polygon())


def test_nori_d_lies_where_its_own_studies_put_it():
    """Some 4,000 to 4,500 m, as the depth of its pilot test (about 4.3 km) is."""
    profile = depth_over(geometry_of("isa:NORI-D"))
    assert profile.tenth_percentile.value > 4000
    assert profile.deepest.value < 4500
    assert profile.share_deeper[5000].value == 0
