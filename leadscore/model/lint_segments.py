"""lint_segments: doubts about a config with segments: about each one's model, and about the run."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from leadscore.model.facts import Facts
from leadscore.model.lint import FINDINGS, NO_FACTS, Finding, lint_model
from leadscore.model.schema import Model
from leadscore.model.segments import segment_trees
from leadscore.model.tree import Tree

# What is no segment's own: its fields, its screen and its ranking are those of the run.
_OF_THE_RUN = (
    "tier-stays-empty",
    "matrix-tiers-mixed",
    "segment-never-wins",
    "segments-mixed",
    "sign-stands-twice",
    "sign-never-holds",
    "sign-always-holds",
    "field-not-used",
    "column-empty",
    "column-missing",
    "column-renamed",
    "column-changed",
    "leak-suspect",
)


def lint_config(model: Model, tree: Tree, facts: Mapping[str, Facts] | None = None) -> list[Finding]:
    """Every doubt about a config, by line.

    ``facts`` are by segment: those about rules; under "" those about the whole run and, without segments,
    all there are.
    """
    facts = facts or {}
    if not model.segments:
        return lint_model(model, tree, facts.get("", NO_FACTS))
    found = lint_model(model, tree, facts.get("", NO_FACTS), _OF_THE_RUN)
    codes = [code for code in FINDINGS if code not in _OF_THE_RUN]
    told = {(finding.code, replace(finding.problem, key="")) for finding in found}
    whole = zip(segment_trees(tree), model.segments, model.models, strict=True)
    for (key, own_tree), segment, own in whole:
        for finding in lint_model(own, own_tree, facts.get(segment.name, NO_FACTS), codes):
            anywhere = (finding.code, replace(finding.problem, key=""))
            if anywhere not in told:
                told.add(anywhere)
                found.append(_in_segment(finding, key))
    return sorted(found, key=lambda finding: finding.problem)


def _in_segment(finding: Finding, key: str) -> Finding:
    return Finding(finding.code, replace(finding.problem, key=f"{key}.{finding.problem.key}"))
