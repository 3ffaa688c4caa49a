"""Files of polygons as publishers distribute them, read into rows and clean geometry.

Shapefiles, GeoPackages, file geodatabases, GeoJSON and FlatGeobuf, plain or zipped, also in a zip inside a
zip. Whatever has to be changed to make planar sense of a file is noted; what cannot be read in one way only
is refused. Sizes are bounded, archives may not escape or explode, and no format may reach for another file.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import warnings
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError, ProjError
from shapely import MultiPolygon, Polygon

from seabed.errors import AtlasError, MissingExtraError, SiteError
from seabed.geodesy import EdgeKind, area_km2, densify, split_antimeridian, unroll
from seabed.readers import safe_members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    Geometries = NDArray[np.object_]

MOST_BYTES = 2 * 2**30
MOST_VERTICES = 50_000_000
MOST_FEATURES = 1_000_000
_MOST_ENTRIES = 2_000
#: A repair that changes the area by more than this share is no repair but a guess.
_MOST_AREA_CHANGE = 1e-3
#: Publishers' longitudes run past ±180 by rounding; a ten-millionth of a degree is 1 cm.
_OVERSHOOT_DEG = 1e-6

READABLE = "a Shapefile, GeoPackage, file geodatabase (.gdb), GeoJSON or FlatGeobuf, plain or zipped"
_PARTS = {".shp", ".shx", ".dbf", ".prj", ".cpg", ".gpkg", ".geojson", ".json", ".fgb"}
_STARTS = {
    ".shp": (b"\x00\x00\x27\x0a",),
    ".gpkg": (b"SQLite format 3\x00",),
    ".geojson": (b"{", b"\xef\xbb\xbf{"),
    ".json": (b"{", b"\xef\xbb\xbf{"),
    ".fgb": (b"fgb",),
}


@dataclass(frozen=True)
class PolygonTable:
    """The polygons of one layer of a file.

    ``rows`` have the column names in small letters; empty cells are ``None``, numbers and dates are text.
    ``geometries`` are valid (Multi)Polygons in degrees on WGS 84, densified to a metre, split at ±180.
    """

    layer: str
    rows: list[dict[str, str | None]]
    geometries: list[BaseGeometry]
    notes: tuple[str, ...]


def read_polygons(
    path: Path, edges: EdgeKind, *, needs: Sequence[str] = (), layer: str | None = None
) -> PolygonTable:
    """Read the one layer of polygons of a file that has the columns ``needs``.

    Parameters
    ----------
    path
        A file, a .gdb folder, or a zip of either.
    edges
        What the lines between published vertices are.
    needs
        Columns the layer must have, in any case.
    layer
        Its name, where several would do.

    Raises
    ------
    AtlasError
        If the file is of another kind, too large, or cannot be read in one way only.
    MissingExtraError
        If pyogrio is not installed.
    """
    try:
        import pyogrio  # noqa: F401, PLC0415 - an optional extra, and slow to import
    except ImportError:
        raise MissingExtraError("importing a layer", "files") from None
    if not path.exists():
        raise AtlasError(f"there is no file {path}")
    with _unpacked(path) as datasets:
        dataset, name = _choose(path, datasets, needs, layer)
        columns, blobs, crs, notes = _read(dataset, name)
    geometries = _decode(path, blobs)
    kept, geometries, dropped = _only_polygons(path, geometries)
    notes += dropped
    geometries, moved = _to_wgs84(path, geometries, crs)
    notes += moved
    rows = [{key: _text(values[index]) for key, values in columns.items()} for index in kept]
    settled, repairs = _settle(path, geometries, rows, edges)
    return PolygonTable(layer=name, rows=rows, geometries=settled, notes=(*notes, *repairs))


# --- finding the layer --------------------------------------------------------------------------------------


@contextmanager
def _unpacked(path: Path) -> Iterator[list[Path]]:
    """Give the datasets in ``path``, unpacked into a temporary folder if it is an archive."""
    if path.is_dir():
        _check_size(path, sum(file.stat().st_size for file in path.rglob("*") if file.is_file()))
        yield [path] if _is_geodatabase(path) else _datasets(path)
        return
    _check_size(path, path.stat().st_size)
    with path.open("rb") as stream:
        start = stream.read(4)
    if start != b"PK\x03\x04":
        yield [path] if _is_dataset(path) else []
        return
    with tempfile.TemporaryDirectory(prefix="seabed-") as folder:
        _extract(path, Path(folder), is_nested=False)
        yield _datasets(Path(folder))


def _check_size(path: Path, size: int) -> None:
    if size == 0:
        raise AtlasError(f"{path} is empty")
    if size > MOST_BYTES:
        raise AtlasError(f"{path} has {size / 2**30:.1f} GB; at most {MOST_BYTES / 2**30:.0f} GB are read")


def _extract(path: Path, folder: Path, *, is_nested: bool) -> None:
    """Unpack the parts of datasets from a zip, and from the zips in it, one level deep."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = safe_members(archive, most_entries=_MOST_ENTRIES, most_bytes=MOST_BYTES)
            for number, member in enumerate(members):
                name = PurePosixPath(member.filename.replace("\\", "/"))
                inside_gdb = any(part.lower().endswith(".gdb") for part in name.parts[:-1])
                if name.suffix.lower() == ".zip" and not is_nested:
                    inner = folder / f"zip-{number}"
                    inner.mkdir()
                    target = inner / "inner.zip"
                elif name.suffix.lower() in _PARTS or inside_gdb:
                    target = folder.joinpath(*name.parts)
                else:
                    continue
                target.parent.mkdir(parents=True, exist_ok=True)
                with archive.open(member) as source, target.open("wb") as copy:
                    shutil.copyfileobj(source, copy)
                if target.name == "inner.zip":
                    _extract(target, inner, is_nested=True)
                    target.unlink()
    except SiteError as error:
        raise AtlasError(f"{path.name}: {error}") from None
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, RuntimeError) as error:
        raise AtlasError(f"{path.name} is not a sound zip archive: {str(error)[:200]}") from None


def _datasets(folder: Path) -> list[Path]:
    """Return the geodatabases and files of a known kind under ``folder``."""
    found: list[Path] = []
    for path in sorted(folder.rglob("*")):
        if any(part.suffix.lower() == ".gdb" for part in path.relative_to(folder).parents):
            continue
        if _is_geodatabase(path) or (path.is_file() and _is_dataset(path)):
            found.append(path)
    return found


def _is_geodatabase(path: Path) -> bool:
    return path.is_dir() and path.suffix.lower() == ".gdb"


def _is_dataset(path: Path) -> bool:
    """Whether the beginning of a file is what its ending says, so that no other driver may take it."""
    starts = _STARTS.get(path.suffix.lower(), ())
    if not starts:
        return False
    with path.open("rb") as stream:
        beginning = (
            stream.read(100).lstrip() if path.suffix.lower() in {".geojson", ".json"} else stream.read(16)
        )
    return beginning.startswith(starts)


def _choose(path: Path, datasets: list[Path], needs: Sequence[str], wanted: str | None) -> tuple[Path, str]:
    """Return the one dataset and layer of polygons that has what is needed."""
    import pyogrio  # noqa: PLC0415
    from pyogrio.errors import DataSourceError  # noqa: PLC0415

    if not datasets:
        raise AtlasError(f"{path} holds nothing that can be read; give {READABLE}")
    fitting: list[tuple[Path, str]] = []
    seen: list[str] = []
    for dataset in datasets:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                for name, kind in pyogrio.list_layers(dataset):
                    columns = [str(c) for c in pyogrio.read_info(dataset, layer=str(name))["fields"]]
                    missing = [need for need in needs if need.lower() not in map(str.lower, columns)]
                    has_polygons = kind is not None and (
                        "Polygon" in kind or kind in {"Unknown", "GeometryCollection"}
                    )
                    seen.append(
                        f"{name} ({kind or 'no geometry'}; {', '.join(columns[:12]) or 'no columns'})"
                    )
                    if has_polygons and not missing and wanted in {None, str(name)}:
                        fitting.append((dataset, str(name)))
        except (DataSourceError, ValueError) as error:
            raise AtlasError(f"{path}: {dataset.name} is damaged: {str(error)[:200]}") from None
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        raise AtlasError(
            f"{path} holds {len(fitting)} layers that would do "
            f"({', '.join(name for _, name in fitting[:10])}); name one with --layer"
        )
    expected = f"polygons{' with the columns ' + ', '.join(needs) if needs else ''}"
    named = f" in a layer {wanted!r}" if wanted else ""
    raise AtlasError(f"{path} is not what was expected: {expected}{named}; found {'; '.join(seen[:5])}")


# --- reading ------------------------------------------------------------------------------------------------


def _read(dataset: Path, name: str) -> tuple[dict[str, NDArray[Any]], NDArray[Any], str | None, list[str]]:
    import pyogrio  # noqa: PLC0415
    from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError  # noqa: PLC0415

    notes: list[str] = []
    for encoding in _encodings(dataset):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter(
                    "ignore"
                )  # about dates, ring order and M values, which are of no use here
                count = pyogrio.read_info(dataset, layer=name, force_feature_count=True)["features"]
                if count > MOST_FEATURES:
                    raise AtlasError(
                        f"{dataset.name} has {count:,} features; at most {MOST_FEATURES:,} are read"
                    )
                meta, _, blobs, fields = pyogrio.raw.read(
                    dataset, layer=name, encoding=encoding, force_2d=True
                )
        except UnicodeDecodeError:
            continue
        except NotImplementedError:
            raise AtlasError(f"{dataset.name} has curved edges; give polygons with straight ones") from None
        except (DataSourceError, DataLayerError, FieldError, GeometryError, ValueError) as error:
            raise AtlasError(f"{dataset.name} is damaged: {str(error)[:200]}") from None
        if encoding is not None and any(_has_letters_beyond_ascii(column) for column in fields):
            notes.append(f"the text was read as {encoding}, since the file does not say so or says otherwise")
        columns = dict(zip((str(one).lower() for one in meta["fields"]), fields, strict=True))
        return columns, blobs, meta["crs"], notes
    raise AtlasError(f"{dataset.name} has text in no encoding that is known here; save it as UTF-8")


def _encodings(dataset: Path) -> tuple[str | None, ...]:
    """Return the encodings to try: what the file says, then UTF-8, then Western European."""
    if dataset.suffix.lower() != ".shp":
        return (None,)
    says = any(file.suffix.lower() == ".cpg" for file in dataset.parent.glob(f"{_literal(dataset.stem)}.*"))
    return (None, "cp1252") if says else ("UTF-8", "cp1252")


def _literal(stem: str) -> str:
    return re.sub(r"([*?\[])", r"[\1]", stem)


def _has_letters_beyond_ascii(column: NDArray[Any]) -> bool:
    return column.dtype == object and any(isinstance(cell, str) and not cell.isascii() for cell in column)


def _decode(path: Path, blobs: NDArray[Any]) -> Geometries:
    try:
        geometries = np.asarray(shapely.from_wkb(blobs), dtype=object)
    except (shapely.errors.ShapelyError, TypeError) as error:
        raise AtlasError(f"{path}: a geometry cannot be read: {str(error)[:200]}") from None
    vertices = int(shapely.get_num_coordinates(geometries).sum())
    if vertices > MOST_VERTICES:
        raise AtlasError(f"{path} has {vertices:,} vertices; at most {MOST_VERTICES:,} are read")
    if not np.isfinite(shapely.get_coordinates(geometries)).all():
        raise AtlasError(f"{path} has coordinates that are no numbers")
    return geometries


def _only_polygons(path: Path, geometries: Geometries) -> tuple[list[int], Geometries, list[str]]:
    """Return which rows have polygons, those polygons, and what was dropped."""
    kept: list[int] = []
    polygons: list[BaseGeometry] = []
    empty = others = 0
    for index, geometry in enumerate(geometries):
        if geometry is None or geometry.is_empty:
            empty += 1
            continue
        parts = shapely.get_parts(shapely.get_parts(geometry))
        areas = parts[shapely.get_type_id(parts) == 3]
        others += len(parts) - len(areas)
        if len(areas):
            kept.append(index)
            polygons.append(areas[0] if len(areas) == 1 else MultiPolygon(list(areas)))
    if not kept:
        raise AtlasError(f"{path} has no polygon: {empty} rows without geometry, {others} points and lines")
    notes = [f"{empty} rows without geometry were dropped"] if empty else []
    notes += [f"{others} points and lines were dropped; only polygons are kept"] if others else []
    return kept, np.array(polygons, dtype=object), notes


def _text(cell: object) -> str | None:
    """Return a cell as one line of text: whole numbers without decimals, dates as ISO 8601."""
    if cell is None or (isinstance(cell, float | np.floating) and not np.isfinite(cell)):
        return None
    if isinstance(cell, np.datetime64):
        return None if np.isnat(cell) else str(cell.astype("datetime64[D]"))
    if isinstance(cell, float | np.floating) and float(cell).is_integer():
        return str(int(cell))
    text = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f]", " ", str(cell)).split())[:500]
    return None if text in {"", "NA", "None", "<Null>"} else text


# --- making planar sense of it ------------------------------------------------------------------------------


def _to_wgs84(path: Path, geometries: Geometries, crs: str | None) -> tuple[Geometries, list[str]]:
    if crs is None:
        west, south, east, north = shapely.total_bounds(geometries)
        if west < -360 or east > 360 or south < -90 or north > 90:
            raise AtlasError(
                f"{path} does not say its reference system (no .prj?), and its coordinates ({west:g} to "
                f"{east:g}, {south:g} to {north:g}) are no longitudes and latitudes; give the .prj"
            )
        return geometries, [
            "no reference system is stated; coordinates were taken as longitude and latitude, WGS 84"
        ]
    try:
        stated = CRS.from_user_input(crs)
        if stated.to_epsg() == 4326:
            return geometries, []
        transformer = Transformer.from_crs(stated, "EPSG:4326", always_xy=True)
    except (CRSError, ProjError):
        raise AtlasError(
            f"{path}: no way is known from its reference system ({crs[:80]}) to WGS 84"
        ) from None

    def moved(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transformer.transform(coordinates[:, 0], coordinates[:, 1]))

    placed = np.asarray(shapely.transform(geometries, moved), dtype=object)
    if not np.isfinite(shapely.get_coordinates(placed)).all():
        raise AtlasError(f"{path}: some coordinates lie outside the area for which {stated.name} is meant")
    return placed, [f"coordinates were transformed from {stated.name} to WGS 84"]


def _settle(
    path: Path, geometries: Geometries, rows: list[dict[str, str | None]], edges: EdgeKind
) -> tuple[list[BaseGeometry], list[str]]:
    """Return each geometry densified, in [-180, 180] and valid, with notes on what that took."""
    west, south, east, north = shapely.total_bounds(geometries)
    if west < -360 or east > 360 or south < -90 - _OVERSHOOT_DEG or north > 90 + _OVERSHOOT_DEG:
        raise AtlasError(
            f"{path}: coordinates reach {west:g} to {east:g} and {south:g} to {north:g}; longitudes and "
            "latitudes were expected. Does the file state the right reference system?"
        )
    settled: list[BaseGeometry] = []
    repaired: list[str] = []
    wrapped = 0
    for number, (geometry, row) in enumerate(zip(_snapped(geometries), rows, strict=True), start=1):
        name = f"row {number} ({next((value for value in row.values() if value), 'unnamed')})"
        try:
            if _leaves_the_world(geometry):
                wrapped += 1
                dense = _wrapped(geometry, edges)
            else:
                dense = densify(geometry, edges)
        except (ValueError, shapely.errors.ShapelyError) as error:
            raise AtlasError(f"{path}, {name}: {str(error)[:200]}") from None
        valid, change = _made_valid(dense)
        if change is not None and not change <= _MOST_AREA_CHANGE:
            reason = shapely.is_valid_reason(dense)
            raise AtlasError(
                f"{path}, {name}: the outline is not valid ({reason}), and repairing it would change its "
                f"area by {change:.2%}, more than {_MOST_AREA_CHANGE:.1%}; mend it first"
            )
        if change is not None:
            repaired.append(f"{name} by {change:.5%}")
        settled.append(valid)
    notes = [f"{wrapped} outlines were wrapped to longitudes within ±180 and cut there"] if wrapped else []
    if repaired:
        listed = "; ".join(repaired[:10]) + ("; …" if len(repaired) > 10 else "")
        notes.append(
            f"{len(repaired)} outlines that touched or crossed themselves were repaired; the area changed: "
            f"{listed}"
        )
    return settled, notes


def _snapped(geometries: Geometries) -> Geometries:
    """Return the geometries with what overshoots ±180 or ±90 by rounding put onto it."""

    def snap(coordinates: NDArray[np.float64]) -> NDArray[np.float64]:
        lon, lat = coordinates.T
        lon = np.where(np.abs(np.abs(lon) - 180) <= _OVERSHOOT_DEG, np.copysign(180.0, lon), lon)
        return np.column_stack([lon, np.clip(lat, -90, 90)])

    return np.asarray(shapely.transform(geometries, snap), dtype=object)


def _leaves_the_world(geometry: BaseGeometry) -> bool:
    """Whether a longitude is beyond ±180, or an edge jumps from one side of the antimeridian to the other."""
    west, _, east, _ = geometry.bounds
    if west < -180 or east > 180:
        return True
    return east - west > 180 and any(_jumps(ring) for ring in shapely.get_rings(geometry))


def _wrapped(geometry: BaseGeometry, edges: EdgeKind) -> BaseGeometry:
    """Return polygons that leave ±180 or jump across it, densified along their edges and then cut there."""
    parts = []
    for part in shapely.get_parts(geometry):
        shell, *holes = (
            split_antimeridian(densify(Polygon(unroll(shapely.get_coordinates(ring))), edges))
            for ring in shapely.get_rings(part)
        )
        parts.append(shell.difference(shapely.union_all(holes)) if holes else shell)
    return parts[0] if len(parts) == 1 else shapely.union_all(parts)


def _jumps(ring: BaseGeometry) -> bool:
    steps = np.abs(np.diff(shapely.get_coordinates(ring)[:, 0]))
    return bool(((steps > 180) & (steps < 360)).any())


def _made_valid(geometry: BaseGeometry) -> tuple[BaseGeometry, float | None]:
    """Return a valid geometry, and by what share the repair changed the area (``None``: no repair)."""
    if shapely.is_valid(geometry):
        return geometry, None
    before = area_km2(geometry)
    repaired = _polygons(shapely.make_valid(geometry, method="structure", keep_collapsed=False))
    if not repaired:
        return geometry, float("inf")
    valid = repaired[0] if len(repaired) == 1 else MultiPolygon(repaired)
    after = area_km2(valid)
    return valid, abs(after - before) / max(before, after)


def _polygons(geometry: BaseGeometry) -> list[Any]:
    parts: Iterable[BaseGeometry] = shapely.get_parts(shapely.get_parts(geometry))
    return [part for part in parts if part.geom_type == "Polygon" and not part.is_empty]
