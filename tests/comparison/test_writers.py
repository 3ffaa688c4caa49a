from __future__ import annotations

import csv
import datetime as dt
import io
import json

import openpyxl
import pytest
import shapely
from click.testing import CliRunner

from seabed.briefing.terminal import markdown_of_sections, text_of_sections
from seabed.cli import main
from seabed.comparison import Comparison, compare, read_group
from seabed.comparison.view import lead_of, sections_of
from seabed.comparison.writers import write
from seabed.errors import SeabedError
from seabed.geodesy import area_km2

FORMULA = '=HYPERLINK("http://example.org","x")'


@pytest.fixture(scope="module")
def hostile(atlas, tmp_path_factory):
    """A comparison whose names a spreadsheet would run, and whose first area crosses 180°."""
    path = tmp_path_factory.mktemp("site") / "site.geojson"
    ring = [[179, 10], [181, 10], [181, 11], [179, 11], [179, 10]]
    feature = {
        "type": "Feature",
        "properties": {"name": FORMULA},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    path.write_text(json.dumps({"type": "FeatureCollection", "features": [feature]}))
    a, b = read_group(str(path), atlas), read_group("isa:NORI-B", atlas)
    return compare(a, b, on=dt.date(2026, 11, 21), atlas=atlas)


def written(comparison, atlas, path):
    write(comparison, path, atlas)
    assert [file.name for file in path.parent.iterdir()] == [path.name]  # nothing is left beside it
    return path


def test_json_reads_back_as_the_same_comparison(chn_tmc, atlas, tmp_path):
    text = written(chn_tmc, atlas, tmp_path / "c.json").read_text(encoding="utf-8")
    assert json.loads(text)["schema"] == "seabed.comparison/1"
    assert Comparison.model_validate_json(text) == chn_tmc


def test_csv_has_one_row_for_each_member(chn_tmc, atlas, tmp_path):
    text = written(chn_tmc, atlas, tmp_path / "c.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["key"] for row in rows] == [m.key for m in (*chn_tmc.a.members, *chn_tmc.b.members)]
    assert float(rows[0]["area_computed_km2"]) == chn_tmc.a.members[0].area_computed.value
    assert rows[-1]["counted"] == "false"
    assert rows[0]["in_force_from"] == "2001-05-22"


def test_a_name_that_looks_like_a_formula_is_text_in_csv_and_excel(hostile, atlas, tmp_path):
    rows = list(csv.DictReader(io.StringIO(written(hostile, atlas, tmp_path / "c.csv").read_text())))
    assert rows[0]["name"] == f"'{FORMULA}"
    (tmp_path / "c.csv").unlink()
    book = openpyxl.load_workbook(written(hostile, atlas, tmp_path / "c.xlsx"))
    cells = [cell for row in book["members"] for cell in row if cell.value == FORMULA]
    assert cells
    assert {cell.data_type for cell in cells} == {"s"}
    assert all(cell.data_type != "f" for sheet in book for row in sheet for cell in row)


def test_excel_has_typed_cells_on_every_sheet(chn_tmc, atlas, tmp_path):
    book = openpyxl.load_workbook(written(chn_tmc, atlas, tmp_path / "c.xlsx"))
    assert {"members", "overlaps", "distances", "legal", "timeline", "sources"} <= set(book.sheetnames)
    head, first = ([cell.value for cell in row] for row in list(book["members"].rows)[:2])
    row = dict(zip(head, first, strict=True))
    assert row["in_force_from"].date() == dt.date(2001, 5, 22)
    assert row["area_computed_km2"] == pytest.approx(chn_tmc.a.members[0].area_computed.value)
    assert row["counted"] is True
    assert book["overlaps"].max_row == 1 + len(chn_tmc.overlaps) + len(chn_tmc.crossings)
    assert book["legal"].max_row == 1 + len(chn_tmc.legal)


def test_geojson_has_each_member_with_flat_properties_wound_as_rfc_7946_has_it(chn_tmc, atlas, tmp_path):
    collection = json.loads(written(chn_tmc, atlas, tmp_path / "c.geojson").read_text(encoding="utf-8"))
    members = {m.key: m for m in (*chn_tmc.a.members, *chn_tmc.b.members)}
    assert [feature["properties"]["key"] for feature in collection["features"]] == list(members)
    for feature in collection["features"]:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
        assert shape.is_valid
        assert all(part.exterior.is_ccw for part in shapely.get_parts(shape))
        drawn = members[feature["properties"]["key"]].area_computed.value
        assert area_km2(shape) == pytest.approx(drawn, rel=1e-6)
        assert not any(isinstance(value, dict | list) for value in feature["properties"].values())
    assert collection["features"][0]["properties"]["exploration_usa"] == "not_applicable"


def test_geojson_is_split_at_the_antimeridian(hostile, atlas, tmp_path):
    collection = json.loads(written(hostile, atlas, tmp_path / "c.geojson").read_text())
    feature = collection["features"][0]
    assert feature["geometry"]["type"] == "MultiPolygon"
    west, _, east, _ = feature["bbox"]
    assert (west, east) == (179, -179)


@pytest.mark.parametrize("name", ["c.docx", "c", "nowhere/c.json"])
def test_an_output_that_cannot_be_is_refused(chn_tmc, atlas, tmp_path, name):
    with pytest.raises(SeabedError, match="written"):
        write(chn_tmc, tmp_path / name, atlas)


# --- Text and command line ----------------------------------------------------------------------------------


def test_text_and_markdown_say_every_sentence_and_member(chn_tmc):
    text = text_of_sections(chn_tmc.title, lead_of(chn_tmc), sections_of(chn_tmc), width=100_000)
    markdown = markdown_of_sections(chn_tmc.title, lead_of(chn_tmc), sections_of(chn_tmc))
    for sentence in chn_tmc.text:
        assert sentence.text in text
    for member in (*chn_tmc.a.members, *chn_tmc.b.members):
        assert member.key in text
        assert member.key in markdown
    assert markdown.startswith("# China and TMC compared\n")


def test_no_line_of_the_text_is_wider_than_asked(chn_tmc):
    text = text_of_sections(chn_tmc.title, lead_of(chn_tmc), sections_of(chn_tmc), width=72)
    assert max(map(len, text.splitlines())) <= 72


def test_a_comparison_in_chinese_names_regions_and_reasons_in_chinese(compared):
    comparison = compared("ref=COMRAPMS1", "marawa", language="zh")
    assert comparison.a.by_region[0].name == "西南印度洋脊"
    assert comparison.timeline[0].title == "2001年底"


def test_the_command_prints_and_writes(tmp_path):
    run = CliRunner().invoke
    printed = run(main, ["compare", "isa:NORI-B", "isa:CMM-8", "--on", "2026-11-21", "--format", "json"])
    assert printed.exit_code == 0, printed.output
    assert json.loads(printed.stdout)["a"]["members"][0]["key"] == "isa:NORI-B"
    out = tmp_path / "c.csv"
    done = run(main, ["compare", "isa:NORI-B", "isa:CMM-8", "--on", "2026-11-21", "-o", str(out)])
    assert done.exit_code == 0
    assert out.read_text().count("\n") == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["chn", "tmx"], "did you mean tmc"),
        (["chn"], "give two groups"),
        (["chn", "tmc", "-o", "c.doc"], "ends in '.doc'"),
    ],
)
def test_the_command_refuses_with_exit_code_2_and_says_what_would_be_right(arguments, message):
    result = CliRunner().invoke(main, ["compare", *arguments])
    assert result.exit_code == 2
    assert message in result.output


def test_the_command_lists_the_groups_that_have_a_name():
    result = CliRunner().invoke(main, ["compare", "--groups"])
    assert result.exit_code == 0
    assert {line.split()[0] for line in result.output.splitlines()} >= {"chn", "tmc", "comra", "nru"}
