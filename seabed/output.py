"""Files for the user: refused before the work where they cannot be written, and never half-written."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from seabed.errors import SeabedError

if TYPE_CHECKING:
    import os
    from collections.abc import Collection


def check_output(path: str | os.PathLike[str], suffixes: Collection[str], what: str) -> Path:
    """Return ``path`` if ``what`` (a brief, a comparison) can be written there as one of ``suffixes``.

    Raises
    ------
    SeabedError
        If it ends in another suffix (case does not matter), or the folder does not exist.
    """
    target = Path(path)
    if target.suffix.lower() not in suffixes:
        *others, last = suffixes
        known = f"{', '.join(others)} or {last}"
        raise SeabedError(f"{target} ends in {target.suffix or 'nothing'!r}; {what} is written as {known}")
    if not target.parent.is_dir():
        raise SeabedError(f"{target} cannot be written: there is no folder {target.parent}")
    return target


def write_beside(target: Path, content: bytes) -> None:
    """Write ``content`` beside ``target`` and rename it into place.

    Raises
    ------
    SeabedError
        If it cannot be written.
    """
    try:
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f".{target.name[:40]}.") as folder:
            beside = Path(folder) / "output"
            beside.write_bytes(content)
            beside.replace(target)
    except OSError as error:
        raise SeabedError(f"{target} cannot be written: {error.strerror or error}") from error
