"""compare: several configs on the same leads, and what is different."""
