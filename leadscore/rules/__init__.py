"""rules: how points come about, one file per kind."""

from __future__ import annotations

from typing import Annotated, get_args

from pydantic import Field as Setting

from leadscore.rules.bands import Bands
from leadscore.rules.base import Award, Rule
from leadscore.rules.count import Count
from leadscore.rules.levers import Lever
from leadscore.rules.lookup import Lookup
from leadscore.rules.match import Match
from leadscore.rules.profile import Profile
from leadscore.rules.table import Table

# The registry of kinds: a new kind is a file and a name here. Its order is the documentation's.
AnyRule = Annotated[Match | Table | Lookup | Bands | Count | Profile, Setting(discriminator="kind")]
KINDS: dict[str, type[Rule]] = {
    get_args(kind.model_fields["kind"].annotation)[0]: kind for kind in get_args(get_args(AnyRule)[0])
}

__all__ = ["KINDS", "AnyRule", "Award", "Lever", "Rule"]
