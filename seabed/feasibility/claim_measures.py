"""The measures against which claims are held: each a small function that says what is found, and where.

A measure that turns on the day takes ``on``, one that says how far registers or searches reach ``as_of``;
`take` gives both. The other arguments stand with the claim in ``figures/claims.yaml``.
"""

from __future__ import annotations

import datetime as dt
import inspect
import math
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from seabed.atlas.store import Atlas
from seabed.errors import FigureError
from seabed.feasibility.context import policy_events
from seabed.feasibility.depth import grid_figure
from seabed.feasibility.depth_grid import depth_at
from seabed.feasibility.derived import derive, value_of
from seabed.feasibility.figure import Confidence, Figure
from seabed.feasibility.figures import figure_in, read_table
from seabed.feasibility.supply import YEAR, supply_of
from seabed.law.logic import Truth
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from seabed.feasibility.context import PolicyEvent
    from seabed.law.rules import Rule

#: A year, a month or a day, as 2025, 2025-04 or 2025-04-24.
DAY = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")


@dataclass(frozen=True, kw_only=True)
class Finding:
    """What a measure finds: a figure, days or names, none of them where there is nothing; and its source."""

    source: str
    vintage: str
    confidence: Confidence
    figure: Figure | None = None
    dates: tuple[str, ...] = ()
    names: tuple[str, ...] | None = None
    year: str | None = None
    known: dt.date | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found."""
        return self.figure is None and not self.dates and self.names is None

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest number found; without a figure there is none, and the pair is empty."""
        if self.figure is None:
            return math.inf, -math.inf
        ends = [n for n in (self.figure.low, self.figure.value, self.figure.high) if n is not None]
        return min(ends), max(ends)

    @property
    def known_from(self) -> dt.date:
        """The earliest day on which it could be known."""
        if self.known:
            return self.known
        found = DAY.search(self.dates[0] if self.dates else self.vintage)
        return _first_day(found[0]) if found else dt.date.max


def _first_day(text: str) -> dt.date:
    year, month, day = (*map(int, text.split("-")), 1, 1)[:3]
    return dt.date(year, month, day)


def _of_figure(figure: Figure, year: str | None = None, known: dt.date | None = None) -> Finding:
    return Finding(
        figure=figure,
        year=year,
        known=known,
        source=figure.source,
        vintage=figure.vintage,
        confidence=figure.confidence,
    )


def _row(table: str, **cells: str) -> Mapping[str, str]:
    for row in read_table(table):
        if all(row[column] == cell for column, cell in cells.items()):
            return row
    raise FigureError(f"{table}.csv has no row with {cells}")


def _import_reliance(metal: str, year: str, edition: str | None = None) -> Finding:
    """Return US net import reliance by an edition, by default the newest; % of apparent consumption."""
    newest = max(row["edition"] for row in read_table("import_reliance"))
    row = _row("import_reliance", metal=metal, year=year, edition=edition or newest)
    return _of_figure(figure_in(row, row["unit"]), year)


def _output(metal: str, country: str, year: str) -> Finding:
    """Return mine or refinery output, t a year."""
    row = _row("world_supply", metal=metal, country=country, year=year)
    return _of_figure(figure_in(row, row["unit"]), year)


def _reliance_on(
    metal: str, year: str, share: float, source: str, vintage: str, edition: str | None = None
) -> Finding:
    """Return imports from a country that has ``share`` % of them, % of apparent consumption."""
    reliance = _figure(_import_reliance(metal, year, edition))
    imports = Figure(
        value=share, unit="% of imports", source=source, vintage=vintage, basis="", confidence="medium"
    )
    basis = f"net import reliance of {value_of(reliance):g} % × {share:g} % of imports"
    return _of_figure(
        derive([value_of(reliance) * share / 100], reliance.unit, basis, reliance, imports), year
    )


def _share_of_output(metal: str, country: str, year: str) -> Finding:
    """Return a country's share of world mine or refinery output, %."""
    part, whole = (_figure(_output(metal, place, year)) for place in (country, "World"))
    basis = f"{country} over the world, {part.basis}"
    share = 100 * value_of(part) / value_of(whole)
    return _of_figure(derive([share], "% of the world", basis, part, whole), year)


def _figure(finding: Finding) -> Figure:
    if finding.figure is None:
        raise FigureError(f"there is no figure of {finding.source}")
    return finding.figure


def _china_share(metal: str, stage: str) -> Finding:
    """Return China's share of a stage as published, %."""
    row = _row("china_share", metal=metal, stage=stage)
    return _of_figure(figure_in(row, row["unit"]), row["vintage"])


def _ships(target: str) -> Finding:
    """Return the ships of the benchmark rate for a demand of the latest year tabled."""
    ids = [row["id"] for row in read_table("demand_targets")]
    if target not in ids:
        raise FigureError(f"demand_targets.csv has no target {target!r}; there are {', '.join(ids)}")
    return _of_figure(supply_of(None).demand[ids.index(target)].ships_today, YEAR)


def _in_place(dry_mt: float, source: str, vintage: str) -> Figure:
    return Figure(
        value=dry_mt,
        unit="million t",
        source=source,
        vintage=vintage,
        basis="dry, in place",
        confidence="medium",
    )


def _grade(metal: str) -> Figure:
    row = _row("resource_areas", area="ccz", quantity=metal)
    return figure_in(row, row["unit"])


def _value_in_place(dry_mt: float, decks: list[str], source: str, vintage: str) -> Finding:
    """Return the gross value of metal in the CCZ's nodules by price deck, the last today's; trillion USD."""
    tonnage = _in_place(dry_mt, source, vintage)
    totals: list[float] = []
    prices: list[Figure] = []
    for deck in decks:
        rows = [row for row in read_table("prices") if row["deck"] == deck]
        prices += [figure_in(row, row["unit"]) for row in rows]
        worth = sum(value_of(_grade(row["metal"])) / 100 * float(row["value"]) for row in rows)
        totals.append(dry_mt * 1e6 * worth / 1e12)
    basis = f"gross value of metal in place, at the prices of {', '.join(decks)}; in dollars of each"
    return _of_figure(derive([totals[-1], min(totals), max(totals)], "trillion USD", basis, tonnage, *prices))


def _nodules_holding(cobalt_mt: float, source: str, vintage: str) -> Finding:
    """Return the dry nodules, billion t, that hold so many million t of cobalt at the grades of the CCZ."""
    grade = _grade("cobalt")
    numbers = [cobalt_mt / 1e3 * 100 / part for part in (grade.value, grade.high, grade.low) if part]
    basis = "cobalt over its grade in the CCZ; in place in all oceans, not a resource"
    return _of_figure(
        derive(numbers, "billion t", basis, _in_place(cobalt_mt, source, vintage), grade), vintage
    )


def _more_than_on_land(
    dry_mt: float, source: str, vintage: str, land_mt: dict[str, float], land_source: str
) -> Finding:
    """Return the metals of which the nodules of the CCZ hold more than land reserves do."""
    more = tuple(
        metal for metal, reserves in land_mt.items() if dry_mt * value_of(_grade(metal)) / 100 > reserves
    )
    return Finding(names=more, source=f"{source}; {land_source}", vintage=vintage, confidence="medium")


def _products() -> Finding:
    """Return the metals that the NORI-D prefeasibility study sells."""
    rows = [row for row in read_table("costs") if row["id"].endswith("_output")]
    names = tuple(row["id"].removesuffix("_output") for row in rows)
    return Finding(
        names=names,
        source=rows[0]["source"],
        vintage=rows[0]["vintage"],
        confidence="medium",
    )


def _deepest_test(level: str, mineral: str, state: str | None = None) -> Finding:
    """Return the greatest depth, m, of a test of a level (crawler, collector, lift) on a mineral."""
    tests = [
        row
        for row in read_table("technology_tests")
        if level in row["levels"].split()
        and row["minerals"] == mineral
        and state in {None, row["state"]}
        and row["depth"]
    ]
    best = max(tests, key=lambda row: (float(row["depth"]), -_first_day(_year_of(row)).toordinal()))
    figure = figure_in(best, "m", value="depth", low="depth_low", high="depth_high")
    title = f"{best['system']} ({best['state']}), {best['year']}; {figure.basis}"
    return _of_figure(
        figure.model_copy(update={"basis": title}), best["year"], known=_first_day(_year_of(best))
    )


def _year_of(row: Mapping[str, str]) -> str:
    found = DAY.search(row["year"])
    if found is None:
        raise FigureError(f"the year of a test is missing: {dict(row)}")
    return found[0]


@cache
def _nodule_contract_depths(step_deg: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return depths, m, and weights by area of points over the ISA's contract areas for nodules."""
    contracts = load_registers().contracts
    depths, weights = [], []
    with Atlas.open(bundled_only=True) as atlas:
        for feature in atlas.features(kind="isa_contract"):
            contract = contracts.get(feature.ref or "")
            if contract is None or contract.mineral != "nodules":
                continue
            west, south, east, north = feature.geometry.bounds
            lon, lat = np.meshgrid(
                np.arange(west + step_deg / 2, east, step_deg),
                np.arange(south + step_deg / 2, north, step_deg),
            )
            shapely.prepare(feature.geometry)
            is_inside = shapely.contains_xy(feature.geometry, lon, lat)
            depths.append(depth_at(lon[is_inside], lat[is_inside]))
            weights.append(np.cos(np.radians(lat[is_inside])))
    return np.concatenate(depths), np.concatenate(weights)


def _nodule_areas_deeper(than_m: float, step_deg: float) -> Finding:
    """Return the share, %, of the ISA's areas for nodules that is deeper; points ``step_deg`` apart."""
    depths, weights = _nodule_contract_depths(step_deg)
    share = 100 * float(weights[depths > than_m].sum() / weights.sum())
    basis = f"of {len(depths):,} points on the ISA's contract areas for nodules, deeper than {than_m:,.0f} m"
    return _of_figure(derive([share], "% of the area", basis, grid_figure()))


# --- Registers and rules ------------------------------------------------------------------------------------


def _register(name: str, as_of: dt.date, **found: Any) -> Finding:  # noqa: ANN401 - fields of `Finding`
    return Finding(
        source=f"seabed, rules/registers/{name}.yaml", vintage=as_of.isoformat(), confidence="high", **found
    )


def _count(
    name: str, as_of: dt.date, value: float, unit: str, basis: str, high: float | None = None
) -> Figure:
    """Return a number counted in a register; ``high`` is what it is at most, where that is not the same."""
    return Figure(
        value=value,
        high=high if high != value else None,
        unit=unit,
        source=f"seabed, rules/registers/{name}.yaml",
        vintage=as_of.isoformat(),
        basis=basis,
        confidence="high",
    )


def _contracts(
    on: dt.date,
    as_of: dt.date,
    sponsor: str | None = None,
    mineral: str | None = None,
    region: str | None = None,
) -> Finding:
    """Count the ISA's contracts in force on the day; the range takes in those of which it is not known."""
    registers = load_registers()
    standing = [
        registers.contract_status(ref, on).stands
        for ref, contract in registers.contracts.items()
        if (sponsor is None or sponsor in contract.sponsors)
        and mineral in {None, contract.mineral}
        and (region is None or region in (getattr(contract, "region", None) or ""))
    ]
    known, unknown = standing.count(Truth.TRUE), standing.count(Truth.UNKNOWN)
    basis = f"{known} in force on {on}, of {unknown} it is not known"
    figure = _count("isa_contracts", as_of, known, "contracts", basis, known + unknown)
    return _register("isa_contracts", as_of, figure=figure, year=on.isoformat())


def _contract_area(on: dt.date, as_of: dt.date) -> Finding:
    """Add up the areas, km2, of the contracts that are not known to be over, after relinquishments."""
    registers = load_registers()
    areas = [
        getattr(contract, "area_layer_km2", None) or 0.0
        for ref, contract in registers.contracts.items()
        if registers.contract_status(ref, on).stands is not Truth.FALSE
    ]
    basis = f"sum over {len(areas)} contracts of the areas on the ISA's web layers"
    figure = _count("isa_contracts", as_of, sum(areas), "km2", basis)
    return _register("isa_contracts", as_of, figure=figure, year=on.isoformat())


def _contract_minerals(as_of: dt.date) -> Finding:
    """Return the minerals for which the ISA has contracts."""
    minerals = tuple(dict.fromkeys(contract.mineral for contract in load_registers().contracts.values()))
    return _register("isa_contracts", as_of, names=minerals)


def _parties(on: dt.date, as_of: dt.date) -> Finding:
    """Count the parties to UNCLOS, who are the members of the ISA (art. 156(2))."""
    standing = [state.unclos.binds(on) for state in load_registers().states.values()]
    known, unknown = standing.count(Truth.TRUE), standing.count(Truth.UNKNOWN)
    figure = _count("unclos_parties", as_of, known, "members", "parties to UNCLOS", known + unknown)
    return _register("unclos_parties", as_of, figure=figure, year=on.isoformat())


def _membership(on: dt.date, as_of: dt.date, state: str) -> Finding:
    """Say whether a State is party to UNCLOS: ``party`` or ``non_party``."""
    binds = load_registers().is_unclos_party(state, on)
    names = None if binds is Truth.UNKNOWN else ("party" if binds is Truth.TRUE else "non_party",)
    return _register("unclos_parties", as_of, names=names)


def _us_licences(as_of: dt.date) -> Finding:
    """Count the licences ever issued under DSHMRA, as far as the register has them."""
    number = sum(getattr(entry, "kind", "") == "licence" for entry in load_registers().us_filings.values())
    figure = _count("us_dshmra", as_of, number, "licences", "issued; in force or lapsed")
    return _register("us_dshmra", as_of, figure=figure)


def _us_applications(on: dt.date, as_of: dt.date, holder: str) -> Finding:
    """Count one holder's pending applications under DSHMRA; known from the latest filing."""
    filed = [
        entry
        for entry in load_registers().us_filings.values()
        if entry.holder_id == holder
        and getattr(entry, "kind", "") == "application"
        and any(stage.reached(on) is Truth.TRUE for stage in entry.stages)
    ]
    days = [stage.on for entry in filed for stage in entry.stages if stage.stage == "filed" and stage.on]
    basis = ", ".join(entry.ref for entry in filed)
    figure = _count("us_dshmra", as_of, len(filed), "applications", basis)
    known = max((day for day in days if day <= on), default=None)
    return _register("us_dshmra", as_of, figure=figure, year=on.isoformat(), known=known)


def _us_stage(on: dt.date, as_of: dt.date, ref: str) -> Finding:
    """Return the latest step of an application under DSHMRA by the day."""
    taken = [
        (stage.on or stage.not_after or dt.date.min, stage.stage)
        for stage in load_registers().us_filings[ref].stages
        if stage.reached(on) is Truth.TRUE
    ]
    if not taken:
        return _register("us_dshmra", as_of)
    day, stage = max(taken)
    return _register("us_dshmra", as_of, names=(stage,), known=day)


def _us_filed(ref: str) -> Finding:
    """Return the first day on which an application under DSHMRA was filed."""
    first = next(stage for stage in load_registers().us_filings[ref].stages if stage.stage == "filed")
    return Finding(dates=(str(first.on),), source=first.source, vintage=str(first.on), confidence="high")


@cache
def _rules() -> Mapping[str, Rule]:
    return {rule.id: rule for rule in load_rulebook().rules()}


def _rule(identifier: str) -> Rule:
    try:
        return _rules()[identifier]
    except KeyError:
        raise FigureError(f"there is no rule {identifier!r}") from None


def _rule_date(rule: str) -> Finding:
    """Return the first day on which a rule is in force."""
    found = _rule(rule)
    return Finding(
        dates=(found.in_force.from_.isoformat(),),
        source=found.cite,
        vintage=found.verified.on.isoformat(),
        confidence="high",
    )


def _authority(rule: str) -> Finding:
    """Return the authorities whose instruments a rule asks for."""
    found, book = _rule(rule), load_rulebook()
    asked = {name for names in found.then.instruments.values() for name in names}
    return Finding(
        names=tuple(sorted({book.instruments[name].authority for name in asked})),
        source=found.cite,
        vintage=found.verified.on.isoformat(),
        confidence="high",
    )


def _timeline_date(says: str) -> Finding:
    """Return the day of the one event in the register of events that begins with these words."""
    found = [event for event in load_registers().timeline if event.text.startswith(says)]
    if len(found) != 1:
        raise FigureError(f"{len(found)} events of timeline.yaml begin with {says!r}, not one")
    day = found[0].latest.isoformat()
    return Finding(dates=(day,), source=found[0].source, vintage=day, confidence=found[0].confidence)


# --- Policy events ------------------------------------------------------------------------------------------


def _event(identifier: str) -> PolicyEvent:
    try:
        return policy_events()[identifier]
    except KeyError:
        raise FigureError(f"there is no policy event {identifier!r}") from None


def _of_event(event: PolicyEvent, **found: Any) -> Finding:  # noqa: ANN401 - fields of `Finding`
    known = found.pop("known", event.on)
    return Finding(
        source=event.source, vintage=event.vintage, confidence=event.confidence, known=known, **found
    )


def _number_of_event(event: PolicyEvent, value: float, unit: str, basis: str) -> Figure:
    return Figure(
        value=value,
        unit=unit,
        source=event.source,
        vintage=event.vintage,
        basis=basis,
        confidence=event.confidence,
    )


def _event_date(event: str) -> Finding:
    """Return the day of a policy event, or both days that its sources give."""
    found = _event(event)
    return _of_event(found, dates=tuple(str(day) for day in (found.on, found.also) if day))


def _event_start(event: str) -> Finding:
    """Return the first day in force of what a policy event sets."""
    found = _event(event)
    return _of_event(found, dates=(str(found.from_),) if found.from_ else ())


def _event_elements(event: str) -> Finding:
    """Return what an export control covers, by name."""
    found = _event(event)
    return _of_event(found, names=found.elements)


def _event_number(event: str) -> Finding:
    """Count what an export control covers."""
    found = _event(event)
    figure = _number_of_event(found, len(found.elements), "elements", ", ".join(found.elements))
    return _of_event(found, figure=figure)


def _event_state(on: dt.date, event: str) -> Finding:
    """Say how a measure stands on the day; known from its last change."""
    found = _event(event)
    changes = [found.from_, found.to, *(stretch.from_ for stretch in found.suspended)]
    known = max((day for day in changes if day and day <= on), default=found.on)
    return _of_event(found, names=(found.state(on),), known=known)


def _event_pause(event: str) -> Finding:
    """Return for how many years a measure was suspended, as announced."""
    found = _event(event)
    stretch = found.suspended[-1]
    years = (stretch.until - stretch.from_).days / 365.25
    figure = _number_of_event(found, years, "years", f"from {stretch.from_} to {stretch.until}")
    return _of_event(found, figure=figure, known=stretch.from_)


# --- Given with the claim -----------------------------------------------------------------------------------


def _ratio(part: float, whole: float, unit: str, source: str, vintage: str) -> Finding:
    """Return one sourced number over another, in % or in times."""
    value = part / whole * (100 if unit == "%" else 1)
    figure = Figure(
        value=value,
        unit=unit,
        source=source,
        vintage=vintage,
        basis=f"{part:g} over {whole:g}",
        confidence="medium",
    )
    return _of_figure(figure)


def _sourced(
    source: str,
    vintage: str,
    confidence: Confidence,
    value: float | None = None,
    low: float | None = None,
    high: float | None = None,
    date: object = None,
    names: list[str] | None = None,
    unit: str = "as claimed",
    basis: str = "as published",
    year: str | None = None,
) -> Finding:
    """Return a figure, a day or names of a source that no table of the program has."""
    has_figure = any(number is not None for number in (value, low, high))
    return Finding(
        figure=Figure(
            value=value,
            low=low,
            high=high,
            unit=unit,
            source=source,
            vintage=vintage,
            basis=basis,
            confidence=confidence,
        )
        if has_figure
        else None,
        dates=() if date is None else (str(date),),
        names=None if names is None else tuple(names),
        year=year,
        source=source,
        vintage=vintage,
        confidence=confidence,
    )


def _not_found(as_of: dt.date, looked_in: str) -> Finding:
    """Return nothing, and where it was looked for."""
    return Finding(source=looked_in, vintage=as_of.isoformat(), confidence="none")


MEASURES: Mapping[str, Callable[..., Finding]] = {
    function.__name__.removeprefix("_"): function
    for function in (
        _import_reliance,
        _reliance_on,
        _output,
        _share_of_output,
        _china_share,
        _ships,
        _value_in_place,
        _nodules_holding,
        _more_than_on_land,
        _products,
        _deepest_test,
        _nodule_areas_deeper,
        _contracts,
        _contract_area,
        _contract_minerals,
        _parties,
        _membership,
        _us_licences,
        _us_applications,
        _us_stage,
        _us_filed,
        _rule_date,
        _authority,
        _timeline_date,
        _event_date,
        _event_start,
        _event_elements,
        _event_number,
        _event_state,
        _event_pause,
        _ratio,
        _sourced,
        _not_found,
    )
}

#: Measures that take their numbers from the claim's own entry, not from a table or register.
GIVEN = frozenset({"sourced", "ratio", "not_found"})

_INJECTED = frozenset({"on", "as_of"})


def take(measure: str, of: Mapping[str, Any], *, on: dt.date, as_of: dt.date) -> Finding:
    """Take a measure on a day.

    Raises
    ------
    FigureError
        If there is no such measure, or a table, register or rule has nothing under the name given.
    """
    function = _measure(measure)
    injected = {"on": on, "as_of": as_of}
    taken = inspect.signature(function).parameters
    return function(**of, **{name: injected[name] for name in _INJECTED & taken.keys()})


def check_call(measure: str, of: Mapping[str, Any]) -> None:
    """Check that there is such a measure and that it takes these arguments.

    Raises
    ------
    ValueError
        If not.
    """
    if measure not in MEASURES:
        raise ValueError(f"there is no measure {measure!r}; there are {', '.join(sorted(MEASURES))}")
    signature = inspect.signature(MEASURES[measure])
    given = dict.fromkeys(_INJECTED & signature.parameters.keys())
    try:
        signature.bind(**of, **given)
    except TypeError as error:
        raise ValueError(f"{measure}: {error}") from None


def _measure(name: str) -> Callable[..., Finding]:
    try:
        return MEASURES[name]
    except KeyError:
        raise FigureError(f"there is no measure {name!r}") from None
