"""What the first page says: what was asked, each order's answer, the main reasons, what would change it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from seabed.briefing import words
from seabed.briefing.document import Answer, Cited
from seabed.briefing.opinions import order_name
from seabed.briefing.place import zone_title
from seabed.briefing.words import clean, joined
from seabed.contract import Verdict
from seabed.language import N_, _, aside, clauses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seabed.contract import ApplicantReport, Assessment, Opinion

#: The most reasons on the first page, and the most things that would change the answer.
MOST_REASONS, MOST_CHANGES = 3, 4
#: What covers less than this share of the site says nothing on the first page.
_SLIVER = 0.01

#: The verdicts whose reasons stand before the conflicts between orders, and those whose reasons come after.
_DECISIVE = (Verdict.PROHIBITED, Verdict.AUTHORISATION_REQUIRED)
_OTHERS = (Verdict.CONTINGENT, Verdict.PERMITTED)

#: The words of the layout itself. Those with a blank to fill are filled by the layout.
_LABELS = {
    "kind": N_("Site brief"),
    "skip": N_("To the findings"),
    "answers": N_("The answer, by legal order"),
    "order": N_("Legal order"),
    "verdict": N_("Verdict"),
    "in_short": N_("In short"),
    "side_by_side": N_("The orders stand side by side; none is merged with another."),
    "contested": words.CONTESTED,
    "reasons": N_("The reasons that matter most"),
    "changes": N_("What would change the answer"),
    "contents": N_("Contents"),
    "map": N_("Map"),
    "logo": N_("Logo"),
    "page": N_("Page {page} of {pages}"),
    "annex": N_("Annex: how each provision was decided"),
    "see_annex": N_("How each provision was decided: annex, page {page}"),
    "copy_cites": N_("Copy the citations"),
    "copied": N_("Copied"),
    "layers": N_("Layers"),
    "zoom_in": N_("Zoom in"),
    "zoom_out": N_("Zoom out"),
    "whole_map": N_("Whole map"),
    "map_help": N_("Drag or use the arrow keys to move, + and − to zoom; names show under the pointer."),
}


def labels_of(assessment: Assessment) -> dict[str, str]:
    """Return the words of the layout in the language being spoken, by name."""
    labels = {name: _(text) for name, text in _LABELS.items()}
    labels["law_as_of"] = _("Law as of {date}").format(date=words.date(assessment.question.on))
    return labels


def asked_of(assessment: Assessment) -> str:
    """Say what was asked: the activity, the mineral, who and when."""
    question = assessment.question
    mineral = words.said(words.MINERALS, question.mineral) if question.mineral else ""
    if question.activity:
        frames = {
            "exploitation": _("{activity} of {mineral}"),
            "scientific_research": _("{activity} on {mineral}"),
        }
        activity = words.said(words.ACTIVITIES, question.activity)
        frame = frames.get(question.activity, _("{activity} for {mineral}"))
    else:
        activity = _("An activity that was not named")
        frame = _("{activity} for {mineral}")
    what = (
        frame.format(activity=activity, mineral=mineral)
        if mineral
        else _("{activity} (mineral not named)").format(activity=activity)
    )
    return _("{what} by {applicant}, on {date}").format(
        what=what, applicant=_applicant_name(question.applicant), date=words.date(question.on)
    )


def _applicant_name(applicant: ApplicantReport | None) -> str:
    known = (applicant.name or applicant.id) if applicant else None
    return clean(known or "") or _("an applicant who was not named")


def answer_of(opinion: Opinion) -> Answer:
    """Return the verdict of one order for the table that opens every view."""
    return Answer(
        order=order_name(opinion),
        verdict=opinion.verdict.value,
        verdict_words=words.verdict(opinion.verdict.value),
        contested=opinion.contested,
        summary=clean(opinion.summary),
    )


def main_reasons(assessment: Assessment) -> list[Cited]:
    """Return the three reasons that matter most.

    By this rule: first the leading reason of each order that prohibits, then of each that requires an
    authorisation; then the conflicts between orders; then the orders that may speak and have no rules here;
    then the leading reason of each order that is contingent or permits. Within each of these the orders keep
    their sequence.
    """
    return list(islice(dict.fromkeys(_reasons(assessment)), MOST_REASONS))


def _reasons(assessment: Assessment) -> Iterator[Cited]:
    for verdict in _DECISIVE:
        yield from _leading(assessment, verdict)
    for conflict in assessment.conflicts:
        text = _("The orders contradict each other: {about}").format(about=clean(conflict.about))
        yield Cited(text, joined(conflict.cites))
    for opinion in assessment.opinions:
        if opinion.verdict is Verdict.NOT_MODELLED:
            yield Cited(_of_order(opinion, clean(opinion.summary)), joined(opinion.cites))
    for verdict in _OTHERS:
        yield from _leading(assessment, verdict)


def _leading(assessment: Assessment, verdict: Verdict) -> Iterator[Cited]:
    for opinion in assessment.opinions:
        if opinion.verdict is verdict and opinion.reasons:
            duty = opinion.reasons[0]
            yield Cited(_of_order(opinion, clean(duty.text)), clean(duty.cite))


def _of_order(opinion: Opinion, text: str) -> str:
    return _("{order}: {text}").format(order=order_name(opinion), text=text)


def what_would_change(assessment: Assessment) -> list[Cited]:
    """Return what would change the answer: open facts, instruments not held, the next day a term ends.

    For each contingent order the question that settles most; for each order that requires an authorisation
    the first instrument that is missing and can be had; for each order that prohibits, that nothing can be
    had; the earliest day after the one asked about. At most four, and the day is always among them.
    """
    slivers = {zone.id for zone in assessment.zones if zone.share < _SLIVER}
    due = [
        fact
        for fact in assessment.timeline
        if fact.on and fact.on > assessment.question.on and fact.about not in slivers
    ]
    dates = [
        Cited(_("{date}: {text}").format(date=words.date(fact.on), text=clean(fact.text)), clean(fact.source))
        for fact in due[:1]
        if fact.on
    ]
    found = list(dict.fromkeys(_changes(assessment)))
    return [*found[: MOST_CHANGES - len(dates)], *dates]


def _changes(assessment: Assessment) -> Iterator[Cited]:
    for opinion in assessment.opinions:
        for contingency in opinion.contingent_on[:1]:
            yield Cited(_of_order(opinion, clean(contingency.question)), joined(contingency.cites))
    for opinion in assessment.opinions:
        if opinion.verdict is Verdict.AUTHORISATION_REQUIRED:
            wanted = [one for one in opinion.instruments if not one.held and one.obtainable is not False]
            for instrument in sorted(wanted, key=lambda one: one.held is None)[:1]:
                name = aside(clean(instrument.name), clean(instrument.authority))
                says = (
                    _("{instrument}, which is not held")
                    if instrument.held is False
                    else _("{instrument}, of which it is not known whether it is held")
                )
                yield Cited(_of_order(opinion, says.format(instrument=name)), clean(instrument.cite))
    for opinion in assessment.opinions:
        if opinion.verdict is Verdict.PROHIBITED and opinion.reasons:
            text = _("nothing that this applicant can obtain, while what prohibits it stands")
            yield Cited(_of_order(opinion, text), clean(opinion.reasons[0].cite))


def map_alt(assessment: Assessment, *, redact: bool = False) -> str:
    """Return in words what the map of ``assessment`` shows, for those who cannot see it."""
    site = assessment.site
    zones = clauses(aside(zone_title(zone), words.share(zone.share)) for zone in assessment.zones)
    says = (
        _("Map of the site {name}, with the zones and areas that touch it: {zones}.")
        if redact
        else _(
            "Map of the site {name}, centred on {position}, with the zones and areas that touch it: {zones}."
        )
    )
    return says.format(
        name=clean(site.name), position=words.position(*site.centroid), zones=zones or _("none")
    )
