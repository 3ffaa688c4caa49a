"""A layer's feature, or all features under one reference, as a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from seabed.errors import AtlasError
from seabed.geodesy import EdgeKind
from seabed.site import Site

if TYPE_CHECKING:
    from seabed.atlas.store import Atlas, Feature


def site_of(atlas: Atlas, identifier: str) -> Site:
    """Return the site that a feature id (``isa:NORI-D``) or a reference (``isa:NORIPMN1``) names.

    The id of a feature that an imported layer superseded still names a site, with a note.

    Raises
    ------
    AtlasError
        If there is neither, with close matches.
    """
    superseded = False
    try:
        features = [atlas.feature(identifier)]
    except AtlasError:
        prefix, _, ref = identifier.partition(":")
        features = [f for f in atlas.features(ref=ref.upper()) if f.id.startswith(f"{prefix.lower()}:")]
        if not features:
            features = [atlas.feature(identifier, superseded=True)]
            superseded = True
    notes = [f"The site is {_listed(features)} of layer {features[0].layer}: {features[0].source}."]
    if superseded:
        notes.append("An imported layer has superseded that feature; its shape stands for the site only.")
    return Site(
        name=_name(features),
        geometry=shapely.union_all([feature.geometry for feature in features]),
        edges=EdgeKind.PARALLEL_MERIDIAN,  # the atlas holds edges already densified
        notes=tuple(notes),
        source=identifier,
    )


def _name(features: list[Feature]) -> str:
    first = features[0]
    return (
        first.name
        if len(features) == 1
        else f"{first.ref} ({len(features)} blocks, {first.holder or first.name})"
    )


def _listed(features: list[Feature]) -> str:
    return (
        f"feature {features[0].id}"
        if len(features) == 1
        else f"{len(features)} features under {features[0].ref}"
    )
