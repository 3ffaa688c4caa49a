"""Tables as they stand side by side on a page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.briefing.columns import fitted, widths_of
from seabed.briefing.document import Section, Table

TEXTS = st.text("abc -漢字，", max_size=200)
ROWS = st.integers(1, 7).flatmap(
    lambda count: st.lists(st.lists(TEXTS, min_size=count, max_size=count), min_size=1, max_size=6)
)


@given(ROWS)
def test_every_column_is_wider_than_its_longest_word_of_up_to_22_letters(rows: list[list[str]]) -> None:
    for column, width in enumerate(widths_of(rows)):
        words = re.findall("[abc]+-?", " ".join(row[column] for row in rows))
        assert width > min(max(map(len, words), default=0), 22)


@given(ROWS)
def test_widths_fill_the_page(rows: list[list[str]]) -> None:
    assert sum(widths_of(rows)) >= 105 - 1e-6


def test_a_long_text_gets_more_room_than_a_short_one_and_a_date_stays_on_one_line() -> None:
    day, text, word = widths_of(
        [("Date", "What happened", "Sure"), ("30 September 2024", "a long story " * 30, "yes")]
    )
    assert day > len("30 September 2024")
    assert text > 60
    assert word < 12


def test_a_column_of_dashes_goes_unless_it_names_the_row() -> None:
    table = Table(
        "", ("What", "Kind", "Since", "Area"), (("a", "—", "—", "1"), ("b", "—", "—", "2")), (1,) * 4, (3,), 2
    )
    (shown,) = fitted(Section("id", "Title", (table,))).blocks
    assert isinstance(shown, Table)
    assert shown.head == ("What", "Kind", "Area")
    assert shown.rows == (("a", "—", "1"), ("b", "—", "2"))
    assert shown.numeric == (2,)
    assert len(shown.widths) == 3


@pytest.mark.parametrize("cell", ["0", "not known", "– "])
def test_a_column_that_says_anything_stays(cell: str) -> None:
    table = Table("", ("What", "Since"), (("a", "—"), ("b", cell)), (1, 1))
    assert fitted(table).head == ("What", "Since")
