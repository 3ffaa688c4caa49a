"""Kleene's laws, and that learning a fact never turns a settled answer."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.errors import RuleError
from seabed.law.logic import All, AnyOf, Is, Missing, Not, Truth, evaluate, facts_in, parse

truths = st.sampled_from(Truth)
names = st.sampled_from(["a", "b", "c"])
atoms = st.builds(lambda fact, value: Is(fact, frozenset({value})), names, st.booleans())
conditions = st.recursive(
    atoms,
    lambda inner: st.one_of(
        st.builds(lambda terms: All(tuple(terms)), st.lists(inner, max_size=3)),
        st.builds(lambda terms: AnyOf(tuple(terms)), st.lists(inner, max_size=3)),
        st.builds(Not, inner),
    ),
    max_leaves=12,
)
partial_facts = st.dictionaries(names, st.booleans())


@given(truths, truths, truths)
def test_and_and_or_are_commutative_associative_and_distribute(a: Truth, b: Truth, c: Truth) -> None:
    assert a & b == b & a
    assert a | b == b | a
    assert (a & b) & c == a & (b & c)
    assert (a | b) | c == a | (b | c)
    assert a & (b | c) == (a & b) | (a & c)


@given(truths, truths)
def test_de_morgan_and_double_negation_hold(a: Truth, b: Truth) -> None:
    assert ~(a & b) == ~a | ~b
    assert ~~a == a


def test_the_excluded_middle_does_not_hold_for_the_unknown() -> None:
    assert Truth.UNKNOWN | ~Truth.UNKNOWN is Truth.UNKNOWN


@given(conditions, partial_facts, names, st.booleans())
def test_learning_a_fact_never_turns_a_settled_condition(condition, facts, name, value) -> None:
    before = evaluate(condition, facts)
    after = evaluate(condition, {name: value} | facts)
    assert before is Truth.UNKNOWN or before is after


@given(conditions)
def test_with_every_fact_known_nothing_is_unknown(condition) -> None:
    facts = dict.fromkeys(facts_in(condition), True)
    assert evaluate(condition, facts) is not Truth.UNKNOWN


def test_two_unknown_facts_are_not_equal() -> None:
    same = AnyOf(
        (All((Is("a", frozenset({True})), Is("b", frozenset({True})))), Not(Is("a", frozenset({True}))))
    )
    assert evaluate(same, {"a": Missing.DONT_KNOW, "b": Missing.DONT_KNOW}) is Truth.UNKNOWN


def test_a_fact_that_does_not_apply_has_no_value_at_all() -> None:
    facts = {"sponsor": Missing.NOT_APPLICABLE}
    assert evaluate(Is("sponsor", frozenset({"NRU"})), facts) is Truth.FALSE
    assert evaluate(Not(Is("sponsor", frozenset({"NRU"}))), facts) is Truth.TRUE


def test_a_mapping_with_two_facts_means_both() -> None:
    condition = parse({"place.kind": "area", "mineral": ["nodules", "crusts"]}, "here")
    assert evaluate(condition, {"place.kind": "area", "mineral": "crusts"}) is Truth.TRUE
    assert evaluate(condition, {"place.kind": "area", "mineral": "sulphides"}) is Truth.FALSE


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([], "a condition is a mapping"),
        ({}, "a condition is a mapping"),
        ({"all": []}, "'all' takes a list"),
        ({"any": {"a": True}}, "'any' takes a list"),
        ({"a": 3}, "compared with true, false or a word"),
        ({"a": []}, "compared with true, false or a word"),
    ],
)
def test_a_malformed_condition_is_refused_with_the_place(data, message) -> None:
    with pytest.raises(RuleError, match=f"here: .*{message}|here: {message}"):
        parse(data, "here")
