"""Which zones a site lies in, what lies around it, and where the atlas is too coarse to say."""

from __future__ import annotations

import datetime as dt
import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_up_atlas import ON, ZONES
from shapely import MultiPoint, MultiPolygon, Point, Polygon, box

from seabed.atlas.around import Surroundings
from seabed.atlas.locate import JURISDICTION_KINDS, THE_AREA, Location, is_thinner_than, locate
from seabed.atlas.store import Atlas, Feature, Limit, default_path, write_atlas
from seabed.errors import SiteError
from seabed.geodesy import EdgeKind, area_km2, densify, nearest_points, perimeter_km, split_antimeridian
from seabed.site import Site

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry


def at(geometry: BaseGeometry, edges: EdgeKind = EdgeKind.PARALLEL_MERIDIAN) -> Site:
    return Site(name="site", geometry=geometry, edges=edges)


def shares(location: Location) -> dict[str, float]:
    return {zone.id: zone.share for zone in location.zones}


def jurisdiction_share(location: Location) -> float:
    return sum(zone.share for zone in location.zones if zone.kind in JURISDICTION_KINDS)


# --- zones ---


def test_a_site_far_from_every_coast_lies_in_the_area(atlas: Atlas) -> None:
    location = locate(at(box(-40, -40, -39, -39)), ON, atlas)
    (zone,) = location.zones
    assert (zone.kind, zone.id, zone.share) == ("area", "area", 1.0)
    assert zone.layer == ZONES
    assert location.parts[0].jurisdiction is THE_AREA
    assert (location.margins, location.nearest, location.possible) == ((), (), ())


def test_a_site_across_zones_is_shared_out_among_them(atlas: Atlas) -> None:
    location = locate(at(box(10.5, 0.5, 15, 2)), ON, atlas)
    assert set(shares(location)) == {"mz:AAA-land", "mz:AAA-12", "mz:AAA-200", "mz:BBB-200"}
    assert shares(location)["mz:BBB-200"] == pytest.approx(1 / 4.5, abs=1e-4)
    assert jurisdiction_share(location) == pytest.approx(1, abs=1e-9)
    assert [zone.share for zone in location.zones] == sorted(shares(location).values(), reverse=True)


def test_a_disputed_spot_lists_its_claimants(atlas: Atlas) -> None:
    location = locate(at(box(20.5, 0, 21, 1)), ON, atlas)
    assert location.zones[0].claimants == ["BBB", "CCC"]


def test_blocks_of_one_contract_are_one_zone(atlas: Atlas) -> None:
    location = locate(at(MultiPolygon([box(-125, 12, -124, 13), box(-117, 10, -116.5, 10.5)])), ON, atlas)
    contract = next(zone for zone in location.zones if zone.kind == "isa_contract")
    assert contract.id == "NORIPMN1"
    assert contract.name == "Nauru Ocean Resources Inc., 2 blocks"
    assert contract.features == ["isa:NORI-C", "isa:NORI-D"]
    assert contract.share == pytest.approx(1, abs=1e-9)
    assert len(location.parts) == 1


def test_a_single_block_is_named_with_its_holder(atlas: Atlas) -> None:
    location = locate(at(box(-117, 10.1, -116.5, 10.5)), ON, atlas)
    assert [zone.name for zone in location.zones if zone.kind == "isa_contract"] == [
        "NORI D (Nauru Ocean Resources Inc.)"
    ]


def test_the_law_is_asked_once_for_each_combination_of_zones(atlas: Atlas) -> None:
    location = locate(at(box(-118, 10, -116, 12)), ON, atlas)
    found = {frozenset(overlay.ref for overlay in part.overlays): part.share for part in location.parts}
    assert set(found) == {frozenset({"CCZ", "NORIPMN1"}), frozenset({"CCZ", "NORIPMN1", "TMC USA-B"})}
    assert sum(found.values()) == pytest.approx(1, abs=1e-12)
    assert found[frozenset({"CCZ", "NORIPMN1", "TMC USA-B"})] == pytest.approx(0.2496, abs=1e-4)


@pytest.mark.parametrize(("on", "there"), [(dt.date(2025, 4, 28), False), (dt.date(2025, 4, 29), True)])
def test_an_application_counts_from_the_day_it_was_filed(atlas: Atlas, on: dt.date, *, there: bool) -> None:
    location = locate(at(box(-118, 11, -117, 12)), on, atlas)
    assert ("TMC USA-B" in shares(location)) is there


def test_a_block_that_shares_an_edge_is_near_and_covers_nothing(atlas: Atlas) -> None:
    location = locate(at(box(-118, 10, -116, 12)), ON, atlas)
    assert "OTHERPMN1" not in shares(location)
    neighbour = next(nearby for nearby in location.nearest if nearby.id == "OTHERPMN1")
    assert neighbour.distance_km == 0.0


def test_points_are_counted_and_a_point_on_a_border_has_one_zone(atlas: Atlas) -> None:
    location = locate(at(MultiPoint([(10.5, 0.5), (14, 0), (-170, 40), (-170, 40)])), ON, atlas)
    assert shares(location) == pytest.approx({"mz:AAA-land": 1 / 3, "mz:AAA-200": 1 / 3, "area": 1 / 3})
    assert all(zone.area_km2 == 0.0 for zone in location.zones)
    assert "shares are of their number" in location.notes[0]


def test_a_point_in_overlays_is_in_all_of_them(atlas: Atlas) -> None:
    location = locate(at(Point(-117.5, 11.5)), ON, atlas)
    assert set(shares(location)) == {"area", "CCZ", "NORIPMN1", "TMC USA-B"}
    assert len(location.parts) == 1


def test_a_site_across_the_antimeridian_finds_the_zones_of_both_sides(atlas: Atlas) -> None:
    site = MultiPolygon([box(179, -1, 180, 1), box(-180, -1, -179, 1)])
    location = locate(at(site), ON, atlas)
    assert shares(location) == {"mz:CCC-200": 1.0}
    assert location.zones[0].territory == "CCD"
    margin = location.margins[0]
    assert margin.limit == "200 M limit of CCC"
    assert margin.distance_km == pytest.approx(111.3, abs=0.2)


def test_a_site_without_a_geometry_is_refused(atlas: Atlas) -> None:
    with pytest.raises(SiteError, match="the site has no geometry"):
        locate(at(Polygon()), ON, atlas)


def test_a_site_may_be_located_in_many_threads_at_once(atlas_path: Path) -> None:
    site, found = at(box(10.5, 0.5, 15, 2)), []

    def run() -> None:
        with Atlas.open(atlas_path) as own:
            found.extend(locate(site, ON, own).zones[0].id for _ in range(5))

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == ["mz:AAA-200"] * 20
    assert not shapely.is_prepared(site.geometry)


# --- what holds for every site ---

corners = st.tuples(st.floats(5, 24), st.floats(-5, 6), st.floats(0.01, 6), st.floats(0.01, 4))


def _polygon(corner: tuple[float, float, float, float], turn: float) -> BaseGeometry:
    west, south, width, height = corner
    return shapely.affinity.rotate(box(west, south, west + width, south + height), turn)


@given(corners, st.floats(0, 90))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_jurisdictions_partition_every_site(
    atlas: Atlas, corner: tuple[float, float, float, float], turn: float
) -> None:
    site = at(_polygon(corner, turn))
    location = locate(site, ON, atlas)
    whole = area_km2(site.geometry, site.edges)
    assert jurisdiction_share(location) == pytest.approx(1, abs=1e-9)
    assert sum(part.area_km2 for part in location.parts) == pytest.approx(whole, rel=1e-6)
    # Edges are densified to a metre, which a needle of 500 by 1 km feels.
    metre = perimeter_km(site.geometry) * 1e-3
    assert sum(area_km2(part.geometry) for part in location.parts) == pytest.approx(
        whole, rel=1e-6, abs=metre
    )
    for one in location.parts:
        for other in location.parts:
            if one is not other:
                assert one.geometry.intersection(other.geometry).area < 1e-9


@given(st.floats(-119.5, -115), st.floats(9.5, 13), st.floats(0.01, 3), st.floats(0.01, 3))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_an_overlay_covers_what_its_parts_cover(
    atlas: Atlas, west: float, south: float, width: float, height: float
) -> None:
    location = locate(at(box(west, south, west + width, south + height)), ON, atlas)
    marginal = {feature.ref for feature in location.marginal}
    for zone in location.zones:
        if zone.kind not in JURISDICTION_KINDS and zone.id not in marginal:
            by_part = sum(
                part.share for part in location.parts if zone.id in {overlay.ref for overlay in part.overlays}
            )
            assert by_part == pytest.approx(zone.share, abs=1e-6)


@given(
    st.floats(176, 184), st.floats(-4, 3), st.floats(0.1, 3), st.floats(0.1, 3), st.sampled_from([-360, 360])
)
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_full_turn_of_the_longitudes_changes_nothing(
    atlas: Atlas, west: float, south: float, width: float, height: float, turn: int
) -> None:
    site = box(west, south, west + width, south + height)
    here = locate(at(split_antimeridian(site)), ON, atlas)
    there = locate(at(split_antimeridian(shapely.affinity.translate(site, turn))), ON, atlas)
    assert shares(there) == pytest.approx(shares(here), abs=1e-9)
    assert [m.distance_km for m in there.margins] == pytest.approx(
        [m.distance_km for m in here.margins], abs=1e-6
    )


# --- margins and doubt ---


def test_margins_give_the_nearest_limit_of_each_kind(atlas: Atlas) -> None:
    location = locate(at(box(12, 0, 12.5, 0.5)), ON, atlas)
    assert [margin.limit for margin in location.margins] == [
        "12 M limit of AAA",
        "AAA and BBB",
        "200 M limit of AAA",
    ]
    assert location.margins[0].distance_km == pytest.approx(89.05, abs=0.05)
    assert not any(margin.within_accuracy for margin in location.margins)


def test_a_limit_that_the_site_crosses_is_at_no_distance(atlas: Atlas) -> None:
    location = locate(at(box(13, 0, 15, 1)), ON, atlas)
    between = next(margin for margin in location.margins if margin.limit == "AAA and BBB")
    assert (between.distance_km, between.within_accuracy) == (0.0, True)
    assert location.possible == ()


def test_beyond_a_limit_nearer_than_its_accuracy_lies_a_possible_zone(atlas: Atlas) -> None:
    location = locate(at(box(14.005, 0, 15, 1)), ON, atlas)
    assert shares(location) == {"mz:BBB-200": 1.0}
    assert [zone.id for zone in location.possible] == ["mz:AAA-200"]
    assert "may reach into continental_shelf of AAA" in location.notes[0]
    assert locate(at(box(14.05, 0, 15, 1)), ON, atlas).possible == ()


def test_the_area_is_possible_just_inside_a_200_m_limit(atlas: Atlas) -> None:
    location = locate(at(box(7.005, 0, 8, 1)), ON, atlas)
    assert location.possible == (THE_AREA,)


def test_a_jurisdiction_thinner_than_its_accuracy_is_kept_and_flagged(atlas: Atlas) -> None:
    location = locate(at(box(13.995, 0, 15, 1)), ON, atlas)
    flags = {part.jurisdiction.id: part.is_within_accuracy for part in location.parts}
    assert flags == {"mz:BBB-200": False, "mz:AAA-200": True}
    assert jurisdiction_share(location) == pytest.approx(1, abs=1e-9)
    thin = next(zone for zone in location.zones if zone.id == "mz:AAA-200")
    assert thin.status == "reaches into the site by less than its accuracy"
    assert "thinner than the accuracy" in location.notes[0]


def test_an_overlay_thinner_than_its_accuracy_is_marginal(atlas: Atlas) -> None:
    location = locate(at(box(-116.0005, 10, -115.5, 11)), ON, atlas)
    assert [feature.id for feature in location.marginal] == ["isa:NORI-D"]
    assert "NORIPMN1" not in {overlay.ref for part in location.parts for overlay in part.overlays}
    zone = next(zone for zone in location.zones if zone.id == "NORIPMN1")
    assert zone.status == "overlaps the site by less than the layer's accuracy; not counted as covering it"


def test_a_small_site_inside_an_overlay_is_covered_however_coarse_the_layer(atlas: Atlas) -> None:
    location = locate(at(box(-118.5, 12.5, -118.499, 12.501)), ON, atlas)
    assert location.marginal == ()
    assert shares(location)["TMC USA-B"] == pytest.approx(1)


def test_the_largest_part_is_never_in_doubt(atlas: Atlas) -> None:
    location = locate(at(box(13.999, 0, 14.001, 0.001)), ON, atlas)
    assert [part.is_within_accuracy for part in location.parts] == [False, True]


@pytest.mark.parametrize(
    ("geometry", "width_km", "thin"),
    [
        (box(0, 0, 1, 0.001), 0.2, True),
        (box(0, 0, 1, 0.001), 0.1, False),
        (box(0, 60, 0.002, 61), 0.12, True),  # 0.002° of longitude at 60.5° are 0.11 km
        (box(0, 60, 0.003, 61), 0.12, False),
        (box(0, 0, 1, 0.001).union(box(0, 0, 0.01, 0.01)), 0.5, False),  # a thread with a blob at its end
        (box(0, 0, 1, 1), 0.0, False),
    ],
)
def test_a_shape_is_thin_if_no_disc_of_that_width_fits(
    geometry: BaseGeometry, width_km: float, *, thin: bool
) -> None:
    assert is_thinner_than(geometry, width_km) is thin


# --- nearest ---


def test_the_nearest_three_contracts_and_the_nearest_shelf_are_given(atlas: Atlas) -> None:
    location = locate(at(box(-121, 13.2, -120, 13.5)), ON, atlas)
    contracts = [nearby.id for nearby in location.nearest if nearby.kind == "isa_contract"]
    assert contracts == ["THIRDPMN1", "FARPMN1", "NORIPMN1"]
    away = locate(at(box(1, 0, 2, 1)), ON, atlas)
    (shelf,) = (nearby for nearby in away.nearest if nearby.kind == "continental_shelf")
    assert shelf.id == "mz:AAA-200"


def test_the_shelf_one_is_in_is_not_the_nearest_shelf(atlas: Atlas) -> None:
    location = locate(at(box(13, 0, 13.5, 1)), ON, atlas)
    (shelf,) = (nearby for nearby in location.nearest if nearby.kind == "continental_shelf")
    assert shelf.id == "mz:BBB-200"
    assert shelf.bearing_deg == pytest.approx(90, abs=1)
    assert shelf.distance_km == pytest.approx(55.65, abs=0.05)


places = st.tuples(st.floats(-180, 180), st.floats(-80, 80))


@given(places, st.floats(0.5, 8), st.floats(0, 360), st.floats(0.05, 2))
@settings(max_examples=60, deadline=None)
def test_distances_agree_with_the_iterated_ones(
    place: tuple[float, float], away_deg: float, bearing: float, size: float
) -> None:
    lon, lat = place
    angle = np.radians(bearing)
    site = split_antimeridian(box(lon, lat, lon + size, lat + size))
    moved_lat = float(np.clip(lat + away_deg * np.cos(angle), -85, 85))
    moved_lon = lon + away_deg * np.sin(angle) / np.cos(np.radians(moved_lat))
    other = split_antimeridian(Point(moved_lon, moved_lat).buffer(size / 4))
    site, other = (densify(shape, EdgeKind.PARALLEL_MERIDIAN) for shape in (site, other))
    exact = nearest_points(site, other).distance_km
    found = Surroundings(site).nearest(other).distance_km
    # Densified edges stray by up to a metre in either projection.
    assert exact - 0.005 <= found <= exact * 1.001 + 0.01


def test_the_nearest_place_across_the_antimeridian_is_found(tmp_path: Path) -> None:
    block = Feature(
        layer="isa", id="isa:E", ref="E", kind="isa_contract", name="E", geometry=box(-179.9, 0, -179, 1)
    )
    line = Limit(
        layer="isa",
        kind="200M",
        name="200 M limit of E",
        geometry=block.geometry.boundary,
        sides=(None, None),
    )
    write_atlas(tmp_path / "a.gpkg", [block], [line])
    with Atlas.open(tmp_path / "a.gpkg") as atlas:
        location = locate(at(box(179, 0, 179.9, 1)), ON, atlas)
    assert location.nearest[0].distance_km == pytest.approx(22.26, abs=0.01)
    assert location.nearest[0].bearing_deg == pytest.approx(90, abs=1)
    assert location.margins[0].distance_km == pytest.approx(22.26, abs=0.01)


# --- the shipped atlas ---

shipped = pytest.mark.skipif(not default_path().is_file(), reason="geodata/atlas.gpkg is not built")


@shipped
def test_nori_d_lies_in_the_area_under_one_contract_and_one_us_application() -> None:
    with Atlas.open() as atlas:
        block = atlas.feature("isa:NORI-D")
        location = locate(at(block.geometry), ON, atlas)
    assert shares(location)["area"] == 1.0
    assert shares(location)["NORIPMN1"] == pytest.approx(1)
    assert shares(location)["TMC-USA-A"] > 0.99
    assert location.zones[0].area_km2 == pytest.approx(25_180.7, abs=1)
    assert [part for part in location.parts if not part.is_within_accuracy] == [location.parts[0]]


@shipped
def test_guam_is_land_and_the_sea_off_american_samoa_american() -> None:
    with Atlas.open() as atlas:
        land = locate(at(Point(144.75, 13.40)), ON, atlas)
        shelf = locate(at(Point(-168.5, -13.5)), ON, atlas)
    assert (land.zones[0].kind, land.zones[0].territory) == ("land", "GUM")
    assert {zone.kind for zone in shelf.zones} >= {"continental_shelf", "us_ocs"}
    assert any(margin.limit == "3 M limit of American Samoa" for margin in shelf.margins)
