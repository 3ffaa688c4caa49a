"""Publishers' files, with the odd things found in the wild, imported and in force."""

from __future__ import annotations

import datetime as dt
import shutil
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from publisher_files import AAA, eez, isa, parts_of, write, zipped
from shapely import GeometryCollection, LineString, MultiPolygon, Point, Polygon, box

from seabed.atlas import importing, library, store, vector_files
from seabed.atlas.importing import import_kinds, import_layer, load_mapping
from seabed.atlas.library import installed_layers
from seabed.atlas.locate import locate
from seabed.atlas.store import Atlas
from seabed.atlas.vector_files import read_polygons
from seabed.errors import AtlasError
from seabed.geodesy import EdgeKind, area_km2
from seabed.site import read_site

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seabed.atlas.locate import Location

ON = dt.date(2026, 11, 21)
PLAIN = {
    "title": "Mine",
    "source": "me",
    "licence": "none",
    "accuracy_km": 0.5,
    "kind": "us_sanctuary",
    "id": "my:{code}",
    "ref": "{code}",
    "name": "{label}",
}


@pytest.fixture(autouse=True)
def _own_folder(tmp_path: Path, atlas_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Give each test a data folder of its own, over the made-up atlas."""
    monkeypatch.setenv("SEABED_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(store, "default_path", lambda: atlas_path)
    yield
    # Whatever happened, an index lists only files that are there.
    assert all(layer.path.is_file() for layer in installed_layers())


def at(where: str, radius_km: float = 5) -> Location:
    with Atlas.open() as atlas:
        assert not atlas.warnings
        return locate(read_site(where, radius_km=radius_km), ON, atlas)


def zones_at(where: str) -> list[str]:
    return [zone.id for zone in at(where).zones]


def limits(kind: str, layer: str) -> list[store.Limit]:
    with Atlas.open() as atlas:
        found = list(atlas.limits_near([(-180.0, -90.0, 180.0, 90.0)], kinds=[kind]))
    return [line for line in found if line.layer == layer]


def mapping_file(tmp_path: Path, **more: Any) -> Path:
    import yaml

    path = tmp_path / "map.yaml"
    path.write_text(yaml.safe_dump(PLAIN | more), encoding="utf-8")
    return path


def plain(tmp_path: Path, geometry: Any, name: str = "mine.gpkg", **options: Any) -> Path:
    return write(tmp_path / name, [{"code": "A", "label": "Area A", "geometry": geometry}], **options)


def imported(tmp_path: Path, path: Path, **more: Any) -> tuple[store.Feature, tuple[str, ...]]:
    layer = import_layer(path, "generic", map_path=mapping_file(tmp_path, **more), identifier="mine")
    with Atlas.open() as atlas:
        return atlas.feature("my:A"), layer.notes


# --- Marine Regions ----------------------------------------------------------------------------------------


def test_an_eez_of_marine_regions_takes_the_place_of_the_bundled_shelf(tmp_path: Path) -> None:
    path = write(tmp_path / "eez_v12.gpkg", [eez(8001, "AAA", box(7, -3, 13, 4))])
    layer = import_layer(path, "marine-regions-eez")
    assert layer.supersedes == ({"kind": "continental_shelf", "state": "AAA", "territory": None},)
    assert layer.entry["vintage"] == "not stated; file eez_v12.gpkg"
    (zone,) = at("12, -2").zones
    assert (zone.kind, zone.id, zone.state, zone.layer) == (
        "continental_shelf",
        "mr:8001",
        "AAA",
        "marine-regions-eez",
    )
    assert zones_at("13.5, -2") == ["area"]  # the bundled shelf reached there, the official one does not
    assert zones_at("16, 0") == ["mz:BBB-200"]


def test_land_and_territorial_sea_go_before_an_eez_that_covers_them(tmp_path: Path) -> None:
    import_layer(write(tmp_path / "eez.gpkg", [eez(8001, "AAA", AAA)]), "marine-regions-eez")
    assert zones_at("10.5, 0.5") == ["mz:AAA-land"]
    assert zones_at("9.9, 0.5") == ["mz:AAA-12"]


def test_joint_regimes_and_overlapping_claims_name_their_claimants(tmp_path: Path) -> None:
    rows = [
        eez(1, "AAA", box(30, 0, 31, 1), POL_TYPE="Joint regime", ISO_SOV2="BBB"),
        eez(2, "AAA", box(32, 0, 33, 1), POL_TYPE="Overlapping claim", ISO_SOV2="CCC", ISO_SOV3="BBB"),
        eez(3, "NZL", box(34, 0, 35, 1), ISO_TER1="COK"),
        eez(4, "USA", box(36, 0, 37, 1), ISO_TER1="ASM"),
        eez(5, "ATA", box(38, -70, 39, -69)),
    ]
    layer = import_layer(write(tmp_path / "eez.gpkg", rows), "marine-regions-eez")
    with Atlas.open() as atlas:
        found = {int(one.ref): one for one in atlas.attributes(kind="continental_shelf") if one.ref.isdigit()}
    assert (found[1].claimants, found[1].status) == (("AAA", "BBB"), "joint regime")
    assert (found[2].claimants, found[2].status) == (("AAA", "BBB", "CCC"), "overlapping claim")
    assert (found[3].state, found[3].territory) == ("COK", None)
    assert (found[4].state, found[4].territory) == ("USA", "ASM")
    assert (found[5].state, found[5].territory) == (None, "ATA")
    # A disputed zone puts nobody's own zones out of force.
    assert {selector["state"] for selector in layer.supersedes} == {"COK", "USA", None}
    assert "mz:AAA-200" in zones_at("12, -2")


def test_a_file_of_the_whole_world_supersedes_every_shelf_and_its_limits(tmp_path: Path) -> None:
    rows = [eez(n, "AAA", box(-170 + n, -60, -169.5 + n, -59)) for n in range(200)]
    layer = import_layer(write(tmp_path / "World_EEZ_v12.gpkg", rows), "marine-regions-eez")
    assert layer.supersedes == ({"kind": "continental_shelf"},)
    assert zones_at("16, 0") == ["area"]
    with Atlas.open() as atlas:
        left = {line.kind for line in atlas.limits_near([(0.0, -5.0, 25.0, 5.0)])}
    assert left == {"12M"}


def test_limits_are_found_on_the_outlines(tmp_path: Path) -> None:
    around_land = box(7, -3, 14, 4) - box(10, 0, 11, 1)
    rows = [eez(1, "AAA", around_land), eez(2, "BBB", box(14, -3, 22, 4))]
    import_layer(write(tmp_path / "eez.gpkg", rows), "marine-regions-eez")
    (between,) = limits("between_states", "marine-regions-eez")
    assert between.sides == ("mr:1", "mr:2")
    assert between.geometry.bounds == (14, -3, 14, 4)
    outer = limits("200M", "marine-regions-eez")
    assert {line.sides for line in outer} == {("mr:1", None), ("mr:2", None)}
    # The shore is no limit, and every outer edge is one, once.
    whole = shapely.union_all([line.geometry for line in outer])
    assert whole.length == pytest.approx(2 * (22 - 7) + 2 * 7)
    assert not whole.intersects(box(8, -2, 13, 3))


def test_outlines_digitised_apart_still_share_a_limit(tmp_path: Path) -> None:
    rows = [eez(1, "AAA", box(30, 0, 31, 1)), eez(2, "BBB", box(31.0003, -0.1, 32, 1.1))]
    import_layer(write(tmp_path / "eez.gpkg", rows), "marine-regions-eez")
    (between,) = limits("between_states", "marine-regions-eez")
    assert between.geometry.bounds[0] == between.geometry.bounds[2] == pytest.approx(31)


def test_an_extract_does_not_take_the_limit_with_an_absent_neighbour_for_200_m(tmp_path: Path) -> None:
    import_layer(write(tmp_path / "eez.gpkg", [eez(1, "AAA", AAA)]), "marine-regions-eez")
    (between,) = limits("between_states", "marine-regions-eez")
    assert (between.sides, between.geometry.bounds) == (("mr:1", "mr:1"), (14, -3, 14, 4))
    assert all(line.geometry.bounds[0] < 14 for line in limits("200M", "marine-regions-eez"))


def test_the_cut_at_the_antimeridian_is_no_limit(tmp_path: Path) -> None:
    both = MultiPolygon([box(178, -3, 180, 3), box(-180, -3, -178, 3)])
    import_layer(write(tmp_path / "eez.gpkg", [eez(1, "CCC", both)]), "marine-regions-eez")
    for line in limits("200M", "marine-regions-eez"):
        assert not shapely.intersects(line.geometry, LineString([(180, -2), (180, 2)]))


def test_the_bundled_12_m_limit_borders_on_the_imported_shelf(tmp_path: Path) -> None:
    import_layer(write(tmp_path / "eez.gpkg", [eez(1, "AAA", AAA)]), "marine-regions-eez")
    (line,) = {line.sides for line in limits("12M", "maritime_zones")}
    assert line == ("mz:AAA-12", "mr:1")
    # Just outside the limit, by its accuracy of 1 km the site may reach into the territorial sea.
    assert [zone.id for zone in at("11.209, 0.5", 0.2).possible] == ["mz:AAA-12"]


def test_territorial_seas_supersede_their_kind_and_border_on_the_shelf(tmp_path: Path) -> None:
    belt = box(9.85, -0.15, 11.15, 1.15)
    rows = [eez(9, "AAA", belt, POL_TYPE="12NM")]
    layer = import_layer(write(tmp_path / "eez_12nm_v4.gpkg", rows), "marine-regions-12nm")
    assert layer.id == "marine-regions-12nm"
    assert zones_at("9.9, 0.5") == ["mr-12nm:9"]
    assert not limits("12M", "maritime_zones")
    assert {line.sides for line in limits("12M", "marine-regions-12nm")} == {("mr-12nm:9", "mz:AAA-200")}


def test_an_extended_shelf_is_added_beyond_200_m(tmp_path: Path) -> None:
    assert zones_at("5, 0") == ["area"]
    rows = [eez(64123, "AAA", box(4, -3, 8, 4), POL_TYPE="ECS DOALOS Deposit")]
    import_layer(write(tmp_path / "ecs_v02.gpkg", rows), "marine-regions-ecs")
    (zone,) = at("5, 0").zones
    assert (zone.kind, zone.id, zone.status) == ("extended_shelf", "mr-ecs:64123", "ECS DOALOS Deposit")
    assert zones_at("7.5, 0") == ["mz:AAA-200"]


def test_the_web_service_writes_the_columns_in_small_letters(tmp_path: Path) -> None:
    row = {key.lower()[:10]: value for key, value in eez(8001, "AAA", AAA).items()}
    shape = write(tmp_path / "eez.shp", [row], encoding="UTF-8")
    import_layer(zipped(tmp_path / "eez.zip", *parts_of(shape)), "marine-regions-eez")
    assert zones_at("12, -2") == ["mr:8001"]


# --- ISA ---------------------------------------------------------------------------------------------------


def test_contract_areas_supersede_those_of_the_same_mineral_only(tmp_path: Path) -> None:
    shape = write(
        tmp_path / "ISAwebsite_fclContractAreasPMN.shp",
        [
            isa("NORIPMN1_D", "NORIPMN1", box(-118, 10, -116, 11.5)),
            isa("NEWPMN1_A", "NEWPMN1", box(-100, 10, -99, 11)),
        ],
    )
    layer = import_layer(zipped(tmp_path / "pmn.zip", *parts_of(shape)), "isa-contracts")
    assert layer.id == "isa-contracts-nodules"
    assert layer.supersedes == ({"kind": "isa_contract", "mineral": "nodules"},)
    assert layer.notes == ("not in the register of contracts, so taken to stand on every date: NEWPMN1",)
    with Atlas.open() as atlas:
        (one,) = atlas.attributes(ref="NORIPMN1")
        assert atlas.attributes(ref="OTHERPMN1")  # the made-up block that names no mineral
    assert (one.id, one.mineral, one.holder) == (
        "isa:NORIPMN1_D",
        "nodules",
        "Nauru Ocean Resources Inc. (NORI)",
    )
    assert one.valid_from == dt.date(2011, 7, 22)
    assert one.properties["sponsors"] == ["NRU"]


def test_reserved_areas_and_apeis_follow_the_publishers_columns(tmp_path: Path) -> None:
    reserved = write(
        tmp_path / "res.shp",
        [isa("PMNReservedR_Block 01", "PMNReserved", box(-155, 10, -154, 11), AreaType="Reserved")],
    )
    apeis = write(
        tmp_path / "ISAwebsite_APEIs.shp",
        [
            {
                "AreaKM2": 160000.0,
                "Status": "Active",
                "Remarks": "APEI-10",
                "geometry": box(-146, 13, -143, 16),
            }
        ],
    )
    import_layer(reserved, "isa-reserved")
    import_layer(apeis, "isa-apei")
    with Atlas.open() as atlas:
        (area,) = atlas.attributes(kind="isa_reserved_area")
        (apei,) = atlas.attributes(kind="isa_apei")
    assert (area.id, area.mineral, area.layer) == (
        "isa:PMNReservedR_Block-01",
        "nodules",
        "isa-reserved-nodules",
    )
    assert (apei.id, apei.ref, apei.mineral) == ("isa:APEI-10", "APEI-10", None)


def test_the_same_id_twice_in_a_file_is_numbered(tmp_path: Path) -> None:
    rows = [isa("X", "NORIPMN1", box(n, 40, n + 1, 41)) for n in (-150, -148)]
    layer = import_layer(write(tmp_path / "c.gpkg", rows), "isa-contracts")
    assert "ids that came more than once were numbered: isa:x" in layer.notes
    with Atlas.open() as atlas:
        assert {one.id for one in atlas.attributes(ref="NORIPMN1")} >= {"isa:X", "isa:X-2"}


# --- BOEM --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["folder", "zip"])
def test_a_geodatabase_of_boem_makes_one_area_of_its_docket(tmp_path: Path, form: str) -> None:
    blocks = [
        {"PROT_NUMBER": "NC02-05", "BLOCK_NUMBER": str(n), "geometry": box(-168 + n, -14, -167 + n, -13)}
        for n in range(2)
    ]
    path = write(tmp_path / "AmericanSamoa.gdb", blocks, crs="EPSG:32702", layer="RFI_blocks")
    if form == "zip":
        path = zipped(tmp_path / "rfi.zip", path)
    layer = import_layer(path, "boem-area", ref="BOEM-2025-0035")
    assert layer.id == "boem-area-boem-2025-0035"
    assert any("transformed from WGS 84 / UTM zone 2S" in note for note in layer.notes)
    with Atlas.open() as atlas:
        (area,) = atlas.features(kind="us_ocs_leasing_process")
    assert (area.id, area.ref, area.state) == ("us:BOEM-2025-0035", "BOEM-2025-0035", "USA")
    assert area.geometry.bounds == pytest.approx((-168, -14, -166, -13), abs=1e-6)


def test_a_docket_must_be_named_where_the_file_cannot(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [{"n": 1, "geometry": AAA}])
    with pytest.raises(AtlasError, match="--as boem-area needs --ref, the docket"):
        import_layer(path, "boem-area")
    with pytest.raises(AtlasError, match="--as isa-apei takes no --ref"):
        import_layer(path, "isa-apei", ref="X")


def test_of_several_layers_that_would_do_one_must_be_named(tmp_path: Path) -> None:
    path = tmp_path / "two.gpkg"
    write(path, [{"n": 1, "geometry": box(0, 50, 1, 51)}], layer="outline")
    write(path, [{"n": 1, "geometry": box(2, 50, 3, 51)}], layer="blocks", append=True)
    with pytest.raises(AtlasError, match=r"holds 2 layers that would do \(outline, blocks\); name one"):
        import_layer(path, "boem-area", ref="B-1")
    import_layer(path, "boem-area", ref="B-1", layer="blocks")
    with Atlas.open() as atlas:
        assert atlas.feature("us:B-1").geometry.bounds[0] == pytest.approx(2)


# --- generic -----------------------------------------------------------------------------------------------


def test_any_file_is_imported_by_a_mapping(tmp_path: Path) -> None:
    rows = [
        {
            "code": "A",
            "label": "Area A",
            "whose": "FRA",
            "since": np.datetime64("2020-01-02"),
            "geometry": box(30, 30, 31, 31),
        }
    ]
    feature, notes = imported(
        tmp_path,
        write(tmp_path / "mine.geojson", rows),
        state="{WHOSE}",
        valid_from="{since}",
        holder="nobody",
        status={"of": "{label}", "contains": {"B": "b", "Area": "an area"}},
        keep=["label"],
    )
    assert notes == ()
    assert (feature.layer, feature.ref, feature.name, feature.state) == ("mine", "A", "Area A", "FRA")
    assert (feature.valid_from, feature.holder, feature.status) == (dt.date(2020, 1, 2), "nobody", "an area")
    assert dict(feature.properties) == {"label": "Area A"}
    assert feature.accuracy_km == 0.5


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"colour": "red"}, "colour: Extra inputs are not permitted; the keys are title, publisher"),
        ({"kind": "area"}, "kind: 'area' is no kind; the kinds are land"),
        ({"accuracy_km": -1}, "accuracy_km: Input should be greater than or equal to 0"),
        ({"edges": "straight"}, "edges: Input should be 'geodesic'"),
        ({"id": "my:{nothing}"}, r"not what was expected: polygons with the columns nothing, code, label"),
        ({"state": "{label}"}, r"row 1: 'Area A' is no State; give its ISO 3166-1 code"),
        ({"mineral": "gold"}, "row 1: 'gold' is no mineral"),
        ({"valid_from": "{label}"}, "row 1: 'Area A' is no date; write it YYYY-MM-DD"),
    ],
)
def test_a_mapping_that_is_not_right_is_refused(tmp_path: Path, change: dict[str, Any], message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        imported(tmp_path, plain(tmp_path, AAA), **change)
    assert installed_layers() == []


def test_generic_and_its_mapping_go_together(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="--as generic needs --map"):
        load_mapping("generic")
    with pytest.raises(AtlasError, match="cannot be read"):
        load_mapping("generic", tmp_path / "none.yaml")
    with pytest.raises(AtlasError, match="--map goes with --as generic"):
        load_mapping("isa-apei", tmp_path / "map.yaml")
    with pytest.raises(AtlasError, match="nothing is known as 'isa'; a file can be imported as marine-regi"):
        load_mapping("isa")


def test_every_mapping_of_a_publisher_is_well_formed() -> None:
    assert [load_mapping(kind).kind for kind in import_kinds() if kind != "generic"] == [
        "continental_shelf",
        "territorial_sea",
        "extended_shelf",
        "isa_contract",
        "isa_reserved_area",
        "isa_apei",
        "us_ocs_leasing_process",
    ]


def test_ids_of_layers_that_stay_in_force_are_not_taken_twice(tmp_path: Path) -> None:
    path = plain(tmp_path, AAA)
    with pytest.raises(AtlasError, match="the id 'isa:CCZ' is taken by the layer isa_areas"):
        imported(tmp_path, path, id="isa:CCZ")
    with pytest.raises(AtlasError, match="maritime_zones is the id of a bundled layer"):
        import_layer(path, "generic", map_path=mapping_file(tmp_path), identifier="maritime_zones")
    with pytest.raises(AtlasError, match=r"'\.\./x' cannot name a layer"):
        import_layer(path, "generic", map_path=mapping_file(tmp_path), identifier="../x")


# --- the odd things found in the wild ----------------------------------------------------------------------


@pytest.mark.parametrize("crs", ["EPSG:3857", "EPSG:3832", "EPSG:4269"])
def test_another_reference_system_is_transformed(tmp_path: Path, crs: str) -> None:
    feature, notes = imported(tmp_path, plain(tmp_path, box(170, -20, 171, -19), crs=crs))
    assert any("were transformed from" in note for note in notes)
    assert feature.geometry.bounds == pytest.approx((170, -20, 171, -19), abs=1e-6)


def test_longitudes_from_0_to_360_are_wrapped_and_cut(tmp_path: Path) -> None:
    feature, notes = imported(tmp_path, plain(tmp_path, box(175, -10, 190, 0)))
    assert notes == ("1 outlines were wrapped to longitudes within ±180 and cut there",)
    assert sorted(part.bounds for part in feature.geometry.geoms) == [
        (-180, -10, -170, 0),
        (175, -10, 180, 0),
    ]


def test_an_outline_that_jumps_across_the_antimeridian_is_cut_there(tmp_path: Path) -> None:
    ring = Polygon([(175, -10), (-170, -10), (-170, 0), (175, 0)])
    feature, _ = imported(tmp_path, plain(tmp_path, ring))
    assert area_km2(feature.geometry) == pytest.approx(area_km2(box(0, -10, 15, 0)), rel=1e-9)


@pytest.mark.parametrize("edges", ["geodesic", "parallel_meridian"])
def test_a_hole_across_the_antimeridian_stays_a_hole(tmp_path: Path, edges: str) -> None:
    ring = Polygon(
        [(170, -10), (-170, -10), (-170, 10), (170, 10)],
        [[(-178, 2), (-178, -2), (178, -2), (178, 2)]],
    )
    feature, _ = imported(tmp_path, plain(tmp_path, ring), edges=edges)
    expected = area_km2(box(0, -10, 20, 10) - box(8, -2, 12, 2), EdgeKind(edges))
    assert area_km2(feature.geometry) == pytest.approx(expected, rel=1e-6)
    assert not feature.geometry.intersects(Point(180, 0))


def test_longitudes_that_overshoot_180_by_rounding_are_put_onto_it(tmp_path: Path) -> None:
    feature, notes = imported(tmp_path, plain(tmp_path, box(170, 80, 180.0000000001, 90.0000000001)))
    assert (feature.geometry.bounds, notes) == ((170, 80, 180, 90), ())


@given(west=st.floats(0, 359), width=st.floats(0.1, 40), south=st.floats(-80, 70), height=st.floats(0.1, 9))
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_wrapping_keeps_the_area(
    tmp_path: Path, west: float, width: float, south: float, height: float
) -> None:
    east = min(west + width, 360)
    path = tmp_path / "wrap.gpkg"
    path.unlink(missing_ok=True)
    shape = box(west, south, east, south + height)
    pyogrio.write_dataframe(gpd.GeoDataFrame({"n": [1]}, geometry=[shape], crs=4326), path)
    (geometry,) = read_polygons(path, EdgeKind.PARALLEL_MERIDIAN).geometries
    assert geometry.is_valid
    assert geometry.bounds[0] >= -180
    assert geometry.bounds[2] <= 180
    assert area_km2(geometry) == pytest.approx(area_km2(box(0, south, east - west, south + height)), rel=1e-6)


def test_heights_are_dropped(tmp_path: Path) -> None:
    feature, notes = imported(tmp_path, plain(tmp_path, shapely.force_3d(box(30, 30, 31, 31), -4000)))
    assert (feature.geometry.has_z, notes) == (False, ())


def test_points_and_lines_among_polygons_are_dropped_and_counted(tmp_path: Path) -> None:
    mixed = GeometryCollection([box(30, 30, 31, 31), Point(0, 0), LineString([(0, 0), (1, 1)])])
    rows = [
        {"code": "A", "label": "Area A", "geometry": mixed},
        {"code": "B", "label": "Area B", "geometry": Point(3, 3)},
        {"code": "C", "label": "Area C", "geometry": None},
    ]
    feature, notes = imported(tmp_path, write(tmp_path / "mine.geojson", rows))
    assert feature.geometry.equals(box(30, 30, 31, 31))
    assert notes == (
        "1 rows without geometry were dropped",
        "3 points and lines were dropped; only polygons are kept",
    )


def test_a_file_without_polygons_is_refused(tmp_path: Path) -> None:
    path = plain(tmp_path, Point(1, 1))
    with pytest.raises(AtlasError, match=r"expected: polygons .*found mine \(Point; code, label\)"):
        imported(tmp_path, path)
    mixed = plain(tmp_path, GeometryCollection([Point(1, 1), LineString([(0, 0), (1, 1)])]), "m.geojson")
    with pytest.raises(AtlasError, match="has no polygon: 0 rows without geometry, 2 points"):
        imported(tmp_path, mixed)


def test_a_ring_with_a_spike_is_repaired_and_said_so(tmp_path: Path) -> None:
    spike = Polygon([(30, 30), (31, 30), (31, 31), (30.5, 31), (30.5, 31.4), (30.5, 31), (30, 31)])
    feature, notes = imported(tmp_path, plain(tmp_path, spike))
    assert feature.geometry.is_valid
    (note,) = notes
    assert note.startswith(
        "1 outlines that touched or crossed themselves were repaired; the area changed: row 1"
    )
    assert note.endswith("by 0.00000%")


def test_a_bow_tie_is_refused_since_its_repair_would_be_a_guess(tmp_path: Path) -> None:
    bow_tie = Polygon([(30, 30), (31, 31), (31, 30), (30, 31)])
    with pytest.raises(AtlasError, match=r"row 1 \(A\): the outline is not valid .* by 100\.00%, more than"):
        imported(tmp_path, plain(tmp_path, bow_tie))


@pytest.mark.parametrize(
    ("encoding", "says"),
    [
        ("UTF-8", "UTF-8"),
        ("UTF-8", None),
        ("ISO-8859-1", "ISO-8859-1"),
        ("cp1252", None),
        ("cp1252", "UTF-8"),
    ],
)
def test_text_is_read_in_its_encoding_whatever_the_file_says(
    tmp_path: Path, encoding: str, says: str | None
) -> None:
    rows = [{"code": "A", "label": "Réunion – Curaçao", "geometry": box(30, 30, 31, 31)}]
    if encoding == "ISO-8859-1":
        rows[0]["label"] = "Réunion Curaçao"
    shape = write(tmp_path / "mine.shp", rows, encoding=encoding)
    stated = shape.with_suffix(".cpg")
    stated.unlink(missing_ok=True)
    if says:
        stated.write_text(says)
    feature, notes = imported(tmp_path, shape)
    assert feature.name == rows[0]["label"]
    is_guess = says is None or says != encoding
    assert bool(notes) == is_guess


def test_a_shapefile_without_prj_is_taken_as_degrees_if_it_can_be(tmp_path: Path) -> None:
    shape = plain(tmp_path, box(30, 30, 31, 31), "mine.shp", crs=None)
    shape.with_suffix(".prj").unlink(missing_ok=True)
    feature, notes = imported(tmp_path, shape)
    assert feature.geometry.bounds == (30, 30, 31, 31)
    assert notes == (
        "no reference system is stated; coordinates were taken as longitude and latitude, WGS 84",
    )
    metres = plain(tmp_path, box(30, 30, 31, 31), "metres.shp", crs="EPSG:3857")
    metres.with_suffix(".prj").unlink()
    with pytest.raises(AtlasError, match=r"are no longitudes and latitudes; give the \.prj"):
        imported(tmp_path, metres)


def test_a_wrong_prj_is_noticed_by_the_coordinates(tmp_path: Path) -> None:
    shape = plain(tmp_path, box(30, 30, 31, 31), "mine.shp", crs="EPSG:3857")
    degrees = plain(tmp_path, AAA, "degrees.shp")
    shutil.copy(degrees.with_suffix(".prj"), shape.with_suffix(".prj"))
    with pytest.raises(AtlasError, match="Does the file state the right reference system"):
        imported(tmp_path, shape)


def test_a_zip_inside_a_zip_is_opened_once(tmp_path: Path) -> None:
    shape = plain(tmp_path, box(30, 30, 31, 31), "mine.shp")
    inner = zipped(tmp_path / "inner.zip", *parts_of(shape), within="deep/er/")
    outer = zipped(tmp_path / "outer.zip", inner)
    feature, _ = imported(tmp_path, outer)
    assert feature.name == "Area A"
    with pytest.raises(AtlasError, match="holds nothing that can be read"):
        imported(tmp_path, zipped(tmp_path / "third.zip", outer))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is empty"),
        (b"\x89PNG\r\n\x1a\n", "holds nothing that can be read; give a Shapefile, GeoPackage"),
        (b"<OGRVRTDataSource><OGRVRTLayer/></OGRVRTDataSource>", "holds nothing that can be read"),
        (b"PK\x03\x04 and then nothing", "is not a sound zip archive"),
        (b"SQLite format 3\x00 and then nothing", "is damaged"),
    ],
)
@pytest.mark.parametrize("name", ["mine.gpkg", "mine.geojson"])
def test_foreign_and_broken_files_are_refused(
    tmp_path: Path, content: bytes, message: str, name: str
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    if message == "is damaged" and name == "mine.geojson":
        message = "holds nothing that can be read"
    with pytest.raises(AtlasError, match=message):
        imported(tmp_path, path)


def test_a_path_that_only_gdal_would_understand_is_no_file(tmp_path: Path) -> None:
    from pathlib import Path as AnyPath

    with pytest.raises(AtlasError, match="there is no file"):
        imported(tmp_path, AnyPath("/vsicurl/https://example.org/a.gpkg"))


def test_a_file_of_another_publisher_is_refused_with_what_was_found(tmp_path: Path) -> None:
    path = write(tmp_path / "isa.gpkg", [isa("X", "NORIPMN1", AAA)])
    with pytest.raises(
        AtlasError, match=r"expected: polygons with the columns MRGID, .*found isa \(Polygon; AreaKey, Contr"
    ):
        import_layer(path, "marine-regions-eez")


def test_an_archive_that_escapes_or_explodes_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import zipfile

    path = tmp_path / "evil.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("../../mine.gpkg", b"x")
    with pytest.raises(AtlasError, match="points outside it"):
        imported(tmp_path, path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mine.gpkg", b"\0" * 5_000_000)
    with pytest.raises(AtlasError, match="unpacks to over 200 times its size"):
        imported(tmp_path, path)
    monkeypatch.setattr(vector_files, "MOST_BYTES", 1_000_000)
    with pytest.raises(AtlasError, match="unpacks to more than 0 MB"):
        imported(tmp_path, path)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = plain(tmp_path, AAA)
    for name, message in (
        ("MOST_FEATURES", "features; at most"),
        ("MOST_VERTICES", "vertices; at most"),
        ("MOST_BYTES", "GB are read"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(vector_files, name, 0)
            with pytest.raises(AtlasError, match=message):
                imported(tmp_path, path)


# --- all or nothing ----------------------------------------------------------------------------------------


def test_an_import_that_fails_midway_leaves_the_earlier_one_in_force(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = write(tmp_path / "first.gpkg", [eez(1, "AAA", AAA)])
    second = write(tmp_path / "second.gpkg", [eez(2, "AAA", AAA)])
    import_layer(first, "marine-regions-eez")
    before = installed_layers()

    def killed(*_: object) -> None:
        raise KeyboardInterrupt

    for module, name in ((store, "_write_limits"), (library, "_write_index"), (importing, "put_in_force")):
        with monkeypatch.context() as patch:
            patch.setattr(module, name, killed)
            with pytest.raises(KeyboardInterrupt):
                import_layer(second, "marine-regions-eez")
        assert installed_layers() == before
        assert zones_at("12, -2") == ["mr:1"]
    import_layer(second, "marine-regions-eez")
    assert zones_at("12, -2") == ["mr:2"]
    assert [path.name for path in library.layers_folder().glob("*.gpkg")] == [installed_layers()[0].file]


def test_a_folder_that_cannot_be_written_to_is_said_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").write_text("in the way")
    monkeypatch.setenv("SEABED_DATA", str(tmp_path / "data"))
    with pytest.raises(AtlasError, match="cannot be written to"):
        imported(tmp_path, plain(tmp_path, AAA))


def test_the_mapping_in_the_documentation_works(tmp_path: Path) -> None:
    import re
    from pathlib import Path as AnyPath

    text = (AnyPath(__file__).parents[2] / "docs" / "layers.md").read_text(encoding="utf-8")
    match = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert match is not None
    (tmp_path / "map.yaml").write_text(match[1], encoding="utf-8")
    row = {"CODE": "7", "NAME": "Z", "ISO": "PYF", "STAGE": "draft", "DATE": "2024-05-01", "REMARKS": "r"}
    path = write(tmp_path / "z.gpkg", [{**row, "geometry": box(-150, -20, -149, -19)}])
    import_layer(path, "generic", map_path=tmp_path / "map.yaml", identifier="zones")
    with Atlas.open() as atlas:
        zone = atlas.attributes_of("moz:7")
    assert (zone.state, zone.territory, zone.status) == ("FRA", "PYF", "proposed")
