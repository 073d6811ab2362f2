"""calibrate: points from history: suggested, shown against the points there are, never applied."""
