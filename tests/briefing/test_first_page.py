from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from seabed.briefing.first_page import MOST_CHANGES, asked_of, main_reasons, what_would_change
from seabed.contract import Contingency, DatedFact, Verdict

if TYPE_CHECKING:
    from seabed.contract import Assessment


def test_the_decisive_reasons_come_before_the_conflicts_and_there_are_three(assessment: Assessment) -> None:
    unclos, usa, *_ = assessment.opinions
    found = [reason.text for reason in main_reasons(assessment)]
    assert len(found) == 3
    assert found[0] == f"{unclos.name}: {unclos.reasons[0].text}"
    assert found[1] == f"{usa.name}: {usa.reasons[0].text}"
    assert found[2] == f"The orders contradict each other: {assessment.conflicts[0].about}"


def test_what_prohibits_comes_before_what_needs_an_authorisation(assessment: Assessment) -> None:
    assessment.opinions.reverse()
    first, second, _ = (reason.text for reason in main_reasons(assessment))
    assert first.startswith("UNCLOS")
    assert second.startswith("United States")


def test_a_contingent_order_is_a_reason_only_where_there_is_room(assessment: Assessment) -> None:
    for opinion in assessment.opinions[:2]:
        opinion.verdict = Verdict.CONTINGENT
    assert main_reasons(assessment)[0].text.startswith("The orders contradict")


def test_an_open_fact_an_instrument_and_a_date_would_change_the_answer(assessment: Assessment) -> None:
    assessment.opinions[0].contingent_on = [
        Contingency(fact="a", question="First?", answers={}, cites=["Art. 1", "Art. 2"]),
        Contingency(fact="b", question="Second?", answers={}),
    ]
    question, instrument, prohibited, date = what_would_change(assessment)
    assert (question.text, question.cite) == ("UNCLOS and the 1994 Agreement: First?", "Art. 1; Art. 2")
    assert "Commercial recovery permit (NOAA), which is not held" in instrument.text
    assert "nothing that this applicant can obtain" in prohibited.text
    assert prohibited.cite == assessment.opinions[0].reasons[0].cite
    assert date.text == "21 July 2031: NORIPMN1: term ends (extension 1)"


def test_the_next_date_is_always_among_what_would_change_the_answer(assessment: Assessment) -> None:
    for opinion in assessment.opinions:
        opinion.verdict = Verdict.CONTINGENT
        opinion.contingent_on = [Contingency(fact=opinion.order, question="?", answers={})]
    assessment.opinions += [
        opinion.model_copy(update={"name": f"{i}"}) for i, opinion in enumerate(assessment.opinions)
    ]
    found = what_would_change(assessment)
    assert len(found) == MOST_CHANGES
    assert "21 July 2031" in found[-1].text


def test_the_end_of_what_covers_a_sliver_would_change_nothing(assessment: Assessment) -> None:
    day = dt.date(2028, 2, 7)
    assessment.timeline.insert(0, DatedFact(on=day, about="SLIVER", text="SLIVER: term ends", source="x"))
    assessment.zones.append(assessment.zones[0].model_copy(update={"id": "SLIVER", "share": 0.0001}))
    assert not any("SLIVER" in change.text for change in what_would_change(assessment))


def test_it_says_what_was_asked(assessment: Assessment) -> None:
    assert asked_of(assessment) == (
        "Exploitation of polymetallic nodules by The Metals Company USA, LLC, on 21 November 2026"
    )
    question = assessment.question
    question.activity, question.mineral, question.applicant = None, None, None
    assert asked_of(assessment) == (
        "An activity that was not named (mineral not named) by an applicant who was not named, "
        "on 21 November 2026"
    )


def test_an_order_without_rules_that_may_speak_is_a_reason(assessment: Assessment) -> None:
    assessment.conflicts = []
    assessment.opinions[2].verdict = Verdict.NOT_MODELLED
    silent = assessment.opinions[2]
    assert main_reasons(assessment)[2].text == f"{silent.name}: {silent.summary}"


def test_an_instrument_that_may_be_held_is_not_said_to_be_missing(assessment: Assessment) -> None:
    permit = next(one for one in assessment.opinions[1].instruments if "NOAA" in one.authority)
    assessment.opinions[1].instruments = [permit.model_copy(update={"held": None})]
    found = [change.text for change in what_would_change(assessment)]
    assert any("of which it is not known whether it is held" in text for text in found)
    assert not any("which is not held" in text for text in found)
