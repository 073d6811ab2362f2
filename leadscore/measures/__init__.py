"""measures: what else is said of a lead beside its score, one file per measure."""

from leadscore.measures.base import Amounts, Labels, Range
from leadscore.measures.best import BestOf
from leadscore.measures.heat import Heat
from leadscore.measures.scales import FORMS, Scale
from leadscore.measures.value import Value

__all__ = ["FORMS", "Amounts", "BestOf", "Heat", "Labels", "Range", "Scale", "Value"]
