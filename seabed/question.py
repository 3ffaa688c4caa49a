"""What is asked of a site: who wants to do what there, for which mineral, on which date."""

from __future__ import annotations

import datetime as dt
import difflib
import re
from enum import StrEnum
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from seabed.errors import QuestionError, RuleError
from seabed.language import _
from seabed.resources import data_dir
from seabed.yamlfile import read_yaml


class Activity(StrEnum):
    """The activities that the legal orders tell apart, in the ISA's words."""

    PROSPECTING = "prospecting"
    EXPLORATION = "exploration"
    EXPLOITATION = "exploitation"
    SCIENTIFIC_RESEARCH = "scientific_research"


class Mineral(StrEnum):
    """The three resource categories of the ISA's Mining Code."""

    NODULES = "nodules"
    SULPHIDES = "sulphides"
    CRUSTS = "crusts"


#: The ISA's own codes for them.
MINERAL_CODES = {
    "PMN": Mineral.NODULES,
    "PMS": Mineral.SULPHIDES,
    "CFC": Mineral.CRUSTS,
    "CRFC": Mineral.CRUSTS,
}


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Holding(_Frozen):
    """An instrument somebody says they hold; it counts only for the area ``ref`` names."""

    instrument: str
    ref: str | None = None


class Applicant(_Frozen):
    """Who asks. ``None`` means "not known"; an empty tuple means "none".

    States are ISO 3166-1 alpha-3 codes. ``nationality`` is for natural persons and State bodies,
    ``incorporated_in`` for companies, ``controlled_by`` names the States whose nationals hold effective
    control.
    """

    id: str | None = None
    name: str | None = None
    nationality: str | None = None
    incorporated_in: str | None = None
    controlled_by: tuple[str, ...] | None = None
    sponsors: tuple[str, ...] | None = None
    holds: tuple[Holding, ...] | None = None
    holds_unknown: tuple[str, ...] = Field(default=(), description="instruments it may or may not hold")
    state_body: bool | None = Field(default=False, description="the State itself, or an organ of it")
    notes: tuple[str, ...] = ()


#: What a person may answer about a fact; ``None`` is "don't know".
Answer = str | bool | None


class Question(_Frozen):
    """One question about one site. ``None`` means "not asked"."""

    applicant: Applicant | None = None
    activity: Activity | None = None
    mineral: Mineral | None = None
    on: dt.date = Field(description="the date on which the law is applied")
    answers: dict[str, Answer] = Field(
        default_factory=dict,
        description="by fact: what was answered about it; fills only what is otherwise unknown",
    )


_MOST_BYTES = 100_000
_TAKES_THE = re.compile(
    r"(United |Republic |Russian |Federated |Democratic |European )|"
    r".*(Islands|Netherlands|Philippines|Bahamas|Maldives|Comoros|Gambia|Republic|Seychelles)$"
)
_PROFILE_ONLY = ("aliases", "sources")


def profiles() -> dict[str, Path]:
    """Return the built-in applicant profiles by id."""
    return {path.stem: path for path in sorted((data_dir("rules") / "applicants").glob("*.yaml"))}


def read_applicant(spec: str, state_names: dict[str, str]) -> tuple[Applicant, list[str]]:
    """Read who asks, from a profile id, an ISO 3166-1 alpha-3 code in capitals, or a YAML file.

    Parameters
    ----------
    spec
        ``tmc-usa``; ``CHN``; ``my-company.yaml``.
    state_names
        English State names by code.

    Returns
    -------
    The applicant, and what had to be presumed, in words.

    Raises
    ------
    QuestionError
        Saying what is wrong and what would be right.
    """
    known = profiles()
    if spec in known:
        return _from_file(known[spec], id_=spec)
    if re.fullmatch(r"[A-Z]{3}", spec) and spec in state_names:
        return _of_state(spec, state_names[spec])
    path = Path(spec)
    if path.suffix in {".yaml", ".yml"} or path.is_file():
        return _from_file(path, id_=None)
    close = difflib.get_close_matches(spec.lower(), [*known, *(c.lower() for c in state_names)], n=3)
    hint = (
        f"; did you mean {' or '.join(c.upper() if c.upper() in state_names else c for c in close)}?"
        if close
        else ""
    )
    raise QuestionError(
        f"applicant {spec!r} is not a profile ({', '.join(known)}), an ISO 3166-1 alpha-3 code in capitals "
        f"(CHN) or a YAML file{hint}"
    )


def _with_article(state: str) -> str:
    """Put the English article before the names that take one; names in Chinese take none."""
    return f"the {state}" if _TAKES_THE.match(state) else state


def _of_state(code: str, name: str) -> tuple[Applicant, list[str]]:
    applicant = Applicant(
        name=_("a national of {state}").format(state=_with_article(_(name))),
        nationality=code,
        controlled_by=(code,),
        sponsors=(),
        holds=(),
    )
    presumed = _(
        "The applicant is presumed to be a person or company of {state} under the effective control of its "
        "own nationals, with no sponsor and no instrument; an applicant file can say otherwise."
    ).format(state=_with_article(_(name)))
    return applicant, [presumed]


def _from_file(path: Path, id_: str | None) -> tuple[Applicant, list[str]]:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise QuestionError(f"{path}: an applicant file of more than {_MOST_BYTES:,} bytes is not read")
        data: Any = read_yaml(path)
    except OSError as error:
        raise QuestionError(f"{path}: cannot be read: {error.strerror}") from None
    except RuleError as error:
        raise QuestionError(str(error)) from None
    if not isinstance(data, dict):
        raise QuestionError(
            f"{path}: an applicant file is a mapping with keys such as name, nationality, holds"
        )
    data = {key: value for key, value in data.items() if key not in _PROFILE_ONLY}
    try:
        applicant = Applicant.model_validate({"id": id_} | data)
    except ValidationError as error:
        detail = error.errors()[0]
        where = ".".join(str(part) for part in detail["loc"])
        raise QuestionError(
            f"{path}: {where}: {detail['msg']}; known keys: {', '.join(Applicant.model_fields)}"
        ) from None
    name = _(applicant.name) if applicant.name else path.stem
    return applicant, [_("{name}: {note}").format(name=name, note=_(note)) for note in applicant.notes]
