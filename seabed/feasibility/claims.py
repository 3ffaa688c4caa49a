"""What the policy articles that this product started from claim, held against today's figures.

A claim of ``figures/claims.yaml`` names a measure of `seabed.feasibility.claim_measures` and what to measure.
The finding is taken whenever the claim is read, from the program's own tables and registers where they have
it, and the verdict is not written down: `verdict_of` derives it.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, get_args

from pydantic import Field, TypeAdapter, ValidationError, field_validator, model_validator

from seabed.errors import FigureError, RuleError
from seabed.feasibility.claim_measures import DAY, GIVEN, Finding, check_call, take
from seabed.feasibility.context import FIGURES, Model, Words
from seabed.feasibility.figure import Confidence, Figure, Finite
from seabed.language import N_, _, dated_text, listed, pick, spoken
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

Verdict = Literal["holds", "outdated", "unsupported", "wrong", "open"]
Topic = Literal[
    "supply", "rare_earths", "resource", "technology", "cost", "law", "policy", "trade", "alliance"
]
TOPICS: tuple[Topic, ...] = get_args(Topic)
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)

VERDICT_WORDS: dict[Verdict, str] = {
    "holds": N_("holds"),
    "outdated": N_("outdated"),
    "unsupported": N_("unsupported"),
    "wrong": N_("wrong"),
    "open": N_("open"),
}

# --- The data -----------------------------------------------------------------------------------------------

_Text = Annotated[str, Field(min_length=1, max_length=2_000)]


class Article(Model):
    """One of the articles. ``made`` is the earliest day on which it can have been written."""

    cite: Words
    unknown: Words | None = Field(default=None, description="what is not known of it")
    made: dt.date


class Stated(Model):
    """What is claimed: a number or a range, a day (or month, or year), or names; exactly one of them."""

    number: Finite | None = None
    low: Finite | None = None
    high: Finite | None = None
    date: str | None = None
    names: tuple[str, ...] | None = None
    year: str | None = Field(default=None, description="that the number is for")

    @field_validator("date", "year", mode="before")
    @classmethod
    def _is_text(cls, value: object) -> str | None:
        return None if value is None else str(value)

    @model_validator(mode="after")
    def _is_one_thing(self) -> Self:
        given = [self.number is not None, self.low is not None or self.high is not None]
        if sum([*given, self.date is not None, self.names is not None]) != 1:
            raise ValueError("a claim states one of number, low and/or high, date, names")
        if self.date is not None and not DAY.fullmatch(self.date):
            raise ValueError(f"{self.date!r} is no day, month or year: write 2025-04-24, 2025-04 or 2025")
        return self

    @property
    def bounds(self) -> tuple[float, float]:
        """Least and greatest number that the claim allows."""
        if self.number is not None:
            return self.number, self.number
        return (
            -math.inf if self.low is None else self.low,
            math.inf if self.high is None else self.high,
        )


class Check(Model):
    """A measure of this module, what it measures, and on which day if not that of the question."""

    measure: str
    of: dict[str, Any] = Field(default_factory=dict)
    at: dt.date | None = None
    known: dt.date | None = Field(
        default=None, description="day from which the finding could be known, if its vintage says too little"
    )

    @model_validator(mode="after")
    def _can_be_called(self) -> Self:
        check_call(self.measure, self.of)
        return self


class ClaimEntry(Model):
    """One claim as ``figures/claims.yaml`` has it."""

    id: _Text
    articles: tuple[str, ...] = Field(min_length=1)
    statements: tuple[int, ...] = Field(min_length=1, description="numbers in the list of all statements")
    topics: tuple[Topic, ...] = Field(min_length=1)
    minerals: frozenset[str] = Field(default=frozenset(), description="it bears on; empty: any")
    zones: frozenset[str] = Field(default=frozenset(), description="kinds of zone it bears on; empty: any")
    attributed: str | None = Field(default=None, description="whom the article names as its source")
    says: Words
    stated: Stated
    unit: Words | None = None
    check: Check
    then: Check | None = Field(default=None, description="what held for the day or year of the claim")
    tolerance: Annotated[float, Field(ge=0, le=0.5)] = 0.02
    due: dt.date | None = Field(default=None, description="day before which nothing can decide it")
    why: Words

    @model_validator(mode="after")
    def _has_a_unit(self) -> Self:
        is_number = self.stated.date is None and self.stated.names is None
        if is_number != (self.unit is not None):
            raise ValueError("a number has a unit, and nothing else has")
        return self


class LeftOut(Model):
    """Statements that are not checked, and why."""

    why: Words
    statements: tuple[int, ...]


class ClaimBook(Model):
    """Everything in ``figures/claims.yaml``."""

    statements: int = Field(description="how many statements were drawn from the articles")
    as_of: dt.date = Field(description="day to which registers and searches reach")
    articles: dict[str, Article]
    names: dict[str, Words]
    left_out: dict[str, LeftOut]
    claims: tuple[ClaimEntry, ...]

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        ids = [claim.id for claim in self.claims]
        if twice := {id_ for id_ in ids if ids.count(id_) > 1}:
            raise ValueError(f"the ids {sorted(twice)} stand twice")
        for claim in self.claims:
            if missing := set(claim.articles) - self.articles.keys():
                raise ValueError(f"{claim.id}: there is no article {sorted(missing)}")
            if missing := set(claim.stated.names or ()) - self.names.keys():
                raise ValueError(f"{claim.id}: the names {sorted(missing)} are not in `names`")
        return self

    @model_validator(mode="after")
    def _counts_every_statement(self) -> Self:
        checked = {number for claim in self.claims for number in claim.statements}
        rest = [number for group in self.left_out.values() for number in group.statements]
        if sorted([*checked, *rest]) != list(range(1, self.statements + 1)):
            every = set(range(1, self.statements + 1))
            twice = sorted({number for number in rest if rest.count(number) > 1 or number in checked})
            missing = sorted(every - checked - set(rest))
            raise ValueError(
                f"each statement is checked or left out: missing {missing}, both or twice {twice}"
            )
        return self


@cache
def load_claims() -> ClaimBook:
    """Read ``figures/claims.yaml``.

    Raises
    ------
    FigureError
        If the file is missing, not well-formed, or does not fit together.
    """
    path = FIGURES / "claims.yaml"
    try:
        return TypeAdapter(ClaimBook).validate_python(read_own_yaml(path))
    except RuleError as error:
        raise FigureError(str(error)) from None
    except ValidationError as error:
        detail = error.errors()[0]
        raise FigureError(f"{path.name}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None


# --- The verdict --------------------------------------------------------------------------------------------


def agrees(stated: Stated, finding: Finding, tolerance: float) -> bool:
    """Say whether a finding bears a claim out.

    Numbers: the two ranges meet, when that of the finding is widened by ``tolerance`` of itself. Days: as far
    as both are given to the day, month or year. Names: the same ones, in any order.
    """
    if stated.date is not None:
        return any(stated.date.startswith(day) or day.startswith(stated.date) for day in finding.dates)
    if stated.names is not None:
        return finding.names is not None and set(stated.names) == set(finding.names)
    least, greatest = finding.bounds
    low, high = stated.bounds
    return least - tolerance * abs(least) <= high and low <= greatest + tolerance * abs(greatest)


def verdict_of(
    stated: Stated,
    now: Finding,
    then: Finding | None = None,
    *,
    made: dt.date,
    on: dt.date,
    due: dt.date | None = None,
    tolerance: float = 0.02,
) -> Verdict:
    """Derive the verdict: the one rule for every claim, read from top to bottom.

    ``open`` before the day that decides it; ``unsupported`` if nothing was found; ``holds`` if today's
    finding bears it out; ``outdated`` if what held at the time does, or if the finding came after the
    claim; else ``wrong``.
    """
    if due and on < due:
        return "open"
    if now.is_empty:
        return "unsupported"
    if agrees(stated, now, tolerance):
        return "holds"
    if (then and agrees(stated, then, tolerance)) or now.known_from > made:
        return "outdated"
    return "wrong"


# --- A claim, checked ---------------------------------------------------------------------------------------


class Claim(Model):
    """A claim as checked on a day, in the language being spoken."""

    id: str
    verdict: Verdict
    verdict_words: str
    topics: tuple[Topic, ...]
    articles: tuple[str, ...]
    articles_unknown: tuple[str, ...] = Field(description="what is not known of the articles")
    attributed: str | None
    says: str
    stated: str = Field(description="what is claimed, in words")
    found: str = Field(description="what holds today, in words")
    claimed: Figure | None = Field(description="None: the claim is a day or names")
    today: Figure | None = Field(description="None: no number, or nothing found")
    at_the_time: Figure | None = None
    computed: bool = Field(description="from the program's own tables and registers")
    why: str
    source: str
    vintage: str
    confidence: Confidence


def claims_on(
    topics: Collection[str] = (),
    *,
    mineral: str | None = None,
    zones: Iterable[str] | None = None,
    verdicts: Collection[str] = (),
    on: dt.date | None = None,
) -> list[Claim]:
    """Check the claims that bear on a question, in the order of the file.

    Parameters
    ----------
    topics, verdicts
        Only claims with one of these; empty: all.
    mineral, zones
        Leave out claims that bear on other minerals, or on other kinds of zone (``ccz``, ``area``,
        ``us_ocs``, …); ``None`` leaves none out.
    on
        The day on which registers are read and plans fall due, and by which the claim must have been made;
        by default today, and claims of any day.

    Raises
    ------
    FigureError
        If a topic or a verdict is not one of `TOPICS` and `VERDICTS`, or the data do not fit together.
    """
    _check_words(topics, TOPICS, "topic")
    _check_words(verdicts, VERDICTS, "verdict")
    book = load_claims()
    places = None if zones is None else set(zones)
    checked = [
        check_claim(entry, on)
        for entry in book.claims
        if (not topics or set(entry.topics) & set(topics))
        and (mineral is None or not entry.minerals or mineral in entry.minerals)
        and (places is None or not entry.zones or entry.zones & places)
        and (on is None or _made(entry, book) <= on)
    ]
    return [claim for claim in checked if not verdicts or claim.verdict in verdicts]


def coverage() -> dict[str, int]:
    """Count the statements drawn from the articles: those checked, and those left out by reason, in words."""
    book = load_claims()
    checked = {number for claim in book.claims for number in claim.statements}
    rest = {pick(group.why): len(group.statements) for group in book.left_out.values()}
    return {_("checked"): len(checked), **rest}


def _check_words(given: Collection[str], known: tuple[str, ...], what: str) -> None:
    if wrong := [word for word in given if word not in known]:
        raise FigureError(f"there is no {what} {wrong[0]!r}; there are {', '.join(known)}")


def _made(entry: ClaimEntry, book: ClaimBook) -> dt.date:
    return min(book.articles[article].made for article in entry.articles)


def check_claim(entry: ClaimEntry, on: dt.date | None = None) -> Claim:
    """Measure one claim and derive its verdict on a day, by default today.

    Raises
    ------
    FigureError
        If a measure cannot be taken.
    """
    day = on or dt.datetime.now(dt.UTC).date()
    book = load_claims()
    now = _measure(entry.check, day)
    then = _measure(entry.then, day) if entry.then else None
    verdict = verdict_of(
        entry.stated,
        now,
        then,
        made=_made(entry, book),
        on=day,
        due=entry.due,
        tolerance=entry.tolerance,
    )
    articles = [book.articles[article] for article in entry.articles]
    return Claim(
        id=entry.id,
        verdict=verdict,
        verdict_words=_(VERDICT_WORDS[verdict]),
        topics=entry.topics,
        articles=tuple(pick(article.cite) for article in articles),
        articles_unknown=tuple(
            dict.fromkeys(pick(article.unknown) for article in articles if article.unknown)
        ),
        attributed=entry.attributed,
        says=pick(entry.says),
        stated=_stated_words(entry, book),
        found=_found_words(now, entry, book),
        claimed=_claimed(entry, articles),
        today=_spoken(now.figure),
        at_the_time=_spoken(then.figure) if then else None,
        computed=entry.check.measure not in GIVEN,
        why=pick(entry.why),
        source=now.source,
        vintage=now.vintage,
        confidence=now.confidence,
    )


def _measure(check: Check, on: dt.date) -> Finding:
    finding = take(check.measure, check.of, on=check.at or on, as_of=load_claims().as_of)
    return replace(finding, known=check.known) if check.known else finding


def _spoken(figure: Figure | None) -> Figure | None:
    """Return a measure's figure with its basis, which a table may give, in the language being spoken."""
    return figure and figure.model_copy(update={"basis": _(figure.basis)})


def _claimed(entry: ClaimEntry, articles: list[Article]) -> Figure | None:
    stated = entry.stated
    if entry.unit is None:
        return None
    basis = _("as claimed")
    if stated.number is None and stated.high is None:
        basis = _("claimed as a lower bound")
    elif stated.number is None and stated.low is None:
        basis = _("claimed as an upper bound")
    return Figure(
        value=stated.number,
        low=stated.low,
        high=stated.high,
        unit=entry.unit.en,
        source="; ".join(article.cite.en for article in articles),
        vintage=stated.year or articles[0].made.isoformat(),
        basis=basis,
        confidence="low",
    )


# --- In words -----------------------------------------------------------------------------------------------


#: How many of the Chinese words 亿 and 万 go into the English ones.
_CHINESE_TIMES = {"billion": 10.0, "million": 100.0}


def _times(entry: ClaimEntry) -> float:
    """Return by what a number is multiplied for its unit in the language being spoken."""
    return _CHINESE_TIMES.get(entry.unit.en.split()[0], 1.0) if entry.unit and spoken() == "zh" else 1.0


def _number(value: float) -> str:
    """Write a number with the digits it deserves: 44,000,000; 4,103; 69.2; 0.15."""
    if abs(value) >= 1_000:
        return f"{float(f'{value:.4g}'):,.0f}"
    return f"{value:.3g}"


def _range(low: float, value: float | None, high: float) -> str:
    if low == high:
        return _number(low)
    if value is not None and low < value < high:
        words = _("{value} ({low} to {high})")
        return words.format(value=_number(value), low=_number(low), high=_number(high))
    return _("{low} to {high}").format(low=_number(low), high=_number(high))


def _with_year(words: str, year: str | None) -> str:
    return _("{figure} ({year})").format(figure=words, year=dated_text(year)) if year else words


def _listed(names: Iterable[str], book: ClaimBook) -> str:
    return listed(pick(book.names[name]) if name in book.names else name for name in names) or _("none")


def _stated_words(entry: ClaimEntry, book: ClaimBook) -> str:
    stated = entry.stated
    if stated.date is not None:
        return dated_text(stated.date)
    if stated.names is not None:
        return _listed(stated.names, book)
    low, high = (bound * _times(entry) for bound in stated.bounds)
    if math.isinf(high):
        words = _("more than {number}").format(number=_number(low))
    elif math.isinf(low):
        words = _("at most {number}").format(number=_number(high))
    else:
        words = _range(low, None, high)
    return _with_year(_in_unit(words, entry), stated.year)


def _in_unit(words: str, entry: ClaimEntry) -> str:
    return _("{number} {unit}").format(number=words, unit=pick(entry.unit)) if entry.unit else words


def _found_words(finding: Finding, entry: ClaimEntry, book: ClaimBook) -> str:
    if finding.is_empty:
        return _("no figure found")
    if finding.figure is not None:
        low, high = (bound * _times(entry) for bound in finding.bounds)
        value = finding.figure.value and finding.figure.value * _times(entry)
        return _with_year(_in_unit(_range(low, value, high), entry), finding.year)
    if finding.dates:
        return _(" or ").join(map(dated_text, finding.dates))
    return _listed(finding.names or (), book)
