"""trend: runs over time, and what has moved from one to the next."""
