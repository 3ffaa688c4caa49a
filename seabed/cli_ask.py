"""`seabed ask`: the interview in a terminal, or with the answers of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from seabed.cli_question import SITE_HELP, SiteCommand, question_options
from seabed.cli_show import show, show_options
from seabed.errors import QuestionError
from seabed.language import _, listed, sentence

if TYPE_CHECKING:
    from seabed.cli_question import Request
    from seabed.contract import Assessment
    from seabed.interview import Asked
    from seabed.law.logic import Missing
    from seabed.question import Answer

#: Provisions of each order shown with a question; the assessment cites them all.
_CITES_SHOWN = 2


@click.command(
    cls=SiteCommand,
    help="Ask, in plain words, only for facts that can still change a verdict; then assess the site.\n"
    + SITE_HELP
    + """
\b
Every question takes ? or "don't know". The questions go to standard error and
the assessment to standard output. With --answers nothing is asked: FILE answers,
and what it does not answer stays open.
""",
    epilog="""\b
Examples:
  seabed ask isa:NORI-D --on 2026-11-21 --save answers.yaml
  seabed ask isa:NORI-D --on 2026-11-21 --answers answers.yaml --format json
  seabed check isa:NORI-D --on 2026-11-21 --answers answers.yaml
""",
)
@question_options
@click.option(
    "--save",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the answers to FILE, for --answers.",
)
@show_options
@click.pass_context
def ask(ctx: click.Context, /, save: Path | None, form: str, *, full: bool, **question: Any) -> None:  # noqa: ANN401
    """See the help text above."""
    from seabed.answers import write_answers
    from seabed.cli_question import read_question

    if question["site"] == "-" and not question["answers"]:
        raise QuestionError("standard input cannot give both the site and the answers; name a file for one")
    if save and not save.parent.is_dir():
        raise QuestionError(f"{save}: there is no folder {save.parent} to write the answers to")
    request = read_question(**question)
    try:
        assessment = _from_file(request) if question["answers"] else _from_person(request)
    except (click.Abort, KeyboardInterrupt):
        click.echo("\nThe interview was ended; nothing was written.", err=True)
        ctx.exit(1)
    show(assessment, form, full=full)
    if save:
        about = f"Answers to: seabed ask {request.site.name}, on {request.question.on}"
        write_answers(assessment.question.answers, save, comment=about)
        click.echo(f"wrote {save}", err=True)


def _from_person(request: Request) -> Assessment:
    """Hold the interview with whoever sits at the terminal."""
    from seabed.answers import check_answer
    from seabed.interview import interview
    from seabed.law.registers import load_registers
    from seabed.law.rules import load_rulebook

    book = load_rulebook()
    states = {code: state.name for code, state in load_registers().states.items()}

    def answer(asked: Asked) -> Answer:
        def read(text: str) -> Answer:
            try:
                return check_answer(text, book.facts[asked.fact], states)
            except QuestionError as error:
                raise click.UsageError(str(error)) from None

        allowed = sentence(asked.allowed[:1].upper() + asked.allowed[1:])
        click.echo(f"\n{asked.question}\n  {allowed}", err=True)
        matters = _("It matters to: {orders}.").format(orders=_why(asked))
        click.echo(f"  {matters}", err=True)
        told: Answer = click.prompt(">", prompt_suffix=" ", value_proc=read, err=True)
        return told

    click.echo(
        _("Only what can still change an answer is asked. If you don't know, say ?; Ctrl-C ends."), err=True
    )
    assessment = interview(
        request.site,
        request.question,
        answer,
        atlas=request.atlas,
        presumed=request.presumed,
        language=request.language,
    )
    done = _("No further answer can change a verdict.")
    click.echo(f"\n{done}\n", err=True)
    return assessment


def _why(asked: Asked) -> str:
    """Name the orders, each with the first provisions that ask for the fact."""
    named = []
    for order, cites in asked.matters_to:
        more = ["…"] if len(cites) > _CITES_SHOWN else []
        named.append(f"{order} [{'; '.join([*cites[:_CITES_SHOWN], *more])}]" if cites else order)
    return listed(named)


def _from_file(request: Request) -> Assessment:
    """Hold the interview with the answers of a file, and say which it lacks and which no verdict turns on."""
    from seabed.assessment import assess
    from seabed.interview import interview
    from seabed.law.logic import Missing

    given = request.question.answers
    lacking: list[str] = []

    def answer(asked: Asked) -> Answer | Missing:
        if asked.fact not in given:
            lacking.append(asked.fact)
        return given.get(asked.fact, Missing.NOT_ASKED)

    bare = request.question.model_copy(update={"answers": {}})
    assessment = interview(
        request.site,
        bare,
        answer,
        atlas=request.atlas,
        presumed=request.presumed,
        language=request.language,
    )
    needless = [fact for fact in given if fact not in assessment.question.answers]
    if lacking:
        said = _("Left open, as the file does not answer: {facts}").format(facts=listed(lacking))
        click.echo(said, err=True)
    if needless:
        said = _("Not asked, as no verdict turns on it: {facts}").format(facts=listed(needless))
        click.echo(said, err=True)
    return assess(
        request.site,
        request.question,
        atlas=request.atlas,
        presumed=request.presumed,
        language=request.language,
    )
