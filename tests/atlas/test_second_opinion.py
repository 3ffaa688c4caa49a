"""Second opinions on limits: against the coast behind them, and against an installed layer."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Geod

from seabed import Question, assess, read_site
from seabed.atlas.around import Surroundings, find_second_opinions, touches_contiguous_zone
from seabed.atlas.library import UserLayer, layers_folder, put_in_force, sha256_of
from seabed.atlas.store import Atlas, Feature, Limit, default_path, write_atlas
from seabed.briefing.document import Table
from seabed.briefing.view import view_of
from seabed.geodesy import M_IN_KM

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from seabed.contract import Assessment, SecondOpinion

ON = dt.date(2026, 11, 21)
GEOD = Geod(ellps="WGS84")
CLIPPERTON = (-109.217, 10.305)
#: Half the width of the atoll: how far its shore is from the point above, at the most.
ATOLL_KM = 3.0


@pytest.fixture(scope="module")
def bundled() -> Iterator[Atlas]:
    with Atlas.open(default_path()) as opened:
        yield opened


def off_clipperton(bearing: float, km: float) -> shapely.Point:
    lon, lat, _ = GEOD.fwd(*CLIPPERTON, bearing, km * 1000)
    return shapely.Point(lon, lat)


def opinions(atlas: Atlas, site: shapely.Geometry) -> list[SecondOpinion]:
    return find_second_opinions(Surroundings(site), atlas, ON)


def disc(km: float, lon: float = 0.0, lat: float = 0.0) -> shapely.Polygon:
    around = [GEOD.fwd(lon, lat, bearing, km * 1000)[:2] for bearing in range(0, 360, 2)]
    return shapely.Polygon(around)


def island(path: Path, *, limit_km: float, land: bool = True) -> Atlas:
    """Write an atlas with an island of 1 km radius at 0, 0, whose 200 M limit lies ``limit_km`` off it."""
    shore = disc(1)

    def feature(kind: str, geometry: shapely.Geometry) -> Feature:
        return Feature(
            layer="maritime_zones",
            id=f"zone:AAA:{kind}",
            ref="AAA",
            kind=kind,
            name=f"{kind} of AAA",
            state="AAA",
            accuracy_km=1.0,
            geometry=geometry,
        )

    sea, shelf = disc(1 + 12 * M_IN_KM), disc(1 + limit_km)
    features = [
        feature("territorial_sea", sea.difference(shore)),
        feature("continental_shelf", shelf.difference(sea)),
    ]
    if land:
        features.append(feature("land", shore))
    twelve = Limit(
        layer="maritime_zones",
        kind="12M",
        name="12 M limit of AAA",
        geometry=sea.boundary,
        accuracy_km=1.0,
        sides=("zone:AAA:territorial_sea", "zone:AAA:continental_shelf"),
    )
    outer = replace(
        twelve,
        kind="200M",
        name="200 M limit of AAA",
        geometry=shelf.boundary,
        basis="straight baseline",
        sides=("zone:AAA:continental_shelf", None),
    )
    write_atlas(path / "atlas.gpkg", features, [twelve, outer])
    return Atlas.open(path / "atlas.gpkg")


# --- against the coast --------------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(bearing=st.floats(0, 360), km=st.floats(200 * M_IN_KM - 45, 200 * M_IN_KM + 45))
def test_off_an_ocean_atoll_the_limit_lies_200_miles_from_its_shore(
    bundled: Atlas, bearing: float, km: float
) -> None:
    (found,) = opinions(bundled, off_clipperton(bearing, km))
    assert "Clipperton" in found.limit
    assert "Clipperton" in found.coast
    assert found.distance_to_coast_km == pytest.approx(km, abs=ATOLL_KM + found.accuracy_km)
    assert found.difference_km == pytest.approx(0, abs=found.accuracy_km)
    assert abs(found.implied_km or 0) == pytest.approx(found.distance_to_limit_km, abs=found.accuracy_km)
    assert found.note == "the two agree within their accuracies"


def test_the_implied_distance_is_positive_inside_the_limit_and_negative_outside(bundled: Atlas) -> None:
    (inside,), (outside,) = (opinions(bundled, off_clipperton(180, km)) for km in (350, 390))
    assert (inside.implied_km or 0) > 0 > (outside.implied_km or 0)


def test_a_site_farther_than_50_km_from_every_limit_gets_none(bundled: Atlas) -> None:
    assert opinions(bundled, off_clipperton(180, 300)) == []
    assert opinions(bundled, off_clipperton(180, 440)) == []


def test_a_limit_that_the_coast_does_not_explain_is_said_with_what_it_rests_on(tmp_path: Path) -> None:
    with island(tmp_path, limit_km=200 * M_IN_KM + 8) as atlas:
        (found,) = opinions(atlas, shapely.Point(3.4, 0))
    assert found.difference_km == pytest.approx(-8, abs=0.1)
    assert found.accuracy_km == 2
    assert "8.0 km farther from the coast" in found.note
    assert "straight baseline" in found.note


def test_a_coast_too_small_for_the_layer_is_said(tmp_path: Path) -> None:
    with island(tmp_path, limit_km=200 * M_IN_KM, land=False) as atlas:
        (found,) = opinions(atlas, shapely.Point(3.4, 0))
    assert found.distance_to_coast_km is None
    assert found.implied_km is None
    assert found.difference_km is None
    assert "too small" in found.note


def test_in_a_bay_the_limit_is_not_blamed_for_a_coast_in_another_direction(tmp_path: Path) -> None:
    """On the island itself the coast is 0 km off and the 12 M limit more than 12 M: no contradiction."""
    with island(tmp_path, limit_km=200 * M_IN_KM) as atlas:
        (found,) = opinions(atlas, shapely.Point(0, 0))
    assert found.distance_to_coast_km == 0
    assert found.distance_to_limit_km == pytest.approx(1 + 12 * M_IN_KM, abs=0.1)
    assert found.difference_km == pytest.approx(0, abs=0.1)


# --- the contiguous zone ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("lon", "touches"), [(0.1, False), (0.25, True), (0.40, True), (0.45, False)])
def test_only_the_shelf_between_12_and_24_miles_touches_the_contiguous_zone(
    tmp_path: Path,
    lon: float,
    touches: bool,  # noqa: FBT001 - a case of the table above
) -> None:
    with island(tmp_path, limit_km=200 * M_IN_KM) as atlas:
        point = shapely.Point(lon, 0)
        at = [
            f
            for kind in ("territorial_sea", "continental_shelf")
            for f in atlas.features(kind=kind)
            if f.geometry.covers(point)
        ]
        assert touches_contiguous_zone([(f.attributes, point) for f in at], atlas) is touches


# --- in an assessment ---------------------------------------------------------------------------------------


def assessed(atlas: Atlas, bearing: float, km: float) -> Assessment:
    point = off_clipperton(bearing, km)
    return assess(read_site(f"{point.x}, {point.y}"), Question(on=ON), atlas=atlas)


def table(assessment: Assessment, heading: str) -> Table:
    blocks = [block for section in view_of(assessment).sections for block in section.blocks]
    return next(b for b in blocks if isinstance(b, Table) and b.heading.startswith(heading))


def test_an_assessment_and_its_views_carry_the_second_opinion_and_the_note(bundled: Atlas) -> None:
    found = assessed(bundled, 180, 350)
    assert len(found.second_opinions) == 1
    assert found.zone_notes == []
    row = table(found, "Second opinion").rows[0]
    assert "Clipperton" in row[0]
    assert "inside" in row[2]
    outside = assessed(bundled, 180, 390)
    assert "outside" in table(outside, "Second opinion").rows[0][2]
    near = assessed(bundled, 180, 35)
    assert "art. 33" in near.zone_notes[0]
    assert len(near.zone_notes) == 1


def test_without_an_installed_layer_there_is_nothing_to_compare(bundled: Atlas) -> None:
    assert assessed(bundled, 180, 350).layer_comparison is None


@pytest.fixture
def smaller_zone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Atlas]:
    """Install a layer that gives Clipperton a shelf of 300 km, as an official one would differ from ours."""
    monkeypatch.setenv("SEABED_DATA", str(tmp_path))
    layers_folder().mkdir(parents=True)
    path = layers_folder() / "eez.gpkg"
    shelf = Feature(
        layer="eez",
        id="eez:CPT",
        ref="CPT",
        kind="continental_shelf",
        name="Clipperton, by another layer",
        state="FRA",
        territory="CPT",
        geometry=disc(300, *CLIPPERTON),
    )
    limit = Limit(
        layer="eez",
        kind="200M",
        name="200 M limit of Clipperton",
        geometry=shelf.geometry.boundary,
        sides=("eez:CPT", None),
    )
    write_atlas(path, [shelf], [limit])
    entry = dict.fromkeys(
        ("source", "publisher", "vintage", "licence", "datum", "edge_kind", "accuracy_km", "built"), "made up"
    )
    put_in_force(
        UserLayer(
            id="eez",
            imported_as="marine-regions-eez",
            imported_on="2026-11-21",
            original="eez.gpkg",
            original_sha256="0" * 64,
            file="eez.gpkg",
            bytes=path.stat().st_size,
            mtime_ns=path.stat().st_mtime_ns,
            sha256=sha256_of(path),
            features=1,
            limits=1,
            entry=entry | {"id": "eez", "title": "Zones of another maker", "kinds": ["continental_shelf"]},
            supersedes=({"kind": "continental_shelf", "state": "FRA", "territory": "CPT"},),
        )
    )
    with Atlas.open() as opened:
        yield opened


def test_beside_an_installed_layer_both_answers_and_their_difference_are_given(smaller_zone: Atlas) -> None:
    compared = assessed(smaller_zone, 180, 350).layer_comparison
    assert compared is not None
    assert compared.installed == ["Zones of another maker"]
    assert {(a.layers, a.kind, a.territory) for a in compared.answers} == {
        ("bundled", "continental_shelf", "CPT"),
        ("installed", "area", None),
    }
    assert compared.differing_share == 1
    assert compared.bundled_limit_km == pytest.approx(20, abs=6)
    assert compared.installed_limit_km == pytest.approx(50, abs=1)


def test_where_both_layers_agree_the_view_says_so(smaller_zone: Atlas) -> None:
    found = assessed(smaller_zone, 180, 250)
    assert found.layer_comparison is not None
    assert found.layer_comparison.differing_share == 0
    shown = table(found, "Bundled and installed zones")
    assert "same zones" in shown.note
    assert len(shown.rows) == 2
