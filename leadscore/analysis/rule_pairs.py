"""rule_pairs: how many leads each two rules both give points to, counted by bits, 64 leads at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from leadscore.model.lint_data import COINCIDE, FEW
from leadscore.rules import AnyRule

MOST = 300
"""So many rules are compared with one another: those that can move most points."""


@dataclass
class RulePairs:
    """Leads that two rules both give or take points, over all batches so far."""

    rules: Sequence[AnyRule]
    chosen: npt.NDArray[np.intp] = field(init=False)
    """The places of the rules that are compared."""
    both: npt.NDArray[np.int64] = field(init=False)
    """``[rule, rule]``, of the chosen ones; filled where the second is not before the first."""

    def __post_init__(self) -> None:
        heaviest = sorted(range(len(self.rules)), key=lambda place: -self.rules[place].weight())
        self.chosen = np.array(sorted(heaviest[:MOST]), dtype=np.intp)
        self.both = np.zeros((len(self.chosen), len(self.chosen)), dtype=np.int64)

    def add(self, points: npt.NDArray[np.int64]) -> None:
        """A batch: ``points[rule, lead]``, of all rules in their order."""
        words = _pack(points[self.chosen] != 0)
        for place, flags in enumerate(words):
            self.both[place, place:] += np.bitwise_count(flags & words[place:]).sum(axis=1, dtype=np.int64)

    def close(self) -> dict[tuple[str, str], int]:
        """The names of two rules, in the order of the config, and the leads of both.

        Only of pairs that have enough leads in common, and few enough apart, that they may coincide.
        """
        alone = np.diag(self.both)
        wanted = self.both >= np.maximum(COINCIDE * np.maximum.outer(alone, alone), FEW)
        first, second = np.nonzero(np.triu(wanted, k=1))
        names = [self.rules[place].name for place in self.chosen.tolist()]
        pairs = zip(first.tolist(), second.tolist(), strict=True)
        return {(names[left], names[right]): int(self.both[left, right]) for left, right in pairs}


def _pack(flags: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """A flag per rule and lead as bits, 64 leads in a word."""
    octets = np.packbits(flags, axis=1)
    words = np.zeros((len(flags), -(-octets.shape[1] // 8)), dtype=np.uint64)
    words.view(np.uint8)[:, : octets.shape[1]] = octets
    return words
