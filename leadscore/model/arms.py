"""arms: leads dealt to pilot and control by their ids alone, the same every night; models.md E21."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Annotated, Self

import numpy as np
import numpy.typing as npt
from pydantic import Field as Setting, model_validator

from leadscore.part import Part, refuse_key
from leadscore.points import EXACT
from leadscore.scalars import Name, NoTwins, Share

ARM_LIMIT = 20
_BYTES = 8
_ALL = 1 << 8 * _BYTES
"""A hash is one of so many numbers."""


class Arms(Part):
    """Which leads are worked in which way: an id's hash falls into the share of one of the arms."""

    name: Name
    """Of the trial. With another name all leads are dealt anew, without regard to how they were before."""
    shares: Annotated[dict[Name, Share], NoTwins] = Setting(max_length=ARM_LIMIT)

    @model_validator(mode="after")
    def _refuse_what_cannot_be_dealt(self) -> Self:
        if len(self.shares) < 2:
            raise refuse_key("shares", "has not two arms; write for example {pilot: 50%, control: 50%}")
        with localcontext(EXACT):
            total = sum(self.shares.values(), Decimal(0))
        if not all(self.shares.values()):
            raise refuse_key("shares", "has an arm that gets no leads; give it a share, or remove it")
        if total != 1:
            percent = f"{(total * 100).normalize():f}"
            raise refuse_key("shares", f"add up to {percent} %, not to 100 %; write for example 50% and 50%")
        return self

    def deal(self, ids: Iterable[str]) -> npt.NDArray[np.intp]:
        """The place of each id's arm among the shares.

        The first 8 bytes of SHA-256 of the trial's name, a null and the id, in UTF-8, as a number; the arm is
        the first whose share, with those before it, of 2**64 is above that number. This never changes, or
        leads would change arms in the middle of a trial.
        """
        trial = self.name.encode() + b"\0"
        hashes = b"".join(hashlib.sha256(trial + id_.encode()).digest()[:_BYTES] for id_ in ids)
        return np.searchsorted(self._cuts(), np.frombuffer(hashes, ">u8").astype(np.uint64), side="right")

    def _cuts(self) -> npt.NDArray[np.uint64]:
        """Where each arm but the first begins."""
        shares, cuts = [Fraction(share) for share in self.shares.values()], []
        for place in range(1, len(shares)):
            cuts.append(math.ceil(sum(shares[:place]) * _ALL))
        return np.array(cuts, dtype=np.uint64)
