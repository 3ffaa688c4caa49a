from __future__ import annotations

import datetime as dt
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.briefing import words
from seabed.language import speaking


@pytest.mark.parametrize(
    ("fraction", "said"),
    [
        (1.0, "100%"),
        (1 - 5e-7, "100%"),
        (0.99995, "over 99.9%"),
        (0.7003, "70%"),
        (0.2992, "29.9%"),
        (0.0005, "under 0.1%"),
        (0.0, "0%"),
    ],
)
def test_a_share_is_never_rounded_to_all_or_nothing(fraction: float, said: str) -> None:
    assert words.share(fraction) == said


def test_a_bearing_just_short_of_north_is_north() -> None:
    assert words.bearing(359.96) == "000°"


def test_a_distance_is_given_in_km_and_nautical_miles() -> None:
    assert words.distance(370.4) == "370 km (200 M)"


def test_a_date_does_not_depend_on_the_locale() -> None:
    assert words.date(dt.date(2026, 11, 21)) == "21 November 2026"


def test_a_text_that_is_a_date_is_written_as_one() -> None:
    assert words.date_text("1980-06-28") == "28 June 1980"
    assert words.date_text("since 1980") == "since 1980"
    assert words.date_text("2025-13-28") == "2025-13-28"


def test_a_position_has_hemispheres() -> None:
    assert words.position(-116.94167, 10.489165) == "10.4892° N, 116.9417° W"


def test_an_id_without_words_is_shown_not_dropped() -> None:
    assert words.words("made_up_thing") == "Made up thing"
    assert words.zone_kind("new_kind") == "New kind"
    assert words.order("ton") == "Tonga"
    assert words.order("zzz") == "ZZZ"


def test_every_state_and_territory_has_a_name_in_both_languages() -> None:
    names = words.state_names()
    assert len(names) == 250  # of ISO 3166-1, and the European Union
    assert all(len(code) == 3 and code.isupper() for code in names)
    for language in ("en", "zh"):
        assert len({name[language] for name in names.values()}) == len(names)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("PRK", "朝鲜"),
        ("KOR", "韩国"),
        ("COK", "库克群岛"),
        ("TUV", "图瓦卢"),
        ("TON", "汤加"),
        ("NRU", "瑙鲁"),
    ],
)
def test_a_state_is_named_in_chinese(code: str, name: str) -> None:
    with speaking("zh"):
        assert words.state(code) == name


def test_numbers_dates_and_positions_are_written_as_in_chinese() -> None:
    with speaking("zh"):
        assert words.date(dt.date(2026, 11, 22)) == "2026年11月22日"
        assert words.date_text("2025-06") == "2025年6月"
        assert words.position(-116.94167, -10.489165) == "南纬10.4892°，西经116.9417°"
        assert words.number(25182.4, "km²").startswith("25,182")


def test_a_month_is_written_as_one() -> None:
    assert words.date_text("2025-06") == "June 2025"


def test_a_number_that_is_not_finite_is_not_known() -> None:
    assert words.number(float("nan"), "km") == "not known km"


@given(st.text())
def test_a_cleaned_text_is_one_line_that_shows_all_it_holds(text: str) -> None:
    cleaned = words.clean(text)
    assert words.clean(cleaned) == cleaned
    assert not {unicodedata.category(c) for c in cleaned} & {"Cc", "Cs", "Zl", "Zp"}
    assert "\u202e" not in cleaned
    assert "\n" not in cleaned
