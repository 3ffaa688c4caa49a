"""Make the land masses of the sea ways, and work out which waypoints and ports see each other.

    python -m geodata.build.sea_ways

Reads the land of ``geodata/atlas.gpkg``; writes ``land_masses.csv`` and the columns ``sees`` of
``sea_waypoints.csv`` and ``ports.csv`` in ``seabed/feasibility/figures/``. Takes some 10 s.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import shapely

from seabed.atlas.store import Atlas, cut_polygon
from seabed.feasibility import figures, sea_ways
from seabed.geodesy import area_km2

_FIGURES = Path(figures.__file__).parent
_SMALLEST_KM2 = 20_000.0
_TOLERANCE_DEG = 0.25
# Small pieces under a tree: a leg is held against what is near it, not against all of Eurasia.
_MAX_VERTICES = 64
_LAND = {
    "source": "GSHHG (Wessel and Smith 1996) through the land of the bundled atlas",
    "vintage": "2025-06",
    "basis": "land masses of at least 20,000 km2, simplified to a quarter of a degree, lakes filled",
    "confidence": "medium",
}
# Not sailed here: sea ice, in boxes (west, south, east, north), with the northern passages.
_ICE = [
    (40, 72, 180, 90),
    (-180, 70, -60, 90),
    (-60, 72, -25, 90),
    (-25, 82, 40, 90),
    (-171, 65.6, -166, 70),
    (-180, -90, 180, -62),
]
_ICE_PROVENANCE = {
    "source": "assumption of this program",
    "vintage": "2026-11",
    "basis": "seasonal ice: no way is led through it, nor through the Bering Strait",
    "confidence": "low",
}


def main() -> None:
    """Rewrite the three tables."""
    _write("land_masses", [*_land(), *_ice()])
    waypoints, ports = _read("sea_waypoints"), _read("ports")
    at = np.array([(float(row["lon"]), float(row["lat"])) for row in waypoints])
    ids = [row["id"] for row in waypoints]
    for index, row in enumerate(waypoints):
        clear = sea_ways.clear_legs(float(row["lon"]), float(row["lat"]), at)
        row["sees"] = " ".join(ids[other] for other in np.flatnonzero(clear) if other > index)
    for row in ports:
        clear = sea_ways.clear_legs(float(row["lon"]), float(row["lat"]), at, start_km=sea_ways.PORT_REACH_KM)
        row["sees"] = " ".join(ids[other] for other in np.flatnonzero(clear))
        if not row["sees"]:
            raise SystemExit(f"{row['id']} sees no waypoint: add one in the water off it")
    _write("sea_waypoints", waypoints)
    _write("ports", ports)
    print(f"{len(waypoints)} waypoints, {len(ports)} ports")


def _land() -> list[dict[str, str]]:
    with Atlas.open(bundled_only=True) as atlas:
        pieces = [piece for _, piece in atlas.touching([(-180, -90, 180, 90)], None, ("land",))]
    shells = [shapely.Polygon(part.exterior) for part in shapely.get_parts(shapely.union_all(pieces))]
    ice = [shapely.box(*box) for box in _ICE]
    rows = []
    for shell in shells:
        if area_km2(shell) < _SMALLEST_KM2:
            continue
        coarse = shapely.set_precision(shell.simplify(_TOLERANCE_DEG), 0.01)
        if any(box.covers(coarse) for box in ice):
            continue
        rows += [
            {"wkt": shapely.to_wkt(part, rounding_precision=2)} | _LAND
            for piece in cut_polygon(coarse, _MAX_VERTICES)
            for part in shapely.get_parts(piece)
        ]
    return rows


def _ice() -> list[dict[str, str]]:
    return [
        {"wkt": shapely.to_wkt(shapely.box(*box), rounding_precision=2)} | _ICE_PROVENANCE for box in _ICE
    ]


def _read(name: str) -> list[dict[str, str]]:
    with (_FIGURES / f"{name}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def _write(name: str, rows: list[dict[str, str]]) -> None:
    path = _FIGURES / f"{name}.csv"
    beside = path.with_suffix(".tmp")
    with beside.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    beside.replace(path)


if __name__ == "__main__":
    main()
