"""What a person answered about single facts: reading answers, checking them, and taking them up.

Answers only fill what is otherwise unknown: whatever the question, the layers, the registers or the
applicant's profile state stands. Three answers describe the question itself, so `take_up` puts them there:
the activity, the mineral and the applicant's State. What follows from them (is that State a party? a
developing one?) is then computed as for any other question. All other answers fill facts where facts are
made, in `seabed.law.facts`.
"""

from __future__ import annotations

import difflib
import re
import tempfile
import unicodedata
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from seabed.errors import QuestionError, RuleError
from seabed.language import _, alternatives, aside, listed, pick
from seabed.law.logic import Missing
from seabed.question import MINERAL_CODES, Activity, Applicant, Mineral
from seabed.resources import data_dir
from seabed.yamlfile import read_own_yaml, read_yaml

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from seabed.law.logic import Value
    from seabed.law.rules import FactDeclaration, RuleBook
    from seabed.question import Answer, Question

NATIONALITY = "applicant.nationality"

_MOST_BYTES = 20_000
_MOST_CHARACTERS = 100

_YES = frozenset({"y", "yes", "true", "是", "有", "对"})
_NO = frozenset({"n", "no", "false", "否", "不是", "没有", "不", "无"})
_DONT_KNOW = frozenset(
    {"?", "don't know", "dont know", "do not know", "unknown", "not known", "不知道", "不清楚", "未知"}
)
_OTHER_WORDS = {code.casefold(): mineral.value for code, mineral in MINERAL_CODES.items()} | {
    "多金属结核": Mineral.NODULES.value,
    "多金属硫化物": Mineral.SULPHIDES.value,
    "富钴结壳": Mineral.CRUSTS.value,
    "富钴铁锰结壳": Mineral.CRUSTS.value,
    "探矿": Activity.PROSPECTING.value,
    "勘探": Activity.EXPLORATION.value,
    "开采": Activity.EXPLOITATION.value,
    "开发": Activity.EXPLOITATION.value,
    "科学研究": Activity.SCIENTIFIC_RESEARCH.value,
}


# --- Reading and checking -----------------------------------------------------------------------------------


def read_answers(path: Path, book: RuleBook, state_names: Mapping[str, str]) -> dict[str, Answer]:
    """Read answers from a YAML file: a mapping from facts to answers.

    Parameters
    ----------
    path
        At most 20,000 bytes; for instance ``{activity: exploration, holds.ocsla_lease: don't know}``.
    book
        Declares the facts.
    state_names
        English State names by ISO 3166-1 alpha-3 code.

    Raises
    ------
    QuestionError
        Naming the fact or the answer that is not understood, and what would be.
    """
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise QuestionError(f"{path}: an answers file of more than {_MOST_BYTES:,} bytes is not read")
        data = read_yaml(path)
    except OSError as error:
        raise QuestionError(f"{path}: cannot be read: {error.strerror}") from None
    except RuleError as error:
        raise QuestionError(str(error)) from None
    if not isinstance(data, dict):
        raise QuestionError(f"{path}: an answers file is a mapping such as {{activity: exploration}}")
    try:
        return check_answers(data, book, state_names)
    except QuestionError as error:
        raise QuestionError(f"{path}: {error}") from None


def write_answers(answers: Mapping[str, Answer], path: Path, *, comment: str = "") -> None:
    """Write answers so that `read_answers` reads the same: beside the file first, then renamed.

    Raises
    ------
    QuestionError
        If the file cannot be written.
    """
    plain = {fact: "don't know" if answer is None else answer for fact, answer in answers.items()}
    body = yaml.safe_dump(plain, allow_unicode=True, sort_keys=False) if plain else "{}\n"
    lines = ("".join(filter(str.isprintable, line)) for line in comment.splitlines())
    head = "".join(f"# {line}\n" for line in lines)
    beside = None
    try:
        handle, beside = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", text=True)
        with open(handle, "w", encoding="utf-8") as stream:  # noqa: PTH123 - a handle, not a path
            stream.write(head + body)
        Path(beside).replace(path)
    except OSError as error:
        if beside:
            Path(beside).unlink(missing_ok=True)
        raise QuestionError(f"{path}: the answers cannot be written: {error.strerror}") from None


def check_answers(
    answers: Mapping[str, object], book: RuleBook, state_names: Mapping[str, str]
) -> dict[str, Answer]:
    """Return the answers in the program's own words: yes or no as booleans, States as codes.

    Raises
    ------
    QuestionError
        Naming the fact or the answer that is not understood, and what would be.
    """
    if not answers:
        return {}
    known = answerable(book)
    checked: dict[str, Answer] = {}
    for fact, given in answers.items():
        if not isinstance(fact, str) or fact not in known:
            raise QuestionError(_no_such_fact(fact, book, known))
        try:
            checked[fact] = check_answer(given, known[fact], state_names)
        except QuestionError as error:
            raise QuestionError(f"{fact}: {error}") from None
    return checked


def answerable(book: RuleBook) -> dict[str, FactDeclaration]:
    """Return the facts that a person can answer: all but the legal terms that rules settle."""
    terms = {rule.then.fact for rule in book.rules() if rule.then.fact}
    return {fact: declaration for fact, declaration in book.facts.items() if fact not in terms}


def check_answer(given: object, declaration: FactDeclaration, state_names: Mapping[str, str]) -> Answer:
    """Return one answer in the program's own words; ``None`` stands for "don't know".

    Understood are yes and no (y, n, true, false, 是, 否), the ids of activities and minerals with the ISA's
    codes and their Chinese names, States by code, English or Chinese name, and "don't know" (?, 不知道).

    Raises
    ------
    QuestionError
        Saying which answers are allowed.
    """
    if given is None:
        return None
    if isinstance(given, bool):
        if declaration.kind == "yes_no":
            return given
        given = "yes" if given else "no"
    if not isinstance(given, str) or len(given) > _MOST_CHARACTERS:
        what = type(given).__name__ if not isinstance(given, str) else _("more than a few words")
        raise QuestionError(
            _("the answer is {what}; {allowed}").format(what=what, allowed=allowed(declaration))
        )
    plain = _plain(given)
    if plain in _DONT_KNOW:
        return None
    found: Answer = None
    if declaration.kind == "yes_no":
        found = True if plain in _YES else False if plain in _NO else None
    elif declaration.kind == "one_of":
        word = _OTHER_WORDS.get(plain, re.sub(r"[ -]", "_", plain))
        spoken = (value for value in declaration.values if _plain(_(value)) == plain)
        found = word if word in declaration.values else next(spoken, None)
    else:
        found = _state_codes(state_names).get(plain)
    if found is None:
        close = _close_states(plain, state_names) if declaration.kind == "state" else ""
        raise QuestionError(
            _("{given} is not an answer to this; {close}{allowed}").format(
                given=repr(given), close=close, allowed=allowed(declaration)
            )
        )
    return found


def allowed(declaration: FactDeclaration) -> str:
    """Say in words which answers a fact can have."""
    match declaration.kind:
        case "yes_no":
            return _("answer yes or no, or “don't know”")
        case "one_of":
            values = listed(map(_, declaration.values))
            return _("answer one of {values}, or “don't know”").format(values=values)
        case "state":
            return _("answer a State by name or ISO 3166-1 alpha-3 code, such as DEU, or “don't know”")


def _no_such_fact(fact: object, book: RuleBook, known: Mapping[str, FactDeclaration]) -> str:
    if not isinstance(fact, str):
        return f"the name of a fact is a word such as activity, not {type(fact).__name__}"
    shown = fact if len(fact) <= _MOST_CHARACTERS else f"{fact[:_MOST_CHARACTERS]}…"
    if fact in book.facts:
        return f"{shown}: a legal term that the rules settle from other facts; nobody is asked for it"
    close = difflib.get_close_matches(fact[:_MOST_CHARACTERS], known, n=3)
    hint = (
        f"did you mean {' or '.join(close)}?"
        if close
        else f"facts are, for instance, {', '.join([*known][:5])}"
    )
    return f"{shown!r} is no fact that can be answered; {hint}"


def _plain(text: str) -> str:
    """Fold case, width, accents, quotes and spaces, and drop a leading article."""
    text = unicodedata.normalize("NFKD", text.replace("’", "'")).casefold()
    text = "".join(char for char in text if not unicodedata.combining(char))
    return re.sub(r"\s+", " ", text).strip().removeprefix("the ")


def _state_codes(state_names: Mapping[str, str]) -> dict[str, str]:
    written = read_own_yaml(data_dir("rules") / "registers" / "state_names.yaml")
    found = {
        _plain(name): code
        for code, names in written.items()
        if code in state_names
        for name in (names["en"], names["zh"], *names.get("also", ()))
    }
    found |= {_plain(name): code for code, name in state_names.items()}
    return found | {_plain(code): code for code in state_names}


def _close_states(plain: str, state_names: Mapping[str, str]) -> str:
    codes = _state_codes(state_names)
    inside = [name for name in codes if len(plain) > 3 and plain in name]
    close = dict.fromkeys(codes[name] for name in [*inside, *difflib.get_close_matches(plain, codes, n=3)])
    names = alternatives(aside(_(state_names.get(code, code)), code) for code in [*close][:3])
    return _("did you mean {names}? Or ").format(names=names) if names else ""


# --- Taking answers up --------------------------------------------------------------------------------------


def take_up(question: Question, state_names: Mapping[str, str]) -> Question:
    """Return the question with the answers about itself in place; what it states already stands.

    Somebody who answers only for their State becomes an `Applicant` of that State about whom nothing else
    is known. An applicant that is bound through its sponsors (an intergovernmental body) has no such State.
    """
    answers = question.answers
    changes: dict[str, object] = {}
    activity, mineral, state = (answers.get(fact) for fact in ("activity", "mineral", NATIONALITY))
    if question.activity is None and activity is not None:
        changes["activity"] = Activity(str(activity))
    if question.mineral is None and mineral is not None:
        changes["mineral"] = Mineral(str(mineral))
    who = question.applicant
    if isinstance(state, str) and who is None:
        changes["applicant"] = Applicant(
            name=_("an applicant of {state}").format(state=_(state_names.get(state, state))),
            nationality=state,
            state_body=None,
        )
    elif isinstance(state, str) and who and not (who.nationality or who.incorporated_in or who.sponsors):
        changes["applicant"] = who.model_copy(update={"nationality": state})
    return question.model_copy(update=changes) if changes else question


def say_what_became_of(
    answers: Mapping[str, Answer],
    before: Sequence[Mapping[str, Value | Missing]],
    after: Sequence[Mapping[str, Value | Missing]],
    book: RuleBook,
    state_names: Mapping[str, str],
) -> list[str]:
    """Say of each answer, in words, whether it was used, not needed or overridden.

    Parameters
    ----------
    answers
        As `check_answers` returns them.
    before, after
        The facts of each part of the site without and with the answers.
    """

    def said(value: Value | Missing | None) -> str:
        match value:
            case bool():
                return _("yes") if value else _("no")
            case str() if value in state_names:
                return aside(_(state_names[value]), value)
            case str():
                return _(value).replace("_", " ")
            case Missing.NOT_APPLICABLE:
                return _("nothing: it does not apply")
        return _("don't know")

    sentences = []
    for fact, answer in answers.items():
        told = said(answer)
        opened = [index for index, facts in enumerate(before) if facts.get(fact) in _OPEN]
        stated = dict.fromkeys(said(facts[fact]) for facts in (after if opened else before) if fact in facts)
        if answer is None:
            what = _("Answered: {question} {answer}.")
            if not opened:
                what, told = _("Not needed, known without: {question} {answer}."), alternatives(stated)
        elif any(after[index].get(fact) == answer for index in opened):
            what = _("Answered: {question} {answer}.")
        elif stated.keys() == {told}:
            what = _("Answer not needed, known without: {question} {answer}.")
        elif opened and all(after[index].get(fact) in _OPEN for index in opened):
            what = _("Answer not counted, it cannot settle this here: {question} {answer}.")
        else:
            what = _(
                "Answer overridden: {question} The answer was “{given}”, but the question, the layers, the "
                "registers or the applicant's profile say: {known}."
            )
        sentences.append(
            what.format(
                question=pick(book.facts[fact].question),
                answer=_first_up(told),
                given=told,
                known=alternatives(stated),
            )
        )
    return sentences


_OPEN = frozenset({Missing.DONT_KNOW, Missing.NOT_ASKED})


def _first_up(words: str) -> str:
    return words[:1].upper() + words[1:]
