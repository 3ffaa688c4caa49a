"""How each kind of thing is drawn: colours of Okabe and Ito, told apart in grey by line style and hatch."""

from __future__ import annotations

from dataclasses import dataclass

from seabed.language import N_


@dataclass(frozen=True, slots=True)
class Style:
    """How a kind is drawn; ``line`` is a matplotlib line style, ``width`` in points."""

    edge: str
    fill: str = "none"
    line: str | tuple[int, tuple[float, ...]] = "-"
    hatch: str | None = None
    width: float = 0.9


# Okabe and Ito (2008), "Color Universal Design": people with any common colour blindness tell them apart.
BLUE, SKY, GREEN, ORANGE, RED, PURPLE = "#0072B2", "#56B4E9", "#009E73", "#B97A00", "#D55E00", "#AA4477"
#: Small text and lines on white have a contrast of at least 4.5:1 (WCAG 2.2 AA).
INK, QUIET = "#1d252c", "#4a5660"

ZONES = {
    "land": Style("#a89c84", "#e9e3d7", width=0.4),
    "internal_waters": Style("none", "#c4d3df"),
    "territorial_sea": Style("none", "#cfdfeb"),
    "continental_shelf": Style("none", "#e6eff5"),
    "extended_shelf": Style("none", "#f0f1e6"),
}
OVERLAYS = {
    "ccz": Style("#777777", line=(0, (8, 3, 1.5, 3))),
    "us_ocs": Style("#777777", line=(0, (2, 2))),
    "isa_apei": Style(GREEN, hatch="...", width=0.8),
    "us_sanctuary": Style("#117733", hatch="\\\\\\", width=0.8),
    "us_marine_monument": Style("#117733", hatch="xxx", width=0.8),
    "isa_reserved_area": Style(SKY, "#56B4E922", line=(0, (5, 2))),
    "isa_contract": Style(BLUE, "#0072B226"),
    "isa_application": Style(BLUE, line=(0, (1.5, 1.5))),
    "us_ocs_leasing_process": Style(PURPLE, "#AA447722", line=(0, (5, 2))),
    "us_dshmra_licence": Style(RED, "#D55E0022", width=1.2),
    "us_dshmra_application": Style(ORANGE, "#E69F0022", line=(0, (4, 2)), width=1.2),
}
DISPUTED = Style("#8796a1", hatch="////", width=0)
AREA = Style("none", "#ffffff")
SITE = Style("#000000", "#F0E44255", width=1.6)
GRATICULE = Style("#b4bec6", width=0.4)

#: Limits by what they rest on; see `limit_class`.
LIMITS = {
    "3M": (N_("3 M limit"), Style("#555555", line=(0, (0.8, 1.2)), width=0.6)),
    "12M": (N_("12 M limit, from the coast"), Style("#555555", line=(0, (1.5, 1.5)), width=0.7)),
    "200M": (N_("200 M limit, from the coast"), Style("#333333", width=0.9)),
    "200M-contested": (
        N_("200 M limit of a contested feature"),
        Style("#333333", line=(0, (3, 1.5)), width=0.9),
    ),
    "200M-other": (N_("200 M limit"), Style("#333333", width=0.9)),
    "agreed": (
        N_("Limit by treaty, award or judgment"),
        Style("#333333", line=(0, (9, 1.5, 1, 1.5)), width=1.1),
    ),
    "undrawn": (
        N_("Median line; the treaty's own line is not in the layer"),
        Style("#333333", line=(0, (6, 2, 1, 2, 1, 2)), width=0.9),
    ),
    "median": (N_("Median line, no treaty in the layer"), Style("#333333", line=(0, (5, 2)), width=0.8)),
    "between_states": (N_("Limit between States"), Style("#333333", line=(0, (6, 2, 1, 2)), width=0.9)),
}


def limit_class(kind: str, basis: str) -> str:
    """Return the key in `LIMITS` for a limit of the atlas, by its kind and its basis.

    A limit of an imported layer, whose basis is in the publisher's own words, is drawn by its kind alone.
    """
    if kind == "between_states":
        classes = {"treaty": "agreed", "award": "agreed", "judgment": "agreed", "equidistance": "median"}
        return "undrawn" if basis == "treaty, not drawn" else classes.get(basis, kind)
    if kind == "200M":
        if "contested" in basis:
            return "200M-contested"
        return "200M" if "envelope" in basis else "200M-other"
    return kind


#: Groups of areas, in the order in which they are given: colour and hatch.
GROUPS = (
    Style(BLUE, "#0072B240", hatch="////"),
    Style(RED, "#D55E0040", hatch="\\\\\\\\"),
    Style(GREEN, "#009E7340", hatch="...."),
    Style(PURPLE, "#AA447740", hatch="xxxx"),
)
#: What a member's status makes of its group's style: the line, and whether the inside is filled and hatched.
STATUSES: dict[str, tuple[str, str | tuple[int, tuple[float, ...]], bool, bool]] = {
    "in_force": (N_("in force"), "-", True, True),
    "pending": (N_("applied for"), (0, (4, 2)), False, True),
    "unknown": (N_("status not known"), (0, (1.5, 1.5)), True, False),
    "ended": (N_("ended"), (0, (1, 2.5)), False, False),
}


def darker(colour: str) -> tuple[float, float, float]:
    """Return a line's colour dark enough for small text on white: at least 4.5:1 (WCAG 2.2 AA)."""
    red, green, blue = (int(colour[i : i + 2], 16) / 255 * 0.66 for i in (1, 3, 5))
    return red, green, blue
