"""How the place is laid out: the site, the zones on it and their shares, limits, claims and neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.briefing import words
from seabed.briefing.document import Block, Cited, Items, Pairs, Table
from seabed.briefing.words import NONE, clean
from seabed.language import _, aside, clauses, listed, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seabed.contract import Assessment, SecondOpinion, Zone


def place_blocks(assessment: Assessment, *, redact: bool = False) -> Iterator[Block]:
    """Yield what is known of where the site is; ``redact`` leaves its position out."""
    yield _the_site(assessment, redact=redact)
    if assessment.site.notes:
        yield Items(_("Notes on the site"), tuple(Cited(clean(note)) for note in assessment.site.notes))
    if assessment.zones:
        yield Table(
            _("Zones that cover it"),
            (_("Zone"), _("Share"), _("Area"), _("Whose"), _("Status"), _("Source")),
            tuple(_zone_row(zone) for zone in assessment.zones),
            (3, 1.1, 1.5, 2, 2.6, 2.6),
            numeric=(1, 2),
            lead=3,
        )
    if assessment.zone_notes:
        yield Items(_("Notes on the zones"), tuple(Cited(clean(note)) for note in assessment.zone_notes))
    yield from _layer_comparison(assessment)


def neighbour_blocks(assessment: Assessment, *, redact: bool = False) -> Iterator[Block]:
    """Yield what lies around the site: limits, claims, and the nearest areas that do not touch it."""
    if assessment.margins:
        yield Table(
            _("Distance to limits"),
            (_("Limit"), _("Distance"), _("Accuracy of the layer"), _("Within that accuracy")),
            tuple(
                (
                    clean(margin.limit),
                    words.distance(margin.distance_km),
                    words.number(margin.accuracy_km, "km"),
                    _("yes: which side is uncertain") if margin.within_accuracy else _("no"),
                )
                for margin in assessment.margins
            ),
            (4, 2.4, 1.8, 2),
            numeric=(1, 2),
            lead=2,
        )
    yield from _second_opinions(assessment)
    yield from _shelf_claims(assessment)
    if assessment.nearest:
        # A distance with a bearing from a named area is as good as a position.
        columns: tuple[str, ...] = (_("What"), _("Kind"), _("Distance"))
        yield Table(
            _("Nearest that do not touch it"),
            columns if redact else (*columns, _("Bearing")),
            tuple(
                (
                    named(near.name, near.id),
                    words.zone_kind(near.kind),
                    words.distance(near.distance_km),
                    *(
                        []
                        if redact
                        else [words.bearing(near.bearing_deg) if near.distance_km >= 0.01 else NONE]
                    ),
                )
                for near in assessment.nearest
            ),
            (4, 3, 2.4) if redact else (4, 3, 2.4, 1.1),
            numeric=(2,) if redact else (2, 3),
        )


def zone_label(zone: Zone) -> str:
    """Return what lawyers call an overlay, or the name of a jurisdiction zone."""
    return clean(zone.name if zone.kind in words.JURISDICTION_KINDS else zone.id) or clean(zone.id)


def zone_title(zone: Zone) -> str:
    """Return the kind of a zone and its name."""
    kind, name = words.zone_kind(zone.kind), clean(zone.name)
    if zone.kind not in words.JURISDICTION_KINDS:
        # The holder stands beside the title.
        name = named(name.removesuffix(aside("", clean(zone.holder or ""))), zone.id)
    if kind.lower() in name.lower():
        return name[:1].upper() + name[1:]
    return _("{kind}: {name}").format(kind=kind, name=name) if name else kind


def named(name: str, identifier: str) -> str:
    """Return a name with its id behind it, as far as both are there and the name does not say the id.

    The id of a maritime zone, ``zone:CPT:continental_shelf``, only says its name again.
    """
    name, identifier = clean(name), clean(identifier)
    if name and identifier.startswith("zone:"):
        return name
    return aside(name, identifier if identifier not in name else "") if name else identifier


def _the_site(assessment: Assessment, *, redact: bool) -> Pairs:
    site = assessment.site
    rows = [
        (_("Area"), words.number(site.area_km2, "km²")),
        (_("Perimeter"), words.number(site.perimeter_km, "km")),
    ]
    if redact:
        rows.append(
            (_("Coordinates"), _("left out for sharing; the zones and distances still say where about"))
        )
    else:
        west, south, east, north = site.bbox
        extent = _("{southwest} to {northeast}").format(
            southwest=words.position(west, south), northeast=words.position(east, north)
        )
        rows += [
            (_("Centre"), words.position(*site.centroid)),
            (_("Extent"), extent),
            (_("Crosses the antimeridian"), words.yes_no(site.crosses_antimeridian)),
        ]
    return Pairs(_("The site"), tuple(rows))


def _zone_row(zone: Zone) -> tuple[str, ...]:
    return (
        zone_title(zone),
        words.share(zone.share),
        words.number(zone.area_km2, "km²"),
        clauses(_whose(zone)) or NONE,
        clean(zone.status or "") or NONE,
        clauses((clean(zone.source), _("accurate to {km}").format(km=words.number(zone.accuracy_km, "km")))),
    )


def _whose(zone: Zone) -> Iterator[str]:
    yield clean(zone.holder or "")
    if zone.territory and zone.territory != zone.state:
        yield aside(words.state(zone.territory), words.state(zone.state) if zone.state else "")
    elif zone.state:
        yield words.state(zone.state)
    if zone.claimants:
        yield _("claimed by {states}").format(states=words.states(zone.claimants))


def _shelf_claims(assessment: Assessment) -> Iterator[Block]:
    if not assessment.shelf_claims:
        return
    rows = []
    for claim in assessment.shelf_claims:
        status = words.said({}, claim.status)
        if claim.since:
            status = listed((status, _("known since {day}").format(day=words.date(claim.since))))
        region = clean(claim.region)
        if claim.note:
            region = _("{region}: {note}").format(region=region, note=clean(claim.note))
        confidence = _("confidence: {level}").format(level=_(clean(claim.confidence)))
        rows.append(
            (
                words.states(claim.states),
                region,
                status,
                words.states(claim.contested) if claim.contested else NONE,
                aside(words.distance(claim.distance_km), clean(claim.limit)),
                aside(clean(claim.source), confidence),
            )
        )
    yield Table(
        _("Claims to continental shelf beyond 200 M that may reach it"),
        (
            _("Claimed by"),
            _("Region"),
            _("Status"),
            _("Contested by"),
            _("Distance to the 200 M limit"),
            _("Source"),
        ),
        tuple(rows),
        (1.6, 2.6, 1.8, 1.4, 2.2, 2.6),
        lead=2,
        note=_("The limits of these claims are not in the layers; the register knows regions only."),
    )


def _second_opinions(assessment: Assessment) -> Iterator[Block]:
    if assessment.second_opinions:
        yield Table(
            _("Second opinion: limits checked against the coast"),
            (
                _("Limit"),
                _("Distance"),
                _("Distance to its coast"),
                _("Difference"),
                _("Accuracy of both"),
                _("So"),
            ),
            tuple(
                (
                    clean(opinion.limit),
                    words.distance(opinion.distance_to_limit_km),
                    listed(
                        filter(
                            None,
                            (
                                aside(_km(opinion.distance_to_coast_km), clean(opinion.coast)),
                                _implied(opinion),
                            ),
                        )
                    ),
                    _km(opinion.difference_km),
                    words.number(opinion.accuracy_km, "km"),
                    clean(opinion.note),
                )
                for opinion in assessment.second_opinions
            ),
            (2.4, 1.6, 2.4, 1.2, 1.2, 3.4),
            numeric=(1, 3, 4),
            note=_(
                "From the point of the site nearest to the limit. The coastline of the layer is simplified "
                "to 0.4 to 2.5 km and leaves out the smallest islands."
            ),
        )


def _implied(opinion: SecondOpinion) -> str:
    if opinion.implied_km is None:
        return ""
    says = (
        _("which puts it at least {distance} inside")
        if opinion.implied_km > 0
        else _("which puts it {distance} outside")
    )
    return says.format(distance=words.number(abs(opinion.implied_km), "km"))


def _km(value: float | None) -> str:
    return _(words.UNKNOWN) if value is None else words.number(value, "km")


def _layer_comparison(assessment: Assessment) -> Iterator[Block]:
    compared = assessment.layer_comparison
    if compared is None:
        return
    verdict = _("Both give the same zones and States.")
    if compared.differing_share >= 0.00005:
        verdict = _("They differ on {share} of the site or more.").format(
            share=words.share(compared.differing_share)
        )
    limits = _("Nearest limit: {bundled} by the bundled layer, {installed} with the installed one.").format(
        bundled=_km(compared.bundled_limit_km), installed=_km(compared.installed_limit_km)
    )
    yield Table(
        _("Bundled and installed zones"),
        (_("Layer"), _("Zone"), _("Whose"), _("Share")),
        tuple(
            (
                clauses(map(clean, compared.installed))
                if answer.layers == "installed"
                else _("bundled with the program"),
                words.zone_kind(answer.kind),
                _states_of(answer.territory or answer.state, answer.claimants),
                words.share(answer.share),
            )
            for answer in compared.answers
        ),
        (3, 2.6, 3, 1),
        numeric=(3,),
        note=sentences((verdict, limits)),
    )


def _states_of(first: str | None, claimants: Sequence[str]) -> str:
    return clauses(map(words.state, filter(None, (first, *claimants)))) or NONE
