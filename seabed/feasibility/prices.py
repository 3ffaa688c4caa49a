"""Metal prices, and the dollars they are in."""

from __future__ import annotations

import csv
import datetime as dt
import io
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from seabed.errors import FigureError
from seabed.feasibility.cash_flow import METALS
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import figure_in, number_in, read_table
from seabed.feasibility.units import Usd, check_number
from seabed.language import _

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

#: The year whose dollars every case is valued in.
DOLLAR_YEAR = 2025

_MOST_PRICE_FILE_BYTES = 1_000_000


@dataclass(frozen=True, slots=True)
class PriceDeck:
    """Prices of the four metals, USD per tonne of metal, in dollars of one year."""

    name: str
    dollar_year: int
    prices: Mapping[str, Figure]

    def __post_init__(self) -> None:
        missing = [metal for metal in METALS if metal not in self.prices]
        if missing:
            raise FigureError(f"the prices {self.name!r} lack {', '.join(missing)}")
        for metal, figure in self.prices.items():
            check_number(figure.value, f"the price of {metal} in {self.name!r}", low=0.0)


def price_deck(name: str) -> PriceDeck:
    """Return one of the named price decks of the program.

    Raises
    ------
    FigureError
        If there is none of that name.
    """
    rows = [row for row in read_table("prices") if row["deck"] == name]
    if not rows:
        known = ", ".join(dict.fromkeys(row["deck"] for row in read_table("prices")))
        raise FigureError(f"there are no prices named {name!r}; there are {known}")
    years = {row["dollar_year"] for row in rows}
    if len(years) != 1:
        raise FigureError(f"the prices {name!r} are in dollars of more than one year: {sorted(years)}")
    return PriceDeck(name, int(years.pop()), {row["metal"]: figure_in(row, row["unit"]) for row in rows})


def read_price_file(path: Path) -> PriceDeck:
    """Read monthly prices: CSV with ``month`` (YYYY-MM) and ``nickel_usd_t`` … ``manganese_usd_t``.

    USD per tonne of metal (manganese: of manganese contained in ore). The price is the mean of the last
    twelve months, its range the lowest and highest month of the file; dollars are of the last month's year.

    Raises
    ------
    FigureError
        If the file cannot be read, a column or a month is missing or stands twice, or a price is no number
        of 0 or more.
    """
    try:
        with path.open("rb") as stream:
            raw = stream.read(_MOST_PRICE_FILE_BYTES + 1)
        text = raw.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise FigureError(f"{path.name}: prices cannot be read: {error}") from None
    if len(raw) > _MOST_PRICE_FILE_BYTES:
        raise FigureError(f"{path.name}: a price file has at most {_MOST_PRICE_FILE_BYTES:,} bytes")
    columns = [f"{metal}_usd_t" for metal in METALS]
    try:
        rows = list(csv.DictReader(io.StringIO(text), strict=True))
    except csv.Error as error:
        raise FigureError(f"{path.name}: not well-formed CSV: {error}") from None
    missing = [name for name in ("month", *columns) if not rows or name not in rows[0]]
    if missing:
        raise FigureError(f"{path.name}: the columns {', '.join(missing)} are missing, or there is no row")
    months = [_month(row["month"], path.name) for row in rows]
    _check_months(months, path.name)
    series = {
        metal: [_monthly_price(row[column], f"{path.name}, {row['month']}, {column}") for row in rows]
        for metal, column in zip(METALS, columns, strict=True)
    }
    last = f"{months[-1]:%Y-%m}"
    return PriceDeck(
        path.name,
        months[-1].year,
        {
            metal: Figure(
                value=float(np.clip(np.mean(values[-12:]), min(values), max(values))),
                low=min(values),
                high=max(values),
                unit="USD/t",
                source=_("the user's price file {name}").format(name=path.name),
                vintage=last,
                basis=_("mean of the last twelve months; range: lowest and highest month"),
                confidence="medium",
            )
            for metal, values in series.items()
        },
    )


def in_dollars_of(amount: Usd, year: int) -> Usd:
    """Convert by the US consumer price index.

    Raises
    ------
    FigureError
        If the index has no value for one of the years.
    """
    if amount.year == year:
        return amount
    index = {row["year"]: number_in(row, "value") for row in read_table("price_index")}
    then, now = index.get(str(year)), index.get(str(amount.year))
    if then is None or now is None:
        raise FigureError(
            f"dollars of {amount.year} cannot be converted to dollars of {year}: the price index runs from "
            f"{min(index)} to {max(index)}"
        )
    return amount.in_year(year, then / now)


def prices_in(deck: PriceDeck, year: int) -> dict[str, float]:
    """Return the prices by metal, USD per tonne in dollars of ``year``."""
    return {
        metal: in_dollars_of(Usd(float(figure.value or 0.0), deck.dollar_year), year).value
        for metal, figure in deck.prices.items()
    }


def _month(text: str | None, name: str) -> dt.date:
    try:
        return dt.datetime.strptime(text or "", "%Y-%m").replace(tzinfo=dt.UTC).date()
    except ValueError:
        raise FigureError(f"{name}: months are written 2026-05, not {text!r}") from None


def _check_months(months: Sequence[dt.date], name: str) -> None:
    for before, after in pairwise(months):
        gap = (after.year - before.year) * 12 + after.month - before.month
        if gap < 1:
            raise FigureError(f"{name}: {after:%Y-%m} does not come after {before:%Y-%m}")
        if gap > 1:
            missing = "1 month is" if gap == 2 else f"{gap - 1} months are"
            raise FigureError(f"{name}: {missing} missing between {before:%Y-%m} and {after:%Y-%m}")


def _monthly_price(cell: str | None, where: str) -> float:
    try:
        value = float(cell or "")
    except ValueError:
        raise FigureError(f"{where}: a price must be a number, and is {cell!r}") from None
    return check_number(value, where, low=0.0)
