"""Export controls, alliances and tariffs on critical minerals as dated context: what stands on a day."""

from __future__ import annotations

import datetime as dt
from functools import cache
from pathlib import Path
from typing import Annotated, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    field_validator,
    model_validator,
)

from seabed.errors import FigureError, RuleError
from seabed.language import N_, _, dated, pick
from seabed.yamlfile import read_own_yaml

FIGURES = Path(__file__).parent / "figures"

About = Literal["export_control", "alliance", "trade", "law"]
State = Literal["happened", "announced", "in_force", "suspended", "ended", "unknown"]

_STATES: dict[State, str] = {
    "happened": N_("an event"),
    "announced": N_("announced, not yet in force"),
    "in_force": N_("in force"),
    "suspended": N_("suspended"),
    "ended": N_("ended"),
    "unknown": N_("not known: a suspension ran out, and what came after was not found"),
}

_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class Model(BaseModel):
    """Frozen, and closed to keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(Model):
    """A text in both languages."""

    en: _Text
    zh: _Text


class Suspension(Model):
    """A stretch in which a measure does not apply; both days inclusive."""

    from_: dt.date = Field(alias="from")
    until: dt.date


class PolicyEvent(Model):
    """One entry of ``figures/policy_events.yaml``."""

    id: _Text
    on: dt.date
    also: dt.date | None = Field(default=None, description="another day that a source gives")
    about: About
    by: tuple[str, ...] = Field(min_length=1)
    from_: dt.date | None = Field(default=None, alias="from", description="first day in force")
    to: dt.date | None = Field(default=None, description="last day in force")
    suspended: tuple[Suspension, ...] = ()
    elements: tuple[str, ...] = ()
    what: Words
    doubt: Words | None = None
    source: _Text
    vintage: str
    confidence: Literal["high", "medium", "low"]

    @field_validator("vintage", mode="before")
    @classmethod
    def _vintage_is_text(cls, vintage: object) -> str:
        return str(vintage)  # YAML reads 2025-11-07 as a date and 2025-11 as text

    @model_validator(mode="after")
    def _is_in_order(self) -> Self:
        days = [self.from_, *(day for s in self.suspended for day in (s.from_, s.until)), self.to]
        given = [day for day in days if day]
        if given != sorted(given):
            raise ValueError("a measure begins, is suspended and ends in this order")
        if self.from_ is None and (self.to or self.suspended):
            raise ValueError("what ends or is suspended has a first day ('from')")
        if self.also and self.doubt is None:
            raise ValueError("a second day ('also') needs the reason in 'doubt'")
        return self

    def state(self, on: dt.date) -> State:
        """Say how the measure stands at the end of a day on or after the event."""
        if self.from_ is None:
            return "happened"
        if on < self.from_:
            return "announced"
        if self.to and on > self.to:
            return "ended"
        begun = [stretch for stretch in self.suspended if stretch.from_ <= on]
        if not begun:
            return "in_force"
        return "suspended" if on <= begun[-1].until else "unknown"


class ContextEvent(Model):
    """An event as said on a day, in the language being spoken."""

    id: str
    on: dt.date
    about: About
    by: tuple[str, ...]
    what: str
    state: State
    state_words: str
    doubt: str | None
    source: str
    vintage: str
    confidence: Literal["high", "medium", "low"]


class Context(Model):
    """What had happened in supply policy by a day, the latest first, and what stood on it."""

    on: dt.date
    summary: str
    events: tuple[ContextEvent, ...]


@cache
def policy_events() -> dict[str, PolicyEvent]:
    """Read the events by id, the earliest first.

    Raises
    ------
    FigureError
        If the file is missing, not well-formed, or holds an impossible entry or an id twice.
    """
    path = FIGURES / "policy_events.yaml"
    try:
        events = TypeAdapter(tuple[PolicyEvent, ...]).validate_python(read_own_yaml(path))
    except RuleError as error:
        raise FigureError(str(error)) from None
    except ValidationError as error:
        detail = error.errors()[0]
        raise FigureError(f"{path.name}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None
    by_id = {event.id: event for event in sorted(events, key=lambda event: event.on)}
    if len(by_id) < len(events):
        raise FigureError(f"{path.name}: an id stands twice")
    return by_id


def context_on(on: dt.date) -> Context:
    """Return the events up to the end of a day, the latest first, each with how it stands on that day.

    Where a suspension has run out and no later decision was found, the state is ``unknown``, not guessed.
    """
    past = [event for event in policy_events().values() if event.on <= on]
    said = tuple(_said(event, on) for event in reversed(past))
    controls = [event for event in said if event.about == "export_control"]
    counts = {state: sum(event.state == state for event in controls) for state in _STATES}
    summary = (
        _(
            "Of {total} export controls known by {day}, {in_force} are in force, {suspended} suspended, "
            "and of {unknown} it is not known."
        ).format(
            total=len(controls),
            day=dated(on),
            in_force=counts["in_force"],
            suspended=counts["suspended"],
            unknown=counts["unknown"],
        )
        if controls
        else _("No export control on critical minerals is known by {day}.").format(day=dated(on))
    )
    return Context(on=on, summary=summary, events=said)


def _said(event: PolicyEvent, on: dt.date) -> ContextEvent:
    state = event.state(on)
    return ContextEvent(
        id=event.id,
        on=event.on,
        about=event.about,
        by=event.by,
        what=pick(event.what),
        state=state,
        state_words=_state_words(event, state, on),
        doubt=pick(event.doubt) if event.doubt else None,
        source=event.source,
        vintage=event.vintage,
        confidence=event.confidence,
    )


def _state_words(event: PolicyEvent, state: State, on: dt.date) -> str:
    if state == "suspended":
        until = next(s.until for s in event.suspended if s.from_ <= on <= s.until)
        return _("suspended until {day}").format(day=dated(until))
    return _(_STATES[state])
