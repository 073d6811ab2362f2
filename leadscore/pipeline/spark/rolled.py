"""rolled: what a lead's figures take from other leads: its account's score, its percentile rank."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from leadscore.model.order import key_name
from leadscore.pipeline.accounts import KEY, KNOWN, LEAD_SCORE, NAME, POINTS
from leadscore.pipeline.spark.accounts import roll_up_accounts
from leadscore.pipeline.spark.accounts_in import join_scores
from leadscore.pipeline.spark.carry import schema_text
from leadscore.pipeline.spark.copies import find_copies, set_copies_aside
from leadscore.pipeline.spark.cumulate import add_percentiles, find_percentiles
from leadscore.pipeline.spark.order import RANKED
from leadscore.pipeline.spark.plan import LEAD, Plan
from leadscore.pipeline.spark.score import score_rows

if TYPE_CHECKING:
    from pyspark.sql import Column, DataFrame


def add_account_scores(leads: DataFrame, plan: Plan, partitions: int) -> DataFrame:
    """Rows that were read, with their accounts' scores: those of the leads' own scores, a pass of its own.

    Ranked leads count; whoever is screened, disqualified or without an id that can be trusted does not.
    """
    from pyspark import StorageLevel

    accounts = plan.model.accounts
    assert accounts is not None, "asked only where the config has the account's score in the lead's"
    scored = leads.mapInArrow(partial(score_rows, plan=plan), schema_text(plan.scored_columns))
    scored = scored.where(f"kind = {LEAD}").select(*_narrow(plan)).persist(StorageLevel.DISK_ONLY)
    counted = scored
    if plan.model.checks.on_duplicate != "refuse":
        counted = set_copies_aside(scored, find_copies(scored), plan.model)
    table = roll_up_accounts(lead_accounts(counted, plan), accounts, partitions)
    keyed = scored.select("file", "line", scored[plan.place_of(KEY)].alias("key"))
    return join_scores(leads, keyed.where("key is not null"), table)


def _narrow(plan: Plan) -> list[str]:
    accounts = plan.model.accounts
    rules = accounts.rules if accounts is not None else ()
    kept = [KEY, NAME, LEAD_SCORE, *(what + rule.name for rule in rules for what in (POINTS, KNOWN))]
    return ["kind", "file", "line", "id", "aside", "part", *map(plan.place_of, kept)]


def lead_accounts(scored: DataFrame, plan: Plan) -> DataFrame:
    """The ranked leads with their accounts, as ``roll_up_accounts`` wants them."""
    from pyspark.sql import functions as F  # noqa: N812 (its usual name)

    def named(kept: str, name: str) -> Column:
        return F.col(plan.place_of(kept)).alias(name)

    accounts = plan.model.accounts
    rules = accounts.rules if accounts is not None else ()
    points = [named(POINTS + rule.name, f"p{place}") for place, rule in enumerate(rules)]
    known = [named(KNOWN + rule.name, f"k{place}") for place, rule in enumerate(rules)]
    ranked = scored.where(f"kind = {LEAD} and part = {RANKED}")
    own = [named(KEY, "key"), named(NAME, "name"), F.col("id"), named(LEAD_SCORE, "score")]
    return ranked.select([*own, *points, *known])


def add_percentile_columns(
    scored: DataFrame, thin: DataFrame, plan: Plan, partitions: int
) -> tuple[DataFrame, Plan]:
    """The rows and the plan with the percentile ranks that the config asks for.

    ``thin``: the same rows with few columns. The ranks are steps, found among all leads; only where leads are
    ranked by them they stand in the rows.
    """
    asked = {name: scale.of for name, scale in plan.model.models[0].scales.items() if scale.among_all}
    keys = set(map(key_name, plan.model.rank_by))
    leads, found, ranked = thin.where(f"kind = {LEAD}"), {}, {}
    for place, (name, of) in enumerate(asked.items()):
        found[name] = of, find_percentiles(leads, plan.place_of(of), partitions)
        if name in keys:
            ranked[name] = f"percentile{place}"
            scored = add_percentiles(scored, plan.place_of(of), ranked[name], partitions)
    return scored, replace(
        plan, settings={**plan.settings, "percentiles": found, "ranked_percentiles": ranked}
    )
