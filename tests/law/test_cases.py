"""The cases written beside the law. A failure here may mean that the law changed."""

from __future__ import annotations

import pytest

from seabed.law.cases import RuleCase, Scenario, answer_to, lint, load_rule_cases, load_scenarios, outcome_of
from seabed.law.rules import load_rulebook

CASES = load_rule_cases()
SCENARIOS = load_scenarios()


@pytest.mark.parametrize("case", CASES, ids=[case.sentence for case in CASES])
def test_rule(case: RuleCase) -> None:
    assert outcome_of(case, load_rulebook()) is case.outcome


@pytest.mark.parametrize("scenario", SCENARIOS, ids=[f"{s.order}: {s.it}" for s in SCENARIOS])
def test_scenario(scenario: Scenario) -> None:
    answer = answer_to(scenario, load_rulebook())
    assert answer["verdict"] is scenario.verdict
    assert answer["contested"] is scenario.contested
    if scenario.requires is not None:
        assert answer["requires"] == set(scenario.requires)
    if scenario.open is not None:
        assert answer["open"] == set(scenario.open)


def test_every_rule_has_a_case_where_it_holds_one_where_not_and_one_where_it_is_unknown() -> None:
    assert lint(load_rulebook(), CASES) == []


def test_no_two_cases_have_the_same_sentence() -> None:
    sentences = [case.sentence for case in CASES] + [f"{s.order}: {s.it}" for s in SCENARIOS]
    assert len(sentences) == len(set(sentences))
