from __future__ import annotations

import io
import json
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest
import shapely

from seabed.errors import MissingExtraError, SiteError
from seabed.geodesy import EdgeKind
from seabed.readers import MOST_BYTES, read_path, read_text

EXAMPLES = Path(__file__).parent.parent / "examples"
SQUARE = [[[0, 0], [1, 0], [1, 1], [0, 1], [0, 0]]]
KML = """<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{}</Document></kml>"""
BOX = """<Placemark><name> A  box </name><MultiGeometry><Polygon>
<outerBoundaryIs><LinearRing>
<coordinates>0,0,0 4,0,0 4,4,0 0,4,0 0,0,0</coordinates></LinearRing></outerBoundaryIs>
<innerBoundaryIs><LinearRing><coordinates>1,1 2,1 2,2 1,1</coordinates></LinearRing></innerBoundaryIs>
</Polygon><Point><coordinates>9, 9</coordinates></Point></MultiGeometry></Placemark>"""


def zipped(path: Path, **entries: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return path


# ------------------------------------------------------------------------------------------ GeoJSON


def test_geojson_features_keep_their_names_and_lose_their_heights() -> None:
    point = {"type": "Point", "coordinates": [5, 6, -4000]}
    features = [
        {
            "type": "Feature",
            "properties": {"Name": "one"},
            "geometry": {"type": "Polygon", "coordinates": SQUARE},
        },
        {
            "type": "Feature",
            "properties": None,
            "geometry": {"type": "GeometryCollection", "geometries": [point]},
        },
        {"type": "Feature", "properties": {}, "geometry": None},
    ]
    reading = read_text(json.dumps({"type": "FeatureCollection", "features": features}))
    assert reading.edges is EdgeKind.PARALLEL_MERIDIAN
    assert [feature.name for feature in reading.features] == ["one", None]
    assert reading.features[1].points[0].tolist() == [[5, 6]]
    assert reading.notes == ("heights were dropped", "feature 3 has no geometry and was left out")


def test_a_stated_crs_is_honoured() -> None:
    document = {
        "type": "Point",
        "coordinates": [111319.49, 0],
        "crs": {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}},
    }
    reading = read_text(json.dumps(document))
    assert reading.features[0].points[0] == pytest.approx(np.array([[1, 0]]), abs=1e-6)
    assert "Pseudo-Mercator" in reading.notes[0]


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ('{"type": "Point", "coordinates": [1, NaN]}', "NaN"),
        ('{"type": "Point", "coordinates": [1, 2], "type": "Point"}', "'type' twice"),
        ('{"type": "Point", "coordinates": ["1", "2"]}', "position 1"),
        ('{"type": "Point", "coordinates": [true, false]}', "position 1"),
        ('{"type": "Point", "coordinates": [1]}', "position 1"),
        ('{"type": "Point", "coordinates": [1, 1' + "0" * 400 + "]}", "too large"),
        ('{"type": "Point"', "not sound JSON"),
        ('{"type": "Circle", "coordinates": []}', "'Circle'"),
        ('{"type": "Polygon", "coordinates": 3}', "no list"),
        ('{"type": "FeatureCollection"}', "no list of features"),
        ('{"type": "FeatureCollection", "features": [4]}', "not an object"),
        ('{"hello": "world"}', "no type"),
        ("[1, 2]", "must be an object"),
        ("[" * 100_000, "deeply"),
        ('{"type":"GeometryCollection","geometries":[' * 50 + "]}" * 50, "deeply"),
        (
            '{"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "+proj=merc"}}}',
            "no EPSG code",
        ),
        (
            '{"type": "Point", "coordinates": [1, 2], "crs": {"properties": {"name": "EPSG:999999"}}}',
            "not known",
        ),
        (json.dumps({"type": "FeatureCollection", "features": [{}] * 10_001}), "more than 10,000"),
    ],
)
def test_unsound_geojson_is_refused(document: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        read_text(document)


# ---------------------------------------------------------------------------------------------- WKT


def test_wkt_and_ewkt() -> None:
    assert read_text("POINT Z (1 2 3)").notes == ("heights or measures were dropped",)
    assert read_text("SRID=4326;POINT (1 2)").features[0].points[0].tolist() == [[1, 2]]
    moved = read_text("srid=3857; POINT (111319.49 0)").features[0].points[0]
    assert moved == pytest.approx(np.array([[1, 0]]), abs=1e-6)
    holed = read_text("POLYGON ((0 0, 4 0, 4 4, 0 0), (2 1, 3 1, 3 2))")
    assert [len(ring) for ring in holed.features[0].polygons[0]] == [4, 4]
    assert holed.notes == ("an open ring was closed",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("POLYGON ((0 0, 1", "not sound WKT"),
        ("GEOMETRYCOLLECTION (" * 5000 + ")" * 5000, "deeply"),
        ("SRID=999999;POINT (1 2)", "not known"),
        ("SRID=32759;POINT (1e30 1e30)", "outside the area"),
        ("CURVEPOLYGON (CIRCULARSTRING (0 0, 4 0, 4 4, 0 4, 0 0))", "curved edges"),
    ],
)
def test_unsound_wkt_is_refused(text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        read_text(text)


# ----------------------------------------------------------------------------------------------- KML


def test_kml_polygons_holes_and_points() -> None:
    reading = read_text(KML.format(BOX))
    (feature,) = reading.features
    assert feature.name == "A box"
    assert [len(ring) for ring in feature.polygons[0]] == [5, 4]
    assert feature.points[0].tolist() == [[9, 9]]
    assert reading.edges is EdgeKind.UNSTATED


def test_kml_lines_lone_rings_and_links() -> None:
    ring = "<LinearRing><coordinates>0,0,5 1,0,5 1,1,5 0,0,5</coordinates></LinearRing>"
    line = "<LineString><coordinates>0,0 1,1</coordinates></LineString>"
    reading = read_text(KML.format(f"<NetworkLink/><Placemark>{ring}{line}</Placemark>"))
    assert len(reading.features[0].polygons) == len(reading.features[0].lines) == 1
    assert reading.notes == ("network links were not followed", "heights were dropped")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('<!DOCTYPE kml [<!ENTITY a "b">]><kml>&a;</kml>', "entities"),
        ("<kml>", "not sound XML"),
        ("<svg/>", "<svg>, not KML"),
        (KML.format("<Placemark><Point><coordinates>x,y</coordinates></Point></Placemark>"), "'x,y'"),
        (KML.format("<Placemark><Polygon/></Placemark>"), "outerBoundaryIs"),
    ],
)
def test_unsound_kml_is_refused(text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        read_text(text)


def test_a_missing_extra_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "defusedxml", None)
    with pytest.raises(MissingExtraError, match=r"\[kml\]"):
        read_text(KML.format(BOX))
    monkeypatch.setitem(sys.modules, "pyogrio", None)
    path = tmp_path / "a.gpkg"
    path.write_bytes(b"SQLite format 3\x00".ljust(68, b"\x00") + b"GPKG")
    with pytest.raises(MissingExtraError, match=r"\[files\]"):
        read_path(path)


def test_a_kmz_is_read_from_its_doc(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.kmz", **{"other.kml": b"<kml/>", "doc.kml": KML.format(BOX).encode()})
    assert read_path(path).features[0].name == "A box"


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"../doc.kml": b"<kml/>"}, "outside"),
        ({"/doc.kml": b"<kml/>"}, "outside"),
        ({"a\\..\\doc.kml": b"<kml/>"}, "outside"),
        ({"C:/doc.kml": b"<kml/>"}, "outside"),
        ({"doc.kml": b" " * 3_000_000}, "times its size"),
        ({f"{number}.png": b"" for number in range(51)}, "51 entries"),
        ({f"{number}.kml": b"\x00" * (2**20 * 30) for number in range(2)}, "unpacks to more"),
        ({"a.shp": b"", "b.shp": b""}, "2 Shapefiles"),
        ({"readme.txt": b""}, "neither"),
    ],
)
def test_unsafe_archives_are_refused(entries: dict[str, bytes], message: str, tmp_path: Path) -> None:
    with pytest.raises(SiteError, match=message):
        read_path(zipped(tmp_path / "a.kmz", **entries))


def test_a_symbolic_link_in_an_archive_is_refused(tmp_path: Path) -> None:
    link = zipfile.ZipInfo("doc.kml")
    link.external_attr = 0o120777 << 16
    with zipfile.ZipFile(tmp_path / "a.kmz", "w") as archive:
        archive.writestr(link, "/etc/passwd")
    with pytest.raises(SiteError, match="symbolic link"):
        read_path(tmp_path / "a.kmz")


def test_a_damaged_archive_is_refused(tmp_path: Path) -> None:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w") as archive:
        archive.writestr("doc.kml", KML.format(BOX))
    (tmp_path / "a.kmz").write_bytes(whole.getvalue()[:-30])
    with pytest.raises(SiteError, match="not a sound zip"):
        read_path(tmp_path / "a.kmz")


# ------------------------------------------------------------------------- GeoPackage and Shapefile


def write(path: Path, geometries: list[shapely.Geometry], crs: str | None, layer: str | None = None) -> Path:
    geopandas = pytest.importorskip("geopandas")
    frame = geopandas.GeoDataFrame({"NAME": ["block"] * len(geometries)}, geometry=geometries, crs=crs)
    frame.to_file(path, engine="pyogrio", **({"layer": layer} if layer else {}))
    return path


@pytest.mark.parametrize("suffix", [".gpkg", ".shp"])
def test_vector_files_are_transformed_to_wgs_84(tmp_path: Path, suffix: str) -> None:
    path = write(tmp_path / f"a{suffix}", [shapely.box(0, 0, 111319.49, 111325.14)], "EPSG:3857")
    (feature,) = (reading := read_path(path)).features
    assert feature.name == "block"
    assert feature.polygons[0][0].max(axis=0) == pytest.approx([1, 1], abs=1e-5)
    assert "Pseudo-Mercator" in reading.notes[0]


def test_a_file_without_crs_is_taken_as_lon_lat(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", [shapely.box(0, 0, 1, 1)], "EPSG:4326")
    path.with_suffix(".prj").unlink()
    assert "no reference system" in read_path(path).notes[0]


def test_a_zipped_shapefile_is_read(tmp_path: Path) -> None:
    write(tmp_path / "a.shp", [shapely.box(0, 0, 1, 1)], "EPSG:4326")
    entries = {f"folder/b{file.suffix}": file.read_bytes() for file in tmp_path.iterdir()}
    assert read_path(zipped(tmp_path / "a.zip", **entries)).notes == ()


def test_parts_of_a_shapefile_are_not_the_shapefile(tmp_path: Path) -> None:
    path = write(tmp_path / "a.shp", [shapely.box(0, 0, 1, 1)], "EPSG:4326")
    for suffix in (".shx", ".dbf", ".prj"):
        with pytest.raises(SiteError, match=r"name the \.shp"):
            read_path(path.with_suffix(suffix))
    path.with_suffix(".shx").unlink()
    with pytest.raises(SiteError, match=r"lacks its \.shx"):
        read_path(path)


def test_a_geopackage_with_several_layers_is_refused(tmp_path: Path) -> None:
    for layer in ("one", "two"):
        path = write(tmp_path / "a.gpkg", [shapely.box(0, 0, 1, 1)], "EPSG:4326", layer)
    with pytest.raises(SiteError, match="one, two"):
        read_path(path)


def test_damaged_vector_files_are_refused(tmp_path: Path) -> None:
    path = write(tmp_path / "a.gpkg", [shapely.box(0, 0, 1, 1)], "EPSG:4326")
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(SiteError, match="not a sound GeoPackage"):
        read_path(path)
    path.write_bytes(b"SQLite format 3\x00" + b"\x00" * 100)
    with pytest.raises(SiteError, match="not a GeoPackage"):
        read_path(path)


# ------------------------------------------------------------------------------------ CSV and text


@pytest.mark.parametrize(
    "text",
    [
        "lon,lat\n1.5,2\n3,4\n5,9",
        "lon,lat\n15e-1,2.0E+00\n3,4\n5,9",
        "Latitude;Longitude\n2;1,5\n4;3\n9;5\n",
        "id\tY\tX\na\t2\t1.5\nb\t4\t3\nc\t9\t5",
        'lng,lat,remark\n"1°30\'E",2 N,"a, b"\n3,4,\n5,9,',
    ],
)
def test_tables_give_corners(text: str) -> None:
    (feature,) = read_text("\ufeff" + text).features
    assert feature.corners[0].tolist() == [[1.5, 2], [3, 4], [5, 9]]


def test_table_columns_group_rings_and_mark_points() -> None:
    rows = "a,1,0,0\na,1,9,0\na,1,9,9\na,2,6,2\na,2,7,2\na,2,7,3\nb,1,20,0\nb,1,21,0\nb,1,21,1"
    reading = read_text("part,ring,lon,lat\n" + rows)
    assert [len(rings) for rings in reading.features[0].polygons] == [2, 1]
    assert "3 ring(s) in 2 part(s)" in reading.notes[0]
    assert len(read_text("kind,lon,lat\npoint,1,2\nPoint,3,4\npoint,5,6").features[0].points) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("lon,lat\n1,2\nx,4", "row 3: cannot read 'x'"),
        ("lon,lat\n1", "row 2 has no"),
        ("lon,lat\n11,-117", "look swapped"),
        ('lon,lat\n"1,2', "not a sound CSV"),
        ("# A heading", "begins nothing"),
        (" \n ", "empty"),
    ],
)
def test_unsound_tables_and_texts_are_refused(text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        read_text(text)


def test_encodings_and_foreign_files(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    for encoding in ("utf-8-sig", "utf-16", "cp1252"):
        path.write_bytes("11°30'N 117°W".encode(encoding))
        assert read_path(path).features[0].corners[0].tolist() == [[-117, 11.5]]
    for content, message in [
        (b"\x89PNG\r\n\x1a\n\x00\x00", "give GeoJSON"),
        (b"", "is empty"),
        (b"\xff\xfea", "encoding"),
        (b"\x81\x8d", "encoding"),
        (b"# A heading", r"a\.txt: .*begins nothing"),
    ]:
        path.write_bytes(content)
        with pytest.raises(SiteError, match=message):
            read_path(path)
    with pytest.raises(SiteError, match="not a file"):
        read_path(tmp_path)
    with path.open("wb") as file:
        file.truncate(MOST_BYTES + 1)
    with pytest.raises(SiteError, match="at most 50 MB"):
        read_path(path)
    with pytest.raises(SiteError, match="longer than 50 MB"):
        read_text(" " * (MOST_BYTES + 1))


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.[!m]*")), ids=lambda path: path.name)
def test_the_examples_can_be_read(path: Path) -> None:
    assert read_path(path).features
