"""Reading our own YAML files: plain data only, duplicate keys refused."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import yaml

from seabed.errors import RuleError

if TYPE_CHECKING:
    from pathlib import Path

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
    except yaml.YAMLError as error:
        raise RuleError(f"{path}: not well-formed YAML: {error}") from None
