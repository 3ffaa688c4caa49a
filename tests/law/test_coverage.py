"""The page on what the rules cover, and what the registers say of one thing on one day."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from seabed.errors import QuestionError
from seabed.law.coverage import coverage
from seabed.law.logic import Truth
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook
from seabed.law.standing import as_text, standings

RULES = Path(__file__).parents[2] / "rules"
TODAY = dt.date(2026, 11, 21)
PAGE = coverage()


# --- COVERAGE.md --------------------------------------------------------------------------------------------


def test_the_page_is_what_the_data_give() -> None:
    assert (RULES / "COVERAGE.md").read_text(encoding="utf-8") == PAGE, (
        "run: seabed rules coverage > rules/COVERAGE.md"
    )


def test_every_instrument_gap_and_contested_rule_is_on_the_page() -> None:
    for file in load_rulebook().files:
        assert file.title.en in PAGE
        assert all(gap.what in PAGE for gap in file.not_modelled)
        assert all(f"`{rule.id}`" in PAGE for rule in file.rules if rule.contested)


def test_every_register_is_on_the_page_with_what_it_says_of_itself() -> None:
    rows = {line.split("|")[1].strip(" `"): line for line in PAGE.splitlines() if ".yaml` |" in line}
    for path in (RULES / "registers").glob("*.yaml"):
        *_, entries, about, _ = (cell.strip() for cell in rows[path.name].split("|"))
        assert int(entries) > 0
        assert len(about) > 40


def test_no_citation_is_missing_from_its_text() -> None:
    assert ", 0 were not." in PAGE


# --- Standings ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("on", "stands", "words"),
    [
        ("2011-07-21", Truth.FALSE, "not yet in force"),
        ("2026-07-21", Truth.TRUE, "in force (initial term"),
        ("2026-07-22", Truth.UNKNOWN, "Extension requested"),
        ("2032-01-01", Truth.FALSE, "ended"),
    ],
)
def test_a_contract_is_shown_as_it_stood_on_the_day(on: str, stands: Truth, words: str) -> None:
    (standing,) = standings("NORIPMN1", dt.date.fromisoformat(on))
    assert standing.stands is stands
    assert words in standing.words
    assert standing.sources


def test_a_profile_shows_everything_it_holds_or_asked_for() -> None:
    refs = {standing.id for standing in standings("tmc-usa", TODAY)}
    assert refs == {"TMC-USA-A", "TMC-USA-B"}


@pytest.mark.parametrize("what", ["nori", "NORI", " noripmn1 ", "Nauru Ocean Resources Inc. (NORI)"])
def test_case_and_the_names_of_a_company_do_not_matter(what: str) -> None:
    assert [standing.id for standing in standings(what, TODAY)] == ["NORIPMN1"]


@pytest.mark.parametrize("what", ["NRU", "Nauru", "nauru"])
def test_a_state_is_found_by_its_code_and_its_name(what: str) -> None:
    (standing,) = standings(what, TODAY)
    labels = {line.label: line.text for line in standing.lines}
    assert labels["UNCLOS"] == "party since 1996-02-22"
    assert "Sponsors NORIPMN1" in labels


def test_a_treaty_binds_nobody_before_its_day() -> None:
    def unclos(on: str) -> str:
        (standing,) = standings("CHN", dt.date.fromisoformat(on))
        return next(line.text for line in standing.lines if line.label == "UNCLOS")

    assert unclos("1996-07-06") == "not yet a party (from 1996-07-07)"
    assert unclos("1996-07-07") == "party since 1996-07-07"


def test_a_step_after_the_day_is_not_shown() -> None:
    (before,) = standings("TMC-USA-A", dt.date(2025, 12, 22))
    (after,) = standings("TMC-USA-A", dt.date(2025, 12, 23))
    assert "Federal Register" not in as_text([before])
    assert after.words == "Federal Register notice on 2025-12-23"


def test_a_step_between_two_days_may_not_have_been_taken_yet() -> None:
    (standing,) = standings("TMC-USA-A", dt.date(2025, 5, 28))
    assert "(perhaps not yet)" in as_text([standing])


def test_a_call_for_a_pause_counts_from_the_day_its_source_shows_it() -> None:
    for on, words in ((dt.date(2023, 6, 29), "no call for one known by this day"), (TODAY, "by 2023-06-30")):
        (standing,) = standings("Palau", on)
        assert words in as_text([standing])


def test_a_state_not_on_an_incomplete_list_is_not_known_to_be_outside() -> None:
    (standing,) = standings("NRU", TODAY)
    assert "the list of parties has gaps" in as_text([standing])


def test_whatever_a_register_names_can_be_asked_for() -> None:
    registers = load_registers()
    for names in (
        registers.contracts,
        registers.us_filings,
        registers.isa_applications,
        registers.us_leasing,
        registers.states,
    ):
        for name in names:
            (standing,) = standings(name, TODAY)
            assert standing.id == name
            assert as_text([standing])


@pytest.mark.parametrize(
    ("what", "message"),
    [
        ("NORYPMN1", "did you mean NORIPMN1"),
        ("Narnia", "a State"),
        ("", "no register knows ''"),
        ("x" * 5000, "xxx"),
    ],
)
def test_something_unknown_is_refused_with_what_comes_close(what: str, message: str) -> None:
    with pytest.raises(QuestionError) as error:
        standings(what, TODAY)
    assert message in str(error.value)
    assert len(str(error.value)) < 500


def test_a_company_with_nothing_in_the_registers_is_said_to_have_nothing() -> None:
    with pytest.raises(QuestionError, match="no register has a contract"):
        standings("impossible-metals", TODAY)
