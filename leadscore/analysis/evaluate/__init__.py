"""evaluate: whether scores tell who is won."""
