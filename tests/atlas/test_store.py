"""The atlas file: written, found again, and refused when it is not one."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gc
import hashlib
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_atlas import ON, make_features, make_limits
from shapely import LineString, Point, Polygon, box

from seabed.atlas.store import (
    MAX_VERTICES,
    Atlas,
    AtlasFile,
    Feature,
    Limit,
    boxes_of,
    content_sha256,
    cut_line,
    cut_polygon,
    default_path,
    grow,
    write_atlas,
)
from seabed.errors import AtlasError
from seabed.geodesy import GEOD

if TYPE_CHECKING:
    from pathlib import Path

LARGE = Point(-150, 10).buffer(8, quad_segs=1000)


def _feature(**more: object) -> Feature:
    values: dict[str, object] = {
        "layer": "l",
        "id": "l:a",
        "ref": "A",
        "kind": "isa_contract",
        "name": "A",
        "geometry": box(0, 0, 1, 1),
    }
    return Feature(**(values | more))  # type: ignore[arg-type]


def test_every_attribute_comes_back_as_it_was_written(tmp_path: Path) -> None:
    written = _feature(
        state="FRA",
        territory="PYF",
        claimants=("FRA", "VUT"),
        holder="Ifremer, « un nom »",
        mineral="nodules",
        status="in force",
        valid_from=dt.date(2001, 6, 20),
        valid_to=dt.date(2031, 6, 19),
        accuracy_km=0.1,
        source="ISA",
        properties={"note": "海", "sponsors": ["FRA"], "published_area_km2": 75000.5},
    )
    write_atlas(tmp_path / "a.gpkg", [written], [])
    with Atlas.open(tmp_path / "a.gpkg") as atlas:
        read = atlas.feature("l:a")
    assert read.attributes == written.attributes
    assert read.geometry.equals_exact(written.geometry)


def test_a_small_shape_keeps_its_vertices_to_the_bit(atlas: Atlas) -> None:
    written = {feature.id: feature for feature in make_features()}
    assert atlas.feature("isa:NORI-D").geometry.wkb == written["isa:NORI-D"].geometry.wkb


def test_a_large_shape_is_the_union_of_its_pieces(tmp_path: Path) -> None:
    write_atlas(tmp_path / "a.gpkg", [_feature(geometry=LARGE)], [])
    with Atlas.open(tmp_path / "a.gpkg") as atlas:
        whole = atlas.feature("l:a").geometry
    assert whole.geom_type == "Polygon"
    assert whole.symmetric_difference(LARGE).area < 1e-12


def test_only_the_pieces_near_a_site_are_decoded(tmp_path: Path) -> None:
    write_atlas(tmp_path / "a.gpkg", [_feature(geometry=LARGE)], [])
    with Atlas.open(tmp_path / "a.gpkg") as atlas:
        near = list(atlas.touching([(-158, 9, -157.5, 10)], None))
        everything = list(atlas.touching([(-180, -90, 180, 90)], None))
    assert 1 <= len(near) <= 4 < len(everything)


def test_an_id_is_found_whatever_its_case(atlas: Atlas) -> None:
    assert atlas.feature(" ISA:nori-d ").id == "isa:NORI-D"


def test_an_unknown_id_is_answered_with_the_nearest_ones(atlas: Atlas) -> None:
    with pytest.raises(AtlasError, match=r"no feature 'NORI D'; did you mean isa:NORI-D"):
        atlas.feature("NORI D")
    with pytest.raises(AtlasError, match="ids look like"):
        atlas.attributes_of("zzzzzzzzz")


def test_features_are_found_by_kind_and_by_ref(atlas: Atlas) -> None:
    assert [f.id for f in atlas.features(ref="noripmn1")] == ["isa:NORI-C", "isa:NORI-D"]
    assert {f.id for f in atlas.attributes(kind="ccz")} == {"isa:CCZ"}
    assert len(atlas.attributes()) == len(make_features())


@pytest.mark.parametrize(
    ("on", "found"),
    [
        (dt.date(2011, 7, 21), False),
        (dt.date(2011, 7, 22), True),
        (dt.date(2026, 11, 21), True),
    ],
)
def test_a_contract_is_found_from_its_first_day(atlas: Atlas, on: dt.date, *, found: bool) -> None:
    ids = {
        attributes.id for attributes, _ in atlas.touching([(-117, 11, -116.5, 11.5)], on, ["isa_contract"])
    }
    assert ("isa:NORI-D" in ids) is found


def test_an_application_is_found_up_to_its_last_day(atlas: Atlas) -> None:
    place = [(-118.9, 11.1, -118.8, 11.2)]
    for day, found in ((dt.date(2030, 1, 1), True), (dt.date(2030, 1, 2), False)):
        assert any(a.id == "us:USA-B" for a, _ in atlas.touching(place, day)) is found
        assert atlas.attributes_of("us:USA-B").is_in_force(day) is found


def test_each_piece_comes_once_however_many_boxes_meet_it(atlas: Atlas) -> None:
    boxes = [(-117, 11, -116.5, 11.5), (-117.2, 11, -116.5, 11.5)]
    ids = [attributes.id for attributes, _ in atlas.touching(boxes, ON)]
    assert len(ids) == len(set(ids))


def test_limits_keep_their_sides_and_come_once(atlas: Atlas) -> None:
    (between,) = atlas.limits_near([(14, 0, 15, 1)], 10.0, ["between_states"])
    assert between.sides == ("mz:AAA-200", "mz:BBB-200")
    assert list(atlas.limits_near([(50, 50, 51, 51)], 10.0)) == []


def test_the_same_layers_give_the_same_bytes_in_any_order(tmp_path: Path) -> None:
    digests = set()
    for name, turn in (("a", 1), ("b", -1)):
        path = tmp_path / f"{name}.gpkg"
        write_atlas(path, make_features()[::turn], make_limits()[::turn])
        digests.add(hashlib.sha256(path.read_bytes()).hexdigest())
    assert len(digests) == 1


def test_the_stored_hash_is_the_hash_of_the_content(atlas: Atlas, atlas_path: Path) -> None:
    connection = sqlite3.connect(atlas_path)
    assert content_sha256(connection) == atlas.sha256
    connection.close()
    atlas.verify()


def test_a_changed_atlas_does_not_verify(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_atlas(path, make_features(), make_limits())
    connection = sqlite3.connect(path)
    connection.execute("UPDATE feature SET holder = 'somebody else' WHERE id = 'isa:NORI-D'")
    connection.commit()
    connection.close()
    with Atlas.open(path) as atlas, pytest.raises(AtlasError, match="was changed after it was built"):
        atlas.verify()


def test_gdal_reads_the_atlas_as_a_geopackage(atlas_path: Path) -> None:
    pyogrio = pytest.importorskip("pyogrio")
    layers = {str(name): kind for name, kind in pyogrio.list_layers(atlas_path)}
    assert layers == {"piece": "MultiPolygon", "limit": "MultiLineString", "feature": None, "atlas": None}
    info = pyogrio.read_info(atlas_path, layer="piece")
    assert info["crs"] == "EPSG:4326"
    assert info["fid_column"] == "fid"
    assert info["capabilities"]["fast_spatial_filter"]  # the R-tree is found
    found = pyogrio.read_dataframe(atlas_path, layer="piece", bbox=(-116.5, 11.2, -116.4, 11.3))
    assert len(found) == 2  # NORI-D and the CCZ


def test_the_geopackage_header_and_tables_are_those_of_version_1_3(atlas_path: Path) -> None:
    connection = sqlite3.connect(atlas_path)
    assert connection.execute("PRAGMA application_id").fetchone() == (0x47504B47,)
    assert connection.execute("PRAGMA user_version").fetchone() == (10300,)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    (count,) = connection.execute("SELECT count(*) FROM gpkg_extensions").fetchone()
    (blob,) = connection.execute("SELECT geom FROM piece LIMIT 1").fetchone()
    connection.close()
    assert count == 2
    assert blob[:4] == b"GP\x00\x01"
    assert int.from_bytes(blob[4:8], "little") == 4326


def test_a_file_that_is_not_there_or_no_atlas_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="there is no atlas at"):
        Atlas.open(tmp_path / "none.gpkg")
    text = tmp_path / "text.gpkg"
    text.write_text("not a database, though long enough to be looked at as one" * 40)
    with pytest.raises(AtlasError, match="not a readable GeoPackage"):
        Atlas.open(text)
    other = tmp_path / "other.gpkg"
    sqlite3.connect(other).execute("CREATE TABLE t (a)").connection.close()
    with pytest.raises(AtlasError, match="lacks the tables atlas, feature, limit, piece"):
        Atlas.open(other)


def test_an_atlas_is_read_only_and_bound_to_its_thread(atlas: Atlas) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        atlas._files[0]._connection.execute("DELETE FROM feature")
    caught: list[BaseException] = []

    def use() -> None:
        try:
            atlas.feature("isa:NORI-D")
        except AtlasError as error:
            caught.append(error)

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()
    assert "thread" in str(caught[0])


@pytest.mark.parametrize(
    ("features", "says"),
    [
        ([_feature(), _feature(id="L:A")], "two features have the id"),
        ([_feature(valid_from=dt.date(2020, 1, 2), valid_to=dt.date(2020, 1, 1))], "is before"),
        ([_feature(geometry=Point(0, 0))], "it must be a Polygon"),
        ([_feature(geometry=Polygon())], "it must be a Polygon"),
        ([_feature(geometry=box(179, 0, 181, 1))], "split it at the antimeridian"),
        ([_feature(geometry=Polygon([(0, 0), (1, 1), (1, 0), (0, 1)]))], "not valid"),
    ],
)
def test_a_layer_that_breaks_a_rule_is_not_written(
    tmp_path: Path, features: list[Feature], says: str
) -> None:
    with pytest.raises(AtlasError, match=says):
        write_atlas(tmp_path / "a.gpkg", features, [])
    assert list(tmp_path.iterdir()) == []


def test_a_limit_of_an_unknown_feature_is_not_written(tmp_path: Path) -> None:
    line = Limit(
        layer="l", kind="200M", name="x", geometry=LineString([(0, 0), (1, 1)]), sides=("l:none", None)
    )
    with pytest.raises(AtlasError, match="names the feature 'l:none'"):
        write_atlas(tmp_path / "a.gpkg", [_feature()], [line])


def test_a_failed_write_leaves_the_old_atlas(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    write_atlas(path, [_feature()], [])
    before = path.read_bytes()
    with pytest.raises(AtlasError):
        write_atlas(path, [_feature(), _feature()], [])
    assert path.read_bytes() == before
    assert list(tmp_path.iterdir()) == [path]


@given(st.integers(3, 600), st.floats(0.1, 60), st.floats(-100, 100), st.floats(-20, 20))
@settings(max_examples=30, deadline=None)
def test_pieces_are_small_and_tile_the_polygon(corners: int, radius: float, lon: float, lat: float) -> None:
    star = shapely.affinity.scale(Point(lon, lat).buffer(radius, quad_segs=corners), 1, 0.5)
    pieces = cut_polygon(star, 64)
    assert all(shapely.get_num_coordinates(piece) <= 64 for piece in pieces)
    assert sum(piece.area for piece in pieces) == pytest.approx(star.area, rel=1e-9)
    assert shapely.union_all(pieces).symmetric_difference(star).area <= 1e-9 * star.area


def test_a_polygon_with_a_hole_and_islands_is_cut_without_loss() -> None:
    ring = LARGE.difference(Point(-150, 10).buffer(5, quad_segs=500))
    both = ring.union(Point(-150, 10).buffer(1, quad_segs=200))
    pieces = cut_polygon(both)
    assert max(shapely.get_num_coordinates(piece) for piece in pieces) <= MAX_VERTICES
    assert shapely.union_all(pieces).symmetric_difference(both).area < 1e-12


@given(st.integers(2, 1000), st.integers(2, 50))
@settings(max_examples=30, deadline=None)
def test_runs_of_a_line_share_their_ends_and_lose_nothing(vertices: int, most: int) -> None:
    line = LineString([(i / 10, (i % 7) / 10) for i in range(vertices)])
    runs = cut_line(line, most)
    assert all(2 <= shapely.get_num_coordinates(run) <= most for run in runs)
    assert sum(run.length for run in runs) == pytest.approx(line.length)
    joined = shapely.line_merge(shapely.union_all(runs))
    assert shapely.get_num_coordinates(joined) == vertices


@given(st.floats(-180, 180), st.floats(-89.9, 89.9), st.floats(0, 360), st.floats(0.1, 1000), st.floats(0, 1))
@settings(max_examples=200, deadline=None)
def test_a_grown_box_holds_every_point_within_the_distance(
    lon: float, lat: float, bearing: float, km: float, share: float
) -> None:
    end_lon, end_lat, _ = GEOD.fwd(lon, lat, bearing, km * share * 1000)
    boxes = grow((lon, lat, lon, lat), km)
    assert any(w - 1e-9 <= end_lon <= e + 1e-9 and s - 1e-9 <= end_lat <= n + 1e-9 for w, s, e, n in boxes)


def test_a_site_across_the_antimeridian_asks_for_both_sides_only() -> None:
    few = shapely.MultiPolygon([box(179, 0, 180, 1), box(-180, 0, -179, 1)])
    many = shapely.MultiPoint(
        [(179 + i / 100, 0) for i in range(50)] + [(-179 - i / 100, 1) for i in range(50)]
    )
    for geometry in (few, many):
        boxes = boxes_of(geometry)
        assert len(boxes) == 2
        assert all(east - west <= 1 for west, _, east, _ in boxes)
    assert boxes_of(Polygon()) == ()


def test_an_atlas_that_nobody_closed_is_closed_when_it_goes(atlas_path: Path) -> None:
    atlas = AtlasFile.open(atlas_path)
    connection = atlas._connection
    del atlas
    gc.collect()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


def test_features_cannot_be_changed_by_accident() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        _feature().name = "B"  # type: ignore[misc]


needs_atlas = pytest.mark.skipif(not default_path().is_file(), reason="geodata/atlas.gpkg is not built")


@needs_atlas
def test_the_shipped_atlas_is_what_its_hash_says() -> None:
    with Atlas.open() as atlas:
        atlas.verify()


@needs_atlas
def test_the_shipped_atlas_is_small_enough_to_commit() -> None:
    assert default_path().stat().st_size < 40e6
