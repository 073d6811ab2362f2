"""survey: the export a config is wanted for -> its columns with what they mean and how they are read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from leadscore.analysis.cells_seen import CellsSeen
from leadscore.analysis.init.header_words import find_meanings
from leadscore.analysis.init.names import own_name
from leadscore.analysis.known_headers import (
    GENERIC,
    all_headers,
    choose_preset,
    find_id,
    is_code,
    tells_who,
)
from leadscore.analysis.reading import Reading, find_reading
from leadscore.errors import InputError, Problem, UsageError
from leadscore.model.preset import load_preset, recognise
from leadscore.part import nearest
from leadscore.pipeline.files import title_of
from leadscore.pipeline.read import open_export
from leadscore.pipeline.several import Exports

_TEXTS = frozenset("job_title seniority email industry country source department medium campaign".split())
"""Meanings whose rules read words."""
_MOST_NULL = 100


@dataclass(frozen=True)
class Column:
    """One column of the export."""

    header: str
    field: str
    """Its name in the config."""
    meaning: str
    """What presets call it, '' where none knows it."""
    reading: Reading
    cells: CellsSeen

    @property
    def settings(self) -> dict[str, Any]:
        """What the config has to say for it to be read."""
        reading = self.reading
        source = {} if self.field == self.header else {"from": self.header}
        typed = {} if reading.type == "text" else {"type": reading.type}
        nulls = {"null": list(reading.nulls[:_MOST_NULL])} if reading.nulls else {}
        return {**source, **typed, **reading.settings, **nulls}

    @property
    def names_somebody(self) -> bool:
        """Whether its cells tell who somebody is, or are numbers of people and things."""
        return tells_who(self.header) or is_code(self.header)


@dataclass(frozen=True)
class Survey:
    """What is in the export."""

    paths: tuple[Path, ...]
    export: Any
    leads: int
    columns: tuple[Column, ...]
    id: Column
    preset: str

    @property
    def title(self) -> str:
        """The files, in messages."""
        return title_of(self.export)

    def of(self, meaning: str) -> Column | None:
        """The column of a meaning."""
        return next((column for column in self.columns if column.meaning == meaning), None)

    def named(self, header: str, option: str) -> Column:
        """The column of a header. Raises UsageError where there is none."""
        found = next((column for column in self.columns if column.header == header), None)
        if found is None:
            meant = nearest(header, [column.header for column in self.columns])
            hint = f"did you mean {meant!r}?" if meant else "leadscore inspect shows the columns there are"
            raise UsageError(Problem(option, what="the export has no column of that name", hint=hint))
        return found


def survey_export(paths: Sequence[Path], id_column: str | None = None) -> Survey:
    """Read the export once, a batch at a time.

    Raises InputError where it cannot be read, holds no lead, or where no column identifies a lead; UsageError
    where it has no column ``id_column``.
    """
    export = open_any(paths)
    cells = {name: CellsSeen() for name in export.columns}
    leads = 0
    for batch in export.batches(list(cells)):
        leads += len(batch.leads)
        for name, seen in cells.items():
            seen.add(batch.leads[name])
    if not leads:
        what = "holds no lead that can be read"
        raise InputError(Problem(title_of(export), what=what, hint="export it again, with the leads in it"))
    columns = _columns(cells, export.kinds, _usable(export))
    if not columns:
        what = "has no column with a name that stands once"
        raise InputError(Problem(title_of(export), what=what, hint="export it again, with its header line"))
    preset = choose_preset(recognise(list(cells)))
    chosen = _find_id(Survey(tuple(paths), export, leads, columns, columns[0], preset), id_column)
    columns = tuple(_as_id(column) if column is chosen else column for column in columns)
    own = next(column for column in columns if column.header == chosen.header)
    return Survey(tuple(paths), export, leads, columns, own, preset)


def _as_id(column: Column) -> Column:
    """Whatever it looks like, the id is text, and says nothing but who it is, or where to write to."""
    meaning = column.meaning if column.meaning in ("lead_id", "deal_id", "email") else ""
    return replace(column, meaning=meaning, reading=Reading("text", read=column.cells.filled))


def open_any(paths: Sequence[Path]) -> Any:
    """The export, or several as one."""
    opened: list[Any] = [open_export(path, all_headers()) for path in paths]
    return Exports(opened) if len(opened) > 1 else opened[0]


def _usable(export: Any) -> set[str]:
    """Columns that have a name, which stands once."""
    return {name for name in export.columns if name.strip() and name not in export.repeated}


def _columns(
    cells: Mapping[str, CellsSeen], kinds: Mapping[str, Any], usable: Iterable[str]
) -> tuple[Column, ...]:
    headers = [name for name in cells if name in usable]
    found = {header: _read(header, cells[header], kinds.get(header)) for header in headers}
    meanings = {
        header: meant if _is_as_meant(meant, found[header]) else ""
        for header, meant in find_meanings(headers).items()
    }
    taken: set[str] = set(filter(None, meanings.values()))
    made = []
    for place, header in enumerate(headers, start=1):
        meant, reading = meanings[header], found[header]
        name = meant or own_name(header, place, taken)
        taken.add(name)
        if meant and _kind_of(meant) == "number" and reading.type == "boolean":
            reading = Reading("number", nulls=reading.nulls, read=reading.read)  # 0 and 1 are counts here
        if meant == "email":
            reading = replace(reading, settings={})  # one address, whatever marks stand in it
        made.append(Column(header, name, meant, reading, cells[header]))
    return tuple(made)


def _read(header: str, cells: CellsSeen, kind: Any) -> Reading:
    return find_reading(cells, kind, is_code=is_code(header), is_name=tells_who(header))


def _kind_of(meaning: str) -> str:
    config = load_preset(GENERIC).fields.get(meaning)
    return (config.type if config else None) or "text"


def _is_as_meant(meaning: str, reading: Reading) -> bool:
    """Whether a column holds what its header promises: no text where a number or a date would stand."""
    kind = _kind_of(meaning) if meaning else "text"
    is_count = kind == "number" and reading.type == "boolean" and bool(reading.doubt)
    as_text = kind == "text" and (reading.type == "text" or meaning not in _TEXTS)
    return as_text or kind == reading.type or is_count


def _find_id(survey: Survey, asked: str | None) -> Column:
    if asked is not None:
        return survey.named(asked, "--id")
    headers = [column.header for column in survey.columns]
    found = find_id(headers, survey.preset)
    called = [column for column in survey.columns if found and column.header == found[0]]
    alone = [column for column in survey.columns if column.cells.is_unique and column.reading.type == "text"]
    alone.sort(key=lambda column: (column.meaning != "email", not is_code(column.header)))
    usual = [column for column in called if _mostly_apart(column)]
    email = [column for column in survey.columns if column.meaning == "email" and _mostly_apart(column)]
    chosen = next(iter([*usual, *alone, *email]), None)
    if chosen is None and survey.leads == 1:
        chosen = next((column for column in survey.columns if column.cells.filled), None)
    if chosen is None:
        what = "no column identifies a lead: none is filled and different in every row"
        hint = "export the CRM's record id as well, or name the nearest column with --id"
        raise InputError(Problem(survey.title, what=what, hint=hint))
    return chosen


def _mostly_apart(column: Column) -> bool:
    """Whether hardly any value stands twice, and hardly any cell is empty."""
    cells = column.cells
    if 10 * cells.empty > cells.filled or not cells.filled:
        return False
    return cells.values is None or 10 * len(cells.values) >= 9 * cells.filled
