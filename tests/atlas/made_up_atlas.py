"""A small made-up atlas: two States side by side, one across the antimeridian, contracts and applications."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any

from shapely import LineString, MultiLineString, MultiPolygon, box

from seabed.atlas.store import Feature, Limit
from seabed.geodesy import EdgeKind, densify

if TYPE_CHECKING:
    from shapely.geometry.base import BaseGeometry

ON = dt.date(2026, 11, 21)
ZONES = "maritime_zones"


def _dense(geometry: BaseGeometry) -> BaseGeometry:
    return densify(geometry, EdgeKind.PARALLEL_MERIDIAN)


def _zone(identifier: str, kind: str, geometry: BaseGeometry, **more: Any) -> Feature:
    values: dict[str, Any] = {
        "layer": ZONES,
        "id": identifier,
        "ref": identifier,
        "kind": kind,
        "name": f"{kind} of {more.get('state')}",
        "accuracy_km": 1.0,
        "source": "made up",
    }
    return Feature(geometry=_dense(geometry), **(values | more))


def _block(identifier: str, ref: str, kind: str, geometry: BaseGeometry, **more: Any) -> Feature:
    values: dict[str, Any] = {
        "layer": "isa_areas",
        "id": identifier,
        "ref": ref,
        "kind": kind,
        "name": identifier.partition(":")[2].replace("-", " "),
        "accuracy_km": 0.1,
        "source": "made up",
    }
    return Feature(geometry=_dense(geometry), **(values | more))


def make_features() -> list[Feature]:
    land = box(10, 0, 11, 1)
    sea = box(9.8, -0.2, 11.2, 1.2)
    shelf = box(7, -3, 14, 4)
    return [
        _zone("mz:AAA-land", "land", land, state="AAA"),
        _zone("mz:AAA-12", "territorial_sea", sea.difference(land), state="AAA"),
        _zone("mz:AAA-200", "continental_shelf", shelf.difference(sea), state="AAA"),
        _zone("mz:BBB-200", "continental_shelf", box(14, -3, 20, 4), state="BBB"),
        _zone(
            "mz:disputed",
            "continental_shelf",
            box(20, -3, 22, 4),
            state="BBB",
            claimants=("BBB", "CCC"),
        ),
        _zone(
            "mz:CCC-200",
            "continental_shelf",
            MultiPolygon([box(178, -3, 180, 3), box(-180, -3, -178, 3)]),
            state="CCC",
            territory="CCD",
        ),
        _block(
            "isa:NORI-C",
            "NORIPMN1",
            "isa_contract",
            box(-125, 12, -124, 13),
            holder="Nauru Ocean Resources Inc.",
            mineral="nodules",
            valid_from=dt.date(2011, 7, 22),
        ),
        _block(
            "isa:NORI-D",
            "NORIPMN1",
            "isa_contract",
            box(-118, 10, -116, 12),
            holder="Nauru Ocean Resources Inc.",
            mineral="nodules",
            valid_from=dt.date(2011, 7, 22),
        ),
        _block("isa:OTHER-1", "OTHERPMN1", "isa_contract", box(-116, 10, -115, 12), holder="Other"),
        _block("isa:THIRD-1", "THIRDPMN1", "isa_contract", box(-118, 12.5, -117, 13), holder="Third"),
        _block("isa:FAR-1", "FARPMN1", "isa_contract", box(-118, 14.5, -117, 15), holder="Far"),
        _block(
            "us:USA-B",
            "TMC USA-B",
            "us_dshmra_application",
            box(-119, 11, -117, 13),
            holder="TMC USA",
            valid_from=dt.date(2025, 4, 29),
            valid_to=dt.date(2030, 1, 1),
            accuracy_km=0.5,
        ),
        _block("isa:CCZ", "CCZ", "ccz", box(-130, 5, -110, 16)),
    ]


def make_limits() -> list[Limit]:
    def limit(kind: str, name: str, geometry: BaseGeometry, *sides: str | None) -> Limit:
        left, right = sides
        return Limit(
            layer=ZONES,
            kind=kind,
            name=name,
            geometry=_dense(geometry),
            basis="made up",
            accuracy_km=1.0,
            sides=(left, right),
        )

    return [
        limit("12M", "12 M limit of AAA", box(9.8, -0.2, 11.2, 1.2).boundary, "mz:AAA-12", "mz:AAA-200"),
        limit(
            "200M",
            "200 M limit of AAA",
            LineString([(14, -3), (7, -3), (7, 4), (14, 4)]),
            "mz:AAA-200",
            None,
        ),
        limit("between_states", "AAA and BBB", LineString([(14, -3), (14, 4)]), "mz:AAA-200", "mz:BBB-200"),
        limit(
            "200M",
            "200 M limit of CCC",
            MultiLineString(
                [
                    [(180, -3), (178, -3), (178, 3), (180, 3)],
                    [(-180, -3), (-178, -3), (-178, 3), (-180, 3)],
                ]
            ),
            "mz:CCC-200",
            None,
        ),
    ]
