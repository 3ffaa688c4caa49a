"""How feasibility is laid out: a few tables of figures with their ranges, and one of their sources."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seabed.briefing import words
from seabed.briefing.document import Block, Cited, Items, Pairs, Table
from seabed.briefing.words import clean

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from seabed.contract import Feasibility

Data = dict[str, Any]


def feasibility_blocks(feasibility: Feasibility) -> Iterator[Block]:
    """Yield resource, economics and supply as far as they were assessed, and the sources of every figure."""
    sources: dict[tuple[str, str], None] = {}
    for name in ("resource", "technology", "logistics", "economics", "environment", "supply"):
        part: Data | None = getattr(feasibility, name)
        if part:
            yield from _LAID_OUT.get(name, _plain)(name, part)
            sources |= {(clean(f["source"]), clean(f["vintage"])): None for f in _figures_in(part)}
    if sources:
        rows = tuple(_without_sums(sources))
        yield Table("Sources of these figures", ("Source", "Vintage"), rows, (6, 2), is_detail=True)


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


# --- The parts ----------------------------------------------------------------------------------------------


def _resource(name: str, part: Data) -> Iterator[Block]:
    if "summary" not in part:
        yield from _plain(name, part)
        return
    yield Items("Resource", (Cited(clean(part["summary"])),))
    quantities = {
        "Abundance": part.get("abundance"),
        "Moisture": part.get("moisture"),
        "Nodules in place, wet": part.get("nodules_wet"),
        "Nodules in place, dry": part.get("nodules_dry"),
    }
    quantities |= {f"Grade of {metal}": figure for metal, figure in (part.get("grades") or {}).items()}
    quantities |= {f"{words.words(metal)} in place": f for metal, f in (part.get("metals") or {}).items()}
    quantities |= {words.words(key): f for key, f in (part.get("regulation") or {}).items()}
    rows = [(label, _value(f), clean(f["basis"])) for label, f in quantities.items() if f and _is_figure(f)]
    if rows:
        yield Table("", ("Quantity", "Value", "Basis"), tuple(rows), (2.2, 3, 5), is_detail=True)
    yield from _sentences("What the resource leaves open", part.get("notes"))


def _economics(name: str, part: Data) -> Iterator[Block]:
    if "cases" not in part:
        yield from _plain(name, part)
        return
    measures = (
        ("npv", "NPV"),
        ("internal_rate_of_return", "Rate of return"),
        ("operating_cost", "Operating cost"),
        ("all_in_cost", "All-in cost"),
        ("break_even_nickel_price", "Break-even nickel price"),
    )
    cases = part.get("cases") or {}
    yield Table(
        "Economics, rival cases side by side",
        ("Case", *(label for _, label in measures)),
        tuple(
            (clean(case["title"]), *(_value(case.get(key)) for key, _ in measures)) for case in cases.values()
        ),
        (3, 2.4, 1.4, 1.6, 1.6, 2),
        note=f"Dollars of {part.get('dollar_year')}; NPV after tax, with its range over the prices recorded.",
    )
    footings = part.get("footings") or {}
    if footings:
        yield Table(
            "NPV by legal footing",
            ("Footing", "Status", *(clean(case["title"]) for case in cases.values())),
            tuple(
                (
                    f"{clean(footing['name'])} ({clean(footing['cite'])})",
                    clean(footing["status"]),
                    *(_value(footing["npv"].get(case)) for case in cases),
                )
                for footing in footings.values()
            ),
            (2.6, 2, *(2 for _ in cases)),
            lead=1,
            is_detail=True,
        )
    left_open = [text for case in cases.values() for text in case.get("leaves_open") or ()]
    yield from _sentences("What the cases leave open", left_open)
    yield from _sentences("What the economics presume", part.get("assumptions"))


def _supply(name: str, part: Data) -> Iterator[Block]:
    if "metals" not in part:
        yield from _plain(name, part)
        return
    earths = (part.get("not_supplied") or {}).get("rare_earths") or {}
    texts = [part.get("summary"), earths.get("statement")]
    yield Items("Supply", tuple(Cited(clean(text)) for text in texts if text))
    measures = (
        ("output", "Output"),
        ("share_of_world_output", "Of world output"),
        ("share_of_us_consumption", "Of US consumption"),
        ("us_net_import_reliance", "US net import reliance"),
        ("china_mining", "China's share of mining"),
        ("china_refining", "China's share of refining"),
    )
    metals = part.get("metals") or {}
    if metals:
        yield Table(
            "",
            ("Metal", *(label for _, label in measures)),
            tuple(
                (words.words(metal), *(_value(figures.get(key)) for key, _ in measures))
                for metal, figures in metals.items()
            ),
            (1.6, 2, 1.8, 1.8, 2, 1.8, 1.8),
            is_detail=True,
        )
    demand = part.get("demand") or ()
    if demand:
        yield Table(
            "How many such projects a demand would take",
            ("Demand", "Published", "By today's demand", "Read together"),
            tuple(
                (clean(d["title"]), _value(d["published"]), _value(d["ships_today"]), clean(d["reads"]))
                for d in demand
            ),
            (2.6, 1.6, 1.6, 4),
            is_detail=True,
        )
    yield from _sentences("What the supply figures leave open", part.get("notes"))


def _sentences(heading: str, texts: Any) -> Iterator[Items]:  # noqa: ANN401 - a list, or nothing
    if texts:
        unique = dict.fromkeys(clean(text) for text in texts)
        yield Items(heading, tuple(Cited(text) for text in unique), is_detail=True)


def _plain(name: str, part: Data) -> Iterator[Block]:
    """Lay out a part of which no layout of its own is known."""
    yield Pairs(words.words(name), tuple(_flat((), part)))


_LAID_OUT: dict[str, Callable[[str, Data], Iterator[Block]]] = {
    "resource": _resource,
    "economics": _economics,
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
        return "—"
    value, low, high = (figure.get(key) for key in ("value", "low", "high"))
    unit = clean(figure["unit"])
    spread = f"{_number(low)} to {_number(high)}" if low is not None and high is not None else ""
    if value is None:
        return f"{spread} {unit}" if spread else "—"
    return f"{_number(value)} {unit}" + (f" ({spread})" if spread and low != high else "")


def _number(value: float) -> str:
    """Write a number to three or four significant figures."""
    size = abs(value)
    if size >= 1000:
        digits = max(0, len(str(int(size))) - 4)
        return f"{round(value, -digits):,.0f}"
    return f"{value:.3g}" if size < 100 else f"{value:.0f}"
