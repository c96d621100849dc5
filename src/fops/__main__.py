"""`python -m fops` and the `fops` command."""

import sys

from fops.cli.main import main

__all__ = ["main"]

if __name__ == "__main__":
    sys.exit(main())
