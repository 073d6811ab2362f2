"""inspect: what is in an export -> tables and lines, the part of a config at the end."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from leadscore.analysis.cells_seen import MOST
from leadscore.analysis.inspect import Inspected, Inspection
from leadscore.analysis.reading import Reading
from leadscore.analysis.twins import Group, Ids
from leadscore.views.screen import figures, plain

_SHOWN = 5
"""So many lines, or groups of lines, are named; --json has more."""
_DELIMITERS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_LINE_ENDS = {"\n": "LF", "\r\n": "CRLF", "\r": "CR"}


def inspect_view(found: Inspection) -> Iterator[RenderableType]:
    """The renderables of an inspection."""
    yield plain(
        f"{found.file}: {_count(found.leads, 'lead')}, {_count(len(found.columns), 'column')}", "bold"
    )
    yield plain(_dialect(found.dialect))
    yield plain(_preset(found))
    for note in found.notes:
        yield plain(note, "yellow")
    yield _columns(found)
    yield from map(plain, _values(found.columns))
    for column in found.columns:
        yield from (plain(f"{column.name}: {line}", "yellow") for line in _doubts(column))
    yield from _ids(found)
    for damage in found.damage:
        lines = _lines(damage.lines, damage.count)
        yield plain(f"{_count(damage.count, 'line')} cannot be read, {damage.reason}: {lines}", "yellow")
    if found.damaged > sum(damage.count for damage in found.damage):
        yield plain(f"{found.damaged:,} lines cannot be read in all", "yellow")
    yield plain("")
    yield plain("what a config would say:" if found.config else "a config need say nothing of these columns")
    yield from map(plain, found.config.splitlines())


def inspect_json(found: Inspection) -> dict[str, Any]:
    """The same content for machines."""
    content = asdict(found)
    for column, inspected in zip(content["columns"], found.columns, strict=True):
        column["values"] = dict(inspected.values)
        for order, dates in zip(column["reading"]["orders"], inspected.reading.orders, strict=True):
            order["ambiguous"] = dates.is_ambiguous
    return {**content, "candidates": found.candidates}


def _dialect(dialect: Mapping[str, object]) -> str:
    if dialect["format"] == "parquet":
        return "Parquet"
    if dialect["format"] == "xlsx":
        return f"workbook (xlsx), header in row {dialect['header_line']}"
    delimiter, line_end = str(dialect["delimiter"]), str(dialect["line_end"])
    said = [f"CSV: {_DELIMITERS.get(delimiter, repr(delimiter))}", _LINE_ENDS.get(line_end, repr(line_end))]
    said += [str(dialect["encoding"]).upper() + (" with a byte order mark" if dialect["bom"] else "")]
    said += ["every header in quotes"] if dialect["quote_all"] else []
    said += [str(dialect["compression"])] if dialect["compression"] else []
    header = dialect.get("header_line", 1)
    return ", ".join([*said, f"header in line {header}"] if header != 1 else said)


def _preset(found: Inspection) -> str:
    if not found.presets:
        return "preset: none knows these headers"
    if not found.preset:
        return f"preset: the headers are those of {' and of '.join(found.presets)}; name one of them"
    others = [column.name for column in found.columns if not column.field]
    reads = f"reads {len(found.columns) - len(others)} of {_count(len(found.columns), 'column')}"
    names = " and ".join(found.presets)
    return f"preset: {names}, {reads}" + (f"; not {', '.join(others)}" if others else "")


def _columns(found: Inspection) -> Table:
    table = figures("Column", "Type", "Filled", "Empty", "Distinct", "Not read")
    for column in found.columns:
        distinct = f"> {MOST:,}" if column.distinct is None else f"{column.distinct:,}"
        unread = sum(column.reading.unread.values())
        table.add_row(
            plain(column.name), _type(column.reading), f"{column.filled:,}", f"{column.empty:,}",
            distinct, f"{unread:,}" if unread else "",
        )  # fmt: skip
    return table


def _type(reading: Reading) -> str:
    return "list" if "list" in reading.settings else reading.type


def _values(columns: Sequence[Inspected]) -> Iterator[str]:
    for column in columns:
        if column.values:
            yield f"{column.name}: {', '.join(f'{value} ({count:,})' for value, count in column.values)}"


def _doubts(column: Inspected) -> Iterator[str]:
    """What is to be looked at in a column."""
    reading = column.reading
    nulls = column.filled - reading.read - sum(reading.unread.values())
    if nulls:
        yield f"{_count(nulls, 'cell')} taken for empty: {', '.join(reading.nulls)}"
    if reading.doubt:
        yield reading.doubt
    for order in reading.orders:
        if order.format is not None:
            is_month = order.only_month_first > 0
            first, decide = ("month", order.only_month_first) if is_month else ("day", order.only_day_first)
            cells = f"{_count(decide, 'cell')} can only be that, {order.either:,} could be either"
            yield f"{order.format}, {first} first: {cells}"
    for reason, count in reading.unread.items():
        yield f"{_count(count, 'cell')} not read, {reason}"


def _ids(found: Inspection) -> Iterator[RenderableType]:
    yield plain(f"always filled and never twice: {', '.join(found.candidates) or 'no column'}")
    ids = found.ids
    if ids is None:
        yield plain("id: no column is called as ids are; name one with --id to look for duplicates")
        return
    clean = not (ids.empty or ids.damaged or ids.twice or ids.near)
    yield plain(f"id: {ids.column} ({ids.because}){', every one there and different' if clean else ''}")
    yield from (plain(line, "yellow") for line in _faults(ids))


def _faults(ids: Ids) -> Iterator[str]:
    if ids.empty:
        yield f"ids: {ids.empty:,} empty: {_lines(ids.empty_lines, ids.empty)}"
    if ids.damaged:
        damaged = f"ids: {ids.damaged:,} damaged by a spreadsheet (1.23E+11)"
        yield f"{damaged}: {_lines(ids.damaged_lines, ids.damaged)}"
    if ids.twice:
        yield f"ids: {ids.twice:,} more than once: {_groups(ids.duplicates, ids.twice)}"
    if ids.near:
        yield f"ids: {ids.near:,} nearly the same as another: {_groups(ids.near_duplicates, ids.near_groups)}"


def _groups(groups: Sequence[Group], count: int) -> str:
    shown = [_group(group) for group in groups[:_SHOWN]]
    more = count - len(shown)
    return "; ".join([*shown, f"and {more:,} more"] if more else shown)


def _group(group: Group) -> str:
    """Lines 2 and 5 (by case)."""
    lines = _lines(group.lines, len(group.lines))
    return f"{lines} (by {', '.join(group.differences)})" if group.differences else lines


def _lines(lines: Sequence[int], count: int) -> str:
    shown = ", ".join(map(str, lines[:_SHOWN]))
    more = count - len(lines[:_SHOWN])
    return f"line{'' if count == 1 else 's'} {shown}" + (f" and {more:,} more" if more else "")


def _count(number: int, of: str) -> str:
    return f"{number:,} {of}" if number == 1 else f"{number:,} {of}s"
