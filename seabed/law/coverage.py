"""What the rules model, leave out and call disputed, as one page of Markdown made from the data."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

from seabed.law.cases import load_rule_cases, load_scenarios
from seabed.law.cites import Found, cites_in_rules, find, load_cite_index, parse_cite
from seabed.law.engine import VERDICT_EFFECTS
from seabed.law.rules import load_rulebook
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from seabed.law.cites import Citation, CiteIndex
    from seabed.law.rules import InstrumentFile, RuleBook

_HEAD = """\
# What the rules cover

Made from the data by `seabed rules coverage > rules/COVERAGE.md`; a test says when it is out of date. A
provision counts as cited if a rule, a position, a path or a gap points at it or into it: that is not yet all
it says. What a file leaves out stands under "Not modelled"; a brief quotes what matters to its site.
"""


def coverage() -> str:
    """Return ``rules/COVERAGE.md`` as the data would have it."""
    book, index = load_rulebook(), load_cite_index()
    cites = [c for _, cite in cites_in_rules() for c in parse_cite(cite, index)]
    parts = (
        [_HEAD],
        ["## In figures", ""],
        _figures(book),
        _without_rules(book),
        *(_order(order, book) for order in book.modelled_orders),
        _existing(cites, index),
        _without_text(cites, index),
        _registers(data_dir("rules") / "registers"),
    )
    return "\n".join(line for part in parts for line in part) + "\n"


def _figures(book: RuleBook) -> Iterator[str]:
    cases = Counter(case.rule.split(".")[0] for case in load_rule_cases())
    scenarios = Counter(scenario.order for scenario in load_scenarios())
    rows = []
    for order in book.modelled_orders:
        rules = list(book.rules(order))
        rows.append(
            (
                book.orders[order].name.en,
                len([file for file in book.files if file.order == order]),
                len(rules),
                len({rule.cite for rule in rules}),
                sum(rule.then.effect in VERDICT_EFFECTS for rule in rules),
                sum(rule.contested is not None for rule in rules),
                sum(len(file.not_modelled) for file in book.files if file.order == order),
                cases[order],
                scenarios[order],
            )
        )
    totals = [sum(row[column] for row in rows) for column in range(1, 9)]  # type: ignore[misc]
    yield from _table(
        (
            "Order",
            "Instruments",
            "Rules",
            "Provisions",
            "Move a verdict",
            "Contested",
            "Gaps named",
            "Cases",
            "Scenarios",
        ),
        [*rows, ("**All**", *totals)],
    )


def _without_rules(book: RuleBook) -> Iterator[str]:
    names = [f"{o.name.en} (`{key}`)" for key, o in book.orders.items() if key not in book.modelled_orders]
    if names:
        yield from ("", f"Named, without rules yet: {', '.join(names)}. An answer says so for each.")


def _order(order: str, book: RuleBook) -> Iterator[str]:
    files = [file for file in book.files if file.order == order]
    yield from ("", f"## {book.orders[order].name.en} (`{order}`)", "")
    yield from _table(
        ("Instrument", "File", "In force", "Rules", "Provisions", "Contested", "Last checked against"),
        [
            (
                file.title.en,
                f"`{order}/{file.instrument}.yaml`",
                _period(file),
                len(file.rules),
                len({rule.cite for rule in file.rules}),
                sum(rule.contested is not None for rule in file.rules),
                f"`{file.verified.against}`, {file.verified.on}",
            )
            for file in files
        ],
    )
    contested = [rule for file in files for rule in file.rules if rule.contested]
    if contested:
        yield from ("", "### Contested", "")
        for rule in contested:
            assert rule.contested is not None  # noqa: S101 - filtered above
            holders = " / ".join("; ".join(side.holders) for side in rule.contested.positions)
            yield f"- {rule.contested.question.en} `{rule.id}`, {rule.cite}. Held by: {holders}."
    gaps = [gap for file in files for gap in file.not_modelled]
    if gaps:
        yield from ("", "### Not modelled", "")
        yield from (f"- {gap.cite}: {gap.what}." for gap in gaps)


def _period(file: InstrumentFile) -> str:
    end = f" to {file.in_force.to}" if file.in_force.to else ""
    return f"from {file.in_force.from_}{end}"


def _existing(cites: Iterable[Citation], index: CiteIndex) -> Iterator[str]:
    """Say how many of an instrument's articles or sections are cited at all."""
    cited: dict[str, set[tuple[str, ...]]] = {}
    for citation in cites:
        if citation.instrument and find(citation, index) is Found.EXISTS:
            found = cited.setdefault(citation.instrument, set())
            for pinpoint in citation.pinpoints:
                found |= _heads(pinpoint.first, pinpoint.last, citation.instrument, index)
    yield from ("", "## Provisions cited, of those that exist", "")
    yield from _table(
        ("Instrument", "Text in hand", "Articles, sections or paragraphs", "Cited"),
        [
            (name, entry.text, len(_all_heads(name, index)), len(cited.get(name, set())))
            for name, entry in index.items()
        ],
    )


def _all_heads(name: str, index: CiteIndex) -> list[tuple[str, ...]]:
    """List an instrument's articles or sections: of annexes and of parts of the CFR, those within."""
    heads: list[tuple[str, ...]] = []
    for label, below in index[name].provisions.items():
        nested = label.startswith("annex") or name == "15 CFR"
        heads += [(label, inner) for inner in below] if nested and below else [(label,)]
    return heads


def _heads(
    first: tuple[str, ...], last: tuple[str, ...] | None, name: str, index: CiteIndex
) -> set[tuple[str, ...]]:
    heads = _all_heads(name, index)
    ends = [next((h for h in heads if place[: len(h)] == h), None) for place in (first, last or first)]
    if ends[0] is None or ends[1] is None:
        return set()
    return set(heads[heads.index(ends[0]) : heads.index(ends[1]) + 1])


def _without_text(cites: Sequence[Citation], index: CiteIndex) -> Iterator[str]:
    results = Counter(find(citation, index) for citation in cites)
    yield from ("", "## Citations", "")
    yield (
        f"{results[Found.EXISTS]} citations were found in the index of what exists "
        f"(`rules/cite_index.yaml`), {results[Found.MISSING]} were not. {results[Found.NO_TEXT]} point to "
        "something whose text was not in hand when the index was made:"
    )
    yield ""
    works = Counter(_work(c.text) for c in cites if find(c, index) is Found.NO_TEXT)
    for work, number in sorted(works.items(), key=lambda item: item[0].casefold()):
        yield f"- {work}{f' ({number} citations)' if number > 1 else ''}"


def _work(cite: str) -> str:
    """Return what a citation is of, without the place in it; for the U.S. Code and the CFR all of it."""
    if re.match(r"\d+ (?:U\.S\.C\.|CFR)", cite):
        return cite
    return re.split(r",?\s(?:(?:[Aa]rts?|ss?|[Rr]egs?|paras?|[Rr]ules?)\.|§|[Aa]nnex\b|[Pp]arts?\s)", cite)[0]


def _registers(folder: Path) -> Iterator[str]:
    yield from ("", "## Registers", "")
    yield from _table(
        ("Register", "Entries", "What it is and when it was made"),
        [
            (f"`{path.name}`", _entries(read_yaml(path)), _about(path))
            for path in sorted(folder.glob("*.yaml"))
        ],
    )


def _entries(data: Any) -> int:  # noqa: ANN401 - registers have shapes of their own
    """Count what a register lists: its items, or those under ``states``, or its keys."""
    if isinstance(data, dict) and isinstance(data.get("states"), dict):
        return len(data["states"])
    groups = list(data.values()) if isinstance(data, dict) else []
    if groups and all(isinstance(group, dict) and isinstance(group.get("states"), list) for group in groups):
        return sum(len(group["states"]) for group in groups)
    return len(data)


def _about(path: Path) -> str:
    """Return the comment at the head of a register, up to its second full stop."""
    lines = []
    for line in path.read_text(encoding="utf-8").splitlines():
        if not line.startswith("#") or line.strip() == "#":
            break
        lines.append(line.lstrip("# ").strip())
    sentences = re.split(r"(?<=[.])\s+(?=[A-Z])", " ".join(lines))
    return " ".join(sentences[:2])


def _table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    yield f"| {' | '.join(head)} |"
    yield f"|{'|'.join('---' for _ in head)}|"
    for row in rows:
        yield f"| {' | '.join(str(cell).replace('|', '/') for cell in row)} |"
