"""Coordinates as people type them: decimal degrees, degrees and minutes, hemispheres, English or Chinese.

A pair without hemispheres is read as longitude, latitude, as in GeoJSON. Pairs are separated by semicolons,
vertical bars or line breaks.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Literal, NamedTuple

from seabed.errors import SiteError

Axis = Literal["lon", "lat"]

MOST_PAIRS = 200_000
_LONGEST_PAIR = 120

# Symbols that NFKC would turn into something else (º becomes o, ″ becomes two primes) or leave alone.
_SYMBOLS = str.maketrans(
    {
        **dict.fromkeys("º˚⁰∘度", "°"),
        **dict.fromkeys("′’‘ʹʼ´`‵分", "'"),
        **dict.fromkeys("″”“ʺ¨〃秒", '"'),
        **dict.fromkeys("−–—‐‑－", "-"),
        "、": ",",
    }
)
_HEMISPHERES: dict[str, tuple[Axis, int]] = {
    "n": ("lat", 1),
    "north": ("lat", 1),
    "北纬": ("lat", 1),
    "北緯": ("lat", 1),
    "s": ("lat", -1),
    "south": ("lat", -1),
    "南纬": ("lat", -1),
    "南緯": ("lat", -1),
    "e": ("lon", 1),
    "east": ("lon", 1),
    "东经": ("lon", 1),
    "東經": ("lon", 1),
    "w": ("lon", -1),
    "west": ("lon", -1),
    "西经": ("lon", -1),
    "西經": ("lon", -1),
}
_TOKEN = re.compile(
    r"""(?P<number>[0-9]+(?:[.,][0-9]+)?|\.[0-9]+)
      | (?P<sign>[+-])
      | (?P<unit>°|''|'|")
      | (?P<hemisphere>[A-Za-z]+|[东西南北東][经纬經緯])
      | (?P<comma>,)
      | (?P<space>\s+)""",
    re.VERBOSE,
)
_PLAIN = r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)"
_PLAIN_COMMA = r"[+-]?[0-9]+(?:,[0-9]+)?"
_AMOUNT = r"[0-9]+(?:[.,][0-9]+)?"
_PLAIN_DMS = rf"""[+-]?\s*{_AMOUNT}\s*°(?:\s*{_AMOUNT}\s*'(?:\s*{_AMOUNT}\s*(?:"|''))?)?"""
_PAIRS = (
    re.compile(rf"({_PLAIN})(?:\s*,\s*|\s+)({_PLAIN})"),
    re.compile(rf"({_PLAIN_COMMA})(?:,\s+|\s+,?\s*)({_PLAIN_COMMA})"),
    re.compile(rf"({_PLAIN_DMS})\s*,?\s*({_PLAIN_DMS})"),
)
_UNITS = ("°", "'", '"')


class Angle(NamedTuple):
    """One number of degrees, and which axis its hemisphere says it lies on, if it has one."""

    degrees: float
    axis: Axis | None


@dataclass(frozen=True)
class TypedCoordinates:
    """Pairs (lon, lat) in the order typed, and whether any of them came without hemispheres."""

    points: list[tuple[float, float]]
    order_was_assumed: bool


def parse_coordinates(text: str) -> list[tuple[float, float]]:
    """Return the pairs (lon, lat) in a text such as ``11°30.5'N 117°02'15"W; 10.5N 116W``.

    Raises
    ------
    SiteError
        Quoting the piece that cannot be read, is out of range, or may be swapped.
    """
    return read_typed(text).points


def read_typed(text: str) -> TypedCoordinates:
    """Do as ``parse_coordinates`` does, and say whether an order had to be assumed."""
    pieces = [piece.strip() for piece in re.split(r"[;|\n\r]", _normalised(text))]
    pieces = [piece for piece in pieces if piece]
    if not pieces:
        raise SiteError("there are no coordinates; give pairs such as 11°30'N 117°02'W; 10°N 116°W")
    if len(pieces) > MOST_PAIRS:
        raise SiteError(f"{len(pieces):,} coordinate pairs; at most {MOST_PAIRS:,} are taken")
    pairs = [_pair(piece) for piece in pieces]
    return TypedCoordinates([(lon, lat) for lon, lat, _ in pairs], any(assumed for *_, assumed in pairs))


def parse_angle(text: str, axis: Axis) -> float:
    """Return one longitude or latitude in degrees: ``-117.04``, ``11,5``, ``117°02'15" W``.

    Raises
    ------
    SiteError
        Quoting the text if it is not an angle, or not on this axis.
    """
    if re.fullmatch(rf"{_PLAIN}(?:[eE][+-][0-9]{{1,3}})?", text):  # most cells of most tables
        _check_range(float(text), axis, text)
        return float(text)
    piece = _normalised(text).strip()
    if len(piece) > _LONGEST_PAIR:
        raise SiteError(f"{_quoted(piece)} is too long for a coordinate")
    tokens = _tokens(piece)
    groups = _groups(tokens, piece)
    if len(groups) != 1:
        raise _unreadable(piece)
    angle = _angle(groups[0], piece)
    if angle.axis not in {None, axis}:
        raise SiteError(
            f"{_quoted(piece)} has a hemisphere of the other axis; a {_AXIS_NAMES[axis]} is wanted"
        )
    _check_range(angle.degrees, axis, piece)
    return angle.degrees


# --------------------------------------------------------------------------------------------- pieces

_AXIS_NAMES = {"lon": "longitude", "lat": "latitude"}


def _normalised(text: str) -> str:
    return unicodedata.normalize("NFKC", text.translate(_SYMBOLS)).translate(_SYMBOLS)


def _pair(piece: str) -> tuple[float, float, bool]:
    if len(piece) > _LONGEST_PAIR:
        raise SiteError(
            f"{_quoted(piece)} is too long for one coordinate pair; separate pairs with semicolons"
        )
    for pattern in _PAIRS:
        if match := pattern.fullmatch(piece):
            lon, lat = (_angle(_tokens(text), piece).degrees for text in match.groups())
            _check_order(lon, lat, piece)
            return lon, lat, True
    groups = _groups(_tokens(piece), piece)
    if len(groups) != 2:
        raise _unreadable(piece)
    angles = {angle.axis: angle.degrees for angle in (_angle(group, piece) for group in groups)}
    if set(angles) != {"lon", "lat"}:
        raise SiteError(f"{_quoted(piece)} needs one latitude (N or S) and one longitude (E or W)")
    _check_range(angles["lon"], "lon", piece)
    _check_range(angles["lat"], "lat", piece)
    return angles["lon"], angles["lat"], False


def _tokens(piece: str) -> list[tuple[str, str]]:
    """Return (kind, text) of each token; spaces are left out."""
    tokens: list[tuple[str, str]] = []
    position = 0
    while position < len(piece):
        match = _TOKEN.match(piece, position)
        if match is None:
            raise _unreadable(piece, piece[position])
        kind = str(match.lastgroup)
        if kind == "hemisphere" and match.group().lower() not in _HEMISPHERES:
            if match.group().lower() in {"o", "ost", "oeste", "ouest", "oest"}:
                raise SiteError(f"{_quoted(piece)}: O is east in German and west in French; write E or W")
            raise _unreadable(piece, match.group())
        if kind != "space":
            tokens.append((kind, match.group()))
        position = match.end()
    return tokens


def _groups(tokens: list[tuple[str, str]], piece: str) -> list[list[tuple[str, str]]]:
    """Cut tokens into angles, which all begin or all end with their hemisphere; a comma may part them."""
    kinds = [kind for kind, _ in tokens]
    if "hemisphere" not in kinds:
        return [tokens]
    is_before = kinds[0] == "hemisphere"
    groups: list[list[tuple[str, str]]] = [[]]
    for number, (kind, text) in enumerate(tokens):
        if kind == "comma":
            at_seam = kinds[number + 1 : number + 2] == ["hemisphere"] if is_before else not groups[-1]
            if not at_seam or number in {0, len(tokens) - 1}:
                raise _unreadable(piece, ",")
            continue
        if kind == "hemisphere" and is_before and groups[-1]:
            groups.append([])
        groups[-1].append((kind, text))
        if kind == "hemisphere" and not is_before:
            groups.append([])
    return [group for group in groups if group]


def _angle(tokens: list[tuple[str, str]], piece: str) -> Angle:
    """Read [sign] degrees [minutes [seconds]] with its hemisphere before or after."""
    body = list(tokens)
    axis: Axis | None = None
    sign = 1
    for end in (0, -1):
        if body and body[end][0] == "hemisphere" and axis is None:
            axis, sign = _HEMISPHERES[body.pop(end)[1].lower()]
    if body and body[0][0] == "sign":
        if axis is not None:
            raise SiteError(f"{_quoted(piece)} has both a sign and a hemisphere; use one of them")
        sign = -1 if body.pop(0)[1] == "-" else 1
    numbers = _numbers(body, piece)
    degrees, minutes, seconds = [*numbers, 0.0, 0.0][:3]
    for value, name in ((minutes, "minutes"), (seconds, "seconds")):
        if value >= 60:
            raise SiteError(f"{_quoted(piece)} has {value:g} {name}; there are 60 in a degree or minute")
    return Angle(sign * (degrees + minutes / 60 + seconds / 3600), axis)


def _numbers(tokens: list[tuple[str, str]], piece: str) -> list[float]:
    """Read one to three numbers, each with its unit or none; only the last may have decimals."""
    numbers: list[str] = []
    may_take_unit = False
    for kind, text in tokens:
        if kind == "number" and len(numbers) < 3:
            numbers.append(text.replace(",", "."))
        elif not (kind == "unit" and may_take_unit and text.replace("''", '"') == _UNITS[len(numbers) - 1]):
            raise _unreadable(piece, text)
        may_take_unit = kind == "number"
    if not numbers or any("." in number for number in numbers[:-1]):
        raise _unreadable(piece)
    return [float(number) for number in numbers]


def _check_order(lon: float, lat: float, piece: str) -> None:
    if abs(lat) > 90 and abs(lon) <= 90:
        raise SiteError(
            f"{_quoted(piece)} looks like lat, lon; without hemispheres it is read as lon, lat. "
            "Swap them, or write N, S, E, W"
        )
    _check_range(lon, "lon", piece)
    _check_range(lat, "lat", piece)


def _check_range(degrees: float, axis: Axis, piece: str) -> None:
    limit = 90 if axis == "lat" else 360
    if not abs(degrees) <= limit:
        raise SiteError(f"{_quoted(piece)}: a {_AXIS_NAMES[axis]} of {degrees:g}° is beyond {limit}°")


def _unreadable(piece: str, culprit: str | None = None) -> SiteError:
    where = f" ({_quoted(culprit)} is out of place)" if culprit and culprit != piece else ""
    return SiteError(
        f"cannot read {_quoted(piece)} as coordinates{where}; write a pair such as "
        "11°30.5'N 117°02'15\"W or -117.04, 11.5 (lon, lat), and separate pairs with semicolons"
    )


def _quoted(text: str) -> str:
    return repr(text if len(text) <= 60 else text[:57] + "...")
