"""Whether it pays: resource, technology, logistics, economics, environment and supply."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seabed.contract import Feasibility
from seabed.errors import FigureError
from seabed.feasibility.cases import case_ids
from seabed.feasibility.economics import Economics, economics_of
from seabed.feasibility.environment import environment_of
from seabed.feasibility.logistics import logistics_of
from seabed.feasibility.overview import Parts, overview_of
from seabed.feasibility.resource import Resource, resource_of
from seabed.feasibility.supply import supply_of
from seabed.feasibility.technology import technology_of
from seabed.feasibility.uncertainty import MOST_DRAWS
from seabed.feasibility.units import WetTonnes, check_moisture, check_number
from seabed.geodesy import area_km2
from seabed.language import _

if TYPE_CHECKING:
    from seabed.atlas.locate import Location
    from seabed.atlas.store import Atlas
    from seabed.feasibility.claims import Claim
    from seabed.feasibility.prices import PriceDeck
    from seabed.question import Question
    from seabed.site import Site


@dataclass(frozen=True, slots=True, kw_only=True)
class FeasibilityOptions:
    """What the feasibility part is to presume, and how much of it to run.

    ``moisture`` is a fraction of wet mass (by default the resource's own), ``rate_wet_mt`` million wet tonnes
    a year, ``royalty`` a fraction of gross metal value where a lease or a coastal State sets it; ``cases``
    are ids of `seabed.feasibility.cases.case_ids` (none: all). ``draws`` of 0 leaves out the Monte Carlo run;
    ``in_detail`` adds the tornado, the table of prices and costs, independent estimates and published claims.

    Raises
    ------
    FigureError
        On construction, if one of them is impossible; the message names it.
    """

    moisture: float | None = None
    cases: tuple[str, ...] = ()
    rate_wet_mt: float | None = None
    prices: PriceDeck | None = None
    royalty: float | None = None
    draws: int = 0
    seed: int = 0
    in_detail: bool = False

    def __post_init__(self) -> None:
        if self.moisture is not None:
            check_moisture(self.moisture)
        if self.rate_wet_mt is not None:
            most = _MOST_RATE_WET_MT
            check_number(self.rate_wet_mt, "the rate in million wet tonnes a year", low=1e-3, high=most)
        if self.royalty is not None:
            check_number(self.royalty, "the royalty (a fraction of metal value: 5 % is 0.05)", low=0, high=1)
        if self.draws != 0:
            check_number(self.draws, "the number of draws", low=100, high=MOST_DRAWS)
        check_number(self.seed, "the seed of the draws", low=0, high=2**63)
        if not isinstance(self.draws, int) or not isinstance(self.seed, int):
            raise FigureError(f"draws and seed must be whole numbers, not {self.draws!r} and {self.seed!r}")
        if unknown := [case for case in self.cases if case not in case_ids()]:
            raise FigureError(f"there is no case {unknown[0]!r}; there are {', '.join(case_ids())}")


#: What a quick look takes, and what a brief takes: the same figures, and how far they may move.
QUICK = FeasibilityOptions()
IN_DETAIL = FeasibilityOptions(draws=20_000, in_detail=True)

# Of the claims that bear on a site: what they are about, and how they came out. `seabed claims` has them all.
_CLAIMS_ABOUT = ("resource", "technology", "cost", "supply", "rare_earths")
_CLAIMS_SHOWN = ("wrong", "outdated", "unsupported", "open")

# Two hundred ships of the size published so far; a bound on typing errors (tonnes for millions of tonnes).
_MOST_RATE_WET_MT = 600.0


def assess_feasibility(
    site: Site,
    location: Location,
    question: Question,
    atlas: Atlas,
    options: FeasibilityOptions = QUICK,
) -> Feasibility:
    """Run every part on one site; what has no basis is ``None`` and said in ``gaps``.

    Parameters
    ----------
    site, location, question, atlas
        As the assessment has them; ``location`` is of ``site`` by the layers of ``atlas``.
    options
        What to presume of the project, and how much to run.

    Raises
    ------
    FigureError
        If an input is impossible.
    """
    zones = location.zones
    resource = resource_of(
        site.geometry,
        zones,
        atlas,
        site_km2=area_km2(site.geometry),
        mineral=question.mineral,
        moisture=options.moisture,
    )
    technology = technology_of(site.geometry, question.mineral)
    logistics = logistics_of(site.geometry)
    gaps = []
    economics: Economics | None = None
    if in_place := _tonnes_in_place(resource):
        economics = economics_of(
            in_place,
            zones=zones,
            is_us_applicant=_is_of(question, "USA"),
            grades={metal: (grade.value or 0.0) / 100 for metal, grade in resource.grades.items()},
            moisture=resource.moisture.value if resource.moisture else None,
            basis=resource.summary,
            cases=options.cases,
            rate_wet_mt=options.rate_wet_mt,
            prices=options.prices,
            royalty=options.royalty,
            draws=options.draws,
            seed=options.seed,
            in_detail=options.in_detail,
        )
    else:
        gaps.append(_("Economics: there is no tonnage of nodules to value."))
    rate = economics.rate.value if economics else options.rate_wet_mt
    environment = environment_of(
        site.geometry, location, question, atlas, rate_wet_mt=rate, abundance=resource.abundance
    )
    supply = supply_of(
        resource if resource.nodules_wet else None,
        rate_wet_mt=rate,
        metal_tonnes={metal: figure.value or 0.0 for metal, figure in economics.metals.items()}
        if economics
        else None,
        on=question.on,
    )
    claims = _claims(resource, location, question) if options.in_detail else []
    parts = Parts(
        resource=resource,
        technology=technology,
        logistics=logistics,
        economics=economics,
        environment=environment,
        supply=supply,
    )
    return Feasibility(
        **{name: part.model_dump(mode="json") if part else None for name, part in parts.named()},
        overview=overview_of(parts).model_dump(mode="json"),
        claims=[claim.model_dump(mode="json") for claim in claims],
        gaps=gaps,
    )


def _claims(resource: Resource, location: Location, question: Question) -> list[Claim]:
    from seabed.feasibility.claims import claims_on  # noqa: PLC0415 - a quick look does without its data

    return claims_on(
        _CLAIMS_ABOUT,
        mineral=resource.mineral,
        zones={zone.kind for zone in location.zones},
        verdicts=_CLAIMS_SHOWN,
        on=question.on,
    )


def _tonnes_in_place(resource: Resource) -> WetTonnes | None:
    figure = resource.nodules_wet
    return WetTonnes(figure.value * 1e6) if figure and figure.value else None


def _is_of(question: Question, state: str) -> bool:
    who = question.applicant
    return who is not None and state in {who.incorporated_in, who.nationality}
