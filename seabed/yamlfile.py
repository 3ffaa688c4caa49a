"""Reading our own YAML files: plain data only, duplicate keys refused."""

from __future__ import annotations

import contextlib
import datetime as dt
import hashlib
import json
import os
import re
import tempfile
from pathlib import Path
from typing import Any

import yaml

from seabed.errors import RuleError

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]  # PyYAML picks the C loader where it is built
    """The safe loader, which also refuses a mapping with the same key twice."""

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:  # noqa: ANN401, FBT001, FBT002 - PyYAML's own signature
        keys = [key.value for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                where = f"{node.start_mark.name}, line {node.start_mark.line + 1}"
                raise RuleError(f"{where}: the key {key!r} stands twice")
        return super().construct_mapping(node, deep)


# YAML 1.2: only true and false are booleans. PyYAML's 1.1 would also read the key `on` and Norway's NO so.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in _Base.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(?:true|false)$"), ["t", "f"])


def read_yaml(path: Path) -> Any:  # noqa: ANN401 - validated by the caller's model
    """Read one YAML file.

    Raises
    ------
    RuleError
        If it is missing or not well-formed, with the line.
    """
    try:
        with path.open(encoding="utf-8") as stream:
            return yaml.load(stream, Loader=_Loader)  # noqa: S506 - a safe loader
    except OSError as error:
        raise RuleError(f"{path}: cannot be read: {error.strerror}") from None
    except (yaml.YAMLError, ValueError) as error:  # a ValueError is an impossible date, or no UTF-8
        raise RuleError(f"{path}: not well-formed YAML: {error}") from None
    except RecursionError:
        raise RuleError(f"{path}: nested too deeply") from None


# --- Our own files, parsed once -----------------------------------------------------------------------------

_DATE = "$date"


def read_own_yaml(path: Path) -> Any:  # noqa: ANN401 - validated by the caller's model
    """Read a YAML file that ships with the program, from a JSON copy if one was kept for this very content.

    PyYAML takes 60 ms for the rules, JSON 5 ms. The copies lie in the user's cache folder by SHA-256 of the
    content, so they are never stale; whatever goes wrong with them is ignored.

    Raises
    ------
    RuleError
        As `read_yaml`.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise RuleError(f"{path}: cannot be read: {error.strerror}") from None
    kept = _cache_folder() / f"{hashlib.sha256(content).hexdigest()}.json"
    with contextlib.suppress(OSError, ValueError):
        return json.loads(kept.read_bytes(), object_hook=_revived)
    data = read_yaml(path)
    with contextlib.suppress(OSError, TypeError, ValueError):
        _keep(kept, json.dumps(data, default=_as_json, ensure_ascii=False))
    return data


def _cache_folder() -> Path:
    """``$SEABED_CACHE``, else ``$XDG_CACHE_HOME/seabed`` (``~/.cache/seabed``)."""
    own = os.environ.get("SEABED_CACHE")
    base = os.environ.get("XDG_CACHE_HOME") or "~/.cache"
    return Path(own) if own else Path(base).expanduser() / "seabed"


def _keep(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            stream.write(text)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _as_json(value: object) -> dict[str, str]:
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return {_DATE: value.isoformat()}
    raise TypeError(f"{value!r} has no JSON form here")


def _revived(mapping: dict[str, Any]) -> Any:  # noqa: ANN401 - a date or the mapping itself
    return dt.date.fromisoformat(mapping[_DATE]) if _DATE in mapping else mapping
