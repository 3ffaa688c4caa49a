"""Wet and dry tonnes, dollars of a year, and figures that say where they come from."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from seabed.errors import FigureError
from seabed.feasibility import figures
from seabed.feasibility.figure import Figure, no_basis
from seabed.feasibility.figures import figure_in, number_in, read_document, read_table
from seabed.feasibility.units import DryTonnes, Usd, WetTonnes

tonnes = st.floats(0, 1e12, allow_nan=False)
moistures = st.floats(0, 0.99)


@given(tonnes, moistures)
def test_drying_and_wetting_again_gives_the_same_mass(value: float, moisture: float) -> None:
    assert WetTonnes(value).dry(moisture).wet(moisture).value == pytest.approx(value)


@given(tonnes, tonnes, moistures)
def test_drying_the_sum_is_the_sum_of_the_dried(a: float, b: float, moisture: float) -> None:
    together = (WetTonnes(a) + WetTonnes(b)).dry(moisture)
    assert together.value == pytest.approx((WetTonnes(a).dry(moisture) + WetTonnes(b).dry(moisture)).value)


@given(tonnes, moistures, st.floats(0, 1))
def test_metal_never_exceeds_the_dry_mass(value: float, moisture: float, grade: float) -> None:
    dry = WetTonnes(value).dry(moisture)
    assert 0 <= dry.metal(grade) <= dry.value <= value


@pytest.mark.parametrize(
    "mix",
    [
        lambda wet, dry: wet + dry,
        lambda wet, dry: dry - wet,
        lambda wet, dry: wet / dry,
        lambda wet, dry: wet < dry,
        lambda wet, dry: dry <= wet,
    ],
)
def test_wet_and_dry_tonnes_do_not_mix(mix) -> None:
    with pytest.raises(FigureError, match=r"convert by \.dry\(moisture\) or \.wet\(moisture\)"):
        mix(WetTonnes(2), DryTonnes(1))


def test_tonnes_of_one_kind_add_scale_and_compare() -> None:
    assert (WetTonnes(3) - WetTonnes(1)) * 2 == 4 * WetTonnes(1)
    assert WetTonnes(3) / WetTonnes(2) == 1.5
    assert DryTonnes(1) < DryTonnes(2) <= DryTonnes(2)
    assert WetTonnes(1) != DryTonnes(1)


@pytest.mark.parametrize("moisture", [1.2, 1.0, -0.1, 28, float("nan"), "0.28", True, None])
def test_moisture_is_a_fraction_of_wet_mass(moisture) -> None:
    with pytest.raises(FigureError, match="moisture"):
        WetTonnes(1).dry(moisture)


@pytest.mark.parametrize("value", [-1, float("inf"), float("nan"), "1", None])
def test_tonnes_are_finite_numbers_of_0_or_more(value) -> None:
    with pytest.raises(FigureError, match="wet tonnes must be"):
        WetTonnes(value)


def test_a_grade_of_more_than_the_whole_is_refused() -> None:
    with pytest.raises(FigureError, match="at most 1"):
        DryTonnes(1).metal(1.4)


def test_dollars_of_two_years_do_not_mix() -> None:
    with pytest.raises(FigureError, match="dollars of 2021 cannot be mixed with dollars of 2025"):
        Usd(1, 2021) + Usd(1, 2025)
    with pytest.raises(FigureError, match="a bare int"):
        Usd(1, 2021) - 1
    assert (Usd(1, 2021).in_year(2025, 1.2) + 2 * Usd(1, 2025)) == Usd(3.2, 2025)
    assert Usd(1, 2021) / Usd(2, 2021) == 0.5
    assert Usd(1, 2021) < Usd(2, 2021)


@pytest.mark.parametrize("year", [21, 3000, "2021", 2021.5, None, True])
def test_a_year_of_dollars_is_a_plausible_whole_year(year) -> None:
    with pytest.raises(FigureError, match="year of dollars"):
        Usd(1, year)


def test_a_figure_is_in_order_and_says_why_it_has_no_value() -> None:
    known = {"unit": "t", "source": "s", "vintage": "2025", "confidence": "low"}
    assert Figure(value=2, low=1, high=3, **known).high == 3
    with pytest.raises(ValidationError, match="out of order"):
        Figure(value=4, low=1, high=3, **known)
    with pytest.raises(ValidationError, match="why there is none"):
        Figure(value=None, **known)
    with pytest.raises(ValidationError):
        Figure(value=1, **{**known, "source": ""})
    assert no_basis("t", "nobody has looked").confidence == "none"


HEADER = "id,value,low,high,source,vintage,basis,confidence\n"


@pytest.fixture
def table(tmp_path, monkeypatch):
    """Return a function that writes a table and reads it."""
    monkeypatch.setattr(figures, "_FOLDER", tmp_path)
    read_table.cache_clear()
    read_document.cache_clear()

    def run(text: str):
        (tmp_path / "t.csv").write_text(text, encoding="utf-8")
        return read_table("t")

    yield run
    read_table.cache_clear()
    read_document.cache_clear()


def test_a_table_is_read_as_rows_with_figures(table) -> None:
    (row,) = table(HEADER + "a, 2 ,1,,USGS,2026-02,dry,high\n")
    assert figure_in(row, "t") == Figure(
        value=2, low=1, unit="t", source="USGS", vintage="2026-02", basis="dry", confidence="high"
    )
    with pytest.raises(TypeError):
        row["a"] = "b"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("id,value,source,vintage,basis\n", r"\['confidence'\]"),
        (HEADER + "a,1,,,,2026,,high\n", "row 2: the source is missing"),
        (HEADER + "a,1,,,USGS,,,high\n", "row 2: the vintage is missing"),
        (HEADER + "a,1,,,USGS,2026,,sure\n", "confidence must be one of"),
        (HEADER + "a,1\n", "more or fewer cells"),
        (HEADER + "a,1,,,USGS,2026,,high,more\n", "more or fewer cells"),
        (HEADER + 'a,"1\n', "not well-formed CSV"),
    ],
)
def test_a_damaged_table_is_refused(table, text: str, message: str) -> None:
    with pytest.raises(FigureError, match=message):
        table(text)


def test_a_cell_that_is_no_number_is_refused(table) -> None:
    (row,) = table(HEADER + "a,inf,about 3,,USGS,2026,,high\n")
    with pytest.raises(FigureError, match="finite"):
        number_in(row, "value")
    with pytest.raises(FigureError, match="'low' must hold numbers"):
        number_in(row, "low")
    with pytest.raises(FigureError, match="'none' must hold numbers"):
        number_in(row, "none")


def test_a_range_out_of_order_is_refused(table) -> None:
    (row,) = table(HEADER + "a,1,2,3,USGS,2026,,high\n")
    with pytest.raises(FigureError, match="out of order"):
        figure_in(row, "t")


@pytest.mark.parametrize("name", ["../errors", "/etc/passwd", "nothing", "", "t.csv"])
def test_only_tables_of_the_folder_are_read(name: str) -> None:
    with pytest.raises(FigureError, match="no table"):
        read_table(name)


def test_a_damaged_document_is_a_figure_error(table, tmp_path) -> None:
    del table
    (tmp_path / "d.yaml").write_text("a: [", encoding="utf-8")
    with pytest.raises(FigureError, match="not well-formed"):
        read_document("d")


@pytest.mark.parametrize("path", sorted(figures._FOLDER.glob("*.csv")), ids=lambda path: path.stem)
def test_every_table_of_the_program_can_be_read(path) -> None:
    assert read_table(path.stem)
