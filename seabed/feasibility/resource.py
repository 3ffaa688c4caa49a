"""What lies on the sea floor: nodule abundance, grades and tonnage in place, with a range.

The published resource of the contract area that the site lies in, else the average of its region, else no
basis. Abundance is wet, grades are of dry mass, and moisture stands between them:

    metal = area × abundance × (1 − moisture) × grade

Sulphides and crusts get the scale that the ISA's regulations set, and no tonnage.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field

from seabed.errors import FigureError
from seabed.feasibility.cash_flow import METALS
from seabed.feasibility.derived import bounds_of, derive, value_of
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.figures import read_table, spoken_figure_in
from seabed.feasibility.units import DryTonnes, WetTonnes, check_moisture, check_number
from seabed.geodesy import area_km2
from seabed.language import N_, _, large, list_of
from seabed.question import Mineral

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas
    from seabed.contract import Zone

Method = Literal[
    "published resource", "published samples", "regional average", "mixed", "regulation scale", "no basis"
]

_METHODS: dict[Method, str] = {
    "published resource": N_("published resource"),
    "published samples": N_("published samples"),
    "regional average": N_("regional average"),
}

_ABUNDANCE, _GRADE, _WET, _DRY, _METAL = (
    N_("kg/m2 wet"),
    "% of dry mass",
    "million wet t",
    N_("million dry t"),
    N_("t of metal"),
)

# Rows of resource_areas.csv by the features of the atlas that they are about.
_AREA_OF = {
    "isa:NORI-D": "nori_d",
    **dict.fromkeys(("isa:NORI-A", "isa:NORI-B", "isa:NORI-C"), "nori_abc"),
    **{f"isa:TOML-{block}": "toml" for block in "ABCDEF"},
    "isa:IOM-1": "iom_b1",
    "isa:IOM-2": "iom_b2",
    **dict.fromkeys(("isa:BGR-East", "isa:BGR-West"), "bgr"),
    "zone:COK:continental_shelf": "cook_islands",
}
_REGION, _DEFAULTS = "ccz", "anywhere"
# The average of a whole region, as published; no resource statement of a contract area.
_REGIONAL = {_REGION, "cook_islands"}

# A site that covers less of a published area than this is a part of it, and may differ from its average.
_WHOLE = 0.5

# Neighbouring areas overlap by errors of drawing; a share of the site this small is one.
_SLIVER = 1e-3

_OPEN_WHOLE = N_(
    "where in the area the nodules lie is not published, nor which ground was left out as too steep, too "
    "poor or not sampled"
)
_OPEN_PART = N_("the site is a part of it, so its own abundance may be anywhere in the wider range")


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ResourcePart(_Model):
    """One part of the site with one basis; ``share`` and ``area_km2`` are of the site, as located."""

    id: str = Field(description="row group of resource_areas.csv, or 'none'")
    name: str
    method: Method
    share: float
    area_km2: float
    abundance: Figure
    published_total: Figure | None = Field(
        default=None, description="what the source states for the whole of its area"
    )
    published_abundance: Figure | None = Field(
        default=None, description="what the source states for the ground that it counts as resource"
    )
    left_open: str = Field(default="", description="what the published inputs do not say")


class Resource(_Model):
    """What lies on the sea floor of a site.

    ``nodules_wet`` in million wet tonnes, ``nodules_dry`` in million dry tonnes, ``metals`` in tonnes of
    metal in place, ``abundance`` in kg/m2 wet, ``grades`` in % of dry mass, ``moisture`` a fraction of wet
    mass. Totals are of the parts of the site that have a basis; ``notes`` say what is left out.
    """

    mineral: str
    method: Method
    summary: str
    abundance: Figure | None = None
    moisture: Figure | None = None
    grades: dict[str, Figure] = Field(default_factory=dict)
    nodules_wet: Figure | None = None
    nodules_dry: Figure | None = None
    metals: dict[str, Figure] = Field(default_factory=dict)
    parts: tuple[ResourcePart, ...] = ()
    regulation: dict[str, Figure] = Field(default_factory=dict)
    notes: tuple[str, ...] = ()


def resource_of(
    shape: BaseGeometry,
    zones: Sequence[Zone],
    atlas: Atlas,
    *,
    site_km2: float,
    mineral: Mineral | None = None,
    moisture: float | None = None,
) -> Resource:
    """Estimate the resource of a site.

    Parameters
    ----------
    shape
        The site, lon/lat degrees; asked only where it lies in several areas under one contract.
    zones
        The zones that `seabed.atlas.locate` found, with shares.
    atlas
        The layers that the zones come from.
    site_km2
        Area of the site on the ellipsoid; 0 for points, which get abundance and grades but no tonnage.
    mineral
        ``None`` is presumed to be nodules.
    moisture
        Overrides the tabled one: a fraction of wet mass in [0, 1).

    Raises
    ------
    FigureError
        If the area or the moisture is impossible.
    """
    if mineral in {Mineral.SULPHIDES, Mineral.CRUSTS}:
        return _regulation_scale(mineral)
    presumed = [_("No mineral was asked about; nodules are presumed.")] if mineral is None else []
    return estimate(_shares(shape, zones, atlas), site_km2=site_km2, moisture=moisture, notes=presumed)


def estimate(
    shares: Mapping[str, float],
    *,
    site_km2: float,
    moisture: float | None = None,
    notes: Iterable[str] = (),
) -> Resource:
    """Estimate the nodules on a site from the shares of it in each area of ``resource_areas.csv``.

    Parameters
    ----------
    shares
        By area id: the fraction of the site in it. They add up to at most 1; the rest has no basis.
    site_km2
        Area of the site; 0 for points.
    moisture
        Overrides the tabled one: a fraction of wet mass in [0, 1).
    notes
        Put before the estimate's own.

    Raises
    ------
    FigureError
        If an area, a share or the moisture is impossible.
    """
    check_number(site_km2, "the area of the site in km²", low=0.0)
    for area, share in shares.items():
        if area not in _areas() or area == _DEFAULTS:
            raise FigureError(f"there is no resource area {area!r}; known: {', '.join(_areas())}")
        check_number(share, f"the share of the site in {area}", low=0.0, high=1.0)
    check_number(sum(shares.values()), "the sum of the shares of a site", high=1.0 + 1e-6)
    pieces = [_piece(area, share, site_km2, moisture) for area, share in shares.items() if share > 0]
    without = max(0.0, 1.0 - sum(shares.values()))
    parts = [piece.part for piece in pieces]
    if without > 1e-6:
        parts.append(_part_without_basis(without, site_km2))
    if not pieces:
        return _nothing_known_of(parts, notes)
    weights = [piece.part.share for piece in pieces]
    abundance = _average(
        _ABUNDANCE,
        [piece.part.abundance for piece in pieces],
        weights,
        _("wet; average of the parts by their area"),
    )
    wet_weights = [
        weight * value_of(piece.part.abundance) for weight, piece in zip(weights, pieces, strict=True)
    ]
    water = _average(
        "fraction of wet mass",
        [piece.moisture for piece in pieces],
        wet_weights,
        _("of wet mass; average of the parts by mass"),
    )
    dry_weights = [
        weight * (1.0 - value_of(piece.moisture)) for weight, piece in zip(wet_weights, pieces, strict=True)
    ]
    grades = {
        metal: _average(
            _GRADE,
            [piece.grades[metal] for piece in pieces],
            dry_weights,
            _("dry; average of the parts by mass"),
        )
        for metal in METALS
    }
    wet_mt, dry_mt, metals = _tonnages(site_km2 * sum(weights), abundance, water, grades)
    methods = {piece.part.method for piece in pieces}
    found = methods.pop() if len(methods) == 1 else "mixed"
    return Resource(
        mineral=Mineral.NODULES.value,
        method=found,
        summary=_summary(found, pieces, abundance, wet_mt, site_km2),
        abundance=abundance,
        moisture=water,
        grades=grades,
        nodules_wet=wet_mt,
        nodules_dry=dry_mt,
        metals=metals,
        parts=tuple(parts),
        notes=(*notes, *_notes(site_km2, without)),
    )


# --- Which area the site lies in ----------------------------------------------------------------------------


def _shares(shape: BaseGeometry, zones: Sequence[Zone], atlas: Atlas) -> dict[str, float]:
    """Return the share of the site in each area of the table; contract areas go before the region."""
    shares: dict[str, float] = {}
    in_region = next((zone.share for zone in zones if zone.kind == "ccz"), 0.0)
    for zone in zones:
        known = [feature for feature in zone.features if feature in _AREA_OF]
        areas = {_AREA_OF[feature] for feature in known}
        if len(areas) == 1 and len(known) == len(zone.features):
            (area,) = areas
            shares[area] = shares.get(area, 0.0) + zone.share
            continue
        for feature in known:
            area = _AREA_OF[feature]
            share = min(zone.share, _share_in(shape, atlas.feature(feature).geometry))
            shares[area] = shares.get(area, 0.0) + share
    shares = {area: share for area, share in shares.items() if share > _SLIVER}
    total = sum(shares.values())
    if total > 1.0 - _SLIVER:
        return {area: share / total for area, share in shares.items()}
    in_contracts = sum(share for area, share in shares.items() if area not in _REGIONAL)
    rest = min(in_region - in_contracts, 1.0 - total)
    return shares | ({_REGION: rest} if rest > _SLIVER else {})


def _share_in(shape: BaseGeometry, area: BaseGeometry) -> float:
    total = area_km2(shape)
    if total > 0:
        return area_km2(shapely.intersection(shape, area)) / total
    points = shapely.get_parts(shape)
    return float(shapely.intersects(points, area).mean())


# --- One part -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Piece:
    part: ResourcePart
    grades: Mapping[str, Figure]
    moisture: Figure


@cache
def _areas() -> dict[str, dict[str, Mapping[str, str]]]:
    """Return the rows of the table by area and quantity."""
    areas: dict[str, dict[str, Mapping[str, str]]] = {}
    for row in read_table("resource_areas"):
        areas.setdefault(row["area"], {})[row["quantity"]] = row
    return areas


def _figures_of(area: str) -> dict[str, Figure]:
    return {quantity: spoken_figure_in(row, row["unit"]) for quantity, row in _areas()[area].items()}


def _title(area: str) -> str:
    return _(next(iter(_areas()[area].values()))["title"])


def _piece(area: str, share: float, site_km2: float, moisture: float | None) -> _Piece:
    rows, region, defaults = _figures_of(area), _figures_of(_REGION), _figures_of(_DEFAULTS)
    grades = {metal: rows.get(metal, region[metal]) for metal in METALS}
    water = rows.get("moisture", defaults["moisture"]) if moisture is None else _given_moisture(moisture)
    covered = share * site_km2
    if "tonnage" not in rows:
        abundance, left_open = rows["abundance"], ""
    else:
        is_part = covered < _WHOLE * value_of(rows["area"])
        abundance = _mean_abundance(rows, is_part=is_part)
        left_open = _(_OPEN_PART) if is_part else _left_open(rows, abundance)
    part = ResourcePart(
        id=area,
        name=_title(area),
        method=_method(area),
        share=share,
        area_km2=covered,
        abundance=abundance.model_copy(update={"unit": _ABUNDANCE}),
        published_total=rows.get("tonnage"),
        published_abundance=rows.get("abundance_in_resource"),
        left_open=left_open,
    )
    return _Piece(part, grades, water)


def _method(area: str) -> Method:
    if area in _REGIONAL:
        return "regional average"
    return "published resource" if "tonnage" in _areas()[area] else "published samples"


def _mean_abundance(rows: Mapping[str, Figure], *, is_part: bool) -> Figure:
    """Spread the published tonnage over the whole contract area, whose nodule-free ground it leaves out.

    High is the abundance of the ground that counts as resource, as if all of the area were such.
    """
    tonnage, area, inside = rows["tonnage"], value_of(rows["area"]), rows["abundance_in_resource"]
    mean, least, most = (1e3 * number / area for number in bounds_of(tonnage))
    most = max(most, value_of(inside))
    basis = _(
        "wet; published tonnage over published area; high: all ground as rich as what counts as resource"
    )
    inputs = [tonnage, rows["area"], inside]
    if is_part:
        spread = _figures_of(_DEFAULTS)["local_spread"]
        factor_low, factor_high = bounds_of(spread)[1:]
        least, most = least * factor_low, most * factor_high
        basis += _("; widened by the spread of samples, as the site is a part of the area")
        inputs.append(spread)
    return derive((mean, least, most), _ABUNDANCE, basis, *inputs)


def _left_open(rows: Mapping[str, Figure], abundance: Figure) -> str:
    inside = value_of(rows["abundance_in_resource"])
    without = 1.0 - min(1.0, value_of(abundance) / inside)
    return _(
        "at the {stated} kg/m² stated for resource ground, the published tonnage fills all but some {rest} "
        "of the area: {open}"
    ).format(stated=f"{inside:g}", rest=f"{without:.0%}", open=_(_OPEN_WHOLE))


def _part_without_basis(share: float, site_km2: float) -> ResourcePart:
    why = _("no published resource or regional average of nodules covers this part of the site")
    return ResourcePart(
        id="none",
        name=_("the rest of the site"),
        method="no basis",
        share=share,
        area_km2=share * site_km2,
        abundance=no_basis(_ABUNDANCE, why),
    )


def _given_moisture(moisture: float) -> Figure:
    check_moisture(moisture)
    return Figure(
        value=moisture,
        unit="fraction of wet mass",
        source=_("given by the user"),
        vintage=_("as given"),
        basis=_("of wet mass; no range was given"),
        confidence="medium",
    )


# --- The whole site -----------------------------------------------------------------------------------------


def _tonnages(
    covered_km2: float, abundance: Figure, moisture: Figure, grades: Mapping[str, Figure]
) -> tuple[Figure, Figure, dict[str, Figure]]:
    """Return wet and dry million tonnes and tonnes of each metal; low and high take every input there."""
    # kg/m2 times km2 is a thousand tonnes.
    wet = [WetTonnes(1e3 * covered_km2 * number) for number in bounds_of(abundance)]
    water, least_water, most_water = bounds_of(moisture)
    dry = [tonnes.dry(part) for tonnes, part in zip(wet, (water, most_water, least_water), strict=True)]
    wet_mt = derive([t.value / 1e6 for t in wet], _WET, _("wet, in place"), abundance)
    in_dry = _("dry, in place; low and high take every input at its low or high")
    dry_mt = derive([t.value / 1e6 for t in dry], _DRY, in_dry, abundance, moisture)
    return wet_mt, dry_mt, {metal: _metal(dry, grade, abundance, moisture) for metal, grade in grades.items()}


def _metal(dry: Sequence[DryTonnes], grade: Figure, abundance: Figure, moisture: Figure) -> Figure:
    numbers = [tonnes.metal(number / 100) for tonnes, number in zip(dry, bounds_of(grade), strict=True)]
    basis = _(
        "in place, not recoverable; wet tonnes × (1 − moisture) × grade; low and high take every input there"
    )
    return derive(numbers, _METAL, basis, abundance, moisture, grade)


def _nothing_known_of(parts: Sequence[ResourcePart], notes: Iterable[str]) -> Resource:
    why = _("no published resource or regional average of nodules covers the site")
    return Resource(
        mineral=Mineral.NODULES.value,
        method="no basis",
        summary=_("There is no basis for an estimate: {why}.").format(why=why),
        abundance=no_basis(_ABUNDANCE, why),
        grades={metal: no_basis(_GRADE, why) for metal in METALS},
        nodules_wet=no_basis(_WET, why),
        nodules_dry=no_basis(_DRY, why),
        metals={metal: no_basis(_METAL, why) for metal in METALS},
        parts=tuple(parts),
        notes=tuple(notes),
    )


def _summary(
    method: Method, pieces: Sequence[_Piece], abundance: Figure, wet_mt: Figure, site_km2: float
) -> str:
    value, low, high = (f"{number:.1f}" for number in bounds_of(abundance))
    names = list_of(dict.fromkeys(piece.part.name for piece in pieces))
    tonnes, least, most = (large(1e6 * number) for number in bounds_of(wet_mt))
    said = [
        _("{value} kg/m² wet ({low} to {high}), from {names}").format(
            value=value, low=low, high=high, names=names
        )
        if method == "mixed"
        else _("{value} kg/m² wet ({low} to {high}), {method} of {names}").format(
            value=value, low=low, high=high, method=_(_METHODS[method]), names=names
        )
    ]
    if site_km2:
        in_place = _("{tonnes} wet tonnes in place ({low} to {high})")
        said.append(in_place.format(tonnes=tonnes, low=least, high=most))
    return _("{said}.").format(said=_(": ").join(said))


def _notes(site_km2: float, without: float) -> Iterable[str]:
    yield _(
        "In place is not recoverable: what a collector leaves and what a mine plan avoids are still in it."
    )
    if without > 1e-6:
        yield _("{share} of the site has no basis and is in no total.").format(share=f"{without:.1%}")
    if not site_km2:
        yield _("The site is a set of points: it has abundance and grades, but no area and so no tonnage.")


def _regulation_scale(mineral: Mineral) -> Resource:
    rows = [row for row in read_table("regulation_scale") if row["mineral"] == mineral.value]
    return Resource(
        mineral=mineral.value,
        method="regulation scale",
        summary=_(
            "For {mineral} only the scale that the ISA's regulations set is given: no abundance, grade or "
            "tonnage of this site is estimated."
        ).format(mineral=_(mineral.value)),
        regulation={row["quantity"]: spoken_figure_in(row, row["unit"]) for row in rows},
        notes=(
            _(
                "Deposits are of the size of hectares and known one by one; a regional average has no "
                "meaning."
            ),
        ),
    )


def _average(unit: str, figures: Sequence[Figure], weights: Sequence[float], basis: str) -> Figure:
    """Return the weighted average, bound by bound; a single figure comes back as it is."""
    if len(figures) == 1:
        return figures[0]
    total = sum(weights)
    columns = zip(*(bounds_of(figure) for figure in figures), strict=True)
    numbers = [
        sum(number * weight for number, weight in zip(column, weights, strict=True)) / total
        for column in columns
    ]
    return derive(numbers, unit, basis, *figures)
