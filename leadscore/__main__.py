"""__main__: `python -m leadscore` is the command `leadscore`."""

from leadscore.cli import main

if __name__ == "__main__":
    main()
