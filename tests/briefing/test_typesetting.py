"""Data that run through a text, written for people."""

from __future__ import annotations

import pytest

from seabed.briefing.document import Cited, Items, Section
from seabed.briefing.typesetting import typeset
from seabed.language import speaking


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Done on 2026-01-22 (company)", "Done on 22 January 2026 (company)"),
        ("as reported, 2025-03", "as reported, March 2025"),
        ("some 898 km2 a year, 14.1 kg/m2", "some 898 km² a year, 14.1 kg/m²"),
        ("nickel 108 %, cobalt 3 %", "nickel 108%, cobalt 3%"),
        ("until the Council decides.; exploration", "until the Council decides; exploration"),
    ],
)
def test_days_units_and_shares_are_written_as_people_do(text: str, shown: str) -> None:
    assert typeset(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "2026-13-01",
        "2026-02-30",
        "NOAA-NOS-2025-0702",
        "Federal Register document 2026-01044",
        "doi.org/2024-05-01",
        "2026-11-22T01:38:04",
        "Deep Sea Mining Finance Ltd.; before",
        "mm2a",
    ],
)
def test_what_only_looks_like_them_stays(text: str) -> None:
    assert typeset(text) == text


def test_a_day_is_written_in_the_language_being_spoken() -> None:
    with speaking("zh"):
        assert typeset("截至2026-01-22") == "截至2026年1月22日"


def test_a_layer_is_called_by_its_title() -> None:
    titles = {"isa_contracts": "ISA contract areas"}
    assert typeset("of layer isa_contracts: a", titles) == "of layer “ISA contract areas”: a"
    assert typeset("图层isa_contracts的", titles) == "图层“ISA contract areas”的"
    assert typeset("isa_contracts_old", titles) == "isa_contracts_old"


def test_a_block_keeps_the_id_to_ask_for_it_by_unless_it_is_only_named() -> None:
    assert typeset("isa:NORI-C and us:TMC-B-F") == "isa:NORI-C and us:TMC-B-F"
    assert typeset("isa:NORI-C and us:TMC-B-F", are_blocks_bare=True) == "NORI-C and TMC-B-F"


def test_titles_and_ids_are_the_users_own() -> None:
    section = Section("2026-01-22", "Survey of 2026-01-22", (Items("", (Cited("on 2026-01-22"),)),))
    shown = typeset(section)
    assert (shown.id, shown.title) == (section.id, section.title)
    assert shown.blocks == (Items("", (Cited("on 22 January 2026"),)),)
