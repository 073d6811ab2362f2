"""accounts_in: the score of each lead's account, handed to it where the config has it in the lead's own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import pyarrow as pa

from leadscore.pipeline.account_scores import NO_SCORES

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

ACCOUNT, SCORE = "account", "account_score"


def account_scores_of(batch: pa.RecordBatch) -> Mapping[str, int]:
    """The score (hundredths) of each account that leads of the batch are of, by its key."""
    if ACCOUNT not in batch.schema.names:
        return NO_SCORES
    accounts, scores = (batch.column(name).to_pylist() for name in (ACCOUNT, SCORE))
    return {key: score for key, score in zip(accounts, scores, strict=True) if score is not None}


def join_scores(rows: DataFrame, keyed: DataFrame, accounts: DataFrame) -> DataFrame:
    """Rows that were read, each with its account's key and score; null where it has none.

    ``keyed``: the account of each lead (file, line, key). ``accounts``: the score of each (key, score).
    """
    scores = keyed.join(accounts, "key").select(
        "file", "line", keyed["key"].alias(ACCOUNT), accounts["score"].alias(SCORE)
    )
    return rows.join(scores, ["file", "line"], "left")
