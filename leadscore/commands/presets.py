"""presets: what exports leadscore knows, and what it calls their columns."""

from __future__ import annotations

from typing import Annotated

import typer

from leadscore.commands.common import Json, loading, print_json
from leadscore.commands.completion import complete_preset

Name = Annotated[
    str | None,
    typer.Argument(
        help="One preset, with its fields; may be left out.",
        show_default=False,
        autocompletion=complete_preset,
    ),
]


def presets(name: Name = None, json_: Json = False) -> int:
    """List the CRM exports that are recognised, or one's fields and headers."""
    with loading():
        from leadscore.errors import Problem, UsageError
        from leadscore.model.preset import load_preset, preset_names
        from leadscore.part import nearest
        from leadscore.views.presets import preset_view, presets_view
        from leadscore.views.screen import show

    if name is not None and name not in preset_names():
        meant = nearest(name, preset_names())
        hint = f"did you mean {meant}?" if meant else f"there is {', '.join(preset_names())}"
        raise UsageError(Problem("NAME", what="there is no preset of that name", hint=hint))
    chosen = {each: load_preset(each) for each in preset_names() if name in (None, each)}
    if json_:
        print_json({each: preset.model_dump(mode="json", by_alias=True) for each, preset in chosen.items()})
    elif name is not None:
        show(*preset_view(chosen[name]), stderr=False)
    else:
        show(*presets_view(chosen), stderr=False)
    return 0
