"""explain: why a lead has its score, and what it could be."""
