"""Human words for ids, numbers and dates: the one place where a view turns data into prose.

An id that has no words here is shown with its underscores as spaces, never dropped. Every function speaks
the language of `seabed.language`; the tables hold the English words, to be looked up when they are said.
"""

from __future__ import annotations

import datetime as dt
import math
import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, Any

from seabed.language import N_, _, aside, clauses, listed, spoken
from seabed.resources import data_dir
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DISCLAIMER = N_("This is the output of a research tool. It is not legal advice.")
CONTESTED = N_("contested")
UNKNOWN = N_("not known")
NONE = "—"

#: Verdict: the word for it, and what it means in one line.
VERDICTS = {
    "permitted": (
        N_("Permitted"),
        N_("nothing is missing for this applicant, place, activity, mineral and date"),
    ),
    "authorisation_required": (
        N_("Authorisation required"),
        N_("lawful only with instruments that this applicant can obtain here and does not hold"),
    ),
    "prohibited": (N_("Prohibited"), N_("no path under this order for this applicant here")),
    "not_applicable": (N_("Not applicable"), N_("this order does not reach this place or applicant")),
    "contingent": (N_("Contingent"), N_("turns on a fact that is not known")),
    "not_modelled": (
        N_("Not modelled"),
        N_("this order may speak, but the program has no rules for it"),
    ),
}

ZONE_KINDS = {
    "land": N_("Land"),
    "internal_waters": N_("Internal waters"),
    "territorial_sea": N_("Territorial sea"),
    "continental_shelf": N_("Continental shelf within 200 M"),
    "extended_shelf": N_("Continental shelf beyond 200 M"),
    "area": N_("The Area"),
    "ccz": N_("Clarion-Clipperton Zone"),
    "isa_contract": N_("ISA contract"),
    "isa_reserved_area": N_("ISA reserved area"),
    "isa_apei": N_("ISA area of particular environmental interest"),
    "isa_application": N_("ISA application"),
    "us_dshmra_licence": N_("US exploration licence (DSHMRA)"),
    "us_dshmra_application": N_("US application (DSHMRA)"),
    "us_ocs": N_("US outer continental shelf"),
    "us_ocs_leasing_process": N_("US offshore leasing process"),
    "us_sanctuary": N_("US national marine sanctuary"),
    "us_marine_monument": N_("US marine national monument"),
}

#: The kinds of which exactly one covers each spot of seabed; all others are overlays.
JURISDICTION_KINDS = (
    "land",
    "internal_waters",
    "territorial_sea",
    "continental_shelf",
    "extended_shelf",
    "area",
)

ACTIVITIES = {
    "prospecting": N_("Prospecting"),
    "exploration": N_("Exploration"),
    "exploitation": N_("Exploitation"),
    "scientific_research": N_("Marine scientific research"),
}

MINERALS = {
    "nodules": N_("polymetallic nodules"),
    "sulphides": N_("polymetallic sulphides"),
    "crusts": N_("cobalt-rich ferromanganese crusts"),
}

OUTCOMES = {
    "holds": N_("holds"),
    "fails": N_("does not hold"),
    "unknown": N_("not known"),
    "not_in_force": N_("not in force on the date"),
    "not_applicable": N_("does not apply"),
    "defeated": N_("defeated"),
    "contingent": N_("turns on an exception that is not known"),
    # An exception has the truth of its condition.
    "true": N_("holds"),
    "false": N_("does not hold"),
}

#: How far a step of a path has been taken: a mark, and the word for it.
STEP_STATES = {
    "done": ("✓", N_("done")),
    "next": ("→", N_("next")),
    "open": ("·", N_("still open")),
    "closed": ("✗", N_("closed off")),
    "unknown": ("?", N_("not known")),
}

TRUTHS = {"true": N_("yes"), "false": N_("no"), "unknown": N_("not known")}

OPERATORS = {"all": N_("all of these"), "any": N_("at least one of these"), "not": N_("not this")}

_MONTHS = (
    N_("January"),
    N_("February"),
    N_("March"),
    N_("April"),
    N_("May"),
    N_("June"),
    N_("July"),
    N_("August"),
    N_("September"),
    N_("October"),
    N_("November"),
    N_("December"),
)

# Characters that reorder or hide what follows them: marks and embeddings of direction, invisible operators,
# the byte order mark, interlinear annotations and tags. ZWNJ and ZWJ stay: some scripts cannot be written
# without them.
_HIDING = re.compile(
    "[\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]"
)
_SPACE = re.compile(r"\s+")


def clean(text: str) -> str:
    """Return ``text`` on one line without control, hiding, reordering, unassigned or surrogate characters.

    Everything a view shows goes through here, so that a name can neither drive a terminal (ECMA-48 escape
    sequences) nor show a line in another order than it is stored (Unicode TR 36, bidirectional spoofing).
    """
    one_line = _SPACE.sub(" ", text)
    shown = (c for c in _HIDING.sub("", one_line) if unicodedata.category(c) not in {"Cc", "Cs", "Cn", "Co"})
    return _SPACE.sub(" ", "".join(shown)).strip()


def words(identifier: str) -> str:
    """Return an id that has no words of its own as words: ``coastal_state`` is ``Coastal state``."""
    spaced = clean(identifier.replace("_", " "))
    return spaced[:1].upper() + spaced[1:]


def said(table: Mapping[str, str], identifier: str) -> str:
    """Return the words that ``table`` has for an id, in the language being spoken, or the id as words."""
    return _(table[identifier]) if identifier in table else _(words(identifier))


def verdict(identifier: str) -> str:
    """Return the word for a verdict."""
    return _(VERDICTS[identifier][0]) if identifier in VERDICTS else words(identifier)


def verdict_meaning(identifier: str) -> str:
    """Return what a verdict means, in one line."""
    return _(VERDICTS[identifier][1])


def zone_kind(identifier: str) -> str:
    """Return the words for a zone kind."""
    return said(ZONE_KINDS, identifier)


def order(identifier: str) -> str:
    """Return the name of a legal order."""
    known = _orders()
    return _named(known[identifier]["name"]) if identifier in known else state(identifier.upper())


@cache
def _orders() -> dict[str, dict[str, dict[str, str]]]:
    return read_own_yaml(data_dir("rules") / "orders.yaml")  # type: ignore[no-any-return]


def state(code: str) -> str:
    """Return the State or territory of an ISO 3166-1 alpha-3 code; any other text comes back cleaned."""
    names = state_names().get(code)
    return _named(names) if names else _(clean(code))


@cache
def state_names() -> dict[str, dict[str, Any]]:
    """Return the names of States and territories by ISO 3166-1 alpha-3 code, ``en`` and ``zh``."""
    return read_own_yaml(data_dir("rules") / "registers" / "state_names.yaml")  # type: ignore[no-any-return]


def _named(names: Mapping[str, str]) -> str:
    return names.get(spoken()) or names["en"]


def states(codes: Iterable[str]) -> str:
    """Return several States as a list in words, ``none`` if there are none."""
    return listed(state(code) for code in codes) or _("none")


def outcome(identifier: str) -> str:
    """Return what became of a rule or an exception."""
    return said(OUTCOMES, identifier)


def truth(identifier: str) -> str:
    """Return the answer that a condition got."""
    return _(TRUTHS.get(identifier, UNKNOWN))


def step_state(identifier: str) -> str:
    """Return how far a step has been taken: a mark and the word for it."""
    mark, word = STEP_STATES[identifier]
    return f"{mark} {_(word)}"


def yes_no(value: bool | None, unknown: str = UNKNOWN) -> str:  # noqa: FBT001 - the value itself is shown
    """Return ``yes``, ``no`` or the words for not knowing."""
    return _(unknown) if value is None else _("yes") if value else _("no")


def date(day: dt.date) -> str:
    """Return ``21 November 2026`` or ``2026年11月21日``, whatever the locale of the machine."""
    if spoken() == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def date_text(text: str) -> str:
    """Return a text that is an ISO 8601 date or month as `date` does, any other cleaned."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])(?:-(\d{2}))?", text)
    if match is None:
        return clean(text)
    year, month = match[1], int(match[2])
    if match[3] is None:
        return f"{year}年{month}月" if spoken() == "zh" else f"{_MONTHS[month - 1]} {year}"
    try:
        return date(dt.date.fromisoformat(text))
    except ValueError:
        return clean(text)


def number(value: float, unit: str = "") -> str:
    """Return a quantity to three significant digits or to the whole number, with thousands set off by commas.

    ``unit`` is written in the language being spoken: km², km, M.
    """
    if not math.isfinite(value):
        text = _(UNKNOWN)
    elif value == 0 or abs(value) >= 100:
        text = f"{value:,.0f}"
    elif abs(value) >= 1:
        text = f"{value:,.1f}"
    else:
        text = f"{value:.2g}" if abs(value) >= 1e-3 else f"{value:.1e}"
    if not unit:
        return text
    gap = "" if spoken() == "zh" else " "
    return f"{text}{gap}{_(_UNITS.get(unit, unit))}"


_UNITS = {"km²": N_("km²"), "km": N_("km"), "M": N_("M")}


def distance(km: float) -> str:
    """Return a distance in km and M (1,852 m); what is nearer than 10 m adjoins."""
    if km < 0.01:
        return _("adjoins")
    return aside(number(km, "km"), number(km / 1.852, "M"))


def share(fraction: float) -> str:
    """Return a share in percent; only the whole is ``100%`` and only nothing is ``0%``.

    A rounding error of the overlay (1e-6, as the contract allows) still counts as the whole.
    """
    percent = fraction * 100
    if fraction >= 1 - 1e-6:
        return "100%"
    if percent > 99.9:
        return _("over 99.9%")
    if 0 < percent < 0.1:
        return _("under 0.1%")
    return f"{percent:.1f}%".replace(".0%", "%")


def position(longitude: float, latitude: float) -> str:
    """Return a position in decimal degrees with hemispheres, to 0.0001° (11 m)."""
    north, east = f"{abs(latitude):.4f}°", f"{abs(longitude):.4f}°"
    if spoken() == "zh":
        return f"{'南' if latitude < 0 else '北'}纬{north}，{'西' if longitude < 0 else '东'}经{east}"
    return f"{north} {'S' if latitude < 0 else 'N'}, {east} {'W' if longitude < 0 else 'E'}"


def bearing(degrees: float) -> str:
    """Return a bearing as sailors write it: three digits, 000° to 359°."""
    return f"{round(degrees) % 360:03d}°"


def joined(texts: Iterable[str]) -> str:
    """Return texts one after the other, without those that are empty: ``a; b``."""
    return clauses(map(clean, texts))
