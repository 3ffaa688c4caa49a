"""How an opinion is laid out: why, what is asked for, the paths to it, who holds what, and the trace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seabed.briefing import words
from seabed.briefing.document import Block, Cited, Items, Node, Pairs, Rule, Section, Steps, Table, Trace
from seabed.briefing.words import NONE, clean, joined
from seabed.contract import Verdict
from seabed.language import _, alternatives, aside, clauses, listed

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from seabed.contract import Assessment, Contingency, Duty, Instrument, Opinion, Path


def section_of(opinion: Opinion, names: Mapping[str, str]) -> Section:
    """Return the section of one opinion; ``names`` are those of the zones by their ids."""
    return Section(
        id=f"order-{slug(opinion.order)}",
        title=order_name(opinion),
        blocks=tuple(_blocks(opinion, names)),
        summary=clean(opinion.summary),
        verdict=opinion.verdict.value,
        verdict_words=words.verdict(opinion.verdict.value),
        contested=opinion.contested,
    )


def order_name(opinion: Opinion) -> str:
    """Return the name of the order that an opinion is of."""
    return clean(opinion.name) or words.order(opinion.order)


def conflict_blocks(assessment: Assessment) -> Iterator[Block]:
    """Yield one block for each contradiction between two orders."""
    names = {opinion.order: order_name(opinion) for opinion in assessment.opinions}
    for conflict in assessment.conflicts:
        first, *others = (names.get(order) or words.order(order) for order in conflict.orders)
        yield Items(
            _("{order} against {other}: {about}").format(
                order=first, other=listed(others), about=clean(conflict.about)
            ),
            (Cited(clean(conflict.explanation), joined(conflict.cites)),),
        )


def slug(identifier: str) -> str:
    """Return an id that is safe inside an HTML id and a PDF destination."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in identifier)


def _blocks(opinion: Opinion, names: Mapping[str, str]) -> Iterator[Block]:
    is_open = opinion.verdict is Verdict.CONTINGENT
    if opinion.contingent_on:
        yield _contingencies(opinion.contingent_on)
    why = _("Provisions that the open facts decide") if is_open else _("Why")
    yield from _duties("reasons", why, opinion.reasons)
    # A reason that stands under "Why" is not written out again wherever it bars something.
    told = frozenset() if is_open else frozenset(duty.text for duty in opinion.reasons)
    if opinion.instruments:
        yield Table(
            _("Instruments"),
            (
                _("Instrument"),
                _("Authority"),
                _("Provision"),
                _("Held"),
                _("Obtainable here"),
                _("Because"),
            ),
            tuple(_instrument_row(instrument, told) for instrument in opinion.instruments),
            (2.2, 1.8, 2, 1, 1.4, 3.4),
            about="instruments",
        )
    yield from _duties("risks", _("Risks"), opinion.risks)
    breach = _("What follows from acting without authority or in breach")
    yield from _duties("exposure", breach, opinion.exposure)
    yield from (_steps(path, told) for path in opinion.paths)
    if opinion.positions:
        yield _positions(opinion)
    if any((part.verdict, part.summary) != (opinion.verdict, opinion.summary) for part in opinion.by_zone):
        yield _zone_by_zone(opinion, names)
    yield from _duties("rights", _("Rights"), opinion.rights, is_detail=True)
    yield from _duties("obligations", _("Obligations"), opinion.obligations, is_detail=True)
    yield from _duties("context", _("Context"), opinion.notes, is_detail=True)
    if opinion.cites and not opinion.reasons:
        yield Pairs("", ((_("Provisions"), joined(opinion.cites)),), about="reasons")
    yield from _trace(opinion.trace)


def _duties(about: str, heading: str, duties: Sequence[Duty], *, is_detail: bool = False) -> Iterator[Items]:
    if duties:
        cited = tuple(Cited(clean(duty.text), clean(duty.cite)) for duty in duties)
        yield Items(heading, cited, is_detail, about)


def _because(duties: Iterable[Duty], told: Collection[str]) -> str:
    """Put what several provisions say into one cell, each with its cite; what is told before, in a word."""
    said = (
        _("as under “Why”") if duty.text in told else aside(clean(duty.text).rstrip(".。"), clean(duty.cite))
        for duty in duties
    )
    return clauses(said) or NONE


def _instrument_row(instrument: Instrument, told: Collection[str]) -> tuple[str, ...]:
    name = clean(instrument.name) or words.words(instrument.id)
    return (
        aside(name, clean(instrument.ref or "")),
        clean(instrument.authority),
        clean(instrument.cite),
        words.yes_no(instrument.held),
        words.yes_no(instrument.obtainable, _("turns on a fact not known")),
        _because(instrument.why_not, told),
    )


def _steps(path: Path, told: Collection[str]) -> Steps:
    return Steps(
        _("Path: {title}").format(title=clean(path.title)),
        (_("Progress"), _("Step"), _("Authority"), _("Provision"), _("Time"), _("Because")),
        tuple(
            (
                words.step_state(step.state),
                clean(step.title),
                clean(step.authority),
                clean(step.cite),
                clean(step.time or "") or NONE,
                _because(step.why, told),
            )
            for step in path.steps
        ),
        (1.2, 3, 1.6, 2.4, 2, 3),
        lead=2,
        about="paths",
    )


def _positions(opinion: Opinion) -> Table:
    return Table(
        _("Who holds what"),
        (_("Held by"), _("Position"), _("Since"), _("Provision")),
        tuple(
            (
                clauses(words.state(holder) for holder in position.holders),
                clean(position.says),
                words.date_text(position.since or "") or _(words.UNKNOWN),
                clean(position.cite),
            )
            for position in opinion.positions
        ),
        (2.6, 4.6, 1.7, 2.1),
        about="positions",
    )


def _zone_by_zone(opinion: Opinion, names: Mapping[str, str]) -> Table:
    return Table(
        _("Zone by zone"),
        (_("Zones"), _("Share"), _("Verdict"), _("Summary")),
        tuple(
            (
                clauses(names.get(zone) or clean(zone) for zone in part.zones),
                words.share(part.share),
                listed(
                    (
                        words.verdict(part.verdict.value),
                        *([_(words.CONTESTED)] if part.contested else []),
                    )
                ),
                clean(part.summary),
            )
            for part in opinion.by_zone
        ),
        (3, 1, 2.2, 5),
        numeric=(1,),
        lead=3,
        about="zone_by_zone",
    )


def _contingencies(contingencies: Sequence[Contingency]) -> Table:
    return Table(
        _("What would settle it"),
        (_("Not known"), _("What each answer would make of it"), _("Provisions")),
        tuple(
            (
                clean(contingency.question),
                clauses(
                    _("{answer}: {verdict}").format(answer=words.state(answer), verdict=_or_list(verdicts))
                    for answer, verdicts in contingency.answers.items()
                ),
                joined(contingency.cites) or NONE,
            )
            for contingency in contingencies
        ),
        (3.4, 3.4, 2.6),
        about="contingencies",
    )


def _or_list(verdicts: Sequence[Verdict]) -> str:
    return alternatives(words.verdict(verdict.value).lower() for verdict in verdicts)


# --- the trace ---------------------------------------------------------------------------------------------


#: Rules without a part in the answer: a hundred for a site in the Area, so each gets a line, not its tree.
_WITHOUT_EFFECT = ("fails", "not_applicable", "not_in_force")


def _trace(trace: Mapping[str, Any]) -> Iterator[Trace]:
    rules = trace.get("rules") or ()
    shown = tuple(_rule(rule) for rule in rules if rule.get("outcome") not in _WITHOUT_EFFECT)
    considered = []
    for outcome in _WITHOUT_EFFECT:
        titles = [_rule_title(rule) for rule in rules if rule.get("outcome") == outcome]
        if titles:
            heading = _("Considered: {outcome}").format(outcome=words.outcome(outcome))
            considered.append(Items(heading, tuple(map(Cited, titles))))
    if shown or considered:
        yield Trace(shown, tuple(considered), _("How each provision was decided"))


def _rule_title(rule: Mapping[str, Any]) -> str:
    cite, title = clean(str(rule.get("cite", ""))), clean(str(rule.get("title", "")))
    return _("{cite}: {title}").format(cite=cite, title=title)


def _rule(rule: Mapping[str, Any]) -> Rule:
    notes = [Cited(_("Defeated by"), clean(str(defeater))) for defeater in rule.get("defeated_by", ())]
    for exception in rule.get("exceptions", ()):
        outcome = words.outcome(str(exception.get("outcome", "")))
        why = clean(str(exception.get("why", "")).replace("_", "-", 1))
        said = _("Exception, {outcome}: {why}").format(outcome=outcome, why=why)
        notes.append(Cited(said, clean(str(exception.get("rule", "")))))
    because = rule.get("because")
    return Rule(
        id=clean(str(rule.get("rule", ""))),
        title=_rule_title(rule),
        outcome=words.outcome(str(rule.get("outcome", ""))),
        notes=tuple(notes),
        because=_node(because) if because else None,
    )


def _node(node: Mapping[str, Any]) -> Node:
    """Return a condition without the levels that say nothing: lists of one, and lists inside like lists."""
    operator = str(node.get("op", ""))
    truth = words.truth(str(node.get("truth", "")))
    children: list[Node] = []
    for child in node.get("children", ()):
        inner = _node(child)
        is_alike = child.get("op") == operator and operator in {"all", "any"} and inner.children
        children += inner.children if is_alike else (inner,)
    if len(children) == 1 and operator in {"all", "any"}:
        return children[0]
    if len(children) == 1 and operator == "not" and not children[0].children:
        return Node(_("not: {condition}").format(condition=children[0].text), truth, ())
    # The text of an operator repeats its terms, which stand below it.
    text = _(words.OPERATORS[operator]) if operator in words.OPERATORS else clean(str(node.get("text", "")))
    return Node(text, truth, tuple(children))
