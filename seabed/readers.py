"""File and text formats a site may come in, read into plain coordinate arrays.

Nothing here judges or repairs geometry: ``seabed.site`` does. Everything read is hostile until proven
otherwise, so sizes are bounded, XML entities and archives that escape or explode are refused, and no format
may reach for another file or the network.

Accepted: GeoJSON, WKT and EWKT, KML and KMZ, GeoPackage, Shapefile (plain or zipped), CSV, typed coordinates.
"""

from __future__ import annotations

import csv
import io
import json
import re
import stat
import tempfile
import warnings
import zipfile
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely.geometry import LineString, MultiLineString, MultiPoint, MultiPolygon, Point, Polygon

from seabed.coordinates import parse_angle, read_typed
from seabed.errors import MissingExtraError, SiteError
from seabed.geodesy import EdgeKind
from seabed.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from xml.etree.ElementTree import Element

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Coordinates = NDArray[np.float64]

ACCEPTED = (
    "GeoJSON, WKT, KML or KMZ, GeoPackage, Shapefile (plain or zipped), CSV with lon and lat columns, "
    "or coordinates such as 11°30'N 117°02'W"
)
MOST_BYTES = 50 * 2**20
MOST_FEATURES = 10_000
MOST_VERTICES = 200_000
_MOST_ENTRIES = 50
_MOST_RATIO = 200
_DEEPEST = 12

_WKT = re.compile(
    r"\s*(?:SRID\s*=\s*(?P<srid>[0-9]{1,6})\s*;\s*)?"
    r"(?P<wkt>(?:POINT|LINESTRING|LINEARRING|POLYGON|MULTIPOINT|MULTILINESTRING|MULTIPOLYGON|GEOMETRYCOLLECTION"
    r"|CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE|TRIANGLE|TIN|POLYHEDRALSURFACE)"
    r"\s*(?:Z|M|ZM)?\s*(?:\(|EMPTY).*)",
    re.IGNORECASE | re.DOTALL,
)
_CRS_NAME = re.compile(r"(?:urn:ogc:def:crs:)?(EPSG|OGC):[0-9.]*:?([A-Za-z0-9]{1,8})", re.IGNORECASE)


@dataclass(frozen=True)
class Raw:
    """One feature as it stood in the file: (n, 2) arrays of lon, lat.

    ``corners`` are positions in order that may mean a polygon or points: typed coordinates and CSV rows.
    """

    polygons: tuple[tuple[Coordinates, ...], ...] = ()
    lines: tuple[Coordinates, ...] = ()
    points: tuple[Coordinates, ...] = ()
    corners: tuple[Coordinates, ...] = ()
    name: str | None = None


@dataclass(frozen=True)
class Reading:
    """Everything one file or text held."""

    kind: str
    features: tuple[Raw, ...]
    edges: EdgeKind = EdgeKind.UNSTATED
    notes: tuple[str, ...] = field(default=())


# --------------------------------------------------------------------------------------- what is it?


def read_text(text: str) -> Reading:
    """Read GeoJSON, WKT, KML, CSV or typed coordinates.

    Raises
    ------
    SiteError
        If the text is none of these, or not a sound one.
    """
    if len(text) > MOST_BYTES:
        raise SiteError(f"the text is longer than {MOST_BYTES // 2**20} MB")
    start = text.lstrip("\ufeff \t\r\n")
    if not start:
        raise SiteError(f"the site is empty; give {ACCEPTED}")
    if start[0] in "{[":
        return read_geojson(start)
    if start[0] == "<":
        return read_kml(start.encode())
    if match := _WKT.fullmatch(start):
        return read_wkt(match["wkt"], int(match["srid"]) if match["srid"] else None)
    table = _table(start)
    return read_csv(table) if table else _read_typed(start)


def read_path(path: Path) -> Reading:
    """Read a file, going by what is in it rather than by its name.

    Raises
    ------
    SiteError
        If it is too large, no regular file, or of no accepted kind.
    MissingExtraError
        If its kind needs an optional dependency.
    """
    status = path.stat()
    if not stat.S_ISREG(status.st_mode):
        raise SiteError(f"{str(path)!r} is not a file; name the file that holds the site")
    _check_size(status.st_size, path.name)
    with path.open("rb") as file:
        start = file.read(100)
    if start.startswith(b"PK\x03\x04"):
        return _read_zip(path)
    if start.startswith(b"SQLite format 3\x00"):
        if start[68:72] not in {b"GPKG", b"GP10", b"GP11"}:
            raise SiteError(f"{path.name} is an SQLite database but not a GeoPackage; give {ACCEPTED}")
        return _read_vector(path, "GeoPackage")
    if start.startswith(b"\x00\x00\x27\x0a"):
        if path.suffix.lower() != ".shp":
            raise SiteError(f"{path.name} is a part of a Shapefile; name the .shp file beside it")
        return _read_shapefile(path)
    if path.suffix.lower() in {".shx", ".dbf", ".prj", ".cpg"}:
        raise SiteError(f"{path.name} is a part of a Shapefile; name the .shp file beside it")
    data = path.read_bytes()
    if data.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"<"):
        return read_kml(data)
    try:
        return read_text(_decoded(data, path.name))
    except SiteError as error:
        raise SiteError(f"{path.name}: {error}") from None


def _decoded(data: bytes, name: str) -> str:
    if b"\x00" in data[:1000] and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SiteError(f"this is no text and no kind of file that is known here; give {ACCEPTED}")
    encodings = ["utf-16"] if data.startswith((b"\xff\xfe", b"\xfe\xff")) else ["utf-8-sig", "cp1252"]
    for encoding in encodings:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise SiteError(f"{name} is in no encoding that is known here; save it as UTF-8")


def _check_size(size: int, name: str) -> None:
    if size > MOST_BYTES:
        raise SiteError(f"{name} has {size / 2**20:,.0f} MB; at most {MOST_BYTES // 2**20} MB are read")
    if size == 0:
        raise SiteError(f"{name} is empty")


def _check_count(count: int) -> None:
    if count > MOST_FEATURES:
        raise SiteError(f"more than {MOST_FEATURES:,} features; give only those that make up the site")


# ------------------------------------------------------------------------------------------- GeoJSON


def read_geojson(text: str) -> Reading:
    """Read a geometry, Feature or FeatureCollection; edges are straight in lon/lat (RFC 7946 s. 3.1.1).

    A ``crs`` member, which RFC 7946 dropped, is honoured if it names an EPSG code or OGC:CRS84.
    """
    try:
        document = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except RecursionError:
        raise SiteError("the GeoJSON is nested too deeply") from None
    except ValueError as error:
        raise SiteError(f"this is not sound JSON: {error}") from None
    if not isinstance(document, dict):
        raise SiteError("the GeoJSON must be an object with a type: a geometry, Feature or FeatureCollection")
    notes: list[str] = []
    features: list[Raw] = []
    members = document.get("features") if document.get("type") == "FeatureCollection" else [document]
    if not isinstance(members, list):
        raise SiteError("the FeatureCollection has no list of features")
    _check_count(len(members))
    for number, member in enumerate(members, start=1):
        where = f"feature {number}" if len(members) > 1 else "the GeoJSON"
        if not isinstance(member, dict):
            raise SiteError(f"{where} is not an object")
        geometry: object = member
        name = None
        if member.get("type") == "Feature":
            geometry, name = member.get("geometry"), _feature_name(member)
            if geometry is None:
                left_out = _("feature {number} has no geometry and was left out").format(number=number)
                notes.append(
                    left_out if len(members) > 1 else _("the GeoJSON has no geometry and was left out")
                )
                continue
        reader = _GeoJson(where)
        reader.geometry(geometry, depth=0)
        notes += [_("heights were dropped")] * reader.has_height
        features.append(reader.raw(name))
    reading = Reading("GeoJSON", tuple(features), EdgeKind.PARALLEL_MERIDIAN, _once(notes))
    return _in_stated_crs(reading, document["crs"]) if document.get("crs") is not None else reading


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        keys = [key for key, _ in pairs]
        twice = next(key for key in keys if keys.count(key) > 1)
        raise SiteError(f"the GeoJSON has the key {_quoted(twice)} twice in one object")
    return result


def _no_constant(token: str) -> float:
    raise SiteError(f"the GeoJSON has {token} for a number; every coordinate must be finite")


def _feature_name(feature: dict[str, Any]) -> str | None:
    properties = feature.get("properties")
    if not isinstance(properties, dict):
        return None
    by_key = {key.lower(): value for key, value in properties.items()}
    return _clean_name(by_key.get("name") or by_key.get("title"))


def _clean_name(name: object) -> str | None:
    if not isinstance(name, str):
        return None
    return "".join(c for c in " ".join(name.split()) if c.isprintable())[:200] or None


class _GeoJson:
    """Collects the coordinates of one GeoJSON geometry."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.polygons: list[tuple[Coordinates, ...]] = []
        self.lines: list[Coordinates] = []
        self.points: list[Coordinates] = []
        self.has_height = False

    def raw(self, name: str | None) -> Raw:
        return Raw(tuple(self.polygons), tuple(self.lines), tuple(self.points), name=name)

    def geometry(self, geometry: object, depth: int) -> None:
        kind = geometry.get("type") if isinstance(geometry, dict) else None
        if not isinstance(geometry, dict) or not isinstance(kind, str):
            raise SiteError(f"{self.where} is no GeoJSON geometry: it has no type")
        if depth > _DEEPEST:
            raise SiteError(f"{self.where} nests collections too deeply")
        if kind == "GeometryCollection":
            for member in self._list(geometry.get("geometries"), "geometries"):
                self.geometry(member, depth + 1)
            return
        found = geometry.get("coordinates")
        single = kind.removeprefix("Multi")
        members = [found] if single == kind else self._list(found)
        if single == "Point":
            self.points.append(self._positions(members))
        elif single == "LineString":
            self.lines += [self._positions(line) for line in members]
        elif single == "Polygon":
            self.polygons += [tuple(self._positions(ring) for ring in self._list(rings)) for rings in members]
        else:
            raise SiteError(f"{self.where} has the type {_quoted(kind)}, which GeoJSON does not know")

    def _list(self, value: object, what: str = "coordinates") -> list[Any]:
        if not isinstance(value, list):
            raise SiteError(f"{self.where} has no list of {what} where one belongs")
        return value

    def _positions(self, positions: object) -> Coordinates:
        result = np.empty((len(self._list(positions)), 2))
        for number, position in enumerate(self._list(positions)):
            if (
                not isinstance(position, list)
                or len(position) < 2
                or not all(type(value) in {int, float} for value in position)
            ):
                raise SiteError(f"{self.where}: position {number + 1} is {_quoted(position)}, not [lon, lat]")
            try:
                result[number] = position[:2]
            except OverflowError:
                raise SiteError(f"{self.where}: position {number + 1} is too large a number") from None
            self.has_height |= len(position) > 2
        return result


def _in_stated_crs(reading: Reading, crs: object) -> Reading:
    name = None
    if isinstance(crs, dict) and isinstance(crs.get("properties"), dict):
        name = crs["properties"].get("name")
    match = _CRS_NAME.fullmatch(name) if isinstance(name, str) else None
    if match is None:
        raise SiteError(
            "the crs member names no EPSG code; remove it if the coordinates are lon, lat on WGS 84"
        )
    return _to_wgs84(reading, f"{match[1].upper()}:{match[2].upper()}")


# ---------------------------------------------------------------------------------------------- WKT


def read_wkt(text: str, srid: int | None = None) -> Reading:
    """Read well-known text; an EWKT SRID other than 4326 is transformed."""
    depth = deepest = 0
    for character in text:
        depth += (character == "(") - (character == ")")
        deepest = max(deepest, depth)
    if deepest > _DEEPEST:
        raise SiteError("the WKT is nested too deeply")
    closed = (
        re.sub(r"\(([^()]*)\)", _closed, text)
        if re.search("POLYGON|LINEARRING", text, re.IGNORECASE)
        else text
    )
    try:
        with np.errstate(invalid="ignore"):  # NaN is refused with its position later on
            geometry = shapely.from_wkt(closed)
    except NotImplementedError:
        raise SiteError("curved edges are not taken; give a polygon with straight ones") from None
    except shapely.errors.ShapelyError as error:
        raise SiteError(f"this is not sound WKT: {str(error).splitlines()[0][:200]}") from None
    notes = [_("an open ring was closed")] if closed != text else []
    notes += [_("heights or measures were dropped")] * (
        geometry.has_z or bool(getattr(geometry, "has_m", False))
    )
    reading = Reading("WKT", (raw_from_shapely(geometry),), notes=tuple(notes))
    return reading if srid in {None, 0, 4326} else _to_wgs84(reading, f"EPSG:{srid}")


def _closed(match: re.Match[str]) -> str:
    positions = [position.strip() for position in match[1].split(",")]
    if len(positions) < 3 or positions[0] == positions[-1]:
        return match[0]
    try:
        first, last = ([float(number) for number in positions[end].split()] for end in (0, -1))
    except ValueError:
        return match[0]
    return match[0] if first == last else f"({match[1]}, {positions[0]})"


def raw_from_shapely(geometry: BaseGeometry, name: str | None = None) -> Raw:
    """Take a shapely geometry apart."""
    polygons: list[tuple[Coordinates, ...]] = []
    lines: list[Coordinates] = []
    points: list[Coordinates] = []
    for part in _parts(geometry):
        if isinstance(part, Polygon):
            polygons.append(tuple(shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)))
        elif isinstance(part, LineString):
            lines.append(shapely.get_coordinates(part))
        elif isinstance(part, Point):
            points.append(shapely.get_coordinates(part))
        else:
            raise SiteError(f"a {part.geom_type} is not taken; give polygons or points")
    return Raw(tuple(polygons), tuple(lines), tuple(points), name=name)


def _parts(geometry: BaseGeometry) -> Iterator[BaseGeometry]:
    if geometry.is_empty:
        return
    if isinstance(geometry, MultiPolygon | MultiLineString | MultiPoint | shapely.GeometryCollection):
        for part in geometry.geoms:
            yield from _parts(part)
    else:
        yield geometry


# --------------------------------------------------------------------------------------- KML and KMZ


def read_kml(data: bytes) -> Reading:
    """Read the polygons, lines and points of all placemarks; extensions and links are left aside."""
    try:
        from defusedxml import DefusedXmlException  # noqa: PLC0415 - an optional extra
        from defusedxml.ElementTree import ParseError, fromstring  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError("reading KML", "kml") from None
    try:
        root = fromstring(data, forbid_dtd=True)
    except DefusedXmlException:
        raise SiteError(
            "the XML declares a document type or entities, which are refused; save it as plain KML"
        ) from None
    except (ParseError, ValueError, LookupError) as error:
        raise SiteError(f"this is not sound XML: {error}") from None
    if _tag(root) != "kml":
        raise SiteError(f"this XML is <{_tag(root)[:40]}>, not KML; give {ACCEPTED}")
    placemarks = [element for element in root.iter() if _tag(element) == "Placemark"]
    _check_count(len(placemarks))
    notes = [_("network links were not followed")] * any(
        _tag(element) == "NetworkLink" for element in root.iter()
    )
    features = tuple(_placemark(placemark, notes) for placemark in placemarks)
    return Reading("KML", features, notes=_once(notes))


def _tag(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _children(element: Element, tag: str) -> list[Element]:
    return [child for child in element if _tag(child) == tag]


def _placemark(placemark: Element, notes: list[str]) -> Raw:
    polygons: list[tuple[Coordinates, ...]] = []
    in_polygons: set[int] = set()
    lines: list[Coordinates] = []
    points: list[Coordinates] = []
    for element in placemark.iter():
        match _tag(element):
            case "Polygon":
                in_polygons.update(id(inner) for inner in element.iter())
                boundaries = [
                    b for tag in ("outerBoundaryIs", "innerBoundaryIs") for b in _children(element, tag)
                ]
                if not _children(element, "outerBoundaryIs"):
                    raise SiteError("a KML Polygon has no outerBoundaryIs")
                rings = [ring for boundary in boundaries for ring in _children(boundary, "LinearRing")]
                polygons.append(tuple(_kml_coordinates(ring, notes) for ring in rings))
            case "LinearRing" if id(element) not in in_polygons:
                polygons.append((_kml_coordinates(element, notes),))
            case "LineString":
                lines.append(_kml_coordinates(element, notes))
            case "Point":
                points.append(_kml_coordinates(element, notes))
            case _:
                pass
    name = next((_clean_name(child.text) for child in _children(placemark, "name")), None)
    return Raw(tuple(polygons), tuple(lines), tuple(points), name=name)


def _kml_coordinates(element: Element, notes: list[str]) -> Coordinates:
    text = " ".join(child.text or "" for child in _children(element, "coordinates"))
    positions: list[tuple[float, float]] = []
    for position in re.sub(r"\s*,\s*", ",", text).split():
        numbers = position.split(",")
        try:
            positions.append((float(numbers[0]), float(numbers[1])))
        except (ValueError, IndexError):
            raise SiteError(f"the KML has {_quoted(position)} where lon,lat[,height] belongs") from None
        if len(numbers) > 2 and numbers[2] not in {"0", "0.0"}:
            notes.append(_("heights were dropped"))
    return np.array(positions, dtype=float).reshape(-1, 2)


def _read_zip(path: Path) -> Reading:
    """Read a KMZ or a zipped Shapefile."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = safe_members(archive)
            names = [member.filename for member in members]
            if kml := [name for name in names if name.lower().endswith(".kml")]:
                chosen = next((name for name in kml if PurePosixPath(name).name.lower() == "doc.kml"), kml[0])
                return read_kml(archive.read(chosen))
            shapes = [name for name in names if name.lower().endswith(".shp")]
            if len(shapes) == 1:
                return _read_zipped_shapefile(archive, shapes[0], names)
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise SiteError(f"{path.name} is not a sound zip archive: {error}") from None
    if shapes:
        raise SiteError(f"{path.name} holds {len(shapes)} Shapefiles; zip only the one that is the site")
    raise SiteError(f"{path.name} holds neither a .kml nor a .shp file; give {ACCEPTED}")


def safe_members(
    archive: zipfile.ZipFile, *, most_entries: int = _MOST_ENTRIES, most_bytes: int = MOST_BYTES
) -> list[zipfile.ZipInfo]:
    """Return the files of an archive; raise ``SiteError`` if it escapes, explodes or is encrypted."""
    members = [member for member in archive.infolist() if not member.is_dir()]
    if len(members) > most_entries:
        raise SiteError(f"the archive has {len(members):,} entries; at most {most_entries} are taken")
    if sum(member.file_size for member in members) > most_bytes:
        raise SiteError(f"the archive unpacks to more than {most_bytes // 2**20} MB")
    for member in members:
        parts = PurePosixPath(member.filename.replace("\\", "/")).parts
        if ".." in parts or member.filename.startswith(("/", "\\")) or ":" in member.filename:
            raise SiteError(f"the archive has an entry that points outside it: {_quoted(member.filename)}")
        if member.flag_bits & 0x1:
            raise SiteError("the archive is encrypted; give it without a password")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise SiteError(f"the archive has a symbolic link: {_quoted(member.filename)}")
        if member.file_size > 2**20 and member.file_size > _MOST_RATIO * member.compress_size:
            raise SiteError(
                f"the archive's entry {_quoted(member.filename)} unpacks to over {_MOST_RATIO} times its size"
            )
    return members


# -------------------------------------------------------------------------- GeoPackage and Shapefile


def _read_zipped_shapefile(archive: zipfile.ZipFile, shape: str, names: Iterable[str]) -> Reading:
    stem = shape[:-4]
    with tempfile.TemporaryDirectory(prefix="seabed-") as directory:
        for name in names:
            suffix = name[-4:].lower()
            if name[:-4] == stem and suffix in {".shp", ".shx", ".dbf", ".prj", ".cpg"}:
                (Path(directory) / f"site{suffix}").write_bytes(archive.read(name))
        return _read_shapefile(Path(directory) / "site.shp")


def _read_shapefile(path: Path) -> Reading:
    beside = {file.suffix.lower(): file for file in path.parent.glob(f"{_escaped(path.stem)}.*")}
    if ".shx" not in beside:
        raise SiteError("the Shapefile lacks its .shx; give .shp, .shx, .dbf and .prj together, best zipped")
    _check_size(
        sum(beside[suffix].stat().st_size for suffix in (".shp", ".shx", ".dbf") if suffix in beside),
        path.name,
    )
    return _read_vector(path, "Shapefile")


def _escaped(stem: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", stem)


def _read_vector(path: Path, kind: str) -> Reading:
    try:
        import pyogrio  # noqa: PLC0415 - an optional extra, and slow to import
        from pyogrio.errors import DataLayerError, DataSourceError, FieldError  # noqa: PLC0415
    except ImportError:
        raise MissingExtraError(f"reading a {kind}", "files") from None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter(
                "ignore"
            )  # about fields, encodings and ring order, none of which count here
            layers = [str(name) for name, geometry in pyogrio.list_layers(path) if geometry is not None]
            if len(layers) != 1:
                listed = ", ".join(layers[:10]) or "none"
                raise SiteError(
                    f"the {kind} must hold one layer with geometry; it has {len(layers)} ({listed})"
                )
            information = pyogrio.read_info(path, layer=layers[0], force_feature_count=True)
            _check_count(int(information["features"]))
            columns = [str(column) for column in information["fields"] if str(column).lower() == "name"][:1]
            meta, _ids, blobs, fields = pyogrio.raw.read(
                path, layer=layers[0], columns=columns, force_2d=True
            )
        geometries = shapely.from_wkb(blobs)
    except NotImplementedError:
        raise SiteError(f"the {kind} has curved edges; give polygons with straight ones") from None
    except (DataSourceError, DataLayerError, FieldError, shapely.errors.ShapelyError, ValueError) as error:
        raise SiteError(f"this is not a sound {kind}: {str(error)[:200]}") from None
    named = fields[0] if fields else [None] * len(geometries)
    features = tuple(
        raw_from_shapely(geometry, _clean_name(name))
        for geometry, name in zip(geometries, named, strict=True)
        if geometry is not None
    )
    return _to_wgs84(Reading(kind, features), meta["crs"])


# ------------------------------------------------------------------------------------ CSV and typing

_LON_COLUMNS = ("lon", "lng", "long", "longitude", "x")
_LAT_COLUMNS = ("lat", "latitude", "y")
_GROUP_COLUMNS = ("part", "polygon", "ring")


@dataclass(frozen=True)
class _Table:
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def _table(text: str) -> _Table | None:
    """Return the table if the first line names a longitude and a latitude column."""
    header = text.split("\n", 1)[0]
    delimiter = max("\t;,", key=header.count)
    columns = tuple(column.strip().strip('"').strip().lower() for column in header.split(delimiter))
    if not (set(columns) & set(_LON_COLUMNS) and set(columns) & set(_LAT_COLUMNS)):
        return None
    try:
        rows = list(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
        )
    except csv.Error as error:
        raise SiteError(f"this is not a sound CSV table: {error}") from None
    return _Table(columns, tuple(tuple(row) for row in rows[1:] if any(cell.strip() for cell in row)))


def read_csv(table: _Table) -> Reading:
    """Read rows as corners in order; ``part`` (or ``polygon``) parts polygons, ``ring`` their rings.

    In each part the first ring is the outside and the others are holes. If a ``kind`` column says ``point``
    throughout, the rows are points.
    """
    lon, lat = (
        next(table.columns.index(name) for name in names if name in table.columns)
        for names in (_LON_COLUMNS, _LAT_COLUMNS)
    )
    if len(table.rows) > MOST_VERTICES:
        raise SiteError(f"the table has more than {MOST_VERTICES:,} rows")
    groups: dict[str, dict[str, list[tuple[float, float]]]] = {}
    kinds: set[str] = set()
    for number, row in enumerate(table.rows, start=2):
        cells = dict(zip(table.columns, row, strict=False))
        try:
            position = parse_angle(row[lon], "lon"), _latitude(row[lat], row[lon])
        except IndexError:
            raise SiteError(f"row {number} has no longitude or latitude") from None
        except SiteError as error:
            raise SiteError(f"row {number}: {error}") from None
        part, ring = cells.get("part", cells.get("polygon", "")).strip(), cells.get("ring", "").strip()
        groups.setdefault(part, {}).setdefault(ring, []).append(position)
        kinds.add(cells.get("kind", "").strip().lower())
    if kinds == {"point"}:
        points = [np.array(ring) for rings in groups.values() for ring in rings.values()]
        return Reading("CSV", (Raw(points=tuple(points)),))
    if not set(_GROUP_COLUMNS) & set(table.columns):
        corners = tuple(np.array(ring) for rings in groups.values() for ring in rings.values())
        return Reading("CSV", (Raw(corners=corners),))
    polygons = [tuple(np.array(ring) for ring in rings.values()) for rings in groups.values()]
    note = _("the table gave {rings} ring(s) in {parts} part(s); in each part later rings are holes")
    notes = (note.format(rings=sum(map(len, polygons)), parts=len(polygons)),)
    return Reading("CSV", (Raw(polygons=tuple(polygons)),), notes=notes)


def _latitude(cell: str, lon_cell: str) -> float:
    try:
        return parse_angle(cell, "lat")
    except SiteError:
        if abs(parse_angle(lon_cell, "lon")) <= 90 < abs(parse_angle(cell, "lon")):
            raise SiteError("the lon and lat columns look swapped") from None
        raise


def _read_typed(text: str) -> Reading:
    first = next((line.strip() for line in text.splitlines() if line.strip()), "")
    if not re.search("[0-9]", first):
        raise SiteError(f"{_quoted(first)} begins nothing that is known here; give {ACCEPTED}")
    typed = read_typed(text)
    notes = (
        (_("coordinates without hemispheres were read as longitude, latitude"),)
        if typed.order_was_assumed
        else ()
    )
    return Reading("coordinates", (Raw(corners=(np.array(typed.points),)),), notes=notes)


# ------------------------------------------------------------------------------ reference systems


def _to_wgs84(reading: Reading, crs: str | None) -> Reading:
    """Transform every coordinate from the stated reference system to lon, lat on WGS 84."""
    try:
        stated = CRS.from_user_input(crs) if crs else None
    except CRSError:
        raise SiteError(f"the reference system {_quoted(crs)} is not known") from None
    if stated is None or not (stated.is_geographic or stated.is_projected):
        note = _("no reference system is stated; coordinates were taken as lon, lat on WGS 84")
        return replace(reading, notes=(*reading.notes, note))
    if _is_wgs84(stated):
        return reading
    try:
        transformer = Transformer.from_crs(stated, "EPSG:4326", always_xy=True)
    except ProjError:
        raise SiteError(f"no way is known from {stated.name} to WGS 84") from None

    def moved(coordinates: Coordinates) -> Coordinates:
        lon, lat = transformer.transform(coordinates[:, 0], coordinates[:, 1])
        if np.isfinite(coordinates).all() and not (np.isfinite(lon).all() and np.isfinite(lat).all()):
            raise SiteError(f"some coordinates lie outside the area for which {stated.name} is meant")
        return np.column_stack([lon, lat])

    features = tuple(
        replace(
            feature,
            polygons=tuple(tuple(moved(ring) for ring in polygon) for polygon in feature.polygons),
            lines=tuple(moved(line) for line in feature.lines),
            points=tuple(moved(point) for point in feature.points),
        )
        for feature in reading.features
    )
    note = _(
        "corners were transformed from {system} to WGS 84; edges run straight in lon/lat between them"
    ).format(system=stated.name)
    return replace(reading, features=features, notes=(*reading.notes, note))


def _is_wgs84(crs: CRS) -> bool:
    return crs.to_epsg() == 4326 or crs.to_authority() == ("OGC", "CRS84")


# -------------------------------------------------------------------------------------------- helpers


def _once(notes: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(notes))


def _quoted(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:57] + "..."
