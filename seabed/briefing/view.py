"""The document behind every view: what a brief says and in which order, as plain text without markup.

``view_of`` turns an assessment into a ``Brief`` of sections and a few kinds of block; terminal, Markdown,
HTML and PDF only lay it out. So all of them say the same, and every text has been cleaned once, here.
"""

from __future__ import annotations

import re
from calendar import monthrange
from typing import TYPE_CHECKING

from seabed.briefing import words
from seabed.briefing.cover import Cover
from seabed.briefing.document import Block, Brief, Cited, Items, Pairs, Section, Table
from seabed.briefing.figures import feasibility_sections
from seabed.briefing.first_page import (
    answer_of,
    asked_of,
    labels_of,
    main_reasons,
    map_alt,
    what_would_change,
)
from seabed.briefing.opinions import conflict_blocks, order_name, section_of
from seabed.briefing.place import neighbour_blocks, place_blocks, zone_label
from seabed.briefing.profiles import arranged, profile_of
from seabed.briefing.redaction import without_positions
from seabed.briefing.typesetting import typeset
from seabed.briefing.words import NONE, clean
from seabed.contract import SCHEMA
from seabed.language import N_, _, aside, clauses, sentences, speaking

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from seabed.briefing.profiles import Reader
    from seabed.contract import ApplicantReport, Assessment, DatedFact

__all__ = ["HEADER_LENGTH", "map_alt", "view_of"]

#: Longest site name in a running header; the title shows the whole name.
HEADER_LENGTH = 60


def view_of(
    assessment: Assessment,
    *,
    map_caption: str = "",
    with_charts: bool = False,
    reader: Reader = "everybody",
    cover: Cover | None = None,
    redact: bool = False,
) -> Brief:
    """Return the document of ``assessment``, in the language of its receipt.

    Parameters
    ----------
    map_caption
        What the map was drawn from.
    with_charts
        Draw the charts of feasibility, which needs matplotlib.
    reader
        For whom: order and depth of the sections, never other facts; see `seabed.briefing.profiles`.
    cover
        The user's own title and author.
    redact
        Leave every position out.
    """
    with speaking(assessment.receipt.language):
        brief = _view_of(
            assessment, _(map_caption), with_charts=with_charts, reader=reader, cover=cover, redact=redact
        )
        brief = typeset(brief, {layer.id: clean(layer.title) for layer in assessment.sources})
        return without_positions(brief, assessment.site) if redact else brief


def _view_of(
    assessment: Assessment,
    map_caption: str,
    *,
    with_charts: bool,
    reader: Reader,
    cover: Cover | None,
    redact: bool,
) -> Brief:
    site, question = assessment.site, assessment.question
    cover = cover or Cover()
    name = clean(site.name) or _("unnamed site")
    title, author = clean(cover.title) or name, clean(cover.author)
    area = words.number(site.area_km2, "km²")
    answers = tuple(answer_of(opinion) for opinion in assessment.opinions)
    used = dict.fromkeys(answer.verdict for answer in answers)
    sections = _sections(assessment, with_charts=with_charts, redact=redact)
    shown, left_out = arranged(
        [section for section in sections if section.blocks or section.sections], profile_of(reader)
    )
    return Brief(
        title=title,
        site=name if title != name else "",
        header=name if len(name) <= HEADER_LENGTH else name[: HEADER_LENGTH - 1].rstrip() + "…",
        author=author,
        byline=_("Prepared by {author}").format(author=author) if author else "",
        asked=asked_of(assessment),
        date=words.date(question.on),
        place=area if redact else clauses((words.position(*site.centroid), area)),
        answers=answers,
        key=tuple((words.verdict(verdict), words.verdict_meaning(verdict)) for verdict in used),
        reasons=tuple(main_reasons(assessment)),
        changes=tuple(what_would_change(assessment)),
        map_caption=map_caption,
        map_alt=map_alt(assessment, redact=redact),
        sections=shown,
        left_out=left_out,
        disclaimer=_(words.DISCLAIMER),
        version=clean(assessment.receipt.version),
        language=assessment.receipt.language,
        labels=labels_of(assessment),
    )


def _sections(assessment: Assessment, *, with_charts: bool, redact: bool) -> Iterator[Section]:
    names = {zone.id: zone_label(zone) for zone in assessment.zones}
    opinions = tuple(section_of(opinion, names) for opinion in assessment.opinions)
    yield Section("orders", _("What each legal order says"), (), opinions)
    yield Section(
        "conflicts", _("Where the orders contradict each other"), tuple(conflict_blocks(assessment))
    )
    yield Section("zones", _("Where the site is"), tuple(place_blocks(assessment, redact=redact)))
    yield from feasibility_sections(assessment.feasibility, with_charts=with_charts)
    yield Section("neighbours", _("What lies around it"), tuple(neighbour_blocks(assessment, redact=redact)))
    yield Section("timeline", _("Timeline"), tuple(_timeline(assessment)), is_detail=True)
    yield Section("question", _("What was asked"), tuple(_question(assessment)))
    yield Section("gaps", _("What is not modelled"), tuple(_gaps(assessment)), is_detail=True)
    yield Section("sources", _("Sources"), tuple(_sources(assessment)), is_detail=True)
    yield Section("receipt", _("Receipt"), (_receipt(assessment),), is_detail=True)


def _timeline(assessment: Assessment) -> Iterator[Block]:
    if assessment.timeline:
        yield Table(
            "",
            (_("Date"), _("What happened, or is due"), _("Source")),
            tuple((_when(fact), clean(fact.text), _fact_source(fact)) for fact in assessment.timeline),
            (2, 5.4, 3.4),
            lead=2,
        )


def _when(fact: DatedFact) -> str:
    if fact.on:
        return words.date(fact.on)
    if fact.not_before and fact.not_after:
        is_month = fact.not_before.day == 1 and fact.not_after == _last_of_month(fact.not_before)
        if is_month:
            return words.date_text(f"{fact.not_before:%Y-%m}")
        return _("between {first} and {last}").format(
            first=words.date(fact.not_before), last=words.date(fact.not_after)
        )
    return _("by {last}").format(last=words.date(fact.not_after)) if fact.not_after else _(words.UNKNOWN)


def _last_of_month(day: dt.date) -> dt.date:
    return day.replace(day=monthrange(day.year, day.month)[1])


_CONFIDENCE = {"medium": N_("medium"), "low": N_("low"), "none": N_("none")}


def _fact_source(fact: DatedFact) -> str:
    doubt = ""
    if fact.confidence and fact.confidence != "high":
        doubt = _("confidence: {level}").format(level=_(_CONFIDENCE.get(fact.confidence, fact.confidence)))
    return aside(clean(fact.source), doubt) or NONE


def _question(assessment: Assessment) -> Iterator[Block]:
    question = assessment.question
    applicant = question.applicant
    not_asked = _("not asked")
    activity = words.said(words.ACTIVITIES, question.activity) if question.activity else not_asked
    mineral = words.said(words.MINERALS, question.mineral) if question.mineral else not_asked
    shown = [
        (_("Activity"), activity),
        (_("Mineral"), mineral),
        (_("Law applied on"), words.date(question.on)),
    ]
    if applicant is None:
        shown.append((_("Applicant"), not_asked))
    else:
        shown += [
            (_("Applicant"), clean(applicant.name or "") or _(words.UNKNOWN)),
            *([(_("Profile"), clean(applicant.id))] if applicant.id else []),
            *_home(applicant),
            (_("Effectively controlled by nationals of"), _states(applicant.controlled_by)),
            (_("Sponsored by"), _states(applicant.sponsors)),
            (_("Holds"), _holdings(applicant)),
        ]
    yield Pairs("", tuple(shown))
    if assessment.assumptions:
        presumed = tuple(Cited(clean(text)) for text in assessment.assumptions)
        yield Items(_("What the program presumed"), presumed)


def _home(applicant: ApplicantReport) -> list[tuple[str, str]]:
    """Name the nationality or the State of incorporation; an applicant has the one or the other."""
    known = [
        (_("Nationality"), applicant.nationality),
        (_("Incorporated in"), applicant.incorporated_in),
    ]
    rows = [(label, words.state(code)) for label, code in known if code]
    return rows or [(_("Nationality"), _(words.UNKNOWN))]


def _states(codes: list[str] | None) -> str:
    return _(words.UNKNOWN) if codes is None else words.states(codes)


def _holdings(applicant: ApplicantReport) -> str:
    if applicant.holds is None:
        return _(words.UNKNOWN)
    return clauses(
        aside(
            clean(held.name) or _(words.words(held.instrument)),
            clean(held.ref or "") or _("area not said"),
        )
        for held in applicant.holds
    ) or _("none")


def _gaps(assessment: Assessment) -> Iterator[Block]:
    parts = [(order_name(opinion), opinion.not_modelled) for opinion in assessment.opinions]
    for heading, texts in (*parts, (_("Feasibility"), assessment.feasibility.gaps)):
        if texts:
            yield Items(heading, tuple(Cited(clean(text)) for text in texts))


def _sources(assessment: Assessment) -> Iterator[Block]:
    if assessment.sources:
        yield Table(
            "",
            (_("Layer"), _("Source"), _("Vintage"), _("Licence"), _("Accuracy")),
            tuple(
                (
                    clean(layer.title),
                    clean(layer.source),
                    clean(layer.vintage),
                    clean(layer.licence),
                    clean(layer.accuracy),
                )
                for layer in assessment.sources
            ),
            (2.4, 3.4, 1.4, 2, 1.4),
        )


def _receipt(assessment: Assessment) -> Pairs:
    receipt = assessment.receipt
    return Pairs(
        "",
        (
            (_("Program"), f"seabed {clean(receipt.version)}"),
            (_("Contract"), clean(assessment.schema_) or SCHEMA),
            (_("Rules, SHA-256"), clean(receipt.rules_sha256)),
            (_("Layers, SHA-256"), clean(receipt.layers_sha256)),
            (_("Law applied on"), words.date(receipt.on)),
            (_("Made"), _moment(receipt.created)),
        ),
    )


def _moment(text: str) -> str:
    """Return a moment in ISO 8601 as day and time, any other text cleaned."""
    day, at, time = clean(text).partition("T")
    if not at:
        return clean(text)
    return sentences((words.date_text(day), re.sub(r"(?:\+00:00|Z)$", " UTC", time)))
