"""No test sees the layers that whoever runs it has imported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session", autouse=True)
def _no_layers_of_the_developer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Point $SEABED_DATA at an empty folder before any fixture opens the layers."""
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("no-data")
        patch.setenv("SEABED_DATA", str(folder))
        patch.delenv("SEABED_BUNDLED_LAYERS", raising=False)
        yield folder
