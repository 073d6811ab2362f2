"""test_values_as_exported: a value as a CRM or a spreadsheet may write it is read exactly, or listed.

The rows B6 to B8 of the faults that a run must survive: numbers that are none, marks of the wrong country,
dates with two readings.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.running import Place, match, model_of

GERMAN, ENGLISH = 'decimal: ",", thousands: "."', 'thousands: ","'


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def scored(place: Place, cell: str, field: str, test: str) -> tuple[int, dict[str, str], list[str]]:
    """Exit code, the points of a lead with the cell and of one without, and why the cell was not read."""
    quoted = cell.replace('"', '""')
    fields = f"fields: {{x: {{{field}}}}}\n"
    ended = place.score(f'lead_id,x\n1,"{quoted}"\n2,\n', model_of(match(f"x: {test}", 10)) + fields)
    if ended.code == 3:
        return 3, {}, [ended.said]
    listed = [reason for line, column, reason in place.unreadable() if (line, column) == (2, "x")]
    assert len(listed) == len(place.unreadable())
    return ended.code, place.scores(), listed


@pytest.mark.parametrize(
    "cell",
    [
        "many", "N/A", "-", "#REF!", "inf", "-inf", "nan", "NaN", "1e400", "1e3", "0x10", "1_000", "١٢٣",
        "۱۲۳", "$5", "5%", "1.5k", "11-50", "<10", "10+", "(5)", "1000000000000000",
    ],
)  # fmt: skip
def test_b6_what_is_no_number_is_listed_with_its_line_and_its_lead_stays(place: Place, cell: str) -> None:
    code, points, reasons = scored(place, cell, "type: number", "{below: 1000000}")
    assert (code, points, len(reasons)) == (5, {"1": "0", "2": "0"}, 1)


@pytest.mark.parametrize(
    ("cell", "field", "value"),
    [
        ("N/A", 'null: ["", "N/A"]', None), ("-", "null: '-'", None), ("١٢٣", "digits: any", "123"),
        ("۱۲۳", "digits: any", "123"), ("1e3", "exponent: true", "1000"), ("$5", "unit: $", "5"),
        ("5 %", "unit: '%'", "5"), ("1.5k", "magnitude: true", "1500"), ("11-50", "range: high", "50"),
        ("$1M-$10M", "unit: $, magnitude: true, range: middle", "5500000"), ("'-5", "", "-5"),
        ("'+5", "", "5"),
    ],
)  # fmt: skip
def test_b6_what_is_declared_is_read(place: Place, cell: str, field: str, value: str | None) -> None:
    field = ", ".join(filter(None, ("type: number", field)))
    expected = {"1": "0" if value is None else "10", "2": "0"}
    assert scored(place, cell, field, f"{{is: {value or 0}}}") == (0, expected, [])


@pytest.mark.parametrize(
    ("cell", "field", "value"),
    [
        ("1,234", ENGLISH, "1234"), ("12,5", ENGLISH, None), ("1.234,56", ENGLISH, None),
        ("12.5", ENGLISH, "12.5"),
        ("1,234", GERMAN, "1.234"), ("12,5", GERMAN, "12.5"), ("1.234,56", GERMAN, "1234.56"),
        ("12.5", GERMAN, None),
    ],
)  # fmt: skip
def test_b7_marks_of_another_country_are_never_read_as_another_number(
    place: Place, cell: str, field: str, value: str | None
) -> None:
    code, points, reasons = scored(place, cell, f"type: number, {field}", f"{{is: {value or 0}}}")
    if value is None:
        grouped = ["digits grouped otherwise than declared; set `decimal` and `thousands`"]
        assert (code, points, reasons) == (5, {"1": "0", "2": "0"}, grouped)
    else:
        assert (code, points, reasons) == (0, {"1": "10", "2": "0"}, [])


DAY_FIRST, BOTH = 'format: "%d/%m/%Y"', 'format: ["%d/%m/%Y", "%m/%d/%Y"]'


@pytest.mark.parametrize(
    ("cell", "field", "found"),
    [
        ("03/04/2026", "", "day-first and month-first"), ("13/04/26", "", "day-first and month-first"),
        ("2026-02-30", "", "not a date"), ("30/02/2026", DAY_FIRST, "not a date of the declared format"),
        ("1900-01-01", "", "!1900-01-01"), ("01/02/26", DAY_FIRST, "not a date of the declared format"),
        ("45000", "", "serial number"), ("45000", DAY_FIRST, "serial number"),
        ("2026-04-20T23:59:59+05:30", "", "!2026-04-20"), ("2026-04-20 23:59:59Z", "", "!2026-04-20"),
        ("03/04/2026", DAY_FIRST, "!2026-04-03"), ("13/04/2026", BOTH, "!2026-04-13"),
        ("03/04/2026", BOTH, "make different days"), ("20260403", 'format: "%Y%m%d"', "!2026-04-03"),
        ("2026-04-03 10:00", 'format: [iso, "%m/%d/%Y %I:%M %p"]', "!2026-04-03"),
        ("4/3/2026 2:30 PM", 'format: [iso, "%m/%d/%Y %I:%M %p"]', "!2026-04-03"),
    ],
)  # fmt: skip
def test_b8_a_date_is_the_one_day_it_says_or_none(place: Place, cell: str, field: str, found: str) -> None:
    day = found.removeprefix("!") if found.startswith("!") else "2026-04-03"
    code, points, reasons = scored(
        place, cell, ", ".join(filter(None, ("type: date", field))), f"{{is: {day}}}"
    )
    if found.startswith("!"):
        assert (code, points, reasons) == (0, {"1": "10", "2": "0"}, [])
    else:
        assert (code, points) == ((3, {}) if "first" in found else (5, {"1": "0", "2": "0"}))
        assert len(reasons) == 1
        assert found in reasons[0]


@pytest.mark.parametrize(("cell", "code", "points"), [("checked", 0, 10), ("", 0, -5), ("no", 5, 0)])
def test_a_box_is_ticked_or_empty(place: Place, cell: str, code: int, points: int) -> None:
    model = (
        model_of(match("x: true", 10), match("x: {is: false}", -5))
        + 'fields: {x: {true: checked, false: ""}}\n'
    )
    assert place.score(f"lead_id,x\n1,{cell}\n", model).code == code
    assert place.scores() == {"1": str(points)}


def test_the_ranked_file_keeps_the_bytes_of_a_guarded_cell(place: Place) -> None:
    model = model_of(match("phone: {starts_with: +32}", 10))
    assert place.score("lead_id,phone\n1,'+32 470 00\n2,+32 470 00\n", model).code == 0
    assert place.scores() == {"1": "10", "2": "10"}
    assert [row["phone"] for row in place.rows()] == ["'+32 470 00", "+32 470 00"]
