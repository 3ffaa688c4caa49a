from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest
import shapely
from pyproj import Geod
from shapely.geometry import mapping, shape

from seabed.atlas.store import Atlas, Feature, Limit, write_atlas
from seabed.briefing.map import (
    MAX_BYTES,
    draw_map,
    frame_of,
    legend_of,
    wanted_labels,
)
from seabed.briefing.maps.canvas import Panel, Sheet, degrees, draw_scale_bar
from seabed.briefing.maps.lettering import LABEL_PT, Wanted, drawable, place, width_of, wrapped
from seabed.briefing.maps.scene import Scene, gather
from seabed.briefing.maps.style import LIMITS, OVERLAYS, ZONES, darker, limit_class
from seabed.briefing.maps.svg import drawing_settings
from seabed.briefing.words import ZONE_KINDS
from seabed.language import speaking

if TYPE_CHECKING:
    from pathlib import Path

    from shapely.geometry.base import BaseGeometry

    from seabed.contract import Assessment

SVG = "{http://www.w3.org/2000/svg}"


def moved(assessment: Assessment, geometry: BaseGeometry, centroid: tuple[float, float]) -> Assessment:
    site = assessment.site.model_copy(update={"geometry": mapping(geometry), "centroid": centroid})
    return assessment.model_copy(update={"site": site})


def scene_of(assessment: Assessment, atlas: Atlas | None) -> Scene:
    touched = {identifier for zone in assessment.zones for identifier in (zone.id, *zone.features)}
    return gather(frame_of(assessment, 1.3), atlas, assessment.question.on, touched=touched)


def site_on(assessment: Assessment) -> BaseGeometry:
    frame = frame_of(assessment, 1.3)
    return frame.project(frame.beside(shape(assessment.site.geometry)))


def groups(svg: str, kind: str) -> list[ET.Element]:
    root = ET.fromstring(svg)  # noqa: S314 - our own document
    return [element for element in root.iter(f"{SVG}g") if element.get("class") == kind]


def test_the_map_is_xml_with_a_title_and_a_description(either: Assessment, atlas: Atlas) -> None:
    root = ET.fromstring(draw_map(either, atlas))  # noqa: S314 - our own document
    title, description = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert title is not None
    assert description is not None
    assert (title.text or "").startswith("Map of ")
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "map-title map-desc"


def test_names_are_text_in_the_map_never_markup(hostile: Assessment, atlas: Atlas) -> None:
    svg = draw_map(hostile, atlas)
    assert "<script" not in svg
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in svg
    assert not list(ET.fromstring(svg).iter(f"{SVG}script"))  # noqa: S314 - our own document


def test_the_map_loads_nothing(either: Assessment, atlas: Atlas) -> None:
    svg = draw_map(either, atlas)
    assert not re.search(r'(href|src)="(?!#)', svg)
    assert not re.search(r"url\((?!#)", svg)


def test_the_same_assessment_gives_the_same_map(either: Assessment, atlas: Atlas) -> None:
    assert draw_map(either, atlas) == draw_map(either, atlas)


def test_each_layer_is_one_group_with_its_name_and_titled_features(either: Assessment, atlas: Atlas) -> None:
    layers = groups(draw_map(either, atlas), "layer")
    keys = [layer.get("data-layer") for layer in layers]
    assert len(keys) == len(set(keys))
    assert {"site", "graticule", "labels"} < set(keys)
    for layer in layers:
        assert layer.get("data-name")
        for feature in layer:
            if feature.get("class") == "feature":
                title = feature.find(f"{SVG}title")
                assert title is not None
                assert title.text == feature.get("data-name")


def test_every_label_says_which_layer_it_belongs_to(assessment: Assessment, atlas: Atlas) -> None:
    svg = draw_map(assessment, atlas)
    layers = {layer.get("data-layer") for layer in groups(svg, "layer")}
    labels = {label.get("data-name"): label.get("data-of") for label in groups(svg, "label")}
    assert labels["NORIPMN1"] == "isa_contract"
    assert set(labels.values()) <= layers


def test_ids_are_unique_resolved_and_differ_between_two_maps_of_a_page(
    assessment: Assessment, atlas: Atlas
) -> None:
    first, second = (draw_map(assessment, atlas, prefix=prefix) for prefix in ("one", "two"))
    for svg in (first, second):
        ids = re.findall(r' id="([^"]*)"', svg)
        assert len(ids) == len(set(ids))
        assert set(re.findall(r'url\(#([^)]*)\)|href="#([^"]*)"', svg)) <= {
            pair for known in ids for pair in ((known, ""), ("", known))
        }
    assert not set(re.findall(r' id="([^"]*)"', first)) & set(re.findall(r' id="([^"]*)"', second))


def test_a_style_sheet_of_the_map_never_reaches_the_page_around_it(
    assessment: Assessment, atlas: Atlas
) -> None:
    assert "<style" not in draw_map(assessment, atlas)


def test_every_zone_of_the_assessment_that_is_drawn_is_in_the_legend(
    either: Assessment, atlas: Atlas
) -> None:
    scene = scene_of(either, atlas)
    drawn = {one.kind for one in (*scene.zones, *scene.overlays)}
    drawn |= {f"limit_{limit.kind}" for limit in scene.limits}
    legend = {key.kind for key in legend_of(scene, has_white=True) if key.kind}
    assert drawn | {"site", "area"} == legend - {"disputed"}
    assert ("disputed" in legend) == any(zone.is_disputed for zone in scene.zones)
    assert {zone.kind for zone in either.zones} & drawn


@pytest.mark.parametrize("points_per_width", [120, 340, 900])
def test_labels_lie_in_the_frame_and_none_overlaps_another(
    either: Assessment, atlas: Atlas, points_per_width: int
) -> None:
    frame, scene, site = frame_of(either, 1.3), scene_of(either, atlas), site_on(either)
    placed = place(
        wanted_labels(scene, site), frame, 2 * frame.half_width / points_per_width, keep_clear=site
    )
    boxes = [shapely.box(*label.box) for label in placed]
    assert all(shapely.within(box, frame.rectangle) for box in boxes)
    assert not [
        1 for i, one in enumerate(boxes) for other in boxes[:i] if shapely.intersection(one, other).area
    ]
    if points_per_width > 300:
        assert placed


def test_a_label_that_does_not_fit_its_area_never_stands_on_another(assessment: Assessment) -> None:
    # The name of a small block of COMRA's once stood on the contract area to its north.
    frame = frame_of(assessment, 1.3)
    own, other = shapely.box(-2000, -2000, 2000, 2000), shapely.box(-200_000, 2000, 200_000, 90_000)
    wanted = [Wanted(("COMRA COM2a",), own, "black", "isa_contract", may_stand_beside=True)]
    (free,) = place(wanted, frame, 1000.0)
    (moved_away,) = place(wanted, frame, 1000.0, obstacles=other)
    assert shapely.intersects(shapely.box(*free.box), other)
    assert not shapely.intersects(shapely.box(*moved_away.box), other)


def test_a_label_is_as_wide_as_the_box_kept_free_for_it() -> None:
    assert width_of("NORIPMN1", LABEL_PT, bold=True) > width_of("NORIPMN1", LABEL_PT) > 6 * LABEL_PT * 0.5


@pytest.mark.parametrize("half_km", [60, 733, 5900])
def test_the_scale_bar_is_right_to_a_hundredth_at_the_centre(assessment: Assessment, half_km: float) -> None:
    site = shapely.Point(assessment.site.centroid).buffer(half_km / 111.0 / 3)
    frame = frame_of(moved(assessment, site, assessment.site.centroid), 1.3)
    with drawing_settings():
        sheet = Sheet.new(7.2, 4.6)
        panel = Panel.new(sheet, frame, 0.4, 0.8, 4.9)
        bar = draw_scale_bar(sheet, panel, 0.4, 0.6)
    metres = bar.points * panel.metres_per_point
    longitude, latitude = frame.centre
    # Half of it on each side of the centre, where a map maker measures.
    ends = [frame.to_degrees.transform(x, 0.0) for x in (-metres / 2, metres / 2)]
    _, _, true = Geod(ellps="WGS84").inv(*ends[0], *ends[1])
    assert true / 1000 == pytest.approx(bar.km, rel=0.01)
    assert 0.3 < bar.points / (1.5 * 72) <= 1
    assert (longitude, latitude) == assessment.site.centroid


def test_a_redacted_map_tells_no_position(assessment: Assessment, atlas: Atlas) -> None:
    whole, redacted = draw_map(assessment, atlas), draw_map(assessment, atlas, redact=True)
    assert 'data-layer="graticule"' in whole
    assert 'data-layer="graticule"' not in redacted
    assert not re.search(r"\d\s*°|\b116\.|\b10\.4", re.sub(r' (d|x|transform)="[^"]*"', "", redacted))
    assert "TMC-USA-A" in redacted


def test_limits_are_told_apart_by_what_they_rest_on() -> None:
    assert limit_class("200M", "200 M envelope") == "200M"
    assert limit_class("200M", "200 M envelope of a contested feature (SPRATLY)") == "200M-contested"
    assert limit_class("200M", "a publisher's own words") == "200M-other"
    assert [limit_class("between_states", basis) for basis in ("treaty", "award", "judgment")] == [
        "agreed"
    ] * 3
    assert limit_class("between_states", "treaty, not drawn") == "undrawn"
    assert limit_class("between_states", "equidistance") == "median"
    assert limit_class("between_states", "") == "between_states"
    assert set(LIMITS) >= {"3M", "12M"}


def luminance(red: float, green: float, blue: float) -> float:
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in (red, green, blue)]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_every_label_has_enough_contrast_on_white() -> None:
    for style in OVERLAYS.values():
        assert 1.05 / (luminance(*darker(style.edge)) + 0.05) >= 4.5


def test_no_two_kinds_look_the_same_in_grey() -> None:
    looks = [(style.line, style.hatch, style.fill != "none", style.width > 1) for style in OVERLAYS.values()]
    greys = {
        (look, round(luminance(*darker(s.edge)), 1)) for look, s in zip(looks, OVERLAYS.values(), strict=True)
    }
    assert len(greys) == len(looks)


def test_chinese_is_drawn_with_the_font_that_ships(assessment: Assessment, atlas: Atlas) -> None:
    site = assessment.site.model_copy(update={"name": "多金属结核"})
    with speaking("zh"):
        svg = draw_map(assessment.model_copy(update={"site": site}), atlas)
    assert "多金属结核" in svg
    assert drawable("保留区 APEI 🐟\u202e") == "保留区 APEI"
    assert width_of("国际海底管理局", 6.0) == pytest.approx(7 * 6.0, rel=0.15)


def test_text_is_broken_between_words_and_between_chinese_characters() -> None:
    for text in ("Areas of particular environmental interest", "特别环境利益区，由国际海底管理局指定"):
        lines = wrapped(text, 6.0, 60.0).split("\n")
        assert len(lines) > 1
        assert all(width_of(line, 6.0) <= 66 for line in lines)
        assert "".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not any(line.startswith("，") for line in lines)
    assert wrapped("one two three four", 6.0, 20.0, lines=2).endswith(" …")


def test_what_surrounds_the_site_is_on_the_map(assessment: Assessment, atlas: Atlas) -> None:
    scene = scene_of(assessment, atlas)
    assert {(one.kind, one.label, one.touches) for one in scene.overlays} == {
        ("isa_contract", "NORIPMN1", True),
        ("isa_apei", "APEI-12", False),
        ("us_dshmra_application", "TMC-USA-A", True),
    }
    # Both blocks of the contract are drawn; both belong to what the site touches.
    assert sum(one.label == "NORIPMN1" for one in scene.overlays) == 2


def test_a_zone_across_the_antimeridian_is_one_shape(hostile: Assessment, atlas: Atlas) -> None:
    assert len(frame_of(hostile, 1.3).boxes) == 2
    scene = scene_of(hostile, atlas)
    assert site_on(hostile).geom_type == "Polygon"
    disputed = [zone for zone in scene.zones if zone.is_disputed]
    assert [zone.geometry.geom_type for zone in disputed] == ["Polygon"]
    assert {zone.label for zone in scene.zones if zone.label} == {"Fiji", "France", "disputed: Fiji, France"}
    assert [limit.kind for limit in scene.limits] == ["200M-other"]


def test_areas_on_the_map_are_true(assessment: Assessment) -> None:
    assert site_on(assessment).area / 1e6 == pytest.approx(assessment.site.area_km2, rel=1e-4)


def test_the_scale_is_true_at_the_site(assessment: Assessment) -> None:
    frame = frame_of(assessment, 1.5)
    longitude, latitude = frame.centre
    east, north, _ = Geod(ellps="WGS84").fwd(longitude, latitude, 90, 50_000)
    x, y = frame.to_map.transform(east, north)
    assert np.hypot(x, y) == pytest.approx(50_000, rel=1e-5)


def test_without_an_atlas_the_site_is_drawn_alone(assessment: Assessment) -> None:
    assert scene_of(assessment, None) == Scene()
    assert {group.get("data-layer") for group in groups(draw_map(assessment, None), "layer")} == {
        "graticule",
        "site",
    }


@pytest.mark.parametrize(
    ("geometry", "centroid"),
    [
        (shapely.MultiPoint([(10, 0), (10.5, 0.2)]), (10.25, 0.1)),
        (shapely.Point(-179.99, 70), (-179.99, 70.0)),
        (shapely.box(-30, 88, 60, 89.9), (15.0, 88.9)),
        (shapely.box(-180, -90, 180, -75), (0.0, -90.0)),
        (shapely.box(-179, -80, 179, 80), (0.0, 0.0)),
        (shapely.box(100, 10, 100.00001, 10.00001), (100.0, 10.0)),
    ],
)
def test_a_site_of_any_kind_and_place_has_a_map(
    assessment: Assessment, atlas: Atlas, geometry: BaseGeometry, centroid: tuple[float, float]
) -> None:
    svg = draw_map(moved(assessment, geometry, centroid), atlas)
    assert len(ET.fromstring(svg)) > 2  # noqa: S314 - our own document
    assert "nan" not in re.sub(r"<(title|desc)[^>]*>[^<]*", "", svg)


def test_a_ragged_coast_is_simplified_until_the_map_is_small(assessment: Assessment, tmp_path: Path) -> None:
    generator = np.random.default_rng(1)
    islands = []
    for _ in range(50):
        x, y = generator.uniform(-119, -115), generator.uniform(8.5, 12.5)
        turn = np.linspace(0, 2 * np.pi, 800, endpoint=False)
        radius = 0.06 * (1 + 0.4 * generator.random(800))
        islands.append(
            shapely.Polygon(np.column_stack([x + radius * np.cos(turn), y + radius * np.sin(turn)]))
        )
    coast = Feature(
        layer="coast",
        id="land:1",
        ref="land:1",
        kind="land",
        name="Coast",
        geometry=shapely.union_all(islands),
    )
    write_atlas(tmp_path / "atlas.gpkg", [coast], [])
    with Atlas.open(tmp_path / "atlas.gpkg") as ragged:
        assert len(draw_map(assessment, ragged)) <= MAX_BYTES


def test_an_islet_too_small_to_see_has_no_shape_and_no_label(assessment: Assessment, tmp_path: Path) -> None:
    # Once its outline had been simplified away, placing its label failed.
    turn = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    islet = shapely.Polygon(np.column_stack([-118.5 + 1e-4 * np.cos(turn), 9.5 + 1e-4 * np.sin(turn)]))
    block = shapely.box(-118.01, 9.5, -118, 9.51)
    features = [
        Feature(layer="a", id="z", ref="z", kind="continental_shelf", name="z", state="FJI", geometry=islet),
        Feature(layer="a", id="b", ref="B-1", kind="isa_contract", name="B-1", geometry=block),
    ]
    shore = shapely.LineString(islet.exterior.coords)
    write_atlas(tmp_path / "atlas.gpkg", features, [Limit(layer="a", kind="12M", name="l", geometry=shore)])
    with Atlas.open(tmp_path / "atlas.gpkg") as small:
        shown = scene_of(assessment, small).simplified(300)
        assert (shown.zones, [one.label for one in shown.overlays]) == ((), ["B-1"])
        assert 'data-layer="isa_contract"' in draw_map(assessment, small)


def test_every_zone_kind_but_the_area_can_be_drawn() -> None:
    assert set(ZONES) | set(OVERLAYS) | {"area"} == set(ZONE_KINDS)


@pytest.mark.parametrize(
    ("value", "said"), [(0, "0°"), (-12.5, "12°30′W"), (180, "180°"), (-180, "180°"), (0.0166667, "0°01′E")]
)
def test_a_graticule_label_has_degrees_and_minutes(value: float, said: str) -> None:
    assert degrees(value, "E", "W") == said
