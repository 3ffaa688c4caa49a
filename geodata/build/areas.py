"""Areas drawn by an authority: the GeoJSON files of geodata/sources become features of the atlas.

The sources keep the published vertices with their edge kind. Here edges are densified to a metre, so that
planar predicates hold, and only then cut at the antimeridian.
"""

from __future__ import annotations

import datetime as dt
import json
from typing import TYPE_CHECKING, Any

import shapely
import yaml
from shapely.geometry import shape

from seabed.atlas.store import Feature
from seabed.errors import AtlasError
from seabed.geodesy import EdgeKind, densify, split_antimeridian

if TYPE_CHECKING:
    from pathlib import Path

#: Keys of a source feature that have a column of their own; every other key goes to ``properties``.
_COLUMNS = ("id", "ref", "kind", "name", "state", "territory", "holder", "mineral", "status", "source")


def build_areas(sources: Path, contracts: Path) -> list[Feature]:
    """Return the features of every GeoJSON file in ``sources``; a file's stem is the layer.

    Parameters
    ----------
    sources
        A folder of GeoJSON feature collections, WGS 84 longitude and latitude.
    contracts
        The register of ISA contracts; a contract block is in force from the day its first term began.

    Raises
    ------
    AtlasError
        If a feature lacks a key, names an unknown edge kind, or is not valid once densified.
    """
    begun = contract_starts(contracts)
    features = []
    for path in sorted(sources.glob("*.geojson")):
        collection = json.loads(path.read_text(encoding="utf-8"))
        for record in collection["features"]:
            properties = dict(record["properties"])
            if properties.get("kind") == "isa_contract" and properties.get("ref") in begun:
                properties["valid_from"] = begun[properties["ref"]].isoformat()
            features.append(_feature(path.stem, properties, record["geometry"]))
    return features


def contract_starts(contracts: Path) -> dict[str, dt.date]:
    """Return the day on which the first term of each contract in the register began, by contract ref."""
    if not contracts.is_file():
        raise AtlasError(f"the register of contracts is missing: {contracts}")
    register = yaml.safe_load(contracts.read_text(encoding="utf-8"))
    return {entry["ref"]: min(term["from"] for term in entry["terms"]) for entry in register}


def _feature(layer: str, properties: dict[str, Any], geometry: dict[str, Any]) -> Feature:
    name = f"{layer}: {properties.get('id')}"
    try:
        edges = EdgeKind(properties["edges"])
        columns = {key: properties[key] for key in _COLUMNS}
        accuracy_km = float(properties["accuracy_km"])
        valid_from, valid_to = _day(properties["valid_from"]), _day(properties["valid_to"])
    except (KeyError, ValueError) as error:
        raise AtlasError(f"{name}: {error!r}") from error
    dense = split_antimeridian(densify(shape(geometry), edges))
    if not shapely.is_valid(dense):
        raise AtlasError(f"{name} is not valid: {shapely.is_valid_reason(dense)}")
    known = {*_COLUMNS, "accuracy_km", "valid_from", "valid_to"}
    return Feature(
        layer=layer,
        geometry=dense,
        accuracy_km=accuracy_km,
        valid_from=valid_from,
        valid_to=valid_to,
        properties={
            key: value
            for key, value in properties.items()
            if key not in known and value not in (None, "", [])
        },
        **columns,
    )


def _day(text: str | None) -> dt.date | None:
    return dt.date.fromisoformat(text) if text else None
