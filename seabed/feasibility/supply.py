"""What the metal of one project would change in supply, and what nodules do not supply.

A year's metal in product against world output, US consumption and US net imports of the latest year tabled
(USGS Mineral Commodity Summaries), China's shares, and how many such projects a given demand would take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field

from seabed.feasibility.cash_flow import METALS
from seabed.feasibility.context import Context, context_on
from seabed.feasibility.derived import bounds_of, derive, value_of
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.figures import read_table, spoken_figure_in
from seabed.feasibility.units import check_number
from seabed.language import N_, _, large, listed

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from seabed.feasibility.resource import Resource

#: The latest year of the tables, an estimate of the USGS.
YEAR = "2025"

_RATE_BASIS = N_("wet; upgraded capacity of one ship, the production rate presumed unless one is given")
_MODEL = N_("the cash-flow model of this assessment")
_OUTPUT, _SHARE = N_("t of metal a year"), "%"
_REE = "rare_earths"


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class MetalSupply(_Model):
    """One metal: tonnes a year, and what share of the world and of US needs they would be."""

    output: Figure = Field(description="metal in product, t a year")
    world_output: Figure = Field(description="of mines, or of refineries where the basis says so")
    share_of_world_output: Figure
    us_consumption: Figure
    share_of_us_consumption: Figure
    us_net_import_reliance: Figure
    us_net_imports: Figure
    share_of_us_net_imports: Figure
    china_mining: Figure
    china_refining: Figure
    reliance_before: dict[str, Figure] = Field(description="by year, and by edition where not the latest")


class DemandTarget(_Model):
    """A published count of ships for a demand, beside what today's demand and this program's figures give."""

    title: str
    published: Figure
    ships_today: Figure = Field(description="ships of the benchmark rate, NORI-D yields, demand of `YEAR`")
    projects_today: Figure = Field(description="projects like this one, demand of `YEAR`")
    reads: str


class NotSupplied(_Model):
    """Rare earths: in the nodules, but in no product."""

    statement: str
    content: Figure
    raised: Figure = Field(description="t a year in the nodules raised, not recovered")
    raised_share_of_world_mine_output: Figure
    world_output: Figure
    us_net_import_reliance: Figure
    china_mining: Figure
    china_refining: Figure
    china_separation: Figure


class Supply(_Model):
    """What one project would change in supply."""

    summary: str
    rate: Figure = Field(description="million wet t a year")
    metals: dict[str, MetalSupply]
    demand: tuple[DemandTarget, ...]
    not_supplied: dict[str, NotSupplied]
    china_refining_of_twenty_minerals: Figure
    context: Context | None = Field(
        default=None, description="export controls, alliances and plans by the day"
    )
    notes: tuple[str, ...]


def supply_of(
    resource: Resource | None,
    *,
    rate_wet_mt: float | None = None,
    metal_tonnes: Mapping[str, float] | None = None,
    on: dt.date | None = None,
) -> Supply:
    """Set a project's yearly metal against supply and demand.

    Parameters
    ----------
    resource
        Grades and moisture of the site's nodules; without them only what does not depend on the site is said.
    rate_wet_mt
        Million wet tonnes of nodules raised a year; by default the published capacity of one ship.
    metal_tonnes
        Metal in product, t a year, if a cash-flow model has worked it out; by default the grades are taken
        with the recoveries that the NORI-D prefeasibility study implies.
    on
        The day whose policy context is told; none without one.

    Raises
    ------
    FigureError
        If a rate or a tonnage is impossible.
    """
    rate = _rate(rate_wet_mt, is_modelled=metal_tonnes is not None)
    if metal_tonnes is None:
        outputs = {metal: _site_output(metal, resource, rate) for metal in METALS}
    else:
        outputs = {metal: _modelled_output(metal, metal_tonnes) for metal in METALS}
    metals = {metal: _metal_supply(metal, output) for metal, output in outputs.items()}
    return Supply(
        summary=_summary(rate, metals),
        rate=rate,
        metals=metals,
        demand=tuple(_demand_target(row, outputs) for row in read_table("demand_targets")),
        not_supplied={_REE: _rare_earths(resource, rate)},
        china_refining_of_twenty_minerals=_china("twenty_minerals", "refining"),
        context=context_on(on) if on else None,
        notes=(
            _(
                "Shares are of today's markets; a project of this size would move prices, which is not "
                "modelled."
            ),
            _("Copper is compared with world refinery output: the table has no world mine output of copper."),
            _("China's mining shares are by place; mines that its companies own elsewhere are not counted."),
            _("Metal in product need not be refined metal: matte and alloy are refined further, elsewhere."),
        ),
    )


# --- What the project yields --------------------------------------------------------------------------------


def _study() -> dict[str, Figure]:
    """Return the published figures of the NORI-D study by id."""
    return {
        row["id"]: spoken_figure_in(row, row["unit"]) for row in read_table("costs") if _is_yield(row["id"])
    }


def _is_yield(identifier: str) -> bool:
    return identifier in {"pfs_rate", "smallest_ship", *(f"{metal}_output" for metal in METALS)}


def _reference_nodules() -> tuple[dict[str, Figure], Figure]:
    """Return grades and moisture of NORI-D, against which the study's yields are scaled."""
    rows = {
        row["quantity"]: spoken_figure_in(row, row["unit"])
        for row in read_table("resource_areas")
        if row["area"] == "nori_d"
    }
    return {metal: rows[metal] for metal in METALS}, rows["moisture"]


def _rate(rate_wet_mt: float | None = None, *, is_modelled: bool = False) -> Figure:
    if rate_wet_mt is None:
        ship = _study()["smallest_ship"]
        value = ship.high if ship.high is not None else ship.value
        return ship.model_copy(
            update={
                "value": value,
                "low": None,
                "high": None,
                "unit": "million wet t/yr",
                "basis": _(_RATE_BASIS),
            }
        )
    check_number(rate_wet_mt, "the production rate in million wet tonnes a year", low=1e-6, high=1e3)
    return Figure(
        value=rate_wet_mt,
        unit="million wet t/yr",
        source=_(_MODEL) if is_modelled else _("given by the user"),
        vintage=_("this run") if is_modelled else _("as given"),
        basis=_("wet; at full rate") if is_modelled else _("wet; an input"),
        confidence="medium",
    )


def _study_output(metal: str, rate: Figure) -> Figure:
    """Return what ``rate`` of NORI-D nodules yields, by the study's output for each wet tonne."""
    output, at = _study()[f"{metal}_output"], _study()["pfs_rate"]
    tonnes = value_of(output) / value_of(at) * value_of(rate)
    basis = _("metal in product; the study's output, scaled by the rate")
    return derive([tonnes], _OUTPUT, basis, output, at)


def _site_output(metal: str, resource: Resource | None, rate: Figure) -> Figure:
    """Scale the study's yield by the metal that a wet tonne of the site's nodules holds."""
    if resource is None or resource.moisture is None or metal not in resource.grades:
        return no_basis(_OUTPUT, _("the site has no basis for grades, so none for the metal a year"))
    grades, water = _reference_nodules()
    grade, moisture = resource.grades[metal], resource.moisture
    base = _study_output(metal, rate)
    of_reference = value_of(grades[metal]) * (1 - value_of(water))
    (share, share_low, share_high), (wet, wet_low, wet_high) = bounds_of(grade), bounds_of(moisture)
    numbers = [
        value_of(base) * of_grade * (1 - of_moisture) / of_reference
        for of_grade, of_moisture in ((share, wet), (share_low, wet_high), (share_high, wet_low))
    ]
    basis = _("metal in product: rate × (1 − moisture) × grade × the recovery that the NORI-D study implies")
    return derive(numbers, _OUTPUT, basis, grade, moisture, base, rate)


def _modelled_output(metal: str, metal_tonnes: Mapping[str, float]) -> Figure:
    tonnes = check_number(metal_tonnes.get(metal, 0.0), f"{metal} in product, t a year", low=0.0)
    return Figure(
        value=tonnes,
        unit=_OUTPUT,
        source=_(_MODEL),
        vintage=_("this run"),
        basis=_("metal in product at the full rate of the case shown"),
        confidence="low",
    )


_STAGES = {"mining": N_("mine"), "refining": N_("refinery")}
_NAMES = {"rare_earths": N_("rare earths"), "twenty_minerals": N_("twenty minerals")}


def _name(metal: str) -> str:
    return _(_NAMES.get(metal, metal))


# --- What the world and the United States use ---------------------------------------------------------------


def _world(metal: str, country: str = "World") -> Figure:
    row = _world_row(metal, country)
    if row is None:
        why = _("no output of {country} is tabled for {metal}").format(country=country, metal=_name(metal))
        return no_basis("t/yr", why)
    figure = spoken_figure_in(row, row["unit"])
    said = _("{stage} output of {year}; {basis}")
    basis = said.format(stage=_(row["stage"]), year=YEAR, basis=figure.basis)
    return figure.model_copy(update={"basis": basis})


def _world_row(metal: str, country: str) -> Mapping[str, str] | None:
    wanted = (metal, country, YEAR)
    rows = read_table("world_supply")
    return next((row for row in rows if (row["metal"], row["country"], row["year"]) == wanted), None)


def _consumption(metal: str, measure: str = "consumption") -> Figure:
    for row in read_table("demand"):
        if (row["metal"], row["measure"], row["year"]) == (metal, measure, YEAR):
            return spoken_figure_in(row, row["unit"])
    return no_basis("t/yr", _("no US consumption is tabled for {metal}").format(metal=_name(metal)))


def _reliance(metal: str) -> tuple[Figure, dict[str, Figure]]:
    """Return US net import reliance of `YEAR`, and that of earlier years and editions by label."""
    before: dict[str, Figure] = {}
    latest = no_basis(
        "% of apparent consumption", _("no import reliance is tabled for {metal}").format(metal=_name(metal))
    )
    newest = max(row["edition"] for row in read_table("import_reliance"))
    for row in read_table("import_reliance"):
        if row["metal"] != metal:
            continue
        figure = spoken_figure_in(row, row["unit"])
        if row["edition"] != newest:
            label = _("{year}, edition of {edition}")
            before[label.format(year=row["year"], edition=row["edition"])] = figure
        elif row["year"] == YEAR:
            latest = figure
        else:
            before[row["year"]] = figure
    return latest, dict(sorted(before.items()))


def _china(metal: str, stage: str) -> Figure:
    """Return China's share in % of a stage: of ``YEAR``'s output where that is tabled, else as published."""
    world, china = _world(metal), _world(metal, "China")
    row = _world_row(metal, "World")
    is_tabled = row is not None and row["stage"] == _STAGES.get(stage)
    if is_tabled and world.value and china.value is not None:
        share = 100 * china.value / world.value
        basis = _("China's {stage} output of {year} over the world's").format(
            stage=_(_STAGES[stage]), year=YEAR
        )
        return derive([share], "% of the world", basis, china, world)
    for row in read_table("china_share"):
        if (row["metal"], row["stage"]) == (metal, stage):
            return spoken_figure_in(row, row["unit"])
    return no_basis(
        "% of the world",
        _("no figure for China's share of {metal} {stage} is tabled").format(
            metal=_name(metal), stage=_(stage)
        ),
    )


def _metal_supply(metal: str, output: Figure) -> MetalSupply:
    world, consumption = _world(metal), _consumption(metal)
    reliance, before = _reliance(metal)
    imports = _net_imports(consumption, reliance)
    return MetalSupply(
        output=output,
        world_output=world,
        share_of_world_output=_share(output, world, _("world output")),
        us_consumption=consumption,
        share_of_us_consumption=_share(output, consumption, _("US apparent consumption")),
        us_net_import_reliance=reliance,
        us_net_imports=imports,
        share_of_us_net_imports=_share(output, imports, _("US net imports")),
        china_mining=_china(metal, "mining"),
        china_refining=_china(metal, "refining"),
        reliance_before=before,
    )


def _net_imports(consumption: Figure, reliance: Figure) -> Figure:
    if consumption.value is None or reliance.value is None:
        return no_basis("t/yr", _("consumption or import reliance is not tabled"))
    tonnes = consumption.value * reliance.value / 100
    basis = _("apparent consumption × net import reliance")
    return derive([tonnes], "t/yr", basis, consumption, reliance)


def _share(part: Figure, whole: Figure, of: str) -> Figure:
    """Return ``part`` in % of ``whole``, with the bounds of ``part``."""
    if part.value is None or not whole.value:
        return no_basis(_SHARE, _("the output of the project or {whole} has no basis").format(whole=of))
    shares = [100 * number / whole.value for number in bounds_of(part)]
    return derive(shares, _SHARE, _("of {whole} in {year}").format(whole=of, year=YEAR), part, whole)


# --- How many of them ---------------------------------------------------------------------------------------


def _demand_target(row: Mapping[str, str], outputs: Mapping[str, Figure]) -> DemandTarget:
    published = spoken_figure_in(row, row["unit"])
    metals = row["metals"].split()
    ship = _rate()
    yields = {metal: _study_output(metal, ship) for metal in metals}
    ships = _count(row, {metal: yields[metal] for metal in metals}, "ships")
    ships = ships.model_copy(
        update={
            "basis": _("{rate} million wet t a ship, NORI-D yields; {basis}").format(
                rate=f"{value_of(ship):g}", basis=ships.basis
            )
        }
    )
    return DemandTarget(
        title=_(row["title"]),
        published=published,
        ships_today=ships,
        projects_today=_count(row, {metal: outputs[metal] for metal in metals}, "projects like this"),
        reads=_contrast(ships, published),
    )


def _count(row: Mapping[str, str], outputs: Mapping[str, Figure], unit: str) -> Figure:
    """Return how many times the outputs a target takes: of the metal that takes most, if it names several."""
    counts = []
    for metal, output in outputs.items():
        measure = row["measure"].removeprefix("us_")
        whole = _world(metal) if measure == "world_output" else _consumption(metal, measure)
        if not output.value or whole.value is None:
            return no_basis(
                unit, _("the project has no basis for {metal} a year, or yields none").format(metal=_(metal))
            )
        target = float(row["share"]) * whole.value
        value, low, high = bounds_of(output)
        numbers = [target / value, target / high, target / (low or value)]
        basis = _("{share} × {whole}: {tonnes} t of {metal}").format(
            share=row["share"], whole=whole.basis, tonnes=f"{target:,.0f}", metal=_(metal)
        )
        counts.append(derive(numbers, unit, basis, output, whole))
    return max(counts, key=value_of)


def _contrast(ships: Figure, published: Figure) -> str:
    count = value_of(ships)
    if published.low is None or published.high is None:
        return _("For the demand of {year} some {count} ships would do; no count is published.").format(
            year=YEAR, count=f"{count:.1f}"
        )
    if count > published.high:
        said = _(
            "For the demand of {year} some {count} ships would do, above the published {low} to {high}, "
            "which are for 2040."
        )
    elif count < published.low:
        said = _(
            "For the demand of {year} some {count} ships would do, below the published {low} to {high}, "
            "which are for 2040."
        )
    else:
        said = _(
            "For the demand of {year} some {count} ships would do, inside the published {low} to {high}, "
            "which are for 2040."
        )
    return said.format(year=YEAR, count=f"{count:.1f}", low=f"{published.low:g}", high=f"{published.high:g}")


# --- What nodules do not supply -----------------------------------------------------------------------------


def _rare_earths(resource: Resource | None, rate: Figure) -> NotSupplied:
    parts = resource.parts if resource else ()
    places = {part.id for part in parts if part.id != "none"}
    deposit = "cook_islands" if places == {"cook_islands"} else "ccz" if places else "anywhere"
    content = next(
        spoken_figure_in(row, row["unit"]) for row in read_table("ree_content") if row["deposit"] == deposit
    )
    moisture = resource.moisture if resource and resource.moisture else _reference_nodules()[1]
    dry = 1e6 * value_of(rate) * (1 - value_of(moisture))
    raised = derive(
        [dry * number / 100 for number in bounds_of(content)],
        N_("t of rare earths a year"),
        _("in the nodules raised; not recovered and not paid for"),
        content,
        moisture,
        rate,
    )
    world = _world(_REE)
    return NotSupplied(
        statement=_(
            "Nodules hold rare earths by some hundred to two thousand parts per million, and no published "
            "project recovers them: the NORI-D study sells nickel, cobalt, copper and manganese."
        ),
        content=content,
        raised=raised,
        raised_share_of_world_mine_output=_share(raised, world, _("world mine output of rare earths")),
        world_output=world,
        us_net_import_reliance=_reliance(_REE)[0],
        china_mining=_china(_REE, "mining"),
        china_refining=_china(_REE, "refining"),
        china_separation=_china(_REE, "separation"),
    )


def _summary(rate: Figure, metals: Mapping[str, MetalSupply]) -> str:
    shares = {metal: one.share_of_world_output.value for metal, one in metals.items()}
    if any(share is None for share in shares.values()):
        return _("There is no basis for the metal a year of this site, and so for its share of any market.")
    said = listed(
        _("{metal} {share} %").format(metal=_(metal), share=f"{share:.2g}") for metal, share in shares.items()
    )
    return _("At {rate} wet tonnes a year, of world output in {year}: {shares}. No rare earths.").format(
        rate=large(1e6 * value_of(rate)), year=YEAR, shares=said
    )
