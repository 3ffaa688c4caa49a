"""The document that every view lays out: sections of a few kinds of block, all strings clean and plain."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Cited:
    """A sentence and the provision it rests on (``""`` if none)."""

    text: str
    cite: str = ""


@dataclass(frozen=True, slots=True)
class Items:
    """A list of sentences under a heading (``""`` for none)."""

    heading: str
    items: tuple[Cited, ...]
    is_detail: bool = False
    type: str = "items"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels and values."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    is_detail: bool = False
    type: str = "pairs"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``lead`` columns name the row, ``numeric`` are right-aligned, ``widths`` are relative.

    ``note`` stands below the heading. Of all blocks: ``is_detail`` ones are left out of a short view.
    """

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[int, ...] = ()
    lead: int = 1
    note: str = ""
    is_detail: bool = False
    type: str = "table"


@dataclass(frozen=True, slots=True)
class Steps(Table):
    """A table of the steps to an instrument: state, step, authority, provision, time, why."""


@dataclass(frozen=True, slots=True)
class Node:
    """A condition of a rule, the answer it got, and the conditions inside it."""

    text: str
    truth: str
    children: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """How one provision was decided."""

    id: str
    title: str
    outcome: str
    notes: tuple[Cited, ...]
    because: Node | None


@dataclass(frozen=True, slots=True)
class Trace:
    """How each provision of one order was decided; left out of terminal and Markdown."""

    rules: tuple[Rule, ...]
    heading: str = ""
    is_detail: bool = True
    type: str = "trace"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of our own as SVG, with what it shows in words; left out of terminal and Markdown."""

    heading: str
    svg: str
    alt: str
    caption: str = ""
    is_detail: bool = False
    type: str = "picture"


Block = Items | Pairs | Table | Trace | Picture


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its blocks and subsections; ``verdict`` is the id of one, or ``""``.

    ``is_detail`` sections are left out of a short view.
    """

    id: str
    title: str
    blocks: tuple[Block, ...]
    sections: tuple[Section, ...] = ()
    summary: str = ""
    verdict: str = ""
    verdict_words: str = ""
    contested: bool = False
    is_detail: bool = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The verdict of one order, for the table that opens every view."""

    order: str
    verdict: str
    verdict_words: str
    contested: bool
    summary: str


@dataclass(frozen=True, slots=True)
class Brief:
    """Everything a view shows. All strings are one line, cleaned, without markup."""

    title: str
    header: str
    asked: str
    date: str
    place: str
    answers: tuple[Answer, ...]
    key: tuple[tuple[str, str], ...]
    reasons: tuple[Cited, ...]
    map_caption: str
    map_alt: str
    sections: tuple[Section, ...]
    disclaimer: str
    version: str
