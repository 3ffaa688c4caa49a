import json

import pytest
from click.testing import CliRunner

from seabed.cli import main


def run(*arguments):
    return CliRunner().invoke(main, ["claims", "--on", "2026-11-21", *arguments])


def test_a_topic_is_shown_with_claim_finding_verdict_and_source():
    result = run("--topic", "cost")
    assert result.exit_code == 0
    assert "[unsupported] Mining the deep sea costs three to five times" in result.output
    assert "no figure found" in result.output
    assert "Of 244 statements" in " ".join(result.output.split())


def test_json_holds_figures_with_source_and_vintage():
    data = json.loads(run("--topic", "supply", "--format", "json").output)
    assert {claim["verdict"] for claim in data["claims"]} >= {"holds", "outdated", "open"}
    for claim in data["claims"]:
        assert claim["source"]
        assert claim["vintage"]
        for key in ("claimed", "today", "at_the_time"):
            assert claim[key] is None or claim[key]["vintage"]
    assert sum(data["statements"].values()) == 244


def test_markdown_is_a_table_with_as_many_cells_in_each_row():
    lines = [line for line in run("--format", "markdown").output.splitlines() if line.startswith("|")]
    assert {line.replace("\\|", "").count("|") for line in lines} == {7}
    assert len(lines) > 100


def test_verdicts_narrow():
    data = json.loads(run("--verdict", "wrong", "--verdict", "open", "--format", "json").output)
    assert {claim["verdict"] for claim in data["claims"]} == {"wrong", "open"}


def test_chinese_is_spoken_on_demand():
    assert "深海采矿成本为陆地的3至5倍" in run("--topic", "cost", "--lang", "zh").output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--topic", "geology"), "there is no topic 'geology'; there are supply, rare_earths"),
        (("--verdict", "true"), "there is no verdict 'true'"),
        (("--mineral", "gold"), "there is no mineral 'gold'; there are nodules"),
    ],
)
def test_a_bad_word_gets_one_clear_error(arguments, message):
    result = run(*arguments)
    assert result.exit_code == 2
    assert message in result.output
    assert len(result.output.strip().splitlines()) == 1


def test_no_line_is_wider_than_the_terminal():
    for language in ("en", "zh"):
        from seabed.wrapping import columns

        assert max(map(columns, run("--lang", language).output.splitlines())) <= 110


def test_what_is_asked_for_and_not_there_is_an_empty_list():
    assert run("--topic", "cost", "--verdict", "wrong").output.startswith("0 claims")
