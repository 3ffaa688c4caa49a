"""Citations as lawyers write them, read into pinpoints and looked up in an index of what exists.

``rules/cite_index.yaml`` says which articles, sections and paragraphs each instrument has whose text was
in hand (``tests/law/build_cite_index.py`` makes it). A citation of anything else is kept as it stands and
counted as one without a text; a pinpoint that the index does not have is an error in the rules.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Any

from seabed.errors import RuleError
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Tree = dict[str, "Tree"]
Place = tuple[str, ...]  # ("137", "1"); ("annex III", "4", "3"); ("970", "601", "c")


class Found(StrEnum):
    """What became of a citation."""

    EXISTS = "exists"
    MISSING = "missing"  # the text is in hand and has no such place
    NO_TEXT = "no_text"  # nothing to check against


@dataclass(frozen=True, slots=True)
class Pinpoint:
    """One place in an instrument, or all from the first to the last, which stand side by side."""

    first: Place
    last: Place | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """One instrument with its pinpoints; ``instrument`` is None where no text is in hand."""

    text: str
    instrument: str | None
    pinpoints: tuple[Pinpoint, ...] = ()


@dataclass(frozen=True, slots=True)
class Indexed:
    """What exists in one instrument."""

    text: str  # which text it was made from
    covers: tuple[tuple[int, int], ...] | None  # the top-level numbers in hand; None: all there are
    levels: tuple[str, ...]  # kinds of label, outermost first, to tell (i) the letter from (i) the numeral
    provisions: Tree

    def has_text_of(self, place: Place) -> bool:
        """Say whether the text in hand reaches a place."""
        if self.covers is None:
            return True
        number = int((re.match(r"\d+", place[0]) or ["0"])[0])
        return any(first <= number <= last for first, last in self.covers)

    def siblings(self, place: Place) -> list[str]:
        """List the labels beside a place, in the order of the text; none if its parent does not exist."""
        tree = self.provisions
        for label in place[:-1]:
            if label not in tree:
                return []
            tree = tree[label]
        return list(tree)


CiteIndex = dict[str, Indexed]


@cache
def load_cite_index(path: Path | None = None) -> CiteIndex:
    """Read the index of what exists, by the name an instrument is cited by."""
    data = read_yaml(path or data_dir("rules") / "cite_index.yaml")
    return {
        name: Indexed(
            text=entry["text"],
            covers=tuple((first, last) for first, last in entry["covers"]) if "covers" in entry else None,
            levels=tuple(entry["levels"]),
            provisions=_tree(entry["provisions"]),
        )
        for name, entry in data.items()
    }


def _tree(data: dict[str, Any]) -> Tree:
    return {
        str(label): _tree(below) if isinstance(below, dict) else read_outline(below or "")
        for label, below in data.items()
    }


def read_outline(text: str) -> Tree:
    """Read ``1 2(a b(i ii)) 3`` into nested mappings."""
    root: Tree = {}
    stack = [root]
    last = root
    for opens, closes, label in re.findall(r"(\()|(\))|([^\s()]+)", text):
        if opens:
            stack.append(last)
        elif closes:
            stack.pop()
        else:
            last = stack[-1].setdefault(label, {})
    return root


def write_outline(tree: Tree) -> str:
    """Write nested mappings as `read_outline` reads them."""
    return " ".join(f"{label}({write_outline(below)})" if below else label for label, below in tree.items())


# --- Reading a citation -------------------------------------------------------------------------------------

_UNITS = {
    "art.": "art",
    "arts.": "art",
    "reg.": "art",
    "regs.": "art",
    "s.": "section",
    "ss.": "section",
    "para.": "para",
    "paras.": "para",
    "part": "art",
    "parts": "art",
}
_TOKEN = re.compile(
    r"""\s*(?:
      (?P<annexes>annexes\b)
    | [Aa]nnex(?:\s+(?P<annex>[IVX]+|\d)\b)?(?P<is_annex>)
    | (?P<unit>(?:arts?|regs?|paras?|ss?)\.|parts?\b)
    | (?P<number>\d+[a-z]{0,2}(?:\.\d+)?)(?P<below>(?:\([0-9A-Za-z]+\))*)
    | (?P<beside>(?:\([0-9A-Za-z]+\))+)
    | (?P<range>–)
    | (?P<list>,|and\b)
    )""",
    re.VERBOSE,
)
#: What may follow the pinpoints: another version of the text, a date, a remark.
_REMARK = re.compile(r"\s*(?:\((?:[^()]*\s[^()]*)\)|\bbefore\s.*)$")
_PARTS = re.compile(r";(?![^()]*\))")
_LEAD = re.compile(r"^(?:cf\.|see also|see)\s+")


def parse_cite(text: str, index: CiteIndex) -> tuple[Citation, ...]:
    """Read a citation; parts are separated by semicolons, or by naming the next instrument.

    Raises
    ------
    RuleError
        If an instrument of the index is followed by something that is no pinpoint.
    """
    names = re.compile("|".join(rf"(?<!\S){re.escape(name)}(?![\w/])" for name in index))
    found: list[Citation] = []
    for whole in (part.strip() for part in _PARTS.split(text)):
        part = _LEAD.sub("", whole)
        starts = [match.start() for match in names.finditer(part)] if names.match(part) else []
        if not starts:
            found.append(Citation(_REMARK.sub("", part) if part.count("(") == 1 else part, None))
        for start, end in itertools.pairwise([*starts, len(part)]):
            piece = part[start:end].strip(" ,")
            name = names.match(piece)[0]  # type: ignore[index]  # it starts there
            found.append(Citation(piece, name, _Pinpoints(piece, name, index[name].levels).read()))
    return tuple(found)


class _Pinpoints:
    """Reads what follows an instrument's name, from left to right."""

    def __init__(self, cite: str, name: str, levels: tuple[str, ...]) -> None:
        self.cite = cite
        self.rest = _REMARK.sub("", cite[len(name) :])
        self.levels = levels
        self.annex: Place = ()
        self.section: Place = ()
        self.unit = "art"
        self.found: list[Pinpoint] = []
        self.last: Place = ()

    def read(self) -> tuple[Pinpoint, ...]:
        at, in_range = 0, False
        while at < len(self.rest):
            token = _TOKEN.match(self.rest, at)
            if token is None:
                raise RuleError(f"{self.cite}: {self.rest[at:].strip()!r} is no pinpoint")
            at = token.end()
            place = self._place(token)
            if place:
                self._add(place, in_range=in_range)
            in_range = bool(token["range"]) or (in_range and not place)
        return tuple(self.found)

    def _place(self, token: re.Match[str]) -> Place | None:
        """Take one token; return the place it names, if it names one."""
        if token["annexes"]:
            return ("annexes",)
        if token["is_annex"] is not None:
            self.annex = (f"annex {token['annex']}" if token["annex"] else "annex",)
            self.section = ()
            return self.annex if not re.match(r"\s*(?:art|s|para)s?\.", self.rest[token.end() :]) else None
        if token["unit"]:
            self.unit = _UNITS[token["unit"]]
            return None
        if token["number"]:
            place = (*self._base(), *token["number"].split("."))
            if self.unit == "section":
                self.section = place
            return (*place, *_labels(token["below"]))
        if token["beside"]:
            return self._beside(_labels(token["beside"]))
        return None

    def _base(self) -> Place:
        return self.section if self.unit == "para" and self.section else self.annex

    def _beside(self, labels: Place) -> Place:
        """Put labels such as ``(b)`` in the place of the last label of their kind in what came before."""
        if not self.last:
            raise RuleError(f"{self.cite}: ({')('.join(labels)}) stands beside nothing")
        kinds = kinds_along(self.last, self.levels)
        wanted = kinds_of(labels[0])
        depth = next((d for d in range(len(kinds) - 1, 0, -1) if kinds[d] in wanted), None)
        if depth is None:
            raise RuleError(f"{self.cite}: ({labels[0]}) is of no kind that stands before it")
        return (*self.last[:depth], *labels)

    def _add(self, place: Place, *, in_range: bool) -> None:
        self.last = place
        if in_range and self.found:
            self.found[-1] = Pinpoint(self.found[-1].first, place)
        else:
            self.found.append(Pinpoint(place))


def _labels(text: str) -> Place:
    return tuple(re.findall(r"\((\w+)\)", text))


def kinds_of(label: str) -> set[str]:
    """Return the kinds of label that a text could be: ``i`` is a letter and a numeral."""
    if label.isdigit():
        return {"number"}
    case = "lower" if label.islower() else "upper"
    if re.fullmatch("[ivx]+", label.lower()):
        return {f"{case} numeral"} | ({f"{case} letter"} if len(label) == 1 else set())
    return {"doubled letter"} if len(label) == 2 and label[0] == label[1] else {f"{case} letter"}


def kinds_along(place: Place, levels: tuple[str, ...]) -> list[str]:
    """Return the kind of each label of a place, taking the levels in their order."""
    found = ["name"]
    depth = -1
    for label in place[1:]:
        possible = kinds_of(label)
        following = [d for d in range(len(levels)) if levels[d] in possible]
        depth = next((d for d in following if d > depth), following[0] if following else depth)
        found.append(levels[depth] if following else "name")
    return found


# --- Looking it up ------------------------------------------------------------------------------------------


def find(citation: Citation, index: CiteIndex) -> Found:
    """Say whether everything a citation points at exists."""
    if citation.instrument is None:
        return Found.NO_TEXT
    indexed = index[citation.instrument]
    results = {_find_pinpoint(pinpoint, indexed) for pinpoint in citation.pinpoints}
    for result in (Found.MISSING, Found.NO_TEXT):
        if result in results:
            return result
    return Found.EXISTS


def _find_pinpoint(pinpoint: Pinpoint, indexed: Indexed) -> Found:
    first, last = pinpoint.first, pinpoint.last or pinpoint.first
    if not (indexed.has_text_of(first) and indexed.has_text_of(last)):
        return Found.NO_TEXT
    if first == ("annexes",):
        return (
            Found.EXISTS if any(label.startswith("annex") for label in indexed.provisions) else Found.MISSING
        )
    ends = [(place, indexed.siblings(place)) for place in (first, last)]
    if any(place[-1] not in beside for place, beside in ends):
        return Found.MISSING
    if pinpoint.last and len(first) == len(last) and first[:-1] == last[:-1]:
        beside = ends[0][1]
        return Found.EXISTS if beside.index(first[-1]) < beside.index(last[-1]) else Found.MISSING
    return Found.EXISTS if pinpoint.last is None or first < last else Found.MISSING


# --- Every citation in the rules ----------------------------------------------------------------------------

_NOT_LAW = ("registers", "applicants", "scenarios")


def cites_in_rules(root: Path | None = None) -> Iterator[tuple[str, str]]:
    """Iterate over (file, citation) for every ``cite`` and ``cites`` under ``rules/`` but the registers'."""
    root = root or data_dir("rules")
    for path in sorted(root.rglob("*.yaml")):
        parts = path.relative_to(root).parts
        if parts[0] in _NOT_LAW or path.name.endswith(".cases.yaml") or path.name == "cite_index.yaml":
            continue
        for cite in _cites(read_yaml(path)):
            yield "/".join(parts), cite


def _cites(data: Any) -> Iterator[str]:  # noqa: ANN401 - YAML of any shape
    if isinstance(data, list):
        for entry in data:
            yield from _cites(entry)
    elif isinstance(data, dict):
        for key, value in data.items():
            if key in {"cite", "cites"}:
                yield from [value] if isinstance(value, str) else [v for v in value if isinstance(v, str)]
            else:
                yield from _cites(value)
