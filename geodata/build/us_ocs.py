"""The outer continental shelf of United States territories: their zones beyond the 3 M belt.

48 U.S.C. 1705(a) and (d)(1) convey the submerged lands and their minerals out to 3 M to Guam, the Northern
Marianas, the Virgin Islands and American Samoa; beyond it 43 U.S.C. 1331(a) as amended on 16 August 2022
(Public Law 117-169 s. 50251) reaches the seabed of the exclusive economic zone adjacent to a territory.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import shapely
from maritime_zones import ACCURACY_KM, KM_PER_M, three_mile_belt
from shapely import MultiPolygon, Polygon

from seabed.atlas.store import Feature, Limit
from seabed.errors import AtlasError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from shapely.geometry.base import BaseGeometry

LAYER = "us_ocs"
TERRITORIES = {
    "ASM": "American Samoa",
    "GUM": "Guam",
    "MNP": "Northern Mariana Islands",
    "VIR": "U.S. Virgin Islands",
}
#: Before that day the leasing statute did not reach the territories.
IN_FORCE_FROM = dt.date(2022, 8, 16)
_KINDS = ("territorial_sea", "continental_shelf")
_SOURCE = (
    "Derived from the maritime_zones layer: territorial sea and continental shelf of the territory without "
    "the sea within 3 M of its shore; 48 U.S.C. 1705, 43 U.S.C. 1331(a)"
)


def build_us_ocs(
    zones: Sequence[Feature], belt: Callable[[str], MultiPolygon] = three_mile_belt
) -> tuple[list[Feature], list[Limit]]:
    """Return the shelf of each territory (``us:OCS-ASM``, …) and its inner limit of kind ``3M``.

    Parameters
    ----------
    zones
        The maritime zones of the world.
    belt
        Gives the sea within 3 M of a territory.

    Raises
    ------
    AtlasError
        If a territory has no zones.
    """
    features, limits = [], []
    for territory, name in TERRITORIES.items():
        own = {
            zone.kind: zone
            for zone in zones
            if zone.state == "USA" and zone.territory == territory and zone.kind in _KINDS
        }
        if set(own) != set(_KINDS):
            raise AtlasError(
                f"the zones of {territory} are {sorted(own)}; both {' and '.join(_KINDS)} are needed"
            )
        # Filled: the coast of the zones is simpler than the belt's, and bits of shore must not become shelf.
        inner = shapely.union_all([Polygon(part.exterior) for part in belt(territory).geoms])
        whole = shapely.union_all([zone.geometry for zone in own.values()])
        identifier = f"us:OCS-{territory}"
        features.append(
            Feature(
                layer=LAYER,
                id=identifier,
                ref=f"OCS-{territory}",
                kind="us_ocs",
                name=f"Outer continental shelf of {name}",
                geometry=_polygons(whole.difference(inner)),
                state="USA",
                territory=territory,
                status="open to leasing under the Outer Continental Shelf Lands Act since 16 August 2022",
                valid_from=IN_FORCE_FROM,
                accuracy_km=ACCURACY_KM["12M"],
                source=_SOURCE,
            )
        )
        limits.append(
            Limit(
                layer=LAYER,
                kind="3M",
                name=f"3 M limit of {name}",
                geometry=inner.boundary,
                basis=f"{3 * KM_PER_M:g} km from the shore, 48 U.S.C. 1705(a)",
                accuracy_km=ACCURACY_KM["12M"],
                sides=(own["territorial_sea"].id, identifier),
            )
        )
    return features, limits


def _polygons(geometry: BaseGeometry) -> MultiPolygon:
    parts = shapely.get_parts(geometry)
    return MultiPolygon([part for part in parts if part.geom_type == "Polygon" and part.area > 0])
