"""result: several configs on the same leads -> what is different, and for whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from leadscore.analysis.compare.changes import Change, list_changes
from leadscore.analysis.compare.leads import OUT, Compared, collect_standings
from leadscore.analysis.compare.movers import Movers, Standings, count_changes, find_movers
from leadscore.analysis.compare.order import Agreement, Places, compare_orders
from leadscore.analysis.compare.read import Reading, open_readings
from leadscore.analysis.compare.tiers import TierFigures, count_tiers
from leadscore.analysis.compare.variants import Refused
from leadscore.analysis.compare.work import Counted, Work
from leadscore.analysis.files import Files
from leadscore.analysis.variant import Variant, with_field
from leadscore.model.order import key_name
from leadscore.model.schema import Model
from leadscore.pipeline.check import exit_code
from leadscore.pipeline.coded import chain, to_frame
from leadscore.pipeline.collect import Collected, refuse_ambiguous_dates
from leadscore.pipeline.export import Export
from leadscore.pipeline.files import notes_of, paths_of
from leadscore.pipeline.ids import choose_copies, set_aside_without_id
from leadscore.pipeline.memory import give_back
from leadscore.pipeline.rank import order_by_id, rank_key, rank_leads
from leadscore.points import Flags, Rows


@dataclass(frozen=True)
class Comparison:
    """What one config does otherwise than the first."""

    before: Variant
    after: Variant
    changes: list[Change]
    crossing: Rows
    """``[standing in the first, standing in this one]``: leads; beyond the tiers come those of OUT."""
    counts: dict[str, int]
    """Leads by the change of their tier."""
    movers: Movers | None
    """None in a sweep, which only counts them."""
    agreement: Agreement
    work: list[Counted] = field(default_factory=list)


@dataclass(frozen=True)
class Result:
    """Several configs on the same leads."""

    variants: list[Variant]
    export: Export
    tiers: list[str]
    """Of all configs, in the order of the first."""
    figures: list[list[TierFigures]]
    """Of each config, its tiers."""
    standings: list[Standings]
    comparisons: list[Comparison]
    leads: pd.DataFrame
    """Of every lead of the export: id, line and, where there are several, file."""
    counts: dict[str, int]
    """Rows of the export: in, compared and set_aside."""
    collected: Collected
    notes: list[str]
    work: Work | None = None
    key: str = ""
    """What a sweep goes through."""
    refused: tuple[Refused, ...] = ()

    @property
    def exit_code(self) -> int:
        """0 where every row and cell was understood, as far as the first config's ``checks`` ask for it."""
        damaged = len(self.collected.set_aside) - self.collected.copies
        return exit_code(self.collected.read, damaged, self.collected.unreadable, self.variants[0].model)

    @property
    def standing_names(self) -> list[str]:
        """Every place where a lead may stand."""
        return [*self.tiers, *OUT]


def compare_configs(
    variants: Sequence[Variant], files: Files, by: str | None = None, with_lines: bool = True
) -> Result:
    """Every config against the first, on the same leads; the export is read once.

    ``by``: a field to count the leads of each tier by. ``with_lines``: also by which lines leads have moved.
    Raises ConfigError and InputError as a scoring run does, and ConfigError where the configs do not go
    together.
    """
    variants = [with_field(variants[0], by), *variants[1:]] if by else list(variants)
    export, readings = open_readings(variants, files)
    work = Work(by) if by else None
    compared = collect_standings(export, readings, variants, work, with_lines, files.told)
    for reading in readings:
        refuse_ambiguous_dates(reading.tally, variants[next(iter(reading.sweeps))].file)
    collected = _collect(compared, readings, export)
    model = variants[0].model
    trusted = set_aside_without_id(collected, export, model)
    trusted = choose_copies(collected, trusted, export, paths_of(export), model)
    give_back()
    standings = _rank_all(compared, readings, collected.leads["id"], trusted)
    figures = [
        count_tiers(each, compared.tiers, trusted, compared.won(place))
        for place, each in enumerate(standings)
    ]
    comparisons = [
        _compare(place, variants, compared, standings, trusted) for place in range(1, len(variants))
    ]
    counts = {"in": collected.read, "compared": int(trusted.sum()), "set_aside": len(collected.set_aside)}
    notes = [*notes_of(export, readings[0].sweep.fits), *readings[0].sweep.joins.notes]
    return Result(
        variants, export, compared.tiers, figures, standings, comparisons, collected.leads, counts,
        collected, notes, work,
    )  # fmt: skip


def compare_sweep(key: str, base: Variant, found: Sequence[Variant | Refused], files: Files) -> Result:
    """A config with each of several values against the config as it stands; see ``compare_configs``."""
    variants = [base, *(each for each in found if isinstance(each, Variant))]
    refused = tuple(each for each in found if isinstance(each, Refused))
    return replace(compare_configs(variants, files, with_lines=False), key=key, refused=refused)


def _collect(compared: Compared, readings: Sequence[Reading], export: Export) -> Collected:
    """The leads as those who set some of them aside want them."""
    columns = {name: chain(parts) for name, parts in compared.leads.items()}
    leads = to_frame(columns, pd.RangeIndex(compared.count), coded=True)
    first = readings[0]
    read = compared.count + len(export.set_aside)
    own, sweep = list(export.set_aside), first.sweep
    return Collected(leads, first.tally, own, sweep.fits, (), [], read, sweep.activity, sweep.joins)


def _rank_all(
    compared: Compared, readings: Sequence[Reading], ids: pd.Series, trusted: Flags
) -> list[Standings]:
    chosen = np.flatnonzero(trusted)
    by_id = order_by_id(ids.iloc[chosen])
    reading_of: Mapping[int, int] = {
        place: number for number, reading in enumerate(readings) for place in reading.sweeps
    }
    found = []
    for place, said in enumerate(compared.said):
        frame = compared.frame(place, reading_of[place])
        places = frame[" standing"].to_numpy(dtype=np.int64)
        order = chosen[rank_leads(frame.iloc[chosen], said.model, by_id)]
        ranked = order[places[order] < len(compared.tiers)]
        ranks = _number(ranked, np.arange(1, len(ranked) + 1), compared.count)
        ties = _number(ranked, _places_with_ties(frame.iloc[ranked], said.model), compared.count)
        tiers = tuple(tier.name for tier in said.model.tiers)
        found.append(Standings(tiers, places, frame["score"].to_numpy(dtype=np.int64), ranks, ties))
    return found


def _number(rows: Rows, numbers: Rows, count: int) -> Places:
    places = np.zeros(count, np.int64)
    places[rows] = numbers
    return places


def _places_with_ties(ranked: pd.DataFrame, model: Model) -> Places:
    """The places of leads that stand best first: those that are equal in all they are ranked by share one."""
    new = np.zeros(len(ranked), dtype=bool)
    new[:1] = True
    for name in map(key_name, model.rank_by):
        codes, _ = pd.factorize(ranked[rank_key(name, model)])
        new[1:] |= np.diff(codes) != 0
    return np.cumsum(new)


def _compare(
    place: int,
    variants: Sequence[Variant],
    compared: Compared,
    standings: Sequence[Standings],
    trusted: Flags,
) -> Comparison:
    before, after, tiers = standings[0], standings[place], compared.tiers
    size = len(tiers) + len(OUT)
    crossing = np.bincount(before.places[trusted] * size + after.places[trusted], minlength=size * size)
    movers = find_movers(compared.moves[place - 1], before, after, tiers, trusted) if compared.moves else None
    work = compared.work
    return Comparison(
        variants[0],
        variants[place],
        list_changes(variants[0].tree, variants[place].tree),
        crossing.reshape(size, size),
        count_changes(before, after, tiers, trusted),
        movers,
        compare_orders(before.ties, after.ties, before.ranks, after.ranks),
        work.count(before.places, after.places, len(tiers), trusted) if work else [],
    )
