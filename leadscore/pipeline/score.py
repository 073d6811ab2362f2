"""score: typed fields -> the points each rule awards."""

from __future__ import annotations

from leadscore.fields import Leads
from leadscore.model.schema import Model
from leadscore.rules import Award


def award_points(leads: Leads, model: Model) -> dict[str, Award]:
    """Rule name -> its points (hundredths) per lead, before decays, caps and floors."""
    return {rule.name: rule.award(leads) for group in model.groups.values() for rule in group.rules}
