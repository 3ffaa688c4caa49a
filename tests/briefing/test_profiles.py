from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from seabed import cli_brief
from seabed.briefing.document import Trace
from seabed.briefing.pdf import PAPERS
from seabed.briefing.profiles import PARTS, READERS, Reader, profile_of
from seabed.briefing.view import view_of

if TYPE_CHECKING:
    from seabed.contract import Assessment


def test_the_command_offers_every_reader_and_every_paper() -> None:
    assert cli_brief.READERS == READERS
    assert cli_brief.PAPERS == PAPERS


@pytest.mark.parametrize("reader", READERS)
def test_a_profile_names_sections_and_parts_that_exist(reader: Reader, assessment: Assessment) -> None:
    profile = profile_of(reader)
    known = profile_of("everybody").sections
    assert set(profile.sections) <= set(known)
    assert len(set(profile.sections)) == len(profile.sections)
    assert (profile.opinions or set()) <= set(PARTS)
    shown = [section.id for section in view_of(assessment, reader=reader).sections]
    assert shown == [one for one in profile.sections if one in shown]


@pytest.mark.parametrize("reader", READERS)
def test_no_reader_gets_another_verdict_reason_or_date(reader: Reader, assessment: Assessment) -> None:
    brief, full = view_of(assessment, reader=reader), view_of(assessment)
    for part in ("title", "asked", "date", "place", "answers", "key", "reasons", "changes", "disclaimer"):
        assert getattr(brief, part) == getattr(full, part)


def test_what_is_left_out_is_said(assessment: Assessment) -> None:
    assert view_of(assessment).left_out == ""
    assert view_of(assessment, reader="lawyer").left_out == ""
    said = view_of(assessment, reader="press").left_out
    assert said.startswith("Left out of this version: ")
    for part in (
        "Timeline",
        "Sources",
        "instruments",
        "paths to an instrument",
        "how each provision was decided",
    ):
        assert part in said
    assert "the reasons" not in said


def test_the_lawyer_has_the_traces_and_the_press_has_the_context(assessment: Assessment) -> None:
    def blocks(reader: Reader) -> list[object]:
        orders = next(s for s in view_of(assessment, reader=reader).sections if s.id == "orders")
        return [block for opinion in orders.sections for block in opinion.blocks]

    assert any(isinstance(block, Trace) for block in blocks("lawyer"))
    assert {block.about for block in blocks("press")} <= {"contingencies", "reasons", "positions", "context"}  # type: ignore[attr-defined]


def test_the_analyst_reads_of_zones_and_money_first(assessment: Assessment) -> None:
    first, second, *_ = view_of(assessment, reader="analyst").sections
    assert (first.id, second.id) == ("zones", "feasibility")
