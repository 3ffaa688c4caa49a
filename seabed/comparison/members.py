"""One member of a group as it stands on a day: who holds it, under what, where, how large, and until when."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import shapely

from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.locate import JURISDICTION_KINDS, Location, locate
from seabed.atlas.names import spoken_name
from seabed.briefing.words import share
from seabed.comparison.contract import Block, Day, Member, Step, Term, Tie
from seabed.comparison.groups import load_groups
from seabed.comparison.measure import Piece, Shape
from seabed.comparison.timeline import is_counted, standing_on
from seabed.comparison.words import INSTRUMENTS, MINERALS, STAGES, TERMS, spoken_in
from seabed.feasibility.depth import depth_over
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.logistics import logistics_of
from seabed.feasibility.resource import resource_of
from seabed.geodesy import EdgeKind, area_km2, bbox, centroid, densify
from seabed.language import N_, _, aside, pick
from seabed.law.logic import Truth
from seabed.question import Mineral, profiles
from seabed.site import Site
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator, Mapping, Sequence

    from seabed.atlas.store import Atlas, Feature
    from seabed.comparison.contract import State
    from seabed.comparison.groups import Group, GroupMember, Instrument, Region
    from seabed.law.registers import Contract, Registers, UsFiling
    from seabed.law.registers import Term as RegisterTerm

#: The day on which the registers were last brought up to date.
_REGISTERS_AS_OF = "2026-11-21"


@dataclass(frozen=True)
class Studied:
    """A member with what was found out about it: its report, its shape, and where it lies."""

    member: GroupMember
    report: Member
    shape: Shape | None
    location: Location | None

    @property
    def is_measured(self) -> bool:
        """Whether it is counted and has a shape, so that overlaps and distances are taken of it."""
        return self.report.is_counted and self.shape is not None


def study_group(group: Group, on: dt.date, atlas: Atlas, registers: Registers) -> list[Studied]:
    """Look up every member of a group on a day, in the order of the group."""
    names = _short_names(group.members)
    return [
        _study(member, name, group.spec, on, atlas, registers)
        for member, name in zip(group.members, names, strict=True)
    ]


def _study(
    member: GroupMember, name: str, spec: str, on: dt.date, atlas: Atlas, registers: Registers
) -> Studied:
    shape = _shape(member, spec, atlas)
    state, status = standing_on(member.instrument, on, registers)
    counted = is_counted(state, member.tie, on)
    location = None
    if shape and counted:
        site = Site(name, shape.geometry, EdgeKind.PARALLEL_MERIDIAN)
        location = locate(site, on, atlas, with_nearest=False)
    report = _report(
        member, name, shape, location, state, status, on, atlas, registers, key=_key(member, spec)
    )
    return Studied(member, report, shape, location)


def _key(member: GroupMember, spec: str) -> str:
    """Return what names the member: its reference; the feature if it is only one block of several."""
    one = member.instrument
    if one is None:
        return member.site.source or spec[:80] if member.site else spec[:80]
    return one.features[0].id if one.is_partial else one.ref


def _short_names(members: Sequence[GroupMember]) -> list[str]:
    """Name each member by its holder, with the mineral or the reference where several share that."""
    shorts = [
        _short_name(member.instrument) if member.instrument else member.site.name if member.site else ""
        for member in members
    ]
    names = []
    for member, short in zip(members, shorts, strict=True):
        one = member.instrument
        if one is None or (shorts.count(short) == 1 and not one.is_partial):
            names.append(short)
            continue
        alike = [m.instrument for m, s in zip(members, shorts, strict=True) if s == short and m.instrument]
        by_mineral = len({other.mineral for other in alike}) == len(alike) and not one.is_partial
        more = spoken_in(MINERALS, one.mineral) if by_mineral else one.ref
        names.append(aside(short, one.features[0].name if one.is_partial else more))
    return names


def _short_name(one: Instrument) -> str:
    """Return the abbreviation that follows the holder's name, else what its profile says it is called."""
    abbreviation = re.search(r"\(([A-Z]{2,10})\)", one.holder)
    if abbreviation:
        return _(abbreviation[1])
    names = _names_of(one.holder_id) if one.holder_id else ()
    return _(next((name for name in names if not name.isupper() or " " in name), one.holder))


#: Names that have a Chinese form of their own.
_SHORT_NAMES = (N_("COMRA"), N_("China Minmetals"), N_("BPHDC"))
#: Notes of the layers that the text of a comparison quotes.
_QUOTED_NOTES = (
    N_("Overlaps NORI C by 29 km2, about the difference between the shape and the area the ISA states."),
    N_("Overlaps YUZH 1 by 63 km2, about the difference between the shape and the area the ISA states."),
)


@cache
def _names_of(profile: str) -> tuple[str, ...]:
    if profile not in profiles():
        return ()
    names = read_own_yaml(profiles()[profile]).get("aliases", ())
    return tuple(str(name) for name in names if str(name).isascii())


# --- Shape --------------------------------------------------------------------------------------------------


def _shape(member: GroupMember, spec: str, atlas: Atlas) -> Shape | None:
    key = _key(member, spec)
    if member.site:
        return _site_shape(key, member.site)
    one = member.instrument
    if one is None or not one.features:
        return None
    wanted = {feature.id for feature in one.features}
    found = [f for f in atlas.features(kind=one.kind, ref=one.ref) if f.id in wanted]
    return Shape(key, one.ref, tuple(map(_piece, found)))


def _piece(feature: Feature) -> Piece:
    region = feature.properties.get("region")
    return Piece(
        feature.id,
        feature.name,
        str(region) if region else None,
        feature.geometry,
        str(feature.properties.get("edges") or EdgeKind.UNSTATED.value),
        feature.accuracy_km,
        str(note) if (note := feature.properties.get("note")) else None,
        feature.source,
        area_km2(feature.geometry),  # densified by the kind of its edges when the atlas was built
    )


def _site_shape(key: str, site: Site) -> Shape | None:
    dense = densify(site.geometry, site.edges)
    area = area_km2(dense)
    if not area:
        return None
    source = site.source or _("given by the user")
    return Shape(key, key, (Piece(key, site.name, None, dense, site.edges.value, 0.0, None, source, area),))


# --- Report -------------------------------------------------------------------------------------------------


def _report(
    member: GroupMember,
    name: str,
    shape: Shape | None,
    location: Location | None,
    state: State,
    status: str,
    on: dt.date,
    atlas: Atlas,
    registers: Registers,
    *,
    key: str,
) -> Member:
    one = member.instrument
    contract = registers.contracts.get(one.ref) if one else None
    filing = registers.us_filings.get(one.ref) if one else None
    application = registers.isa_applications.get(one.ref) if one else None
    terms = _terms(contract, filing, on)
    region = load_groups().region(one.region) if one else _region_of(location)
    mineral = Mineral(one.mineral) if one and one.mineral in [m.value for m in Mineral] else None
    more = _more(contract, filing)
    geometry = shape.geometry if shape else None
    counted = location is not None and geometry is not None
    depth = depth_over(geometry) if geometry is not None and counted else None
    resource = None
    if location is not None and shape is not None and mineral is not None:
        found = resource_of(shape.geometry, location.zones, atlas, site_km2=shape.area_km2, mineral=mineral)
        resource = found.model_dump(mode="json")
    return Member(
        key=key,
        kind=one.kind if one else "other_area",
        instrument=spoken_in(INSTRUMENTS, one.kind if one else "other_area"),
        name=name,
        holder=_(one.holder) if one else None,
        holder_id=one.holder_id if one else None,
        owner=_(str(more["owner"])) if more.get("owner") else more.get("parent"),
        sponsors=list(one.sponsors) if one else [],
        sponsor_names=[registers.state_name(code) for code in one.sponsors] if one else [],
        mineral=one.mineral if one else None,
        minerals=spoken_in(MINERALS, one.mineral if one else None),
        region=one.region if one else None,
        region_id=region.id if region else None,
        region_name=pick(region.title) if region else _("not known"),
        is_counted=is_counted(state, member.tie, on),
        tie=_tie(member),
        state=state,
        status=status,
        entered_into_force=_first_day(contract, filing),
        expires=_last_day(contract, filing, on),
        extension=_extension(contract, terms),
        terms=terms,
        steps=_steps(filing, on),
        pending=_(contract.pending) if contract and contract.pending else None,
        doubts=_doubts(contract, filing, application.notes if application else None),
        blocks=[_block(piece) for piece in shape.pieces] if shape else [],
        area_published=_published(one, contract, filing),
        area_drawn=_drawn(one, contract),
        area_computed=_computed(shape, one),
        bbox=bbox(geometry) if geometry is not None else None,
        centroid=centroid(geometry) if geometry is not None else None,
        geometry=json.loads(shapely.to_geojson(geometry)) if geometry is not None and member.site else None,
        zones=_zones(location),
        depth=depth.model_dump(mode="json") if depth else None,
        resource=resource,
        logistics=logistics_of(geometry).model_dump(mode="json")
        if geometry is not None and counted
        else None,
        sources=_sources(contract, filing, application.sources if application else (), shape, member),
    )


def _region_of(location: Location | None) -> Region | None:
    """Return the region that a place of the user's mostly lies in, of those that a layer draws."""
    drawn = [zone.kind for zone in location.zones if zone.share > 0.5] if location else []
    return next((region for region in load_groups().regions if region.id in drawn), None)


def _more(contract: Contract | None, filing: UsFiling | None) -> Mapping[str, Any]:
    entry = contract or filing
    return (entry.model_extra or {}) if entry else {}


def _tie(member: GroupMember) -> Tie | None:
    tie = member.tie
    if tie is None or tie.why is None:
        return None
    return Tie(text=pick(tie.why), from_=tie.from_, to=tie.to, source=tie.source or "")


def _register_terms(contract: Contract | None, filing: UsFiling | None) -> tuple[RegisterTerm, ...]:
    if contract:
        return contract.terms
    return (filing.term,) if filing and filing.term else ()


def _covers(term: RegisterTerm, on: dt.date) -> bool:
    return (term.from_ is None or term.from_ <= on) and (term.to is None or on <= term.to)


def _terms(contract: Contract | None, filing: UsFiling | None, on: dt.date) -> list[Term]:
    return [
        Term(
            basis=spoken_in(TERMS, term.basis),
            from_=term.from_,
            to=term.to,
            is_sourced=term.from_sourced and term.to_sourced,
            status=term.status,
            is_current=_covers(term, on),
            source=term.source,
        )
        for term in _register_terms(contract, filing)
    ]


def _first_day(contract: Contract | None, filing: UsFiling | None) -> Day | None:
    terms = _register_terms(contract, filing)
    if not terms or terms[0].from_ is None:
        return None
    return Day(on=terms[0].from_, is_sourced=terms[0].from_sourced)


def _last_day(contract: Contract | None, filing: UsFiling | None, on: dt.date) -> Day | None:
    terms = _register_terms(contract, filing)
    if not terms:
        return None
    known = [term for term in terms if term.status == "in_force" and (term.from_ is None or term.from_ <= on)]
    term = known[-1] if known else terms[-1]
    return Day(on=term.to, is_sourced=term.to_sourced) if term.to else None


def _extension(contract: Contract | None, terms: Sequence[Term]) -> str:
    if contract is None:
        return _("does not apply") if not terms else _("see the steps")
    current = next((term for term in terms if term.is_current), None)
    if current is None:
        return _("no term covers the day")
    if current.status != "in_force":
        return _("{term}: not known whether granted").format(term=current.basis)
    if current.basis == _(TERMS["initial"]):
        return _("none found")
    return _("{term} granted").format(term=current.basis)


def _steps(filing: UsFiling | None, on: dt.date) -> list[Step]:
    return [
        Step(
            text=spoken_in(STAGES, stage.stage),
            when=stage.words,
            is_certain=stage.reached(on) is Truth.TRUE,
            source=stage.source,
        )
        for stage in (filing.stages if filing else ())
        if stage.reached(on) is not Truth.FALSE
    ]


def _doubts(contract: Contract | None, filing: UsFiling | None, notes: str | None) -> str | None:
    said = (contract.doubts if contract else None) or _more(None, filing).get("notes") or notes
    return _(str(said)) if said else None


def _block(piece: Piece) -> Block:
    return Block(
        id=piece.id,
        name=spoken_name(piece.name),
        region=piece.region,
        area_km2=piece.area_km2,
        edges=piece.edges,
        accuracy_km=piece.accuracy_km,
        bbox=bbox(piece.geometry),
        note=_(piece.note) if piece.note else None,
        source=piece.source,
    )


def _zones(location: Location | None) -> list[str]:
    if location is None:
        return []
    kept = [zone for zone in location.zones if zone.kind in {*JURISDICTION_KINDS, "ccz"}]
    return [
        _("{zone}: {share}").format(zone=spoken_name(zone.name), share=share(zone.share)) for zone in kept
    ]


# --- Areas --------------------------------------------------------------------------------------------------


def _published(one: Instrument | None, contract: Contract | None, filing: UsFiling | None) -> Figure:
    if one is not None and one.is_partial:
        return no_basis("km2", _("the source gives the area of the whole only"))
    area = _more(contract, filing).get("area_published_km2")
    if area is None:
        return no_basis("km2", _("no source used here states it"))
    cited = _cited(contract) if contract else [_more(None, filing).get("docket")]
    source = "; ".join(filter(None, cited))
    return Figure(
        value=float(area),
        unit="km2",
        source=source or _("register entry without a source of its own"),
        vintage=_REGISTERS_AS_OF,
        basis=_("of the contract as concluded, before any relinquishment")
        if contract
        else _("as the applicant or the docket states it"),
        confidence="medium" if source else "low",
    )


def _cited(contract: Contract) -> list[str]:
    return [str(source) for source in (contract.model_extra or {}).get("sources") or ()]


def _drawn(one: Instrument | None, contract: Contract | None) -> Figure:
    """Return the area that the publisher of the layer gives for the blocks, if it gives one for each."""
    areas = [feature.properties.get("published_area_km2") for feature in one.features] if one else []
    if one and areas and all(area is not None for area in areas):
        source = "; ".join(dict.fromkeys(feature.source for feature in one.features))
        return Figure(
            value=sum(float(area) for area in areas if area is not None),
            unit="km2",
            source=source,
            vintage=_vintage(one),
            basis=_("the sum of what the layer's publisher states for each block"),
            confidence="high",
        )
    total = (contract.model_extra or {}).get("area_layer_km2") if contract else None
    if one is None or one.is_partial or total is None:
        return no_basis("km2", _("the publisher of the shape states no area"))
    return Figure(
        value=float(total),
        unit="km2",
        source=one.features[0].source if one.features else _("register of ISA contracts"),
        vintage=_vintage(one) if one.features else _REGISTERS_AS_OF,
        basis=_("what the layer's publisher states for the whole"),
        confidence="high",
    )


def _vintage(one: Instrument) -> str:
    """Return the vintage of the layer that draws an instrument, as the catalogue has it."""
    layers = dict.fromkeys(feature.layer for feature in one.features)
    catalogue = load_catalogue()
    return "; ".join(_(catalogue[layer].vintage) for layer in layers if layer in catalogue) or _("not known")


def _computed(shape: Shape | None, one: Instrument | None) -> Figure:
    if shape is None:
        return no_basis("km2", _("no coordinates are in the layers"))
    edges = sorted({piece.edges for piece in shape.pieces})
    return Figure(
        value=shape.area_km2,
        unit="km2",
        source="; ".join(dict.fromkeys(piece.source for piece in shape.pieces)),
        vintage=_vintage(one) if one else _("as given"),
        basis=_("computed on the WGS 84 ellipsoid from the shape as drawn; edges: {edges}").format(
            edges=", ".join(edge.replace("_", " ") for edge in edges)
        ),
        confidence="high" if max(piece.accuracy_km for piece in shape.pieces) <= 0.1 else "medium",
    )


def _sources(
    contract: Contract | None,
    filing: UsFiling | None,
    cited: Sequence[str],
    shape: Shape | None,
    member: GroupMember,
) -> list[str]:
    def found() -> Iterator[str | None]:
        yield from _cited(contract) if contract else ()
        yield from (term.source for term in _register_terms(contract, filing))
        yield from (stage.source for stage in (filing.stages if filing else ()))
        yield from cited
        yield from (piece.source for piece in (shape.pieces if shape else ()))
        yield member.tie.source if member.tie else None

    return list(dict.fromkeys(source for source in found() if source))
