"""outcome: which leads were won."""

from __future__ import annotations

from leadscore.criteria import Test
from leadscore.part import Part
from leadscore.scalars import Text, Values


class Outcome(Part):
    """Which leads were won, as far as the export knows."""

    field: Text
    won: Values
    at: Text | None = None
    """A date field: when the outcome was known. Scoring never reads it, so the export need not have it."""
    since: Text | None = None
    """A date field: when the lead came in. Nor does scoring read this."""

    @property
    def test(self) -> Test:
        """The test that a won lead passes."""
        return Test.model_validate({"in": self.won})
