"""Make rules/cite_index.yaml from a folder of texts: which provisions exist, and nothing of what they say.

    python tests/law/build_cite_index.py FOLDER [OUT]

The texts are no part of the project, and neither the program nor its tests need them. Run it again when a
text is added or changes; it writes on standard error where a list of labels skips one, to be looked at.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seabed.law.cites import Tree, kinds_of, write_outline

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

LETTERS = "abcdefghijklmnopqrstuvwxyz"
TENS = ("", "x", "xx")
ONES = ("", "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix")
ROMAN = [tens + ones for tens in TENS for ones in ONES][1:]
SERIES: dict[str, list[str]] = {
    "number": [str(n) for n in range(1, 100)],
    "lower letter": list(LETTERS),
    "doubled letter": [letter * 2 for letter in LETTERS],
    "upper letter": list(LETTERS.upper()),
    "lower numeral": ROMAN,
    "upper numeral": [numeral.upper() for numeral in ROMAN],
}

TREATY = ("number", "number", "lower letter", "lower numeral", "upper letter")
US_CODE = ("lower letter", "number", "upper letter", "lower numeral", "upper numeral", "doubled letter")
US_REGULATION = ("lower letter", "number", "lower numeral", "upper letter")

#: Words after which a label is a reference to a provision, not its beginning.
_REFERENCE = re.compile(
    r"(?:paragraphs?|subparagraphs?|sections?|subsections?|clauses?|articles?|regulations?|annex|§§?|[\d)])"
    r"\s*(?:\(\w+\)\s*(?:,|–|-|and|or|to|through)?\s*)*$",
    re.IGNORECASE,
)
#: What stands before a label within a line that begins a provision.
_BREAK = re.compile(r"(?:[;,.:—–-]|\b(?:and|or))\s*$")
_MARK = re.compile(
    r"(?P<number>(?<![\w.(])\d{1,2}\.(?=\s|$))|\((?P<label>[0-9]{1,2}|[a-zA-Z]|([a-z])\3|[ivx]{2,5}|[IVX]{2,5})\)"
)


@dataclass(frozen=True)
class Mark:
    """A label that may begin a provision."""

    label: str
    kinds: frozenset[str]
    at_line_start: bool
    may_begin_list: bool
    is_heading: bool = False


def marks_in(text: str) -> Iterator[Mark]:
    """Find the labels at the beginning of lines, and those within a line that may begin a provision."""
    for raw in text.splitlines():
        line = raw.lstrip("# ").strip()
        is_heading = raw.startswith("#")
        at_line_start = True
        expected = 0  # where a chain of labels such as "6. (a) (i)" goes on
        for match in _MARK.finditer(line):
            before, after = line[: match.start()], line[match.end() :]
            chained = match.start() == expected
            dotted = match["number"] is not None
            if (dotted and not chained) or re.match(r"\s*of (?:this|the|section)\b", after):
                continue
            if not chained and (_REFERENCE.search(before) or not _BREAK.search(before)):
                continue
            at_line_start = at_line_start and chained
            expected = match.end() + len(after) - len(after.lstrip())
            label = match["label"] or match["number"].rstrip(".")
            yield Mark(
                label,
                frozenset(kinds_of(label)) | ({"dotted"} if dotted else set()),
                at_line_start,
                may_begin_list=chained or bool(re.search(r"[:;—–.]\s*$", before)),
                is_heading=is_heading,
            )


class Outline:
    """Nests labels by their kind and by what comes next in each list."""

    def __init__(self, levels: tuple[str, ...]) -> None:
        self.levels = levels
        self.root: Tree = {}
        self.stack: list[tuple[int, str, Tree]] = []  # level, label, what is below

    def _options(self, mark: Mark) -> list[tuple[int, bool]]:
        """List the levels a label can stand on, and whether it is the next of a list begun there."""
        found: list[tuple[int, bool]] = []
        for level, kind in enumerate(self.levels):
            if kind not in mark.kinds:
                continue
            if (
                kind == "number"
                and self.levels.count("number") > 1
                and (level == 0) != ("dotted" in mark.kinds)
            ):
                continue  # a treaty's paragraphs are "1.", its enumerations "(1)"
            open_label = next((label for at, label, _ in self.stack if at == level), None)
            series = SERIES[kind]
            follows = open_label is not None and mark.label == series[series.index(open_label) + 1]
            found.append((level, follows))
        return found

    def add(self, mark: Mark, following: Mark | None) -> None:
        """Put a label where it belongs; leave out what is only mentioned."""
        options = self._options(mark)
        follows = [level for level, is_next in options if is_next]
        begins = [level for level, _ in options if mark.label == SERIES[self.levels[level]][0]]
        deepest = self.stack[-1][0] if self.stack else -1
        begins = [level for level in begins if level > deepest]
        if mark.is_heading and any(self._seen(level, mark.label) for level, _ in options):
            return
        if follows and begins:  # (i) after (h), or the first of a list below it
            level = begins[0] if following and following.label in {"ii", "II"} else follows[-1]
        elif follows:
            level = follows[-1]
        elif begins and (mark.at_line_start or mark.may_begin_list or self._goes_on(begins[0], following)):
            level = begins[0]
        elif mark.at_line_start and options:
            level = self._skipped(mark, options)
        else:
            return
        self._put(level, mark.label)

    def _goes_on(self, level: int, following: Mark | None) -> bool:
        return following is not None and following.label == SERIES[self.levels[level]][1]

    def _skipped(self, mark: Mark, options: list[tuple[int, bool]]) -> int:
        """Choose the level of a label at the beginning of a line that does not follow its list."""
        for level, _ in reversed(options):
            open_label = next((label for at, label, _ in self.stack if at == level), None)
            series = SERIES[self.levels[level]]
            if open_label and series.index(mark.label) > series.index(open_label):
                return level
        deepest = self.stack[-1][0] if self.stack else -1
        return next((level for level, _ in options if level > deepest), options[-1][0])

    def _seen(self, level: int, label: str) -> bool:
        return label in self._above(level)

    def _above(self, level: int) -> Tree:
        return next((below for at, _, below in reversed(self.stack) if at < level), self.root)

    def _put(self, level: int, label: str) -> None:
        self.stack = [entry for entry in self.stack if entry[0] < level]
        below = self._above(level).setdefault(label, {})
        self.stack.append((level, label, below))


def outline(text: str, levels: tuple[str, ...]) -> Tree:
    """Return the provisions of one article, section or regulation."""
    made = Outline(levels)
    marks = list(marks_in(text))
    for mark, following in zip(marks, [*marks[1:], None], strict=False):
        made.add(mark, following)
    return made.root


def split(text: str, heading: str) -> dict[str, str]:
    """Cut a text at its headings: a pattern with one group, the number; the heading's own line stays."""
    matches = list(re.finditer(heading, text, re.MULTILINE))
    ends = [*(m.start() for m in matches[1:]), len(text)]
    cut: dict[str, str] = {}
    for match, end in zip(matches, ends, strict=True):
        cut[match[1]] = cut.get(match[1], "") + "\n" + text[match.end() : end]
    return cut


def by_heading(text: str, heading: str, levels: tuple[str, ...]) -> Tree:
    """Cut at the headings and outline each piece."""
    return {number: outline(body, levels) for number, body in split(text, heading).items()}


# --- One function an instrument -----------------------------------------------------------------------------


def unclos(articles: str) -> Tree:
    found: Tree = {}
    for key, body in json.loads(articles).items():
        part, number = key.split("|")
        text = re.sub(r"^(i{1,3}|iv|v) - ", r"(\1) ", body, flags=re.MULTILINE)
        place = found if part == "MAIN" else found.setdefault(part.replace("ANNEX", "annex"), {})
        place[number] = outline(text.replace("####", "Heading "), TREATY)
    return found


def agreement_1994(text: str) -> Tree:
    articles, annex = text.split("\nANNEX\n")
    return by_heading(articles, r"^Article (\d+)\.", TREATY) | {
        "annex": by_heading(annex, r"^SECTION (\d+)\.", TREATY)
    }


def isa_regulations(text: str) -> Tree:
    body, *annexes = re.split(r"^Annex (?=(?:[IV]+|\d)\.)", text, flags=re.MULTILINE)
    body = re.sub(r"\n\n(?=regulation \d)", " ", body)
    found = by_heading(body, r"^Regulation (\d+)\.", TREATY)
    for numbered in annexes:
        number, annex = numbered.split(".", 1)
        if number in {"IV", "4"}:
            found[f"annex {number}"] = {
                section: _clauses(section, part)
                for section, part in split(annex, r"^Section (\d+)\.").items()
            }
        elif number == "3":
            found[
                "annex 3"
            ] = {}  # the recitals of the model contract for sulphides are lettered within lines
        else:
            found[f"annex {number}"] = outline(annex, TREATY)
    return found


def _clauses(section: str, text: str) -> Tree:
    """Cut a section of the standard clauses at 10.1, 10.2, …, which follow each other."""
    found: Tree = {}
    pieces = re.split(rf"(?:(?<=\s)|^){section}\.(\d+)(?=\s+[A-Z])", text)
    for number, body in zip(pieces[1::2], pieces[2::2], strict=True):
        if number == str(len(found) + 1):
            found[number] = outline(body, TREATY)
    return found


def bbnj(text: str) -> Tree:
    body, *annexes = re.split(r"^ANNEX (?=[IV]+\b)", text, flags=re.MULTILINE)
    found = by_heading(body, r"^Article (\d+)\s*$", TREATY)
    for annex in annexes:
        found[f"annex {annex.split()[0]}"] = outline(annex, TREATY)
    return found


def advisory_opinion(text: str) -> Tree:
    """Follow the numbers of the paragraphs from 1 on."""
    found: Tree = {}
    at = 0
    while match := re.compile(rf"(?:^|\s){len(found) + 1}\.\s+(?=[A-Z“\"–])").search(text, at):
        found[str(len(found) + 1)] = {}
        at = match.end()
    return found


CHINESE = "一二三四五六七八九十"


def prc_law(text: str) -> Tree:
    """Number paragraphs by their lines, items （一） below; a lone paragraph's items are the article's."""
    found: Tree = {}
    for article, body in split(text, rf"^第([{CHINESE}]+)条").items():
        paragraphs: list[Tree] = []
        for line in filter(None, map(str.strip, body.splitlines())):
            if item := re.match(rf"（([{CHINESE}]+)）", line):
                paragraphs[-1][str(_chinese(item[1]))] = {}
            elif not line.startswith("#"):
                paragraphs.append({})
        found[str(_chinese(article))] = (
            paragraphs[0]
            if len(paragraphs) == 1
            else {str(n): items for n, items in enumerate(paragraphs, 1)}
        )
    return found


def _chinese(numeral: str) -> int:
    tens, _, ones = numeral.rpartition("十")
    if "十" not in numeral:
        return CHINESE.index(numeral) + 1
    return (CHINESE.index(tens) + 1 if tens else 1) * 10 + (CHINESE.index(ones) + 1 if ones else 0)


def us_code(heading: str) -> Callable[[str], Tree]:
    return lambda text: by_heading(text, heading, US_CODE)


def us_regulation(text: str) -> Tree:
    text = text.replace(
        "(4) Upon (i) a", "(4) Upon: (i) a"
    )  # 15 CFR 970.200(e)(4) begins its list in mid-sentence
    return by_heading(text, r"^Section \d+\.(\d+)\.(?=\s+[A-Z])", US_REGULATION)


def executive_order(text: str) -> Tree:
    lines = [line for line in text.splitlines() if not re.match(r"VerDate|\d{5} Federal Register", line)]
    return by_heading(
        "\n".join(lines), r"^Sec(?:tion|\.) (\d+)\.", ("lower letter", "lower numeral", "upper letter")
    )


# --- All of them --------------------------------------------------------------------------------------------

KINDS_TREATY = ["number", "lower letter", "lower numeral", "upper letter"]
KINDS_CODE = list(US_CODE)
KINDS_REGULATION = list(US_REGULATION)


def build(folder: Path) -> dict[str, dict[str, Any]]:
    """Read every text and return the index by the name an instrument is cited by."""

    def read(name: str) -> str:
        return (folder / name).read_text(encoding="utf-8")

    def entry(
        text: str, levels: list[str], provisions: Tree, covers: list[list[int]] | None = None
    ) -> dict[str, Any]:
        return {
            "text": text,
            "levels": levels,
            **({"covers": covers} if covers else {}),
            "provisions": provisions,
        }

    section = us_code(r"^(?:Section|[=#]*\s*§)\s*(\d+[a-z]?)\.")
    title_43 = section(read("us_43usc1301.txt")) | section(read("us_ocsla_43usc1331-1356.txt"))
    return {
        "UNCLOS": entry(
            "UNCLOS, 10 December 1982, with its annexes",
            KINDS_TREATY,
            unclos(read("unclos_1982_articles.json")),
        ),
        "1994 Agreement": entry(
            "Agreement of 28 July 1994 on Part XI",
            KINDS_TREATY,
            agreement_1994(read("agreement_1994_part_xi.txt")),
        ),
        "ISBA/19/C/17": entry(
            "nodules, as amended on 22 July 2013",
            KINDS_TREATY,
            isa_regulations(read("isa_regs_nodules_ISBA-19-C-17.txt")),
        ),
        "ISBA/16/A/12/Rev.1": entry(
            "sulphides, 7 May 2010",
            KINDS_TREATY,
            isa_regulations(read("isa_regs_sulphides_ISBA-16-A-12-Rev1.txt")),
        ),
        "ISBA/18/A/11": entry(
            "crusts, 27 July 2012", KINDS_TREATY, isa_regulations(read("isa_regs_crusts_ISBA-18-A-11.txt"))
        ),
        "AO 2011": entry(
            "ITLOS Case 17, Advisory Opinion of 1 February 2011",
            ["number"],
            advisory_opinion(read("itlos_case17_advisory_opinion_2011.txt")),
        ),
        "BBNJ": entry("BBNJ Agreement, 19 June 2023", KINDS_TREATY, bbnj(read("bbnj_agreement_2023.txt"))),
        "PRC 2016 Law": entry(
            "law of 26 February 2016, Chinese text",
            ["number"],
            prc_law(read("prc_deep_seabed_area_law_2016_zh.md")),
        ),
        "30 U.S.C.": entry(
            "edition of 2023", KINDS_CODE, section(read("us_dshmra_30usc1401-1473.txt")), [[1401, 1473]]
        ),
        "43 U.S.C.": entry("as of April 2023", KINDS_CODE, title_43, [[1301, 1301], [1331, 1356]]),
        "48 U.S.C.": entry("as of April 2023", KINDS_CODE, section(read("us_48usc1705.txt")), [[1705, 1705]]),
        "16 U.S.C.": entry(
            "as of April 2023", KINDS_CODE, section(read("us_16usc1433-1436.txt")), [[1433, 1436]]
        ),
        "54 U.S.C.": entry(
            "as of April 2023", KINDS_CODE, section(read("us_54usc320301.txt")), [[320301, 320301]]
        ),
        "15 CFR": entry(
            "as of 1 July 2026",
            KINDS_REGULATION,
            {"970": us_regulation(read("us_15cfr970.txt")), "971": us_regulation(read("us_15cfr971.txt"))},
            [[970, 971]],
        ),
        "EO 14285": entry(
            "90 FR 17735, 29 April 2025",
            ["lower letter", "lower numeral", "upper letter"],
            executive_order(read("us_eo14285_90FR17735.txt")),
        ),
    }


def gaps(tree: Tree, place: tuple[str, ...] = ()) -> Iterator[str]:
    """Name the lists of labels that skip one."""
    labels = list(tree)
    fits = [series for series in SERIES.values() if all(label in series for label in labels)]
    if (
        place
        and labels
        and "100" not in labels
        and not any(labels == series[: len(labels)] for series in fits)
    ):
        yield f"{' '.join(place)}: {' '.join(labels)}"
    for label, below in tree.items():
        yield from gaps(below, (*place, label))


def rendered(index: dict[str, dict[str, Any]]) -> Iterable[str]:
    """Write the index as YAML, one line a provision."""
    yield "# Which provisions exist in each instrument whose text was in hand, and nothing of what they say."
    yield "# Made by tests/law/build_cite_index.py. 1(a b(i)) stands for 1, 1(a), 1(b) and 1(b)(i)."
    for name, entry in index.items():
        yield f'"{name}":'
        yield f'  text: "{entry["text"]}"'
        yield f"  levels: [{', '.join(entry['levels'])}]"
        if "covers" in entry:
            yield f"  covers: {entry['covers']}"
        yield "  provisions:"
        for label, below in entry["provisions"].items():
            if label.startswith("annex") or name == "15 CFR":
                yield f'    "{label}":'
                yield from (f'      "{inner}": "{write_outline(under)}"' for inner, under in below.items())
            else:
                yield f'    "{label}": "{write_outline(below)}"'


def main(folder: Path, out: Path) -> None:
    index = build(folder)
    for name, entry in index.items():
        for gap in gaps(entry["provisions"]):
            sys.stderr.write(f"{name} {gap}\n")
    out.write_text("\n".join(rendered(index)) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2] if len(sys.argv) > 2 else "rules/cite_index.yaml"))
