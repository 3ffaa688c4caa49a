"""Lines of at most so many columns, for a terminal, in scripts that break at spaces and in Chinese."""

from __future__ import annotations

import re
import textwrap
import unicodedata

#: Chinese breaks between any two characters, but no line begins with closing marks or ends with opening ones.
_CLOSING = "，。、；：？！）》〉」』】”’…"
_OPENING = "（《〈「『【“‘"
_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef"
_PIECE = re.compile(
    rf"\s+|[{_OPENING}]*(?:[^\s{_WIDE}{_OPENING}{_CLOSING}]+|[{_WIDE}])?[{_CLOSING}]*|.", re.DOTALL
)


def columns(text: str) -> int:
    """Return the columns that a text takes in a terminal (Unicode TR 11): wide characters take two."""
    if text.isascii():
        return len(text)
    return sum(
        0
        if unicodedata.category(c) in {"Mn", "Me", "Cf"}
        else 2
        if unicodedata.east_asian_width(c) in "WF"
        else 1
        for c in text
    )


def wrapped(
    text: str, width: int, first: str = "", rest: str = "", *, hyphens: bool = False, whole: bool = True
) -> list[str]:
    """Return a text in lines of at most ``width`` columns.

    ``first`` and ``rest`` begin the first and the other lines. With ``hyphens`` a line may end at one. Words
    that are longer than a line are left ``whole``, or broken.
    """
    if whole and not re.search(f"[{_WIDE}]", text):
        return textwrap.wrap(
            text,
            width,
            initial_indent=first,
            subsequent_indent=rest,
            break_long_words=False,
            break_on_hyphens=hyphens,
        )
    lines: list[str] = []
    line = first
    is_empty = True
    for piece in filter(None, _PIECE.findall(text)):
        if piece.isspace():
            line += "" if is_empty else " "
            continue
        if not is_empty and columns(line) + columns(piece) > width:
            lines.append(line.rstrip())
            line = rest
        for part in [piece] if whole else _broken(piece, width - columns(line)):
            if part is not piece and line not in (first, rest):
                lines.append(line)
                line = rest
            line += part
        is_empty = False
    return [] if is_empty else [*lines, line.rstrip()]


def _broken(word: str, room: int) -> list[str]:
    parts, used = [""], 0
    for character in word:
        size = columns(character)
        if used + size > room and parts[-1]:
            parts, used = [*parts, ""], 0
        parts[-1] += character
        used += size
    return parts if len(parts) > 1 else [word]
