"""How the sources become features of the atlas."""

from __future__ import annotations

import datetime as dt
import json
import sys
from pathlib import Path
from typing import Any

import pytest
import shapely
from shapely import MultiPolygon, Point, box

from seabed.atlas.store import Feature
from seabed.errors import AtlasError
from seabed.geodesy import area_km2

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "geodata" / "build"))

import areas  # noqa: E402
import us_ocs  # noqa: E402

REGISTER = """\
- ref: NORIPMN1
  terms:
    - {from: 2011-07-22, to: 2026-07-21}
    - {from: 2026-07-22, to: 2031-07-21}
"""


def record(**more: Any) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "id": "isa:X",
        "ref": "NORIPMN1",
        "kind": "isa_contract",
        "name": "X",
        "state": None,
        "territory": None,
        "holder": "NORI",
        "mineral": "nodules",
        "status": None,
        "valid_from": "2000-01-01",
        "valid_to": None,
        "accuracy_km": 0.1,
        "edges": "parallel_meridian",
        "source": "ISA",
        "sponsors": ["NRU"],
        "note": "",
    }
    square = [[-120, 10], [-110, 10], [-110, 20], [-120, 20], [-120, 10]]
    geometry = more.pop("geometry", {"type": "Polygon", "coordinates": [square]})
    return {"type": "Feature", "properties": properties | more, "geometry": geometry}


def build(tmp_path: Path, *records: dict[str, Any]) -> list[Feature]:
    (tmp_path / "isa_contracts.geojson").write_text(
        json.dumps({"type": "FeatureCollection", "features": records}), encoding="utf-8"
    )
    (tmp_path / "register.yaml").write_text(REGISTER, encoding="utf-8")
    return areas.build_areas(tmp_path, tmp_path / "register.yaml")


def test_a_block_is_in_force_from_the_first_term_of_its_contract(tmp_path: Path) -> None:
    (feature,) = build(tmp_path, record())
    assert (feature.valid_from, feature.valid_to) == (dt.date(2011, 7, 22), None)
    assert feature.layer == "isa_contracts"
    assert feature.properties == {"edges": "parallel_meridian", "sponsors": ["NRU"]}


def test_an_area_outside_the_register_keeps_its_own_dates(tmp_path: Path) -> None:
    (feature,) = build(tmp_path, record(kind="isa_application", valid_to="2030-01-01"))
    assert (feature.valid_from, feature.valid_to) == (dt.date(2000, 1, 1), dt.date(2030, 1, 1))


def test_edges_are_densified_by_their_kind(tmp_path: Path) -> None:
    straight, geodesic = build(tmp_path, record(), record(id="isa:Y", edges="geodesic"))
    assert straight.geometry.bounds == (-120, 10, -110, 20)
    assert geodesic.geometry.bounds[3] > 20.05  # the northern geodesic bulges towards the pole
    assert shapely.get_num_coordinates(straight.geometry) > 5


def test_an_area_across_the_antimeridian_is_cut_after_densifying(tmp_path: Path) -> None:
    ring = [[179, 10], [181, 10], [181, 20], [179, 20], [179, 10]]
    (feature,) = build(
        tmp_path, record(edges="geodesic", geometry={"type": "Polygon", "coordinates": [ring]})
    )
    assert feature.geometry.geom_type == "MultiPolygon"
    assert feature.geometry.bounds[0] == -180
    assert feature.geometry.bounds[2] == 180


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"edges": "curly"}, "isa_contracts: isa:X: .*curly"),
        ({"valid_from": "22 July 2011", "ref": "OTHER"}, "22 July 2011"),
        (
            {
                "geometry": {
                    "type": "Polygon",
                    "coordinates": [[[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]]],
                }
            },
            "isa:X is not valid: .*elf-intersection",
        ),
    ],
)
def test_a_source_that_breaks_its_schema_is_refused(
    tmp_path: Path, broken: dict[str, Any], says: str
) -> None:
    with pytest.raises(AtlasError, match=says):
        build(tmp_path, record(**broken))


def test_the_register_must_be_there(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="the register of contracts is missing"):
        areas.build_areas(tmp_path, tmp_path / "none.yaml")


def test_every_source_of_the_repository_can_be_built() -> None:
    built = areas.build_areas(
        ROOT / "geodata" / "sources", ROOT / "rules" / "registers" / "isa_contracts.yaml"
    )
    by_id = {feature.id: feature for feature in built}
    assert len(by_id) == len(built) > 1400
    assert by_id["isa:NORI-D"].valid_from == dt.date(2011, 7, 22)
    assert area_km2(by_id["isa:NORI-D"].geometry) == pytest.approx(25_180.7, abs=0.5)


def zones_of(territory: str) -> list[Feature]:
    def zone(kind: str, geometry: Any) -> Feature:
        identifier = f"zone:{territory}:{kind}"
        return Feature(
            layer="maritime_zones",
            id=identifier,
            ref=territory,
            kind=kind,
            name=kind,
            geometry=geometry,
            state="USA",
            territory=territory,
        )

    sea = box(-2, -2, 2, 2).difference(box(-0.5, -0.5, 0.5, 0.5))
    return [
        zone("territorial_sea", sea),
        zone("continental_shelf", box(-5, -5, 5, 5).difference(box(-2, -2, 2, 2))),
    ]


def test_the_us_shelf_is_the_zones_beyond_the_3_m_belt() -> None:
    zones = [zone for territory in us_ocs.TERRITORIES for zone in zones_of(territory)]

    def belt(_: str) -> MultiPolygon:
        return MultiPolygon([Point(0, 0).buffer(1).difference(box(-0.6, -0.6, 0.6, 0.6))])

    features, limits = us_ocs.build_us_ocs(zones, belt)
    samoa = next(feature for feature in features if feature.id == "us:OCS-ASM")
    assert samoa.geometry.area == pytest.approx(100 - Point(0, 0).buffer(1).area)
    assert (samoa.ref, samoa.state, samoa.territory) == ("OCS-ASM", "USA", "ASM")
    assert not samoa.is_in_force(dt.date(2022, 8, 15))
    line = next(line for line in limits if line.sides[1] == "us:OCS-ASM")
    assert (line.kind, line.sides[0]) == ("3M", "zone:ASM:territorial_sea")
    assert line.geometry.length == pytest.approx(Point(0, 0).buffer(1).length)


def test_a_territory_without_zones_is_refused() -> None:
    with pytest.raises(AtlasError, match="the zones of ASM are"):
        us_ocs.build_us_ocs([], lambda _: MultiPolygon())
