"""Continental shelves beyond 200 M that may reach the site: claims known by State and region, not by line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seabed.atlas.around import NearClaim, Surroundings, find_shelf_claims
from seabed.atlas.locate import THE_AREA, Location
from seabed.contract import ShelfClaimNear
from seabed.language import _, clauses, listed, sentences

if TYPE_CHECKING:
    import datetime as dt

    from seabed.atlas.store import Atlas
    from seabed.law.registers import Registers, ShelfClaim


@dataclass(frozen=True, slots=True)
class ShelfClaims:
    """The claims beyond 200 M near the site's parts in the Area; ``drawn_for``: whose shelf a layer draws."""

    near: tuple[NearClaim, ...]
    by_part: tuple[tuple[NearClaim, ...], ...]
    across: tuple[NearClaim, ...]
    drawn_for: frozenset[str]


def find_claims(
    location: Location, surroundings: Surroundings, on: dt.date, atlas: Atlas, registers: Registers
) -> ShelfClaims:
    """Find the claims that may reach each part in the Area, and the Area beyond an inexact limit.

    A layer of extended shelves settles it for the States it draws.
    """
    drawn = [f for f in atlas.attributes(kind="extended_shelf") if f.is_in_force(on)]
    drawn_for = frozenset(state for f in drawn for state in (f.state, *f.claimants) if state)
    open_claims = [c for c in registers.shelf_claims if c.stands(on) and not drawn_for.issuperset(c.states)]
    is_area = [part.jurisdiction is THE_AREA for part in location.parts]
    is_across = THE_AREA in location.possible
    anywhere = find_shelf_claims(surroundings, atlas, open_claims) if any(is_area) or is_across else []
    by_part: list[tuple[NearClaim, ...]] = [() for _ in location.parts]
    for index, part in enumerate(location.parts):
        if not is_area[index] or not anywhere:
            continue
        by_part[index] = (
            tuple(anywhere)
            if len(location.parts) == 1
            else tuple(
                find_shelf_claims(Surroundings(part.geometry), atlas, [near.claim for near in anywhere])
            )
        )
    across = tuple(anywhere) if is_across else ()
    nearest: dict[str, NearClaim] = {}
    for near in (*across, *(near for part in by_part for near in part)):
        known = nearest.get(near.claim.key)
        if known is None or near.distance_km < known.distance_km:
            nearest[near.claim.key] = near
    return ShelfClaims(
        tuple(sorted(nearest.values(), key=lambda near: near.distance_km)),
        tuple(by_part),
        across,
        drawn_for,
    )


def claim_report(near: NearClaim) -> ShelfClaimNear:
    """Return a claim near the site as plain data."""
    claim = near.claim
    return ShelfClaimNear(
        states=list(claim.states),
        region=_(claim.region),
        status=claim.status,
        since=claim.since,
        contested=list(claim.contested),
        limit=near.limit,
        distance_km=near.distance_km,
        note=_(claim.note) if claim.note else None,
        source=claim.source,
        confidence=claim.confidence,
    )


def beyond_200m_words(shelf: ShelfClaims, registers: Registers) -> str:
    """Say what is presumed of shelves beyond 200 M: which claims are near, or that none is known to be."""
    states = listed(sorted(map(registers.state_name, shelf.drawn_for)))
    drawn = _("An installed layer draws the shelf beyond 200 M of {states}.").format(states=states)
    presumed = _(
        "Beyond 200 M the seabed is taken to be the Area, subject to extended-shelf claims not checked "
        "here: the register has none beyond a 200 M limit within 150 M of the site (UNCLOS art. 76(5)), "
        "but a shelf may reach farther, to 100 M beyond the 2,500 m isobath, and depths are not checked."
    )
    if shelf.near:
        presumed = _(
            "Whether the site lies in the Area or on a continental shelf beyond 200 M is left open: "
            "{claims}. The limits of these claims are not in the layers; a shelf may reach 350 M from the "
            "baselines, or 100 M beyond the 2,500 m isobath, which may be farther still (UNCLOS art. 76(5)), "
            "and depths are not checked. An official layer of these shelves, imported, settles it."
        ).format(claims=clauses(_claim_words(near, registers) for near in shelf.near))
    return sentences([presumed, drawn if shelf.drawn_for else ""])


def _claim_words(near: NearClaim, registers: Registers) -> str:
    claim = near.claim
    return _("{states}, {region} ({status}), {km} km from the {limit}").format(
        states=listed(map(registers.state_name, claim.states)),
        region=_(claim.region),
        status=shelf_status(claim, registers),
        km=f"{near.distance_km:,.0f}",
        limit=near.limit,
    )


def shelf_status(claim: ShelfClaim, registers: Registers) -> str:
    """Say how far a claim has come, since when, and who contests it."""
    status = _(claim.status).replace("_", " ")
    if claim.since:
        status = _("{status} since {day}").format(status=status, day=claim.since)
    against = listed(map(registers.state_name, claim.contested))
    return clauses([status, _("contested by {states}").format(states=against) if against else ""])
