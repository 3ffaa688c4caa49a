"""Official layers, imported: a publisher's file becomes an atlas file of the user's, then goes into force.

How each publisher's columns become features is data (``geodata/publishers.yaml``); a file of anyone else's
comes with a mapping of the same form. Nothing is in force before everything is written and listed.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal

import shapely
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError
from shapely.geometry import MultiPolygon

from seabed.atlas.catalogue import as_layer, load_catalogue
from seabed.atlas.derived_limits import derive_limits
from seabed.atlas.library import (
    Selector,
    UserLayer,
    check_id,
    layers_folder,
    put_in_force,
    sha256_of,
)
from seabed.atlas.locate import JURISDICTION_KINDS, OVERLAY_KINDS
from seabed.atlas.store import Atlas, AtlasFile, Feature, write_atlas
from seabed.atlas.vector_files import read_polygons
from seabed.errors import AtlasError, RuleError
from seabed.geodesy import EdgeKind
from seabed.law.registers import load_registers
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import FeatureAttributes, Limit
    from seabed.atlas.vector_files import PolygonTable

    Row = Mapping[str, str | None]

_KINDS = (*JURISDICTION_KINDS[:-1], *OVERLAY_KINDS)
_PLACEHOLDER = re.compile(r"\{([^{}]+)\}")
_STATE = re.compile(r"[A-Z]{3}")


# --- mappings: a publisher's columns → features ------------------------------------------------------------


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Lookup(_Model):
    """The value of the first part found in a text."""

    of: str
    contains: dict[str, str]


Value = str | Lookup | None


class OutlineLimits(_Model):
    """The limits to find on the outlines."""

    kind: Literal["200M", "12M"]
    coast_within_km: Annotated[float, Field(ge=0, le=300)]


class LayerMapping(_Model):
    """How the rows of a file become features; geodata/publishers.yaml explains the keys."""

    title: str
    publisher: str = "not stated"
    source: str
    vintage: str | None = None
    licence: str
    datum: str = "WGS 84"
    edges: EdgeKind = EdgeKind.UNSTATED
    accuracy_km: Annotated[float, Field(ge=0, le=1000)]
    kind: str
    needs: tuple[str, ...] = ()
    id: str
    ref: str
    name: str
    state: Value = None
    territory: Value = None
    own_states: tuple[str, ...] = ()
    no_states: tuple[str, ...] = ()
    claimants: tuple[str, ...] = ()
    holder: Value = None
    mineral: Value = None
    status: Value = None
    valid_from: Value = None
    valid_to: Value = None
    keep: tuple[str, ...] = ()
    merge: bool = False
    register_: Literal["isa_contracts"] | None = Field(None, alias="register")
    inherits: tuple[Literal["territory", "holder", "mineral", "status", "valid_from", "valid_to"], ...] = ()
    supersedes: Literal["kind", "mineral", "owner", "ref", "nothing"] = "ref"
    world_from: int | None = None
    limits: OutlineLimits | None = None
    gaps: tuple[str, ...] = ()

    @property
    def columns(self) -> set[str]:
        """The columns that any value names, in small letters."""
        values = [*self.claimants, *(getattr(self, name) for name in type(self).model_fields)]
        texts = [value.of if isinstance(value, Lookup) else value for value in values]
        found = {name for text in texts if isinstance(text, str) for name in _PLACEHOLDER.findall(text)}
        return {name.lower() for name in found if name != "@ref"}


@cache
def publishers() -> dict[str, Any]:
    """Return geodata/publishers.yaml as it stands."""
    content: dict[str, Any] = read_yaml(data_dir("geodata") / "publishers.yaml")
    return content


def import_kinds() -> tuple[str, ...]:
    """Return what a file can be imported as."""
    return (*publishers()["mappings"], "generic")


def load_mapping(imported_as: str, map_path: Path | None = None) -> LayerMapping:
    """Return the mapping of a publisher's files, or for ``generic`` the one in ``map_path``.

    Raises
    ------
    AtlasError
        If there is none of that name, or the file is missing or not a mapping.
    """
    if imported_as == "generic":
        if map_path is None:
            raise AtlasError("--as generic needs --map, a YAML file that says what the columns mean")
        try:
            content, where = read_yaml(map_path), str(map_path)
        except RuleError as error:
            raise AtlasError(str(error)) from None
    else:
        if map_path is not None:
            raise AtlasError(f"--map goes with --as generic; {imported_as} has a mapping of its own")
        if imported_as not in publishers()["mappings"]:
            raise AtlasError(
                f"nothing is known as {imported_as!r}; a file can be imported as {', '.join(import_kinds())}"
            )
        content, where = publishers()["mappings"][imported_as], f"geodata/publishers.yaml: {imported_as}"
    try:
        mapping = TypeAdapter(LayerMapping).validate_python(content)
    except ValidationError as error:
        detail = error.errors()[0]
        place = ".".join(map(str, detail["loc"])) or "the whole"
        raise AtlasError(
            f"{where}: {place}: {detail['msg']}; the keys are "
            f"{', '.join(field.alias or name for name, field in LayerMapping.model_fields.items())}"
        ) from None
    if mapping.kind not in _KINDS:
        raise AtlasError(f"{where}: kind: {mapping.kind!r} is no kind; the kinds are {', '.join(_KINDS)}")
    return mapping


# --- importing ---------------------------------------------------------------------------------------------


def import_layer(
    path: Path,
    imported_as: str,
    *,
    map_path: Path | None = None,
    identifier: str | None = None,
    layer: str | None = None,
    ref: str | None = None,
    vintage: str | None = None,
) -> UserLayer:
    """Read a publisher's file, check it, store it in the user's folder and put it in force.

    Parameters
    ----------
    path
        A file, a .gdb folder, or a zip.
    imported_as
        One of ``import_kinds()``.
    map_path
        The mapping, for ``generic``.
    identifier
        What to call the layer; by default what it was imported as, with the minerals where those tell files
        of one publisher apart. A layer of the same id is replaced.
    layer
        The layer in the file, where several would do.
    ref
        The instrument or docket, where the file does not say it.
    vintage
        The date or version of the source; by default the name of the file stands for it.

    Returns
    -------
    UserLayer
        What is now in force; ``notes`` say what had to be changed.

    Raises
    ------
    AtlasError
        If the file is not what it should be, cannot be read in one way only, or nothing can be stored.
    MissingExtraError
        If pyogrio is not installed.
    """
    mapping = load_mapping(imported_as, map_path)
    _check_ref(mapping, imported_as, ref)
    needs = tuple(dict.fromkeys([*mapping.needs, *_columns_needed(mapping)]))
    table = read_polygons(path, mapping.edges, needs=needs, layer=layer)
    rows, geometries = _rows(table, mapping, ref)
    name = check_id(identifier or _default_id(imported_as, mapping, rows))
    if name in load_catalogue(data_dir("geodata") / "catalog.yaml"):
        raise AtlasError(f"{name} is the id of a bundled layer; give another with --id")
    with Atlas.open(without=name) as below:
        features, said = _features(path, name, mapping, rows, geometries, below)
        selectors, is_world = _selectors(mapping, features)
        _check_ids(features, below, selectors)
        limits = _limits(mapping, features, below, is_world=is_world)
    notes = [*table.notes, *said]
    if mapping.world_from and not is_world:
        notes.append(
            f"with fewer than {mapping.world_from} outlines the file is taken as an extract: only zones of "
            "the States and territories in it are superseded"
        )
    return _store(
        path,
        name,
        imported_as,
        features,
        limits,
        selectors,
        notes,
        _entry(path, name, imported_as, mapping, vintage, features, notes),
    )


def _check_ref(mapping: LayerMapping, imported_as: str, ref: str | None) -> None:
    wants_ref = any("{@ref}" in text for text in (mapping.id, mapping.ref, mapping.name))
    if wants_ref and not ref:
        raise AtlasError(
            f"--as {imported_as} needs --ref, the docket or instrument the area belongs to, such as "
            "BOEM-2025-0035"
        )
    if ref and not wants_ref:
        raise AtlasError(f"--as {imported_as} takes no --ref: the file names the instruments")


def _columns_needed(mapping: LayerMapping) -> list[str]:
    """Return the columns without which no row has an id, a ref and a name."""
    texts = (mapping.id, mapping.ref, mapping.name)
    return [name for text in texts for name in _PLACEHOLDER.findall(text) if name != "@ref"]


# --- rows → features ---------------------------------------------------------------------------------------


def _rows(
    table: PolygonTable, mapping: LayerMapping, ref: str | None
) -> tuple[list[dict[str, str | None]], list[BaseGeometry]]:
    rows = [row | {"@ref": ref} for row in table.rows]
    if not mapping.merge:
        return rows, table.geometries
    whole = shapely.union_all(table.geometries)
    parts = [part for part in shapely.get_parts(whole) if part.geom_type == "Polygon"]
    return rows[:1], [MultiPolygon(parts)]


def _value(value: Value, row: Row) -> str | None:
    """Return a value with the cells of ``row`` put in; ``None`` if all the cells it names are empty."""
    if value is None:
        return None
    if isinstance(value, Lookup):
        text = _value(value.of, row) or ""
        return next((result for part, result in value.contains.items() if part in text), None)
    names = _PLACEHOLDER.findall(value)
    cells = {name: row.get(name.lower()) for name in names}
    if names and not any(cells.values()):
        return None
    return _PLACEHOLDER.sub(lambda match: cells[match[1]] or "", value).strip() or None


def _default_id(imported_as: str, mapping: LayerMapping, rows: Sequence[Row]) -> str:
    if mapping.supersedes == "mineral":
        minerals = sorted({_value(mapping.mineral, row) or "unknown" for row in rows})
        return "-".join([imported_as, *minerals])
    if mapping.supersedes == "ref" and mapping.merge:
        return re.sub(r"[^a-z0-9]+", "-", f"{imported_as}-{_value(mapping.ref, rows[0])}".lower())[:64]
    return imported_as


def _features(
    path: Path,
    layer: str,
    mapping: LayerMapping,
    rows: Sequence[Row],
    geometries: Sequence[BaseGeometry],
    below: Atlas,
) -> tuple[list[Feature], list[str]]:
    features: list[Feature] = []
    notes: list[str] = []
    seen: Counter[str] = Counter()
    unregistered: dict[str, None] = {}
    for number, (row, geometry) in enumerate(zip(rows, geometries, strict=True), start=1):
        where = f"{path}, row {number}"
        identifier, ref, name = (_value(text, row) for text in (mapping.id, mapping.ref, mapping.name))
        if not identifier or not ref or not name:
            raise AtlasError(
                f"{where}: the columns for id ({mapping.id}), ref ({mapping.ref}) and name ({mapping.name}) "
                f"must not be empty; they give {identifier!r}, {ref!r}, {name!r}"
            )
        identifier = re.sub(r"\s+", "-", identifier)
        seen[identifier.lower()] += 1
        if seen[identifier.lower()] > 1:
            identifier = f"{identifier}-{seen[identifier.lower()]}"
        attributes = {
            **_inherited(mapping, ref, below),
            **{key: value for key, value in _own(mapping, row, where).items() if value is not None},
        }
        properties: dict[str, Any] = {key: row[key.lower()] for key in mapping.keep if row.get(key.lower())}
        if mapping.register_:
            held = _registered(ref)
            if held is None:
                unregistered[ref] = None
            else:
                sponsors, held_attributes = held
                attributes |= held_attributes
                properties["sponsors"] = sponsors
        features.append(
            Feature(
                layer=layer,
                id=identifier,
                ref=ref,
                kind=mapping.kind,
                name=name,
                accuracy_km=mapping.accuracy_km,
                source=mapping.source,
                properties=properties,
                geometry=geometry,
                **attributes,
            )
        )
    repeated = sorted(identifier for identifier, count in seen.items() if count > 1)
    if repeated:
        notes.append(f"ids that came more than once were numbered: {', '.join(repeated[:10])}")
    if unregistered:
        notes.append(
            f"not in the register of contracts, so taken to stand on every date: {', '.join(unregistered)}"
        )
    return features, notes


def _own(mapping: LayerMapping, row: Row, where: str) -> dict[str, Any]:
    """Return the attributes that the row itself gives."""
    state, territory = _code(mapping.state, row, where), _code(mapping.territory, row, where)
    if territory in mapping.own_states:
        state, territory = territory, None
    if territory == state:
        territory = state if state in mapping.no_states else None
    claimants = [_code(text, row, where) for text in mapping.claimants]
    distinct = sorted({code for code in claimants if code and code not in mapping.no_states})
    mineral = _value(mapping.mineral, row)
    if mineral not in {None, "nodules", "sulphides", "crusts"}:
        raise AtlasError(f"{where}: {mineral!r} is no mineral; say nodules, sulphides or crusts")
    return {
        "state": None if state in mapping.no_states else state,
        "territory": territory,
        "claimants": tuple(distinct) if len(distinct) > 1 else (),
        "holder": _value(mapping.holder, row),
        "mineral": mineral,
        "status": _value(mapping.status, row),
        "valid_from": _day(mapping.valid_from, row, where),
        "valid_to": _day(mapping.valid_to, row, where),
    }


def _code(value: Value, row: Row, where: str) -> str | None:
    code = _value(value, row)
    if code is not None and not _STATE.fullmatch(code):
        raise AtlasError(f"{where}: {code!r} is no State; give its ISO 3166-1 code of three capitals")
    return code


def _day(value: Value, row: Row, where: str) -> dt.date | None:
    text = _value(value, row)
    try:
        return dt.date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise AtlasError(f"{where}: {text!r} is no date; write it YYYY-MM-DD") from None


def _inherited(mapping: LayerMapping, ref: str, below: Atlas) -> dict[str, Any]:
    """Return what the feature that this one supersedes says, for the attributes that the mapping names."""
    if not mapping.inherits:
        return {}
    alike = below.attributes(kind=mapping.kind, ref=ref)
    return {name: getattr(alike[0], name) for name in mapping.inherits} if alike else {}


def _registered(ref: str) -> tuple[list[str], dict[str, Any]] | None:
    """Return sponsors, holder and first day of a contract, as the register has them."""
    contract = load_registers().contracts.get(ref)
    if contract is None:
        return None
    days = [term.from_ for term in contract.terms if term.from_ is not None]
    first = min(days, default=None)
    return list(contract.sponsors), {"holder": contract.contractor, "valid_from": first}


# --- what it supersedes, its limits ------------------------------------------------------------------------


def _selectors(mapping: LayerMapping, features: Sequence[Feature]) -> tuple[list[Selector], bool]:
    """Return what the layer supersedes, and whether it holds the whole world."""
    is_world = len(features) >= (mapping.world_from or 0)
    how = "owner" if mapping.supersedes == "kind" and not is_world else mapping.supersedes
    wanted: dict[tuple[str | None, ...], Selector] = {}
    for one in features:
        match how:
            case "kind":
                selector: dict[str, str | None] = {}
            case "mineral":
                selector = {"mineral": one.mineral}
            case "ref":
                selector = {"ref": one.ref}
            case "owner" if not one.claimants and (one.state or one.territory):
                selector = {"state": one.state, "territory": one.territory}
            case _:  # a disputed zone takes nobody's own zones out of force
                continue
        wanted[tuple(selector.values())] = {"kind": mapping.kind, **selector}
    return list(wanted.values()), is_world


def _check_ids(features: Iterable[Feature], below: Atlas, selectors: Sequence[Selector]) -> None:
    known = {one.id.lower(): one for one in below.attributes()}
    for feature in features:
        other = known.get(feature.id.lower())
        if other is not None and not any(_selects(selector, other) for selector in selectors):
            raise AtlasError(
                f"the id {feature.id!r} is taken by the layer {other.layer}, which stays in force; change "
                "the id in the mapping"
            )


def _selects(selector: Selector, one: FeatureAttributes) -> bool:
    return all(getattr(one, column) == value for column, value in selector.items())


def _limits(
    mapping: LayerMapping, features: Sequence[Feature], below: Atlas, *, is_world: bool
) -> list[Limit]:
    if mapping.limits is None:
        return []
    return derive_limits(
        features,
        mapping.limits.kind,
        below,
        coast_within_km=mapping.limits.coast_within_km,
        is_world=is_world and mapping.supersedes == "kind",
    )


# --- storing -----------------------------------------------------------------------------------------------


def _entry(
    path: Path,
    name: str,
    imported_as: str,
    mapping: LayerMapping,
    vintage: str | None,
    features: Sequence[Feature],
    notes: Sequence[str],
) -> dict[str, Any]:
    """Return the catalogue entry of the layer."""
    made = f"imported as {imported_as} from {path.name}: {len(features)} features"
    entry = {
        "id": name,
        "title": mapping.title,
        "kinds": [mapping.kind],
        "source": mapping.source,
        "publisher": mapping.publisher,
        "vintage": vintage or mapping.vintage or f"not stated; file {path.name}",
        "licence": mapping.licence,
        "datum": mapping.datum,
        "edge_kind": mapping.edges.value,
        "accuracy_km": f"{mapping.accuracy_km:g}",
        "built": "; ".join([made, *notes]),
        "gaps": list(mapping.gaps),
    }
    as_layer(entry, f"the imported layer {name}")
    return entry


def _store(
    path: Path,
    name: str,
    imported_as: str,
    features: Sequence[Feature],
    limits: Sequence[Limit],
    selectors: Sequence[Selector],
    notes: Sequence[str],
    entry: dict[str, Any],
) -> UserLayer:
    """Write the atlas file beside the others, then list it."""
    folder = layers_folder()
    draft = folder / f".{name}.importing.gpkg"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atlas(draft, features, limits)
        file = AtlasFile.open(draft)
        content = file.sha256
        file.close()
        kept = folder / f"{name}-{content[:16]}.gpkg"
        draft.replace(kept)
        status = kept.stat()
        layer = UserLayer(
            id=name,
            imported_as=imported_as,
            imported_on=dt.datetime.now(dt.UTC).date().isoformat(),
            original=path.name,
            original_sha256=sha256_of(path),
            file=kept.name,
            bytes=status.st_size,
            mtime_ns=status.st_mtime_ns,
            sha256=sha256_of(kept),
            features=len(features),
            limits=len(limits),
            entry=entry,
            supersedes=tuple(selectors),
            notes=tuple(notes),
        )
    except OSError as error:
        raise AtlasError(f"{folder} cannot be written to: {error.strerror}") from None
    finally:
        with contextlib.suppress(OSError):
            draft.unlink()
    try:
        put_in_force(layer)
    except AtlasError:
        kept.unlink(missing_ok=True)
        raise
    return layer
