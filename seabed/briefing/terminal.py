"""An assessment as text for a terminal, as Markdown, and as GeoJSON. Imports nothing outside the core."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import partial, reduce
from typing import TYPE_CHECKING, Any

import click

from seabed.briefing.document import Items, Pairs, Picture, Steps, Table, Trace
from seabed.briefing.view import view_of
from seabed.briefing.words import CONTESTED
from seabed.language import N_, _, aside, clauses, speaking
from seabed.wrapping import columns, wrapped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from seabed.briefing.document import Answer, Block, Brief, Cited, Section
    from seabed.contract import Assessment

MIN_WIDTH = 40

_wrapped = partial(wrapped, whole=False)

#: Blocks that text has no room for.
_DRAWN = (Picture, Trace)

_COLOURS = {
    "permitted": "green",
    "authorisation_required": "yellow",
    "prohibited": "red",
    "contingent": "magenta",
    "not_applicable": "blue",
    "not_modelled": "blue",
}


#: Ends a short text: what it left out, and how to see it.
SHORT = N_(
    "Rights, obligations, context, the timeline, what is not modelled, sources and the receipt: --full, or a "
    "brief."
)

# --- text --------------------------------------------------------------------------------------------------


def render_text(
    assessment: Assessment,
    *,
    width: int = 80,
    colour: bool = False,
    full: bool = True,
    only: Collection[str] = (),
) -> str:
    """Return the assessment as plain text that ends with a newline.

    Parameters
    ----------
    width
        Columns; at least ``MIN_WIDTH``. East Asian wide characters count as two.
    colour
        Whether to mark verdicts and headings with ANSI escape codes. Verdicts are in words either way.
    full
        Whether to include obligations, context, what is not modelled, sources and the receipt.
    only
        Ids of the sections to show; all by default.
    """
    brief = _part_of(view_of(assessment), only)
    with speaking(assessment.receipt.language):
        lines = [*_text_lines(brief, max(width, MIN_WIDTH), colour=colour, full=full)]
    return "\n".join(lines) + "\n"


def _part_of(brief: Brief, only: Collection[str]) -> Brief:
    """Leave of the document its title and some sections; all of it for none."""
    if not only:
        return brief
    return replace(brief, answers=(), sections=tuple(one for one in brief.sections if one.id in only))


def _text_lines(brief: Brief, width: int, *, colour: bool, full: bool) -> Iterator[str]:
    style = click.style if colour else _plain
    yield from (style(line, bold=True) for line in _wrapped(brief.title, width))
    yield from _wrapped(brief.asked, width)
    yield from _wrapped(brief.place, width)
    yield ""
    longest = max((columns(answer.order) for answer in brief.answers), default=0)
    column = min(longest, width // 2)
    for answer in brief.answers:
        yield from _answer_lines(answer, column, width, colour=colour)
    for section in brief.sections:
        if full or not section.is_detail:
            yield from _section_lines(section, width, colour=colour, full=full)
    yield ""
    if not full:
        yield from _wrapped(_(SHORT), width)
    yield from _wrapped(brief.disclaimer, width)


def _answer_lines(answer: Answer, column: int, width: int, *, colour: bool) -> Iterator[str]:
    style = click.style if colour else _plain
    words = _marked(answer.verdict_words.upper(), contested=answer.contested)
    if columns(answer.order) <= column and column + 2 + columns(words) <= width:
        yield (
            answer.order
            + " " * (column - columns(answer.order) + 2)
            + style(words, fg=_COLOURS[answer.verdict], bold=True)
        )
        return
    yield from _wrapped(answer.order, width)
    yield style(f"  {words}", fg=_COLOURS[answer.verdict], bold=True)


def _marked(verdict_words: str, *, contested: bool) -> str:
    return aside(verdict_words, _(CONTESTED) if contested else "")


def _title(section: Section) -> str:
    if not section.verdict:
        return section.title
    verdict = _marked(section.verdict_words.lower(), contested=section.contested)
    return _("{order}: {verdict}").format(order=section.title, verdict=verdict)


def _section_lines(
    section: Section, width: int, *, colour: bool, full: bool, depth: int = 0
) -> Iterator[str]:
    style = click.style if colour else _plain
    yield ""
    title = _title(section)
    heading = list(_wrapped(title if depth else title.upper(), width))
    yield from (style(line, bold=True, fg=_COLOURS.get(section.verdict)) for line in heading)
    if depth:
        yield "-" * min(max(columns(line) for line in heading), width)
    yield from _wrapped(section.summary, width)
    for block in section.blocks:
        if isinstance(block, _DRAWN) or (block.is_detail and not full):
            continue
        if block.heading:
            yield ""
            yield from (style(line, bold=True) for line in _wrapped(block.heading, width))
        if isinstance(block, Steps) and not full:
            yield from _step_lines(block, width)
        else:
            yield from _block_lines(block, width)
    for inner in section.sections:
        yield from _section_lines(inner, width, colour=colour, full=full, depth=depth + 1)


def _block_lines(block: Block, width: int) -> Iterator[str]:
    if isinstance(block, Items):
        for item in block.items:
            yield from _wrapped(_cited(item), width, "  - ", "    ")
    elif isinstance(block, Pairs):
        column = max(columns(label) for label, _value in block.rows)
        for label, value in block.rows:
            room = width - column - 4
            if room >= width // 2 and all(columns(word) <= room for word in value.split(" ")):
                first = f"  {label}{' ' * (column - columns(label))}  "
                yield from _wrapped(value, width, first, " " * (column + 4))
            else:
                yield from _wrapped(label, width, "  ", "    ")
                yield from _wrapped(value, width, "    ", "    ")
    elif isinstance(block, Table):
        yield from _wrapped(block.note, width, "  ", "  ")
        for row in block.rows:
            yield from _record_lines(block, row, width)


def _step_lines(steps: Steps, width: int) -> Iterator[str]:
    """Yield a line for each step: a mark and, for what is not done, the time; below it why it stops there."""
    for state, step, _authority, _provision, time, why in steps.rows:
        mark = state.split(" ")[0]
        is_done = mark == "✓"
        line = step if is_done or time == "—" else aside(step, time)
        yield from _wrapped(line, width, f"  {mark} ", "    ")
        if not is_done and why != "—":
            yield from _wrapped(why, width, "      ", "      ")


def _record_lines(table: Table, row: tuple[str, ...], width: int) -> Iterator[str]:
    """Yield a row as a headline and its details: a table of seven columns does not fit a terminal."""
    named = reduce(lambda so_far, more: _("{name}, {more}").format(name=so_far, more=more), row[: table.lead])
    yield from _wrapped(named, width, "  - ", "    ")
    details = [
        _("{label}: {value}").format(
            label=head if head[1:2].isupper() else head[:1].lower() + head[1:],
            value=cell.removesuffix(".").removesuffix("。"),
        )
        for head, cell in zip(table.head[table.lead :], row[table.lead :], strict=True)
        if cell != "—"
    ]
    yield from _wrapped(clauses(details), width, "    ", "    ")


def _cited(item: Cited) -> str:
    return f"{item.text} [{item.cite}]" if item.cite else item.text


def _plain(text: str, **_: object) -> str:
    return text


# --- Markdown ----------------------------------------------------------------------------------------------

# Inside a line CommonMark and GFM give meaning to these; ``:`` only before ``//`` and ``@`` in addresses,
# which GFM would turn into links.
_INLINE = re.compile(r"([\\`*_\[\]<>|~$&@^])|(?<=[a-zA-Z])(:)(?=//)|(?<=www)(\.)")
_LINE_START = re.compile(r"^(\d+)([.)])|^([#+=-])")


def render_markdown(assessment: Assessment, *, only: Collection[str] = ()) -> str:
    """Return the assessment as CommonMark with GFM tables; every text is escaped, so none acts as markup.

    ``only`` are the ids of the sections to show, all by default.
    """
    brief = _part_of(view_of(assessment), only)
    with speaking(assessment.receipt.language):
        return _markdown_of(brief)


def _markdown_of(brief: Brief) -> str:
    blocks = [
        f"# {_markdown(brief.title)}",
        _markdown(brief.asked),
        _markdown(brief.place),
        _markdown_table(
            (_("Legal order"), _("Verdict"), _("Summary")),
            [
                (answer.order, _marked(answer.verdict_words, contested=answer.contested), answer.summary)
                for answer in brief.answers
            ],
        ),
    ]
    for section in brief.sections:
        blocks += _markdown_section(section, 2)
    blocks.append(f"*{_markdown(brief.disclaimer)}*")
    return "\n\n".join(block for block in blocks if block) + "\n"


def _markdown_section(section: Section, level: int) -> list[str]:
    title = _title(section)
    parts = [f"{'#' * level} {_markdown(title)}", _markdown(section.summary)]
    for block in section.blocks:
        if isinstance(block, _DRAWN):
            continue
        if block.heading:
            parts.append(f"{'#' * (level + 1)} {_markdown(block.heading)}")
        if isinstance(block, Items):
            parts.append("\n".join(f"- {_markdown(_cited(item))}" for item in block.items))
        elif isinstance(block, Pairs):
            parts.append(
                "\n".join(f"- **{_markdown(label)}**: {_markdown(value)}" for label, value in block.rows)
            )
        elif isinstance(block, Table):
            parts += [_markdown(block.note), _markdown_table(block.head, block.rows)]
    for inner in section.sections:
        parts += _markdown_section(inner, level + 1)
    return parts


def _markdown_table(head: Iterable[str], rows: Sequence[tuple[str, ...]]) -> str:
    if not rows:
        return ""
    titles = [_markdown(title) for title in head]
    lines = [titles, ["---"] * len(titles), *([_markdown(cell) for cell in row] for row in rows)]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _markdown(text: str) -> str:
    escaped = _INLINE.sub(lambda match: "\\" + match.group(0), text)
    return _LINE_START.sub(lambda match: f"{match[1]}\\{match[2]}" if match[1] else f"\\{match[3]}", escaped)


# --- GeoJSON -----------------------------------------------------------------------------------------------


def to_geojson(assessment: Assessment) -> dict[str, Any]:
    """Return a FeatureCollection (RFC 7946) with the site; its properties carry the verdicts.

    ``verdict_<order>`` and ``contested_<order>`` are flat, because desktop GIS styles by flat properties;
    ``zones`` lists kind, id, name and share. Texts are as in the contract, not cleaned for display.
    """
    site, question = assessment.site, assessment.question
    applicant = question.applicant
    properties: dict[str, Any] = {
        "name": site.name,
        "area_km2": site.area_km2,
        "perimeter_km": site.perimeter_km,
        "applicant": (applicant.name or applicant.id) if applicant else None,
        "activity": question.activity,
        "mineral": question.mineral,
        "on": question.on.isoformat(),
    }
    for opinion in assessment.opinions:
        properties[f"verdict_{opinion.order}"] = opinion.verdict.value
        properties[f"contested_{opinion.order}"] = opinion.contested
        properties[f"summary_{opinion.order}"] = opinion.summary
    properties["zones"] = [
        {"kind": zone.kind, "id": zone.id, "name": zone.name, "share": zone.share}
        for zone in assessment.zones
    ]
    properties["receipt"] = assessment.receipt.model_dump(mode="json")
    feature = {
        "type": "Feature",
        "bbox": list(site.bbox),
        "geometry": site.geometry,
        "properties": properties,
    }
    return {"type": "FeatureCollection", "bbox": list(site.bbox), "features": [feature]}


# --- Sections of another document --------------------------------------------------------------------------


def text_of_sections(
    title: str, lead: Iterable[str], sections: Iterable[Section], *, width: int = 80, full: bool = True
) -> str:
    """Return a title, the lines below it and sections as plain text; see `render_text` for the options."""
    width = max(width, MIN_WIDTH)
    lines = [line for text in (title, *lead) for line in _wrapped(text, width)]
    for section in sections:
        if full or not section.is_detail:
            lines += _section_lines(section, width, colour=False, full=full)
    return "\n".join(lines) + "\n"


def markdown_of_sections(title: str, lead: Iterable[str], sections: Iterable[Section]) -> str:
    """Return a title, the lines below it and sections as Markdown; see `render_markdown`."""
    blocks = [f"# {_markdown(title)}", *map(_markdown, lead)]
    for section in sections:
        blocks += _markdown_section(section, 2)
    return "\n\n".join(block for block in blocks if block) + "\n"
