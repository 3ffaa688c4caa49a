"""The atlas file: one OGC GeoPackage 1.3 that holds every layer, written and read with sqlite3 alone.

Large polygons are cut into pieces of at most ``MAX_VERTICES`` vertices under an R-tree, so that a site
decodes only what is near it. The file opens in QGIS as well. Coordinates are WGS 84 longitude and latitude
in degrees, densified by edge kind and split at ±180 before they come here, so that planar predicates hold.

Layout: ``feature`` (attributes), ``piece`` (polygons of a feature), ``limit`` (lines between zones) and
``atlas`` (one row: the SHA-256 of the content).
"""

from __future__ import annotations

import contextlib
import datetime as dt
import difflib
import hashlib
import json
import math
import sqlite3
import struct
import tempfile
import weakref
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, Self

import numpy as np
import shapely
from shapely import LineString, MultiLineString, MultiPolygon, box

from seabed.atlas.library import layers_in_force, left_aside
from seabed.errors import AtlasError
from seabed.resources import data_dir

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.library import Selector

#: Vertices of one piece at most. Measured on four sites: 128 is up to 20 % slower and 5 % larger, 512 and
#: 1,024 no better than the noise.
MAX_VERTICES = 256
MAX_LINE_VERTICES = 200

#: The limits that bound zones of a kind, and go out of force with them.
LIMITS_OF = {
    "territorial_sea": ("12M", "between_states"),
    "continental_shelf": ("200M", "between_states"),
}

Bounds = tuple[float, float, float, float]

_APPLICATION_ID = 0x47504B47  # "GPKG"
_LAST_CHANGE = "2026-11-21T00:00:00.000Z"  # fixed, so that the same layers give the same bytes
_GP_HEADER = struct.Struct("<2sBBi")
_LITTLE_ENDIAN_NO_ENVELOPE = 0x01
# A degree of latitude is never shorter than this on WGS 84, one of longitude never than this times cos φ.
_KM_PER_DEGREE_LATITUDE = 110.57
_KM_PER_DEGREE_LONGITUDE = 111.32


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureAttributes:
    """Everything the atlas says about one feature, but its shape.

    ``id`` is unique in the atlas (``isa:NORI-D``); ``ref`` is what lawyers call it and may cover many
    features (``NORIPMN1``). ``state`` is the sovereign or the State the feature belongs to, ``territory``
    the part of it, ``claimants`` everyone who claims a disputed spot. Both dates are inclusive, ``None`` is
    open. ``accuracy_km`` is how far a drawn edge may be from the true one.
    """

    layer: str
    id: str
    ref: str
    kind: str
    name: str
    state: str | None = None
    territory: str | None = None
    claimants: tuple[str, ...] = ()
    holder: str | None = None
    mineral: str | None = None
    status: str | None = None
    valid_from: dt.date | None = None
    valid_to: dt.date | None = None
    accuracy_km: float = 0.0
    source: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def is_in_force(self, on: dt.date) -> bool:
        """Whether ``on`` lies between ``valid_from`` and ``valid_to``, both inclusive."""
        return (self.valid_from is None or self.valid_from <= on) and (
            self.valid_to is None or on <= self.valid_to
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature(FeatureAttributes):
    """A feature with its shape: Polygon or MultiPolygon, degrees, split at ±180."""

    geometry: BaseGeometry

    @property
    def attributes(self) -> FeatureAttributes:
        """The feature without its shape."""
        return FeatureAttributes(**{name: getattr(self, name) for name in _ATTRIBUTE_NAMES})


_ATTRIBUTE_NAMES = tuple(f.name for f in fields(FeatureAttributes))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A line between two zones.

    ``kind`` is ``3M``, ``12M``, ``200M`` or ``between_states``; ``sides`` are feature ids, ``None`` for the
    Area; ``basis`` says what the line rests on (a treaty, a median line, the coast). Geometry: LineString or
    MultiLineString, degrees, split at ±180.
    """

    layer: str
    kind: str
    name: str
    geometry: BaseGeometry
    basis: str = ""
    accuracy_km: float = 0.0
    sides: tuple[str | None, str | None] = (None, None)


# --- cutting -----------------------------------------------------------------------------------------------


def cut_polygon(geometry: BaseGeometry, max_vertices: int = MAX_VERTICES) -> list[MultiPolygon]:
    """Halve ``geometry`` across its longer side until no piece has more than ``max_vertices``.

    Only polygons that straddle a cut are overlaid; the others are dealt to their side as they are. A
    geometry that is small enough comes back with its vertices untouched.
    """
    pieces: list[MultiPolygon] = []
    stack = [_polygons(geometry)]
    while stack:
        polygons = stack.pop()
        counts = shapely.get_num_coordinates(polygons)
        west, south, east, north = shapely.total_bounds(polygons)
        if counts.sum() <= max_vertices or max(east - west, north - south) < 1e-6:
            pieces.append(MultiPolygon(list(polygons)))
            continue
        vertical = east - west >= north - south
        middle = (west + east) / 2 if vertical else (south + north) / 2
        low_index, high_index = (0, 2) if vertical else (1, 3)
        bounds = shapely.bounds(polygons)
        low = polygons[bounds[:, high_index] <= middle]
        high = polygons[bounds[:, low_index] >= middle]
        across = polygons[(bounds[:, high_index] > middle) & (bounds[:, low_index] < middle)]
        halves = (
            (box(west, south, middle, north), box(middle, south, east, north))
            if vertical
            else (box(west, south, east, middle), box(west, middle, east, north))
        )
        for whole, half in zip((low, high), halves, strict=True):
            cut = [_polygons(part) for part in shapely.intersection(across, half)] if len(across) else []
            joined = np.concatenate([whole, *cut])
            if len(joined):
                stack.append(joined)
    return sorted(pieces, key=lambda piece: (*piece.bounds, piece.wkb))


def cut_line(geometry: BaseGeometry, max_vertices: int = MAX_LINE_VERTICES) -> list[MultiLineString]:
    """Chop the lines of ``geometry`` into runs of at most ``max_vertices`` that share their end vertices."""
    runs: list[MultiLineString] = []
    for line in shapely.get_parts(geometry):
        vertices = shapely.get_coordinates(line)
        starts = range(0, max(len(vertices) - 1, 1), max_vertices - 1)
        runs.extend(MultiLineString([LineString(vertices[i : i + max_vertices])]) for i in starts)
    return runs


def _polygons(geometry: BaseGeometry) -> np.ndarray[Any, np.dtype[Any]]:
    """Return the polygons of ``geometry``, without the points and lines an overlay may leave."""
    parts = shapely.get_parts(shapely.get_parts(geometry))
    kept = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    return np.asarray(parts[kept], dtype=object)


# --- writing -----------------------------------------------------------------------------------------------


def write_atlas(path: Path, features: Iterable[Feature], limits: Iterable[Limit]) -> None:
    """Write the atlas beside ``path``, then rename it into place. The same layers give the same bytes.

    Raises
    ------
    AtlasError
        If two features share an id, a date range is reversed, or a geometry is empty, invalid, of the wrong
        type or outside ±180, ±90.
    """
    ordered_features = sorted(features, key=lambda feature: (feature.layer, feature.id))
    ordered_limits = sorted(limits, key=lambda line: (line.layer, line.kind, line.name, line.geometry.wkb))
    _check(ordered_features, ordered_limits)
    path = Path(path)
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=f".{path.name}.") as folder:
        beside = Path(folder) / "atlas.gpkg"
        connection = sqlite3.connect(beside, isolation_level=None)
        try:
            connection.execute("PRAGMA synchronous = OFF")  # a half-written file is never renamed into place
            connection.executescript(_SCHEMA)
            connection.execute("BEGIN")
            _write_features(connection, ordered_features)
            _write_limits(connection, ordered_limits)
            _write_contents(connection)
            connection.execute("INSERT INTO atlas VALUES (1, ?)", (content_sha256(connection),))
            connection.execute("COMMIT")
            for table in _SPATIAL:
                connection.executescript(_RTREE_TRIGGERS.replace("{t}", table))
            connection.execute("VACUUM")
        finally:
            connection.close()
        beside.replace(path)


def _check(features: Sequence[Feature], limits: Sequence[Limit]) -> None:
    seen: dict[str, str] = {}
    for feature in features:
        key = feature.id.lower()
        if key in seen:
            raise AtlasError(f"two features have the id {feature.id!r}; ids are unique, whatever their case")
        seen[key] = feature.id
        if feature.valid_from and feature.valid_to and feature.valid_to < feature.valid_from:
            raise AtlasError(f"{feature.id}: valid_to {feature.valid_to} is before {feature.valid_from}")
        _check_geometry(feature.id, feature.geometry, ("Polygon", "MultiPolygon"))
    for line in limits:
        _check_geometry(f"limit {line.name!r}", line.geometry, ("LineString", "MultiLineString"))
        for side in line.sides:
            if side is not None and side.lower() not in seen:
                raise AtlasError(f"limit {line.name!r} names the feature {side!r}, which is not in the atlas")


def _check_geometry(name: str, geometry: BaseGeometry, types: tuple[str, ...]) -> None:
    if geometry.geom_type not in types or geometry.is_empty:
        raise AtlasError(
            f"{name}: the geometry is {geometry.geom_type}, empty or not; it must be a {types[0]}"
        )
    west, south, east, north = geometry.bounds
    if west < -180 or east > 180 or south < -90 or north > 90:
        raise AtlasError(f"{name}: {geometry.bounds} leaves ±180, ±90; split it at the antimeridian first")
    if not shapely.is_valid(geometry):
        raise AtlasError(f"{name}: the geometry is not valid: {shapely.is_valid_reason(geometry)}")


def _write_features(connection: sqlite3.Connection, features: Sequence[Feature]) -> None:
    piece_fid = 0
    for fid, feature in enumerate(features, start=1):
        connection.execute(
            f"INSERT INTO feature VALUES ({', '.join('?' * 17)})",  # noqa: S608 - question marks only
            (fid, *_to_row(feature)),
        )
        for piece in cut_polygon(feature.geometry):
            piece_fid += 1
            west, south, east, north = piece.bounds
            connection.execute("INSERT INTO piece VALUES (?, ?, ?)", (piece_fid, _to_gp(piece), fid))
            connection.execute(
                "INSERT INTO rtree_piece_geom VALUES (?, ?, ?, ?, ?)", (piece_fid, west, east, south, north)
            )


def _write_limits(connection: sqlite3.Connection, limits: Sequence[Limit]) -> None:
    fid = 0
    for line in limits:
        for run in cut_line(line.geometry):
            fid += 1
            west, south, east, north = run.bounds
            connection.execute(
                'INSERT INTO "limit" VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
                (
                    fid,
                    _to_gp(run),
                    line.layer,
                    line.kind,
                    line.name,
                    line.basis,
                    line.accuracy_km,
                    *line.sides,
                ),
            )
            connection.execute(
                "INSERT INTO rtree_limit_geom VALUES (?, ?, ?, ?, ?)", (fid, west, east, south, north)
            )


def _write_contents(connection: sqlite3.Connection) -> None:
    for table, description in _SPATIAL.items():
        row = connection.execute(
            f"SELECT min(minx), min(miny), max(maxx), max(maxy) FROM rtree_{table}_geom"  # noqa: S608 - constants
        ).fetchone()
        connection.execute(
            "INSERT INTO gpkg_contents VALUES (?, 'features', ?, ?, ?, ?, ?, ?, ?, 4326)",
            (table, table, description, _LAST_CHANGE, *row),
        )
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4326, 0, 0)",
            (table, "MULTIPOLYGON" if table == "piece" else "MULTILINESTRING"),
        )
        connection.execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
            (table, "http://www.geopackage.org/spec120/#extension_rtree"),
        )
    for table, description in _PLAIN.items():
        connection.execute(
            "INSERT INTO gpkg_contents VALUES (?, 'attributes', ?, ?, ?, NULL, NULL, NULL, NULL, NULL)",
            (table, table, description, _LAST_CHANGE),
        )


def _to_row(feature: FeatureAttributes) -> tuple[Any, ...]:
    return (
        feature.layer,
        feature.id,
        feature.ref,
        feature.kind,
        feature.name,
        feature.state,
        feature.territory,
        json.dumps(list(feature.claimants)),
        feature.holder,
        feature.mineral,
        feature.status,
        feature.valid_from.isoformat() if feature.valid_from else None,
        feature.valid_to.isoformat() if feature.valid_to else None,
        float(feature.accuracy_km),
        feature.source,
        json.dumps(dict(feature.properties), ensure_ascii=False, sort_keys=True),
    )


def _from_row(row: Sequence[Any]) -> FeatureAttributes:
    try:
        return FeatureAttributes(
            layer=row[0],
            id=row[1],
            ref=row[2],
            kind=row[3],
            name=row[4],
            state=row[5],
            territory=row[6],
            claimants=tuple(json.loads(row[7])),
            holder=row[8],
            mineral=row[9],
            status=row[10],
            valid_from=dt.date.fromisoformat(row[11]) if row[11] else None,
            valid_to=dt.date.fromisoformat(row[12]) if row[12] else None,
            accuracy_km=row[13],
            source=row[14],
            properties=json.loads(row[15]),
        )
    except (ValueError, TypeError) as error:
        raise AtlasError(f"the atlas row of {row[1]!r} is damaged: {error}") from error


def _to_gp(geometry: BaseGeometry) -> bytes:
    return _GP_HEADER.pack(b"GP", 0, _LITTLE_ENDIAN_NO_ENVELOPE, 4326) + geometry.wkb


def _from_gp(blobs: Sequence[bytes]) -> list[BaseGeometry]:
    """Decode geometries that this module wrote: an eight-byte header, no envelope."""
    try:
        return list(shapely.from_wkb([blob[_GP_HEADER.size :] for blob in blobs])) if blobs else []
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise AtlasError(f"a geometry of the atlas is damaged: {error}") from error


def content_sha256(connection: sqlite3.Connection) -> str:
    """Return the SHA-256 over every row of the three tables, in order of fid.

    Not of the file: another SQLite version may lay out the same rows in other bytes.
    """
    digest = hashlib.sha256()
    for table in ("feature", "piece", "limit"):
        for row in connection.execute(f'SELECT * FROM "{table}" ORDER BY fid'):  # noqa: S608 - constants
            for value in row:
                data = value if isinstance(value, bytes) else repr(value).encode()
                digest.update(b"%d:" % len(data))
                digest.update(data)
    return digest.hexdigest()


# --- reading -----------------------------------------------------------------------------------------------


def default_path() -> Path:
    """Return the path of the atlas that comes with the program."""
    return data_dir("geodata") / "atlas.gpkg"


def boxes_of(geometry: BaseGeometry) -> tuple[Bounds, ...]:
    """Return the bounding boxes to look up for ``geometry``.

    One for each polygon or line up to sixteen; otherwise, and for points, one for each side of the
    meridian 0 when the geometry comes near ±180 on both sides, so that a split site does not ask for
    the whole world.
    """
    parts = shapely.get_parts(geometry)
    parts = parts[~shapely.is_empty(parts)]
    if not len(parts):
        return ()
    bounds = shapely.bounds(parts)
    if len(parts) <= 16:
        return tuple((float(w), float(s), float(e), float(n)) for w, s, e, n in bounds)
    groups = [bounds]
    if bounds[:, 0].min() < -90 and bounds[:, 2].max() > 90:
        eastern = bounds[:, 0] >= 0
        groups = [group for group in (bounds[eastern], bounds[~eastern]) if len(group)]
    return tuple(
        (
            float(group[:, 0].min()),
            float(group[:, 1].min()),
            float(group[:, 2].max()),
            float(group[:, 3].max()),
        )
        for group in groups
    )


def grow(bounds: Bounds, distance_km: float) -> tuple[Bounds, ...]:
    """Return boxes that hold every point within ``distance_km`` of the box, wrapped at ±180.

    Grows a little too far, never too little: a degree of longitude is taken at the latitude nearest to a
    pole, and a box that reaches a pole takes in every longitude.
    """
    west, south, east, north = bounds
    pad = 1.001 * distance_km / _KM_PER_DEGREE_LATITUDE
    south, north = south - pad, north + pad
    if south <= -89 or north >= 89:
        return ((-180.0, max(south, -90.0), 180.0, min(north, 90.0)),)
    across = 1.01 * distance_km / (_KM_PER_DEGREE_LONGITUDE * math.cos(math.radians(max(-south, north))))
    west, east = west - across, east + across
    if east - west >= 360:
        return ((-180.0, south, 180.0, north),)
    if west < -180:
        return ((-180.0, south, east, north), (west + 360, south, 180.0, north))
    if east > 180:
        return ((west, south, 180.0, north), (-180.0, south, east - 360, north))
    return ((west, south, east, north),)


def _close_quietly(connection: sqlite3.Connection) -> None:
    with contextlib.suppress(sqlite3.ProgrammingError):  # collected in a thread that did not open it
        connection.close()


class AtlasFile:
    """One atlas file, open for reading: an SQLite connection of its own, read-only and immutable."""

    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        # An atlas that nobody closed is closed with it: Python 3.13 warns of connections left open.
        weakref.finalize(self, _close_quietly, connection)
        self._attributes: dict[int, FeatureAttributes] = {}
        self._superseded: set[int] = set()
        self._ended: dict[str, tuple[str, ...]] = {}  # the limits that went with each superseded feature
        self.path = path

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open ``path``; raise ``AtlasError`` if there is no such file or it is not an atlas."""
        if not path.is_file():
            raise AtlasError(
                f"there is no atlas at {path}; in a checkout, build it with python -m geodata.build"
            )
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro&immutable=1", uri=True)
        try:
            (application,) = connection.execute("PRAGMA application_id").fetchone()
            tables = {
                name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            }
        except sqlite3.DatabaseError as error:
            connection.close()
            raise AtlasError(f"{path} is not a readable GeoPackage: {error}") from error
        missing = {"feature", "piece", "limit", "atlas"} - tables
        if application != _APPLICATION_ID or missing:
            connection.close()
            raise AtlasError(
                f"{path} is not an atlas: it lacks the tables {', '.join(sorted(missing)) or 'GPKG id'}"
            )
        return cls(connection, path)

    def close(self) -> None:
        """Close the file."""
        self._connection.close()

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the content, as the build stored it."""
        row = self._rows("SELECT content_sha256 FROM atlas").fetchone()
        if row is None:
            raise AtlasError(f"{self.path} has no content hash; rebuild it with python -m geodata.build")
        return str(row[0])

    def verify(self) -> None:
        """Check that the content still has the hash the build gave it; raise ``AtlasError`` if not."""
        if content_sha256(self._connection) != self.sha256:
            raise AtlasError(f"{self.path} was changed after it was built: its content hash does not match")

    def supersede(self, selectors: Sequence[Selector]) -> None:
        """Leave out from now on the features that a selector names, and the limits that end with them."""
        for start in range(0, len(selectors), 200):  # SQLite nests an OR no deeper than 1,000
            some = selectors[start : start + 200]
            where = " OR ".join(
                f"({' AND '.join(f'{column} IS ?' for column in selector)})" for selector in some
            )
            rows = self._rows(
                f"SELECT fid, id, kind FROM feature WHERE {where}",  # noqa: S608 - the library checks the columns
                [value for selector in some for value in selector.values()],
            )
            for fid, identifier, kind in rows:
                self._superseded.add(fid)
                self._ended[identifier.lower()] = LIMITS_OF.get(kind, ())

    def is_superseded(self, identifier: str) -> bool:
        """Whether the feature ``identifier`` is one that a layer above has superseded."""
        return identifier.lower() in self._ended

    def find(self, identifier: str) -> int | None:
        """Return the row number of the feature ``identifier`` (any case), superseded or not, or ``None``."""
        row = self._rows("SELECT fid FROM feature WHERE id = ?", (identifier.strip(),)).fetchone()
        return row and int(row[0])

    def fids(self, kind: str | None, ref: str | None) -> list[int]:
        """Return the row numbers of what is of this kind and reference (``None``: any) and in force."""
        rows = self._rows(
            "SELECT fid FROM feature "
            "WHERE kind = coalesce(?1, kind) AND ref = coalesce(?2, ref) COLLATE NOCASE ORDER BY fid",
            (kind, ref),
        )
        return [fid for (fid,) in rows if fid not in self._superseded]

    def touching(
        self, boxes: Iterable[Bounds], on: dt.date | None, kinds: Collection[str] | None = None
    ) -> Iterator[tuple[FeatureAttributes, BaseGeometry]]:
        """Yield each piece whose box meets one of ``boxes``; see ``Atlas.touching``."""
        found: dict[int, tuple[int, bytes]] = {}
        where, values = _in_force(on, kinds)
        for west, south, east, north in boxes:
            rows = self._rows(
                _PIECES_IN_BOX + where,
                (east, west, north, south, *values),
            )
            found.update(
                (piece, (feature, blob)) for piece, feature, blob in rows if feature not in self._superseded
            )
        ordered = [found[piece] for piece in sorted(found)]
        attributes = self.attributes_of([feature for feature, _ in ordered])
        yield from zip(attributes, _from_gp([blob for _, blob in ordered]), strict=True)

    def limits(self, boxes: Iterable[Bounds], kinds: Collection[str] | None = None) -> Iterator[Limit]:
        """Yield every run of a limit whose box meets one of ``boxes``, each once."""
        found: dict[int, tuple[Any, ...]] = {}
        where = f" AND kind IN ({', '.join('?' * len(kinds))})" if kinds is not None else ""
        for west, south, east, north in boxes:
            rows = self._rows(
                _LIMITS_IN_BOX + where,
                (east, west, north, south, *(kinds or ())),
            )
            found.update((row[0], row[1:]) for row in rows)
        ordered = [found[fid] for fid in sorted(found) if not self._has_ended(found[fid])]
        for row, geometry in zip(ordered, _from_gp([row[0] for row in ordered]), strict=True):
            _, layer, kind, name, basis, accuracy_km, left, right = row
            yield Limit(
                layer=layer,
                kind=kind,
                name=name,
                geometry=geometry,
                basis=basis,
                accuracy_km=accuracy_km,
                sides=(left, right),
            )

    def _has_ended(self, row: Sequence[Any]) -> bool:
        _, _, kind, _, _, _, left, right = row
        return any(side is not None and kind in self._ended.get(side.lower(), ()) for side in (left, right))

    def _rows(self, sql: str, values: Sequence[Any] = ()) -> sqlite3.Cursor:
        try:
            return self._connection.execute(sql, values)
        except sqlite3.DatabaseError as error:
            raise AtlasError(f"{self.path} cannot be read: {error}") from error

    def attributes_of(self, fids: Sequence[int]) -> list[FeatureAttributes]:
        """Return the attributes of the features in these rows: always the same object for the same row."""
        missing = sorted(set(fids) - self._attributes.keys())
        for start in range(0, len(missing), 500):
            some = missing[start : start + 500]
            rows = self._rows(
                f"SELECT * FROM feature WHERE fid IN ({', '.join('?' * len(some))})",  # noqa: S608 - question marks only
                some,
            )
            self._attributes.update((row[0], _from_row(row[1:])) for row in rows)
        return [self._attributes[fid] for fid in fids]

    def whole(self, fid: int) -> Feature:
        """Return the feature in this row with its whole shape."""
        (attributes,) = self.attributes_of([fid])
        blobs = [
            blob for (blob,) in self._rows("SELECT geom FROM piece WHERE feature = ? ORDER BY fid", (fid,))
        ]
        pieces = _from_gp(blobs)
        whole = pieces[0] if len(pieces) == 1 else shapely.union_all(pieces)
        parts = shapely.get_parts(whole)
        return Feature(
            geometry=parts[0] if len(parts) == 1 else whole,
            **{name: getattr(attributes, name) for name in _ATTRIBUTE_NAMES},
        )

    def ids(self) -> list[str]:
        """Return the ids of the features in force, by layer and id."""
        rows = self._rows("SELECT fid, id FROM feature ORDER BY fid")
        return [str(identifier) for fid, identifier in rows if fid not in self._superseded]


class Atlas:
    """The layers, open for reading: an atlas file and, above it, those that supersede parts of it.

    Each file has an SQLite connection of its own; use an atlas in the thread that opened it (SQLite refuses
    others) and open another one elsewhere. Usable as a context manager. ``warnings`` says which of the
    user's layers were left aside, and why.
    """

    def __init__(
        self,
        base: AtlasFile,
        above: Sequence[tuple[AtlasFile, Sequence[Selector]]] = (),
        warnings: Sequence[str] = (),
    ) -> None:
        self.path = base.path
        self.warnings = tuple(warnings)
        self._files = (base, *(file for file, _ in above))
        for index, below in enumerate(self._files):
            below.supersede([selector for _, selectors in above[index:] for selector in selectors])
        self._heirs: dict[tuple[str, str | None, str | None], str | None] = {}

    @classmethod
    def open(
        cls, path: Path | None = None, *, bundled_only: bool = False, without: str | None = None
    ) -> Self:
        """Open ``path`` alone, or the atlas that comes with the program under the user's layers.

        A layer of the user's that is missing or damaged is left aside; ``warnings`` says so. With
        ``bundled_only`` all of them are, and the one of the id ``without``.

        Raises
        ------
        AtlasError
            If there is no such file or it is not an atlas.
        """
        base = AtlasFile.open(Path(path) if path is not None else default_path())
        if path is not None or bundled_only:
            return cls(base)
        layers, warnings = layers_in_force()
        above: list[tuple[AtlasFile, Sequence[Selector]]] = []
        for layer in layers:
            if layer.id == without:
                continue
            try:
                above.append((AtlasFile.open(layer.path), layer.supersedes))
            except AtlasError as error:
                warnings.append(left_aside(layer.id, str(error)))
        return cls(base, above, warnings)

    def close(self) -> None:
        """Close the files."""
        for file in self._files:
            file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @cached_property
    def sha256(self) -> str:
        """The SHA-256 of the content, as the build stored it, or over those of all files in force.

        Read, not computed: hashing costs more than a whole check. ``verify`` computes it.
        """
        hashes = [file.sha256 for file in self._files]
        return hashes[0] if len(hashes) == 1 else hashlib.sha256("\n".join(hashes).encode()).hexdigest()

    def verify(self) -> None:
        """Check that each content still has the hash its build gave it; raise ``AtlasError`` if not."""
        for file in self._files:
            file.verify()

    def feature(self, identifier: str, *, superseded: bool = False) -> Feature:
        """Return the feature ``identifier`` (any case) with its whole shape.

        A shape of one piece has exactly the vertices it was built with; one of several is their union.
        With ``superseded``, a feature that a layer above put out of force is found as well.

        Raises
        ------
        AtlasError
            If there is none; the message suggests the nearest ids.
        """
        file, fid = self._find(identifier, superseded=superseded)
        return file.whole(fid)

    def features(self, *, kind: str | None = None, ref: str | None = None) -> Iterator[Feature]:
        """Yield whole features of one kind, with one ``ref`` (any case), or both, by file, layer and id."""
        for file in self._files:
            for fid in file.fids(kind, ref):
                yield file.whole(fid)

    def attributes(self, *, kind: str | None = None, ref: str | None = None) -> list[FeatureAttributes]:
        """Return what ``features`` yields, without decoding any shape."""
        return [one for file in self._files for one in file.attributes_of(file.fids(kind, ref))]

    def attributes_of(self, identifier: str) -> FeatureAttributes:
        """Return the attributes of the feature ``identifier`` (any case) without decoding its shape."""
        file, fid = self._find(identifier)
        return file.attributes_of([fid])[0]

    def touching(
        self, boxes: Iterable[Bounds], on: dt.date | None, kinds: Collection[str] | None = None
    ) -> Iterator[tuple[FeatureAttributes, BaseGeometry]]:
        """Yield each piece whose box meets one of ``boxes`` (west, south, east, north in degrees).

        Each piece comes once, ordered by file, layer and id, with the attributes of its feature: the same
        object for every piece of a feature. ``on`` keeps what is in force that day (``None``: everything),
        ``kinds`` keeps only these kinds.
        """
        boxes = list(boxes)
        for file in self._files:
            yield from file.touching(boxes, on, kinds)

    def near(
        self,
        boxes: Iterable[Bounds],
        distance_km: float,
        on: dt.date | None,
        kinds: Collection[str] | None = None,
    ) -> Iterator[tuple[FeatureAttributes, BaseGeometry]]:
        """Yield, as ``touching`` does, every piece that may lie within ``distance_km`` of ``boxes``."""
        return self.touching([grown for one in boxes for grown in grow(one, distance_km)], on, kinds)

    def limits_near(
        self, boxes: Iterable[Bounds], distance_km: float = 0.0, kinds: Collection[str] | None = None
    ) -> Iterator[Limit]:
        """Yield every run of a limit that may lie within ``distance_km`` of ``boxes``, each once.

        A side that is superseded, or not in the file of the limit, is named by the zone that now holds there.
        """
        grown = [part for one in boxes for part in grow(one, distance_km)]
        for file in self._files:
            limits = file.limits(grown, kinds)
            yield from limits if len(self._files) == 1 else (self._with_heirs(file, line) for line in limits)

    def _find(self, identifier: str, *, superseded: bool = False) -> tuple[AtlasFile, int]:
        """Look into the uppermost file first, so that an imported feature hides a bundled one of its id."""
        out_of_force: tuple[AtlasFile, int] | None = None
        for file in reversed(self._files):
            fid = file.find(identifier)
            if fid is not None and not file.is_superseded(identifier.strip()):
                return file, fid
            if fid is not None and out_of_force is None:
                out_of_force = file, fid
        if not superseded or out_of_force is None:
            self._unknown(identifier)
        return out_of_force

    def _with_heirs(self, file: AtlasFile, line: Limit) -> Limit:
        left, right = line.sides
        left, right = self._heir(file, left, right), self._heir(file, right, left)
        if line.kind == "12M" and left is not None and left == right:
            # A territorial sea that was imported alone: beyond its limit lies the shelf of the same State.
            zone = self.attributes_of(left)
            right = self._zone_of("continental_shelf", zone.state, zone.territory) or right
        return line if (left, right) == line.sides else replace(line, sides=(left, right))

    def _heir(self, file: AtlasFile, side: str | None, other: str | None) -> str | None:
        """Return who now holds the place of a superseded ``side``; ``other`` if its owner has no zone."""
        fid = file.find(side) if side is not None and file.is_superseded(side) else None
        if fid is None:
            return side
        zone = file.attributes_of([fid])[0]
        return self._zone_of(zone.kind, zone.state, zone.territory) or other

    def _zone_of(self, kind: str, state: str | None, territory: str | None) -> str | None:
        """Return the id of the zone of this kind and owner, one that nobody else claims for choice."""
        key = (kind, state, territory)
        if key not in self._heirs:
            alike = [one for one in self.attributes(kind=kind) if (one.state, one.territory) == key[1:]]
            ranked = sorted(alike, key=lambda one: (len(one.claimants), one.id))
            self._heirs[key] = ranked[0].id if ranked else None
        return self._heirs[key]

    def _unknown(self, identifier: str) -> NoReturn:
        ids = [known for file in self._files for known in file.ids()]
        by_key: dict[str, str] = {}
        for known in ids:
            by_key.setdefault(known.lower(), known)
            by_key.setdefault(known.lower().partition(":")[2], known)
        close = difflib.get_close_matches(identifier.strip().lower()[:80], list(by_key), n=5, cutoff=0.6)
        suggestions = list(dict.fromkeys(by_key[key] for key in close))
        hint = (
            f"did you mean {', '.join(suggestions)}?"
            if suggestions
            else f"ids look like {ids[0] if ids else ''}"
        )
        raise AtlasError(f"the atlas has no feature {identifier!r}; {hint}")


_PIECES_IN_BOX = """
SELECT piece.fid, piece.feature, piece.geom FROM rtree_piece_geom AS r
JOIN piece ON piece.fid = r.id JOIN feature ON feature.fid = piece.feature
WHERE r.minx <= ? AND r.maxx >= ? AND r.miny <= ? AND r.maxy >= ?"""

_LIMITS_IN_BOX = """
SELECT l.fid, l.geom, l.layer, l.kind, l.name, l.basis, l.accuracy_km, l.side_left, l.side_right
FROM rtree_limit_geom AS r JOIN "limit" AS l ON l.fid = r.id
WHERE r.minx <= ? AND r.maxx >= ? AND r.miny <= ? AND r.maxy >= ?"""


def _in_force(on: dt.date | None, kinds: Collection[str] | None) -> tuple[str, list[str]]:
    where, values = "", []
    if on is not None:
        where += (
            " AND coalesce(feature.valid_from, '') <= ? AND coalesce(feature.valid_to, '9999-12-31') >= ?"
        )
        values += [on.isoformat(), on.isoformat()]
    if kinds is not None:
        where += f" AND feature.kind IN ({', '.join('?' * len(kinds))})"
        values += sorted(kinds)
    return where, values


# --- the GeoPackage ----------------------------------------------------------------------------------------

_SPATIAL = {
    "piece": "polygons of the features, cut into pieces; join feature = feature.fid",
    "limit": "limits between zones, chopped",
}
_PLAIN = {
    "feature": "what each feature is, whose, and from when to when",
    "atlas": "SHA-256 of the content",
}

# OGC 12-128r18: core tables (7), features (2.1), extensions (F), R-tree index (F.3).
_SCHEMA = """
PRAGMA page_size = 32768;
PRAGMA application_id = 1196444487;
PRAGMA user_version = 10300;
CREATE TABLE gpkg_spatial_ref_sys (
  srs_name TEXT NOT NULL, srs_id INTEGER PRIMARY KEY, organization TEXT NOT NULL,
  organization_coordsys_id INTEGER NOT NULL, definition TEXT NOT NULL, description TEXT);
INSERT INTO gpkg_spatial_ref_sys VALUES
  ('Undefined Cartesian SRS', -1, 'NONE', -1, 'undefined', 'undefined Cartesian coordinate reference system'),
  ('Undefined geographic SRS', 0, 'NONE', 0, 'undefined', 'undefined geographic coordinate reference system'),
  ('WGS 84 geodetic', 4326, 'EPSG', 4326,
   'GEOGCS["WGS 84",DATUM["WGS_1984",SPHEROID["WGS 84",6378137,298.257223563,AUTHORITY["EPSG","7030"]],'
   || 'AUTHORITY["EPSG","6326"]],PRIMEM["Greenwich",0,AUTHORITY["EPSG","8901"]],'
   || 'UNIT["degree",0.0174532925199433,AUTHORITY["EPSG","9122"]],AUTHORITY["EPSG","4326"]]',
   'longitude/latitude in degrees on WGS 84');
CREATE TABLE gpkg_contents (
  table_name TEXT NOT NULL PRIMARY KEY, data_type TEXT NOT NULL, identifier TEXT UNIQUE,
  description TEXT DEFAULT '',
  last_change DATETIME NOT NULL DEFAULT (strftime('%Y-%m-%dT%H:%M:%fZ','now')),
  min_x DOUBLE, min_y DOUBLE, max_x DOUBLE, max_y DOUBLE, srs_id INTEGER,
  CONSTRAINT fk_gc_r_srs_id FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys(srs_id));
CREATE TABLE gpkg_geometry_columns (
  table_name TEXT NOT NULL, column_name TEXT NOT NULL, geometry_type_name TEXT NOT NULL,
  srs_id INTEGER NOT NULL, z TINYINT NOT NULL, m TINYINT NOT NULL,
  CONSTRAINT pk_geom_cols PRIMARY KEY (table_name, column_name),
  CONSTRAINT uk_gc_table_name UNIQUE (table_name),
  CONSTRAINT fk_gc_tn FOREIGN KEY (table_name) REFERENCES gpkg_contents(table_name),
  CONSTRAINT fk_gc_srs FOREIGN KEY (srs_id) REFERENCES gpkg_spatial_ref_sys (srs_id));
CREATE TABLE gpkg_extensions (
  table_name TEXT, column_name TEXT, extension_name TEXT NOT NULL, definition TEXT NOT NULL,
  scope TEXT NOT NULL, CONSTRAINT ge_tce UNIQUE (table_name, column_name, extension_name));
CREATE TABLE feature (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, layer TEXT NOT NULL,
  id TEXT NOT NULL UNIQUE COLLATE NOCASE, ref TEXT NOT NULL COLLATE NOCASE, kind TEXT NOT NULL,
  name TEXT NOT NULL, state TEXT, territory TEXT, claimants TEXT NOT NULL, holder TEXT, mineral TEXT,
  status TEXT, valid_from DATE, valid_to DATE, accuracy_km DOUBLE NOT NULL, source TEXT NOT NULL,
  properties TEXT NOT NULL);
CREATE TABLE piece (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom MULTIPOLYGON NOT NULL,
  feature INTEGER NOT NULL REFERENCES feature(fid));
CREATE INDEX piece_feature ON piece (feature);
CREATE TABLE "limit" (
  fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, geom MULTILINESTRING NOT NULL, layer TEXT NOT NULL,
  kind TEXT NOT NULL, name TEXT NOT NULL, basis TEXT NOT NULL, accuracy_km DOUBLE NOT NULL,
  side_left TEXT, side_right TEXT);
CREATE TABLE atlas (fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL, content_sha256 TEXT NOT NULL);
CREATE VIRTUAL TABLE rtree_piece_geom USING rtree(id, minx, maxx, miny, maxy);
CREATE VIRTUAL TABLE rtree_limit_geom USING rtree(id, minx, maxx, miny, maxy);
"""

_RTREE_TRIGGERS = """
CREATE TRIGGER rtree_{t}_geom_insert AFTER INSERT ON "{t}"
  WHEN (NEW.geom NOT NULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN INSERT OR REPLACE INTO rtree_{t}_geom VALUES
  (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER rtree_{t}_geom_update1 AFTER UPDATE OF geom ON "{t}"
  WHEN OLD.fid = NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN INSERT OR REPLACE INTO rtree_{t}_geom VALUES
  (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER rtree_{t}_geom_update2 AFTER UPDATE OF geom ON "{t}"
  WHEN OLD.fid = NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
BEGIN DELETE FROM rtree_{t}_geom WHERE id = OLD.fid; END;
CREATE TRIGGER rtree_{t}_geom_update3 AFTER UPDATE ON "{t}"
  WHEN OLD.fid != NEW.fid AND (NEW.geom NOTNULL AND NOT ST_IsEmpty(NEW.geom))
BEGIN DELETE FROM rtree_{t}_geom WHERE id = OLD.fid;
  INSERT OR REPLACE INTO rtree_{t}_geom VALUES
  (NEW.fid, ST_MinX(NEW.geom), ST_MaxX(NEW.geom), ST_MinY(NEW.geom), ST_MaxY(NEW.geom)); END;
CREATE TRIGGER rtree_{t}_geom_update4 AFTER UPDATE ON "{t}"
  WHEN OLD.fid != NEW.fid AND (NEW.geom ISNULL OR ST_IsEmpty(NEW.geom))
BEGIN DELETE FROM rtree_{t}_geom WHERE id IN (OLD.fid, NEW.fid); END;
CREATE TRIGGER rtree_{t}_geom_delete AFTER DELETE ON "{t}" WHEN old.geom NOT NULL
BEGIN DELETE FROM rtree_{t}_geom WHERE id = OLD.fid; END;
"""
