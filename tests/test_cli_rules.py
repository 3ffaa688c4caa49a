"""Reading the law from the command line: rules, why, status."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner, Result

from seabed.cli import main
from seabed.law.rules import load_rulebook

QUESTION = (
    "--applicant",
    "tmc-usa",
    "--activity",
    "exploitation",
    "--mineral",
    "nodules",
    "--on",
    "2026-11-21",
)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def listed(*arguments: str) -> list[dict]:
    return json.loads(run("rules", "list", *arguments, "--format", "json").output)


# --- rules list ---------------------------------------------------------------------------------------------


def test_every_rule_is_listed() -> None:
    assert [rule["id"] for rule in listed()] == [rule.id for rule in load_rulebook().rules()]


def test_rules_are_listed_by_order_day_and_effect() -> None:
    assert {rule["order"] for rule in listed("--order", "chn")} == {"chn"}
    assert {rule["effect"] for rule in listed("--effect", "prohibits")} == {"prohibits"}
    assert listed("--order", "chn", "--in-force", "2016-04-30") == []
    assert listed("--order", "chn", "--in-force", "2016-05-01")


def test_the_list_gives_each_rule_with_its_cite() -> None:
    output = run("rules", "list", "--order", "usa").output
    assert "usa.dshmra.1411-a-1  (requires)" in output
    assert "30 U.S.C. 1411(a)(1): " in output


# --- rules show ---------------------------------------------------------------------------------------------


def test_one_rule_is_shown_with_words_conditions_and_cases() -> None:
    output = run("rules", "show", "usa.dshmra.1411-a-1").output
    for part in (
        "30 U.S.C. 1411(a)(1)",
        "from 1980-06-28",
        "DSHMRA exploration licence",
        "Is the mineral a hard mineral resource within 30 U.S.C. 1403(6)? yes",
        "[holds] asks a US company exploring for nodules in the Area for a licence",
        "美国公民",
    ):
        assert part in output


def test_a_rule_names_what_it_prevails_over_and_what_it_yields_to() -> None:
    over, under = next((r.id, o.rule) for r in load_rulebook().rules() for o in r.overrides)
    assert under in run("rules", "show", over).output.split("It prevails over")[1]
    assert over in run("rules", "show", under).output.split("It yields to")[1]


def test_the_positions_on_a_contested_rule_are_shown_with_their_holders() -> None:
    rule = next(rule for rule in load_rulebook().rules() if rule.contested)
    output = run("rules", "show", rule.id).output
    assert "Contested: " in output
    for side in rule.contested.positions:
        assert side.holders[0].split()[0] in output


@pytest.mark.parametrize("rule", [rule.id for rule in load_rulebook().rules()][::7])
def test_any_rule_can_be_shown(rule: str) -> None:
    assert run("rules", "show", rule).output.startswith(rule)


# --- rules test, graph, coverage ----------------------------------------------------------------------------


def test_the_cases_of_an_order_pass_and_are_counted() -> None:
    result = run("rules", "test", "--order", "chn")
    assert result.exit_code == 0
    assert "12 rules" in result.output
    assert result.output.rstrip().endswith("0 failed")


def test_a_case_that_fails_is_named_and_the_exit_code_is_1(monkeypatch: pytest.MonkeyPatch) -> None:
    from seabed.law import cases
    from seabed.law.engine import Status

    case = next(c for c in cases.load_rule_cases() if c.rule.startswith("chn.") and c.outcome is Status.HOLDS)
    wrong = case.model_copy(update={"outcome": Status.FAILS})
    monkeypatch.setattr(cases, "load_rule_cases", lambda: [wrong])
    result = run("rules", "test", "--order", "chn")
    assert result.exit_code == 1
    assert f"FAILED {case.sentence}: expected fails, got holds" in result.output


def test_the_graph_has_an_arrow_for_each_override() -> None:
    book = load_rulebook()
    overrides = sum(len(rule.overrides) for rule in book.rules("usa"))
    mermaid = run("rules", "graph", "--order", "usa").output
    assert mermaid.startswith("flowchart LR")
    assert mermaid.count("-->|") == overrides
    assert mermaid.count("-.->|") > 0
    dot = run("rules", "graph", "--order", "usa", "--format", "dot").output
    assert dot.startswith("digraph")
    assert dot.count(" -> ") == mermaid.count("->|")


def test_no_two_rules_share_a_name_in_the_graph() -> None:
    from seabed.law.rule_graph import _name

    ids = [rule.id for rule in load_rulebook().rules()]
    assert len({_name(id_) for id_ in ids}) == len(ids)


def test_coverage_is_printed_as_markdown() -> None:
    assert run("rules", "coverage").output.startswith("# What the rules cover")


# --- why ----------------------------------------------------------------------------------------------------


def test_why_leads_with_the_answer_and_what_it_rests_on() -> None:
    output = run("why", "isa:NORI-D", *QUESTION, "--order", "usa").output
    assert output.startswith("United States, on 2026-11-21: AUTHORISATION REQUIRED")
    rests_on = output.split("What the answer rests on")[1].split("What else was weighed")[0]
    assert "[HOLDS] 30 U.S.C. 1411(a)(1): " in rests_on


def test_why_shows_the_exceptions_that_did_not_fire_and_why_not() -> None:
    output = run("why", "isa:NORI-D", *QUESTION, "--order", "unclos").output
    exception = output.split("exception that did not fire: ")[1]
    assert exception.startswith("UNCLOS Annex III arts. 3(4)(c), 16")
    assert "no    Is the place under the applicant's own ISA contract" in exception


def test_why_names_the_contract_where_a_title_has_a_place_for_it() -> None:
    output = run("why", "isa:NORI-D", *QUESTION, "--order", "unclos").output
    assert "NORIPMN1" in output
    assert "{" not in output


def test_why_shows_all_rules_when_asked() -> None:
    short = run("why", "isa:NORI-D", *QUESTION, "--order", "usa").output
    full = run("why", "isa:NORI-D", *QUESTION, "--order", "usa", "--all").output
    assert "--all shows them" in short
    assert "--all" not in full
    assert "[does not apply]" in full
    assert len(full) > len(short)


def test_why_says_of_a_negated_fact_that_another_answer_was_looked_for() -> None:
    output = " ".join(run("why", "isa:NORI-D", *QUESTION, "--order", "usa", "--all").output.split())
    assert "(the rule looks for: anything" in output


def test_why_says_of_an_order_without_rules_that_it_has_none() -> None:
    output = run("why", "-130, 10", "--applicant", "MNG", "--on", "2026-11-21", "--order", "mng").output
    assert output.startswith("Mongolia, on 2026-11-21: NOT MODELLED")


# --- status -------------------------------------------------------------------------------------------------


def test_status_shows_a_contract_on_a_day() -> None:
    output = run("status", "NORIPMN1", "--on", "2026-07-22").output
    assert output.startswith("NORIPMN1: Nauru Ocean Resources Inc. (NORI)")
    assert "Extension requested" in output
    assert "ITLOS Case 34" in output


def test_status_is_also_data() -> None:
    (entry,) = json.loads(run("status", "USA-1", "--on", "2026-11-21", "--format", "json").output)
    assert entry["id"] == "USA-1"
    assert entry["on"] == "2026-11-21"
    assert entry["stands"] == "true"
    assert {"label", "text", "source"} == set(entry["lines"][0])


# --- errors -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("rules", "list", "--order", "mng"), "there are no rules of 'mng'; there are of unclos"),
        (("rules", "list", "--effect", "forbids"), "there is no effect 'forbids'; there are requires"),
        (("rules", "show", "usa.dshmra.1411-a"), "did you mean usa.dshmra.1411-a-"),
        (("rules", "show", "?"), "seabed rules list names them"),
        (("rules", "test", "--order", "x"), "there are no rules of 'x'"),
        (("rules", "graph", "--order", "x"), "there are no rules of 'x'"),
        (("why", "isa:NORI-D", "--order", "xyz"), "no opinion of 'xyz'"),
        (("status", "NORIPNM1"), "did you mean NORIPMN1"),
    ],
)
def test_bad_input_gets_one_clear_line_and_exit_code_2(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert len(result.output.splitlines()) == 1
