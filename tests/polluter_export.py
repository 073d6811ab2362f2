"""polluter_export: a clean CRM export from a seed, the config for it, and where each of its cells stands."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta

ROWS = 40
COLUMNS = "lead_id name title country visits revenue created newsletter note owner".split()
AS_OF = date(2026, 6, 30)

NAMES = ["Jana Nováková", "مریم احمدی", "Žofie Dvořáková", "رضا كريمي", "Novák, Petr", "Ann Lee", "José Ří"]
TITLES = ["Vedoucí nákupu", "مدیر فروش", "Chief Buyer", "VP, Sales", "Student", "نماینده", "Chief of Staff"]
COUNTRIES = ["CZ", "IR", "NO", "NA", "DE", ""]
NOTES = [
    "asked for a demo, call back",
    "first line\nsecond line, with comma",
    'said "send the demo" twice',
    "درخواست demo، تماس",
    "plain words",
    "",
    'one\n\n"two"\nthree',
]
OWNERS = ["Petra", "علی", "Iveta Šťastná"]

CONFIG = """
name: polluted
id: lead_id
fields:
  visits: {{type: number}}
  revenue: {{type: number, decimal: "{decimal}", thousands: "{thousands}"}}
  created: {{type: date{format}}}
  newsletter: {{type: boolean}}
disqualify:
  - {{name: student, when: {{title: student}}}}
groups:
  fit:
    rules:
      - {{name: title, kind: match, when: {{title: {{contains: [chief, مدیر, vedoucí]}}}}, points: 7}}
      - {{name: country, kind: lookup, field: country, values: {{CZ: 3, IR: 4, "NO": 5, NA: 6}}, missing: -1}}
      - {{name: revenue, kind: bands, field: revenue, bands: {{0: 1, 1000: 10, 100000: 20}}, missing: -2}}
      - {{name: nameless, kind: match, when: {{name: {{missing: true}}}}, points: -5}}
  engagement:
    rules:
      - {{name: visits, kind: count, field: visits, each: 1.5, cap: 30, missing: -3}}
      - {{name: new, kind: match, when: {{created: {{within_days: 180}}}}, points: 8, missing: -4}}
      - {{name: newsletter, kind: match, when: {{newsletter: true}}, points: 2.5, missing: 0.5}}
      - {{name: demo, kind: match, when: {{note: {{contains: demo}}}}, points: 11}}
tiers: [{{name: Hot, min_score: 40}}, {{name: Cold}}]
"""


@dataclass(frozen=True)
class Style:
    """How an export is written."""

    name: str
    delimiter: str
    line_end: str
    quote_all: bool
    decimal: str
    thousands: str
    date_format: str  # "" is ISO
    bom: bool = False

    @property
    def config(self) -> str:
        form = f', format: "{self.date_format}"' if self.date_format else ""
        return CONFIG.format(decimal=self.decimal, thousands=self.thousands, format=form)


STYLES = (
    Style("comma", ",", "\n", quote_all=False, decimal=".", thousands=",", date_format=""),
    Style("semicolon", ";", "\r\n", quote_all=True, decimal=",", thousands=".", date_format="%d.%m.%Y"),
    Style("tab", "\t", "\r\n", quote_all=False, decimal=".", thousands=",", date_format="%d/%m/%Y", bom=True),
)


@dataclass(frozen=True)
class Record:
    """The header or a lead: its bytes [start, stop) without the line end, and those of its cells."""

    start: int
    stop: int
    end: int  # after the line end
    cells: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class Clean:
    """A whole export, and where everything stands in it; record 0 is the header."""

    style: Style
    data: bytes
    records: tuple[Record, ...]


def make_export(style: Style, seed: int = 1) -> Clean:
    """Some forty leads in this style; the same bytes for the same seed."""
    draw = random.Random(seed)
    data = bytearray(b"\xef\xbb\xbf" * style.bom)
    records = []
    for row in [COLUMNS, *(_lead(number, style, draw) for number in range(1, ROWS + 1))]:
        start, cells = len(data), []
        for place, cell in enumerate(row):
            data += style.delimiter.encode() * (place > 0)
            written = _write(cell, style)
            cells.append((len(data), len(data) + len(written)))
            data += written
        stop = len(data)
        data += style.line_end.encode()
        records.append(Record(start, stop, len(data), tuple(cells)))
    return Clean(style, bytes(data), tuple(records))


def _lead(number: int, style: Style, draw: random.Random) -> list[str]:
    amount = draw.choice([0, 950, 1000, 12345, 999999, 1234567]) + draw.choice([0, 0.5])
    revenue = f"{amount:,.2f}" if draw.random() < 0.9 else ""
    if style.decimal == ",":
        revenue = revenue.translate(str.maketrans(",.", ".,"))
    day = AS_OF - timedelta(days=draw.randrange(400))
    return [
        f"{number:05d}" if number % 2 else f"L-{number}",
        draw.choice(NAMES),
        draw.choice(TITLES),
        draw.choice(COUNTRIES),
        str(draw.randrange(30)) if draw.random() < 0.9 else "",
        revenue,
        day.strftime(style.date_format or "%Y-%m-%d"),
        draw.choice(["yes", "no", ""]),
        draw.choice(NOTES),
        draw.choice(OWNERS),
    ]


def _write(cell: str, style: Style) -> bytes:
    plain = not style.quote_all and not any(mark in cell for mark in f'{style.delimiter}"\r\n')
    return (cell if plain else '"' + cell.replace('"', '""') + '"').encode()
