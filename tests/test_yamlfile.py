"""Kept copies of our own YAML files say what the files say; nothing that goes wrong with them shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seabed.errors import RuleError
from seabed.resources import data_dir
from seabed.yamlfile import read_own_yaml, read_yaml

if TYPE_CHECKING:
    from pathlib import Path

FILES = [path for path in sorted(data_dir("rules").rglob("*.yaml")) if not path.name.endswith(".cases.yaml")]


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SEABED_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_a_kept_copy_says_what_the_file_says(cache: Path) -> None:
    for path in FILES:
        assert read_own_yaml(path) == read_yaml(path), path
        assert read_own_yaml(path) == read_yaml(path), path
    assert len(list(cache.iterdir())) == len({path.read_bytes() for path in FILES})


@pytest.mark.usefixtures("cache")
def test_a_changed_file_is_read_anew(tmp_path: Path) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("on: 2026-11-21\n")
    before = read_own_yaml(path)
    path.write_text("on: 2026-11-22\n")
    assert read_own_yaml(path) != before


@pytest.mark.parametrize("damage", ["", "{", '{"$date": "tomorrow"}', "\0"])
def test_a_damaged_copy_is_ignored(cache: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text("a: [1, 2]\n")
    read_own_yaml(path)
    (kept,) = cache.iterdir()
    kept.write_text(damage)
    assert read_own_yaml(path) == {"a": [1, 2]}


def test_without_a_folder_to_write_to_the_file_is_read_all_the_same(tmp_path: Path, monkeypatch) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    monkeypatch.setenv("SEABED_CACHE", str(blocked / "cache"))
    path = tmp_path / "a.yaml"
    path.write_text("a: 1\n")
    assert read_own_yaml(path) == {"a": 1}


@pytest.mark.parametrize(
    "content", [b"on: 2026-13-45\n", b"a: \xff\xfe\n", b"[" * 5000, b"a: [\n", b"? [1]\n: 2\n- 3\n"]
)
def test_a_hostile_file_gets_one_clear_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "hostile.yaml"
    path.write_bytes(content)
    with pytest.raises(RuleError, match=r"hostile\.yaml: (not well-formed YAML|nested too deeply)"):
        read_yaml(path)


def test_a_missing_file_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(RuleError, match=r"missing\.yaml: cannot be read"):
        read_own_yaml(tmp_path / "missing.yaml")
