"""The built wheel works by itself: installed in a clean environment and run from another folder."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def clean_python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Install the wheel into an environment that has our dependencies but not this checkout.

    The dependencies are lent by the environment the tests run in, because tests use no network.
    """
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    (wheel,) = folder.glob("*.whl")
    environment = folder / "clean"
    venv.create(environment, with_pip=False)
    python = environment / "bin" / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    (site_packages,) = (environment / "lib").glob("python*/site-packages")
    (site_packages / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return python


def run(python: Path, *arguments: str, cwd: Path) -> str:
    done = subprocess.run(
        [str(python), *arguments],
        check=True,
        capture_output=True,
        text=True,
        cwd=cwd,
        # Nothing of the developer's own: no layers, no kept copies.
        env={"PATH": "/usr/bin", "SEABED_DATA": str(cwd / "data"), "SEABED_CACHE": str(cwd / "cache")},
    )
    return done.stdout


def test_the_wheel_checks_a_site_from_another_folder(clean_python: Path, tmp_path: Path) -> None:
    where = run(clean_python, "-c", "import seabed; print(seabed.__file__)", cwd=tmp_path)
    assert Path(where.strip()).is_relative_to(clean_python.parent.parent)
    question = (
        "--applicant",
        "tmc-usa",
        "--activity",
        "exploitation",
        "--mineral",
        "nodules",
        "--on",
        "2026-11-21",
    )
    answer = json.loads(
        run(clean_python, "-m", "seabed", "check", "isa:NORI-D", *question, "--format", "json", cwd=tmp_path)
    )
    assert {o["order"]: o["verdict"] for o in answer["opinions"]}["unclos"] == "prohibited"


def test_the_wheel_writes_both_briefs(clean_python: Path, tmp_path: Path) -> None:
    for name in ("brief.html", "brief.pdf"):
        run(
            clean_python,
            "-m",
            "seabed",
            "brief",
            "isa:NORI-D",
            "--on",
            "2026-11-21",
            "-o",
            name,
            cwd=tmp_path,
        )
        assert (tmp_path / name).stat().st_size > 10_000
