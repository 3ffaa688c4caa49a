"""Why a rule came out as it did: one frozen tree, rendered as plain data or as indented text.

The tree also shows the exceptions that did not fire.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from seabed.law.logic import All, AnyOf, Condition, Facts, Is, Missing, Not, Truth, evaluate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from seabed.law.engine import Outcome, Run
    from seabed.law.logic import Value
    from seabed.law.rules import FactDeclaration, Rule


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


def trace_rules(run: Run, declared: Mapping[str, FactDeclaration]) -> tuple[RuleTrace, ...]:
    """Trace every rule of a run, those that hold first; facts are put as the questions they answer."""
    rank = {"holds": 0, "defeated": 1, "contingent": 2, "unknown": 3, "fails": 4, "not_applicable": 5}
    traces = [_trace(outcome, run, declared) for outcome in run.outcomes.values()]
    return tuple(sorted(traces, key=lambda t: (rank[t.outcome], t.rule)))


def _trace(outcome: Outcome, run: Run, declared: Mapping[str, FactDeclaration]) -> RuleTrace:
    rule = outcome.rule
    condition = All(tuple(c for c in (rule.applies, rule.when) if c != All(())))
    because = explain(condition.terms[0] if len(condition.terms) == 1 else condition, run.facts, declared)
    return RuleTrace(
        rule=rule.id,
        cite=rule.cite,
        title=rule.title.en,
        effect=rule.then.effect.value,
        outcome=outcome.status.value,
        because=because if condition.terms else None,
        exceptions=tuple(
            (name, _why(run.outcomes[name].rule, rule.id), truth.value) for name, truth in outcome.exceptions
        ),
    )


def _why(overrider: Rule, overridden: str) -> str:
    return next(f"{o.as_}: {o.why}" for o in overrider.overrides if o.rule == overridden)


def explain(condition: Condition, facts: Facts, declared: Mapping[str, FactDeclaration]) -> Reason:
    """Return a condition as a tree of reasons with the truth of each."""
    truth = evaluate(condition, facts)
    match condition:
        case Is(fact, values):
            answer = _shown(facts.get(fact, Missing.NOT_ASKED))
            wanted = " or ".join(sorted(_shown(value) for value in values))
            wanted = "" if answer == wanted else f" (the rule looks for: {wanted})"
            return Reason(
                "fact", f"{declared[fact].question.en} {answer[0].upper()}{answer[1:]}{wanted}", truth
            )
        case All(terms) | AnyOf(terms):
            op = "all" if isinstance(condition, All) else "any"
            return Reason(op, str(condition), truth, tuple(explain(term, facts, declared) for term in terms))
        case Not(term):
            return Reason("not", str(condition), truth, (explain(term, facts, declared),))


def _shown(value: Value | Missing) -> str:
    if isinstance(value, Missing):
        return value.value
    return ("yes" if value else "no") if isinstance(value, bool) else value.replace("_", " ")


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


def as_text(traces: Iterable[RuleTrace]) -> str:
    """Render traces as an indented tree."""
    return "\n".join(line for trace in traces for line in _lines(trace))


def _lines(trace: RuleTrace) -> Iterator[str]:
    yield f"[{trace.outcome}] {trace.cite}: {trace.title}"
    if trace.because:
        yield from _reason_lines(trace.because, 1)
    for rule, why, outcome in trace.exceptions:
        yield f"  exception {rule} ({why}): {outcome}"


def _reason_lines(reason: Reason, depth: int) -> Iterator[str]:
    yield f"{'  ' * depth}{reason.truth.value:8}{reason.text}"
    for child in reason.children:
        yield from _reason_lines(child, depth + 1)
