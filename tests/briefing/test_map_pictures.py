"""The maps beside small pictures of how they looked when somebody last looked at them.

After a change that is meant: SEABED_NEW_PICTURES=1 python -m pytest tests/briefing/test_map_pictures.py,
and look at tests/briefing/pictures/.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.testing.compare import compare_images
from shapely.geometry import shape
from test_map_groups import ON, two_groups

from seabed.briefing.map import draw_sheet, frame_of, map_aspect
from seabed.briefing.maps import groups
from seabed.briefing.maps.scene import gather
from seabed.briefing.maps.svg import drawing_settings

if TYPE_CHECKING:
    from seabed.atlas.store import Atlas
    from seabed.contract import Assessment

PICTURES = Path(__file__).parent / "pictures"
#: Root mean square of the difference, of 255: letters a pixel off give 3, a layer that is missing 10.
TOLERANCE = 6.0
SIZE = (7.2, 4.6)


def compare(figure: Any, name: str, folder: Path) -> str | None:
    FigureCanvasAgg(figure)
    target = PICTURES / f"{name}.png" if os.environ.get("SEABED_NEW_PICTURES") else folder / f"{name}.png"
    figure.savefig(target, dpi=64, metadata={"Software": None})
    assert (PICTURES / f"{name}.png").stat().st_size < 60_000
    return compare_images(str(PICTURES / f"{name}.png"), str(target), TOLERANCE)  # type: ignore[no-any-return]


def site_figure(assessment: Assessment, atlas: Atlas, **changes: Any) -> Any:
    frame = frame_of(assessment, map_aspect(SIZE))
    touched = {identifier for zone in assessment.zones for identifier in (zone.id, *zone.features)}
    scene = gather(frame, atlas, assessment.question.on, touched=touched)
    site = frame.project(frame.beside(shape(assessment.site.geometry)))
    with drawing_settings():
        return draw_sheet(assessment, atlas, frame, site, scene, size=SIZE, **changes).figure


@pytest.mark.parametrize("name", ["assessment", "hostile"])
def test_the_map_of_a_site_looks_as_it_did(
    name: str, request: pytest.FixtureRequest, atlas: Atlas, tmp_path: Path
) -> None:
    assert compare(site_figure(request.getfixturevalue(name), atlas), f"site-{name}", tmp_path) is None


def test_a_redacted_map_looks_as_it_did(assessment: Assessment, atlas: Atlas, tmp_path: Path) -> None:
    assert compare(site_figure(assessment, atlas, redact=True), "site-redacted", tmp_path) is None


def test_the_map_of_two_groups_looks_as_it_did(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    figures = []
    monkeypatch.setattr(groups, "finished", lambda figure, *_, **__: figures.append(figure) or "")
    inset = groups.Inset("Where they meet", groups.meeting_extents(two_groups())[0])
    groups.draw_group_map(two_groups(), atlas, on=ON, title="Two groups", insets=[inset])
    with drawing_settings():
        assert compare(figures[0], "groups", tmp_path) is None


def test_a_layer_that_is_missing_is_noticed(assessment: Assessment, atlas: Atlas, tmp_path: Path) -> None:
    figure = site_figure(assessment, atlas)
    for artist in figure.axes[0].patches + figure.axes[0].artists:
        if artist.get_hatch():
            artist.remove()
    FigureCanvasAgg(figure)
    figure.savefig(tmp_path / "without.png", dpi=64)
    said = compare_images(str(PICTURES / "site-assessment.png"), str(tmp_path / "without.png"), TOLERANCE)
    assert said is not None
