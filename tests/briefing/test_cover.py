from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pypdf
import pytest
from PIL import Image

from seabed.briefing import BriefOptions, write_brief
from seabed.briefing.cover import LOGO_SIDE, Cover, read_logo
from seabed.errors import SeabedError

if TYPE_CHECKING:
    from pathlib import Path

    from seabed.contract import Assessment


def image(path: Path, size: tuple[int, int] = (40, 20), **how: object) -> Path:
    Image.new("RGB", size, "red").save(path, **how)  # type: ignore[arg-type]
    return path


def test_a_logo_is_drawn_anew_without_what_else_was_in_the_file(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at 10.4892 N"
    logo = read_logo(image(tmp_path / "logo.jpg", exif=exif))
    assert logo.startswith(b"\x89PNG")
    assert b"10.4892" in (tmp_path / "logo.jpg").read_bytes()
    assert b"10.4892" not in logo


def test_a_large_logo_is_made_smaller(tmp_path: Path) -> None:
    with Image.open(io.BytesIO(read_logo(image(tmp_path / "logo.png", (3000, 1500))))) as drawn:
        assert drawn.size == (LOGO_SIDE, LOGO_SIDE // 2)


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "no PNG or JPEG"),
        (b"\x89PNG\r\n\x1a\nrubbish", "no PNG or JPEG"),
        (b"", "no PNG or JPEG"),
        (b"x" * 2_000_001, "larger than"),
    ],
)
def test_what_is_no_small_picture_is_refused(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "logo.svg"
    path.write_bytes(content)
    with pytest.raises(SeabedError, match=says):
        read_logo(path)


def test_a_picture_of_too_many_pixels_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    with pytest.raises(SeabedError, match="5000 by 4000 pixels"):
        read_logo(image(tmp_path / "logo.png", (5000, 4000)))


def test_a_logo_that_is_missing_is_named(tmp_path: Path) -> None:
    with pytest.raises(SeabedError, match=r"logo\.png cannot be read"):
        read_logo(tmp_path / "logo.png")


def test_the_cover_has_the_users_title_author_and_logo(assessment: Assessment, tmp_path: Path) -> None:
    logo = read_logo(image(tmp_path / "logo.png"))
    options = BriefOptions(cover=Cover("Block <7>", "A. Lawyer & #Sons", logo))
    for name in ("brief.html", "brief.pdf"):
        write_brief(assessment, tmp_path / name, options=options)
    page = (tmp_path / "brief.html").read_text(encoding="utf-8")
    assert "<h1><bdi>Block &lt;7&gt;</bdi></h1>" in page
    assert "Prepared by A. Lawyer &amp; #Sons" in page
    assert 'src="data:image/png;base64,' in page
    assert 'alt="Logo"' in page
    reader = pypdf.PdfReader(tmp_path / "brief.pdf")
    first = reader.pages[0].extract_text()
    for said in ("Block <7>", "NORI-D", "Prepared by A. Lawyer & #Sons"):
        assert said in first
    assert reader.metadata is not None
    assert reader.metadata.author == "A. Lawyer & #Sons"
    assert len(reader.pages[0].images) == 1
