"""The output contract: everything the program found, as plain data. Every output is a view of it.

The keys and their meaning are the contract ``seabed.assessment/1``: keys may be added, none is renamed
without a new number. Units: km, km2, degrees; dates ISO 8601; States ISO 3166-1 alpha-3.
"""

from __future__ import annotations

import datetime as dt
from enum import StrEnum
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

SCHEMA = "seabed.assessment/1"


class Verdict(StrEnum):
    """What one legal order answers."""

    PERMITTED = "permitted"
    AUTHORISATION_REQUIRED = "authorisation_required"
    PROHIBITED = "prohibited"
    NOT_APPLICABLE = "not_applicable"
    CONTINGENT = "contingent"
    NOT_MODELLED = "not_modelled"


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid")


class SiteReport(_Model):
    """The site as read, measured on the WGS 84 ellipsoid."""

    name: str
    geometry: dict[str, Any] = Field(description="RFC 7946 geometry, split at the antimeridian")
    area_km2: float
    perimeter_km: float
    centroid: tuple[float, float] = Field(description="lon, lat in degrees")
    bbox: tuple[float, float, float, float] = Field(description="RFC 7946: west > east across 180°")
    crosses_antimeridian: bool
    notes: list[str] = Field(default_factory=list)


class HoldingReport(_Model):
    """An instrument held, and the area it belongs to."""

    instrument: str
    ref: str | None
    name: str = ""


class ApplicantReport(_Model):
    """The applicant as asked about; ``None`` is unknown, an empty list is none."""

    id: str | None
    name: str | None
    nationality: str | None
    incorporated_in: str | None
    controlled_by: list[str] | None
    sponsors: list[str] | None
    holds: list[HoldingReport] | None
    holds_unknown: list[str] = Field(default_factory=list)
    state_body: bool | None = False


class QuestionReport(_Model):
    """The question as understood."""

    applicant: ApplicantReport | None
    activity: str | None
    mineral: str | None
    on: dt.date
    answers: dict[str, str | bool | None] = Field(
        default_factory=dict, description="by fact: what was answered about it; None: don't know"
    )


class Zone(_Model):
    """A jurisdiction zone or an overlay that covers part of the site."""

    kind: str
    id: str = Field(description="what lawyers call it: NORIPMN1, APEI-06, USA-1; zone ids for jurisdiction")
    name: str
    state: str | None
    territory: str | None
    claimants: list[str]
    holder: str | None
    share: float = Field(
        description="of the site's area (of its points, for points); jurisdiction kinds sum to 1"
    )
    area_km2: float
    status: str | None = Field(description="in words, on the date asked about")
    layer: str
    accuracy_km: float
    source: str
    features: list[str] = Field(default_factory=list, description="layer feature ids, e.g. isa:NORI-D")


class Nearby(_Model):
    """A feature that does not touch the site, with the geodesic distance to it."""

    kind: str
    id: str
    name: str
    distance_km: float
    bearing_deg: float = Field(description="initial bearing from the site, clockwise from true north")


class Margin(_Model):
    """The distance from the site to a limit, against the accuracy of the layer that draws it."""

    limit: str
    distance_km: float
    accuracy_km: float
    within_accuracy: bool


class SecondOpinion(_Model):
    """A limit checked against the coast behind it, whose distance from the coast is 12 M or 200 M.

    Distances are from the point of the site nearest to the limit. ``implied_km`` is the breadth minus the
    distance to the coast: how far inside the limit that point is at the least (negative: how far outside).
    ``difference_km`` is taken at the point of the limit nearest to the site: how far nearer to the coast
    (negative: farther from it) it is drawn than the coast alone would put it. ``None``: the layer has no such
    coast near enough.
    """

    limit: str
    distance_to_limit_km: float
    coast: str
    distance_to_coast_km: float | None
    implied_km: float | None
    difference_km: float | None
    accuracy_km: float = Field(description="of limit and coastline together")
    note: str


class ShelfClaimNear(_Model):
    """A claim to continental shelf beyond 200 M near enough to reach the site (UNCLOS art. 76(5))."""

    states: list[str] = Field(description="who claims; more than one for a joint submission")
    region: str
    status: str
    since: dt.date | None = Field(description="first day known; None: no source gives one")
    contested: list[str] = Field(description="States that object to it or claim the same coast")
    limit: str = Field(description="the 200 M limit beyond which the claim lies")
    distance_km: float = Field(description="from the site to that limit")
    note: str | None = None
    source: str
    confidence: str


class LayerAnswer(_Model):
    """Whose seabed one part of the site is, by the bundled layers or with the installed ones."""

    layers: Literal["bundled", "installed"]
    kind: str
    state: str | None
    territory: str | None
    claimants: list[str]
    share: float


class LayerComparison(_Model):
    """The bundled maritime zones beside an installed layer that supersedes them."""

    installed: list[str] = Field(description="titles of the installed layers")
    answers: list[LayerAnswer]
    differing_share: float = Field(description="of the site, on which zone or State differ, at least")
    bundled_limit_km: float | None = Field(description="to the nearest limit within 500 km")
    installed_limit_km: float | None


class Duty(_Model):
    """One sentence that a provision yields: a right, an obligation, a risk."""

    text: str
    cite: str
    rule: str


class Instrument(_Model):
    """A licence, contract, permit or consent that this order asks for here."""

    id: str
    name: str
    authority: str
    cite: str
    held: bool | None = Field(description="None: not known, or held without saying for which area")
    obtainable: bool | None = Field(
        description="False: barred for this applicant here; None: turns on an unknown"
    )
    ref: str | None = None
    why_not: list[Duty] = Field(default_factory=list)


class StepState(StrEnum):
    """How far a step of a path has been taken."""

    DONE = "done"
    NEXT = "next"  # everything before it is done
    OPEN = "open"
    CLOSED = "closed"  # a bar or a prohibition stands here; what follows cannot be reached
    UNKNOWN = "unknown"


class PathStep(_Model):
    """One step towards an instrument."""

    id: str
    title: str
    authority: str
    cite: str
    time: str | None = Field(description="the time that the text sets, in words; None: it sets none")
    state: StepState
    why: list[Duty] = Field(
        default_factory=list, description="what shows that it is done, what closes it, what is not known"
    )


class Path(_Model):
    """The steps from where the applicant stands to an instrument that this order asks for here."""

    id: str
    leads_to: str = Field(description="the instrument's id")
    title: str
    steps: list[PathStep]


class Position(_Model):
    """One side of a contested question."""

    holders: list[str]
    says: str
    since: str | None
    cite: str


class Contingency(_Model):
    """An unknown fact that can still change the verdict, and what each answer would make of it."""

    fact: str
    question: str
    answers: dict[str, list[Verdict]]
    cites: list[str] = Field(default_factory=list)


class ZoneOpinion(_Model):
    """The verdict for one part of the site: the same zones hold all over it."""

    zones: list[str]
    share: float
    verdict: Verdict
    contested: bool
    summary: str


class Opinion(_Model):
    """What one legal order says. Orders stand side by side and are never merged."""

    order: str
    name: str
    verdict: Verdict
    contested: bool
    summary: str
    authorities: list[str] = Field(default_factory=list)
    instruments: list[Instrument] = Field(default_factory=list)
    rights: list[Duty] = Field(default_factory=list)
    obligations: list[Duty] = Field(default_factory=list)
    risks: list[Duty] = Field(default_factory=list)
    exposure: list[Duty] = Field(
        default_factory=list,
        description="what follows from acting without what this order asks for, or in breach",
    )
    paths: list[Path] = Field(
        default_factory=list, description="for each instrument asked for, the steps to it"
    )
    positions: list[Position] = Field(default_factory=list)
    contingent_on: list[Contingency] = Field(default_factory=list)
    cites: list[str] = Field(default_factory=list)
    by_zone: list[ZoneOpinion] = Field(default_factory=list)
    reasons: list[Duty] = Field(
        default_factory=list, description="the provisions the verdict rests on, in order"
    )
    notes: list[Duty] = Field(default_factory=list, description="context that moves no verdict")
    not_modelled: list[str] = Field(
        default_factory=list, description="parts of this order left out that matter here"
    )
    trace: dict[str, Any] = Field(default_factory=dict)


class Conflict(_Model):
    """A point on which two legal orders contradict each other for this site and applicant."""

    orders: list[str]
    about: str
    explanation: str
    cites: list[str]


class Feasibility(_Model):
    """Whether it pays. Parts not computed are ``None`` and said in ``gaps``."""

    resource: dict[str, Any] | None = None
    technology: dict[str, Any] | None = None
    logistics: dict[str, Any] | None = None
    economics: dict[str, Any] | None = None
    environment: dict[str, Any] | None = None
    supply: dict[str, Any] | None = None
    overview: dict[str, Any] | None = Field(
        default=None, description="in words: what is strong, what is weak, what is not known"
    )
    claims: list[dict[str, Any]] = Field(
        default_factory=list, description="published claims that bear on this site, checked"
    )
    gaps: list[str] = Field(default_factory=list)


class DatedFact(_Model):
    """Something that happened on a day or between two, and bears on this site; or a term's end, still due."""

    on: dt.date | None = None
    not_before: dt.date | None = Field(default=None, description="where the day has no source, bounds of it")
    not_after: dt.date | None = None
    about: str = Field(description="a legal order, ``states``, or the id of what covers the site")
    text: str
    source: str
    confidence: Literal["high", "medium", "low"] | None = None


class LayerUsed(_Model):
    """A layer that was consulted, for the sources section of a brief."""

    id: str
    title: str
    source: str
    vintage: str
    licence: str
    accuracy: str


class Receipt(_Model):
    """What would be needed to run this again."""

    version: str
    rules_sha256: str
    layers_sha256: str
    on: dt.date
    created: str
    language: Literal["en", "zh"] = Field(default="en", description="of every sentence in the assessment")


class Assessment(_Model):
    """One site, one question, every answer."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    site: SiteReport
    question: QuestionReport
    zones: list[Zone]
    nearest: list[Nearby]
    margins: list[Margin]
    opinions: list[Opinion]
    conflicts: list[Conflict]
    feasibility: Feasibility
    assumptions: list[str]
    sources: list[LayerUsed]
    receipt: Receipt
    shelf_claims: list[ShelfClaimNear] = Field(default_factory=list)
    second_opinions: list[SecondOpinion] = Field(default_factory=list)
    layer_comparison: LayerComparison | None = Field(
        default=None, description="None: no installed layer supersedes the bundled zones"
    )
    zone_notes: list[str] = Field(default_factory=list, description="what the zones do not give, in words")
    timeline: list[DatedFact] = Field(
        default_factory=list, description="dated facts of what covers the site and of the laws that reach it"
    )

    model_config = ConfigDict(extra="forbid", populate_by_name=True)
