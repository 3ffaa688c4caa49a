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
    about: str = ""
    type: str = "items"


@dataclass(frozen=True, slots=True)
class Pairs:
    """Labels and values."""

    heading: str
    rows: tuple[tuple[str, str], ...]
    is_detail: bool = False
    about: str = ""
    type: str = "pairs"


@dataclass(frozen=True, slots=True)
class Table:
    """A table; ``lead`` columns name the row, ``numeric`` are right-aligned, ``widths`` are relative.

    ``note`` stands below the heading. Of all blocks: ``is_detail`` ones are left out of a short view;
    ``about`` says what part of an opinion one is, for profiles (``reasons``, ``paths``, ``traces``).
    """

    heading: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    widths: tuple[float, ...]
    numeric: tuple[int, ...] = ()
    lead: int = 1
    note: str = ""
    is_detail: bool = False
    about: str = ""
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
    """How each provision of one order was decided; left out of terminal and Markdown.

    ``considered`` lists by outcome the provisions that had no part in the answer.
    """

    rules: tuple[Rule, ...]
    considered: tuple[Items, ...] = ()
    heading: str = ""
    is_detail: bool = True
    about: str = "traces"
    type: str = "trace"


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing of our own as SVG, with what it shows in words; left out of terminal and Markdown."""

    heading: str
    svg: str
    alt: str
    caption: str = ""
    is_detail: bool = False
    about: str = ""
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
    """Everything a view shows. All strings are one line, cleaned, without markup.

    ``labels`` are the words of the layout itself, by name; ``site`` is the name of the site where the title
    is another. ``left_out`` says what a profile leaves away.
    """

    title: str
    site: str
    header: str
    author: str
    byline: str
    asked: str
    date: str
    place: str
    answers: tuple[Answer, ...]
    key: tuple[tuple[str, str], ...]
    reasons: tuple[Cited, ...]
    changes: tuple[Cited, ...]
    map_caption: str
    map_alt: str
    sections: tuple[Section, ...]
    left_out: str
    disclaimer: str
    version: str
    language: str
    labels: dict[str, str]
