"""Reading the law: the rules, why an answer came out as it did, and what the registers say of one thing."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING, Any

import click

from seabed.cli_question import SITE_HELP, SiteCommand, language_option, question_options
from seabed.errors import QuestionError
from seabed.language import _, alternatives, aside, clauses, dated, dated_text, listed, pick, plural, spoken
from seabed.wrapping import columns, wrapped

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from seabed.law.cases import RuleCase
    from seabed.law.logic import Condition
    from seabed.law.rules import Rule, RuleBook

_FORMAT = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True
)
_ORDER = click.option("--order", metavar="ORDER", help="One legal order only: unclos, usa, chn, …")


def _width() -> int:
    return min(shutil.get_terminal_size((100, 24)).columns, 110)


def _json(data: Any) -> str:  # noqa: ANN401
    return json.dumps(data, ensure_ascii=False, indent=2)


def _checked_order(order: str | None, book: RuleBook) -> str | None:
    if order is None or order in book.modelled_orders:
        return order
    raise QuestionError(f"there are no rules of {order!r}; there are of {', '.join(book.modelled_orders)}")


@click.group()
def rules() -> None:
    """Read the law as it is encoded: list, show, test and draw the rules."""


@rules.command(
    "list",
    epilog="""\b
Examples:
  seabed rules list --order usa --effect prohibits
  seabed rules list --in-force 1995-01-01 --format json
""",
)
@_ORDER
@language_option
@click.option("--in-force", "on", type=click.DateTime(["%Y-%m-%d"]), help="Only rules in force on this day.")
@click.option("--effect", metavar="EFFECT", help="Only rules with this effect: requires, prohibits, …")
@_FORMAT
def list_rules(order: str | None, on: dt.datetime | None, effect: str | None, form: str) -> None:
    """List the rules: id, citation, effect, and what each says."""
    from seabed.law.rules import Effect, load_rulebook

    book = load_rulebook()
    _checked_order(order, book)
    if effect is not None and effect not in list(Effect):
        raise QuestionError(f"there is no effect {effect!r}; there are {', '.join(Effect)}")
    found = [
        rule
        for rule in book.rules(order)
        if (on is None or rule.in_force.covers(on.date())) and effect in {None, rule.then.effect}
    ]
    if form == "json":
        click.echo(_json([_summary(rule) for rule in found]))
        return
    for rule in found:
        effect_words = _(rule.then.effect)
        told = listed([effect_words, _("contested")]) if rule.contested else effect_words
        click.echo(f"{rule.id}  ({told})")
        for line in _wrapped(f"{rule.cite}: {pick(rule.title)}", 2):
            click.echo(line)
    click.echo(plural("{count} rule", "{count} rules", len(found)).format(count=len(found)), err=True)


def _summary(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "order": rule.order,
        "instrument": rule.instrument,
        "cite": rule.cite,
        "effect": rule.then.effect.value,
        "title": rule.title.model_dump(),
        "in_force": {
            "from": rule.in_force.from_.isoformat(),
            "to": rule.in_force.to and rule.in_force.to.isoformat(),
        },
        "contested": rule.contested is not None,
        "overrides": [override.rule for override in rule.overrides],
    }


# --- One rule -----------------------------------------------------------------------------------------------


@rules.command(
    "show",
    epilog="""\b
Example:
  seabed rules show usa.dshmra.1411-a-1
""",
)
@click.argument("rule_id", metavar="ID")
@language_option
def show_rule(rule_id: str) -> None:
    """Show one rule: words, citation, dates, conditions, what overrides it, positions and cases."""
    import difflib

    from seabed.law.cases import load_rule_cases
    from seabed.law.rules import load_rulebook

    book = load_rulebook()
    by_id = {rule.id: rule for rule in book.rules()}
    rule = by_id.get(rule_id)
    if rule is None:
        close = difflib.get_close_matches(rule_id[:100], by_id, n=3)
        hint = f"; did you mean {' or '.join(close)}?" if close else "; seabed rules list names them"
        raise QuestionError(f"there is no rule {rule_id[:100]!r}{hint}")
    cases = [case for case in load_rule_cases() if case.rule == rule.id]
    click.echo("\n".join(_rule_lines(rule, book, cases)))


def _rule_lines(rule: Rule, book: RuleBook, cases: list[RuleCase]) -> Iterator[str]:
    period = _("from {first}").format(first=dated(rule.in_force.from_))
    if rule.in_force.to:
        period = _("from {first} to {last}").format(
            first=dated(rule.in_force.from_), last=dated(rule.in_force.to)
        )
    checked = _("{day}, against {text}").format(day=dated(rule.verified.on), text=rule.verified.against)
    yield rule.id
    titles = (rule.title.en, rule.title.zh)
    for title in titles if spoken() == "en" else titles[::-1]:
        yield from _wrapped(title, 2)
    yield ""
    facts = (
        (_("Cite"), rule.cite),
        (_("In force"), period),
        (_("Effect"), _effect(rule, book)),
        (_("Checked"), checked),
    )
    column = max(columns(label) for label, _value in facts) + 2
    for label, value in facts:
        yield from wrapped(value, _width(), label + " " * (column - columns(label)), " " * column)
    for heading, condition in ((_("It reaches"), rule.applies), (_("It holds if"), rule.when)):
        yield from ("", heading)
        yield from _condition_lines(condition, book, 2)
    yield from _override_lines(rule, book)
    if rule.contested:
        yield from ("", _("Contested: {question}").format(question=pick(rule.contested.question)))
        for side in rule.contested.positions:
            holders = clauses(map(_, side.holders))
            if side.since:
                holders = _("{holders}, since {day}").format(holders=holders, day=dated_text(side.since))
            says = _("{holders}: {position} [{cite}]").format(
                holders=holders, position=pick(side.says), cite=side.cite
            )
            yield from _wrapped(f"- {says}", 2, 4)
    yield from ("", _("Cases: this rule …"))
    for case in cases:  # English in every language, as they are written
        yield from _wrapped(f"- [{case.outcome.replace('_', ' ')}] {case.it} (on {case.on})", 2, 4)


def _effect(rule: Rule, book: RuleBook) -> str:
    then = rule.then
    if then.fact:
        return _("{effect}: {what}").format(effect=_(then.effect), what=pick(book.facts[then.fact].question))

    def named(activity: str, names: tuple[str, ...]) -> str:
        instruments = listed(pick(book.instruments[name].name) for name in names)
        if activity == "any":
            return instruments
        return _("for {activity}: {instruments}").format(activity=_(activity), instruments=instruments)

    what = clauses(named(activity, names) for activity, names in then.instruments.items())
    told = _("{effect}: {what}").format(effect=_(then.effect), what=what) if what else _(then.effect)
    return aside(told, _(then.authority)) if then.authority else told


def _condition_lines(condition: Condition, book: RuleBook, indent: int) -> Iterator[str]:
    """Write a condition as the questions it asks and the answers it looks for."""
    from seabed.law.logic import All, AnyOf, Is, Not

    match condition:
        case All(()):
            yield " " * indent + _("always")
        case Is(fact, values):
            answers = sorted({"True": "yes", "False": "no"}.get(str(v), str(v)) for v in values)
            words = alternatives(_(answer).replace("_", " ") for answer in answers)
            yield from _wrapped(f"{pick(book.facts[fact].question)} {words}", indent)
        case All(terms) | AnyOf(terms):
            yield " " * indent + (_("all of:") if isinstance(condition, All) else _("at least one of:"))
            for term in terms:
                yield from _condition_lines(term, book, indent + 2)
        case Not(term):
            yield " " * indent + _("not:")
            yield from _condition_lines(term, book, indent + 2)


def _override_lines(rule: Rule, book: RuleBook) -> Iterator[str]:
    by_id = {other.id: other for other in book.rules(rule.order)}
    pairs = {
        _("It prevails over"): [(o.rule, o) for o in rule.overrides],
        _("It yields to"): [
            (other.id, o) for other in by_id.values() for o in other.overrides if o.rule == rule.id
        ],
    }
    for heading, found in pairs.items():
        if found:
            yield from ("", heading)
        for name, override in found:
            told = _("{cite} ({rule}), as {kind}: {why}").format(
                cite=by_id[name].cite,
                rule=name,
                kind=_(override.as_).replace("_", "-"),
                why=_(override.why),
            )
            yield from _wrapped(f"- {told}", 2, 4)


def _wrapped(text: str, indent: int, hanging: int | None = None) -> list[str]:
    return wrapped(text, _width(), " " * indent, " " * (indent if hanging is None else hanging))


# --- All of them --------------------------------------------------------------------------------------------


@rules.command("test")
@_ORDER
@click.pass_context
def test_rules(ctx: click.Context, order: str | None) -> None:
    """Run the cases and scenarios written beside the rules; exit code 1 if one fails."""
    from seabed.law.cases import answer_to, lint, load_rule_cases, load_scenarios, outcome_of
    from seabed.law.rules import load_rulebook

    book = load_rulebook()
    _checked_order(order, book)
    cases = [c for c in load_rule_cases() if order in {None, c.rule.split(".")[0]}]
    scenarios = [s for s in load_scenarios() if order in {None, s.order}]
    failures = [] if order else lint(book, cases)
    for case in cases:
        outcome = outcome_of(case, book)
        if outcome is not case.outcome:
            failures.append(f"{case.sentence}: expected {case.outcome}, got {outcome}")
    for scenario in scenarios:
        answer = answer_to(scenario, book)
        for key, got in answer.items():
            expected = getattr(scenario, key)
            expected = set(expected) if isinstance(expected, tuple) else expected
            if expected is not None and got != expected:
                failures.append(f"{scenario.order}: {scenario.it}: {key}: expected {expected}, got {got}")
    for failure in failures:
        click.echo(f"FAILED {failure}")
    click.echo(
        f"{len(cases)} cases of {len(list(book.rules(order)))} rules and {len(scenarios)} scenarios: "
        f"{len(failures)} failed"
    )
    ctx.exit(1 if failures else 0)


@rules.command(
    "graph",
    epilog="""\b
Example:
  seabed rules graph --order usa > usa.mmd
""",
)
@_ORDER
@click.option("--format", "form", type=click.Choice(["mermaid", "dot"]), default="mermaid", show_default=True)
def graph_rules(order: str | None, form: str) -> None:
    """Draw what overrides what, and which rules use the terms that others define.

    Rules without either are left out. Mermaid is drawn by GitHub and most editors, DOT by Graphviz.
    """
    from seabed.law.rule_graph import as_dot, as_mermaid, edges
    from seabed.law.rules import load_rulebook

    book = load_rulebook()
    _checked_order(order, book)
    found = edges(book, order)
    click.echo((as_dot if form == "dot" else as_mermaid)(found, book))


@rules.command("coverage")
def show_coverage() -> None:
    """Say in Markdown what is modelled, contested and left out, by instrument; rules/COVERAGE.md is this."""
    from seabed.law.coverage import coverage

    click.echo(coverage(), nl=False)


# --- Why, and what stands -----------------------------------------------------------------------------------


@click.command(
    cls=SiteCommand,
    help="Say why one legal order answers as it does: each rule, its conditions, its exceptions.\n"
    + SITE_HELP,
    epilog="""\b
Example:
  seabed why isa:NORI-D --applicant tmc-usa --activity exploitation --mineral nodules --order usa
""",
)
@question_options
@click.option("--order", required=True, metavar="ORDER", help="The legal order: unclos, usa, chn, …")
@click.option("--all", "with_all", is_flag=True, help="Also the rules that have no effect here.")
def why(order: str, *, with_all: bool, **question: Any) -> None:  # noqa: ANN401
    """See the help text above."""
    from seabed.cli_question import assess_question
    from seabed.law.opinions import verdict_words
    from seabed.law.trace import as_text

    assessment, _atlas = assess_question(**question)
    opinion = next((opinion for opinion in assessment.opinions if opinion.order == order.lower()), None)
    if opinion is None:
        known = ", ".join(opinion.order for opinion in assessment.opinions)
        raise QuestionError(f"no opinion of {order!r} on this site; there are of {known}")
    verdict = aside(verdict_words(opinion.verdict).upper(), _("contested") if opinion.contested else "")
    told = _("{order}, on {day}: {verdict}")
    click.echo(told.format(order=opinion.name, day=dated(assessment.question.on), verdict=verdict))
    for line in _wrapped(opinion.summary, 0):
        click.echo(line)
    if not opinion.trace.get("rules"):
        return
    if len(opinion.by_zone) > 1:
        told = _("For the part of the site that decides: {zones}.")
        zones = (_("the Area") if zone == "area" else zone for zone in opinion.trace["zones"])
        click.echo(told.format(zones=listed(zones)))
    first = [reason.rule for reason in opinion.reasons]
    click.echo()
    click.echo(as_text(opinion.trace["rules"], first=first, with_all=with_all, width=_width()))


@click.command(
    epilog="""\b
Examples:
  seabed status NORIPMN1 --on 2026-07-22
  seabed status nori
  seabed status Nauru
  seabed status TMC-USA-A --format json
""",
)
@click.argument("what")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="The day, YYYY-MM-DD. Default: today.")
@language_option
@_FORMAT
def status(what: str, on: dt.datetime | None, form: str) -> None:
    """Show what the registers say of WHAT on a day.

    WHAT is an ISA contract, a US licence or application, an application to the ISA, an applicant profile,
    or a State by its ISO 3166-1 alpha-3 code or English name. Doubts and notes are those of the register's
    own date.
    """
    import datetime as dt

    from seabed.law.standing import as_data, as_text, standings

    found = standings(what, on.date() if on else dt.datetime.now(dt.UTC).date())
    click.echo(_json(as_data(found)) if form == "json" else as_text(found, _width()))
