"""For whom a brief is written: which sections, in which order and how deep; never other facts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from seabed.language import N_, _, listed
from seabed.resources import data_dir
from seabed.yamlfile import read_own_yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seabed.briefing.document import Section

Reader = Literal["everybody", "lawyer", "analyst", "press"]
READERS: tuple[Reader, ...] = get_args(Reader)

#: The parts of an opinion (``Block.about``) as a reader is told that they are left out.
PARTS = {
    "contingencies": N_("what would settle it"),
    "reasons": N_("the reasons"),
    "instruments": N_("instruments"),
    "risks": N_("risks"),
    "exposure": N_("what follows from acting in breach"),
    "paths": N_("paths to an instrument"),
    "positions": N_("who holds what"),
    "zone_by_zone": N_("verdicts zone by zone"),
    "rights": N_("rights"),
    "obligations": N_("obligations"),
    "context": N_("context"),
    "traces": N_("how each provision was decided"),
}


@dataclass(frozen=True, slots=True)
class Profile:
    """What one kind of reader gets; ``opinions`` are the parts of an opinion, ``None`` for all."""

    reader: Reader
    sections: tuple[str, ...]
    opinions: frozenset[str] | None
    details: bool


def profile_of(reader: Reader) -> Profile:
    """Return the profile of a kind of reader, from ``reports/profiles.yaml``."""
    found: dict[str, Any] = read_own_yaml(data_dir("reports") / "profiles.yaml")[reader]
    opinions = None if found["opinions"] == "all" else frozenset(found["opinions"])
    return Profile(reader, tuple(found["sections"]), opinions, found["details"])


def arranged(sections: Sequence[Section], profile: Profile) -> tuple[tuple[Section, ...], str]:
    """Return the sections in the profile's order and depth, and a sentence on what is left out, or ``""``."""
    by_id = {section.id: section for section in sections}
    left_out = {section.title: None for section in sections if section.id not in profile.sections}
    kept = []
    for section_id in profile.sections:
        if section := by_id.get(section_id):
            left_out |= dict.fromkeys(_left_out(section, profile))
            kept.append(_cut(section, profile))
    # A section of which a profile leaves nothing would be a heading over nothing.
    shown = tuple(section for section in kept if section.blocks or section.sections)
    return shown, _say(list(left_out)) if left_out else ""


def _say(left_out: Sequence[str]) -> str:
    return _(
        "Left out of this version: {parts}. Facts and verdicts are the same in every version; the full brief "
        "has all of them."
    ).format(parts=listed(left_out))


def _is_kept(about: str, *, is_detail: bool, in_opinion: bool, profile: Profile) -> bool:
    if in_opinion and about:
        return profile.opinions is None or about in profile.opinions
    return profile.details or not is_detail


def _cut(section: Section, profile: Profile, *, in_opinion: bool = False) -> Section:
    in_opinion = in_opinion or bool(section.verdict)
    return replace(
        section,
        blocks=tuple(
            block
            for block in section.blocks
            if _is_kept(block.about, is_detail=block.is_detail, in_opinion=in_opinion, profile=profile)
        ),
        sections=tuple(_cut(inner, profile, in_opinion=in_opinion) for inner in section.sections),
    )


def _left_out(section: Section, profile: Profile) -> Iterator[str]:
    is_cut = False
    for block in section.blocks:
        in_opinion = bool(section.verdict)
        if not _is_kept(block.about, is_detail=block.is_detail, in_opinion=in_opinion, profile=profile):
            if in_opinion and block.about:
                yield _(PARTS[block.about])
            else:
                is_cut = True
    if is_cut:
        yield _("details of “{section}”").format(section=section.title)
    for inner in section.sections:
        yield from _left_out(inner, profile)
