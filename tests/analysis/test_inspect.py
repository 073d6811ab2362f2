"""test_inspect: what is found in an export is what was put into it, and a config made of it reads it."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.analysis.cells_seen import MOST, CellsSeen
from leadscore.analysis.inspect import Inspected, Inspection, inspect_export
from leadscore.analysis.reading import Reading, find_reading
from leadscore.analysis.twins import DIFFERENCES
from leadscore.errors import InputError, UsageError
from leadscore.model.load import load_content
from leadscore.model.parse import read_tree
from leadscore.model.schema import FieldConfig, Model
from leadscore.pipeline.column import Unreadable, read_field
from tests.conftest import ROOT
from tests.running import SAMPLE, Place

SAMPLES = sorted((ROOT / "sample_data").rglob("*.csv"))
ISO_DAYS = ["2026-01-31", "2025-12-01", "2026-06-30"]


def seen_of(*batches: list[str]) -> CellsSeen:
    seen = CellsSeen()
    for cells in batches:
        seen.add(pd.Series(cells, dtype="str"))
    return seen


def reading_of(*cells: str, is_name: bool = False) -> Reading:
    return find_reading(seen_of(list(cells)), is_name=is_name)


def inspected(tmp_path: Path, text: str, id_: str | None = None, show_values: bool = True) -> Inspection:
    return inspect_export(Place(tmp_path).write("leads.csv", text), id_, show_values)


def column(found: Inspection, name: str) -> Inspected:
    return next(each for each in found.columns if each.name == name)


def quoted(name: str) -> str:
    return json.dumps(name, ensure_ascii=False)


def model_of(found: Inspection, fields: list[str] | None = None) -> Model:
    """A model that starts with what was proposed and uses every field of it, and of the columns."""
    names = fields if fields is not None else [each.field or each.name for each in found.columns]
    has_id = any(line.startswith("id: ") for line in found.config.splitlines())
    head = found.config if has_id else f"{found.config}\nid: the id"
    rules = "\n".join(
        f"      - {{name: rule {place}, kind: match, points: 1, when: {{{quoted(name)}: {{known: true}}}}}}"
        for place, name in enumerate(names)
    )
    text = f"name: proposed\n{head}\ngroups:\n  all:\n    rules:\n{rules}\ntiers: [{{name: All}}]\n"
    return load_content("proposed.yml", text.encode())


@pytest.mark.parametrize(
    ("cells", "type_", "keys"),
    [
        (["1", "2", "30"], "number", {}),
        (["1,234.50", "20"], "number", {"thousands": ","}),
        (["1.234,50", "20"], "number", {"decimal": ",", "thousands": "."}),
        (["12,5", "20"], "number", {"decimal": ","}),
        (["1 234 567", "20"], "number", {"thousands": " "}),
        (["1'234", "20"], "number", {"thousands": "'"}),
        (["12,34,567", "1,234"], "number", {"thousands": "indian"}),
        (["$1,250.00", "$20"], "number", {"thousands": ",", "unit": ["$"]}),
        (["1250 EUR", "20 eur"], "number", {"unit": ["eur"]}),
        (["36%", "7%"], "number", {"unit": ["%"]}),
        (["1.5k", "2M"], "number", {"magnitude": "true"}),
        (["11-50", "51-200", "10,000+"], "number", {"range": "low", "thousands": ","}),
        (["$1M-$10M", "$10M-$50M"], "number", {"magnitude": "true", "range": "low", "unit": ["$"]}),
        (["۱۲۳", "۷"], "number", {"digits": "any"}),
        (["1e3", "2"], "number", {"exponent": "true"}),
        (ISO_DAYS, "date", {}),
        (["2026-01-31 09:30:00", "2026-02-28T10:00:00Z"], "date", {}),
        (["31/01/2026", "01/02/2026"], "date", {"format": "%d/%m/%Y"}),
        (["01/31/2026", "02/01/2026"], "date", {"format": "%m/%d/%Y"}),
        (["1.2.26", "31.12.25"], "date", {"format": "%d.%m.%y"}),
        (["3/15/2026 2:30 PM", "3/1/2026 11:00 AM"], "date", {"format": "%m/%d/%Y %I:%M %p"}),
        (["20260131", "20251201"], "date", {"format": "%Y%m%d"}),
        (["Jan 31, 2026", "Dec 1, 2025"], "date", {"format": "%b %d, %Y"}),
        (["31-Jan-26", "1-Dec-25"], "date", {"format": "%d-%b-%y"}),
        (["2026-01-31", "2026-01-30", "31/12/2025"], "date", {"format": ["iso", "%d/%m/%Y"]}),
        (["true", "false", ""], "boolean", {}),
        (["Yes", "no", "1"], "boolean", {}),
        (["Ja", "nein"], "boolean", {"true": ["Ja"], "false": ["nein"]}),
        (["بله", "خیر"], "boolean", {"true": ["بله"], "false": ["خیر"]}),
        (["checked", ""], "boolean", {"true": ["checked"], "false": [""]}),
        (["no"], "boolean", {}),
        (["no", "da", "sv"], "text", {}),
        (["NO", "DA"], "text", {}),
        (["0", "0"], "number", {}),
        (["00420", "10115"], "text", {}),
        (["Ann", "Bob"], "text", {}),
        (["۱۴۰۴/۰۵/۱۲", "1404-01-02"], "text", {}),
        (["vip;new"] * 5 + ["vip"] * 5 + ["new"] * 5, "text", {"list": ";"}),
        (["Austin, TX"] * 9 + ["Dallas, TX"] * 9, "text", {}),
        (['"VIP","Blog"', '"Blog"'], "text", {"list": "quoted"}),
    ],
)
def test_a_column_is_read_as_it_is_written(cells: list[str], type_: str, keys: dict[str, object]) -> None:
    found = reading_of(*cells)
    assert (found.type, found.settings, found.unread) == (type_, keys, {})
    field = FieldConfig.model_validate({"type": found.type, **found.settings})
    unreadable: list[Unreadable] = []
    read_field(pd.Series(cells, dtype="str", name="cells"), field, found.type, unreadable)
    assert unreadable == []


@pytest.mark.parametrize(
    ("cells", "only_day", "only_month", "either", "is_ambiguous", "format_"),
    [
        (["13/01/2026", "01/02/2026", "05/05/2026"], 1, 0, 2, False, "%d/%m/%Y"),
        (["01/13/2026", "01/02/2026"], 0, 1, 1, False, "%m/%d/%Y"),
        (["01/02/2026", "03/04/2026", "12/12/2026"], 0, 0, 3, True, None),
        (["13/01/2026", "01/13/2026"], 1, 1, 0, False, None),
    ],
)
def test_the_cells_that_say_whether_the_day_comes_first_are_counted(
    cells: list[str], only_day: int, only_month: int, either: int, is_ambiguous: bool, format_: str | None
) -> None:
    found = reading_of(*cells)
    (order,) = found.orders
    assert (order.only_day_first, order.only_month_first, order.either) == (only_day, only_month, either)
    assert (order.is_ambiguous, order.format) == (is_ambiguous, format_)
    assert found.type == "date"
    assert found.settings == ({} if format_ is None else {"format": format_})
    assert (found.doubt == "") is (format_ is not None)


def test_what_the_cells_leave_open_is_said() -> None:
    assert (
        reading_of("1,234", "5,678").doubt == "a mark before three digits may be the decimal or the thousands"
    )
    assert reading_of("1,234", "5,678.5").doubt == ""
    assert reading_of("0.379", "0.561").settings == {}
    assert reading_of("0", "1").doubt == "0 and 1 may be a count as well"
    assert "Gregorian" in reading_of("1404/05/12", "1404/06/31").doubt


def test_words_for_nothing_are_no_values_and_in_text_only_where_they_cannot_be_one() -> None:
    numbers = reading_of("10", "20", "N/A", "-", "#REF!", "unknown")
    assert (numbers.type, numbers.nulls, numbers.read) == ("number", ("#REF!", "-", "N/A", "unknown"), 2)
    countries = reading_of("US", "NA", "(not set)")
    assert (countries.type, countries.nulls, countries.read) == ("text", ("(not set)",), 2)
    names = reading_of("Ann", "Null", "N/A", is_name=True)
    assert (names.nulls, names.read) == (("N/A",), 2)


def test_a_few_cells_that_are_something_else_do_not_change_the_type_and_are_counted() -> None:
    found = reading_of(*map(str, range(19)), "about 20")
    assert (found.type, found.read, dict(found.unread)) == ("number", 19, {"not a number": 1})
    assert reading_of(*map(str, range(8)), "a", "b").type == "text"


@settings(max_examples=40)
@given(
    st.lists(
        st.sampled_from(["1,234", "5", "", "01/02/2026", "13/02/2026", "yes", "no", "x", "N/A", "a;b", "007"])
    ),
    st.data(),
)
def test_the_batches_of_a_file_change_nothing(cells: list[str], data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(cells)))
    whole, parts = seen_of(cells), seen_of(cells[:cut], cells[cut:])
    assert find_reading(whole) == find_reading(parts)
    assert (whole.filled, whole.empty, whole.values) == (parts.filled, parts.empty, parts.values)
    assert whole.is_unique == parts.is_unique == (len(set(cells)) == len(cells) > 1 and "" not in cells)


STYLES: dict[str, Callable[[str], str]] = {
    "plain": lambda text: text,
    "thousands": lambda text: f"{float(text):,.2f}",
    "german": lambda text: f"{float(text):,.2f}".translate(str.maketrans(",.", ".,")),
    "dollars": lambda text: f"${float(text):,.2f}",
    "percent": lambda text: f"{text} %",
}


@settings(max_examples=40)
@given(st.sampled_from(sorted(STYLES)), st.lists(st.integers(100_000, 99_999_999), min_size=1, max_size=20))
def test_numbers_in_any_style_are_read_back_as_what_they_were(style: str, hundredths: list[int]) -> None:
    texts = [f"{number // 100}.{number % 100:02}" for number in hundredths]
    cells = [STYLES[style](text) for text in texts]
    found = reading_of(*cells)
    field = FieldConfig.model_validate({"type": found.type, **found.settings})
    read = read_field(pd.Series(cells, dtype="str", name="cells"), field, found.type, [])
    assert found.type == "number"
    assert read.values.tolist() == [number / 100 for number in hundredths]


@settings(max_examples=40)
@given(
    st.sampled_from(
        ["%Y-%m-%d", "%d/%m/%Y", "%m/%d/%Y", "%d.%m.%y", "%d %b %Y", "%Y/%m/%d", "%m-%d-%Y %H:%M"]
    ),
    st.lists(st.dates(date(2000, 1, 1), date(2060, 12, 31)), min_size=1, max_size=20),
)
def test_dates_in_any_format_are_read_back_or_the_doubt_is_told(form: str, days: list[date]) -> None:
    cells = [day.strftime(form) for day in days]
    found = reading_of(*cells)
    assert found.type == "date"
    if found.doubt:
        assert all(day.day <= 12 for day in days)
        return
    field = FieldConfig.model_validate({"type": "date", **found.settings})
    read = read_field(pd.Series(cells, dtype="str", name="cells"), field, "date", [])
    assert read.values.tolist() == [(day - date(1970, 1, 1)).days for day in days]


def test_beyond_ten_thousand_values_nobody_counts_on() -> None:
    seen = seen_of([f"v{number}" for number in range(MOST)])
    assert len(seen.values or ()) == MOST
    seen.add(pd.Series(["one more", "v1"], dtype="str"))
    assert seen.values is None
    assert (seen.filled, seen.is_unique) == (MOST + 2, False)
    numbers = seen_of([str(number) for number in range(3 * MOST)])
    assert (numbers.values, find_reading(numbers).type, find_reading(numbers).read) == (
        None,
        "number",
        3 * MOST,
    )
    days = [str(day) for day in np.arange("1970-01-01", "2010-01-01", dtype="datetime64[D]")]
    assert find_reading(seen_of([f"{day} 09:{at % 60:02}" for at, day in enumerate(days)])).type == "date"


IDS = """\
id,name
007,a
7,b
Ab 1,c
ab1,d
ab1,e
ab\u200b1,f
1.23E+11,g
 ,h
\uff21\uff22\uff12,i
AB2,j
\u0643\u0661,k
\u06a9\u0661,l
12,m
e\u0301,n
\u00e9,o
"""


def test_ids_that_are_the_same_or_nearly_are_found_with_their_lines(tmp_path: Path) -> None:
    ids = inspected(tmp_path, IDS).ids
    assert ids is not None
    assert (ids.column, ids.empty_lines, ids.damaged_lines) == ("id", (9,), (8,))
    assert [group.lines for group in ids.duplicates] == [(5, 6)]
    assert {group.lines: set(group.differences) for group in ids.near_duplicates} == {
        (2, 3): {"leading zeros"},
        (4, 5, 7): {"space", "case", "invisible characters"},
        (10, 11): {"full-width letters"},
        (12, 13): {"Arabic and Persian letters"},
        (15, 16): {"Unicode form"},
    }
    assert (ids.empty, ids.damaged, ids.twice, ids.near, ids.near_groups) == (1, 1, 1, 11, 5)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_a_difference_alone_makes_no_other(name: str) -> None:
    text = " \u200bE\u0301\uff21\u0643\u0661 "
    assert DIFFERENCES[name](DIFFERENCES[name](text)) == DIFFERENCES[name](text)


def test_another_column_is_the_id_where_it_is_asked_for(tmp_path: Path) -> None:
    found = inspected(tmp_path, "id,ref\n1,a\n2,a\n", "ref")
    assert found.ids is not None
    assert [group.lines for group in found.ids.duplicates] == [(2, 3)]
    assert found.config.splitlines()[0] == "id: ref"
    assert found.candidates == ["id"]
    with pytest.raises(UsageError, match="--id: the export has no column of that name; did you mean 'ref'"):
        inspected(tmp_path, "id,ref\n1,a\n", "reff")


def test_damaged_lines_are_counted_by_reason(tmp_path: Path) -> None:
    found = inspected(tmp_path, "id,a\n1,x\n2\n3,y\n4\n5,z,z\n")
    assert (found.leads, found.damaged) == (2, 3)
    assert [(each.count, each.lines) for each in found.damage] == [(2, (3, 5)), (1, (6,))]


def test_the_proposal_is_exact(tmp_path: Path) -> None:
    rows = "".join(
        f'{n},"$1,{n}.50",{n % 12 + 1:02}/02/2026,{n % 28 + 1:02}/06/2026,{("nein", "ja")[n % 2]},N/A\n'
        for n in range(100, 160)
    )
    found = inspected(tmp_path, f"lead id,amount,seen,made,call,\u200bodd: name\n{rows}")
    assert found.config == (
        "id: lead id\n"
        "fields:\n"
        "  amount: {type: number, unit: ['$'], thousands: ','}\n"
        '  # seen: 60 cells can be read as "%d/%m/%Y" (day first) or "%m/%d/%Y" (month first), '
        "and none decides\n"
        "  seen: {type: date}\n"
        "  made: {type: date, format: '%d/%m/%Y'}\n"
        "  call: {type: boolean, true: ['ja'], false: ['nein']}\n"
        "  'odd: name': {from: [\"\\U0000200Bodd: name\"], null: ['N/A']}"
    )
    assert model_of(found, ["amount", "made", "call", "odd: name"]).fields["odd: name"].null == ("N/A",)


@pytest.mark.parametrize(
    "sample", SAMPLES, ids=lambda path: path.relative_to(ROOT / "sample_data").as_posix()
)
def test_what_is_proposed_for_each_sample_is_a_config(sample: Path) -> None:
    found = inspect_export(sample)
    assert found.leads > 0
    model = model_of(found)
    for each in found.columns:
        field = model.fields[each.field or each.name]
        assert field.type == each.reading.type or each.field


def test_the_sample_can_be_scored_with_what_is_proposed_for_it(tmp_path: Path) -> None:
    found = inspect_export(SAMPLE)
    rules = "".join(
        f"      - {{name: r{n}, kind: match, points: 1, when: {{{quoted(each.name)}: {{known: true}}}}}}\n"
        for n, each in enumerate(found.columns)
    )
    config = f"name: proposed\n{found.config}\ngroups:\n  all:\n    rules:\n{rules}tiers: [{{name: All}}]\n"
    place = Place(tmp_path)
    assert place.score(SAMPLE, config).code == 0
    assert place.manifest()["counts"]["in"] == found.leads


def test_the_sample_is_what_it_is() -> None:
    found = inspect_export(SAMPLE)
    assert (found.leads, len(found.columns), found.presets, found.damaged) == (500, 25, (), 0)
    types = {each.name: each.reading.type for each in found.columns if each.reading.type != "text"}
    assert types == {
        **dict.fromkeys(["Employees", "budget", "visits", "pages", "emails_opened", "form_fills"], "number"),
        **dict.fromkeys(["demo_requests", "unsubscribed", "converted"], "boolean"),
        **dict.fromkeys(["Last Activity Date", "created_date", "closed_date"], "date"),
    }
    employees, seen = column(found, "Employees"), column(found, "Last Activity Date")
    assert (employees.filled, employees.empty, employees.distinct) == (429, 71, 129)
    assert employees.reading.nulls == ("N/A",)
    assert seen.reading.settings == {"format": "%d/%m/%Y"}
    assert {each.name for each in found.columns if each.values} == {
        "source", "demo_requests", "unsubscribed", "converted",
    }  # fmt: skip


def test_a_real_export_is_read(x_education: Path) -> None:
    found = inspect_export(x_education)
    assert (found.leads, len(found.columns), found.candidates) == (9240, 37, ["Prospect ID", "Lead Number"])
    assert column(found, "Lead Number").reading.type == "text"
    assert column(found, "TotalVisits").reading.type == "number"
    assert column(found, "Converted").values == (("0", 5679), ("1", 3561))
    assert column(found, "Specialization").reading.nulls == ("Select",)


def test_a_presets_file_is_named_by_its_fields_and_only_the_rest_is_proposed() -> None:
    found = inspect_export(ROOT / "sample_data" / "crm" / "hubspot.csv")
    assert found.preset == "hubspot"
    assert found.config.splitlines()[:2] == ["preset: hubspot", "id: lead_id"]
    assert column(found, "Create Date").field == "created_date"
    assert "created_date" not in found.config
    assert found.ids is not None
    assert found.ids.column == "Record ID"


def test_a_file_that_is_no_export_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="the file is empty"):
        inspected(tmp_path, "")


def test_a_header_alone_is_an_export_without_leads(tmp_path: Path) -> None:
    found = inspected(tmp_path, "lead_id,a\n")
    assert (found.leads, found.config, found.candidates) == (0, "id: lead_id", [])


def test_what_is_proposed_beside_a_preset_reads_the_file(tmp_path: Path) -> None:
    # An account that writes dates the American way, which the preset does not say.
    header = (
        "Record ID,Lifecycle Stage,Create Date,Company Name,Number of Employees,Unsubscribed from all email"
    )
    rows = [
        f'80{n},lead,3/{n}/2026 2:30 PM,Co {n},"1,{n}0",Ja\n80{n}1,lead,,Co,-,Nein' for n in range(10, 30)
    ]
    place = Place(tmp_path)
    export = place.write("leads.csv", "\n".join([header, *rows]) + "\n")
    found = inspect_export(export)
    assert found.config == (
        "preset: hubspot\n"
        "id: lead_id\n"
        "fields:\n"
        "  created_date: {type: date, format: '%m/%d/%Y %I:%M %p'}\n"
        "  employees: {type: number, null: ['-']}\n"
        "  unsubscribed: {type: boolean, true: ['Ja'], false: ['Nein']}"
    )
    rules = "".join(
        f"      - {{name: {name}, kind: match, points: 1, when: {{{name}: {{known: true}}}}}}\n"
        for name in ("created_date", "employees", "unsubscribed")
    )
    config = f"name: proposed\n{found.config}\ngroups:\n  all:\n    rules:\n{rules}tiers: [{{name: All}}]\n"
    assert place.score(export, config).code == 0
    assert {row["score"] for row in place.rows()} == {"3", "1"}


def test_marks_that_a_preset_has_otherwise_are_replaced_together(tmp_path: Path) -> None:
    rows = "".join(f'80{n},lead,2026-03-{n},Co,"1{n},5"\n' for n in range(10, 30))
    found = inspected(
        tmp_path, f"Record ID,Lifecycle Stage,Create Date,Company Name,Number of Employees\n{rows}"
    )
    assert found.config.splitlines()[-1] == "  employees: {type: number, decimal: ',', thousands: '.'}"
    field = model_of(found, ["employees"]).fields["employees"]
    assert (field.decimal, field.thousands) == (",", ".")


CELLS = st.text(st.sampled_from("019aZé.,;/-+%$€:'\"#=@ \u200b\u0661\n\u202e{}[]&*!|>?~\\"), max_size=8)


@settings(max_examples=60)
@given(
    st.lists(CELLS, min_size=2, max_size=4, unique=True).flatmap(
        lambda header: st.tuples(
            st.just(header), st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)))
        )
    )
)
def test_whatever_stands_in_a_file_the_proposal_is_a_config(
    tmp_path_factory: pytest.TempPathFactory, table: tuple[list[str], list[list[str]]]
) -> None:
    header, rows = table
    text = io.StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    path = tmp_path_factory.mktemp("any") / "leads.csv"
    path.write_bytes(text.getvalue().encode())
    try:
        found = inspect_export(path)
    except InputError:
        return
    listed = read_tree("proposed", f"{found.config}\nname: x".encode())
    assert not listed.refusals()
    assert isinstance(listed.data, dict)
    fields = listed.data.get("fields", {})
    assert isinstance(fields, dict)
    model_of(found, list(fields) or ["x"])
