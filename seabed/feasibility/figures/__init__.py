"""The tables of sourced numbers, read as plain rows.

Every CSV table has the columns ``source``, ``vintage``, ``basis`` and ``confidence`` beside its own; every
YAML document is read by the one module that knows its shape.
"""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, get_args

from pydantic import ValidationError

from seabed.errors import FigureError, RuleError
from seabed.feasibility.figure import Confidence, Figure
from seabed.language import _
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping

_FOLDER = Path(__file__).parent
_NAME = re.compile(r"[a-z0-9_]{1,60}")
PROVENANCE = ("source", "vintage", "basis", "confidence")
_MAX_BYTES = 5_000_000


@cache
def read_table(name: str) -> tuple[Mapping[str, str], ...]:
    """Read ``<name>.csv`` of this folder: one read-only mapping for each row, cells as stripped text.

    Raises
    ------
    FigureError
        If there is no such table, a column or a cell is missing, or a row has no source or vintage.
    """
    path = _path(name, "csv")
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream, strict=True)
        try:
            rows = list(reader)
        except csv.Error as error:
            raise FigureError(f"{path.name}, line {reader.line_num}: not well-formed CSV: {error}") from None
    columns = reader.fieldnames or ()
    missing = [column for column in PROVENANCE if column not in columns]
    if missing or len(set(columns)) != len(columns):
        raise FigureError(f"{path.name}: the columns {missing or 'that stand twice'} are missing or repeated")
    return tuple(_checked(row, f"{path.name}, row {at}") for at, row in enumerate(rows, start=2))


@cache
def read_document(name: str) -> Any:  # noqa: ANN401 - validated by the caller's model
    """Read ``<name>.yaml`` of this folder as plain data, to be validated by the caller and never changed.

    Raises
    ------
    FigureError
        If there is no such document or it is not well-formed.
    """
    try:
        return read_yaml(_path(name, "yaml"))
    except RuleError as error:
        raise FigureError(str(error)) from None


def number_in(row: Mapping[str, str], column: str) -> float | None:
    """Return the cell as a number, ``None`` if it is empty.

    Raises
    ------
    FigureError
        If the column is missing or the cell is neither empty nor a finite number.
    """
    try:
        cell = row[column]
        number = float(cell) if cell else None
    except (KeyError, ValueError):
        raise FigureError(f"the column {column!r} must hold numbers; the row is {dict(row)}") from None
    if number is not None and not abs(number) < float("inf"):
        raise FigureError(f"the column {column!r} must hold finite numbers, not {cell}")
    return number


def figure_in(
    row: Mapping[str, str], unit: str, value: str = "value", low: str = "low", high: str = "high"
) -> Figure:
    """Return the row's number as a `Figure`; ``value``, ``low`` and ``high`` name its columns.

    Raises
    ------
    FigureError
        If a cell is no number or the numbers are out of order.
    """
    try:
        return Figure(
            value=number_in(row, value),
            low=number_in(row, low) if low in row else None,
            high=number_in(row, high) if high in row else None,
            unit=unit,
            source=row["source"],
            vintage=row["vintage"],
            basis=row["basis"],
            confidence=row["confidence"],
        )
    except ValidationError as error:
        raise FigureError(f"{error.errors()[0]['msg']}; the row is {dict(row)}") from None


def spoken_figure_in(row: Mapping[str, str], unit: str) -> Figure:
    """Return what `figure_in` does, its basis in the language being spoken; not to be cached."""
    figure = figure_in(row, unit)
    return figure.model_copy(update={"basis": _(figure.basis)})


def _path(name: str, suffix: str) -> Path:
    path = _FOLDER / f"{name}.{suffix}"
    if not _NAME.fullmatch(name) or not path.is_file():
        raise FigureError(f"there is no table {name!r} ({suffix}) among the figures")
    if path.stat().st_size > _MAX_BYTES:
        raise FigureError(f"{path.name} is larger than {_MAX_BYTES:,} bytes")
    return path


def _checked(row: dict[str, str | None], where: str) -> Mapping[str, str]:
    cells = {column: (cell or "").strip() for column, cell in row.items() if isinstance(column, str)}
    if len(cells) != len(row) or None in row.values():
        raise FigureError(f"{where}: it has more or fewer cells than the header")
    for column in ("source", "vintage"):
        if not cells[column]:
            raise FigureError(f"{where}: the {column} is missing")
    words, given = get_args(Confidence), cells["confidence"]
    if given not in words:
        raise FigureError(f"{where}: confidence must be one of {', '.join(words)}, not {given!r}")
    return MappingProxyType(cells)
