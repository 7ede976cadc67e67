"""``python -m groundswell``: the same as the ``groundswell`` command."""

from groundswell.cli import main

if __name__ == "__main__":
    main()
