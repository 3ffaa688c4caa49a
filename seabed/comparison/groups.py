"""Groups of areas: by name, by filter, by a reference or feature of the layers, or from a file.

A filter is made of terms ``key=value`` joined by commas or ``and``, all of which must hold; ``|`` parts
values of which one must (``sponsor=CHN|RUS, mineral=nodules``). A name may be a term too:
``tmc, mineral=nodules``.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from seabed.atlas.sites import site_of
from seabed.errors import QuestionError, RuleError
from seabed.language import _, speaking
from seabed.law.registers import load_registers
from seabed.question import MINERAL_CODES, Mineral, profiles
from seabed.resources import data_dir
from seabed.site import Site, read_site
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from seabed.atlas.store import Atlas, FeatureAttributes
    from seabed.comparison.contract import MemberKind
    from seabed.law.registers import Registers

#: Kinds of features that are instruments somebody holds or has asked for, in the order they are told.
INSTRUMENT_KINDS: tuple[MemberKind, ...] = (
    "isa_contract",
    "isa_application",
    "us_dshmra_licence",
    "us_dshmra_application",
)

_MOST_TERMS = 20
_MOST_CHARACTERS = 2_000
_FEATURE_ID = re.compile(r"(?:isa|us):[\w.()/+-]+", re.IGNORECASE)
_GEOMETRY = re.compile(r"[\[{<]|srid\s*=", re.IGNORECASE)
_NAME = re.compile(r"[\w-]{1,60}")


# --- The register of groups ---------------------------------------------------------------------------------


class _Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Bilingual(_Model):
    """A text in the languages of the comparison."""

    en: str
    zh: str | None = None


def _in_both(name: str) -> Bilingual:
    """Return a name of the registers in the languages of the comparison."""
    with speaking("zh"):
        return Bilingual(en=name, zh=_(name))


class Region(_Model):
    """A region that members are counted by; ``says`` is what the registers and layers call it."""

    id: str
    title: Bilingual
    place: Bilingual = Field(description="how a sentence says that something is there")
    says: frozenset[str]


class NamedMoment(_Model):
    """A day to look back to."""

    on: dt.date
    title: Bilingual


class TieEntry(_Model):
    """A member of a named group, and from when to when it is one."""

    ref: str
    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None
    why: Bilingual | None = None
    source: str | None = None

    @model_validator(mode="after")
    def _says_why(self) -> TieEntry:
        if (self.from_ or self.to) and not (self.why and self.source):
            raise ValueError("a member tied for a time only says why, with its source")
        return self

    def holds(self, on: dt.date) -> bool:
        """Whether the member is the group's on a day."""
        return (self.from_ is None or self.from_ <= on) and (self.to is None or on <= self.to)


class _NamedGroup(_Model):
    id: str
    title: Bilingual
    about: Bilingual
    where: str | None = None
    members: tuple[TieEntry, ...] = ()


class GroupRegister(_Model):
    """The file ``rules/registers/groups.yaml``."""

    regions: tuple[Region, ...]
    moments: tuple[NamedMoment, ...]
    groups: tuple[_NamedGroup, ...]

    def region(self, words: str | None) -> Region | None:
        """Return the region that a register or a layer means by some words."""
        return next((region for region in self.regions if words in region.says), None)


@cache
def load_groups() -> GroupRegister:
    """Return the register of groups that ships with the program.

    Raises
    ------
    RuleError
        If it is not well-formed.
    """
    path = data_dir("rules") / "registers" / "groups.yaml"
    try:
        return GroupRegister.model_validate(read_own_yaml(path))
    except ValidationError as error:
        detail = error.errors()[0]
        raise RuleError(f"{path}: {'.'.join(map(str, detail['loc']))}: {detail['msg']}") from None


# --- What there is to choose from ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Instrument:
    """Everything under one reference: a contract, a licence or an application, with its features if drawn."""

    ref: str
    kind: MemberKind
    holder: str
    holder_id: str | None
    sponsors: tuple[str, ...]
    mineral: str | None
    region: str | None
    features: tuple[FeatureAttributes, ...]
    is_partial: bool = False
    """Whether ``features`` are only some of those under the reference."""


def instruments_of(atlas: Atlas, registers: Registers) -> dict[str, Instrument]:
    """Return every instrument of the registers and the layers by reference, in order of kind and register."""
    drawn: dict[str, list[FeatureAttributes]] = {}
    for kind in INSTRUMENT_KINDS:
        for feature in atlas.attributes(kind=kind):
            drawn.setdefault(feature.ref, []).append(feature)
    known = [*_registered(drawn, registers)]
    listed = {one.ref for one in known}
    known += [_only_drawn(features) for ref, features in drawn.items() if ref not in listed]
    return {one.ref: one for one in sorted(known, key=lambda one: INSTRUMENT_KINDS.index(one.kind))}


def _registered(
    drawn: Mapping[str, Sequence[FeatureAttributes]], registers: Registers
) -> Iterable[Instrument]:
    def region(ref: str, said: object) -> str | None:
        return str(said) if said else next((_region(one) for one in drawn.get(ref, ())), None)

    for contract in registers.contracts.values():
        yield Instrument(
            contract.ref,
            "isa_contract",
            contract.contractor,
            contract.contractor_id,
            contract.sponsors,
            contract.mineral,
            region(contract.ref, (contract.model_extra or {}).get("region")),
            tuple(drawn.get(contract.ref, ())),
        )
    for application in registers.isa_applications.values():
        yield Instrument(
            application.ref,
            "isa_application",
            application.applicant,
            application.applicant_id,
            application.sponsors,
            application.mineral,
            region(application.ref, application.region),
            tuple(drawn.get(application.ref, ())),
        )
    for filing in registers.us_filings.values():
        yield Instrument(
            filing.ref,
            "us_dshmra_licence" if filing.term else "us_dshmra_application",
            filing.holder,
            filing.holder_id,
            (),
            Mineral.NODULES.value,  # the Act is on nothing else (30 U.S.C. 1403(6))
            region(filing.ref, None),
            tuple(drawn.get(filing.ref, ())),
        )


def _only_drawn(features: Sequence[FeatureAttributes]) -> Instrument:
    first = features[0]
    kind = next(kind for kind in INSTRUMENT_KINDS if kind == first.kind)
    sponsors = first.properties.get("sponsors") or ()
    return Instrument(
        first.ref,
        kind,
        first.holder or first.name,
        None,
        tuple(map(str, sponsors)),
        first.mineral,
        _region(first),
        tuple(features),
    )


def _region(feature: FeatureAttributes) -> str | None:
    region = feature.properties.get("region")
    return str(region) if region else None


# --- Groups -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class GroupMember:
    """An instrument of a group, or a place from a file (``site``); never both."""

    instrument: Instrument | None = None
    site: Site | None = None
    tie: TieEntry | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """What stands on one side of a comparison. Read with `read_group`."""

    spec: str
    id: str
    title: Bilingual
    about: Bilingual
    members: tuple[GroupMember, ...]


def read_group(spec: str, atlas: Atlas) -> Group:
    """Read a group from its name, a filter, a reference or feature id, or anything `read_site` reads.

    Parameters
    ----------
    spec
        ``chn``; ``tmc``; a profile (``comra``) or a sponsor (``NRU``); ``sponsor=CHN, mineral=nodules``;
        ``NORIPMN1``; ``isa:NORI-D``; ``mine.geojson``.
    atlas
        The layers that the references are looked up in.

    Raises
    ------
    QuestionError
        If it names nothing, with what comes close.
    SiteError
        If it is a file that cannot be read.
    """
    text = spec.strip()
    if not text:
        raise QuestionError(f"a group cannot be empty; {_HOW}")
    if len(text) <= _MOST_CHARACTERS and not _is_file(text):
        chooser = _Chooser(atlas)
        if group := chooser.named(text):
            return group
        if _FEATURE_ID.fullmatch(text):
            return chooser.feature(text)
        if "=" in text and not _GEOMETRY.match(text):
            return chooser.filtered(text)
        if _NAME.fullmatch(text) and not text.isdigit():
            raise chooser.unknown(text)
    return _of_site(spec, read_site(text, layer_feature=lambda id_: site_of(atlas, id_)))


_HOW = (
    "give a named group (chn, tmc), a profile (comra), a sponsor (NRU), a reference (NORIPMN1), a filter "
    "(sponsor=CHN, mineral=nodules) or a file"
)


def _is_file(text: str) -> bool:
    try:
        return Path(text).expanduser().is_file()
    except (OSError, ValueError, RuntimeError):  # too long, a NUL character, an unknown ~user
        return False


def _of_site(spec: str, site: Site) -> Group:
    title = Bilingual(en=site.name)
    about = Bilingual(en=site.source or site.name)
    return Group(spec, site.name, title, about, (GroupMember(site=site),))


def known_groups() -> dict[str, str]:
    """Return what can be named as a group: ids, with English titles; named groups come first."""
    registers = load_registers()
    found = {group.id: group.title.en for group in load_groups().groups}
    for contract in registers.contracts.values():
        if contract.contractor_id:
            found.setdefault(contract.contractor_id, contract.contractor)
    for filing in registers.us_filings.values():
        if filing.holder_id:
            found.setdefault(filing.holder_id, filing.holder)
    for application in registers.isa_applications.values():
        if application.applicant_id:
            found.setdefault(application.applicant_id, application.applicant)
    sponsors = {code for contract in registers.contracts.values() for code in contract.sponsors}
    sponsors |= {code for filed in registers.isa_applications.values() for code in filed.sponsors}
    for code in sorted(sponsors):
        found.setdefault(code.lower(), registers.state_name(code))
    return found


class _Chooser:
    """Looks names and filters up among the instruments."""

    def __init__(self, atlas: Atlas) -> None:
        self._atlas = atlas
        self._registers = load_registers()
        self._all = instruments_of(atlas, self._registers)

    # --- names ---

    def named(self, text: str) -> Group | None:
        """Return the group of a name, a profile, a sponsor or a reference, or ``None``."""
        name = text.casefold()
        named = next((group for group in load_groups().groups if group.id == name), None)
        if named:
            return self._of_register(text, named)
        if name in {id_.casefold() for id_ in profiles()}:
            return self._of_profile(text, name)
        code = text.upper()
        if any(code in one.sponsors for one in self._all.values()):
            return self._of_sponsor(text, code)
        by_ref = {ref.casefold(): ref for ref in self._all}
        ref = by_ref.get(name) or by_ref.get(re.sub(r"^(?:isa|us):", "", name))
        return self._of_reference(text, self._all[ref]) if ref else None

    def _of_register(self, text: str, named: _NamedGroup) -> Group:
        ties = {tie.ref: tie for tie in named.members}
        missing = [ref for ref in ties if ref not in self._all]
        if missing:
            raise RuleError(f"group {named.id}: no register or layer has {', '.join(missing)}")
        chosen = list(ties)
        if named.where:
            chosen += [one.ref for one in self._matching(named.where) if one.ref not in ties]
        members = tuple(
            GroupMember(self._all[ref], tie=tie if (tie := ties.get(ref)) and tie.why else None)
            for ref in chosen
        )
        return Group(text, named.id, named.title, named.about, members)

    def _of_profile(self, text: str, id_: str) -> Group:
        held = [one for one in self._all.values() if one.holder_id == id_]
        if not held:
            raise QuestionError(
                f"{text!r} is a profile, but no register has a contract or application of it; {_HOW}"
            )
        title = _in_both(held[0].holder)
        about = Bilingual(en=f"What {title.en} holds or has applied for.", zh=f"{title.zh}持有或申请的区域。")
        return Group(text, id_, title, about, tuple(map(GroupMember, held)))

    def _of_sponsor(self, text: str, code: str) -> Group:
        members = tuple(GroupMember(one) for one in self._all.values() if code in one.sponsors)
        state = self._registers.states.get(code)
        name = _in_both(state.name if state else code)
        about = Bilingual(
            en=f"What {name.en} sponsors before the International Seabed Authority.",
            zh=f"{name.zh}在国际海底管理局担保的区域。",
        )
        return Group(text, code.lower(), name, about, members)

    def _of_reference(self, text: str, one: Instrument) -> Group:
        title = Bilingual(en=one.ref)
        return Group(text, one.ref, title, _in_both(one.holder), (GroupMember(one),))

    def feature(self, text: str) -> Group:
        """Return the group of one feature: a block of an instrument, or a place of its own."""
        attributes = self._atlas.attributes_of(text)
        instrument = self._all.get(attributes.ref) if attributes.kind in INSTRUMENT_KINDS else None
        if instrument is None:
            return _of_site(text, site_of(self._atlas, text))
        is_partial = len(instrument.features) > 1
        block = replace(instrument, features=(attributes,), is_partial=is_partial)
        title = Bilingual(en=attributes.name)
        return Group(text, attributes.id, title, _in_both(instrument.holder), (GroupMember(block),))

    # --- filters ---

    def filtered(self, text: str) -> Group:
        """Return the group of a filter.

        Raises
        ------
        QuestionError
            If a key or a value is not known, or nothing fits.
        """
        terms = _terms(text)
        groups = [group for term in terms if "=" not in term and (group := self._named_or_refuse(term))]
        members: list[GroupMember] = (
            list(groups[0].members) if groups else [GroupMember(one) for one in self._all.values()]
        )
        for group in groups[1:]:
            refs = {m.instrument.ref for m in group.members if m.instrument}
            members = [m for m in members if m.instrument and m.instrument.ref in refs]
        fitting = {one.ref for one in self._matching(", ".join(t for t in terms if "=" in t))}
        members = [m for m in members if m.instrument and m.instrument.ref in fitting]
        if not members:
            raise QuestionError(
                f"nothing fits {text[:200]!r}: each term is known, but no instrument meets all"
            )
        title = Bilingual(en=", ".join(terms))
        about = Bilingual(
            en=f"What the registers and layers have with {title.en}.", zh=f"登记册和图层中符合{title.en}者。"
        )
        return Group(text, title.en, title, about, tuple(members))

    def _named_or_refuse(self, term: str) -> Group:
        group = self.named(term)
        if group is None:
            raise self.unknown(term)
        return group

    def _matching(self, text: str) -> list[Instrument]:
        found = list(self._all.values())
        for term in _terms(text):
            key, _, values = term.partition("=")
            test = self._test(key.strip().casefold(), [value.strip() for value in values.split("|")])
            found = [one for one in found if test(one)]
        return found

    def _test(self, key: str, values: Sequence[str]) -> Callable[[Instrument], bool]:
        match key:
            case "sponsor":
                codes = {self._state(value) for value in values}
                return lambda one: bool(codes.intersection(one.sponsors))
            case "mineral":
                minerals = {_mineral(value) for value in values}
                return lambda one: one.mineral in minerals
            case "region":
                regions = {_region_id(value) for value in values}
                return lambda one: (
                    (region := load_groups().region(one.region)) is not None and region.id in regions
                )
            case "kind":
                kinds = {_one_of(value, INSTRUMENT_KINDS, "kind of instrument") for value in values}
                return lambda one: one.kind in kinds
            case "holder":
                ids = [one.holder_id for one in self._all.values() if one.holder_id]
                holders = {_one_of(value, ids, "holder") for value in values}
                return lambda one: one.holder_id in holders
            case "ref":
                refs = {_one_of(value, list(self._all), "reference") for value in values}
                return lambda one: one.ref in refs
            case _:
                keys = ("sponsor", "mineral", "region", "kind", "holder", "ref")
                raise QuestionError(
                    f"a group cannot be filtered by {key[:40]!r}; known: {', '.join(keys)}{_hint(key, keys)}"
                )

    def _state(self, value: str) -> str:
        codes = {code for one in self._all.values() for code in one.sponsors}
        states = self._registers.states
        names = {states[code].name.casefold(): code for code in states}
        names |= {self._registers.state_name(code).casefold(): code for code in states}
        code = value.upper() if value.upper() in states else names.get(value.casefold())
        if code is None:
            known = {states[code].name: code for code in codes if code in states}
            raise QuestionError(
                f"no register knows a State {value[:80]!r}: give an ISO 3166-1 alpha-3 code (CHN) or an "
                f"English name{_hint(value, [*codes, *known])}"
            )
        return code

    def unknown(self, text: str) -> QuestionError:
        """Return the error for a name that is none."""
        names = [*known_groups(), *self._all, *(id_ for id_ in profiles())]
        return QuestionError(f"there is no group {text[:80]!r}: {_HOW}{_hint(text, names)}")


def _terms(text: str) -> list[str]:
    terms = [term.strip() for term in re.split(r",|\band\b", text) if term.strip()]
    if len(terms) > _MOST_TERMS:
        raise QuestionError(f"a filter has {len(terms)} terms; at most {_MOST_TERMS} are taken")
    return terms


def _mineral(value: str) -> str:
    code = MINERAL_CODES.get(value.upper())
    return code.value if code else _one_of(value, [mineral.value for mineral in Mineral], "mineral")


def _region_id(value: str) -> str:
    wanted = value.casefold()
    for region in load_groups().regions:
        names = {region.id, region.title.en.casefold(), *(said.casefold() for said in region.says)}
        if wanted in names or wanted == (region.title.zh or "") or wanted.replace("-", "_") in names:
            return region.id
    return _one_of(value, [region.id for region in load_groups().regions], "region")


def _one_of(value: str, known: Sequence[str], what: str) -> str:
    by_name = {one.casefold(): one for one in known}
    if value.casefold() not in by_name:
        listed = ", ".join(dict.fromkeys(known)) if len(set(known)) <= 12 else f"{len(set(known))} are known"
        raise QuestionError(f"{value[:80]!r} is no {what}; {listed}{_hint(value, known)}")
    return by_name[value.casefold()]


def _hint(text: str, known: Iterable[str]) -> str:
    by_name = {name.casefold(): name for name in known}
    close = [by_name[name] for name in difflib.get_close_matches(text[:80].casefold(), by_name, n=4)]
    return f"; did you mean {' or '.join(close)}?" if close else ""
