"""How far the result moves: Monte Carlo, tornado, and the table of prices against costs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seabed.errors import FigureError
from seabed.feasibility.cases import derived_figure
from seabed.feasibility.cash_flow import NUMERIC_INPUTS, Payments, Project, npv_of, scaled_prices
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import number_in, read_table
from seabed.feasibility.prices import DOLLAR_YEAR
from seabed.language import _

MOST_DRAWS = 1_000_000


class MonteCarlo(BaseModel):
    """The NPV of the reference case when its inputs vary together, independently of one another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    case: str
    draws: int
    seed: int
    npv: Figure = Field(description="median, with the 10th and 90th percentile as range")
    share_above_nil: float = Field(description="of the draws, how many have an NPV above 0")
    histogram_edges: tuple[float, ...] = Field(description="USD million, one more than counts")
    histogram_counts: tuple[int, ...]


def simulate(project: Project, payments: Payments, draws: int, seed: int = 0) -> MonteCarlo:
    """Draw the inputs of ``economic_drivers.csv`` together and return how the NPV falls out.

    Triangular distributions between each driver's low and high end with the case's value as mode,
    independent of one another (metal prices in fact move together, so the true spread is wider).

    Raises
    ------
    FigureError
        If ``draws`` is not between 100 and a million.
    """
    if draws not in range(100, MOST_DRAWS + 1):
        raise FigureError(f"a Monte Carlo run takes 100 to {MOST_DRAWS:,} draws, not {draws}")
    generator = np.random.default_rng(seed)
    changed = {
        driver.name: generator.triangular(driver.low, driver.mode, driver.high, draws)
        for driver in _drivers(project)
        if driver.is_drawn and driver.low < driver.high
    }
    npv = npv_of(project, payments, changed)
    low, middle, high = np.percentile(npv, (10, 50, 90)).tolist()
    counts, edges = np.histogram(npv, bins=40)
    return MonteCarlo(
        case=project.name,
        draws=draws,
        seed=seed,
        npv=derived_figure(
            middle,
            "USD million",
            _("dollars of {year}; median of {draws} draws, range: 10th and 90th percentile").format(
                year=DOLLAR_YEAR, draws=f"{draws:,}"
            ),
            case=project.name,
            span=(low, high),
        ),
        share_above_nil=float((npv > 0).mean()),
        histogram_edges=tuple(edges.tolist()),
        histogram_counts=tuple(counts.tolist()),
    )


def tornado(project: Project, payments: Payments) -> dict[str, Figure]:
    """Return, for each driver, the NPV with it alone at its low and its high end; widest swing first."""
    base = float(npv_of(project, payments, {})[0])
    found = {}
    for driver in _drivers(project):
        ends = npv_of(project, payments, {driver.name: np.array([driver.low, driver.high])})
        low, high = sorted(ends.tolist())
        found[driver.name] = Figure(
            value=base,
            low=min(low, base),
            high=max(high, base),
            unit="USD million",
            source=driver.source,
            vintage=driver.vintage,
            basis=_("dollars of {year}; with it from {low} to {high}: {bounds}").format(
                year=DOLLAR_YEAR,
                low=_plain(driver.low),
                high=_plain(driver.high),
                bounds=driver.basis,
            ),
            confidence="low",
        )
    return dict(sorted(found.items(), key=lambda item: -((item[1].high or 0.0) - (item[1].low or 0.0))))


def price_and_cost_table(project: Project, payments: Payments) -> dict[str, dict[str, Figure]]:
    """Return the NPV with all prices (rows) and all operating cost (columns) times 0.6 to 1.4."""
    scales = (0.6, 0.8, 1.0, 1.2, 1.4)
    costs = ("offshore_cost", "transport_cost", "processing_cost", "unsplit_cost", "corporate_cost")
    table = {}
    for prices in scales:
        row = scaled_prices(project, prices)
        npv = npv_of(row, payments, {name: getattr(row, name) * np.array(scales) for name in costs})
        table[f"prices x {prices}"] = {
            f"operating cost x {scale}": derived_figure(
                value, "USD million", _("dollars of {year}").format(year=DOLLAR_YEAR), case=project.name
            )
            for scale, value in zip(scales, npv.tolist(), strict=True)
        }
    return table


def _plain(number: float) -> str:
    return f"{number:,.0f}" if abs(number) >= 1_000 else f"{number:.3g}"


@dataclass(frozen=True, slots=True)
class _Driver:
    name: str
    low: float
    mode: float
    high: float
    is_drawn: bool
    source: str
    vintage: str
    basis: str


def _drivers(project: Project) -> list[_Driver]:
    found = []
    for row in read_table("economic_drivers"):
        name, mode = row["input"], float(getattr(project, row["input"]))
        low, high = number_in(row, "low"), number_in(row, "high")
        if name not in NUMERIC_INPUTS or low is None or high is None:
            raise FigureError(f"economic_drivers.csv: {name!r} is no input of a project, or has no bounds")
        factor = mode if row["kind"] == "factor" else 1.0
        most = 1.0 if name.endswith("_recovery") else np.inf
        found.append(
            _Driver(
                name=name,
                low=min(low * factor, mode),
                mode=mode,
                high=max(min(high * factor, most), mode),
                is_drawn=row["in_monte_carlo"] == "yes",
                source=row["source"],
                vintage=row["vintage"],
                basis=_(row["basis"]),
            )
        )
    return found
