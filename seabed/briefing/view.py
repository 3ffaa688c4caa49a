"""The document behind every view: what a brief says and in which order, as plain text without markup.

``view_of`` turns an assessment into a ``Brief`` of sections and a few kinds of block; terminal, Markdown,
HTML and PDF only lay it out. So all of them say the same, and every text has been cleaned once, here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from seabed.briefing import words
from seabed.briefing.document import (
    Answer,
    Block,
    Brief,
    Cited,
    Items,
    Node,
    Pairs,
    Rule,
    Section,
    Steps,
    Table,
    Trace,
)
from seabed.briefing.figures import feasibility_blocks
from seabed.briefing.words import clean
from seabed.contract import SCHEMA, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from seabed.contract import (
        ApplicantReport,
        Assessment,
        Contingency,
        Duty,
        Instrument,
        Opinion,
        Path,
        SecondOpinion,
        Zone,
    )

#: Longest site name in a running header; the title shows the whole name.
HEADER_LENGTH = 60


def view_of(assessment: Assessment, *, map_caption: str = "") -> Brief:
    """Return the document of ``assessment``; ``map_caption`` says what the map was drawn from."""
    site, question = assessment.site, assessment.question
    name = clean(site.name) or "unnamed site"
    date = words.date(question.on)
    answers = tuple(_answer(opinion) for opinion in assessment.opinions)
    used = dict.fromkeys(answer.verdict for answer in answers)
    return Brief(
        title=name,
        header=name if len(name) <= HEADER_LENGTH else name[: HEADER_LENGTH - 1].rstrip() + "…",
        asked=_asked(assessment),
        date=date,
        place=f"{words.position(*site.centroid)}; {words.number(site.area_km2, 'km²')}",
        answers=answers,
        key=tuple((words.verdict(verdict), words.VERDICTS[verdict][1]) for verdict in used),
        reasons=tuple(_main_reasons(assessment)),
        map_caption=map_caption,
        map_alt=map_alt(assessment),
        sections=tuple(section for section in _sections(assessment) if section.blocks or section.sections),
        disclaimer=words.DISCLAIMER,
        version=clean(assessment.receipt.version),
    )


# --- the first page ----------------------------------------------------------------------------------------


def _asked(assessment: Assessment) -> str:
    question = assessment.question
    activity = words.ACTIVITIES.get(question.activity or "") or words.words(question.activity or "")
    mineral = words.MINERALS.get(question.mineral or "") or clean(question.mineral or "")
    link = {"exploitation": "of", "scientific_research": "on"}.get(question.activity or "", "for")
    what = activity or "An activity that was not named"
    what += f" {link} {mineral}" if mineral else ", mineral not named"
    return f"{what} by {_applicant_name(question.applicant)}, on {words.date(question.on)}"


def _applicant_name(applicant: ApplicantReport | None) -> str:
    known = (applicant.name or applicant.id) if applicant else None
    return clean(known or "") or "an applicant who was not named"


def _answer(opinion: Opinion) -> Answer:
    return Answer(
        order=clean(opinion.name) or words.order(opinion.order),
        verdict=opinion.verdict.value,
        verdict_words=words.verdict(opinion.verdict.value),
        contested=opinion.contested,
        summary=clean(opinion.summary),
    )


def _main_reasons(assessment: Assessment) -> Iterator[Cited]:
    for opinion in assessment.opinions:
        if opinion.verdict is Verdict.NOT_APPLICABLE:
            continue
        for duty in opinion.reasons[:1]:
            yield Cited(f"{clean(opinion.name)}: {clean(duty.text)}", clean(duty.cite))
    for conflict in assessment.conflicts:
        yield Cited(f"The orders contradict each other: {clean(conflict.about)}", _joined(conflict.cites))


def map_alt(assessment: Assessment) -> str:
    """Return in words what the map of ``assessment`` shows, for those who cannot see it."""
    site = assessment.site
    zones = "; ".join(
        f"{words.zone_kind(zone.kind)} {_zone_label(zone)} ({words.share(zone.share)})"
        for zone in assessment.zones
    )
    return (
        f"Map of the site {clean(site.name)}, centred on {words.position(*site.centroid)}, with the zones "
        f"and areas that touch it: {zones or 'none'}."
    )


# --- the sections ------------------------------------------------------------------------------------------


def _sections(assessment: Assessment) -> Iterator[Section]:
    names = {zone.id: _zone_label(zone) for zone in assessment.zones}
    yield Section(
        "orders",
        "What each legal order says",
        (),
        tuple(_order(opinion, names) for opinion in assessment.opinions),
    )
    yield Section("conflicts", "Where the orders contradict each other", tuple(_conflicts(assessment)))
    yield Section("zones", "Where the site is", tuple(_place(assessment)))
    yield Section("feasibility", "Whether it pays", tuple(feasibility_blocks(assessment.feasibility)))
    yield Section("question", "What was asked", tuple(_question(assessment)))
    yield Section("gaps", "What is not modelled", tuple(_gaps(assessment)), is_detail=True)
    yield Section("sources", "Sources", tuple(_sources(assessment)), is_detail=True)
    yield Section("receipt", "Receipt", (_receipt(assessment),), is_detail=True)
    traces = tuple(
        Section(f"trace-{_slug(opinion.order)}", clean(opinion.name), tuple(_trace(opinion.trace)))
        for opinion in assessment.opinions
        if opinion.trace.get("rules")
    )
    yield Section("traces", "How each provision was decided", (), traces, is_detail=True)


def _order(opinion: Opinion, names: Mapping[str, str]) -> Section:
    answer = _answer(opinion)
    return Section(
        id=f"order-{_slug(opinion.order)}",
        title=answer.order,
        blocks=tuple(_order_blocks(opinion, names)),
        summary=answer.summary,
        verdict=answer.verdict,
        verdict_words=answer.verdict_words,
        contested=answer.contested,
    )


def _order_blocks(opinion: Opinion, names: Mapping[str, str]) -> Iterator[Block]:
    is_open = opinion.verdict is Verdict.CONTINGENT
    if opinion.contingent_on:
        yield _contingencies(opinion.contingent_on)
    yield from _duties("Provisions that the open facts decide" if is_open else "Why", opinion.reasons)
    if opinion.instruments:
        yield Table(
            "Instruments",
            ("Instrument", "Authority", "Provision", "Held", "Obtainable here", "Because"),
            tuple(_instrument_row(instrument) for instrument in opinion.instruments),
            (2.2, 1.8, 2, 1, 1.2, 3.4),
        )
    yield from _duties("Risks", opinion.risks)
    yield from _duties("What follows from acting without authority or in breach", opinion.exposure)
    yield from map(_steps, opinion.paths)
    if opinion.positions:
        yield Table(
            "Who holds what",
            ("Held by", "Position", "Since", "Authority"),
            tuple(
                (
                    _joined(words.state(holder) for holder in position.holders),
                    clean(position.says),
                    words.date_text(position.since or "") or words.UNKNOWN,
                    clean(position.cite),
                )
                for position in opinion.positions
            ),
            (2.6, 4.6, 1.7, 2.1),
        )
    if any((part.verdict, part.summary) != (opinion.verdict, opinion.summary) for part in opinion.by_zone):
        yield Table(
            "Zone by zone",
            ("Zones", "Share", "Verdict", "Summary"),
            tuple(
                (
                    _joined(names.get(zone) or clean(zone) for zone in part.zones),
                    words.share(part.share),
                    _verdict_words(part.verdict.value, contested=part.contested),
                    clean(part.summary),
                )
                for part in opinion.by_zone
            ),
            (3, 1, 2.2, 5),
            numeric=(1,),
            lead=3,
        )
    yield from _duties("Rights", opinion.rights, is_detail=True)
    yield from _duties("Obligations", opinion.obligations, is_detail=True)
    yield from _duties("Context", opinion.notes, is_detail=True)
    if opinion.cites and not opinion.reasons:
        yield Pairs("", (("Provisions", _joined(opinion.cites)),))


def _verdict_words(verdict: str, *, contested: bool) -> str:
    return f"{words.verdict(verdict)}, {words.CONTESTED}" if contested else words.verdict(verdict)


def _duties(heading: str, duties: Sequence[Duty], *, is_detail: bool = False) -> Iterator[Items]:
    if duties:
        yield Items(heading, tuple(Cited(clean(duty.text), clean(duty.cite)) for duty in duties), is_detail)


def _instrument_row(instrument: Instrument) -> tuple[str, ...]:
    name = clean(instrument.name) or words.words(instrument.id)
    return (
        f"{name}, {clean(instrument.ref)}" if instrument.ref else name,
        clean(instrument.authority),
        clean(instrument.cite),
        words.yes_no(instrument.held),
        words.yes_no(instrument.obtainable, "turns on a fact not known"),
        _joined(f"{clean(duty.text).removesuffix('.')} ({clean(duty.cite)})" for duty in instrument.why_not)
        or "—",
    )


def _steps(path: Path) -> Steps:
    return Steps(
        f"Path: {clean(path.title)}",
        ("State", "Step", "Authority", "Provision", "Time", "Because"),
        tuple(
            (
                words.STEP_STATES[step.state],
                clean(step.title),
                clean(step.authority),
                clean(step.cite),
                clean(step.time or "") or "—",
                _joined(
                    clean(duty.text).removesuffix(".") + (f" ({clean(duty.cite)})" if duty.cite else "")
                    for duty in step.why
                )
                or "—",
            )
            for step in path.steps
        ),
        (1.2, 3, 1.6, 2.4, 2, 3),
        lead=2,
    )


def _contingencies(contingencies: Sequence[Contingency]) -> Table:
    return Table(
        "What would settle it",
        ("Not known", "What each answer would make of it", "Provisions"),
        tuple(
            (
                clean(contingency.question),
                "; ".join(
                    f"{words.state(clean(answer))}: {_or_list(verdicts)}"
                    for answer, verdicts in contingency.answers.items()
                ),
                _joined(contingency.cites) or "—",
            )
            for contingency in contingencies
        ),
        (3.4, 3.4, 2.6),
    )


def _or_list(verdicts: Sequence[Verdict]) -> str:
    return " or ".join(words.verdict(verdict.value).lower() for verdict in verdicts)


def _conflicts(assessment: Assessment) -> Iterator[Block]:
    names = {opinion.order: clean(opinion.name) for opinion in assessment.opinions}
    for conflict in assessment.conflicts:
        between = " against ".join(names.get(order) or words.order(order) for order in conflict.orders)
        yield Items(
            f"{between}: {clean(conflict.about)}",
            (Cited(clean(conflict.explanation), _joined(conflict.cites)),),
        )


def _place(assessment: Assessment) -> Iterator[Block]:
    site = assessment.site
    west, south, east, north = site.bbox
    across = "yes" if site.crosses_antimeridian else "no"
    yield Pairs(
        "The site",
        (
            ("Area", words.number(site.area_km2, "km²")),
            ("Perimeter", words.number(site.perimeter_km, "km")),
            ("Centre", words.position(*site.centroid)),
            ("Extent", f"{words.position(west, south)} to {words.position(east, north)}"),
            ("Crosses the antimeridian", across),
        ),
    )
    if site.notes:
        yield Items("Notes on the site", tuple(Cited(clean(note)) for note in site.notes))
    if assessment.zones:
        yield Table(
            "Zones that cover it",
            ("Zone", "Share", "Area", "Whose", "Status", "Accuracy", "Source"),
            tuple(_zone_row(zone) for zone in assessment.zones),
            (3, 1, 1.4, 2, 2.2, 1.2, 2.4),
            numeric=(1, 2, 5),
            lead=3,
        )
    if assessment.margins:
        yield Table(
            "Distance to limits",
            ("Limit", "Distance", "Accuracy of the layer", "Within that accuracy"),
            tuple(
                (
                    clean(margin.limit),
                    words.distance(margin.distance_km),
                    words.number(margin.accuracy_km, "km"),
                    "yes: which side is uncertain" if margin.within_accuracy else "no",
                )
                for margin in assessment.margins
            ),
            (4, 2.4, 1.8, 2),
            numeric=(1, 2),
            lead=2,
        )
    if assessment.zone_notes:
        yield Items("Notes on the zones", tuple(Cited(clean(note)) for note in assessment.zone_notes))
    yield from _shelf_claims(assessment)
    yield from _second_opinions(assessment)
    yield from _layer_comparison(assessment)
    if assessment.nearest:
        yield Table(
            "Nearest that do not touch it",
            ("What", "Kind", "Distance", "Bearing"),
            tuple(
                (
                    _named(near.name, near.id),
                    words.zone_kind(near.kind),
                    words.distance(near.distance_km),
                    words.bearing(near.bearing_deg) if near.distance_km >= 0.01 else "—",
                )
                for near in assessment.nearest
            ),
            (4, 3, 2.4, 1),
            numeric=(2, 3),
        )


def _shelf_claims(assessment: Assessment) -> Iterator[Block]:
    if assessment.shelf_claims:
        yield Table(
            "Claims to continental shelf beyond 200 M that may reach it",
            ("Claimed by", "Region", "Status", "Contested by", "Distance to the 200 M limit", "Source"),
            tuple(
                (
                    words.states(claim.states),
                    clean(claim.region) + (f": {clean(claim.note)}" if claim.note else ""),
                    words.words(claim.status)
                    + (f", known since {words.date(claim.since)}" if claim.since else ""),
                    words.states(claim.contested) if claim.contested else "—",
                    f"{words.distance(claim.distance_km)} ({clean(claim.limit)})",
                    f"{clean(claim.source)} (confidence: {clean(claim.confidence)})",
                )
                for claim in assessment.shelf_claims
            ),
            (1.6, 2.6, 1.8, 1.4, 2.2, 2.6),
            lead=2,
            note="The limits of these claims are not in the layers; the register knows regions only.",
        )


def _second_opinions(assessment: Assessment) -> Iterator[Block]:
    if assessment.second_opinions:
        yield Table(
            "Second opinion: limits checked against the coast",
            ("Limit", "Distance", "Distance to its coast", "Difference", "Accuracy of both", "So"),
            tuple(
                (
                    clean(opinion.limit),
                    words.distance(opinion.distance_to_limit_km),
                    f"{_km(opinion.distance_to_coast_km)} ({clean(opinion.coast)}){_implied(opinion)}",
                    _km(opinion.difference_km),
                    words.number(opinion.accuracy_km, "km"),
                    clean(opinion.note),
                )
                for opinion in assessment.second_opinions
            ),
            (2.4, 1.6, 2.4, 1.2, 1.2, 3.4),
            numeric=(1, 3, 4),
            note=(
                "From the point of the site nearest to the limit. The coastline of the layer is simplified "
                "to 0.4 to 2.5 km and leaves out the smallest islands."
            ),
        )


def _implied(opinion: SecondOpinion) -> str:
    if opinion.implied_km is None:
        return ""
    side = "at least {} inside" if opinion.implied_km > 0 else "{} outside"
    return ", which puts it " + side.format(words.number(abs(opinion.implied_km), "km"))


def _km(value: float | None) -> str:
    return words.UNKNOWN if value is None else words.number(value, "km")


def _layer_comparison(assessment: Assessment) -> Iterator[Block]:
    compared = assessment.layer_comparison
    if compared is None:
        return
    if compared.differing_share < 0.00005:
        verdict = "Both give the same zones and States."
    else:
        verdict = f"They differ on {words.share(compared.differing_share)} of the site or more."
    limits = (
        f"Nearest limit: {_km(compared.bundled_limit_km)} by the bundled layer, "
        f"{_km(compared.installed_limit_km)} with the installed one."
    )
    yield Table(
        "Bundled and installed zones",
        ("Layer", "Zone", "Whose", "Share"),
        tuple(
            (
                _joined(compared.installed) if answer.layers == "installed" else "bundled with the program",
                words.zone_kind(answer.kind),
                _joined(map(words.state, filter(None, (answer.territory or answer.state, *answer.claimants))))
                or "—",
                words.share(answer.share),
            )
            for answer in compared.answers
        ),
        (3, 2.6, 3, 1),
        numeric=(3,),
        note=f"{verdict} {limits}",
    )


def _zone_row(zone: Zone) -> tuple[str, ...]:
    whose = [clean(zone.holder or "")]
    if zone.territory and zone.territory != zone.state:
        whose.append(
            f"{words.state(zone.territory)} ({words.state(zone.state)})"
            if zone.state
            else words.state(zone.territory)
        )
    elif zone.state:
        whose.append(words.state(zone.state))
    if zone.claimants:
        whose.append(f"claimed by {words.states(zone.claimants)}")
    return (
        _zone_title(zone),
        words.share(zone.share),
        words.number(zone.area_km2, "km²"),
        _joined(whose) or "—",
        clean(zone.status or "") or "—",
        words.number(zone.accuracy_km, "km"),
        clean(zone.source),
    )


def _question(assessment: Assessment) -> Iterator[Block]:
    question = assessment.question
    applicant = question.applicant
    rows = [
        ("Activity", words.ACTIVITIES.get(question.activity or "") or words.words(question.activity or "")),
        ("Mineral", words.MINERALS.get(question.mineral or "") or clean(question.mineral or "")),
    ]
    shown = [(label, value or "not asked") for label, value in rows]
    shown.append(("Law applied on", words.date(question.on)))
    if applicant is None:
        shown.append(("Applicant", "not asked"))
    else:
        shown += [
            ("Applicant", clean(applicant.name or "") or words.UNKNOWN),
            *([("Profile", clean(applicant.id))] if applicant.id else []),
            *_home(applicant),
            ("Effectively controlled by nationals of", _states(applicant.controlled_by)),
            ("Sponsored by", _states(applicant.sponsors)),
            ("Holds", _holdings(applicant)),
        ]
    yield Pairs("", tuple(shown))
    if assessment.assumptions:
        yield Items("What the program presumed", tuple(Cited(clean(text)) for text in assessment.assumptions))


def _home(applicant: ApplicantReport) -> list[tuple[str, str]]:
    """Name the nationality or the State of incorporation; an applicant has the one or the other."""
    known = [("Nationality", applicant.nationality), ("Incorporated in", applicant.incorporated_in)]
    rows = [(label, words.state(code)) for label, code in known if code]
    return rows or [("Nationality", words.UNKNOWN)]


def _states(codes: list[str] | None) -> str:
    return words.UNKNOWN if codes is None else words.states(codes)


def _holdings(applicant: ApplicantReport) -> str:
    if applicant.holds is None:
        return words.UNKNOWN
    return (
        _joined(
            f"{clean(held.name or words.words(held.instrument))}, {clean(held.ref or 'area not said')}"
            for held in applicant.holds
        )
        or "none"
    )


def _gaps(assessment: Assessment) -> Iterator[Block]:
    texts = [
        f"{clean(opinion.name)}: {clean(text)}"
        for opinion in assessment.opinions
        for text in opinion.not_modelled
    ]
    texts += [clean(gap) for gap in assessment.feasibility.gaps]
    if texts:
        yield Items("", tuple(Cited(text) for text in texts))


def _sources(assessment: Assessment) -> Iterator[Block]:
    if assessment.sources:
        yield Table(
            "",
            ("Layer", "Source", "Vintage", "Licence", "Accuracy"),
            tuple(
                (
                    _named(layer.title, layer.id),
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
            ("Program", f"seabed {clean(receipt.version)}"),
            ("Contract", clean(assessment.schema_) or SCHEMA),
            ("Rules, SHA-256", clean(receipt.rules_sha256)),
            ("Layers, SHA-256", clean(receipt.layers_sha256)),
            ("Law applied on", words.date(receipt.on)),
            ("Made", clean(receipt.created)),
        ),
    )


# --- the trace ---------------------------------------------------------------------------------------------


#: Rules without a part in the answer: a hundred for a site in the Area, so each gets a line, not its tree.
_WITHOUT_EFFECT = ("fails", "not_applicable", "not_in_force")


def _trace(trace: Mapping[str, Any]) -> Iterator[Block]:
    rules = trace["rules"]
    if shown := tuple(_rule(rule) for rule in rules if rule.get("outcome") not in _WITHOUT_EFFECT):
        yield Trace(shown)
    for outcome in _WITHOUT_EFFECT:
        titles = [_rule_title(rule) for rule in rules if rule.get("outcome") == outcome]
        if titles:
            yield Items(f"Considered: {words.outcome(outcome)}", tuple(map(Cited, titles)))


def _rule_title(rule: Mapping[str, Any]) -> str:
    return f"{clean(str(rule.get('cite', '')))}: {clean(str(rule.get('title', '')))}"


def _rule(rule: Mapping[str, Any]) -> Rule:
    notes = [Cited("Defeated by", clean(str(defeater))) for defeater in rule.get("defeated_by", ())]
    for exception in rule.get("exceptions", ()):
        outcome = words.outcome(str(exception.get("outcome", "")))
        why = clean(str(exception.get("why", "")))
        notes.append(Cited(f"Exception, {outcome}: {why}", clean(str(exception.get("rule", "")))))
    because = rule.get("because")
    return Rule(
        id=clean(str(rule.get("rule", ""))),
        title=_rule_title(rule),
        outcome=words.outcome(str(rule.get("outcome", ""))),
        notes=tuple(notes),
        because=_node(because) if because else None,
    )


def _node(node: Mapping[str, Any]) -> Node:
    """Return a condition without the levels that say nothing: lists of one, and lists inside like lists."""
    operator = str(node.get("op", ""))
    truth = words.TRUTHS.get(str(node.get("truth", ""))) or words.UNKNOWN
    children: list[Node] = []
    for child in node.get("children", ()):
        inner = _node(child)
        is_alike = child.get("op") == operator and operator in {"all", "any"} and inner.children
        children += inner.children if is_alike else (inner,)
    if len(children) == 1 and operator in {"all", "any"}:
        return children[0]
    if len(children) == 1 and operator == "not" and not children[0].children:
        return Node(f"not: {children[0].text}", truth, ())
    # The text of an operator repeats its terms, which stand below it.
    text = words.OPERATORS.get(operator) or clean(str(node.get("text", "")))
    return Node(text, truth, tuple(children))


# --- small helpers -----------------------------------------------------------------------------------------


def _zone_label(zone: Zone) -> str:
    """Return what lawyers call an overlay, or the name of a jurisdiction zone."""
    return clean(zone.name if zone.kind in words.JURISDICTION_KINDS else zone.id) or clean(zone.id)


def _zone_title(zone: Zone) -> str:
    kind, name = words.zone_kind(zone.kind), clean(zone.name)
    if zone.kind not in words.JURISDICTION_KINDS:
        return f"{kind}: {_named(name, zone.id)}"
    return f"{kind}: {name}" if name and name != kind else kind


def _named(name: str, identifier: str) -> str:
    name, identifier = clean(name), clean(identifier)
    return name if not identifier or name == identifier else f"{name} ({identifier})" if name else identifier


def _joined(texts: Iterable[str]) -> str:
    return "; ".join(text for text in map(clean, texts) if text)


def _slug(identifier: str) -> str:
    """Return an id that is safe inside an HTML id and a PDF destination."""
    return "".join(c if c.isascii() and c.isalnum() else "-" for c in identifier)
