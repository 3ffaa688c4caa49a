"""The language in which the program speaks: English, or Simplified Chinese by its gettext catalogue.

Sentences are written in English where they are needed, inside ``_()``, and looked up in
``reports/locales/<language>/LC_MESSAGES/seabed.mo``. What a sentence is about goes in after the look-up:
``_("{name} covers {share} of the site").format(...)``, never an f-string. Texts that data give in both
languages (the titles of rules) are taken by `pick`. Cites, sources and names stay as their publisher
writes them. ``make messages`` collects the sentences; a test says which have no translation.
"""

from __future__ import annotations

import gettext
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Literal, Protocol, get_args

from seabed.resources import data_dir

if TYPE_CHECKING:
    from collections.abc import Iterator

Language = Literal["en", "zh"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

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


def pick(text: _InBoth) -> str:
    """Return the version of a bilingual text in the language being spoken, English where there is none."""
    return (text.zh if _spoken.get() == "zh" else None) or text.en


@cache
def _catalogue(language: Language) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    return gettext.translation("seabed", data_dir("reports") / "locales", [language])
