"""The overall read: what is strong, what is weak and what is not known, each resting on a figure.

Every rule looks at one figure, or at two that disagree, and says one sentence with the number in it. They
are never added up: a site is not a score.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Literal

from pydantic import BaseModel, ConfigDict, Field

from seabed.feasibility.cases import REFERENCE_CASE
from seabed.feasibility.figures import read_table, spoken_figure_in
from seabed.feasibility.technology import deeper_but_less_sure
from seabed.language import _, large, large_sum, listed, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seabed.feasibility.economics import Economics
    from seabed.feasibility.environment import Environment
    from seabed.feasibility.figure import Figure
    from seabed.feasibility.logistics import Logistics
    from seabed.feasibility.resource import Resource
    from seabed.feasibility.supply import Supply
    from seabed.feasibility.technology import Technology

Standing = Literal["strong", "weak", "unknown"]

_ALL = 100.0  # per cent


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Finding(_Model):
    """One sentence, and the figures of the assessment that it rests on."""

    says: str
    rests_on: tuple[str, ...] = Field(
        description="paths from the feasibility part, with dots: resource.abundance"
    )


class Overview(_Model):
    """What speaks for the site, what against it, and what cannot be said."""

    strong: tuple[Finding, ...] = ()
    weak: tuple[Finding, ...] = ()
    unknown: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """The parts of one assessment, ``None`` where there was nothing to assess."""

    resource: Resource | None = None
    technology: Technology | None = None
    logistics: Logistics | None = None
    economics: Economics | None = None
    environment: Environment | None = None
    supply: Supply | None = None

    def named(self) -> Iterator[tuple[str, BaseModel | None]]:
        """Yield each part by its key in the contract."""
        for field in fields(self):
            yield field.name, getattr(self, field.name)


Found = tuple[Standing, Finding]


def overview_of(parts: Parts) -> Overview:
    """Apply every rule to the parts; a rule whose figures are missing says nothing or says so."""
    found = [one for rule in _RULES for one in rule(parts)]
    return Overview(
        strong=tuple(finding for standing, finding in found if standing == "strong"),
        weak=tuple(finding for standing, finding in found if standing == "weak"),
        unknown=tuple(finding for standing, finding in found if standing == "unknown"),
    )


def _found(standing: Standing, says: str, *rests_on: str) -> Found:
    return standing, Finding(says=says, rests_on=rests_on)


def _is_dry(parts: Parts) -> bool:
    return parts.technology is not None and parts.technology.depth is None


# --- Resource -----------------------------------------------------------------------------------------------


def _abundance(parts: Parts) -> Iterator[Found]:
    """Compare with the average of the Clarion-Clipperton Zone, the only region measured as a whole."""
    resource = parts.resource
    if resource is None:
        return
    if resource.abundance is None or resource.abundance.value is None:
        yield _found(
            "unknown", _("What lies on the sea floor: {why}").format(why=resource.summary), "resource"
        )
        return
    if resource.method == "regional average":
        says = _(
            "The abundance of {value} kg/m² wet is the average of a region, not of this site: it may be "
            "anywhere from {low} to {high}."
        )
        standing: Standing = "unknown"
    else:
        region = _regional_abundance()
        is_rich = resource.abundance.value >= (region.value or 0.0)
        standing = "strong" if is_rich else "weak"
        says = (
            _(
                "The abundance of {value} kg/m² wet is above the {region} that the Clarion-Clipperton Zone "
                "averages."
            )
            if is_rich
            else _(
                "The abundance of {value} kg/m² wet is below the {region} that the Clarion-Clipperton Zone "
                "averages."
            )
        )
        says = says.replace("{region}", _amount(region.value))
    yield _found(
        standing,
        says.format(
            value=_amount(resource.abundance.value),
            low=_amount(resource.abundance.low),
            high=_amount(resource.abundance.high),
        ),
        "resource.abundance",
    )


def _regional_abundance() -> Figure:
    rows = read_table("resource_areas")
    row = next(row for row in rows if (row["area"], row["quantity"]) == ("ccz", "abundance"))
    return spoken_figure_in(row, row["unit"])


# --- Depth and technology -----------------------------------------------------------------------------------


def _shown_depth(parts: Parts) -> Iterator[Found]:
    """Compare the depths of the site with the deepest test of the whole chain, from collector to ship."""
    technology = parts.technology
    level = next((one for one in technology.levels if one.id == "lift"), None) if technology else None
    if technology is None or level is None or technology.depth is None:
        return
    path = "technology.levels.2"
    within, gap = level.share_within.value, level.gap_at_deepest.value
    if within is None or gap is None or level.deepest is None:
        says = _("No published test has raised {mineral} from the sea floor to a ship at a known depth.")
        yield _found("weak", says.format(mineral=_(technology.mineral)), f"{path}.depth")
        return
    paths = ("depth", "share_within", "gap_at_deepest")
    said = {
        "share": f"{within:.0%}",
        "depth": _amount(level.depth.value),
        "gap": _amount(gap),
        "test": _("{system}, {year}").format(system=level.deepest.system, year=level.deepest.year),
    }
    if gap <= 0:
        says = _(
            "All of the site is no deeper than the {depth} m from which nodules have been raised ({test})."
        )
        yield _found("strong", says.format(**said), f"{path}.depth", f"{path}.share_within")
    elif within <= 0:
        says = _(
            "All of the site is deeper than the {depth} m from which collector, riser and ship have surely "
            "raised anything together ({test}); its deepest place is {gap} m deeper."
        )
        says = sentences((says.format(**said), deeper_but_less_sure(level)))
        yield _found("weak", says, *(f"{path}.{name}" for name in paths))
    else:
        says = _(
            "Only {share} of the site is no deeper than the {depth} m from which collector, riser and ship "
            "have surely raised anything together ({test}); its deepest place is {gap} m deeper."
        )
        says = sentences((says.format(**said), deeper_but_less_sure(level)))
        yield _found("unknown", says, *(f"{path}.{name}" for name in paths))


def _shown_rate(parts: Parts) -> Iterator[Found]:
    """Compare the rate presumed with what the fastest test would make if it never stopped."""
    technology, economics = parts.technology, parts.economics
    held = technology.throughput.get(_("the same for a whole year")) if technology else None
    if economics is None or economics.rate.value is None or held is None or held.value is None:
        return
    says = _(
        "The rate presumed, {rate} wet t a year, is {times} times what the fastest test would make in a year "
        "without a stop ({held} t)."
    )
    times = economics.rate.value / held.value
    if times > 1:
        rate, most = (large(1e6 * value) for value in (economics.rate.value, held.value))
        said = says.format(rate=rate, times=_amount(times), held=most)
        yield _found("weak", said, "economics.rate", "technology.throughput")


# --- Logistics ----------------------------------------------------------------------------------------------


def _downtime(parts: Parts) -> Iterator[Found]:
    """Say that time lost to weather is not known, where it is not."""
    logistics = parts.logistics
    if logistics and logistics.weather.value is None and not _is_dry(parts):
        says = _("How much of the year weather would stop the work is not known: {why}.")
        why = logistics.weather.basis.removesuffix(".")
        yield _found("unknown", says.format(why=why), "logistics.weather")


# --- Economics ----------------------------------------------------------------------------------------------


def _rival_cases(parts: Parts) -> Iterator[Found]:
    """Set the promoters' cases against the critics'; the stress case tests a claim and decides nothing."""
    cases = parts.economics.cases if parts.economics else {}
    values = {
        id_: (case.stance, case.npv.value)
        for id_, case in cases.items()
        if case.stance != "stress" and case.npv.value is not None
    }
    if not values:
        return
    paths = [f"economics.cases.{id_}.npv" for id_ in values]
    numbers = [value for _stance, value in values.values()]
    span = {"low": _money(min(numbers)), "high": _money(max(numbers))}
    payments = _payments(parts)
    if len({stance for stance, _value in values.values()}) == 1:
        says = _("Only one side's costs were asked for: by them the net present value is {low} to {high}.")
        yield _found("unknown", sentences((says.format(**span), payments)), *paths)
    elif min(numbers) > 0:
        says = _("It pays by the promoters' costs and by the critic's: {low} to {high}.")
        yield _found("strong", sentences((says.format(**span), payments)), *paths)
    elif max(numbers) <= 0:
        says = _("It does not pay by the promoters' costs nor by the critic's: {low} to {high}.")
        yield _found("weak", sentences((says.format(**span), payments)), *paths)
    else:
        says = _("Whether it pays turns on whose costs hold: the net present value is {low} to {high}.")
        yield _found("unknown", sentences((says.format(**span), payments)), *paths)


def _payments(parts: Parts) -> str:
    """Say whose payments are taken off: a value under one legal order is not one under another."""
    economics = parts.economics
    case = next(iter(economics.cases.values()), None) if economics else None
    footing = economics.footings.get(case.footing) if economics and case else None
    return _("Payments are taken off as under: {footing}.").format(footing=footing.name) if footing else ""


def _prices(parts: Parts) -> Iterator[Found]:
    """Ask whether the reference case survives the lowest prices recorded."""
    case = parts.economics.cases.get(REFERENCE_CASE) if parts.economics else None
    if case is None or case.npv.low is None:
        return
    path = f"economics.cases.{REFERENCE_CASE}.npv"
    low = _money(case.npv.low)
    if case.npv.low >= 0:
        says = _("The promoter's case still has {low} at the lowest prices recorded.")
        yield _found("strong", says.format(low=low), path)
    else:
        says = _("At the lowest prices recorded even the promoter's case falls to {low}.")
        yield _found("weak", says.format(low=low), path)


def _draws(parts: Parts) -> Iterator[Found]:
    """Read the Monte Carlo run at its 10th and 90th percentile."""
    run = parts.economics.monte_carlo if parts.economics else None
    if run is None or run.npv.low is None or run.npv.high is None:
        return
    numbers = {
        "low": _money(run.npv.low),
        "high": _money(run.npv.high),
        "share": f"{run.share_above_nil:.0%}",
        "draws": f"{run.draws:,}",
    }
    if run.npv.low > 0:
        standing: Standing = "strong"
    else:
        standing = "weak" if run.npv.high <= 0 else "unknown"
    says = _(
        "With the prices, costs, tonnes and recoveries of the promoter's case varied together, {share} of "
        "{draws} draws pay; eight of ten lie between {low} and {high}."
    )
    yield _found(standing, says.format(**numbers), "economics.monte_carlo.npv")


# --- Environment --------------------------------------------------------------------------------------------


def _protected(parts: Parts) -> Iterator[Found]:
    """Name the protected areas that cover some of the site."""
    for index, area in enumerate(parts.environment.protected if parts.environment else ()):
        if area.share > 0:
            says = _("{share} of the site lies in a protected area, {name}.")
            said = says.format(share=f"{area.share:.0%}", name=area.name)
            yield _found("weak", said, f"environment.protected.{index}")


def _disturbed(parts: Parts) -> Iterator[Found]:
    """Say how much sea bed the collectors would pass over."""
    disturbed = parts.environment.disturbed if parts.environment else None
    if disturbed is None or disturbed.value is None:
        return
    says = _(
        "At the rate presumed collectors would pass over {area} km² of sea bed a year, and the plume would "
        "reach more."
    )
    yield _found("weak", says.format(area=_amount(disturbed.value)), "environment.disturbed")


def _recovery(parts: Parts) -> Iterator[Found]:
    """Say that how life on the sea bed recovers is not settled, where there are findings on it."""
    findings = parts.environment.findings if parts.environment else ()
    known = [index for index, finding in enumerate(findings) if finding.topic == "recovery"]
    if known and not _is_dry(parts):
        says = _(
            "How far life on the sea bed recovers, and when, is not settled; findings stand side by side."
        )
        yield _found("unknown", says, *(f"environment.findings.{index}" for index in known))


# --- Supply -------------------------------------------------------------------------------------------------


def _imports(parts: Parts) -> Iterator[Found]:
    """Name the metals of which a year's output is as much as the United States imports, net."""
    metals = parts.supply.metals if parts.supply else {}
    shares = {metal: one.share_of_us_net_imports.value for metal, one in metals.items()}
    known = {metal: share for metal, share in shares.items() if share is not None}
    if not known:
        return
    covered = {metal: share for metal, share in known.items() if share >= _ALL}
    standing: Standing = "strong" if covered else "weak"
    says = (
        _("A year's output is more than the United States imports, net, of: {metals}.")
        if covered
        else _("Of no metal would a year's output be as much as the United States imports, net: {metals}.")
    )
    named = listed(
        _("{metal} {share} %").format(metal=_(metal), share=f"{share:,.0f}")
        for metal, share in (covered or known).items()
    )
    paths = (f"supply.metals.{metal}.share_of_us_net_imports" for metal in covered or known)
    yield _found(standing, says.format(metals=named), *paths)


def _rare_earths(parts: Parts) -> Iterator[Found]:
    """Say that nodules supply none, with what they hold."""
    earths = parts.supply.not_supplied.get("rare_earths") if parts.supply else None
    if earths is None or earths.content.value is None or not (parts.resource and parts.resource.grades):
        return
    if parts.resource.method == "no basis":
        return
    says = _(
        "The site would supply no rare earths: they are {content} % of dry nodules, and no project "
        "recovers them."
    )
    yield _found(
        "weak",
        says.format(content=f"{earths.content.value:.2g}"),
        "supply.not_supplied.rare_earths.content",
    )


_RULES = (
    _abundance,
    _shown_depth,
    _shown_rate,
    _downtime,
    _rival_cases,
    _prices,
    _draws,
    _protected,
    _disturbed,
    _recovery,
    _imports,
    _rare_earths,
)


def _amount(value: float | None) -> str:
    return "?" if value is None else f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}"


def _money(musd: float) -> str:
    """Write USD million as the language counts, with the sign of a minus."""
    return _("USD {amount}").format(amount=large_sum(1e6 * musd).replace("-", "−"))
