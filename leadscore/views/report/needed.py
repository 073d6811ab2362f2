"""needed: what draws the charts, and is not installed with leadscore alone."""

from __future__ import annotations

from importlib.util import find_spec

from leadscore.errors import Problem, UsageError


def refuse_without_charts(option: str) -> None:
    """Raise UsageError where the extra ``report`` is not installed."""
    if find_spec("matplotlib") is None:
        what = "needs what is not installed with leadscore alone"
        hint = "install the extra report: pip install 'leadscore[report]'"
        raise UsageError(Problem(option, what=what, hint=hint))
