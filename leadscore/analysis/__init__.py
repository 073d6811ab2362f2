"""analysis: questions about scores, answered by pure functions on frames."""
