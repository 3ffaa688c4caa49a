"""Build geodata/depth.npz, the depth grid, from ETOPO1: ``python -m geodata.build.depth``.

ETOPO1 1 Arc-Minute Global Relief Model (NOAA National Geophysical Data Center 2009, doi:10.7289/V5C8276M;
Amante and Eakins 2009, NOAA Technical Memorandum NESDIS NGDC-24; public domain), bedrock, node-registered,
out of the PyPI package ``pybacktrack``. That copy was made with ``grdsample -I0.1 ETOPO1_Bed_g.g98``: its
nodes fall on every sixth node of ETOPO1, so that it holds ETOPO1's own values and averages nothing.

Needs the [build] extra, of which ``pybacktrack`` itself is only unpacked, not imported.
"""

from __future__ import annotations

import argparse
import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seabed.errors import AtlasError, MissingExtraError
from seabed.feasibility.depth_grid import COLUMNS, FILE, NODES_PER_DEGREE, ROWS, write_grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

OUT = Path(__file__).resolve().parents[1] / FILE
REQUIREMENT = "pybacktrack==1.5.0"
_INSIDE = Path("bundle_data", "topography", "ETOPO1_0.1.grd")


def main() -> None:
    """Build the grid and say how large it is."""
    parser = argparse.ArgumentParser(
        prog="python -m geodata.build.depth", description="Build the depth grid."
    )
    parser.add_argument("--grid", type=Path, help=f"{_INSIDE.name}, if {REQUIREMENT} is not installed")
    parser.add_argument("--out", type=Path, default=OUT)
    arguments = parser.parse_args()
    depths = read_etopo1(arguments.grid or _packaged())
    write_grid(depths, arguments.out)
    print(f"{arguments.out}: {depths.max():,} m at the deepest, {arguments.out.stat().st_size / 1e6:.1f} MB")


def read_etopo1(path: Path) -> NDArray[np.int16]:
    """Return depths (rows from 90° S, columns from 180° W), m, positive down, of the netCDF-4 grid.

    Raises
    ------
    MissingExtraError
        If h5py is not installed.
    AtlasError
        If the grid is not the one expected.
    """
    try:
        import h5py  # noqa: PLC0415 - only to build
    except ImportError:
        raise MissingExtraError("reading ETOPO1", "build") from None
    with h5py.File(path) as file:
        lon, lat, height = (np.asarray(file[name], dtype=np.float64) for name in ("lon", "lat", "z"))
    expected_lon, expected_lat = (
        np.arange(count) / NODES_PER_DEGREE + start for count, start in ((COLUMNS + 1, 0), (ROWS, -90))
    )
    if not (
        height.shape == (ROWS, COLUMNS + 1)
        and np.allclose(lon, expected_lon)
        and np.allclose(lat, expected_lat)
        and np.isfinite(height).all()
        and (height[:, 0] == height[:, -1]).all()
    ):
        raise AtlasError(f"{path} is not ETOPO1 at 0.1°, nodes from 0° to 360° E and 90° S to 90° N")
    from_180_west = np.roll(height[:, :-1], COLUMNS // 2, axis=1)
    return np.rint(-from_180_west).astype(np.int16)


def _packaged() -> Path:
    found = importlib.util.find_spec("pybacktrack")
    if found is None or not found.submodule_search_locations:
        raise MissingExtraError(f"the depth grid ({REQUIREMENT})", "build")
    return Path(found.submodule_search_locations[0]) / _INSIDE


if __name__ == "__main__":
    main()
