"""The parts of an Assessment that repeat what was given: site, question, layers, what is presumed."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from shapely import to_geojson

from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.library import layers_in_force
from seabed.atlas.locate import JURISDICTION_KINDS, THE_AREA, Location, locate
from seabed.atlas.names import spoken_name
from seabed.atlas.store import Atlas
from seabed.contract import (
    ApplicantReport,
    HoldingReport,
    LayerAnswer,
    LayerComparison,
    LayerUsed,
    QuestionReport,
    SiteReport,
    Zone,
)
from seabed.geodesy import area_km2, bbox, centroid, crosses_antimeridian, perimeter_km
from seabed.language import N_, _, clauses, pick
from seabed.shelf import ShelfClaims, beyond_200m_words

if TYPE_CHECKING:
    import datetime as dt

    from seabed.law.registers import Registers
    from seabed.law.rules import RuleBook
    from seabed.question import Holding, Question
    from seabed.site import Site

CONTIGUOUS_ZONE = N_(
    "The site touches the contiguous zone, 12 to 24 M from the baselines where a State has one: it is for "
    "customs, fiscal, immigration and sanitary control and gives no rights to minerals (UNCLOS art. 33)."
)


def site_report(site: Site) -> SiteReport:
    """Return the site as read, measured on the ellipsoid (km, km2)."""
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


def question_report(question: Question, book: RuleBook) -> QuestionReport:
    """Return the question as understood."""
    who = question.applicant
    held = who.holds if who else None
    applicant = who and ApplicantReport(
        id=who.id,
        name=_(who.name) if who.name else None,
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
    name = pick(declared.name) if declared else held.instrument.replace("_", " ")
    return HoldingReport(instrument=held.instrument, ref=held.ref, name=name)


def _listed(states: tuple[str, ...] | None) -> list[str] | None:
    return None if states is None else list(states)


def with_status(zone: Zone, on: dt.date, registers: Registers) -> Zone:
    """Say of contracts and licences what the register says for the day."""
    status = {
        "isa_contract": registers.contract_status,
        "us_dshmra_licence": registers.us_filing_status,
    }.get(zone.kind)
    if status is None:
        return zone
    words = clauses((status(zone.id, on).words, zone.status))
    return zone.model_copy(update={"status": words})


def layers_used(location: Location) -> list[LayerUsed]:
    """Name the layers whose zones the site touches, and the one that says there are none."""
    catalogue = load_catalogue()
    wanted = dict.fromkeys([*(zone.layer for zone in location.zones), "maritime_zones"])
    return [
        LayerUsed(
            id=entry.id,
            title=_(entry.title),
            source=entry.source,
            vintage=_(entry.vintage),
            licence=_(entry.licence),
            accuracy=entry.accuracy,
        )
        for entry in (catalogue[layer] for layer in wanted)
    ]


def compare_layers(site: Site, on: dt.date, location: Location, atlas: Atlas) -> LayerComparison | None:
    """Ask the bundled zones the same, where an installed layer supersedes them."""
    with Atlas.open(atlas.path) as bundled:
        if bundled.sha256 == atlas.sha256:
            return None
        layers, _warnings = layers_in_force()
        titles = [
            _(str(layer.entry["title"]))
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


def assumptions_of(
    question: Question, location: Location, shelf: ShelfClaims, registers: Registers
) -> list[str]:
    """Say in words what was presumed, defaulted or left open."""
    said = list(location.notes)
    if question.applicant is None:
        said.append(_("No applicant was named: whatever turns on who applies is left open."))
    if question.activity is None:
        said.append(_("No activity was named: whatever turns on it is left open."))
    if question.mineral is None:
        said.append(_("No mineral was named: whatever turns on it is left open."))
    envelopes = {
        spoken_name(o.name): None
        for part in location.parts
        for o in part.overlays
        if o.properties.get("envelope")
    }
    said += [
        _("{name}: only its bounding box is known, so the site may lie outside the area itself.").format(
            name=name
        )
        for name in envelopes
    ]
    if any(part.jurisdiction is THE_AREA for part in location.parts) or shelf.near:
        said.append(beyond_200m_words(shelf, registers))
    if any(part.jurisdiction.territory == "ATA" for part in location.parts):
        said.append(
            _(
                "Most States do not recognise claims to Antarctica; the Antarctic Treaty and its Protocol on "
                "Environmental Protection (art. 7: no mineral activities but science) are not modelled."
            )
        )
    said.append(
        _(
            "Coasts stand for baselines in the bundled zones: straight and archipelagic baselines and "
            "internal waters are not drawn, nor are many boundary treaties; each limit states its basis and "
            "accuracy."
        )
    )
    return said
