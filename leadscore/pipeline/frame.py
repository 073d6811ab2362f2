"""frame: a pandas frame -> what a file of it would give, for notebooks and pipelines."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from leadscore.fields import FieldType
from leadscore.pipeline.export import Batch, Dialect, SetAside, unique_names


class FrameExport:
    """A frame of leads or of events; it is left as it is."""

    def __init__(self, frame: pd.DataFrame, name: str) -> None:
        labels = [str(label) for label in frame.columns]
        self.columns, self.notes = unique_names(labels)
        self.repeated = frozenset(label for label in labels if labels.count(label) > 1)
        self.frame = frame.set_axis(list(self.columns), axis=1)
        kinds = {name: _kind(self.frame.dtypes[name]) for name in self.columns}
        self.kinds: Mapping[str, FieldType] = {name: kind for name, kind in kinds.items() if kind}
        self.path, self.dialect, self.digest, self.size = Path(name), Dialect("frame"), "", 0
        self.set_aside: list[SetAside] = []
        self.damaged = 0

    def batches(self, columns: Sequence[str], coded: bool = False) -> Iterator[Batch]:
        """The whole frame as one batch."""
        yield Batch(self.frame[list(columns)], 0, np.arange(1, len(self.frame) + 1))


def _kind(dtype: Any) -> FieldType | None:
    if pd.api.types.is_bool_dtype(dtype):
        return "boolean"
    if pd.api.types.is_numeric_dtype(dtype):
        return "number"
    return "date" if pd.api.types.is_datetime64_any_dtype(dtype) else None
