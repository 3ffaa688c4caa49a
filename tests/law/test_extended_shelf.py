"""Shelves claimed beyond 200 M: the register, the fact that it opens, and what the answers then turn on."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

import pytest
import shapely
from shapely import LineString, box

from seabed import Question, assess, read_site
from seabed.atlas.around import Surroundings, find_shelf_claims
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas, Feature, FeatureAttributes, Limit, default_path, write_atlas
from seabed.errors import RuleError
from seabed.geodesy import EdgeKind, densify
from seabed.law.facts import spot_facts
from seabed.law.logic import Missing
from seabed.law.registers import Registers, ShelfClaim, load_registers
from seabed.law.rules import load_rulebook
from seabed.question import Activity, Applicant, Mineral

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seabed.contract import Assessment, Opinion

CLAIMS = load_registers().shelf_claims
TODAY = dt.date(2026, 11, 21)
US_COMPANY = Applicant(incorporated_in="USA", controlled_by=("USA",), sponsors=(), holds=())
AREA = FeatureAttributes(layer="maritime_zones", id="area", ref="area", kind="area", name="the Area")


@pytest.fixture(scope="module")
def atlas() -> Iterator[Atlas]:
    with Atlas.open(default_path()) as opened:
        yield opened


def check(
    atlas: Atlas, spec: str, mineral: str = "nodules", *, radius_km: float = 10, on: dt.date = TODAY
) -> Assessment:
    question = Question(applicant=US_COMPANY, activity=Activity.EXPLOITATION, mineral=Mineral(mineral), on=on)
    return assess(read_site(spec, radius_km=radius_km), question, atlas=atlas)


def opinion(assessment: Assessment, order: str) -> Opinion:
    return next(o for o in assessment.opinions if o.order == order)


def claim(*states: str, coasts: tuple[str, ...] = (), **more: Any) -> ShelfClaim:
    values: dict[str, Any] = {
        "states": states,
        "region": "made up",
        "coastal_of": coasts or states,
        "status": "submitted",
        "source": "made up",
        "confidence": "low",
    }
    return ShelfClaim.model_validate(values | more)


# --- the register -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("entry", CLAIMS, ids=lambda entry: entry.key)
def test_a_claim_names_known_states_and_coasts_and_a_day_only_with_a_source(entry: ShelfClaim) -> None:
    states = load_registers().states
    assert set(entry.states) <= states.keys()
    assert set(entry.contested) <= states.keys()
    assert entry.source
    if entry.confidence == "high":
        assert entry.since is not None
    if entry.recommended and entry.submitted:
        assert entry.submitted < entry.recommended
    assert entry.since is None or entry.since < TODAY


def test_every_coast_of_a_claim_has_a_zone_in_the_layers(atlas: Atlas) -> None:
    zones = atlas.attributes(kind="continental_shelf")
    known = {code for zone in zones for code in (zone.ref, zone.territory or zone.state)}
    assert {coast for entry in CLAIMS for coast in entry.coastal_of} <= known


def test_no_two_claims_have_the_same_name() -> None:
    assert len({entry.key for entry in CLAIMS}) == len(CLAIMS) >= 100


def test_france_claims_nothing_off_clipperton_and_mexico_nothing_in_the_pacific() -> None:
    assert not [entry for entry in CLAIMS if "CPT" in entry.coastal_of]
    assert all(entry.box and entry.box[0] > -100 for entry in CLAIMS if "MEX" in entry.coastal_of)


def test_the_seven_american_areas_stand_from_their_notice_and_are_contested_by_china() -> None:
    american = [entry for entry in CLAIMS if entry.states == ("USA",)]
    assert len(american) == 7
    for entry in american:
        assert entry.status == "announced"
        assert entry.contested == ("CHN",)
        assert entry.stands(dt.date(2023, 12, 21))
        assert not entry.stands(dt.date(2023, 12, 20))


def test_a_claim_without_a_day_stands_always_and_one_the_commission_refused_never() -> None:
    assert claim("FJI").stands(dt.date(1995, 1, 1))
    assert not claim("JPN", status="refused").stands(TODAY)


@pytest.mark.parametrize(
    "wrong", [{"box": (0, 10, 10, 5)}, {"box": (0, 0, 190, 5)}, {"status": "hoped for"}, {"area_km2": 5}]
)
def test_a_claim_that_makes_no_sense_is_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    entry = claim("FJI").model_dump(mode="json") | wrong
    (tmp_path / "extended_shelf.yaml").write_text(f"- {entry}".replace("None", "null"), encoding="utf-8")
    with pytest.raises(RuleError, match="extended_shelf"):
        _ = Registers(tmp_path).shelf_claims


# --- near enough --------------------------------------------------------------------------------------------


def near(atlas: Atlas, lon: float, lat: float, *claims: ShelfClaim) -> list[str]:
    found = find_shelf_claims(Surroundings(shapely.Point(lon, lat)), atlas, claims)
    return [one.claim.region for one in found]


def test_a_claim_reaches_150_miles_beyond_the_limit_of_its_coast_and_no_farther(atlas: Atlas) -> None:
    clipperton = claim("FRA", coasts=("CPT",))
    # Due south of Clipperton (10.3 N), one degree of latitude has 110.6 km: the limit lies 370.4 km off.
    assert near(atlas, -109.22, 4.6, clipperton) == ["made up"]
    assert near(atlas, -109.22, 4.2, clipperton) == []
    assert near(atlas, -109.22, 4.6, claim("MEX")) == []


def test_a_box_keeps_a_claim_to_its_region_also_across_180_degrees(atlas: Atlas) -> None:
    there = claim("FRA", coasts=("CPT",), box=(-112, 0, -105, 9))
    elsewhere = claim("FRA", coasts=("CPT",), box=(170, 0, -120, 9))
    assert near(atlas, -109.22, 6.5, there, elsewhere) == ["made up"]
    assert near(atlas, -109.22, 6.5, elsewhere) == []
    around = claim("FRA", coasts=("CPT",), box=(170, 0, -105, 9))
    assert near(atlas, -109.22, 6.5, around) == ["made up"]


@pytest.mark.parametrize("kind", ["isa_contract", "isa_reserved_area", "us_dshmra_application"])
def test_no_area_in_the_clarion_clipperton_zone_is_flagged(atlas: Atlas, kind: str) -> None:
    zone = next(atlas.features(kind="ccz")).geometry
    standing = [entry for entry in CLAIMS if entry.stands(TODAY)]
    inside = [f for f in atlas.features(kind=kind) if shapely.within(f.geometry.centroid, zone)]
    assert inside
    together = shapely.MultiPolygon([p for f in inside for p in shapely.get_parts(f.geometry)])
    assert find_shelf_claims(Surroundings(together), atlas, standing) == []


# --- the facts ----------------------------------------------------------------------------------------------


def facts(*claims: ShelfClaim, place: FeatureAttributes = AREA, applicant: Applicant = US_COMPANY) -> Any:
    question = Question(applicant=applicant, mineral=Mineral.NODULES, on=TODAY)
    instruments = load_rulebook().instruments
    return spot_facts(place, (), question, load_registers(), instruments, claims).facts


def test_where_no_claim_is_near_no_shelf_reaches() -> None:
    assert facts()["place.beyond_200m_claim"] is False
    assert facts()["place.state"] is Missing.NOT_APPLICABLE


def test_a_near_claim_leaves_open_whether_it_reaches_and_says_whose_shelf_it_would_be() -> None:
    off_california = facts(claim("USA"))
    assert off_california["place.beyond_200m_claim"] is Missing.DONT_KNOW
    assert off_california["place.state"] == "USA"
    assert off_california["place.us_territory"] is False
    assert off_california["place.disputed"] is False
    assert facts(claim("USA", coasts=("GUM", "MNP")))["place.us_territory"] is True


def test_two_states_near_leave_open_whose_shelf_it_would_be() -> None:
    both = facts(claim("JPN"), claim("USA", coasts=("MNP",)))
    assert both["place.state"] is Missing.DONT_KNOW
    assert both["place.disputed"] is Missing.DONT_KNOW


def test_a_state_body_is_the_coastal_state_of_its_own_claim_only() -> None:
    body = Applicant(nationality="JPN", state_body=True)
    assert facts(claim("JPN"), applicant=body)["applicant.is_coastal_state"] is True
    assert facts(claim("USA"), applicant=body)["applicant.is_coastal_state"] is False
    assert (
        facts(claim("JPN"), claim("USA"), applicant=body)["applicant.is_coastal_state"] is Missing.DONT_KNOW
    )
    assert facts(applicant=body)["applicant.is_coastal_state"] is False


@pytest.mark.parametrize("kind", ["extended_shelf", "continental_shelf"])
def test_a_drawn_zone_is_not_left_open_by_a_claim(kind: str) -> None:
    drawn = FeatureAttributes(layer="x", id="x", ref="x", kind=kind, name="x", state="USA")
    found = facts(claim("JPN"), place=drawn)
    assert found["place.beyond_200m_claim"] is (kind == "extended_shelf")
    assert found["place.state"] == "USA"


# --- the answers --------------------------------------------------------------------------------------------

OFF_CALIFORNIA, EAST_OF_THE_MARIANAS = "-129.6, 38", "150.9, 16"


@pytest.mark.parametrize("spec", [OFF_CALIFORNIA, EAST_OF_THE_MARIANAS])
def test_near_the_american_claim_the_answers_turn_on_whether_it_reaches(atlas: Atlas, spec: str) -> None:
    found = check(atlas, spec, "sulphides")
    assert {z.kind for z in found.zones if z.share == 1} >= {"area"}
    for order in ("unclos", "usa"):
        answer = opinion(found, order)
        assert answer.verdict == "contingent"
        assert [c.fact for c in answer.contingent_on] == ["place.beyond_200m_claim"]
    assert opinion(found, "unclos").contested
    assert not opinion(found, "usa").contested
    assert [i.id for i in opinion(found, "usa").instruments] == ["ocsla_lease"]
    (reported,) = found.shelf_claims
    assert (reported.states, reported.status, reported.contested) == (["USA"], "announced", ["CHN"])
    assert 0 < reported.distance_km < 277.8
    said = " ".join(found.assumptions)
    assert reported.region in said
    assert "not checked here" not in said


def test_before_the_notice_of_december_2023_the_place_off_california_was_the_area(atlas: Atlas) -> None:
    found = check(atlas, OFF_CALIFORNIA, "sulphides", on=dt.date(2023, 12, 20))
    assert found.shelf_claims == []
    assert opinion(found, "usa").verdict == "not_applicable"
    assert opinion(found, "unclos").verdict == "prohibited"


def test_the_coastal_states_own_law_is_named_where_its_claim_may_reach(atlas: Atlas) -> None:
    found = check(atlas, "158.5, 2.0")  # over the Ontong Java Plateau
    named = {o.order: o.verdict.value for o in found.opinions}
    assert {"fsm", "png", "slb"} <= named.keys()
    assert found.shelf_claims[0].region == "Ontong Java Plateau"


def test_elsewhere_the_default_says_what_it_presumes(atlas: Atlas) -> None:
    question = Question(
        applicant=US_COMPANY, activity=Activity.EXPLOITATION, mineral=Mineral.NODULES, on=TODAY
    )
    found = assess(site_of(atlas, "isa:NORI-D"), question, atlas=atlas)
    assert found.shelf_claims == []
    assert opinion(found, "unclos").verdict == "prohibited"
    assert any("subject to extended-shelf claims not checked here" in said for said in found.assumptions)


# --- a layer that draws the shelves -------------------------------------------------------------------------


@pytest.fixture
def drawn(tmp_path: Path) -> Iterator[Atlas]:
    """Open an atlas with a shelf of the United States to 135 W, beyond it an extended one to 137 W."""

    def feature(identifier: str, kind: str, geometry: shapely.Polygon) -> Feature:
        return Feature(
            layer="maritime_zones",
            id=identifier,
            ref="USA",
            kind=kind,
            name=kind,
            state="USA",
            geometry=densify(geometry, EdgeKind.PARALLEL_MERIDIAN),
        )

    features = [
        feature("zone:USA", "continental_shelf", box(-135, 36, -130, 40)),
        feature("ecs:USA", "extended_shelf", box(-136, 37, -135, 39)),
    ]
    limit = Limit(
        layer="maritime_zones",
        kind="200M",
        name="200 M limit of the United States",
        geometry=LineString([(-135, 36), (-135, 40)]),
        sides=("zone:USA", None),
    )
    write_atlas(tmp_path / "atlas.gpkg", features, [limit])
    with Atlas.open(tmp_path / "atlas.gpkg") as opened:
        yield opened


def test_a_layer_of_extended_shelves_settles_where_they_are_and_where_they_are_not(drawn: Atlas) -> None:
    on_it, beside_it = check(drawn, "-135.5, 38", "sulphides"), check(drawn, "-135.5, 36.2", "sulphides")
    assert on_it.zones[0].kind == "extended_shelf"
    assert on_it.shelf_claims == beside_it.shelf_claims == []
    assert opinion(on_it, "usa").verdict == "authorisation_required"
    assert opinion(beside_it, "usa").verdict == "not_applicable"
    assert any("draws the shelf beyond 200 M of United States" in said for said in beside_it.assumptions)
