"""test_bad_inputs: hundreds of bad exports, each with the exit code and the place that must be named."""

from __future__ import annotations

import gzip
import io
import os
import pickle
import random
import resource
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.feather
import pyarrow.parquet as pq
import pytest

from tests.conftest import ROOT
from tests.running import Ended, Place, files_in, match, model_of

NAMES = "lead_id name visits revenue seen asked note".split()
HEADER = ",".join(NAMES)
LEADS = [
    "CANARY-1,CANARY Ann,5,100,2026-06-01,yes,CANARY a",
    "CANARY-2,CANARY Bob,60,2000,2026-01-01,no,CANARY b",
    'CANARY-3,"CANARY, Cy",7,,2026-06-29,,"CANARY ""c"""',
    "CANARY-4,CANARY Dan,0,50,,yes,",
]
SCORES = {"CANARY-1": "44", "CANARY-2": "31", "CANARY-3": "41", "CANARY-4": "4"}
WITHOUT = {"visits": "21", "revenue": "11", "seen": "31", "asked": "31"}
"""The second lead's score where this cell of it cannot be read."""
RULES = (
    match("visits: {at_least: 50}", 10),
    match("revenue: {at_least: 1000}", 20),
    match("seen: {within_days: 30}", 40),
    match("asked: true", 3),
    match("name: {known: true}", 1),
)
FIELDS = {"visits": "type: number", "revenue": "type: number", "seen": "type: date", "asked": "type: boolean"}


def config(head: str = "", **fields: str) -> str:
    """The config, its fields read in another way where that is asked for."""
    listed = ", ".join(f"{name}: {{{keys}}}" for name, keys in (FIELDS | fields).items())
    return model_of(*RULES, head=f"fields: {{{listed}}}\n{head}")


@dataclass(frozen=True)
class Bad:
    """A bad export, and what must come of it."""

    name: str
    content: str | bytes
    code: int
    line: int = 0
    """That must be named; 0 where it is the file as a whole."""
    key: str = ""
    """The column or key that must be named with it."""
    says: str = ""
    config: str = config()

    def __str__(self) -> str:
        return self.name

    def line_of(self, id_: str) -> int | None:
        """The physical line that a lead begins in."""
        text = self.content
        if isinstance(text, bytes):
            text = gzip.decompress(text).decode() if text[:2] == b"\x1f\x8b" else text.decode("utf-16")
        return len((text[: text.index(id_)] + id_).splitlines()) if id_ in text else None


def leads(*rows: str, header: str = HEADER, end: str = "\n") -> str:
    return "".join(row + end for row in (header, *rows))


def second(line: str) -> str:
    """The export with another second lead, in line 3."""
    return leads(LEADS[0], line, *LEADS[2:])


def with_cell(column: str, text: str) -> str:
    """The export with another cell in the second lead."""
    cells = LEADS[1].split(",")
    cells[NAMES.index(column)] = f'"{text}"' if "," in text else text
    return second(",".join(cells))


# Cells that are not what their field says: 5, listed with line and column, the lead else as it was.

NO_NUMBERS = """many N/A - #REF! #N/A #DIV/0! inf -inf nan NaN Infinity 1e400 1e3 1E+11 0x10 0b1 1_000
١٢٣ ۱۲۳
１２ १२ 1'000 ½ ² -- --5 5- +-5 5.5.5 . + 5% $5 €5 5EUR (5) 1.5k 2M 11-50 10+ <10 >5 ~5 1,234 12,5 1.234,56
1234567890123456 yes true 2026-01-01 five 5;6 5/6 1e e5 NULL None null ? −5 ٫5 5! a5 5a =5 @5""".split()
NO_NUMBERS += [
    "1 000",
    "5 visits",
    "- 5",
    "5\u200b6",
    "1\u00a0000",
    "5 6",
    "five hundred",
    "5\u200f0",
    "\ufffd",
]
NO_DATES = """2026-02-30 2026-13-01 2026-00-10 2026-1-1 20260101 2026/01/01 2026-06-31 today 0000-00-00 45000
46123.5 2026-W01 2026-001 1717200000 ۲۰۲۶-۰۶-۰۱
2026-06 2026 n/a - 2026-06-01x 2026-06-01T never 2026.06.01 ２０２６-06-01
2026-06-01-02 -2026-06-01 12026-06-01 1 #VALUE!""".split()
NO_DATES += ["June 1, 2026", "1 Jun 2026", "2026-06-01 10", "2026-06-01 at noon", "2026-02-29"]
NO_FLAGS = "maybe Y N oui on off 2 x بله -1 ja checked 1.0 TRUE! WAHR".split()


def cells() -> Iterator[Bad]:
    for column, words in (("visits", NO_NUMBERS), ("seen", NO_DATES), ("asked", NO_FLAGS)):
        yield from (Bad(f"{column} is {word!r}", with_cell(column, word), 5, 3, column) for word in words)
    comma = config(revenue='type: number, thousands: ","')
    for word in (
        "1,23",
        "12,34,567",
        "1,2345",
        "1234,567",
        ",123",
        "1,,234",
        "1.234,56",
        "1 234",
        "1,234,",
        "12,5",
    ):
        yield Bad(f"thousands, revenue {word}", with_cell("revenue", word), 5, 3, "revenue", "grouped", comma)
    german = config(revenue='type: number, decimal: ",", thousands: "."')
    for word in ("12.5", "1.23", "1,234.56", "1.2345", "1234.567", "12.34.567", "0.5", "1.000.00"):
        yield Bad(f"German, revenue {word}", with_cell("revenue", word), 5, 3, "revenue", "grouped", german)
    indian = config(revenue="type: number, thousands: indian")
    for word in ("123,456", "1,23,45", "1,2,345", "12,345,678"):
        yield Bad(f"Indian, revenue {word}", with_cell("revenue", word), 5, 3, "revenue", "", indian)
    unit = config(revenue='type: number, unit: "$"')
    for word in ("€5", "5$$", "$ $5", "$", "5 USD", "$5k", "$1-$2"):
        yield Bad(f"dollars, revenue {word}", with_cell("revenue", word), 5, 3, "revenue", "", unit)
    ranges = config(revenue="type: number, range: low")
    for word in ("50-11", "11-", "-", "11-50-90", "1-x", "11 50", "1K-5", "<", ">="):
        yield Bad(f"range, revenue {word}", with_cell("revenue", word), 5, 3, "revenue", "", ranges)
    british = config(seen='type: date, format: "%d/%m/%Y"')
    own = {"2026-06-01": "01/06/2026", "2026-01-01": "01/01/2026", "2026-06-29": "29/06/2026"}
    for word in (
        "31/02/2026",
        "06/13/2026",
        "1/2/26",
        "01.02.2026",
        "2026-06-01",
        "45000",
        "00/01/2026",
        "29/02/2025",
    ):
        content = with_cell("seen", word)
        for iso, other in own.items():
            content = content.replace(f",{iso},", f",{other},") if iso != word else content
        content = content.replace(",2026-06-01,yes", ",01/06/2026,yes")
        yield Bad(f"British, seen {word}", content, 5, 3, "seen", "", british)
    checked = config(asked="type: boolean, true: [checked], false: [open]")
    content = leads("CANARY-9,CANARY,1,1,,checked,", LEADS[1].replace(",no,", ",yes,"))
    yield Bad("other words of a boolean", content, 5, 3, "asked", "nor a false word", checked)
    exponent = config(visits="type: number, exponent: true")
    for word in ("1e400", "1e16", "e3", "1e", "1e3.5"):
        yield Bad(f"exponent, visits {word}", with_cell("visits", word), 5, 3, "visits", "", exponent)


# Damaged lines: 5, set aside with line and reason, its neighbours as they were.


def lines() -> Iterator[Bad]:
    row = LEADS[1].split(",")
    for place, column in enumerate(NAMES):
        others = row[:place], row[place + 1 :]
        if place:
            glued = [*row[: place - 1], row[place - 1] + row[place], *row[place + 1 :]]
            yield Bad(f"delimiter lost before {column}", second(",".join(glued)), 5, 3, "", "6 fields")
        yield Bad(f"cell lost, {column}", second(",".join(others[0] + others[1])), 5, 3, "", "6 fields")
        for name, cells, reason in (
            ("cell added before", ["", row[place]], "8 fields"),
            ("stray quote before", ['"' + row[place]], "quote"),
            ("stray quote after", [row[place] + '"'], "quote inside an unquoted field"),
            ("stray quote inside", [row[place][:1] + '"' + row[place][1:]], "quote inside an unquoted field"),
            ("text after the closing quote", ['"' + row[place] + '"x'], "text after a closing quote"),
            ("space before the quote", [' "' + row[place] + '"'], "quote inside an unquoted field"),
            ("lone CR", [row[place] + "\r" + row[place]], "a lone CR"),
        ):
            line = ",".join([*others[0], *cells, *others[1]])
            yield Bad(f"{name}, {column}", second(line), 5, 3, "", reason)
    for name, line, reason in (
        ("one cell", "CANARY", "1 field, the header has 7"),
        ("two cells", "CANARY,CANARY", "2 fields"),
        ("a trailing comma", LEADS[1] + ",", "8 fields"),
        ("many trailing commas", LEADS[1] + "," * 90, "97 fields"),
        ("only commas", "," * 9, "10 fields"),
        ("only spaces", "   ", "1 field"),
        ("a comment", "# CANARY", "1 field"),
        ("another delimiter", LEADS[1].replace(",", ";"), "1 field"),
        ("tabs", LEADS[1].replace(",", "\t"), "1 field"),
        ("two lines in one", LEADS[1] + LEADS[1], "13 fields"),
        ("the header again", HEADER, "header"),
        ("apostrophes for quotes", LEADS[1].replace("CANARY Bob", "'CANARY, Bob'"), "8 fields"),
        ("backslash before a quote", LEADS[1].replace("CANARY b", r'"CANARY \"b\""'), "quote"),
        ("a quote alone", '"', "quote"),
        ("three quotes", '"""', "quote"),
        ("unclosed in the last cell", LEADS[1].replace("CANARY b", '"CANARY b'), "quote"),
        ("no id", LEADS[1].replace("CANARY-2", ""), "lead_id is empty"),
        ("id of spaces", LEADS[1].replace("CANARY-2", "   "), "lead_id is empty"),
        ("id of NBSP", LEADS[1].replace("CANARY-2", "\u00a0"), "lead_id is empty"),
        ("id of zero width", LEADS[1].replace("CANARY-2", "\u200b\u200f"), "lead_id is empty"),
        ("id of a tab", LEADS[1].replace("CANARY-2", "\t"), "lead_id is empty"),
        ("empty quoted id", LEADS[1].replace("CANARY-2", '""'), "lead_id is empty"),
        ("id as Excel has it", LEADS[1].replace("CANARY-2", "1.23E+11"), "spreadsheet"),
        ("id as Excel has it in lower case", LEADS[1].replace("CANARY-2", "9e+15"), "spreadsheet"),
        ("id as a German Excel has it", LEADS[1].replace("CANARY-2", '"1,23E+11"'), "spreadsheet"),
    ):
        yield Bad(name, second(line), 5, 3, "", reason)
    null = config().replace("fields: {", "fields: {lead_id: {null: [none]}, ")
    yield Bad("id of a null word", with_cell("lead_id", "none"), 5, 3, "", "lead_id is empty", null)
    broken = '5,"CANARY\nb",1,1,,,\nCANARY-2,CANARY'
    yield Bad(
        "after a line end in quotes the lines still count", leads(LEADS[0], broken), 5, 5, "", "2 fields"
    )
    cell = f'CANARY-9,"CANARY\n\nb",1,1,,,\n{LEADS[1].replace(",60,", ",many,")}'
    yield Bad("the same for a cell behind it", leads(LEADS[0], cell), 5, 6, "visits")
    cut = leads(*LEADS)[:-20]
    yield Bad("cut off in the last line", cut, 5, 5, "", "fields")
    yield Bad(
        "a last line without end and of too few cells", leads(*LEADS) + "CANARY,1", 5, 6, "", "2 fields"
    )
    for end, name in (("\r\n", "CRLF"), ("\r", "CR")):
        yield Bad(
            f"a short line, {name}", leads(LEADS[0], "CANARY", *LEADS[2:], end=end), 5, 3, "", "1 field"
        )
    yield Bad("a short line, BOM", "\ufeff" + second("CANARY"), 5, 3, "", "1 field")
    yield Bad("a short line, gzip", gzip.compress(second("CANARY").encode()), 5, 3, "", "1 field")
    yield Bad("a short line, UTF-16", second("CANARY").encode("utf-16"), 5, 3, "", "1 field")
    blank = leads(LEADS[0], "", "", "CANARY", *LEADS[1:])
    yield Bad("a short line after blank ones", blank, 5, 5, "", "1 field")


# Whole exports that are refused: 4, or 3 where the config must say more; the old output stands.

EMPTY: dict[str, str | bytes] = {
    "0 bytes": "",
    "a BOM alone": "\ufeff",
    "line ends": "\n\n\n",
    "CRs": "\r\r",
    "a BOM and line ends": "\ufeff\r\n\r\n",
    "gzip of nothing": gzip.compress(b""),
}
BROKEN_BYTES = {
    "NUL": b"\0",
    "FF": b"\xff",
    "C3": b"\xc3",
    "A0": b"\xa0",
    "half an é": b"\xc3\xc3",
    "a surrogate": b"\xed\xa0\x80",
    "overlong": b"\xc0\xaf",
    "beyond": b"\xf5\x80\x80\x80",
}
ELSEWHERE = {"cp1256": "مدير", "gbk": "经理", "shift_jis": "部長", "koi8-r": "Иван"}


def refused() -> Iterator[Bad]:
    whole = leads(*LEADS)
    for name, content in EMPTY.items():
        yield Bad(name, content, 4, says="no header")
    for name, ends in (("nothing", ""), ("a line end", "\n"), ("blank lines", "\n\n\n")):
        yield Bad(f"a header and {name}", HEADER + ends, 4, says="0 leads")
    yield Bad("no header", "\n".join(LEADS), 4, 1, "name", "no column")
    packed = gzip.compress(whole.encode() + os.urandom(300).hex().encode())
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("leads.csv", whole)
    feather = io.BytesIO()
    pyarrow.feather.write_feather(pa.table({"lead_id": ["1"]}), feather)
    parquet = io.BytesIO()
    pq.write_table(pa.table({name: ["CANARY"] for name in NAMES}), parquet)
    for name, content in (
        ("gzip cut off", packed[:-20]), ("gzip cut in its head", packed[:5]),
        ("gzip corrupt", packed[:40] + bytes(30) + packed[70:]), ("gzip in gzip", gzip.compress(packed)),
        ("gzip and more", packed + b"CANARY"), ("zip", archive.getvalue()), ("feather", feather.getvalue()),
        ("pickle", pickle.dumps(["CANARY"])), ("xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 CANARY"),
        ("xlsx", b"PK\x03\x04 CANARY"), ("xz", b"\xfd7zXZ\0CANARY"), ("zstd", b"\x28\xb5\x2f\xfdCANARY"),
        ("Parquet of four bytes", b"PAR1"), ("Parquet cut off", parquet.getvalue()[:-40]),
        ("Parquet without its foot", parquet.getvalue()[:-4]),
        ("Parquet's length beyond it", parquet.getvalue()[:-8] + b"\xff\xff\xff\x7fPAR1"),
        ("Parquet of zeros", b"PAR1" + bytes(64) + b"PAR1"),
    ):  # fmt: skip
        yield Bad(name, content, 4)
    yield from in_other_encodings(whole)
    for column in ("lead_id", "name", "visits", "revenue", "seen", "asked"):
        others = ["x" if name == column else name for name in NAMES]
        yield Bad(f"no column {column}", leads(*LEADS, header=",".join(others)), 4, 1, column, "no column")
        twice = ",".join([*NAMES[:-1], column])
        yield Bad(f"column {column} twice", leads(*LEADS, header=twice), 4, 1, column, "twice")
        for word in (column.upper(), f"{column} ", f" {column}", f"{column}s", f"\u200b{column}"):
            near = leads(*LEADS, header=HEADER.replace(column, word))
            yield Bad(f"column {word!r} for {column}", near, 4, 1, column, "the file has")
    for name in ("rank", "score", "tier", "fit", "reasons", "coverage"):
        yield Bad(
            f"a column {name}", leads(*LEADS, header=HEADER.replace("note", name)), 4, 1, name, "output"
        )
    yield Bad(
        "a quote in the header", leads(*LEADS, header=HEADER.replace("note", 'no"te')), 4, 1, "", "header"
    )
    yield Bad("an unclosed header", '"' + whole, 4, 1, "", "header")
    yield Bad("text after a quote in the header", '"lead_id"x' + whole[7:], 4, 1, "", "header")
    yield Bad("a lone CR in the header", whole.replace("name", "na\rme", 1), 4, 1, "", "header")
    wide = ",".join([*NAMES, *(f"c{number}" for number in range(2000))])
    yield Bad("2,007 columns", leads(header=wide), 4, 1, "", "2,000 columns")
    yield Bad("a header of 1 MiB", leads(*LEADS, header=HEADER + "," + "c" * (1 << 20)), 4, 1, "", "header")
    for name, rows, line in (
        ("the same id twice", [*LEADS, LEADS[0]], 2), ("far apart", [LEADS[1], *LEADS[2:], LEADS[1]], 2),
        ("in line 4", [*LEADS[:2], LEADS[2], LEADS[2]], 4), ("three times", [LEADS[0]] * 3, 2),
        ("once with an apostrophe", ["=1,CANARY,1,1,,,", "'=1,CANARY,1,1,,,"], 2),
        ("once in quotes", [LEADS[0], LEADS[0].replace("CANARY-1", '"CANARY-1"')], 2),
        ("after a cell of two lines", ['A,"CANARY\nb",1,1,,,', LEADS[1], LEADS[1]], 4),
    ):  # fmt: skip
        yield Bad(f"an id: {name}", leads(*rows), 4, line, "lead_id", "the same id stands again in")
    for word in ("03/04/2026", "13/04/2026", "3.4.2026", "03-04-26", "1/1/26", "04/13/2026", "26-06-01"):
        yield Bad(f"a date {word}", with_cell("seen", word), 3, 3, "seen", "day-first and month-first")
    guard = config("checks: {min_rows: 5}")
    yield Bad("fewer leads than min_rows", whole, 4, 0, "", "checks.min_rows is 5", guard)
    fewer = config("checks: {max_row_drop: 10%}")
    yield Bad("fewer leads than last time", leads(*LEADS[:3]), 4, 0, "", "checks.max_row_drop", fewer)


def in_other_encodings(whole: str) -> Iterator[Bad]:
    words = ELSEWHERE | dict.fromkeys(("cp1250", "cp1252", "iso8859-2", "iso8859-15", "mac-roman"), "Zoë")
    for encoding, word in words.items():
        content = whole.replace("Bob", word).encode(encoding)
        yield Bad(f"{encoding} that is not declared", content, 4, 3, "", "UTF-8")
    for encoding in ("utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"):
        yield Bad(f"{encoding} without its mark", whole.encode(encoding), 4, 1, "", "NUL")
    octets = whole.encode()
    for line in (1, 2, 4, 5):
        at = [0, *(place + 1 for place, byte in enumerate(octets) if byte == 10)][line - 1] + 2
        for name, byte in BROKEN_BYTES.items():
            says = "NUL" if name == "NUL" else "UTF-8"
            yield Bad(f"{name} in line {line}", octets[:at] + byte + octets[at:], 4, line, "", says)


UNDEFINED = {"cp1250": "81", "cp1252": "81", "cp1253": "D2", "cp1255": "D9", "cp1257": "A1", "cp1258": "8A"}
UNDEFINED |= {
    "iso-8859-3": "A5",
    "iso-8859-6": "A1",
    "iso-8859-7": "FF",
    "iso-8859-8": "A1",
    "shift_jis": "A0",
}
UNDEFINED |= dict.fromkeys(("utf-8", "gbk", "gb18030", "big5", "euc_jp", "euc_kr", "cp949"), "FF")
"""A byte that the encoding does not have, at least not before a letter."""


def declared() -> Iterator[Bad]:
    """What the config says of the file, and the file does not bear out."""
    whole = leads(*LEADS)
    octets = whole.encode()
    for encoding, byte in UNDEFINED.items():
        at = octets.index(b"Bob")
        content = octets[:at] + bytes.fromhex(byte) + octets[at:]
        said = config(f"input: {{encoding: {encoding}}}")
        yield Bad(f"{encoding} does not have {byte}", content, 4, 3, "", "byte 17", said)
    for encoding in ("cp1252", "iso-8859-1", "cp1250"):
        persian = whole.replace("Bob", "مدیر فروش بزرگ شرکت ایران")
        said = config(f"input: {{encoding: {encoding}}}")
        yield Bad(f"UTF-8 that is declared {encoding}", persian.encode(), 4, says="is UTF-8", config=said)
        marked = whole.encode("utf-8-sig")
        yield Bad(f"{encoding} with a mark of UTF-8", marked, 4, says="byte order mark", config=said)
    for encoding in ("utf-16", "utf-32"):
        said = config(f"input: {{encoding: {encoding}}}")
        content = whole.encode(f"{encoding}-le")
        yield Bad(f"{encoding} without its mark, declared", content, 4, says="byte order mark", config=said)
    odd = config("input: {encoding: utf-16-le}")
    yield Bad("half a letter at the end", whole.encode("utf-16-le")[:-1], 4, 5, "", "not utf-16-le", odd)
    surrogate = whole.replace("Bob", "\udc80").encode("utf-16-le", "surrogatepass")
    yield Bad("half a pair in UTF-16", surrogate, 4, 3, "", "not utf-16-le", odd)
    for encoding in ("cp9999", "utf-7", "punycode", "rot13", "utf8-sig", "''", "idna", "base64", "[a]", "7"):
        said = config(f"input: {{encoding: {encoding}}}")
        yield Bad(f"an encoding {encoding}", whole, 3, key="input.encoding", config=said)
    for line, code, place, key in (
        (0, 3, 0, "input.header_line"), (-1, 3, 0, "input.header_line"), ("two", 3, 0, "input.header_line"),
        (6, 4, 5, "header"), (99, 4, 5, "header"), (2, 4, 0, "lead_id"), (4, 4, 0, "lead_id"),
    ):  # fmt: skip
        said = config(f"input: {{header_line: {line}}}")
        yield Bad(f"a header in line {line}", whole, code, place, key, config=said)
    blank = config("input: {header_line: 2}")
    yield Bad("a blank header line", "Report\n\n" + whole, 4, 2, "", "blank", blank)
    for mark in ("x", "''", "';;'", "' '", '"\\n"', "'\"'"):
        said = config(f"input: {{delimiter: {mark}}}")
        yield Bad(f"a delimiter {mark}", whole, 3, key="input.delimiter", config=said)
    for mark in ("';'", "tab", "'|'"):
        said = config(f"input: {{delimiter: {mark}}}")
        yield Bad(f"a delimiter {mark} that the file has not", whole, 4, 1, "lead_id", "no column", said)


def tables() -> Iterator[Bad]:
    """Files of more than leads."""
    preamble = "Leads of June\nCANARY\n\n"
    yield Bad("below a preamble, lines count from the top", preamble + second("CANARY"), 5, 6, "", "1 field")
    yield Bad("the same for a cell", preamble + with_cell("visits", "many"), 5, 6, "visits")
    twice = leads(*LEADS[:2], HEADER, *LEADS[2:])
    yield Bad("the header again, two lines on", twice, 5, 4, "", "header")
    quoted = leads(*LEADS[:2], ",".join(f'"{name}"' for name in NAMES), *LEADS[2:])
    yield Bad("the header again, quoted", quoted, 5, 4, "", "header")
    yield Bad("the header as the last line", leads(*LEADS, HEADER), 5, 6, "", "header")
    yield Bad("a total in the last line", leads(*LEADS, "Total,4"), 5, 6, "", "2 fields")
    for number in range(20, 23):
        late = "CANARY\n" * number + leads(*LEADS)
        yield Bad(f"a header only after {number} lines", late, 4, 1, "lead_id", "no column")


BAD = [*cells(), *lines(), *refused(), *declared(), *tables()]


@pytest.fixture(scope="module")
def last_night(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What a good run published."""
    place = Place(tmp_path_factory.mktemp("good"))
    assert place.score(leads(*LEADS), config()).code == 0
    assert place.scores() == SCORES
    return place.out


@pytest.fixture
def place(tmp_path: Path, last_night: Path) -> Place:
    shutil.copytree(last_night, tmp_path / "out", symlinks=True)
    return Place(tmp_path)


def test_the_table_is_long_and_every_row_of_it_is_another_one() -> None:
    assert len(BAD) >= 300
    assert len({bad.name for bad in BAD}) == len(BAD)
    assert {bad.code for bad in BAD} == {3, 4, 5}


@pytest.mark.parametrize("bad", BAD, ids=str)
def test_a_bad_export_ends_as_the_table_says(bad: Bad, place: Place, last_night: Path) -> None:
    ended = place.score(bad.content, bad.config)
    assert ended.code == bad.code, ended.stderr
    assert "CANARY" not in ended.said
    if bad.code != 5:
        assert names(ended, bad), ended.stderr
        assert files_in(place.out) == files_in(last_night)
        return
    aside = [(line, "", reason) for line, reason in place.set_aside()]
    named = aside + place.unreadable()
    assert [(line, column) for line, column, _ in named] == [(bad.line, bad.key)]
    assert bad.says in named[0][2]
    expected = {id_: score for id_, score in SCORES.items() if bad.line_of(id_) not in (None, bad.line)}
    if bad.key and bad.line_of("CANARY-2") == bad.line:
        expected["CANARY-2"] = WITHOUT[bad.key]
    found = place.scores()
    assert {id_: found[id_] for id_ in expected} == expected
    told = [
        path
        for path in place.out.rglob("*")
        if path.name in ("manifest.json", "summary.json", "unreadable.csv")
    ]
    assert not any(b"CANARY" in path.read_bytes() for path in told)


def names(ended: Ended, bad: Bad) -> bool:
    """Whether one line of the message names the file, the line and the key, and says what it must."""
    place = f"leads.csv:{bad.line}" if bad.line else "leads.csv:"
    if bad.code == 3:
        place = f"lines {bad.line} " if bad.line else "model.yml:"
    return any(place in line and bad.key in line and bad.says in line for line in ended.stderr.splitlines())


def _fifo(folder: Path) -> Path:
    os.mkfifo(folder / "export")
    return folder / "export"


def _no_rights(folder: Path) -> Path:
    (folder / "export").symlink_to(folder / "nowhere")
    return folder / "export"


PATHS: dict[str, Callable[[Path], str | Path]] = {
    "a missing file": lambda folder: folder / "not there.csv",
    "a folder": lambda folder: folder,
    "a FIFO": _fifo,
    "a device": lambda folder: "/dev/null",
    "an endless device": lambda folder: "/dev/zero",
    "a link to nothing": _no_rights,
    "a file in a file": lambda folder: Path(__file__) / "leads.csv",
    "a URL": lambda folder: "http://leads.example/leads.csv",
    "a bucket": lambda folder: "s3://leads/leads.csv",
    "a file URL": lambda folder: f"file://{__file__}",
    "an empty path": lambda folder: "",
    "a NUL in the path": lambda folder: "leads\0.csv",
    "a path too long": lambda folder: "x" * 5000,
}


@pytest.mark.parametrize("kind", PATHS)
def test_what_is_no_file_is_refused_at_once(kind: str, place: Place, last_night: Path) -> None:
    path = PATHS[kind](place.folder)
    ended = place.score(Path(path), config())
    assert ended.code in (2, 4)
    assert len(ended.stderr.strip().splitlines()) >= 1
    assert files_in(place.out) == files_in(last_night)


def parquet_bytes(**options: Any) -> bytes:
    """Text, numbers, decimals, old times and codes, some of them unknown, in several row groups."""
    stamps = pa.array([0, 10**15, None, 10**16, 5] * 40, pa.timestamp("us"))
    table = pa.table({
        "lead_id": [f"CANARY-{row}" for row in range(200)],
        "name": pa.array(["CANARY Ann", None, "CANARY Bob", "", "é"] * 40).dictionary_encode(),
        "visits": [5, 60, None, 7, 0] * 40,
        "revenue": pa.array([100, 2000, None, 1, 0] * 40, pa.decimal128(9, 2)),
        "seen": stamps,
        "asked": [True, False, None, True, False] * 40,
        "note": pa.array([b"CANARY", None, b"b", b"", b"c"] * 40, pa.binary()).cast(pa.string()),
    })  # fmt: skip
    file = io.BytesIO()
    pq.write_table(table, file, row_group_size=64, use_deprecated_int96_timestamps=True, **options)
    return file.getvalue()


@pytest.mark.parametrize(
    ("flips", "seed"), [(120, 1), pytest.param(10_000, 2, marks=pytest.mark.slow)], ids=["some", "many"]
)
def test_a_byte_flipped_in_a_parquet_file_is_never_a_bug(flips: int, seed: int, place: Place) -> None:
    kinds = [parquet_bytes(compression=name) for name in ("none", "snappy", "zstd", "gzip")]
    dice, codes = random.Random(seed), Counter[int]()
    fields = config(seen="type: date, format: [iso, '%Y-%m-%d %H:%M:%S']")
    for flip in range(flips):
        octets = bytearray(kinds[flip % len(kinds)])
        octets[dice.randrange(len(octets))] ^= dice.randrange(1, 256)
        ended = place.score(place.write("leads.parquet", bytes(octets)), fields)
        codes[ended.code] += 1
        assert ended.code in (0, 3, 4, 5), ended.stderr
        assert "CANARY" not in ended.said
    assert min(codes[4], codes[0] + codes[5]) > flips // 20


def parquet_of_rows(number: int) -> bytes:
    """Rows that are all the same take hardly any room."""
    file, part = io.BytesIO(), min(number, 1_000_000)
    table = pa.table({name: pa.nulls(part, pa.string()) for name in NAMES})
    with pq.ParquetWriter(file, table.schema, compression="zstd") as writer:
        for _ in range(number // part):
            writer.write_table(table, row_group_size=part)
    return file.getvalue()


def zip_of_zeros() -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("leads.csv", bytes(100 << 20))
    return file.getvalue()


BOMBS: dict[str, Callable[[], bytes]] = {
    "Parquet of rows": lambda: parquet_of_rows(50_000_000),
    "gzip of zeros": lambda: gzip.compress(HEADER.encode() + b"\n" + bytes(300 << 20), 9),
    "gzip of lines": lambda: gzip.compress(HEADER.encode() + b"\n" + b"1,a,1,1,,,\n" * 30_000_000, 9),
    "gzip of members": lambda: (
        gzip.compress(HEADER.encode() + b"\n") + gzip.compress(bytes(1 << 20), 9) * 300
    ),
    "zip": zip_of_zeros,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_small_file_that_unpacks_to_a_large_one_is_refused(
    name: str, place: Place, last_night: Path
) -> None:
    """In a quarter of the memory that it would take."""
    leads, model = place.write("leads", BOMBS[name]()), place.write("model.yml", config())
    assert leads.stat().st_size < 4 << 20
    command = [sys.executable, "-m", "leadscore", "score", str(leads), "-c", str(model), "-o", str(place.out)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120, preexec_fn=_limit)
    assert (done.returncode, done.stdout) == (4, ""), done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert files_in(place.out) == files_in(last_night)


def _limit() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30))
