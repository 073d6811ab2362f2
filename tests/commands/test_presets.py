"""test_presets: what leadscore says it knows is what ships."""

from __future__ import annotations

import json

from leadscore.model.preset import load_preset, preset_names
from tests.running import run


def test_every_preset_is_listed_with_what_it_reads() -> None:
    ended = run("presets")
    assert ended.code == 0
    for name in preset_names():
        assert name in ended.stdout
    assert set(json.loads(run("presets", "--json").stdout)) == set(preset_names())


def test_one_preset_is_shown_with_every_field_and_header() -> None:
    shown = " ".join(run("presets", "zoho").stdout.split())
    for name, field in load_preset("zoho").fields.items():
        assert f"{name} {field.type or 'text'} {', '.join(field.columns)}" in shown


def test_a_preset_there_is_not_is_refused_with_the_nearest_name() -> None:
    ended = run("presets", "zohoo")
    assert (ended.code, "did you mean zoho?" in ended.stderr) == (2, True)
