"""test_scan: the vectorised scan and its spans against a reader that walks byte by byte."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from leadscore.pipeline import spans
from leadscore.pipeline.scan import CR, LF, NEVER_CLOSED, QUOTE, STRAY_QUOTE, UNPAIRED, Layout
from leadscore.pipeline.spans import scan_spans

COMMA = ord(",")


@dataclass
class Walk:
    """What one reading gives: leads as (start, stop, line), damage as (start, stop, line, reason)."""

    leads: list[tuple[int, int, int]] = field(default_factory=list)
    damage: list[tuple[int, int, int, str]] = field(default_factory=list)


def walk(data: bytes, layout: Layout) -> Walk:
    """The rules of scan, one byte at a time."""
    result, at, line = Walk(), 0, 0
    before: tuple[int, int, int] | None = None  # the lead that ends where this record begins
    while at < len(data):
        after, fields, stray, fault = walk_record(data, at, layout)
        if fault:
            newline = data.find(layout.newline, at)
            after = len(data) if newline < 0 else newline + 1
        elif fields == layout.fields and not stray and strip_end(data, at, after, layout) > at:
            result.leads.append((at, strip_end(data, at, after, layout), line))
        if fault == STRAY_QUOTE and before is not None and is_rest(data, before, at, after, layout):
            at, line, fault = before[0], before[2], UNPAIRED
            result.leads.pop()
            after = data.find(layout.newline, at) + 1
        before = None if fault or not result.leads or result.leads[-1][0] != at else result.leads[-1]
        stop = strip_end(data, at, after, layout)
        if not fault and stop > at and (stray or fields != layout.fields):
            count = "1 field" if fields == 1 else f"{fields} fields"
            fault = "a lone CR" if stray else f"{count}, the header has {layout.fields}"
        if fault:
            result.damage.append((at, stop, line, fault))
        line += data.count(layout.newline, at, after)
        at = after
    return result


def is_rest(data: bytes, lead: tuple[int, int, int], start: int, after: int, layout: Layout) -> bool:
    """The line reads as the rest of the lead's last cell, had that not been closed."""
    line = data[start : strip_end(data, start, after, layout)]
    if data[lead[1] - 1] != QUOTE:
        return False
    end, _, _, fault = walk_record(b'"' + line, 0, layout)
    own = line.count(layout.delimiter) == layout.fields - 1
    runs_on = layout.newline in data[lead[0] : lead[1]]
    return not fault and end == len(line) + 1 and (runs_on or not own)


def strip_end(data: bytes, start: int, after: int, layout: Layout) -> int:
    if after > start and data[after - 1] == layout.newline:
        after -= 1
        return after - 1 if layout.newline == LF and after > start and data[after - 1] == CR else after
    return after - 1 if layout.newline == LF and after > start and data[after - 1] == CR else after


def walk_record(data: bytes, start: int, layout: Layout) -> tuple[int, int, bool, str]:
    """Byte after the record, its fields, whether a CR stands alone, and what contradicts the quoting."""
    at, fields, stray, ran_on = start, 1, False, False
    cell_start, quoted = True, False
    while at < len(data):
        byte, rest = data[at], data[at + 1 : at + 3]
        if quoted and byte == QUOTE and rest[:1] == b'"':
            at += 1
        elif quoted and byte == QUOTE:
            quoted = False
            closed = rest[:1] in (b"", bytes([layout.delimiter]), bytes([layout.newline])) or (
                layout.newline == LF and rest in (b"\r\n", b"\r")
            )
            if not closed:
                return at, fields, stray, NEVER_CLOSED if ran_on else "text after a closing quote"
        elif quoted:
            ran_on |= byte == layout.newline
        elif byte == QUOTE and cell_start:
            quoted, cell_start = True, False
        elif byte == QUOTE:
            return at, fields, stray, NEVER_CLOSED if ran_on else STRAY_QUOTE
        elif byte == layout.newline:
            return at + 1, fields, stray, ""
        else:
            stray |= layout.newline == LF and byte == CR and rest[:1] not in (b"", b"\n")
            fields += byte == layout.delimiter
            cell_start = byte == layout.delimiter
        at += 1
    return at, fields, stray, NEVER_CLOSED if quoted else ""


def scanned(data: bytes, layout: Layout, size: int) -> Walk:
    result = Walk()
    for span in scan_spans(data, 0, 0, layout, size):
        places = (np.concatenate(part).tolist() for part in (span.starts, span.stops, span.lines))
        result.leads += zip(*places, strict=True)
        result.damage += [(d.start, d.stop, d.line, d.reason) for d in span.damage]
    result.damage.sort()
    return result


@settings(max_examples=1500, deadline=None)
@given(
    data=st.text(alphabet='a",\n\r', max_size=60) | st.text(alphabet='ab",\n', max_size=200),
    fields=st.integers(1, 4),
    newline=st.sampled_from([LF, LF, LF, CR]),
    size=st.integers(1, 80),
    first_window=st.integers(1, 64),
)
def test_any_bytes_give_the_leads_and_the_damaged_lines_that_a_slow_reader_finds(
    data: str, fields: int, newline: int, size: int, first_window: int
) -> None:
    octets = data.encode() if newline == LF else data.replace("\n", "a").encode()
    layout = Layout(COMMA, newline, fields)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(spans, "FIRST_WINDOW", first_window)
        found = scanned(octets, layout, size)
    expected = walk(octets, layout)
    assert found.leads == expected.leads
    assert found.damage == expected.damage


@pytest.mark.parametrize(
    ("data", "leads", "damage"),
    [
        (b"1,a\n2,b\n", [0, 1], []),
        (b'1,"a\nb"\n2,c', [0, 2], []),
        (b"1,a\n\n\r\n2,b\n", [0, 3], []),
        (b"1\n2,b\n", [1], [(0, "1 field, the header has 2")]),
        (b"1,a,x\n2,b\n", [1], [(0, "3 fields, the header has 2")]),
        (b'1,a"b\n2,b\n', [1], [(0, STRAY_QUOTE)]),
        (b'1,"a"b\n2,b\n', [1], [(0, "text after a closing quote")]),
        (b'1,"a\n2,b\n3,c\n', [1, 2], [(0, NEVER_CLOSED)]),
        (b'1,"a\n2,"b"\n3,c\n', [1, 2], [(0, NEVER_CLOSED)]),
        (b"1,a\rb\n2,b\n", [1], [(0, "a lone CR")]),
        (b'1,"a\rb"\n2,b\n', [0, 1], []),
        (b'1,"a\nb",x\n2,b\n', [2], [(0, "3 fields, the header has 2")]),
        (b"#1,a\n", [0], []),
        (b'1,"a"\nb"\n2,c\n', [2], [(0, UNPAIRED), (1, STRAY_QUOTE)]),
        (b'1,"a\n2,"\nb"\n3,c\n', [1, 3], [(0, UNPAIRED)]),
        (b'1,"a"\n2,b"\n3,c\n', [0, 2], [(1, STRAY_QUOTE)]),
    ],
)
def test_a_damaged_line_costs_only_itself(
    data: bytes, leads: list[int], damage: list[tuple[int, str]]
) -> None:
    found = scanned(data, Layout(COMMA, LF, 2), 1 << 20)
    assert [line for _, _, line in found.leads] == leads
    assert [(line, reason) for _, _, line, reason in found.damage] == damage


@pytest.mark.parametrize("size", range(1, 16))
def test_a_line_end_of_two_bytes_may_fall_between_two_windows(size: int) -> None:
    found = scanned(b'1,"a"\r\n2,"b"\r\n', Layout(COMMA, LF, 2), size)
    assert (found.leads, found.damage) == ([(0, 5, 0), (7, 12, 1)], [])


def test_a_quote_that_never_closes_is_found_without_scanning_the_rest_again_and_again() -> None:
    data = b'1,"a\n' + b"2,b\n" * 300_000
    found = scanned(data, Layout(COMMA, LF, 2), 1 << 14)
    assert len(found.leads) == 300_000
    assert [line for _, _, line, _ in found.damage] == [0]


@pytest.mark.parametrize("between", [b"", b"2,b\n" * 9, b'2,"b\nc"\n'])
def test_many_quotes_that_never_close_are_each_found_by_the_next_one(between: bytes) -> None:
    data = (b'1,"a\n' + between) * 3_000
    found = scanned(data, Layout(COMMA, LF, 2), 8 << 20)
    assert {reason for *_, reason in found.damage} == {NEVER_CLOSED}
    assert len(found.damage) == 3_000
    assert len(found.leads) == 3_000 * {0: 0, 36: 9, 8: 1}[len(between)]


def test_many_damaged_lines_do_not_make_each_other_expensive() -> None:
    data = (b"1,b\n" * 9 + b'2,b"\n') * 3_000
    found = scanned(data, Layout(COMMA, LF, 2), 8 << 20)
    assert len(found.leads) == 27_000
    assert len(found.damage) == 3_000
