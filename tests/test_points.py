"""test_points: points are read, multiplied, rounded and printed without losing a hundredth."""

from __future__ import annotations

from decimal import Decimal, localcontext
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.points import LIMIT, format_each, format_points, multiply, parse_points, round_half_away

many = settings(max_examples=300)
hundredths = st.integers(-LIMIT, LIMIT)
# Factors with few decimals make halves; any others make none.
factors = st.one_of(
    st.integers(-(10**7), 10**7).map(lambda n: Decimal(n) / 1000),
    st.integers(0, 10**4).map(lambda n: Decimal(n) / 10**4),
    st.floats(0, 1).map(lambda x: Decimal(repr(x))),
    st.sampled_from([Decimal("0.5"), Decimal("0.005"), Decimal("999999999999999"), Decimal(0), Decimal(1)]),
)


def half_away(value: Fraction) -> int:
    """By definition: up from one half, on either side of zero."""
    size = int(abs(value) + Fraction(1, 2))
    return size if value >= 0 else -size


@many
@given(hundredths)
def test_points_that_are_printed_read_back_as_themselves(points: int) -> None:
    assert parse_points(format_points(points)) == points
    assert parse_points(format_points(points, signed=True)) == points


@many
@given(st.decimals(-(10**6), 10**6, places=2))
def test_points_are_read_exactly(points: Decimal) -> None:
    assert parse_points(format(points, "f")) == Fraction(points) * 100


@many
@given(st.lists(st.tuples(hundredths, factors), min_size=1, max_size=20))
def test_products_are_those_of_exact_arithmetic(pairs: list[tuple[int, Decimal]]) -> None:
    points = np.array([point for point, _ in pairs], dtype=np.int64)
    found = multiply(points, np.array([float(factor) for _, factor in pairs]), lambda row: pairs[row][1])
    exact = [half_away(point * Fraction(factor)) for point, factor in pairs]
    assert found.dtype == np.int64
    assert found.clip(-LIMIT, LIMIT).tolist() == [max(-LIMIT, min(LIMIT, product)) for product in exact]


@many
@given(st.lists(st.tuples(st.integers(-300, 300), st.integers(-4000, 4000)), min_size=1, max_size=20))
def test_halves_go_away_from_zero(pairs: list[tuple[int, int]]) -> None:
    # Every product here is a whole number of eighths, so that one in eight is a half.
    points = np.array([point for point, _ in pairs], dtype=np.int64)
    eighths = [Decimal(eighth) / 8 for _, eighth in pairs]
    found = multiply(points, np.array([float(e) for e in eighths]), lambda row: eighths[row])
    assert found.tolist() == [half_away(Fraction(point * eighth, 8)) for point, eighth in pairs]


@many
@given(st.decimals(-(10**9), 10**9, places=4))
def test_rounding_is_half_away_from_zero(value: Decimal) -> None:
    assert round_half_away(value) == half_away(Fraction(value))


def test_rounding_is_not_python_s_own() -> None:
    assert [round_half_away(Decimal(text)) for text in ("4.5", "-4.5", "2.5", "0.5", "-0.5", "0.49")] == [
        5,
        -5,
        3,
        1,
        -1,
        0,
    ]


@many
@given(hundredths, factors)
def test_a_product_does_not_depend_on_the_callers_decimal_settings(points: int, factor: Decimal) -> None:
    def product() -> list[int]:
        return [*map(int, multiply(np.array([points]), np.array([float(factor)]), lambda row: factor))]

    expected = product()
    with localcontext(prec=3):
        assert product() == expected
        assert parse_points("1234.56") == 123456


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5", 500),
        ("-15", -1500),
        ("+2.5", 250),
        ("0.01", 1),
        (".5", 50),
        ("7.50", 750),
        ("1.000", 100),
        ("-0", 0),
        ("1000000", LIMIT),
    ],
)
def test_points_read(text: str, expected: int) -> None:
    assert parse_points(text) == expected


@pytest.mark.parametrize(
    ("text", "what"),
    [
        *(("0.001", "two decimals"), ("1000000.01", "beyond"), ("-1000001", "beyond")),
        *(
            (text, "not a number of points")
            for text in ("", " 5", "5 ", "1e3", "5,0", "010", ".", "5.", "nan", "inf", "۵", "--5", "five")
        ),
    ],
)
def test_points_refused(text: str, what: str) -> None:
    with pytest.raises(ValueError, match=what):
        parse_points(text)


@pytest.mark.parametrize(
    ("points", "plain", "signed"),
    [
        *((8350, "83.5", "+83.5"), (-1500, "-15", "-15"), (1, "0.01", "+0.01"), (-1, "-0.01", "-0.01")),
        *((0, "0", "0"), (-50, "-0.5", "-0.5"), (100000, "1000", "+1000"), (110, "1.1", "+1.1")),
    ],
)
def test_points_printed(points: int, plain: str, signed: str) -> None:
    assert (format_points(points), format_points(points, signed=True)) == (plain, signed)


@given(st.lists(hundredths))
def test_a_column_prints_as_its_points_do(column: list[int]) -> None:
    assert format_each(np.array(column, dtype=np.int64)).tolist() == [
        format_points(points) for points in column
    ]
