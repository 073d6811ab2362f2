"""leadscore: scores, tiers and ranks the leads of a CRM export by rules a salesperson can read."""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from leadscore.model.load import load_model
    from leadscore.pipeline.batch import score_batch
    from leadscore.pipeline.ranked import score

__all__ = ["load_model", "score", "score_batch"]
__version__ = "0.1.0"

_HOMES = {
    "load_model": "leadscore.model.load",
    "score": "leadscore.pipeline.ranked",
    "score_batch": "leadscore.pipeline.batch",
}


def __getattr__(name: str) -> object:
    # Late, so that neither `import leadscore` nor `leadscore --help` pays for pandas.
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
