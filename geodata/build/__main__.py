"""Build geodata/atlas.gpkg from the public sources: ``python -m geodata.build``.

Needs the [build] extra. The maritime zones take minutes; to try out a change in geodata/sources or in the
registers, ``--zones-from`` takes them, and the shelf derived from them, from an atlas built before. They were
cut into pieces there, so that the bytes differ: what is committed comes from a full build.
"""

from __future__ import annotations

import argparse
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(Path(__file__).parent)]

from areas import build_areas  # noqa: E402

from seabed.atlas.store import Atlas, Feature, Limit, write_atlas  # noqa: E402

OUT = ROOT / "geodata" / "atlas.gpkg"
DERIVED_LAYERS = ("maritime_zones", "us_ocs")


def main() -> None:
    """Build the atlas and say how large it is."""
    parser = argparse.ArgumentParser(prog="python -m geodata.build", description="Build the atlas.")
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--zones-from", type=Path, metavar="ATLAS", help="take the zones from this atlas")
    arguments = parser.parse_args()
    start = time.monotonic()
    features = build_areas(ROOT / "geodata" / "sources", ROOT / "rules" / "registers" / "isa_contracts.yaml")
    zones, limits = _stored_zones(arguments.zones_from) if arguments.zones_from else _derived_zones()
    write_atlas(arguments.out, [*features, *zones], limits)
    with Atlas.open(arguments.out) as atlas:
        print(
            f"{arguments.out}: {len(features) + len(zones)} features, {len(limits)} limits, "
            f"{arguments.out.stat().st_size / 1e6:.1f} MB, {time.monotonic() - start:.0f} s, {atlas.sha256}"
        )


def _derived_zones() -> tuple[list[Feature], list[Limit]]:
    # These import scipy and read the shoreline.
    from maritime_zones import build_zones  # noqa: PLC0415
    from us_ocs import build_us_ocs  # noqa: PLC0415

    zones, limits = build_zones()
    shelf, shelf_limits = build_us_ocs(zones)
    return [*zones, *shelf], [*limits, *shelf_limits]


def _stored_zones(path: Path) -> tuple[list[Feature], list[Limit]]:
    with Atlas.open(path) as atlas:
        zones = [feature for feature in atlas.features() if feature.layer in DERIVED_LAYERS]
        return zones, list(atlas.limits_near([(-180.0, -90.0, 180.0, 90.0)]))


if __name__ == "__main__":
    main()
