"""test_write_xlsx: one workbook with all leads of a run, in which nothing is lost, changed or run."""

from __future__ import annotations

import errno
import io
import re
import sys
import zipfile
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.pipeline import run as run_module, sheet_names
from leadscore.pipeline.job import Job
from leadscore.pipeline.sheet_cells import MAX_LETTERS, SheetCells
from leadscore.pipeline.sheet_names import SUMMARY, name_sheets
from leadscore.pipeline.sheets import Sheets
from leadscore.pipeline.told import nobody
from tests.running import Place, run
from tests.test_formula_payloads import KEPT, PAYLOADS
from tests.workbooks import sheets_in

CONFIG = """\
name: "=sheets"
id: lead_id
fields: {visits: {type: number}, note: {optional: true}}
disqualify: [{name: out, when: {visits: {above: 100}}}]
groups: {g: {rules: [{name: v, kind: count, field: visits, each: 1.25, cap: 50}]}}
tiers: [{name: "Hot: [A]", min_score: 10}, {name: summary}]
checks: {max_rows_set_aside: 9, max_unreadable_cells: 999}
"""
LEADS = (
    "lead_id,name,visits\n007,Ann,9\n90071992547409930001,Bob,1\n12,Cy,12.50\n3,Di,101\n4,Ed,x\n5,Flo,0012\n"
)
XLSX = ("--format", "xlsx")


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def book(place: Place) -> dict[str, list[list[Any]]]:
    return sheets_in(place.out / "ranked.xlsx")


def parts_of(path: Path) -> dict[str, str]:
    with zipfile.ZipFile(path) as parts:
        return {name: parts.read(name).decode() for name in parts.namelist()}


def test_each_tier_has_a_sheet_behind_the_summary_and_the_others_follow(place: Place) -> None:
    assert place.score(LEADS, CONFIG, *XLSX).code == 0
    sheets = book(place)
    assert list(sheets) == [SUMMARY, "Hot_ _A_", "summary (2)", "disqualified"]
    header = ["rank", "score", "tier", "g", "reasons", "coverage", "lead_id", "name", "visits"]
    assert sheets["Hot_ _A_"] == [
        header,
        [1, 15.63, "Hot: [A]", 15.63, "v +15.63", 1, "12", "Cy", 12.5],
        [2, 15, "Hot: [A]", 15, "v +15", 1, "5", "Flo", "0012"],
        [3, 11.25, "Hot: [A]", 11.25, "v +11.25", 1, "007", "Ann", 9],
    ]
    assert [row[6:] for row in sheets["summary (2)"][1:]] == [
        ["90071992547409930001", "Bob", 1],
        ["4", "Ed", "x"],
    ]
    assert sheets["disqualified"][1][:2] == ["out", 50]


def test_the_workbook_has_the_rows_of_the_csv_files(place: Place) -> None:
    assert place.score(LEADS, CONFIG, *XLSX, "--format", "csv").code == 0
    _, hot, cold, _ = book(place).values()
    ranked = [row[6] for row in hot[1:] + cold[1:]]
    assert ranked == [row["lead_id"] for row in place.rows()]
    assert place.manifest()["outputs"]["ranked.xlsx"]["rows"] == 6
    assert run("verify", place.out).code == 0


def test_the_summary_says_what_the_terminal_says(place: Place) -> None:
    assert place.score(LEADS, CONFIG, *XLSX).code == 0
    rows = [[cell for cell in row if cell != ""] for row in book(place)[SUMMARY]]
    assert rows[0] == ["=sheets"]
    assert ["As of", "2026-06-30"] in rows
    assert ["Hot: [A]", 10, 3, 0.6, 11.25, 15.63, 13.96] in rows
    assert ["in the export", 6] in rows
    assert ["disqualified, out", 1] in rows
    assert ["Config", "model.yml"] in rows


def test_a_run_gives_the_same_bytes_again_and_leaves_no_other_file(place: Place) -> None:
    assert place.score(LEADS, CONFIG, *XLSX).code == 0
    first = (place.out / "ranked.xlsx").read_bytes()
    assert place.score(LEADS, CONFIG, *XLSX, TZ="Asia/Tokyo").code == 0
    assert (place.out / "ranked.xlsx").read_bytes() == first
    names = {path.name for path in place.out.iterdir()}
    assert names == {"ranked.xlsx", "set_aside.csv", "unreadable.csv", "summary.json", "manifest.json"}
    assert (place.out / "ranked.xlsx").stat().st_mode & 0o777 == 0o600


def test_sheets_can_be_filtered_and_their_scores_are_coloured_alike(place: Place) -> None:
    assert place.score(LEADS, CONFIG, *XLSX).code == 0
    parts = parts_of(place.out / "ranked.xlsx")
    for number, last in ((2, 4), (3, 3)):
        sheet = parts[f"xl/worksheets/sheet{number}.xml"]
        assert '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>' in sheet
        assert f'<autoFilter ref="A1:I{last}"/>' in sheet
        assert re.findall(r'<cfvo type="num" val="([^"]*)"/>', sheet) == ["0.0", "11.25", "15.63"]
        assert f'<conditionalFormatting sqref="B2:B{last}">' in sheet
    assert "numberStoredAsText" in parts["xl/worksheets/sheet2.xml"]


def test_nothing_that_a_visitor_types_is_run_or_changed(place: Place) -> None:
    texts = [text for text in (*PAYLOADS, *KEPT) if "\0" not in text]
    table = pa.table({"lead_id": [f"{text}#{n}" for n, text in enumerate(texts)], "name": texts})
    sink = pa.BufferOutputStream()
    pq.write_table(table.append_column("visits", pa.array(["1"] * len(texts))), sink)
    assert place.score(sink.getvalue().to_pybytes(), CONFIG, *XLSX).code == 0
    assert {row[7] for row in book(place)["summary (2)"][1:]} == set(texts)
    for name, part in parts_of(place.out / "ranked.xlsx").items():
        assert not re.search(r"<f>|<hyperlink|TargetMode|ddeLink|externalLink", part), name
        assert set(re.findall(r'<c [^>]*t="([^"]*)"', part)) <= {"inlineStr"}


legal = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0\ufffe\uffff"), max_size=20)
odd = st.sampled_from(
    ["<r>x</r>", "<r></r>", "<r><t>&amp;</t></r>", "_x0041_", "]]>", " x ", "\n", "\r", "\t", "&#10;"]
)


def come_back(texts: list[str], folder: Path) -> list[str]:
    """The texts after they were the cells of a column."""
    job = cast(
        Job, SimpleNamespace(as_of=date(2026, 6, 30), model=SimpleNamespace(name="texts"), told=nobody)
    )
    column = SheetCells().own("name", pa.chunked_array([pa.array(texts, pa.large_string())]))
    made = io.BytesIO()
    with Sheets(made, folder, job, {"tiers": [], "score": {"quantiles": {"50": None}}}, "") as sheets:
        sheets.add("all", iter([(["name"], [column])]), len(texts))
    path = folder / "made.xlsx"
    path.write_bytes(made.getvalue())
    return [row[0] if row else "" for row in sheets_in(path)["all"][1:]]


@settings(max_examples=100, deadline=None)
@given(st.lists(legal | odd, min_size=1, max_size=8))
def test_every_text_comes_back(tmp_path_factory: pytest.TempPathFactory, texts: list[str]) -> None:
    texts = [*texts, "end"]  # or nothing would say how many empty ones there are
    assert come_back(texts, tmp_path_factory.mktemp("texts")) == texts


def test_a_write_that_fails_publishes_nothing_and_leaves_no_file_open(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no space")

    assert place.score(LEADS, CONFIG).code == 0
    monkeypatch.setattr(SheetCells, "own", fail)
    assert place.score(LEADS, CONFIG, *XLSX).code == 6
    assert (place.out / "ranked.csv").exists()
    assert [path.name for path in place.folder.iterdir() if path.name.startswith(".out")] == []


def test_a_text_that_no_cell_can_hold_is_cut_and_the_summary_says_so(place: Place) -> None:
    long = "\U0001f600" * 20_000
    assert place.score(f"lead_id,name,visits\n1,{long},1\n2,{'x' * MAX_LETTERS},1\n", CONFIG, *XLSX).code == 0
    names = [row[7] for row in book(place)["summary (2)"][1:]]
    assert names == [long[: MAX_LETTERS // 2], "x" * MAX_LETTERS]
    assert place.summary()["notes"] == ["1 texts were cut in ranked.xlsx: a cell holds 32,767 letters"]


@pytest.mark.parametrize("part", ["tier 'summary'", "disqualified"])
def test_more_leads_than_a_sheet_holds_are_refused_before_anything_is_published(
    place: Place, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    monkeypatch.setattr(sheet_names, "MAX_LEADS", {"disqualified": 0}.get(part, 1))
    ended = place.score(LEADS, CONFIG, *XLSX)
    assert ended.code == 4
    assert f"leads are in {part}, and a sheet of a workbook holds" in ended.stderr
    assert "--format csv" in ended.stderr
    assert (place.out / "ranked.csv").exists()


def test_a_workbook_alone_is_not_read_again(place: Place) -> None:
    assert place.score(LEADS, CONFIG, *XLSX).code == 0
    ended = place.score(LEADS, CONFIG, *XLSX, "--previous", place.out)
    assert ended.code == 4
    assert "wrote its leads as xlsx alone, which is not read again; write csv as well" in ended.stderr


def test_whoever_moved_or_is_gone_has_a_sheet(place: Place) -> None:
    both = (*XLSX, "--format", "csv")
    assert place.score(LEADS, CONFIG, *both).code == 0
    later = LEADS.replace("007,Ann,9", "007,Ann,1").replace("4,Ed,x\n", "")
    assert place.score(later, CONFIG, *both, "--previous", place.out).code == 0
    sheets = book(place)
    assert list(sheets)[-2:] == ["moved", "gone"]
    assert sheets["moved"][1][:3] == ["down", "summary", "Hot: [A]"]
    assert sheets["gone"][1:] == [["4", "summary", 0]]


def test_headers_and_names_are_texts_as_well(place: Place) -> None:
    odd, long = "<r><f>1</f></r>", "x" * (MAX_LETTERS + 1)
    config = CONFIG.replace("=sheets", odd)
    assert place.score(f"lead_id,{odd},visits,{long}\n1,A,1,B\n", config, *XLSX).code == 0
    sheets = book(place)
    assert sheets[SUMMARY][0][0] == odd
    assert sheets["summary (2)"][0][6:] == ["lead_id", odd, "visits", "x" * MAX_LETTERS]


@pytest.mark.parametrize("part", ["moved", "gone"])
def test_no_list_is_longer_than_a_sheet(place: Place, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    assert place.score(LEADS, CONFIG).code == 0
    before = place.files()
    few = "lead_id,name,visits\n007,Ann,1\n90071992547409930001,Bob,10\n"
    later = few if part == "gone" else few + "12,Cy,1\n3,Di,101\n4,Ed,x\n5,Flo,1\n"
    monkeypatch.setattr(sheet_names, "MAX_LEADS", 2 if part == "gone" else 3)
    monkeypatch.setattr(run_module, "refuse_long_sheets", lambda *_: None)
    ended = place.score(later, CONFIG, *XLSX, "--previous", place.out)
    assert (ended.code, f"leads are in {part}," in ended.stderr) == (4, True), ended.stderr
    assert place.files() == before


def test_a_tier_without_leads_has_a_header(place: Place) -> None:
    assert place.score("lead_id,name,visits\n1,A,1\n", CONFIG, *XLSX).code == 0
    assert [len(rows) for rows in book(place).values()][1:] == [1, 2, 1]


def test_without_the_extra_nothing_is_read(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "xlsxwriter", None)
    ended = place.score(LEADS, CONFIG, *XLSX)
    said = "--format xlsx: needs the extra xlsx; pip install 'leadscore[xlsx]'\n"
    assert (ended.code, ended.stderr) == (2, said)


@given(st.lists(st.text(max_size=45), max_size=12))
def test_every_sheet_has_a_name_of_its_own_that_spreadsheets_take(names: list[str]) -> None:
    made = name_sheets(names)
    folded = [name.casefold() for name in made]
    assert len(set(folded)) == len(names)
    assert not {SUMMARY.casefold(), "history"} & set(folded)
    for name in made:
        assert 0 < len(name.encode("utf-16-le")) // 2 <= 31
        assert not re.search(r"[\[\]:*?/\\]", name)
        assert not name.startswith("'")
        assert not name.endswith("'")


@pytest.mark.parametrize(
    ("text", "cell"),
    [("12", 12), ("-3.5", -3.5), ("0", 0), ("007", "007"), ("1e5", "1e5"), ("1,5", "1,5"), ("", ""),
     ("123456789012345", 123456789012345), ("1234567890123456", "1234567890123456"), (None, None)],
)  # fmt: skip
def test_a_cell_is_a_number_where_it_plainly_is_one(text: str | None, cell: object) -> None:
    column = pa.chunked_array([pa.array([text], pa.large_string())])
    assert list(SheetCells(["n"]).own("n", column)) == [cell]
    assert list(SheetCells().own("n", column)) == [text]


def test_points_that_are_missing_are_empty_cells() -> None:
    values = pd.Series(pd.array([150, None], "Int64"))
    assert list(SheetCells().added("g", values)) == [1.5, None]
    assert list(SheetCells().added("rank", pd.Series(np.array([1, 2], np.int32)))) == [1, 2]
