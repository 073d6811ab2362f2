"""__main__: the command `leadscore`, also as `python -m leadscore`."""

import sys


def main() -> None:
    """Run the command line; stopped while it is loaded it ends as it does later."""
    try:
        from leadscore import cli
    except KeyboardInterrupt:
        sys.exit(130)
    cli.main()


if __name__ == "__main__":
    main()
