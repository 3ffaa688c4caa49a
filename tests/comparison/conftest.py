from __future__ import annotations

import datetime as dt
from functools import cache

import pytest

from seabed.atlas.store import Atlas
from seabed.comparison import Comparison, compare, read_group

ON = dt.date(2026, 11, 21)


@pytest.fixture(scope="session")
def atlas():
    with Atlas.open(bundled_only=True) as opened:
        yield opened


@pytest.fixture(scope="session")
def compared(atlas):
    """Compare two groups by their names, each pair and day once."""

    @cache
    def run(a: str, b: str, on: dt.date = ON, language: str = "en") -> Comparison:
        return compare(read_group(a, atlas), read_group(b, atlas), on=on, atlas=atlas, language=language)

    return run


@pytest.fixture(scope="session")
def chn_tmc(compared):
    return compared("chn", "tmc")
