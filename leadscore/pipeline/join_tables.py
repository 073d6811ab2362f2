"""join_tables: the tables a run joins to its leads -> which file each is, and which fields it gives."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from leadscore.errors import InputError, Problem, UsageError
from leadscore.model.join import Join
from leadscore.model.preset import Preset, load_preset, preset_names, recognise
from leadscore.model.schema import FieldConfig, Model
from leadscore.part import nearest
from leadscore.pipeline.export import Export
from leadscore.pipeline.fit import Fit, fit_model, wanted_columns
from leadscore.pipeline.join import Joined, Joins
from leadscore.pipeline.keyed import read_keyed
from leadscore.pipeline.read import open_export

NO_TABLES: Mapping[str, Export] = {}


def open_tables(given: Sequence[str], model: Model) -> dict[str, Any]:
    """The file of each table, by the table's name in the config. ``given``: FILE or NAME=FILE.

    Raises UsageError unless each table has one file.
    """
    paths = name_tables(given, model)
    return {
        name: open_export(paths[name], set(_wanted(name, model)), declared=join.input)
        for name, join in model.join.items()
    }


def name_tables(given: Sequence[str], model: Model) -> dict[str, Path]:
    """Which file is which table. With one table in the config there is no need to say so."""
    names, paths = list(model.join), dict[str, Path]()
    for text in given:
        name, _, path = text.partition("=")
        if name not in names or not path:
            name, path = names[0] if len(names) == 1 else "", text
        if not names:
            hint = "say by which field: join: {companies: {on: domain}}"
            raise UsageError(Problem(path, what="the config joins no table", hint=hint))
        if not name:
            what = f"the config joins {', '.join(names)}, and which of them this is is not said"
            raise UsageError(Problem(path, what=what, hint=f"write --join {names[0]}=FILE"))
        if name in paths:
            raise UsageError(Problem(path, what=f"is a second file for {name}", hint="name one file a table"))
        paths[name] = Path(path)
    for name in names:
        if name not in paths:
            what = f"the config joins a table {name!r}, and there is no file for it"
            raise UsageError(Problem("--join", what=what, hint=f"write --join {name}=FILE"))
    return paths


def fit_tables(tables: Mapping[str, Export], model: Model, files: Mapping[str, Export]) -> Joins:
    """Which fields the tables give beside the ``files`` of the export, and their rows by key.

    Raises InputError for a field that two of them could give, and where a table lacks what is asked of it.
    """
    if not tables:
        return Joins()
    own = {name: "the export" for file in files.values() for name in _fields_of(file, model)}
    own[model.id] = "the export"  # or so it must be, which is told elsewhere
    fits, problems = {}, list[Problem]()
    for name, table in tables.items():
        fits[name], clear = _fit_table(name, table, model)
        for field, column in fits[name].columns.items():
            giver = own.setdefault(field, table.path.name)
            if giver != table.path.name and field not in clear:
                problems.append(_two_givers(name, table, field, column, giver))
            elif fits[name].model.fields[field].takes_empty:
                what = "the empty cell is one of its words, so that a lead without a row would have a value"
                hint = "give it a word that is not empty, or make it a text"
                problems.append(Problem(str(table.path), 1, key=f"fields.{field}", what=what, hint=hint))
    problems += [_nowhere(name, model, tables, files) for name in _lacking(model, own)]
    if problems:
        raise InputError(problems)
    return Joins(tuple(_read(name, table, fits[name], model) for name, table in tables.items()))


def _lacking(model: Model, given: Collection[str]) -> list[str]:
    return [
        name
        for name, config in model.fields.items()
        if name not in given and not config.optional and wanted_columns(name, config)
    ]


def _nowhere(field: str, model: Model, tables: Mapping[str, Export], files: Mapping[str, Export]) -> Problem:
    """A field that neither the export nor a table has; the nearest header of a table is told."""
    wanted = wanted_columns(field, model.fields[field])
    names = " or ".join(table.path.name for table in tables.values())
    near = [(nearest(each, table.columns), table.path.name) for each in wanted for table in tables.values()]
    meant = next((f"{file} has {header!r}: " for header, file in near if header), "")
    what = f"no column {' or '.join(map(repr, wanted))}, in the export or in {names}"
    hint = f"{meant}set fields.{field}.from in the config"
    return Problem(str(next(iter(files.values())).path), 1, key=field, what=what, hint=hint)


def _two_givers(name: str, table: Export, field: str, column: str, giver: str) -> Problem:
    hint = f"set fields.{field}.from to {name}.{column}, or list only other columns in join.{name}.columns"
    return Problem(str(table.path), 1, key=field, what=f"{giver} has this field as well", hint=hint)


def _read(name: str, table: Export, fit: Fit, model: Model) -> Joined:
    on = model.join[name].on
    key, config = _find_key(name, model.join[name], table)
    keyed = read_keyed(table, key, config, list(dict.fromkeys(fit.columns.values())))
    preset = _preset_of(table)
    return Joined(name, on, table, fit, keyed, preset[1].file if preset else None)


def _fields_of(file: Export, model: Model) -> dict[str, str]:
    others = _only(model, model.fields.keys() - {model.id})  # whether the id is there is told elsewhere
    return fit_model(others, file.columns, str(file.path), file.repeated).columns


def _only(model: Model, names: Iterable[str], optional: bool = True) -> Model:
    fields = {name: model.fields[name] for name in names}
    if optional:
        fields = {name: field.model_copy(update={"optional": True}) for name, field in fields.items()}
    return model.model_copy(update={"fields": fields})


def _fit_table(name: str, table: Export, model: Model) -> tuple[Fit, set[str]]:
    """The fields a table gives, and those of them that the config asks of it by name (companies.Industry)."""
    headers = _offered(name, model.join[name], table)
    asked = {f"{name}.{header}": header for header in headers}
    # What identifies a lead, and what it is looked up by, is the lead's own.
    lookups = {join.on for join in model.join.values()}
    own = {model.id, *lookups, *(model.fields[field].of for field in lookups)}
    preset = _preset_of(table)
    reading = model.model_copy(update={"preset": preset[0] if preset else None})
    repeated = {*table.repeated, *(f"{name}.{header}" for header in table.repeated)}
    place = ([*headers, *asked], str(table.path), repeated)
    found = fit_model(_only(reading, [field for field in model.fields if field not in own]), *place)
    given = [field for field in found.columns if found.columns[field] not in found.constants]
    fit = fit_model(_only(reading, given, optional=False), *place)
    clear = {field for field in given if fit.columns[field] in asked}
    columns = {field: asked.get(column, column) for field, column in fit.columns.items()}
    return replace(fit, columns=columns), clear


def _offered(name: str, join: Join, table: Export) -> list[str]:
    missing = [column for column in join.columns or () if column not in table.columns]
    if missing:
        raise InputError([_lacks(table, f"join.{name}.columns", (column,)) for column in missing])
    return list(join.columns or table.columns)


def _preset_of(table: Export) -> tuple[str, Preset] | None:
    claimed = recognise(table.columns)
    return (claimed[0], load_preset(claimed[0])) if len(claimed) == 1 else None


def _find_key(name: str, join: Join, table: Export) -> tuple[str, FieldConfig]:
    """The table's key column, and how its empty cells are written."""
    preset = _preset_of(table)
    by_preset = preset[1].header_of(join.on, table.columns) if preset else None
    names = join.key or (join.on,)
    header = next((column for column in names if column in table.columns), None if join.key else by_preset)
    if header is None:
        raise InputError(_lacks(table, f"join.{name}.key", names))
    if header in table.repeated:
        what = "the key stands twice in the header"
        raise InputError(Problem(str(table.path), 1, key=header, what=what, hint="remove or rename one"))
    null = preset[1].fields[join.on].null if preset and header == by_preset else ()
    return header, FieldConfig(null=null)


def _lacks(table: Export, key: str, names: Sequence[str]) -> Problem:
    meant = next(filter(None, (nearest(name, table.columns) for name in names)), "")
    hint = f"the file has {meant!r}: set {key}" if meant else f"set {key} to one of the file's headers"
    what = f"no column {' or '.join(repr(name) for name in names)}"
    return Problem(str(table.path), 1, key=key, what=what, hint=hint)


def _wanted(name: str, model: Model) -> Iterator[str]:
    """The headers that may be asked of a table, by which its delimiter is recognised."""
    join = model.join[name]
    known = [load_preset(preset) for preset in preset_names()]
    for fields in (preset.fields for preset in known if preset.enrichment):
        yield from fields[join.on].columns if join.on in fields else ()
    yield from (join.on, *(join.key or ()), *(join.columns or ()))
    for field, config in model.fields.items():
        yield from (column.removeprefix(f"{name}.") for column in wanted_columns(field, config))
