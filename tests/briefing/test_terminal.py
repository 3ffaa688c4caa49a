from __future__ import annotations

import json
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.briefing import render_markdown, render_text, to_geojson
from seabed.briefing.terminal import _COLOURS
from seabed.briefing.words import DISCLAIMER, STEP_STATES, clean, verdict
from seabed.contract import Assessment, StepState, Verdict
from seabed.wrapping import columns, wrapped

ESCAPE_CODE = re.compile(r"\x1b\[[0-9;]*m")


def squeezed(text: str) -> str:
    return "".join(text.split())


def test_the_text_leads_with_the_verdict_of_every_order(assessment: Assessment) -> None:
    lines = render_text(assessment).splitlines()
    answers = lines[lines.index("") + 1 :][: len(assessment.opinions)]
    assert [line.split("  ")[0] for line in answers] == [opinion.name for opinion in assessment.opinions]
    assert answers[0].endswith("PROHIBITED (contested)")
    assert answers[1].endswith("AUTHORISATION REQUIRED")


@pytest.mark.parametrize("width", [40, 61, 80, 132])
def test_no_line_is_wider_than_asked(either: Assessment, width: int) -> None:
    assert max(columns(line) for line in render_text(either, width=width).splitlines()) <= width


def test_a_width_too_small_to_read_is_raised_to_the_smallest(assessment: Assessment) -> None:
    assert render_text(assessment, width=3) == render_text(assessment, width=40)


def test_colour_is_only_used_when_asked_and_says_nothing_of_its_own(either: Assessment) -> None:
    plain, coloured = render_text(either, colour=False), render_text(either, colour=True)
    assert "\x1b" not in plain
    assert ESCAPE_CODE.search(coloured)
    assert ESCAPE_CODE.sub("", coloured) == plain


def test_every_verdict_has_a_colour_and_words() -> None:
    assert set(_COLOURS) == {one.value for one in Verdict}
    assert all(verdict(one.value) for one in Verdict)


@pytest.mark.parametrize("render", [render_text, render_markdown])
def test_it_says_once_that_it_is_not_legal_advice(either: Assessment, render: object) -> None:
    text = " ".join(render(either).split())  # type: ignore[operator]
    assert text.count(DISCLAIMER) == 1


def test_a_name_cannot_drive_the_terminal(hostile: Assessment) -> None:
    text = render_text(hostile)
    assert "\x1b" in hostile.site.name
    assert not re.search(r"[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]", text)


def test_a_short_text_has_a_line_for_each_step_of_a_path(assessment: Assessment) -> None:
    text = render_text(assessment, full=False, width=100)
    section = text[text.index("Path: Licence and permit") :].split("\n\n")[0].splitlines()
    assert section == [
        "Path: Licence and permit in one application",
        "  ✓ Consolidated application filed",
        "  ? Notice published (comments at least 60 days)",
        "      Perhaps done between 1 August 2026 and 31 August 2026",
        "  · NOAA certifies the application (100 days from full compliance)",
    ]
    assert "authority: NOAA Office of Coastal Management" not in text
    full = " ".join(render_text(assessment).split())
    assert "authority: NOAA Office of Coastal Management" in full
    assert "Done on 22 January 2026 (company release of 22 January 2026)" in full


def test_every_state_of_a_step_has_a_mark_and_a_word() -> None:
    assert set(STEP_STATES) == {one.value for one in StepState}
    marks, names = zip(*STEP_STATES.values(), strict=True)
    assert len(set(marks)) == len(set(names)) == len(STEP_STATES)


def test_what_follows_from_acting_without_stands_after_the_risks(assessment: Assessment) -> None:
    text = render_text(assessment, full=False)
    usa = text[text.index("Commercial recovery permit") :]
    exposure = usa.index("\nWhat follows from acting without authority or in breach\n")
    assert usa.index("\nRisks\n") < exposure < usa.index("\nPath: ")


def test_a_newline_in_a_name_starts_no_line(hostile: Assessment) -> None:
    assert not any(line.startswith("- not an item") for line in render_text(hostile).splitlines())
    assert not any(
        line.startswith(("- not", "# ", "1.")) for line in render_markdown(hostile).splitlines()[1:]
    )


def test_the_terminal_view_imports_nothing_heavy() -> None:
    heavy = "jinja2 matplotlib cartopy typst pandas geopandas pyogrio scipy shapely pyproj numpy"
    code = f"import sys; import seabed.briefing; print(*(set({heavy.split()!r}) & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == ""


@given(st.text(), st.integers(12, 60))
def test_wrapping_keeps_every_character_and_the_width(text: str, width: int) -> None:
    lines = wrapped(clean(text), width, "  - ", "    ", whole=False)
    assert all(columns(line) <= width for line in lines)
    assert squeezed("".join(lines)) == (squeezed("- " + clean(text)) if clean(text) else "")


def test_markdown_escapes_everything_that_would_act_as_markup(hostile: Assessment) -> None:
    markdown = render_markdown(hostile)
    unescaped = re.sub(r"\\([!-/:-@\[-`{-~])", r"\1", markdown)
    assert "<script>alert(1)</script> #typst $x$ *bold* _it_ `code`" in unescaped
    bare = re.sub(r"\\.", "", markdown)
    assert not re.search(r"[<`\[\]]|https?://", bare)
    # The only bare emphasis is ours: labels in bold and the last line.
    assert all(re.fullmatch(r"[^*]*|- \*\*[^*]+\*\*: [^*]*|\*[^*]*\*", line) for line in bare.splitlines())


def test_every_row_of_a_markdown_table_has_as_many_cells_as_its_head(either: Assessment) -> None:
    bare = re.sub(r"\\.", "", render_markdown(either))
    for table in re.findall(r"(?:^\|.*\n)+", bare, re.MULTILINE):
        assert len({line.count("|") for line in table.splitlines()}) == 1


def test_geojson_carries_the_site_and_the_verdicts(assessment: Assessment) -> None:
    collection = to_geojson(assessment)
    (feature,) = collection["features"]
    assert (collection["type"], feature["type"]) == ("FeatureCollection", "Feature")
    assert feature["geometry"] == assessment.site.geometry
    assert feature["properties"]["verdict_unclos"] == "prohibited"
    assert feature["properties"]["contested_unclos"] is True
    assert feature["properties"]["verdict_usa"] == "authorisation_required"
    assert json.loads(json.dumps(collection, allow_nan=False)) == collection


def test_geojson_across_the_antimeridian_has_a_box_with_west_greater_than_east(hostile: Assessment) -> None:
    west, _, east, _ = to_geojson(hostile)["bbox"]
    assert west > east
