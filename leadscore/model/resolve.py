"""resolve: what no single key can tell: the type of each field, and keys that must fit each other."""

from __future__ import annotations

import re
from collections.abc import Iterator

from leadscore.fields import FieldType, Use, read_value
from leadscore.model.schema import DERIVED_FROM, DERIVED_TYPES, Axis, FieldConfig, Model
from leadscore.part import nearest

Fault = tuple[tuple[str | int, ...], str, str]
"""Path in the config, what is wrong, what to do."""

LEAD_COLUMNS = ("rank", "score", "tier", "grade", "reasons", "coverage", "disqualified_by")
"""The columns every output may have; a group's points stand in a column of the group's own name."""


def resolve_fields(model: Model) -> tuple[Model, list[Fault]]:
    """The model with exactly the fields it uses, each with its type."""
    uses = list(model.uses())
    faults: list[Fault] = []
    fields: dict[str, FieldConfig] = {}
    for name in dict.fromkeys(use.field for use in uses):
        field = model.fields.get(name, FieldConfig())
        mine = [use for use in uses if use.field == name]
        field_type = _field_type(name, field, mine, model, faults)
        fields[name] = field.model_copy(update={"type": field_type})
        faults += _unfit_uses(name, field_type, mine, declared=field.type is not None)
    faults += _add_sources(model, fields)
    return model.model_copy(update={"fields": fields}), faults


def _field_type(name: str, field: FieldConfig, uses: list[Use], model: Model, faults: list[Fault]) -> FieldType:
    if field.derive:
        derived = DERIVED_TYPES[field.derive]
        if field.type not in (None, derived):
            faults.append((("fields", name, "type"), f"{field.derive} is always {derived}", "remove type"))
        return derived
    if field.type:
        return field.type
    needed = [use.type for use in uses if use.type]
    if needed:
        return needed[0]
    return "number" if name in model.rank_by else "text"


def _unfit_uses(name: str, field_type: FieldType, uses: list[Use], declared: bool) -> Iterator[Fault]:
    for use in uses:
        if use.type and use.type != field_type:
            said = f"it is {field_type}" if declared else f"another rule reads it as {field_type}"
            yield use.key, f"reads {name} as {use.type}, but {said}", f"declare fields.{name}.type and test it as that"
        elif field_type != "text" and use.key[0] != "outcome":
            for value in use.values:
                try:
                    read_value(value, field_type)
                except ValueError as problem:
                    yield use.key, f"{value!r} {problem}".partition("; ")[0], f"{name} is {field_type}"


def _add_sources(model: Model, fields: dict[str, FieldConfig]) -> Iterator[Fault]:
    """Derived fields need the field they come from."""
    for name, field in list(fields.items()):
        if not field.derive or not field.of:
            continue
        source, needed = fields.get(field.of, model.fields.get(field.of, FieldConfig())), DERIVED_FROM[field.derive]
        if source.derive:
            yield ("fields", name, "of"), f"{field.of} is derived itself", "derive from a column"
        elif source.type not in (None, needed):
            yield ("fields", name, "of"), f"{field.derive} needs a {needed}, but {field.of} is {source.type}", ""
        fields[field.of] = source.model_copy(update={"type": source.type or needed})


def check_model(model: Model) -> Iterator[Fault]:
    """Keys that contradict each other across the config."""
    yield from _check_names(model)
    yield from _check_tiers(model)
    if model.grade:
        for key, axis in (("rows", model.grade.rows), ("columns", model.grade.columns)):
            yield from _check_axis(("grade", key), axis, model)
    if model.id in model.fields and model.fields[model.id].type not in (None, "text"):
        yield ("fields", model.id, "type"), "an id is always text", "remove type: ids keep their leading zeros"


def _check_names(model: Model) -> Iterator[Fault]:
    first: dict[str, str] = {}
    for name, group in model.groups.items():
        if name in LEAD_COLUMNS:
            yield ("groups", name), "is the name of an output column", "give the group another name"
        for index, rule in enumerate(group.rules):
            if first.setdefault(rule.name, name) != name or [r.name for r in group.rules].index(rule.name) != index:
                yield ("groups", name, "rules", index, "name"), f"two rules are called {rule.name!r}", "rename one"
    yield from _same_names([item.name for item in model.disqualify], "disqualify")


def _same_names(names: list[str], key: str) -> Iterator[Fault]:
    for index, name in enumerate(names):
        if name in names[:index]:
            yield (key, index, "name"), f"{name!r} stands twice", "rename one"


def file_name(tier: str) -> str:
    """A tier's name as a file name: letters, digits, - and _."""
    return re.sub(r"[^A-Za-z0-9_-]+", "-", tier).strip("-")[:40] or "tier"


def _check_tiers(model: Model) -> Iterator[Fault]:
    names = [tier.name for tier in model.tiers]
    yield from _same_names(names, "tiers")
    files = [file_name(name).casefold() for name in names]
    for index, name in enumerate(files):
        if name in files[:index] and names[index] not in names[:index]:
            yield ("tiers", index, "name"), "two tiers would be written to the same file", "rename one"
    cuts = [tier.min_score for tier in model.tiers]
    for index, cut in enumerate(cuts[:-1]):
        if cut is None:
            yield ("tiers", index), "only the last tier may be without min_score", "give it a min_score or move it last"
    if cuts[-1] is not None:
        yield ("tiers", len(cuts) - 1), "a score below every min_score has no tier", "end with a tier without min_score"
    known = [(index, cut) for index, cut in enumerate(cuts) if cut is not None]
    for (_, above), (index, cut) in zip(known, known[1:], strict=False):
        if cut >= above:
            yield ("tiers", index, "min_score"), "is not below the tier before it", "list tiers from the highest cut down"


def _check_axis(path: tuple[str, ...], axis: Axis, model: Model) -> Iterator[Fault]:
    if axis.group not in model.groups:
        meant = nearest(axis.group, model.groups)
        hint = f"did you mean {meant}?" if meant else f"groups are {', '.join(model.groups)}"
        yield (*path, "group"), "there is no group of that name", hint
