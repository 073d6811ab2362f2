"""write_back: the scores of a run as a file that the CRM's own import takes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.errors import ConfigError, Problem
from leadscore.model.check import CHANCE
from leadscore.model.preset import Preset, WriteBack, fold_header, load_preset
from leadscore.model.schema import Model
from leadscore.model.write_back import COLUMNS, WriteBackNames
from leadscore.pipeline.collect import Collected
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import files_of
from leadscore.pipeline.fit import preset_name
from leadscore.pipeline.guard import guard_texts
from leadscore.pipeline.job import Job
from leadscore.pipeline.lists import Rows
from leadscore.pipeline.measure import TEXT
from leadscore.pipeline.previous import Previous
from leadscore.pipeline.publish import Stage
from leadscore.pipeline.reason import show_columns
from leadscore.pipeline.texts import write_chances
from leadscore.points import format_each

FILE = "crm_import.csv"
_BLOCK = 100_000
_TEXT = pa.large_string()
_ID_FIELDS = ("lead_id", "deal_id")


@dataclass(frozen=True)
class Names:
    """What the columns of the file are called, and the tiers of leads that are out of the ranking."""

    columns: dict[str, str]
    """id, and what is written beside it, in order."""
    tiers: dict[str, str]
    """Part of the leads -> the word that stands for their tier."""
    preset: str = ""


@dataclass(frozen=True)
class Import:
    """The file, and what the summary and the manifest say of it."""

    table: pd.DataFrame
    names: Names
    report: dict[str, Any]


def make_import(
    job: Job, export: Export, collected: Collected, parts: Mapping[str, Rows], before: Previous | None
) -> Import | None:
    """Every lead of the run, in the order of the ids; with a previous run those that are not as they were.

    None where it is not asked for. Raises ConfigError where nobody says what the CRM calls the columns.
    """
    if not job.write_back:
        return None
    names = find_names(job.model, job.config, files_of(export), collected.id_columns(job.model))
    if CHANCE in names.columns and job.predict is None:
        what, hint = "leads have no chance to be won without --predict", "give the model, or remove it"
        raise ConfigError(Problem(job.config, key=f"write_back.{CHANCE}", what=what, hint=hint))
    table = list_values(collected.leads, parts, names)
    report: dict[str, Any] = {"preset": names.preset or None, "columns": names.columns, **names.tiers}
    if before is None:
        return Import(table, names, {**report, "leads": len(table)})
    before = _as_imported(before, names)
    same = before.are_unchanged(table)
    counts = {"leads": int((~same).sum()), "unchanged": int(same.sum()), "vanished": before.count_gone(table)}
    return Import(table[~same], names, {**report, **counts})


def _as_imported(before: Previous, names: Names) -> Previous:
    """An earlier run as its own import told it; the CRM has nothing in what that named otherwise."""
    called, now = before.names or names.columns, names.columns
    leads = before.leads[[name for name in before.leads if name not in now or called.get(name) == now[name]]]
    if "tier" in leads:
        words = leads["part"].map(names.tiers | before.tiers)
        leads = leads.assign(tier=words.where(words.notna(), leads["tier"]).astype(TEXT))
    return replace(before, leads=leads)


def find_names(model: Model, config: str, files: Mapping[str, Export], ids: Sequence[str]) -> Names:
    """The names of the config over those of the preset.

    ``ids``: the headers the leads are identified by. Raises ConfigError where there are neither, where two
    columns have one name, and for a column that no lead has a value for.
    """
    presets = {preset_name(model, file.columns) for file in files.values()}
    preset = load_preset(next(iter(presets))) if len(presets) == 1 and "" not in presets else None
    own, known = model.write_back, preset.write_back if preset else None
    if own is None and known is None:
        what = "names no columns for the CRM's import, and the export is of no CRM that is recognised"
        hint = (
            "set preset, or write_back: {id: Record ID, score: lead_score}; generic is a preset for any CRM"
        )
        raise ConfigError(Problem(config, key="write_back", what=what, hint=hint))
    base, said = (known or WriteBack()).model_dump(), own or WriteBackNames()
    columns = {"id": said.id or _name_id(preset, ids)}
    for column in COLUMNS:
        name = getattr(said, column)
        columns[column] = base.get(column, "") if name is None else name
    columns = {column: name for column, name in columns.items() if name.strip()}
    _refuse(columns, model, config)
    tiers = {"disqualified": said.disqualified, "screened": said.screened}
    return Names(columns, tiers, preset.name if preset and known else "")


def _name_id(preset: Preset | None, ids: Sequence[str]) -> str:
    """The import's name of the id; the export's own where the config identifies leads by something else."""
    header = ids[0]
    wanted = preset.write_back.id if preset and preset.write_back else None
    if preset is None or wanted is None:
        return header
    each = [preset.fields[name].columns for name in _ID_FIELDS if name in preset.fields]
    # An import has one name for what an export may head in several ways, or in yet another (Lead ID, Id).
    meant = [headers for headers in each if _has(headers, wanted)] or each
    return wanted if all(any(_has(headers, own) for headers in meant) for own in ids) else header


def _has(headers: Sequence[str], header: str) -> bool:
    return fold_header(header) in map(fold_header, headers)


def _refuse(columns: dict[str, str], model: Model, config: str) -> None:
    folded = [fold_header(name) for name in columns.values()]
    twice = [column for column, name in columns.items() if folded.count(fold_header(name)) > 1]
    if twice:
        what, hint = f"{' and '.join(twice)} have the same name", "give each column of the import its own"
        raise ConfigError(Problem(config, key="write_back", what=what, hint=hint))
    if len(columns) == 1:
        what, hint = "leaves every column out but the id", "name at least the score"
        raise ConfigError(Problem(config, key="write_back", what=what, hint=hint))
    if "grade" in columns and model.models[0].grade is None:
        what, hint = "leads have no grade without grade", "remove it, or add grade to the config"
        raise ConfigError(Problem(config, key="write_back.grade", what=what, hint=hint))


def list_values(leads: pd.DataFrame, parts: Mapping[str, Rows], names: Names) -> pd.DataFrame:
    """The id and the values of every lead as text, in the order of the ids' code points."""
    rows = np.concatenate([parts[name] for name in parts])
    out = np.repeat(list(parts), [len(parts[name]) for name in parts])
    kept = show_columns(leads.iloc[rows], list({"tier": 0, **names.columns})).reset_index(drop=True)
    tiers = kept["tier"].to_numpy(dtype=object)
    for part, word in names.tiers.items():
        tiers[out == part] = word
    kept["tier"] = pd.array(tiers, dtype=TEXT)
    values = {column: _as_text(kept[column], column) for column in names.columns}
    order = pc.sort_indices(pa.array(values["id"], _TEXT)).to_numpy()  # of UTF-8, as of code points
    table: pd.DataFrame = pd.DataFrame(values).iloc[order].reset_index(drop=True)
    return table


def _as_text(values: pd.Series, column: str) -> Any:
    if column == CHANCE:
        return pd.array(write_chances(values.to_numpy()), dtype=TEXT)
    if pd.api.types.is_integer_dtype(values.dtype):
        return pd.array(format_each(values.to_numpy(dtype=np.int64)), dtype=TEXT)
    return values.astype(TEXT).fillna("").array


def write_import(stage: Stage, made: Import, guard: bool) -> None:
    """The file: commas, CRLF, quotes where needed, UTF-8 without a byte order mark.

    That is RFC 4180, which every import takes whatever the export was written like. An id is written to the
    letter, never with an apostrophe: the CRM would not find its lead.
    """
    with stage.create(FILE) as file:
        file.write(
            ",".join(_quote(pa.array(made.names.columns.values(), _TEXT)).to_pylist()).encode() + b"\r\n"
        )
        for first in range(0, len(made.table), _BLOCK):
            file.write(_lines(made.table.iloc[first : first + _BLOCK], guard))
    stage.count(FILE, len(made.table))


def _lines(table: pd.DataFrame, guard: bool) -> bytes:
    cells = []
    for column in table.columns:
        texts = pa.array(table[column], _TEXT)
        cells.append(_quote(guard_texts(texts)[0] if guard and column != "id" else texts))
    rows = pc.binary_join_element_wise(*cells, pa.scalar(",", _TEXT))
    return b"".join(f"{row}\r\n".encode() for row in rows.to_pylist())


def _quote(texts: pa.Array) -> pa.Array:
    mark, nothing = pa.scalar('"', _TEXT), pa.scalar("", _TEXT)
    quoted = pc.binary_join_element_wise(mark, pc.replace_substring(texts, '"', '""'), mark, nothing)
    return pc.if_else(pc.match_substring_regex(texts, '[\\r\\n",]'), quoted, texts)
