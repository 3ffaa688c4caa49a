"""The cash-flow model: identities that must hold, published results that it must come near."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import pyxirr
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel
from shapely.geometry import box

from seabed.atlas.locate import locate
from seabed.atlas.store import Atlas
from seabed.contract import Feasibility, Zone
from seabed.errors import FigureError
from seabed.feasibility import FeasibilityOptions, assess_feasibility
from seabed.feasibility.cases import (
    case_ids,
    cost,
    footing_shares,
    isa_draft_payments,
    payments_of,
    published_project,
    published_results,
)
from seabed.feasibility.cash_flow import (
    METALS,
    NO_PAYMENTS,
    Payments,
    Project,
    npv_of,
    scaled_money,
    scaled_prices,
    value_project,
)
from seabed.feasibility.economics import Economics, economics_of
from seabed.feasibility.figure import Figure
from seabed.feasibility.finance import internal_rate_of_return, net_present_value, payback_years
from seabed.feasibility.prices import PriceDeck, in_dollars_of, price_deck, read_price_file
from seabed.feasibility.uncertainty import price_and_cost_table, simulate, tornado
from seabed.feasibility.units import Usd, WetTonnes
from seabed.question import Mineral, Question
from seabed.site import Site

PFS = "promoter_pfs_2025"
NORI_D = WetTonnes(356e6)


def zone(kind: str, share: float = 1.0, state: str | None = None) -> Zone:
    return Zone(
        kind=kind,
        id=kind,
        name=kind,
        state=state,
        territory=None,
        claimants=[],
        holder=None,
        share=share,
        area_km2=1,
        status=None,
        layer="test",
        accuracy_km=0,
        source="test",
    )


AREA = [zone("area")]


def span(low: float, high: float) -> st.SearchStrategy[float]:
    return st.floats(low, high, allow_nan=False)


@st.composite
def projects(draw) -> Project:
    money = span(0, 400)
    return Project(
        name="drawn",
        dollar_year=2025,
        recoverable_wet_mt=draw(span(0.1, 500)),
        rate_wet_mt=draw(span(0.1, 20)),
        moisture=draw(span(0, 0.5)),
        **{f"{metal}_grade": draw(span(0, 0.2)) for metal in METALS},
        **{f"{metal}_recovery": draw(span(0, 1)) for metal in METALS},
        **{f"{metal}_price": draw(span(0, 50_000)) for metal in METALS},
        offshore_cost=draw(money),
        transport_cost=draw(money),
        processing_cost=draw(money),
        corporate_cost=draw(money),
        sponsor_payment=draw(span(0, 10)),
        initial_capital=draw(span(1, 5_000)),
        expansion_capital=draw(span(0, 5_000)),
        sustaining_capital=draw(span(0, 20)),
        closure_cost=draw(span(0, 500)),
        tax_rate=draw(span(0, 0.5)),
        discount_rate=draw(span(0, 0.3)),
        construction_years=draw(st.integers(0, 5)),
        ramp_up=tuple(sorted(draw(st.lists(span(0.01, 1), max_size=4)))),
    )


regimes = st.sampled_from(
    [NO_PAYMENTS, payments_of("us_ocsla"), Payments(id="x", name="x", profit_share=0.25, profit_share_from=2)]
)


# --- Finance -----------------------------------------------------------------------------------------------

flows = st.tuples(span(-1e4, -1), st.lists(span(0, 1e4), min_size=1, max_size=30)).map(
    lambda t: [t[0], *t[1]]
)


@given(flows)
def test_npv_at_the_internal_rate_of_return_is_nil(years: list[float]) -> None:
    rate = float(internal_rate_of_return(years))
    if np.isnan(rate):
        assert sum(years) < 0 or net_present_value(years, 10.0) >= 0
    else:
        assert float(net_present_value(years, rate)) == pytest.approx(
            0, abs=1e-6 * np.abs(np.array(years)).sum() * max(1.0, (1 + rate) ** -len(years))
        )


@given(flows, span(-0.5, 1))
def test_present_value_is_what_pyxirr_says(years: list[float], rate: float) -> None:
    expected = pyxirr.npv(rate, years)
    assert float(net_present_value(years, rate)) == pytest.approx(expected, rel=1e-9, abs=1e-6)


@given(flows)
def test_a_rate_of_return_above_nil_is_what_pyxirr_says(years: list[float]) -> None:
    rate = float(internal_rate_of_return(years))
    if rate > 1e-6:
        assert rate == pytest.approx(pyxirr.irr(years), rel=1e-6)


def test_many_projects_at_once_are_each_as_alone() -> None:
    many = np.array([[-10.0, 3, 5, 6], [-10, 1, 1, 1], [-10, 0, 0, 0], [1, 1, 1, 1]])
    together = internal_rate_of_return(many)
    assert together.tolist() == pytest.approx(
        [float(internal_rate_of_return(one)) for one in many], nan_ok=True
    )
    assert np.isnan(together).tolist() == [False, False, True, True]
    assert net_present_value(many, np.array([0.1, 0, 0, 0]))[1] == -7


@pytest.mark.parametrize(
    ("years", "expected"),
    [
        ([-10, 5, 5, 5], 3.0),
        ([-10, 20], 1.5),
        ([-10, 4], None),
        ([1, 1], 0.0),
        ([-10, 20, -20, 30], 3 + 1 / 3),
        ([-1, -5e-324], None),  # so small that dividing by it overflows
    ],
)
def test_payback_is_when_the_sum_stays_above_nil(years: list[float], expected: float | None) -> None:
    found = float(payback_years(years))
    assert found == pytest.approx(expected) if expected is not None else np.isnan(found)


# --- Identities of the model -------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(projects(), regimes)
def test_doubling_every_price_and_cost_doubles_the_npv(project: Project, payments: Payments) -> None:
    once = npv_of(project, payments, {})[0]
    twice = npv_of(scaled_money(project, 2.0), payments, {})[0]
    assert twice == pytest.approx(2 * once, rel=1e-9, abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(projects(), regimes)
def test_the_cash_flow_adds_up_and_tonnes_balance(project: Project, payments: Payments) -> None:
    result = value_project(project, payments)
    lines = {name: np.array(values) for name, values in result.years.items()}
    net = lines["revenue"] - sum(lines[n] for n in ("operating_cost", "payments", "capital", "tax"))
    assert net == pytest.approx(lines["net"])
    assert result.npv_musd == pytest.approx(float(net_present_value(net, project.discount_rate)), abs=1e-6)
    assert result.raised_wet_mt <= project.recoverable_wet_mt * (1 + 1e-12)
    assert result.dry_mt == pytest.approx(result.raised_wet_mt * (1 - project.moisture))
    for metal in METALS:
        assert result.product_mt[metal] <= result.contained_mt[metal] <= result.dry_mt
    sold = sum(result.product_mt[metal] * getattr(project, f"{metal}_price") for metal in METALS)
    assert lines["revenue"].sum() == pytest.approx(sold)
    spent = project.initial_capital + project.expansion_capital + project.closure_cost
    assert lines["capital"].sum() == pytest.approx(spent + result.raised_wet_mt * project.sustaining_capital)
    assert (lines["tax"] >= -1e-9).all()


@settings(max_examples=40, deadline=None)
@given(projects())
def test_the_npv_is_nil_at_break_even_prices(project: Project) -> None:
    scale = value_project(project).break_even_price_scale
    if scale is not None:
        spent = project.initial_capital + project.expansion_capital
        prices = {f"{m}_price": np.array([scale * getattr(project, f"{m}_price")]) for m in METALS}
        npv = npv_of(project, NO_PAYMENTS, prices)[0]
        assert npv == pytest.approx(0, abs=1e-6 * (spent + 1e5))


@settings(max_examples=40, deadline=None)
@given(projects(), regimes)
def test_varying_inputs_together_gives_what_each_gives_alone(project: Project, payments: Payments) -> None:
    prices = np.array([0.5, 1.0, 2.0]) * project.nickel_price
    together = npv_of(project, payments, {"nickel_price": prices})
    alone = [npv_of(replace(project, nickel_price=price), payments, {})[0] for price in prices.tolist()]
    assert together.tolist() == pytest.approx(alone, abs=1e-6)


def test_blocks_do_not_change_the_result() -> None:
    project = published_project(PFS)
    rates = np.linspace(5, 12, 5_001)
    npv = npv_of(project, NO_PAYMENTS, {"rate_wet_mt": rates})
    assert npv[4_321] == pytest.approx(npv_of(project, NO_PAYMENTS, {"rate_wet_mt": rates[4_321:4_322]})[0])


def test_losses_are_carried_forward_and_never_refunded() -> None:
    project = replace(
        published_project(PFS), initial_capital=0.0, expansion_capital=0.0, tax_rate=0.5, closure_cost=5_000.0
    )
    years = value_project(project).years
    assert years["tax"][-1] == 0
    assert sum(years["tax"]) > 0


@pytest.mark.parametrize("ramp_up", [(1.0, 0.5), (0.0, 1.0), (0.5, 1.2), (0.1,) * 30])
def test_a_ramp_up_rises_from_above_nil_to_the_full_rate(ramp_up: tuple[float, ...]) -> None:
    # A pause would make the closing year ambiguous: closure was once paid twice.
    with pytest.raises(FigureError, match="ramp"):
        replace(published_project(PFS), ramp_up=ramp_up)


def test_a_project_ends_after_thirty_years_whatever_is_left() -> None:
    result = value_project(replace(published_project(PFS), recoverable_wet_mt=50_000.0))
    assert result.life_years == 30
    assert result.raised_wet_mt == pytest.approx(10.8 * (27 + 0.14 + 0.28 + 0.56))


# --- Payments ----------------------------------------------------------------------------------------------


def test_the_draft_royalty_starts_low_and_rises_with_the_value_of_the_nodules() -> None:
    draft = isa_draft_payments()
    assert len(draft) == 12
    project = published_project(PFS)
    result = value_project(project, draft["upper_B_none"])
    rates = [
        paid / gross
        for paid, gross in zip(result.years["payments"], result.years["gross_value"], strict=True)
        if gross
    ]
    assert rates[:5] == pytest.approx([0.03] * 5)
    # NORI-D's nodules are worth 598 USD a dry tonne at these prices: the third band of thresholds B.
    assert rates[5:] == pytest.approx([0.10] * (len(rates) - 5))
    dear = value_project(scaled_prices(project, 3.0), draft["upper_B_none"])
    assert dear.years["payments"][-1] / dear.years["gross_value"][-1] == pytest.approx(0.125)


def test_the_profit_share_tops_tax_up_to_a_quarter() -> None:
    project = replace(published_project(PFS), tax_rate=0.10)
    plain, shared = (
        value_project(project, Payments(id="x", name="x", profit_share=share)) for share in (0.0, 0.25)
    )
    late = slice(project.construction_years + 5, None)
    topped_up = sum(shared.years["payments"][late]) / sum(plain.years["tax"][late])
    assert topped_up == pytest.approx(1.5)
    assert sum(shared.years["payments"][: project.construction_years + 5]) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"rates": (0.1, 0.2)},
        {"rates": (1.1,)},
        {"thresholds": (2, 1), "rates": (0, 0, 0)},
        {"first_rate": -0.1},
    ],
)
def test_payments_that_make_no_sense_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(FigureError):
        Payments(id="x", name="x", **wrong)


@pytest.mark.parametrize(
    ("zones", "expected"),
    [
        ([zone("area"), zone("isa_contract")], {"isa_draft": 1, "us_dshmra": 1}),
        ([zone("continental_shelf", state="USA")], {"us_ocsla": 1}),
        ([zone("continental_shelf", state="COK")], {"coastal_state": 1}),
        (
            [zone("area", 0.3), zone("continental_shelf", 0.6, "USA"), zone("extended_shelf", 0.1, "USA")],
            {"us_ocsla": 0.7, "isa_draft": 0.3, "us_dshmra": 0.3},
        ),
        ([zone("land", state="USA")], {}),
    ],
)
def test_the_legal_footing_follows_the_zones(zones: list[Zone], expected: dict[str, float]) -> None:
    found = footing_shares(zones)
    assert list(found) == list(expected)
    assert found == pytest.approx(expected)


def test_a_royalty_counts_only_where_a_lease_or_a_coastal_state_sets_it() -> None:
    assert payments_of("us_ocsla").rates == (0.125,)
    assert payments_of("us_ocsla", 0.05).rates == (0.05,)
    assert payments_of("coastal_state", 0.03).rates == (0.03,)
    assert payments_of("us_dshmra", 0.05).rates == (0.0,)
    with pytest.raises(FigureError, match="no legal footing"):
        payments_of("moon")


# --- Published studies -------------------------------------------------------------------------------------


def test_the_prefeasibility_study_is_reproduced_within_what_it_leaves_open() -> None:
    result, published = value_project(published_project(PFS)), published_results(PFS)
    assert result.metal_tonnes == pytest.approx(
        {metal: cost(f"{metal}_output").value for metal in METALS}, rel=0.05
    )
    assert result.npv_musd == pytest.approx(published["npv_musd"], rel=0.05)
    assert result.irr == pytest.approx(published["irr"], abs=0.03)
    assert result.cash_cost_per_tonne_nickel == pytest.approx(cost("cash_cost").value)
    assert result.life_years == 18


def test_the_initial_assessment_is_reproduced_by_its_one_fitted_cost() -> None:
    result = value_project(published_project("promoter_ia_2021"))
    assert result.npv_musd == pytest.approx(published_results("promoter_ia_2021")["npv_musd"], rel=0.001)


def test_the_critic_s_charges_turn_that_assessment_negative() -> None:
    result, published = value_project(published_project("critic_2025")), published_results("critic_2025")
    assert result.npv_musd < 0
    fall, published_fall = 6_800 - result.npv_musd, 6_800 - published["npv_musd"]
    assert fall == pytest.approx(published_fall, rel=0.05)


def test_no_project_survives_the_claim_of_three_to_five_times_land_cost() -> None:
    assert value_project(published_project("stress_land_multiple")).npv_musd < -10_000


# --- The part ----------------------------------------------------------------------------------------------


def test_a_site_gets_every_case_side_by_side_in_dollars_of_one_year() -> None:
    found = economics_of(NORI_D, zones=AREA, basis="test")
    assert list(found.cases) == list(case_ids())
    assert {case.stance for case in found.cases.values()} == {"promoter", "critic", "stress"}
    assert list(found.footings) == ["isa_draft", "us_dshmra"]
    # Without a royalty and at NORI-D's size and grades, the site is the study.
    study = value_project(published_project(PFS)).npv_musd
    assert found.footings["us_dshmra"].npv[PFS].value == pytest.approx(study)
    draft = found.footings["isa_draft"].npv[PFS]
    assert draft.low < draft.value < draft.high < study
    assert found.cases[PFS].npv.value == pytest.approx(draft.value)
    for result in found.cases.values():
        assert result.npv.low < result.npv.value < result.npv.high
    assert found.monte_carlo is None
    assert not found.tornado


def test_a_case_without_capital_has_no_rate_of_return_and_says_why() -> None:
    case = economics_of(NORI_D, zones=AREA, cases=["critic_2025"]).cases["critic_2025"]
    assert case.internal_rate_of_return.value is None
    assert "no capital" in case.internal_rate_of_return.basis


def test_a_small_site_is_mined_slower_and_said_to_be_small() -> None:
    found = economics_of(WetTonnes(5e6), zones=AREA)
    assert found.rate.value == pytest.approx(5 * 164 / 356 / 15)
    assert any("less than one ship" in note for note in found.assumptions)
    assert any("grades are not known" in note for note in found.assumptions)


def test_poorer_nodules_are_worth_less() -> None:
    poor = {"nickel": 0.01, "cobalt": 0.001, "copper": 0.008, "manganese": 0.2}
    rich = {metal: 1.5 * grade for metal, grade in poor.items()}
    npv = [
        economics_of(NORI_D, zones=AREA, grades=grades, moisture=0.3, cases=[PFS]).cases[PFS].npv.value
        for grades in (poor, rich)
    ]
    assert npv[0] < npv[1]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"grades": {"nickel": -0.01, "cobalt": 0, "copper": 0, "manganese": 0}}, "nickel_grade"),
        (
            {"grades": {"nickel": 1.4, "cobalt": 0, "copper": 0, "manganese": 0}},
            "nickel_grade must be .* most 1",
        ),
        ({"grades": {"nickel": 0.6, "cobalt": 0.6, "copper": 0, "manganese": 0}}, "more than the whole"),
        ({"grades": {"nickel": 0.01}}, "cobalt, copper, manganese are missing"),
        ({"moisture": 1.2}, "moisture"),
        ({"rate_wet_mt": 0}, "rate in million"),
        ({"rate_wet_mt": float("nan")}, "rate in million"),
        ({"cases": ["optimist"]}, "there is no case 'optimist'; there are promoter_pfs_2025"),
        ({"draws": 3}, "100 to 1,000,000 draws"),
        ({"zones": [zone("continental_shelf", state="COK")], "royalty": 3}, "a rate must be"),
    ],
)
def test_a_wrong_input_gets_one_clear_error(wrong: dict[str, Any], message: str) -> None:
    with pytest.raises(FigureError, match=message):
        economics_of(NORI_D, **{"zones": AREA, **wrong})


def figures_in(value: Any) -> list[Figure]:
    if isinstance(value, Figure):
        return [value]
    if isinstance(value, BaseModel):
        value = dict(value)
    if isinstance(value, dict):
        value = list(value.values())
    return [one for inner in value for one in figures_in(inner)] if isinstance(value, (list, tuple)) else []


def test_every_figure_says_its_source_and_vintage_and_survives_a_round_trip() -> None:
    found = economics_of(NORI_D, zones=AREA, draws=200, in_detail=True)
    assert all(figure.source and figure.vintage for figure in figures_in(found))
    assert len(figures_in(found)) > 80
    assert Economics.model_validate(found.model_dump(mode="json")) == found


@pytest.fixture(scope="module")
def feasibility_of():
    """Return a function that runs every part on a box in lon/lat degrees."""
    atlas = Atlas.open()

    def run(
        bounds: tuple[float, float, float, float], mineral: Mineral | None = None, **options
    ) -> Feasibility:
        site = Site.from_geometry(box(*bounds))
        question = Question(on=dt.date(2026, 11, 21), mineral=mineral)
        location = locate(site, question.on, atlas)
        return assess_feasibility(site, location, question, atlas, FeasibilityOptions(**options))

    return run


def test_a_site_in_the_clarion_clipperton_zone_is_valued_on_both_rival_footings(feasibility_of) -> None:
    found = feasibility_of((-130, 12, -129, 13))
    economics = Economics.model_validate(found.economics)
    assert list(economics.footings) == ["isa_draft", "us_dshmra"]
    assert economics.monte_carlo is None
    assert found.resource["nodules_wet"]["value"] > economics.recoverable.value > 0
    rate = economics.rate.value
    assert found.supply["rate"]["value"] == pytest.approx(rate)


def test_options_reach_the_economics(feasibility_of) -> None:
    found = feasibility_of(
        (-130, 12, -129, 13), rate_wet_mt=3.0, cases=(PFS,), draws=200, seed=7, moisture=0.3
    )
    economics = Economics.model_validate(found.economics)
    assert list(economics.cases) == [PFS]
    assert economics.rate.value == 3
    assert (economics.monte_carlo.draws, economics.monte_carlo.seed) == (200, 7)
    assert found.resource["moisture"]["value"] == 0.3


def test_cook_islands_nodules_are_on_the_coastal_state_s_terms(feasibility_of) -> None:
    found = feasibility_of((-160, -16, -159.5, -15.5), royalty=0.03)
    assert list(found.economics["footings"]) == ["coastal_state"]


@pytest.mark.parametrize(
    ("bounds", "mineral"), [((-30, 40, -29, 41), None), ((-130, 12, -129, 13), Mineral.SULPHIDES)]
)
def test_without_a_tonnage_of_nodules_there_is_no_economics_but_a_reason(
    feasibility_of, bounds, mineral
) -> None:
    found = feasibility_of(bounds, mineral)
    assert found.economics is None
    assert "Economics: there is no tonnage of nodules to value." in found.gaps


# --- Uncertainty -------------------------------------------------------------------------------------------


def test_a_run_with_the_same_seed_is_the_same_run() -> None:
    project = published_project(PFS)
    one, same, other = (simulate(project, NO_PAYMENTS, 2_000, seed) for seed in (1, 1, 2))
    assert one == same
    assert one.npv != other.npv
    assert sum(one.histogram_counts) == 2_000
    assert 0 < one.share_above_nil < 1
    assert one.npv.low < one.npv.value < one.npv.high


def test_the_tornado_is_sorted_and_each_bar_holds_the_base_case() -> None:
    project = published_project(PFS)
    bars = tornado(project, NO_PAYMENTS)
    base = value_project(project).npv_musd
    swings = [bar.high - bar.low for bar in bars.values()]
    assert all(before >= after for before, after in pairwise(swings))
    assert all(bar.value == pytest.approx(base) for bar in bars.values())
    assert next(iter(bars)) == "unsplit_cost"


def test_the_table_rises_with_prices_and_falls_with_cost() -> None:
    table = price_and_cost_table(published_project(PFS), NO_PAYMENTS)
    values = np.array([[figure.value for figure in row.values()] for row in table.values()])
    assert values.shape == (5, 5)
    assert (np.diff(values, axis=0) > 0).all()
    assert (np.diff(values, axis=1) < 0).all()
    assert values[2, 2] == pytest.approx(value_project(published_project(PFS)).npv_musd)


# --- Prices ------------------------------------------------------------------------------------------------

COLUMNS = "month,nickel_usd_t,cobalt_usd_t,copper_usd_t,manganese_usd_t\n"


def months(*names: str) -> str:
    return COLUMNS + "".join(f"{name},{15_000 + i},30000,9000,450\n" for i, name in enumerate(names))


def test_a_price_file_gives_the_mean_of_its_last_year(tmp_path) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(months(*(f"2024-{m:02}" for m in range(7, 13)), *(f"2025-{m:02}" for m in range(1, 10))))
    deck = read_price_file(path)
    nickel = deck.prices["nickel"]
    assert (nickel.value, nickel.low, nickel.high) == (15_008.5, 15_000, 15_014)
    assert (deck.dollar_year, nickel.vintage) == (2025, "2025-09")
    found = economics_of(NORI_D, zones=AREA, prices=deck, cases=[PFS])
    assert found.cases[PFS].npv.value < economics_of(NORI_D, zones=AREA, cases=[PFS]).cases[PFS].npv.value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (months("2025-01", "2025-04"), "2 months are missing between 2025-01 and 2025-04"),
        (months("2025-01", "2025-03"), "1 month is missing between 2025-01 and 2025-03"),
        (months("2025-02", "2025-01"), "does not come after"),
        (months("2025-01", "2025-01"), "does not come after"),
        (months("Jan 2025"), "months are written 2026-05"),
        (COLUMNS, "no row"),
        ("month,nickel_usd_t\n2025-01,1\n", "cobalt_usd_t, copper_usd_t, manganese_usd_t are missing"),
        (COLUMNS + "2025-01,-1,1,1,1\n", "2025-01, nickel_usd_t must be at least 0"),
        (COLUMNS + "2025-01,dear,1,1,1\n", "must be a number"),
        (COLUMNS + "2025-01,1,1,1\n", "manganese_usd_t: a price must be a number"),
        (COLUMNS + '2025-01,"1\n', "not well-formed"),
        ("\0" * 1_000_001, "at most 1,000,000 bytes"),
    ],
)
def test_a_price_file_with_a_fault_gets_one_clear_error(tmp_path, text: str, message: str) -> None:
    path = tmp_path / "mine.csv"
    path.write_text(text)
    with pytest.raises(FigureError, match=message):
        read_price_file(path)


def test_a_price_file_that_is_not_there_or_not_text_is_refused(tmp_path) -> None:
    with pytest.raises(FigureError, match="cannot be read"):
        read_price_file(tmp_path / "none.csv")
    (tmp_path / "b.csv").write_bytes(b"\xff\xfe\xfa")
    with pytest.raises(FigureError, match="cannot be read"):
        read_price_file(tmp_path / "b.csv")


def test_dollars_are_converted_by_the_consumer_price_index_and_no_further() -> None:
    assert in_dollars_of(Usd(36, 2021), 2025).value == pytest.approx(42.8, abs=0.1)
    assert in_dollars_of(Usd(36, 1995), 1995) == Usd(36, 1995)
    with pytest.raises(FigureError, match=r"dollars of 1982 cannot be converted .* from 2012 to 2026"):
        in_dollars_of(Usd(1, 1982), 2025)


def test_prices_need_all_four_metals_and_a_name_that_there_is() -> None:
    with pytest.raises(FigureError, match="there are no prices named 'wishful'; there are mean_2021_2025"):
        price_deck("wishful")
    prices = price_deck("year_2025").prices
    with pytest.raises(FigureError, match="lack cobalt"):
        PriceDeck("x", 2025, {metal: price for metal, price in prices.items() if metal != "cobalt"})
