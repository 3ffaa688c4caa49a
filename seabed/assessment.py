"""The pipeline: Site + Question → zones → facts → opinions → Assessment."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import shapely
from shapely import to_geojson

import seabed
from seabed.answers import check_answers, say_what_became_of, take_up
from seabed.atlas.around import (
    NearClaim,
    Surroundings,
    find_second_opinions,
    find_shelf_claims,
    touches_contiguous_zone,
)
from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.library import layers_in_force
from seabed.atlas.locate import JURISDICTION_KINDS, THE_AREA, Location, locate
from seabed.atlas.store import Atlas
from seabed.contract import (
    ApplicantReport,
    Assessment,
    Feasibility,
    HoldingReport,
    LayerAnswer,
    LayerComparison,
    LayerUsed,
    Opinion,
    QuestionReport,
    Receipt,
    ShelfClaimNear,
    SiteReport,
    Verdict,
    Zone,
)
from seabed.geodesy import area_km2, bbox, centroid, crosses_antimeridian, perimeter_km
from seabed.law.facts import spot_facts
from seabed.law.opinions import SpotOnSite, find_conflicts, opine
from seabed.law.registers import NationalLaw, Registers, load_registers
from seabed.law.rules import RuleBook, load_rulebook

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import FeatureAttributes
    from seabed.question import Holding, Question
    from seabed.site import Site

_BBNJ_IN_FORCE = dt.date(2026, 1, 17)


def assess(
    site: Site,
    question: Question,
    *,
    atlas: Atlas | None = None,
    presumed: Sequence[str] = (),
) -> Assessment:
    """Assess one site: where it lies, what each legal order says, and what is not known.

    Parameters
    ----------
    site
        From `seabed.read_site` or `Site.from_geometry`; lon/lat degrees, WGS 84.
    question
        Applicant, activity, mineral and date; whatever is left out is treated as not known. Answers fill
        only what is not known, and are listed among the assumptions.
    atlas
        The layers; by default those that ship with the program.
    presumed
        What a reader of the question already presumed, in words; listed first among the assumptions.

    Returns
    -------
    Assessment
        Areas in km2 on the ellipsoid, distances in km, shares of the site's area.

    Raises
    ------
    QuestionError
        If an answer is about no known fact, or not one that the fact can have.
    SeabedError
        If the layers or the rules are damaged.
    """
    atlas = atlas or Atlas.open()
    book, registers = load_rulebook(), load_registers()
    states = {code: state.name for code, state in registers.states.items()} if question.answers else {}
    answers = check_answers(question.answers, book, states)
    unanswered = question.model_copy(update={"answers": {}})
    question = take_up(question.model_copy(update={"answers": answers}), states)
    location = locate(site, question.on, atlas)
    zones = [(part.jurisdiction, part.geometry) for part in location.parts]
    surroundings = Surroundings(_together(part.geometry for part in location.parts))
    shelf = _shelf_claims(location, surroundings, question.on, atlas, registers)
    spots = _spots(location, shelf, question, book, registers)
    without = _spots(location, shelf, unanswered, book, registers) if answers else spots
    became = say_what_became_of(
        answers, [at.spot.facts for at in without], [at.spot.facts for at in spots], book, states
    )
    opinions = _opinions(location, shelf, question, spots, book, registers)
    return Assessment(
        site=_site_report(site),
        question=_question_report(question, book),
        zones=[_with_status(zone, question.on, registers) for zone in location.zones],
        nearest=list(location.nearest),
        margins=list(location.margins),
        opinions=opinions,
        conflicts=find_conflicts(opinions, spots, book),
        feasibility=Feasibility(
            gaps=["Resource, technology, logistics, economics, environment and supply are not assessed yet."]
        ),
        assumptions=[*presumed, *became, *_assumptions(question, location, shelf, registers)],
        sources=_layers_used(location),
        receipt=Receipt(
            version=seabed.__version__,
            rules_sha256=book.sha256,
            layers_sha256=atlas.sha256,
            on=question.on,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        ),
        shelf_claims=[_claim_report(near) for near in shelf.near],
        second_opinions=find_second_opinions(surroundings, atlas, question.on),
        layer_comparison=_layer_comparison(site, question.on, location, atlas),
        zone_notes=[_CONTIGUOUS_ZONE] if touches_contiguous_zone(zones, atlas) else [],
    )


# --- Shelves beyond 200 M, and other views of the limits ----------------------------------------------------

_CONTIGUOUS_ZONE = (
    "The site touches the contiguous zone, 12 to 24 M from the baselines where a State has one: it is for "
    "customs, fiscal, immigration and sanitary control and gives no rights to minerals (UNCLOS art. 33)."
)


@dataclass(frozen=True, slots=True)
class _ShelfClaims:
    """The claims beyond 200 M near the site's parts in the Area; ``drawn_for``: whose shelf a layer draws."""

    near: tuple[NearClaim, ...]
    by_part: tuple[tuple[NearClaim, ...], ...]
    across: tuple[NearClaim, ...]
    drawn_for: frozenset[str]


def _shelf_claims(
    location: Location, surroundings: Surroundings, on: dt.date, atlas: Atlas, registers: Registers
) -> _ShelfClaims:
    """Find the claims that may reach each part in the Area, and the Area beyond an inexact limit.

    A layer of extended shelves settles it for the States it draws.
    """
    drawn = [f for f in atlas.attributes(kind="extended_shelf") if f.is_in_force(on)]
    drawn_for = frozenset(state for f in drawn for state in (f.state, *f.claimants) if state)
    open_claims = [c for c in registers.shelf_claims if c.stands(on) and not drawn_for.issuperset(c.states)]
    is_area = [part.jurisdiction is THE_AREA for part in location.parts]
    is_across = THE_AREA in location.possible
    anywhere = find_shelf_claims(surroundings, atlas, open_claims) if any(is_area) or is_across else []
    by_part: list[tuple[NearClaim, ...]] = [() for _ in location.parts]
    for index, part in enumerate(location.parts):
        if not is_area[index] or not anywhere:
            continue
        by_part[index] = (
            tuple(anywhere)
            if len(location.parts) == 1
            else tuple(
                find_shelf_claims(Surroundings(part.geometry), atlas, [near.claim for near in anywhere])
            )
        )
    across = tuple(anywhere) if is_across else ()
    nearest: dict[str, NearClaim] = {}
    for near in (*across, *(near for part in by_part for near in part)):
        known = nearest.get(near.claim.key)
        if known is None or near.distance_km < known.distance_km:
            nearest[near.claim.key] = near
    return _ShelfClaims(
        tuple(sorted(nearest.values(), key=lambda near: near.distance_km)),
        tuple(by_part),
        across,
        drawn_for,
    )


def _together(geometries: Iterable[BaseGeometry]) -> BaseGeometry:
    """Put the parts of the site into one geometry to measure from, without overlaying them."""
    pieces = shapely.get_parts(list(geometries)).tolist()
    is_points = all(piece.geom_type == "Point" for piece in pieces)
    return shapely.MultiPoint(pieces) if is_points else shapely.MultiPolygon(pieces)


def _claim_report(near: NearClaim) -> ShelfClaimNear:
    claim = near.claim
    return ShelfClaimNear(
        states=list(claim.states),
        region=claim.region,
        status=claim.status,
        since=claim.since,
        contested=list(claim.contested),
        limit=near.limit,
        distance_km=near.distance_km,
        note=claim.note,
        source=claim.source,
        confidence=claim.confidence,
    )


def _layer_comparison(site: Site, on: dt.date, location: Location, atlas: Atlas) -> LayerComparison | None:
    """Ask the bundled zones the same, where an installed layer supersedes them."""
    with Atlas.open(atlas.path) as bundled:
        if bundled.sha256 == atlas.sha256:
            return None
        layers, _ = layers_in_force()
        titles = [
            str(layer.entry["title"])
            for layer in layers
            if any(selector["kind"] in JURISDICTION_KINDS for selector in layer.supersedes)
        ]
        if not titles:
            return None
        before = locate(site, on, bundled)
    answers = [*_answers("bundled", before), *_answers("installed", location)]
    shares: dict[tuple[str | None, ...], float] = {}
    for answer in answers:
        key = (answer.kind, answer.state, answer.territory)
        shares[key] = shares.get(key, 0.0) + (answer.share if answer.layers == "bundled" else -answer.share)
    return LayerComparison(
        installed=titles,
        answers=answers,
        differing_share=sum(map(abs, shares.values())) / 2,
        bundled_limit_km=next((m.distance_km for m in before.margins), None),
        installed_limit_km=next((m.distance_km for m in location.margins), None),
    )


def _answers(layers: Literal["bundled", "installed"], location: Location) -> list[LayerAnswer]:
    return [
        LayerAnswer(
            layers=layers,
            kind=zone.kind,
            state=zone.state,
            territory=zone.territory,
            claimants=zone.claimants,
            share=zone.share,
        )
        for zone in location.zones
        if zone.kind in JURISDICTION_KINDS
    ]


# --- Zones → spots ------------------------------------------------------------------------------------------


def _spots(
    location: Location, shelf: _ShelfClaims, question: Question, book: RuleBook, registers: Registers
) -> list[SpotOnSite]:
    """Turn the parts of the site into spots, and add those it may reach across an inexact limit."""

    def spot(
        jurisdiction: FeatureAttributes,
        overlays: Sequence[FeatureAttributes],
        share: float,
        extent: Literal["certain", "strip", "across"],
        claims: Sequence[NearClaim],
    ) -> SpotOnSite:
        names = tuple(dict.fromkeys((jurisdiction.id, *(overlay.ref for overlay in overlays))))
        reaching = [near.claim for near in claims]
        facts = spot_facts(jurisdiction, overlays, question, registers, book.instruments, reaching)
        return SpotOnSite(facts, names, share, extent, limit)

    limit = next((m.limit for m in location.margins if m.within_accuracy), "edge of a zone")
    everywhere = location.parts[0].overlays if len(location.parts) == 1 else ()
    return [
        *(
            spot(p.jurisdiction, p.overlays, p.share, "strip" if p.is_within_accuracy else "certain", claims)
            for p, claims in zip(location.parts, shelf.by_part, strict=True)
        ),
        *(spot(zone, everywhere, 0.0, "across", shelf.across) for zone in location.possible),
    ]


# --- Which orders speak -------------------------------------------------------------------------------------

#: The orders that speak of every place and everybody; those of other States only where they are concerned.
_EVERYWHERE = ("unclos", "usa", "chn")


@dataclass(slots=True)
class _Concern:
    """Why a State's own law may speak, and whether the site lies in zones of its own, or may."""

    why: list[str] = field(default_factory=list)
    is_coastal: bool = False


def _opinions(
    location: Location,
    shelf: _ShelfClaims,
    question: Question,
    spots: Sequence[SpotOnSite],
    book: RuleBook,
    registers: Registers,
) -> list[Opinion]:
    """Ask the orders that may speak here of this applicant; where they have no rules, name them."""
    concerned = _concerned(location, shelf, question)
    is_area = any(part.jurisdiction is THE_AREA for part in location.parts)
    orders = [*_EVERYWHERE, *(["bbnj"] if is_area and question.on >= _BBNJ_IN_FORCE else [])]
    found = [opine(order, question.on, spots, book) for order in orders if order in book.modelled_orders]
    for opinion in found:
        concern = concerned.pop(opinion.order.upper(), None)
        if concern:
            _name_what_is_missing(opinion, opinion.order.upper(), concern, location, question, registers)
    for state, concern in concerned.items():
        order = state.lower()
        if any(rule.in_force.covers(question.on) for rule in book.rules(order)):
            opinion = opine(order, question.on, spots, book)
            _name_what_is_missing(opinion, state, concern, location, question, registers)
        else:
            opinion = _not_modelled(state, concern, location, question, registers)
        found.append(opinion)
    return found


def _concerned(location: Location, shelf: _ShelfClaims, question: Question) -> dict[str, _Concern]:
    """Collect the States whose own law may speak, so that silence is never taken for consent."""
    found: dict[str, _Concern] = {}

    def add(states: Iterable[str | None], why: str, *, is_coastal: bool = False) -> None:
        for state in filter(None, states):
            concern = found.setdefault(state, _Concern())
            concern.why += [why] if why not in concern.why else []
            concern.is_coastal |= is_coastal

    for part in location.parts:
        states = part.jurisdiction.claimants or (part.jurisdiction.state,)
        add(states, "the coastal State's own law applies in its zones", is_coastal=True)
    for near in shelf.near:
        words = "its own law applies if its continental shelf beyond 200 M reaches the site"
        add(near.claim.states, words, is_coastal=True)
    if question.applicant:
        who = question.applicant
        add(
            (who.nationality or who.incorporated_in,),
            "the applicant's State of nationality may ask for a licence of its own",
        )
        add(who.sponsors or (), "a sponsoring State's law binds the contractor it sponsors")
        add(who.controlled_by or (), "its nationals control the applicant")
    return found


def _laws(
    state: str, concern: _Concern, location: Location, on: dt.date, registers: Registers
) -> list[NationalLaw]:
    """List the State's laws that may apply to the site, encoded or not, the earliest first."""
    is_area = any(part.jurisdiction is THE_AREA for part in location.parts)
    return [
        *(registers.laws_of(state, on, "national_zones") if concern.is_coastal else ()),
        *(
            law
            for law in (registers.laws_of(state, on, "area") if is_area else ())
            if not (concern.is_coastal and "national_zones" in law.covers)
        ),
    ]


def _not_modelled(
    state: str, concern: _Concern, location: Location, question: Question, registers: Registers
) -> Opinion:
    """Name a State's law of which no rule is encoded for the day."""
    laws = [law for law in _laws(state, concern, location, question.on, registers) if law.rules is None]
    known = "; ".join(f"{law.title} ({law.citation})" for law in laws)
    return Opinion(
        order=state.lower(),
        name=registers.state_name(state),
        verdict=Verdict.NOT_MODELLED,
        contested=False,
        summary=(
            f"No rules of it are encoded here, but it may speak: {'; '.join(concern.why)}."
            + (f" Known by name: {known}." if known else "")
        ),
        cites=[law.citation for law in laws],
        not_modelled=[f"{law.title} ({law.citation}): {law.summary}" for law in laws],
    )


def _name_what_is_missing(
    opinion: Opinion,
    state: str,
    concern: _Concern,
    location: Location,
    question: Question,
    registers: Registers,
) -> None:
    """Say what of a State's law is not encoded, and take back a silence that only shows that.

    Rules on the Area alone have nothing to say in the State's own zones, where its law applies all the same.
    """
    laws = _laws(state, concern, location, question.on, registers)
    opinion.not_modelled += [
        f"{law.title} ({law.citation}): {law.summary}" for law in laws if law.rules is None
    ]
    if not concern.is_coastal or any(law.rules and "national_zones" in law.covers for law in laws):
        return
    words = "Its law on the minerals of its own zones applies here and is not encoded."
    opinion.not_modelled.append(words)
    for part, answer in zip(location.parts, opinion.by_zone, strict=True):
        if state in (part.jurisdiction.claimants or (part.jurisdiction.state,)):
            answer.verdict, answer.summary = Verdict.NOT_MODELLED, words
    is_inside = any(answer.verdict is Verdict.NOT_MODELLED for answer in opinion.by_zone)
    if is_inside and opinion.verdict in {Verdict.PERMITTED, Verdict.NOT_APPLICABLE}:
        opinion.verdict, opinion.summary = Verdict.NOT_MODELLED, words
        opinion.reasons = []


# --- Reports ------------------------------------------------------------------------------------------------


def _site_report(site: Site) -> SiteReport:
    return SiteReport(
        name=site.name,
        geometry=json.loads(to_geojson(site.geometry)),
        area_km2=area_km2(site.geometry, site.edges),
        perimeter_km=perimeter_km(site.geometry, site.edges),
        centroid=centroid(site.geometry),
        bbox=bbox(site.geometry),
        crosses_antimeridian=crosses_antimeridian(site.geometry),
        notes=list(site.notes),
    )


def _question_report(question: Question, book: RuleBook) -> QuestionReport:
    who = question.applicant
    held = who.holds if who else None
    applicant = who and ApplicantReport(
        id=who.id,
        name=who.name,
        nationality=who.nationality,
        incorporated_in=who.incorporated_in,
        controlled_by=_listed(who.controlled_by),
        sponsors=_listed(who.sponsors),
        holds=None if held is None else [_holding(h, book) for h in held],
        holds_unknown=list(who.holds_unknown),
        state_body=who.state_body,
    )
    return QuestionReport(
        applicant=applicant,
        activity=question.activity,
        mineral=question.mineral,
        on=question.on,
        answers=question.answers,
    )


def _holding(held: Holding, book: RuleBook) -> HoldingReport:
    declared = book.instruments.get(held.instrument)
    name = declared.name.en if declared else held.instrument.replace("_", " ")
    return HoldingReport(instrument=held.instrument, ref=held.ref, name=name)


def _listed(states: tuple[str, ...] | None) -> list[str] | None:
    return None if states is None else list(states)


def _with_status(zone: Zone, on: dt.date, registers: Registers) -> Zone:
    """Say of contracts and licences what the register says for the day."""
    status = {
        "isa_contract": registers.contract_status,
        "us_dshmra_licence": registers.us_filing_status,
    }.get(zone.kind)
    if status is None:
        return zone
    words = "; ".join(filter(None, (status(zone.id, on).words, zone.status)))
    return zone.model_copy(update={"status": words})


def _layers_used(location: Location) -> list[LayerUsed]:
    catalogue = load_catalogue()
    wanted = dict.fromkeys([*(zone.layer for zone in location.zones), "maritime_zones"])
    return [
        LayerUsed(
            id=entry.id,
            title=entry.title,
            source=entry.source,
            vintage=entry.vintage,
            licence=entry.licence,
            accuracy=entry.accuracy,
        )
        for entry in (catalogue[layer] for layer in wanted)
    ]


def _assumptions(
    question: Question, location: Location, shelf: _ShelfClaims, registers: Registers
) -> list[str]:
    said = list(location.notes)
    if question.applicant is None:
        said.append("No applicant was named: whatever turns on who applies is left open.")
    if question.activity is None:
        said.append("No activity was named: whatever turns on it is left open.")
    if question.mineral is None:
        said.append("No mineral was named: whatever turns on it is left open.")
    envelopes = {
        o.name: None for part in location.parts for o in part.overlays if o.properties.get("envelope")
    }
    said += [
        f"{name}: only its bounding box is known, so the site may lie outside the area itself."
        for name in envelopes
    ]
    if any(part.jurisdiction is THE_AREA for part in location.parts) or shelf.near:
        said.append(_beyond_200m(shelf, registers))
    if any(part.jurisdiction.territory == "ATA" for part in location.parts):
        said.append(
            "Most States do not recognise claims to Antarctica; the Antarctic Treaty and its Protocol on "
            "Environmental Protection (art. 7: no mineral activities but science) are not modelled."
        )
    said.append(
        "Coastlines are taken as normal baselines: straight and archipelagic baselines, internal waters and "
        "most boundary treaties are not drawn in this version."
    )
    return said


def _beyond_200m(shelf: _ShelfClaims, registers: Registers) -> str:
    """Say what is presumed of shelves beyond 200 M: which claims are near, or that none is known to be."""
    drawn = (
        f" An installed layer draws the shelf beyond 200 M of "
        f"{', '.join(sorted(map(registers.state_name, shelf.drawn_for)))}."
        if shelf.drawn_for
        else ""
    )
    if not shelf.near:
        return (
            "Beyond 200 M the seabed is taken to be the Area, subject to extended-shelf claims not checked "
            "here: the register has none beyond a 200 M limit within 150 M of the site (UNCLOS art. 76(5)), "
            "but a shelf may reach farther, to 100 M beyond the 2,500 m isobath, and depths are not "
            f"checked.{drawn}"
        )
    claims = "; ".join(_claim_words(near, registers) for near in shelf.near)
    return (
        f"Whether the site lies in the Area or on a continental shelf beyond 200 M is left open: {claims}. "
        "The limits of these claims are not in the layers; a shelf may reach 350 M from the baselines, or "
        "100 M beyond the 2,500 m isobath, which may be farther still (UNCLOS art. 76(5)), and depths are "
        f"not checked. An official layer of these shelves, imported, settles it.{drawn}"
    )


def _claim_words(near: NearClaim, registers: Registers) -> str:
    claim = near.claim
    states = ", ".join(map(registers.state_name, claim.states))
    status = claim.status.replace("_", " ")
    since = f" since {claim.since}" if claim.since else ""
    against = ", ".join(map(registers.state_name, claim.contested))
    return (
        f"{states}, {claim.region} ({status}{since}{'; contested by ' + against if against else ''}), "
        f"{near.distance_km:,.0f} km from the {near.limit}"
    )
