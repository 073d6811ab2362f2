"""test_cells: a cell is exactly what its declared format says, or it is unknown with a reason."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any
from unittest import mock

import pyarrow as pa
import pytest
from hypothesis import given, strategies as st

from leadscore.model.schema import FieldConfig
from leadscore.pipeline.cells import AMBIGUOUS, READERS, read_days, read_flags

EPOCH = date(1970, 1, 1)


def field(**keys: Any) -> FieldConfig:
    return FieldConfig.model_validate(keys)


def texts(*cells: str) -> pa.Array:
    return pa.array(cells, pa.large_string())


def day(cell: str, **keys: Any) -> str | None:
    (found,) = read_days(texts(cell), field(type="date", **keys)).tolist()
    return None if math.isnan(found) else (EPOCH + timedelta(days=int(found))).isoformat()


def why_not(kind: str, cell: str, **keys: Any) -> str:
    return READERS[kind][1](cell, field(type=kind, **keys))


@pytest.mark.parametrize(
    ("kind", "cell", "keys", "reason"),
    [
        ("number", "۶۰", {}, "digits other than 0-9; set `digits: any`"),
        ("number", "1e3", {}, "a number with an exponent; set `exponent: true`"),
        ("number", "12,5", {}, "digits grouped otherwise than declared; set `decimal` and `thousands`"),
        ("number", "1000000000000000", {}, "a number of more than 15 digits"),
        ("number", "1e400", {"exponent": "true"}, "a number of more than 15 digits"),
        ("number", "1e20", {"exponent": "true"}, "a number of more than 15 digits"),
        ("number", "many", {}, "not a number"),
        ("number", "-", {}, "not a number"),
        ("number", "#REF!", {}, "not a number"),
        ("number", "$5", {}, "a number with a unit such as $, EUR or %; set `unit`"),
        ("number", "36%", {}, "a number with a unit such as $, EUR or %; set `unit`"),
        ("number", "£5", {"unit": "$"}, "a number with a unit such as $, EUR or %; set `unit`"),
        ("number", "1.5k", {}, "a number with K, M or B; set `magnitude: true`"),
        ("number", "11-50", {}, "a number with a range of values; set `range: low`, `high` or `middle`"),
        ("number", "10,000+", {}, "a number with a range of values; set `range: low`, `high` or `middle`"),
        (
            "number",
            "$1M-$10M",
            {"range": "low"},
            "a number with a unit such as $, EUR or % and K, M or B; set `unit`, `magnitude: true`",
        ),
        (
            "number",
            "50-11",
            {"range": "low"},
            "a range that has not one reading; the lower end comes first, K, M or B stands at both ends",
        ),
        ("number", "(1,200)", {}, "a number in brackets; export what is below zero with a minus sign"),
        ("date", "45000", {}, "a spreadsheet's serial number, not a date; export dates as text"),
        (
            "date",
            "45000.5",
            {"format": "%d/%m/%Y"},
            "a spreadsheet's serial number, not a date; export dates as text",
        ),
        ("date", "۲۰۲۶-۰۶-۳۰", {}, "digits other than 0-9; set `digits: any`"),
        (
            "date",
            "03/04/2026",
            {"format": ["%d/%m/%Y", "iso", "%m/%d/%Y"]},
            "fits the formats %d/%m/%Y and %m/%d/%Y, which make different days of it; keep one of them",
        ),
        ("date", "2026/04/03", {"format": ["%d/%m/%Y", "%m/%d/%Y"]}, "not a date of the declared format"),
        ("date", "03/04/2026", {}, AMBIGUOUS),
        ("date", "tomorrow", {}, "not a date; dates are YYYY-MM-DD unless `format` says otherwise"),
        ("date", "2026-02-30", {"format": "%d/%m/%Y"}, "not a date of the declared format"),
        (
            "boolean",
            "maybe",
            {},
            "neither a true nor a false word; declare them: `true: [...]`, `false: [...]`",
        ),
    ],
)
def test_the_reason_names_what_is_wrong_and_what_would_help(
    kind: str, cell: str, keys: dict[str, str], reason: str
) -> None:
    assert why_not(kind, cell, **keys) == reason


@pytest.mark.parametrize("kind", READERS)
def test_a_reason_never_holds_the_cell(kind: str) -> None:
    for cell in (
        "CANARY",
        "CANARY-5",
        "5-CANARY",
        "2026-CANARY",
        "CANARY@x.test",
        "CAN 5",
        "(5)CANARY",
        "5 CAN+",
    ):
        assert "CANARY" not in why_not(kind, cell)


@pytest.mark.parametrize(
    ("cell", "found"),
    [
        ("2026-06-30", "2026-06-30"), ("1969-12-31", "1969-12-31"), ("0001-01-01", "0001-01-01"),
        ("9999-12-31", "9999-12-31"), ("2024-02-29", "2024-02-29"), ("2026-06-30 23:59", "2026-06-30"),
        ("2026-06-30T23:59:59", "2026-06-30"), ("2026-06-30T23:59:59.123Z", "2026-06-30"),
        ("2026-06-30T23:59:59+05:30", "2026-06-30"), ("2026-06-30 23:59:59 UTC", "2026-06-30"),
        ("2026-02-30", None), ("2026-13-01", None), ("2025-02-29", None), ("2026-6-3", None),
        ("26-06-03", None), ("20260630", None), ("2026-06", None), ("2026-W27-2", None),
        ("03/04/2026", None), ("3.4.2026", None), ("45000", None), ("today", None), ("now", None),
        ("2026-06-30x", None), ("x2026-06-30", None), ("2026-06-30\n", None), ("۲۰۲۶-۰۶-۳۰", None),
        ("0000-01-01", None), ("2026-06-30T25", None),
    ],
)  # fmt: skip
def test_without_a_format_only_iso_dates_are_dates(cell: str, found: str | None) -> None:
    assert day(cell) == found


@pytest.mark.parametrize(
    ("cell", "format_", "found"),
    [
        ("03/04/2026", "%d/%m/%Y", "2026-04-03"), ("03/04/2026", "%m/%d/%Y", "2026-03-04"),
        ("13/04/2026", "%m/%d/%Y", None), ("30/02/2026", "%d/%m/%Y", None),
        ("3/4/2026", "%d/%m/%Y", "2026-04-03"), ("3 Apr 2026", "%d %b %Y", "2026-04-03"),
        ("01.02.69", "%d.%m.%y", "1969-02-01"), ("01.02.68", "%d.%m.%y", "2068-02-01"),
        ("31/12/9999", "%d/%m/%Y", "9999-12-31"), ("01/01/1500", "%d/%m/%Y", "1500-01-01"),
        ("03/04/2026 10:00", "%d/%m/%Y %H:%M", "2026-04-03"), ("03/04/2026 10:00", "%d/%m/%Y", None),
        ("03/04/2026 ", "%d/%m/%Y", None), ("03/04/26", "%d/%m/%Y", None),
        ("2026-04-03", "%Y-%m-%d", "2026-04-03"), ("20260403", "%Y-%m-%d", None),
        ("2026", "%Y-%m-%d", None), ("2026-04-03T10:00", "%Y-%m-%d", None),
        ("20260403", "%Y%m%d", "2026-04-03"), ("today", "%d/%m/%Y", None), ("now", "%d/%m/%Y", None),
        ("TODAY", "%Y-%m-%d", None), ("now", "%Y-%m-%d", None), ("NaT", "%d/%m/%Y", None),
        ("nan", "%d/%m/%Y", None), ("None", "%Y-%m-%d", None),
        ("2026-06-30T23:59:59Z", "%Y-%m-%dT%H:%M:%SZ", "2026-06-30"),
    ],
)  # fmt: skip
def test_a_format_reads_what_it_says_and_nothing_else(cell: str, format_: str, found: str | None) -> None:
    assert day(cell, format=format_) == found


@pytest.mark.parametrize(
    ("cell", "formats", "found"),
    [
        ("2026-06-30 10:00", ["iso", "%m/%d/%Y %I:%M %p"], "2026-06-30"),
        ("3/15/2024 2:30 PM", ["iso", "%m/%d/%Y %I:%M %p"], "2024-03-15"),
        ("3/15/2024", ["iso", "%m/%d/%Y %I:%M %p"], None),
        ("13/04/2026", ["%d/%m/%Y", "%m/%d/%Y"], "2026-04-13"),
        ("04/13/2026", ["%d/%m/%Y", "%m/%d/%Y"], "2026-04-13"),
        ("03/03/2026", ["%d/%m/%Y", "%m/%d/%Y"], "2026-03-03"),
        ("03/04/2026", ["%d/%m/%Y", "%m/%d/%Y"], None),
        ("01/02/03", ["%d/%m/%y", "%d/%m/%Y"], "2003-02-01"), ("01/02/03", ["%d/%m/%Y"], None),
        ("01/02/03", ["%d/%m/%y", "%y/%m/%d"], None), ("2026-06-30", ["%Y%m%d"], None),
        ("20260630", "%Y%m%d", "2026-06-30"),
        ("20263006", "%Y%m%d", None), ("2026063", "%Y%m%d", None), ("45000", ["iso", "%d/%m/%Y"], None),
    ],
)  # fmt: skip
def test_of_several_formats_exactly_one_day_must_come(
    cell: str, formats: str | list[str], found: str | None
) -> None:
    assert day(cell, format=formats) == found


@given(st.dates(date(1000, 1, 1)))
def test_a_date_with_two_readings_is_no_date_whatever_the_order_of_the_formats(when: date) -> None:
    cell, swapped = f"{when:%d/%m/%Y}", when.month != when.day and when.day <= 12
    for formats in (["%d/%m/%Y", "%m/%d/%Y"], ["%m/%d/%Y", "%d/%m/%Y"]):
        assert day(cell, format=formats) == (None if swapped else when.isoformat())


def test_dates_may_be_written_with_digits_of_any_script() -> None:
    assert day("۲۰۲۶-۰۶-۳۰", digits="any") == "2026-06-30"
    assert day("३०/०६/२०२६", digits="any", format="%d/%m/%Y") == "2026-06-30"
    assert day("३०/०६/२०२६", format="%d/%m/%Y") is None


def test_a_format_with_zones_is_refused_or_keeps_the_day_that_was_written() -> None:
    cells = texts("2026-06-30 00:30 +0100", "2026-06-30 23:30 -0800", "x")
    try:
        kind = field(type="date", format="%Y-%m-%d %H:%M %z")
    except ValueError:
        return
    days = read_days(cells, kind).tolist()
    assert days[:2] == [(date(2026, 6, 30) - EPOCH).days] * 2
    assert math.isnan(days[2])


def test_a_date_is_read_the_same_alone_and_among_others() -> None:
    cells = ["03/04/2026", "now", "31/12/9999", "x", "01/01/0001", "1/2/2026"]
    kind = field(type="date", format="%d/%m/%Y")
    together = read_days(texts(*cells), kind).tolist()
    alone = [read_days(texts(cell), kind).tolist()[0] for cell in cells]
    assert str(together) == str(alone)


@given(st.dates(), st.sampled_from(["%d/%m/%Y", "%m-%d-%Y", "%Y%m%d", "%d.%m.%Y %H:%M"]))
def test_any_day_is_read_back_in_any_format(when: date, format_: str) -> None:
    # strftime does not fill years before 1000 with zeros.
    text = when.strftime(format_.replace("%Y", "YEAR")).replace("YEAR", f"{when.year:04}")
    assert day(when.isoformat()) == when.isoformat()
    assert day(text, format=format_) == when.isoformat()


def test_no_clock_is_read() -> None:
    with (
        mock.patch("time.time", side_effect=AssertionError),
        mock.patch("time.localtime", side_effect=AssertionError),
    ):
        assert day("03/04/2026", format="%d/%m/%Y") == "2026-04-03"


def flag(cell: str, **keys: Any) -> float | None:
    (found,) = read_flags(texts(cell), field(type="boolean", **keys)).tolist()
    return None if math.isnan(found) else found


@pytest.mark.parametrize(
    ("cell", "keys", "found"),
    [
        ("true", {}, 1), ("TRUE", {}, 1), ("Yes", {}, 1), ("1", {}, 1), ("۱", {}, 1), ("false", {}, 0),
        ("No", {}, 0), ("0", {}, 0), ("y", {}, None), ("on", {}, None), ("2", {}, None), ("1.0", {}, None),
        ("t", {}, None), ("بله", {"true": ["بله"], "false": ["خیر"]}, 1),
        ("خير", {"true": ["بله"], "false": ["خیر"]}, 0), ("yes", {"true": ["بله"], "false": ["خیر"]}, None),
        ("X", {"true": ["x"], "false": ["-"]}, 1), ("checked", {"true": "checked", "false": ""}, 1),
        ("", {"true": "checked", "false": ""}, 0), ("no", {"true": "checked", "false": ""}, None),
    ],
)  # fmt: skip
def test_a_flag_is_one_of_the_declared_words(
    cell: str, keys: dict[str, list[str]], found: float | None
) -> None:
    assert flag(cell, **keys) == found


@pytest.mark.parametrize("kind", READERS)
def test_no_cells_make_no_values(kind: str) -> None:
    for empty in (texts(), pa.chunked_array([], pa.large_string())):
        assert READERS[kind][0](empty, field(type=kind)).tolist() == []
