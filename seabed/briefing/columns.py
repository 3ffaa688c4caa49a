"""How tables stand side by side: without columns that say nothing, each as wide as its texts need."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import east_asian_width

from seabed.briefing.document import Table
from seabed.briefing.words import NONE

if TYPE_CHECKING:
    from collections.abc import Sequence

_T = TypeVar("_T")

#: Letters of a table that stand side by side on an A4 page.
_PAGE_LETTERS = 105
#: Longest word that a column must hold in one piece; a longer one may break.
_LONGEST_WORD = 22
#: A run without a place to break: Chinese breaks anywhere, other text after a space or a hyphen.
_WORD = re.compile(r"[^\s\u2e80-\uffef-]+-?|[\u2e80-\uffef]")
#: Longest text that a column holds in one line, as far as that leaves room: a name, a date, a quantity.
_SHORT = (18, 14, 10, 0)
#: The share of the page that may be taken so.
_MOST_KEPT = 0.8


def fitted(document: _T) -> _T:
    """Return a document (of dataclasses) whose tables are fit to be laid out side by side.

    A column in which every cell is a dash goes, unless it names the row or its table is one of verdicts; the
    others get widths by `widths_of`. What a terminal shows row by row needs neither.
    """
    return _fitted(document)  # type: ignore[no-any-return]


def _fitted(value: Any) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(value, Table):
        return _table(value)
    if isinstance(value, tuple):
        return tuple(map(_fitted, value))
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = (field.name for field in dataclasses.fields(value))
        return dataclasses.replace(value, **{name: _fitted(getattr(value, name)) for name in names})
    return value


def _table(table: Table) -> Table:
    if table.type != "table" or not table.rows:
        return table
    kept = [
        column
        for column in range(len(table.head))
        if column < table.lead or any(row[column] != NONE for row in table.rows)
    ]
    head, *rows = (tuple(row[column] for column in kept) for row in (table.head, *table.rows))
    return dataclasses.replace(
        table,
        head=head,
        rows=tuple(rows),
        widths=widths_of((head, *rows)),
        numeric=tuple(kept.index(column) for column in table.numeric if column in kept),
    )


def widths_of(rows: Sequence[Sequence[str]]) -> tuple[float, ...]:
    """Return widths in letters with which rows are as low as can be on a page; ``rows[0]`` is the head.

    Each column holds its longest word and, while there is room, its short texts in one line. Then each letter
    left goes where it takes most from the height of the rows, which is that of their tallest cell.
    """
    sizes_of = [[_width(cell) for cell in row] for row in rows]
    words = [max(map(_longest_word, column)) + 2 for column in zip(*rows, strict=True)]
    columns = list(zip(*sizes_of[1:], strict=True)) or [() for _title in rows[0]]
    for short in _SHORT:
        least = [
            max(low, 2 + max((size for size in column if size <= short), default=0))
            for low, column in zip(words, columns, strict=True)
        ]
        if sum(least) <= _MOST_KEPT * _PAGE_LETTERS:
            break
    widths = least
    for _letter in range(_PAGE_LETTERS - sum(widths)):
        gains = [0.0] * len(widths)
        for sizes in sizes_of:
            height, tallest = max(
                (size / (width - 1), at) for at, (size, width) in enumerate(zip(sizes, widths, strict=True))
            )
            if height > 1:
                gains[tallest] += height / widths[tallest]
        best = max(range(len(widths)), key=gains.__getitem__)
        if not gains[best]:
            break
        widths[best] += 1
    left = max(_PAGE_LETTERS - sum(widths), 0)
    return tuple(width + left * width / sum(widths) for width in widths)


def _longest_word(text: str) -> int:
    return min(max(map(_width, _WORD.findall(text)), default=0), _LONGEST_WORD)


def _width(text: str) -> int:
    """Return how many letters wide a text is; a Chinese character is as wide as two."""
    return sum(2 if east_asian_width(character) in "WF" else 1 for character in text)
