"""The names of zones and limits in the language being spoken.

The atlas holds names in English, made of a few patterns when it was built (``200 M limit of Fiji``). In
another language the pattern is translated and what fills it is spoken in turn, so that a handful of patterns
and the names of places do for thousands of zones. A name of no pattern is looked up whole; what a layer of
the user's brings stays as it is.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from seabed.language import N_, _, spoken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

#: As `geodata.build` and the sources name things; the first that fits counts.
_PATTERNS = (
    N_("Land of {place} ({state})"),
    N_("Internal waters of {place} ({state})"),
    N_("Territorial sea of {place} ({state})"),
    N_("Continental shelf of {place} ({state})"),
    N_("Land of {place}"),
    N_("Internal waters of {place}"),
    N_("Territorial sea of {place}"),
    N_("Continental shelf of {place}"),
    N_("Outer continental shelf of {place}"),
    N_("3 M limit of {place}"),
    N_("12 M limit of {place}"),
    N_("200 M limit of {place}"),
    N_("200 M envelope of a contested feature ({code})"),
    N_("Boundary between {one} and {other}: {instrument}"),
    N_("Median line between {one} and {other}; {instrument} not drawn"),
    N_("Median line between {one} and {other}"),
    N_("Limit of {joint_area}"),
    N_("{place}, within 200 M of {feature}"),
    N_("Reserved area {mineral} block {code}"),
    N_("Reserved area {code}"),
    N_("DSHMRA exploration licence {code}"),
    N_("{place} mineral leasing process, Request for Information area (extent only)"),
    N_("{monument}, Volcanic Unit, {name}"),
    N_("{sanctuary}, {name} unit"),
    N_("{name} block {code}"),
    N_("{name}, area {code}"),
)
#: What fills these stays as it is.
_PROPER = frozenset({"code", "name"})


def spoken_name(name: str) -> str:
    """Return the name of a zone or a limit, or what a limit rests on, in the language being spoken."""
    if spoken() == "en":
        return name
    whole = _(name)
    if whole != name:
        return whole
    pattern, parts = _taken_apart(name, lambda part: _(part) != part)
    if not parts:
        return name
    return _(pattern).format(
        **{key: part if key in _PROPER else spoken_name(part) for key, part in parts.items()}
    )


def words_in(names: Iterable[str]) -> list[str]:
    """Return what of names has to be translated beside the patterns: places, treaties, names of none."""
    everything = [*names]
    places = {
        parts["place"]
        for name in everything
        for pattern, parts in [_taken_apart(name, lambda _part: False)]
        if "place" in parts
    }
    found: dict[str, None] = {}

    def take(name: str) -> None:
        pattern, parts = _taken_apart(name, places.__contains__)
        if not parts:
            found[pattern] = None
        for key, part in parts.items():
            if key not in _PROPER:
                take(part)

    for name in everything:
        take(name)
    return [*found]


def _taken_apart(name: str, is_known: Callable[[str], bool]) -> tuple[str, dict[str, str]]:
    """Return the pattern that a name follows and what fills it; the name itself and nothing if there is none.

    Of several ways to read "a and b and c" as two names, one of which both are known is taken.
    """
    for pattern, expression in _expressions():
        match = expression.fullmatch(name)
        if match:
            parts = match.groupdict()
            if "pair" in parts:
                words = parts.pop("pair").split(" and ")
                pairs = [(" and ".join(words[:i]), " and ".join(words[i:])) for i in range(1, len(words))]
                pair = next((p for p in pairs if all(map(is_known, p))), pairs[0])
                parts |= dict(zip(("one", "other"), pair, strict=True))
            return pattern, parts
    return name, {}


@cache
def _expressions() -> tuple[tuple[str, re.Pattern[str]], ...]:
    def expression(pattern: str) -> re.Pattern[str]:
        text = re.escape(pattern).replace(re.escape("{one} and {other}"), r"(?P<pair>.+? and .+?)")
        text = text.replace(re.escape("{state}"), r"(?P<state>[^()]+)")
        return re.compile(re.sub(r"\\\{(\w+)\\\}", r"(?P<\1>.+?)", text))

    return tuple((pattern, expression(pattern)) for pattern in _PATTERNS)
