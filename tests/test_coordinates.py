from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.coordinates import parse_angle, parse_coordinates, read_typed
from seabed.errors import SiteError


def format_dms(lon: float, lat: float, decimals: int = 2) -> str:
    """Return a position as charts print it: ``11°30'15.00"N 117°02'15.00"W``."""
    return f"{_dms(lat, 'NS', decimals)} {_dms(lon, 'EW', decimals)}"


def _dms(degrees: float, hemispheres: str, decimals: int) -> str:
    units = 10**decimals
    total = round(abs(degrees) * 3600 * units)
    minutes, seconds = divmod(total, 60 * units)
    whole, minutes = divmod(minutes, 60)
    width = 3 + decimals if decimals else 2
    return f"{whole}°{minutes:02d}'{seconds / units:0{width}.{decimals}f}\"{hemispheres[degrees < 0]}"


@pytest.mark.parametrize(
    ("text", "lon", "lat"),
    [
        ("11°30.5'N 117°02'15\"W", -117.0375, 11 + 30.5 / 60),
        ("N11 30.5 W117 02 15", -117.0375, 11 + 30.5 / 60),
        ("11.5N, 117.04W", -117.04, 11.5),
        ("117.04w 11.5n", -117.04, 11.5),
        ("11º30′30″ S 170°E", 170, -(11 + 30.5 / 60)),
        ("北纬11°30′ 西经117°2′", -117 - 2 / 60, 11.5),
        ("南纬14度20分15秒，东经170度30分", 170.5, -(14 + 20.25 / 60)),
        ("11,5°N 117,04°W", -117.04, 11.5),
        ("N11,W117", -117, 11),
        ("14°20’S 170°30’12.5”W", -170.50347222, -14.33333333),
        ("11 North, 117 West", -117, 11),
        ("１１Ｎ　１１７Ｗ", -117, 11),
        ("-117.04, 11.5", -117.04, 11.5),
        ("−117.04 11.5", -117.04, 11.5),
        ("-117,04 11,5", -117.04, 11.5),
        ("-117,04, 11,5", -117.04, 11.5),
        ("-117,11", -117, 11),
        ("-117°02'15\", 11°30'", -117.0375, 11.5),
        ("242.96 11.5", 242.96, 11.5),
    ],
)
def test_a_pair_may_be_written_in_many_ways(text: str, lon: float, lat: float) -> None:
    assert parse_coordinates(text) == [(pytest.approx(lon), pytest.approx(lat))]


def test_pairs_are_separated_by_semicolons_bars_or_lines() -> None:
    assert parse_coordinates("1 2; 3 4 | 5 6\n7 8;\n") == [(1, 2), (3, 4), (5, 6), (7, 8)]


def test_an_assumed_order_is_told() -> None:
    assert read_typed("-117 11").order_was_assumed
    assert not read_typed("117W 11N").order_was_assumed


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("11.5, -117.04", "looks like lat, lon"),
        ("11°60'N 117W", "60 minutes"),
        ("11°30'75\"N 117W", "75 seconds"),
        ("91N 117W", "beyond 90°"),
        ("10N 361E", "beyond 360°"),
        ("11N 12S", "one latitude"),
        ("11N 117W 12N", "separate pairs"),
        ("-11.5S 117W", "both a sign and a hemisphere"),
        ("11N 117O", "O is east in German"),
        ("11 30 117 2", "'11 30 117 2'"),
        ("-117,04,11,5", "cannot read"),
        ("N 11, 30 W 117", "',' is out of place"),
        ("11.5°30'N 117W", "cannot read"),
        ("11'30°N 117W", "out of place"),
        ("somewhere", "'somewhere'"),
        ("12 ☃ 3", "'☃'"),
        ("", "no coordinates"),
        ("1" * 200, "too long"),
    ],
)
def test_nonsense_is_refused_with_the_piece_quoted(text: str, message: str) -> None:
    with pytest.raises(SiteError, match=message):
        parse_coordinates(text)


def test_a_lone_angle_knows_its_axis() -> None:
    assert parse_angle("11,5", "lat") == 11.5
    assert parse_angle("117°02'15\" W", "lon") == pytest.approx(-117.0375)
    with pytest.raises(SiteError, match="other axis"):
        parse_angle("11 N", "lon")
    with pytest.raises(SiteError, match="beyond 90"):
        parse_angle("117", "lat")
    with pytest.raises(SiteError, match="cannot read"):
        parse_angle("11 N 12 W", "lat")


@given(st.floats(-180, 180), st.floats(-90, 90))
def test_degrees_minutes_and_seconds_come_back(lon: float, lat: float) -> None:
    text = format_dms(lon, lat, decimals=3)
    assert parse_coordinates(text) == [(pytest.approx(lon, abs=2e-7), pytest.approx(lat, abs=2e-7))]


def test_seconds_never_round_up_to_sixty() -> None:
    assert format_dms(179.9999999, -0.5, decimals=0) == "0°30'00\"S 180°00'00\"E"


@given(st.text())
def test_no_text_raises_anything_else(text: str) -> None:
    with contextlib.suppress(SiteError):
        parse_coordinates(text)
