"""test_rewrite: a config with other numbers says these, and else what it said."""

from __future__ import annotations

import os
from pathlib import Path as FilePath

import pytest

from leadscore.analysis.rewrite import rewrite
from leadscore.analysis.variant import Variant, read_variant
from leadscore.errors import ConfigError
from leadscore.model.schema import Model
from leadscore.model.tree import Path
from leadscore.points import format_points
from tests.conftest import ROOT

CONFIGS = sorted((ROOT / "configs").glob("*.yml"))


def levers(model: Model) -> dict[Path, int]:
    """Every lever of the groups, by its place in the config."""
    return {
        ("groups", name, "rules", place, *lever.path): lever.points
        for name, group in model.groups.items()
        for place, rule in enumerate(group.rules)
        for lever in rule.levers()
    }


def more(model: Model) -> dict[Path, int]:
    """A point more for every lever that earns, and one less for each that costs."""
    return {path: points + (100 if points > 0 else -100) for path, points in levers(model).items() if points}


def written(values: dict[Path, int]) -> dict[Path, str]:
    return {path: format_points(points) for path, points in values.items()}


def read(path: FilePath) -> tuple[bytes, Variant]:
    return path.read_bytes(), read_variant("", path)


@pytest.mark.parametrize("file", CONFIGS, ids=lambda file: file.stem)
def test_all_points_of_a_config_can_be_others(file: FilePath, tmp_path: FilePath) -> None:
    content, variant = read(file)
    wanted = more(variant.model)
    made = rewrite(content, variant, written(wanted), tmp_path / "new.yml")
    assert levers(made.variant.model) == levers(variant.model) | wanted
    assert made.extends == bool(variant.tree.bases)
    own = tmp_path / "own.yml"
    own.write_text(f"extends: {os.path.relpath(file, tmp_path)}\n")
    over = rewrite(*read(own), written(wanted), tmp_path / "new.yml")
    assert over.extends
    assert over.variant.model.digest == made.variant.model.digest
    (tmp_path / "new.yml").write_bytes(over.content)
    assert read_variant("", tmp_path / "new.yml").model.digest == made.variant.model.digest


BANDS = """\
name: bands
id: lead_id
groups:
  fit:
    rules:
      - {name: size, kind: bands, field: size, bands: {1e1: 2, 50: 6}}   # by size
tiers: [{name: all}]
"""


def test_other_bands_take_the_place_of_the_old_ones(tmp_path: FilePath) -> None:
    path = tmp_path / "model.yml"
    path.write_text(BANDS)
    at: Path = ("groups", "fit", "rules", 0, "bands")
    made = rewrite(*read(path), {at: {"0": "1", "50": "7"}}, tmp_path / "new.yml")
    assert made.content.decode() == BANDS.replace("{1e1: 2, 50: 6}", "{0: 1, 50: 7}")
    own = tmp_path / "own.yml"
    own.write_text("extends: model.yml\n")
    over = rewrite(*read(own), {at: {"0": "1", "50": "7"}}, tmp_path / "new.yml")
    assert levers(over.variant.model) == levers(made.variant.model) == {(*at, "0"): 100, (*at, "50"): 700}
    one = rewrite(*read(path), {(*at, "10"): "3"}, tmp_path / "new.yml")  # 1e1 by another name
    assert one.content.decode() == BANDS.replace("1e1: 2", "1e1: 3")


def test_a_config_that_the_new_numbers_would_spoil_is_refused(tmp_path: FilePath) -> None:
    path = tmp_path / "model.yml"
    path.write_text(BANDS.replace("[{name: all}]", "[{name: top, min_score: 5}, {name: all}]"))
    with pytest.raises(ConfigError, match="no lead can be in it"):
        rewrite(*read(path), {("tiers", 0, "min_score"): "7"}, tmp_path / "new.yml")
