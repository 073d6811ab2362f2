"""test_inspect: what the command shows of an export, and what it never shows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from tests.running import SAMPLE, Place, run, run_alone

HUBSPOT = ROOT / "sample_data" / "crm" / "hubspot.csv"
ROWS = [
    "007,Ann,Hot,01/02/2026,1.5",
    "7,Ann,Hot,03/04/2026,N/A",
    "8,Bob,Cold,05/06/2026,2",
    "8,Bob,Cold,05/06/2026,2",
    "9,Bob",
]
LEADS = "lead_id,first_name,heat,seen,size\n" + "\n".join(ROWS * 5)[: -len("\n9,Bob")] + "\n"
DOUBT = '20 cells can be read as "%d/%m/%Y" (day first) or "%m/%d/%Y" (month first), and none decides'
# Every value stands so often that it would pass for a category.
CANARY = "canary"
PERSONAL = (
    "first_name", "Last Name", "Nombre completo name", "Email", "Phone", "Mobile Phone", "Lead Owner",
    "notes", "Contact person", "Street", "Company", "نام", "Zip", "Created By", "record id", "Salesperson",
)  # fmt: skip


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_people_get_the_whole_picture_on_stdout(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    path = place.write("leads.csv", LEADS)
    ended = run("inspect", path)
    assert (ended.code, ended.stderr) == (0, "")
    assert [line.rstrip() for line in ended.stdout.splitlines()] == [
        f"{path}: 20 leads, 5 columns",
        "CSV: comma, LF, UTF-8",
        "preset: none knows these headers",
        "",
        "Column        Type  Filled  Empty  Distinct  Not read",
        "─────────────────────────────────────────────────────",
        "lead_id       text      20      0         3",
        "first_name    text      20      0         2",
        "heat          text      20      0         2",
        "seen          date      20      0         3",
        "size        number      20      0         3",
        "",
        "heat: Cold (10), Hot (10)",
        "size: 2 (10), 1.5 (5), N/A (5)",
        f"seen: {DOUBT}",
        "size: 5 cells taken for empty: N/A",
        "always filled and never twice: no column",
        "id: lead_id (it is called as ids are)",
        "ids: 3 more than once: lines 2, 7, 12, 17, 22; lines 3, 8, 13, 18, 23; "
        "lines 4, 5, 9, 10, 14 and 5 more",
        "ids: 2 nearly the same as another: lines 2, 3 (by leading zeros)",
        "4 lines cannot be read, 2 fields, the header has 5: lines 6, 11, 16, 21",
        "",
        "what a config would say:",
        "id: lead_id",
        "fields:",
        f"  # seen: {DOUBT}",
        "  seen: {type: date}",
        "  size: {type: number, null: ['N/A']}",
    ]


@pytest.mark.parametrize("width", ["80", "140"])
def test_no_figure_is_cut_off_and_no_colour_gets_into_a_pipe(width: str) -> None:
    ended = run_alone("inspect", HUBSPOT, COLUMNS=width)
    assert ended.code == 0
    assert "\x1b" not in ended.stdout
    assert "…" not in ended.stdout
    table = ended.stdout.split("───\n")[1].split("\n\n")[0]
    assert max(map(len, table.splitlines())) <= int(width)
    assert "preset: hubspot" in ended.stdout.splitlines()[-20:]


def test_machines_get_the_same(place: Place) -> None:
    found = json.loads(run("inspect", place.write("leads.csv", LEADS), "--json").stdout)
    assert (found["leads"], found["presets"], found["candidates"], found["damaged"]) == (20, [], [], 4)
    assert found["dialect"]["delimiter"] == ","
    heat, seen = found["columns"][2], found["columns"][3]
    assert (heat["name"], heat["distinct"], heat["values"]) == ("heat", 2, {"Cold": 10, "Hot": 10})
    (order,) = seen["reading"]["orders"]
    assert (order["either"], order["ambiguous"]) == (20, True)
    assert found["ids"]["near_duplicates"] == [{"lines": [2, 3], "differences": ["leading zeros"]}]
    assert found["damage"] == [{"reason": "2 fields, the header has 5", "count": 4, "lines": [6, 11, 16, 21]}]
    assert found["config"].splitlines()[0] == "id: lead_id"


def test_no_values_shows_none(place: Place) -> None:
    path = place.write("leads.csv", LEADS)
    for options in ([], ["--json"]):
        assert "Cold" in run("inspect", path, *options).stdout
        assert "Cold" not in run("inspect", path, "--no-values", *options).stdout


@pytest.mark.parametrize("options", [[], ["--json"], ["--id", "Email"]])
def test_what_tells_who_somebody_is_is_never_shown(place: Place, options: list[str]) -> None:
    header = ",".join([*PERSONAL, "other"])
    rows = [",".join(f"{CANARY} {n % 2} {column}" for column in range(len(PERSONAL))) for n in range(60)]
    rows = [f"{row},{CANARY}{n % 2}@mail.example" for n, row in enumerate(rows)]
    ended = run("inspect", place.write("leads.csv", "\n".join([header, *rows]) + "\n"), *options)
    assert ended.code == 0
    assert CANARY not in ended.said


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_few_leads_are_no_categories(place: Place, options: list[str]) -> None:
    text = f"id,what\n1,{CANARY}\n2,{CANARY}\n3,x\n4,{CANARY}\n"
    assert CANARY not in run("inspect", place.write("leads.csv", text), *options).said


@pytest.mark.parametrize("options", [[], ["--json"]])
@pytest.mark.parametrize("path", [SAMPLE, HUBSPOT], ids=["leads", "hubspot"])
def test_no_name_and_no_address_of_the_samples_is_shown(path: Path, options: list[str]) -> None:
    said = run("inspect", path, *options).said
    assert not [word for word in ("@", '.example"', "Harrowgate", "Pellworth", "Team North") if word in said]


def test_a_missing_file_and_one_that_is_none_are_refused(place: Place) -> None:
    ended = run("inspect", place.folder / "none.csv")
    assert (ended.code, ended.stdout) == (4, "")
    assert ended.stderr.endswith("cannot be read: No such file or directory\n")
    assert run("inspect", place.write("empty.csv", "")).code == 4


def test_a_column_that_is_not_there_is_refused_with_the_nearest(place: Place) -> None:
    ended = run("inspect", place.write("leads.csv", LEADS), "--id", "lead id")
    assert (ended.code, ended.stdout) == (2, "")
    assert ended.stderr == "--id: the export has no column of that name; did you mean 'lead_id'?\n"


def test_parquet_and_gzip_are_read_as_well(place: Place) -> None:
    table = pa.table({"id": ["1", "2"], "visits": [3, None], "won": [True, False]})
    pq.write_table(table, place.folder / "leads.parquet")
    found = run("inspect", place.folder / "leads.parquet").stdout
    assert found.splitlines()[1] == "Parquet"
    assert found.endswith("id: id\nfields:\n  visits: {type: number}\n  won: {type: boolean}\n")
    packed = run("inspect", place.write("leads.csv.gz", gzip.compress(LEADS.encode(), mtime=0))).stdout
    assert packed.splitlines()[1] == "CSV: comma, LF, UTF-8, gzip"


def test_what_a_header_holds_does_not_reach_the_terminal(place: Place) -> None:
    ended = run("inspect", place.write("leads.csv", "id,\x1b[31mred\u202e,[bold]\n1,2,3\n"))
    assert ended.code == 0
    assert "\x1b" not in ended.stdout
    assert "\u202e" not in ended.stdout
    assert "[bold]" in ended.stdout
