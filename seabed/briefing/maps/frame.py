"""The rectangle that a map shows, in a projection of its own.

Lambert azimuthal equal-area, centred on the frame (PROJ): areas are true everywhere, the scale is true at
the centre, and nothing breaks at ±180° or the poles. Cartopy was tried and left out: at ±180° its gridliner
(0.26) draws and labels no meridian but 180°.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.affinity import translate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from pyproj import Transformer
    from shapely.geometry.base import BaseGeometry

    from seabed.atlas.store import Bounds

#: Half the width of a frame in km: never narrower than the first, never wider than the second (the
#: projection holds to 12,742 km, but shapes bend beyond recognition before).
MIN_HALF_KM, MAX_HALF_KM = 60.0, 6000.0

_DENSE_DEG = 0.25  # straight edges in longitude and latitude are curves on the map
_BLEED = 1.02  # shapes are cut outside the frame, so that the cut is not drawn as an edge


@dataclass(frozen=True, slots=True, eq=False)  # transformers have no hash
class Frame:
    """The rectangle that the map shows.

    ``half_width`` and ``half_height`` are metres on the map, from the centre; ``boxes`` are what the frame
    covers in degrees, split at ±180, each with the multiple of 360° that brings it beside the centre.
    """

    centre: tuple[float, float]
    half_width: float
    half_height: float
    boxes: tuple[tuple[Bounds, float], ...]
    to_map: Transformer
    to_degrees: Transformer

    @property
    def rectangle(self) -> BaseGeometry:
        """The frame on the map."""
        return shapely.box(-self.half_width, -self.half_height, self.half_width, self.half_height)

    def project(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry in degrees beside the centre on the map, cut a little outside the frame."""
        parts = shapely.get_parts(geometry)
        near = self._near(parts)
        if len(near) < len(parts):
            geometry = shapely.GeometryCollection(near.tolist())
        dense = shapely.segmentize(geometry, _DENSE_DEG)
        projected = shapely.transform(
            dense, lambda lonlat: np.column_stack(self.to_map.transform(lonlat[:, 0], lonlat[:, 1]))
        )
        w, h = self.half_width * _BLEED, self.half_height * _BLEED
        west, south, east, north = projected.bounds if not projected.is_empty else (0, 0, 0, 0)
        if -w <= west and east <= w and -h <= south and north <= h:
            return projected
        whole = projected if projected.is_valid else shapely.make_valid(projected)
        return shapely.intersection(whole, shapely.box(-w, -h, w, h))

    def beside(self, geometry: BaseGeometry) -> BaseGeometry:
        """Return a geometry split at ±180° in one piece, moved by multiples of 360° beside the centre.

        Where some of it has to be moved, what is not near the frame is left out.
        """
        parts = shapely.get_parts(geometry)
        if not len(parts):
            return geometry
        bounds = shapely.bounds(parts)
        turns = 360.0 * np.round((self.centre[0] - (bounds[:, 0] + bounds[:, 2]) / 2) / 360)
        if not turns.any():
            return geometry
        moved = [translate(part, xoff=turn) for part, turn in zip(parts, turns, strict=True)]
        return shapely.union_all(shapely.make_valid(self._near(np.array(moved))))

    def _near(self, parts: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return those whose bounds meet the frame's: the others are torn by the projection, slow to mend."""
        bounds = np.asarray(shapely.box(*shapely.bounds(parts).T))
        boxes = [shapely.box(w + shift, s, e + shift, n) for (w, s, e, n), shift in self.boxes]
        return parts[shapely.intersects(bounds[:, None], boxes).any(axis=1)]


def frame_around(
    geometry: BaseGeometry,
    centre: tuple[float, float],
    aspect: float,
    *,
    surroundings: float,
    min_half_km: float = MIN_HALF_KM,
) -> Frame:
    """Return the frame centred on ``centre`` (lon, lat in degrees) that is ``surroundings`` times the shape.

    ``aspect`` is its width over its height.
    """
    longitude, latitude = centre
    to_map, to_degrees = _transformers(longitude, latitude)
    lonlat = shapely.get_coordinates(shapely.segmentize(geometry, _DENSE_DEG))
    x, y = (np.abs(axis).max() for axis in to_map.transform(lonlat[:, 0], lonlat[:, 1]))
    half_width = float(min(max(max(x, y * aspect) * surroundings, min_half_km * 1000), MAX_HALF_KM * 1000))
    half_height = half_width / aspect
    return Frame(
        centre=(longitude, latitude),
        half_width=half_width,
        half_height=half_height,
        boxes=tuple(_boxes(longitude, half_width, half_height, to_map, to_degrees)),
        to_map=to_map,
        to_degrees=to_degrees,
    )


def frame_of_extent(extent: Bounds, aspect: float) -> Frame:
    """Return the frame that just holds an extent in degrees; west > east across 180° (RFC 7946)."""
    west, south, east, north = extent
    east = east if east > west else east + 360
    centre = (((west + east) / 2 + 180) % 360 - 180, (south + north) / 2)
    beside = centre[0] - (west + east) / 2
    box = shapely.box(west + beside, south, east + beside, north)
    return frame_around(box, centre, aspect, surroundings=1.0, min_half_km=20.0)


@lru_cache(maxsize=32)  # 15 ms each; the panels of a comparison share their frames
def _transformers(longitude: float, latitude: float) -> tuple[Transformer, Transformer]:
    from pyproj import Transformer  # noqa: PLC0415 - a tenth of a second that only a map needs

    laea = f"+proj=laea +lat_0={latitude!r} +lon_0={longitude!r} +ellps=WGS84 +units=m +no_defs"
    return (
        Transformer.from_crs("EPSG:4326", laea, always_xy=True),
        Transformer.from_crs(laea, "EPSG:4326", always_xy=True),
    )


def _boxes(
    longitude: float, half_width: float, half_height: float, to_map: Transformer, to_degrees: Transformer
) -> Iterator[tuple[Bounds, float]]:
    xs, ys = np.meshgrid(np.linspace(-half_width, half_width, 41), np.linspace(-half_height, half_height, 41))
    lon, lat = to_degrees.transform(xs.ravel(), ys.ravel())
    turned = longitude + (lon - longitude + 180) % 360 - 180
    margin = max(0.05, (lat.max() - lat.min()) * 0.05)
    south, north = max(lat.min() - margin, -90.0), min(lat.max() + margin, 90.0)
    west, east = turned.min() - margin, turned.max() + margin
    for pole in (-90.0, 90.0):
        x, y = to_map.transform(longitude, pole)
        if abs(x) <= half_width and abs(y) <= half_height:
            south, north = min(south, pole), max(north, pole)
            west, east = longitude - 180, longitude + 180
    west, east = max(west, longitude - 180), min(east, longitude + 180)
    for shift in (-360.0, 0.0, 360.0):
        low, high = max(west - shift, -180.0), min(east - shift, 180.0)
        if low < high:
            yield (low, south, high, north), shift
