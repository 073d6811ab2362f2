"""prepare: a batch of text -> typed fields, with every cell that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.errors import InputError, Problem
from leadscore.fields import Field, FieldType, Leads, Seen
from leadscore.model.schema import FieldConfig, Model
from leadscore.part import nearest
from leadscore.pipeline.cells import READERS
from leadscore.pipeline.mail import email_domain, email_kind
from leadscore.text import AROUND, trim

_EPOCH = date(1970, 1, 1)
NO_KINDS: Mapping[str, FieldType] = {}
NO_ACTIVITY: Mapping[tuple[str, str], Seen] = {}


@dataclass(frozen=True)
class Unreadable:
    """Cells of one column that are not what the config says they are; their leads count as unknown."""

    column: str
    reason: str
    rows: npt.NDArray[np.intp]
    """Positions in the batch."""


def choose_columns(
    model: Model, columns: Sequence[str], file: str, repeated: Collection[str] = ()
) -> dict[str, str]:
    """Field -> the export's column it is read from. Raises InputError naming every field without one."""
    chosen: dict[str, str] = {}
    problems: list[Problem] = []
    for name, field in model.fields.items():
        candidates = wanted_columns(name, field)
        found = next((candidate for candidate in candidates if candidate in columns), None)
        if found is not None:
            chosen[name] = found
        elif candidates:
            problems.append(_missing_column(name, candidates, columns, file))
    problems += _column_twice(set(chosen.values()) & set(repeated), file)
    if problems:
        raise InputError(problems)
    return chosen


def wanted_columns(name: str, field: FieldConfig) -> list[str]:
    """The headers a field may stand under, best first; none for a derived field."""
    return [] if field.derive else [*field.columns, name]


def _missing_column(name: str, candidates: list[str], columns: Sequence[str], file: str) -> Problem:
    meant = next(filter(None, (nearest(candidate, columns) for candidate in candidates)), "")
    hint = f"the file has {meant!r}: " if meant else "the header is in line 1: "
    looked = " or ".join(repr(candidate) for candidate in candidates)
    return Problem(
        file, 1, key=name, what=f"no column {looked}", hint=f"{hint}set fields.{name}.from in the config"
    )


def _column_twice(columns: set[str], file: str) -> list[Problem]:
    what, hint = "this column stands twice in the header", "remove or rename one"
    return [Problem(file, 1, key=column, what=what, hint=hint) for column in sorted(columns)]


def prepare_leads(
    leads: pd.DataFrame,
    model: Model,
    columns: Mapping[str, str],
    as_of: date,
    kinds: Mapping[str, FieldType] = NO_KINDS,
    activity: Mapping[tuple[str, str], Seen] = NO_ACTIVITY,
) -> tuple[Leads, list[Unreadable]]:
    """Typed fields of a batch.

    ``columns`` says which column each field is read from, ``kinds`` which columns came with a type of
    their own, ``activity`` what the log says of these leads.
    """
    unreadable: list[Unreadable] = []
    day = (as_of - _EPOCH).days
    fields = {
        name: read_field(leads[columns[name]], config, config.type or "text", unreadable, kinds)
        for name, config in model.fields.items()
        if name in columns
    }
    for name, config in model.fields.items():
        if ("field", name) in activity:
            fields[name] = field_of_log(config, activity["field", name], day)
        elif config.derive and config.of:
            fields[name] = _DERIVATIONS[config.derive](fields[config.of], day)
    return Leads(len(leads), fields, day, activity), unreadable


def field_of_log(config: FieldConfig, seen: Seen, as_of: int) -> Field:
    """A field made from the activity log: when last, how often, or how much."""
    amounts = {"last_event": as_of - seen.age, "event_count": seen.count, "event_value": seen.value / 100}
    numbers, codes = np.unique(amounts[str(config.derive)].astype(np.float64), return_inverse=True)
    texts = ["" if np.isnan(number) else _shown(config, number) for number in numbers.tolist()]
    return Field(config.type or "number", codes.astype(np.intp), texts, numbers)


def _shown(config: FieldConfig, number: float) -> str:
    is_date = config.derive == "last_event"
    return (_EPOCH + timedelta(days=int(number))).isoformat() if is_date else f"{number:g}"


def _as_typed(config: FieldConfig) -> FieldConfig:
    plain = {"format": None, "decimal": ".", "thousands": None, "exponent": True}
    return config.model_copy(update={**plain, "true": ("true",), "false": ("false",)})


def read_field(
    cells: pd.Series,
    config: FieldConfig,
    field_type: FieldType,
    unreadable: list[Unreadable],
    kinds: Mapping[str, FieldType] = NO_KINDS,
) -> Field:
    """One column as a field; what cannot be read is added to ``unreadable``.

    A column that came with the field's type is read as that type writes itself, whatever format the
    config declares for text.
    """
    if kinds.get(str(cells.name)) == field_type:
        config = _as_typed(config)
    codes, texts = _distinct(cells, config)
    if field_type == "text":
        return Field("text", codes, texts)
    read, why_not = READERS[field_type]
    field = Field(field_type, codes, texts, read(texts, config))
    refused = np.flatnonzero(~field.readable)
    if len(refused):
        reasons = pd.Series([why_not(texts[code].as_py(), config) for code in refused.tolist()])
        for reason, group in reasons.groupby(reasons):
            rows = np.flatnonzero(np.isin(codes, refused[group.index]))
            unreadable.append(Unreadable(str(cells.name), str(reason), rows))
    return field


def _distinct(cells: pd.Series, config: FieldConfig) -> tuple[npt.NDArray[np.intp], pa.Array]:
    """A code per lead and the distinct texts, trimmed; empty cells and the null words have code -1."""
    if not isinstance(cells.dtype, pd.StringDtype):
        cells = cells.astype("str")
    codes, distinct = pd.factorize(cells)
    texts = _one_piece(pa.array(distinct, pa.large_string()))
    trimmed = pc.utf8_trim(texts, AROUND)
    null = {"", *(trim(word) for word in config.null)}
    missing = pc.is_in(trimmed, pa.array(sorted(null), pa.large_string()))
    kept = ~np.asarray(missing.to_numpy(zero_copy_only=False), dtype=bool)
    return _renumber(kept)[codes], trimmed.filter(pa.array(kept))


def _one_piece(texts: pa.Array | pa.ChunkedArray) -> pa.Array:
    return texts.combine_chunks() if isinstance(texts, pa.ChunkedArray) else texts


def _derive_from_domain(derive: Callable[[str], str | None]) -> Callable[[Field, int], Field]:
    """Addresses are all different, their domains are not: only the domains are looked at one by one."""

    def derived(field: Field, as_of: int) -> Field:
        domains = pc.replace_substring_regex(pa.array(field.texts, pa.large_string()), r"(?s)\A.+@", "x@")
        coded = domains.dictionary_encode()
        texts = [derive(text) for text in coded.dictionary.to_pylist()]
        kept = np.array([text is not None for text in texts], dtype=bool)
        renumbered = _renumber(kept)
        codes = np.append(renumbered[coded.indices.to_numpy()], -1)[field.codes]
        return Field("text", codes, [text for text in texts if text is not None])

    return derived


def _renumber(kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.intp]:
    """Old code -> new code when only the kept values stay; -1 for the others, and for -1 itself."""
    return np.append(np.where(kept, np.cumsum(kept) - 1, -1), -1).astype(np.intp)


def _derive_age(field: Field, as_of: int) -> Field:
    assert field.numbers is not None, "only a date has an age"
    ages = as_of - field.numbers
    return Field(
        "number", field.codes, ["" if np.isnan(age) else f"{age:.0f}" for age in ages.tolist()], ages
    )


_DERIVATIONS: dict[str, Callable[[Field, int], Field]] = {
    "email_domain": _derive_from_domain(email_domain),
    "email_kind": _derive_from_domain(email_kind),
    "age": _derive_age,
}
