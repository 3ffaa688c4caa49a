"""What has been demonstrated at sea, level by level, set against the depths of the site.

A test counts for the levels it showed (driving, collecting, collector and lift together) and for the minerals
it was made on, no deeper than it went. What was planned, or shown on another mineral, stands beside and
counts for nothing.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from seabed.errors import FigureError
from seabed.feasibility.depth import DepthProfile, grid_figure, profile_of, said, soundings_over
from seabed.feasibility.derived import derive, value_of
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.figures import figure_in, read_table
from seabed.language import N_, _, clauses, listed, sentences
from seabed.question import Mineral

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.feasibility.depth import Soundings

LevelId = Literal["crawler", "collector", "lift"]

_TITLES: dict[LevelId, str] = {
    "crawler": N_("driving on the sea floor"),
    "collector": N_("collecting or excavating on the sea floor"),
    "lift": N_("collector, riser and ship together"),
}
_MINERALS = {
    "nodules": N_("nodules"),
    "sulphides": N_("sulphides"),
    "crusts": N_("crusts"),
    N_("mud"): N_("rare-earth mud"),
}
_NOT_PUBLISHED = N_("the depth of the test is not published")
_HOURS_A_YEAR = 24 * 365


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Recovered(_Model):
    """What a test is said to have brought up, cut, driven or reached, each figure as one side gives it."""

    what: str
    figure: Figure


class Demonstration(_Model):
    """One test at sea (or in a pit), as published."""

    id: str
    system: str
    operator: str
    state: str
    year: str
    place: str
    minerals: tuple[str, ...]
    levels: tuple[LevelId, ...]
    kind: str
    depth: Figure = Field(description="m; where accounts differ, low and high bound them")
    recovered: tuple[Recovered, ...]


class Level(_Model):
    """How deep one level has been demonstrated on the mineral, and what of the site that leaves."""

    id: LevelId
    title: str
    deepest: Demonstration | None = Field(
        description="of the tests that are surely sourced, if there are any"
    )
    less_sure: Demonstration | None = Field(description="deeper still, by a source of low confidence")
    depth: Figure = Field(description="m, of the deepest test")
    share_within: Figure = Field(description="share of the site's submerged area that is no deeper")
    gap_at_median: Figure = Field(description="m from that depth down to the site's median depth; 0: none")
    gap_at_deepest: Figure = Field(description="m from that depth down to the site's deepest place; 0: none")
    reads: str


class ClaimAtLevel(_Model):
    """Whether a claim on depth holds at one level, by the deepest test on nodules."""

    id: LevelId
    title: str
    holds: bool
    deepest: str = Field(description="depth, system, State and year")
    depth: Figure
    beyond: Figure = Field(description="m by which the deepest test went beyond the claim")


class DepthClaim(_Model):
    """A published claim on how deep mining machines have been tested, with the evidence on both sides."""

    statement: str
    claimed: Figure
    verdict: Literal["holds", "wrong"] = Field(description="of the claim as made, for all States and levels")
    reads: str
    by_level: tuple[ClaimAtLevel, ...]
    states_for_which_it_holds: tuple[str, ...]
    evidence_for: tuple[Demonstration, ...]
    evidence_against: tuple[Demonstration, ...]


class Technology(_Model):
    """Depth of the site and what has been demonstrated at such depths."""

    mineral: str
    summary: str
    depth: DepthProfile | None = Field(description="None: nothing of the site is below sea level in the grid")
    levels: tuple[Level, ...]
    demonstrations: tuple[Demonstration, ...] = Field(description="on this mineral, in order of time")
    on_other_minerals: tuple[Demonstration, ...]
    throughput: dict[str, Figure] = Field(description="demonstrated, and planned")
    claim: DepthClaim | None = Field(description="for nodules")
    notes: tuple[str, ...]


def technology_of(geometry: BaseGeometry, mineral: Mineral | None = None) -> Technology:
    """Set what has been demonstrated against the depths of a site.

    Parameters
    ----------
    geometry
        As for `seabed.feasibility.depth.depth_over`.
    mineral
        By default nodules, which is then noted.

    Raises
    ------
    AtlasError
        If the depth grid is missing or damaged.
    FigureError
        If a table of tests is damaged.
    """
    on = mineral or Mineral.NODULES
    soundings = soundings_over(geometry)
    tests = demonstrations()
    mine = tuple(test for test in tests if on.value in test.minerals)
    profile = profile_of(soundings)
    levels = tuple(_level(level, mine, soundings, profile) for level in _TITLES)
    return Technology(
        mineral=on.value,
        summary=_summary(on, levels, soundings),
        depth=profile,
        levels=levels,
        demonstrations=mine,
        on_other_minerals=tuple(test for test in tests if on.value not in test.minerals),
        throughput=_throughput() if on is Mineral.NODULES else {},
        claim=check_depth_claim() if on is Mineral.NODULES else None,
        notes=_notes(mineral, mine, levels),
    )


# --- The tests ----------------------------------------------------------------------------------------------


def demonstrations() -> tuple[Demonstration, ...]:
    """Return every test tabled, in order of time."""
    recovered: dict[str, list[Recovered]] = {}
    for row in read_table("technology_recovered"):
        one = Recovered(what=_(row["what"]), figure=said(figure_in(row, row["unit"])))
        recovered.setdefault(row["test"], []).append(one)
    rows = read_table("technology_tests")
    if unknown := recovered.keys() - {row["id"] for row in rows}:
        raise FigureError(
            f"technology_recovered.csv has rows for unknown tests: {', '.join(sorted(unknown))}"
        )
    return tuple(_demonstration(row, recovered.get(row["id"], ())) for row in rows)


def _demonstration(row: Mapping[str, str], recovered: Iterable[Recovered]) -> Demonstration:
    levels, minerals = row["levels"].split(), row["minerals"].split()
    if not levels or set(levels) - _TITLES.keys() or not minerals or set(minerals) - _MINERALS.keys():
        raise FigureError(
            f"technology_tests.csv, {row['id']}: the levels are {', '.join(_TITLES)} and the minerals "
            f"{', '.join(_MINERALS)}"
        )
    return Demonstration(
        **{name: _(row[name]) for name in ("operator", "state", "year", "place", "kind")},
        id=row["id"],
        system=_(row["system"]),
        minerals=tuple(minerals),
        levels=tuple(level for level in _TITLES if level in levels),
        depth=said(figure_in(row, "m", value="depth", low="depth_low", high="depth_high")),
        recovered=tuple(recovered),
    )


def _deepest(tests: Iterable[Demonstration], level: LevelId) -> Demonstration | None:
    """Return the deepest test of a level; one of low confidence only if there is no other."""
    known = [test for test in tests if level in test.levels and test.depth.value is not None]
    sure = [test for test in known if test.depth.confidence != "low"]
    return max(sure or known, key=_depth_of, default=None)


def _deepest_less_sure(
    tests: Iterable[Demonstration], level: LevelId, deepest: Demonstration
) -> Demonstration | None:
    known = [test for test in tests if level in test.levels and test.depth.value is not None]
    return max((test for test in known if _depth_of(test) > _depth_of(deepest)), key=_depth_of, default=None)


def _depth_of(test: Demonstration) -> float:
    return value_of(test.depth)


# --- Levels -------------------------------------------------------------------------------------------------


def _level(
    level: LevelId, tests: Sequence[Demonstration], soundings: Soundings, profile: DepthProfile | None
) -> Level:
    title, deepest = _(_TITLES[level]), _deepest(tests, level)
    shown = [test for test in tests if level in test.levels]
    if deepest is None:
        why = _(_NOT_PUBLISHED) if shown else _("no test is known")
        reads = _("{title}: {what}").format(title=title, what=_named(shown[-1]) if shown else why)
        depth = shown[-1].depth if shown else no_basis("m", why)
    else:
        why = _("nothing of the site is below sea level in the depth grid")
        reads = _("{title}: {what}").format(title=title, what=_named(deepest))
        depth = deepest.depth
    if deepest is None or profile is None:
        share, at_median, at_deepest = no_basis(_("share of the site"), why), *[no_basis("m", why)] * 2
    else:
        share, at_median, at_deepest = _measured(depth, soundings, profile)
        reads = _("{what}; {share} of the site is no deeper").format(
            what=reads, share=f"{value_of(share):.0%}"
        )
    less_sure = _deepest_less_sure(tests, level, deepest) if deepest else None
    if less_sure is not None:
        reads = _("{what}; less surely sourced: {test}").format(what=reads, test=_named(less_sure))
    return Level(
        id=level,
        title=title,
        deepest=deepest,
        less_sure=less_sure,
        depth=depth,
        share_within=share,
        gap_at_median=at_median,
        gap_at_deepest=at_deepest,
        reads=reads,
    )


def _named(test: Demonstration) -> str:
    """Say how deep a test went, what it was, and whose."""
    who = {"system": test.system, "state": test.state, "year": test.year}
    if test.depth.value is None:
        return _("depth not published ({system}, {state}, {year})").format(**who)
    return _("{depth} m ({system}, {state}, {year})").format(depth=f"{_depth_of(test):,.0f}", **who)


def _measured(
    demonstrated: Figure, soundings: Soundings, profile: DepthProfile
) -> tuple[Figure, Figure, Figure]:
    """Return the share of the site within a depth, and the gaps down to its median and deepest places."""
    grid = grid_figure()
    at_value, *others = (
        soundings.share_no_deeper(depth)
        for depth in (demonstrated.value, demonstrated.low, demonstrated.high)
        if depth is not None
    )
    bounds = [at_value, min(at_value, *others), max(at_value, *others)] if others else [at_value]
    share = derive(
        bounds,
        _("share of the site"),
        _("submerged area no deeper than the deepest test; a range where accounts of its depth differ"),
        demonstrated,
        grid,
    )
    gaps = [
        derive(
            [round(max(value_of(depth) - value_of(demonstrated), 0.0), 1)],
            "m",
            _("depth of the site less depth of the deepest test; 0 if the test went deeper"),
            demonstrated,
            grid,
        )
        for depth in (profile.median, profile.deepest)
    ]
    return share, gaps[0], gaps[1]


def _throughput() -> dict[str, Figure]:
    """Return the greatest rate held in a test, what it would make in a year, and what is planned."""
    rates = [one.figure for test in demonstrations() for one in test.recovered if one.figure.unit == "t/h"]
    held = max(rates, key=value_of)
    yearly = derive(
        [value_of(held) * _HOURS_A_YEAR / 1e6],
        _("million t/yr"),
        _("the rate held, day and night all year: more than any test has shown"),
        held,
    )
    planned = {
        _(row["quantity"]): said(figure_in(row, _(row["unit"])))
        for row in read_table("technology_plans")
        if row["id"].startswith("hidden_gem")
    }
    return {_("rate held in a test"): held, _("the same for a whole year"): yearly, **planned}


# --- The claim ----------------------------------------------------------------------------------------------


def check_depth_claim() -> DepthClaim:
    """Check the claim that mining machines are tested only to some depth, level by level, on nodules.

    A test counts for the claim if its depth is in the class that the claim names, against it if it went
    deeper, on whatever mineral.
    """
    claimed, width = (_plan("claim_4000"), value_of(_plan("claim_class")))
    limit = value_of(claimed)
    tests = demonstrations()
    nodules = [test for test in tests if "nodules" in test.minerals]
    against = [test for test in tests if (test.depth.value or 0.0) > limit * (1 + width)]
    in_class = [test for test in nodules if abs((test.depth.value or 0.0) - limit) <= limit * width]
    states = [
        state
        for state in dict.fromkeys(test.state for test in in_class)
        if all(test.state != state for test in against)
    ]
    by_level = tuple(
        _claim_at(level, test, claimed, width) for level in _TITLES if (test := _deepest(nodules, level))
    )
    return DepthClaim(
        statement=_("Deep-sea mining machines have been tested at sea only to about {depth} m.").format(
            depth=f"{limit:,.0f}"
        ),
        claimed=said(claimed),
        verdict="wrong" if against else "holds",
        reads=_claim_reads(states, by_level),
        by_level=by_level,
        states_for_which_it_holds=tuple(states),
        evidence_for=tuple(in_class),
        evidence_against=tuple(against),
    )


def _claim_at(level: LevelId, test: Demonstration, claimed: Figure, width: float) -> ClaimAtLevel:
    depth, limit = value_of(test.depth), value_of(claimed)
    return ClaimAtLevel(
        id=level,
        title=_(_TITLES[level]),
        holds=depth <= limit * (1 + width),
        deepest=_named(test),
        depth=test.depth,
        beyond=derive(
            [round(max(depth - limit, 0.0), 1)],
            "m",
            _("depth of the deepest test less the depth claimed"),
            test.depth,
            claimed,
        ),
    )


def _claim_reads(states: Sequence[str], by_level: Sequence[ClaimAtLevel]) -> str:
    deeper = clauses(
        _("{title}: {what}").format(title=one.title, what=one.deepest) for one in by_level if not one.holds
    )
    if not deeper:
        return _("No deeper test on nodules is known, at any level.")
    if not states:
        return _("It does not hold: deeper tests on nodules are {deeper}.").format(deeper=deeper)
    return _("It holds for {states} only; deeper tests on nodules are {deeper}.").format(
        states=listed(states), deeper=deeper
    )


@cache
def _plan(identifier: str) -> Figure:
    for row in read_table("technology_plans"):
        if row["id"] == identifier:
            return figure_in(row, row["unit"])
    raise FigureError(f"technology_plans.csv has no row {identifier!r}")


# --- In words -----------------------------------------------------------------------------------------------


def _summary(mineral: Mineral, levels: Sequence[Level], soundings: Soundings) -> str:
    if not len(soundings.depth_m):
        return _("By the depth grid nothing of the site lies below sea level: there is no sea floor to mine.")
    lift, collector = levels[-1], levels[-2]
    name = _(_MINERALS[mineral.value])
    if lift.deepest is not None:
        says = _(
            "The deepest surely sourced test that lifted {mineral} to a ship went to {depth} m; {share} of "
            "the site is no deeper."
        ).format(
            mineral=name,
            depth=f"{value_of(lift.depth):,.0f}",
            share=f"{value_of(lift.share_within):.0%}",
        )
        untried = _("No test has run at the rate or for the time that production takes.")
        return sentences((says, deeper_but_less_sure(lift), untried))
    if collector.deepest is not None:
        return _(
            "No test is known that lifted {mineral} to a ship; the deepest collecting was at {depth} m, and "
            "{share} of the site is no deeper."
        ).format(
            mineral=name,
            depth=f"{value_of(collector.depth):,.0f}",
            share=f"{value_of(collector.share_within):.0%}",
        )
    return _("No test of mining {mineral} at a published depth is known.").format(mineral=name)


def deeper_but_less_sure(level: Level) -> str:
    """Say how deep a test went that only a source of low confidence has; nothing if none went deeper."""
    test = level.less_sure
    if test is None:
        return ""
    low, high = f"{_depth_of(test):,.0f}", f"{test.depth.high or _depth_of(test):,.0f}"
    depth = low if low == high else _("{low} to {high}").format(low=low, high=high)
    return _("A deeper one is less surely sourced: {depth} m ({system}, {year}).").format(
        depth=depth, system=test.system, year=test.year
    )


def _notes(
    mineral: Mineral | None, tests: Sequence[Demonstration], levels: Sequence[Level]
) -> tuple[str, ...]:
    notes = [
        _("A test shows that a thing can be done once; how reliable, how fast and how costly is not shown."),
        _("Only tests that a public source reports are listed; there may be others."),
    ]
    if mineral is None:
        notes.insert(0, _("The mineral is not stated: tests on nodules are shown."))
    unknown = [test.system for test in tests if test.depth.value is None]
    if unknown:
        notes.append(
            _("Without a published depth, and so not counted: {systems}.").format(systems=listed(unknown))
        )
    missing = [level.title for level in levels if level.deepest is None]
    if missing:
        notes.append(
            _("Not known to have been shown on this mineral at a published depth: {levels}.").format(
                levels=clauses(missing)
            )
        )
    return tuple(notes)
