"""What the policy articles claim, checked: as text, JSON or Markdown."""

from __future__ import annotations

import json
import shutil
from typing import TYPE_CHECKING

import click

from seabed.cli_question import language_option
from seabed.language import _, aside, clauses, dated_text, listed, plural, sentences

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Sequence

    from seabed.feasibility.claims import Claim


@click.command(
    epilog="""\b
Examples:
  seabed claims --topic rare_earths
  seabed claims --verdict wrong --verdict unsupported
  seabed claims --topic resource --topic technology --format markdown --lang zh
  seabed claims --on 2025-12-31 --format json

\b
Topics: supply, rare_earths, resource, technology, cost, law, policy, trade, alliance
Verdicts: holds, outdated, unsupported, wrong, open (a date that has not come)
""",
)
@click.option(
    "--topic", "topics", metavar="TOPIC", multiple=True, help="Only claims on this; may be repeated."
)
@click.option(
    "--verdict",
    "verdicts",
    metavar="VERDICT",
    multiple=True,
    help="Only claims that came out so; repeatable.",
)
@click.option("--mineral", metavar="MINERAL", help="Only claims that bear on nodules, sulphides or crusts.")
@click.option(
    "--on",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day, YYYY-MM-DD: claims made by then, checked on it. Default: all, checked today.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
@language_option
def claims(
    topics: tuple[str, ...],
    verdicts: tuple[str, ...],
    mineral: str | None,
    on: dt.datetime | None,
    form: str,
) -> None:
    """Check what the policy articles behind this program claim against today's figures."""
    from seabed.errors import QuestionError
    from seabed.feasibility.claims import claims_on, coverage
    from seabed.question import Mineral

    if mineral is not None and mineral not in list(Mineral):
        raise QuestionError(f"there is no mineral {mineral!r}; there are {', '.join(Mineral)}")
    found = claims_on(topics, mineral=mineral, verdicts=verdicts, on=on.date() if on else None)
    statements = coverage()
    match form:
        case "json":
            data = {"claims": [claim.model_dump(mode="json") for claim in found], "statements": statements}
            lines = [json.dumps(data, ensure_ascii=False, indent=2)]
        case "markdown":
            lines = list(_markdown(found, statements))
        case _:
            lines = list(_text(found, statements))
    click.echo("\n".join(lines))


def _text(found: Sequence[Claim], statements: dict[str, int]) -> Iterator[str]:
    from seabed.wrapping import wrapped

    width = min(shutil.get_terminal_size((100, 24)).columns, 110)
    for claim in found:
        yield from wrapped(f"[{claim.verdict_words}] {claim.says}", width, rest="  ")
        for line in (
            _("Claimed: {what}").format(what=claim.stated),
            _("Today: {what}").format(what=claim.found),
            claim.why,
            _source(claim),
            _claimed_in(claim),
        ):
            yield from wrapped(line, width, "  ", "    ")
        yield ""
    yield from wrapped(_tally(found), width, rest="  ")
    yield from wrapped(_coverage(statements), width, rest="  ")


def _markdown(found: Sequence[Claim], statements: dict[str, int]) -> Iterator[str]:
    yield "# " + _("Claims check")
    yield ""
    headings = (_("Claim"), _("Claimed"), _("Today"), _("Verdict"), _("Why"), _("Source"))
    yield f"| {' | '.join(headings)} |"
    yield f"|{'---|' * len(headings)}"
    for claim in found:
        source = aside(claim.source, claim.vintage)
        cells = (claim.says, claim.stated, claim.found, claim.verdict_words, claim.why, source)
        yield f"| {' | '.join(_cell(cell) for cell in cells)} |"
    yield ""
    yield _tally(found)
    yield ""
    yield _coverage(statements)


def _cell(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ")


def _claimed_in(claim: Claim) -> str:
    where = _("Claimed in: {articles}").format(articles=clauses(claim.articles))
    by = _("after {source}").format(source=claim.attributed) if claim.attributed else _("no source named")
    return sentences((_("{said}.").format(said=aside(where, by)), *claim.articles_unknown))


def _source(claim: Claim) -> str:
    if claim.confidence == "none":
        return _("Looked in: {source} (to {vintage})").format(
            source=claim.source, vintage=dated_text(claim.vintage)
        )
    where = _("Source: {source} ({vintage})").format(source=claim.source, vintage=claim.vintage)
    return clauses([where, _("worked out by this program")]) if claim.computed else where


def _tally(found: Sequence[Claim]) -> str:
    counts: dict[str, int] = {}
    for claim in found:
        counts[claim.verdict_words] = counts.get(claim.verdict_words, 0) + 1
    said = listed(f"{words} {number}" for words, number in counts.items())
    total = plural("{count} claim", "{count} claims", len(found)).format(count=len(found))
    return _("{total}: {counts}").format(total=total, counts=said) if said else total


def _coverage(statements: dict[str, int]) -> str:
    said = clauses(_("{count} {what}").format(count=number, what=why) for why, number in statements.items())
    return _("Of {total} statements drawn from five articles: {said}.").format(
        total=sum(statements.values()), said=said
    )
