"""What each layer of the atlas is: its source, vintage, licence, datum, edges, accuracy and gaps."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Any

from seabed.atlas.library import layers_in_force
from seabed.errors import AtlasError, RuleError
from seabed.language import _
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Layer:
    """One entry of the catalogue.

    ``kinds`` are the zone kinds it holds, ``vintage`` the date of the source, ``edge_kind`` what the lines
    between its published vertices are, ``accuracy_km`` how far a drawn edge may be from the true one,
    ``built`` how it came to be, ``gaps`` what is known to be missing or doubtful.
    """

    id: str
    title: str
    kinds: tuple[str, ...]
    source: str
    publisher: str
    vintage: str
    licence: str
    datum: str
    edge_kind: str
    accuracy_km: str
    built: str
    gaps: tuple[str, ...] = ()

    @property
    def accuracy(self) -> str:
        """The accuracy in words."""
        return (
            _("{accuracy} km").format(accuracy=self.accuracy_km)
            if _is_number(self.accuracy_km)
            else _(self.accuracy_km)
        )


_KEYS = {field.name for field in fields(Layer)}
_REQUIRED = {field.name for field in fields(Layer) if field.default is MISSING}
_LISTS = ("kinds", "gaps")


def load_catalogue(path: Path | None = None) -> dict[str, Layer]:
    """Return the layers by id, as ``path`` (or the catalogue that comes with the program) tells them.

    The program's own catalogue is read once and kept; the entries of the user's layers come after it.

    Raises
    ------
    AtlasError
        If it cannot be read, or an entry lacks a key, has an unknown one or repeats an id.
    """
    if path is not None:
        return dict(_load(path))
    bundled = _load(data_dir("geodata") / "catalog.yaml")
    layers, _warnings = layers_in_force()
    return bundled | {one.id: as_layer(one.entry, f"the imported layer {one.id}") for one in layers}


@cache
def _load(path: Path) -> dict[str, Layer]:
    try:
        entries = read_yaml(path)
    except RuleError as error:
        raise AtlasError(str(error)) from error
    if not isinstance(entries, list):
        raise AtlasError(f"{path}: the catalogue must be a list of layers")
    layers: dict[str, Layer] = {}
    for number, entry in enumerate(entries, start=1):
        layer = as_layer(entry, f"{path}, entry {number}")
        if layer.id in layers:
            raise AtlasError(f"{path}, entry {number}: the layer {layer.id!r} stands twice")
        layers[layer.id] = layer
    return layers


def as_layer(entry: Any, where: str) -> Layer:  # noqa: ANN401 - as YAML gives it
    """Return an entry as a layer; raise ``AtlasError`` that begins with ``where`` if it is not one."""
    if not isinstance(entry, dict):
        raise AtlasError(f"{where}: a layer must be a mapping")
    missing, unknown = _REQUIRED - entry.keys(), entry.keys() - _KEYS
    if missing or unknown:
        wrong = f"lacks {', '.join(sorted(missing))}" if missing else f"has {', '.join(map(str, unknown))}"
        raise AtlasError(f"{where}: it {wrong}; the keys are {', '.join(sorted(_KEYS))}")
    values: dict[str, Any] = {
        key: tuple(_listed(value)) if key in _LISTS else str(value) for key, value in entry.items()
    }
    return Layer(**values)


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - as YAML gives it
    if value is None:
        return []
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdigit()
