"""prepare: a batch of text -> typed fields, with every cell that could not be read."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from leadscore.fields import Field, FieldType, Leads, Seen, no_field
from leadscore.model.schema import FieldConfig, Model
from leadscore.pipeline.column import (
    NO_KINDS as NO_KINDS,
    Unreadable as Unreadable,
    read_field as read_field,
    renumber,
)
from leadscore.pipeline.mail import email_domain, email_kind

_EPOCH = date(1970, 1, 1)
NO_ACTIVITY: Mapping[tuple[str, str], Seen] = {}


def prepare_leads(
    leads: pd.DataFrame,
    model: Model,
    columns: Mapping[str, str],
    as_of: date,
    kinds: Mapping[str, FieldType] = NO_KINDS,
    activity: Mapping[tuple[str, str], Seen] = NO_ACTIVITY,
) -> tuple[Leads, list[Unreadable]]:
    """Typed fields of a batch.

    ``columns`` says which column each field is read from (an optional one may have none), ``kinds`` which
    columns came with a type of their own, ``activity`` what the log says of these leads.
    """
    unreadable: list[Unreadable] = []
    day = (as_of - _EPOCH).days
    fields = {
        name: read_field(leads[columns[name]], config, config.type or "text", unreadable, kinds)
        for name, config in model.fields.items()
        if name in columns
    }
    for name, config in model.fields.items():
        if config.optional and name not in fields:
            fields[name] = no_field(config.type or "text", len(leads))
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


def _derive_from_domain(derive: Callable[[str], str | None]) -> Callable[[Field, int], Field]:
    """Addresses are all different, their domains are not: only the domains are looked at one by one."""

    def derived(field: Field, as_of: int) -> Field:
        parts = pc.split_pattern(pa.array(field.texts, pa.large_string()), "@", max_splits=1, reverse=True)
        each, ends = parts.values, parts.offsets.to_numpy()
        named = np.diff(ends) == 2
        named[named] = pc.binary_length(each).to_numpy()[ends[:-1][named]] > 0
        coded = each.take(pa.array(ends[1:] - 1)).dictionary_encode()
        texts = [derive(f"x@{domain}") for domain in coded.dictionary.to_pylist()]
        kept = np.array([text is not None for text in texts], dtype=bool)
        codes = np.where(named, renumber(kept)[coded.indices.to_numpy()], -1)
        return Field("text", np.append(codes, -1)[field.codes], [text for text in texts if text is not None])

    return derived


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
