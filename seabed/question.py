"""What is asked of a site: who wants to do what there, for which mineral, on which date."""

from __future__ import annotations

import datetime as dt  # noqa: TC003 - pydantic reads the annotation
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field


class Activity(StrEnum):
    """The activities that the legal orders tell apart, in the ISA's words."""

    PROSPECTING = "prospecting"
    EXPLORATION = "exploration"
    EXPLOITATION = "exploitation"
    SCIENTIFIC_RESEARCH = "scientific_research"


class Mineral(StrEnum):
    """The three resource categories of the ISA's Mining Code."""

    NODULES = "nodules"
    SULPHIDES = "sulphides"
    CRUSTS = "crusts"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Holding(_Frozen):
    """An instrument somebody says they hold; it counts only for the area ``ref`` names."""

    instrument: str
    ref: str | None = None


class Applicant(_Frozen):
    """Who asks. ``None`` means "not known"; an empty tuple means "none".

    States are ISO 3166-1 alpha-3 codes. ``nationality`` is for natural persons and State bodies,
    ``incorporated_in`` for companies, ``controlled_by`` names the States whose nationals hold effective
    control.
    """

    id: str | None = None
    name: str | None = None
    nationality: str | None = None
    incorporated_in: str | None = None
    controlled_by: tuple[str, ...] | None = None
    sponsors: tuple[str, ...] | None = None
    holds: tuple[Holding, ...] | None = None
    notes: tuple[str, ...] = ()


class Question(_Frozen):
    """One question about one site. ``None`` means "not asked"."""

    applicant: Applicant | None = None
    activity: Activity | None = None
    mineral: Mineral | None = None
    on: dt.date = Field(description="the date on which the law is applied")
