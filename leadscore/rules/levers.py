"""levers: the settings of a rule that are points, whatever its kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

LeverPath = tuple[str | int, ...]
"""Keys and positions in the rule; a band goes by its lower bound as a plain decimal."""

FALLBACKS = ("otherwise", "missing")
"""What every kind may give where nothing matched, or where it is unknown whether anything does."""


@dataclass(frozen=True)
class Lever:
    """One setting of a rule that is points (hundredths), and may be other points."""

    path: LeverPath
    points: int
    each: bool = False
    """Whether a lead gets them as often, or as far, as a number says; else all of them or none."""


def list_levers(key: str, setting: Any, each: bool = False) -> Iterator[Lever]:
    """The levers of a setting: points, points by key, or cases with points; none where unset."""
    if isinstance(setting, Mapping):
        yield from (Lever((key, _written(own)), points) for own, points in setting.items())
    elif isinstance(setting, tuple):
        yield from (Lever((key, place, "points"), case.points) for place, case in enumerate(setting))
    elif setting is not None:
        yield Lever((key,), setting, each)


def put_points(setting: Any, key: str | int, points: Mapping[LeverPath, int]) -> Any:
    """The same setting with other points for some of its levers."""
    if isinstance(setting, Mapping):
        return {own: points.get((key, _written(own)), given) for own, given in setting.items()}
    if isinstance(setting, tuple):
        places = ((key, place, "points") for place in range(len(setting)))
        return tuple(
            case.model_copy(update={"points": points.get(path, case.points)})
            for path, case in zip(places, setting, strict=True)
        )
    return points.get((key,), setting)


def _written(key: object) -> str:
    return f"{key:f}" if isinstance(key, Decimal) else str(key)
