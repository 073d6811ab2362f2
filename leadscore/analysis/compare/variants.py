"""variants: configs as named, or one and what --set or --sweep makes of it -> what is compared."""

from __future__ import annotations

import hashlib
import string
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from leadscore.errors import ConfigError, Problem, UsageError
from leadscore.model.build import build_model
from leadscore.model.columns import DERIVED_FROM, DERIVED_TYPES
from leadscore.model.load import config_bytes, load_tree
from leadscore.model.schema import FieldConfig, Model
from leadscore.model.tree import Tree, child
from leadscore.scalars import parse_number

MOST_VALUES = 50
"""Of a sweep: each is a model of its own, whose scores are all in memory."""
MOST_CONFIGS = len(string.ascii_uppercase)
_RANGE = 3


@dataclass(frozen=True)
class Variant:
    """One config to compare."""

    label: str
    """A, B, C ...; of a sweep the value."""
    file: str
    sha256: str
    tree: Tree
    model: Model
    overrides: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """The config and what was changed of it, as it was written on the command line."""
        return " ".join([self.file, *(f"--set {each}" for each in self.overrides)])


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
            found.append(_read(label, path, changes))
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
    base = _read("as is", configs[0], overrides)
    found: list[Variant | Refused] = []
    for value in values:
        try:
            found.append(_read(value, configs[0], (*overrides, f"{key}={value}")))
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


def _read(label: str, path: Path, overrides: Sequence[str]) -> Variant:
    content = config_bytes(path)
    tree = load_tree(str(path), content, overrides)
    digest = hashlib.sha256(content).hexdigest()
    return Variant(label, str(path), digest, tree, build_model(tree), tuple(overrides))


def with_field(variant: Variant, name: str) -> Variant:
    """The same with a field that its rules need not read, as the config declares it; else it is text."""
    fields = variant.model.fields
    if name in fields:
        return variant
    added = {name: _declared(variant, name)}
    source, derive = added[name].of, added[name].derive
    if source and derive and source not in fields:
        declared = _declared(variant, source)
        added[source] = declared.model_copy(update={"type": declared.type or DERIVED_FROM[derive]})
    model = variant.model.model_copy(update={"fields": {**fields, **added}})
    return replace(variant, model=model)


def _declared(variant: Variant, name: str) -> FieldConfig:
    written = child(child(variant.tree.data, "fields"), name)
    field = FieldConfig.model_validate(written or {})  # which was checked when the config was read
    kind = DERIVED_TYPES[field.derive] if field.derive else field.type or "text"
    return field.model_copy(update={"type": kind})
