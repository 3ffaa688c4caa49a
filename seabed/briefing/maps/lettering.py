"""Text on a map: which fonts have it, how wide it is, where it breaks, and where a label goes."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from seabed.briefing import words
from seabed.briefing.fonts import SANS, font_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.briefing.maps.frame import Frame

#: Points; the frame's own text is drawn as paths, so it is never smaller on a screen than on paper.
LABEL_PT = 6.4

_LATIN = "DejaVu Sans"  # comes with matplotlib
_FIRST_CJK = "\u2e80"
_MOST_LABELS = 48  # more make a map harder to read, not easier
_LINE = 1.18  # of the size of the letters

Box = tuple[float, float, float, float]


@cache
def families(*, with_chinese: bool) -> list[str]:
    """Return the font families to try for each character, in order; registers the Chinese ones once."""
    from matplotlib.font_manager import fontManager  # noqa: PLC0415

    if not with_chinese:
        return [_LATIN]
    if SANS not in fontManager.get_font_names():
        for path in font_files():
            fontManager.addfont(path)
    return [_LATIN, SANS]


def font(text: str, size: float, *, bold: bool = False) -> Any:  # noqa: ANN401 - matplotlib has no types
    """Return the font properties to set ``text`` in at ``size`` points."""
    return _font(any(c >= _FIRST_CJK for c in text), size, bold)


@cache
def _font(with_chinese: bool, size: float, bold: bool) -> Any:  # noqa: ANN401, FBT001
    from matplotlib.font_manager import FontProperties  # noqa: PLC0415

    return FontProperties(
        family=families(with_chinese=with_chinese), size=size, weight="bold" if bold else "normal"
    )


def drawable(text: str, longest: int = 48) -> str:
    """Return ``text`` without what no font of ours can draw, cut to ``longest`` characters."""
    from matplotlib.font_manager import findfont, get_font  # noqa: PLC0415

    names = families(with_chinese=any(c >= _FIRST_CJK for c in text))
    fonts = [get_font(findfont(name)) for name in names]
    kept = words.clean(
        "".join(c for c in text if any(f.get_char_index(ord(c)) for f in fonts) or c.isspace())
    )
    return kept if len(kept) <= longest else kept[: longest - 1] + "…"


@lru_cache(maxsize=4096)
def width_of(text: str, size: float, *, bold: bool = False) -> float:
    """Return how wide one line is, in points."""
    from matplotlib.textpath import text_to_path  # noqa: PLC0415

    width, _height, _descent = text_to_path.get_text_width_height_descent(
        text, font(text, size, bold=bold), ismath=False
    )
    return float(width)


def wrapped(text: str, size: float, width: float, *, lines: int = 99) -> str:
    """Break ``text`` to at most ``lines`` lines of ``width`` points, between words or Chinese characters."""
    done, line, taken = [], "", 0.0
    # Word by word, since many come again: to measure each line as it grows takes ten times as long.
    space = width_of("n n", size) - width_of("nn", size)
    for word in _words(text):
        bare = word.rstrip()
        wide = width_of(bare, size)
        if line and taken + wide > width:
            done.append(line.rstrip())
            line, taken = "", 0.0
        line += word
        taken += wide + space * (len(word) - len(bare))
    done.append(line.rstrip())
    if len(done) > lines:
        done = [*done[: lines - 1], done[lines - 1].rstrip(" ;,") + " …"]
    return "\n".join(done)


def _words(text: str) -> Iterator[str]:
    """Yield what may not be broken, with the space behind it."""
    word = ""
    for character in text:
        if word and (word[-1] == " " or (character >= _FIRST_CJK and not _hangs(character))):
            yield word
            word = ""
        word += character
    if word:
        yield word


def _hangs(character: str) -> bool:
    """Whether a line may not begin with this Chinese character."""
    return character in "，。；：、）》”’！？"


# --- where labels go ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Wanted:
    """A label to be placed: what it may say, the fullest text first, and the shape it names.

    With ``may_stand_beside`` it may stand outside a shape that is too small for it, off every obstacle.
    """

    texts: tuple[str, ...]
    geometry: BaseGeometry
    colour: Any
    kind: str
    is_bold: bool = False
    may_stand_beside: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A label in its place: the middle of its text and the box that it fills, in metres on the map."""

    text: str
    x: float
    y: float
    box: Box
    wanted: Wanted


def place(
    wanted: Iterable[Wanted],
    frame: Frame,
    metres_per_point: float,
    *,
    keep_clear: BaseGeometry | None = None,
    obstacles: BaseGeometry | None = None,
    size: float = LABEL_PT,
) -> list[Placed]:
    """Place labels in the order given; one that finds no free place is left out.

    Each lies within the frame and none overlaps another. A label inside its shape is best, away from the
    outline ``keep_clear``, then near the middle; then one beside it, if the shape is small, off the
    ``obstacles``.
    """
    taken: list[Box] = []
    placed = []
    outline = keep_clear.boundary if keep_clear is not None else None
    if outline is not None:
        shapely.prepare(outline)
    for one in wanted:
        label = _place_one(one, frame, metres_per_point, outline, obstacles, taken, size)
        if label is not None:
            taken.append(label.box)
            placed.append(label)
        if len(placed) == _MOST_LABELS:
            break
    return placed


def _place_one(
    one: Wanted,
    frame: Frame,
    metres_per_point: float,
    outline: BaseGeometry | None,
    obstacles: BaseGeometry | None,
    taken: Sequence[Box],
    size: float,
) -> Placed | None:
    whole = one.geometry if one.geometry.is_valid else shapely.make_valid(one.geometry)
    visible = shapely.intersection(whole, frame.rectangle)
    for text in one.texts:
        lines = text.split("\n")
        half_w = max(width_of(line, size, bold=one.is_bold) for line in lines) * metres_per_point / 2
        half_w += 0.3 * size * metres_per_point
        half_h = (len(lines) * _LINE * 0.5 + 0.12) * size * metres_per_point
        for x, y in _spots(visible, half_w, half_h, outline, is_beside=one.may_stand_beside):
            box = (x - half_w, y - half_h, x + half_w, y + half_h)
            if not _is_inside(box, frame) or any(_overlap(box, other) for other in taken):
                continue
            if (
                obstacles is None
                or visible.contains(shapely.box(*box))
                or not obstacles.intersects(shapely.box(*box))
            ):
                return Placed(text, x, y, box, one)
    return None


def _is_inside(box: Box, frame: Frame) -> bool:
    margin = 0.005 * frame.half_width
    w, h = frame.half_width - margin, frame.half_height - margin
    return -w <= box[0] and -h <= box[1] and box[2] <= w and box[3] <= h


def _overlap(one: Box, other: Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]


def polygons(geometry: BaseGeometry) -> Any:  # noqa: ANN401
    """Return the polygons of a geometry, the largest first, as an array."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    parts = parts[(shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)]
    return parts[np.argsort(-shapely.area(parts), kind="stable")]


def _spots(
    geometry: BaseGeometry, half_w: float, half_h: float, outline: BaseGeometry | None, *, is_beside: bool
) -> Iterator[tuple[float, float]]:
    parts = polygons(geometry)[:3]
    for part in parts:
        west, south, east, north = part.bounds
        x, y = (
            axis.ravel()
            for axis in np.meshgrid(
                np.linspace(west + half_w, east - half_w, 9)
                if east - west > 2 * half_w
                else [(west + east) / 2],
                np.linspace(north - half_h, south + half_h, 11)
                if north - south > 2 * half_h
                else [(south + north) / 2],
            )
        )
        shapely.prepare(part)
        boxes = shapely.box(x - half_w, y - half_h, x + half_w, y + half_h)
        inside = shapely.contains(part, boxes)
        x, y, boxes = x[inside], y[inside], boxes[inside]
        if not len(x):
            continue
        crosses = np.zeros(len(x)) if outline is None else shapely.intersects(outline, boxes).astype(float)
        middle = part.centroid
        away = np.hypot((x - middle.x) / (east - west), (y - middle.y) / (north - south))
        for index in np.lexsort((away.round(6), crosses)):
            yield float(x[index]), float(y[index])
    for part in parts if is_beside else parts[:1]:
        west, south, east, north = part.bounds
        # Beside a shape that is hardly larger than a letter; beside another it would seem to name its
        # neighbour, unless nothing else is near.
        if is_beside or max(east - west, north - south) < 2.5 * half_h:
            x_middle, y_middle = (west + east) / 2, (south + north) / 2
            yield from ((x_middle, north + half_h * 1.1), (x_middle, south - half_h * 1.1))
            yield from ((east + half_w * 1.08, y_middle), (west - half_w * 1.08, y_middle))
            yield from ((x, y) for x in (west, east) for y in (north + half_h * 1.1, south - half_h * 1.1))
    if is_beside and len(parts):
        west, south, east, north = parts[0].bounds
        for lines in (2, 3, 4, 6, 8):
            yield (west + east) / 2, north + half_h * 1.1 * lines
            yield (west + east) / 2, south - half_h * 1.1 * lines
