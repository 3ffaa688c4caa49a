"""How the rules hang together: what overrides what, and who uses the terms that others define.

Written as Mermaid or as DOT. Drawing either as SVG takes a layout engine (Graphviz, a browser) that is no
Python package, so none is bundled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from seabed.law.rules import Rule, RuleBook


@dataclass(frozen=True, slots=True)
class Edge:
    """From the rule that prevails, or defines, to the rule that yields, or uses the term."""

    source: str
    target: str
    label: str
    is_override: bool


def edges(book: RuleBook, order: str | None = None) -> list[Edge]:
    """List the overrides and the uses of defined terms of one order, or of all."""
    rules = list(book.rules(order))
    defines: dict[tuple[str, str], list[str]] = {}
    for rule in rules:
        if rule.then.fact:
            defines.setdefault((rule.order, rule.then.fact), []).append(rule.id)
    found = [
        Edge(r.id, o.rule, o.as_.replace("_", "-"), is_override=True) for r in rules for o in r.overrides
    ]
    found += [
        Edge(source, rule.id, fact, is_override=False)
        for rule in rules
        for fact in sorted(rule.facts)
        for source in defines.get((rule.order, fact), ())
    ]
    return found


def as_mermaid(found: Sequence[Edge], book: RuleBook) -> str:
    """Write a Mermaid flow chart: solid arrows override, dotted ones define."""
    lines = ["flowchart LR"]
    for order, rules in _nodes(found, book):
        lines.append(f'  subgraph {order}["{_quoted(book.orders[order].name.en, "#quot;")}"]')
        lines += [f'    {_name(r.id)}["{_quoted(r.cite, "#quot;")}<br/>{r.id}"]' for r in rules]
        lines.append("  end")
    lines += [
        f'  {_name(e.source)} {"-->" if e.is_override else "-.->"}|"{e.label}"| {_name(e.target)}'
        for e in found
    ]
    return "\n".join(lines)


def as_dot(found: Sequence[Edge], book: RuleBook) -> str:
    """Write a Graphviz digraph: solid arrows override, dotted ones define."""
    lines = ["digraph rules {", "  rankdir=LR;", "  node [shape=box];"]
    for order, rules in _nodes(found, book):
        label = _quoted(book.orders[order].name.en, '\\"')
        lines += [f'  subgraph "cluster_{order}" {{', f'    label="{label}";']
        lines += [f'    "{r.id}" [label="{_quoted(r.cite, chr(92) + chr(34))}\\n{r.id}"];' for r in rules]
        lines.append("  }")
    lines += [
        f'  "{e.source}" -> "{e.target}" [label="{e.label}"{"" if e.is_override else ", style=dotted"}];'
        for e in found
    ]
    return "\n".join([*lines, "}"])


def _nodes(found: Iterable[Edge], book: RuleBook) -> Iterator[tuple[str, list[Rule]]]:
    used = {name for edge in found for name in (edge.source, edge.target)}
    for order in book.modelled_orders:
        rules = [rule for rule in book.rules(order) if rule.id in used]
        if rules:
            yield order, rules


def _name(rule_id: str) -> str:
    """Return an id that Mermaid takes: it would read dots and hyphens as syntax."""
    return rule_id.replace(".", "__").replace("-", "_")


def _quoted(text: str, quote: str) -> str:
    return text.replace('"', quote)
