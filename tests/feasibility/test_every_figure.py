"""Whole assessments: no number reaches one without its source and vintage, and the identities hold in it.

What counts: every number (not a boolean) anywhere in the feasibility part. It is covered if it stands in a
figure, which has source and vintage, or in a record that has both beside it. The rest is listed below.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any

import pytest

from seabed.assessment import assess
from seabed.atlas.sites import site_of
from seabed.atlas.store import Atlas
from seabed.feasibility import FeasibilityOptions
from seabed.language import _catalogue, speaking
from seabed.question import Activity, Mineral, Question
from seabed.site import read_site

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from seabed.contract import Assessment

SITES = {
    "NORI-D": ("isa:NORI-D", Mineral.NODULES),
    "COMRA": ("isa:COMRA-COM1a", Mineral.NODULES),
    "sulphides": ("-45.0, 26.0", Mineral.SULPHIDES),
    "crusts": ("155.0, 15.0", Mineral.CRUSTS),
    "American Samoa": ("-170.5, -14.9", Mineral.NODULES),
    "Cook Islands": ("-159.8, -16.0", Mineral.NODULES),
    "land": ("-100.0, 40.0", Mineral.NODULES),
    "no mineral": ("-30.0, 40.0", None),
}

#: Numbers that need no source: the program's own counting, settings of the run, shares of the site that the
#: zones give, and the shape of the result of a run whose figures stand beside it.
PLAIN = (
    r"economics\.dollar_year",
    r"economics\.footings\.\w+\.share",
    r"economics\.monte_carlo\.(draws|seed|share_above_nil|histogram_edges|histogram_counts)",
    r"resource\.parts\.(share|area_km2)",
    r"logistics\.origin",
    r"environment\.(protected|reserved)\.share",
)


@pytest.fixture(scope="module")
def assessed() -> Callable[[str], Assessment]:
    """Return a function that assesses one of `SITES` in detail, once."""
    atlas = Atlas.open(bundled_only=True)
    done: dict[str, Assessment] = {}

    def run(name: str) -> Assessment:
        if name not in done:
            place, mineral = SITES[name]
            radius = None if place.startswith("isa:") else 30.0
            site = read_site(place, radius_km=radius, layer_feature=lambda id_: site_of(atlas, id_))
            question = Question(mineral=mineral, activity=Activity.EXPLOITATION, on=dt.date(2026, 11, 22))
            options = FeasibilityOptions(draws=500, seed=3, in_detail=True)
            done[name] = assess(site, question, atlas=atlas, feasibility=options)
        return done[name]

    return run


def is_figure(value: Any) -> bool:
    return isinstance(value, dict) and {"value", "unit", "source", "vintage", "confidence"} <= value.keys()


def figures_in(value: Any) -> Iterator[dict[str, Any]]:
    if is_figure(value):
        yield value
    elif isinstance(value, (dict, list)):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from figures_in(inner)


def bare_numbers(value: Any, path: tuple[str, ...] = (), *, is_sourced: bool = False) -> Iterator[str]:
    """Yield the path of each number without a source and a vintage; lists add nothing to a path."""
    if isinstance(value, dict):
        sourced = is_sourced or bool(value.get("source") and value.get("vintage"))
        for key, inner in value.items():
            yield from bare_numbers(inner, (*path, key), is_sourced=sourced)
    elif isinstance(value, list):
        for inner in value:
            yield from bare_numbers(inner, path, is_sourced=is_sourced)
    elif isinstance(value, (int, float)) and not isinstance(value, bool) and not is_sourced:
        yield ".".join(path)


@pytest.mark.parametrize("name", SITES)
def test_every_number_of_an_assessment_has_a_source_and_a_vintage(assessed, name: str) -> None:
    feasibility = assessed(name).feasibility.model_dump(mode="json")
    bare = {
        path for path in bare_numbers(feasibility) if not any(re.fullmatch(plain, path) for plain in PLAIN)
    }
    assert not bare
    assert all(figure["source"].strip() and figure["vintage"].strip() for figure in figures_in(feasibility))
    assert all(figure["basis"] for figure in figures_in(feasibility) if figure["value"] is None)


def test_the_walk_finds_a_number_without_a_source() -> None:
    hidden = {"resource": {"parts": [{"share": 1.0, "deep": {"guess": 5}}], "is_known": True}}
    assert [*bare_numbers(hidden)] == ["resource.parts.share", "resource.parts.deep.guess"]
    assert not [*bare_numbers({"a": {"source": "USGS", "vintage": "2026", "number": 3}})]


def test_a_site_with_everything_has_figures_in_every_part(assessed) -> None:
    feasibility = assessed("NORI-D").feasibility.model_dump(mode="json")
    for part in ("resource", "technology", "logistics", "economics", "supply"):
        assert len([*figures_in(feasibility[part])]) > 5, part


@pytest.mark.parametrize("name", SITES)
def test_the_overall_read_rests_on_what_the_assessment_has(assessed, name: str) -> None:
    feasibility = assessed(name).feasibility.model_dump(mode="json")
    found = [one for findings in feasibility["overview"].values() for one in findings]
    assert found
    for finding in found:
        for path in finding["rests_on"]:
            value: Any = feasibility
            for key in path.split("."):
                value = value[int(key)] if isinstance(value, list) else value[key]
            assert value


@pytest.mark.parametrize("name", SITES)
def test_what_is_missing_is_said(assessed, name: str) -> None:
    feasibility = assessed(name).feasibility
    has_tonnage = bool((feasibility.resource.get("nodules_wet") or {}).get("value"))
    assert bool(feasibility.economics) is has_tonnage
    assert any(gap.startswith("Economics") for gap in feasibility.gaps) is not has_tonnage


# --- Identities in the assessment as handed out -------------------------------------------------------------


def test_tonnes_balance_from_in_place_to_product(assessed) -> None:
    feasibility = assessed("NORI-D").feasibility
    resource, economics = feasibility.resource, feasibility.economics
    wet, dry = resource["nodules_wet"]["value"], resource["nodules_dry"]["value"]
    assert dry == pytest.approx(wet * (1 - resource["moisture"]["value"]))
    for metal, in_place in resource["metals"].items():
        assert in_place["value"] == pytest.approx(1e4 * dry * resource["grades"][metal]["value"])
        raised = in_place["value"] * economics["recoverable"]["value"] / wet
        years = economics["recoverable"]["value"] / economics["rate"]["value"]
        assert economics["metals"][metal]["value"] * years <= raised * (1 + 1e-9)
        assert economics["metals"][metal]["value"] == feasibility.supply["metals"][metal]["output"]["value"]


@pytest.mark.parametrize("name", SITES)
def test_shares_sum(assessed, name: str) -> None:
    feasibility = assessed(name).feasibility
    parts = feasibility.resource["parts"]
    assert not parts or sum(part["share"] for part in parts) == pytest.approx(1)
    depth = feasibility.technology["depth"]
    assert depth is None or sum(depth["hypsometry"]["shares"]) == pytest.approx(1)
    run = (feasibility.economics or {}).get("monte_carlo")
    assert run is None or sum(run["histogram_counts"]) == run["draws"]


# --- Language -----------------------------------------------------------------------------------------------


class _Marking:
    """A catalogue that has every sentence: it puts brackets round it."""

    def gettext(self, message: str) -> str:
        return f"⟦{message}⟧"

    def ngettext(self, one: str, many: str, count: int) -> str:
        return self.gettext(one if count == 1 else many)


#: Keys of texts that stay as they are published, or that are ids.
AS_PUBLISHED = {
    *(
        "source",
        "vintage",
        "confidence",
        "unit",
        "id",
        "method",
        "mineral",
        "stance",
        "footing",
        "case",
        "cite",
    ),
    *(
        "code",
        "name",
        "holder",
        "topics",
        "verdict",
        "about",
        "state",
        "by",
        "rests_on",
        "on",
        "role",
        "levels",
    ),
    *(
        "minerals",
        "elements",
        "order",
        "rule",
        "topic",
        "kind",
        "articles",
        "attributed",
        "year",
        "country",
        "states_for_which_it_holds",
    ),
}


def texts_in(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in AS_PUBLISHED:
                yield from texts_in(inner, f"{path}.{key}")
    elif isinstance(value, list):
        for inner in value:
            yield from texts_in(inner, path)
    elif isinstance(value, str) and re.search("[a-z]", value):
        yield path, value


def test_every_sentence_is_said_in_the_language_asked_for_and_in_no_other(assessed, monkeypatch) -> None:
    atlas = Atlas.open(bundled_only=True)
    site = read_site("isa:NORI-D", layer_feature=lambda id_: site_of(atlas, id_))
    question = Question(mineral=Mineral.NODULES, activity=Activity.EXPLOITATION, on=dt.date(2026, 11, 22))
    options = FeasibilityOptions(draws=500, seed=3, in_detail=True)
    before = assessed("NORI-D").feasibility
    with monkeypatch.context() as patch, speaking("zh"):
        patch.setattr(
            "seabed.language._catalogue",
            lambda language: _Marking() if language == "zh" else _catalogue(language),
        )
        marked = assess(site, question, atlas=atlas, feasibility=options, language="zh").feasibility
    han = re.compile(r"[⟦㐀-鿿]")
    wordless = re.compile(r"[A-Z]\w*(( and)?[ 、]+[A-Z]\w*)*")  # chemical symbols, proper names
    plain = {
        (path, text)
        for path, text in texts_in(marked.model_dump(mode="json"))
        if not han.search(text) and not wordless.fullmatch(text)
    }
    assert not plain
    # Nothing said in one language is kept for a question in the other.
    assert assess(site, question, atlas=atlas, feasibility=options).feasibility == before
