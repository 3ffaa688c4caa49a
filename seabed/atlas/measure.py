"""How well the atlas agrees with a list of points whose zone and State somebody else has worked out.

The list is a CSV file with the columns ``lon``, ``lat`` (degrees), ``expect`` (``land``, ``territorial_sea``,
``shelf200``, ``beyond200``), ``state`` (ISO 3166-1 alpha-3; alternatives separated by ``|``), ``territory``,
``stratum`` and, optionally, ``note``.
"""

from __future__ import annotations

import csv
import json
from collections import Counter
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from seabed.atlas.locate import JURISDICTION_KINDS, THE_AREA
from seabed.errors import SiteError
from seabed.language import N_, _
from seabed.wrapping import columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from pathlib import Path

    from seabed.atlas.store import Atlas, FeatureAttributes

_COLUMNS = ("lon", "lat", "expect", "state", "territory", "stratum")
_MOST_ROWS = 1_000_000
_MOST_CAUSES = 40

#: What a zone of the atlas counts as. Internal waters lie within 12 M of the coast, which is all that
#: ``territorial_sea`` says in such a list.
_AS_EXPECTED = {
    "land": "land",
    "internal_waters": "territorial_sea",
    "territorial_sea": "territorial_sea",
    "continental_shelf": "shelf200",
    "extended_shelf": "beyond200",
    "area": "beyond200",
}
# In free association with New Zealand, or part of it: lists differ on whose State code they carry.
_REALM_OF_NEW_ZEALAND = frozenset({"COK", "NIU", "TKL"})


@dataclass(frozen=True, slots=True)
class Expected:
    """One row of the list."""

    lon: float
    lat: float
    zone: str
    states: tuple[str, ...]
    territory: str | None
    stratum: str
    note: str


@dataclass(frozen=True, slots=True)
class Tally:
    """How many points agree. ``with_state``: points for which the list names a State.

    ``zone`` and ``both`` are out of ``points``, ``state`` out of ``with_state``; a point for which the list
    names no State needs only its zone for ``both``.
    """

    points: int
    zone: int
    with_state: int
    state: int
    both: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """Points that disagree in the same way, with up to three examples (lon, lat in degrees)."""

    expected: str
    found: str
    note: str
    count: int
    examples: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class MeasureReport:
    """Agreement overall and by stratum, and the largest causes of disagreement.

    ``left_out`` counts the points left out of everything else, by note.
    """

    overall: Tally
    strata: dict[str, Tally]
    disagreements: tuple[Disagreement, ...]
    left_out: dict[str, int]


def measure(points_csv: Path, atlas: Atlas, *, leave_out: Collection[str] = ()) -> MeasureReport:
    """Compare the atlas with a list of points.

    A State is right if the State, the territory or any claimant found is among the alternatives or is the
    territory that the list gives. The Cook Islands, Niue and Tokelau may stand under their own code or New
    Zealand's on either side.

    Parameters
    ----------
    points_csv
        The list, UTF-8.
    atlas
        What to compare; its zones of every date.
    leave_out
        Notes of rows to leave out, such as known errors of the list; a row's notes are separated by ``;``.

    Raises
    ------
    SiteError
        If the list cannot be read, lacks a column, or has a row that makes no sense; with its line.
    """
    rows = read_points(points_csv)
    dropped = [row for row in rows if _notes(row) & set(leave_out)]
    kept = [row for row in rows if not _notes(row) & set(leave_out)]
    zones = find_zones([(row.lon, row.lat) for row in kept], atlas)
    pairs = list(zip(kept, zones, strict=True))
    strata = sorted({row.stratum for row in kept})
    return MeasureReport(
        overall=_tally(pairs),
        strata={
            stratum: _tally([pair for pair in pairs if pair[0].stratum == stratum]) for stratum in strata
        },
        disagreements=tuple(_disagreements(pairs)),
        left_out=dict(sorted(Counter(row.note for row in dropped).items())),
    )


def find_zones(points: Sequence[tuple[float, float]], atlas: Atlas) -> list[FeatureAttributes]:
    """Return the jurisdiction zone of each point (lon, lat in degrees), the Area where there is none.

    A point on a border belongs to the kind that comes first in ``JURISDICTION_KINDS``. Decodes the whole
    atlas once, then costs some 10 µs a point: for thousands of points, not for one.
    """
    pieces = list(atlas.touching([(-180.0, -90.0, 180.0, 90.0)], None, JURISDICTION_KINDS))
    order = {kind: index for index, kind in enumerate(JURISDICTION_KINDS)}
    found: list[FeatureAttributes] = [THE_AREA] * len(points)
    if not pieces or not points:
        return found
    tree = shapely.STRtree([piece for _, piece in pieces])
    hits = tree.query(shapely.points(np.asarray(points, dtype=float)), predicate="intersects")
    for point, piece in hits.T:
        zone = pieces[piece][0]
        if (order[zone.kind], zone.id) < (order[found[point].kind], found[point].id):
            found[point] = zone
    return found


def read_points(points_csv: Path) -> list[Expected]:
    """Read the list; see ``measure``."""
    try:
        with points_csv.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.DictReader(stream)
            missing = [column for column in _COLUMNS if column not in (reader.fieldnames or ())]
            if missing:
                raise SiteError(
                    f"{points_csv}: the column {missing[0]!r} is missing; give {', '.join(_COLUMNS)} and, if "
                    "you like, note"
                )
            rows: list[Expected] = []
            for row in reader:
                if len(rows) == _MOST_ROWS:
                    raise SiteError(f"{points_csv}: more than {_MOST_ROWS:,} rows; split the list")
                rows.append(_read_row(row, f"{points_csv}, line {reader.line_num}"))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise SiteError(f"{points_csv}: cannot be read as CSV in UTF-8: {error}") from error
    if not rows:
        raise SiteError(f"{points_csv}: there is no row under the header")
    return rows


def _read_row(row: dict[str, str | None], where: str) -> Expected:
    text = {key: (value or "").strip() for key, value in row.items() if isinstance(key, str)}
    try:
        lon, lat = float(text["lon"]), float(text["lat"])
    except ValueError:
        raise SiteError(f"{where}: lon and lat must be degrees as numbers") from None
    if not (-180 <= lon <= 180 and -90 <= lat <= 90):
        raise SiteError(f"{where}: ({lon:g}, {lat:g}) lies outside ±180, ±90")
    if text["expect"] not in set(_AS_EXPECTED.values()):
        known = ", ".join(dict.fromkeys(_AS_EXPECTED.values()))
        raise SiteError(f"{where}: expect is {text['expect']!r}; it must be one of {known}")
    return Expected(
        lon=lon,
        lat=lat,
        zone=text["expect"],
        states=tuple(state for state in text["state"].split("|") if state),
        territory=text["territory"] or None,
        stratum=text["stratum"],
        note=text.get("note", ""),
    )


def _notes(row: Expected) -> set[str]:
    return {row.note, *row.note.split(";")} - {""}


def _is_zone_right(row: Expected, zone: FeatureAttributes) -> bool:
    return _AS_EXPECTED[zone.kind] == row.zone


def _is_state_right(row: Expected, zone: FeatureAttributes) -> bool:
    wanted = {*row.states, row.territory} - {None}
    found = {zone.state, zone.territory, *zone.claimants} - {None}
    agreed = wanted & found
    wants_realm, has_realm = wanted & _REALM_OF_NEW_ZEALAND, found & _REALM_OF_NEW_ZEALAND
    if wants_realm and has_realm:
        return bool(agreed - {"NZL"})
    return bool(agreed) or ("NZL" in found if wants_realm else bool(has_realm) and "NZL" in wanted)


def _tally(pairs: Iterable[tuple[Expected, FeatureAttributes]]) -> Tally:
    points = zones = with_state = states = both = 0
    for row, zone in pairs:
        is_zone_right, is_state_right = _is_zone_right(row, zone), _is_state_right(row, zone)
        points += 1
        zones += is_zone_right
        with_state += bool(row.states)
        states += bool(row.states) and is_state_right
        both += is_zone_right and (is_state_right or not row.states)
    return Tally(points=points, zone=zones, with_state=with_state, state=states, both=both)


def _disagreements(pairs: Iterable[tuple[Expected, FeatureAttributes]]) -> list[Disagreement]:
    groups: dict[tuple[str, str, str], list[tuple[float, float]]] = {}
    for row, zone in pairs:
        if _is_zone_right(row, zone) and (not row.states or _is_state_right(row, zone)):
            continue
        expected = _words(row.zone, row.states, row.territory)
        states = zone.claimants or ((zone.state,) if zone.state else ())
        found = _words(_AS_EXPECTED[zone.kind], states, zone.territory)
        groups.setdefault((expected, found, row.note), []).append((row.lon, row.lat))
    ordered = sorted(groups.items(), key=lambda item: (-len(item[1]), item[0]))
    return [
        Disagreement(expected=expected, found=found, note=note, count=len(points), examples=tuple(points[:3]))
        for (expected, found, note), points in ordered[:_MOST_CAUSES]
    ]


def _words(zone: str, states: Sequence[str], territory: str | None) -> str:
    return " ".join(filter(None, (zone, "|".join(states), f"({territory})" if territory else "")))


def render_json(report: MeasureReport) -> str:
    """Return the report as JSON; the keys are those of the dataclasses."""
    return json.dumps(asdict(report), ensure_ascii=False, indent=2)


def render_text(report: MeasureReport) -> str:
    """Return the report as a page of plain text."""
    heads = (N_("points"), N_("zone"), N_("State"), N_("both"))
    row = zip(map(_, heads), (8, 9, 9, 9), strict=True)
    lines = [" " * 10 + "".join(" " * (width - columns(head)) + head for head, width in row)]
    for name, tally in [*report.strata.items(), (_("all"), report.overall)]:
        space = " " * (10 - columns(name or "-"))
        lines.append(
            f"{name or '-'}{space}{tally.points:>8}{_percent(tally.zone, tally.points):>9}"
            f"{_percent(tally.state, tally.with_state):>9}{_percent(tally.both, tally.points):>9}"
        )
    named = _("State: of the {count} points for which the list names one.")
    lines.append(named.format(count=report.overall.with_state))
    left_out = _("Left out: {count} points noted {note}.")
    lines.extend(left_out.format(count=count, note=note) for note, count in report.left_out.items())
    if report.disagreements:
        lines.extend(["", _("Largest disagreements (points, expected → found, note, an example):")])
    lines.extend(
        f"{one.count:>5}  {one.expected} → {one.found}"
        f"{f'  [{one.note}]' if one.note else ''}  {one.examples[0][0]:.5f}, {one.examples[0][1]:.5f}"
        for one in report.disagreements
    )
    return "\n".join(lines)


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.2%}" if whole else "-"
