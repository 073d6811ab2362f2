"""strategies_text: texts of any letters, and of those that fold, join or stretch."""

from __future__ import annotations

from hypothesis import strategies as st

# More often than chance would bring them together.
_odd = "aAİıßſΣςJ\u030cé\u0301\u0345يىكـئ\u0654۱٢१²\u200c\u200d\u200b\xa0 \ufeffǅ\u0344\u0387ﬁ"
texts = st.one_of(st.text(), st.text(st.sampled_from(_odd), max_size=8))
