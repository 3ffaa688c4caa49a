"""Why a rule came out as it did: one frozen tree, rendered as plain data or as indented text.

The tree also shows the exceptions that did not fire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seabed.language import N_, _, alternatives, aside, pick, plural
from seabed.law.logic import All, AnyOf, Condition, Facts, Is, Missing, Not, Truth, evaluate
from seabed.law.registers import load_registers
from seabed.wrapping import columns, wrapped

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from seabed.law.engine import Outcome, Run
    from seabed.law.logic import Value
    from seabed.law.rules import FactDeclaration, Rule

_LOOKS_FOR = N_("the rule looks for:")


@dataclass(frozen=True, slots=True)
class Reason:
    """A condition with its truth, and the terms it rests on."""

    op: str
    text: str
    truth: Truth
    children: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleTrace:
    """One rule: what it says, what became of it, and why."""

    rule: str
    cite: str
    title: str
    effect: str
    outcome: str
    because: Reason | None
    exceptions: tuple[tuple[str, str, str], ...]  # overriding rule, why it overrides, its truth


def trace_rules(
    run: Run, declared: Mapping[str, FactDeclaration], names: Mapping[str, str]
) -> tuple[RuleTrace, ...]:
    """Trace every rule of a run, those that hold first; facts are put as the questions they answer.

    ``names`` fills the placeholders in titles and must have an answer for each.
    """
    rank = {"holds": 0, "defeated": 1, "contingent": 2, "unknown": 3, "fails": 4, "not_applicable": 5}
    traces = [_trace(outcome, run, declared, names) for outcome in run.outcomes.values()]
    return tuple(sorted(traces, key=lambda t: (rank[t.outcome], t.rule)))


def _trace(
    outcome: Outcome, run: Run, declared: Mapping[str, FactDeclaration], names: Mapping[str, str]
) -> RuleTrace:
    rule = outcome.rule
    condition = All(tuple(c for c in (rule.applies, rule.when) if c != All(())))
    because = explain(condition.terms[0] if len(condition.terms) == 1 else condition, run.facts, declared)
    return RuleTrace(
        rule=rule.id,
        cite=rule.cite,
        title=pick(rule.title).format_map(names),
        effect=rule.then.effect.value,
        outcome=outcome.status.value,
        because=because if condition.terms else None,
        exceptions=tuple(
            (name, _why(run.outcomes[name].rule, rule.id), truth.value) for name, truth in outcome.exceptions
        ),
    )


def _why(overrider: Rule, overridden: str) -> str:
    override = next(o for o in overrider.overrides if o.rule == overridden)
    return _("{kind}: {why}").format(kind=_(override.as_), why=_(override.why))


def explain(condition: Condition, facts: Facts, declared: Mapping[str, FactDeclaration]) -> Reason:
    """Return a condition as a tree of reasons with the truth of each."""
    truth = evaluate(condition, facts)
    match condition:
        case Is(fact, values):
            answer = _shown(facts.get(fact, Missing.NOT_ASKED))
            wanted = alternatives(sorted(_shown(value) for value in values))
            told = f"{pick(declared[fact].question)} {answer[0].upper()}{answer[1:]}"
            looks_for = (
                ""
                if answer == wanted
                else _("{looks_for} {what}").format(looks_for=_(_LOOKS_FOR), what=wanted)
            )
            return Reason("fact", aside(told, looks_for), truth)
        case All(terms) | AnyOf(terms):
            op = "all" if isinstance(condition, All) else "any"
            return Reason(
                op, _(str(condition)), truth, tuple(explain(term, facts, declared) for term in terms)
            )
        case Not(term):
            return Reason("not", _(str(condition)), truth, (explain(term, facts, declared),))


def _shown(value: Value | Missing) -> str:
    if isinstance(value, Missing):
        return _(value.value)
    words = _TRUTHS[str(value).lower()] if isinstance(value, bool) else value
    if words in load_registers().states:
        return load_registers().state_name(words)
    return _(words).replace("_", " ")


def as_data(traces: Iterable[RuleTrace]) -> list[dict[str, Any]]:
    """Render traces as plain data for JSON and templates."""
    return [
        {
            "rule": t.rule,
            "cite": t.cite,
            "title": t.title,
            "effect": t.effect,
            "outcome": t.outcome,
            "because": _reason_data(t.because) if t.because else None,
            "exceptions": [{"rule": r, "why": w, "outcome": o} for r, w, o in t.exceptions],
            "defeated_by": [r for r, _, o in t.exceptions if o == "true"],
        }
        for t in traces
    ]


def _reason_data(reason: Reason) -> dict[str, Any]:
    return {
        "op": reason.op,
        "text": reason.text,
        "truth": reason.truth.value,
        "children": [_reason_data(child) for child in reason.children],
    }


# --- As text ------------------------------------------------------------------------------------------------

_WITHOUT_EFFECT = frozenset({"fails", "not_applicable"})
_OUTCOMES = {
    "holds": N_("HOLDS"),
    "defeated": N_("DEFEATED"),
    "contingent": N_("OPEN"),
    "unknown": N_("OPEN"),
    "fails": N_("fails"),
    "not_applicable": N_("does not apply"),
}
_TRUTHS = {"true": N_("yes"), "false": N_("no"), "unknown": N_("open")}
_OPERATORS = {"all": N_("all of:"), "any": N_("at least one of:"), "not": N_("not:")}


def as_text(
    rules: Sequence[Mapping[str, Any]],
    *,
    first: Sequence[str] = (),
    with_all: bool = False,
    width: int = 100,
) -> str:
    """Render a trace, as `as_data` gives it, as an indented tree.

    Parameters
    ----------
    rules
        The rules of one order, as plain data.
    first
        Ids of the rules that an answer rests on, in their order; they lead, under a heading of their own.
    with_all
        Whether to show the rules without effect too; they are otherwise counted.
    width
        Columns to wrap at.
    """
    by_id = {rule["rule"]: rule for rule in rules}
    shown = [rule for rule in rules if with_all or rule["outcome"] not in _WITHOUT_EFFECT]
    leading = [by_id[name] for name in first if name in by_id]
    others = [rule for rule in shown if rule not in leading]
    lines: list[str] = []
    for heading, group in (
        (_("What the answer rests on"), leading),
        (_("What else was weighed"), [rule for rule in others if rule["effect"] != "defines"]),
        (_("Terms settled on the way"), [rule for rule in others if rule["effect"] == "defines"]),
    ):
        if group:
            lines += ["", heading]
            lines += [line for rule in group for line in ("", *_rule_lines(rule, by_id, width))]
    silent = len(rules) - len({rule["rule"] for rule in (*leading, *others)})
    if silent:
        more = plural(
            "{count} more rules were weighed and have no effect here: --all shows them.",
            "{count} more rules were weighed and have no effect here: --all shows them.",
            silent,
        )
        lines += ["", more.format(count=silent)]
    return "\n".join(lines[1:])


def _rule_lines(rule: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]], width: int) -> Iterator[str]:
    yield from _wrapped(f"[{_(_OUTCOMES[rule['outcome']])}] {_named(rule)}", 2, 4, width)
    yield from _wrapped(aside(rule["rule"], _(rule["effect"])), 4, 4, width)
    if rule["because"]:
        yield from _reason_lines(rule["because"], 4, width)
    for exception in rule["exceptions"]:
        other = by_id.get(exception["rule"])
        fired = {
            "true": _("exception that defeats it: {rule}"),
            "false": _("exception that did not fire: {rule}"),
        }.get(exception["outcome"], _("exception still open: {rule}"))
        named = _named(other) if other else exception["rule"]
        yield from _wrapped(fired.format(rule=named), 4, 6, width)
        yield from _wrapped(aside(exception["rule"], exception["why"].replace("_", "-", 1)), 6, 6, width)
        if other and other["because"]:
            yield from _reason_lines(other["because"], 6, width)


def _named(rule: Mapping[str, Any]) -> str:
    return _("{cite}: {title}").format(cite=rule["cite"], title=rule["title"])


def _reason_lines(reason: Mapping[str, Any], indent: int, width: int) -> Iterator[str]:
    """Show a condition; a list of one is its only term, and lists inside like lists are one list."""
    operator, children = reason["op"], _flat(reason)
    if operator in {"all", "any"} and len(children) == 1:
        yield from _reason_lines(children[0], indent, width)
        return
    if operator == "not" and not children[0]["children"]:
        yield from _wrapped(
            f"{_truth(reason['truth'])}  {_negated(children[0]['text'])}", indent, indent + 6, width
        )
        return
    text = _(_OPERATORS[operator]) if operator in _OPERATORS else reason["text"]
    yield from _wrapped(f"{_truth(reason['truth'])}  {text}", indent, indent + 6, width)
    for child in children:
        yield from _reason_lines(child, indent + 2, width)


def _truth(truth: str) -> str:
    """Return yes, no or open as wide as the widest, so that what follows stands in a column."""
    width = max(columns(_(word)) for word in _TRUTHS.values())
    word = _(_TRUTHS[truth])
    return word + " " * (width - columns(word))


def _negated(text: str) -> str:
    """Say of a fact that the rule looks for another answer than the one its condition names."""
    if _(_LOOKS_FOR) in text:
        return text.replace(_(_LOOKS_FOR), _("the rule looks for: anything but"))
    return aside(text, _("the rule looks for: anything else"))


def _flat(reason: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = []
    for child in reason["children"]:
        alike = child["op"] == reason["op"] and child["op"] in {"all", "any"}
        found += _flat(child) if alike else [child]
    return found


def _wrapped(text: str, indent: int, hanging: int, width: int) -> list[str]:
    return wrapped(text, max(width, 40), " " * indent, " " * hanging)
