"""Measure what users wait for: ``make benchmark``. Ratios within one run, because machines are noisy.

Each figure is the best of several runs. A cold check is compared with starting Python, and with what a
user would otherwise do for the first step: open the atlas with geopandas and overlay the site.
"""

from __future__ import annotations

import datetime as dt
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

CHECK = (
    "isa:NORI-D",
    "--applicant",
    "tmc-usa",
    "--activity",
    "exploitation",
    "--mineral",
    "nodules",
    "--on",
    "2026-11-21",
)
OVERLAY = """
import geopandas
from seabed.resources import data_dir
atlas = data_dir("geodata") / "atlas.gpkg"
site = (-117.8167, 9.895, -116.0667, 11.0833)
pieces = geopandas.read_file(atlas, layer="piece", bbox=site)
features = geopandas.read_file(atlas, layer="feature").set_index("id")
clipped = geopandas.clip(pieces, site)
clipped.to_crs("+proj=laea +lat_0=10.5 +lon_0=-117").area.groupby(clipped["feature"]).sum()
"""


def best_of(times: int, work: Callable[[], object]) -> float:
    """Return the shortest of several runs, in seconds."""
    found = []
    for _ in range(times):
        start = time.perf_counter()
        work()
        found.append(time.perf_counter() - start)
    return min(found)


def python(*arguments: str) -> Callable[[], object]:
    return lambda: subprocess.run([sys.executable, *arguments], check=True, capture_output=True)


def main() -> None:
    from seabed.assessment import assess
    from seabed.atlas.locate import locate
    from seabed.atlas.sites import site_of
    from seabed.atlas.store import Atlas
    from seabed.briefing import write_brief
    from seabed.law.cases import load_scenarios
    from seabed.law.engine import Program, decide
    from seabed.law.rules import load_rulebook
    from seabed.question import Question

    on = dt.date(2026, 11, 21)
    start = best_of(5, python("-c", "pass"))
    figures = {"start Python": start, "seabed --help": best_of(5, python("-m", "seabed", "--help"))}
    figures["seabed check, cold"] = best_of(5, python("-m", "seabed", "check", *CHECK))
    comparison = ("compare", "chn", "tmc", "--on", "2026-11-21")
    figures["seabed compare chn tmc, cold"] = best_of(3, python("-m", "seabed", *comparison))
    figures["the overlay alone with geopandas, cold"] = best_of(3, python("-c", OVERLAY))

    atlas, book = Atlas.open(), load_rulebook()
    site, question = site_of(atlas, "isa:NORI-D"), Question(on=on, activity="exploitation", mineral="nodules")
    figures["locate, warm"] = best_of(5, lambda: locate(site, on, atlas))
    figures["assess an unknown applicant, warm"] = best_of(3, lambda: assess(site, question, atlas=atlas))
    scenarios = load_scenarios()
    programs = {(s.order, s.on): Program(s.order, s.on, book) for s in scenarios}
    each = best_of(3, lambda: [decide(programs[s.order, s.on], dict(s.facts)) for s in scenarios]) / len(
        scenarios
    )
    figures["decide one scenario, warm (mean)"] = each
    with tempfile.TemporaryDirectory() as folder:
        assessment = assess(site, question, atlas=atlas)
        for name in ("brief.html", "brief.pdf"):
            figures[f"write {name}"] = best_of(
                2, lambda n=name: write_brief(assessment, Path(folder) / n, atlas)
            )
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=2))
        return
    for name, seconds in figures.items():
        print(f"{name:42} {seconds * 1e3:9.1f} ms {seconds / start:8.1f} x starting Python")


main()
