"""A brief without coordinates, for sharing: every position in any text is left out."""

from __future__ import annotations

import dataclasses
import re
from typing import TYPE_CHECKING, Any, TypeVar

from seabed.language import _

if TYPE_CHECKING:
    from seabed.contract import SiteReport

_T = TypeVar("_T")

_NUMBER = r"\d{1,3}(?:\.\d+)?"
_ANGLE = rf"{_NUMBER}\s*[°º]\s*(?:{_NUMBER}\s*['′’]\s*)?(?:{_NUMBER}\s*[\"″”]\s*)?"
#: A latitude or longitude with its hemisphere, in degrees or with minutes: 11°30'N, N 11.5°, 北纬11.5°.
_WITH_HEMISPHERE = re.compile(
    rf"(?:\b[NSEW]\s*{_ANGLE}|{_ANGLE}\s*[NSEW]\b|\b\d{{1,3}}\.\d+\s*[NSEW]\b|[南北]纬\s*{_ANGLE}|[东西]经\s*{_ANGLE})"
)
_PAIR = re.compile(r"([-+−]?\d{1,3}(?:\.\d+)?)(\s*[,;/，；]\s*|\s+)([-+−]?\d{1,3}(?:\.\d+)?)")
#: How far from the site a pair of plain numbers still counts as a position on it, in degrees.
_NEAR_DEG = 2.0


def without_positions(document: _T, site: SiteReport) -> _T:
    """Return a document (of dataclasses) in which no text names a position.

    That is every angle with a hemisphere, and every pair of plain numbers that would be a position within
    2 degrees of the site, in either order.
    """
    return _scrubbed(document, site)  # type: ignore[no-any-return]


def _scrubbed(value: Any, site: SiteReport) -> Any:  # noqa: ANN401 - any part of a document
    if isinstance(value, str):
        return scrub(value, site)
    if isinstance(value, tuple):
        return tuple(_scrubbed(inner, site) for inner in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        # The drawing of a chart is not read: it has no position, and its paths look like pairs of numbers.
        return dataclasses.replace(
            value,
            **{
                field.name: _scrubbed(getattr(value, field.name), site)
                for field in dataclasses.fields(value)
                if field.name not in {"svg", "id", "labels", "version"}
            },
        )
    return value


def scrub(text: str, site: SiteReport) -> str:
    """Return one text without positions."""
    hidden = _("[position left out]")
    text = _WITH_HEMISPHERE.sub("\0", text)
    text = _PAIR.sub(lambda match: "\0" if _is_near(match[1], match[3], site) else match[0], text)
    return re.sub("\0(?:[\\s,;，；/]*\0)*", hidden, text)


def _is_near(first: str, second: str, site: SiteReport) -> bool:
    if "." not in first + second:
        return False
    one, other = (float(number.replace("−", "-")) for number in (first, second))
    return _is_at(one, other, site) or _is_at(other, one, site)


def _is_at(longitude: float, latitude: float, site: SiteReport) -> bool:
    west, south, east, north = site.bbox
    width = (east - west) % 360 if east != west else 0.0
    eastward = (longitude - west + _NEAR_DEG) % 360
    return south - _NEAR_DEG <= latitude <= north + _NEAR_DEG and eastward <= width + 2 * _NEAR_DEG
