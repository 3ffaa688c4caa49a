"""The derivation of zones, on synthetic coasts: nothing here reads the build-only packages."""

from __future__ import annotations

import json
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
import overrides

if TYPE_CHECKING:
    from collections.abc import Iterator

GEOD = Geod(ellps="WGS84")


def two_islands(*, shelf_of_second: bool = True, contested: bool = False) -> coastline.Coast:
    points = np.array([[179.5, 10.0], [-179.0, 12.0]])
    labels = (
        coastline.ZoneLabel(code="AAA", name="Aa", state="AAA", state_name="Aa"),
        coastline.ZoneLabel(
            code="BBB",
            name="Bb",
            state="BBB",
            state_name="Bb",
            claimants=("AAA", "BBB"),
            generates_shelf=shelf_of_second,
            shelf_contested=contested,
        ),
        coastline.ZoneLabel(code="AAA-BBB", name="Aa near Bb", state="AAA", within=("AAA", "BBB")),
        coastline.ZoneLabel(code="JOINT", name="joint area", state=None),
    )
    return coastline.Coast(points, np.array([0, 1]), np.array([-1, -1]), labels)


def boundary(*points: str, **more: object) -> str:
    row = {"name": "line", "kind": "treaty", "left": ["BBB"], "right": ["AAA"], "edges": "geodesic"}
    row |= {"datum": "WGS 84", "accuracy_km": 0.1, "source": "s", "points": list(points)}
    return json.dumps(row | more)


def table(path: Path, **sections: str) -> overrides.Overrides:
    names = ("missing", "no_shelf", "contested_shelf", "partial_effect", "joint_areas", "boundaries")
    text = "".join(f"{name}: [{sections.get(name, '')}]\n" for name in (*names, "not_drawn", "accuracy"))
    (path / "overrides.yaml").write_text(text)
    return overrides.read_overrides(path / "overrides.yaml")


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
    assert all(row["reason"] for row in (*table.units, *table.places))


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
    path.write_text(f"units: []\nplaces:\n  - {row}\n")
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


# A line that bulges towards Aa across the antimeridian, from south to north; the median line lies east of it.
LINE = ("8°N 179°30'W", "10°N 179°50'E", "12°N 179°50'W", "14°N 179°W")


def test_a_boundary_gives_each_side_its_own_across_the_antimeridian(tmp_path: Path) -> None:
    line = table(tmp_path, boundaries=boundary(*LINE, left=["AAA"], right=["BBB"])).boundaries[0]
    places = np.array([[179.7, 10.0], [-179.9, 10.0], [-179.0, 10.0], [179.0, 12.0], [0.0, 10.0]])
    assert line.sides(places).tolist()[:4] == [1, -1, -1, 1]
    label = maritime_zones.CoastLabeller(
        two_islands(), table(tmp_path, boundaries=boundary(*LINE, left=["AAA"], right=["BBB"]))
    )
    assert label(np.array([[179.7, 10.5], [-179.9, 10.2], [-179.3, 10.2]])).tolist() == [1, 3, 3]


@given(st.floats(-0.9, 0.9), st.floats(0.001, 0.5))
def test_the_side_of_a_point_is_that_of_its_offset_from_the_line(share: float, offset: float) -> None:
    line = overrides.Boundary(
        "line",
        "treaty",
        ("L",),
        ("R",),
        np.array([[-1.0, 0.0], [1.0, 0.0]]),
        overrides.EdgeKind.UNSTATED,
        0,
        "",
    )
    assert line.sides(np.array([[share, offset], [share, -offset], [1.5, offset]])).tolist() == [1, -1, 0]


def test_a_boundary_beyond_the_reach_of_a_side_changes_nothing_unless_it_transfers(tmp_path: Path) -> None:
    # East of Bb's own 200 M only Bb is near; the line gives the west of it to Aa.
    far = ("8°N 177°W", "16°N 177°W")
    place = np.array([[-178.0, 14.5]])
    for transfers, zone in ((False, 3), (True, 1)):
        rows = table(tmp_path, boundaries=boundary(*far, left=["AAA"], right=["BBB"], transfers=transfers))
        with pytest.raises(AtlasError, match="other side"):
            maritime_zones.CoastLabeller(two_islands(), rows)
        sides = boundary(*far, left=["AAA"], right=["BBB"], transfers=transfers)
        islands = coastline.Coast(
            np.array([[179.5, 10.0], [-179.0, 12.0], [-175.0, 12.0], [-175.0, 13.0]]),
            np.array([0, 1, 1, 1]),
            np.full(4, -1),
            two_islands().labels,
        )
        label = maritime_zones.CoastLabeller(islands, table(tmp_path, boundaries=sides))
        assert label(place).tolist() == [zone]


def test_a_boundary_with_its_sides_swapped_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="other side"):
        maritime_zones.CoastLabeller(two_islands(), table(tmp_path, boundaries=boundary(*LINE)))


def test_an_enclave_keeps_its_sea_across_the_boundary(tmp_path: Path) -> None:
    enclave = {"name": "Bb", "box": [-179.5, 11.5, -178.5, 12.5], "radius_km": 22.224}
    line = boundary("8°N 177°W", "16°N 177°W", left=["AAA"], right=["BBB"], enclaves=[enclave])
    islands = coastline.Coast(
        np.array([[179.5, 10.0], [-179.0, 12.0], [-175.0, 12.0], [-175.0, 13.0]]),
        np.array([0, 1, 1, 1]),
        np.full(4, -1),
        two_islands().labels,
    )
    label = maritime_zones.CoastLabeller(islands, table(tmp_path, boundaries=line))
    assert label(np.array([[-179.0, 12.1], [-179.0, 12.5]])).tolist() == [2, 1]


def test_a_contested_feature_marks_the_other_zones_and_fills_what_none_reaches() -> None:
    label = maritime_zones.CoastLabeller(two_islands(contested=True))
    places = np.array([[179.6, 10.0], [179.9, 10.0], [-179.0, 12.1], [-178.0, 14.5], [176.5, 9.5]])
    assert label(places).tolist() == [0, 5, 2, 3, 1]


def test_a_feature_with_partial_effect_reaches_so_far_and_no_farther(tmp_path: Path) -> None:
    row = {"name": "Bb", "at": [-179.0, 12.0], "radius_km": 1, "reach_km": 30, "against": ["AAA"]}
    rows = table(tmp_path, partial_effect=json.dumps(row | {"reason": "r", "source": "s"}))
    label = maritime_zones.CoastLabeller(two_islands(), rows)
    assert label(np.array([[-179.0, 12.25], [-179.0, 12.3], [-178.0, 14.5]])).tolist() == [3, 1, 3]


def test_a_joint_area_takes_the_zones_it_names_but_no_territorial_sea(tmp_path: Path) -> None:
    row = {
        "name": "joint",
        "label": {"code": "JOINT", "name": "joint", "state": None},
        "within": ["BBB"],
        "edges": "parallel_meridian",
        "datum": "WGS 84",
        "accuracy_km": 1,
        "points": ["11°N 179°30'W", "11°N 178°W", "14°N 178°W", "14°N 179°30'W"],
    }
    rows = table(tmp_path, joint_areas=json.dumps(row | {"reason": "r", "source": "s"}))
    label = maritime_zones.CoastLabeller(two_islands(), rows)
    assert label(np.array([[-178.5, 13.0], [-179.0, 12.1], [-177.5, 12.0]])).tolist() == [7, 2, 3]


def test_a_line_passes_the_turning_point_inside_its_triangle() -> None:
    def label(points: np.ndarray) -> np.ndarray:
        return np.asarray(points[:, 1] > 0.3 + 0.02 * (np.abs(points[:, 0] - 0.4) < 1e-6), dtype=np.int64)

    nodes = np.array([[0.0, 0.0], [1.0, 0.0], [0.4, 1.0]])
    bend = np.array([[0.41, 0.31]])
    found = maritime_zones.boundary_segments(nodes, np.array([[0, 1, 2]]), label(nodes), label, bend)
    assert len(found.ends) == 2
    assert all((end == bend[0]).all(axis=1).any() for end in found.ends)


@pytest.mark.parametrize(
    ("section", "row", "message"),
    [
        ("missing", "{name: x, at: [0, 0], code: AAA, reason: r}", "source"),
        ("missing", "{name: x, at: [0, 0], code: AAA, reason: r, source: s, colour: red}", "unknown keys"),
        ("missing", "{name: x, at: [0, 95], code: AAA, reason: r, source: s}", "not longitude, latitude"),
        ("boundaries", boundary("1°N 1°E"), "two or more points"),
        ("boundaries", boundary("1°N 1°E", "1°N 1°E"), "twice in a row"),
        ("boundaries", boundary("1°N 1°E", "somewhere"), "somewhere"),
        ("boundaries", boundary("1°N 1°E", "2°N 1°E", kind="rumour"), "must be one of"),
        ("boundaries", boundary("1°N 1°E", "2°N 1°E", edges="wavy"), "wavy"),
    ],
)
def test_a_bad_override_is_refused(tmp_path: Path, section: str, row: str, message: str) -> None:
    with pytest.raises(AtlasError, match=message):
        table(tmp_path, **{section: row})


def test_the_overrides_are_well_formed_and_say_why() -> None:
    rows = overrides.read_overrides()
    for section in (rows.missing, rows.no_shelf, rows.contested_shelf, rows.joint_areas, rows.accuracy):
        assert all(row["reason"] and row["source"] for row in section)
    assert all(line.source and 0 < line.accuracy_km <= 2 for line in rows.boundaries)
    assert all(row.reason and row.accuracy_km > 0 for row in rows.not_drawn)
    assert all(area.area.is_valid for area in rows.areas)
    assert all(line.line.is_simple for line in rows.boundaries)


def test_no_boundary_is_both_drawn_and_not_drawn() -> None:
    rows = overrides.read_overrides()
    names = [line.name for line in rows.boundaries] + [row.name for row in rows.not_drawn]
    assert len(names) == len(set(names))
