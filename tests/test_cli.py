"""The command line: the answer first, errors in one line, exit code 2, a light start."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from seabed.cli import main

if TYPE_CHECKING:
    from pathlib import Path

QUESTION = (
    "--applicant",
    "tmc-usa",
    "--activity",
    "exploitation",
    "--mineral",
    "nodules",
    "--on",
    "2026-11-21",
)


def run(*arguments: str, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)


def test_check_leads_with_the_verdict_of_each_order() -> None:
    lines = run("check", "isa:NORI-D", *QUESTION).output.splitlines()
    top = "\n".join(lines[:10])
    assert "PROHIBITED (contested)" in top
    assert "AUTHORISATION REQUIRED" in top


@pytest.mark.parametrize("form", ["text", "json", "geojson", "markdown"])
def test_check_writes_every_format(form: str) -> None:
    result = run("check", "isa:NORI-D", *QUESTION, "--format", form)
    assert result.exit_code == 0
    if "json" in form:
        json.loads(result.output)


def test_standard_input_is_read_for_a_dash() -> None:
    result = run(
        "check", "-", *QUESTION, "--format", "json", stdin='{"type": "Point", "coordinates": [-130, 10]}'
    )
    assert json.loads(result.output)["zones"][0]["id"] == "area"


def test_the_isas_own_mineral_codes_are_understood() -> None:
    result = run("check", "isa:NORI-D", "--mineral", "pmn", "--on", "2026-11-21", "--format", "json")
    assert json.loads(result.output)["question"]["mineral"] == "nodules"


def test_what_was_left_out_is_said() -> None:
    result = run("check", "isa:NORI-D", "--format", "json")
    assumptions = " ".join(json.loads(result.output)["assumptions"])
    assert "No date was given" in assumptions
    assert "No applicant was named" in assumptions


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", "isa:NORI-Z"), "isa:NORI-"),
        (("check", "nowhere.geojson"), "there is no file 'nowhere.geojson'"),
        (("check", "isa:NORI-D", "--applicant", "tcm-usa"), "did you mean tmc-usa"),
        (("check", "isa:NORI-D", "--applicant", "ZZZ"), "is not a profile"),
        (("check", "isa:NORI-D", "--applicant", "missing.yaml"), "missing.yaml: cannot be read"),
        (("check", '{"type": "Point", "coordinates": [10, 95]}'), "looks like lat, lon"),
        (("brief", "isa:NORI-D", "-o", "brief.docx"), ".html"),
        (("layers", "measure", "missing.csv"), "missing.csv"),
    ],
)
def test_bad_input_gets_one_clear_line_and_exit_code_2(arguments, message, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert "Traceback" not in result.output
    assert list(tmp_path.iterdir()) == []


def test_an_applicant_file_can_name_what_is_held(tmp_path: Path) -> None:
    path = tmp_path / "me.yaml"
    path.write_text(
        "name: My company\nincorporated_in: DEU\ncontrolled_by: [DEU]\nsponsors: [DEU]\nholds: []\n"
    )
    result = run(
        "check",
        "-130, 10",
        "--applicant",
        str(path),
        "--activity",
        "exploration",
        "--mineral",
        "nodules",
        "--on",
        "2026-11-21",
        "--format",
        "json",
    )
    verdicts = {o["order"]: o["verdict"] for o in json.loads(result.output)["opinions"]}
    assert verdicts["unclos"] == "authorisation_required"
    assert verdicts["deu"] == "authorisation_required"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- a list\n", "an applicant file is a mapping"),
        ("nationalty: DEU\n", "nationalty: Extra inputs are not permitted; known keys: "),
        ("name: [\n", "not well-formed YAML"),
        ("a: &x [1]\nb: [*x, *x]\n", "Extra inputs are not permitted"),
    ],
)
def test_a_bad_applicant_file_is_refused_with_what_is_wrong(text, message, tmp_path: Path) -> None:
    path = tmp_path / "me.yaml"
    path.write_text(text)
    result = run("check", "-130, 10", "--applicant", str(path))
    assert result.exit_code == 2
    assert message in result.output


@pytest.mark.parametrize("name", ["brief.html", "brief.pdf"])
def test_brief_writes_the_file_asked_for(name: str, tmp_path: Path) -> None:
    result = run("brief", "isa:NORI-D", *QUESTION, "-o", str(tmp_path / name))
    assert result.exit_code == 0
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_help_has_examples() -> None:
    for command in ((), ("check",), ("brief",), ("layers", "measure")):
        assert "Example" in run(*command, "--help").output


def test_profiles_and_layers_are_listed() -> None:
    assert "tmc-usa" in run("applicants").output
    assert "maritime_zones" in run("layers", "list").output


def test_a_check_imports_neither_pandas_nor_geopandas_nor_plotting() -> None:
    heavy = ("pandas", "geopandas", "pyogrio", "matplotlib", "cartopy", "jinja2", "typst", "scipy")
    code = (
        "import sys; from seabed.cli import main\n"
        "try: main(['check', 'isa:NORI-D', '--on', '2026-11-21'])\n"
        "except SystemExit: pass\n"
        f"print([m for m in {heavy!r} if m in sys.modules], file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stderr.strip() == "[]"
