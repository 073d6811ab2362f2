"""model: what a config says."""
