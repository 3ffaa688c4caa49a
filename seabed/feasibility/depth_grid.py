"""The bundled depth grid: ETOPO1 (bedrock) at every sixth arc-minute, read a tile at a time.

The grid is node-registered: 1,801 rows from 90° S to 90° N and 3,600 columns from 180° W, 0.1° apart. Each
value is ETOPO1's own at that node, a 1 arc-minute sample and no average of the 11 km around it.
``geodata/build/depth.py`` writes it as tiles of 20°, each stored as two planes of bytes (low, high) of the
differences along its rows, which deflate to 7.5 MB; a tile is decoded once in a process, in 2 ms, and all of
them fill 13 MB.
"""

from __future__ import annotations

import zlib
from functools import cache
from typing import TYPE_CHECKING
from zipfile import BadZipFile

import numpy as np

from seabed.errors import AtlasError
from seabed.resources import data_dir

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Depths = NDArray[np.int16]
    Indices = NDArray[np.intp]

FILE = "depth.npz"
NODES_PER_DEGREE = 10
ROWS, COLUMNS = 180 * NODES_PER_DEGREE + 1, 360 * NODES_PER_DEGREE
_TILE = 20 * NODES_PER_DEGREE
_LAST_TILE_ROW = ROWS // _TILE - 1  # which also holds the row of the North Pole


def depth_at(lon: ArrayLike, lat: ArrayLike) -> Floats:
    """Return the depth in m, positive down, bilinear between the four nodes around each place.

    Parameters
    ----------
    lon, lat
        Degrees, of any one shape; longitudes may run past ±180, latitudes over a pole are taken on the
        meridian beyond it.

    Returns
    -------
    Depths of the same shape; negative above sea level.

    Raises
    ------
    AtlasError
        If the grid is missing or damaged.
    ValueError
        If a coordinate is not finite.

    Notes
    -----
    A hundred places in one tile take some 0.1 ms once it is decoded.
    """
    lon, lat = np.broadcast_arrays(np.asarray(lon, dtype=np.float64), np.asarray(lat, dtype=np.float64))
    if not (np.isfinite(lon).all() and np.isfinite(lat).all()):
        raise ValueError("longitudes and latitudes must be finite")
    beyond = np.abs(lat) > 90
    lon = np.where(beyond, lon + 180, lon)
    lat = np.where(beyond, np.sign(lat) * 180 - lat, lat)
    row, column = (lat + 90) * NODES_PER_DEGREE, (lon + 180) * NODES_PER_DEGREE
    south = np.clip(np.floor(row).astype(np.intp), 0, ROWS - 2)
    west = np.floor(column).astype(np.intp)
    up, right = row - south, column - west
    column_west, column_east = west % COLUMNS, (west + 1) % COLUMNS
    grid = _with_tiles_at(south, column_west, column_east)
    lower = grid[south, column_west] * (1 - right) + grid[south, column_east] * right
    upper = grid[south + 1, column_west] * (1 - right) + grid[south + 1, column_east] * right
    depths: Floats = lower * (1 - up) + upper * up
    return depths


def write_grid(depths: Depths, path: Path) -> None:
    """Write depths (`ROWS`, `COLUMNS`), m, positive down, as the tiles that `depth_at` reads."""
    if depths.shape != (ROWS, COLUMNS) or depths.dtype != np.int16:
        raise ValueError(f"the grid must be int16 of {ROWS} rows and {COLUMNS} columns, not {depths.shape}")
    tiles = {}
    for row in range(_LAST_TILE_ROW + 1):
        for column in range(COLUMNS // _TILE):
            end = ROWS if row == _LAST_TILE_ROW else (row + 1) * _TILE
            tile = depths[row * _TILE : end, column * _TILE : (column + 1) * _TILE]
            steps = np.diff(tile, axis=1, prepend=np.int16(0)).astype("<i2")
            tiles[_name(row, column)] = np.moveaxis(steps[..., None].view(np.uint8), -1, 0)
    np.savez_compressed(path, **tiles)  # type: ignore[arg-type]


def _with_tiles_at(south: Indices, west: Indices, east: Indices) -> Depths:
    """Return the grid, in which at least the tiles of these cells are filled."""
    grid, is_filled = _grid()
    is_needed = np.zeros_like(is_filled)
    for row in (south, south + 1):
        for column in (west, east):
            is_needed[np.minimum(row // _TILE, _LAST_TILE_ROW), column // _TILE] = True
    for down, across in np.argwhere(is_needed & ~is_filled).tolist():
        tile = _read_tile(down, across)
        height, width = tile.shape
        grid[down * _TILE : down * _TILE + height, across * _TILE : across * _TILE + width] = tile
        is_filled[down, across] = True
    return grid


@cache
def _grid() -> tuple[Depths, NDArray[np.bool_]]:
    """Return the grid of this process, and which of its tiles have been read into it."""
    return np.zeros((ROWS, COLUMNS), np.int16), np.zeros((_LAST_TILE_ROW + 1, COLUMNS // _TILE), np.bool_)


def _read_tile(row: int, column: int) -> Depths:
    path = data_dir("geodata") / FILE
    try:
        # Opened anew for each tile: an open file would be shared, and its place with it, by forked processes.
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as archive:
            low, high = archive[_name(row, column)]
    except (OSError, KeyError, ValueError, EOFError, BadZipFile, zlib.error) as error:
        raise AtlasError(f"the depth grid {path} is damaged ({error}); reinstall seabed-assessor") from None
    steps = (low.astype(np.uint16) | high.astype(np.uint16) << 8).view(np.int16)
    tile: Depths = np.cumsum(steps, axis=1, dtype=np.int16)
    return tile


def _name(row: int, column: int) -> str:
    return f"r{row}c{column:02d}"
