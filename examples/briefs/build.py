"""Write the briefs of plan.yaml beside it: ``python examples/briefs/build.py [FOLDER]``."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = Path(__file__).parent


def commands(folder: Path) -> Iterator[list[str]]:
    """Yield the command line of each file."""
    plan = yaml.safe_load((_HERE / "plan.yaml").read_text(encoding="utf-8"))
    always = ["--on", plan["date"]]
    for name, brief in plan["briefs"].items():
        for ending in brief["formats"]:
            out = str(folder / f"{name}.{ending}")
            yield ["brief", brief["site"], *brief["options"], *always, "-o", out]
    for name, comparison in plan["comparisons"].items():
        for ending in comparison["formats"]:
            out = str(folder / f"{name}.{ending}")
            yield ["compare", *comparison["groups"], *comparison["options"], *always, "-o", out]


def _run(arguments: list[str]) -> None:
    subprocess.run([sys.executable, "-m", "seabed", *arguments], cwd=_HERE.parents[1], check=True)  # noqa: S603 - our own plan


def main(folder: Path) -> None:
    """Write every file of the plan into ``folder``."""
    folder.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(_run, commands(folder.resolve())))


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else _HERE)
