"""Measure what users wait for: ``make benchmark``. Ratios within one run, because machines are noisy.

Each figure is the best of several runs. Commands are timed cold, in a process of their own, as a user runs
them; a cold check is compared with starting Python, and with what a user would otherwise do for the first
step: open the atlas with geopandas and overlay the site. What has a limit is printed with it.
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

QUESTION = (
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
COMPARISON = ("compare", "chn", "tmc", "--on", "2026-11-21")
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
#: Commands, each with how often it is run and how many seconds it may take cold, if that is agreed.
COMMANDS: tuple[tuple[str, tuple[str, ...], int, float | None], ...] = (
    ("seabed --help", ("--help",), 5, None),
    ("seabed check", ("check", *QUESTION), 5, None),
    ("seabed brief, HTML", ("brief", *QUESTION, "-o", "{folder}/brief.html"), 3, 3.0),
    ("seabed brief, PDF", ("brief", *QUESTION, "-o", "{folder}/brief.pdf"), 3, 3.0),
    ("seabed compare chn tmc, text", COMPARISON, 3, 5.0),
    ("seabed compare chn tmc, HTML", (*COMPARISON, "-o", "{folder}/both.html"), 3, 5.0),
    ("seabed compare chn tmc, PDF", (*COMPARISON, "-o", "{folder}/both.pdf"), 3, 5.0),
)


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


def commands() -> dict[str, float]:
    """Time each of ``COMMANDS`` in a process of its own, in seconds."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            f"{name}, cold": best_of(
                times, python("-m", "seabed", *(part.format(folder=folder) for part in arguments))
            )
            for name, arguments, times, _limit in COMMANDS
        }


def inside() -> dict[str, float]:
    """Time what the commands rest on, warm, in seconds."""
    from seabed.assessment import assess
    from seabed.atlas.locate import locate
    from seabed.atlas.sites import site_of
    from seabed.atlas.store import Atlas
    from seabed.briefing import write_brief
    from seabed.comparison import compare, read_group
    from seabed.law.cases import load_scenarios
    from seabed.law.engine import Program, decide
    from seabed.law.rules import load_rulebook
    from seabed.question import Question

    on = dt.date(2026, 11, 21)
    atlas, book = Atlas.open(), load_rulebook()
    site, question = site_of(atlas, "isa:NORI-D"), Question(on=on, activity="exploitation", mineral="nodules")
    scenarios = load_scenarios()
    programs = {(s.order, s.on): Program(s.order, s.on, book) for s in scenarios}
    china, usa = read_group("chn", atlas), read_group("usa", atlas)
    assessment = assess(site, question, atlas=atlas)
    with tempfile.TemporaryDirectory() as folder:
        return {
            "locate, warm": best_of(5, lambda: locate(site, on, atlas)),
            "assess an unknown applicant, warm": best_of(3, lambda: assess(site, question, atlas=atlas)),
            "decide one scenario, warm (mean)": best_of(
                3, lambda: [decide(programs[s.order, s.on], dict(s.facts)) for s in scenarios]
            )
            / len(scenarios),
            "write brief.html, warm": best_of(
                2, lambda: write_brief(assessment, Path(folder) / "brief.html", atlas)
            ),
            "write brief.pdf, warm": best_of(
                2, lambda: write_brief(assessment, Path(folder) / "brief.pdf", atlas)
            ),
            "compare usa chn, warm": best_of(2, lambda: compare(usa, china, on=on, atlas=atlas)),
        }


def main() -> None:
    start = best_of(5, python("-c", "pass"))
    figures = {
        "start Python": start,
        **commands(),
        "the overlay alone with geopandas, cold": best_of(3, python("-c", OVERLAY)),
        **inside(),
    }
    if "--json" in sys.argv:
        print(json.dumps(figures, indent=2))
        return
    limits = {f"{name}, cold": limit for name, _arguments, _times, limit in COMMANDS}
    for name, seconds in figures.items():
        limit = limits.get(name)
        kept = "" if limit is None else f"   limit {limit:g} s: {'kept' if seconds < limit else 'NOT KEPT'}"
        print(f"{name:42} {seconds * 1e3:9.1f} ms {seconds / start:8.1f} x starting Python{kept}")


main()
