"""The user's own layers: which are in force, what happens to damaged ones, and what the outputs say."""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from click.testing import CliRunner, Result
from publisher_files import AAA, eez, write
from shapely import Point, box

from seabed.assessment import assess
from seabed.atlas import library, store
from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.importing import import_layer
from seabed.atlas.library import data_folder, installed_layers, layers_in_force, put_out_of_force
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas
from seabed.cli import main
from seabed.errors import AtlasError
from seabed.question import Question
from seabed.site import read_site

if TYPE_CHECKING:
    from collections.abc import Callable

    from seabed.atlas.library import UserLayer


@pytest.fixture
def data(tmp_path: Path, atlas_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own, over the made-up atlas."""
    monkeypatch.setenv("SEABED_DATA", str(tmp_path / "data"))
    monkeypatch.setattr(store, "default_path", lambda: atlas_path)
    return tmp_path / "data"


@pytest.fixture
def layer(data: Path, tmp_path: Path) -> UserLayer:
    assert not data.exists()
    path = write(tmp_path / "World_EEZ_v12.gpkg", [eez(8001, "AAA", AAA)])
    return import_layer(path, "marine-regions-eez", vintage="version 12, October 2023")


def shelf() -> str:
    with Atlas.open() as atlas:
        found = atlas.touching([(12.4, -1.1, 12.4, -1.1)], None, ["continental_shelf"])
        (identifier,) = {zone.id for zone, piece in found if piece.intersects(Point(12.4, -1.1))}
    return identifier


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


# --- where -------------------------------------------------------------------------------------------------


def test_the_folder_is_the_systems_unless_a_variable_names_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SEABED_DATA", str(tmp_path))
    assert data_folder() == tmp_path
    monkeypatch.delenv("SEABED_DATA")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert data_folder().name == "seabed"
    assert data_folder().is_relative_to(tmp_path)


def test_without_imports_there_is_nothing_in_force_and_nothing_is_created(data: Path) -> None:
    assert layers_in_force() == ([], [])
    with Atlas.open() as both, Atlas.open(bundled_only=True) as bundled:
        assert both.sha256 == bundled.sha256
    assert not data.exists()


# --- in force ----------------------------------------------------------------------------------------------


def test_the_hash_of_the_layers_covers_the_imported_ones(layer: UserLayer) -> None:
    with Atlas.open() as both, Atlas.open(bundled_only=True) as bundled:
        assert both.sha256 != bundled.sha256
        both.verify()
    put_out_of_force(layer.id)
    with Atlas.open() as again:
        assert again.sha256 == bundled.sha256


def test_the_catalogue_tells_the_imported_layer(layer: UserLayer) -> None:
    entry = load_catalogue()[layer.id]
    assert entry.publisher == "Flanders Marine Institute (VLIZ)"
    assert entry.vintage == "version 12, October 2023"
    assert entry.built.startswith("imported as marine-regions-eez from World_EEZ_v12.gpkg: 1 features")
    assert list(load_catalogue())[-1] == layer.id


def test_an_assessment_names_the_layer_it_used(layer: UserLayer) -> None:
    question = Question(on=dt.date(2026, 11, 21), activity="exploration", mineral="nodules")
    with Atlas.open() as atlas:
        told = assess(read_site("12, -2", radius_km=5), question, atlas=atlas)
        assert told.receipt.layers_sha256 == atlas.sha256
    assert [zone.layer for zone in told.zones] == [layer.id]
    source = next(one for one in told.sources if one.id == layer.id)
    assert source.licence == "CC BY 4.0"


def test_removing_a_layer_puts_the_bundled_one_back_in_force(layer: UserLayer) -> None:
    assert shelf() == "mr:8001"
    assert put_out_of_force(layer.id) == layer
    assert shelf() == "mz:AAA-200"
    assert not layer.path.exists()
    with pytest.raises(AtlasError, match="no imported layer is called 'marine-regions-eez'; imported: none"):
        put_out_of_force(layer.id)


def test_a_later_import_stands_above_an_earlier_one(layer: UserLayer, tmp_path: Path) -> None:
    path = write(tmp_path / "newer.gpkg", [eez(8002, "AAA", AAA)])
    newer = import_layer(path, "marine-regions-eez", identifier="newer")
    assert [one.id for one in installed_layers()] == [layer.id, newer.id]
    assert shelf() == "mr:8002"


def test_a_superseded_feature_still_names_a_site(layer: UserLayer) -> None:
    with Atlas.open() as atlas:
        with pytest.raises(AtlasError, match="the atlas has no feature 'mz:AAA-200'"):
            atlas.feature("mz:AAA-200")
        site = site_of(atlas, "mz:aaa-200")
        assert "An imported layer has superseded that feature" in site.notes[1]
        assert site_of(atlas, "mr:8001").notes == (
            f"The site is feature mr:8001 of layer {layer.id}: {layer.entry['source']}.",
        )


def test_an_id_in_two_files_is_that_of_the_upper_one(data: Path, tmp_path: Path) -> None:
    del data
    path = write(
        tmp_path / "apei.gpkg",
        [{"AreaKM2": 1.0, "Status": "Active", "Remarks": "CCZ-X", "geometry": box(-120, 5, -119, 6)}],
    )
    import_layer(path, "isa-apei")
    with Atlas.open() as atlas:
        assert atlas.attributes_of("ISA:ccz-x").layer == "isa-apei"


# --- damaged -----------------------------------------------------------------------------------------------


def _truncate(layer: UserLayer) -> None:
    layer.path.write_bytes(layer.path.read_bytes()[:5000])


def _flip_a_byte(layer: UserLayer) -> None:
    content = bytearray(layer.path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    layer.path.write_bytes(bytes(content))


def _delete(layer: UserLayer) -> None:
    layer.path.unlink()


def _overwrite(layer: UserLayer) -> None:
    layer.path.write_bytes(b"\0" * layer.bytes)


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (_truncate, "has 5,000 bytes, not"),
        (_flip_a_byte, "was changed after the import"),
        (_overwrite, "was changed after the import"),
        (_delete, r"cannot be read \(No such file or directory\)"),
    ],
)
def test_a_damaged_layer_is_left_aside_with_a_warning(
    layer: UserLayer, damage: Callable[[UserLayer], None], words: str
) -> None:
    damage(layer)
    with Atlas.open() as atlas:
        (warning,) = atlas.warnings
    assert warning.startswith(f"the imported layer {layer.id} is left aside, and the bundled one stands: its")
    assert re.search(words, warning)
    assert shelf() == "mz:AAA-200"
    assert layer.id not in load_catalogue()
    result = run("check", "12, -2", "--radius", "5", "--on", "2026-11-21", "--format", "json")
    assert result.exit_code == 0
    assert result.stderr.startswith("seabed: warning: the imported layer marine-regions-eez is left aside")
    assert json.loads(result.stdout)["zones"][0]["layer"] == "maritime_zones"
    verified = run("layers", "verify")
    assert verified.exit_code == 2
    assert "seabed: damaged and left aside: marine-regions-eez; import them again" in verified.stderr


def test_a_layer_that_is_listed_but_no_atlas_is_left_aside(layer: UserLayer) -> None:
    layer.path.write_bytes(b"nothing")
    index = library.layers_folder() / "index.json"
    content = json.loads(index.read_text())
    content["layers"][0] |= {"bytes": 7, "mtime_ns": layer.path.stat().st_mtime_ns}
    index.write_text(json.dumps(content))
    with Atlas.open() as atlas:
        assert "is not a readable GeoPackage" in atlas.warnings[0]
    assert shelf() == "mz:AAA-200"


def test_a_file_that_was_only_touched_is_still_in_force(layer: UserLayer) -> None:
    os.utime(layer.path)
    assert layers_in_force() == ([layer], [])


@pytest.mark.parametrize(
    "content",
    [
        "{",
        "[]",
        '{"schema": "seabed.layers/2", "layers": []}',
        '{"schema": "seabed.layers/1", "layers": [{}]}',
        '{"schema": "seabed.layers/1"}',
        "[" * 100_000,
    ],
)
def test_a_damaged_index_leaves_the_bundled_layers_and_is_not_written_over(
    layer: UserLayer, tmp_path: Path, content: str
) -> None:
    index = library.layers_folder() / "index.json"
    index.write_text(content)
    assert shelf() == "mz:AAA-200"
    with Atlas.open() as atlas:
        assert atlas.warnings[0].startswith("no imported layer is in force: ")
    with pytest.raises(AtlasError, match="move it away and import the layers again"):
        import_layer(write(tmp_path / "b.gpkg", [eez(1, "AAA", AAA)]), "marine-regions-eez")
    assert index.read_text() == content
    assert [path.name for path in library.layers_folder().glob("*.gpkg")] == [layer.file]


@pytest.mark.parametrize(
    "change",
    [
        {"file": "../../elsewhere.gpkg"},
        {"file": "/etc/passwd"},
        {"id": "../x"},
        {"supersedes": [{"kind; DROP TABLE feature": "x"}]},
        {"supersedes": [{"ref": "x"}]},
        {"supersedes": [{"kind": 1}]},
        {"supersedes": "x"},
        {"unknown": 1},
    ],
)
def test_an_index_that_names_what_it_must_not_is_refused(layer: UserLayer, change: dict[str, Any]) -> None:
    index = library.layers_folder() / "index.json"
    content = json.loads(index.read_text())
    content["layers"][0] |= change
    index.write_text(json.dumps(content))
    with pytest.raises(AtlasError, match="the list of imported layers, is damaged"):
        installed_layers()
    assert layer.path.exists()


# --- the command line --------------------------------------------------------------------------------------


def test_the_commands_import_list_show_verify_and_remove(data: Path, tmp_path: Path) -> None:
    del data
    path = write(tmp_path / "eez.gpkg", [eez(8001, "AAA", AAA)])
    done = run("layers", "import", str(path), "--as", "marine-regions-eez")
    assert done.stdout.startswith("imported marine-regions-eez: 1 features, ")
    assert "note: with fewer than 200 outlines the file is taken as an extract" in done.stderr
    listed = run("layers", "list").stdout
    assert "Marine Regions, exclusive economic zones (200 M) [imported]" in listed
    assert "Maritime zones of States\n" in listed
    shown = run("layers", "show", "marine-regions-eez").stdout
    assert "supersedes       kind continental_shelf, state AAA, territory None" in shown
    assert "accuracy_km" in run("layers", "show", "maritime_zones").stdout
    assert "marine-regions-eez: as imported, " in run("layers", "verify").stdout
    assert run("layers", "remove", "marine-regions-eez").stdout == "removed marine-regions-eez\n"
    assert run("layers", "show", "marine-regions-eez").stderr.startswith(
        "seabed: no layer is called 'marine-regions-eez'; the layers are isa_contracts"
    )


def test_bundled_layers_can_be_asked_for(layer: UserLayer) -> None:
    arguments = ("check", "12, -2", "--radius", "5", "--on", "2026-11-21", "--format", "json")
    assert json.loads(run(*arguments).stdout)["zones"][0]["layer"] == layer.id
    told = json.loads(run(*arguments, "--bundled-layers").stdout)
    assert told["zones"][0]["layer"] == "maritime_zones"
    result = CliRunner().invoke(main, arguments, env={"SEABED_BUNDLED_LAYERS": "1"})
    assert json.loads(result.stdout)["zones"][0]["layer"] == "maritime_zones"


def test_an_import_that_is_refused_is_one_line_and_exit_code_2(data: Path, tmp_path: Path) -> None:
    del data
    result = run("layers", "import", str(tmp_path / "none.gpkg"), "--as", "isa-apei")
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"seabed: there is no file {tmp_path / 'none.gpkg'}\n"


def test_a_check_imports_nothing_that_reads_files_of_publishers() -> None:
    import subprocess
    import sys

    code = (
        "import sys, seabed.assessment, seabed.atlas.sites, seabed.cli_layers\n"
        "slow = {'pyogrio', 'geopandas', 'pandas', 'seabed.atlas.importing', 'seabed.atlas.vector_files'}\n"
        "print(sorted(slow & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    assert done.stdout == "[]\n"
    assert Path(sys.executable).exists()


def test_a_layer_may_supersede_more_than_sqlite_nests(data: Path, tmp_path: Path) -> None:
    import_layer(write(tmp_path / "eez.gpkg", [eez(8001, "AAA", AAA)]), "marine-regions-eez")
    index = data / "layers" / "index.json"
    content = json.loads(index.read_text())
    content["layers"][0]["supersedes"] += [{"kind": "isa_contract", "ref": f"R{n}"} for n in range(3000)]
    content["layers"][0]["supersedes"].append({"kind": "isa_contract", "ref": "NORIPMN1"})
    index.write_text(json.dumps(content))
    with Atlas.open() as atlas:
        assert atlas.attributes(ref="NORIPMN1") == []
        assert atlas.attributes(ref="OTHERPMN1")
