"""What mining a site would touch: protected areas near it, the sea bed disturbed, what studies found, duties.

    area disturbed a year = rate / (abundance × collection efficiency)

Distances and shares are of the layers in force; findings stand beside each other with who holds them; duties
are titles of the rule book, found by running its rules on the parts of the site, so that the law is said in
one place only.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np
from pydantic import BaseModel, ConfigDict, Field

from seabed.atlas.around import Surroundings
from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.names import spoken_name
from seabed.contract import Duty
from seabed.errors import FigureError
from seabed.feasibility.derived import bounds_of, derive
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.figures import read_table, spoken_figure_in
from seabed.feasibility.units import check_number
from seabed.geodesy import area_km2
from seabed.language import N_, _, large, pick, sentences
from seabed.law.engine import Program
from seabed.law.facts import spot_facts
from seabed.law.logic import Truth
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook
from seabed.question import Mineral
from seabed.shelf import find_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.locate import Location
    from seabed.atlas.store import Atlas, FeatureAttributes
    from seabed.question import Question

Topic = Literal["collection", "plume", "recovery", "slope"]

#: How many areas of particular environmental interest to report, nearest first, and how far to look.
NEAREST_APEIS = 3
APEIS_WITHIN_KM = 2_000.0

#: Kinds of the atlas that protect an area, in the order they are told.
PROTECTED_KINDS = ("isa_apei", "us_sanctuary", "us_marine_monument")
#: Kinds kept free or set aside for another purpose.
RESERVED_KINDS = ("isa_reserved_area",)

# Rules that say what must be assessed, monitored and reported; which of them reach a site, the engine says.
DUTY_RULES = (
    "unclos.convention.145",
    "unclos.convention.192",
    "unclos.agreement.s1-7",
    "unclos.nodules-regs.18",
    "unclos.nodules-regs.31-5",
    "unclos.nodules-regs.32-1",
    "unclos.ao-2011.145",
    "bbnj.agreement.28-1",
    "bbnj.agreement.30-2",
    "bbnj.agreement.31-1-b",
    "bbnj.agreement.33-2",
    "bbnj.agreement.35",
    "usa.dshmra.1419-d",
    "usa.cfr-971.601-a",
)

_SQUARE_KM_A_YEAR = N_("km2/yr")
_NO_REFERENCE_ZONES = N_(
    "Impact and preservation reference zones: contractors propose them and no layer here draws them."
)
_NO_OTHER_LAYERS = N_(
    "Ecologically or biologically significant areas (CBD), World Heritage sites and vulnerable marine "
    "ecosystems: no layer here draws them, and a file cannot be imported as one yet."
)
_NATIONAL = N_(
    "Of national protected areas only United States sanctuaries and marine monuments in the Pacific are in "
    "the layers."
)


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ProtectedArea(_Model):
    """A protected or reserved area that covers a ``share`` of the site, touches it or lies near."""

    kind: str
    id: str
    name: str
    share: float
    distance: Figure


class Finding(_Model):
    """What somebody found or claims; ``figure`` has no value where the source gives none."""

    id: str
    topic: Topic
    statement: str
    held_by: str
    standing: str = Field(description="independent study, company claim, contractor, assumption, …")
    figure: Figure


class AssessmentDuty(Duty):
    """A duty to assess, monitor or report, as the law part has it; ``is_open``: it turns on an unknown."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    order: str
    is_open: bool


class Environment(_Model):
    """What mining would touch. ``disturbed`` in km2 of sea bed a year, ``share_a_year`` in % of the site."""

    summary: str
    mineral: str
    protected: tuple[ProtectedArea, ...]
    reserved: tuple[ProtectedArea, ...]
    efficiency: Figure | None = None
    disturbed: Figure
    share_a_year: Figure
    findings: tuple[Finding, ...]
    duties: tuple[AssessmentDuty, ...]
    gaps: tuple[str, ...]


def environment_of(
    site_geometry: BaseGeometry,
    location: Location,
    question: Question,
    atlas: Atlas,
    *,
    rate_wet_mt: float | None,
    abundance: Figure | None,
) -> Environment:
    """Say what mining a site would touch.

    Parameters
    ----------
    site_geometry, location, question, atlas
        As the assessment has them; ``location`` is of the site by the layers of ``atlas``.
    rate_wet_mt
        Million wet tonnes of nodules a year; ``None`` is not known.
    abundance
        Nodules on the site, kg/m2 wet; ``None`` is not known.

    Raises
    ------
    FigureError
        If the rate is impossible or a table is damaged.
    """
    mineral = question.mineral or Mineral.NODULES
    surroundings = Surroundings(site_geometry)
    known = _areas(PROTECTED_KINDS, location, atlas)
    protected = _in_order((*known, *_apeis(surroundings, question, atlas, known)))
    findings = _findings(mineral)
    efficiency = None
    if mineral is Mineral.NODULES:
        efficiency = next(one.figure for one in findings if one.id == "collection_efficiency")
        disturbed = disturbed_area(rate_wet_mt, abundance, efficiency)
    else:
        why = _("no rate or thickness of {mineral} mined is published from which an area would follow")
        disturbed = no_basis(_SQUARE_KM_A_YEAR, why.format(mineral=_(mineral.value)))
    return Environment(
        summary=_summary(mineral, protected, rate_wet_mt, disturbed),
        mineral=mineral.value,
        protected=protected,
        reserved=_in_order(_areas(RESERVED_KINDS, location, atlas)),
        efficiency=efficiency,
        disturbed=disturbed,
        share_a_year=_share_a_year(disturbed, area_km2(site_geometry)),
        findings=findings,
        duties=_duties(surroundings, location, question, atlas),
        gaps=tuple(_(gap) for gap in (_NO_REFERENCE_ZONES, _NO_OTHER_LAYERS, _NATIONAL)),
    )


def disturbed_area(rate_wet_mt: float | None, abundance: Figure | None, efficiency: Figure) -> Figure:
    """Return the sea bed that collectors pass over, km2 a year: the ground of the tracks, without the plume.

    Low takes the highest abundance and efficiency, high the lowest; without a lower bound above zero for
    abundance there is no high.

    Raises
    ------
    FigureError
        If the rate is not a number above 0, or an efficiency is not in (0, 1].
    """
    if rate_wet_mt is None or abundance is None or not abundance.value:
        missing = _("the rate of mining") if rate_wet_mt is None else _("the abundance of nodules")
        return no_basis(_SQUARE_KM_A_YEAR, _("not known without {missing}").format(missing=missing))
    check_number(rate_wet_mt, "the rate in million wet tonnes a year", low=1e-9)
    share, least_share, most_share = bounds_of(efficiency)
    if not 0 < least_share <= share <= most_share <= 1:
        raise FigureError(f"a collection efficiency lies above 0 and at most at 1, not {efficiency}")
    mean, poor, rich = bounds_of(abundance)
    # A million tonnes over kg/m2 is a thousand km2.
    value, low = 1e3 * rate_wet_mt / (mean * share), 1e3 * rate_wet_mt / (rich * most_share)
    basis = _(
        "tracks alone, without the ground that the plume reaches; {rate} million wet t a year over the "
        "average abundance of the site and the share that a collector takes up; mining only its richest "
        "ground would take less"
    ).format(rate=f"{rate_wet_mt:g}")
    if poor <= 0:
        basis = _("{basis}; no upper bound, as the abundance may be nil").format(basis=basis)
        return derive([value], _SQUARE_KM_A_YEAR, basis, abundance, efficiency).model_copy(
            update={"low": low}
        )
    high = 1e3 * rate_wet_mt / (poor * least_share)
    return derive([value, low, high], _SQUARE_KM_A_YEAR, basis, abundance, efficiency)


def _share_a_year(disturbed: Figure, site_km2: float) -> Figure:
    unit = _("% of the site a year")
    if disturbed.value is None:
        return no_basis(unit, disturbed.basis)
    if not site_km2:
        return no_basis(unit, _("the site is a set of points and has no area"))
    scaled = {
        key: number if number is None else 100 * number / site_km2
        for key, number in (("value", disturbed.value), ("low", disturbed.low), ("high", disturbed.high))
    }
    return disturbed.model_copy(update=scaled | {"unit": unit})


# --- Areas --------------------------------------------------------------------------------------------------


def _areas(kinds: Sequence[str], location: Location, atlas: Atlas) -> list[ProtectedArea]:
    """Return the areas of these kinds that ``location`` found on the site or near it."""
    found = [
        _area(zone.kind, zone.id, zone.name, zone.share, 0.0, zone.accuracy_km, zone.layer, zone.source)
        for zone in location.zones
        if zone.kind in kinds
    ]
    for near in location.nearest:
        if near.kind in kinds:
            feature = atlas.attributes(kind=near.kind, ref=near.id)[0]
            found.append(_of_feature(feature, near.distance_km))
    return found


def _apeis(
    surroundings: Surroundings, question: Question, atlas: Atlas, known: Sequence[ProtectedArea]
) -> list[ProtectedArea]:
    """Return the nearest APEIs that ``location``, which looks for one within 1,000 km, does not name."""
    told = {area.id for area in known}
    rest = [
        feature
        for feature in atlas.features(kind="isa_apei")
        if feature.is_in_force(question.on) and feature.ref not in told
    ]
    wanted = NEAREST_APEIS - sum(area.kind == "isa_apei" for area in known)
    if not rest or wanted <= 0:
        return []
    rough = surroundings.rough_km([feature.geometry for feature in rest])
    # The projection that ranks is off by a few per cent at 2,000 km; a spare one is measured.
    nearest = [rest[index] for index in np.argsort(rough, kind="stable")[: wanted + 1]]
    measured = [(surroundings.nearest(feature.geometry).distance_km, feature) for feature in nearest]
    measured.sort(key=lambda pair: (pair[0], pair[1].id))
    return [_of_feature(feature, km) for km, feature in measured[:wanted] if km <= APEIS_WITHIN_KM]


def _of_feature(feature: FeatureAttributes, km: float) -> ProtectedArea:
    return _area(
        feature.kind,
        feature.ref,
        spoken_name(feature.name),
        0.0,
        km,
        feature.accuracy_km,
        feature.layer,
        feature.source,
    )


def _area(
    kind: str, id_: str, name: str, share: float, km: float, accuracy_km: float, layer: str, source: str
) -> ProtectedArea:
    known = load_catalogue().get(layer)
    distance = Figure(
        value=km,
        low=max(0.0, km - accuracy_km) if km else None,
        high=km + accuracy_km if km else None,
        unit="km",
        source=(known.source if known else source) or layer,
        vintage=_(known.vintage) if known else _("as the layer has it"),
        basis=_("geodesic from the nearest point of the site; low and high by the accuracy of the layer")
        if km
        else _("it covers some of the site or touches it"),
        confidence="high",
    )
    return ProtectedArea(kind=kind, id=id_, name=_(name), share=share, distance=distance)


def _in_order(areas: Iterable[ProtectedArea]) -> tuple[ProtectedArea, ...]:
    return tuple(sorted(areas, key=lambda area: (-area.share, area.distance.value or 0.0, area.id)))


# --- Findings -----------------------------------------------------------------------------------------------


def _findings(mineral: Mineral) -> tuple[Finding, ...]:
    """Return the findings on one mineral, by topic."""
    rows = [row for row in read_table("environment") if mineral.value in row["minerals"].split()]
    order = get_args(Topic)
    if unknown := [row["topic"] for row in rows if row["topic"] not in order]:
        raise FigureError(f"environment.csv: {unknown[0]!r} is no topic; there are {', '.join(order)}")
    return tuple(_finding(row) for row in sorted(rows, key=lambda row: order.index(row["topic"])))


def _finding(row: Mapping[str, str]) -> Finding:
    return Finding.model_validate(
        {
            "id": row["id"],
            "topic": row["topic"],
            "statement": _(row["statement"]),
            "held_by": _(row["held_by"]),
            "standing": _(row["standing"]),
            "figure": spoken_figure_in(row, _(row["unit"])),
        }
    )


# --- Duties -------------------------------------------------------------------------------------------------


def _duties(
    surroundings: Surroundings, location: Location, question: Question, atlas: Atlas
) -> tuple[AssessmentDuty, ...]:
    """Return the duties that reach any part of the site on the day, those that turn on an unknown marked."""
    book, registers = load_rulebook(), load_registers()
    by_part = find_claims(location, surroundings, question.on, atlas, registers).by_part
    facts = [
        spot_facts(
            part.jurisdiction,
            part.overlays,
            question,
            registers,
            book.instruments,
            [near.claim for near in claims],
        ).facts
        for part, claims in zip(location.parts, by_part, strict=True)
    ]
    found: dict[str, AssessmentDuty] = {}
    for order in dict.fromkeys(rule.partition(".")[0] for rule in DUTY_RULES):
        program = Program(order, question.on, book)
        runs = [program.run(one) for one in facts]
        for rule in program.rules:
            truths = {run.outcomes[rule.id].effective for run in runs}
            if rule.id in DUTY_RULES and truths != {Truth.FALSE}:
                found[rule.id] = AssessmentDuty(
                    text=pick(rule.title),
                    cite=rule.cite,
                    rule=rule.id,
                    order=order,
                    is_open=Truth.TRUE not in truths,
                )
    return tuple(found[rule] for rule in DUTY_RULES if rule in found)


# --- In words -----------------------------------------------------------------------------------------------


def _summary(
    mineral: Mineral, protected: Sequence[ProtectedArea], rate_wet_mt: float | None, disturbed: Figure
) -> str:
    covering = [area for area in protected if area.share > 0]
    said = [
        _("{name} covers {share} of the site.").format(name=area.name, share=f"{area.share:.1%}")
        for area in covering
    ]
    if protected and not covering:
        said.append(
            _("The nearest protected area in the layers is {name}, {km} km away.").format(
                name=protected[0].name, km=f"{protected[0].distance.value:,.0f}"
            )
        )
    if not protected:
        said.append(_("No protected area of the layers lies within 1,000 km of the site."))
    if disturbed.value is not None and rate_wet_mt is not None:
        said.append(
            _("At {rate} wet t a year collectors would pass over some {km2} km² of sea bed a year.").format(
                rate=large(1e6 * rate_wet_mt), km2=f"{disturbed.value:,.0f}"
            )
        )
    if mineral is Mineral.NODULES:
        said.append(_("Small tests show effects that last for decades; how far plumes carry is not agreed."))
    else:
        said.append(_("What mining does here, and for how long, has not been measured."))
    return sentences(said)
