"""The atlas against a list of points with known answers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from shapely import box

from seabed.atlas.measure import find_zones, measure, render_json, render_text
from seabed.atlas.store import Atlas, Feature, default_path, write_atlas
from seabed.errors import SiteError

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "lon,lat,expect,state,territory,stratum,note\n"


def listed(tmp_path: Path, *rows: str, header: str = HEADER) -> Path:
    path = tmp_path / "points.csv"
    path.write_text(header + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return path


def test_points_that_agree_are_counted_by_stratum(tmp_path: Path, atlas: Atlas) -> None:
    report = measure(
        listed(
            tmp_path,
            "10.5,0.5,land,AAA,,a,",
            "11.1,0.5,territorial_sea,AAA,,a,",
            "12,0.5,shelf200,AAA|ZZZ,,b,",
            "-40,-40,beyond200,,,b,",
        ),
        atlas,
    )
    assert (report.overall.points, report.overall.zone, report.overall.both) == (4, 4, 4)
    assert (report.overall.with_state, report.overall.state) == (3, 3)
    assert {name: tally.points for name, tally in report.strata.items()} == {"a": 2, "b": 2}
    assert report.disagreements == ()


def test_a_territory_or_a_claimant_found_is_right(tmp_path: Path, atlas: Atlas) -> None:
    report = measure(
        listed(tmp_path, "179,0,shelf200,FRA,CCD,a,", "21,0,shelf200,CCC,,a,", "21,0,shelf200,DDD,,a,"), atlas
    )
    assert (report.overall.zone, report.overall.state) == (3, 2)


def test_disagreements_are_grouped_with_an_example(tmp_path: Path, atlas: Atlas) -> None:
    report = measure(
        listed(tmp_path, "15,0,shelf200,AAA,,a,treaty", "16,0,shelf200,AAA,,a,treaty", "15,0,beyond200,,,a,"),
        atlas,
    )
    first, second = report.disagreements
    assert (first.expected, first.found, first.note, first.count) == (
        "shelf200 AAA",
        "shelf200 BBB",
        "treaty",
        2,
    )
    assert first.examples == ((15.0, 0.0), (16.0, 0.0))
    assert (second.expected, second.count) == ("beyond200", 1)


def test_rows_with_a_note_left_out_are_reported_apart(tmp_path: Path, atlas: Atlas) -> None:
    path = listed(tmp_path, "15,0,shelf200,AAA,,a,bouvet;other", "15,0,shelf200,BBB,,a,")
    report = measure(path, atlas, leave_out=("bouvet",))
    assert report.left_out == {"bouvet;other": 1}
    assert (report.overall.points, report.overall.both) == (1, 1)
    assert measure(path, atlas).overall.points == 2


@pytest.mark.parametrize(
    ("found", "expected", "right"),
    [
        ("COK,", "NZL,", 1),
        ("NZL,", "COK,", 1),
        ("NIU,", "NZL,NIU", 1),
        ("NZL,TKL", "NZL,TKL", 1),
        ("COK,", "NIU,", 0),
        ("NZL,COK", "NZL,NIU", 0),
        ("FRA,", "NZL,COK", 0),
        ("COK,", "FRA,", 0),
    ],
)
def test_the_realm_of_new_zealand_may_be_read_either_way(
    tmp_path: Path, found: str, expected: str, right: int
) -> None:
    state, _, territory = found.partition(",")
    zone = Feature(
        layer="z",
        id="z:1",
        ref="1",
        kind="continental_shelf",
        name="z",
        state=state,
        territory=territory or None,
        geometry=box(0, 0, 1, 1),
    )
    write_atlas(tmp_path / "a.gpkg", [zone], [])
    with Atlas.open(tmp_path / "a.gpkg") as atlas:
        report = measure(listed(tmp_path, f"0.5,0.5,shelf200,{expected},a,"), atlas)
    assert report.overall.state == right


def test_a_point_on_a_border_has_the_first_kind(atlas: Atlas) -> None:
    assert [zone.id for zone in find_zones([(11, 0.5), (11.2, 0.5), (14, 0)], atlas)] == [
        "mz:AAA-land",
        "mz:AAA-12",
        "mz:AAA-200",
    ]
    assert find_zones([], atlas) == []


def test_the_report_is_told_as_text_and_as_json(tmp_path: Path, atlas: Atlas) -> None:
    report = measure(
        listed(tmp_path, "15,0,shelf200,AAA,,a,treaty", "12,0,shelf200,AAA,,b,x"), atlas, leave_out=["x"]
    )
    text = render_text(report)
    assert "Left out: 1 points noted x." in text
    assert "shelf200 AAA → shelf200 BBB  [treaty]  15.00000, 0.00000" in text
    assert json.loads(render_json(report))["overall"] == {
        "points": 1,
        "zone": 1,
        "with_state": 1,
        "state": 0,
        "both": 0,
    }


@pytest.mark.parametrize(
    ("header", "row", "says"),
    [
        (HEADER, "x,0,land,,,a,", r"line 2: lon and lat must be degrees as numbers"),
        (HEADER, "nan,0,land,,,a,", r"line 2: \(nan, 0\) lies outside"),
        (HEADER, "190,0,land,,,a,", r"line 2: \(190, 0\) lies outside"),
        (
            HEADER,
            "1,0,sea,,,a,",
            "expect is 'sea'; it must be one of land, territorial_sea, shelf200, beyond200",
        ),
        (HEADER, "1,0", "expect is ''"),
        ("lon,lat\n", "1,0", "the column 'expect' is missing"),
        (HEADER, "", "there is no row"),
    ],
)
def test_a_list_that_makes_no_sense_is_refused_with_its_line(
    tmp_path: Path, atlas: Atlas, header: str, row: str, says: str
) -> None:
    with pytest.raises(SiteError, match=says):
        measure(listed(tmp_path, row, header=header), atlas)


def test_a_list_that_is_not_text_is_refused(tmp_path: Path, atlas: Atlas) -> None:
    (tmp_path / "points.csv").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(SiteError, match="cannot be read as CSV"):
        measure(tmp_path / "points.csv", atlas)
    with pytest.raises(SiteError, match="cannot be read as CSV"):
        measure(tmp_path / "none.csv", atlas)


@pytest.mark.skipif(not default_path().is_file(), reason="geodata/atlas.gpkg is not built")
def test_well_known_places_lie_where_they_should() -> None:
    places = {
        (-149.57, -17.60): ("land", "PYF"),  # Tahiti
        (172.0, -41.5): ("land", None),  # South Island
        (-117.0, 11.0): ("area", None),  # NORI-D
        (177.0, 52.5): ("continental_shelf", None),  # Aleutians
    }
    with Atlas.open() as atlas:
        zones = find_zones(list(places), atlas)
    found = [(zone.kind, zone.territory) for zone in zones]
    assert found == list(places.values())
