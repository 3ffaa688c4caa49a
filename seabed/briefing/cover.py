"""What the user puts on the cover of a brief: a title, an author and a logo."""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from seabed.errors import MissingExtraError, SeabedError

if TYPE_CHECKING:
    import os

#: Largest logo file, and the most pixels of one before it is opened; a logo is drawn no larger than the last.
MAX_LOGO_BYTES = 2_000_000
MAX_LOGO_PIXELS = 16_000_000
LOGO_SIDE = 800


@dataclass(frozen=True, slots=True)
class Cover:
    """``title`` and ``author`` in words; ``logo`` a PNG from `read_logo`."""

    title: str = ""
    author: str = ""
    logo: bytes = b""


def read_logo(path: str | os.PathLike[str]) -> bytes:
    """Return a PNG or JPEG file drawn anew as a PNG, so that nothing but its pixels is in the brief.

    SVG is refused: it can hold script and links, and a brief shows what it was given as it is.

    Raises
    ------
    SeabedError
        If the file cannot be read, is no PNG or JPEG, or is too large.
    MissingExtraError
        If Pillow, which comes with matplotlib, is not installed.
    """
    try:
        from PIL import Image  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError("a logo", "brief") from error
    source = Path(path)
    try:
        with source.open("rb") as stream:
            content = stream.read(MAX_LOGO_BYTES + 1)
    except OSError as error:
        raise SeabedError(f"the logo {source} cannot be read: {error.strerror or error}") from error
    if len(content) > MAX_LOGO_BYTES:
        raise SeabedError(f"the logo {source} is larger than {MAX_LOGO_BYTES:,} bytes")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            image = Image.open(io.BytesIO(content), formats=("PNG", "JPEG"))
            width, height = image.size
            if width * height > MAX_LOGO_PIXELS:
                raise SeabedError(f"the logo {source} has {width} by {height} pixels; at most 16 million")
            drawn = image.convert(
                "RGBA" if "A" in image.getbands() or "transparency" in image.info else "RGB"
            )
    except (OSError, ValueError, SyntaxError, Warning, Image.DecompressionBombError) as error:
        raise SeabedError(f"the logo {source} is no PNG or JPEG image that can be read") from error
    drawn.thumbnail((LOGO_SIDE, LOGO_SIDE))
    clean = Image.new(drawn.mode, drawn.size)
    clean.paste(drawn)
    written = io.BytesIO()
    clean.save(written, format="PNG", optimize=True)
    return written.getvalue()
