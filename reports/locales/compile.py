"""Compile ``seabed.po`` to ``seabed.mo``, beside it.

`pybabel compile` would take "73 % of the world" for a format of Python's ``%`` and refuse its translation;
the messages here have their places in {braces}.
"""

from __future__ import annotations

import io
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

PO = Path(__file__).parent / "zh" / "LC_MESSAGES" / "seabed.po"


def compiled(po: Path = PO) -> bytes:
    """Return the .mo of a .po: what is translated, without what is only guessed (fuzzy)."""
    with po.open("rb") as stream:
        catalogue = read_po(stream)
    for message in [*catalogue]:
        if message.id and not all([message.string] if isinstance(message.string, str) else message.string):
            catalogue.delete(message.id)  # gettext would say nothing at all for an empty plural
    compiled = io.BytesIO()
    write_mo(compiled, catalogue)
    return compiled.getvalue()


if __name__ == "__main__":
    PO.with_suffix(".mo").write_bytes(compiled())
