"""A small made-up atlas on disk, and open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from made_up_atlas import make_features, make_limits

from seabed.atlas.store import Atlas, write_atlas

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def atlas_path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("atlas") / "atlas.gpkg"
    write_atlas(path, make_features(), make_limits())
    return path


@pytest.fixture(scope="session")
def atlas(atlas_path: Path) -> Iterator[Atlas]:
    with Atlas.open(atlas_path) as opened:
        yield opened
