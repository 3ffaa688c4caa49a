"""Tonnes that know whether they are wet or dry, and dollars that know their year.

Nodules come up with a quarter to a third of their mass as water: abundance and tonnage are stated wet,
grades dry. Dividing one by the other is the commonest mistake in the field, so here the types refuse it.
"""

from __future__ import annotations

import math
import numbers
from dataclasses import dataclass
from typing import Self

from seabed.errors import FigureError

#: Years of dollars for which a figure in our tables, or a user's own, is plausible.
DOLLAR_YEARS = range(1970, 2051)


def check_number(
    value: object, what: str, *, low: float = -math.inf, high: float = math.inf, below: float = math.inf
) -> float:
    """Return ``value`` as a float if ``low <= value <= high`` and ``value < below``.

    Raises
    ------
    FigureError
        If it is no finite number (text and booleans are none) or outside the range; ``what`` names it.
    """
    if isinstance(value, bool) or not isinstance(value, numbers.Real) or not math.isfinite(value):
        raise FigureError(f"{what} must be a number, and is {value!r}")
    number = float(value)
    if low <= number <= high and (number < below or below == math.inf):
        return number
    bounds = [f"at least {low:,g}"] if low > -math.inf else []
    bounds += [f"at most {high:,g}"] if high < math.inf else []
    bounds += [f"less than {below:,g}"] if below < math.inf else []
    raise FigureError(f"{what} must be {' and '.join(bounds)}, and is {number:,g}")


def check_moisture(moisture: object) -> float:
    """Return the free water in nodules, a fraction of *wet* mass in [0, 1).

    Raises
    ------
    FigureError
        If it is outside; 28 % is 0.28.
    """
    return check_number(moisture, "moisture (a fraction of wet mass: 28 % is 0.28)", low=0.0, below=1.0)


@dataclass(frozen=True, slots=True)
class _Tonnes:
    """Metric tonnes of one kind; a subclass only ever meets its own kind."""

    value: float

    def __post_init__(self) -> None:
        object.__setattr__(self, "value", check_number(self.value, _kind(self), low=0.0))

    def _same(self, other: object, verb: str) -> float:
        if type(other) is not type(self):
            raise FigureError(
                f"{_kind(self)} cannot be {verb} {_kind(other)}; convert by .dry(moisture) or .wet(moisture)"
            )
        return other.value

    def __add__(self, other: Self) -> Self:
        return type(self)(self.value + self._same(other, "added to"))

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.value - self._same(other, "subtracted from"))

    def __mul__(self, factor: float) -> Self:
        return type(self)(self.value * check_number(factor, "a factor of tonnes", low=0.0))

    __rmul__ = __mul__

    def __truediv__(self, other: Self) -> float:
        return self.value / self._same(other, "divided by")

    def __lt__(self, other: Self) -> bool:
        return self.value < self._same(other, "compared with")

    def __le__(self, other: Self) -> bool:
        return self.value <= self._same(other, "compared with")


@dataclass(frozen=True, slots=True)
class WetTonnes(_Tonnes):
    """Metric tonnes of nodules as they come up, water included."""

    def dry(self, moisture: float) -> DryTonnes:
        """Return what stays when the water is gone; ``moisture`` is a fraction of wet mass in [0, 1)."""
        return DryTonnes(self.value * (1.0 - check_moisture(moisture)))


@dataclass(frozen=True, slots=True)
class DryTonnes(_Tonnes):
    """Metric tonnes of nodules without water; grades are per dry tonne."""

    def wet(self, moisture: float) -> WetTonnes:
        """Return the mass with its water; ``moisture`` is a fraction of wet mass in [0, 1)."""
        return WetTonnes(self.value / (1.0 - check_moisture(moisture)))

    def metal(self, grade: float) -> float:
        """Return tonnes of metal in it; ``grade`` is a fraction of dry mass in [0, 1] (1.4 % is 0.014)."""
        return self.value * check_number(grade, "a grade (a fraction of dry mass)", low=0.0, high=1.0)


@dataclass(frozen=True, slots=True)
class Usd:
    """US dollars of one year's purchasing power. Years never mix silently."""

    value: float
    year: int

    def __post_init__(self) -> None:
        check_number(self.value, "an amount in USD")
        check_dollar_year(self.year)

    def _same(self, other: object) -> float:
        if not isinstance(other, Usd) or other.year != self.year:
            raise FigureError(
                f"dollars of {self.year} cannot be mixed with {_kind(other)}; convert by .in_year()"
            )
        return other.value

    def __add__(self, other: Usd) -> Usd:
        return Usd(self.value + self._same(other), self.year)

    def __sub__(self, other: Usd) -> Usd:
        return Usd(self.value - self._same(other), self.year)

    def __mul__(self, factor: float) -> Usd:
        return Usd(self.value * check_number(factor, "a factor of USD"), self.year)

    __rmul__ = __mul__

    def __truediv__(self, other: Usd) -> float:
        return self.value / self._same(other)

    def __lt__(self, other: Usd) -> bool:
        return self.value < self._same(other)

    def in_year(self, year: int, factor: float) -> Usd:
        """Return the amount in dollars of ``year``; ``factor`` is the price index of then over now."""
        return Usd(self.value * check_number(factor, "a price index ratio", low=0.0), year)


def check_dollar_year(year: object) -> int:
    """Return ``year`` if it is one that dollars can be of.

    Raises
    ------
    FigureError
        If it is not a whole year within `DOLLAR_YEARS`.
    """
    if isinstance(year, bool) or not isinstance(year, int) or year not in DOLLAR_YEARS:
        first, last = DOLLAR_YEARS[0], DOLLAR_YEARS[-1]
        raise FigureError(f"a year of dollars must be a whole year from {first} to {last}, and is {year!r}")
    return year


def _kind(thing: object) -> str:
    match thing:
        case WetTonnes():
            return "wet tonnes"
        case DryTonnes():
            return "dry tonnes"
        case Usd(year=year):
            return f"dollars of {year}"
        case _:
            return f"a bare {type(thing).__name__}"
