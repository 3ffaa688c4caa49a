from __future__ import annotations

import contextlib
import datetime as dt
import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seabed.comparison.groups import (
    TieEntry,
    instruments_of,
    known_groups,
    load_groups,
    read_group,
)
from seabed.errors import SeabedError
from seabed.law.registers import load_registers


def refs(group):
    return [member.instrument.ref for member in group.members]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("chn", {"COMRAPMN1", "CMMPMN1", "BPHDCPMN1", "COMRAPMS1", "COMRACRFC1"}),
        ("tmc", {"NORIPMN1", "TOMLPMN1", "TMC-USA-A", "TMC-USA-B", "MARAWAPMN1"}),
        ("COMRA", {"COMRAPMN1", "COMRAPMS1", "COMRACRFC1"}),
        ("nru", {"NORIPMN1"}),
        ("noripmn1", {"NORIPMN1"}),
        ("us:TMC-USA-A", {"TMC-USA-A"}),
        ("pacific-sids", {"NORIPMN1", "TOMLPMN1", "MARAWAPMN1", "CIICPMN1"}),
        ("sponsor=CHN, mineral=nodules", {"COMRAPMN1", "CMMPMN1", "BPHDCPMN1"}),
        ("sponsor=China and region=CCZ", {"COMRAPMN1", "CMMPMN1"}),
        ("sponsor=CHN|KOR, mineral=CFC", {"COMRACRFC1", "KOREACRFC1"}),
        ("tmc, kind=us_dshmra_application", {"TMC-USA-A", "TMC-USA-B"}),
        ("holder=nori|toml", {"NORIPMN1", "TOMLPMN1"}),
        ("region=Southwest Indian Ridge", {"COMRAPMS1"}),
    ],
)
def test_a_group_has_the_members_that_its_name_or_filter_says(atlas, spec, expected):
    assert set(refs(read_group(spec, atlas))) == expected


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("tmx", "did you mean tmc"),
        ("sponser=CHN", "did you mean sponsor"),
        ("sponsor=CHM", "did you mean CHN"),
        ("region=CCX", "did you mean ccz"),
        ("mineral=noodles", "did you mean nodules"),
        ("holder=norri", "did you mean nori"),
        ("chm, mineral=nodules", "there is no group 'chm'"),
        ("sponsor=CHN, mineral=crusts, region=ccz", "nothing fits"),
        ("   ", "cannot be empty"),
        ("missing.geojson", "there is no file"),
        ("isa:NORI-Z", "NORI-A"),
        (", ".join(["sponsor=CHN"] * 30), "at most 20"),
    ],
)
def test_what_names_no_group_is_refused_with_what_comes_near(atlas, spec, message):
    with pytest.raises(SeabedError, match=message):
        read_group(spec, atlas)


def test_every_name_that_is_listed_is_a_group(atlas):
    for name in known_groups():
        assert read_group(name, atlas).members, name


def test_every_region_of_the_registers_and_layers_is_one_that_is_counted_by(atlas):
    found = instruments_of(atlas, load_registers())
    unknown = {one.region for one in found.values() if one.region and not load_groups().region(one.region)}
    assert unknown == set()


def test_every_title_and_reason_of_a_named_group_is_in_both_languages():
    register = load_groups()
    texts = [text for group in register.groups for text in (group.title, group.about)]
    texts += [tie.why for group in register.groups for tie in group.members if tie.why]
    texts += [text for region in register.regions for text in (region.title, region.place)]
    texts += [moment.title for moment in register.moments]
    assert all(text.zh for text in texts)


def test_a_block_is_a_group_of_its_own(atlas):
    (member,) = read_group("isa:NORI-D", atlas).members
    assert [feature.id for feature in member.instrument.features] == ["isa:NORI-D"]
    assert member.instrument.is_partial


def test_a_feature_that_is_no_instrument_is_a_place(atlas):
    (member,) = read_group("isa:APEI-13", atlas).members
    assert member.site is not None


def test_a_file_is_a_group_even_if_its_name_has_a_comma_and_an_equals_sign(atlas, tmp_path):
    path = tmp_path / "a=b, and c.geojson"
    square = [[-130, 10], [-129, 10], [-129, 11], [-130, 11], [-130, 10]]
    path.write_text(json.dumps({"type": "Polygon", "coordinates": [square]}))
    (member,) = read_group(str(path), atlas).members
    assert member.site.source == str(path)


def test_a_tie_holds_from_its_first_day_to_its_last():
    tie = TieEntry.model_validate(
        {
            "ref": "X",
            "from": dt.date(2012, 3, 17),
            "to": dt.date(2025, 1, 20),
            "why": {"en": "why"},
            "source": "a source",
        }
    )
    days = [dt.date(2012, 3, 16), dt.date(2012, 3, 17), dt.date(2025, 1, 20), dt.date(2025, 1, 21)]
    assert [tie.holds(day) for day in days] == [False, True, True, False]


def test_a_tie_for_a_time_has_to_say_why():
    with pytest.raises(ValueError, match="says why"):
        TieEntry.model_validate({"ref": "X", "from": dt.date(2012, 3, 17)})


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60))
def test_any_text_is_a_group_or_one_clear_error(atlas, text):
    with contextlib.suppress(SeabedError):
        assert read_group(text, atlas).members
