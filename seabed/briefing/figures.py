"""How feasibility is laid out: what was found, with its ranges, and apart from it the figures behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seabed.briefing import words
from seabed.briefing.document import Block, Cited, Items, Pairs, Section, Table
from seabed.briefing.words import clean
from seabed.language import N_, _, aside, clauses, listed, sentences

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

    from seabed.contract import Feasibility

Data = dict[str, Any]

_PARTS = {
    "resource": N_("Resource"),
    "technology": N_("Depth and technology"),
    "logistics": N_("Logistics"),
    "economics": N_("Economics"),
    "environment": N_("Environment"),
    "supply": N_("Supply"),
}

_NONE = "—"

_INPUTS = {
    "nickel_price": N_("price of nickel"),
    "cobalt_price": N_("price of cobalt"),
    "copper_price": N_("price of copper"),
    "manganese_price": N_("price of manganese"),
    "unsplit_cost": N_("running cost per wet tonne"),
    "initial_capital": N_("capital before production"),
    "expansion_capital": N_("capital for expansion"),
    "sustaining_capital": N_("sustaining capital"),
    "rate_wet_mt": N_("tonnes raised a year"),
    "recoverable_wet_mt": N_("tonnes that can be raised"),
    "nickel_recovery": N_("recovery of nickel"),
    "manganese_recovery": N_("recovery of manganese"),
    "tax_rate": N_("tax rate"),
    "discount_rate": N_("discount rate"),
}


def input_name(identifier: str) -> str:
    """Return what an input of the cash-flow model is called, by its name in the tornado."""
    return _(_INPUTS.get(identifier) or identifier.replace("_", " "))


def feasibility_sections(feasibility: Feasibility, *, with_charts: bool = False) -> Iterator[Section]:
    """Yield what was found, and apart from it the figures behind it, part by part, with their sources.

    ``with_charts`` puts the charts of `seabed.briefing.charts` behind the first block of their part; it needs
    matplotlib.
    """
    charts: dict[str, tuple[Block, ...]] = {}
    if with_charts:
        from seabed.briefing.charts import charts_of  # noqa: PLC0415 - half a second that only a brief pays for

        charts = dict(charts_of(feasibility))
    found = [*_overview(feasibility.overview or {})]
    behind = []
    sources: dict[tuple[str, str], None] = {}
    for name, title in _PARTS.items():
        part: Data | None = getattr(feasibility, name)
        if part:
            first, *others = _LAID_OUT.get(name, _plain)(name, part)
            blocks = (first, *charts.get(name, ()), *others)
            found += [block for block in blocks if not block.is_detail]
            behind.append(_behind(name, _(title), (block for block in blocks if block.is_detail)))
            sources |= {(clean(f["source"]), clean(f["vintage"])): None for f in _figures_in(part)}
    behind.append(_behind("claims", _("Published claims, checked"), _claims(feasibility.claims)))
    behind.append(_behind("sources", _("Sources of these figures"), _sources(sources)))
    yield Section("feasibility", _("Whether it pays"), tuple(found))
    shown = tuple(section for section in behind if section.blocks)
    yield Section("figures", _("The figures behind it"), (), shown, is_detail=True)


def _behind(name: str, title: str, blocks: Iterable[Block]) -> Section:
    return Section(f"figures-{name}", title, tuple(blocks), is_detail=True)


def _sources(sources: Collection[tuple[str, str]]) -> Iterator[Block]:
    if sources:
        yield Table("", (_("Source"), _("Vintage")), tuple(_without_sums(sources)), (6, 2), is_detail=True)


def _without_sums(sources: Collection[tuple[str, str]]) -> Iterator[tuple[str, str]]:
    """Leave out what only strings together sources that stand here by themselves, as derived figures do."""
    single: list[str] = []
    kept = set()
    for source, vintage in sorted(sources, key=lambda row: (len(row[0]), row)):
        rest = source
        for known in reversed(single):
            rest = rest.replace(known, "")
        if source in single or rest.strip("; "):
            single += [source] if source not in single else []
            kept.add((source, vintage))
    yield from (row for row in sources if row in kept)


# --- The overall read ---------------------------------------------------------------------------------------


def _overview(overview: Data) -> Iterator[Block]:
    headings = {
        "strong": _("What is strong"),
        "weak": _("What is weak"),
        "unknown": _("What is not known, or turns on something"),
    }
    for standing, heading in headings.items():
        if findings := overview.get(standing):
            yield Items(heading, tuple(Cited(clean(finding["says"])) for finding in findings))


# --- The parts ----------------------------------------------------------------------------------------------


def _resource(name: str, part: Data) -> Iterator[Block]:
    if "summary" not in part:
        yield from _plain(name, part)
        return
    yield Items(_(_PARTS[name]), (Cited(clean(part["summary"])),))
    quantities = {
        _("Abundance"): part.get("abundance"),
        _("Moisture"): part.get("moisture"),
        _("Nodules in place, wet"): part.get("nodules_wet"),
        _("Nodules in place, dry"): part.get("nodules_dry"),
    }
    for metal, figure in (part.get("grades") or {}).items():
        quantities[_("Grade of {metal}").format(metal=_(metal))] = figure
    for metal, figure in (part.get("metals") or {}).items():
        quantities[_("{metal} in place").format(metal=_(metal)).capitalize()] = figure
    quantities |= {_(words.words(key)): f for key, f in (part.get("regulation") or {}).items()}
    yield from _quantities("", quantities)
    yield from _sentences(_("What the resource leaves open"), part.get("notes"))


def _technology(name: str, part: Data) -> Iterator[Block]:
    depth = part.get("depth") or {}
    claim = part.get("claim") or {}
    yield Items(
        _(_PARTS[name]),
        tuple(Cited(clean(text)) for text in (depth.get("summary"), part.get("summary")) if text),
    )
    yield Table(
        _("What has been shown at sea, and what of the site that reaches"),
        (
            _("Level"),
            _("Deepest test"),
            _("Depth"),
            _("Of the site no deeper"),
            _("Short of its deepest place"),
        ),
        tuple(
            (
                clean(level["title"]),
                _test(level.get("deepest")),
                _value(level["depth"]),
                _percent(level["share_within"]),
                _value(level["gap_at_deepest"]),
            )
            for level in part.get("levels") or ()
        ),
        (2.4, 3, 1.8, 1.6, 1.8),
    )
    if claim:
        verdict = {"holds": _("holds"), "wrong": _("wrong")}.get(claim["verdict"], claim["verdict"])
        said = _("The claim “{claim}” is checked: {verdict}. {reads}").format(
            claim=claim["statement"].removesuffix("."), verdict=verdict, reads=claim["reads"]
        )
        yield Items("", (Cited(clean(said)),))
    tests = [*(part.get("demonstrations") or ()), *(part.get("on_other_minerals") or ())]
    if tests:
        yield Table(
            _("Tests at sea"),
            (_("Test"), _("Place"), _("On"), _("Depth"), _("What it did")),
            tuple(
                (
                    _test(test),
                    clean(test["place"]),
                    listed(_(mineral) for mineral in test["minerals"]),
                    _value(test["depth"]),
                    clauses(f"{clean(one['what'])}: {_value(one['figure'])}" for one in test["recovered"])
                    or _NONE,
                )
                for test in tests
            ),
            (3, 2.4, 1.4, 1.8, 4),
            is_detail=True,
        )
    yield from _quantities(_("Throughput"), part.get("throughput") or {})
    measures = {
        _("Shallowest"): "shallowest",
        _("Median depth"): "median",
        _("Deepest"): "deepest",
        _("Median slope"): "slope_median",
        _("Steepest slope"): "slope_greatest",
    }
    yield from _quantities(
        _("Depth and slope"), {label: depth.get(measure) for label, measure in measures.items()}
    )
    yield from _sentences(
        _("What depth and technology leave open"), [*(depth.get("notes") or ()), *(part.get("notes") or ())]
    )


def _test(test: Data | None) -> str:
    if not test:
        return _NONE
    return aside(clean(test["system"]), clean(listed((test["state"], test["year"]))))


def _logistics(name: str, part: Data) -> Iterator[Block]:
    yield Items(_(_PARTS[name]), (Cited(clean(part["summary"])),))
    yield Table(
        _("Ways by sea"),
        (_("Port"), _("Listed as"), _("Distance"), _("One way"), _("Round trips"), _("By way of")),
        tuple(
            (
                aside(clean(port["name"]), clean(port["country"])),
                _(port["role"]),
                (_("at least {distance}") if port["is_lower_bound"] else "{distance}").format(
                    distance=f"{_value(port['distance_m'])}; {_value(port['distance'])}"
                ),
                _value(port["days"]),
                _value(port["round_trips"]),
                clean(listed(port["via"])) or _NONE,
            )
            for port in part["ports"]
        ),
        (2.2, 1.8, 3, 2, 2, 2.4),
        is_detail=True,
    )
    yield from _quantities(
        _("What the days at sea rest on"),
        {
            _("Speed"): part.get("speed"),
            _("Lost to weather"): part.get("weather"),
            _("In port and loading"): part.get("port_time"),
        },
    )
    yield from _sentences(_("What the logistics leave open"), part.get("notes"))


_ESTIMATES = {
    "allseas_2022": N_("Fee for collection and transhipment, 2022"),
    "gsr_total": N_("Capital of a project of 3 million t a year"),
    "bureau_of_mines_opex": N_("Operating cost with ferromanganese, 1983"),
}


def _economics(name: str, part: Data) -> Iterator[Block]:
    if "cases" not in part:
        yield from _plain(name, part)
        return
    cases = part.get("cases") or {}
    measures = (
        ("npv", _("NPV")),
        ("internal_rate_of_return", _("Rate of return, payback")),
        ("operating_cost", _("Operating cost")),
        ("all_in_cost", _("All-in cost")),
        ("revenue", _("Metals fetch")),
        ("break_even_nickel_price", _("Break-even nickel price")),
    )
    yield Table(
        _("Economics, rival cases side by side"),
        (_("Case"), *(label for _key, label in measures)),
        tuple(
            (clean(case["title"]), *(_measure_of(case, key) for key, _label in measures))
            for case in cases.values()
        ),
        (3, 2.4, 1.4, 1.6, 1.6, 2, 2),
        note=_(
            "Dollars of {year}; NPV (net present value) after tax, with its range over the prices recorded. "
            "Payments are taken off as under: {footing}."
        ).format(year=part.get("dollar_year"), footing=_footing_of(part)),
    )
    yield from _draws(part.get("monte_carlo") or {})
    yield from _footings(part.get("footings") or {}, cases)
    yield from _tornado(part.get("tornado") or {})
    yield from _grid(part.get("by_price_and_cost") or {})
    yield from _quantities(
        _("The project presumed"),
        {
            _("Raised a year"): part.get("rate"),
            _("Raised in all"): part.get("recoverable"),
            _("Years of production"): part.get("life"),
            **{
                _("{metal} a year").format(metal=_(m)).capitalize(): f
                for m, f in part.get("metals", {}).items()
            },
        },
    )
    yield from _quantities(
        _("Independent estimates, not used"),
        {
            _(_ESTIMATES.get(key) or words.words(key)): figure
            for key, figure in (part.get("independent_estimates") or {}).items()
        },
    )
    left_open = [text for case in cases.values() for text in case.get("leaves_open") or ()]
    yield from _sentences(_("What the cases leave open"), left_open)
    yield from _sentences(_("What the economics presume"), part.get("assumptions"))


def _measure_of(case: Data, key: str) -> str:
    """Write one measure of a case; beside the rate of return, the years until the money is back."""
    value = _value(case.get(key))
    payback = case.get("payback") or {}
    if key != "internal_rate_of_return" or payback.get("value") is None:
        return value
    return clauses((value, _("repaid after {years}").format(years=_value(payback))))


def _footing_of(part: Data) -> str:
    """Name the footing whose payments the cases bear."""
    first: Data = next(iter(part["cases"].values()), {})
    footing = (part.get("footings") or {}).get(first.get("footing")) or {}
    return clean(footing.get("name") or "") or _("none")


def _draws(run: Data) -> Iterator[Block]:
    if run:
        said = _(
            "Prices, costs, tonnes and recoveries of the promoter's case varied together, tax and the "
            "discount rate not, {draws} draws (seed {seed}): {npv}; {share} of the draws are above nil "
            "({basis})."
        ).format(
            draws=f"{run['draws']:,}",
            seed=run["seed"],
            npv=_value(run["npv"]),
            share=words.share(run["share_above_nil"]),
            basis=run["npv"]["basis"],
        )
        yield Items(_("How far the result may move"), (Cited(clean(said)),))


def _footings(footings: Data, cases: Data) -> Iterator[Block]:
    if footings:
        yield Table(
            _("NPV by legal footing"),
            (_("Footing"), _("Status"), *(clean(case["title"]) for case in cases.values())),
            tuple(
                (
                    aside(clean(footing["name"]), clean(footing["cite"])),
                    clean(footing["status"]),
                    *(_value(footing["npv"].get(case)) for case in cases),
                )
                for footing in footings.values()
            ),
            (2.6, 2, *(2 for _case in cases)),
            lead=1,
        )


def _tornado(bars: Data) -> Iterator[Block]:
    if bars:
        yield Table(
            _("NPV with one input at a time at its low and at its high end"),
            (_("Input"), _("NPV"), _("Moved over")),
            tuple(
                (input_name(name), _value(figure), clean(figure["basis"])) for name, figure in bars.items()
            ),
            (2.4, 2.6, 5),
            is_detail=True,
        )


def _grid(table: Data) -> Iterator[Block]:
    if not table:
        return
    head = next(iter(table.values()))
    yield Table(
        _("NPV with all prices (rows) and all operating cost (columns) scaled, USD million"),
        (_("Prices"), *(label.rpartition(" ")[2] + " ×" for label in head)),
        tuple(
            (label.rpartition(" ")[2] + " ×", *(_number(figure["value"]) for figure in row.values()))
            for label, row in table.items()
        ),
        (1.4, *(1.4 for _column in head)),
        numeric=tuple(range(1, len(head) + 1)),
        is_detail=True,
    )


_TOPICS = {
    "collection": N_("collection"),
    "plume": N_("plume"),
    "recovery": N_("recovery"),
    "slope": N_("slope"),
}


def _environment(name: str, part: Data) -> Iterator[Block]:
    yield Items(_(_PARTS[name]), (Cited(clean(part["summary"])),))
    areas = [*part["protected"], *part["reserved"]]
    if areas:
        yield Table(
            _("Protected and reserved areas on the site and near it"),
            (_("Name"), _("Kind"), _("Of the site"), _("Distance")),
            tuple(
                (
                    clean(area["name"]),
                    words.zone_kind(area["kind"]),
                    words.share(area["share"]) if area["share"] else _NONE,
                    _value(area["distance"]),
                )
                for area in areas
            ),
            (3, 3, 1.4, 2.6),
            is_detail=True,
        )
    yield from _quantities(
        _("Sea bed disturbed"),
        {
            _("Taken up by the collector"): part.get("efficiency"),
            _("Passed over a year"): part.get("disturbed"),
            _("The same as a share of the site"): part.get("share_a_year"),
        },
    )
    if findings := part["findings"]:
        yield Table(
            _("What studies found and others claim"),
            (_("About"), _("Finding"), _("Figure"), _("Held by"), _("Source")),
            tuple(
                (
                    _(_TOPICS.get(one["topic"], one["topic"])),
                    clean(one["statement"]),
                    _value(one["figure"]),
                    aside(clean(one["held_by"]), clean(one["standing"])),
                    _dated(one["figure"]),
                )
                for one in findings
            ),
            (1.2, 4, 2, 2.4, 3),
            is_detail=True,
        )
    if duties := part["duties"]:
        items = tuple(
            Cited(
                clean(_("{duty} (turns on what is not known)").format(duty=duty["text"]))
                if duty["is_open"]
                else clean(duty["text"]),
                clean(duty["cite"]),
            )
            for duty in duties
        )
        yield Items(_("Duties to assess, monitor and report"), items, is_detail=True)
    yield from _sentences(_("What the environment part leaves open"), part.get("gaps"))


def _supply(name: str, part: Data) -> Iterator[Block]:
    if "metals" not in part:
        yield from _plain(name, part)
        return
    earths = (part.get("not_supplied") or {}).get("rare_earths") or {}
    context = part.get("context") or {}
    texts = [part.get("summary"), earths.get("statement"), context.get("summary")]
    yield Items(_(_PARTS[name]), tuple(Cited(clean(text)) for text in texts if text))
    measures = (
        ("output", _("Output")),
        ("share_of_world_output", _("Of world output")),
        ("share_of_us_consumption", _("Of US consumption")),
        ("us_net_import_reliance", _("US net import reliance")),
        ("china_mining", _("China's share of mining")),
        ("china_refining", _("China's share of refining")),
    )
    metals = part.get("metals") or {}
    if metals:
        yield Table(
            "",
            (_("Metal"), *(label for _key, label in measures)),
            tuple(
                (_(metal).capitalize(), *(_value(figures.get(key)) for key, _label in measures))
                for metal, figures in metals.items()
            ),
            (1.6, 2, 1.8, 1.8, 2, 1.8, 1.8),
            is_detail=True,
        )
        yield from _reliance_before(metals)
    if earths:
        yield from _quantities(
            _("Rare earths, which are in the nodules and in no product"),
            {
                _("In the nodules"): earths.get("content"),
                _("Raised a year, not recovered"): earths.get("raised"),
                _("The same of world mine output"): earths.get("raised_share_of_world_mine_output"),
                _("US net import reliance"): earths.get("us_net_import_reliance"),
                _("China's share of mining"): earths.get("china_mining"),
                _("China's share of refining"): earths.get("china_refining"),
                _("China's share of separation"): earths.get("china_separation"),
            },
        )
    if demand := part.get("demand"):
        yield Table(
            _("How many such projects a demand would take"),
            (_("Demand"), _("Published"), _("By today's demand"), _("Read together")),
            tuple(
                (clean(d["title"]), _value(d["published"]), _value(d["ships_today"]), clean(d["reads"]))
                for d in demand
            ),
            (2.6, 1.6, 1.6, 4),
            is_detail=True,
        )
    yield from _timeline(context.get("events") or ())
    yield from _sentences(_("What the supply figures leave open"), part.get("notes"))


def _reliance_before(metals: Data) -> Iterator[Block]:
    """Yield a column for each metal; a year that an edition reported on is followed by the others."""
    before = {
        _(metal).capitalize(): {
            clean(when): _value(figure) for when, figure in figures["reliance_before"].items()
        }
        for metal, figures in metals.items()
        if figures.get("reliance_before")
    }
    years = sorted({year for found in before.values() for year in found})
    if years:
        yield Table(
            _("US net import reliance in earlier years and editions"),
            (_("Year"), *before),
            tuple((year, *(found.get(year, _NONE) for found in before.values())) for year in years),
            (2.4, *(2 for _metal in before)),
            is_detail=True,
        )


def _timeline(events: Iterable[Data]) -> Iterator[Block]:
    rows = tuple(
        (
            words.date_text(event["on"]),
            listed(words.state(party) for party in event["by"]),
            clean(event["what"] + (f" ({event['doubt']})" if event["doubt"] else "")),
            clean(event["state_words"]),
            _dated(event),
        )
        for event in events
    )
    if rows:
        yield Table(
            _("Export controls, alliances and plans, the latest first"),
            (_("Day"), _("By"), _("What"), _("On the date asked about"), _("Source")),
            rows,
            (1.6, 1.4, 4.4, 1.8, 3),
            is_detail=True,
        )


def _claims(claims: Iterable[Data]) -> Iterator[Block]:
    rows = tuple(
        (
            clean(claim["says"]),
            clean(claim["verdict_words"]),
            clean(claim["found"]),
            clean(claim["why"]),
            _dated(claim),
        )
        for claim in claims
    )
    if rows:
        yield Table(
            _("Published claims that do not hold as made, or that nothing decides"),
            (_("Claim"), _("Verdict"), _("Today"), _("Why"), _("Source")),
            rows,
            (3.4, 1.2, 2.4, 3.4, 2.6),
            is_detail=True,
        )


def _dated(sourced: Data) -> str:
    """Write a source with its vintage, unless it names that day or month itself."""
    source, vintage = clean(sourced["source"]), clean(sourced["vintage"])
    return source if words.date_text(vintage) in source else listed((source, vintage))


def _quantities(heading: str, figures: Data) -> Iterator[Table]:
    """Yield a row for each figure; those that are not known for the same reason share one."""
    rows: dict[tuple[str, ...], list[str]] = {}
    for label, figure in figures.items():
        if _is_figure(figure):
            value, basis = _value(figure), clean(_(figure["basis"]))
            rows.setdefault((value, basis, *(() if value == _NONE else (label,))), []).append(label)
    if rows:
        shown = tuple((listed(labels), value, basis) for (value, basis, *_label), labels in rows.items())
        head = (_("Quantity"), _("Value"), _("Basis"))
        yield Table(heading, head, shown, (2.2, 3, 5), is_detail=True)


def _sentences(heading: str, texts: Iterable[str] | None) -> Iterator[Items]:
    if unique := dict.fromkeys(clean(text) for text in texts or ()):
        yield Items(heading, tuple(Cited(text) for text in unique), is_detail=True)


def _plain(name: str, part: Data) -> Iterator[Block]:
    """Lay out a part of which no layout of its own is known."""
    yield Pairs(_(_PARTS[name]), tuple(_flat((), part)))


_LAID_OUT: dict[str, Callable[[str, Data], Iterator[Block]]] = {
    "resource": _resource,
    "technology": _technology,
    "logistics": _logistics,
    "economics": _economics,
    "environment": _environment,
    "supply": _supply,
}


def _flat(path: tuple[str, ...], value: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - any plain data
    if _is_figure(value):
        yield ": ".join(path), _value(value)
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _flat((*path, words.words(str(key))), inner)
    elif isinstance(value, list):
        for index, inner in enumerate(value, start=1):
            yield from _flat((*path, str(index)), inner)
    else:
        yield ": ".join(path), words.yes_no(value) if value is None or value is True else clean(str(value))


# --- Figures ------------------------------------------------------------------------------------------------


def _is_figure(value: Any) -> bool:  # noqa: ANN401 - any plain data
    return isinstance(value, dict) and {"value", "unit", "source", "vintage"} <= value.keys()


def _figures_in(value: Any) -> Iterator[Data]:  # noqa: ANN401 - any plain data
    if _is_figure(value):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from _figures_in(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _figures_in(inner)


def _value(figure: Any) -> str:  # noqa: ANN401 - a figure, or nothing
    """Write a figure with its range and unit; what has no basis is a dash."""
    if not _is_figure(figure):
        return _NONE
    value, low, high = (figure.get(key) for key in ("value", "low", "high"))
    unit = clean(_(figure["unit"])).replace("m2", "m²")
    has_spread = low is not None and high is not None
    spread = _("{low} to {high}").format(low=_number(low), high=_number(high)) if has_spread else ""
    if value is None:
        return _with_unit(spread, unit) if spread else _NONE
    return aside(_with_unit(_number(value), unit), spread if low != high else "")


def _with_unit(number: str, unit: str) -> str:
    """Write a quantity; English puts the currency first, Chinese puts no space between."""
    if unit.startswith("USD"):
        return f"USD {number}{unit.removeprefix('USD')}"
    return sentences((number, unit))


def _percent(figure: Data) -> str:
    """Write a figure that is a fraction."""
    return _NONE if figure["value"] is None else words.share(figure["value"])


def _number(value: float) -> str:
    """Write a number to three or four significant figures."""
    size = abs(value)
    if size >= 1000:
        digits = max(0, len(str(int(size))) - 4)
        text = f"{round(value, -digits):,.0f}"
    else:
        text = f"{value:.3g}" if size < 100 else f"{value:.0f}"
    return text.replace("-", "−")
