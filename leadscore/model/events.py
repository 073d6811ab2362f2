"""events: how an activity log is written, and what a config wants to know of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BeforeValidator

from leadscore.model.columns import EVENT_DERIVATIONS, FieldConfig
from leadscore.model.input import Encoding
from leadscore.part import Part
from leadscore.rules.count import Count
from leadscore.scalars import Text, plain

if TYPE_CHECKING:
    from leadscore.model.schema import Model


def _column(value: Any) -> Any:
    # `time: When` names the column, `time: {from: When, format: ...}` also says how it is read.
    value = plain(value)
    return {"from": value} if isinstance(value, str) else value


Column = Annotated[FieldConfig, BeforeValidator(_column)]


class EventLog(Part):
    """The columns of the activity log: one row per activity of a lead."""

    lead: Text | None = None
    """The column with the lead's id; the config's id without it."""
    event: Text = "event"
    time: Column = FieldConfig.model_validate({"from": "time"})
    value: Column = FieldConfig.model_validate({"from": "value"})
    encoding: Encoding | None = None
    """As ``input.encoding``, of the log."""


@dataclass(frozen=True)
class Wanted:
    """Events that one rule or field is made of."""

    key: tuple[str, str]
    """("rule", what it says) or ("field", name)."""
    events: tuple[str, ...] | None
    """Names, None for any event."""
    within_days: int | None = None
    at_most_per_day: int | None = None
    rule: Count | None = None
    with_value: bool = False

    @property
    def name(self) -> str:
        """The rule or field, for messages."""
        return self.key[1] if self.rule is None else self.rule.name


def wanted_events(model: Model) -> Iterator[Wanted]:
    """What the config wants to know of the log; nothing where it needs none."""
    rules = (rule for each in model.models for group in each.groups.values() for rule in group.rules)
    # A rule that several segments share is counted once.
    counts = {rule.key: rule for rule in rules if isinstance(rule, Count) and rule.event is not None}
    for key, rule in counts.items():
        limits = (rule.within_days, rule.at_most_per_day)
        yield Wanted(key, rule.event, *limits, rule, rule.per_value is not None)
    for name, field in model.fields.items():
        if field.derive in EVENT_DERIVATIONS:
            with_value = field.derive == "event_value"
            yield Wanted(("field", name), field.event, field.within_days, None, None, with_value)
