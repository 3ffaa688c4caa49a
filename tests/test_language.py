"""English and Chinese: nothing is left untranslated, and translating changes words and nothing else."""

from __future__ import annotations

import ast
import datetime as dt
import re
import runpy
import string
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from babel.messages.frontend import CommandLineInterface
from babel.messages.pofile import read_po
from click.testing import CliRunner

from seabed import Question, assess, read_site
from seabed.atlas.names import spoken_name, words_in
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas
from seabed.cli import main
from seabed.contract import Verdict
from seabed.language import (
    _,
    all_of,
    alternatives,
    aside,
    clauses,
    list_of,
    listed,
    pick,
    plural,
    sentence,
    sentences,
    speaking,
    spoken,
)
from seabed.law.registers import load_registers
from seabed.law.rules import load_rulebook
from seabed.question import read_applicant
from seabed.wrapping import columns, wrapped
from seabed.yamlfile import read_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Catalog, Message

ROOT = Path(__file__).parents[1]
PO = ROOT / "reports" / "locales" / "zh" / "LC_MESSAGES" / "seabed.po"


# --- The catalogue ------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with PO.open("rb") as stream:
        return read_po(stream)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Catalog:
    """What `make messages` collects from the code and the data as they are now."""
    pot = tmp_path_factory.mktemp("messages") / "seabed.pot"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(ROOT)
        patch.syspath_prepend(str(ROOT))
        arguments = ["--quiet", "extract", "-F", "reports/locales/babel.cfg", "-k", "plural:1,2"]
        CommandLineInterface().run(["pybabel", *arguments, "-o", str(pot), "."])
    with pot.open("rb") as stream:
        return read_po(stream)


def said(message: Message) -> list[str]:
    """Return a message's translations, one for each of its forms in Chinese."""
    return [message.string] if isinstance(message.string, str) else list(message.string)


def messages(catalogue: Catalog) -> Iterator[Message]:
    return (message for message in catalogue if message.id)


def test_every_sentence_is_in_the_catalogue(catalogue, extracted) -> None:
    missing = [message.id for message in messages(extracted) if message.id not in catalogue]
    assert not missing, f"run `make messages`: {missing[:10]}"


def test_the_catalogue_holds_nothing_that_is_no_longer_said(catalogue, extracted) -> None:
    assert not catalogue.obsolete
    old = [message.id for message in messages(catalogue) if message.id not in extracted]
    assert not old, f"run `make messages`: {old[:10]}"


def test_no_sentence_hides_in_an_f_string_where_none_is_collected() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}, line {inner.lineno}"
        for path in sorted((ROOT / "seabed").rglob("*.py"))
        for text in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(text, ast.JoinedStr)
        for inner in ast.walk(text)
        if isinstance(inner, ast.Call)
        and isinstance(inner.func, ast.Name)
        and inner.func.id in {"_", "N_", "plural"}
        and isinstance(inner.args[0], ast.Constant)
    ]
    assert not hidden


def test_every_sentence_has_a_translation(catalogue) -> None:
    missing = [m.id for m in messages(catalogue) if not all(said(m)) or m.fuzzy]
    assert not missing, f"{len(missing)} without one, such as {missing[:10]}"


def test_a_translation_has_the_places_of_its_sentence(catalogue) -> None:
    def places(text: str) -> set[str]:
        return {name for _text, name, _spec, _conversion in string.Formatter().parse(text) if name}

    for message in messages(catalogue):
        forms = [message.id] if isinstance(message.id, str) else list(message.id)
        wanted = set().union(*(places(form) for form in forms))
        for translation in filter(None, said(message)):
            assert places(translation) == wanted, message.id


def test_a_state_has_one_name_in_chinese(catalogue) -> None:
    written = read_yaml(ROOT / "rules" / "registers" / "state_names.yaml")
    for code, state in load_registers().states.items():
        assert catalogue[state.name].string == written[code]["zh"], code


def test_the_compiled_catalogue_is_that_of_the_sentences() -> None:
    compiled = runpy.run_path(str(ROOT / "reports" / "locales" / "compile.py"))["compiled"]
    assert compiled(PO) == PO.with_suffix(".mo").read_bytes(), "run `make messages`"


# --- A whole assessment -------------------------------------------------------------------------------------

#: Keys whose values are no sentences of ours: cites, sources and dates as published, ids, codes, units.
NO_SENTENCES = frozenset(
    re.findall(
        r"\w+",
        # as published
        "cite cites source vintage unit "
        # ids and codes
        "id ref kind type layer features state states territory claimants contested sponsors nationality "
        "incorporated_in controlled_by instrument holds_unknown leads_to order orders rule defeated_by "
        "effect outcome op truth fact zones verdict activity mineral minerals levels confidence stance "
        "footing rests_on method topic about by role code schema language layers_sha256 rules_sha256 "
        "created version",
    )
)
#: Keys whose values may be the proper name of a company, a block or a port.
NAMES = frozenset({"name", "holder", "held_by", "coast", "operator", "place", "system"})

CASES = {
    "a licence over a contract": ("isa:NORI-D", None, "tmc-usa", "exploitation", "nodules"),
    "nothing known of the applicant": ("isa:NORI-D", None, None, None, None),
    "a territory of the United States": ("-170.5, -14.9", 20, "USA", "exploitation", None),
    "a shelf that other States deny": ("136.1, 20.4", 150, "CHN", "exploitation", "crusts"),
    "across 180 degrees": (
        "POLYGON((179.5 -18,-179.5 -18,-179.5 -17,179.5 -17,179.5 -18))",
        None,
        "comra",
        "exploration",
        "sulphides",
    ),
    "Antarctica": ("10, -75", 200, "nori", "scientific_research", "sulphides"),
}


@pytest.fixture(scope="module")
def atlas() -> Atlas:
    return Atlas.open()


def checked(case: str, language: str, atlas: Atlas) -> dict[str, Any]:
    """Assess a site of `CASES` as the command line does."""
    spec, radius_km, who, activity, mineral = CASES[case]
    names = {code: state.name for code, state in load_registers().states.items()}
    with speaking(language):
        site = read_site(spec, radius_km=radius_km, layer_feature=lambda id_: site_of(atlas, id_))
        applicant, presumed = read_applicant(who, names) if who else (None, [])
    question = Question(applicant=applicant, activity=activity, mineral=mineral, on=dt.date(2026, 11, 21))
    found = assess(site, question, atlas=atlas, presumed=presumed, language=language)
    return found.model_dump(mode="json", by_alias=True)


def sentences_in(data: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Iterate over what a reader reads as a sentence or a label, each with its key."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from sentences_in(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from sentences_in(value, key)
    elif isinstance(data, str) and key not in NO_SENTENCES and data not in set(Verdict):
        yield key, data


def sources_in(data: Any, key: str = "") -> Iterator[str]:
    if isinstance(data, dict):
        for name, value in data.items():
            yield from sources_in(value, name)
    elif isinstance(data, list):
        for value in data:
            yield from sources_in(value, key)
    elif isinstance(data, str) and key in {"cite", "cites", "source"}:
        yield data


def is_english(key: str, text: str) -> bool:
    """Say whether a text has words and none of them is Chinese; a proper name has no small word."""
    words = r"\b[a-z]{2,}" if key in NAMES else r"[A-Za-z]{2,}"
    if re.fullmatch(r"[\d.]+ km", text) or text == "TMC the metals company":
        return False
    return bool(re.search(words, text)) and not re.search(r"[\u4e00-\u9fff]", text)


@pytest.mark.parametrize("case", CASES)
def test_a_chinese_assessment_speaks_no_english(case: str, atlas: Atlas) -> None:
    data = checked(case, "zh", atlas)
    english = {(key, text) for key, text in sentences_in(data) if is_english(key, text)}
    assert not english, f"{len(english)} texts, such as {sorted(english)[:10]}"
    quoted = sorted(set(sources_in(data)), key=len, reverse=True)
    for key, text in sentences_in(data):
        own = text
        for source in quoted:
            own = own.replace(source, "")
        assert not re.search(r"\b[a-z]{2,}(?:,? [a-z]{2,}){4}", own), f"{key}: {text}"


@pytest.mark.parametrize("case", [*CASES][:3])
def test_translating_changes_words_and_nothing_else(case: str, atlas: Atlas) -> None:
    def numbers(data: Any) -> Any:
        if isinstance(data, dict):
            return [numbers(value) for name, value in data.items() if name != "created"]
        if isinstance(data, list):
            return [numbers(value) for value in data]
        return None if isinstance(data, str) else data

    english, chinese = checked(case, "en", atlas), checked(case, "zh", atlas)
    assert numbers(english) == numbers(chinese)
    for key in ("order", "verdict", "contested", "cites"):
        assert [o[key] for o in english["opinions"]] == [o[key] for o in chinese["opinions"]]
    assert (english["receipt"]["language"], chinese["receipt"]["language"]) == ("en", "zh")


def test_the_same_question_has_the_same_answer_in_every_process() -> None:
    """Rules were once weighed, and so reasons given, in the order of a set, which differs by process."""
    program = "from seabed.law.engine import Program\nfrom seabed.law.rules import load_rulebook\n"
    program += "import datetime as dt\nbook = load_rulebook()\n"
    program += "for order in book.modelled_orders:\n"
    program += "    print([rule.id for rule in Program(order, dt.date(2026, 11, 21), book).rules])\n"
    told = {
        subprocess.run(
            [sys.executable, "-c", program],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(told) == 1


# --- Speaking -----------------------------------------------------------------------------------------------


def test_a_language_is_spoken_inside_its_block_only() -> None:
    assert spoken() == "en"
    with speaking("zh"):
        assert spoken() == "zh"
        with speaking("en"):
            assert spoken() == "en"
    assert spoken() == "en"
    with pytest.raises(ZeroDivisionError), speaking("zh"):
        assert 1 / 0
    assert spoken() == "en"


def test_what_has_no_translation_stays_english_and_nothing_stays_nothing() -> None:
    with speaking("zh"):
        assert _("a sentence that nobody ever wrote") == "a sentence that nobody ever wrote"
        assert _("") == ""  # gettext would give the head of the catalogue
        assert plural("{count} hitherto unseen", "{count} hitherto unseens", 2) == "{count} hitherto unseens"


def test_a_bilingual_text_is_picked_by_language() -> None:
    title = load_rulebook().orders["chn"].name
    assert pick(title) == title.en
    with speaking("zh"):
        assert pick(title) == title.zh != title.en


@pytest.mark.parametrize(
    ("language", "told"),
    [
        ("en", ("a, b, c", "a, b and c", "a and b and c", "a or b or c", "a; c", "a.", "a. b.", "a (b)")),
        ("zh", ("a、b、c", "a、b和c", "a和b和c", "a或b或c", "a；c", "a。", "a.b.", "a（b）")),
    ],
)
def test_words_are_put_together_as_the_language_does(language, told) -> None:
    abc = ("a", "b", "c")
    with speaking(language):
        assert told == (
            listed(abc),
            list_of(abc),
            all_of(abc),
            alternatives(abc),
            clauses(("a", "", None, "c")),
            sentence("a"),
            sentences(("a.", "b.")),
            aside("a", "b"),
        )
        assert (list_of([]), list_of(["a"]), sentence(""), aside("a", "")) == ("", "a", "", "a")
        assert (sentence("a."), sentence("是。"), sentence("(a)")) == ("a.", "是。", "(a)")


# --- Names of zones -----------------------------------------------------------------------------------------


@pytest.fixture
def _translated_names(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the names be looked up in a table of the test."""
    table = {
        "Fiji": "斐济",
        "Wallis and Futuna": "瓦利斯和富图纳",
        "France": "法国",
        "the Falkland Islands (Malvinas)": "福克兰群岛（马尔维纳斯）",
        "United Kingdom": "英国",
        "Continental shelf of {place} ({state})": "{place}（{state}）大陆架",
        "Median line between {one} and {other}": "{one}与{other}之间的中间线",
        "200 M limit of {place}": "{place}200海里界限",
        "Boundary between {one} and {other}: {instrument}": "{one}与{other}的边界：{instrument}",
        "Fiji-France convention of 19 January 1983": "1983年1月19日斐济—法国公约",
        "{name} block {code}": "{name}第{code}区块",
    }
    monkeypatch.setattr("seabed.atlas.names._", lambda text: table.get(text, text))


@pytest.mark.usefixtures("_translated_names")
@pytest.mark.parametrize(
    ("name", "in_chinese"),
    [
        ("200 M limit of Fiji", "斐济200海里界限"),
        ("Continental shelf of Wallis and Futuna (France)", "瓦利斯和富图纳（法国）大陆架"),
        (
            "Continental shelf of the Falkland Islands (Malvinas) (United Kingdom)",
            "福克兰群岛（马尔维纳斯）（英国）大陆架",
        ),
        ("Median line between Fiji and Wallis and Futuna", "斐济与瓦利斯和富图纳之间的中间线"),
        ("Median line between Wallis and Futuna and Fiji", "瓦利斯和富图纳与斐济之间的中间线"),
        (
            "Boundary between Fiji and Wallis and Futuna: Fiji-France convention of 19 January 1983",
            "斐济与瓦利斯和富图纳的边界：1983年1月19日斐济—法国公约",
        ),
        ("BGRPMS1 block 024a", "BGRPMS1第024a区块"),
        ("a layer of the user's {own} (with a name)", "a layer of the user's {own} (with a name)"),
    ],
)
def test_a_name_is_spoken_part_by_part(name, in_chinese) -> None:
    assert spoken_name(name) == name
    with speaking("zh"):
        assert spoken_name(name) == in_chinese


def test_of_names_only_what_no_pattern_has_is_to_be_translated() -> None:
    names = [
        "Land of Wallis and Futuna (France)",
        "Land of Fiji",
        "Median line between Wallis and Futuna and Fiji",
        "BGRPMS1 block 024a",
        "equidistance",
    ]
    assert words_in(names) == ["Wallis and Futuna", "France", "Fiji", "equidistance"]


# --- On the command line ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "command",
    [
        ("status", "Nauru", "--on", "2026-11-21"),
        ("status", "NORIPMN1", "--on", "2026-11-21"),
        ("rules", "list", "--order", "chn"),
        ("rules", "show", "usa.dshmra.1411-a-1"),
        ("layers", "list"),
        ("layers", "show", "isa_contracts"),
    ],
    ids=" ".join,
)
def test_what_a_command_shows_can_be_had_in_chinese(command) -> None:
    english = CliRunner().invoke(main, [*command])
    chinese = CliRunner().invoke(main, [*command, "--lang", "zh"])
    assert (english.exit_code, chinese.exit_code) == (0, 0), chinese.output
    assert re.search(r"[\u4e00-\u9fff]", chinese.output)
    assert chinese.output != english.output
    assert spoken() == "en"


def test_the_interview_asks_in_chinese_and_understands_it(tmp_path: Path) -> None:
    told = CliRunner().invoke(
        main,
        ["ask", "isa:NORI-D", "--on", "2026-11-21", "--lang", "zh", "--save", str(tmp_path / "answers.yaml")],
        input="德国\n开采多金属结核\n开发\n多金属结核\n" + "不知道\n" * 60,
    )
    assert told.exit_code == 0, told.output
    assert load_rulebook().facts["applicant.nationality"].question.zh in told.output
    assert "applicant.nationality: DEU" in (tmp_path / "answers.yaml").read_text(encoding="utf-8")


def test_a_chinese_text_is_wrapped_by_the_columns_it_takes() -> None:
    text = "“区域”是国家管辖范围以外的海床、洋底及其底土；见UNCLOS art. 1(1)(1)，以及一个 a-very-long-word 。"
    lines = wrapped(text, 24, "- ", "  ")
    assert all(columns(line) <= 24 for line in lines)
    assert not any(line.lstrip("- ")[0] in "、；，。”" for line in lines)
    assert "".join("".join(lines).split()).replace("-", "") == "".join(text.split()).replace("-", "")
    assert wrapped("words as ever", 10, "", "  ") == ["words as", "  ever"]
    assert columns("海a\u0301") == 3
