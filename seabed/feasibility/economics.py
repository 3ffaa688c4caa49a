"""What a nodule project at a site would be worth, by whose numbers, under which law.

Every case applies one published (or claimed) set of costs to the site's own tonnes and grades, at one rate,
in dollars of one year, so that the cases differ in nothing but their costs. The numbers are data:
``costs.csv``, ``prices.csv``, ``price_index.csv``, ``economic_drivers.csv``, ``scenarios.yaml`` and
``payments.yaml`` among the figures, each with its source. The model is `seabed.feasibility.cash_flow`.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seabed.errors import FigureError
from seabed.feasibility.cases import (
    REFERENCE_CASE,
    Deposit,
    build_project,
    case_ids,
    cost,
    derived_figure,
    footing_shares,
    isa_draft_payments,
    name_of,
    nori_d,
    number_of,
    payments_of,
    scenario_of,
    share_raised,
    title_of,
)
from seabed.feasibility.cash_flow import METALS, Project, Result, npv_of, value_project
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import read_document
from seabed.feasibility.prices import DOLLAR_YEAR, PriceDeck, in_dollars_of, price_deck
from seabed.feasibility.uncertainty import MonteCarlo, price_and_cost_table, simulate, tornado
from seabed.feasibility.units import Usd, WetTonnes, check_moisture, check_number
from seabed.language import N_, _, large

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from seabed.contract import Zone

_SHORTEST_LIFE = 15  # years at full rate that a project is sized to, where the deposit is small


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CaseResult(_Model):
    """The site by one party's numbers. Ranges of the NPV: all prices at their lowest and highest."""

    title: str
    stance: str
    footing: str = Field(description="whose payments are taken off")
    npv: Figure
    internal_rate_of_return: Figure
    payback: Figure
    revenue: Figure
    operating_cost: Figure
    all_in_cost: Figure
    break_even_nickel_price: Figure
    leaves_open: tuple[str, ...]


class Footing(_Model):
    """What one legal footing takes, and what is left."""

    name: str
    status: str
    cite: str
    share: float = Field(description="of the site's area that the footing reaches")
    npv: dict[str, Figure] = Field(
        description="by case; the range is over the draft's alternatives, where there are any"
    )


class Economics(_Model):
    """Whether a nodule project at the site would pay, by case and by legal footing."""

    dollar_year: int
    rate: Figure
    recoverable: Figure
    life: Figure
    metals: dict[str, Figure] = Field(description="metal in product in a year at full rate")
    cases: dict[str, CaseResult]
    footings: dict[str, Footing]
    tornado: dict[str, Figure] = Field(
        default_factory=dict, description="NPV of the reference case with one input at its low and high end"
    )
    by_price_and_cost: dict[str, dict[str, Figure]] = Field(
        default_factory=dict, description="NPV of the reference case with prices and operating cost scaled"
    )
    independent_estimates: dict[str, Figure] = Field(default_factory=dict)
    monte_carlo: MonteCarlo | None = None
    assumptions: tuple[str, ...]


# --- The part ----------------------------------------------------------------------------------------------


def economics_of(
    in_place: WetTonnes,
    *,
    zones: Sequence[Zone],
    is_us_applicant: bool = False,
    grades: Mapping[str, float] | None = None,
    moisture: float | None = None,
    basis: str = "",
    cases: Sequence[str] = (),
    rate_wet_mt: float | None = None,
    prices: PriceDeck | None = None,
    royalty: float | None = None,
    draws: int = 0,
    seed: int = 0,
    in_detail: bool = False,
) -> Economics:
    """Value a nodule project sized to a site.

    Parameters
    ----------
    in_place
        Nodules on the site's sea floor; the share of them that is raised is NORI-D's.
    zones
        Of the site, for the legal footing; jurisdiction kinds decide.
    is_us_applicant
        Whose payments in the Area the cases bear: those of a US permit, or of the ISA's draft.
    grades, moisture
        By metal, fractions of *dry* mass; water as a fraction of *wet* mass. Without them, NORI-D's.
    basis
        Where ``in_place`` and the grades come from, in words.
    cases
        Ids from `case_ids`; all by default.
    rate_wet_mt
        Millions of wet tonnes a year; by default NORI-D's, or less so that the site lasts fifteen years.
    prices
        For every case; by default the five-year mean of market prices.
    royalty
        Of gross metal value, where a lease or a coastal State sets it.
    draws, seed
        Of the Monte Carlo run; none for 0.
    in_detail
        Also the tornado, the table of prices and costs, and independent estimates.

    Raises
    ------
    FigureError
        If an input is impossible, or a case, footing or price is not known.
    """
    deposit, notes = _size(in_place, grades, moisture, rate_wet_mt)
    deck = prices or price_deck("mean_2021_2025")
    wanted = tuple(cases) or case_ids()
    projects = {case: build_project(case, deposit, DOLLAR_YEAR, deck) for case in (*wanted, REFERENCE_CASE)}
    shares = footing_shares(zones, is_us_applicant=is_us_applicant) or {"coastal_state": 0.0}
    main = next(iter(shares))
    results = {case: value_project(projects[case], payments_of(main, royalty)) for case in wanted}
    reference, under = projects[REFERENCE_CASE], payments_of(main, royalty)
    first = results[wanted[0]]
    return Economics(
        dollar_year=DOLLAR_YEAR,
        rate=derived_figure(deposit.rate_wet_mt, "million wet t/yr", _("wet; at full rate")),
        recoverable=derived_figure(
            deposit.recoverable_wet_mt,
            "million wet t",
            _("wet; the share raised is that of the NORI-D study; in place: {basis}").format(basis=basis)
            if basis
            else _("wet; the share raised is that of the NORI-D study"),
        ),
        life=derived_figure(
            float(first.life_years), "years", _("of production, ramp-up included; at most 30")
        ),
        metals={
            metal: derived_figure(
                tonnes, "t/yr", _("metal in product; recoveries as NORI-D's output implies")
            )
            for metal, tonnes in first.metal_tonnes.items()
        },
        cases={case: _case_result(case, result, main, deck) for case, result in results.items()},
        footings={
            footing: _footing(footing, share, {case: projects[case] for case in wanted}, royalty)
            for footing, share in shares.items()
        },
        tornado=tornado(reference, under) if in_detail else {},
        by_price_and_cost=price_and_cost_table(reference, under) if in_detail else {},
        independent_estimates={name: cost(name) for name in _INDEPENDENT} if in_detail else {},
        monte_carlo=simulate(reference, under, draws, seed) if draws else None,
        assumptions=(*notes, *map(_, _ASSUMPTIONS)),
    )


_INDEPENDENT = ("allseas_2022", "gsr_total", "bureau_of_mines_opex")

_ASSUMPTIONS = (
    N_("Real and unlevered, after tax; no working capital. Capital grows in proportion to the rate."),
    N_("The cost of a tonne of nodules is NORI-D's: no allowance for another depth, distance or weather."),
    N_("Levies of sponsoring States are not modelled; the sponsoring State's tax is taken to be the case's."),
    N_("Manganese is valued as ore. Nothing is sold but nickel, cobalt, copper and manganese."),
    N_(
        "Costs to the environment, and of delay or litigation over rival legal titles, are not in the "
        "figures."
    ),
)


def _size(
    in_place: WetTonnes,
    grades: Mapping[str, float] | None,
    moisture: float | None,
    rate_wet_mt: float | None,
) -> tuple[Deposit, list[str]]:
    notes = []
    known = nori_d()
    if grades is None:
        notes.append(_("The site's grades are not known: NORI-D's are used."))
    elif missing := [metal for metal in METALS if metal not in grades]:
        raise FigureError(f"grades must be given for all four metals; {', '.join(missing)} are missing")
    if moisture is None:
        notes.append(
            _("The nodules' moisture is not known: {moisture} of wet mass is assumed.").format(
                moisture=f"{known.moisture:.0%}"
            )
        )
    share = share_raised()
    recoverable = in_place.value / 1e6 * share
    rate = min(known.rate_wet_mt, recoverable / _SHORTEST_LIFE) if rate_wet_mt is None else rate_wet_mt
    check_number(rate, "the rate in million wet tonnes a year", low=1e-6, high=1e3)
    if rate < (smallest := number_of("smallest_ship")):
        notes.append(
            _(
                "{rate} wet tonnes a year is less than one ship raises ({ship}): capital in "
                "proportion to the rate is then too low, and the values are too high."
            ).format(rate=large(1e6 * rate), ship=large(1e6 * smallest))
        )
    notes.append(
        _(
            "{share} of the nodules in place are raised, as the 2025 study expects of NORI-D; the rest is "
            "too sparse, too steep or left as a buffer."
        ).format(share=f"{share:.0%}")
    )
    deposit = Deposit(
        recoverable_wet_mt=recoverable,
        rate_wet_mt=rate,
        moisture=known.moisture if moisture is None else check_moisture(moisture),
        grades=known.grades if grades is None else dict(grades),
    )
    return deposit, notes


def _case_result(case: str, result: Result, footing: str, deck: PriceDeck) -> CaseResult:
    scenario, figure = scenario_of(case), partial(derived_figure, case=case)
    money = _("dollars of {year}").format(year=DOLLAR_YEAR)
    has_capital = result.project.initial_capital > 0
    no_rate = (
        _("none: the cash flow never repays")
        if has_capital
        else _("none: the case has no capital of its own")
    )
    return CaseResult(
        title=title_of(scenario),
        stance=scenario["stance"],
        footing=footing,
        npv=figure(
            result.npv_musd,
            "USD million",
            _(
                "dollars of {year}, after tax, at {rate} a year; range: all prices at their lowest and at "
                "their highest"
            ).format(year=DOLLAR_YEAR, rate=f"{result.project.discount_rate:.0%}"),
            span=_price_span(result, deck),
        ),
        internal_rate_of_return=figure(
            None if result.irr is None or not has_capital else 100 * result.irr,
            N_("% a year"),
            no_rate if result.irr is None or not has_capital else _("real, after tax"),
        ),
        payback=figure(
            result.payback_years if has_capital else None,
            "years",
            no_rate
            if result.payback_years is None or not has_capital
            else _("from the first year of spending"),
        ),
        revenue=figure(
            result.revenue_per_wet_tonne,
            "USD/wet t",
            _("dollars of {year}; range: all prices at their lowest and at their highest").format(
                year=DOLLAR_YEAR
            ),
            span=_revenue_span(result.project, deck),
        ),
        operating_cost=figure(result.operating_cost_per_wet_tonne, "USD/wet t", money),
        all_in_cost=figure(
            result.all_in_cost_per_wet_tonne,
            "USD/wet t",
            _("dollars of {year}; operating cost, payments and capital").format(year=DOLLAR_YEAR),
        ),
        break_even_nickel_price=figure(
            result.break_even_nickel_price,
            N_("USD/t nickel-equivalent"),
            _(
                "dollars of {year}; the nickel price at which the NPV is nil when all four prices move "
                "together"
            ).format(year=DOLLAR_YEAR)
            if result.break_even_nickel_price is not None
            else _("none: no price makes the NPV nil"),
        ),
        leaves_open=tuple(map(_, scenario["leaves_open"])),
    )


def _price_span(result: Result, deck: PriceDeck) -> tuple[float, float]:
    """Return the NPV with all prices at their lowest and at their highest."""
    changed = {f"{metal}_price": _price_ends(metal, result.project, deck) for metal in METALS}
    low, high = npv_of(result.project, result.payments, changed).tolist()
    return low, high


def _revenue_span(project: Project, deck: PriceDeck) -> tuple[float, float]:
    """Return the revenue of a wet tonne with all prices at their lowest and at their highest."""
    value = np.zeros(2)
    for metal in METALS:
        in_product = getattr(project, f"{metal}_grade") * getattr(project, f"{metal}_recovery")
        value += (1 - project.moisture) * in_product * _price_ends(metal, project, deck)
    low, high = value.tolist()
    return low, high


def _price_ends(metal: str, project: Project, deck: PriceDeck) -> NDArray[np.float64]:
    figure, year = deck.prices[metal], project.dollar_year
    ends = [figure.value if end is None else end for end in (figure.low, figure.high)]
    return np.array([in_dollars_of(Usd(float(end or 0.0), deck.dollar_year), year).value for end in ends])


def _footing(footing: str, share: float, projects: Mapping[str, Project], royalty: float | None) -> Footing:
    regime = read_document("payments")[footing]
    npv = {}
    for case, project in projects.items():
        value = float(npv_of(project, payments_of(footing, royalty), {})[0])
        others = (
            [float(npv_of(project, one, {})[0]) for one in isa_draft_payments().values()]
            if footing == "isa_draft"
            else []
        )
        npv[case] = Figure(
            value=value,
            low=min(others) if others else None,
            high=max(others) if others else None,
            unit="USD million",
            source=f"{regime['source']}; {title_of(scenario_of(case))}",
            vintage=regime["vintage"],
            basis=(
                _("dollars of {year}, after tax; range: over the draft's bracketed alternatives")
                if others
                else _("dollars of {year}, after tax")
            ).format(year=DOLLAR_YEAR),
            confidence="low",
        )
    return Footing(
        name=name_of(regime), status=_(regime["status"]), cite=regime["cite"], share=share, npv=npv
    )
