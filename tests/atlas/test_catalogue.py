"""The catalogue: what each layer is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seabed.atlas.catalogue import load_catalogue
from seabed.atlas.store import Atlas, default_path
from seabed.errors import AtlasError

if TYPE_CHECKING:
    from pathlib import Path

ENTRY = """\
- id: isa_contracts
  title: ISA contracts
  kinds: [isa_contract]
  source: ISA
  publisher: ISA
  vintage: 2024-10
  licence: none stated
  datum: WGS 84
  edge_kind: parallel_meridian
  accuracy_km: 0.1
  built: published vertices
"""


def written(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "catalog.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_an_entry_is_read_with_its_accuracy_in_words(tmp_path: Path) -> None:
    layer = load_catalogue(written(tmp_path, ENTRY))["isa_contracts"]
    assert (layer.kinds, layer.gaps, layer.vintage, layer.accuracy) == (
        ("isa_contract",),
        (),
        "2024-10",
        "0.1 km",
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (ENTRY.replace("  licence: none stated\n", ""), "entry 1: it lacks licence"),
        (ENTRY + "  colour: red\n", "entry 1: it has colour"),
        (ENTRY + ENTRY, "entry 2: the layer 'isa_contracts' stands twice"),
        ("a: 1\n", "must be a list of layers"),
        ("- 1\n", "entry 1: a layer must be a mapping"),
        ("- [\n", "not well-formed"),
    ],
)
def test_a_catalogue_that_breaks_its_schema_is_refused(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(AtlasError, match=says):
        load_catalogue(written(tmp_path, text))


def test_a_catalogue_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(AtlasError, match="cannot be read"):
        load_catalogue(tmp_path / "catalog.yaml")


@pytest.mark.skipif(not default_path().is_file(), reason="geodata/atlas.gpkg is not built")
def test_every_layer_of_the_shipped_atlas_is_in_the_catalogue_with_its_kinds() -> None:
    catalogue = load_catalogue()
    with Atlas.open() as atlas:
        features = atlas.attributes()
    assert {feature.layer for feature in features} == {
        layer.id for layer in catalogue.values() if layer.kinds
    }
    for feature in features:
        assert feature.kind in catalogue[feature.layer].kinds
