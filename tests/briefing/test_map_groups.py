from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from seabed.briefing.maps.frame import frame_of_extent
from seabed.briefing.maps.groups import (
    Group,
    Inset,
    Member,
    Moment,
    draw_group_map,
    draw_moments,
    draw_small_multiples,
    extent_of,
    meeting_extents,
    style_of,
)
from seabed.briefing.maps.style import GROUPS, STATUSES
from seabed.errors import SeabedError

if TYPE_CHECKING:
    from seabed.atlas.store import Atlas

SVG = "{http://www.w3.org/2000/svg}"
ON = dt.date(2026, 11, 21)


def two_groups() -> list[Group]:
    return [
        Group(
            "one",
            "First group",
            (
                Member(
                    "Alpha",
                    shapely.MultiPolygon([shapely.box(-125, 8, -123, 10), shapely.box(-121, 8, -119, 9)]),
                ),
                Member("Beta", shapely.box(-122, 11, -120, 12.5), "ended"),
            ),
        ),
        Group(
            "two",
            "Second group",
            (
                Member("Gamma", shapely.box(-119, 8, -117, 10)),
                Member("Delta", shapely.box(-119.5, 8.5, -118, 11), "pending"),
            ),
        ),
    ]


def elements(svg: str, kind: str) -> list[ET.Element]:
    root = ET.fromstring(svg)  # noqa: S314 - our own document
    return [element for element in root.iter(f"{SVG}g") if element.get("class") == kind]


def test_each_group_is_a_layer_of_its_members(atlas: Atlas) -> None:
    svg = draw_group_map(two_groups(), atlas, on=ON, title="Two groups", extent=(-126, 7, -111, 15))
    layers = {layer.get("data-layer"): layer for layer in elements(svg, "layer")}
    assert {"group-one", "group-two", "isa_apei", "graticule", "labels"} <= set(layers)
    assert layers["group-two"].get("data-name") == "Second group"
    assert [feature.get("data-name") for feature in layers["group-two"]] == [
        "Gamma (in force)",
        "Delta (applied for)",
    ]
    assert {label.get("data-name") for label in layers["labels"]} == {"Alpha", "Beta", "Gamma", "Delta"}


def test_groups_and_statuses_are_told_apart_without_colour() -> None:
    assert len({style.hatch for style in GROUPS}) == len(GROUPS)
    for index in range(len(GROUPS)):
        looks = {
            (s.line, s.hatch, s.fill != "none") for s in (style_of(index, status) for status in STATUSES)
        }
        assert len(looks) == len(STATUSES)


def test_the_same_groups_give_the_same_map(atlas: Atlas) -> None:
    maps = {draw_group_map(two_groups(), atlas, on=ON, title="Two groups") for _ in range(2)}
    assert len(maps) == 1


def test_hostile_names_are_text(atlas: Atlas) -> None:
    name = '<script>alert(1)</script>"&\u202e🐟' + "x" * 500
    group = Group('"><script>', name, (Member(name, shapely.box(-120, 8, -118, 10), name=name),))
    inset = Inset(name, (-121, 7, -117, 11))
    svg = draw_group_map([group], atlas, on=ON, title=name, insets=[inset], sources=name)
    assert not list(ET.fromstring(svg).iter(f"{SVG}script"))  # noqa: S314 - our own document
    assert "<script" not in svg
    assert "\u202e" not in svg


def test_where_groups_meet_has_an_extent_of_its_own() -> None:
    (extent,) = meeting_extents(two_groups())
    west, south, east, north = extent
    assert west < -121
    assert east > -117
    assert south < 8
    assert north > 11
    apart = [two_groups()[0], Group("far", "Far", (Member("Far", shapely.box(10, 8, 11, 9)),))]
    assert meeting_extents(apart) == []


def test_an_extent_across_180_is_narrow() -> None:
    fiji = shapely.MultiPolygon([shapely.box(178, -18, 180, -16), shapely.box(-180, -18, -178, -16)])
    west, _south, east, _north = extent_of([fiji])
    assert (west, east) == pytest.approx((177.76, -177.76))


@given(
    st.lists(st.tuples(st.floats(-180, 179), st.floats(-70, 69)), min_size=1, max_size=5),
    st.floats(-179, 179),
)
def test_an_extent_holds_all_and_is_as_narrow_wherever_the_meridians_are_counted_from(
    corners: list[tuple[float, float]], turn: float
) -> None:
    def boxes(by: float) -> list[shapely.Polygon]:
        wests = [(lon + by + 180) % 360 - 180 for lon, _lat in corners]
        return [
            shapely.box(w, lat, w + 1, lat + 1)
            for w, (_lon, lat) in zip(wests, corners, strict=True)
            if w < 179
        ]

    def width(geometries: list[shapely.Polygon]) -> float:
        west, south, east, north = extent_of(geometries, 0.0)
        for geometry in geometries:
            assert south < geometry.bounds[1] < geometry.bounds[3] < north or north == 90
            assert (geometry.bounds[0] - west) % 360 + 1 <= (east - west) % 360 or (west, east) == (-180, 180)
        return (east - west) % 360 or 360.0

    before, after = boxes(0), boxes(turn)
    if len(before) == len(after) == len(corners):
        assert width(before) == pytest.approx(width(after), abs=1e-6)


def test_groups_across_180_are_drawn_in_one_piece(atlas: Atlas) -> None:
    fiji = shapely.MultiPolygon([shapely.box(178, -18, 180, -16), shapely.box(-180, -18, -178, -16)])
    svg = draw_group_map([Group("a", "A", (Member("Both sides", fiji),))], atlas, on=ON, title="Across")
    (layer,) = (one for one in elements(svg, "layer") if one.get("data-layer") == "group-a")
    paths = [
        path for path in layer.iter(f"{SVG}path") if "stroke: #0072b2" in (path.get("style") or "").lower()
    ]
    assert [(path.get("d") or "").upper().count("M") for path in paths] == [1]


def moments() -> list[Moment]:
    one, two = two_groups()
    return [
        Moment(dt.date(2001, 5, 22), "22 May 2001", (Group("one", one.label, one.members[:1]),)),
        Moment(dt.date(2025, 4, 24), "24 April 2025", (one, Group("two", two.label, ()))),
        Moment(ON, "Today", (one, two)),
    ]


def test_small_maps_show_what_stood_on_each_day(atlas: Atlas) -> None:
    svg = draw_small_multiples(moments(), atlas, title="Three days")
    shown = [layer.get("data-layer") for layer in elements(svg, "layer")]
    assert shown.count("group-one") == 3
    assert shown.count("group-two") == 1


def test_without_a_script_the_last_day_of_a_slider_stands(atlas: Atlas) -> None:
    frames = elements(draw_moments(moments(), atlas, title="Days"), "frame")
    assert [(frame.get("data-on"), frame.get("display")) for frame in frames] == [
        ("2001-05-22", "none"),
        ("2025-04-24", "none"),
        ("2026-11-21", None),
    ]


def test_what_cannot_be_drawn_is_refused(atlas: Atlas) -> None:
    shape = shapely.box(0, 0, 1, 1)
    with pytest.raises(SeabedError, match="knows the statuses in_force"):
        draw_group_map([Group("a", "A", (Member("A", shape, "not_yet"),))], atlas, on=ON, title="")
    with pytest.raises(SeabedError, match="at most 4 groups"):
        draw_group_map([Group(str(i), "A", (Member("A", shape),)) for i in range(5)], atlas, on=ON, title="")
    with pytest.raises(SeabedError, match="no area to draw"):
        draw_group_map([Group("a", "A", ())], atlas, on=ON, title="")


def test_the_map_of_a_thousand_blocks_is_small(atlas: Atlas) -> None:
    blocks = shapely.MultiPolygon(
        [
            shapely.box(x / 4 - 125, 8 + y / 4, x / 4 - 124.8, 8.2 + y / 4)
            for x in range(40)
            for y in range(25)
        ]
    )
    group = Group("a", "A", (Member("Blocks", blocks),))
    svg = draw_group_map([group], atlas, on=ON, title="A thousand blocks")
    assert len(svg) < 300_000
    assert not re.search(r"\bnan\b", svg)


def test_what_lies_far_from_a_frame_is_left_out_and_what_lies_in_it_is_not():
    frame = frame_of_extent((170, -10, -170, 10), 1.5)
    near, far = shapely.box(178, 0, 179, 1), shapely.box(60, 0, 61, 1)
    both = frame.beside(shapely.MultiPolygon([near, far]))
    assert both.equals(shapely.box(-182, 0, -181, 1))
    assert frame.project(far).is_empty
    assert frame.project(both).equals(frame.project(frame.beside(near)))
    assert frame.project(both).area > 0
