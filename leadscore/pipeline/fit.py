"""fit: a model's fields and an export's headers -> which column each field is read from, and how."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from leadscore.errors import InputError, Problem
from leadscore.model.preset import Preset, load_preset, recognise
from leadscore.model.schema import FieldConfig, Model
from leadscore.part import nearest

# How cells are written belongs to their column; what a field is, and means, belongs to the config.
_OF_THE_COLUMN = ("format", "decimal", "thousands", "unit", "magnitude", "range", "list", "digits",
                  "exponent", "true", "false")  # fmt: skip

_FROM_NAME = "from the file's name: "


@dataclass(frozen=True)
class Fit:
    """A model as it reads one export."""

    model: Model
    columns: dict[str, str]
    """Field -> the export's column."""
    presets: tuple[str, ...] = ()
    """The presets that a field was read by."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """Columns the file does not have, and the value that its name says all leads have in them."""
    notes: tuple[str, ...] = ()

    def read(self, leads: pd.DataFrame) -> pd.DataFrame:
        """The leads of the file, with the columns its name stands for."""
        added = {name: pd.Series(value, leads.index, dtype="str") for name, value in self.constants.items()}
        return leads.assign(**added) if added else leads


def fit_model(
    model: Model, columns: Sequence[str], file: str, repeated: Collection[str] = (), line: int = 1
) -> Fit:
    """Which column each field is read from, and how.

    A column the config itself names comes first; where the file has none of them, that of the preset: the
    config's, or the one that claims these headers. Raises InputError naming every field without a column,
    unless the config says that it is optional. ``line``: where the header stands.
    """
    presets, notes = find_presets(model, columns)
    chosen = {name: _choose(name, config, presets, columns, file) for name, config in model.fields.items()}
    found = {name: choice for name, choice in chosen.items() if choice is not None}
    lacking = [name for name, config in model.fields.items() if name not in found and not config.derive]
    absent = [name for name in lacking if model.fields[name].optional and name != model.id]
    problems = [
        _missing_column(name, model.fields[name], columns, file, line)
        for name in lacking
        if name not in absent
    ]
    problems += _column_twice({choice.column for choice in found.values()} & set(repeated), file, line)
    if problems:
        raise InputError(problems)
    fields = model.fields | {name: choice.config for name, choice in found.items()}
    of_presets = _by_preset(found)
    return Fit(
        model.model_copy(update={"fields": fields}),
        {name: choice.column for name, choice in found.items()},
        tuple(of_presets),
        {choice.column: choice.value for choice in found.values() if choice.value is not None},
        (*notes, *_tell(presets, of_presets, absent)),
    )


@dataclass(frozen=True)
class _Choice:
    """A column for a field, and how it is read."""

    column: str
    config: FieldConfig
    preset: str = ""
    value: str | None = None
    """What the file's name says, where it is that and no column."""


def _choose(
    name: str, config: FieldConfig, presets: dict[str, Preset], columns: Sequence[str], file: str
) -> _Choice | None:
    own = next((header for header in wanted_columns(name, config) if header in columns), None)
    if own is not None or config.derive:
        return None if own is None else _Choice(own, config)
    for preset, known in presets.items():
        header = known.header_of(name, columns)
        if header is not None:
            return _Choice(header, _as_preset_writes(config, known.fields[name], header), preset)
        value = _said_by_name(known, name, file)
        if value is not None:
            words = config.model_copy(update={"true": ("true",), "false": ("false",)})
            return _Choice(f"{_FROM_NAME}{name}", words, preset, value)
    return None


def _said_by_name(preset: Preset, field: str, file: str) -> str | None:
    values = preset.from_file_name.get(field, {})
    begins = Path(file).name.casefold().startswith
    return next((value for value, beginnings in values.items() if begins(beginnings)), None)


def _by_preset(found: dict[str, _Choice]) -> dict[str, list[str]]:
    """Preset -> the fields that are read by it."""
    fields: dict[str, list[str]] = {}
    for name, choice in found.items():
        if choice.preset:
            fields.setdefault(choice.preset, []).append(name)
    return fields


def preset_name(model: Model, columns: Sequence[str]) -> str:
    """The config's preset, or the one that claims the headers; '' where there is none, or more than one."""
    claimed = [name for name in recognise(columns) if not load_preset(name).enrichment]
    found = [model.preset] if model.preset else claimed
    return found[0] if len(found) == 1 else ""


def find_presets(model: Model, columns: Sequence[str]) -> tuple[dict[str, Preset], list[str]]:
    """That preset and those of enrichments the file holds, and what is to be said where several claim it."""
    claimed = recognise(columns)
    added = [name for name in claimed if load_preset(name).enrichment]
    main, rivals = preset_name(model, columns), [name for name in claimed if name not in added]
    names = dict.fromkeys([main, *added] if main else added)
    told = f"the headers are those of {' and of '.join(rivals)}; name one of them under preset"
    return {name: load_preset(name) for name in names}, [] if main or not rivals else [told]


def wanted_columns(name: str, field: FieldConfig) -> list[str]:
    """The headers a field may stand under, best first; none for a derived field."""
    return [] if field.derive else [*field.columns, name]


def _as_preset_writes(field: FieldConfig, written: FieldConfig, header: str) -> FieldConfig:
    """The config's field, in the column and the writing of a preset's.

    What the config says of the writing is said of the columns it names; where it names none, of any.
    """
    update: dict[str, object] = {"columns": (header,)}
    said = set() if "columns" in field.model_fields_set else field.model_fields_set
    if written.type in (None, field.type):
        update |= {key: getattr(written, key) for key in _OF_THE_COLUMN if key not in said}
        update["null"] = tuple(dict.fromkeys((*field.null, *written.null)))
    return field.model_copy(update=update)


def _tell(
    presets: dict[str, Preset], of_preset: dict[str, list[str]], absent: Sequence[str]
) -> Iterator[str]:
    for name, fields in of_preset.items():
        many = "1 field" if len(fields) == 1 else f"{len(fields)} fields"
        yield f"read as {presets[name].name}: {many} by its headers ({', '.join(fields)})"
    if absent:
        yield f"not in this export, so unknown for every lead: {', '.join(absent)}"


def _missing_column(name: str, field: FieldConfig, columns: Sequence[str], file: str, line: int) -> Problem:
    candidates = wanted_columns(name, field)
    meant = next(filter(None, (nearest(candidate, columns) for candidate in candidates)), "")
    hint = f"the file has {meant!r}: " if meant else f"the header is in line {line}: "
    looked = " or ".join(repr(candidate) for candidate in candidates)
    return Problem(
        file, line, key=name, what=f"no column {looked}", hint=f"{hint}set fields.{name}.from in the config"
    )


def _column_twice(columns: set[str], file: str, line: int) -> list[Problem]:
    what, hint = "this column stands twice in the header", "remove or rename one"
    return [Problem(file, line, key=column, what=what, hint=hint) for column in sorted(columns)]
