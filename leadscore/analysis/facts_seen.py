"""facts_seen: batches of an export, scored -> what is to be known of it to doubt a config."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import replace

import numpy as np
import pyarrow as pa

from leadscore.analysis.rule_pairs import RulePairs
from leadscore.analysis.unlisted import UnlistedSeen
from leadscore.decays import Decay
from leadscore.fields import Leads
from leadscore.model.facts import Column, Facts, Part, Tally
from leadscore.model.schema import Model
from leadscore.pipeline.accounts import KNOWN, POINTS, account_columns
from leadscore.pipeline.batch import Scored
from leadscore.pipeline.fit import Fit
from leadscore.pipeline.portion import Portion
from leadscore.pipeline.unlisted import lists_values
from leadscore.points import Flags, Rows


class RulesSeen:
    """What the rules of one model did, over all batches so far."""

    def __init__(self, model: Model) -> None:
        self.model, self.leads = model, 0
        self.rules = [rule for group in model.groups.values() for rule in group.rules]
        self.counts: Counter[tuple[str, str]] = Counter()
        self.pairs = RulePairs(self.rules)
        self.unlisted = {rule.name: UnlistedSeen(rule) for rule in self.rules if lists_values(rule)}

    def add(self, portion: Portion, leads: Leads) -> None:
        """The part of a batch that the model scored; ``leads`` are those of the whole batch."""
        made, rows = portion.contributions, portion.rows
        self.leads += len(rows)
        points = made.points[[line.kind == "rule" for line in made.lines]]
        for rule, given in zip(self.rules, points, strict=True):
            self.counts["fired", rule.name] += int(np.count_nonzero(given))
            self.counts["points", rule.name] += int(given.sum())
            self.counts["known", rule.name] += int(np.count_nonzero(made.known[rule.name]))
            self._add_undated(f"rule {rule.name}", rule.decay, given != 0, leads, rows)
        for line, given in zip(made.lines, made.points, strict=True):
            if line.kind in ("cap", "floor"):
                self.counts["bound", line.name] += int(np.count_nonzero(given))
        groups = np.array([line.group for line in made.lines if line.kind == "rule"])
        for name, group in self.model.groups.items():
            earned = (points[groups == name] > 0).any(axis=0)
            self._add_undated(f"group {name}", group.decay, earned, leads, rows)
        self.pairs.add(points)
        for seen in self.unlisted.values():
            seen.add(leads[seen.rule.field], rows, leads.as_of)

    def _add_undated(self, what: str, decay: Decay | None, has: Flags, leads: Leads, rows: Rows) -> None:
        if decay and decay.since:
            self.counts["fading", what] += int(np.count_nonzero(has))
            self.counts["undated", what] += int(
                np.count_nonzero(has & np.isnan(leads.age(decay.since)[rows]))
            )

    def close(self, headers: Mapping[str, str]) -> Facts:
        """What was seen; ``headers``: the column each field was read from."""
        unlisted = {
            name: seen.close(headers.get(seen.rule.field, ""), self.leads)
            for name, seen in self.unlisted.items()
        }
        return Facts(
            tallies={
                rule.name: Tally(
                    self.counts["fired", rule.name],
                    self.counts["known", rule.name],
                    self.leads,
                    self.counts["points", rule.name],
                )
                for rule in self.rules
            },
            bounds={
                name: Part(count, self.leads) for (of, name), count in self.counts.items() if of == "bound"
            },
            pairs=self.pairs.close(),
            undated={
                name: Part(self.counts["undated", name], count)
                for (of, name), count in self.counts.items()
                if of == "fading"
            },
            unlisted={name: told for name, told in unlisted.items() if told},
        )


class RunSeen:
    """What was seen of the whole export: what rules did, columns, tiers, and what rules of accounts give."""

    def __init__(self, model: Model) -> None:
        self.model, self.leads = model, 0
        names = [segment.name for segment in model.segments] or [""]
        self.rules = dict(zip(names, map(RulesSeen, model.models), strict=True))
        self.tiers: Counter[str] = Counter()
        self.known: Counter[str] = Counter()
        """By field; ``asked`` are the leads of files that have a column for it."""
        self.asked: Counter[str] = Counter()
        self.accounts: Counter[tuple[str, str]] = Counter()

    def add(self, scored: Scored, fit: Fit) -> None:
        """A batch, and how its file is read."""
        leads = scored.leads
        self.leads += leads.count
        for portion in scored.portions:
            self.rules[portion.segment].add(portion, leads)
        for name in fit.columns:
            self.known[name] += int(np.count_nonzero(leads[name].known))
            self.asked[name] += leads.count
        for each in pa.array(scored.added["tier"]).value_counts().to_pylist():
            self.tiers[each["values"]] += each["counts"]
        self._add_accounts(leads)

    def _add_accounts(self, leads: Leads) -> None:
        accounts = self.model.accounts
        kept = account_columns(leads, accounts) if accounts and accounts.rules else {}
        for rule in accounts.rules if accounts else ():
            points = kept[POINTS + rule.name]
            self.accounts["fired", rule.name] += int(np.count_nonzero(points))
            self.accounts["known", rule.name] += int(np.count_nonzero(kept[KNOWN + rule.name]))

    def close(self, fits: Mapping[str, Fit], joined: Collection[str]) -> dict[str, Facts]:
        """What was seen, by segment; under "" what is of the run. ``joined``: columns of other tables."""
        headers = {name: column for fit in fits.values() for name, column in fit.columns.items()}
        own = {
            name: header
            for name, header in headers.items()
            if name != self.model.id and header not in joined and not _is_constant(header, fits)
        }
        columns = {name: Column(header, self.known[name], self.asked[name]) for name, header in own.items()}
        facts = {segment: self._with_accounts(seen.close(headers)) for segment, seen in self.rules.items()}
        return {**facts, "": replace(facts.get("", Facts()), columns=columns, tiers=dict(self.tiers))}

    def _with_accounts(self, facts: Facts) -> Facts:
        """Rules of accounts are of no segment; each is looked at with every one."""
        tallies = {
            rule.name: Tally(self.accounts["fired", rule.name], self.accounts["known", rule.name], self.leads)
            for rule in (self.model.accounts.rules if self.model.accounts else ())
        }
        return replace(facts, tallies={**facts.tallies, **tallies})


def _is_constant(header: str, fits: Mapping[str, Fit]) -> bool:
    return any(header in fit.constants for fit in fits.values())
