"""Words from the command line into jobs and settings; the only place that prints."""

from psgkit.cli.app import main

__all__ = ["main"]
