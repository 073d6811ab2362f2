"""predict: scored leads -> each one's chance to be won, by a model learned from outcomes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from leadscore.model.check import CHANCE
from leadscore.model.load import file_bytes
from leadscore.model.probability import ProbabilityModel, parse_probability
from leadscore.model.schema import Model


@dataclass(frozen=True)
class Predictor:
    """A probability model, and the file it is from."""

    model: ProbabilityModel
    file: str
    sha256: str

    def describe(self) -> dict[str, str]:
        """What the manifest says of it."""
        return {"file": self.file, "sha256": self.sha256}

    def add_chances(self, leads: pd.DataFrame) -> pd.DataFrame:
        """Scored leads with their chance to be won, in whole ten-thousandths.

        It follows from the score alone, so it is the same for a lead in any company.
        """
        chances = self.model.chances(leads["score"].to_numpy(dtype=np.int64))
        return leads.assign(**{CHANCE: chances.astype(np.int32)})


def read_predictor(path: Path, model: Model) -> Predictor:
    """Read a probability model for scores by this model. Raises ConfigError, also where it is for others."""
    content = file_bytes(path, "--predict")
    learned = parse_probability(str(path), content)
    learned.refuse_other(model, str(path))
    return Predictor(learned, path.name, hashlib.sha256(content).hexdigest())
