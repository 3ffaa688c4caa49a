from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import shapely
from pyproj import Geod

from seabed.atlas.store import Atlas, Feature, Limit, write_atlas
from seabed.contract import Assessment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shapely.geometry.base import BaseGeometry

_HERE = Path(__file__).parent


def load(name: str) -> Assessment:
    return Assessment.model_validate_json((_HERE / f"{name}.json").read_text(encoding="utf-8"))


@pytest.fixture
def assessment() -> Assessment:
    """NORI-D, asked about for TMC USA: prohibited and contested, authorisation required, and so on."""
    return load("assessment")


@pytest.fixture
def hostile() -> Assessment:
    """Across ±180°, contingent, long, and every name tries to be markup."""
    return load("hostile")


@pytest.fixture(params=["assessment", "hostile"])
def either(request: pytest.FixtureRequest) -> Assessment:
    return load(request.param)


def disc(longitude: float, latitude: float, radius_km: float, vertices: int = 180) -> BaseGeometry:
    """Return a circle on the ellipsoid in degrees, split at ±180."""
    turn = [360 * i / vertices for i in range(vertices)]
    metres = [radius_km * 1000] * vertices
    lon, lat, _ = Geod(ellps="WGS84").fwd([longitude] * vertices, [latitude] * vertices, turn, metres)
    ring = [((x - longitude + 180) % 360 - 180 + longitude, y) for x, y in zip(lon, lat, strict=True)]
    whole = shapely.Polygon(ring)
    parts = [
        shapely.transform(
            shapely.intersection(whole, shapely.box(shift - 180, -90, shift + 180, 90)),
            lambda lonlat, by=shift: lonlat - (by, 0),
        )
        for shift in (-360, 0, 360)
    ]
    return shapely.union_all([part for part in parts if not part.is_empty])


@pytest.fixture(scope="session")
def atlas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Atlas]:
    """A few areas round NORI-D and two islands' zones that overlap across ±180°."""
    west, east = disc(178.5, -17, 370.4), disc(-178.2, -13.8, 370.4)
    both = shapely.intersection(west, east)
    island = disc(178.3, -17.8, 60)

    def shelf(name: str, state: str, geometry: BaseGeometry, *claimants: str) -> Feature:
        return Feature(
            layer="maritime_zones",
            id=f"zone:{name}",
            ref=f"zone:{name}",
            kind="continental_shelf",
            name=name,
            state=state,
            claimants=claimants,
            geometry=geometry,
        )

    def overlay(identifier: str, ref: str, kind: str, geometry: BaseGeometry) -> Feature:
        return Feature(layer="areas", id=identifier, ref=ref, kind=kind, name=ref, geometry=geometry)

    features = [
        shelf("FJI", "FJI", shapely.difference(west, shapely.union_all([both, island]))),
        shelf("WLF", "FRA", shapely.difference(east, both)),
        shelf("both", "FJI", both, "FJI", "FRA"),
        Feature(
            layer="maritime_zones", id="land:1", ref="land:1", kind="land", name="Island", geometry=island
        ),
        overlay(
            "isa:NORI-D", "NORIPMN1", "isa_contract", shapely.box(-117.81667, 9.895, -116.066667, 11.08333)
        ),
        overlay("isa:NORI-C", "NORIPMN1", "isa_contract", shapely.box(-119.0, 12.0, -118.5, 12.5)),
        overlay("isa:APEI-12", "APEI-12", "isa_apei", shapely.box(-115.0, 10.8, -112.0, 14.0)),
        overlay("us:A", "TMC-USA-A", "us_dshmra_application", shapely.box(-118.917, 9.895, -116.067, 11.083)),
    ]
    limits = [
        Limit(
            layer="maritime_zones",
            kind="200M",
            name="200 M limit of Wallis and Futuna",
            geometry=shapely.intersection(shapely.boundary(east), shapely.box(-179.9, -90, 179.9, 90)),
        )
    ]
    path = tmp_path_factory.mktemp("atlas") / "atlas.gpkg"
    write_atlas(path, features, limits)
    with Atlas.open(path) as opened:
        yield opened
