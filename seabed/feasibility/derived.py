"""Figures worked out from figures, which inherit where they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

from seabed.errors import FigureError
from seabed.feasibility.figure import Confidence, Figure

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


def value_of(figure: Figure) -> float:
    """Return the value.

    Raises
    ------
    FigureError
        If the figure has none.
    """
    if figure.value is None:
        raise FigureError(f"there is no value to reckon with: {figure.basis}")
    return figure.value


def bounds_of(figure: Figure) -> tuple[float, float, float]:
    """Return value, low and high; a bound that is not given is the value.

    Raises
    ------
    FigureError
        If the figure has no value.
    """
    value = value_of(figure)
    return value, value if figure.low is None else figure.low, value if figure.high is None else figure.high


def derive(numbers: Sequence[float], unit: str, basis: str, *inputs: Figure) -> Figure:
    """Return the figure that ``inputs`` give: their sources and vintages, the least of their confidences.

    ``numbers`` are the value, or value, low and high; bounds equal to the value are left out.
    """
    value, low, high = numbers if len(numbers) == 3 else (numbers[0],) * 3
    ranks = get_args(Confidence)
    has_range = low < high
    return Figure(
        value=value,
        low=min(low, value) if has_range else None,  # rounding may put equal numbers a hair out of order
        high=max(high, value) if has_range else None,
        unit=unit,
        source=_joined(one.source for one in inputs),
        vintage=_joined(one.vintage for one in inputs),
        basis=basis,
        confidence=max((one.confidence for one in inputs), key=ranks.index),
    )


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(dict.fromkeys(part for text in texts for part in text.split("; ")))
