"""Every citation points at something that exists, in so far as its text was in hand."""

from __future__ import annotations

import re

import pytest
from build_cite_index import TREATY, US_CODE, US_REGULATION, advisory_opinion, gaps, outline, prc_law
from hypothesis import given
from hypothesis import strategies as st

from seabed.errors import RuleError
from seabed.law.cites import (
    Found,
    Pinpoint,
    cites_in_rules,
    find,
    load_cite_index,
    parse_cite,
    read_outline,
    write_outline,
)

INDEX = load_cite_index()
CITES = sorted(set(cites_in_rules()))


# --- The rules' own citations -------------------------------------------------------------------------------


@pytest.mark.parametrize(("file", "cite"), CITES, ids=[f"{file}: {cite}" for file, cite in CITES])
def test_a_citation_in_the_rules_points_at_something_that_exists(file: str, cite: str) -> None:
    missing = [part.text for part in parse_cite(cite, INDEX) if find(part, INDEX) is Found.MISSING]
    assert not missing, f"{file}: not in the text: {missing}"


@pytest.mark.parametrize("order", ["unclos", "usa", "chn", "bbnj"])
def test_nearly_all_citations_of_an_order_with_its_texts_in_hand_can_be_looked_up(order: str) -> None:
    cites = [cite for file, cite in CITES if file.startswith(f"{order}/")]
    found = [find(part, INDEX) for cite in cites for part in parse_cite(cite, INDEX)]
    assert found.count(Found.NO_TEXT) <= len(found) / 5


# --- The index ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("instrument", "number"),
    [
        ("AO 2011", 242),
        ("BBNJ", 78),  # 76 articles, 2 annexes
        ("PRC 2016 Law", 29),
        ("30 U.S.C.", 38),
        ("EO 14285", 5),
        ("UNCLOS", 328),  # 320 articles, 8 annexes with articles of their own
        ("1994 Agreement", 11),  # 10 articles, 1 annex
    ],
)
def test_the_index_has_every_article_of_a_whole_text(instrument: str, number: int) -> None:
    assert len(INDEX[instrument].provisions) == number


def test_the_convention_and_its_annexes_have_445_articles() -> None:
    tree = INDEX["UNCLOS"].provisions
    annexes = [label for label in tree if label.startswith("annex")]
    assert len(tree) - len(annexes) + sum(len(tree[annex]) for annex in annexes) == 445


def test_no_list_in_the_index_skips_a_label() -> None:
    assert [gap for name, entry in INDEX.items() for gap in gaps(entry.provisions) if name != "15 CFR"] == []


LABELS = st.text(alphabet="abc123ivxAB", min_size=1, max_size=4)
TREES = st.recursive(
    st.just({}), lambda below: st.dictionaries(LABELS, below, max_size=4), max_leaves=12
).filter(lambda tree: isinstance(tree, dict))


@given(TREES)
def test_an_outline_reads_back_as_it_was_written(tree) -> None:
    assert read_outline(write_outline(tree)) == tree


# --- Reading citations --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cite", "places"),
    [
        ("UNCLOS art. 137(1), (3)", ["137.1", "137.3"]),
        ("UNCLOS art. 153(2)(b), (3)", ["153.2.b", "153.3"]),
        ("UNCLOS Annex III art. 4(3), (6)", ["annex III.4.3", "annex III.4.6"]),
        ("UNCLOS art. 1(1)(3)", ["1.1.3"]),
        ("1994 Agreement annex s. 1 paras. 5(f), 6(a)(ii)", ["annex.1", "annex.1.5.f", "annex.1.6.a.ii"]),
        ("1994 Agreement annex s. 5, s. 7", ["annex.5", "annex.7"]),
        ("1994 Agreement art. 7(1)–(3)", ["7.1–7.3"]),
        ("AO 2011 paras. 110–120", ["110–120"]),
        ("30 U.S.C. 1403(13), (14)(A)–(B)", ["1403.13", "1403.14.A–1403.14.B"]),
        ("30 U.S.C. 1412(b)(2), (4)", ["1412.b.2", "1412.b.4"]),
        ("15 CFR 970.601(c)", ["970.601.c"]),
        ("15 CFR 971.800–971.1007", ["971.800–971.1007"]),
        ("EO 14285 ss. 2, 3(a)(ii)–(iii), 3(b)(ii)", ["2", "3.a.ii–3.a.iii", "3.b.ii"]),
        ("PRC 2016 Law arts. 2(1), 7, 8", ["2.1", "7", "8"]),
        ("ISBA/19/C/17 annex IV s. 10.1(a)", ["annex IV.10.1.a"]),
        ("ISBA/19/C/17 reg. 11(1) (as in ISBA/6/A/18)", ["11.1"]),
        ("43 U.S.C. 1331(a) before Pub. L. 117-169 s. 50251(b)", ["1331.a"]),
        ("48 U.S.C. 1705(b)(ii)–(xi)", ["1705.b.ii–1705.b.xi"]),
        ("UNCLOS arts. 151, 161(8)(b) and (c)", ["151", "161.8.b", "161.8.c"]),
    ],
)
def test_a_citation_is_read_as_a_lawyer_reads_it(cite: str, places: list[str]) -> None:
    (citation,) = parse_cite(cite, INDEX)
    assert [_written(pinpoint) for pinpoint in citation.pinpoints] == places
    assert find(citation, INDEX) is Found.EXISTS


def _written(pinpoint: Pinpoint) -> str:
    return "–".join(".".join(place) for place in (pinpoint.first, pinpoint.last) if place)


def test_a_citation_can_name_several_instruments() -> None:
    parts = parse_cite("43 U.S.C. 1341(d), 16 U.S.C. 1456(c); cf. AO 2011 para. 75", INDEX)
    assert [part.instrument for part in parts] == ["43 U.S.C.", "16 U.S.C.", "AO 2011"]


def test_a_semicolon_within_brackets_separates_nothing() -> None:
    (part,) = parse_cite("Executive Order 006-24 (July 2024; reaffirmed in 2025)", INDEX)
    assert part.instrument is None


@pytest.mark.parametrize(
    "cite",
    [
        "UNCLOS art. 137(4)",
        "UNCLOS art. 446",
        "UNCLOS Annex III art. 23",
        "UNCLOS art. 137(3)–(1)",
        "1994 Agreement annex s. 10",
        "1994 Agreement annex s. 1 para. 15(d)",
        "AO 2011 para. 243",
        "30 U.S.C. 1412(c)(1)(B)(iv)",
        "30 U.S.C. 1404",
        "15 CFR 970.602(z)",
        "15 CFR 970.999",
        "PRC 2016 Law art. 2(3)",
        "EO 14285 s. 6",
        "BBNJ art. 77",
        "ISBA/18/A/11 reg. 60",
    ],
)
def test_what_the_text_does_not_have_is_missing(cite: str) -> None:
    (citation,) = parse_cite(cite, INDEX)
    assert find(citation, INDEX) is Found.MISSING


@pytest.mark.parametrize(
    "cite", ["15 CFR part 922", "43 U.S.C. 1301–1315", "16 U.S.C. 1456(c)", "88 FR 88470"]
)
def test_what_no_text_in_hand_reaches_is_said_to_have_none(cite: str) -> None:
    (citation,) = parse_cite(cite, INDEX)
    assert find(citation, INDEX) is Found.NO_TEXT


@pytest.mark.parametrize(
    ("cite", "message"),
    [
        ("UNCLOS articles 4 and 5", "'articles 4 and 5' is no pinpoint"),
        ("54 U.S.C. 320301(a) and the proclamation", "'the proclamation' is no pinpoint"),
        ("UNCLOS (1)", "stands beside nothing"),
        ("UNCLOS art. 137(1), (A)", "of no kind that stands before it"),
    ],
)
def test_what_follows_an_instrument_and_is_no_pinpoint_is_refused(cite: str, message: str) -> None:
    with pytest.raises(RuleError, match=re.escape(message)):
        parse_cite(cite, INDEX)


# --- Making the index ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "levels", "expected"),
    [
        ("1. One:\n(a) first;\n(b) second.\n2. Two.", TREATY, "1(a b) 2"),
        ("1. On one line: (a) first; (b) second; and (c) third.", TREATY, "1(a b c)"),
        ("6. (a) (i) Chained;\n(ii) two.\n(b) Next.", TREATY, "6(a(i ii) b)"),
        ("1. As in paragraphs (a), (b) and (c) of article 3.", TREATY, "1"),
        ("(a) See\n(2) of this section; or\n(b) else", US_CODE, "a b"),
        ("\n".join(f"({letter}) x" for letter in "abcdefghij"), US_CODE, "a b c d e f g h i j"),
        ("(h) Last:\n(i) one\n(ii) two\n(i) the letter\n(j) next", TREATY, "h(i ii) i j"),
        ("(b) Kept:\n(i) one\n(ii) two\n(c) next", US_CODE, "b(i ii) c"),
        ("(4) Whether; (i) one; and\n(ii) two;", US_REGULATION, "4(i ii)"),
        ("## (a) Leases\n(3)\n(A) x\n## (a) Leases\n#### (B) y", US_CODE, "a(3(A B))"),
    ],
)
def test_labels_nest_as_in_the_text(text: str, levels: tuple[str, ...], expected: str) -> None:
    assert write_outline(outline(text, levels)) == expected


def test_numbered_paragraphs_are_followed_in_their_order() -> None:
    assert list(advisory_opinion("1. The questions: 3. no 2. The next. 3. The last. 7. Not one")) == [
        "1",
        "2",
        "3",
    ]


def test_paragraphs_of_a_chinese_article_are_counted_and_its_items_stand_below() -> None:
    law = prc_law("第一条 一款\n\n二款：\n\n（一）项\n\n（二）项\n\n第十二条 定义：\n\n（一）项")
    assert {article: write_outline(below) for article, below in law.items()} == {"1": "1 2(1 2)", "12": "1"}
