"""completion: what a shell may put where a word is expected; nothing of it reads an export."""

from __future__ import annotations

from collections.abc import Iterator


def complete_preset(incomplete: str) -> list[str]:
    """The presets that ship."""
    from leadscore.model.preset import preset_names

    return [name for name in preset_names() if name.startswith(incomplete)]


def complete_doubt(incomplete: str) -> Iterator[tuple[str, str]]:
    """The kinds of doubt, each with its first sentence."""
    import inspect

    from leadscore.model.lint import FINDINGS

    for code, find in FINDINGS.items():
        if code.startswith(incomplete):
            yield code, (inspect.getdoc(find) or "").split("\n")[0]


def complete_refusal(incomplete: str) -> Iterator[tuple[str, str]]:
    """The same, and the word for all of them."""
    yield from complete_doubt(incomplete)
    if "any".startswith(incomplete):
        yield "any", "A doubt of whatever kind."
