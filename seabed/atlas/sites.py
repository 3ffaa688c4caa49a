"""A layer's feature, or all features under one reference, as a site."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from seabed.atlas.names import spoken_name
from seabed.errors import AtlasError
from seabed.geodesy import EdgeKind
from seabed.language import _
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
        prefix, _colon, ref = identifier.partition(":")
        features = [f for f in atlas.features(ref=ref.upper()) if f.id.startswith(f"{prefix.lower()}:")]
        if not features:
            features = [atlas.feature(identifier, superseded=True)]
            superseded = True
    notes = [_origin(features)]
    if superseded:
        notes.append(_("An imported layer has superseded that feature; its shape stands for the site only."))
    return Site(
        name=_name(features),
        geometry=shapely.union_all([feature.geometry for feature in features]),
        edges=EdgeKind.PARALLEL_MERIDIAN,  # the atlas holds edges already densified
        notes=tuple(notes),
        source=identifier,
    )


def _name(features: list[Feature]) -> str:
    first = features[0]
    if len(features) == 1:
        return spoken_name(first.name)
    holder = _(first.holder) if first.holder else spoken_name(first.name)
    return _("{ref} ({count} blocks, {holder})").format(ref=first.ref, count=len(features), holder=holder)


def _origin(features: list[Feature]) -> str:
    first = features[0]
    if len(features) == 1:
        return _("The site is feature {id} of layer {layer}: {source}.").format(
            id=first.id, layer=first.layer, source=first.source
        )
    return _("The site is {count} features under {ref} of layer {layer}: {source}.").format(
        count=len(features), ref=first.ref, layer=first.layer, source=first.source
    )
