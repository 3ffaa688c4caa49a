"""A number that says where it comes from: the only form in which one reaches an assessment."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

Confidence = Literal["high", "medium", "low", "none"]
Finite = Annotated[float, Field(allow_inf_nan=False)]
_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class Figure(BaseModel):
    """One sourced number.

    ``value`` is ``None`` where there is no basis for one; ``basis`` then says why. ``low`` and ``high``
    bound it (``basis`` says what the range is: a published range, 10th to 90th percentile, …). ``basis``
    also says wet or dry, and the year of dollars.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    value: Finite | None
    low: Finite | None = None
    high: Finite | None = None
    unit: _Text
    source: _Text
    vintage: _Text
    basis: str = ""
    confidence: Confidence

    @model_validator(mode="after")
    def _is_ordered(self) -> Self:
        given = [number for number in (self.low, self.value, self.high) if number is not None]
        if given != sorted(given):
            raise ValueError(f"low {self.low}, value {self.value}, high {self.high} are out of order")
        if self.value is None and not self.basis:
            raise ValueError("a figure without a value says in `basis` why there is none")
        return self


def no_basis(unit: str, why: str, *, source: str = "seabed", vintage: str = "not applicable") -> Figure:
    """Return the figure that says there is no number, and why."""
    return Figure(value=None, unit=unit, source=source, vintage=vintage, basis=why, confidence="none")
