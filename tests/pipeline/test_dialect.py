"""test_dialect: every way to write a table is read exactly, or refused; what is no lead is told apart."""

from __future__ import annotations

import csv
import io
import itertools
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.errors import ConfigError, InputError
from leadscore.model.input import Input
from leadscore.model.load import load_content
from leadscore.pipeline import encoding as encodings, source
from leadscore.pipeline.encoding import to_utf8
from leadscore.pipeline.read import open_export
from leadscore.pipeline.source import open_source
from tests.conftest import ROOT
from tests.running import DAY, run

CRM = ROOT / "sample_data" / "crm"
HEADER = ["lead_id", "name", "visits"]
GOOD = "lead_id,name,visits\n1,Ann,60\n2,Bob,5\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("dialect")


def opened(folder: Path, content: str | bytes, declared: Any = None, wanted: Any = HEADER, **how: Any) -> Any:
    path = folder / "leads.csv"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return open_export(path, wanted, declared=Input.model_validate(declared or {}), **how)


def rows_of(export: Any) -> list[list[str]]:
    return [row for batch in export.batches(export.columns) for row in batch.leads.to_numpy().tolist()]


def lines_of(export: Any) -> list[int]:
    return [line for batch in export.batches(export.columns[:1]) for line in batch.lines.tolist()]


def aside(export: Any) -> list[tuple[int, str]]:
    rows_of(export)
    return [(each.line, each.reason) for each in export.set_aside]


def refusal(folder: Path, content: str | bytes, declared: Any = None, wanted: Any = HEADER) -> str:
    with pytest.raises(InputError) as caught:
        rows_of(opened(folder, content, declared, wanted))
    assert "CANARY" not in str(caught.value)
    return str(caught.value).removeprefix(str(folder / "leads.csv"))


# --- encodings, separators, line ends, quotings --------------------------------------------------------

LETTERS = {  # what stands in the file, what the config says, some text of those who write it
    "utf-8": ("", "Zoë 北京 مدیر 😀"),
    "utf-8-sig": ("", "Zoë 北京 مدیر 😀"),
    "utf-16": ("", "Zoë 北京 مدیر 😀"),
    "utf-32": ("utf-32", "Zoë 北京 مدیر 😀"),
    "utf-16-be": ("utf-16-be", "Zoë 北京 مدیر 😀"),
    "cp1250": ("windows-1250", "Žluťoučký kůň"),
    "cp1251": ("cp1251", "Начальник отдела"),
    "cp1252": ("cp1252", "Müller €5 – „Große“"),
    "cp1256": ("cp1256", "مدير عام"),
    "iso-8859-2": ("iso-8859-2", "Řeřicha Łódź"),
    "latin-1": ("latin-1", "José Ñandú"),
    "gbk": ("gbk", "北京经理"),
}
SEPARATORS = [",", ";", "\t", "|", ", "]
LINE_ENDS = {"LF": "\n", "CRLF": "\r\n", "CR": "\r", "mixed": "\n\r"}
QUOTINGS = ["none", "where needed", "all"]


def table(letters: str, separator: str, quoting: str) -> list[list[str]]:
    """Ids with zeros, empty cells, words with a meaning elsewhere; hard cells where quotes can hold them."""
    hard = ["", "", ""] if quoting == "none" else [f"a{separator}b", f'"{letters}"', "two\nlines"]
    rows = [["007", letters, hard[0]], ["12E5", "NA", hard[1]], ["3", letters * 3, hard[2]], ["4", "", "x"]]
    return [[*HEADER, f"note {letters}"], *([*row[:1], row[1], str(i), row[2]] for i, row in enumerate(rows))]


def as_text(rows: Sequence[Sequence[str]], separator: str, end: str, quoting: str) -> str:
    ends = itertools.cycle(["\n", "\r\n"] if end == "\n\r" else [end])
    lines = []
    for row in rows:
        cells = [cell.replace("\n", "\r") if end == "\r" else cell for cell in row]
        must = [
            quoting == "all" or any(letter in cell for letter in f'"\r\n{separator[0]}') for cell in cells
        ]
        quoted = [
            '"' + cell.replace('"', '""') + '"' if now else cell
            for cell, now in zip(cells, must, strict=True)
        ]
        lines.append(separator.join(quoted) + next(ends))
    return "".join(lines)


@pytest.mark.parametrize("name", LETTERS)
def test_every_dialect_in_every_encoding_is_read_to_the_letter(folder: Path, name: str) -> None:
    declared, letters = LETTERS[name]
    for separator, end, quoting in itertools.product(SEPARATORS, LINE_ENDS.values(), QUOTINGS):
        rows = table(letters, separator, quoting)
        text = as_text(rows, separator, end, quoting)
        export = opened(folder, text.encode(name), {"encoding": declared} if declared else {})
        expected = [[cell.replace("\n", "\r") if end == "\r" else cell for cell in row] for row in rows]
        case = (name, separator, end, quoting)
        assert (case, list(export.columns), rows_of(export)) == (case, expected[0], expected[1:])
        assert (export.set_aside, export.notes) == ([], [])
        assert export.dialect.delimiter == separator[0]
        assert export.dialect.quote_all == (quoting == "all")
        assert export.dialect.spaced == (separator == ", ")
        assert export.dialect.bom == (name in ("utf-8-sig", "utf-16", "utf-32"))
        assert rewritten(export) == expected


def rewritten(export: Any) -> list[list[str]]:
    """The header and all lines as they go into the ranked file, read by another reader."""
    lines = export.take_lines(np.arange(len(lines_of(export))))[0].to_pylist()
    octets = export.header + export.dialect.line_end.encode() + b"".join(lines)
    text = io.StringIO(octets.decode("utf-8"), newline="")
    return list(csv.reader(text, delimiter=export.dialect.delimiter, strict=True))


@pytest.mark.parametrize(
    ("name", "said"),
    [("utf-16", "utf-16-le"), ("utf-32", "utf-32-le"), ("utf-8-sig", "utf-8"), ("utf-8", "utf-8")],
)
def test_a_byte_order_mark_says_the_encoding_and_the_digest_is_that_of_the_file(
    folder: Path, name: str, said: str
) -> None:
    export = opened(folder, GOOD.encode(name), {"encoding": name.removesuffix("-sig")})
    assert (export.dialect.encoding, export.size) == (said, len(GOOD.encode(name)))
    plain = opened(folder, GOOD.encode("utf-8"))
    rows, digest = rows_of(plain), plain.digest
    coded = opened(folder, GOOD.encode(name))
    assert rows_of(coded) == rows
    assert (coded.digest == digest) is (name == "utf-8")


def test_an_encoding_and_a_byte_order_mark_must_not_contradict_each_other(folder: Path) -> None:
    hint = "remove input.encoding from the config"
    for name, mark in {"utf-8-sig": "UTF-8", "utf-16": "UTF-16-LE", "utf-32": "UTF-32-LE"}.items():
        told = refusal(folder, GOOD.encode(name), {"encoding": "cp1252"})
        assert told == f": begins with the byte order mark of {mark}, the config says cp1252; {hint}"
    told = refusal(folder, GOOD.encode("utf-16-le"), {"encoding": "utf-16"})
    assert told.startswith(
        ": no byte order mark, so utf-16 may be two things; set input.encoding to utf-16-le"
    )
    told = refusal(folder, GOOD.encode("utf-16-le"))
    assert told.startswith(":1: a NUL byte: not CSV or Parquet; if it is UTF-16 without a byte order mark")


def test_a_declared_encoding_is_doubted_where_the_file_is_utf_8(folder: Path) -> None:
    text = "lead_id,name,visits\n1,CANARYé,2\n"
    export = opened(folder, text.encode(), {"encoding": "cp1252"})
    assert export.notes == ["read as cp1252, as the config says; it could be read as UTF-8 as well"]
    told = refusal(folder, (text + "2,éü,3\n" * 10).encode(), {"encoding": "cp1252"})
    assert told == ": the config says cp1252, but the file is UTF-8; remove input.encoding from the config"
    assert opened(folder, GOOD, {"encoding": "cp1252"}).notes == []


@pytest.mark.parametrize("name", ["utf-8", "cp1252", "iso-8859-3", "gbk", "cp932", "utf-16-le", "utf-32-be"])
@settings(max_examples=150, deadline=None)
@given(
    text=st.text(st.characters(exclude_categories=["Cs"])), more=st.binary(max_size=3), step=st.integers(4, 9)
)
def test_bytes_are_what_the_encoding_says_or_refused_with_their_place(
    folder: Path, name: str, text: str, more: bytes, step: int
) -> None:
    content = ("a\n" + text).encode(name, "ignore") + more
    path = folder / "any"
    path.write_bytes(content)
    with mock.patch.object(encodings, "STEP", step), mock.patch.object(source, "STEP", step):
        whole, in_windows = (decoded(octets, path, name) for octets in (content, open_source(path)))
    fault = place_of_fault(content, name)
    assert whole == in_windows
    assert whole.startswith(f"{path}{fault}") if fault else whole == content.decode(name)


def decoded(octets: Any, path: Path, name: str) -> str:
    try:
        found = to_utf8(octets, path, name)
    except InputError as error:
        return str(error)
    return bytes(found[:]).decode("utf-8")


def place_of_fault(content: bytes, name: str) -> str:
    """What must be said of bytes that no strict decoder takes, or that hold a NUL; nothing of others."""
    try:
        text = content.decode("latin-1" if name == "utf-8" and 0 in content else name)
    except UnicodeDecodeError as error:
        sound = content[: error.start].decode(name)
        line, byte = sound.count("\n") + 1, len(sound.rpartition("\n")[2].encode(name)) + 1
        return f":{line}: not {'UTF-8' if name == 'utf-8' else name} at line {line} byte {byte}"
    before, nul, _ = text.partition("\0")
    line = before.count("\n") + 1
    return f":{line}: a NUL byte" if nul else ""


def test_a_log_in_another_encoding_is_read_in_windows(folder: Path) -> None:
    text = "lead_id,name,visits\n" + "1,Žluť,2\n" * 3_000
    with mock.patch.object(encodings, "STEP", 1_000):
        export = opened(folder, text.encode("cp1250"), {"encoding": "cp1250"}, once=True)
    assert rows_of(export) == [["1", "Žluť", "2"]] * 3_000


# --- the header ----------------------------------------------------------------------------------------

PREAMBLES = [
    "Report;x\n\n", "# ----\n# Leads\n#\n\n", "Leads,2026\nowner,me\n", '"a report, of leads"\n', "sep=,\n",
    "Leads,,\nall of them,,\n,,\n", 'a stray " quote\n', "x\n" * 18, "name\n", "Visits and name,\n",
]  # fmt: skip


@pytest.mark.parametrize("preamble", PREAMBLES, ids=repr)
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_lines_before_the_header_are_left_out_with_a_note(folder: Path, preamble: str, end: str) -> None:
    export = opened(folder, (preamble + GOOD).replace("\n", end))
    line = preamble.count("\n") + 1
    assert export.columns == tuple(HEADER)
    assert export.dialect.header_line == line
    assert rows_of(export) == [["1", "Ann", "60"], ["2", "Bob", "5"]]
    assert lines_of(export) == [line + 1, line + 2]
    many = "1 line before it was" if line == 2 else f"{line - 1} lines before it were"
    assert (export.notes, export.set_aside) == ([f"header at line {line}; {many} left out"], [])


def test_blank_lines_before_the_header_are_no_note(folder: Path) -> None:
    export = opened(folder, "\n\n" + GOOD)
    assert (export.dialect.header_line, export.notes) == (3, [])


@pytest.mark.parametrize(
    "content",
    [
        "1,Ann,60\n2,Bob,5\n" + GOOD,  # leads without a header, and a file with one behind them
        "1,Ann,60\n2,Bob,5\n",
        "1,60\nlead_id,visits\n2,5\n",
        "x\n" * 20 + GOOD,  # too far down
        "x" * (1 << 16) + "\n" + GOOD,
        "report\nlead_id\n1\n",  # a single column may be any word
    ],
    ids=lambda content: content[:12],
)
def test_without_a_sure_header_the_first_line_is_taken(folder: Path, content: str) -> None:
    export = opened(folder, content)
    assert (export.dialect.header_line, export.notes) == (1, [])
    assert export.columns == tuple(next(csv.reader([content.split("\n")[0]])))


def test_a_header_is_recognised_whatever_its_case_and_the_space_around(folder: Path) -> None:
    export = opened(
        folder, "Leads;of;May\nLEAD_ID ;Name; Visits\n1;Ann;60\n".replace("Leads;of;May", "Leads")
    )
    assert export.columns == ("LEAD_ID ", "Name", " Visits")


def test_after_the_header_a_line_with_a_hash_is_a_lead(folder: Path) -> None:
    assert rows_of(opened(folder, GOOD + "#3,Cy,1\n"))[2] == ["#3", "Cy", "1"]
    assert rows_of(opened(folder, "# all leads\n" + GOOD + "\n#3,Cy,1\n"))[2] == ["#3", "Cy", "1"]


def test_without_wanted_columns_only_comments_are_skipped(folder: Path) -> None:
    export = opened(folder, "# ---\n# Leads\n\nA,B\n1,2\n", wanted=[])
    assert (export.columns, export.dialect.header_line) == (("A", "B"), 4)
    assert opened(folder, "#,B\n1,2\n", wanted=[]).columns == ("#", "B")
    export = opened(folder, "sep=;\nA,x;B\n1;2\n", wanted=[])
    assert (export.columns, export.dialect.header_line) == (("A,x", "B"), 2)


def test_the_config_may_say_header_line_and_delimiter(folder: Path) -> None:
    text = "lead_id,name,visits\nA~B,C\n1~2,3\n"
    export = opened(folder, text, {"header_line": "2", "delimiter": "~"})
    assert (export.columns, rows_of(export)) == (("A", "B,C"), [["1", "2,3"]])
    assert export.notes == ["header at line 2; 1 line before it was left out"]
    assert opened(folder, "a,b\tc\n", {"delimiter": "tab"}).columns == ("a,b", "c")
    hint = "correct input.header_line in the config"
    told = refusal(folder, text, {"header_line": "4"})
    assert told == f":3: the file ends at line 3, the config says the header is in line 4; {hint}"
    told = refusal(folder, "a\n\nb\n", {"header_line": "2"})
    assert told == f":2: this line is blank, the config says it is the header; {hint}"


def test_a_space_after_each_separator_belongs_to_no_cell(folder: Path) -> None:
    export = opened(
        folder, '"lead_id", name, "a, b"\n1, "x, ""y""", "p\nq"\n2,z, w\n3,  "v", u\n4, "v"x, u\n'
    )
    assert export.columns == ("lead_id", "name", "a, b")
    assert rows_of(export) == [["1", 'x, "y"', "p\nq"], ["2", "z", "w"]]
    assert aside(export) == [(5, "quote inside an unquoted field"), (6, "text after a closing quote")]
    assert export.set_aside[1].text == b'4, "v"x, u'
    lines = export.take_lines(np.array([1, 0]))[0].to_pylist()
    assert (export.header, lines) == (b'"lead_id",name,"a, b"', [b"2,z,w\n", b'1,"x, ""y""","p\nq"\n'])


def test_a_space_after_some_separators_belongs_to_the_cell(folder: Path) -> None:
    export = opened(folder, "lead_id, name,visits\n1, Ann,60\n")
    assert (export.columns, rows_of(export)) == (("lead_id", " name", "visits"), [["1", " Ann", "60"]])


# --- what ends the leads -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "again", ["lead_id,name,visits", '"lead_id","name","visits"', "\ufefflead_id,name,visits"]
)
@pytest.mark.parametrize("size", [8, 1 << 20])
def test_a_header_that_comes_again_is_set_aside(folder: Path, again: str, size: int) -> None:
    export = opened(folder, f"{GOOD}{again}\n3,Cy,7\n\n{again}\n4,Di,8\n", batch_bytes=size)
    assert [row[0] for row in rows_of(export)] == ["1", "2", "3", "4"]
    assert lines_of(export) == [2, 3, 5, 8]
    assert aside(export) == [(4, "the header again"), (7, "the header again")]
    assert export.take_lines(np.array([3, 2]))[0].to_pylist() == [b"4,Di,8\n", b"3,Cy,7\n"]


FOOTER = '\n\nLeads by owner\n"Copyright (c) 2000-2026, Example Inc."\n\nConfidential\n'


@pytest.mark.parametrize("size", [8, 1 << 20])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_a_footer_is_left_out_with_a_note(folder: Path, size: int, end: str) -> None:
    export = opened(folder, (GOOD + FOOTER).replace("\n", end), batch_bytes=size)
    for _ in range(2):
        assert (rows_of(export), aside(export)) == ([["1", "Ann", "60"], ["2", "Bob", "5"]], [])
        assert export.notes == ["lines 6 to 9 are a footer and were left out"]


@pytest.mark.parametrize(
    ("rest", "lines"),
    [
        ("\n3\n", [5]),  # a single line may be a lead that was cut off
        ("Leads by owner\nConfidential\n", [4, 5]),  # no blank line before it
        ("\nLeads by owner\nConfidential\n3,Cy,7\n", [5, 6]),  # a lead after it
        ("\n3,Cy\n4,Di\n", [5, 6]),  # leads with a cell too few
        ('\nLeads "by" owner\nConfidential\n', [5]),
        ("\n" + "x\n" * 31, list(range(5, 36))),
    ],
    ids=repr,
)
def test_what_is_not_surely_a_footer_is_set_aside(folder: Path, rest: str, lines: list[int]) -> None:
    export = opened(folder, GOOD + rest)
    assert [line for line, _ in aside(export)][: len(lines)] == lines
    assert [row[0] for row in rows_of(export)][:2] == ["1", "2"]
    assert len(rows_of(export)) + len(export.set_aside) == 2 + sum(map(bool, rest.split("\n")))
    assert export.notes == []


SECOND = [
    "country,users,bounces\nIR,5,1\nVN,6,2\n",  # as many columns
    "country,visits\nIR,5\nVN,6\n",  # fewer
    "country,region,users,bounces\nIR,x,5,1\nVN,y,6,1\n",  # more
    "By country\ncountry,visits\nIR,5\n",  # a title above it
    "name,visits\n",  # without a row
    "visits,name,lead_id\n60,Ann,1\n",  # the same columns in another order
]


@pytest.mark.parametrize("second", SECOND, ids=repr)
@pytest.mark.parametrize("size", [8, 1 << 20])
@pytest.mark.parametrize("once", [False, True])
def test_from_a_second_table_on_everything_is_set_aside(
    folder: Path, second: str, size: int, once: bool
) -> None:
    content = f"{GOOD}\n{second}\n3,Cy,7\n"
    export = opened(folder, content, batch_bytes=size, once=once)
    assert rows_of(export) == [["1", "Ann", "60"], ["2", "Bob", "5"]]
    count = second.count("\n")
    lines = [*range(5, 5 + count), 6 + count]
    assert aside(export) == [(line, "a second table begins at line 5") for line in lines]
    assert export.damaged == count + 1
    assert [each.text.decode() for each in export.set_aside] == [*second.split("\n")[:-1], "3,Cy,7"]


@pytest.mark.parametrize(
    "rest", ["3,Cy,7\n", "3,Cy,\n", "x,Cy,Di\n", "x,name,4\n", "x,Cy,\ny,Di,4\n"], ids=repr
)
def test_leads_after_a_blank_line_are_leads(folder: Path, rest: str) -> None:
    export = opened(folder, f"{GOOD}\n{rest}\n\n{rest}")
    assert (len(rows_of(export)), aside(export)) == (2 + 2 * rest.count("\n"), [])


def test_a_file_with_a_blank_line_after_every_lead_is_read_whole(folder: Path) -> None:
    rows = [f"{i},name,{i}" for i in range(3_000)]
    export = opened(folder, "lead_id,what,visits\n\n" + "\n\n".join(rows))
    assert (len(rows_of(export)), export.set_aside) == (3_000, [])
    rows = ["a,visits,lead_id" if i % 2 else f"{i},name" for i in range(3_000)]
    export = opened(folder, "lead_id,what,visits\n1,2,3\n\n" + "\n\n".join(rows[:1] * 3_000))
    assert len(aside(export)) == 3_000
    assert export.notes == ["more than 1,000 odd blank lines: a second table after them would not be seen"]


def test_an_export_of_google_analytics_is_one_table_and_the_rest_is_told(folder: Path) -> None:
    text = (
        "# ---\n# Free form-Free form 1\n# 20260723-20260922\n# ---\n\nSession source,Sessions,Revenue\n"
        ",12,9.5,Grand total\ngoogle,8,4.5\n(not set),4,5\n\nCountry,Sessions\nIR,7\nVN,5\n"
    )
    export = opened(folder, text, wanted=["Session source", "Sessions", "name"])
    assert rows_of(export) == [["google", "8", "4.5"], ["(not set)", "4", "5"]]
    second = "a second table begins at line 11"
    assert aside(export) == [(7, "a row of totals"), (11, second), (12, second), (13, second)]
    assert export.notes == ["header at line 6; 5 lines before it were left out"]


@pytest.mark.parametrize(
    ("name", "wanted", "header", "leads", "notes"),
    [
        ("google_analytics.csv", ["Session campaign", "Sessions"], 11, 6, 1),
        ("salesforce_report.csv", ["Lead ID", "Lead Source"], 1, 36, 1),
    ],
)
def test_the_samples_with_a_preamble_and_a_footer_are_read(
    name: str, wanted: list[str], header: int, leads: int, notes: int
) -> None:
    export = open_export(CRM / name, wanted)
    found = rows_of(export)
    assert (export.dialect.header_line, len(found), len(export.notes)) == (header, leads, notes)


# --- in a run ------------------------------------------------------------------------------------------

CONFIG = """
name: dialects
id: lead_id
{more}
groups:
  fit:
    rules:
      - {{name: visits, kind: count, field: visits, each: 1}}
      - {{name: head, kind: table, field: name, cases: [{{is: Začátečník, points: 7}}]}}
tiers: [{{name: hot, min_score: 50}}, {{name: cold}}]
"""


def score(folder: Path, content: bytes, more: str = "") -> tuple[Any, Path]:
    (folder / "in.csv").write_bytes(content)
    (folder / "model.yml").write_text(CONFIG.format(more=more), encoding="utf-8")
    out = folder / "out"
    return run("score", folder / "in.csv", "-c", folder / "model.yml", "-o", out, "--as-of", DAY), out


def test_a_run_on_another_encoding_writes_utf_8_and_says_what_it_read(tmp_path: Path) -> None:
    text = "Report of all leads\n\nlead_id;name;visits\n1;Ann;60\n2;Začátečník;5\n"
    ended, out = score(tmp_path, text.encode("cp1250"), "input: {encoding: cp1250}")
    assert ended.code == 0, ended.said
    assert "header at line 3; 2 lines before it were left out" in ended.stderr
    ranked = (out / "ranked.csv").read_text(encoding="utf-8").splitlines()
    assert [line.split(";")[-3:] for line in ranked] == [["lead_id", "name", "visits"], ["1", "Ann", "60"],
                                                        ["2", "Začátečník", "5"]]  # fmt: skip
    dialect = json.loads((out / "manifest.json").read_text())["inputs"][0]["dialect"]
    assert (dialect["encoding"], dialect["header_line"], dialect["delimiter"]) == ("cp1250", 3, ";")


def test_a_run_says_what_it_left_out_of_an_activity_log(tmp_path: Path) -> None:
    log = tmp_path / "log.csv"
    log.write_bytes("Report\nlead_id,event,time\n1,Žádost,2026-06-01\n1,x,2026-06-02\n".encode("cp1250"))
    more = """events: {encoding: cp1250}"""
    rule = "- {name: asked, kind: count, event: Žádost, each: 3}\n      - {name: visits"
    (tmp_path / "in.csv").write_text(GOOD)
    config = CONFIG.format(more=more).replace("- {name: visits", rule)
    (tmp_path / "model.yml").write_text(config, encoding="utf-8")
    out = tmp_path / "out"
    ended = run(
        "score", tmp_path / "in.csv", "-c", tmp_path / "model.yml", "-o", out, "--as-of", DAY, "--events", log
    )
    assert ended.code == 0, ended.said
    assert "log.csv: header at line 2; 1 line before it was left out" in ended.stderr
    ranked = (out / "ranked.csv").read_text().splitlines()
    assert "asked +3" in ranked[1]


def test_a_run_refuses_bytes_that_are_not_in_the_declared_encoding(tmp_path: Path) -> None:
    ended, out = score(tmp_path, b"lead_id,name,visits\n1,CANARY\x81,2\n", "input: {encoding: cp1252}")
    assert ended.code == 4
    assert "in.csv:2: not cp1252 at line 2 byte 9; set input.encoding in the config" in ended.stderr
    assert "CANARY" not in ended.said
    assert not out.exists()
    ended, _ = score(tmp_path, b"lead_id,name,visits\n1,CANARY\x81,2\n")
    assert (ended.code, "not UTF-8 at line 2 byte 9; save the export" in ended.stderr) == (4, True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("encoding: cp9999", "is not an encoding that is read; write for example cp1252"),
        ("encoding: rot13", "is not an encoding that is read"),
        ("encoding: utf-7", "is not an encoding that is read"),
        ("encoding: [cp1252]", "is not an encoding that is read"),
        ("header_line: 0", "is counted from 1, as an editor shows it"),
        ("header_line: first", "is not a whole number"),
        ("delimiter: x", "must be one of , ; tab | : ~ ^; write for example ';'"),
        ("delimiter: ''", "must be one of"),
        ("encodng: cp1252", "did you mean encoding?"),
    ],
)
def test_what_an_input_may_not_say(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as caught:
        load_content("model.yml", CONFIG.format(more=f"input: {{{text}}}").encode())
    assert said in str(caught.value)
    assert "model.yml:4:" in str(caught.value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("Windows-1252", "cp1252"),
        ("latin1", "iso-8859-1"),
        ("UTF8", "utf-8"),
        ("KOI8_R", "koi8-r"),
        ("gb2312", ""),
    ],
)
def test_an_encoding_has_many_names(written: str, read: str) -> None:
    if read:
        assert Input.model_validate({"encoding": written}).encoding == read
    else:
        with pytest.raises(ValueError, match="is not an encoding that is read"):
            Input.model_validate({"encoding": written})


# --- corners other readers are known to cut ------------------------------------------------------------


def corners() -> Iterator[tuple[str, list[list[str]]]]:
    yield 'a,b\n1,"x, y"\n', [["1", "x, y"]]
    yield 'a,b\n1,""\n"",2\n', [["1", ""], ["", "2"]]
    yield 'a,b\r\n"",""\r\n', [["", ""]]
    yield 'a,b\n1,"ha ""ha"" ha"\n3,4\n', [["1", 'ha "ha" ha'], ["3", "4"]]
    yield 'a,b\n1,"{""type"": ""Point"", ""at"": [1.5, 2]}"\n', [["1", '{"type": "Point", "at": [1.5, 2]}']]
    yield 'a,b\n1,"Once upon \na time"\n4,5\n', [["1", "Once upon \na time"], ["4", "5"]]
    yield 'a,b\r\n1,"x\r\ny"\r\n4,5\r\n', [["1", "x\r\ny"], ["4", "5"]]
    yield 'a,b\n1,"ha \n""ha"" \nha"\n', [["1", 'ha \n"ha" \nha']]
    yield "a,b\n1,ʤ\n\ufeff2,😀\n", [["1", "ʤ"], ["\ufeff2", "😀"]]
    yield 'a,b\n"1","2"', [["1", "2"]]
    yield 'a,b\n1,"""\n"""\n', [["1", '"\n"']]
    yield "a,b\n ,\t\n", [[" ", "\t"]]


@pytest.mark.parametrize(("text", "rows"), list(corners()), ids=repr)
def test_a_corner_of_csv_is_read_as_it_is_meant(folder: Path, text: str, rows: list[list[str]]) -> None:
    export = opened(folder, text, wanted=["a", "b"])
    assert (rows_of(export), export.set_aside) == (rows, [])
