"""Sea distances to ports, and what follows from them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from seabed.errors import FigureError
from seabed.feasibility import logistics, sea_ways
from seabed.feasibility.figures import read_table
from seabed.feasibility.logistics import Logistics, logistics_of
from seabed.feasibility.sea_ways import Place, clear_legs, place_in, waypoints, ways_from
from seabed.geodesy import M_IN_KM, buffer_km, distance_km, split_antimeridian
from seabed.language import speaking

if TYPE_CHECKING:
    from seabed.feasibility.sea_ways import Way

PORTS = {row["id"]: place_in(row) for row in read_table("ports")}
CLIPPERTON = (-116.75, 11.0)

# Nautical miles from 11°N 116.75°W, computed with searoute 1.6.0 (PyPI), which keeps to a net of lanes and
# starts 110 M off; a way of our own is never longer, and never shorter than the geodesic.
BY_SEAROUTE = {
    "USSAN": 1390,
    "USLGB": 1434,
    "USHNL": 2548,
    "MXZLO": 1020,
    "JPHHE": 5713,
    "KRONS": 6375,
    "CNTAO": 6878,
    "CNLYG": 6897,
    "NLRTM": 7284,
    "ASPPG": 3738,
}


def way_to(port: str, lon: float, lat: float) -> Way:
    return ways_from(lon, lat, [PORTS[port]])[0]


def reach(found: Logistics, code: str):
    return next(port for port in found.ports if port.code == code)


def square(lon: float, lat: float, half: float = 0.5) -> shapely.Polygon:
    return split_antimeridian(shapely.box(lon - half, lat - half, lon + half, lat + half))


@st.composite
def open_water(draw: st.DrawFn) -> tuple[float, float]:
    lon, lat = draw(st.floats(-180, 180)), draw(st.floats(-55, 60))
    assume(not len(sea_ways._obstacles().query(buffer_km(shapely.Point(lon, lat), 100), "intersects")))
    return lon, lat


# --- Against other distances --------------------------------------------------------------------------------


@pytest.mark.parametrize("port", BY_SEAROUTE)
def test_a_way_lies_between_the_geodesic_and_a_net_of_shipping_lanes(port):
    place = PORTS[port]
    way = way_to(port, *CLIPPERTON)
    assert way.is_complete
    assert way.distance_km >= distance_km(*CLIPPERTON, place.lon, place.lat) - 1e-6
    assert 0.85 * BY_SEAROUTE[port] <= way.distance_km / M_IN_KM <= 1.005 * BY_SEAROUTE[port]


@pytest.mark.parametrize(
    ("origin", "port", "passing"),
    [
        (CLIPPERTON, "USGLS", "Panama Canal"),
        (CLIPPERTON, "NLRTM", "Panama Canal"),
        ((75.0, -13.0), "NLRTM", "Suez Canal"),
        ((75.0, -13.0), "NAWVB", "Cape of Good Hope"),
        (CLIPPERTON, "ARMDQ", "Cape Horn"),
        ((88.0, 5.0), "SGSIN", "Strait of Malacca"),
        ((38.0, 21.0), "OMSLL", "Bab-el-Mandeb"),
    ],
)
def test_a_way_round_land_names_the_strait_or_canal(origin, port, passing):
    way = way_to(port, *origin)
    assert way.is_complete
    assert passing in {place.name for place in way.via}


def test_a_clear_geodesic_is_taken_as_it_is():
    way = way_to("JPHHE", *CLIPPERTON)
    assert way.via == ()
    assert way.distance_km == pytest.approx(distance_km(*CLIPPERTON, PORTS["JPHHE"].lon, PORTS["JPHHE"].lat))


@pytest.mark.parametrize("inland_sea", [(35.0, 43.5), (50.5, 28.0), (-85.0, 58.0)])
def test_a_sea_without_a_way_out_gets_the_geodesic_as_a_lower_bound(inland_sea):
    found = logistics_of(square(*inland_sea, 0.1))
    far = reach(found, "JPHHE")
    assert far.is_lower_bound
    assert far.distance.low is far.distance.high is None
    assert far.distance.basis.startswith("at least")
    assert "at least" in found.summary
    assert any("geodesic is given" in note for note in found.notes)


@pytest.mark.parametrize(
    "place",
    [
        *[(-116, 11), (-135, 13), (-160, -18), (-168, -13), (75, -13), (68, -25), (-45, 26), (-15, 0)],
        *[(155, 18), (6, 73.5), (-30, 38), (150, -4), (-100, -40), (100, -40), (0, -50), (-150, 40)],
    ],
)
def test_wherever_nodules_crusts_or_sulphides_lie_a_port_is_within_reach(place):
    found = logistics_of(square(*place))
    large = [port for port in found.ports if port.role == "nearest large port"]
    assert len(large) == logistics.NEAREST_PORTS
    assert all(not port.is_lower_bound for port in found.ports)
    assert large[0].distance_m.value < 2_500


# --- What holds of all ways ---------------------------------------------------------------------------------


@settings(max_examples=40, deadline=None)
@given(open_water(), st.sampled_from(sorted(PORTS)))
def test_no_way_is_shorter_than_the_geodesic(origin, port):
    place = PORTS[port]
    assert way_to(port, *origin).distance_km >= distance_km(*origin, place.lon, place.lat) - 1e-6


@settings(max_examples=30, deadline=None)
@given(open_water(), st.sampled_from(sorted(PORTS)))
def test_no_way_is_longer_than_one_over_any_waypoint_in_sight(origin, port):
    place = PORTS[port]
    found = way_to(port, *origin).distance_km
    at = np.array([(point.lon, point.lat) for point in waypoints().values()])
    for over in np.array(list(waypoints()))[clear_legs(*origin, at)][::7]:
        onward, _ = sea_ways._shortest(
            {over: distance_km(*origin, waypoints()[over].lon, waypoints()[over].lat)}
        )
        for last in place.sees & onward.keys():
            leg = distance_km(waypoints()[last].lon, waypoints()[last].lat, place.lon, place.lat)
            assert found <= onward[last] + leg + 1e-6


@settings(max_examples=40, deadline=None)
@given(open_water(), open_water())
def test_there_and_back_are_the_same(one, other):
    def there(start, end):
        at = np.array([(place.lon, place.lat) for place in waypoints().values()])
        clear = clear_legs(*end, at, start_km=sea_ways.SITE_REACH_KM)
        sees = frozenset(id_ for id_, is_clear in zip(waypoints(), clear, strict=True) if is_clear)
        return ways_from(*start, [Place("end", "", *end, sees)])[0]

    forth, back = there(one, other), there(other, one)
    assert forth.is_complete == back.is_complete
    assert forth.distance_km == pytest.approx(back.distance_km)


@given(st.floats(-50, 50))
@settings(max_examples=15, deadline=None)
def test_the_antimeridian_makes_no_difference(lat):
    east, west = (ways_from(lon, lat, list(PORTS.values())) for lon in (180.0, -180.0))
    assert [way.distance_km for way in east] == pytest.approx([way.distance_km for way in west])
    assert [way.via for way in east] == [way.via for way in west]


def test_a_site_across_the_antimeridian_is_measured_from_its_middle():
    found = logistics_of(square(180.0, -15.0))
    assert abs(found.origin[0]) == pytest.approx(180, abs=1e-6)
    east, west = (logistics_of(square(lon, -15.0)) for lon in (179.4, -179.4))
    for port in ("FJSUV", "ASPPG"):
        distances = sorted(reach(one, port).distance.value for one in (east, west))
        assert distances[0] < reach(found, port).distance.value < distances[1]


def test_a_smaller_site_has_a_narrower_range_about_the_same_distance():
    wide, narrow = (reach(logistics_of(square(*CLIPPERTON, half)), "MXZLO") for half in (1.0, 0.1))
    assert wide.distance.low < narrow.distance.low < narrow.distance.high < wide.distance.high
    assert wide.distance.value == pytest.approx(narrow.distance.value, rel=1e-3)


# --- The part as a whole ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def clipperton() -> Logistics:
    return logistics_of(square(*CLIPPERTON))


def test_ports_named_in_plans_come_first_and_say_by_whom(clipperton):
    named = [port for port in clipperton.ports if port.role != "nearest large port"]
    assert {port.code for port in named} == {"JPHHE", "KRONS", "USGLS", "CKRAR"}
    assert list(clipperton.ports[: len(named)]) == named
    for port in clipperton.ports:
        if port.role == "nearest large port":
            assert "no source names it" in port.basis
        else:
            assert not port.source.startswith("position:")


def test_days_follow_from_miles_and_the_stated_speed(clipperton):
    for port in clipperton.ports:
        assert port.distance.value == pytest.approx(port.distance_m.value * M_IN_KM)
        assert port.days.value == pytest.approx(port.distance_m.value / clipperton.speed.value / 24)
        assert port.days.low < port.days.value < port.days.high
        assert port.round_trips.value * 2 * port.days.value == pytest.approx(365)
        assert "upper bound" in port.round_trips.basis


def test_what_no_source_gives_is_unknown_and_not_assumed(clipperton):
    assert clipperton.weather.value is None
    assert clipperton.port_time.value is None
    assert "none is assumed" in clipperton.weather.basis


def test_every_number_says_where_it_comes_from(clipperton):
    for port in clipperton.ports:
        for figure in (port.distance, port.distance_m, port.days, port.round_trips):
            assert figure.source
            assert figure.vintage
            assert figure.confidence != "none"
    assert "Veson" in clipperton.ports[0].days.source


def test_the_summary_is_in_the_language_spoken_and_nothing_is_kept():
    first = logistics_of(square(*CLIPPERTON))
    with speaking("zh"):
        logistics_of(square(*CLIPPERTON))
    assert logistics_of(square(*CLIPPERTON)) == first


def test_a_site_of_points_and_one_in_a_port_are_measured_too():
    found = logistics_of(shapely.MultiPoint([CLIPPERTON, (-115.0, 12.0)]))
    assert reach(found, "MXZLO").distance.value > 0
    port = PORTS["USHNL"]
    assert reach(logistics_of(shapely.Point(port.lon, port.lat)), "USHNL").round_trips.value is None


def test_a_site_with_nothing_to_measure_from_is_refused():
    with pytest.raises(FigureError, match="no geometry to measure from"):
        logistics_of(shapely.Polygon())
    with pytest.raises(FigureError, match="no middle to measure from"):
        logistics_of(shapely.MultiPoint([(0, 0), (180, 0)]))


# --- The tables ---------------------------------------------------------------------------------------------


def test_every_port_sees_a_waypoint_and_its_country_is_named():
    for row in read_table("ports"):
        assert row["sees"], row["id"]
        assert set(row["sees"].split()) <= waypoints().keys()
        assert row["country"]
    assert len(PORTS) == len(read_table("ports"))


def test_the_legs_of_the_tables_are_those_that_the_land_leaves_clear():
    rows = read_table("sea_waypoints")
    at = np.array([(float(row["lon"]), float(row["lat"])) for row in rows])
    for index in range(0, len(rows), 17):
        clear = np.flatnonzero(clear_legs(*at[index], at))
        after = {rows[other]["id"] for other in clear if other > index}
        assert set(rows[index]["sees"].split()) == after, "run python -m geodata.build.sea_ways"


def test_no_waypoint_lies_on_land_and_each_sees_two_others():
    for place in waypoints().values():
        assert not len(sea_ways._obstacles().query(shapely.Point(place.lon, place.lat), "intersects")), (
            place.id
        )
        assert len(place.sees) >= 2, place.id


def test_a_table_that_names_an_unknown_waypoint_or_role_is_refused(monkeypatch):
    row = dict(read_table("sea_waypoints")[0]) | {"sees": "", "joined": "atlantis"}
    monkeypatch.setattr(sea_ways, "read_table", lambda _: (row,))
    with pytest.raises(FigureError, match="sees 'atlantis', which is not in the table"):
        sea_ways.waypoints.__wrapped__()
    port = dict(read_table("ports")[0]) | {"role": "wish"}
    monkeypatch.setattr(logistics, "read_table", lambda _: (port,))
    with pytest.raises(FigureError, match="unknown role 'wish'"):
        logistics._ports.__wrapped__()
    with pytest.raises(FigureError, match="lon and lat must be degrees"):
        place_in(row | {"lon": "200"})
