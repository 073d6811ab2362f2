"""polluter_judge: what a polluted export says by the letter, and whether a result is silently wrong."""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from pathlib import Path

from leadscore.errors import LeadscoreError
from leadscore.model.schema import Model
from leadscore.pipeline.check import refuse_too_few
from leadscore.pipeline.collect import collect_leads, refuse_ambiguous_dates
from leadscore.pipeline.fit import wanted_columns
from leadscore.pipeline.ids import refuse_duplicates, set_aside_without_id
from leadscore.pipeline.read import CsvExport, open_export
from leadscore.points import format_points
from tests.polluter_export import AS_OF, Record, Style
from tests.polluter_faults import Polluted

Cells = tuple[str, ...]
LETTER_FORMS = {"\u064a": "\u06cc", "\u0649": "\u06cc", "\u0643": "\u06a9", "\u0640": None}
UNSEEN = "\u200b\u2060\ufeff\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2069"


class NotLegalError(Exception):
    """The bytes are no CSV by the letter."""


@dataclass(frozen=True)
class Row:
    """A record of the strict reading, from physical line `line` to `last`."""

    line: int
    last: int
    cells: Cells


def read_strictly(data: bytes, style: Style) -> list[Row]:
    """Every record by RFC 4180, one letter at a time; NotLegalError where a quote or a CR stands wrong.

    Python's own reader, in strict mode, must make the same cells of it.
    """
    try:
        text = data.decode().removeprefix("\ufeff")
    except UnicodeDecodeError:
        raise NotLegalError from None
    if "\0" in text:
        raise NotLegalError
    rows = [row for row in _records(text, style.delimiter) if row.cells != ("",)]
    by_python = csv.reader(io.StringIO(text, newline=""), delimiter=style.delimiter, strict=True)
    if [row.cells for row in rows] != [tuple(cells) for cells in by_python if cells not in ([], [""])]:
        raise AssertionError("two strict readers do not agree")
    return rows


def _records(text: str, delimiter: str) -> Iterator[Row]:
    at, line = 0, 1
    while at < len(text):
        cells, first = [], line
        while True:
            cell, at = _cell(text, at, delimiter)
            cells.append(cell)
            line += cell.count("\n")
            if at >= len(text) or text[at] != delimiter:
                break
            at += 1
        yield Row(first, line, tuple(cells))
        at += 2 if text[at : at + 2] == "\r\n" else 1
        line += 1


def _cell(text: str, at: int, delimiter: str) -> tuple[str, int]:
    """One cell and the place after it, where a delimiter, a line end or the end of the file must stand."""
    if text[at : at + 1] != '"':
        found = re.compile(rf"[^{re.escape(delimiter)}\r\n]*").match(text, at)
        assert found
        if '"' in found[0]:
            raise NotLegalError
        cell, at = found[0], found.end()
    else:
        found = re.compile(r'"((?:[^"]|"")*)"(?!")').match(text, at)
        if found is None:
            raise NotLegalError
        cell, at = found[1].replace('""', '"'), found.end()
    if at < len(text) and text[at] not in (delimiter, "\n") and text[at : at + 2] != "\r\n":
        raise NotLegalError
    return cell, at


@dataclass(frozen=True)
class Expected:
    """What a lead must come to by its cells."""

    score: Decimal
    out: bool  # disqualified
    unreadable: frozenset[str]


def score_by_hand(cells: Cells, header: Cells, style: Style) -> Expected:
    """The config of ``polluter_export`` worked out with Decimal, cell by cell."""
    lead = dict(zip(header, (_bare(cell) for cell in cells), strict=True))
    unreadable = set()
    numbers: dict[str, Decimal | None] = {}
    for name, decimal, thousands in (("visits", ".", ""), ("revenue", style.decimal, style.thousands)):
        numbers[name] = _number(lead[name], decimal, thousands)
        unreadable |= {name} if lead[name] and numbers[name] is None else set()
    created = _day(lead["created"], style)
    unreadable |= {"created"} if lead["created"] and created is None else set()
    word = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
    newsletter = word.get(_fold(lead["newsletter"]))
    unreadable |= {"newsletter"} if lead["newsletter"] and newsletter is None else set()
    title, visits, revenue = _fold(lead["title"]), numbers["visits"], numbers["revenue"]
    points = [
        Decimal(7 * any(_fold(part) in title for part in ("chief", "مدیر", "vedoucí"))),
        Decimal({"cz": 3, "ir": 4, "no": 5, "na": 6, "": -1}.get(_fold(lead["country"]), 0)),
        Decimal(-2 if revenue is None else _band(revenue)),
        Decimal(0 if lead["name"] else -5),
        Decimal(-3) if visits is None else _count(visits),
        Decimal(-4 if created is None else 8 * (0 <= (AS_OF - created).days <= 180)),
        {True: Decimal("2.5"), False: Decimal(0), None: Decimal("0.5")}[newsletter],
        Decimal(11 * ("demo" in _fold(lead["note"]))),
    ]
    return Expected(sum(points, Decimal(0)), title == "student", frozenset(unreadable))


def _bare(cell: str) -> str:
    """Without the apostrophe a spreadsheet needs, and without the space around."""
    cell = cell[1:] if re.match(r"'[=+\-@\t\r\n]", cell) else cell
    start, stop = 0, len(cell)
    while start < stop and (cell[start].isspace() or cell[start] in UNSEEN):
        start += 1
    while stop > start and (cell[stop - 1].isspace() or cell[stop - 1] in UNSEEN):
        stop -= 1
    return cell[start:stop]


def _fold(text: str) -> str:
    text = unicodedata.normalize("NFC", unicodedata.normalize("NFD", text).casefold())
    text = unicodedata.normalize("NFC", text.translate({ord(a): b for a, b in LETTER_FORMS.items()}))
    digits = (str(unicodedata.decimal(a, a)) if unicodedata.category(a) == "Nd" else a for a in text)
    return _bare("".join(digits))


def _number(text: str, decimal: str, thousands: str) -> Decimal | None:
    whole = "[0-9]+" if not thousands else rf"(?:[0-9]{{1,3}}(?:{re.escape(thousands)}[0-9]{{3}})+|[0-9]+)"
    if not re.fullmatch(rf"[+-]?(?:{whole}(?:{re.escape(decimal)}[0-9]*)?|{re.escape(decimal)}[0-9]+)", text):
        return None
    number = Decimal(text.replace(thousands, "").replace(decimal, ".") if thousands else text)
    return number if abs(number) < 10**15 else None


def _band(revenue: Decimal) -> int:
    return next((points for cut, points in ((100000, 20), (1000, 10), (0, 1)) if revenue >= cut), 0)


def _count(visits: Decimal) -> Decimal:
    points = (visits * Decimal("1.5")).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return max(min(points, Decimal(30)), Decimal(0))


def _day(text: str, style: Style) -> date | None:
    shape = re.escape(style.date_format).replace("%d", "[0-9]{1,2}").replace("%m", "[0-9]{1,2}")
    if not re.fullmatch(shape.replace("%Y", "[0-9]{4}") or "[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
        return None
    try:
        return datetime.strptime(text, style.date_format or "%Y-%m-%d").date()  # noqa: DTZ007
    except ValueError:
        return None


@dataclass
class Lead:
    """A lead that came out."""

    line: int
    cells: Cells
    score: Decimal
    out: bool  # disqualified


@dataclass
class Outcome:
    """What leadscore made of a file: a refusal, or leads and all that it named."""

    code: int = 0
    said: str = ""
    leads: list[Lead] = field(default_factory=list)
    aside: list[tuple[int, int, str]] = field(default_factory=list)  # first line, last line, reason
    unreadable: set[tuple[int, str]] = field(default_factory=set)
    left_out: list[tuple[int, int]] = field(default_factory=list)  # first and last line, as the notes say
    header_line: int = 1
    header: Cells = ()

    def names(self, first: int, last: int) -> bool:
        """Whether one of these lines is named as set aside or left out."""
        return any(start <= last and stop >= first for start, stop in self.named)

    @property
    def named(self) -> list[tuple[int, int]]:
        """The first and the last line of all that is set aside or left out."""
        return [*((first, last) for first, last, _ in self.aside), *self.left_out]


def score_file(path: Path, model: Model, batch_bytes: int = 1 << 20) -> Outcome:
    """The stages of a run up to what it would publish, without the publishing."""
    wanted = {name for key, value in model.fields.items() for name in wanted_columns(key, value)}
    try:
        export = open_export(path, wanted, batch_bytes=batch_bytes)
        collected = collect_leads(export, model, AS_OF)
        refuse_ambiguous_dates(collected.tally, "model.yml")
        trusted = set_aside_without_id(collected, export, model)
        refuse_duplicates(collected.leads[trusted], {"": str(path)}, model)
        refuse_too_few(str(path), int(trusted.sum()), collected.read, model, None)
    except LeadscoreError as error:
        return Outcome(error.exit_code, str(error))
    assert isinstance(export, CsvExport)
    outcome = Outcome()
    rows = trusted.nonzero()[0]
    table = export.take_rows(rows)
    cells = list(zip(*(column.to_pylist() for column in table.columns), strict=True))
    kept = collected.leads.iloc[rows]
    columns = (kept["line"], kept["score"], kept["disqualified_by"].notna())
    for row, line, score, out in zip(cells, *(column.tolist() for column in columns), strict=True):
        outcome.leads.append(Lead(line, row, Decimal(format_points(score)), out))
    outcome.aside = [
        (each.line, each.line + each.text.count(b"\n"), each.reason) for each in collected.set_aside
    ]
    outcome.unreadable = {(line, column) for _, line, column, _ in collected.tally.cells}
    outcome.header_line, outcome.header = export.dialect.header_line, export.columns
    for note in export.notes:
        if note.startswith("header at line"):
            outcome.left_out.append((1, outcome.header_line - 1))
        if footer := re.match(r"lines ([0-9,]+) to ([0-9,]+) are a footer", note):
            first, last = (int(number.replace(",", "")) for number in footer.groups())
            outcome.left_out.append((first, last))
    outcome.code = 5 if outcome.aside or outcome.unreadable else 0
    return outcome


def named_lines(said: str) -> set[int]:
    """The lines that a refusal names."""
    numbers = re.findall(r"\.csv:([0-9]+)", said)
    for some in re.findall(r"\blines? ([0-9]+(?:, [0-9]+)*)", said):
        numbers += re.findall("[0-9]+", some)
    return set(map(int, numbers))


@dataclass(frozen=True)
class Verdict:
    """What came of a polluted export. ``wrong`` says what nobody was told; that is never right."""

    kind: str  # refused, named (lines set aside, cells unreadable), or right: all is as it stands there
    wrong: tuple[str, ...] = ()
    neighbours: int = 0
    """Leads that were set aside though nothing touched them."""


def judge(polluted: Polluted, outcome: Outcome) -> Verdict:
    """Whether every lead is exact, or its line named."""
    if outcome.code not in (0, 5):
        touched, told = polluted.touched(), named_lines(outcome.said)
        # Under a header that is another one any lead looks damaged, or none is left.
        fits = told & touched or (told and 1 in touched)
        emptied = "holds 0 leads" in outcome.said and (1 in touched or not _untouched(polluted))
        return Verdict("refused", () if fits or emptied else ("the refusal names no line that was touched",))
    wrong = list(_uncovered(polluted, outcome))
    legal = rows_of(polluted)
    wrong += (
        _find_wrong_of_legal(outcome, legal, polluted.clean.style)
        if legal
        else _find_wrong_of_broken(polluted, outcome)
    )
    named = outcome.aside or outcome.unreadable or outcome.left_out
    return Verdict("named" if named else "right", tuple(wrong), _neighbours(polluted, outcome))


def _uncovered(polluted: Polluted, outcome: Outcome) -> Iterator[str]:
    """Lines that hold something and are neither of a lead nor named."""
    covered = set(range(1, outcome.header_line + 1))
    for lead in outcome.leads:
        covered |= set(range(lead.line, lead.line + 1 + sum(cell.count("\n") for cell in lead.cells)))
    for first, last in outcome.named:
        covered |= set(range(first, last + 1))
    for number, line in enumerate(polluted.data.split(b"\n"), start=1):
        if line.strip(b"\r") and number not in covered:
            yield f"line {number} is lost"


def _find_wrong_of_legal(outcome: Outcome, legal: Sequence[Row], style: Style) -> list[str]:
    """Of a file that is legal CSV: rows that did not come out as they stand there and are not named."""
    by_line = {lead.line: lead for lead in outcome.leads}
    rows = {row.line: row for row in legal if row.line > outcome.header_line}
    wrong = [
        f"line {row.line} is not what it says"
        for row in rows.values()
        if not (
            _is_right(by_line[row.line], row, outcome, style)
            if row.line in by_line
            else outcome.names(row.line, row.last)
        )
    ]
    return wrong + [f"line {line} is no lead" for line in sorted(by_line.keys() - rows.keys())]


def _is_right(lead: Lead, row: Row, outcome: Outcome, style: Style) -> bool:
    """Whether a lead is this row: the same cells, the score they come to, and the same cells unreadable."""
    if lead.cells != row.cells or len(row.cells) != len(outcome.header):
        return False
    expected = score_by_hand(row.cells, outcome.header, style)
    told = {column for line, column in outcome.unreadable if line == lead.line}
    return lead.score == expected.score and lead.out == expected.out and told == expected.unreadable


def _find_wrong_of_broken(polluted: Polluted, outcome: Outcome) -> Iterator[str]:
    """Of a file with broken quotes: each lead is what some of the faults at its place make of it.

    A fault inside it that is legal by no reading must have been named.
    """
    seen = set[int]()
    for record in polluted.clean.records[1:]:
        first, last = polluted.lines(record.start, record.stop)
        leads = [lead for lead in outcome.leads if first <= lead.line <= last]
        seen |= {lead.line for lead in leads}
        if not leads and not outcome.names(first, last):
            yield f"line {first} is lost"
        for lead in leads:
            meant = [row for subset in polluted.subsets(record) for row in _rows_at(subset, record)]
            meant = [replace(row, line=lead.line) for row in meant if row.cells == lead.cells]
            if not any(_is_right(lead, row, outcome, polluted.clean.style) for row in meant):
                yield f"line {lead.line} is not what it says"
            elif not (rows_of(polluted.inside(record)) or outcome.names(first, last)):
                yield f"line {lead.line} was repaired"
    yield from (f"line {lead.line} is no lead" for lead in outcome.leads if lead.line not in seen)


@lru_cache(100)
def rows_of(polluted: Polluted) -> list[Row]:
    """Its strict reading; nothing where it has none."""
    try:
        return read_strictly(polluted.data, polluted.clean.style)
    except NotLegalError:
        return []


def _rows_at(polluted: Polluted, record: Record) -> list[Row]:
    first, last = polluted.lines(record.start, record.stop)
    return [row for row in rows_of(polluted) if first <= row.line <= last]


def _untouched(polluted: Polluted) -> list[Record]:
    return [record for record in polluted.clean.records[1:] if not polluted.touches(record)]


def _neighbours(polluted: Polluted, outcome: Outcome) -> int:
    places = [polluted.lines(record.start, record.stop)[0] for record in _untouched(polluted)]
    here = {lead.line for lead in outcome.leads}
    return sum(outcome.names(place, place) and place not in here for place in places)
