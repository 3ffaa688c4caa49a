"""`docs/feasibility.md`: every number in it is what the model and the tables give."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from seabed.feasibility.cases import (
    case_ids,
    cost,
    isa_draft_payments,
    payments_of,
    published_project,
    published_results,
)
from seabed.feasibility.cash_flow import METALS, Result, value_project
from seabed.feasibility.figures import number_in, read_table

PAGE = re.sub(
    r"\s+", " ", (Path(__file__).parents[2] / "docs" / "feasibility.md").read_text(encoding="utf-8")
)
PFS = "promoter_pfs_2025"


@cache
def result(case: str = PFS) -> Result:
    return value_project(published_project(case))


def whole(number: float) -> str:
    return f"{number:,.0f}".replace("-", "−")


def row(*cells: str) -> str:
    return "| " + " | ".join(cells) + " |"


def test_the_prefeasibility_study_stands_beside_the_model() -> None:
    found, published = result(), published_results(PFS)
    for metal in METALS:
        stated = cost(f"{metal}_output").value
        off = round(100 * (found.metal_tonnes[metal] / stated - 1), 6) + 0.0
        assert (
            row(f"{metal}, t a year", whole(stated), whole(found.metal_tonnes[metal]), f"{off:.1f} %") in PAGE
        )
        recovery = getattr(found.project, f"{metal}_recovery")
        assert f"{metal} {recovery:.0%}".replace("%", " %") in PAGE
    cash = whole(found.cash_cost_per_tonne_nickel)
    assert row("cash cost (C1), USD a tonne of nickel", whole(cost("cash_cost").value), cash, "0.0 %") in PAGE
    off = f"{100 * (found.npv_musd / published['npv_musd'] - 1):.1f} %".replace("-", "−")
    npv = row("net present value, USD million", whole(published["npv_musd"]), whole(found.npv_musd), off)
    assert npv in PAGE
    points = f"{100 * (found.irr - published['irr']):.1f} points".replace("-", "−")
    irr = row("rate of return, % a year", f"{100 * published['irr']:.1f}", f"{100 * found.irr:.1f}", points)
    assert irr in PAGE
    assert f"difference of {whole(published['npv_musd'] - found.npv_musd)} million" in PAGE
    assert f"{found.operating_cost_per_wet_tonne:.0f} USD a wet tonne" in PAGE
    assert row("years of production", "18", str(found.life_years), "0.0 %") in PAGE


def test_what_was_not_read_moves_the_value_as_said() -> None:
    project = result().project

    def npv(**changed: float) -> float:
        return value_project(replace(project, **changed)).npv_musd

    assert f"At 7 % the model gives {whole(npv(discount_rate=0.07))}, at" in PAGE
    assert f"10 % {whole(npv(discount_rate=0.10))}, without tax {whole(npv(tax_rate=0.0))} million" in PAGE
    for years, words in ((1, "one year of construction it is {} %"), (3, "with three {} %")):
        rate = value_project(replace(project, construction_years=years)).irr
        assert words.format(f"{100 * rate:.1f}") in PAGE
    for metal in ("nickel", "manganese"):
        fall = result().npv_musd - npv(**{f"{metal}_price": 0.8 * getattr(project, f"{metal}_price")})
        assert f"{fall / 1000:.1f} billion for {metal}" in PAGE


def test_the_rival_cases_come_out_as_said() -> None:
    assert f"reproduces {whole(result('promoter_ia_2021').npv_musd)} million by construction" in PAGE
    assert f"tax: {cost('ia_rest').value} USD a wet tonne" in PAGE
    critic, published = result("critic_2025"), published_results("critic_2025")
    assert f"{whole(critic.npv_musd)} million against the {whole(published['npv_musd'])} million" in PAGE
    dear = value_project(replace(critic.project, offshore_cost=cost("critic_offshore").high))
    assert f"with the high end {whole(dear.npv_musd)} million" in PAGE
    assert f"model gives {whole(result('stress_land_multiple').npv_musd)} million" in PAGE
    assert len(case_ids()) == 4


@pytest.mark.parametrize(
    ("start", "payments"),
    [
        ("none | none", None),
        ("US permit (DSHMRA) | none", payments_of("us_dshmra")),
        ("ISA draft, lower rates, thresholds A | 2 %; 5 to 9 %", isa_draft_payments()["lower_A_none"]),
        (
            "ISA draft, upper rates, thresholds A, profit share (middle) | 3 %; 7.5 to 12.5 %",
            payments_of("isa_draft"),
        ),
        (
            "ISA draft, alternative rates, thresholds B, profit share | 12 %; 12 to 25 %",
            isa_draft_payments()["alternative_B_measure"],
        ),
        ("US lease (OCSLA), one eighth assumed | 12.5 %", payments_of("us_ocsla")),
    ],
)
def test_each_footing_takes_what_the_page_says(start: str, payments) -> None:
    found = result() if payments is None else value_project(result().project, payments)
    assert f"| {start} | {whole(found.npv_musd)} |" in PAGE


def test_every_distribution_is_the_table_s() -> None:
    drawn = [row for row in read_table("economic_drivers") if row["in_monte_carlo"] == "yes"]
    for one in drawn:
        low, high = number_in(one, "low"), number_in(one, "high")
        assert f"| {low:,g} | {high:,g} |".replace("25815", "25,815") in PAGE, one["input"]
    capital = [one for one in drawn if one["input"].endswith("_capital")]
    assert len(drawn) - len(capital) + 1 == 10  # the page has one line for all capital
    assert sum(one["source"] == "assumption of this program" for one in drawn) == 4


def test_the_price_index_spans_the_years_that_the_page_names() -> None:
    years = [one["year"] for one in read_table("price_index")]
    assert f"({min(years)} to {max(years)})" in PAGE
