"""variants: configs as named, or one and what --set or --sweep makes of it -> what is compared."""

from __future__ import annotations

import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from leadscore.analysis.variant import Variant, read_variant
from leadscore.errors import ConfigError, Problem, UsageError
from leadscore.scalars import parse_number

MOST_VALUES = 50
"""Of a sweep: each is a model of its own, whose scores are all in memory."""
MOST_CONFIGS = len(string.ascii_uppercase)
_RANGE = 3


@dataclass(frozen=True)
class Refused:
    """A value of a sweep that the config cannot have."""

    label: str
    problems: tuple[Problem, ...]


def read_variants(configs: Sequence[Path], overrides: Sequence[str]) -> list[Variant]:
    """The configs, or the one config as it stands and with the overrides.

    Raises UsageError unless there are two, ConfigError with the problems of all.
    """
    if len(configs) > 1 and overrides:
        what, hint = "changes one config, and there are several", "write the change into a config of its own"
        raise UsageError(Problem("--set", what=what, hint=hint))
    if len(configs) == 1 and not overrides:
        hint = "name a second one after -c, or say what is changed: --set groups.fit.cap=40"
        raise UsageError(Problem("-c", what="one config cannot be compared", hint=hint))
    if len(configs) > MOST_CONFIGS:
        raise UsageError(Problem("-c", what=f"more than {MOST_CONFIGS} configs", hint="compare fewer"))
    wanted = (
        [(path, ()) for path in configs] if len(configs) > 1 else [(configs[0], ()), (configs[0], overrides)]
    )
    found: list[Variant] = []
    problems: dict[Problem, None] = {}
    for label, (path, changes) in zip(string.ascii_uppercase, wanted, strict=False):
        try:
            found.append(read_variant(label, path, changes))
        except ConfigError as error:
            problems |= dict.fromkeys(error.problems)
    if problems:
        raise ConfigError(problems)
    return found


def read_sweep(
    configs: Sequence[Path], overrides: Sequence[str], sweep: str
) -> tuple[str, Variant, list[Variant | Refused]]:
    """The key of a sweep, the config as it stands, and with each value. ``overrides`` change all of them.

    Raises UsageError for a sweep that cannot be meant, ConfigError where the config is refused as it stands,
    or with every value.
    """
    if len(configs) > 1:
        raise UsageError(
            Problem("--sweep", what="goes through the values of one config", hint="name one after -c")
        )
    key, values = read_values(sweep)
    base = read_variant("as is", configs[0], overrides)
    found: list[Variant | Refused] = []
    for value in values:
        try:
            found.append(read_variant(value, configs[0], (*overrides, f"{key}={value}")))
        except ConfigError as error:
            found.append(Refused(value, error.problems))
    refused = [each for each in found if isinstance(each, Refused)]
    if len(refused) == len(found):
        raise ConfigError(dict.fromkeys(problem for each in refused for problem in each.problems))
    return key, base, found


def read_values(sweep: str) -> tuple[str, list[str]]:
    """The key and the values of KEY=START:STOP:STEP, the stop included, or of KEY=VALUE,VALUE.

    Raises UsageError.
    """
    key, _, written = sweep.partition("=")
    hint = "write for example --sweep groups.fit.cap=30:60:5, or groups.fit.cap=30,45,60"
    place = f"--sweep {sweep}"
    if not key.strip() or not written.strip():
        raise UsageError(Problem(place, what="is not KEY=START:STOP:STEP", hint=hint))
    values = list(dict.fromkeys(value.strip() for value in written.split(",")))
    parts = written.split(":")
    if len(parts) == _RANGE:
        try:
            start, stop, step = (Decimal(parse_number(part.strip())) for part in parts)
        except ValueError:
            raise UsageError(
                Problem(place, what="goes from, to or by what is no number", hint=hint)
            ) from None
        values = list(_between(start, stop, step))
    if not values or not all(values):
        raise UsageError(Problem(place, what="has no values", hint=hint))
    if len(values) > MOST_VALUES:
        raise UsageError(
            Problem(place, what=f"has more than {MOST_VALUES} values", hint="take a larger step")
        )
    return key.strip(), values


def _between(start: Decimal, stop: Decimal, step: Decimal) -> Iterator[str]:
    if not step:
        return
    for number in range(MOST_VALUES + 1):
        value = start + number * step
        if (value - stop) * step > 0:
            return
        yield format(value.normalize(), "f")
