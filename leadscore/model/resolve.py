"""resolve: the type of each field, from what the config says of it and does with it."""

from __future__ import annotations

from collections.abc import Iterator

from leadscore.fields import FieldType, Use, read_value
from leadscore.model.check import LEAD_COLUMNS as LEAD_COLUMNS, file_name as file_name
from leadscore.model.columns import DERIVED_FROM, DERIVED_TYPES, FieldConfig
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.model.tree import Fault, Path

# A setting that says how cells are read -> the types it has a meaning for.
_MEANT_FOR: dict[str, tuple[FieldType, ...]] = {
    "format": ("date",),
    "decimal": ("number",),
    "thousands": ("number",),
    "exponent": ("number",),
    "digits": ("number", "date"),
    "unit": ("number",),
    "magnitude": ("number",),
    "range": ("number",),
    "list": ("text",),
    "true": ("boolean",),
    "false": ("boolean",),
}


def resolve_fields(model: Model) -> tuple[Model, list[Fault]]:
    """The model with exactly the fields it uses, each with its type."""
    uses: dict[str, list[Use]] = {}
    for use in model.uses():
        uses.setdefault(use.field, []).append(use)
    fields: dict[str, FieldConfig] = {}
    faults: list[Fault] = []
    for name, mine in uses.items():
        field = model.fields.get(name) or FieldConfig()
        field_type, because = _field_type(name, field, mine, model)
        fields[name] = field.model_copy(update={"type": field_type})
        faults += _check_uses(name, field_type, mine, because)
    faults += _add_sources(model, fields)
    faults += [*_check_fields(model, fields), *_check_lists(model, fields)]
    return model.model_copy(update={"fields": fields}), faults


def _field_type(name: str, field: FieldConfig, uses: list[Use], model: Model) -> tuple[FieldType, Path]:
    """A field's type, and the place in the config that says so."""
    if field.derive:
        return DERIVED_TYPES[field.derive], ("fields", name, "derive")
    if field.type:
        return field.type, ("fields", name, "type")
    if field.list:
        return "text", ("fields", name, "list")
    for use in uses:
        if use.type:
            return use.type, use.key
    ranked_by = next((use.key for use in uses if use.key[0] == "rank_by"), None)
    compared = any(use.values for use in uses)
    return ("number", ranked_by) if ranked_by and not compared else ("text", ("fields", name))


def _check_uses(name: str, field_type: FieldType, uses: list[Use], because: Path) -> Iterator[Fault]:
    for use in uses:
        if use.type and use.type != field_type:
            what = f"reads {name} as {use.type}, which is read as {field_type} elsewhere"
            hint = f"set fields.{name}.type, and test it as that"
            if because == ("fields", name, "list"):
                what = f"reads {name} as {use.type}, and the values of a list are text"
                hint = "test them with in or contains"
            yield Fault(use.key, what, hint, because)
        elif field_type != "text":
            for value in use.values:
                try:
                    read_value(value, field_type)
                except ValueError as problem:
                    what, _, _ = f"{value!r} {problem}".partition("; ")
                    yield Fault(use.key, f"{what}, and {name} is read as {field_type}", "", because)


def _add_sources(model: Model, fields: dict[str, FieldConfig]) -> Iterator[Fault]:
    """Derived fields need the field they come from."""
    for name, field in list(fields.items()):
        if not field.derive or not field.of:
            continue
        path: Path = ("fields", name, "of")
        source = fields.get(field.of) or model.fields.get(field.of) or FieldConfig()
        needed = DERIVED_FROM[field.derive]
        if source.derive:
            yield Fault(path, f"{field.of} is derived itself", "derive from a column of the export")
        elif source.list:
            yield Fault(path, f"{field.derive} needs one value, and {field.of} is a list", "remove list")
        elif source.type not in (None, needed):
            yield Fault(path, f"{field.derive} needs a {needed}, but {field.of} is read as {source.type}")
        fields[field.of] = source.model_copy(update={"type": source.type or needed})


def _check_fields(model: Model, fields: dict[str, FieldConfig]) -> Iterator[Fault]:
    """Settings that would be passed over in silence."""
    own = fields[model.id]
    if own.type != "text" and (model.fields.get(model.id) or own).type:
        yield Fault(("fields", model.id, "type"), "an id is always text", "remove type: ids keep their zeros")
    if own.derive:
        yield Fault(
            ("fields", model.id, "derive"), "an id is never derived", "name a column of the export as id"
        )
    for name, field in fields.items():
        if field.derive and name in model.fields and model.fields[name].type not in (None, field.type):
            yield Fault(("fields", name, "type"), f"{field.derive} is always {field.type}", "remove type")
        yield from _check_settings(("fields", name), name, field)
    for key, field_type in (("time", "date"), ("value", "number")):
        column: FieldConfig = getattr(model.events, key).model_copy(update={"type": field_type})
        yield from _check_settings(("events", key), key, column)


def _check_settings(path: Path, name: str, field: FieldConfig) -> Iterator[Fault]:
    for key, types in _MEANT_FOR.items():
        if key in field.model_fields_set and field.type not in types:
            what = f"is for fields of type {types[0]}, and {name} is read as {field.type}"
            hint = f"add type: {types[0]}, or remove {key}" if path[0] == "fields" else f"remove {key}"
            yield Fault((*path, key), what, hint)


def _check_lists(model: Model, fields: dict[str, FieldConfig]) -> Iterator[Fault]:
    """A cell that holds several values has not the one that is needed here."""
    needed: list[tuple[Path, str]] = [(("id",), model.id)]
    needed += [(("rank_by", place), key_name(key)) for place, key in enumerate(model.rank_by)]
    needed += [(("accounts", "by"), model.accounts.by)] if model.accounts else []
    needed += [(("join", table, "on"), join.on) for table, join in model.join.items()]
    for path, name in needed:
        if name in fields and fields[name].list:
            what, hint = f"needs one value of each lead, and {name} is a list", "name another field"
            yield Fault(path, what, hint, ("fields", name, "list"))
