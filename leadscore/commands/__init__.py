"""commands: arguments -> calls, one file per command."""
