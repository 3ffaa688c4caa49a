"""Present value, rate of return and payback of yearly cash flows, for one project or many at once.

Every function takes flows whose *last* axis is years, the first of them undiscounted, and works on all
leading axes together: `pyxirr` and `numpy-financial` take one project at a time, and a hundred thousand
draws would take them minutes. The tests hold the results against `pyxirr`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Flows = NDArray[np.float64]

_LOWEST_RATE, _HIGHEST_RATE = -0.95, 10.0
_HALVINGS = 60  # from a span of 11 to 1e-17


def net_present_value(flows: ArrayLike, rate: ArrayLike) -> Flows:
    """Return the present value of ``flows`` (years last; year 0 is not discounted).

    ``rate`` is a yearly fraction above -1 that broadcasts against the leading axes: 8 % is 0.08.
    """
    years = np.asarray(flows, dtype=float)
    growth = 1.0 / (1.0 + np.asarray(rate, dtype=float))
    value: Any = np.zeros(np.broadcast_shapes(years.shape[:-1], growth.shape))
    for year in range(years.shape[-1] - 1, -1, -1):  # Horner's rule: no powers
        value = value * growth + years[..., year]
    return np.asarray(value)


def internal_rate_of_return(flows: ArrayLike) -> Flows:
    """Return the yearly rate at which ``flows`` (years last) are worth nothing; NaN where there is none.

    Bisection, above 0 where the undiscounted sum is positive and below 0 where it is negative. Flows that
    start negative and change sign once have one rate. Closure costs at the end can add a second one far
    below 0, which this choice of side passes over.
    """
    years = np.asarray(flows, dtype=float)
    total = years.sum(axis=-1)
    low = np.where(total >= 0, 0.0, _LOWEST_RATE)
    high = np.where(total >= 0, _HIGHEST_RATE, 0.0)
    is_bracketed = (net_present_value(years, low) >= 0) & (net_present_value(years, high) < 0)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        is_worth_it = net_present_value(years, middle) >= 0
        low, high = np.where(is_worth_it, middle, low), np.where(is_worth_it, high, middle)
    return np.where(is_bracketed, (low + high) / 2, np.nan)


def payback_years(flows: ArrayLike) -> Flows:
    """Return the years from the start of year 0 until the sum of ``flows`` stays above 0, NaN if never.

    Undiscounted; within the year of crossing the flow is taken as even.
    """
    years = np.asarray(flows, dtype=float)
    paid = np.cumsum(years, axis=-1)
    count = years.shape[-1]
    last_below = count - 1 - np.argmax((paid < 0)[..., ::-1], axis=-1)
    was_below = (paid < 0).any(axis=-1)
    crossing = np.minimum(last_below + 1, count - 1)
    before = np.take_along_axis(paid, last_below[..., None], axis=-1)[..., 0]
    earned = np.take_along_axis(years, crossing[..., None], axis=-1)[..., 0]
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        at = crossing + np.where(was_below, -before / earned, 0.0)
    return np.where(~was_below, 0.0, np.where(paid[..., -1] < 0, np.nan, at))
