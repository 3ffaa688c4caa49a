"""The interview: which fact to ask a person for next, and asking until no answer can change a verdict.

An assessment says of each order which unknown facts its verdict still turns on, and what each answer would
leave possible. `next_question` chooses among them; everything it needs is in the assessment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seabed.answers import NATIONALITY, allowed
from seabed.assessment import assess
from seabed.language import pick, speaking
from seabed.law.engine import held_fact
from seabed.law.logic import Missing
from seabed.law.rules import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment, Contingency, Opinion, Verdict
    from seabed.language import Language
    from seabed.law.rules import RuleBook
    from seabed.question import Answer, Question
    from seabed.site import Site

#: On which side of an inexact limit a site lies only a better layer can say.
_FOR_LAYERS = frozenset({"place.kind"})


@dataclass(frozen=True, slots=True)
class Asked:
    """One question to a person, with what may be answered and why it matters.

    ``matters_to`` names the legal orders whose verdict may turn on it, each with the provisions.
    """

    fact: str
    question: str
    allowed: str
    matters_to: tuple[tuple[str, tuple[str, ...]], ...]


def next_question(assessment: Assessment, book: RuleBook, *, left_open: Collection[str] = ()) -> Asked | None:
    """Choose the question whose answer leaves the fewest verdicts possible, on average and over all orders.

    The answers to a question count as equally likely; among equals the first in the book's order is asked.
    Facts that were answered, be it with "don't know", and those ``left_open`` are not asked again.

    Returns
    -------
    The question, or None if no answer a person could give can still change a verdict.
    """
    done = {*assessment.question.answers, *left_open}
    turning: dict[str, list[tuple[Opinion, Contingency]]] = {}
    for opinion in assessment.opinions:
        for contingency in opinion.contingent_on:
            fact = _fact_to_ask(contingency.fact, assessment, done)
            if fact not in done and fact not in _FOR_LAYERS:
                turning.setdefault(fact, []).append((opinion, contingency))
    if not turning:
        return None
    rank = {fact: place for place, fact in enumerate(book.facts)}
    fact = min(turning, key=lambda fact: (-_settled_by(turning[fact]), rank[fact]))
    matters_to: dict[str, dict[str, None]] = {}
    for opinion, contingency in turning[fact]:
        matters_to.setdefault(opinion.name, {}).update(dict.fromkeys(_cites(opinion, contingency)))
    return Asked(
        fact=fact,
        question=pick(book.facts[fact].question),
        allowed=allowed(book.facts[fact]),
        matters_to=tuple((order, tuple(cites)) for order, cites in matters_to.items()),
    )


def _fact_to_ask(fact: str, assessment: Assessment, done: Collection[str]) -> str:
    """Ask for the applicant's State instead of what the registers say of it, until that has been asked."""
    who = assessment.question.applicant
    has_state = who and (who.nationality or who.incorporated_in or who.sponsors)
    is_by_state = fact.startswith("applicant.state_") or fact == "applicant.from_developing_state"
    return NATIONALITY if is_by_state and not has_state and NATIONALITY not in done else fact


def _settled_by(turning: Sequence[tuple[Opinion, Contingency]]) -> float:
    """Return how many verdicts the answer rules out on average, added up over the orders."""
    ruled_out: dict[str, float] = {}
    for opinion, contingency in turning:
        left = [len(verdicts) for verdicts in contingency.answers.values()]
        gain = len(_possible(opinion)) - sum(left) / len(left)
        ruled_out[opinion.order] = max(gain, ruled_out.get(opinion.order, 0.0))
    return sum(ruled_out.values())


def _cites(opinion: Opinion, contingency: Contingency) -> list[str]:
    """List the provisions that make the fact matter; that an instrument is held, those that require it."""
    required = [i.cite for i in opinion.instruments if held_fact(i.id) == contingency.fact]
    return [*contingency.cites, *(cite for cites in required for cite in cites.split("; "))]


def _possible(opinion: Opinion) -> set[Verdict]:
    answers = (verdicts for found in opinion.contingent_on for verdicts in found.answers.values())
    return set().union(*answers)


def interview(
    site: Site,
    question: Question,
    ask: Callable[[Asked], Answer | Missing],
    *,
    atlas: Atlas | None = None,
    presumed: Sequence[str] = (),
    language: Language = "en",
) -> Assessment:
    """Ask until no answer can change a verdict any more, and return the last assessment.

    Parameters
    ----------
    site, question, atlas, presumed, language
        As for `seabed.assess`.
    ask
        Returns the answer to one question: a value that the fact can have, ``None`` for "don't know", or
        ``Missing.NOT_ASKED`` to leave it open without an answer. It is called at most once for each fact, so
        every interview ends.

    Returns
    -------
    The assessment; its ``question.answers`` are the answers given.

    Raises
    ------
    QuestionError
        If ``ask`` returns what the fact cannot be.
    """
    book = load_rulebook()
    left_open: set[str] = set()
    with speaking(language):
        assessment = assess(site, question, atlas=atlas, presumed=presumed, language=language)
        while asked := next_question(assessment, book, left_open=left_open):
            answer = ask(asked)
            if isinstance(answer, Missing):
                left_open.add(asked.fact)
                continue
            question = question.model_copy(update={"answers": question.answers | {asked.fact: answer}})
            assessment = assess(site, question, atlas=atlas, presumed=presumed, language=language)
    return assessment
