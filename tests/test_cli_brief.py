from __future__ import annotations

from typing import TYPE_CHECKING

import pypdf
import pytest
from click.testing import CliRunner

from seabed.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SITE = "-116.5, 10.75"
QUESTION = ["--radius", "10", "--applicant", "tmc-usa", "--activity", "exploration", "--mineral", "nodules"]


def test_a_brief_takes_a_cover_a_reader_a_paper_and_leaves_coordinates_out(tmp_path: Path) -> None:
    out = tmp_path / "brief.pdf"
    options = ["--for", "press", "--title", "Block 7", "--author", "A. Lawyer", "--paper", "letter"]
    done = CliRunner().invoke(
        main, ["brief", SITE, *QUESTION, *options, "--redact-geometry", "--on", "2026-11-21", "-o", str(out)]
    )
    assert done.exit_code == 0, done.output
    reader = pypdf.PdfReader(out)
    text = "".join(page.extract_text() for page in reader.pages)
    assert text.count("Block 7") >= 1
    assert "Prepared by A. Lawyer" in text
    assert "Left out of this version" in text
    assert "116.5" not in text
    assert round(float(reader.pages[0].mediabox.width)) == 612


@pytest.mark.parametrize(
    ("option", "says"), [("--for=judge", "'judge' is not one of"), ("--paper=a5", "'a5' is not one of")]
)
def test_what_no_brief_can_be_is_refused(option: str, says: str, tmp_path: Path) -> None:
    done = CliRunner().invoke(main, ["brief", SITE, option, "-o", str(tmp_path / "brief.pdf")])
    assert done.exit_code == 2
    assert says in done.output


def test_a_logo_that_is_no_picture_is_refused_before_the_work(tmp_path: Path) -> None:
    logo = tmp_path / "logo.svg"
    logo.write_text("<svg/>")
    done = CliRunner().invoke(main, ["brief", SITE, "--logo", str(logo), "-o", str(tmp_path / "brief.pdf")])
    assert done.exit_code == 2
    assert "no PNG or JPEG" in done.output
