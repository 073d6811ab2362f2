"""turning: a model -> the cells of an export around which its scores turn."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from leadscore.criteria import Criteria
from leadscore.fields import Turn
from leadscore.model.columns import ISO, FieldConfig
from leadscore.model.schema import Model
from leadscore.rules import AnyRule
from leadscore.rules.count import Count
from leadscore.scalars import parse_flag

_ADDRESSES = {
    "free": "someone@gmail.com",
    "disposable": "someone@mailinator.com",
    "business": "someone@company.example",
}
_LONGEST = 36_500
"""Days: a hundred years. What is older is no date of a lead."""


@dataclass(frozen=True)
class Cell:
    """What could stand in a field's cell, as the config says cells are written."""

    field: str
    text: str
    order: float
    """Higher is more: of numbers, and of later dates. 0 of texts."""
    event: str = ""
    """Or the event of the log that would come; ``order`` is how often."""


def list_cells(model: Model, as_of: date) -> dict[str, list[Cell]]:
    """For each field that is read from the export, the cells that could change a score, least first."""
    cells: dict[str, dict[str, Cell]] = {}
    for turn in _turns(model):
        for cell in _write(turn, model, as_of):
            cells.setdefault(cell.field, {}).setdefault(cell.text, cell)
    return {
        field: sorted(each.values(), key=lambda cell: (cell.order, cell.text))
        for field, each in cells.items()
    }


def movable_fields(model: Model) -> set[str]:
    """Fields that what a lead does can change: counts, and dates whose age matters; or as the config says.

    The other fields are facts: nobody becomes a vice president for the sake of a score.
    """
    moving = {use.field for rule in _rules(model) if isinstance(rule, Count) for use in rule.reads()}
    moving |= {turn.field for turn in _turns(model) if isinstance(turn.at, int)}
    sources = {_source(name, model) for name in moving}
    said = {name: field.fixed for name, field in model.fields.items() if field.fixed is not None}
    return {name for name in sources | set(said) if not said.get(name, name not in sources)}


def _source(name: str, model: Model) -> str:
    """The field a derived one is made of; others are their own."""
    field = model.fields.get(name)
    return field.of if field is not None and field.of is not None else name


def _rules(model: Model) -> Iterator[AnyRule]:
    for own in model.models:
        for group in own.groups.values():
            yield from group.rules


def _turns(model: Model) -> Iterator[Turn]:
    for rule in _rules(model):
        yield from rule.turns()
        if rule.decay is not None and rule.decay.since:
            yield Turn(rule.decay.since, 0)
    for own in model.models:
        for group in own.groups.values():
            if group.decay is not None and group.decay.since:
                yield Turn(group.decay.since, 0)
    for segment in model.segments:
        if isinstance(segment.when, Criteria):
            yield from segment.when.turns()


def _write(turn: Turn, model: Model, as_of: date) -> Iterator[Cell]:
    """The cells of the export that give a field this value; none where it is not of the export."""
    field = model.fields.get(turn.field)
    if field is None:
        return
    if field.derive is None:
        yield from _write_own(turn, field, as_of)
    elif field.of is not None:
        at = _undo(field, turn.at)
        if at is not None:
            yield from _write(Turn(field.of, at), model, as_of)


def _undo(field: FieldConfig, at: str | int) -> str | int | None:
    """A value of the field it is derived from; None where none is known."""
    if field.derive == "age":
        return int(Decimal(at)) if Decimal(at) >= 0 else None
    if field.derive == "email_domain":
        return f"someone@{at}"
    return _ADDRESSES.get(str(at))


def _write_own(turn: Turn, field: FieldConfig, as_of: date) -> Iterator[Cell]:
    if isinstance(turn.at, int) or field.type == "date":
        if isinstance(turn.at, int) and turn.at > _LONGEST:
            return
        day = as_of - timedelta(days=turn.at) if isinstance(turn.at, int) else date.fromisoformat(turn.at)
        form = next(iter(field.format or ()), ISO)
        text = day.isoformat() if form == ISO else day.strftime(form)
        yield Cell(turn.field, text, float(day.toordinal()))
    elif field.type == "number":
        yield Cell(turn.field, turn.at.replace(".", field.decimal), float(turn.at))
    elif field.type == "boolean":
        word = (field.true if parse_flag(str(turn.at)) else field.false)[0]
        yield Cell(turn.field, word, 0.0)
    else:
        yield Cell(turn.field, f'"{turn.at}"' if field.list == "quoted" else turn.at, 0.0)


def unknown_sources(fields: Mapping[str, bool], model: Model) -> list[str]:
    """The fields of the export that are unknown: of a derived one that it is made of."""
    return list(dict.fromkeys(_source(name, model) for name, known in fields.items() if not known))
