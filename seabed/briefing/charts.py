"""Charts of the feasibility part as SVG, to stand inside a page or a PDF.

Drawn for a column 390 px wide; the background is transparent and text takes the colour of the page around
it, so that one drawing serves light, dark and print. Fill colours are those of Okabe and Ito (2008), which
colour-blind readers tell apart, and every series also differs in shape or place. The same data give the
same bytes; ids carry the chart's name, so several can stand in one page.
"""

from __future__ import annotations

import io
import math
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from seabed.briefing.document import Picture
from seabed.briefing.figures import input_name
from seabed.briefing.fonts import SANS, font_files
from seabed.errors import MissingExtraError
from seabed.language import _, listed, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from seabed.contract import Feasibility

    Data = Mapping[str, Any]

_BLUE, _ORANGE, _GREEN, _RED, _SKY = "#0072b2", "#e69f00", "#009e73", "#d55e00", "#56b4e9"
_INK = "#010203"  # stands for the colour of the surrounding text until the drawing is finished
_WIDTH_IN = 4.6
_TEXT_PT, _SMALL_PT = 9.0, 8.0


def charts_of(feasibility: Feasibility) -> dict[str, tuple[Picture, ...]]:
    """Return the charts that the data allow, by the part that they belong to.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.
    """
    economics, supply = feasibility.economics or {}, feasibility.supply or {}
    drawn: dict[str, tuple[Picture | None, ...]] = {
        "technology": (depth_chart(feasibility.technology or {}),),
        "economics": (
            cost_and_price_chart(economics),
            npv_chart(economics.get("monte_carlo")),
            tornado_chart(economics.get("tornado")),
        ),
        "supply": (supply_chart(supply.get("metals")),),
    }
    return {part: tuple(one for one in pictures if one) for part, pictures in drawn.items()}


# --- The charts ---------------------------------------------------------------------------------------------


def cost_and_price_chart(economics: Data) -> Picture | None:
    """Draw what a wet tonne costs in each case beside what its metals fetch; ``None`` without cases."""
    cases = list((economics.get("cases") or {}).values())
    if not cases:
        return None
    revenue = cases[0]["revenue"]
    operating = [case["operating_cost"]["value"] for case in cases]
    all_in = [case["all_in_cost"]["value"] for case in cases]
    fetched = _spread(revenue)

    def draw(axes: Any) -> None:  # noqa: ANN401 - matplotlib has no types
        rows = range(len(cases))
        reach = max(*all_in, fetched[2]) * 1.12
        axes.axvspan(fetched[0], fetched[2], color=_SKY, alpha=0.25, linewidth=0)
        axes.barh(rows, all_in, height=0.42, color=_ORANGE, alpha=0.55, linewidth=0)
        axes.barh(rows, operating, height=0.42, color=_ORANGE, linewidth=0)
        for row, case, total in zip(rows, cases, all_in, strict=True):
            axes.plot([fetched[1]] * 2, [row - 0.3, row + 0.3], color=_BLUE, linewidth=2)
            axes.text(0, row - 0.36, _cut(case["title"], 80), va="bottom", fontsize=_SMALL_PT)
            # Beside the mark of what the metals fetch, not across it.
            at = fetched[1] if 0 <= fetched[1] - total < 0.09 * reach else total
            axes.text(at, row, f" {total:,.0f}", va="center", fontsize=_SMALL_PT)
        axes.text(
            fetched[1],
            -0.85,
            _("metals fetch {value} ({low} to {high})").format(
                value=f"{fetched[1]:,.0f}", low=f"{fetched[0]:,.0f}", high=f"{fetched[2]:,.0f}"
            ),
            ha="center",
            fontsize=_SMALL_PT,
        )
        axes.set_xlim(0, reach)
        axes.set_ylim(len(cases) - 0.6, -0.7)
        axes.set_yticks([])
        axes.set_xlabel(_("USD of {year} a wet tonne").format(year=economics["dollar_year"]))

    said = "; ".join(
        _("{case}: operating cost {operating}, all-in cost {all_in}").format(
            case=case["title"], operating=f"{run:,.0f}", all_in=f"{total:,.0f}"
        )
        for case, run, total in zip(cases, operating, all_in, strict=True)
    )
    alt = _(
        "Cost of a wet tonne of nodules in USD, by case. {cases}. Its metals fetch {value}, {low} to {high}."
    )
    return _picture(
        "cost-and-price",
        _("What a tonne costs, and what its metals fetch"),
        alt.format(
            cases=said, value=f"{fetched[1]:,.0f}", low=f"{fetched[0]:,.0f}", high=f"{fetched[2]:,.0f}"
        ),
        _("Full colour: operating cost; pale: payments and capital, before tax. Band: the prices recorded."),
        0.62 * len(cases) + 0.75,
        draw,
    )


def npv_chart(run: Data | None) -> Picture | None:
    """Draw how the NPV falls out when all inputs vary together; ``None`` without a Monte Carlo run."""
    if not run:
        return None
    unit, scale = _money(run["histogram_edges"])
    edges = [edge / scale for edge in run["histogram_edges"]]
    counts = run["histogram_counts"]
    low, middle, high = (number / scale for number in _spread(run["npv"]))
    share = f"{run['share_above_nil']:.0%}"

    def draw(axes: Any) -> None:  # noqa: ANN401
        top = max(counts)
        colours = [_GREEN if left >= 0 else _RED for left in edges[:-1]]
        widths = [right - left for left, right in pairwise(edges)]
        axes.bar(edges[:-1], counts, width=widths, align="edge", color=colours, alpha=0.75, linewidth=0)
        axes.axvline(0, color=_INK, linewidth=1.2)
        for number, name in ((low, "p10"), (middle, "p50"), (high, "p90")):
            axes.plot([number, number], [0, top * 1.04], color=_INK, linewidth=0.8, linestyle=(0, (3, 2)))
            axes.text(
                number, top * 1.06, f"{name}\n{_signed(number)}", ha="center", va="bottom", fontsize=_SMALL_PT
            )
        axes.set_ylim(0, top * 1.34)
        axes.set_yticks([])
        axes.xaxis.set_major_formatter(lambda value, _at: _signed(value, 0 if value == int(value) else 1))
        axes.set_xlabel(_("net present value, {unit}").format(unit=unit))

    alt = _(
        "Histogram of the net present value over {draws} draws: 10th percentile {low}, median {middle}, 90th "
        "percentile {high} {unit}; {share} of the draws are above nil."
    )
    return _picture(
        "npv",
        _("How the net present value falls out"),
        alt.format(
            draws=f"{run['draws']:,}",
            low=_signed(low),
            middle=_signed(middle),
            high=_signed(high),
            unit=unit,
            share=share,
        ),
        _(
            "{draws} draws of the promoter's case, all but tax and the discount rate varied, seed {seed}; "
            "{share} above nil. Left of the solid line the project loses money."
        ).format(draws=f"{run['draws']:,}", seed=run["seed"], share=share),
        2.3,
        draw,
    )


def tornado_chart(tornado: Data | None) -> Picture | None:
    """Draw how far each input alone moves the NPV of the reference case; ``None`` without a tornado."""
    if not tornado:
        return None
    unit, scale = _money([number for figure in tornado.values() for number in _spread(figure)])
    bars = {name: [number / scale for number in _spread(figure)] for name, figure in tornado.items()}
    base = next(iter(bars.values()))[1]

    def draw(axes: Any) -> None:  # noqa: ANN401
        least = min(low for low, *_rest in bars.values())
        most = max(high for _low, _base, high in bars.values())
        reach = (most - least) or 1.0
        for row, (name, (low, middle, high)) in enumerate(bars.items()):
            axes.barh(row, low - middle, left=middle, height=0.66, color=_RED, linewidth=0)
            axes.barh(row, high - middle, left=middle, height=0.66, color=_GREEN, linewidth=0)
            axes.text(least - 0.62 * reach, row, input_name(name), va="center", fontsize=_SMALL_PT)
        axes.axvline(base, color=_INK, linewidth=0.8)
        if least < 0 < most:
            axes.axvline(0, color=_INK, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.set_xlim(least - 0.63 * reach, least + 1.04 * reach)
        axes.set_ylim(len(bars) - 0.4, -0.6)
        axes.set_yticks([])
        axes.set_xticks([tick for tick in axes.get_xticks() if least - 0.05 * reach <= tick <= most])
        axes.xaxis.set_major_formatter(lambda value, _at: _signed(value, 0 if value == int(value) else 1))
        axes.set_xlabel(_("net present value, {unit}").format(unit=unit))

    said = "; ".join(
        _("{input}: {low} to {high}").format(input=input_name(name), low=_signed(low), high=_signed(high))
        for name, (low, _middle, high) in bars.items()
    )
    alt = _(
        "Net present value in {unit}, {base} in the promoter's case, with one input at a time moved: {bars}."
    )
    return _picture(
        "tornado",
        _("What drives the result"),
        alt.format(unit=unit, base=_signed(base), bars=said),
        _("One input at a time from its low to its high end; the solid line is the promoter's case."),
        0.23 * len(bars) + 0.6,
        draw,
    )


def depth_chart(technology: Data) -> Picture | None:
    """Draw the depths of the site with those that machines have worked at; ``None`` without depths."""
    profile = technology.get("depth")
    if not profile:
        return None
    edges, shares = profile["hypsometry"]["edges_m"], profile["hypsometry"]["shares"]
    shown: dict[float, list[str]] = {}
    for level in technology["levels"]:
        if level["depth"]["value"] is not None:
            shown.setdefault(level["depth"]["value"], []).append(level["title"])

    def draw(axes: Any) -> None:  # noqa: ANN401
        percent = [100 * share for share in shares]
        widest = max(percent)
        heights = [deeper - shallower for shallower, deeper in pairwise(edges)]
        axes.barh(edges[:-1], percent, height=heights, align="edge", color=_SKY, alpha=0.8, linewidth=0)
        least, most = min(edges[0], *shown), max(edges[-1], *shown)
        margin = 0.12 * (most - least) or 100.0
        # A label stands above its line, or below it where that of the line above leaves no room.
        room = 0.075 * (most - least + 1.5 * margin)
        taken = least - margin
        for depth in sorted(shown):
            is_above = depth - room >= taken
            taken = depth if is_above else depth + room
            axes.axhline(depth, color=_RED, linewidth=1.2)
            axes.annotate(
                _("{levels}: {depth} m").format(depth=f"{depth:,.0f}", levels=listed(shown[depth])),
                (widest * 4, depth),
                xytext=(0, 2.5 if is_above else -2.5),
                textcoords="offset points",
                ha="right",
                va="bottom" if is_above else "top",
                fontsize=_SMALL_PT,
            )
        axes.set_ylim(most + margin / 2, least - margin)
        axes.set_xlim(0, widest * 4)
        axes.set_xticks([tick for tick in axes.get_xticks() if tick <= widest * 1.05])
        axes.spines["left"].set_visible(True)
        axes.yaxis.set_major_formatter(lambda value, _at: f"{value:,.0f} m")
        axes.xaxis.set_major_formatter(lambda value, _at: f"{value:g}%")
        axes.set_xlabel(_("share of the site in each band of depth"))

    alt = _("Depths of the site: {summary} Machines have been shown to work at: {levels}.")
    said = "; ".join(
        _("{levels}: {depth} m").format(levels=listed(levels), depth=f"{depth:,.0f}")
        for depth, levels in shown.items()
    )
    return _picture(
        "depth",
        _("How deep the site is, and how deep machines have worked"),
        alt.format(summary=profile["summary"], levels=said or _("no published depth")),
        _(
            "Bars: depths of the site in a global grid. Lines: the deepest test of each level, on this "
            "mineral."
        ),
        2.7,
        draw,
    )


def supply_chart(metals: Data | None) -> Picture | None:
    """Draw a year's metal as a share of world output and US consumption; ``None`` if no share is known."""
    series = (
        ("share_of_world_output", _("of world output"), _BLUE, "o"),
        ("share_of_us_consumption", _("of US consumption"), _ORANGE, "s"),
    )
    shares = {
        metal: [figures[key]["value"] for key, *_style in series] for metal, figures in (metals or {}).items()
    }
    shares = {metal: values for metal, values in shares.items() if all(values)}
    if not shares:
        return None

    least = min(0.1, 10 ** math.floor(math.log10(min(min(values) for values in shares.values()))))
    most = max(2_000.0, 2.5 * max(max(values) for values in shares.values()))

    def draw(axes: Any) -> None:  # noqa: ANN401
        axes.set_xscale("log")
        # The names take the fifth of the width before the least share.
        names_at = least / (most / least) ** 0.25
        for row, (metal, values) in enumerate(shares.items()):
            axes.plot(values, [row, row], color=_INK, alpha=0.35, linewidth=1)
            for (_key, name, colour, marker), value in zip(series, values, strict=True):
                label = name if row == 0 else None
                axes.plot(
                    [value], [row], marker=marker, color=colour, markersize=7, linestyle="", label=label
                )
                # Beside the line of the whole, not across it.
                is_near = _WHOLE / 2 < value < _WHOLE * 2
                beside = ("center", value)
                if is_near:
                    beside = ("right", value * 1.15) if value < _WHOLE else ("left", value / 1.08)
                axes.text(
                    beside[1],
                    row - 0.2,
                    f"{_percent(value)}%",
                    ha=beside[0],
                    va="bottom",
                    fontsize=_SMALL_PT,
                )
            axes.text(names_at * 1.05, row, _(metal), va="center", fontsize=_TEXT_PT)
        axes.axvline(_WHOLE, color=_INK, linewidth=0.8, linestyle=(0, (3, 2)))
        axes.set_xlim(names_at, most)
        ticks = [10.0**power for power in range(round(math.log10(least)), 4)]
        axes.set_xticks(ticks[-1 :: -(1 + len(ticks) // 7)][::-1])
        axes.minorticks_off()
        axes.xaxis.set_major_formatter(lambda value, _at: f"{value:,g}%")
        axes.set_ylim(len(shares) - 0.5, -0.75)
        axes.set_yticks([])
        axes.legend(
            loc="lower center",
            bbox_to_anchor=(0.5, 1.0),
            ncols=2,
            frameon=False,
            fontsize=_SMALL_PT,
            labelcolor=_INK,
            handletextpad=0.2,
        )

    said = "; ".join(
        _("{metal}: {world} % of world output, {us} % of US consumption").format(
            metal=_(metal), world=_percent(world), us=_percent(us)
        )
        for metal, (world, us) in shares.items()
    )
    return _picture(
        "supply",
        _("What a year's metal would be as a share of the market"),
        _("Shares of a year's output, on a logarithmic scale. {shares}.").format(shares=said),
        _("On a logarithmic scale; the broken line is all of it."),
        0.42 * len(shares) + 0.75,
        draw,
    )


_WHOLE = 100.0


# --- Drawing ------------------------------------------------------------------------------------------------


def _picture(
    name: str,
    heading: str,
    alt: str,
    caption: str,
    height_in: float,
    draw: Callable[[Any], None],
) -> Picture:
    return Picture(heading, _svg(name, alt, height_in, draw), alt, caption)


def _svg(name: str, alt: str, height_in: float, draw: Callable[[Any], None]) -> str:
    try:
        import matplotlib as mpl  # noqa: PLC0415 - half a second that only a brief pays for
        from matplotlib import font_manager  # noqa: PLC0415
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("A chart", "brief") from None
    families = ["DejaVu Sans"]
    with mpl.rc_context():
        mpl.rcdefaults()
        if spoken() == "zh":
            families.append(SANS)
            for path in font_files():
                font_manager.fontManager.addfont(str(path))
        mpl.rcParams.update(
            {
                "svg.fonttype": "path",
                "svg.hashsalt": "seabed",
                "svg.id": name,
                "font.family": families,
                "font.size": _TEXT_PT,
                "text.parse_math": False,
                "text.color": _INK,
                "axes.labelcolor": _INK,
                "axes.edgecolor": _INK,
                "axes.unicode_minus": True,
                "xtick.color": _INK,
                "ytick.color": _INK,
                "xtick.labelsize": _SMALL_PT,
                "axes.labelsize": _SMALL_PT,
                "axes.linewidth": 0.6,
            }
        )
        figure = Figure(figsize=(_WIDTH_IN, height_in))
        figure.patch.set_alpha(0)
        axes = figure.add_subplot()
        axes.patch.set_alpha(0)
        axes.spines[["left", "right", "top"]].set_visible(False)
        draw(axes)
        axes.set_xmargin(0)
        figure.subplots_adjust(
            left=_LEFT_IN.get(name, 0.09) / _WIDTH_IN,
            right=0.98,
            bottom=0.44 / height_in,
            top=1 - _HEADROOM_IN.get(name, 0.06) / height_in,
        )
        buffer = io.StringIO()
        figure.savefig(
            buffer,
            format="svg",
            metadata=dict.fromkeys(("Date", "Creator", "Format", "Type")),
        )
    return _finished(buffer.getvalue(), name, alt)


#: Room above the plot for what stands there, inches.
_HEADROOM_IN = {"cost-and-price": 0.22, "supply": 0.3}
_LEFT_IN = {"depth": 0.66}


def _finished(svg: str, name: str, alt: str) -> str:
    """Cut the drawing down to its element, name its ids after the chart, and give it the page's ink."""
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r'\bid="([^"]+)"', rf'id="{name}-\1"', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{name}-", svg)
    svg = re.sub(_INK, "currentColor", svg, flags=re.IGNORECASE)
    label = alt.replace("&", "&amp;").replace("<", "&lt;").replace('"', "&quot;")
    return svg.replace("<svg", f'<svg role="img" aria-label="{label}"', 1)


def _spread(figure: Data) -> tuple[float, float, float]:
    """Return low, value and high; a bound that is not given is the value."""
    value = float(figure["value"])
    low, high = figure.get("low"), figure.get("high")
    return (value if low is None else low), value, (value if high is None else high)


def _percent(share: float) -> str:
    return f"{share:,.0f}" if share >= 10 else f"{share:.2g}"


def _money(millions: Collection[float]) -> tuple[str, float]:
    """Return the unit in which sums of USD million are drawn, and how many million it is."""
    return (_("billion USD"), 1_000.0) if max(map(abs, millions)) >= 1_000 else (_("million USD"), 1.0)


def _signed(number: float, digits: int | None = None) -> str:
    if digits is None:
        digits = 1 if abs(number) < _WHOLE else 0
    return f"{number:,.{digits}f}".replace("-", "−")


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
