"""Where the 200 M limits of the bundled atlas lie, against points computed by hand.

From the outermost point of a coast the geodesic straight out, 370.4 km long, ends on the limit: every other
point of that coast is farther. The coast points are the extremes of the islands' outlines (GSHHG, to a
thousandth of a degree); the rest is pyproj alone, and nothing of the build.
"""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from pyproj import Geod, Proj

from seabed.atlas.store import Atlas

GEOD = Geod(ellps="WGS84")
M200_M = 370_400.0

#: Zone, coast point (longitude, latitude), bearing straight out.
OUTERMOST = {
    "Clipperton": [
        ("CPT", -109.228, 10.313, 0),
        ("CPT", -109.215, 10.281, 180),
        ("CPT", -109.202, 10.298, 90),
        ("CPT", -109.237, 10.303, 270),
    ],
    "Clarión": [("MEX", -114.768, 18.343, 180), ("MEX", -114.774, 18.363, 270)],
    "Hawaii": [("USA", -155.680, 18.912, 180), ("USA", -154.806, 19.519, 90)],
    "the Line Islands": [("KIR", -157.162, 1.725, 90), ("KIR", -154.896, -3.995, 90)],
    "Minamitorishima": [
        ("JPN", 153.983, 24.299, 0),
        ("JPN", 153.982, 24.281, 180),
        ("JPN", 153.987, 24.286, 90),
        ("JPN", 153.970, 24.285, 270),
    ],
    "Wake": [
        ("UMI-WAKE", 166.617, 19.319, 0),
        ("UMI-WAKE", 166.659, 19.271, 90),
        ("UMI-WAKE", 166.600, 19.301, 270),
    ],
    "Tonga": [("TON", -176.203, -22.342, 180), ("TON", -176.196, -22.332, 135)],
    "Nauru": [("NRU", 166.930, -0.546, 180), ("NRU", 166.905, -0.531, 270)],
}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    atlas = Atlas.open()
    if not any(True for _ in atlas.limits_near([(-110.0, 6.0, -108.0, 15.0)], 0.0, ("200M",))):
        pytest.skip("this atlas has no limits")
    return atlas


def distance_to_limit_km(atlas: Atlas, zone: str, lon: float, lat: float) -> float:
    lines = [
        line.geometry
        for line in atlas.limits_near([(lon, lat, lon, lat)], 60.0, ("200M",))
        if f"zone:{zone}:continental_shelf" in line.sides
    ]
    plane = Proj(proj="aeqd", lon_0=lon, lat_0=lat, ellps="WGS84")
    flat = [shapely.transform(line, lambda p: np.column_stack(plane(p[:, 0], p[:, 1]))) for line in lines]
    return min((shapely.distance(line, shapely.Point(0, 0)) / 1000 for line in flat), default=np.inf)


@pytest.mark.parametrize("place", OUTERMOST)
def test_the_200_m_limit_lies_where_a_geodesic_from_the_coast_ends(atlas: Atlas, place: str) -> None:
    off = []
    for zone, lon, lat, bearing in OUTERMOST[place]:
        end_lon, end_lat, _ = GEOD.fwd(lon, lat, bearing, M200_M)
        off.append(distance_to_limit_km(atlas, zone, end_lon, end_lat))
    assert np.median(off) < 1.0
    assert max(off) < 2.0


def test_no_contract_block_and_no_reserved_area_lies_within_200_m(atlas: Atlas) -> None:
    blocks = [
        feature for feature in atlas.features() if feature.kind in {"isa_contract", "isa_reserved_area"}
    ]
    zones = [
        piece
        for _, piece in atlas.touching(
            [block.geometry.bounds for block in blocks], None, ("continental_shelf", "territorial_sea")
        )
    ]
    tree = shapely.STRtree(zones)
    overlapping = {
        blocks[index].id
        for index, zone in tree.query([block.geometry for block in blocks], predicate="intersects").T
        if blocks[index].geometry.intersection(zones[zone]).area > 0
    }
    assert not overlapping
