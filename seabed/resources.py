"""Where the data directories are: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

from seabed.errors import AtlasError

_PACKAGE = Path(__file__).parent


def data_dir(name: str) -> Path:
    """Return the directory ``geodata``, ``rules`` or ``reports``.

    Raises
    ------
    AtlasError
        If neither place has it: the installation is damaged.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        path = root / name
        if path.is_dir():
            return path
    raise AtlasError(
        f"the data directory {name!r} is missing from this installation; reinstall seabed-assessor"
    )
