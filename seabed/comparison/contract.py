"""What a comparison of two groups of areas says, as plain data: every output is a view of it.

The keys and their meaning are the contract ``seabed.comparison/1``: keys may be added, none is renamed
without a new number. Units: km, km2, M (1,852 m), degrees; dates ISO 8601; States ISO 3166-1 alpha-3. Shapes
are named by the ids of the atlas's features, and given whole only where they come from a file of the user's.
"""

from __future__ import annotations

import datetime as dt
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from seabed.contract import Verdict
from seabed.feasibility.figure import Figure

SCHEMA = "seabed.comparison/1"

Side = Literal["a", "b"]
Pairing = Literal["between", "within_a", "within_b"]
MemberKind = Literal[
    "isa_contract", "isa_application", "us_dshmra_licence", "us_dshmra_application", "other_area"
]
State = Literal["in_force", "pending", "unknown", "ended", "not_yet"]
Activity = Literal["exploration", "exploitation"]


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# --- Members ------------------------------------------------------------------------------------------------


class Day(_Model):
    """A day, and whether a source gives it or it was computed from one that does."""

    on: dt.date
    is_sourced: bool


class Term(_Model):
    """One stretch of a contract or licence, both days inclusive."""

    basis: str = Field(description="in words: initial, extension 1")
    from_: dt.date | None = Field(alias="from", serialization_alias="from")
    to: dt.date | None
    is_sourced: bool
    status: str = Field(description="in_force, requested or unknown")
    is_current: bool = Field(description="whether the day asked about lies in it")
    source: str | None

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Step(_Model):
    """One step of a US procedure that was taken by the day asked about."""

    text: str
    when: str
    is_certain: bool
    source: str


class Block(_Model):
    """One drawn piece of a member: a feature of the atlas, or the whole of a file."""

    id: str
    name: str
    region: str | None
    area_km2: float = Field(description="on the ellipsoid, by the kind of edge that its layer states")
    edges: str = Field(description="geodesic, parallel_meridian, loxodrome or unstated")
    accuracy_km: float
    bbox: tuple[float, float, float, float] = Field(description="RFC 7946: west > east across 180°")
    note: str | None = Field(description="what the layer says of this shape")
    source: str


class Tie(_Model):
    """Why an instrument of somebody else is, or was, counted with a group, and until when."""

    text: str
    from_: dt.date | None = Field(alias="from", serialization_alias="from")
    to: dt.date | None
    source: str

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Member(_Model):
    """One instrument, application or area of a group.

    ``status`` and ``state`` are on the day asked about. ``blocks`` is empty where no coordinates are public.
    """

    key: str = Field(description="the reference (COMRAPMN1); unique in the comparison")
    kind: MemberKind
    instrument: str = Field(description="in words: ISA exploration contract, …")
    name: str = Field(description="a short name: the holder's, with the mineral if it holds several")
    holder: str | None
    holder_id: str | None = Field(description="the applicant profile that stands for the holder")
    owner: str | None = Field(description="who owns the holder, as the register says")
    sponsors: list[str]
    sponsor_names: list[str]
    mineral: str | None
    minerals: str = Field(description="the mineral in words")
    region: str | None = Field(description="as the register or the layer says")
    region_id: str | None = Field(description="of the regions counted by; None: none of them")
    region_name: str = Field(description="in words; 'several' or 'not known' where that is so")
    is_counted: bool = Field(
        description="False: it is told as history or as not yet begun, and is in no total or overlap"
    )
    tie: Tie | None = Field(default=None, description="None: the instrument is the group's own")
    state: State
    status: str = Field(description="in words")
    entered_into_force: Day | None
    expires: Day | None = Field(
        description="the last day of the latest term known to be in force that had begun by the day"
    )
    extension: str = Field(description="in words: none yet, first extension, requested and not decided, …")
    terms: list[Term]
    steps: list[Step]
    pending: str | None
    doubts: str | None
    blocks: list[Block]
    area_published: Figure = Field(description="of the contract or application, as its parties state it")
    area_drawn: Figure = Field(description="of the shape as drawn today, as the layer's publisher states it")
    area_computed: Figure = Field(description="of the shape as drawn today, on the ellipsoid")
    bbox: tuple[float, float, float, float] | None
    centroid: tuple[float, float] | None = Field(description="lon, lat in degrees")
    geometry: dict[str, Any] | None = Field(
        default=None, description="RFC 7946, only where the member is no feature of the atlas"
    )
    zones: list[str] = Field(
        description="what part of the site lies where: the Area, a State's shelf, the CCZ; in words"
    )
    depth: dict[str, Any] | None = Field(description="a DepthProfile; None: not known, see the notes")
    resource: dict[str, Any] | None = Field(description="a Resource; None: no shape or no basis")
    logistics: dict[str, Any] | None = Field(description="a Logistics; None: not known, see the notes")
    sources: list[str]


class Count(_Model):
    """How many members, blocks and km2 share one value: of mineral, region, sponsor or instrument."""

    id: str
    name: str
    members: int
    blocks: int
    area_km2: float = Field(description="the sum over members")
    area_covered_km2: float = Field(description="what overlaps counted once")


class GroupReport(_Model):
    """One side of the comparison. Counts and totals are of the members that are counted on the day."""

    side: Side
    spec: str = Field(description="as asked for")
    id: str
    title: str
    description: str
    members: list[Member]
    blocks: int
    area_computed_km2: float = Field(description="the sum over members; what overlaps counts twice")
    area_covered_km2: float = Field(description="the ground covered; what overlaps counts once")
    by_mineral: list[Count]
    by_region: list[Count]
    by_sponsor: list[Count]
    by_instrument: list[Count]
    notes: list[str]
    sources: list[str]


# --- How they lie -------------------------------------------------------------------------------------------


class BlockOverlap(_Model):
    """The ground that two blocks share."""

    block: str
    other: str
    area_km2: float


class Overlap(_Model):
    """The ground that two members share, or a member and an area of somebody else.

    ``a`` is of the group that ``pairing`` or ``side`` names; for ``between`` it is of the first group, ``b``
    of the second. A sliver no wider than the layers are accurate is ``is_within_accuracy``, and may be none.
    """

    pairing: Pairing
    a: str
    b: str
    area_km2: float
    share_of_a: float
    share_of_b: float
    accuracy_km: float
    is_within_accuracy: bool
    blocks: list[BlockOverlap] = Field(description="the largest first")


class Crossing(_Model):
    """The ground that a member shares with an area in neither group: a reserved area, an APEI, a contract."""

    side: Side
    member: str
    kind: str
    kind_name: str
    ref: str
    name: str
    holder: str | None
    area_km2: float
    share_of_member: float
    share_of_other: float
    accuracy_km: float
    is_within_accuracy: bool
    features: list[str] = Field(description="the features of the atlas that are crossed")
    source: str


class Distance(_Model):
    """The shortest geodesic between a member of each group; 0 where they touch or overlap."""

    a: str
    b: str
    block_a: str
    block_b: str
    km: float
    m: float = Field(description="nautical miles")
    bearing_deg: float = Field(description="from a to b, clockwise from true north")
    on_a: tuple[float, float] = Field(description="lon, lat of the nearest point")
    on_b: tuple[float, float]


class SharedNeighbour(_Model):
    """An area in neither group that lies within reach of both."""

    kind: str
    kind_name: str
    ref: str
    name: str
    holder: str | None
    sponsors: list[str]
    features: list[str]
    nearest_a: str = Field(description="the member of the first group that is nearest")
    distance_a_km: float
    nearest_b: str
    distance_b_km: float


# --- Law and time -------------------------------------------------------------------------------------------


class PartVerdict(_Model):
    """The answer over the parts of a member on which it is the same; shares sum to 1."""

    verdict: Verdict
    contested: bool
    share: float


class Footing(_Model):
    """What one legal order says of a member for its own holder and mineral, on the day.

    ``verdict`` is the strictest over all parts of the member, however small; ``parts`` say where it holds.
    """

    side: Side
    member: str
    activity: Activity
    order: str
    order_name: str
    verdict: Verdict
    contested: bool
    summary: str
    parts: list[PartVerdict] = Field(description="the largest share first")
    contingent_on: list[str] = Field(description="questions whose answers can change the verdict")
    cites: list[str]


class StateOnDay(_Model):
    """Where one member stood on one day."""

    member: str
    is_counted: bool = Field(description="False: not the group's on that day")
    state: State
    words: str
    area_km2: float | None = Field(
        description="computed from today's shape, if it stood or may have; larger before relinquishment"
    )
    area_published_km2: float | None


class GroupOnDay(_Model):
    """Where one group stood on one day: totals of what was in force, pending and not known."""

    in_force: int
    pending: int
    unknown: int
    area_in_force_km2: float
    area_pending_km2: float
    area_unknown_km2: float
    members: list[StateOnDay]


class Moment(_Model):
    """Both groups on one day."""

    on: dt.date
    title: str
    a: GroupOnDay
    b: GroupOnDay


# --- The whole ----------------------------------------------------------------------------------------------


class Sentence(_Model):
    """One statement of the text; ``about`` says which part of the data it was made from."""

    about: Literal["holdings", "region", "area", "overlap", "crossing", "distance", "law", "time", "history"]
    text: str


class SourceUsed(_Model):
    """A layer, register or table that was consulted."""

    id: str
    title: str
    source: str
    vintage: str
    licence: str


class Receipt(_Model):
    """What would be needed to run this again."""

    version: str
    rules_sha256: str
    layers_sha256: str
    created: str


class Comparison(_Model):
    """Two groups of areas side by side on one day."""

    schema_: str = Field(default=SCHEMA, alias="schema", serialization_alias="schema")
    title: str
    on: dt.date
    language: Literal["en", "zh"]
    a: GroupReport
    b: GroupReport
    in_both: list[str] = Field(description="members that both groups have; not compared with themselves")
    text: list[Sentence]
    overlaps: list[Overlap] = Field(description="between the groups, then within each; the largest first")
    crossings: list[Crossing] = Field(description="with areas in neither group; the largest first")
    distances: list[Distance] = Field(description="one for each pair of members; the nearest first")
    shared_neighbours: list[SharedNeighbour]
    within_km: float = Field(description="how far a shared neighbour may lie from either group")
    legal: list[Footing]
    timeline: list[Moment]
    notes: list[str] = Field(description="what is not known, and how the numbers were computed")
    sources: list[SourceUsed]
    receipt: Receipt

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)
