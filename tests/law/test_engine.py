"""The engine: overrides, definitions, dates, verdicts, and the decision diagram over what is unknown."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import TYPE_CHECKING

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from seabed.contract import Verdict
from seabed.errors import RuleError
from seabed.law.engine import Branch, Program, Status, decide, facts_of, instruments, verdict
from seabed.law.engine import given as given_answer
from seabed.law.logic import Truth
from seabed.law.rules import load_rulebook

if TYPE_CHECKING:
    from pathlib import Path

TODAY = dt.date(2026, 11, 21)
HEAD = {
    "instrument": "act",
    "order": "usa",
    "title": {"en": "Act", "zh": "法"},
    "citation": "Act of 2000",
    "in_force": {"from": dt.date(2000, 1, 1)},
    "verified": {"on": TODAY, "against": "the text"},
}
FACTS = {
    name: {"kind": "yes_no", "question": {"en": f"{name}?", "zh": f"{name}？"}}
    for name in ("p", "q", "r", "term")
} | {
    "activity": {
        "kind": "one_of",
        "values": ["exploration", "exploitation"],
        "question": {"en": "?", "zh": "？"},
    }
}
INSTRUMENTS = {
    name: {"name": {"en": name, "zh": name}, "authority": "NOAA"} for name in ("licence", "permit")
}


def rule(name: str, effect: str, **more) -> dict:
    then = {"effect": effect} | {k: more.pop(k) for k in ("instruments", "fact") if k in more}
    return {
        "id": f"usa.act.{name}",
        "cite": f"s. {name}",
        "title": {"en": name, "zh": name},
        "then": then,
    } | more


@pytest.fixture
def book(tmp_path: Path):
    """Return a function that writes rules to a directory of their own and loads them."""
    numbers = itertools.count()

    def load(*rules: dict, **head):
        root = tmp_path / f"rules{next(numbers)}"
        (root / "usa").mkdir(parents=True)
        files = {
            "orders.yaml": {"usa": {"name": {"en": "United States", "zh": "美国"}}},
            "facts.yaml": FACTS,
            "instruments.yaml": INSTRUMENTS,
            "conflicts.yaml": [],
            "usa/act.yaml": HEAD | head | {"rules": list(rules)},
        }
        for name, data in files.items():
            (root / name).write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
        return load_rulebook(root)

    return load


def statuses(book, facts, on=TODAY) -> dict[str, str]:
    return {
        name.rsplit(".", 1)[1]: o.status.value
        for name, o in Program("usa", on, book).run(facts).outcomes.items()
    }


def test_scope_and_condition_are_told_apart(book) -> None:
    rules = book(rule("1", "prohibits", applies={"p": True}, when={"q": True}))
    assert statuses(rules, {"p": False})["1"] == "not_applicable"
    assert statuses(rules, {"p": True, "q": False})["1"] == "fails"
    assert statuses(rules, {"p": True, "q": True})["1"] == "holds"
    assert statuses(rules, {"p": True})["1"] == "unknown"
    assert statuses(rules, {"q": False})["1"] == "fails"


def test_an_overriding_rule_defeats_and_an_unknown_one_leaves_it_contingent(book) -> None:
    override = [{"rule": "usa.act.1", "as": "carve_out", "why": "the proviso"}]
    rules = book(
        rule("1", "prohibits", when={"p": True}), rule("2", "permits", when={"q": True}, overrides=override)
    )
    assert statuses(rules, {"p": True, "q": True})["1"] == "defeated"
    assert statuses(rules, {"p": True, "q": False})["1"] == "holds"
    assert statuses(rules, {"p": True})["1"] == "contingent"
    assert statuses(rules, {"p": False})["1"] == "fails"


def test_an_override_that_is_itself_defeated_does_not_count(book) -> None:
    rules = book(
        rule("1", "prohibits"),
        rule("2", "permits", overrides=[{"rule": "usa.act.1", "as": "carve_out", "why": "x"}]),
        rule("3", "notes", when={"p": True}, overrides=[{"rule": "usa.act.2", "as": "savings", "why": "y"}]),
    )
    assert statuses(rules, {"p": True})["1"] == "holds"
    assert statuses(rules, {"p": False})["1"] == "defeated"


def test_a_defined_term_is_true_exactly_when_a_defining_rule_holds(book) -> None:
    rules = book(
        rule("1", "defines", fact="term", when={"p": True}),
        rule("2", "defines", fact="term", when={"q": True}),
        rule("3", "prohibits", when={"term": True}),
    )
    assert statuses(rules, {"p": True})["3"] == "holds"
    assert statuses(rules, {"p": False})["3"] == "unknown"
    assert statuses(rules, {"p": False, "q": False})["3"] == "fails"


def test_what_a_caller_says_of_a_defined_term_is_not_heard(book) -> None:
    rules = book(
        rule("1", "defines", fact="term", when={"p": True}), rule("2", "prohibits", when={"term": True})
    )
    assert statuses(rules, {"p": False, "term": True})["2"] == "fails"


@pytest.mark.parametrize(
    ("on", "expected"),
    [(dt.date(1999, 12, 31), Verdict.NOT_APPLICABLE), (dt.date(2000, 1, 1), Verdict.PROHIBITED)],
)
def test_a_rule_speaks_from_its_first_day(book, on, expected) -> None:
    assert decide(Program("usa", on, book(rule("1", "prohibits"))), {}) is expected


def test_a_rule_speaks_to_its_last_day(book) -> None:
    rules = book(rule("1", "prohibits", in_force={"from": dt.date(2000, 1, 1), "to": dt.date(2010, 6, 1)}))
    assert decide(Program("usa", dt.date(2010, 6, 1), rules), {}) is Verdict.PROHIBITED
    assert decide(Program("usa", dt.date(2010, 6, 2), rules), {}) is Verdict.NOT_APPLICABLE


REQUIRES = rule("1", "requires", instruments={"exploration": "licence", "exploitation": ["permit"]})
BARS = rule("2", "bars", instruments=["licence"], when={"p": True})


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"activity": "exploration", "p": False, "holds.licence": False}, Verdict.AUTHORISATION_REQUIRED),
        ({"activity": "exploration", "p": False, "holds.licence": True}, Verdict.PERMITTED),
        ({"activity": "exploration", "p": True, "holds.licence": False}, Verdict.PROHIBITED),
        ({"activity": "exploration", "p": True, "holds.licence": True}, Verdict.PERMITTED),
        ({"activity": "exploitation", "p": True, "holds.permit": False}, Verdict.AUTHORISATION_REQUIRED),
        ({"activity": "exploitation", "holds.permit": True}, Verdict.PERMITTED),
    ],
)
def test_a_required_instrument_is_held_missing_or_barred(book, facts, expected) -> None:
    assert decide(Program("usa", TODAY, book(REQUIRES, BARS)), facts) is expected


def test_only_instruments_for_the_activity_are_asked_for(book) -> None:
    run = Program("usa", TODAY, book(REQUIRES, BARS)).run({"activity": "exploration"})
    assert set(instruments(run)) == {"licence"}


def test_an_order_with_nothing_to_say_does_not_apply(book) -> None:
    assert decide(Program("usa", TODAY, book(rule("1", "obliges"))), {}) is Verdict.NOT_APPLICABLE


def test_a_fact_that_cannot_change_the_verdict_is_not_called_open(book) -> None:
    """Kleene logic alone would ask for p in 'p or not p'; the decision diagram does not."""
    rules = book(rule("1", "prohibits", when={"p": True}), rule("2", "prohibits", when={"p": False}))
    program = Program("usa", TODAY, rules)
    assert verdict(program.run({})) is None
    assert decide(program, {}) is Verdict.PROHIBITED


def test_the_diagram_says_what_each_answer_would_make_of_it(book) -> None:
    rules = book(rule("1", "prohibits", when={"all": [{"p": True}, {"q": True}]}), rule("2", "permits"))
    diagram = decide(Program("usa", TODAY, rules), {})
    assert isinstance(diagram, Branch)
    assert facts_of(diagram) == ["p", "q"]
    assert given_answer(diagram, "p", value=False) == {Verdict.PERMITTED}
    assert given_answer(diagram, "q", value=True) == {Verdict.PROHIBITED, Verdict.PERMITTED}


ORDERS = load_rulebook().modelled_orders
DATES = [
    dt.date(*day)
    for day in ((1979, 1, 1), (1985, 1, 1), (1995, 1, 1), (2005, 1, 1), (2016, 5, 1), (2022, 8, 15))
] + [TODAY]


@st.composite
def real_facts(draw, programs):
    """Draw an order, a day and answers to some of the facts its rules ask about."""
    program = draw(st.sampled_from(programs))
    asked = sorted({fact for r in program.rules for fact in r.facts} - program._defined)
    chosen = draw(st.lists(st.sampled_from(asked), unique=True)) if asked else []
    return program, {fact: draw(st.sampled_from(program.domain(fact))) for fact in chosen}


PROGRAMS = [Program(order, on, load_rulebook()) for order in ORDERS for on in DATES]


@settings(max_examples=300, deadline=None)
@given(real_facts(PROGRAMS), st.data())
def test_learning_a_fact_never_turns_a_settled_verdict(drawn, data) -> None:
    program, facts = drawn
    before = verdict(program.run(facts))
    if before is None:
        return
    fact = data.draw(st.sampled_from(sorted(program.book.facts.keys() - program._defined)))
    value = data.draw(st.sampled_from(program.domain(fact)))
    assert verdict(program.run({fact: value} | facts)) is before


@settings(max_examples=100, deadline=None)
@given(real_facts(PROGRAMS))
def test_the_rules_that_cannot_move_a_verdict_do_not(drawn) -> None:
    program, facts = drawn
    assert verdict(program.run(facts)) is verdict(program.run(facts, only_deciding=True))


@settings(max_examples=60, deadline=None)
@given(real_facts(PROGRAMS), st.data())
def test_following_the_diagram_gives_the_verdict_of_the_answers(drawn, data) -> None:
    program, facts = drawn
    full = {
        fact: facts.get(fact, data.draw(st.sampled_from(program.domain(fact)), label=fact))
        for fact in program.book.facts
        if fact not in program._defined
    }
    held_back = data.draw(st.lists(st.sampled_from(sorted(full)), max_size=6, unique=True))
    diagram = decide(program, {fact: value for fact, value in full.items() if fact not in held_back})
    while isinstance(diagram, Branch):
        diagram = dict(diagram.children)[full[diagram.fact]]
    assert diagram is verdict(program.run(full))


def test_with_every_fact_known_every_order_gives_one_verdict() -> None:
    for program in PROGRAMS:
        facts = {fact: program.domain(fact)[0] for fact in program.book.facts}
        assert verdict(program.run(facts)) is not None
        assert all(o.effective is not Truth.UNKNOWN for o in program.run(facts).outcomes.values())
        assert all(
            o.status not in {Status.UNKNOWN, Status.CONTINGENT} for o in program.run(facts).outcomes.values()
        )


@pytest.mark.parametrize(
    ("broken", "message"),
    [
        (
            rule("1", "prohibits", when={"unheard_of": True}),
            "asks for facts that facts.yaml does not declare: unheard_of",
        ),
        (rule("1", "prohibits", when={"activity": "fishing"}), "activity can never be fishing"),
        (rule("1", "requires", instruments=["passport"]), "instruments.yaml does not have: passport"),
        (rule("1", "requires"), "'instruments' goes with the effects requires and bars"),
        (
            rule("1", "permits", instruments=["licence"]),
            "'instruments' goes with the effects requires and bars",
        ),
        (rule("1", "defines"), "'fact' goes with the effect defines"),
        (
            rule("1", "prohibits", overrides=[{"rule": "usa.act.9", "as": "priority", "why": "x"}]),
            "which is no rule of the order usa",
        ),
        (rule("1", "prohibits", cite=""), "cite"),
        (rule("1", "prohibits", cited="typo"), "cited: Extra inputs are not permitted"),
        (rule("1", "prohibits", in_force={"to": TODAY}), "in_force.from: Field required"),
        (rule("1", "prohibits", title={"en": "no Chinese"}), "title.zh: Field required"),
        (rule("No Good", "prohibits"), "id: String should match pattern"),
    ],
)
def test_a_broken_rule_is_refused_with_what_is_wrong(book, broken, message) -> None:
    with pytest.raises(RuleError, match=message.replace("(", r"\(")):
        book(broken)


def test_two_rules_with_one_id_are_refused(book) -> None:
    with pytest.raises(RuleError, match="two rules have this id"):
        book(rule("1", "permits"), rule("1", "prohibits"))


def test_overrides_in_a_circle_are_refused(book) -> None:
    one = rule("1", "permits", overrides=[{"rule": "usa.act.2", "as": "priority", "why": "x"}])
    two = rule("2", "prohibits", overrides=[{"rule": "usa.act.1", "as": "priority", "why": "y"}])
    with pytest.raises(RuleError, match="overrides go round in a circle"):
        book(one, two)


def test_a_file_in_the_wrong_folder_is_refused(book) -> None:
    with pytest.raises(RuleError, match="order is 'chn' but the folder is 'usa'"):
        book(rule("1", "permits"), order="chn")


def test_a_key_that_stands_twice_is_refused(tmp_path: Path) -> None:
    from seabed.yamlfile import read_yaml

    path = tmp_path / "twice.yaml"
    path.write_text("a: 1\na: 2\n")
    with pytest.raises(RuleError, match="line 1: the key 'a' stands twice"):
        read_yaml(path)


def test_norway_and_the_key_on_are_not_booleans(tmp_path: Path) -> None:
    from seabed.yamlfile import read_yaml

    path = tmp_path / "norway.yaml"
    path.write_text("on: 2026-11-21\nstates: [NO, yes]\nopen: true\n")
    assert read_yaml(path) == {"on": TODAY, "states": ["NO", "yes"], "open": True}
