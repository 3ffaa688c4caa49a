"""The pipeline: Site + Question → zones → facts → opinions → Assessment."""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Literal

from shapely import to_geojson

import seabed
from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.locate import THE_AREA, Location, locate
from seabed.atlas.store import Atlas
from seabed.contract import (
    ApplicantReport,
    Assessment,
    Feasibility,
    HoldingReport,
    LayerUsed,
    Opinion,
    QuestionReport,
    Receipt,
    SiteReport,
    Verdict,
    Zone,
)
from seabed.geodesy import area_km2, bbox, centroid, crosses_antimeridian, perimeter_km
from seabed.law.facts import spot_facts
from seabed.law.opinions import SpotOnSite, find_conflicts, opine
from seabed.law.registers import Registers, load_registers
from seabed.law.rules import RuleBook, load_rulebook

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        Applicant, activity, mineral and date; whatever is left out is treated as not known.
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
    SeabedError
        If the layers or the rules are damaged.
    """
    atlas = atlas or Atlas.open()
    book, registers = load_rulebook(), load_registers()
    location = locate(site, question.on, atlas)
    spots = _spots(location, question, book, registers)
    opinions = [opine(order, question.on, spots, book) for order in book.modelled_orders]
    opinions += _not_modelled(location, question, book, registers)
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
        assumptions=[*presumed, *_assumptions(question, location)],
        sources=_layers_used(location),
        receipt=Receipt(
            version=seabed.__version__,
            rules_sha256=book.sha256,
            layers_sha256=atlas.sha256,
            on=question.on,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        ),
    )


# --- Zones → spots ------------------------------------------------------------------------------------------


def _spots(location: Location, question: Question, book: RuleBook, registers: Registers) -> list[SpotOnSite]:
    """Turn the parts of the site into spots, and add those it may reach across an inexact limit."""

    def spot(
        jurisdiction: FeatureAttributes,
        overlays: Sequence[FeatureAttributes],
        share: float,
        extent: Literal["certain", "strip", "across"],
    ) -> SpotOnSite:
        names = tuple(dict.fromkeys((jurisdiction.id, *(overlay.ref for overlay in overlays))))
        facts = spot_facts(jurisdiction, overlays, question, registers, book.instruments)
        return SpotOnSite(facts, names, share, extent, limit)

    limit = next((m.limit for m in location.margins if m.within_accuracy), "edge of a zone")
    everywhere = location.parts[0].overlays if len(location.parts) == 1 else ()
    return [
        *(
            spot(p.jurisdiction, p.overlays, p.share, "strip" if p.is_within_accuracy else "certain")
            for p in location.parts
        ),
        *(spot(zone, everywhere, 0.0, "across") for zone in location.possible),
    ]


# --- Orders without rules -----------------------------------------------------------------------------------


def _not_modelled(
    location: Location, question: Question, book: RuleBook, registers: Registers
) -> list[Opinion]:
    """Name the other legal orders that may speak, so that silence is never taken for consent."""
    reasons: dict[str, list[str]] = {}
    for part in location.parts:
        for state in part.jurisdiction.claimants or (part.jurisdiction.state,):
            if state:
                reasons.setdefault(state, []).append("the coastal State's own law applies in its zones")
    if question.applicant:
        own = (question.applicant.nationality or question.applicant.incorporated_in,)
        for states, why in (
            (own, "the applicant's State of nationality may ask for a licence of its own"),
            (question.applicant.sponsors or (), "a sponsoring State's law binds the contractor it sponsors"),
            (
                question.applicant.controlled_by or (),
                "its nationals control the applicant",
            ),
        ):
            for state in states:
                if state:
                    reasons.setdefault(state, []).append(why)
    found = [
        Opinion(
            order=state.lower(),
            name=registers.state_name(state),
            verdict=Verdict.NOT_MODELLED,
            contested=False,
            summary=f"No rules of it are encoded here, but it may speak: {'; '.join(dict.fromkeys(why))}.",
        )
        for state, why in reasons.items()
        if state.lower() not in book.modelled_orders
    ]
    if question.on >= _BBNJ_IN_FORCE and any(p.jurisdiction is THE_AREA for p in location.parts):
        found.append(
            Opinion(
                order="bbnj",
                name=book.orders["bbnj"].name.en,
                verdict=Verdict.NOT_MODELLED,
                contested=False,
                summary=(
                    "No rules of this agreement are encoded here, but it may speak: a party assesses planned "
                    "activities under its jurisdiction or control beyond national jurisdiction "
                    "(BBNJ art. 28), unless another body's assessment meets art. 29(4)."
                ),
                cites=["BBNJ art. 28", "BBNJ art. 29(4)"],
            )
        )
    return found


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
        applicant=applicant, activity=question.activity, mineral=question.mineral, on=question.on
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


def _assumptions(question: Question, location: Location) -> list[str]:
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
    if any(part.jurisdiction is THE_AREA for part in location.parts):
        said.append(
            "Beyond 200 M the seabed is taken to be the Area; shelves beyond 200 M (UNCLOS art. 76) are "
            "not in the bundled layers and are not checked."
        )
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
