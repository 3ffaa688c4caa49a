"""The interview: it asks only what can change a verdict, it ends, and its answers can be used again."""

from __future__ import annotations

import datetime as dt
import itertools
import json
import random
from functools import cache
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from seabed import Applicant, Assessment, Question, assess, read_site
from seabed.answers import answerable, check_answer, check_answers, read_answers, write_answers
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas, FeatureAttributes
from seabed.cli import main
from seabed.errors import QuestionError
from seabed.interview import Asked, interview, next_question
from seabed.law.engine import Program, decide, facts_of, is_open, verdict
from seabed.law.facts import spot_facts
from seabed.law.logic import Missing
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook
from seabed.question import read_applicant

if TYPE_CHECKING:
    from pathlib import Path

    from seabed.law.opinions import SpotOnSite
    from seabed.site import Site

BOOK = load_rulebook()
FACTS = answerable(BOOK)
STATES = {code: state.name for code, state in load_registers().states.items()}
TODAY = dt.date(2026, 11, 21)
SOME_STATES = ("USA", "CHN", "DEU", "NRU", "TUR")
OPEN_OCEAN, SAMOA_SHELF = "-130, 10", "-168.2, -12.5"
EXPLORING = {"activity": "exploration", "mineral": "nodules"}


@cache
def atlas() -> Atlas:
    return Atlas.open()


@cache
def site(spec: str) -> Site:
    return read_site(spec, layer_feature=lambda id_: site_of(atlas(), id_))


def asked_about(spec: str, **question) -> Assessment:
    return assess(site(spec), Question(on=TODAY, **question), atlas=atlas())


def held(spec: str, ask, **question) -> Assessment:
    return interview(site(spec), Question(on=TODAY, **question), ask, atlas=atlas())


def verdicts(assessment: Assessment) -> dict[str, str]:
    return {opinion.order: opinion.verdict.value for opinion in assessment.opinions}


def said(assessment: Assessment) -> str:
    return "\n".join(assessment.assumptions)


def a_value(fact: str) -> st.SearchStrategy:
    declaration = FACTS[fact]
    match declaration.kind:
        case "yes_no":
            return st.booleans()
        case "one_of":
            return st.sampled_from(declaration.values)
        case _:
            return st.sampled_from(SOME_STATES)


# --- What counts as an answer -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fact", "given", "meant"),
    [
        ("vessel.us_flag", "Y", True),
        ("vessel.us_flag", " yes ", True),
        ("vessel.us_flag", True, True),
        ("vessel.us_flag", "是", True),
        ("vessel.us_flag", "no", False),
        ("vessel.us_flag", "否", False),
        ("vessel.us_flag", "?", None),
        ("vessel.us_flag", "？", None),
        ("vessel.us_flag", "Don’t know", None),
        ("vessel.us_flag", "不知道", None),
        ("vessel.us_flag", None, None),
        ("mineral", "PMN", "nodules"),
        ("mineral", "crfc", "crusts"),
        ("mineral", "多金属硫化物", "sulphides"),
        ("activity", "Scientific research", "scientific_research"),
        ("activity", "开采", "exploitation"),
        ("activity", "don't know", None),
        ("applicant.nationality", "deu", "DEU"),
        ("applicant.nationality", "Germany", "DEU"),
        ("applicant.nationality", "the United States of America", "USA"),
        ("applicant.nationality", "côte d’ivoire", "CIV"),
        ("applicant.nationality", "瑙鲁", "NRU"),
        ("applicant.nationality", "South Korea", "KOR"),
        ("applicant.nationality", "NOR", "NOR"),
    ],
)
def test_an_answer_is_understood_in_plain_words(fact, given, meant) -> None:
    assert check_answer(given, FACTS[fact], STATES) == meant


@pytest.mark.parametrize("code", STATES)
def test_every_state_is_known_by_its_code_and_its_names(code: str) -> None:
    assert check_answer(code, FACTS["applicant.nationality"], STATES) == code
    assert check_answer(STATES[code], FACTS["applicant.nationality"], STATES) == code


@pytest.mark.parametrize(
    ("fact", "given", "message"),
    [
        ("vessel.us_flag", "maybe", "'maybe' is not an answer to this; answer yes or no, or “don't know”"),
        ("mineral", "gold", "answer one of nodules, sulphides, crusts, or “don't know”"),
        ("mineral", True, "'yes' is not an answer to this"),
        ("applicant.nationality", "Germny", "did you mean Germany (DEU)?"),
        ("applicant.nationality", "Korea", "Republic of Korea (KOR)"),
        ("applicant.nationality", "ZZZ", "a State by name or ISO 3166-1 alpha-3 code"),
        ("vessel.us_flag", 1, "the answer is int; answer yes or no"),
        ("vessel.us_flag", ["yes"], "the answer is list"),
        ("vessel.us_flag", "y" * 101, "more than a few words"),
        ("holds.ocsla_leese", "yes", "did you mean holds.ocsla_lease"),
        ("unclos.area", "yes", "a legal term that the rules settle"),
        ("x" * 5000, "yes", "is no fact that can be answered"),
        (7, "yes", "the name of a fact is a word such as activity, not int"),
    ],
)
def test_what_is_no_answer_is_refused_with_what_would_be(fact, given, message) -> None:
    with pytest.raises(QuestionError) as refused:
        check_answers({fact: given}, BOOK, STATES)
    assert message in str(refused.value)
    assert len(str(refused.value)) < 500


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("- activity\n", "an answers file is a mapping such as {activity: exploration}"),
        ("activity: exploring\n", "activity: 'exploring' is not an answer to this; answer one of"),
        ("activty: exploration\n", "'activty' is no fact that can be answered; did you mean activity"),
        ("activity: exploration\nactivity: exploitation\n", "stands twice"),
        ("activity: [\n", "not well-formed YAML"),
        ("activity: 2026-13-45\n", "not well-formed YAML: month must be in 1..12"),
        ("activity: " + "[" * 10_000, "YAML"),
        ("# " + "x" * 20_000, "more than 20,000 bytes is not read"),
        ("activity: exploration\n\xff", "YAML"),
    ],
)
def test_a_bad_answers_file_is_refused_with_what_is_wrong(text, message, tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(QuestionError) as refused:
        read_answers(path, BOOK, STATES)
    assert str(path) in str(refused.value)
    assert message in str(refused.value)


@for_all(
    answers=st.fixed_dictionaries({}, optional={fact: st.none() | a_value(fact) for fact in FACTS}),
)
@settings(max_examples=50, deadline=None)
def test_answers_are_read_as_they_were_written(answers, tmp_path_factory) -> None:
    path = tmp_path_factory.mktemp("answers") / "answers.yaml"
    write_answers(answers, path, comment="two\nlines, a bell \a and half a \udcff")
    assert read_answers(path, BOOK, STATES) == answers
    assert list(path.parent.iterdir()) == [path]


def test_answers_that_cannot_be_written_leave_nothing_behind(tmp_path: Path) -> None:
    (tmp_path / "answers.yaml").mkdir()
    with pytest.raises(QuestionError, match="cannot be written"):
        write_answers({"activity": "exploration"}, tmp_path / "answers.yaml")
    assert [path.name for path in tmp_path.iterdir()] == ["answers.yaml"]


# --- What answers do ----------------------------------------------------------------------------------------


def test_answers_about_the_question_are_as_good_as_the_question() -> None:
    answered = asked_about(OPEN_OCEAN, answers={**EXPLORING, "applicant.nationality": "China"})
    assert (answered.question.activity, answered.question.mineral) == ("exploration", "nodules")
    assert answered.question.applicant
    assert answered.question.applicant.nationality == "CHN"
    stated = asked_about(OPEN_OCEAN, **EXPLORING, applicant=Applicant(nationality="CHN", state_body=None))
    assert verdicts(answered) == verdicts(stated)


def test_from_the_state_the_registers_say_the_rest() -> None:
    def ask(asked: Asked) -> str | bool:
        assert asked.fact not in {"applicant.state_is_party", "applicant.from_developing_state"}
        return {**EXPLORING, "applicant.nationality": "DEU"}.get(asked.fact, False)

    answers = held(OPEN_OCEAN, ask).question.answers
    assert answers["applicant.nationality"] == "DEU"


def test_who_does_not_know_the_state_is_asked_whether_it_is_a_party() -> None:
    def ask(asked: Asked) -> str | bool | None:
        return {**EXPLORING, "applicant.nationality": None}.get(asked.fact, False)

    assert "applicant.state_is_party" in held(OPEN_OCEAN, ask).question.answers


def test_a_national_of_the_coastal_state_is_not_taken_for_that_state() -> None:
    answered = asked_about(SAMOA_SHELF, answers={"applicant.nationality": "USA"})
    (sea,) = [opinion for opinion in answered.opinions if opinion.order == "unclos"]
    assert "applicant.is_coastal_state" in {contingency.fact for contingency in sea.contingent_on}


def test_what_the_question_the_profile_or_the_layers_state_wins() -> None:
    who, _ = read_applicant("tmc-usa", STATES)
    question = {"applicant": who, "activity": "exploitation", "mineral": "nodules"}
    contrary = {
        "activity": "exploration",
        "applicant.nationality": "CHN",
        "applicant.state_is_party": True,
        "place.kind": "land",
        "mineral": "nodules",
    }
    answered = asked_about("isa:NORI-D", **question, answers=contrary)
    assert verdicts(answered) == verdicts(asked_about("isa:NORI-D", **question))
    assert answered.question.activity == "exploitation"
    for told, stands in (
        ("exploration", "exploitation"),
        ("China (CHN)", "United States (USA)"),
        ("yes", "no"),
        ("land", "area"),
    ):
        assert f"The answer was “{told}”, but" in said(answered)
        assert f"say: {stands}." in said(answered)
    assert "Answer not needed, known without: Which mineral: nodules, sulphides or crusts? Nodules." in said(
        answered
    )


def test_every_answer_used_is_among_the_assumptions() -> None:
    answered = asked_about(OPEN_OCEAN, answers={"activity": "exploration", "vessel.us_flag": None})
    assert "Answered: What is to be done there: prospecting, exploration, exploitation" in said(answered)
    assert "research? Exploration." in said(answered)
    assert "be used? Don't know." in said(answered)
    assert "No activity was named" not in said(answered)
    assert answered.question.answers == {"activity": "exploration", "vessel.us_flag": None}


def facts_at(*overlays: FeatureAttributes, place: FeatureAttributes | None = None, **answers):
    area = FeatureAttributes(layer="maritime_zones", id="area", ref="area", kind="area", name="the Area")
    question = Question(on=TODAY, mineral="nodules", answers=answers.get("answers", {}))
    return spot_facts(place or area, overlays, question, load_registers(), BOOK.instruments)


def contract(ref: str) -> FeatureAttributes:
    return FeatureAttributes(
        layer="isa", id=ref, ref=ref, kind="isa_contract", name=ref, holder="somebody", mineral="nodules"
    )


def test_a_contract_that_is_not_the_applicants_is_somebody_elses() -> None:
    for fact in ("holds.isa_exploration_contract", "place.isa_contract_own"):
        not_own = facts_at(contract("COMRAPMN1"), answers={fact: False})
        assert not_own.facts["place.isa_contract_own"] is False
        assert not_own.facts["place.isa_contract_other"] is True
        own = facts_at(contract("COMRAPMN1"), answers={fact: True})
        assert own.facts["place.isa_contract_own"] is True
        assert own.facts["place.isa_contract_other"] is False
        assert own.names["own_isa_contract"] == "COMRAPMN1 (somebody)"


def test_where_the_term_is_not_known_a_no_leaves_open_whose_contract_it_is() -> None:
    lapsed_or_not_own = facts_at(contract("NORIPMN1"), answers={"place.isa_contract_own": False})
    assert lapsed_or_not_own.facts["place.isa_contract_other"] is Missing.DONT_KNOW


def test_of_two_contracts_a_yes_does_not_say_which() -> None:
    both = facts_at(contract("COMRAPMN1"), contract("BGRPMN1"), answers={"place.isa_contract_own": True})
    assert both.facts["place.isa_contract_own"] is True
    assert both.facts["place.isa_contract_other"] is Missing.DONT_KNOW


def test_an_application_that_is_not_the_applicants_has_the_priority_the_register_gives_it() -> None:
    filing = FeatureAttributes(
        layer="us", id="TMC-USA-A", ref="TMC-USA-A", kind="us_dshmra_application", name="TMC USA-A"
    )
    for own in (True, False):
        found = facts_at(filing, answers={"place.us_application_own": own}).facts
        assert found["place.us_application_own"] is own
        assert found["place.us_application_other"] is not own


def test_no_answer_says_whose_consent_counts_where_states_dispute_the_seabed() -> None:
    disputed = FeatureAttributes(
        layer="maritime_zones",
        id="FLK",
        ref="FLK",
        kind="continental_shelf",
        name="FLK",
        state="GBR",
        claimants=("GBR", "ARG"),
    )
    consent = {"holds.coastal_state_consent": True}
    assert facts_at(place=disputed, answers=consent).facts["holds.coastal_state_consent"] is Missing.DONT_KNOW


# --- Which question comes next ------------------------------------------------------------------------------


def test_the_question_that_settles_most_comes_first() -> None:
    first = next_question(asked_about(OPEN_OCEAN), BOOK)
    assert first
    assert first.fact == "applicant.nationality"
    orders = [order for order, _ in first.matters_to]
    assert {"Law of the sea (UNCLOS, ISA)", "United States", "China"} <= set(orders)
    assert all(cites for _, cites in first.matters_to)


def test_nothing_is_asked_where_every_verdict_is_settled() -> None:
    found = asked_about(OPEN_OCEAN, **EXPLORING)
    settled = [opinion for opinion in found.opinions if not opinion.contingent_on]
    assert next_question(found, BOOK)
    assert next_question(found.model_copy(update={"opinions": settled}), BOOK) is None


def test_on_which_side_of_an_inexact_limit_a_site_lies_is_not_for_a_person_to_say() -> None:
    near = assess(
        read_site("-109.2, 6.925"),
        Question(on=TODAY, **EXPLORING, applicant=Applicant(nationality="USA", holds=())),
        atlas=atlas(),
    )
    assert "place.kind" in {c.fact for opinion in near.opinions for c in opinion.contingent_on}
    left_open = [fact for fact in FACTS if fact != "place.kind"]
    assert next_question(near, BOOK, left_open=left_open) is None


def test_a_question_names_the_provisions_behind_an_instrument() -> None:
    found = asked_about(SAMOA_SHELF, answers={"activity": "exploitation"})
    asked = next_question(found, BOOK, left_open=[fact for fact in FACTS if fact != "holds.ocsla_lease"])
    assert asked
    assert any("1337(k)(1)" in cite for _, cites in asked.matters_to for cite in cites)


def can_change_a_verdict(fact: str, order: str, spot: SpotOnSite) -> bool:
    """Look for answers to the other facts under which the answer to this one makes the difference."""
    program = Program(order, TODAY, BOOK)
    known = spot.spot.facts
    turning = facts_of(decide(program, known))
    if fact not in turning:
        return False
    others = [name for name in turning if name != fact]
    settled = dict(known) | {name: program.domain(name)[0] for name in BOOK.facts if is_open(known, name)}
    combinations = list(itertools.product(*(program.domain(name) for name in others)))
    random.Random(0).shuffle(combinations)  # noqa: S311 - where one makes the difference, many do
    for values in combinations:
        rest = settled | dict(zip(others, values, strict=True))
        runs = [program.run(rest | {fact: answer}, only_deciding=True) for answer in program.domain(fact)]
        if len({verdict(run) for run in runs}) > 1:
            return True
    return False


@pytest.mark.parametrize("spec", [OPEN_OCEAN, SAMOA_SHELF, "isa:COMRA-COM1a"])
@pytest.mark.parametrize("answer", [True, False, None])
def test_no_question_is_asked_whose_answers_cannot_change_a_verdict(spec, answer, monkeypatch) -> None:
    from seabed.law.opinions import opine

    seen: dict[str, list[SpotOnSite]] = {}

    def listening(order, on, spots, *rest):
        seen[order] = [spot for spot in spots if spot.certain]
        return opine(order, on, spots, *rest)

    monkeypatch.setattr("seabed.law.orders.opine", listening)
    asked_for = []

    def ask(asked: Asked) -> str | bool | None:
        asked_for.append(asked.fact)
        facts = {asked.fact}
        if asked.fact == "applicant.nationality":
            facts |= {fact for fact in FACTS if fact.startswith(("applicant.state_", "applicant.from_"))}
        assert any(
            can_change_a_verdict(fact, order, spot)
            for order, spots in seen.items()
            for spot in spots
            for fact in facts
        ), asked.fact
        return {**EXPLORING, "applicant.nationality": "USA"}.get(asked.fact, answer)

    held(spec, ask, **(EXPLORING if "isa:" in spec else {}))
    assert len(asked_for) == len(set(asked_for)) > 0


@for_all(
    data=st.data(),
    spec=st.sampled_from([OPEN_OCEAN, SAMOA_SHELF, "isa:COMRA-COM1a", "isa:NORI-D", "-116, 15.6"]),
)
@settings(max_examples=10, deadline=None)
def test_every_interview_ends_and_leaves_open_only_what_nobody_knows(data, spec) -> None:
    start = {} if "isa:" not in spec and data.draw(st.booleans()) else EXPLORING
    asked_for: list[str] = []

    def ask(asked: Asked) -> str | bool | None:
        assert asked.fact not in asked_for
        asked_for.append(asked.fact)
        return data.draw(st.none() | a_value(asked.fact), label=asked.fact)

    found = held(spec, ask, **start)
    assert set(found.question.answers) == set(asked_for)
    unknown = {fact for fact, answer in found.question.answers.items() if answer is None}
    still_open = {c.fact for opinion in found.opinions for c in opinion.contingent_on} - {"place.kind"}
    assert still_open <= unknown
    if not unknown:
        assert "contingent" not in verdicts(found).values()


# --- On the command line ------------------------------------------------------------------------------------


def run(*arguments: str, stdin: str = "") -> Result:
    return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)


ON = ("--on", "2026-11-21")


def test_an_interview_at_the_terminal_ends_with_the_assessment() -> None:
    result = run("ask", SAMOA_SHELF, *ON, stdin="what?\n" + "no\n?\n" * 50)
    assert result.exit_code == 0, result.output
    assert "'what?' is not an answer to this; answer" in result.stderr
    assert "It matters to: Law of the sea" in result.stderr
    assert "43 U.S.C." in result.stderr
    assert "No further answer can change a verdict." in result.stderr
    assert "Law of the sea (UNCLOS, ISA)  " in result.stdout.split("\n\n")[1]
    assert "It matters to" not in result.stdout


@pytest.mark.parametrize("stdin", ["", "no\n", "nonsense\n"])
def test_an_interview_that_is_broken_off_writes_nothing(stdin, tmp_path: Path) -> None:
    result = run("ask", SAMOA_SHELF, *ON, "--save", str(tmp_path / "a.yaml"), stdin=stdin)
    assert result.exit_code == 1
    assert "The interview was ended; nothing was written." in result.stderr
    assert "Traceback" not in result.output
    assert result.stdout == ""
    assert list(tmp_path.iterdir()) == []


def test_saved_answers_give_the_same_assessment_without_an_interview(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    options = (*ON, "--format", "json")
    asked = run("ask", SAMOA_SHELF, *options, "--save", str(path), stdin="否\n不知道\n" * 50)
    again = run("check", SAMOA_SHELF, *options, "--answers", str(path))
    scripted = run("ask", SAMOA_SHELF, *options, "--answers", str(path))
    assert asked.exit_code == again.exit_code == scripted.exit_code == 0, asked.output
    found = [json.loads(result.stdout) for result in (asked, again, scripted)]
    for assessment in found:
        del assessment["receipt"]["created"]
    assert found[0] == found[1] == found[2]
    assert {False, None} <= set(found[0]["question"]["answers"].values())


def test_a_scripted_interview_says_what_the_file_lacks_and_what_it_need_not_have_said(tmp_path: Path) -> None:
    path = tmp_path / "answers.yaml"
    path.write_text("activity: exploitation\nholds.prc_deep_seabed_permit: yes\n", encoding="utf-8")
    result = run("ask", SAMOA_SHELF, *ON, "--answers", str(path))
    assert result.exit_code == 0
    assert "the file does not answer: applicant.is_coastal_state" in result.stderr
    assert "no verdict turns on it: holds.prc_deep_seabed_permit" in result.stderr
    assert "CONTINGENT" in result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("check", OPEN_OCEAN, "--answers", "missing.yaml"), "missing.yaml: cannot be read"),
        (("ask", "-"), "standard input cannot give both the site and the answers"),
        (("ask", OPEN_OCEAN, "--save", "missing/answers.yaml"), "there is no folder missing"),
    ],
)
def test_a_file_that_cannot_be_used_gets_one_clear_line(arguments, message, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert list(tmp_path.iterdir()) == []


def test_the_help_of_ask_has_examples() -> None:
    assert "seabed ask isa:NORI-D" in run("ask", "--help").output
