"""test_amounts: a number is read however the config declares it to be written, and only then."""

from __future__ import annotations

import contextlib
import math
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.model.schema import FieldConfig
from leadscore.pipeline.amounts import read_numbers, why_not_number


def field(keys: dict[str, Any]) -> FieldConfig:
    return FieldConfig.model_validate({"type": "number", **keys})


def number(cell: str, **keys: Any) -> float | None:
    """The cell as a number; None where it is not exactly one."""
    (found,) = read_numbers(pa.array([cell], pa.large_string()), field(keys)).tolist()
    return None if math.isnan(found) else found


def why_not(cell: str, **keys: Any) -> str:
    return why_not_number(cell, field(keys))


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("0", 0), ("60", 60), ("007", 7), ("-5", -5), ("+5", 5), ("12.5", 12.5), (".5", 0.5), ("5.", 5),
        ("-0", 0), ("0.1", 0.1), ("999999999999999", 999999999999999), ("-.25", -0.25),
    ],
)  # fmt: skip
def test_a_plain_number_is_read(cell: str, value: float) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    "cell",
    [
        "x", "N/A", "-", "+", ".", "", "#REF!", "inf", "-inf", "nan", "NaN", "Infinity", "1e400", "1e3",
        "0x10", "0b1", "1_000", "1,000", "12,5", "1 000", "1'000", "1.2.3", "--5", "+-5", "5-", "5 ", " 5",
        "5%", "$5", "½", "²", "Ⅳ", "۶۰", "٦٠", "６０", "1\n2", "5\n", "1000000000000000", "true",
    ],
)  # fmt: skip
def test_whatever_is_not_exactly_a_number_is_unknown_and_says_why(cell: str) -> None:
    assert number(cell) is None
    assert why_not(cell)


@pytest.mark.parametrize(
    ("cell", "keys", "value"),
    [
        ("1.234,56", {"decimal": ",", "thousands": "."}, 1234.56),
        ("12,5", {"decimal": ",", "thousands": "."}, 12.5),
        ("12,5", {"decimal": ","}, 12.5),
        ("12.5", {"decimal": ",", "thousands": "."}, None),
        ("12.5", {"decimal": ","}, None),
        ("1.234", {"decimal": ",", "thousands": "."}, 1234),
        ("1.234.567", {"decimal": ",", "thousands": "."}, 1234567),
        ("1.23.456", {"decimal": ",", "thousands": "."}, None),
        ("1234.567", {"decimal": ",", "thousands": "."}, None),
        ("1,234.56", {"thousands": ","}, 1234.56),
        ("12,5", {"thousands": ","}, None),
        ("1,2345", {"thousands": ","}, None),
        (",123", {"thousands": ","}, None),
        ("1,,234", {"thousands": ","}, None),
        ("1.234,5", {"thousands": ","}, None),
        ("1234567.5", {"thousands": ","}, 1234567.5),
        ("1 234,5", {"decimal": ",", "thousands": " "}, 1234.5),
        ("1'234.5", {"thousands": "'"}, 1234.5),
        ("-1,234", {"thousands": ","}, -1234),
        ("۱۲۳", {"digits": "any"}, 123),
        ("٦٠", {"digits": "any"}, 60),
        ("６０", {"digits": "any"}, 60),
        ("۱۲.۵", {"digits": "any"}, 12.5),
        ("²", {"digits": "any"}, None),
        ("1e3", {"exponent": "true"}, 1000),
        ("1.5E-3", {"exponent": "true"}, 0.0015),
        ("1e400", {"exponent": "true"}, None),
        ("1e15", {"exponent": "true"}, None),
        ("e5", {"exponent": "true"}, None),
        ("1e", {"exponent": "true"}, None),
    ],
)
def test_marks_digits_and_exponents_are_read_only_as_declared(
    cell: str, keys: dict[str, str], value: float | None
) -> None:
    assert number(cell, **keys) == value


@pytest.mark.parametrize(
    ("cell", "keys", "value"),
    [
        ("$5", {"unit": "$"}, 5), ("$ 5", {"unit": "$"}, 5), ("5$", {"unit": "$"}, 5),
        ("5 $", {"unit": "$"}, 5),
        ("-$5", {"unit": "$"}, -5), ("$-5", {"unit": "$"}, -5), ("+$5", {"unit": "$"}, 5),
        ("5", {"unit": "$"}, 5),
        ("-$-5", {"unit": "$"}, None), ("$5$", {"unit": "$"}, None), ("$$5", {"unit": "$"}, None),
        ("$", {"unit": "$"}, None), ("$  5", {"unit": "$"}, None), ("€5", {"unit": "$"}, None),
        ("36%", {"unit": "%"}, 36), ("36 %", {"unit": "%"}, 36), ("-0.5%", {"unit": "%"}, -0.5),
        ("0.36", {"unit": "%"}, 0.36), ("36%%", {"unit": "%"}, None),
        ("1250000 EUR", {"unit": "EUR"}, 1250000), ("eur1250000", {"unit": "EUR"}, 1250000),
        ("$1,250,000", {"unit": ["$", "EUR"], "thousands": ","}, 1250000),
        ("1.250.000,50 €", {"unit": "€", "decimal": ",", "thousands": "."}, 1250000.5),
        ("1\u202f250\u00a0€", {"unit": "€", "thousands": " "}, 1250),
        ("Rs. 500", {"unit": ["Rs", "Rs."]}, 500), ("۵۰ تومان", {"unit": "تومان", "digits": "any"}, 50),
        ("(1,200)", {"unit": "$", "thousands": ","}, None),
        ("1.5k", {"magnitude": "true"}, 1500), ("1.5 K", {"magnitude": "true"}, 1500),
        ("1.1M", {"magnitude": "true"}, 1100000), ("-2B", {"magnitude": "true"}, -2000000000),
        (".5m", {"magnitude": "true"}, 500000), ("5.K", {"magnitude": "true"}, 5000),
        ("1,1M", {"magnitude": "true", "decimal": ","}, 1100000), ("K", {"magnitude": "true"}, None),
        ("1.5T", {"magnitude": "true"}, None), ("1KK", {"magnitude": "true"}, None),
        ("1e3K", {"magnitude": "true", "exponent": "true"}, None), ("1000000B", {"magnitude": "true"}, None),
        ("$1M", {"magnitude": "true", "unit": "$"}, 1000000),
        ("1 M€", {"magnitude": "true", "unit": "€"}, 1000000),
        ("1,23,456", {"thousands": "indian"}, 123456), ("12,34,567.5", {"thousands": "indian"}, 1234567.5),
        ("1,234", {"thousands": "indian"}, 1234), ("12,345", {"thousands": "indian"}, 12345),
        ("123456", {"thousands": "indian"}, 123456), ("123,456", {"thousands": "indian"}, None),
        ("1,234,567", {"thousands": "indian"}, None), ("1,2,345", {"thousands": "indian"}, None),
        ("۱٬۲۳۴٫۵", {"digits": "any", "thousands": ","}, 1234.5),
        ("۱٫۵", {"digits": "any", "decimal": ","}, 1.5),
        ("۱٬۲۳۴", {"digits": "any"}, None), ("1’234", {"thousands": "'"}, 1234),
    ],
)  # fmt: skip
def test_units_magnitudes_and_groups_are_read_only_as_declared(
    cell: str, keys: dict[str, Any], value: float | None
) -> None:
    assert number(cell, **keys) == value
    assert value is not None or why_not(cell, **keys)


RANGES = {"unit": "$", "magnitude": "true", "thousands": ","}


@pytest.mark.parametrize(
    ("cell", "low", "high", "middle"),
    [
        ("11-50", 11, 50, 30.5), ("11 - 50", 11, 50, 30.5), ("11–50", 11, 50, 30.5),
        ("11 to 50", 11, 50, 30.5),
        ("$1M-$10M", 10**6, 10**7, 5500000), ("$1M-10M", 10**6, 10**7, 5500000), ("0.1-0.2", 0.1, 0.2, 0.15),
        ("1,000-5,000", 1000, 5000, 3000), ("-5--1", -5, -1, -3), ("-5-1", -5, 1, -2), ("7-7", 7, 7, 7),
        ("500K-1M", 500000, 10**6, 750000), ("0-1M", 0, 10**6, 500000), ("1K-2,000", 1000, 2000, 1500),
        ("999999999999998-999999999999999", 999999999999998, 999999999999999, 999999999999998.5),
        ("10,000+", 10000, 10000, 10000), ("$10M+", 10**7, 10**7, 10**7), (">50", 50, 50, 50),
        ("≥ 50", 50, 50, 50),
        ("<10", 0, 10, 5), ("<= $1M", 0, 10**6, 500000), ("≤3", 0, 3, 1.5), ("42", 42, 42, 42),
        ("-5", -5, -5, -5),
    ],
)  # fmt: skip
def test_a_range_is_the_end_or_the_middle_that_is_declared(
    cell: str, low: float, high: float, middle: float
) -> None:
    expected = {"low": low, "high": high, "middle": middle}
    assert {which: number(cell, range=which, **RANGES) for which in expected} == expected


@pytest.mark.parametrize(
    "cell",
    [
        "50-11", "1-10M", "$1-$10M", "<-5", "1-2-3", "2026-06-30", "-", "+", "<", "--", "5-", "-5-",
        "11-x", "11- -",
        "10++", "<10+", "<<10", "11-50-", "11..50", "11 until 50", "<5-10", "5-10+", "-" * 5000, "1-" * 5000,
    ],
)  # fmt: skip
@pytest.mark.parametrize("which", ["low", "high", "middle"])
def test_a_range_with_no_reading_or_two_is_unknown_and_says_why(cell: str, which: str) -> None:
    assert number(cell, range=which, **RANGES) is None
    assert why_not(cell, range=which, **RANGES)


@given(
    st.decimals(-(10**8), 10**8, places=2, allow_nan=False),
    st.sampled_from([(".", None), (".", ","), (",", "."), (",", " "), (".", "'"), (",", None)]),
    st.sampled_from(["{}", "${}", "$ {}", "{}€", "{} EUR", "{}\u00a0€"]),
    st.sampled_from([("", 0), ("K", 3), (" k", 3), ("M", 6)]),
    st.sampled_from(["0123456789", "۰۱۲۳۴۵۶۷۸۹", "٠١٢٣٤٥٦٧٨٩", "०१२३४५६७८९"]),
)
def test_a_number_is_read_back_however_it_is_declared_to_be_written(
    value: Decimal, marks: tuple[str, str | None], unit: str, magnitude: tuple[str, int], digits: str
) -> None:
    decimal, thousands = marks
    written = f"{value:,f}".translate({ord(","): thousands, ord("."): decimal})
    cell = unit.format(written + magnitude[0]).translate(str.maketrans("0123456789", digits))
    keys = {"decimal": decimal, "digits": "any", "magnitude": "true", "unit": ["$", "€", "EUR"]}
    keys |= {"thousands": thousands} if thousands else {}
    assert number(cell, **keys) == float(value.scaleb(magnitude[1]))


@given(*[st.decimals(-(10**9), 10**9, places=3, allow_nan=False)] * 2)
def test_the_middle_of_a_range_is_the_double_nearest_to_it(one: Decimal, other: Decimal) -> None:
    low, high = min(one, other), max(one, other)
    assert number(f"{low:f}-{high:f}", range="middle") == float((Fraction(low) + Fraction(high)) / 2)


def amount(text: str) -> tuple[Decimal, bool]:
    """A number under RANGES, and whether it has a magnitude. Raises ValueError if it is none."""
    sign, rest = (text[0], text[1:]) if text[:1] in ("+", "-") else ("", text)
    if rest.startswith("$"):
        rest = rest[1:].removeprefix(" ")
        if not sign and rest[:1] in ("+", "-"):
            sign, rest = rest[0], rest[1:]
    elif rest.endswith("$"):
        rest = rest[:-1].removesuffix(" ")
    power = {"K": 3, "M": 6, "B": 9}.get(rest[-1:].upper(), 0)
    rest = rest[:-1].removesuffix(" ") if power else rest
    whole, _, part = rest.partition(".")
    first, *groups = whole.split(",")
    if set(rest) - set("0123456789,.") or "," in part or "." in part or not whole + part:
        raise ValueError
    if groups and (len(first) not in (1, 2, 3) or {len(group) for group in groups} != {3}):
        raise ValueError
    value = Decimal(f"{sign}{''.join((first, *groups))}.{part}e{power}")
    if abs(value) >= 10**15:
        raise ValueError
    return value, bool(power)


def low_end(text: str) -> Decimal | None:
    """The lower end of a text under RANGES, None where it has none or several."""
    with contextlib.suppress(ValueError):
        return amount(text)[0]
    found = []
    splits = [
        (text[:place].removesuffix(" "), text[place + 1 :].removeprefix(" ")) for place in range(len(text))
    ]
    for place, (low, high) in enumerate(splits):
        with contextlib.suppress(ValueError):
            if text[place] == "-" and low and high:
                found.append((amount(low), amount(high)))
    zero = (Decimal(0), False)
    for sign in ("<", ">"):
        with contextlib.suppress(ValueError):
            if text.startswith(sign):
                end = amount(text[1:].removeprefix("=").lstrip(" "))
                found.append((zero, end) if sign == "<" else (end, end))
    with contextlib.suppress(ValueError):
        if text.endswith("+"):
            end = amount(text[:-1].rstrip(" "))
            found.append((end, end))
    if len(found) != 1:
        return None
    (low_value, low_power), (high_value, high_power) = found[0]
    doubtful = high_power and not low_power and low_value != 0
    return None if low_value > high_value or doubtful else low_value


@settings(max_examples=500)
@given(
    st.text("0015.,-+$KM <>", max_size=9)
    | st.from_regex(r"\A[<>]?\$?[0-9]{1,4}[KM]?(-\$?[0-9]{1,4}[KM]?|\+)?\Z")
)
def test_any_text_is_the_number_that_a_reader_in_plain_python_makes_of_it(text: str) -> None:
    expected = low_end(text)
    assert number(text, range="low", **RANGES) == (None if expected is None else float(expected))
    assert why_not(text, range="low", **RANGES)


@given(st.decimals(-(10**9), 10**9, places=3, allow_nan=False))
def test_any_decimal_is_read_back_under_any_marks(value: Any) -> None:
    plain = f"{value:f}"
    grouped = f"{value:,f}"
    german = grouped.translate(str.maketrans(",.", ".,"))
    assert number(plain) == number(grouped, thousands=",") == float(value)
    assert number(german, decimal=",", thousands=".") == float(value)
