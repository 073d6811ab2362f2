"""asked: the leads somebody asks about, by id or by rank -> their explanations."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from pathlib import Path

from leadscore.analysis.explain.explain import Explanation, explain_leads
from leadscore.analysis.explain.prospects import NO_PROSPECTS, find_prospects
from leadscore.errors import Problem, UsageError
from leadscore.model.schema import Model
from leadscore.pipeline.cache import NO_CACHE, Cache
from leadscore.pipeline.coded import to_texts
from leadscore.pipeline.collect import collect_leads, refuse_ambiguous_dates
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import open_exports, paths_of
from leadscore.pipeline.ids import choose_copies, set_aside_without_id
from leadscore.pipeline.inputs import open_log
from leadscore.pipeline.join_tables import open_tables
from leadscore.pipeline.lists import divide_ranked
from leadscore.pipeline.previous import RANKED


@dataclass(frozen=True)
class Asked:
    """Which leads are to be explained, and how far."""

    ids: tuple[str, ...] = ()
    ranks: tuple[str, ...] = ()
    """Ranks as they were typed: 3, or 1-10."""
    facts: bool = False
    prospects: bool = True


def explain_asked(
    asked: Asked,
    exports: Sequence[Path],
    events: Sequence[Path],
    joins: Sequence[str],
    model: Model,
    as_of: date,
    cache: Cache = NO_CACHE,
) -> list[Explanation]:
    """The leads that were asked for, by their ranks and then by their ids.

    Raises UsageError where none is asked for, or a rank is none.
    """
    wanted = list(_read_ranks(asked.ranks))
    if not (wanted or asked.ids):
        raise UsageError(Problem("explain", what="names no lead", hint="add --id ID or --rank 1"))
    files = partial(_open_files, exports, events, joins, model, cache)
    ranked = _find_ranked(*files(), model, as_of) if wanted else []
    beyond = [rank for rank in wanted if rank > len(ranked)]
    if beyond:
        what = f"there is no rank {beyond[0]:,}: {len(ranked):,} leads are ranked"
        raise UsageError(Problem("--rank", what=what, hint="write a lower one"))
    of_rank = {ranked[rank - 1]: rank for rank in wanted}
    export, logs, tables = files()
    trials = partial(find_prospects, facts=asked.facts) if asked.prospects else lambda trials: NO_PROSPECTS
    leads = explain_leads(export, model, as_of, [*of_rank, *asked.ids], logs, tables, trials)
    return [replace(lead, rank=of_rank.get(lead.id, 0)) for lead in leads]


def _read_ranks(texts: Sequence[str]) -> Iterator[int]:
    for text in texts:
        found = re.fullmatch(r"([1-9][0-9]{0,8})(?:-([1-9][0-9]{0,8}))?", text)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (1, 0)
        if last < first:
            raise UsageError(Problem("--rank", what="is no rank", hint="write for example 3, or 1-10"))
        yield from range(first, last + 1)


def _find_ranked(
    export: Export, logs: Sequence[Export], tables: Mapping[str, Export], model: Model, as_of: date
) -> list[str]:
    """The ids of the ranked leads, best first: as a run ranks them."""
    collected = collect_leads(export, model, as_of, logs, tables)
    refuse_ambiguous_dates(collected.tally, "config")
    sound = set_aside_without_id(collected, export, model)
    trusted = choose_copies(collected, sound, export, paths_of(export), model)
    ranked = divide_ranked(collected.leads, trusted, model)[RANKED]
    return [str(id_) for id_ in to_texts(collected.leads["id"].iloc[ranked]).to_pylist()]


def _open_files(
    exports: Sequence[Path], events: Sequence[Path], joins: Sequence[str], model: Model, cache: Cache
) -> tuple[Export, list[Export], Mapping[str, Export]]:
    logs = [open_log(path, model, cache) for path in events]
    tables = open_tables(joins, model)
    return open_exports(exports, model, cache), logs, tables
