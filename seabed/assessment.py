"""The pipeline: Site + Question → zones → facts → opinions → Assessment."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Literal

import shapely

import seabed
from seabed.answers import check_answers, say_what_became_of, take_up
from seabed.atlas.around import NearClaim, Surroundings, find_second_opinions, touches_contiguous_zone
from seabed.atlas.locate import THE_AREA, Location, locate
from seabed.atlas.names import spoken_name
from seabed.atlas.store import Atlas
from seabed.contract import Assessment, Receipt
from seabed.feasibility import QUICK, assess_feasibility
from seabed.language import _, listed, speaking, spoken
from seabed.law.facts import denying_states, spot_facts
from seabed.law.opinions import SpotOnSite, find_conflicts
from seabed.law.orders import ask_orders
from seabed.law.registers import Registers, load_registers
from seabed.law.rules import RuleBook, load_rulebook
from seabed.law.timeline import timeline_of
from seabed.reports import (
    CONTIGUOUS_ZONE,
    assumptions_of,
    compare_layers,
    layers_used,
    question_report,
    site_report,
    with_status,
)
from seabed.shelf import ShelfClaims, claim_report, find_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import FeatureAttributes
    from seabed.feasibility import FeasibilityOptions
    from seabed.language import Language
    from seabed.question import Question
    from seabed.site import Site


def assess(
    site: Site,
    question: Question,
    *,
    atlas: Atlas | None = None,
    presumed: Sequence[str] = (),
    language: Language = "en",
    feasibility: FeasibilityOptions | None = None,
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
    language
        Of every sentence in the assessment, and of the views made of it.
    feasibility
        What the feasibility part is to presume; by default its quick run.

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
    with speaking(language):
        return _assess(site, question, atlas or Atlas.open(), presumed, feasibility or QUICK)


def _assess(
    site: Site, question: Question, atlas: Atlas, presumed: Sequence[str], feasibility: FeasibilityOptions
) -> Assessment:
    book, registers = load_rulebook(), load_registers()
    states = {code: state.name for code, state in registers.states.items()} if question.answers else {}
    answers = check_answers(question.answers, book, states)
    unanswered = question.model_copy(update={"answers": {}})
    question = take_up(question.model_copy(update={"answers": answers}), states)
    location = locate(site, question.on, atlas)
    zones = [(part.jurisdiction, part.geometry) for part in location.parts]
    surroundings = Surroundings(_together(part.geometry for part in location.parts))
    shelf = find_claims(location, surroundings, question.on, atlas, registers)
    spots = find_spots(location, shelf, question, book, registers)
    without = find_spots(location, shelf, unanswered, book, registers) if answers else spots
    became = say_what_became_of(
        answers, [at.spot.facts for at in without], [at.spot.facts for at in spots], book, states
    )
    opinions = ask_orders(location, shelf, question, spots, book, registers)
    return Assessment(
        site=site_report(site),
        question=question_report(question, book),
        zones=[with_status(zone, question.on, registers) for zone in location.zones],
        nearest=list(location.nearest),
        margins=list(location.margins),
        opinions=opinions,
        conflicts=find_conflicts(opinions, spots, book),
        feasibility=assess_feasibility(site, location, question, atlas, feasibility),
        assumptions=[
            *presumed,
            *atlas.warnings,
            *became,
            *assumptions_of(question, location, shelf, registers),
        ],
        sources=layers_used(location),
        receipt=Receipt(
            version=seabed.__version__,
            rules_sha256=book.sha256,
            layers_sha256=atlas.sha256,
            on=question.on,
            created=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
            language=spoken(),
        ),
        shelf_claims=[claim_report(near) for near in shelf.near],
        second_opinions=find_second_opinions(surroundings, atlas, question.on),
        layer_comparison=compare_layers(site, question.on, location, atlas),
        zone_notes=[_(CONTIGUOUS_ZONE)] if touches_contiguous_zone(zones, atlas) else [],
        timeline=timeline_of(opinions, location.zones, question, registers),
    )


def find_spots(
    location: Location, shelf: ShelfClaims, question: Question, book: RuleBook, registers: Registers
) -> list[SpotOnSite]:
    """Turn the parts of the site into spots, and add those where it may lie instead.

    Those are zones across a limit that is not known exactly enough, and the Area where States deny that the
    feature behind a zone has a shelf.
    """

    def spot(
        jurisdiction: FeatureAttributes,
        overlays: Sequence[FeatureAttributes],
        share: float,
        extent: Literal["certain", "strip", "across"],
        claims: Sequence[NearClaim],
        doubt: str = "",
    ) -> SpotOnSite:
        names = tuple(dict.fromkeys((jurisdiction.id, *(overlay.ref for overlay in overlays))))
        reaching = [near.claim for near in claims]
        facts = spot_facts(jurisdiction, overlays, question, registers, book.instruments, reaching)
        return SpotOnSite(facts, names, share, extent, doubt)

    limit = next((m.limit for m in location.margins if m.within_accuracy), _("edge of a zone"))
    which_side = _("The site is nearer to the {limit} than that is accurate: on which side is it?").format(
        limit=limit
    )
    everywhere = location.parts[0].overlays if len(location.parts) == 1 else ()
    found = [
        spot(p.jurisdiction, p.overlays, p.share, "strip", claims, which_side)
        if p.is_within_accuracy
        else spot(p.jurisdiction, p.overlays, p.share, "certain", claims)
        for p, claims in zip(location.parts, shelf.by_part, strict=True)
    ]
    found += [spot(zone, everywhere, 0.0, "across", shelf.across, which_side) for zone in location.possible]
    for part in location.parts:
        deniers = listed(map(registers.state_name, denying_states(part.jurisdiction)))
        if deniers:
            whether = _("Is the place {zone}, which {states} deny, or the Area?").format(
                zone=spoken_name(part.jurisdiction.name), states=deniers
            )
            found.append(spot(THE_AREA, part.overlays, 0.0, "across", (), whether))
    return found


def _together(geometries: Iterable[BaseGeometry]) -> BaseGeometry:
    """Put the parts of the site into one geometry to measure from, without overlaying them."""
    pieces = shapely.get_parts(list(geometries)).tolist()
    is_points = all(piece.geom_type == "Point" for piece in pieces)
    return shapely.MultiPoint(pieces) if is_points else shapely.MultiPolygon(pieces)
