"""The cases pin the rules down: a sample of what ``make mutants`` does in full."""

from __future__ import annotations

import pytest
from mutation import EQUIVALENT, TARGET, Mutant, court_of, mutants, tally

from seabed.law.engine import VERDICT_EFFECTS
from seabed.law.logic import Not
from seabed.law.rules import load_rulebook

BOOK = load_rulebook()
ORDERS = BOOK.modelled_orders


def test_nearly_every_mutant_of_a_sample_is_killed() -> None:
    sample = [row for order in ORDERS for row in tally(order, of=20) if row[0] not in EQUIVALENT]
    survivors = [name for name, _, dead in sample if not dead]
    assert len(survivors) <= (1 - TARGET) * len(sample), survivors


@pytest.mark.parametrize("order", ORDERS)
def test_a_rule_that_decides_a_verdict_cannot_be_turned_round_unseen(order) -> None:
    court = court_of(order, BOOK)
    for rule in (rule for rule in court.rules.values() if rule.then.effect in VERDICT_EFFECTS):
        turned = rule.model_copy(update={"when": Not(rule.when)})
        assert court.kills(Mutant(rule.id, "negated", (turned,))), rule.id


def test_what_is_called_equivalent_is_a_mutant() -> None:
    assert EQUIVALENT.keys() <= {mutant.name for order in ORDERS for mutant in mutants(order, BOOK)}


def test_every_date_override_and_instrument_is_changed_once() -> None:
    names = {mutant.name for order in ORDERS for mutant in mutants(order, BOOK)}
    for rule in BOOK.rules():
        for override in rule.overrides:
            assert f"{rule.id}: no longer overrides {override.rule}" in names
        for activity, wanted in rule.then.instruments.items():
            for instrument in wanted:
                assert f"{rule.id}: no longer {rule.then.effect} {instrument} ({activity})" in names
