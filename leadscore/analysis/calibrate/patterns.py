"""patterns: leads that pulled the same levers equally far, counted once: all that a regression needs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from leadscore.analysis.calibrate.parts import FOLDS
from leadscore.analysis.calibrate.pulls import Handle
from leadscore.analysis.evaluate.judged import Judged
from leadscore.points import Numbers, Rows

_MOST = 1 << 62


@dataclass(frozen=True)
class Feature:
    """One rule: which of its levers each pattern pulls, and how far."""

    first: int
    """The number of its first lever among all."""
    levers: int
    codes: Rows
    """From 0; the number of levers stands for none of them."""
    amounts: Numbers | None = None
    """In units of ``scale``; None: a lever's points are had in full, or not at all."""
    scale: float = 1.0

    @property
    def own(self) -> slice:
        """Its levers among all."""
        return slice(self.first, self.first + self.levers)

    def weigh(self, weights: Numbers) -> Numbers:
        """What its levers weigh in each pattern."""
        own: Numbers = np.append(weights[self.own], 0.0)[self.codes]
        return own if self.amounts is None else own * self.amounts

    def collect(self, values: Numbers) -> Numbers:
        """Values per pattern, times how far it pulls, summed up over each lever."""
        return self.count(values if self.amounts is None else values * self.amounts)

    def count(self, values: Numbers) -> Numbers:
        """The same, however far it is pulled."""
        sums: Numbers = np.bincount(self.codes, values, self.levers + 1)[:-1].astype(np.float64)
        return sums


@dataclass(frozen=True)
class Patterns:
    """Every distinct pattern, in an order of its own, with the leads that have it."""

    features: tuple[Feature, ...]
    won: Numbers
    """``[fold, pattern]``: how many leads were won."""
    lost: Numbers

    @property
    def levers(self) -> int:
        """How many there are."""
        return sum(feature.levers for feature in self.features)

    def weigh(self, weights: Numbers) -> Numbers:
        """What the levers of each pattern weigh together."""
        total = np.zeros(self.won.shape[1])
        for feature in self.features:
            total += feature.weigh(weights)
        return total

    def collect(self, values: Numbers) -> Numbers:
        """Values per pattern, summed up over each lever as far as it is pulled."""
        return self._each([feature.collect(values) for feature in self.features])

    def count(self, leads: Numbers) -> Numbers:
        """Leads per pattern, summed up over each lever that they pulled at all."""
        return self._each(
            [
                feature.count(leads if feature.amounts is None else leads * (feature.amounts != 0))
                for feature in self.features
            ]
        )

    def unscale(self, weights: Numbers) -> Numbers:
        """Weights per unit of a lever, from those per ``scale`` of it."""
        return self._each([weights[feature.own] / feature.scale for feature in self.features])

    def rescale(self, weights: Numbers) -> Numbers:
        """Weights per ``scale`` of a lever, from those per unit of it."""
        return self._each([weights[feature.own] * feature.scale for feature in self.features])

    @staticmethod
    def _each(parts: Sequence[Numbers]) -> Numbers:
        return np.concatenate([np.zeros(0), *parts])


def find_patterns(judged: Judged, handles: Sequence[Handle], rows: Rows, folds: Rows) -> Patterns:
    """The patterns of some leads, each of which is in a fold."""
    keys, size = np.zeros(len(rows), dtype=np.int64), 1
    scales = []
    for handle in handles:  # one rule at a time: there may be a million leads
        codes, amounts = _columns(judged, handle, rows)
        scales.append(_scale(handle, amounts))
        keys, size = _join(keys, size, codes, len(handle.levers) + 1)
        if amounts is not None:
            distinct, places = np.unique(amounts, return_inverse=True)
            keys, size = _join(keys, size, places, len(distinct))
    _, first, places = np.unique(keys, return_index=True, return_inverse=True)
    won = judged.flags(rows)
    cells = folds * len(first) + places
    counts = [
        np.bincount(cells[own], minlength=FOLDS * len(first)).reshape(FOLDS, -1).astype(np.float64)
        for own in (won, ~won)
    ]
    features, start = [], 0
    for handle, scale in zip(handles, scales, strict=True):
        codes, amounts = _columns(judged, handle, rows[first])
        features.append(Feature(start, len(handle.levers), codes, _in(scale, amounts), scale))
        start += len(handle.levers)
    return Patterns(tuple(features), *counts)


def _join(keys: Rows, size: int, codes: Rows, levels: int) -> tuple[Rows, int]:
    """Keys that also say which of some levels it is; numbered anew where they would grow too large."""
    if size * levels > _MOST:
        known, keys = np.unique(keys, return_inverse=True)
        size = len(known)
    return keys * levels + codes, size * levels


def _in(scale: float, amounts: Numbers | None) -> Numbers | None:
    return None if amounts is None else amounts / scale


def _columns(judged: Judged, handle: Handle, rows: Rows) -> tuple[Rows, Numbers | None]:
    codes: Rows = judged.collected.leads[handle.codes].to_numpy()[rows].astype(np.int64)
    codes[codes < 0] = len(handle.levers)
    return codes, judged.numbers(handle.amounts, rows) if handle.has_amounts else None


def _scale(handle: Handle, amounts: Numbers | None) -> float:
    """What numbers are divided by, so that the penalty is the same for seconds as for minutes."""
    if amounts is None or not any(lever.each for lever in handle.levers) or not amounts.any():
        return 1.0
    return float(np.sqrt(np.sort(amounts**2).mean()))  # sorted, so that the leads' order does not count
