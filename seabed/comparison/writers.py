"""A comparison as files for machines and desks: JSON, CSV, GeoJSON and an Excel workbook."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
from typing import TYPE_CHECKING, Any

import shapely

from seabed.briefing.words import clean
from seabed.errors import MissingExtraError
from seabed.output import check_output, write_beside

if TYPE_CHECKING:
    import os
    from collections.abc import Iterable, Sequence

    from seabed.atlas.store import Atlas
    from seabed.comparison.contract import Comparison, GroupReport, Member

    Cell = str | float | int | bool | dt.date | None
    Rows = Iterable[Sequence[Cell]]

#: The endings that a comparison is written under; the last two by the briefs' own writer.
SUFFIXES = (".json", ".csv", ".geojson", ".xlsx", ".html", ".pdf")
WHAT = "a comparison"

_MOST_CELL_CHARACTERS = 32_767  # of Excel
_DECIMALS = 7  # a centimetre; the sources have no more


def write(comparison: Comparison, path: str | os.PathLike[str], atlas: Atlas) -> None:
    """Write a comparison by the suffix of ``path``, beside it first and then renamed into place.

    CSV has one row for each member; overlaps and all else are in JSON and Excel. GeoJSON (RFC 7946) has one
    feature for each member with a shape.

    Raises
    ------
    SeabedError
        If the suffix is none of ``SUFFIXES``, or the file cannot be written.
    MissingExtraError
        If the suffix needs an extra that is not installed.
    """
    target = check_output(path, SUFFIXES, WHAT)
    suffix = target.suffix.lower()
    if suffix in {".html", ".pdf"}:
        # Only these two need the drawing and layout libraries.
        from seabed.briefing.comparison import write_comparison  # noqa: PLC0415

        write_comparison(comparison, target, atlas)
        return
    content = _CONTENT[suffix](comparison, atlas)
    write_beside(target, content)


def as_json(comparison: Comparison) -> str:
    """Return the contract ``seabed.comparison/1`` as JSON."""
    return comparison.model_dump_json(by_alias=True, indent=2) + "\n"


# --- One row for each member --------------------------------------------------------------------------------


def member_row(group: GroupReport, member: Member) -> dict[str, Cell]:
    """Return a member as flat values: areas in km2, depths in m, tonnages in million wet tonnes."""
    resource = member.resource or {}
    return {
        "side": group.side,
        "group": group.title,
        "key": member.key,
        "name": member.name,
        "holder": member.holder,
        "owner": member.owner,
        "instrument": member.kind,
        "sponsors": "; ".join(member.sponsors) or None,
        "mineral": member.mineral,
        "region_id": member.region_id,
        "region": member.region,
        "counted": member.is_counted,
        "state": member.state,
        "status": member.status,
        "in_force_from": member.entered_into_force.on if member.entered_into_force else None,
        "in_force_from_sourced": member.entered_into_force.is_sourced if member.entered_into_force else None,
        "in_force_to": member.expires.on if member.expires else None,
        "in_force_to_sourced": member.expires.is_sourced if member.expires else None,
        "extension": member.extension,
        "blocks": len(member.blocks),
        "area_computed_km2": member.area_computed.value,
        "area_drawn_km2": member.area_drawn.value,
        "area_published_km2": member.area_published.value,
        "depth_median_m": _value(member.depth, "median"),
        "nodules_million_t_wet": _value(resource, "nodules_wet"),
        "resource_method": resource.get("method"),
        "sources": "; ".join(member.sources),
    }


def _value(part: dict[str, Any] | None, key: str) -> float | None:
    figure = part.get(key) if part else None
    return figure["value"] if figure else None


def _member_rows(comparison: Comparison) -> list[dict[str, Cell]]:
    return [member_row(group, member) for group in (comparison.a, comparison.b) for member in group.members]


def _csv(comparison: Comparison, _atlas: Atlas) -> bytes:
    rows = _member_rows(comparison)
    stream = io.StringIO(newline="")
    writer = csv.writer(stream)
    writer.writerow(rows[0])
    writer.writerows([_csv_cell(value) for value in row.values()] for row in rows)
    return stream.getvalue().encode()


def _csv_cell(value: Cell) -> str | float | int | None:
    """Return a value as a spreadsheet takes it; a text that it would run as a formula gets an apostrophe."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = clean(value)
        return f"'{text}" if re.match(r"[=+\-@]", text) else text
    return value.isoformat() if isinstance(value, dt.date) else value


# --- GeoJSON ------------------------------------------------------------------------------------------------


def _geojson(comparison: Comparison, atlas: Atlas) -> bytes:
    features = [
        {
            "type": "Feature",
            "id": f"{group.side}:{member.key}",
            "bbox": list(member.bbox) if member.bbox else None,
            "geometry": _geometry(member, atlas),
            "properties": _properties(comparison, group, member),
        }
        for group in (comparison.a, comparison.b)
        for member in group.members
        if member.blocks
    ]
    collection = {
        "type": "FeatureCollection",
        "name": comparison.title,
        "on": comparison.on.isoformat(),
        "receipt": comparison.receipt.model_dump(mode="json"),
        "features": features,
    }
    return json.dumps(collection, ensure_ascii=False, allow_nan=False).encode()


def _properties(comparison: Comparison, group: GroupReport, member: Member) -> dict[str, Cell]:
    """Return flat properties, because desktop GIS styles by those."""
    row: dict[str, Cell] = {
        key: value.isoformat() if isinstance(value, dt.date) else value
        for key, value in member_row(group, member).items()
    }
    for one in comparison.legal:
        if (one.side, one.member) == (group.side, member.key):
            row[f"{one.activity}_{one.order}"] = one.verdict.value
            row[f"{one.activity}_{one.order}_contested"] = one.contested
    return row


def _geometry(member: Member, atlas: Atlas) -> dict[str, Any]:
    if member.geometry:
        return member.geometry
    blocks = [atlas.feature(block.id).geometry for block in member.blocks]
    # Rounding each corner by itself would push blocks that touch over each other.
    whole = shapely.set_precision(shapely.union_all(blocks), 10**-_DECIMALS)
    rounded: dict[str, Any] = json.loads(shapely.to_geojson(shapely.orient_polygons(whole)))
    rounded["coordinates"] = _rounded(rounded["coordinates"])
    return rounded


def _rounded(coordinates: Any) -> Any:  # noqa: ANN401 - nested as deep as the geometry is
    if isinstance(coordinates, float | int):
        return round(coordinates, _DECIMALS)
    return [_rounded(one) for one in coordinates]


# --- Excel --------------------------------------------------------------------------------------------------


def _xlsx(comparison: Comparison, _atlas: Atlas) -> bytes:
    try:
        import xlsxwriter  # noqa: PLC0415 - an optional extra
    except ImportError:
        raise MissingExtraError("writing an Excel workbook", "xlsx") from None
    stream = io.BytesIO()
    # Nothing a text may look like makes it a formula, a link or a number.
    plain = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(stream, plain) as book:
        book.set_properties(
            {"title": clean(comparison.title), "created": dt.datetime.combine(comparison.on, dt.time())}
        )
        formats = {
            "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
            "number": book.add_format({"num_format": "#,##0.0"}),
            "whole": book.add_format({"num_format": "0"}),
            "share": book.add_format({"num_format": "0.00%"}),
            "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        for name, rows in _sheets(comparison):
            _fill(book.add_worksheet(name), list(rows), formats)
    return stream.getvalue()


def _fill(sheet: Any, rows: list[Sequence[Cell]], formats: dict[str, Any]) -> None:  # noqa: ANN401 - no types
    """Write a header and rows, each cell by its type; texts always as texts."""
    head = [str(cell) for cell in rows[0]] if rows else []
    widths = [len(cell) for cell in head]
    for column, title in enumerate(head):
        sheet.write_string(0, column, title, formats["head"])
    for row, cells in enumerate(rows[1:], start=1):
        for column, cell in enumerate(cells):
            match cell:
                case None:
                    continue
                case bool():
                    sheet.write_boolean(row, column, cell)
                case int():
                    sheet.write_number(row, column, cell, formats["whole"])
                case float():
                    kind = "share" if head[column].startswith("share") else "number"
                    sheet.write_number(row, column, cell, formats[kind])
                case dt.date():
                    sheet.write_datetime(row, column, dt.datetime.combine(cell, dt.time()), formats["date"])
                case _:
                    sheet.write_string(row, column, clean(cell)[:_MOST_CELL_CHARACTERS])
            widths[column] = max(widths[column], min(len(str(cell)), 48))
    for column, width in enumerate(widths):
        sheet.set_column(column, column, width + 2)
    sheet.freeze_panes(1, 0)
    if len(rows) > 1:
        sheet.autofilter(0, 0, len(rows) - 1, len(head) - 1)


#: The columns of each sheet but the members'; of those that begin with ``share`` the numbers are percentages.
_COLUMNS = {
    "blocks": "side, member, block, name, region, area_km2, edges, accuracy_km, source",
    "overlaps": "pairing, a, b, kind_of_b, area_km2, share_of_a, share_of_b, within_accuracy, accuracy_km",
    "distances": "a, b, km, nautical_miles, block_a, block_b, bearing_deg, lon_a, lat_a, lon_b, lat_b",
    "neighbours": "kind, ref, name, holder, nearest_a, km_to_a, nearest_b, km_to_b",
    "legal": "side, member, activity, order, verdict, contested, largest_part, share_of_it, summary, cites",
    "timeline": "day, side, member, counted, state, words, area_km2, area_published_km2",
    "text": "about, text",
    "sources": "what, id, source, vintage, licence",
}


def _sheets(comparison: Comparison) -> Iterable[tuple[str, Rows]]:
    members = _member_rows(comparison)
    yield "members", [list(members[0]), *(list(row.values()) for row in members)]
    rows: dict[str, Rows] = {
        "blocks": _block_rows(comparison),
        "overlaps": _overlap_rows(comparison),
        "distances": (
            (one.a, one.b, one.km, one.m, one.block_a, one.block_b, one.bearing_deg, *one.on_a, *one.on_b)
            for one in comparison.distances
        ),
        "neighbours": (
            (o.kind, o.ref, o.name, o.holder, o.nearest_a, o.distance_a_km, o.nearest_b, o.distance_b_km)
            for o in comparison.shared_neighbours
        ),
        "legal": _legal_rows(comparison),
        "timeline": (
            (moment.on, side, o.member, o.is_counted, o.state, o.words, o.area_km2, o.area_published_km2)
            for moment in comparison.timeline
            for side, group in (("a", moment.a), ("b", moment.b))
            for o in group.members
        ),
        "text": ((one.about, one.text) for one in comparison.text),
        "sources": _source_rows(comparison),
    }
    for name, columns in _COLUMNS.items():
        yield name, [columns.split(", "), *rows[name]]


def _block_rows(comparison: Comparison) -> Rows:
    for group in (comparison.a, comparison.b):
        for m in group.members:
            for b in m.blocks:
                yield group.side, m.key, b.id, b.name, b.region, b.area_km2, b.edges, b.accuracy_km, b.source


def _overlap_rows(comparison: Comparison) -> Rows:
    for one in comparison.overlaps:
        shares = one.area_km2, one.share_of_a, one.share_of_b, one.is_within_accuracy, one.accuracy_km
        yield one.pairing, one.a, one.b, None, *shares
    for c in comparison.crossings:
        shares = c.area_km2, c.share_of_member, c.share_of_other, c.is_within_accuracy, c.accuracy_km
        yield f"others_{c.side}", c.member, c.ref, c.kind, *shares


def _legal_rows(comparison: Comparison) -> Rows:
    for one in comparison.legal:
        most = one.parts[0]
        answer = one.verdict.value, one.contested, most.verdict.value, most.share
        yield one.side, one.member, one.activity, one.order, *answer, one.summary, "; ".join(one.cites)


def _source_rows(comparison: Comparison) -> Rows:
    for one in comparison.sources:
        yield "layer", one.id, one.source, one.vintage, one.licence
    for group in (comparison.a, comparison.b):
        for member in group.members:
            yield from (("member", member.key, source, None, None) for source in member.sources)
    yield from (("note", None, note, None, None) for note in comparison.notes)
    receipt = comparison.receipt
    for id_, value in (
        ("version", receipt.version),
        ("rules", receipt.rules_sha256),
        ("layers", receipt.layers_sha256),
        ("created", receipt.created),
    ):
        yield "receipt", id_, value, None, None


_CONTENT = {
    ".json": lambda comparison, _atlas: as_json(comparison).encode(),
    ".csv": _csv,
    ".geojson": _geojson,
    ".xlsx": _xlsx,
}
