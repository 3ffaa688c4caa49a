"""What lies in a frame: the one place where a map knows the atlas."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import shapely
from shapely.affinity import translate

from seabed.briefing import words
from seabed.briefing.maps.style import LIMITS, OVERLAYS, ZONES, limit_class
from seabed.language import _

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Collection, Iterable

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Atlas, FeatureAttributes
    from seabed.briefing.maps.frame import Frame

_FAR_LIMITS = ("200M", "between_states")
_ALL_LIMITS = ("3M", "12M", *_FAR_LIMITS)
#: In a frame of more than so many km from its middle, 12 M are hardly wider than a line.
_NEAR_LIMITS_KM = 1200.0
#: A shape of so few corners is drawn however small it is.
_FEW = 12
#: Of so many blocks of one contract in the frame each is a shape with its own name; more are one shape.
_NAMED_BLOCKS = 6


@dataclass(frozen=True, slots=True)
class Drawn:
    """A shape on the map, in metres from the centre; ``touches`` says whether the site lies in it.

    ``label`` is what may stand on the map, ``short`` where that is too long, ``name`` what is said of it in
    full.
    """

    kind: str
    label: str
    geometry: BaseGeometry
    touches: bool = False
    is_disputed: bool = False
    name: str = ""
    short: str = ""


@dataclass(frozen=True, slots=True)
class Scene:
    """What lies in the frame, save the site itself."""

    zones: tuple[Drawn, ...] = ()
    overlays: tuple[Drawn, ...] = ()
    limits: tuple[Drawn, ...] = ()

    @property
    def vertices(self) -> int:
        """How many vertices all of it has."""
        shapes = [one.geometry for one in (*self.zones, *self.overlays, *self.limits)]
        return int(shapely.get_num_coordinates(shapes).sum())

    def simplified(self, tolerance: float) -> Scene:
        """Return the scene with no more detail than ``tolerance``, in metres on the map.

        What would be smaller than twice that is left out.
        """

        def simple(drawn: Iterable[Drawn]) -> tuple[Drawn, ...]:
            return tuple(
                replace(one, geometry=shape)
                for one in drawn
                if _extent(shape := simplified(one.geometry, tolerance)) >= 2 * tolerance
            )

        return Scene(simple(self.zones), simple(self.overlays), simple(self.limits))


def _extent(geometry: BaseGeometry) -> float:
    if geometry.is_empty:
        return 0.0
    west, south, east, north = geometry.bounds
    return float(max(east - west, north - south))


def simplified(geometry: BaseGeometry, tolerance: float) -> BaseGeometry:
    """Return a shape to be drawn with no more detail than ``tolerance``; it need not be valid.

    Not preserving topology is ten times faster on a ragged coast. An islet that would vanish does; a shape
    of a few corners that would, such as a small block, stays as it is.
    """
    simple = shapely.simplify(geometry, tolerance, preserve_topology=False)
    return geometry if simple.is_empty and shapely.get_num_coordinates(geometry) <= _FEW else simple


def gather(
    frame: Frame,
    atlas: Atlas | None,
    on: dt.date | None,
    *,
    touched: Collection[str] = (),
    kinds: Collection[str] = (*ZONES, *OVERLAYS),
) -> Scene:
    """Return what of ``kinds`` lies in ``frame`` on the day, and the limits; without an atlas, nothing.

    ``touched`` are ids and references of what the site lies in.
    """
    if atlas is None:
        return Scene()
    found, facts = [], {}
    for (box, shift), (attributes, piece) in (
        (boxed, hit) for boxed in frame.boxes for hit in atlas.touching([boxed[0]], on, kinds)
    ):
        found.append(((attributes.kind, attributes.id), shapely.clip_by_rect(piece, *box), shift))
        facts[attributes.id] = attributes
    shapes = {
        identifier: geometry
        for (_kind, identifier), whole in _united(found).items()
        if not (geometry := frame.project(whole)).is_empty
    }
    blocks: dict[str, int] = {}
    for identifier in shapes:
        blocks[facts[identifier].ref] = blocks.get(facts[identifier].ref, 0) + 1
    zones, overlays = [], []
    many: dict[str, list[str]] = {}
    for identifier, geometry in shapes.items():
        fact = facts[identifier]
        if fact.kind in ZONES:
            zones.append(_zone(fact, geometry))
        elif blocks[fact.ref] > _NAMED_BLOCKS:
            many.setdefault(fact.ref, []).append(identifier)
        else:
            overlays.append(_overlay(fact, geometry, bool({fact.id, fact.ref} & set(touched))))
    for ref, identifiers in many.items():
        parts = [part for identifier in identifiers for part in shapely.get_parts(shapes[identifier])]
        together = shapely.MultiPolygon([part for part in parts if part.geom_type == "Polygon"])
        fact = replace(facts[identifiers[0]], name=ref)
        overlays.append(_overlay(fact, together, bool({ref, *identifiers} & set(touched))))
    return Scene(tuple(zones), tuple(overlays), tuple(_limits(frame, atlas)))


def _zone(fact: FeatureAttributes, geometry: BaseGeometry) -> Drawn:
    is_disputed = len(fact.claimants) > 1
    owner = words.state(fact.territory or fact.state or "")
    claimants = words.states(list(fact.claimants)) if is_disputed else ""
    label = _("disputed: {states}").format(states=claimants) if is_disputed else owner
    name = f"{words.zone_kind(fact.kind)}: {label}" if label else words.zone_kind(fact.kind)
    short = _("disputed") if is_disputed else ""
    return Drawn(fact.kind, label, geometry, is_disputed=is_disputed, name=name, short=short)


def _overlay(fact: FeatureAttributes, geometry: BaseGeometry, is_touched: bool) -> Drawn:  # noqa: FBT001
    ref, own = words.clean(fact.ref or fact.name), words.clean(fact.name)
    is_named = fact.kind == "isa_contract" and own and own != ref
    said = dict.fromkeys((own or ref, ref, words.clean(fact.holder or ""), words.zone_kind(fact.kind)))
    return Drawn(
        fact.kind,
        f"{own}\n{ref}" if is_named else ref,
        geometry,
        is_touched,
        name=" · ".join(part for part in said if part),
        short=own if is_named else "",
    )


def _limits(frame: Frame, atlas: Atlas) -> list[Drawn]:
    kinds = _FAR_LIMITS if frame.half_width > _NEAR_LIMITS_KM * 1000 else _ALL_LIMITS
    lines = [
        (
            (limit_class(limit.kind, limit.basis), limit.name),
            shapely.clip_by_rect(limit.geometry, *box),
            shift,
        )
        for box, shift in frame.boxes
        for limit in atlas.limits_near([box], kinds=kinds)
    ]
    return [
        Drawn(key, words.clean(name), geometry, name=f"{words.clean(name)} ({_(LIMITS[key][0])})")
        for (key, name), whole in _united(line for line in lines if line[0][0] in LIMITS).items()
        if not (geometry := frame.project(whole)).is_empty
    ]


def _united(
    parts: Iterable[tuple[tuple[str, str], BaseGeometry, float]],
) -> dict[tuple[str, str], BaseGeometry]:
    """Join the parts of each key, each moved by its multiple of 360°."""
    grouped: dict[tuple[str, str], list[BaseGeometry]] = {}
    for key, part, shift in parts:
        moved = translate(part, xoff=shift) if shift else part
        grouped.setdefault(key, []).append(moved if moved.is_valid else shapely.make_valid(moved))
    return {key: group[0] if len(group) == 1 else shapely.union_all(group) for key, group in grouped.items()}
