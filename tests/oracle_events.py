"""oracle_events: what an activity log says of each lead, counted event by event in plain Python.

Written from the README ("The activity log") and models.md (E2, E4), not from the code.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests.oracle_values import READ, fold, hundredths, keep, rounded

LIMIT = 100_000_000
"""No rule gives more than a million points either way."""
FROM_LOG = {"last_event": "date", "event_count": "number", "event_value": "number"}
"""Derivation -> the type of the field."""
Row = Mapping[str, str | None]
"""Header of the log -> cell."""


@dataclass(frozen=True)
class Event:
    """One thing a lead did."""

    name: str
    """In the form it is compared in."""
    age: int
    """Whole days before the day scored for."""
    value: Decimal
    """0 where there is none that could be read."""


@dataclass(frozen=True)
class Log:
    """The events that count, by lead, and what the summary tells of the log."""

    events: dict[str, list[Event]]
    report: dict[str, int]


def read_log(config: Mapping[str, Any], rows: Iterable[Row], leads: Iterable[str], as_of: date) -> Log:
    """Every row under its lead; those of nobody and those to come are only told of."""
    events: dict[str, list[Event]] = {lead: [] for lead in leads}
    report = dict.fromkeys(("read", "of_unknown_leads", "after_as_of", "unreadable"), 0)
    columns = _columns(config)
    for row in rows:
        day, bad_day = _read(row, columns["time"], "date")
        value, bad_value = _read(row, columns["value"], "number") if _needs_value(config) else (None, False)
        lead = row[columns["lead"]["from"]]
        report["read"] += 1
        report["unreadable"] += bad_day + bad_value
        report["of_unknown_leads"] += lead not in events
        report["after_as_of"] += day is not None and day > as_of
        if lead in events and day is not None and day <= as_of:
            name = fold(row[columns["event"]["from"]] or "")
            events[lead].append(Event(name, (as_of - day).days, value or Decimal(0)))
    return Log(events, report)


def _columns(config: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """What is read -> its header under ``from``, and how its cells are written."""
    names = {"lead": config["id"], "event": "event", "time": "time", "value": "value"}
    given = {**names, **config.get("events", {})}
    return {key: {"from": column} if isinstance(column, str) else column for key, column in given.items()}


def _needs_value(config: Mapping[str, Any]) -> bool:
    derived = any(field.get("derive") == "event_value" for field in config.get("fields", {}).values())
    return derived or any(
        "per_value" in rule for group in config["groups"].values() for rule in group["rules"]
    )


def _read(row: Row, column: Mapping[str, Any], kind: str) -> tuple[Any, bool]:
    """A cell's value, None where there is none, and whether something stands there that is none."""
    text = (row[column["from"]] or "").strip()
    if not text:
        return None, False
    try:
        return READ[kind](
            _plain_number(text, column) if kind == "number" else text, column.get("format")
        ), False
    except ValueError:
        return None, True


def _plain_number(text: str, column: Mapping[str, Any]) -> str:
    """A number as the column writes it -> with a point and no marks between thousands."""
    mark, thousands = column.get("decimal", "."), column.get("thousands")
    whole, point, rest = text.partition(mark)
    if thousands and thousands in whole:
        if not re.fullmatch(rf"[+-]?[0-9]{{1,3}}({re.escape(thousands)}[0-9]{{3}})+", whole):
            raise ValueError
        whole = whole.replace(thousands, "")
    if not set(whole + rest) <= set("+-0123456789"):
        raise ValueError
    return f"{whole}.{rest}" if point else whole


def _asked_for(wanted: Mapping[str, Any], events: Sequence[Event]) -> list[Event]:
    """The events that a rule or a field names (any, if it names none), of the days it looks back."""
    names = wanted.get("event")
    listed = (
        None if names is None else {fold(name) for name in ([names] if isinstance(names, str) else names)}
    )
    days = wanted.get("within_days")
    return [
        event
        for event in events
        if (listed is None or event.name in listed) and (days is None or event.age <= days)
    ]


def amount_seen(field: Mapping[str, Any], events: Sequence[Event], as_of: date) -> Any:
    """A field made from the log: the last day, None if there is none, or how often, or how much."""
    mine = _asked_for(field, events)
    if field["derive"] == "last_event":
        return as_of - timedelta(min(event.age for event in mine)) if mine else None
    if field["derive"] == "event_count":
        return Decimal(len(mine))
    return sum((event.value for event in mine), Decimal(0))


def _counted(rule: Mapping[str, Any], events: Sequence[Event]) -> list[Event]:
    """The events a rule counts: of one day no more than it lets count."""
    counted: list[Event] = []
    for event in _asked_for(rule, events):
        of_that_day = sum(other.age == event.age for other in counted)
        if of_that_day < rule.get("at_most_per_day", of_that_day + 1):
            counted.append(event)
    return counted


def bounded(rule: Mapping[str, Any], points: int) -> int:
    """Points within a rule's own cap and floor."""
    points = max(-LIMIT, min(LIMIT, points))
    points = min(points, hundredths(rule["cap"])) if "cap" in rule else points
    return max(points, hundredths(rule["floor"])) if "floor" in rule else points


def points_of_number(rule: Mapping[str, Any], number: Decimal) -> int:
    """What so many give: each of them, the first, or as the ranges say."""
    number = max(number, Decimal(0))
    if "each" in rule:
        counted = min(number, Decimal(rule["max_count"])) if "max_count" in rule else number
        counted = max(counted - (rule.get("min_count", 1) - 1), Decimal(0))
        return bounded(rule, rounded(hundredths(rule["each"]) * counted))
    ranges = {
        Decimal(str(least)): points for least, points in rule.get("ranges", {1: rule.get("once")}).items()
    }
    reached = [least for least in ranges if least <= number]
    return bounded(rule, hundredths(ranges[max(reached)]) if reached else 0)


def _single(rule: Mapping[str, Any], event: Event) -> int:
    """What one event gives on the day it happens, where events give points one by one."""
    if "per_value" in rule:
        points = rounded(hundredths(rule["per_value"]) * max(event.value, Decimal(0)))
        return max(-LIMIT, min(LIMIT, points))
    return hundredths(rule["each"])


def points_of(rule: Mapping[str, Any], events: Sequence[Event]) -> int:
    """The points of a count of events before any decay. A lead without events has 0 of them."""
    mine = _counted(rule, events)
    if "per_value" in rule:
        return bounded(rule, sum(_single(rule, event) for event in mine))
    return points_of_number(rule, Decimal(len(mine)))


def fades_by_event(rule: Mapping[str, Any]) -> bool:
    """Whether each event fades by its own age: a decay that counts from no date."""
    return "event" in rule and "decay" in rule and "since" not in rule["decay"]


def points_left(rule: Mapping[str, Any], events: Sequence[Event]) -> int:
    """What is left of them event by event, or by the last one's age where they are not given one by one."""
    mine, decay = _counted(rule, events), rule["decay"]
    if "each" in rule or "per_value" in rule:
        return bounded(rule, sum(keep(_single(rule, event), decay, event.age) for event in mine))
    return keep(points_of(rule, events), decay, min((event.age for event in mine), default=None))
