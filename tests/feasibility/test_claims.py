import datetime as dt
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seabed.errors import FigureError
from seabed.feasibility import claims as module
from seabed.feasibility.claim_measures import GIVEN, MEASURES, Finding, take
from seabed.feasibility.claims import (
    TOPICS,
    VERDICTS,
    ClaimBook,
    Stated,
    agrees,
    check_claim,
    claims_on,
    coverage,
    load_claims,
    verdict_of,
)
from seabed.feasibility.figure import Figure
from seabed.feasibility.figures import read_table
from seabed.language import speaking
from seabed.law.registers import load_registers

TODAY = dt.date(2026, 11, 21)
MADE = dt.date(2025, 6, 1)


def found(value=None, low=None, high=None, vintage="2025", **more):
    figure = Figure(
        value=value, low=low, high=high, unit="%", source="s", vintage=vintage, basis="b", confidence="high"
    )
    return Finding(figure=figure, source="s", vintage=vintage, confidence="high", **more)


def judged(stated, now, then=None, **more):
    return verdict_of(stated, now, then, made=MADE, on=TODAY, **more)


def claim(id_, on=TODAY):
    return check_claim(next(entry for entry in load_claims().claims if entry.id == id_), on)


# --- The rule -----------------------------------------------------------------------------------------------


def test_a_number_within_tolerance_of_todays_holds():
    assert judged(Stated(number=70), found(71)) == "holds"


def test_a_number_that_a_later_edition_changed_is_outdated():
    assert judged(Stated(number=48), found(41, vintage="2026-02")) == "outdated"


def test_a_number_that_was_right_in_its_year_is_outdated():
    assert judged(Stated(number=45), found(57, vintage="2024"), found(45)) == "outdated"


def test_a_number_that_was_known_to_be_otherwise_is_wrong():
    assert judged(Stated(number=60), found(69, vintage="2025-01")) == "wrong"


def test_a_finding_known_before_its_vintage_counts_from_when_it_was_known():
    assert judged(Stated(number=60), found(69, vintage="2026-02", known=dt.date(2025, 1, 1))) == "wrong"


def test_where_nothing_is_found_a_claim_is_unsupported():
    nothing = Finding(source="where", vintage="2026-11", confidence="none")
    assert judged(Stated(low=3, high=5), nothing) == "unsupported"


def test_a_plan_is_open_to_the_day_before_it_falls_due():
    due = dt.date(2030, 1, 1)
    for on, verdict in ((dt.date(2029, 12, 31), "open"), (due, "holds")):
        assert verdict_of(Stated(number=1), found(1), made=MADE, on=on, due=due) == verdict


@pytest.mark.parametrize(
    ("stated", "dates", "is_borne_out"),
    [
        ("2025-04", ("2025-04-04",), True),
        ("2025", ("2025-04-04",), True),
        ("2024-04", ("2025-04-04",), False),
        ("2025-10-27", ("2025-10-28", "2025-10-27"), True),
        ("2025-04-05", ("2025-04-04",), False),
    ],
)
def test_days_agree_as_far_as_both_are_given(stated, dates, is_borne_out):
    finding = Finding(dates=dates, source="s", vintage="2025", confidence="high")
    assert agrees(Stated(date=stated), finding, 0.02) is is_borne_out


def test_names_agree_in_any_order_and_not_in_part():
    finding = Finding(names=("cobalt", "nickel"), source="s", vintage="2025", confidence="high")
    assert agrees(Stated(names=("nickel", "cobalt")), finding, 0)
    assert not agrees(Stated(names=("nickel",)), finding, 0)


NUMBERS = st.floats(min_value=0.01, max_value=1e9)


@given(NUMBERS)
def test_a_number_agrees_with_itself(value):
    assert agrees(Stated(number=value), found(value), 0)


@given(NUMBERS, NUMBERS, st.floats(min_value=0, max_value=0.5))
def test_a_lower_bound_agrees_with_all_above_it(bound, value, tolerance):
    if value >= bound:
        assert agrees(Stated(low=bound), found(value), tolerance)
        assert agrees(Stated(high=value), found(bound), tolerance)


@given(NUMBERS, NUMBERS, st.floats(min_value=0, max_value=0.5))
def test_more_tolerance_never_takes_agreement_away(stated, value, tolerance):
    if agrees(Stated(number=stated), found(value), 0):
        assert agrees(Stated(number=stated), found(value), tolerance)


# --- The data -----------------------------------------------------------------------------------------------


def test_every_statement_of_the_articles_is_checked_or_left_out_with_a_reason():
    book = load_claims()
    assert book.statements == 244
    assert sum(coverage().values()) == 244
    assert all(group.why.en and group.why.zh for group in book.left_out.values())


def test_no_claim_is_without_source_and_vintage():
    for one in claims_on(on=TODAY):
        assert one.source, one.id
        assert one.vintage, one.id
        for figure in (one.claimed, one.today, one.at_the_time):
            assert figure is None or (figure.source and figure.vintage), one.id


def test_the_verdict_is_not_in_the_data():
    assert "verdict" not in type(load_claims().claims[0]).model_fields


def test_every_claim_is_in_both_languages():
    def chinese(text):
        return any("一" <= letter <= "鿿" for letter in text)

    for entry in load_claims().claims:
        assert chinese(entry.says.zh), entry.id
        assert chinese(entry.why.zh), entry.id
    with speaking("zh"):
        assert all(chinese(one.says) and chinese(one.why) for one in claims_on(on=TODAY))
    with speaking("en"):
        assert not any(chinese(one.says + one.why + one.stated) for one in claims_on(on=TODAY))


def test_every_verdict_and_every_topic_occurs():
    checked = claims_on(on=TODAY)
    assert {one.verdict for one in checked} == set(VERDICTS)
    assert {topic for one in checked for topic in one.topics} == set(TOPICS)


def test_every_measure_is_used_by_some_claim():
    used = {check.measure for entry in load_claims().claims for check in (entry.check, entry.then) if check}
    assert used == set(MEASURES)


def test_names_found_have_words_in_both_languages():
    book = load_claims()
    for entry in book.claims:
        if entry.stated.names is not None:
            measured = take(entry.check.measure, entry.check.of, on=TODAY, as_of=book.as_of)
            assert set(measured.names or ()) <= book.names.keys(), entry.id


# --- Claims whose figure is the program's own ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("id_", "verdict"),
    [
        ("us-imports-manganese", "holds"),
        ("us-imports-nickel", "outdated"),
        ("us-imports-copper", "outdated"),
        ("us-imports-rare-earths", "outdated"),
        ("china-copper-processing", "outdated"),
        ("china-ree-share-70", "holds"),
        ("ree-control-2024", "wrong"),
        ("ree-control-with-neodymium", "wrong"),
        ("ree-control-seven", "holds"),
        ("collectors-only-4000", "wrong"),
        ("kaituo-2-depth", "holds"),
        ("depth-over-5000", "wrong"),
        ("mining-supplies-rare-earths", "wrong"),
        ("ccz-value", "holds"),
        ("cost-3-5-times-land", "unsupported"),
        ("commercial-after-2030", "open"),
        ("critical-list-2025", "outdated"),
        ("eo-14285-day", "holds"),
        ("section-232-day", "wrong"),
        ("isa-members", "outdated"),
        ("us-not-party", "holds"),
        ("tmc-compliance", "outdated"),
    ],
)
def test_claims_come_out_as_their_evidence_says(id_, verdict):
    assert claim(id_).verdict == verdict


def test_an_import_share_is_the_tables_own():
    row = next(
        row
        for row in read_table("import_reliance")
        if (row["metal"], row["edition"], row["year"]) == ("nickel", "2026", "2025")
    )
    assert claim("us-imports-nickel").today.value == float(row["value"])


def test_a_changed_table_changes_the_verdict(monkeypatch):
    entry = next(entry for entry in load_claims().claims if entry.id == "us-imports-nickel")
    assert check_claim(entry, TODAY).verdict == "outdated"
    tampered = tuple(
        {**row, "value": "48"} if row["metal"] == "nickel" else row for row in read_table("import_reliance")
    )
    monkeypatch.setattr("seabed.feasibility.claim_measures.read_table", lambda _name: tampered)
    assert check_claim(entry, TODAY).verdict == "holds"


def test_contracts_are_counted_on_the_day_and_doubt_is_a_range():
    on_claim, today = claim("contracts-31").at_the_time, claim("contracts-31").today
    assert on_claim.value == 31
    assert today.value <= 31 <= today.high
    standing = [load_registers().contract_status(ref, TODAY).stands for ref in load_registers().contracts]
    assert today.value == sum(str(one) == "Truth.TRUE" for one in standing)


def test_the_value_of_the_zone_is_worked_out_from_grades_and_prices():
    figure = claim("ccz-value").today
    grades = {
        row["quantity"]: float(row["value"]) for row in read_table("resource_areas") if row["area"] == "ccz"
    }
    rows = [row for row in read_table("prices") if row["deck"] == "year_2025"]
    expected = sum(21_100e6 * grades[row["metal"]] / 100 * float(row["value"]) for row in rows) / 1e12
    assert math.isclose(figure.low, expected)
    assert figure.low < figure.high


def test_a_share_of_the_contract_areas_is_a_share_and_shrinks_with_depth():
    shares = [
        take("nodule_areas_deeper", {"than_m": m, "step_deg": 0.5}, on=TODAY, as_of=TODAY).figure.value
        for m in (4000, 5000, 6000)
    ]
    assert 100 >= shares[0] >= shares[1] >= shares[2] >= 0
    assert shares[0] > 90


def test_the_ban_was_in_force_when_claimed_and_is_suspended_today():
    assert claim("ga-ge-sb-ban-state", dt.date(2025, 6, 30)).verdict == "holds"
    assert claim("ga-ge-sb-ban-state").verdict == "outdated"


def test_a_forecast_falls_due():
    assert claim("ships-us-cobalt", dt.date(2039, 12, 31)).verdict == "open"
    assert claim("ships-us-cobalt", dt.date(2040, 1, 1)).verdict != "open"


def test_most_claims_are_worked_out_and_none_of_those_given_says_so():
    checked = {one.id: one for one in claims_on(on=TODAY)}
    assert sum(one.computed for one in checked.values()) > len(checked) / 2
    for entry in load_claims().claims:
        assert checked[entry.id].computed == (entry.check.measure not in GIVEN)


# --- What bears on a site -----------------------------------------------------------------------------------


def test_a_site_of_crusts_gets_no_claim_on_nodules_alone():
    ids = {one.id for one in claims_on(mineral="crusts", on=TODAY)}
    assert "ccz-value" not in ids
    assert "us-imports-copper" in ids


def test_a_site_outside_the_zone_gets_no_claim_on_the_zone():
    assert "ccz-value" not in {one.id for one in claims_on(zones=["us_ocs"], on=TODAY)}
    assert "ccz-value" in {one.id for one in claims_on(zones=["area", "ccz"], on=TODAY)}


def test_a_claim_made_later_is_not_shown():
    ids = {one.id for one in claims_on(on=dt.date(2025, 5, 1))}
    assert "ccz-value" in ids
    assert "us-imports-nickel" not in ids


def test_topics_narrow_and_add_up():
    every = {one.id for one in claims_on(on=TODAY)}
    by_topic = [{one.id for one in claims_on([topic], on=TODAY)} for topic in TOPICS]
    assert set().union(*by_topic) == every
    assert all(ids < every for ids in by_topic)


@pytest.mark.parametrize("given", [{"topics": ["geology"]}, {"verdicts": ["true"]}])
def test_an_unknown_topic_or_verdict_is_named_with_those_there_are(given):
    with pytest.raises(FigureError, match=r"there is no (topic|verdict) .*; there are"):
        claims_on(**given)


# --- Damaged data -------------------------------------------------------------------------------------------


def damaged(**changes):
    data = load_claims().model_dump(by_alias=True)
    data["claims"] = [dict(data["claims"][0], **changes), *data["claims"][1:]]
    return data


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"check": {"measure": "guess"}}, "there is no measure"),
        ({"check": {"measure": "output", "of": {"metal": "nickel"}}}, "missing a required argument"),
        ({"articles": ("none",)}, "there is no article"),
        ({"statements": (25, 245)}, "checked or left out"),
        ({"statements": (1,)}, "checked or left out"),
        ({"stated": {"number": 1, "date": "2025"}}, "one of number"),
        ({"stated": {"date": "April"}}, "no day, month or year"),
        ({"unit": None}, "a number has a unit"),
        ({"id": "nodules-products"}, "stand twice"),
    ],
)
def test_damaged_claims_are_refused(changes, message):
    with pytest.raises(ValueError, match=message):
        ClaimBook.model_validate(damaged(**changes))


@pytest.mark.parametrize("text", ["[", "{statements: 1}", "claims: &a [*a]"])
def test_a_damaged_file_gets_one_clear_error(tmp_path, monkeypatch, text):
    (tmp_path / "claims.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "FIGURES", tmp_path)
    load_claims.cache_clear()
    try:
        with pytest.raises(FigureError, match=r"claims\.yaml"):
            load_claims()
    finally:
        load_claims.cache_clear()


@pytest.mark.parametrize(
    ("measure", "of"),
    [
        ("output", {"metal": "unobtainium", "country": "World", "year": "2025"}),
        ("rule_date", {"rule": "usa.none"}),
        ("event_date", {"event": "none"}),
        ("timeline_date", {"says": "The"}),
        ("ships", {"target": "none"}),
        ("guess", {}),
    ],
)
def test_a_measure_of_what_is_not_there_is_an_error(measure, of):
    with pytest.raises(FigureError):
        take(measure, of, on=TODAY, as_of=TODAY)
