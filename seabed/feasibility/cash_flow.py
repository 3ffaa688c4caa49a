"""The cash-flow model of one nodule project: from tonnes on the sea floor to net present value.

Real, unlevered, after tax, in millions of dollars of one year. Year 0 is the first year of spending and is
not discounted. The steps, each a line of `_flows`:

    wet tonnes raised → dry tonnes → metal in product → revenue
    − operating cost (offshore, transport, processing, corporate, what a study does not split)
    − payments to the sponsor and to the regime (royalty by value, in bands; profit share)
    − capital (initial, expansion, sustaining, closure) − tax

Simplifications, each the same for every case: capital is spread evenly over the years it belongs to
(initial: construction; expansion: the years of ramp-up) and depreciated by units of production; tax losses
are carried forward without limit and never refunded; closure is paid in the last year of production; no
working capital, no debt, no inflation, and the project ends after `LONGEST_LIFE` years of production
whatever is left.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from seabed.errors import FigureError
from seabed.feasibility.finance import internal_rate_of_return, net_present_value, payback_years
from seabed.feasibility.units import check_dollar_year, check_moisture, check_number
from seabed.language import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Numbers = NDArray[np.float64]

#: Ids, which are the English names.
METALS = (N_("nickel"), N_("cobalt"), N_("copper"), N_("manganese"))

#: Years of production: the initial term of an exploitation contract in the ISA's draft regulations.
LONGEST_LIFE = 30

_MOST_USD = 1e6  # per tonne; more than any metal here has cost, and a bound on typing errors
_MOST_MUSD = 1e6

# What each input may be: lowest, highest. Moisture has its own check.
_BOUNDS: dict[str, tuple[float, float]] = {
    "recoverable_wet_mt": (1e-6, 1e5),
    "rate_wet_mt": (1e-6, 1e3),
    **{f"{metal}_grade": (0.0, 1.0) for metal in METALS},
    **{f"{metal}_recovery": (0.0, 1.0) for metal in METALS},
    **{f"{metal}_price": (0.0, _MOST_USD) for metal in METALS},
    "offshore_cost": (0.0, _MOST_USD),
    "transport_cost": (0.0, _MOST_USD),
    "processing_cost": (0.0, _MOST_USD),
    "unsplit_cost": (0.0, _MOST_USD),
    "corporate_cost": (0.0, _MOST_MUSD),
    "sponsor_payment": (0.0, _MOST_USD),
    "initial_capital": (0.0, _MOST_MUSD),
    "expansion_capital": (0.0, _MOST_MUSD),
    "sustaining_capital": (0.0, _MOST_USD),
    "closure_cost": (0.0, _MOST_MUSD),
    "tax_rate": (0.0, 0.95),
    "discount_rate": (0.0, 1.0),
}

#: Inputs that are numbers, and so may vary in a Monte Carlo run or a tornado.
NUMERIC_INPUTS = (*_BOUNDS, "moisture")


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """The inputs of one project.

    Tonnages in millions of wet tonnes (a year); ``moisture`` a fraction of wet mass; grades fractions of dry
    mass; recoveries fractions of the metal in the nodules that reaches product; prices USD per tonne of
    metal in product; ``offshore_cost`` to ``unsplit_cost``, ``sponsor_payment`` and ``sustaining_capital``
    USD per wet tonne; ``corporate_cost`` USD million a year; capital and closure USD million; rates yearly
    fractions. ``ramp_up``: rising shares of the full rate in the first years of production. All money is in
    dollars of ``dollar_year``.

    Raises
    ------
    FigureError
        On construction, if an input is out of its range; the message names it.
    """

    name: str
    dollar_year: int
    recoverable_wet_mt: float
    rate_wet_mt: float
    moisture: float
    nickel_grade: float
    cobalt_grade: float
    copper_grade: float
    manganese_grade: float
    nickel_recovery: float
    cobalt_recovery: float
    copper_recovery: float
    manganese_recovery: float
    nickel_price: float
    cobalt_price: float
    copper_price: float
    manganese_price: float
    offshore_cost: float = 0.0
    transport_cost: float = 0.0
    processing_cost: float = 0.0
    unsplit_cost: float = 0.0
    corporate_cost: float = 0.0
    sponsor_payment: float = 0.0
    initial_capital: float = 0.0
    expansion_capital: float = 0.0
    sustaining_capital: float = 0.0
    closure_cost: float = 0.0
    tax_rate: float = 0.0
    discount_rate: float = 0.08
    construction_years: int = 2
    ramp_up: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        check_dollar_year(self.dollar_year)
        check_moisture(self.moisture)
        for name, (low, high) in _BOUNDS.items():
            check_number(getattr(self, name), f"{self.name}: {name}", low=low, high=high)
        if sum(getattr(self, f"{metal}_grade") for metal in METALS) > 1:
            raise FigureError(f"{self.name}: the grades add up to more than the whole dry mass")
        if self.construction_years not in range(16) or len(self.ramp_up) > LONGEST_LIFE - 1:
            raise FigureError(
                f"{self.name}: construction takes 0 to 15 years and ramp-up less than {LONGEST_LIFE}, not "
                f"{self.construction_years} and {len(self.ramp_up)}"
            )
        for share in self.ramp_up:
            check_number(share, f"{self.name}: a share in ramp_up", low=1e-6, high=1.0)
        if list(self.ramp_up) != sorted(self.ramp_up):
            raise FigureError(f"{self.name}: the shares in ramp_up must rise, not {self.ramp_up}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Payments:
    """What the regime that the project mines under takes.

    The royalty is a fraction of the gross value of the four metals *in the nodules* (dry tonnes times grade
    times price). For the first ``first_years`` of production it is ``first_rate``; after that the value per
    dry tonne, in USD, selects the rate: ``rates`` has one more entry than ``thresholds``. From year
    ``profit_share_from`` of production, profit tax below ``profit_share`` is topped up to it.
    """

    id: str
    name: str
    first_years: int = 0
    first_rate: float = 0.0
    thresholds: tuple[float, ...] = ()
    rates: tuple[float, ...] = (0.0,)
    profit_share: float = 0.0
    profit_share_from: int = 6

    def __post_init__(self) -> None:
        for rate in (self.first_rate, self.profit_share, *self.rates):
            check_number(rate, f"{self.id}: a rate", low=0.0, high=1.0)
        for threshold in self.thresholds:
            check_number(threshold, f"{self.id}: a threshold", low=0.0, high=_MOST_USD)
        if len(self.rates) != len(self.thresholds) + 1 or list(self.thresholds) != sorted(self.thresholds):
            raise FigureError(f"{self.id}: rates must be one more than the thresholds, which must rise")


NO_PAYMENTS = Payments(id="none", name="no payments")

Line = Literal[
    "wet_mt", "revenue", "operating_cost", "payments", "capital", "tax", "net", "by_products", "gross_value"
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What one project is worth.

    ``npv_musd`` in USD million; ``irr`` a yearly fraction, ``payback_years`` from the start of year 0
    (either is ``None`` if there is none). ``years`` are the lines of the cash flow, each a number for each
    year: wet tonnes in millions, the rest USD million. ``metal_tonnes`` is metal in product in a year at
    full rate. The tonnes of the whole life: ``raised_wet_mt``, ``dry_mt``, and by metal ``contained_mt`` and
    ``product_mt``. Per-tonne figures are over the whole life, undiscounted: ``operating_cost_per_wet_tonne``
    (no capital, no payments), ``all_in_cost_per_wet_tonne`` (operating cost, payments and capital, before
    tax), ``revenue_per_wet_tonne``, and ``cash_cost_per_tonne_nickel``, which is net of by-products as the
    nickel industry's C1 (and so may be negative; ``None`` without nickel). ``break_even_price_scale`` is by
    what factor all prices together would have to move for the NPV to be nil; ``break_even_nickel_price`` is
    the nickel price then, i.e. the break-even price of a tonne of nickel-equivalent.
    """

    project: Project
    payments: Payments
    npv_musd: float
    irr: float | None
    payback_years: float | None
    years: Mapping[Line, tuple[float, ...]]
    metal_tonnes: Mapping[str, float]
    life_years: int
    raised_wet_mt: float
    dry_mt: float
    contained_mt: Mapping[str, float]
    product_mt: Mapping[str, float]
    operating_cost_per_wet_tonne: float
    all_in_cost_per_wet_tonne: float
    revenue_per_wet_tonne: float
    cash_cost_per_tonne_nickel: float | None
    break_even_price_scale: float | None
    break_even_nickel_price: float | None


def value_project(project: Project, payments: Payments = NO_PAYMENTS) -> Result:
    """Value one project under one regime of payments. See `Result` for the units."""
    lines = {name: values[0] for name, values in _flows(_levels(project, {}), project, payments).items()}
    net = lines["net"]
    irr, payback = float(internal_rate_of_return(net)), float(payback_years(net))
    wet = float(lines["wet_mt"].sum())
    dry = wet * (1 - project.moisture)
    contained = {metal: dry * getattr(project, f"{metal}_grade") for metal in METALS}
    product = {metal: contained[metal] * getattr(project, f"{metal}_recovery") for metal in METALS}
    totals = {name: float(values.sum()) for name, values in lines.items()}
    scale = break_even_price_scale(project, payments)
    return Result(
        project=project,
        payments=payments,
        npv_musd=float(net_present_value(net, project.discount_rate)),
        irr=None if np.isnan(irr) else irr,
        payback_years=None if np.isnan(payback) else payback,
        years={name: tuple(values.tolist()) for name, values in lines.items()},
        metal_tonnes={metal: 1e6 * product[metal] / wet * project.rate_wet_mt for metal in METALS},
        life_years=int((lines["wet_mt"] > 0).sum()),
        raised_wet_mt=wet,
        dry_mt=dry,
        contained_mt=contained,
        product_mt=product,
        operating_cost_per_wet_tonne=totals["operating_cost"] / wet,
        all_in_cost_per_wet_tonne=(totals["operating_cost"] + totals["payments"] + totals["capital"]) / wet,
        revenue_per_wet_tonne=totals["revenue"] / wet,
        cash_cost_per_tonne_nickel=(totals["operating_cost"] - totals["by_products"]) / product["nickel"]
        if product["nickel"]
        else None,
        break_even_price_scale=scale,
        break_even_nickel_price=None if scale is None else scale * project.nickel_price,
    )


def npv_of(project: Project, payments: Payments, changed: Mapping[str, Numbers]) -> Numbers:
    """Return the NPV in USD million for each row of changed inputs.

    ``changed`` maps names of `NUMERIC_INPUTS` to vectors of one length n, not checked again. Returns shape
    (n,). Rows are worked in blocks that stay in the processor's cache.
    """
    count = max((len(values) for values in changed.values()), default=1)
    block = 2_000
    found = []
    for start in range(0, count, block):
        rows = {name: values[start : start + block] for name, values in changed.items()}
        levels = _levels(project, rows)
        net = _flows(levels, project, payments)["net"]
        found.append(net_present_value(net, levels["discount_rate"][:, 0]))
    return np.concatenate(found)


def break_even_price_scale(project: Project, payments: Payments) -> float | None:
    """Return by what factor all prices together must move for an NPV of nil; ``None`` beyond 100-fold.

    Bisection. Where a royalty band makes the NPV fall as prices rise, it finds one of the crossings.
    """
    names = [f"{metal}_price" for metal in METALS]

    def npv(scales: Numbers) -> Numbers:
        return npv_of(project, payments, {name: getattr(project, name) * scales for name in names})

    low, high = 0.0, 100.0
    if npv(np.array([high]))[0] < 0 or npv(np.array([low]))[0] >= 0:
        return None
    for _ in range(12):  # each step cuts the span to a sixteenth: 100 / 16**12 is 4e-13
        steps = np.linspace(low, high, 17)
        above = int(np.argmax(npv(steps) >= 0))
        low, high = float(steps[above - 1]), float(steps[above])
    return (low + high) / 2


def scaled_prices(project: Project, scale: float) -> Project:
    """Return the project with all prices multiplied."""
    return _scaled(project, [f"{metal}_price" for metal in METALS], scale)


def scaled_money(project: Project, scale: float) -> Project:
    """Return the project with every price, cost and capital multiplied."""
    rates = ("tax_rate", "discount_rate")
    not_money = {"recoverable_wet_mt", "rate_wet_mt", *rates}
    not_money |= {f"{metal}_{what}" for metal in METALS for what in ("grade", "recovery")}
    return _scaled(project, [name for name in _BOUNDS if name not in not_money], scale)


def _scaled(project: Project, names: list[str], scale: float) -> Project:
    return replace(project, **{name: getattr(project, name) * scale for name in names})


def _levels(project: Project, changed: Mapping[str, Numbers]) -> dict[str, Numbers]:
    """Return every numeric input as a column (n or 1, 1), to broadcast against years."""
    levels = {name: changed.get(name, np.array([getattr(project, name)])) for name in NUMERIC_INPUTS}
    return {name: values[:, None] for name, values in levels.items()}


def _flows(level: Mapping[str, Numbers], project: Project, payments: Payments) -> dict[Line, Numbers]:
    """Return the lines of the cash flow, each of shape (n, years)."""
    start = project.construction_years
    wet = _raised(level, project)
    count = wet.shape[1]
    is_producing = wet > 0
    is_last = is_producing & ~np.pad(is_producing[:, 1:], ((0, 0), (0, 1)))
    dry = wet * (1 - level["moisture"])

    value = {metal: level[f"{metal}_grade"] * level[f"{metal}_price"] for metal in METALS}  # per dry tonne
    sold = {metal: dry * (value[metal] * level[f"{metal}_recovery"]) for metal in METALS}
    by_products = sold["cobalt"] + sold["copper"] + sold["manganese"]
    revenue = sold["nickel"] + by_products
    per_tonne = sum(
        (level[name] for name in ("offshore_cost", "transport_cost", "processing_cost", "unsplit_cost")),
        start=np.zeros((1, 1)),
    )
    operating = wet * per_tonne + is_producing * level["corporate_cost"]

    gross_per_tonne = value["nickel"] + value["cobalt"] + value["copper"] + value["manganese"]
    gross = dry * gross_per_tonne
    paid = gross * _royalty_rates(gross_per_tonne, payments, start, count) + wet * level["sponsor_payment"]

    years = np.arange(count)
    spread = np.zeros((2, count))
    spread[0, : max(start, 1)] = 1 / max(start, 1)
    ramping = max(len(project.ramp_up), 1)
    spread[1, start : start + ramping] = 1 / ramping
    upfront = level["initial_capital"] * spread[0] + level["expansion_capital"] * spread[1]
    running = wet * level["sustaining_capital"] + is_last * level["closure_cost"]
    capital = upfront + running

    share_raised = wet / wet.sum(axis=1, keepdims=True)
    depreciation = (level["initial_capital"] + level["expansion_capital"]) * share_raised
    profit = revenue - operating - paid - running - depreciation
    # Losses carried forward: only what lifts the running total above its former height is taxed.
    taxed_so_far = np.maximum.accumulate(np.maximum(np.cumsum(profit, axis=1), 0.0), axis=1)
    taxed = np.diff(taxed_so_far, axis=1, prepend=0.0)
    tax = taxed * level["tax_rate"]
    if payments.profit_share:
        is_shared = years >= start + payments.profit_share_from - 1
        paid = paid + is_shared * np.maximum(taxed * payments.profit_share - tax, 0.0)
    return {
        "wet_mt": wet,
        "revenue": revenue,
        "operating_cost": operating,
        "payments": paid,
        "capital": capital,
        "tax": tax,
        "net": revenue - operating - paid - capital - tax,
        "by_products": by_products,
        "gross_value": gross,
    }


def _raised(level: Mapping[str, Numbers], project: Project) -> Numbers:
    """Return wet tonnes in millions raised each year: the ramp-up, then full rate until nothing is left."""
    rate, recoverable = level["rate_wet_mt"], level["recoverable_wet_mt"]
    pace = np.ones(LONGEST_LIFE)
    pace[: len(project.ramp_up)] = project.ramp_up
    full = recoverable.max() / rate.min()
    life = min(LONGEST_LIFE, len(project.ramp_up) + int(np.ceil(full)) + 1)
    wanted = rate * np.concatenate([np.zeros(project.construction_years), np.cumsum(pace[:life])])
    raised: Numbers = np.diff(np.minimum(wanted, recoverable), axis=1, prepend=0.0)
    raised[raised < 1e-9 * rate] = 0.0  # what rounding leaves is no year of production
    last = int(np.flatnonzero(raised.any(axis=0))[-1])
    # The years of ramp-up are kept even if nothing is left to raise: capital is spent in them.
    return raised[:, : max(last + 1, project.construction_years + max(len(project.ramp_up), 1))]


def _royalty_rates(gross_per_tonne: Numbers, payments: Payments, start: int, count: int) -> Numbers:
    """Return the royalty as a fraction of gross value, shape (n, years)."""
    band = np.searchsorted(payments.thresholds, gross_per_tonne, side="right")
    is_first = np.arange(count) < start + payments.first_years
    return np.where(is_first, payments.first_rate, np.asarray(payments.rates)[band])
