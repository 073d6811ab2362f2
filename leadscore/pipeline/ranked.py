"""ranked: a frame of leads -> the ranked file as a frame, for notebooks."""

from __future__ import annotations

from datetime import date

import pandas as pd

from leadscore.model.schema import Model
from leadscore.pipeline.collect import collect_leads, refuse_ambiguous_dates
from leadscore.pipeline.files import paths_of
from leadscore.pipeline.frame import FrameExport
from leadscore.pipeline.ids import choose_copies, set_aside_without_id
from leadscore.pipeline.lists import divide_ranked, list_parts
from leadscore.pipeline.measure import find_labels
from leadscore.pipeline.reason import show_columns


def score(leads: pd.DataFrame, model: Model, as_of: date, events: pd.DataFrame | None = None) -> pd.DataFrame:
    """The ranked leads, best first: what ranked.csv of a run holds.

    ``leads`` has the export's columns, as text or typed, ``events`` those of the activity log, for a config
    that counts events; both are left as they are. In front stand the columns scoring adds, under the names
    that ``output.prefix`` gives them: rank (from 1), score and the other points as floats with at most two
    decimals, tier, reasons in words. Then come the leads' own columns, under their own index. Leads that are
    disqualified, screened out or without an id are not among them. Raises InputError where a column is
    missing or an id stands twice, ConfigError for dates that can be read in two ways, UsageError where the
    config needs events and there are none.
    """
    export = FrameExport(leads, "leads")
    logs = [] if events is None else [FrameExport(events, "events")]
    collected = collect_leads(export, model, as_of, logs)
    refuse_ambiguous_dates(collected.tally, model.name)
    sound = set_aside_without_id(collected, export, model)
    trusted = choose_copies(collected, sound, export, paths_of(export), model)
    parts = divide_ranked(collected.leads, trusted, model)
    listing = next(each for each in list_parts(collected.leads, parts, model) if each.name == "ranked")
    added = show_columns(listing.leads.iloc[listing.rows], listing.columns)
    for name in added:
        if name in model.columns and not find_labels(name, model):
            added[name] = added[name].astype("float64") / 100
    own = leads.iloc[listing.rows]
    return pd.concat([added.add_prefix(model.output.prefix).set_axis(own.index), own], axis=1)
