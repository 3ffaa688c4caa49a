"""`seabed feasibility`: the part alone, its options, and one clear error for each impossible one."""

from __future__ import annotations

import json
import re
import sys
import time
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner, Result

from seabed import cli_feasibility
from seabed.cli import main
from seabed.errors import FigureError
from seabed.feasibility import FeasibilityOptions

if TYPE_CHECKING:
    from pathlib import Path

SITE = ("isa:NORI-D", "--mineral", "nodules", "--on", "2026-11-22")
COLUMNS = "month,nickel_usd_t,cobalt_usd_t,copper_usd_t,manganese_usd_t\n"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["feasibility", *SITE, *arguments], catch_exceptions=False)


def data(*arguments: str) -> dict:
    result = run(*arguments, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.output)


def test_it_shows_feasibility_and_nothing_else() -> None:
    text = run("--draws", "200").output
    assert "WHETHER IT PAYS" in text
    assert "What is strong" in text
    assert "PROHIBITED" not in text
    assert "WHAT EACH LEGAL ORDER SAYS" not in text


def test_payback_and_whose_payments_are_borne_stand_beside_the_cases() -> None:
    text = " ".join(run("--draws", "0").output.split())
    assert re.search(r"20\.6% a year; repaid after [\d.]+ years", text)
    assert "Payments are taken off as under: ISA exploitation contract, draft payment regime." in text


def test_markdown_has_the_same_section_and_no_empty_table() -> None:
    text = run("--draws", "0", "--format", "markdown").output
    assert "## Whether it pays" in text
    assert "| Legal order |" not in text


def test_json_is_a_part_of_the_contract_with_its_question_and_receipt() -> None:
    found = data("--draws", "300", "--seed", "7")
    assert set(found) == {"schema", "site", "question", "feasibility", "receipt"}
    economics = found["feasibility"]["economics"]
    assert (economics["monte_carlo"]["draws"], economics["monte_carlo"]["seed"]) == (300, 7)
    assert economics["tornado"]
    assert economics["by_price_and_cost"]
    assert data("--draws", "300", "--seed", "7")["feasibility"] == found["feasibility"]


@pytest.mark.parametrize(
    ("case", "stances"),
    [("promoter", {"promoter"}), ("critic", {"critic"}), ("stress", {"stress"}), ("all", None)],
)
def test_a_case_is_chosen_by_who_holds_it(case: str, stances: set[str] | None) -> None:
    cases = data("--draws", "0", "--case", case)["feasibility"]["economics"]["cases"]
    assert {one["stance"] for one in cases.values()} == (stances or {"promoter", "critic", "stress"})


def test_rate_moisture_and_prices_reach_the_model(tmp_path: Path) -> None:
    prices = tmp_path / "mine.csv"
    prices.write_text(COLUMNS + "".join(f"2025-{month:02},30000,60000,12000,600\n" for month in range(1, 13)))
    usual = data("--draws", "0")["feasibility"]
    changed = data("--draws", "0", "--rate-mt", "3", "--moisture", "0.3", "--price-file", str(prices))[
        "feasibility"
    ]
    assert changed["economics"]["rate"]["value"] == 3
    assert changed["resource"]["moisture"]["value"] == 0.3
    fetched = [one["economics"]["cases"]["critic_2025"]["revenue"]["value"] for one in (usual, changed)]
    assert fetched[1] > fetched[0]


def test_a_royalty_counts_where_a_coastal_state_sets_it() -> None:
    def npv(royalty: str) -> float:
        arguments = ["-159.8, -16.0", "--radius", "30", "--on", "2026-11-22", "--format", "json"]
        result = CliRunner().invoke(main, ["feasibility", *arguments, "--draws", "0", "--royalty", royalty])
        cases = json.loads(result.output)["feasibility"]["economics"]["cases"]
        return cases["promoter_pfs_2025"]["npv"]["value"]

    assert npv("0.05") < npv("0")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--moisture", "1.2"), "moisture (a fraction of wet mass: 28 % is 0.28) must be"),
        (("--moisture", "nan"), "must be a number"),
        (("--moisture", "-0.1"), "must be at least 0"),
        (("--rate-mt", "3000000"), "the rate in million wet tonnes a year must be"),
        (("--rate-mt", "0"), "the rate in million wet tonnes a year must be"),
        (("--rate-mt", "inf"), "must be a number"),
        (("--royalty", "5"), "the royalty (a fraction of metal value: 5 % is 0.05) must be"),
        (("--draws", "3"), "the number of draws must be"),
        (("--draws", "2000000"), "the number of draws must be"),
        (("--seed", "-1"), "the seed of the draws must be"),
        (("--price-file", "nowhere.csv"), "nowhere.csv: prices cannot be read"),
    ],
)
def test_an_impossible_option_gets_one_clear_error(arguments: tuple[str, ...], message: str) -> None:
    result = run(*arguments)
    assert result.exit_code == 2
    assert result.output.startswith("seabed: ")
    assert message in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("2025-01,1,1,1,1\n2025-04,1,1,1,1\n", "2 months are missing between 2025-01 and 2025-04"),
        ("2025-01,-5,1,1,1\n", "must be at least 0"),
        ("2025-01,nan,1,1,1\n", "must be a number"),
        ("1985-01,1,1,1,1\n", "dollars of 1985 cannot be converted"),
        ("2199-01,1,1,1,1\n", "a year of dollars must be"),
    ],
)
def test_a_price_file_with_a_fault_gets_one_clear_error(tmp_path: Path, rows: str, message: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_text(COLUMNS + rows)
    result = run("--price-file", str(path), "--draws", "0")
    assert result.exit_code == 2
    assert message in result.output
    assert len(result.output.splitlines()) == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"moisture": True},
        {"moisture": float("nan")},
        {"rate_wet_mt": False},
        {"rate_wet_mt": "3"},
        {"royalty": -0.1},
        {"draws": 500.5},
        {"draws": True},
        {"seed": 1.5},
        {"cases": ("optimist",)},
    ],
)
def test_impossible_options_are_refused_when_they_are_made(wrong: dict) -> None:
    with pytest.raises(FigureError):
        FeasibilityOptions(**wrong)


def test_an_option_is_checked_even_where_there_is_nothing_to_value() -> None:
    result = CliRunner().invoke(main, ["feasibility", "-100, 40", "--on", "2026-11-22", "--moisture", "1.2"])
    assert result.exit_code == 2


def test_a_site_without_nodules_says_so_and_values_nothing() -> None:
    result = CliRunner().invoke(main, ["feasibility", "-30, 40", "--radius", "20", "--on", "2026-11-22"])
    assert result.exit_code == 0
    assert "There is no basis" in result.output
    assert "side by side" not in result.output.partition("What is not known")[0]


def test_it_says_that_it_goes_on_only_on_a_terminal_and_only_if_it_takes_long(monkeypatch, capsys) -> None:
    monkeypatch.setattr(cli_feasibility, "_PATIENCE_S", 0.01)
    with cli_feasibility._patience():
        time.sleep(0.05)
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with cli_feasibility._patience():
        time.sleep(0.1)
    assert "still reckoning" in capsys.readouterr().err
