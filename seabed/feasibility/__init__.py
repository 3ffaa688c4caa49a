"""Whether it pays: resource, technology, logistics, economics, environment and supply."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seabed.contract import Feasibility
from seabed.feasibility.economics import Economics, economics_of
from seabed.feasibility.resource import Resource, resource_of
from seabed.feasibility.supply import supply_of
from seabed.feasibility.units import WetTonnes
from seabed.geodesy import area_km2

if TYPE_CHECKING:
    from collections.abc import Sequence

    from seabed.atlas.locate import Location
    from seabed.atlas.store import Atlas
    from seabed.feasibility.prices import PriceDeck
    from seabed.question import Question
    from seabed.site import Site


def assess_feasibility(
    site: Site,
    location: Location,
    question: Question,
    atlas: Atlas,
    *,
    moisture: float | None = None,
    cases: Sequence[str] = (),
    rate_wet_mt: float | None = None,
    prices: PriceDeck | None = None,
    royalty: float | None = None,
    draws: int = 0,
    seed: int = 0,
    in_detail: bool = False,
) -> Feasibility:
    """Run every part on one site; what has no basis is ``None`` and said in ``gaps``.

    Parameters
    ----------
    site, location, question, atlas
        As the assessment has them; ``location`` is of ``site`` by the layers of ``atlas``.
    moisture
        Of the nodules, a fraction of wet mass; by default the resource's own.
    cases, rate_wet_mt, prices, royalty, draws, seed, in_detail
        Of the economics: see `seabed.feasibility.economics.economics_of`.

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
        moisture=moisture,
    )
    gaps = ["Technology, logistics and environment are not assessed yet."]
    economics: Economics | None = None
    if in_place := _tonnes_in_place(resource):
        economics = economics_of(
            in_place,
            zones=zones,
            grades={metal: (grade.value or 0.0) / 100 for metal, grade in resource.grades.items()},
            moisture=resource.moisture.value if resource.moisture else None,
            basis=resource.summary,
            cases=cases,
            rate_wet_mt=rate_wet_mt,
            prices=prices,
            royalty=royalty,
            draws=draws,
            seed=seed,
            in_detail=in_detail,
        )
    else:
        gaps.append("Economics: there is no tonnage of nodules to value.")
    supply = supply_of(
        resource if resource.nodules_wet else None,
        rate_wet_mt=economics.rate.value if economics else rate_wet_mt,
        metal_tonnes={metal: figure.value or 0.0 for metal, figure in economics.metals.items()}
        if economics
        else None,
    )
    return Feasibility(
        resource=resource.model_dump(mode="json"),
        economics=economics.model_dump(mode="json") if economics else None,
        supply=supply.model_dump(mode="json"),
        gaps=gaps,
    )


def _tonnes_in_place(resource: Resource) -> WetTonnes | None:
    figure = resource.nodules_wet
    return WetTonnes(figure.value * 1e6) if figure and figure.value else None
