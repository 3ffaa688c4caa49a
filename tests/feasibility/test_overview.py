"""The overall read: each rule on figures made for it, and on a real site."""

from __future__ import annotations

import dataclasses

import pytest
from shapely.geometry import box

from seabed.contract import Zone
from seabed.feasibility.economics import Economics, economics_of
from seabed.feasibility.logistics import logistics_of
from seabed.feasibility.overview import Overview, Parts, overview_of
from seabed.feasibility.resource import estimate
from seabed.feasibility.supply import supply_of
from seabed.feasibility.technology import technology_of
from seabed.feasibility.units import WetTonnes
from seabed.question import Mineral

PFS, CRITIC = "promoter_pfs_2025", "critic_2025"
SITE = box(-117.5, 10.2, -116.5, 11.0)


def zone(kind: str) -> Zone:
    return Zone(
        kind=kind,
        id=kind,
        name=kind,
        state=None,
        territory=None,
        claimants=[],
        holder=None,
        share=1,
        area_km2=1,
        status=None,
        layer="test",
        accuracy_km=0,
        source="test",
    )


def economics(draws: int = 0) -> Economics:
    return economics_of(WetTonnes(356e6), zones=[zone("area")], draws=draws)


def with_npv(found: Economics, **values: tuple[float, float, float]) -> Economics:
    """Return ``found`` with the NPV of some cases set to low, value and high."""
    cases = dict(found.cases)
    for id_, (low, value, high) in values.items():
        npv = cases[id_].npv.model_copy(update={"low": low, "value": value, "high": high})
        cases[id_] = cases[id_].model_copy(update={"npv": npv})
    return found.model_copy(update={"cases": cases})


def said(overview: Overview, standing: str) -> str:
    return " ".join(finding.says for finding in getattr(overview, standing))


def test_abundance_is_held_against_the_average_of_the_region() -> None:
    rich = overview_of(Parts(resource=estimate({"nori_d": 1.0}, site_km2=25_000)))
    assert "14.1 kg/m² wet is above the 5.9" in said(rich, "strong")
    poor = estimate({"nori_d": 1.0}, site_km2=25_000)
    abundance = poor.abundance.model_copy(update={"low": 1.0, "value": 2.0, "high": 3.0})
    poor = poor.model_copy(update={"abundance": abundance})
    assert "2 kg/m² wet is below the 5.9" in said(overview_of(Parts(resource=poor)), "weak")


def test_an_average_of_a_region_says_nothing_sure_of_a_site() -> None:
    found = overview_of(Parts(resource=estimate({"ccz": 1.0}, site_km2=1_000)))
    assert "the average of a region, not of this site" in said(found, "unknown")
    assert not found.strong


def test_no_basis_is_not_known_rather_than_weak() -> None:
    found = overview_of(Parts(resource=estimate({}, site_km2=1_000)))
    assert "There is no basis" in said(found, "unknown")
    assert not found.weak


@pytest.mark.parametrize(
    ("promoter", "critic", "standing", "words"),
    [
        (3_000.0, -900.0, "unknown", "turns on whose costs hold: the net present value is USD −900 million"),
        (3_000.0, 900.0, "strong", "USD 900 million to USD 3.0 billion"),
        (-100.0, -900.0, "weak", "nor by the critic's: USD −900 million to USD −100 million"),
    ],
)
def test_rival_cases_agree_or_do_not(promoter: float, critic: float, standing: str, words: str) -> None:
    sides = {
        PFS: (promoter - 1, promoter, promoter + 1),
        "promoter_ia_2021": (promoter - 1, promoter, promoter + 1),
        CRITIC: (critic - 1, critic, critic + 1),
    }
    found = overview_of(Parts(economics=with_npv(economics(), **sides)))
    assert words in said(found, standing)


def test_one_side_alone_decides_nothing() -> None:
    found = economics_of(WetTonnes(356e6), zones=[zone("area")], cases=[CRITIC])
    assert "Only one side's costs" in said(overview_of(Parts(economics=found)), "unknown")


def test_the_payments_that_the_values_bear_are_named() -> None:
    assert "as under: ISA exploitation contract" in said(overview_of(Parts(economics=economics())), "unknown")
    american = zone("continental_shelf").model_copy(update={"state": "USA"})
    shelf = economics_of(WetTonnes(356e6), zones=[american])
    assert "as under: US lease" in said(overview_of(Parts(economics=shelf)), "unknown")


def test_the_stress_case_decides_nothing() -> None:
    found = economics_of(WetTonnes(356e6), zones=[zone("area")], cases=["stress_land_multiple"])
    assert overview_of(Parts(economics=found)) == Overview()


@pytest.mark.parametrize(("low", "standing"), [(10.0, "strong"), (-10.0, "weak")])
def test_the_lowest_prices_recorded_are_survived_or_not(low: float, standing: str) -> None:
    found = overview_of(Parts(economics=with_npv(economics(), **{PFS: (low, 3_000.0, 4_000.0)})))
    assert "lowest prices recorded" in said(found, standing)


@pytest.mark.parametrize(
    ("low", "high", "standing"),
    [(-100.0, 900.0, "unknown"), (100.0, 900.0, "strong"), (-900.0, -100.0, "weak")],
)
def test_draws_are_read_at_their_tenth_and_ninetieth_percentile(
    low: float, high: float, standing: str
) -> None:
    found = economics(draws=200)
    npv = found.monte_carlo.npv.model_copy(update={"low": low, "value": (low + high) / 2, "high": high})
    run = found.monte_carlo.model_copy(update={"npv": npv})
    overview = overview_of(Parts(economics=found.model_copy(update={"monte_carlo": run})))
    assert "of 200 draws pay" in said(overview, standing)
    assert "all inputs" not in said(overview, standing)  # neither tax nor the discount rate is drawn


def test_a_site_no_deeper_than_nodules_have_been_raised_from_is_strong_in_that() -> None:
    technology = technology_of(SITE, Mineral.NODULES)
    lift = next(level for level in technology.levels if level.id == "lift")

    def with_gap(share: float, gap: float) -> Overview:
        changed = lift.model_copy(
            update={
                "share_within": lift.share_within.model_copy(
                    update={"value": share, "low": None, "high": None}
                ),
                "gap_at_deepest": lift.gap_at_deepest.model_copy(
                    update={"value": gap, "low": None, "high": None}
                ),
            }
        )
        levels = tuple(changed if level.id == "lift" else level for level in technology.levels)
        return overview_of(Parts(technology=technology.model_copy(update={"levels": levels})))

    assert "All of the site is no deeper than the 4,300 m" in said(with_gap(1.0, 0.0), "strong")
    assert "Only 40% of the site" in said(with_gap(0.4, 300.0), "unknown")
    assert "All of the site is deeper than the 4,300 m" in said(with_gap(0.0, 900.0), "weak")
    assert "less surely sourced: 4,500 to 4,877 m" in said(with_gap(0.0, 900.0), "weak")


def test_what_nobody_has_raised_together_is_weak() -> None:
    found = overview_of(Parts(technology=technology_of(SITE, Mineral.CRUSTS)))
    assert "No published test has raised crusts" in said(found, "weak")


def test_a_rate_beyond_any_test_is_weak() -> None:
    parts = Parts(technology=technology_of(SITE, Mineral.NODULES), economics=economics())
    assert "The rate presumed, 10.8 million wet t a year, is 14.3 times" in said(overview_of(parts), "weak")


def test_weather_that_nobody_measured_is_not_known() -> None:
    assert "weather" in said(overview_of(Parts(logistics=logistics_of(SITE))), "unknown")


def test_on_land_neither_weather_nor_life_on_the_sea_bed_is_spoken_of() -> None:
    land = box(-100, 40, -99, 41)
    parts = Parts(
        resource=estimate({}, site_km2=9_000),
        technology=technology_of(land, Mineral.NODULES),
        logistics=logistics_of(land),
        supply=supply_of(None),
    )
    assert [finding.rests_on for finding in overview_of(parts).unknown] == [("resource",)]
    assert not overview_of(parts).weak


def test_metals_are_named_by_what_they_cover_of_imports() -> None:
    resource = estimate({"nori_d": 1.0}, site_km2=25_000)
    found = overview_of(Parts(resource=resource, supply=supply_of(resource, rate_wet_mt=10.8)))
    assert "manganese 37" in said(found, "strong")
    assert "copper" not in said(found, "strong")
    assert "no rare earths" in said(found, "weak")
    little = overview_of(Parts(resource=resource, supply=supply_of(resource, rate_wet_mt=0.1)))
    assert "Of no metal" in said(little, "weak")


def test_rare_earths_are_a_matter_of_nodules() -> None:
    assert "rare earths" not in said(overview_of(Parts(supply=supply_of(None))), "weak")


def test_without_parts_nothing_is_said() -> None:
    assert overview_of(Parts()) == Overview()
    assert not any(part for _name, part in Parts().named())


def test_every_part_has_its_key_in_the_contract() -> None:
    from seabed.contract import Feasibility

    assert {field.name for field in dataclasses.fields(Parts)} <= set(Feasibility.model_fields)
