"""``python -m psgkit`` is ``psgkit``."""

from psgkit.cli import main

if __name__ == "__main__":
    main()
