from __future__ import annotations

import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely.geometry import MultiPoint, Point, Polygon, box

from seabed.errors import SiteError
from seabed.geodesy import EdgeKind, area_km2, densify
from seabed.site import Site, read_site

EXAMPLES = Path(__file__).parent.parent / "examples"


def polygon(*corners: tuple[float, float]) -> str:
    return json.dumps({"type": "Polygon", "coordinates": [corners]})


# ------------------------------------------------------------------------------------- what it is


def test_examples_become_sites() -> None:
    ccz = read_site(EXAMPLES / "eastern-ccz.geojson")
    assert (ccz.name, ccz.edges, ccz.notes) == ("Eastern CCZ box", EdgeKind.PARALLEL_MERIDIAN, ())
    assert ccz.geometry.equals(box(-117.4, 10.1, -116.6, 10.9))
    assert ccz.source == str(EXAMPLES / "eastern-ccz.geojson")
    across = read_site(str(EXAMPLES / "across-180.wkt"))
    assert across.name == "across-180"
    assert len(across.geometry.geoms) == 2
    assert read_site(EXAMPLES / "corners.csv").notes == ("5 corners in order were read as one polygon",)
    assert read_site(EXAMPLES / "american-samoa.kml").name == "East of Manu'a"


def test_typed_coordinates_are_points_up_to_two_and_a_polygon_from_three() -> None:
    assert read_site("11N 117W").geometry == Point(-117, 11)
    assert read_site("11N 117W; 12N 117W").geometry.geom_type == "MultiPoint"
    triangle = read_site("11N 117W; 12N 117W; 12N 116W")
    assert triangle.geometry.geom_type == "Polygon"
    assert triangle.notes[0] == "3 corners in order were read as one polygon"
    assert "longitude, latitude" in read_site("-117 11").notes[0]


def test_a_radius_makes_discs_and_corridors() -> None:
    disc = read_site("10N 179.5E", radius_km=100)
    assert area_km2(disc.geometry) == pytest.approx(math.pi * 1e4, rel=1e-3)
    assert disc.geometry.geom_type == "MultiPolygon"
    assert disc.edges is EdgeKind.GEODESIC
    assert "100 km" in disc.notes[0]
    assert len(read_site("0N 0E; 0N 10E; 5N 10E", radius_km=10).geometry.geoms) == 3
    corridor = read_site("LINESTRING (179 0, -179 0)", radius_km=50)
    assert area_km2(corridor.geometry) == pytest.approx(2 * 111.32 * 100 + math.pi * 2500, rel=1e-3)


def test_a_radius_fits_only_points_and_lines() -> None:
    with pytest.raises(SiteError, match="a radius is for points"):
        read_site(EXAMPLES / "eastern-ccz.geojson", radius_km=10)
    with pytest.raises(SiteError, match="radius must lie"):
        read_site("11N 117W", radius_km=math.nan)
    with pytest.raises(SiteError, match="at most 1,000"):
        read_site("MULTIPOINT (" + ", ".join(f"{n / 100} 0" for n in range(1001)) + ")", radius_km=1)


def test_standard_input_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("POINT (1 2)"))
    site = read_site("-", name="mine")
    assert (site.name, site.geometry, site.source) == ("mine", Point(1, 2), "standard input")


def test_ids_are_looked_up_in_the_layers() -> None:
    known = Site("NORI-D", box(-117, 10, -116, 11), EdgeKind.PARALLEL_MERIDIAN)
    found = read_site("isa:NORI-D", layer_feature={"isa:NORI-D": known}.__getitem__)
    assert (found.name, found.geometry, found.source) == ("NORI-D", known.geometry, "isa:NORI-D")
    with pytest.raises(SiteError, match="no layers"):
        read_site("zone:ASM/shelf")
    with pytest.raises(SiteError, match="own outline"):
        read_site("isa:NORI-D", radius_km=5, layer_feature=lambda _: known)


@pytest.mark.parametrize("spec", ["nosuch.geojson", "./nosuch", "/no/such/file", Path("nosuch")])
def test_a_missing_file_is_named(spec: str | Path) -> None:
    with pytest.raises(SiteError, match="there is no file"):
        read_site(spec)


def test_a_corridor_of_any_length_is_not_attempted() -> None:
    line = ", ".join(f"{(-1) ** number * 80} {number / 100}" for number in range(100))
    with pytest.raises(SiteError, match="too long for a radius"):
        read_site(f"LINESTRING ({line})", radius_km=5)


def test_several_features_are_one_site() -> None:
    features = [
        {
            "type": "Feature",
            "properties": {"name": name},
            "geometry": json.loads(polygon((x, 0), (x + 2, 0), (x, 2))),
        }
        for name, x in (("a", 0), ("b", 1))
    ]
    site = read_site(json.dumps({"type": "FeatureCollection", "features": features}))
    assert site.name == "site"
    assert site.geometry.geom_type == "Polygon"
    assert "2 polygons were taken together as one site" in site.notes


# ---------------------------------------------------------------------------------------- repaired


@pytest.mark.parametrize(
    ("text", "note"),
    [
        (polygon((0, 0), (1, 0), (1, 1)), "an open ring was closed"),
        (polygon((0, 0), (1, 1), (1, 0), (0, 0)), "ring order was reversed"),
        (polygon((0, 0), (1, 0), (1, 0), (1, 1), (0, 0)), "repeated vertices were dropped"),
        (polygon((200, 0), (210, 0), (210, 1), (200, 0)), "wrapped"),
        (polygon((170, 0), (190, 0), (190, 1), (170, 0)), "cut at the antimeridian"),
        (polygon((170, 0), (-170, 0), (-170, 1), (170, 0)), "cut at the antimeridian"),
        (polygon((0, 0, 5), (1, 0, 5), (1, 1, 5), (0, 0, 5)), "heights were dropped"),
        (
            "GEOMETRYCOLLECTION (POINT (0 0), LINESTRING (0 0, 1 1), POLYGON ((0 0, 1 0, 1 1, 0 0)))",
            "left out",
        ),
        ("POINT (190 5)", "wrapped"),
        ("MULTIPOINT ((0 0), (0 0))", "repeated points"),
    ],
)
def test_every_repair_is_noted(text: str, note: str) -> None:
    site = read_site(text)
    assert any(note in said for said in site.notes), site.notes
    assert site.geometry.is_valid
    assert not site.geometry.has_z


def test_a_sound_outline_across_the_antimeridian_is_not_called_reversed() -> None:
    assert read_site(polygon((170, 0), (-170, 0), (-170, 1), (170, 0))).notes == (
        "the site was cut at the antimeridian (180°)",
    )


@pytest.mark.parametrize(
    ("corners", "area"),
    [
        # Two triangles of one turn that share a corner; a hole that touches the outline; a spike.
        ([(0, 0), (2, 0), (2, 2), (1, 0), (0, 2), (0, 0)], 2),
        ([(0, 0), (4, 0), (4, 4), (2, 4), (3, 2), (1, 2), (2, 4), (0, 4), (0, 0)], 14),
        ([(0, 0), (2, 0), (2, 2), (1, 2), (1, 5), (1, 2), (0, 2), (0, 0)], 4),
    ],
)
def test_an_outline_that_only_touches_itself_is_taken_apart(
    corners: list[tuple[float, float]], area: float
) -> None:
    site = read_site(polygon(*corners))
    assert site.geometry.is_valid
    assert site.geometry.area == pytest.approx(area)
    assert any("touches itself" in note for note in site.notes)


def test_edges_that_nothing_describes_are_noted_where_it_matters() -> None:
    assert any(
        "by up to 216.8 km" in note for note in read_site("POLYGON ((0 60, 40 60, 40 70, 0 60))").notes
    )
    assert read_site("POLYGON ((0 60, 0.4 60, 0.4 60.4, 0 60))").notes == ()
    assert read_site(polygon((0, 60), (40, 60), (40, 70), (0, 60))).notes == ()


def test_geodesic_edges_are_cut_where_they_run() -> None:
    site = Site.from_geometry(Polygon([(170, 60), (-170, 60), (-170, 62), (170, 62)]), edges="geodesic")
    whole = densify(Polygon([(-10, 60), (10, 60), (10, 62), (-10, 62)]), EdgeKind.GEODESIC)
    assert site.geometry.bounds[3] == pytest.approx(whole.bounds[3], abs=1e-5)
    assert area_km2(site.geometry, site.edges) == pytest.approx(area_km2(whole), rel=1e-6)


def test_outer_rings_run_counter_clockwise() -> None:
    site = Site.from_geometry(Polygon([(0, 0), (0, 4), (4, 4), (4, 0)], [[(1, 1), (2, 1), (2, 2)]]), name="x")
    assert site.geometry.exterior.is_ccw
    assert not site.geometry.interiors[0].is_ccw


# ----------------------------------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (polygon((0, 0), (1, 1), (1, 0), (0, 1), (0, 0)), r"crosses itself at lon 0\.5, lat 0\.5"),
        (polygon((0, 0), (2, 2), (2, 0), (1, 1), (0, 2), (0, 0)), "crosses itself at lon 1, lat 1"),
        (
            polygon((179, 0), (-179, 1), (-179, 0), (179, 1), (179, 0)),
            r"crosses itself at lon 180, lat 0\.5",
        ),
        (polygon((0, 0), (1, 1), (0, 0)), "fewer than three corners"),
        (polygon(), "no geometry"),
        (polygon((0, 0), (1, 1), (2, 2), (0, 0)), "encloses no area"),
        (
            polygon((11, -117), (11, -116), (12, -116), (11, -117)),
            "looks like lat, lon; GeoJSON wants lon, lat",
        ),
        (polygon((-117, 95), (-116, 95), (-116, 96), (-117, 95)), "beyond 90°"),
        (polygon((700, 5), (701, 5), (701, 6), (700, 5)), "beyond one turn"),
        (polygon((5e5, 1e6), (5.1e5, 1e6), (5.1e5, 1.1e6), (5e5, 1e6)), "look projected"),
        ("POLYGON ((0 0, 1 nan, 1 1, 0 0))", "position 2 is not finite"),
        ("POINT (inf 2)", "not finite"),
        ("POLYGON ((-180 -90, 180 -90, 180 10, -180 10, -180 -90))", "over half the globe"),
        ("POLYGON ((0 0, 10 0, 10 10, 0 10, 0 0), (5 5, 15 5, 15 15, 5 5))", "hole reaches outside"),
        ("POLYGON ((0 0, 1 0, 1 1, 0 0), (0 0, 1 0, 1 1, 0 0))", "leave nothing"),
        (polygon((0, 10), (360, 0), (360, 1e-36)), "too thin"),
        ("LINESTRING (0 0, 1 1)", "a line has no area"),
        ("POINT EMPTY", "no geometry"),
        ("", "empty"),
    ],
)
def test_what_has_no_single_reading_is_refused(text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        read_site(text)


def test_too_many_vertices_are_refused() -> None:
    with pytest.raises(SiteError, match=r"200,001 vertices"):
        Site.from_geometry(MultiPoint(np.zeros((200_001, 2))))


def test_a_large_tangle_is_refused_without_untangling_it() -> None:
    tangle = np.random.default_rng(1).uniform(0, 10, (20_000, 2))
    with pytest.raises(SiteError, match="crosses itself"):
        Site.from_geometry(Polygon(tangle))


# ---------------------------------------------------------------------------------------- whatever

ODD = st.one_of(
    st.text(),
    st.text("0123456789.,;|- NSEW°'\"\n"),
    st.text("()POLYGNMUTI 0123456789,-.").map("POLYGON ((".__add__),
    st.recursive(
        st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text()),
        lambda inner: st.one_of(
            st.lists(inner, max_size=4),
            st.dictionaries(
                st.sampled_from(["type", "coordinates", "geometry", "features"]), inner, max_size=3
            ),
        ),
    ).map(json.dumps),
    st.lists(st.lists(st.floats(-400, 400), min_size=2, max_size=2), max_size=8).map(
        lambda ring: polygon(*ring)
    ),
    st.lists(st.tuples(st.integers(-2, 2), st.integers(-2, 2)), max_size=9).map(lambda ring: polygon(*ring)),
)


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(ODD)
def test_any_text_is_a_sound_site_or_a_site_error(text: str) -> None:
    if text.strip() == "-":
        return
    try:
        site = read_site(text)
    except SiteError as error:
        assert str(error)  # noqa: PT017 - whether it is raised is not the point
    else:
        assert site.geometry.is_valid
        assert not site.geometry.is_empty
        west, south, east, north = site.geometry.bounds
        assert -180 <= west <= east <= 180
        assert -90 <= south <= north <= 90
        assert shapely.get_coordinate_dimension(site.geometry) == 2


def test_a_nul_character_or_an_endless_name_is_no_path() -> None:
    for text in ("\0", "a" * 10_000, "~nobody-of-that-name/x.kml"):
        with pytest.raises(SiteError):
            read_site(text)
