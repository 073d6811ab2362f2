"""polluter_faults: thousands of small faults in a clean export, one or two at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import combinations, pairwise

from tests.polluter_export import COLUMNS, ROWS, STYLES, Clean, Record, make_export

EVERY = [(row, column) for row in range(1, ROWS + 1) for column in range(len(COLUMNS))]
SAMPLE = 6
"""So many places for a fault that is not made at every row and column."""


@dataclass(frozen=True)
class Edit:
    """Bytes [start, stop) of the clean export replaced."""

    start: int
    stop: int
    text: bytes = b""

    def touches(self, record: Record) -> bool:
        """Whether it changes the record, its line end, or the one before it."""
        return self.start <= record.end and self.stop >= record.start

    def is_inside(self, record: Record) -> bool:
        """Whether it changes bytes of the record, and is no line before it."""
        is_line = self.start == record.start and self.text.endswith(b"\n")
        return record.start <= self.start <= self.stop <= record.stop and not is_line


@dataclass(frozen=True)
class Fault:
    """One fault: what it is, where, and the edits that make it."""

    clean: Clean
    kind: str
    place: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True)
class Polluted:
    """A clean export with some faults, none of which overlap."""

    clean: Clean
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        named = " and ".join(f"{fault.kind}, {fault.place}" for fault in self.faults)
        return f"{self.clean.style.name}: {named}"

    @cached_property
    def edits(self) -> list[Edit]:
        edits = [edit for fault in self.faults for edit in fault.edits]
        return sorted(edits, key=lambda edit: (edit.start, edit.stop))

    def inside(self, record: Record) -> Polluted:
        """The export with those faults alone that changed the record itself, and put no line before it."""
        return Polluted(
            self.clean,
            tuple(fault for fault in self.faults if any(edit.is_inside(record) for edit in fault.edits)),
        )

    def subsets(self, record: Record) -> Iterator[Polluted]:
        """The export with all, some and none of the faults that touch the record."""
        own = [fault for fault in self.faults if any(edit.touches(record) for edit in fault.edits)]
        for count in range(len(own), -1, -1):
            for chosen in combinations(own, count):
                yield Polluted(self.clean, chosen)

    @cached_property
    def data(self) -> bytes:
        parts, at = [], 0
        for edit in self.edits:
            parts += [self.clean.data[at : edit.start], edit.text]
            at = edit.stop
        return b"".join([*parts, self.clean.data[at:]])

    def place(self, at: int, after: bool = False) -> int:
        """Where a byte of the clean export came to; before the text put in there, or after it."""
        moved = at
        for edit in self.edits:
            if edit.stop <= at and (after or edit.start < at or edit.stop < at or not edit.text):
                moved += len(edit.text) - (edit.stop - edit.start)
            elif edit.start < at:
                return edit.start + moved - at + (len(edit.text) if after else 0)
        return moved

    def lines(self, start: int, stop: int) -> tuple[int, int]:
        """The first and the last line of what these bytes of the clean export came to."""
        first, last = self.place(start), max(self.place(stop, after=True) - 1, self.place(start))
        line = self.data.count(b"\n", 0, first) + 1
        return line, line + self.data.count(b"\n", first, last)

    def touched(self) -> set[int]:
        """The lines that an edit changed, the one after included where a line end was put in or out."""
        lines = set[int]()
        for edit in self.edits:
            first, last = self.lines(edit.start, edit.stop)
            at_end = edit.start == edit.stop or b"\n" in edit.text + self.clean.data[edit.start : edit.stop]
            lines |= set(range(first, last + 1 + at_end))
        return lines

    def touches(self, record: Record) -> bool:
        """Whether an edit changed the record, its line end, or the one before it."""
        return any(edit.touches(record) for edit in self.edits)


Maker = Callable[[Clean, Record, int], list[Edit]]


def _insert(text: bytes, where: str) -> Maker:
    def make(clean: Clean, record: Record, column: int) -> list[Edit]:
        start, stop = record.cells[column]
        at = {"before": start, "inside": _middle(clean.data, start, stop), "after": stop}[where]
        return [Edit(at, at, text)]

    return make


def _middle(data: bytes, start: int, stop: int) -> int:
    """A place between two letters, inside the quotes if there are some."""
    at = (start + stop) // 2
    while at < stop and data[at] & 0xC0 == 0x80:
        at += 1
    return at


def _replace(make_text: Callable[[str, Clean], str | None], columns: str = " ".join(COLUMNS)) -> Maker:
    """Another content of the cell, in the quotes it has; nothing where the text stays the same."""

    def make(clean: Clean, record: Record, column: int) -> list[Edit]:
        start, stop = record.cells[column]
        quoted = clean.data[start : start + 1] == b'"'
        inner = clean.data[start + quoted : stop - quoted].decode()
        new = make_text(inner, clean) if COLUMNS[column] in columns.split() else None
        return [] if new in (None, inner) else [Edit(start + quoted, stop - quoted, str(new).encode())]

    return make


def _quoted_only(make: Maker) -> Maker:
    return lambda clean, record, column: (
        make(clean, record, column) if clean.data[record.cells[column][0]] == ord('"') else []
    )


def _raw(make_text: Callable[[bytes], bytes]) -> Maker:
    """Another cell, quotes and all."""

    def make(clean: Clean, record: Record, column: int) -> list[Edit]:
        start, stop = record.cells[column]
        new = make_text(clean.data[start:stop])
        return [] if new == clean.data[start:stop] else [Edit(start, stop, new)]

    return make


def _delimiter_dropped(clean: Clean, record: Record, column: int) -> list[Edit]:
    stop = record.cells[column][1]
    return [Edit(stop, stop + 1)] if column + 1 < len(record.cells) else []


def _delimiter_added(clean: Clean, record: Record, column: int) -> list[Edit]:
    start = record.cells[column][0]
    return [Edit(start, start, clean.style.delimiter.encode())]


def _column_dropped(clean: Clean, record: Record, column: int) -> list[Edit]:
    start, stop = record.cells[column]
    return [Edit(start, stop + 1) if column + 1 < len(record.cells) else Edit(start - 1, stop)]


def _shifted(clean: Clean, record: Record, column: int) -> list[Edit]:
    if column + 1 == len(record.cells):
        return []
    (start, middle), (after, stop) = record.cells[column], record.cells[column + 1]
    data = clean.data
    return [Edit(start, stop, data[after:stop] + data[middle:after] + data[start:middle])]


def _letter_cut(clean: Clean, record: Record, column: int) -> list[Edit]:
    start, stop = record.cells[column]
    at = next((at for at in range(start, stop) if clean.data[at] >= 0xC0), None)
    return [] if at is None else [Edit(at + 1, at + 2)]


def _other_delimiter(mark: str) -> Maker:
    def make(clean: Clean, record: Record, column: int) -> list[Edit]:
        if mark == clean.style.delimiter:
            return []
        return [Edit(stop, stop + 1, mark.encode()) for _, stop in record.cells[:-1]]

    return make


def _line(make_line: Callable[[Clean, Record], bytes]) -> Maker:
    """A line put in before the record."""

    def make(clean: Clean, record: Record, column: int) -> list[Edit]:
        end = clean.style.line_end.encode()
        return [Edit(record.start, record.start, make_line(clean, record) + end)]

    return make


def _octets(clean: Clean, record: Record) -> bytes:
    return clean.data[record.start : record.stop]


def _line_end(text: str | None) -> Maker:
    def make(clean: Clean, record: Record, column: int) -> list[Edit]:
        other = {"\n": b"\r\n", "\r\n": b"\n"}[clean.style.line_end] if text is None else text.encode()
        return [Edit(record.stop, record.end, other)]

    return make


def _cut_off(clean: Clean, record: Record, column: int) -> list[Edit]:
    start, stop = record.cells[column]
    return [Edit(_middle(clean.data, start, stop), len(clean.data))]


def _swap_day(text: str, clean: Clean) -> str:
    parts = text.replace("/", ".").replace("-", ".").split(".")
    mark = next((mark for mark in "/-." if mark in text), "")
    return mark.join([parts[0], parts[2], parts[1]] if mark == "-" else [parts[1], parts[0], parts[2]])


def _other_date(form: str) -> Maker:
    def read(text: str) -> str:
        parts = text.replace("/", ".").replace("-", ".").split(".")
        year, month, day = parts if len(parts[0]) == 4 else reversed(parts)
        return form.format(year=year, month=month, day=day)

    return _replace(lambda text, clean: read(text), "created")


def _digits(zero: str) -> Maker:
    table = {ord(str(digit)): chr(ord(zero) + digit) for digit in range(10)}
    return _replace(lambda text, clean: text.translate(table), "lead_id visits revenue created")


def _number(text: str) -> Maker:
    return _replace(lambda _, clean: text, "visits revenue")


ALL: dict[str, Maker] = {
    "delimiter dropped": _delimiter_dropped,
    "delimiter added": _delimiter_added,
    "stray quote before": _insert(b'"', "before"),
    "stray quote after": _insert(b'"', "after"),
}
"""At every row and column of the first style."""
SOME: dict[str, Maker] = {
    "stray quote inside": _insert(b'"', "inside"),
    "two stray quotes": _insert(b'""', "inside"),
    "opening quote lost": _quoted_only(_raw(lambda cell: cell[1:])),
    "closing quote lost": _quoted_only(_raw(lambda cell: cell[:-1])),
    "text after a closing quote": _quoted_only(_insert(b"x", "after")),
    "space before a quote": _quoted_only(_insert(b" ", "before")),
    "space after a quote": _quoted_only(_insert(b" ", "after")),
    "apostrophes for quotes": _quoted_only(_raw(lambda cell: b"'" + cell[1:-1] + b"'")),
    "typographic quotes": _quoted_only(_raw(lambda cell: "“".encode() + cell[1:-1] + "”".encode())),
    "backslash before a quote": _quoted_only(
        _raw(lambda cell: cell[:1] + cell[1:-1].replace(b'""', b'\\"') + cell[-1:])
    ),
    "quoted where it need not be": _raw(lambda cell: cell if cell[:1] == b'"' else b'"' + cell + b'"'),
    "quotes lost": _quoted_only(_raw(lambda cell: cell[1:-1].replace(b'""', b'"'))),
    "lone CR": _insert(b"\r", "inside"),
    "lone CR after": _insert(b"\r", "after"),
    "line cut in half": _insert(b"\n", "inside"),
    "line cut at a cell": _insert(b"\n", "before"),
    "cell emptied": _raw(lambda cell: b'""' if cell[:1] == b'"' else b""),
    "cell shifted": _shifted,
    "column dropped in one row": _column_dropped,
    "NUL": _insert(b"\0", "inside"),
    "byte E9": _insert(b"\xe9", "inside"),
    "byte FF": _insert(b"\xff", "after"),
    "letter cut in half": _letter_cut,
    "mojibake": _replace(lambda text, clean: text.encode().decode("latin-1")),
    "BOM in the middle": _insert(b"\xef\xbb\xbf", "before"),
    "BOM inside": _insert(b"\xef\xbb\xbf", "inside"),
    "Persian digits": _digits("۰"),
    "Arabic digits": _digits("٠"),
    "Devanagari digits": _digits("०"),
    "full-width digits": _digits("０"),
    "marks swapped": _replace(lambda text, clean: text.translate(str.maketrans(",.", ".,")), "revenue"),
    "grouping lost": _replace(lambda text, clean: text.replace(clean.style.thousands, "", 1), "revenue"),
    "day and month swapped": _replace(_swap_day, "created"),
    "date with slashes": _other_date("{day}/{month}/{year}"),
    "date of two digits": _other_date("{day}.{month}.26"),
    "date run together": _other_date("{year}{month}{day}"),
    "date as a serial number": _replace(lambda text, clean: "46123", "created"),
    "30 February": _other_date("{year}-02-30"),
    "NBSP before": _replace(lambda text, clean: "\u00a0" + text),
    "NBSP inside": _insert("\u00a0".encode(), "inside"),
    "zero width after": _replace(lambda text, clean: text + "\u200b"),
    "zero width inside": _insert("\u200b".encode(), "inside"),
    "direction mark": _insert("\u200f".encode(), "inside"),
    "id as a spreadsheet has it": _replace(lambda text, clean: "1.23E+11", "lead_id"),
    "other word for yes": _replace(lambda text, clean: "ja", "newsletter"),
    **{
        f"number {word}": _number(word)
        for word in ("1e3", "#REF!", "N/A", "-", "nan", "inf", "0x10", "1_000", "½", "--5", "5-", "1E+11")
    },
    "number -5": _number("-5"),
    "number with a unit": _replace(lambda text, clean: f"{text} Kč", "visits revenue"),
    "number in brackets": _replace(lambda text, clean: f"({text})", "visits revenue"),
    "apostrophe before": _replace(lambda text, clean: "'" + text),
    "apostrophe and sign": _replace(lambda text, clean: "'+" + text),
    "formula": _replace(lambda text, clean: "=1+" + text),
}
"""At some rows and columns of every style, chosen by a seed."""
ROW: dict[str, Maker] = {
    "two lines glued": _line_end(""),
    "line end a space": _line_end(" "),
    "line end another": _line_end(None),
    "line end a CR": _line_end("\r"),
    "line doubled": _line(_octets),
    "half a line": _line(lambda clean, record: _octets(clean, record)[: (record.stop - record.start) // 2]),
    "header repeated": _line(lambda clean, record: _octets(clean, clean.records[0])),
    "extra blank line": _line(lambda clean, record: b""),
    "two blank lines": _line(lambda clean, record: clean.style.line_end.encode()),
    "line of spaces": _line(lambda clean, record: b"   "),
    "line of delimiters": _line(lambda clean, record: clean.style.delimiter.encode() * (len(COLUMNS) - 1)),
    "comment": _line(lambda clean, record: b"# exported in June"),
    "total": _line(lambda clean, record: b"Total" + clean.style.delimiter.encode() + b"40"),
    "lone quote": _line(lambda clean, record: b'"'),
    "trailing delimiter": lambda clean, record, column: [
        Edit(record.stop, record.stop, clean.style.delimiter.encode())
    ],
    "cut off": _cut_off,
    **{f"delimiter {mark!r} in one row": _other_delimiter(mark) for mark in (",", ";", "\t", "|", " ")},
}
"""At some rows of every style."""
HEADER = ("delimiter dropped", "delimiter added", "stray quote before", "stray quote after", "cell emptied",
          "lone CR", "line cut at a cell", "column dropped in one row", "cell shifted", "NBSP before",
          "zero width inside", "mojibake", "byte E9", "quoted where it need not be")  # fmt: skip
"""In the header of every style, at every column."""
EXPORTS = {style.name: make_export(style) for style in STYLES}


def single_faults() -> Iterator[Fault]:
    """Every single fault, the same ones each time."""
    first, *_ = EXPORTS.values()
    for kind, maker in ALL.items():
        yield from _faults(kind, maker, first, EVERY)
    for number, clean in enumerate(EXPORTS.values()):
        draw = random.Random(number)
        for kind, maker in (SOME | (ALL if number else {})).items():
            possible = [(row, column) for row, column in EVERY if maker(clean, clean.records[row], column)]
            yield from _faults(kind, maker, clean, draw.sample(possible, min(SAMPLE // 3, len(possible))))
        for kind, maker in ROW.items():
            rows = [1, ROWS, *draw.sample(range(2, ROWS), 2)]
            yield from _faults(kind, maker, clean, [(row, draw.randrange(len(COLUMNS))) for row in rows])
        for kind in HEADER:
            places = [(0, column) for column in range(number, len(COLUMNS), len(STYLES))]
            yield from _faults(kind, (ALL | SOME)[kind], clean, places)


def _faults(kind: str, maker: Maker, clean: Clean, places: list[tuple[int, int]]) -> Iterator[Fault]:
    for row, column in places:
        edits = tuple(maker(clean, clean.records[row], column))
        if edits:
            yield Fault(clean, kind, f"row {row}, {COLUMNS[column]}", edits)


def double_faults(count: int, seed: int = 1) -> Iterator[Polluted]:
    """Pairs of single faults in one export that do not overlap. Every kind is as likely as any other."""
    draw = random.Random(seed)
    found: dict[str, dict[str, list[Fault]]] = {}
    for fault in single_faults():
        found.setdefault(fault.clean.style.name, {}).setdefault(fault.kind, []).append(fault)
    while count:
        kinds = found[draw.choice(list(found))]
        one, other = (draw.choice(kinds[draw.choice(list(kinds))]) for _ in range(2))
        polluted = Polluted(one.clean, (one, other))
        if all(edit.stop < after.start for edit, after in pairwise(polluted.edits)):
            count -= 1
            yield polluted
