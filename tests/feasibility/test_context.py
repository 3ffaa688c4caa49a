import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.errors import FigureError
from seabed.feasibility import context
from seabed.feasibility.context import PolicyEvent, context_on, policy_events
from seabed.language import speaking

A_DAY = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))


def state_on(event, on):
    return next(one.state for one in context_on(on).events if one.id == event)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        (dt.date(2025, 10, 9), "in_force"),
        (dt.date(2025, 11, 7), "suspended"),
        (dt.date(2026, 11, 10), "suspended"),
        (dt.date(2026, 11, 11), "unknown"),
    ],
)
def test_the_october_controls_are_suspended_for_a_year_and_then_not_known(on, state):
    assert state_on("ree_control_october_2025", on) == state


def test_the_april_controls_stay_in_force_through_the_suspension():
    assert state_on("ree_control_april_2025", dt.date(2026, 3, 1)) == "in_force"


def test_a_measure_announced_and_not_yet_begun_says_so():
    assert state_on("ga_ge_control", dt.date(2023, 7, 15)) == "announced"
    assert state_on("ga_ge_control", dt.date(2023, 8, 1)) == "in_force"


def test_the_partnership_that_forge_replaced_has_ended():
    assert state_on("msp", dt.date(2026, 2, 4)) == "ended"


def test_a_signing_on_two_days_by_the_clock_says_which_and_why():
    event = next(e for e in context_on(dt.date(2026, 1, 1)).events if e.id == "us_japan_framework_2025")
    assert event.on == dt.date(2025, 10, 28)
    assert "27 October" in event.doubt


@given(A_DAY)
def test_no_event_comes_before_its_day_and_the_latest_comes_first(on):
    days = [event.on for event in context_on(on).events]
    assert all(day <= on for day in days)
    assert days == sorted(days, reverse=True)


@given(A_DAY, A_DAY)
def test_what_has_happened_stays_in_the_list(one, other):
    earlier, later = sorted((one, other))
    before, after = ({event.id for event in context_on(day).events} for day in (earlier, later))
    assert before <= after


def test_every_event_has_a_source_a_vintage_and_both_languages():
    for event in policy_events().values():
        assert event.source
        assert event.vintage[:2] == "20"
        assert any("一" <= letter <= "鿿" for letter in event.what.zh)
        assert event.doubt is None or event.doubt.zh


def test_before_the_first_control_none_is_known():
    assert "No export control" in context_on(dt.date(2022, 12, 31)).summary


def test_events_are_told_in_the_language_spoken():
    with speaking("zh"):
        events = context_on(dt.date(2026, 11, 21)).events
    assert all(any("一" <= letter <= "鿿" for letter in event.what) for event in events)


ENTRY = {
    "id": "x",
    "on": dt.date(2025, 1, 1),
    "about": "trade",
    "by": ["USA"],
    "what": {"en": "x", "zh": "某"},
    "source": "s",
    "vintage": "2025",
    "confidence": "low",
}


@pytest.mark.parametrize(
    ("more", "message"),
    [
        ({"to": dt.date(2025, 2, 1)}, "first day"),
        ({"from": dt.date(2025, 3, 1), "to": dt.date(2025, 2, 1)}, "in this order"),
        ({"also": dt.date(2025, 1, 2)}, "doubt"),
    ],
)
def test_an_impossible_event_is_refused(more, message):
    with pytest.raises(ValueError, match=message):
        PolicyEvent.model_validate(ENTRY | more)


def test_a_damaged_file_gets_one_clear_error(tmp_path, monkeypatch):
    (tmp_path / "policy_events.yaml").write_text("- {id: x}\n", encoding="utf-8")
    monkeypatch.setattr(context, "FIGURES", tmp_path)
    policy_events.cache_clear()
    try:
        with pytest.raises(FigureError, match=r"policy_events\.yaml"):
            policy_events()
    finally:
        policy_events.cache_clear()
