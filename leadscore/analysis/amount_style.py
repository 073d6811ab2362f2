"""amount_style: the texts of a column -> the marks its numbers are written with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from leadscore.model.schema import FieldConfig
from leadscore.pipeline.cells import READERS
from leadscore.points import Numbers
from leadscore.text import fold

Settings = Mapping[str, str | list[str]]

# The first that reads the most cells is taken.
STYLES: tuple[dict[str, str], ...] = (
    {}, {"thousands": ","}, {"decimal": ","}, {"decimal": ",", "thousands": "."}, {"thousands": " "},
    {"decimal": ",", "thousands": " "}, {"thousands": "'"}, {"thousands": "indian"},
)  # fmt: skip
_UNIT_WORDS = frozenset(
    map(
        fold,
        "% ‰ EUR USD GBP CHF INR CZK RON VND IRR JPY CNY CAD AUD NZD SEK NOK DKK PLN HUF AED TRY BRL MXN "
        "ZAR SGD US$ A$ C$ R$ Kč lei Rs Rs. zł kr kr. Ft đ Fr. ریال تومان د.إ".split(),
    )
)
_UNITS = re.compile(r"([^\d\s.,'+()<>≤≥\u2013\u2014-]+\.?)")
_MAGNITUDE = re.compile(r"(?<=[0-9\u0661]) ?[kKmMbB]$")
_BEFORE_THREE = re.compile(r"[+-]?1{1,3}[.,]1{3}")


@dataclass(frozen=True)
class Amounts:
    """How the numbers of a column are written."""

    settings: Settings
    read: npt.NDArray[np.bool_]
    """Which texts are numbers so."""
    is_ambiguous: bool = False
    """Whether the one mark in them may be the decimal as well as the thousands: 1,234."""


def find_amounts(texts: pa.Array, counts: npt.NDArray[np.int64]) -> Amounts:
    """The style that reads the most cells, with the fewest other settings that read as many."""
    extras = _extras(texts)
    styles = [(style, _numbers(texts, {**extras, **style})) for style in STYLES]
    style, numbers = max(styles, key=lambda each: _cells(each[1], counts))
    settings: dict[str, str | list[str]] = {**extras, **style}
    for key in extras:
        fewer = {name: value for name, value in settings.items() if name != key}
        if _cells(_numbers(texts, fewer), counts) == _cells(numbers, counts):
            settings = fewer
    return Amounts(settings, ~np.isnan(numbers), _is_ambiguous(texts, numbers))


def _extras(texts: pa.Array) -> dict[str, str | list[str]]:
    extras: dict[str, str | list[str]] = {
        "digits": "any",
        "exponent": "true",
        "magnitude": "true",
        "range": "low",
    }
    found = sorted({unit for text in texts.to_pylist() for unit in _units(text)})
    units = {fold(unit): unit for unit in found}  # case does not matter to the reader
    return {**extras, "unit": list(units.values())} if units else extras


def _units(text: str) -> list[str]:
    found = _UNITS.findall(_MAGNITUDE.sub("", text))
    return [unit for unit in found if fold(unit) in _UNIT_WORDS or _is_sign(unit)]


def _is_sign(unit: str) -> bool:
    return len(unit) == 1 and unicodedata.category(unit) == "Sc"


def _numbers(texts: pa.Array, settings: Settings) -> Numbers:
    read, _ = READERS["number"]
    return read(texts, FieldConfig.model_validate({"type": "number", **settings}))


def _cells(numbers: Numbers, counts: npt.NDArray[np.int64]) -> int:
    return int(counts[~np.isnan(numbers)].sum())


def _is_ambiguous(texts: pa.Array, numbers: Numbers) -> bool:
    """Whether every number with a mark is like 1,234, which may be a thousand or one and a bit."""
    marked: Sequence[str] = [
        text
        for text, number in zip(texts.to_pylist(), numbers.tolist(), strict=True)
        if not np.isnan(number) and re.search("[.,]", text)
    ]
    return bool(marked) and all(_BEFORE_THREE.fullmatch(text) for text in marked)
