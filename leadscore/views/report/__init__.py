"""report: a run as one HTML file that opens anywhere and asks for nothing."""
