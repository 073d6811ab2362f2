"""strategies_segments: random configs with segments, and the whole config of each segment alone."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from decimal import Decimal

import pandas as pd
from hypothesis import assume, strategies as st

from leadscore.model.load import load_model
from tests.strategies import Config, configs, criteria, frames, points
from tests.strategies_events import event_cases, event_configs

TIERS = ["top", "middle", "rest"]
RUN_KEYS = ("name", "id", "fields", "events", "disqualify")
"""What a segment's config takes from the run to be scored alone."""


@dataclass(frozen=True)
class Segmented:
    """A config with segments; what decides (name, criteria); and every segment's config without segments."""

    config: Config
    order: list[tuple[str, Config | None]]
    singles: dict[str, Config]

    @property
    def groups(self) -> set[str]:
        """The groups of all segments."""
        return {group for single in self.singles.values() for group in single["groups"]}


def with_a_maximum(config: Config, cap: int = 40) -> Config:
    """The config with a score that has an end, and without tiers and grade, which are drawn anew."""
    kept = {key: value for key, value in config.items() if key not in ("tiers", "grade")}
    score = {"cap": max(cap, Decimal(config.get("score", {}).get("floor", 0))), **config.get("score", {})}
    return {**kept, "score": score}


def _hundredths(value: int) -> Decimal:
    return Decimal(value) / 100


@st.composite
def with_tiers(draw: st.DrawFn, config: Config) -> Config:
    """The config with three tiers that leads can be in, wherever the config's points begin and end."""
    low, high = load_model({**config, "tiers": [{"name": "rest"}]}).bounds()
    low, high = max(low, -4000), min(high, 9000)
    assume(high > 0 and high - low > 1)
    cuts = draw(st.lists(st.integers(low + 1, high), min_size=2, max_size=2, unique=True))
    top, middle = sorted(cuts, reverse=True)
    tiers: list[Config] = [
        {"name": TIERS[0], "min_score": _hundredths(top)},
        {"name": TIERS[1], "min_score": _hundredths(middle)},
    ]
    return {**config, "tiers": [*tiers, {"name": TIERS[2]}]}


@st.composite
def _changes(draw: st.DrawFn, base: Config) -> tuple[Config, Config]:
    """Keys of an override, and the base with the same done to it by hand."""
    whole = copy.deepcopy(base)
    groups: Config = {}
    worth: Config = {"name": "rule 0", "kind": "match", "when": {"title": {"known": True}}}
    worth["points"] = draw(points)
    if draw(st.booleans()):
        groups["doubts"] = {"remove": True}
        del whole["groups"]["doubts"]
    if draw(st.booleans()):
        groups["fit"] = {"floor": Decimal(-5), "cap": Decimal("12.5"), "rules": [worth]}
        whole["groups"]["fit"] |= {"floor": Decimal(-5), "cap": Decimal("12.5")}
        rules = whole["groups"]["fit"]["rules"]
        alike = rules[0]["kind"] == "match"  # a rule of another kind takes the place of the base's
        rules[0] = {**rules[0], **worth} if alike else worth
    if draw(st.booleans()):
        removed = whole["groups"]["engagement"]["rules"].pop()["name"]
        groups["engagement"] = {"rules": [{"name": removed, "remove": True}]}
    if draw(st.booleans()):
        own = {"rules": [{**worth, "name": "only here", "points": 30}]}
        groups["extra"] = own
        whole["groups"]["extra"] = own
    score = {"combine": draw(st.sampled_from(["sum", "max"])), "floor": Decimal(-9), "cap": Decimal("33.33")}
    whole["score"] = {**whole["score"], **score}
    whole = draw(with_tiers(whole))
    return {"groups": groups, "score": score, "tiers": whole["tiers"]}, whole


def _segments_over(draw: st.DrawFn, base: Config, others: st.SearchStrategy[Config]) -> Segmented:
    """An override, another config whose rules have the same names, and the config as it stands."""
    base = draw(with_tiers(with_a_maximum(base)))
    other = draw(with_tiers(with_a_maximum(draw(others), cap=25)))
    override, overridden = draw(_changes(base))
    config = {**other, **{key: base[key] for key in RUN_KEYS if key in base}}
    segments: list[Config] = [
        {"name": "changed", "when": draw(criteria), "override": override},
        {"name": "other", "when": draw(criteria), "config": config},
        {"name": "same", "when": draw(criteria)},
        {"name": "changed too", "override": override},
    ]
    kept = draw(st.sampled_from([segments, segments, segments[1:], segments[1::2], segments[3:]]))
    singles = {"changed": overridden, "other": config, "same": base, "changed too": overridden}
    return Segmented(
        {**base, "segments": kept},
        [(segment["name"], segment.get("when")) for segment in kept],
        {segment["name"]: singles[segment["name"]] for segment in kept},
    )


@st.composite
def segment_cases(draw: st.DrawFn) -> tuple[Segmented, pd.DataFrame]:
    """A config with segments, and leads."""
    return _segments_over(draw, draw(configs()), configs()), draw(frames)


@st.composite
def segment_event_cases(draw: st.DrawFn) -> tuple[Segmented, pd.DataFrame, pd.DataFrame]:
    """The same with models that count events, and a log."""
    base, leads, log = draw(event_cases)
    return _segments_over(draw, base, event_configs(base["events"])), leads, log
