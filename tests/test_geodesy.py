from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiPoint, MultiPolygon, Point, Polygon, box

from seabed.geodesy import (
    EARTH_AREA_KM2,
    GEOD,
    EdgeKind,
    area_km2,
    bbox,
    buffer_km,
    centroid,
    crosses_antimeridian,
    densify,
    distance_and_bearing,
    distance_km,
    edge_ambiguity_m,
    nearest_points,
    outline,
    perimeter_km,
    split_antimeridian,
    unroll,
)

NORTHERN = Polygon([(0, 40), (40, 50), (30, 60), (0, 60)])


@st.composite
def stars(draw: st.DrawFn) -> Polygon:
    """Simple polygons: corners at growing bearings round a middle."""
    count = draw(st.integers(3, 9))
    radii = draw(st.lists(st.floats(0.2, 8), min_size=count, max_size=count))
    lon, lat = draw(st.floats(-170, 170)), draw(st.floats(-70, 70))
    angles = np.linspace(0, 2 * math.pi, count, endpoint=False)
    return Polygon(
        [(lon + r * math.cos(a), lat + r * math.sin(a)) for r, a in zip(radii, angles, strict=True)]
    )


def stray_m(start: np.ndarray, end: np.ndarray, points: np.ndarray) -> float:
    """How far points lie from the geodesic between two positions, by the spherical cross-track formula."""
    azimuth, _, _ = GEOD.inv(*start, *end)
    to_point, _, length = GEOD.inv(np.full(len(points), start[0]), np.full(len(points), start[1]), *points.T)
    return float(np.max(np.abs(np.sin(length / 6.371e6) * np.sin(np.radians(to_point - azimuth))))) * 6.371e6


# -------------------------------------------------------------------------------------------- edges


@pytest.mark.parametrize("edges", list(EdgeKind))
@pytest.mark.parametrize("tolerance", [1.0, 100.0])
def test_both_readings_of_every_piece_stay_within_the_tolerance(edges: EdgeKind, tolerance: float) -> None:
    dense = shapely.get_coordinates(densify(NORTHERN, edges, tolerance))
    for a, b in itertools.pairwise(dense):
        middle = a + (b - a) * np.linspace(0.1, 0.9, 5)[:, None]
        assert stray_m(a, b, middle) < tolerance * 1.01


def test_straight_edges_gain_no_bend() -> None:
    dense = densify(NORTHERN, EdgeKind.PARALLEL_MERIDIAN)
    assert len(dense.exterior.coords) > 100
    assert dense.equals(NORTHERN) or dense.symmetric_difference(NORTHERN).area < 1e-9


def test_geodesic_vertices_lie_on_the_geodesic() -> None:
    dense = shapely.get_coordinates(densify(LineString([(0, 40), (40, 50)]), EdgeKind.GEODESIC))
    direct, _ = distance_and_bearing(0, 40, 40, 50)
    assert perimeter_length(dense) == pytest.approx(direct, rel=1e-12)


def perimeter_length(coordinates: np.ndarray) -> float:
    _, _, length = GEOD.inv(*coordinates[:-1].T, *coordinates[1:].T)
    return float(np.sum(length)) / 1e3


def test_a_loxodrome_keeps_its_bearing() -> None:
    dense = shapely.get_coordinates(densify(LineString([(0, 10), (50, 60)]), EdgeKind.LOXODROME))
    azimuth, back, _ = GEOD.inv(*dense[:-1].T, *dense[1:].T)
    bearings = (azimuth + np.asarray(back) + 180) / 2 % 180
    assert np.ptp(bearings) < 1e-3
    parallel = densify(LineString([(0, 60), (30, 60)]), EdgeKind.LOXODROME)
    assert set(shapely.get_coordinates(parallel)[:, 1]) == {60.0}


def test_published_vertices_are_kept_bit_for_bit() -> None:
    for edges in EdgeKind:
        dense = set(map(tuple, shapely.get_coordinates(densify(NORTHERN, edges))))
        assert set(NORTHERN.exterior.coords) <= dense


def test_holes_parts_points_and_collections_survive_densifying() -> None:
    shape = MultiPolygon(
        [Polygon(box(0, 50, 20, 60).exterior, [box(5, 52, 9, 55).exterior]), box(30, 50, 31, 51)]
    )
    dense = densify(shape, EdgeKind.UNSTATED)
    assert dense.is_valid
    assert [len(part.interiors) for part in dense.geoms] == [1, 0]
    assert densify(Point(1, 2), EdgeKind.GEODESIC) == Point(1, 2)
    collection = densify(shapely.GeometryCollection([Point(0, 0), shape]), EdgeKind.UNSTATED)
    assert collection.geoms[1] == dense


def test_edges_without_measure_are_refused_before_memory_runs_out() -> None:
    zigzag = LineString([((-1) ** number * 170, 60 + number * 1e-4) for number in range(5000)])
    with pytest.raises(ValueError, match="vertices"):
        densify(zigzag, EdgeKind.UNSTATED)


def test_ambiguity_of_edges_matches_the_bulge_of_a_parallel() -> None:
    bulge = distance_km(
        2,
        60,
        2,
        shapely.get_coordinates(densify(LineString([(0, 60), (4, 60)]), EdgeKind.GEODESIC))[:, 1].max(),
    )
    assert edge_ambiguity_m(LineString([(0, 60), (4, 60)])) == pytest.approx(1e3 * bulge, rel=0.01)
    assert edge_ambiguity_m(LineString([(0, 0), (0, 60)])) < 1e-6
    assert edge_ambiguity_m(Point(0, 0)) == 0


# ----------------------------------------------------------------------------------------- measures


def zone_cell(south: float, north: float) -> float:
    """Area in km2 of one degree of longitude between two parallels, exactly (Snyder 1987, eq. 3-12)."""
    e = math.sqrt(GEOD.es)

    def q(lat: float) -> float:
        sine = math.sin(math.radians(lat))
        return sine / (1 - e**2 * sine**2) + math.atanh(e * sine) / e

    return GEOD.b**2 / 2 * (q(north) - q(south)) * math.radians(1) / 1e6


def test_known_areas() -> None:
    assert area_km2(box(-180, -90, 180, 90)) == pytest.approx(EARTH_AREA_KM2, rel=1e-9)
    assert area_km2(box(-180, 0, 180, 90)) == pytest.approx(EARTH_AREA_KM2 / 2, rel=1e-9)
    assert area_km2(box(0, 0, 1, 1)) == pytest.approx(zone_cell(0, 1), rel=1e-7)
    assert area_km2(box(5, 60, 6, 61)) == pytest.approx(zone_cell(60, 61), rel=1e-6)
    assert area_km2(Point(3, 4)) == 0
    assert area_km2(MultiPoint([(3, 4), (5, 6)])) == 0


def test_a_parallel_encloses_more_than_a_geodesic_in_the_north() -> None:
    cell = box(0, 60, 10, 61)
    assert area_km2(cell, EdgeKind.GEODESIC) == pytest.approx(
        abs(GEOD.geometry_area_perimeter(cell)[0]) / 1e6
    )
    assert area_km2(cell, EdgeKind.UNSTATED) == area_km2(cell, EdgeKind.PARALLEL_MERIDIAN)


def test_holes_are_subtracted_and_parts_are_added() -> None:
    outer, hole, other = box(0, 0, 4, 4), box(1, 1, 2, 2), box(10, 0, 11, 1)
    shape = MultiPolygon([Polygon(outer.exterior, [hole.exterior]), other])
    assert area_km2(shape) == pytest.approx(area_km2(outer) - area_km2(hole) + area_km2(other))
    assert perimeter_km(shape) == pytest.approx(
        perimeter_km(outer) + perimeter_km(hole) + perimeter_km(other)
    )


@settings(max_examples=60, deadline=None)
@given(stars(), st.integers(0, 8), st.sampled_from([-360.0, 360.0, 37.0]))
def test_area_depends_on_nothing_but_the_shape(shape: Polygon, start: int, shift: float) -> None:
    corners = list(shape.exterior.coords)[:-1]
    expected = area_km2(shape)
    start %= len(corners)
    assert area_km2(Polygon(corners[::-1])) == pytest.approx(expected, rel=1e-9)
    assert area_km2(Polygon(corners[start:] + corners[:start])) == pytest.approx(expected, rel=1e-9)
    assert area_km2(densify(shape, EdgeKind.PARALLEL_MERIDIAN)) == pytest.approx(expected, rel=1e-6)
    moved = split_antimeridian(shapely.transform(shape, lambda xy: xy + np.array([shift, 0])))
    assert area_km2(moved) == pytest.approx(expected, rel=1e-6)
    assert perimeter_km(moved) == pytest.approx(perimeter_km(shape), rel=1e-6)


@settings(max_examples=60, deadline=None)
@given(stars(), st.floats(-180, 180))
def test_splitting_keeps_area_validity_and_range(shape: Polygon, shift: float) -> None:
    moved = shapely.transform(shape, lambda xy: np.column_stack([xy[:, 0] + shift, xy[:, 1]]))
    jumping = shapely.transform(moved, lambda xy: np.column_stack([(xy[:, 0] + 180) % 360 - 180, xy[:, 1]]))
    for given_shape in (moved, jumping):
        split = split_antimeridian(given_shape)
        assert split.is_valid
        assert split.bounds[0] >= -180
        assert split.bounds[2] <= 180
        assert split.area == pytest.approx(shape.area, rel=1e-9)


def test_bearing_and_distance() -> None:
    assert distance_and_bearing(0, 0, 1, 0) == (pytest.approx(111.319490793), pytest.approx(90))
    assert distance_and_bearing(0, 0, 0, -1) == (pytest.approx(110.574388557), pytest.approx(180))
    assert distance_and_bearing(179.5, 0, -179.5, 0)[1] == pytest.approx(90)
    assert distance_km(179.5, 0, -179.5, 0) == pytest.approx(111.319490793)


# ------------------------------------------------------------------------------- centroid and box


def test_the_centroid_is_right_across_the_antimeridian_and_at_the_pole() -> None:
    lon, lat = centroid(split_antimeridian(box(170, -5, 192, 5)))
    assert lon == pytest.approx(-179)
    assert lat == pytest.approx(0, abs=1e-9)
    assert centroid(box(-180, 80, 180, 90))[1] == pytest.approx(90)
    assert centroid(MultiPoint([(179, 0), (-179, 0)]))[0] == pytest.approx(180)


def test_the_centroid_of_a_tiny_site_is_exact() -> None:
    lon, lat = centroid(box(100, 10, 100.00001, 10.00001))
    assert lon == pytest.approx(100.000005, abs=1e-7)
    assert lat == pytest.approx(10.000005, abs=1e-7)


def test_a_hole_pushes_the_centroid_away() -> None:
    lon, _ = centroid(Polygon(box(0, -1, 4, 1).exterior, [box(2.5, -0.5, 3.5, 0.5).exterior]))
    assert lon < 2


def test_antipodal_points_have_no_centroid() -> None:
    with pytest.raises(ValueError, match="no centroid"):
        centroid(MultiPoint([(0, 90), (0, -90)]))


def test_the_box_has_west_beyond_east_across_the_antimeridian() -> None:
    split = split_antimeridian(box(170, -5, 192, 5))
    assert bbox(split) == (170, -5, -168, 5)
    assert crosses_antimeridian(split)
    assert bbox(MultiPoint([(179, 1), (-179, 2)])) == (179, 1, -179, 2)
    assert bbox(box(-117, 10, -116, 11)) == (-117, 10, -116, 11)
    assert bbox(box(-180, -10, 180, 10)) == (-180, -10, 180, 10)
    assert not crosses_antimeridian(box(-180, -10, -170, 10))


# ----------------------------------------------------------------------------------- antimeridian


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        (box(170, -10, 190, 10), [box(170, -10, 180, 10), box(-180, -10, -170, 10)]),
        (Polygon([(170, 0), (-170, 0), (-170, 1), (170, 1)]), [box(170, 0, 180, 1), box(-180, 0, -170, 1)]),
        (box(200, 0, 210, 1), [box(-160, 0, -150, 1)]),
        (box(180, 0, 190, 1), [box(-180, 0, -170, 1)]),
        (box(170, 0, 180, 1), [box(170, 0, 180, 1)]),
        (Polygon([(0, 80), (90, 80), (180, 80), (-90, 80)]), [box(-180, 80, 180, 90)]),
        (Polygon([(0, -80), (90, -80), (180, -80), (-90, -80)]), [box(-180, -90, 180, -80)]),
        (box(-180, -90, 180, -60), [box(-180, -90, 180, -60)]),
    ],
)
def test_shapes_are_cut_at_the_antimeridian(shape: Polygon, expected: list[Polygon]) -> None:
    split = split_antimeridian(shape)
    assert split.is_valid
    assert split.symmetric_difference(shapely.union_all(expected)).area < 1e-9


@pytest.mark.parametrize("hole", [box(175, -5, 185, 5), box(180, -5, 185, 5), box(182, -5, 185, 5)])
def test_holes_at_the_antimeridian_are_cut_too(hole: Polygon) -> None:
    split = split_antimeridian(Polygon(box(170, -10, 190, 10).exterior, [hole.exterior]))
    assert split.is_valid
    assert split.area == pytest.approx(400 - hole.area)


def test_a_ring_round_the_pole_can_have_a_polar_hole() -> None:
    shell, hole = ([(0, lat), (90, lat), (180, lat), (-90, lat)] for lat in (70, 80))
    split = split_antimeridian(Polygon(shell, [hole]))
    assert split.symmetric_difference(box(-180, 70, 180, 80)).area < 1e-9


def test_lines_and_points_are_wrapped() -> None:
    assert split_antimeridian(LineString([(179, 0), (-179, 0)])).length == pytest.approx(2)
    assert split_antimeridian(Point(190, 5)) == Point(-170, 5)
    assert split_antimeridian(Point(242.96, 5)) == Point(-117.04, 5)


def test_rounding_never_turns_an_ordinary_ring_into_a_polar_one() -> None:
    ring = np.array(
        [(179.123456789012345, 0), (-179.987654321098765, 1), (-179.5, 2), (179.123456789012345, 0)]
    )
    assert len(unroll(ring)) == 4


def test_the_outline_has_no_seam() -> None:
    split = split_antimeridian(Polygon(box(170, -10, 190, 10).exterior, [box(175, -5, 185, 5).exterior]))
    assert np.abs(np.diff(shapely.get_coordinates(outline(split)), axis=0)).max() > 0
    plain = Polygon(box(-10, -10, 10, 10).exterior, [box(-5, -5, 5, 5).exterior])
    assert perimeter_km(split) == pytest.approx(perimeter_km(plain), rel=1e-9)


# --------------------------------------------------------------------------------------- nearness


def brute_force(a: shapely.Geometry, b: shapely.Geometry) -> float:
    ends = [shapely.get_coordinates(shapely.segmentize(shape.boundary, 0.02)) for shape in (a, b)]
    return (
        min(float(np.min(GEOD.inv(*np.broadcast_to(p, ends[1].shape).T, *ends[1].T)[2])) for p in ends[0])
        / 1e3
    )


@pytest.mark.parametrize(
    ("a", "b"),
    [
        (box(-117, 10, -116, 11), box(-110, 12, -109, 20)),
        (box(178, 10, 179, 11), box(-175, 8, -174, 20)),
        (box(10, 70, 12, 71), box(100, 75, 102, 76)),
        (box(0, 0, 1, 1), box(120, -40, 122, -38)),
        (box(0, 0, 1, 1), split_antimeridian(box(175, -3, 185, 4))),
    ],
)
def test_nearest_points_agree_with_brute_force(a: Polygon, b: Polygon) -> None:
    found = nearest_points(a, b)
    assert found.distance_km == pytest.approx(brute_force(a, b), rel=2e-4)
    back = nearest_points(b, a)
    assert back.distance_km == pytest.approx(found.distance_km, rel=1e-6)
    assert found.distance_km == pytest.approx(
        distance_km(found.on_a.x, found.on_a.y, found.on_b.x, found.on_b.y), abs=1e-9
    )


def test_touching_geometries_are_at_no_distance_even_across_the_antimeridian() -> None:
    assert nearest_points(box(0, 0, 1, 1), box(0.5, 0.5, 2, 2)).distance_km == 0
    assert nearest_points(box(179, 0, 180, 1), box(-180, 0, -179, 1)).distance_km == 0


def test_nearest_points_of_points() -> None:
    found = nearest_points(Point(0, 0), MultiPoint([(1, 0), (0, -3)]))
    assert (found.distance_km, found.bearing_deg) == (pytest.approx(111.319490793), pytest.approx(90))
    # Nearly antipodal: segments there tear the projection.
    assert nearest_points(Point(0, 0), box(179, -1, 179.9, 1)).distance_km == pytest.approx(
        min(distance_km(0, 0, 179, lat) for lat in (-1, 1)), rel=1e-6
    )


def test_an_empty_geometry_has_no_nearest_point() -> None:
    with pytest.raises(ValueError, match="empty"):
        nearest_points(Point(0, 0), Polygon())


# ----------------------------------------------------------------------------------------- buffers


@pytest.mark.parametrize("place", [(0, 0), (180, 10), (-150, 75), (10, 88), (10, -90)])
def test_a_disc_has_the_area_of_a_geodesic_disc(place: tuple[float, float]) -> None:
    disc = buffer_km(Point(place), 300)
    assert disc.is_valid
    radius = 300 / 6371
    assert area_km2(disc) == pytest.approx(2 * math.pi * 6371**2 * (1 - math.cos(radius)), rel=5e-3)
    rim = shapely.get_coordinates(outline(disc))
    rim = rim[(np.abs(rim[:, 0]) < 180) & (np.abs(rim[:, 1]) < 90)]
    _, _, away = GEOD.inv(np.full(len(rim), float(place[0])), np.full(len(rim), float(place[1])), *rim.T)
    assert np.allclose(away, 300e3, atol=1)


def test_a_grown_polygon_has_its_rim_at_the_radius() -> None:
    site = split_antimeridian(box(178, 50, 183, 52))
    rim = shapely.get_coordinates(outline(buffer_km(site, 370.4)))[::200]
    away = [nearest_points(densify(site, EdgeKind.UNSTATED), Point(position)).distance_km for position in rim]
    assert np.allclose(away, 370.4, atol=0.05)


@pytest.mark.parametrize("radius", [0, -1, math.nan, math.inf, 10_000])
def test_a_radius_without_sense_is_refused(radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        buffer_km(Point(0, 0), radius)
