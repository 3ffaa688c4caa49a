"""The user's own layers: where they are kept, which are in force, and what they put out of force.

The folder holds one atlas file for each layer, and ``index.json``, which lists the layers in force with all
that is said of each. A file gets a name of its own and the index is replaced last, at once; whatever fails
before leaves in force what was in force. Nothing here reads geometry or a slow dependency: a check without
such layers pays for one look into the folder.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from seabed.errors import AtlasError
from seabed.language import _

if TYPE_CHECKING:
    from collections.abc import Iterable

_SCHEMA = "seabed.layers/1"
# Compiled when a layer is there, not on every start.
_ID = r"[a-z0-9][a-z0-9_-]{0,63}"
_FILE = r"[a-z0-9][a-z0-9_.-]{0,99}\.gpkg"
_MOST_BYTES = 10 * 2**20

#: Names features by what they are: each column has the value given, ``None`` for none.
Selector = Mapping[str, str | None]
_SELECTABLE = {"kind", "ref", "mineral", "state", "territory"}


@dataclass(frozen=True, slots=True, kw_only=True)
class UserLayer:
    """One imported layer.

    ``entry`` has the keys of a catalogue entry; ``supersedes`` are the features of the layers below that it
    puts out of force. ``original`` names the file it was read from, ``original_sha256`` its bytes (of a
    folder, of its files by name). ``bytes``, ``mtime_ns`` and ``sha256`` are of the file kept here.
    """

    id: str
    imported_as: str
    imported_on: str
    original: str
    original_sha256: str
    file: str
    bytes: int
    mtime_ns: int
    sha256: str
    features: int
    limits: int
    entry: Mapping[str, Any]
    supersedes: tuple[Selector, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def path(self) -> Path:
        """Where the file is."""
        return layers_folder() / self.file


def data_folder() -> Path:
    """Return the folder for the user's data: ``$SEABED_DATA``, or where the system keeps such things."""
    chosen = os.environ.get("SEABED_DATA")
    if chosen:
        return Path(chosen).expanduser()
    from platformdirs import user_data_path  # noqa: PLC0415 - 2 ms that a set variable spares

    return user_data_path("seabed")


def layers_folder() -> Path:
    """Return the folder of the layers."""
    return data_folder() / "layers"


def check_id(identifier: str) -> str:
    """Return ``identifier`` if a layer may have it; raise ``AtlasError`` if not."""
    if not re.fullmatch(_ID, identifier):
        raise AtlasError(
            f"{identifier[:80]!r} cannot name a layer: use small letters, digits, - and _, 64 at most"
        )
    return identifier


# --- reading -----------------------------------------------------------------------------------------------


def installed_layers() -> list[UserLayer]:
    """Return the layers of the index in the order of import, whether or not their files are sound.

    Raises
    ------
    AtlasError
        If the index is damaged.
    """
    path = layers_folder() / "index.json"
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise AtlasError(f"{path} has more than {_MOST_BYTES // 2**20} MB: it is not an index of layers")
        content = json.loads(path.read_text(encoding="utf-8"))
        if content["schema"] != _SCHEMA:
            raise AtlasError(
                f"{path} follows {content['schema']!r}, not {_SCHEMA!r}: it is from another version; "
                "move it away and import the layers again"
            )
        return [_layer(record) for record in content["layers"]]
    except (FileNotFoundError, NotADirectoryError):
        return []
    except OSError as error:
        raise AtlasError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise AtlasError(
            f"{path}, the list of imported layers, is damaged ({str(error)[:100]}); move it away and import "
            "the layers again"
        ) from None


def layers_in_force() -> tuple[list[UserLayer], list[str]]:
    """Return the layers whose files are as they were written, and a line for each that is left aside."""
    try:
        installed = installed_layers()
    except AtlasError as error:
        return [], [_("no imported layer is in force: {error}").format(error=error)]
    sound, warnings = [], []
    for layer in installed:
        problem = problem_with(layer)
        if problem:
            warnings.append(left_aside(layer.id, problem))
        else:
            sound.append(layer)
    return sound, warnings


def left_aside(identifier: str, problem: str) -> str:
    """Say that a layer is not used, and what to do."""
    return _(
        "the imported layer {layer} is left aside, and the bundled one stands: {problem}; import it again, "
        "or run seabed layers remove {layer}"
    ).format(layer=identifier, problem=problem)


def problem_with(layer: UserLayer, *, thoroughly: bool = False) -> str | None:
    """Return what is wrong with the file of a layer, or ``None``.

    A file of the size and time it was written with is trusted; any other is hashed. ``thoroughly`` hashes
    always.
    """
    try:
        status = layer.path.stat()
        if status.st_size != layer.bytes:
            return _("its file {path} has {found} bytes, not {expected}").format(
                path=layer.path, found=f"{status.st_size:,}", expected=f"{layer.bytes:,}"
            )
        if (thoroughly or status.st_mtime_ns != layer.mtime_ns) and sha256_of(layer.path) != layer.sha256:
            return _("its file {path} was changed after the import").format(path=layer.path)
    except OSError as error:
        return _("its file {path} cannot be read ({error})").format(path=layer.path, error=error.strerror)
    return None


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file, or of a folder: of its files' names and hashes, in order."""
    if path.is_dir():
        files = sorted(file for file in path.rglob("*") if file.is_file())
        lines = "\n".join(f"{file.relative_to(path).as_posix()} {sha256_of(file)}" for file in files)
        return hashlib.sha256(lines.encode()).hexdigest()
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _layer(record: dict[str, Any]) -> UserLayer:
    layer = UserLayer(
        **{
            **record,
            "supersedes": tuple(dict(selector) for selector in record["supersedes"]),
            "notes": tuple(map(str, record["notes"])),
        }
    )
    if not re.fullmatch(_ID, layer.id) or not re.fullmatch(_FILE, layer.file):
        raise ValueError(f"a layer {layer.id!r} with the file {layer.file!r}")
    for selector in layer.supersedes:
        if "kind" not in selector or selector.keys() - _SELECTABLE:
            raise ValueError(f"{layer.id} supersedes by {', '.join(map(str, selector))}")
        if not all(value is None or isinstance(value, str) for value in selector.values()):
            raise ValueError(f"{layer.id} supersedes by values that are no text")
    return layer


# --- changing ----------------------------------------------------------------------------------------------


def put_in_force(layer: UserLayer) -> None:
    """List a layer, uppermost and in place of one of the same id; then delete the file that it replaces.

    Raises
    ------
    AtlasError
        If the index is damaged or cannot be written.
    """
    installed = installed_layers()
    _write_index([*(one for one in installed if one.id != layer.id), layer])
    _delete(one.file for one in installed if one.id == layer.id and one.file != layer.file)


def put_out_of_force(identifier: str) -> UserLayer:
    """Take a layer off the list, delete its file and return it.

    Raises
    ------
    AtlasError
        If there is none of that id, or the index is damaged or cannot be written.
    """
    installed = installed_layers()
    gone = next((one for one in installed if one.id == identifier), None)
    if gone is None:
        known = ", ".join(one.id for one in installed) or "none"
        raise AtlasError(f"no imported layer is called {identifier!r}; imported: {known}")
    _write_index([one for one in installed if one is not gone])
    _delete([gone.file])
    return gone


def _write_index(layers: list[UserLayer]) -> None:
    folder = layers_folder()
    fields = UserLayer.__dataclass_fields__
    records = [{name: getattr(layer, name) for name in fields} for layer in layers]
    text = json.dumps({"schema": _SCHEMA, "layers": records}, ensure_ascii=False, indent=1)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=folder, prefix=".index.", delete=False
        ) as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        Path(stream.name).replace(folder / "index.json")
    except OSError as error:
        raise AtlasError(f"{folder} cannot be written to: {error.strerror}") from None


def _delete(files: Iterable[str]) -> None:
    for file in files:
        with contextlib.suppress(OSError):  # a file left behind is out of force all the same
            (layers_folder() / file).unlink()
