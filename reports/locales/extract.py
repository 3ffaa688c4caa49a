"""What pybabel does not know how to read: the sentences and names that our data give in English only.

``babel.cfg`` says which method reads which file. ``yaml_keys`` and ``csv_columns`` take strings under the
keys or columns they are told, ``atlas_names`` the names in the layers. Values without a word in them (dates,
numbers) are left out; a text in two languages is a mapping, and has no need of a translation.
"""

from __future__ import annotations

import csv
import io
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import yaml

from seabed.atlas.names import words_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

#: Line, function (none: the first string is the message), message, comments.
Message = tuple[int, None, str, list[str]]

_WORD = re.compile(r"[^\W\d_]{2,}")


def yaml_keys(
    file: BinaryIO, _keywords: object, _comment_tags: object, options: Mapping[str, str]
) -> Iterator[Message]:
    """Yield every string under one of the option ``keys``, at any depth, and every string of a list there."""
    keys = frozenset(options["keys"].split())
    tree = yaml.compose(file.read().decode("utf-8"), Loader=yaml.SafeLoader)
    for line, text in _strings_under(tree, keys):
        yield from _message(line, text)


def _strings_under(node: Any, keys: frozenset[str]) -> Iterator[tuple[int, str]]:  # noqa: ANN401 - untyped
    if isinstance(node, yaml.MappingNode):
        for key, value in node.value:
            listed = value.value if isinstance(value, yaml.SequenceNode) else [value]
            for one in listed:
                if key.value in keys and one.tag == "tag:yaml.org,2002:str":
                    yield one.start_mark.line + 1, one.value
                else:
                    yield from _strings_under(one, keys)
    elif isinstance(node, yaml.SequenceNode):
        for one in node.value:
            yield from _strings_under(one, keys)


def csv_columns(
    file: BinaryIO, _keywords: object, _comment_tags: object, options: Mapping[str, str]
) -> Iterator[Message]:
    """Yield every cell of the columns that the option ``columns`` names, where the table has them."""
    columns = options["columns"].split()
    reader = csv.DictReader(io.StringIO(file.read().decode("utf-8"), newline=""))
    for row in reader:
        for column in columns:
            yield from _message(reader.line_num, (row.get(column) or "").strip())


def atlas_names(
    file: BinaryIO, _keywords: object, _comment_tags: object, options: Mapping[str, str]
) -> Iterator[Message]:
    """Yield what has to be translated of the layers: statuses, holders, bases of limits, and words of names.

    The names of the kinds in the option ``proper`` are those of companies and their blocks, and stay.
    """
    proper = set(options["proper"].split())
    with closing(sqlite3.connect(f"file:{file.name}?mode=ro&immutable=1", uri=True)) as atlas:
        kinds = atlas.execute("SELECT kind, name FROM feature ORDER BY fid").fetchall()
        names = [name for kind, name in kinds if kind not in proper]
        for query in (
            'SELECT name FROM "limit" ORDER BY fid',
            'SELECT basis FROM "limit" ORDER BY fid',
        ):
            names += [row[0] for row in atlas.execute(query)]
        whole = [
            row[0]
            for query in (
                "SELECT DISTINCT status FROM feature WHERE status IS NOT NULL ORDER BY status",
                "SELECT DISTINCT holder FROM feature WHERE holder IS NOT NULL ORDER BY holder",
            )
            for row in atlas.execute(query)
        ]
    for text in (*sorted(words_in(dict.fromkeys(names))), *whole):
        yield from _message(1, text)


def _message(line: int, text: str) -> Iterator[Message]:
    if _WORD.search(text):
        yield line, None, text, []
