"""Whose numbers a nodule project is valued with, and what the law it works under takes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import TYPE_CHECKING, Any, NamedTuple

from seabed.errors import FigureError
from seabed.feasibility.cash_flow import METALS, Payments, Project
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import number_in, read_document, read_table, spoken_figure_in
from seabed.feasibility.prices import in_dollars_of, price_deck, prices_in
from seabed.feasibility.units import Usd
from seabed.language import _, pick

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from seabed.contract import Zone
    from seabed.feasibility.prices import PriceDeck

#: The case that the Monte Carlo run and the tornado vary.
REFERENCE_CASE = "promoter_pfs_2025"


class _Text(NamedTuple):
    en: str
    zh: str | None = None


def case_ids(stance: str | None = None) -> tuple[str, ...]:
    """Return the cases there are, promoters first; those of one stance (promoter, critic, stress)."""
    cases = read_document("scenarios")["cases"]
    return tuple(id_ for id_, case in cases.items() if stance in {None, case["stance"]})


def title_of(scenario: Mapping[str, Any]) -> str:
    """Return what a case of scenarios.yaml is called."""
    return pick(_Text(**scenario["title"]))


def name_of(regime: Mapping[str, Any]) -> str:
    """Return what a legal footing of payments.yaml is called."""
    return pick(_Text(**regime["name"]))


def cost(identifier: str) -> Figure:
    """Return one row of the cost table, in the dollars it was published in."""
    row = _cost_row(identifier)
    return spoken_figure_in(row, row["unit"])


def number_of(identifier: str) -> float:
    """Return the value of one row of the cost table."""
    value = number_in(_cost_row(identifier), "value")
    if value is None:
        raise FigureError(f"costs.csv: {identifier!r} has no value")
    return value


@dataclass(frozen=True, slots=True)
class Deposit:
    """What is mined: millions of wet tonnes, a year and in all, and what is in them."""

    recoverable_wet_mt: float
    rate_wet_mt: float
    moisture: float
    grades: Mapping[str, float]


def published_project(case: str) -> Project:
    """Return a case as its author sets it: the NORI-D deposit, money as printed.

    Compare `value_project` of it with `published_results`.
    """
    return build_project(case, nori_d(), None, price_deck(scenario_of(case)["prices"]))


def published_results(case: str) -> dict[str, float]:
    """Return what the author of a case concludes: ``npv_musd``, and ``irr`` where published."""
    return dict(scenario_of(case).get("published", {}))


def isa_draft_payments() -> dict[str, Payments]:
    """Return the draft regime's alternatives: rates, thresholds, and with or without the profit share."""
    draft = read_document("payments")["isa_draft"]
    found = {}
    for rates, thresholds, share in product(draft["rates"], draft["thresholds"], draft["profit_share"]):
        identifier = f"{rates}_{thresholds}_{share}"
        found[identifier] = Payments(
            id=f"isa_draft_{identifier}",
            name=f"{name_of(draft)}: {rates}, {thresholds}, {share}",
            first_years=draft["first_years"],
            first_rate=draft["rates"][rates]["first"],
            thresholds=tuple(draft["thresholds"][thresholds]),
            rates=tuple(draft["rates"][rates]["bands"]),
            profit_share=draft["profit_share"][share],
            profit_share_from=draft["profit_share_from"],
        )
    return found


def payments_of(footing: str, royalty: float | None = None) -> Payments:
    """Return what a legal footing takes, by its key in ``payments.yaml``.

    ``isa_draft`` gives its middle alternative. ``royalty``, a fraction of gross metal value, replaces the
    default where a lease or a coastal State sets it, and is ignored elsewhere.

    Raises
    ------
    FigureError
        If there is no such footing or the royalty is no fraction.
    """
    regimes = read_document("payments")
    if footing not in regimes:
        raise FigureError(f"there is no legal footing {footing!r}; there are {', '.join(regimes)}")
    regime = regimes[footing]
    if footing == "isa_draft":
        middle = regime["middle"]
        return isa_draft_payments()[f"{middle['rates']}_{middle['thresholds']}_{middle['profit_share']}"]
    is_set_by_lease = "royalty" in regime
    rate = royalty if royalty is not None and is_set_by_lease else regime.get("royalty", 0.0)
    return Payments(id=footing, name=name_of(regime), rates=(rate,))


def footing_shares(zones: Iterable[Zone], *, is_us_applicant: bool = False) -> dict[str, float]:
    """Return which legal footings a site's zones lead to, each with its share of the site, widest first.

    The Area has two rival ones: an ISA contract, and a US permit, which comes first for a US applicant. The
    shelf of the United States is leased under OCSLA; any other State's is on that State's terms. Land has
    none.
    """
    shares: dict[str, float] = {}
    for zone in zones:
        match zone.kind:
            case "area":
                reached = ["us_dshmra", "isa_draft"] if is_us_applicant else ["isa_draft", "us_dshmra"]
            case "internal_waters" | "territorial_sea" | "continental_shelf" | "extended_shelf":
                reached = ["us_ocsla" if zone.state == "USA" else "coastal_state"]
            case _:
                reached = []
        for footing in reached:
            shares[footing] = shares.get(footing, 0.0) + zone.share
    return dict(sorted(shares.items(), key=lambda item: -item[1]))


def scenario_of(case: str) -> dict[str, Any]:
    """Return one case of scenarios.yaml; a `FigureError` if there is none of that id."""
    cases: dict[str, dict[str, Any]] = read_document("scenarios")["cases"]
    if case not in cases:
        raise FigureError(f"there is no case {case!r}; there are {', '.join(cases)}")
    return cases[case]


def nori_d() -> Deposit:
    """Return the deposit that the published studies are about, as far as they count on raising it."""
    return Deposit(
        recoverable_wet_mt=number_of("pfs_recoverable"),
        rate_wet_mt=number_of("pfs_rate"),
        moisture=_in_nori_d("moisture"),
        grades={metal: _in_nori_d(metal) / 100 for metal in METALS},
    )


def share_raised() -> float:
    """Return the share of the nodules in place that the 2025 study expects to raise from NORI-D."""
    return number_of("pfs_recoverable") / _in_nori_d("tonnage")


def _in_nori_d(quantity: str) -> float:
    for row in read_table("resource_areas"):
        if row["area"] == "nori_d" and row["quantity"] == quantity:
            value = number_in(row, "value")
            if value is not None:
                return value
    raise FigureError(f"resource_areas.csv has no {quantity} for nori_d")


def _recoveries() -> dict[str, float]:
    """Return the share of each metal that reaches product, which the study's yearly output implies."""
    deposit = nori_d()
    dry = deposit.rate_wet_mt * 1e6 * (1 - deposit.moisture)
    return {metal: number_of(f"{metal}_output") / (dry * deposit.grades[metal]) for metal in METALS}


def build_project(case: str, deposit: Deposit, year: int | None, deck: PriceDeck) -> Project:
    """Build a case on a deposit, in dollars of ``year`` or, for ``None``, with every amount as printed."""
    scenario, schedule = scenario_of(case), read_document("scenarios")["schedule"]
    recoveries = _recoveries()
    dollars = scenario["dollar_year"] if year is None else year
    prices = prices_in(deck, dollars)
    scale = deposit.rate_wet_mt / number_of("pfs_rate")  # ships and furnaces come in ones: capital is linear
    capital = {name: _money(identifier, year) for name, identifier in scenario.get("capital", {}).items()}
    initial = capital.get("initial", 0.0)
    project = Project(
        name=case,
        dollar_year=dollars,
        recoverable_wet_mt=deposit.recoverable_wet_mt,
        rate_wet_mt=deposit.rate_wet_mt,
        moisture=deposit.moisture,
        initial_capital=initial * scale,
        expansion_capital=(capital.get("total", initial) - initial) * scale,
        tax_rate=number_of(scenario["tax_rate"]),
        discount_rate=number_of(scenario["discount_rate"]),
        construction_years=schedule["construction_years"],
        ramp_up=tuple(schedule["ramp_up"]),
        **{f"{metal}_grade": deposit.grades[metal] for metal in METALS},
        **{f"{metal}_recovery": recoveries[metal] for metal in METALS},
        **{f"{metal}_price": prices[metal] for metal in METALS},
    )
    costs: dict[str, Any] = _running_costs(scenario, year, project)
    return replace(project, **costs)


def _running_costs(scenario: Mapping[str, Any], year: int | None, project: Project) -> dict[str, float]:
    """Return the costs per wet tonne that a scenario gives, whichever way it gives them."""
    costs = scenario["costs"]
    match costs["kind"]:
        case "by_stage":
            return {name: _money(identifier, year) for name, identifier in costs.items() if name != "kind"}
        case "all_in_nickel":
            # C1 is operating cost less by-products, for each tonne of nickel: add back what the study's own
            # by-products fetch. The site's grades do not change what a tonne of nodules costs.
            output = {metal: number_of(f"{metal}_output") / (number_of("pfs_rate") * 1e6) for metal in METALS}
            prices = prices_in(price_deck(scenario["prices"]), project.dollar_year)
            by_products = sum(output[metal] * prices[metal] for metal in METALS if metal != "nickel")
            cash, sustaining = _money(costs["cash_cost"], year), _money(costs["sustaining_cost"], year)
            return {
                "unsplit_cost": by_products + cash * output["nickel"],
                "sustaining_capital": (sustaining - cash) * output["nickel"],
            }
        case "land_multiple":
            revenue = (1 - project.moisture) * sum(
                getattr(project, f"{metal}_grade")
                * getattr(project, f"{metal}_recovery")
                * getattr(project, f"{metal}_price")
                for metal in METALS
            )
            return {
                "unsplit_cost": number_of(costs["multiple"]) * number_of(costs["land_cost_share"]) * revenue
            }
        case kind:
            raise FigureError(f"scenarios.yaml: there is no way of giving costs called {kind!r}")


def _money(identifier: str, year: int | None) -> float:
    """Return an amount in dollars of ``year``, or as printed for ``None``."""
    row, value = _cost_row(identifier), number_of(identifier)
    if year is None:
        return value
    return in_dollars_of(Usd(value, int(row["dollar_year"])), year).value


def _cost_row(identifier: str) -> Mapping[str, str]:
    for row in read_table("costs"):
        if row["id"] == identifier:
            return row
    raise FigureError(f"costs.csv has no row {identifier!r}")


def derived_figure(
    value: float | None,
    unit: str,
    basis: str,
    *,
    case: str = REFERENCE_CASE,
    span: tuple[float, float] | None = None,
) -> Figure:
    """Return what the model derives from a case, as a figure; ``span`` is widened to hold ``value``."""
    scenario = scenario_of(case)
    low, high = (min(*span, value), max(*span, value)) if span and value is not None else (None, None)
    return Figure(
        value=value,
        low=low,
        high=high,
        unit=unit,
        source=_("seabed cash-flow model; costs: {case}").format(case=title_of(scenario)),
        vintage=scenario["vintage"],
        basis=basis,
        confidence="low" if value is not None else "none",
    )
