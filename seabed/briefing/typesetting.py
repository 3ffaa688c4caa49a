"""How data that run through a text are written for people: days, units, shares and names of layers.

Registers, bases and notes write days as 2026-11-22 and areas in km2, as their files do; a reader gets
22 November 2026 and km².
"""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, TypeVar

from seabed.briefing.words import date_text
from seabed.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping

_T = TypeVar("_T")

_DAY = re.compile(
    r"(?<![A-Za-z0-9.:/_-])(?:19|20)\d\d-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12]\d|3[01]))?(?![A-Za-z0-9_-])"
)
_SQUARE = re.compile(r"(?<![A-Za-z])([ck]?m)2(?![A-Za-z0-9])")
_SHARE = re.compile(r"(?<=\d) %")
#: A stop that a text brought along into a list of texts; an abbreviation has fewer small letters before it.
_STOP_IN_LIST = re.compile(r"(?<=[a-z]{4})\.(?=;)")

#: The layer's part of a feature's id, as a block has it: isa:NORI-C.
_LAYER = re.compile(r"(?<![A-Za-z0-9:-])(?:isa|us):(?=[A-Z])")

#: What is the user's own or no text at all.
_AS_IT_IS = {
    *("title", "site", "header", "author", "byline"),
    *("id", "svg", "days", "labels", "version", "language", "type", "about"),
}


def typeset(document: _T, layers: Mapping[str, str] | None = None, *, are_blocks_bare: bool = False) -> _T:
    """Return a document (of dataclasses) whose texts write data as people do, in the language being spoken.

    ``layers`` are the titles of layers by their ids; a text that names an id gets the title. A block is
    ``NORI-C`` where ``are_blocks_bare``, else ``isa:NORI-C``, by which it can be asked for.
    """
    named = {name: title for name, title in (layers or {}).items() if "_" in name}
    ids = (
        re.compile(rf"(?<![A-Za-z0-9_(:])({'|'.join(map(re.escape, named))})(?![A-Za-z0-9_])")
        if named
        else None
    )

    def written(text: str) -> str:
        text = _DAY.sub(lambda match: date_text(match[0]), text)
        text = _STOP_IN_LIST.sub("", _SHARE.sub("%", _SQUARE.sub(r"\1²", text)))
        if are_blocks_bare:
            text = _LAYER.sub("", text)
        return ids.sub(lambda match: _("“{name}”").format(name=named[match[0]]), text) if ids else text

    def walked(value: Any) -> Any:  # noqa: ANN401 - any part of a document
        if isinstance(value, str):
            return written(value)
        if isinstance(value, tuple):
            return tuple(map(walked, value))
        if dataclasses.is_dataclass(value) and not isinstance(value, type):
            names = {field.name for field in dataclasses.fields(value)} - _AS_IT_IS
            return dataclasses.replace(value, **{name: walked(getattr(value, name)) for name in names})
        return value

    return walked(document)  # type: ignore[no-any-return]
