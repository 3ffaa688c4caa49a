"""What the comparison says, against published areas and what is known of how the areas lie."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import box

from seabed.atlas.store import boxes_of
from seabed.comparison.groups import load_groups
from seabed.comparison.measure import _least_km
from seabed.geodesy import nearest_points

# Areas in km2 of the shapes on the ISA's web layers of October 2024 as the ISA itself gives them (sum over
# blocks); Minmetals and NORI's shapes are larger than that by what two overlaps of the layer add.
ISA_LAYER_KM2 = {
    "COMRAPMN1": 75_093.7,
    "CMMPMN1": 72_745.0,
    "BPHDCPMN1": 74_052.0,
    "COMRAPMS1": 2_500.0,
    "COMRACRFC1": 1_000.4,
    "NORIPMN1": 74_830.0,
    "TOMLPMN1": 74_652.0,
}


def members_of(group):
    return {member.key: member for member in group.members}


def overlap(comparison, x, y):
    return next(one for one in comparison.overlaps if {one.a, one.b} == {x, y})


def test_china_has_two_in_the_ccz_two_in_the_western_pacific_and_one_on_the_southwest_indian_ridge(chn_tmc):
    assert {count.id: count.members for count in chn_tmc.a.by_region} == {
        "ccz": 2,
        "western_pacific": 2,
        "southwest_indian_ridge": 1,
    }
    assert any(
        sentence.text == "China: 2 in the Clarion-Clipperton Zone, 2 in the Western Pacific and 1 on the "
        "Southwest Indian Ridge."
        for sentence in chn_tmc.text
    )


def test_the_ccz_members_lie_in_the_ccz_by_their_shapes_too(chn_tmc):
    for member in (*chn_tmc.a.members, *chn_tmc.b.members):
        in_ccz = any(
            zone.startswith("Clarion-Clipperton Zone management area: 100%") for zone in member.zones
        )
        assert in_ccz == (member.region_id == "ccz" and member.is_counted), member.key


def test_computed_areas_agree_with_those_of_the_layers(chn_tmc):
    for key, area in ISA_LAYER_KM2.items():
        member = (members_of(chn_tmc.a) | members_of(chn_tmc.b))[key]
        assert member.area_drawn.value == pytest.approx(area, abs=0.1)
        assert member.area_computed.value == pytest.approx(area, rel=0.005)


def test_the_us_applications_add_up_to_what_the_company_states(chn_tmc):
    # 187,017 km2: TMC, 10-Q for the third quarter of 2025.
    members = members_of(chn_tmc.b)
    total = sum(members[key].area_computed.value for key in ("TMC-USA-A", "TMC-USA-B"))
    assert total == pytest.approx(187_017, rel=0.001)


def test_the_us_applications_cover_nori_and_toml_almost_whole(chn_tmc):
    for contract in ("NORIPMN1", "TOMLPMN1"):
        shares = [overlap(chn_tmc, contract, us) for us in ("TMC-USA-A", "TMC-USA-B")]
        total = sum(one.share_of_a if one.a == contract else one.share_of_b for one in shares)
        assert 0.99 < total <= 1.0


def test_nori_d_is_where_application_a_meets_nori(chn_tmc):
    found = overlap(chn_tmc, "TMC-USA-A", "NORIPMN1")
    blocks = found.blocks[0]
    assert "isa:NORI-D" in {blocks.block, blocks.other}
    # 25,160 km2: the ISA's layer on NORI-D, and the company on USA-A_2 (release of 29 April 2025).
    assert found.area_km2 == pytest.approx(25_160, rel=0.005)


def test_between_china_and_tmc_there_are_only_errors_of_drawing(chn_tmc):
    between = [one for one in chn_tmc.overlaps if one.pairing == "between"]
    assert {(one.a, one.b) for one in between} == {("CMMPMN1", "NORIPMN1"), ("CMMPMN1", "TMC-USA-B")}
    # 29 km2 stands in the layer's own note on CMM-4 and NORI-C.
    assert overlap(chn_tmc, "CMMPMN1", "NORIPMN1").area_km2 == pytest.approx(29, abs=0.5)
    assert all(max(one.share_of_a, one.share_of_b) < 0.001 for one in between)


def test_the_licence_usa_1_covers_some_72_000_km2_of_apei_13(compared):
    comparison = compared("ref=USA-1", "isa:APEI-13")
    (found,) = [one for one in comparison.overlaps if one.pairing == "between"]
    assert found.area_km2 == pytest.approx(72_000, rel=0.01)
    usa = compared("lockheed-martin", "nori")
    crossing = next(one for one in usa.crossings if one.ref == "APEI-13")
    assert crossing.area_km2 == pytest.approx(found.area_km2)
    assert crossing.share_of_other == pytest.approx(found.share_of_b)


def test_the_nearest_blocks_are_told_with_their_distance(chn_tmc):
    nearest = {(one.a, one.b): one for one in chn_tmc.distances}
    assert nearest["CMMPMN1", "NORIPMN1"].km == 0
    comra = nearest["COMRAPMN1", "TOMLPMN1"]
    assert (comra.block_a, comra.block_b) == ("isa:COMRA-COM1a", "isa:TOML-A")
    assert comra.km == pytest.approx(90.412, abs=0.01)
    assert comra.m == pytest.approx(comra.km / 1.852)
    assert [one.km for one in chn_tmc.distances] == sorted(one.km for one in chn_tmc.distances)
    assert len(chn_tmc.distances) == 5 * 4


def test_marawa_is_told_and_not_counted(chn_tmc):
    marawa = members_of(chn_tmc.b)["MARAWAPMN1"]
    assert not marawa.is_counted
    assert "ended" in marawa.tie.text
    assert all("MARAWAPMN1" not in {one.a, one.b} for one in chn_tmc.overlaps)
    assert {count.id for count in chn_tmc.b.by_sponsor} == {"NRU", "TON", ""}


def test_marawa_is_counted_while_there_was_an_agreement(compared):
    before = members_of(compared("chn", "tmc", dt.date(2019, 12, 31)).b)
    assert before["MARAWAPMN1"].is_counted
    assert not before["TOMLPMN1"].is_counted  # bought in 2020
    assert before["TMC-USA-A"].state == "not_yet"


def test_a_term_that_ran_out_without_a_known_extension_is_not_known(chn_tmc):
    sulphides = members_of(chn_tmc.a)["COMRAPMS1"]
    assert (sulphides.state, sulphides.expires.on) == ("unknown", dt.date(2026, 11, 17))
    nori = members_of(chn_tmc.b)["NORIPMN1"]
    assert (nori.state, nori.expires.on) == ("unknown", dt.date(2026, 7, 21))
    assert "Council" in nori.pending


def test_the_timeline_has_each_instrument_in_force_from_its_day(chn_tmc):
    first, *_, last = chn_tmc.timeline
    assert [moment.on.year for moment in chn_tmc.timeline] == [2001, 2011, 2017, 2022, 2025, 2026]
    assert [one.member for one in first.a.members if one.state == "in_force"] == ["COMRAPMN1"]
    assert first.b.in_force == 0
    assert [moment.a.in_force for moment in chn_tmc.timeline] == [1, 2, 4, 5, 5, 4]
    assert [moment.b.in_force for moment in chn_tmc.timeline] == [0, 1, 2, 3, 2, 1]
    april = chn_tmc.timeline[4]
    assert (april.b.pending, april.a.pending) == (2, 0)
    assert last.on == chn_tmc.on


def test_the_law_is_asked_of_every_member_for_its_own_holder(chn_tmc):
    answers = {(one.member, one.activity, one.order): one for one in chn_tmc.legal}
    assert len(answers) == 9 * 2 * 3
    assert answers["COMRACRFC1", "exploration", "unclos"].verdict == "permitted"
    assert answers["COMRAPMN1", "exploration", "usa"].verdict == "not_applicable"
    us = answers["TMC-USA-A", "exploration", "unclos"]
    assert (us.verdict, us.contested) == ("prohibited", True)
    assert answers["TMC-USA-A", "exploration", "chn"].verdict == "not_applicable"
    for one in chn_tmc.legal:
        assert sum(part.share for part in one.parts) == pytest.approx(1)


def test_depth_resource_and_ports_are_those_of_the_feasibility_part(chn_tmc):
    nori = members_of(chn_tmc.b)["NORIPMN1"]
    assert 4_000 < nori.depth["median"]["value"] < 4_600
    assert nori.resource["method"] == "published resource"
    assert nori.logistics["ports"]


def test_what_overlaps_counts_once_in_the_ground_covered(chn_tmc):
    group = chn_tmc.b
    overlapping = sum(one.area_km2 for one in chn_tmc.overlaps if one.pairing == "within_b")
    assert group.area_covered_km2 == pytest.approx(group.area_computed_km2 - overlapping, rel=1e-6)


def test_a_member_of_both_groups_is_not_compared_with_itself(compared):
    comparison = compared("tmc", "tmc-usa")
    assert comparison.in_both == ["TMC-USA-A", "TMC-USA-B"]
    assert all(one.a != one.b for one in comparison.overlaps)
    assert all(one.a != one.b for one in comparison.distances)
    between = {(one.a, one.b) for one in comparison.overlaps if one.pairing == "between"}
    assert ("NORIPMN1", "TMC-USA-A") in between
    assert ("TMC-USA-A", "TMC-USA-B") not in between


def test_an_instrument_without_coordinates_is_told_and_in_no_area(compared):
    comparison = compared("deep-sea-minerals-corp", "ref=IndiaPMS2")
    assert comparison.a.members[0].area_computed.value is None
    assert comparison.overlaps == comparison.distances == []
    assert comparison.a.notes
    assert comparison.b.notes


# --- The mirror ---------------------------------------------------------------------------------------------

SPECS = ("chn", "tmc", "nori", "tmc-usa", "korea", "isa:TOML-D", "sponsor=RUS, mineral=crusts", "ref=USA-1")


def mirrored(comparison):
    """Return the parts that have to be the same whichever group comes first, sides exchanged."""
    swap = {"between": "between", "within_a": "within_b", "within_b": "within_a", "a": "b", "b": "a"}
    overlaps = set()
    for one in comparison.overlaps:
        if one.pairing == "between":
            shares = (one.b, one.a, one.share_of_b, one.share_of_a)
            blocks = [(block.other, block.block, block.area_km2) for block in one.blocks]
        else:
            shares = (one.a, one.b, one.share_of_a, one.share_of_b)
            blocks = [(block.block, block.other, block.area_km2) for block in one.blocks]
        overlaps.add((swap[one.pairing], *shares, one.area_km2, one.is_within_accuracy, tuple(blocks)))
    return overlaps, {
        (swap[one.side], one.member, one.kind, one.ref, one.area_km2) for one in comparison.crossings
    }


def plain(comparison):
    return {
        (
            one.pairing,
            one.a,
            one.b,
            one.share_of_a,
            one.share_of_b,
            one.area_km2,
            one.is_within_accuracy,
            tuple((block.block, block.other, block.area_km2) for block in one.blocks),
        )
        for one in comparison.overlaps
    }, {(one.side, one.member, one.kind, one.ref, one.area_km2) for one in comparison.crossings}


@settings(max_examples=5, deadline=None)
@given(st.sampled_from(SPECS), st.sampled_from(SPECS))
def test_a_comparison_is_the_mirror_of_the_other_way_round(compared, a, b):
    there, back = compared(a, b), compared(b, a)
    assert mirrored(there) == plain(back)
    assert {(o.b, o.a, o.block_b, o.block_a, o.km, o.on_b, o.on_a) for o in there.distances} == {
        (o.a, o.b, o.block_a, o.block_b, o.km, o.on_a, o.on_b) for o in back.distances
    }
    assert {(o.ref, o.nearest_b, o.distance_b_km) for o in there.shared_neighbours} == {
        (o.ref, o.nearest_a, o.distance_a_km) for o in back.shared_neighbours
    }
    assert there.a.members == back.b.members
    assert there.b.members == back.a.members
    assert [(moment.on, moment.b, moment.a) for moment in there.timeline] == [
        (moment.on, moment.a, moment.b) for moment in back.timeline
    ]
    assert {(o.member, o.activity, o.order, o.verdict) for o in there.legal} == {
        (o.member, o.activity, o.order, o.verdict) for o in back.legal
    }


boxes = st.tuples(st.floats(-180, 178), st.floats(-70, 68), st.floats(0.01, 2), st.floats(0.01, 2)).map(
    lambda t: box(t[0], t[1], min(t[0] + t[2], 180), t[1] + t[3])
)


@settings(max_examples=60, deadline=None)
@given(boxes, boxes)
def test_the_bound_on_a_distance_is_never_above_it(a, b):
    rounding = 1e-2  # edges are measured along chords of half a degree
    least_km = _least_km(np.array(boxes_of(a)), np.array(boxes_of(b))).min()
    assert least_km <= nearest_points(a, b).distance_km + rounding


def test_the_days_looked_back_to_are_in_order():
    days = [moment.on for moment in load_groups().moments]
    assert days == sorted(set(days))


def test_a_shared_neighbour_is_as_far_from_each_group_as_measured_directly(atlas, chn_tmc):
    for side, nearest, distance in (("a", "nearest_a", "distance_a_km"), ("b", "nearest_b", "distance_b_km")):
        members = {m.key: m for m in getattr(chn_tmc, side).members if m.is_counted}
        for one in chn_tmc.shared_neighbours[::4]:
            other = shapely.union_all([atlas.feature(id_).geometry for id_ in one.features])
            found = {
                key: nearest_points(
                    other, shapely.union_all([atlas.feature(b.id).geometry for b in m.blocks])
                ).distance_km
                for key, m in members.items()
            }
            assert getattr(one, distance) == pytest.approx(min(found.values()), abs=0.01)
            assert found[getattr(one, nearest)] == pytest.approx(min(found.values()), abs=0.01)
            assert getattr(one, distance) <= chn_tmc.within_km


def test_points_are_told_and_in_no_area(compared):
    comparison = compared("-117, 11; -118, 12", "nori")
    assert comparison.a.members[0].area_computed.value is None
    assert comparison.distances == []


def test_well_known_text_with_a_reference_system_is_no_filter(compared):
    comparison = compared("SRID=4326;POLYGON((-117 10,-116.5 10,-116.5 10.5,-117 10.5,-117 10))", "nori")
    assert comparison.a.members[0].region_id == "ccz"
    (found,) = [one for one in comparison.overlaps if one.pairing == "between"]
    assert found.share_of_a == pytest.approx(1)
    assert found.blocks[0].other == "isa:NORI-D"
