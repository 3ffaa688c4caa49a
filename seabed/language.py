"""The language in which the program speaks: English, or Simplified Chinese by its gettext catalogue.

Sentences are written in English where they are needed, inside ``_()``, and looked up in
``reports/locales/<language>/LC_MESSAGES/seabed.mo``. What a sentence is about goes in after the look-up:
``_("{name} covers {share} of the site").format(...)``, never an f-string. Texts that data give in both
languages (the titles of rules) are taken by `pick`. Cites, sources and names stay as their publisher
writes them. ``make messages`` collects the sentences; a test says which have no translation.
"""

from __future__ import annotations

import gettext
import re
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Literal, NamedTuple, Protocol, get_args

from seabed.resources import data_dir

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Iterator

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)


class _Marks(NamedTuple):
    """What stands between words and sentences."""

    comma: str
    and_: str
    or_: str
    semicolon: str
    stop: str
    space: str
    opening: str
    closing: str


_MARKS: dict[Language, _Marks] = {
    "en": _Marks(", ", " and ", " or ", "; ", ".", " ", " (", ")"),
    "zh": _Marks("、", "和", "或", "；", "。", "", "（", "）"),
}

#: By which powers of ten the language counts, greatest first, and the word for each.
_SCALES: dict[Language, tuple[tuple[float, str], ...]] = {
    "en": ((1e9, " billion"), (1e6, " million")),
    "zh": ((1e8, "亿"), (1e4, "万")),
}

_spoken: ContextVar[Language] = ContextVar("language", default="en")


class _InBoth(Protocol):
    """A text that data give in both languages, such as `seabed.law.rules.Text`."""

    @property
    def en(self) -> str: ...

    @property
    def zh(self) -> str | None: ...


@contextmanager
def speaking(language: Language) -> Iterator[None]:
    """Speak ``language`` inside the block, in this thread or task only."""
    token = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(token)


def spoken() -> Language:
    """Return the language being spoken, English unless a `speaking` block says otherwise."""
    return _spoken.get()


def _(message: str) -> str:
    """Return an English sentence in the language being spoken, unchanged where it has no translation."""
    return _catalogue(_spoken.get()).gettext(message) if message else message


def plural(one: str, many: str, count: int) -> str:
    """Return the sentence for ``count`` things in the language being spoken."""
    return _catalogue(_spoken.get()).ngettext(one, many, count)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for it
    """Mark an English sentence for translation where it is written; ``_`` looks it up where it is said."""
    return message


def listed(names: Iterable[str]) -> str:
    """Return names as a list: ``a, b, c``."""
    return _MARKS[_spoken.get()].comma.join(names)


def list_of(names: Iterable[str]) -> str:
    """Return names as a list that ends with "and": ``a, b and c``."""
    *firsts, last = [*names] or [""]
    return _MARKS[_spoken.get()].and_.join(filter(None, (listed(firsts), last)))


def all_of(names: Iterable[str]) -> str:
    """Return names that hold together: ``a and b and c``."""
    return _MARKS[_spoken.get()].and_.join(names)


def alternatives(names: Iterable[str]) -> str:
    """Return names of which one holds: ``a or b or c``."""
    return _MARKS[_spoken.get()].or_.join(names)


def clauses(texts: Iterable[str | None]) -> str:
    """Return texts as one sentence, without those that are empty: ``a; b``."""
    *firsts, last = [text for text in texts if text] or [""]
    # A Chinese full stop ends no abbreviation, so that none is lost with it.
    return _MARKS[_spoken.get()].semicolon.join((*(text.removesuffix("。") for text in firsts), last))


def sentence(text: str) -> str:
    """Return a text with the full stop that it lacks; nothing for nothing."""
    return text if not text or text.endswith((".", "。", ")", "）")) else text + _MARKS[_spoken.get()].stop


def sentences(texts: Iterable[str | None]) -> str:
    """Return sentences one after the other, without those that are empty."""
    return _MARKS[_spoken.get()].space.join(filter(None, texts))


def aside(text: str, more: str) -> str:
    """Return a text with something in brackets behind it, if there is anything: ``text (more)``."""
    marks = _MARKS[_spoken.get()]
    return f"{text}{marks.opening}{more}{marks.closing}" if more else text


def dated(day: dt.date | None) -> str:
    """Return a day as ``2026-11-22``, in Chinese as it is written there; a question mark for none."""
    if day is None:
        return "?"
    return f"{day.year}年{day.month}月{day.day}日" if _spoken.get() == "zh" else day.isoformat()


def dated_text(text: str) -> str:
    """Return a day, month or year in ISO 8601 as `dated` does; any other text as it is."""
    match = re.fullmatch(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?", text)
    if not match or _spoken.get() != "zh":
        return text
    return "".join(f"{int(part)}{unit}" for part, unit in zip(match.groups(), "年月日", strict=True) if part)


def large(number: float) -> str:
    """Return a large number to three digits, as the language counts: ``10.8 million``."""
    value, word = _scaled(number)
    return f"{value:,.0f}{word}" if abs(value) >= 1_000 else f"{value:.3g}{word}"


def large_sum(number: float) -> str:
    """Return a large sum of money, to a tenth where it is of the greatest size: ``4.3 billion``."""
    value, word = _scaled(number)
    return f"{value:,.1f}{word}" if abs(number) >= _SCALES[_spoken.get()][0][0] else f"{value:,.0f}{word}"


def _scaled(number: float) -> tuple[float, str]:
    scales = _SCALES[_spoken.get()]
    size, word = next((scale for scale in scales if abs(number) >= scale[0]), scales[-1])
    return number / size, word


def pick(text: _InBoth) -> str:
    """Return the version of a bilingual text in the language being spoken, English where there is none."""
    return (text.zh if _spoken.get() == "zh" else None) or text.en


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("seabed", data_dir("reports") / "locales", [language])
