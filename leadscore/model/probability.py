"""probability: a small JSON file that says how likely leads of each score are won, learned from outcomes."""

from __future__ import annotations

import json
import re
import sys
from datetime import date
from decimal import Decimal, localcontext
from pathlib import Path as FilePath
from typing import Annotated, Any, Literal

import numpy as np
import numpy.typing as npt
from pydantic import BeforeValidator, Field as Setting, PlainValidator, ValidationError

from leadscore.errors import ConfigError, Problem
from leadscore.model.digest import digest
from leadscore.model.load import file_bytes
from leadscore.model.parse import SIZE_LIMIT
from leadscore.model.schema import Model
from leadscore.part import Part
from leadscore.points import EXACT, Hundredths, round_half_away
from leadscore.scalars import Count, Text

TenThousandths = npt.NDArray[np.int64]
WHOLE = 10_000
"""A chance is a whole number of ten-thousandths: 1,234 is 0.1234."""
_SURE = 50
"""Beyond it either way a chance is 0 or 1 to far more than four decimals."""
_AGAIN = "run leadscore calibrate --method probability again"
_UNLIKE_SCORE = {"name", "extends", "output", "checks", "write_back", "outcome", "arms", "tiers", "grade",
                 "scales", "heat", "value", "best_of", "matrix", "nurture", "rank_by"}  # fmt: skip
"""Keys of a config that change no score."""


def _number(value: object) -> float:
    most = sys.float_info.max  # what is not between them is infinite, no number, or one of 400 digits
    if isinstance(value, int | float) and not isinstance(value, bool) and -most <= value <= most:
        return float(value)
    raise ValueError("is not a number")


def _day(value: object) -> date:
    try:
        return value if isinstance(value, date) else date.fromisoformat(str(value))
    except ValueError:
        raise ValueError("is not a day (YYYY-MM-DD)") from None


def _digest(value: object) -> str:
    if not isinstance(value, str) or not re.fullmatch("[0-9a-f]{64}", value):
        raise ValueError("is not a SHA-256 digest")
    return value


def _figures(value: object) -> dict[str, Any]:
    """Whatever JSON can say, under names and in the order of these."""
    if not isinstance(value, dict):
        raise ValueError("must be an object of figures")
    figures: dict[str, Any] = json.loads(json.dumps(value, sort_keys=True, allow_nan=False))
    return figures


_Float = Annotated[float, PlainValidator(_number)]
_Digest = Annotated[str, PlainValidator(_digest)]


class LearnedOn(Part):
    """How many leads were looked at, and how many of them were won."""

    leads: Count
    won: Count


class DataFile(Part):
    """A file that the leads came from."""

    file: Text
    sha256: _Digest
    bytes: Count


class ProbabilityModel(Part):
    """The chance to be won as a logistic function of the score; Platt, Probabilistic Outputs (1999)."""

    format: Literal[1] = 1
    leadscore: Text
    """The version that wrote it."""
    name: Text
    """The config's."""
    config_digest: _Digest
    """``scoring_digest`` of the model that the scores came from."""
    config_sha256: _Digest
    """Of the config's file."""
    data: Annotated[tuple[DataFile, ...], Setting(min_length=1)]
    as_of: Annotated[date, BeforeValidator(_day)]
    learned_on: LearnedOn
    held_out: Annotated[dict[str, Any], PlainValidator(_figures)] = Setting(default={})
    """Figures on leads that nothing was learned from."""
    intercept: _Float
    """Log odds to be won at a score of 0."""
    slope: _Float
    """Log odds per point of the score."""

    def to_json(self) -> str:
        """The file's text: the same for the same content."""
        return json.dumps(self.model_dump(mode="json"), indent=2, ensure_ascii=False) + "\n"

    def chances(self, scores: Hundredths) -> TenThousandths:
        """The chance of each score (hundredths) to be won, in whole ten-thousandths from 0 to 10,000.

        1 / (1 + e^-(intercept + slope x score)), worked out in decimals for each distinct score, which no
        machine does otherwise, and rounded half away from zero to four decimals.
        """
        distinct, places = np.unique(scores, return_inverse=True)
        with localcontext(EXACT):
            each = [self._chance(score) for score in distinct.tolist()]
        return np.array(each, dtype=np.int64)[places.reshape(-1)]

    def _chance(self, hundredths: int) -> int:
        # A float's shortest text is the number that stands in the file.
        odds = Decimal(repr(self.intercept)) + Decimal(repr(self.slope)) * hundredths / 100
        return round_half_away(WHOLE / (1 + (-max(min(odds, Decimal(_SURE)), Decimal(-_SURE))).exp()))

    def refuse_other(self, model: Model, file: str) -> None:
        """Raise ConfigError where it was learned on other scores than the model's. ``file``: its own."""
        if self.config_digest != scoring_digest(model):
            what = "was learned on the scores of another config"
            raise ConfigError(Problem(file, key="config_digest", what=what, hint=_AGAIN))


def scoring_digest(model: Model) -> str:
    """SHA-256 of what a config says about scores: the same whatever it says of tiers, outputs and checks."""
    told: dict[str, Any] = {"segments": {"__all__": {"override", "config"}}}
    meaning = model.model_dump(exclude=told | dict.fromkeys((*_UNLIKE_SCORE, "fields"), True))
    unset = {key: Model.model_fields[key].get_default() for key in _UNLIKE_SCORE & Model.model_fields.keys()}
    used = {use.field for use in model.model_copy(update=unset).uses()}
    used |= {str(model.fields[name].of) for name in used if name in model.fields}
    fields = {name: field.model_dump() for name, field in model.fields.items() if name in used}
    of_segments = [scoring_digest(own) for own in model.models if own is not model]
    return digest({**meaning, "fields": fields, "models": of_segments})


def read_probability(path: str | FilePath) -> ProbabilityModel:
    """Read what ``to_json`` wrote. Raises ConfigError with every fault of the file."""
    return parse_probability(str(path), file_bytes(path, "--predict"))


def parse_probability(file: str, content: bytes) -> ProbabilityModel:
    """``read_probability`` for a file that was read already."""
    data = _read_json(file, content)
    if not isinstance(data, dict):
        raise _refusal(file, "is no probability model: it must be one object")
    if isinstance(data.get("format"), int) and data["format"] != 1:
        hint = "use the leadscore that wrote it, or " + _AGAIN
        raise ConfigError(Problem(file, key="format", what="is not a format known here", hint=hint))
    try:
        return ProbabilityModel.model_validate(data)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise ConfigError(sorted(_problem(file, each) for each in found)) from None


def _problem(file: str, details: Any) -> Problem:
    key = ".".join(map(str, details["loc"]))
    own = details["msg"].removeprefix("Value error, ").partition("; ")[0]
    what = own if details["type"] in ("value_error", "unknown_key") else "is not what belongs here"
    return Problem(file, key=key, what="is missing" if details["type"] == "missing" else what, hint=_AGAIN)


def _read_json(file: str, content: bytes) -> Any:
    if len(content) > SIZE_LIMIT:
        raise _refusal(file, f"is larger than {SIZE_LIMIT:,} bytes: it is no probability model")
    try:
        return json.loads(content.decode(), object_pairs_hook=_refuse_twice, parse_constant=_refuse_constant)
    except UnicodeDecodeError as error:
        raise _refusal(file, "is not UTF-8", content.count(b"\n", 0, error.start) + 1) from None
    except json.JSONDecodeError as error:
        raise _refusal(file, "is not valid JSON", error.lineno, error.colno) from None
    except (ValueError, RecursionError):
        what = "has a key twice, a number that is none, or brackets in too many brackets"
        raise _refusal(file, what) from None


def _refuse_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a key stands twice")
    return dict(pairs)


def _refuse_constant(name: str) -> float:
    raise ValueError(name)


def _refusal(file: str, what: str, line: int = 0, column: int = 0) -> ConfigError:
    return ConfigError(Problem(file, line, column, what=what, hint=_AGAIN))
