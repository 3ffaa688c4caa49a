"""The derivation of zones, on synthetic coasts: nothing here reads the build-only packages."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod
from shapely import LineString, Polygon, box

from seabed.errors import AtlasError

pytest.importorskip("scipy")
sys.path.insert(0, str(Path(__file__).parents[2] / "geodata" / "build"))

import coastline
import maritime_zones

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOD = Geod(ellps="WGS84")


def two_islands(*, shelf_of_second: bool = True) -> coastline.Coast:
    points = np.array([[179.5, 10.0], [-179.0, 12.0]])
    labels = (
        coastline.ZoneLabel(code="AAA", name="Aa", state="AAA", state_name="Aa"),
        coastline.ZoneLabel(
            code="BBB", name="Bb", state="BBB", state_name="Bb", generates_shelf=shelf_of_second
        ),
    )
    return coastline.Coast(points, np.array([0, 1]), np.array([-1, -1]), labels)


@given(st.floats(-179, 179), st.floats(-85, 85), st.floats(0, 360), st.floats(1, 400))
def test_a_chord_gives_the_geodesic_within_two_metres(
    lon: float, lat: float, bearing: float, distance_km: float
) -> None:
    lon2, lat2, _ = GEOD.fwd(lon, lat, bearing, distance_km * 1000)
    ends = coastline.to_ecef_km(np.array([[lon, lat], [lon2, lat2]]))
    chord = np.linalg.norm(ends[1] - ends[0])
    assert float(coastline.chord_to_geodesic_km(chord)) == pytest.approx(distance_km, abs=0.002)


def test_chord_and_geodesic_are_inverse() -> None:
    assert float(coastline.chord_to_geodesic_km(coastline.geodesic_to_chord_km(370.4))) == pytest.approx(
        370.4, abs=1e-9
    )


def test_densify_bridges_neither_rings_nor_cuts() -> None:
    points = np.array([[0.0, 0.0], [0.1, 0.0], [5.0, 5.0], [5.1, 5.0], [5.1, 9.0]])
    ring_of = np.array([0, 0, 1, 1, 1])
    dense, ring = coastline.densify(points, ring_of, 1.0, np.array([False, False, False, True]))
    added = dense[len(points) :]
    assert set(ring.tolist()) == {0, 1}
    assert (added[:, 1] == np.where(added[:, 0] < 1, 0.0, 5.0)).all()
    assert len(added) == 22


def test_the_shore_of_a_state_leaves_out_its_land_border() -> None:
    points, unit_of = coastline.coast_vertices_of_units([box(0, 0, 1, 1), box(1, 0, 2, 1)])
    assert set(unit_of.tolist()) == {0, 1}
    assert points[unit_of == 0][:, 0].max() < 1
    assert points[unit_of == 1][:, 0].min() > 1


def test_the_label_table_is_well_formed_and_every_row_has_a_reason() -> None:
    table = coastline.read_labels()
    assert all(row["reason"] for row in (*table.units, *table.places, *table.added))


def test_rows_of_one_unit_end_with_the_one_without_a_box() -> None:
    rows: dict[str, list[bool]] = {}
    for row in coastline.read_labels().units:
        rows.setdefault(row["natural_earth"], []).append("box" in row)
    assert all(all(boxed[:-1]) for boxed in rows.values())


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{code: AAA, at: [0, 0], reason: r, colour: red}", "unknown keys"),
        ("{code: AAA, at: [0, 0]}", "reason"),
        ("{code: AAA, at: [0, 95], reason: r}", "not longitude, latitude"),
    ],
)
def test_a_bad_label_row_is_refused(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "labels.yaml"
    path.write_text(f"units: []\nplaces: []\nadded:\n  - {row}\n")
    with pytest.raises(AtlasError, match=message):
        coastline.read_labels(path)


def test_zones_follow_the_nearest_shore_and_its_distance_across_the_antimeridian() -> None:
    label = maritime_zones.CoastLabeller(two_islands())
    places = np.array([[179.6, 10.0], [-179.95, 10.0], [-179.0, 12.3], [0.0, 10.0], [-179.3, 11.8]])
    assert label(places).tolist() == [0, 1, 3, maritime_zones.BEYOND, 3]


def test_a_rock_without_a_shelf_keeps_its_territorial_sea_only() -> None:
    label = maritime_zones.CoastLabeller(two_islands(shelf_of_second=False))
    assert label(np.array([[-179.0, 12.1], [-179.0, 12.5], [-178.5, 14.5]])).tolist() == [2, 1, -1]


@pytest.fixture(scope="module")
def arcs() -> Iterator[list[maritime_zones.Arc]]:
    patch = pytest.MonkeyPatch()
    patch.setattr(maritime_zones, "COARSE", 0.1)
    label = maritime_zones.CoastLabeller(two_islands())
    segments = maritime_zones.trace_boundaries(label, label.near_shelf, label.near_territorial_sea)
    yield maritime_zones.join_arcs(segments, lambda _: 0.1)
    patch.undo()


def test_the_200_m_limit_lies_200_m_from_the_shore(arcs: list[maritime_zones.Arc]) -> None:
    limit = shapely.get_coordinates([arc.line for arc in arcs if maritime_zones.BEYOND in arc.zones])
    island = two_islands().points
    distances = [
        GEOD.inv(np.full(len(limit), lon), np.full(len(limit), lat), limit[:, 0], limit[:, 1])[2]
        for lon, lat in island
    ]
    assert np.abs(np.min(distances, axis=0) - 370_400).max() < 10


def test_the_median_line_is_as_far_from_one_state_as_from_the_other(arcs: list[maritime_zones.Arc]) -> None:
    line = shapely.get_coordinates([arc.line for arc in arcs if arc.zones == (1, 3)])
    one, other = (
        GEOD.inv(np.full(len(line), lon), np.full(len(line), lat), line[:, 0], line[:, 1])[2]
        for lon, lat in two_islands().points
    )
    assert len(line)
    assert np.abs(one - other).max() < 10


def test_the_faces_tile_the_world_and_each_has_one_zone(arcs: list[maritime_zones.Arc]) -> None:
    faces = maritime_zones.polygonize_world([arc.line for arc in arcs])
    assert shapely.area(faces).sum() == pytest.approx(360 * 180)
    label = maritime_zones.CoastLabeller(two_islands())
    inside = shapely.get_coordinates(shapely.point_on_surface(faces))
    assert sorted(set(label(inside).tolist())) == [-1, 0, 1, 2, 3]


def test_arcs_that_would_cross_after_simplification_keep_their_vertices() -> None:
    hairpin = LineString([(0, 0), (5, 1), (10, 0)])
    inside = LineString([(4, 0.5), (6, 0.5)])
    original = np.array([hairpin, inside], dtype=object)
    flat = np.array([LineString([(0, 0), (10, 0)]), LineString([(4, 0.5), (6, -0.5)])], dtype=object)
    kept = maritime_zones._keep_apart(original, flat)
    assert kept[0].equals(hairpin)
    assert kept[1].equals(inside)


def test_land_that_reaches_the_pole_keeps_its_shape() -> None:
    cap = Polygon([(-180, -90), (180, -90), (180, -78), (0, -69.6), (-180, -78)])
    simple = maritime_zones._simplified(np.array([cap], dtype=object), 1.0)
    assert simple[0].equals(cap)


def test_where_three_zones_meet_the_junction_is_found() -> None:
    def label(points: np.ndarray) -> np.ndarray:
        return np.where(points[:, 1] > 0.3, 2, np.where(points[:, 0] > 0.4, 1, 0))

    nodes = np.array([[0.0, 0.0], [1.0, 0.0], [0.4, 1.0]])
    found = maritime_zones.boundary_segments(nodes, np.array([[0, 1, 2]]), label(nodes), label)
    assert len(found.ends) == 3
    assert found.ends[:, 1] == pytest.approx(np.array([[0.4, 0.3]] * 3), abs=1e-3)
    assert sorted(map(tuple, found.zones.tolist())) == [(0, 1), (0, 2), (1, 2)]
