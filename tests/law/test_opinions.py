"""What an opinion says first, and of whom: reasons, instruments and the summary."""

from __future__ import annotations

import datetime as dt

from seabed.contract import Opinion, Verdict
from seabed.law.facts import Spot
from seabed.law.opinions import SpotOnSite, opine
from seabed.law.rules import load_rulebook

BOOK = load_rulebook()
TODAY = dt.date(2026, 11, 22)
HOLDS_NOTHING = {f"holds.{name}": False for name in BOOK.instruments}
CHINESE_MINER = HOLDS_NOTHING | {
    "place.kind": "area",
    "place.beyond_200m_claim": False,
    "place.isa_apei": False,
    "place.isa_contract_other": False,
    "place.isa_reserved": False,
    "mineral": "nodules",
    "activity": "exploitation",
    "applicant.nationality": "CHN",
    "applicant.state_is_party": True,
}


def opinion(order: str, *spots: Spot) -> Opinion:
    share = 1 / len(spots)
    return opine(
        order, TODAY, [SpotOnSite(spot, (f"zone {i}",), share) for i, spot in enumerate(spots)], BOOK
    )


def test_what_is_missing_comes_before_what_is_held() -> None:
    found = opinion("unclos", Spot(CHINESE_MINER | {"holds.sponsorship_certificate": True}))
    assert found.verdict is Verdict.AUTHORISATION_REQUIRED
    assert found.reasons[0].rule == "unclos.convention.153-3"
    neither = opinion("unclos", Spot(CHINESE_MINER))
    assert neither.reasons[0].rule == "unclos.convention.153-2-b"


def test_an_instrument_that_may_be_held_is_not_said_to_be_missing() -> None:
    unsure = {key: value for key, value in CHINESE_MINER.items() if key != "holds.prc_deep_seabed_permit"}
    found = opinion("chn", Spot(unsure))
    assert found.verdict is Verdict.AUTHORISATION_REQUIRED
    assert "does not hold an ISA exploitation contract here" in found.summary
    assert "whether it holds a Chinese deep seabed permit is not known" in found.summary
    assert opinion("chn", Spot(CHINESE_MINER)).summary.endswith("which this applicant does not hold here.")


def test_the_states_whose_consent_it_takes_are_named() -> None:
    shelf = {
        "place.kind": "continental_shelf",
        "place.disputed": False,
        "mineral": "nodules",
        "activity": "exploitation",
        "applicant.is_coastal_state": False,
        "holds.coastal_state_consent": False,
    }
    spots = [
        Spot(shelf, {"coastal_state": name}) for name in ("United States", "Cook Islands", "Cook Islands")
    ]
    (consent,) = opinion("unclos", *spots).instruments
    assert consent.authority == "United States and Cook Islands"
    (unnamed,) = opinion("unclos", Spot(shelf)).instruments
    assert unnamed.authority == "coastal State"
