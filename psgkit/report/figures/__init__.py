"""Figures of a night: functions that take a `Night` and give a matplotlib figure.

They are made without pyplot, so nothing is kept open and no window appears. In a
notebook a figure shows itself. The picture names missing data.
"""

from psgkit.report.figures.arousals import plot_arousals
from psgkit.report.figures.body import plot_rem_body
from psgkit.report.figures.overview import (
    plot_hypnodensity,
    plot_hypnogram,
    plot_overview,
    plot_spectrogram,
)
from psgkit.report.figures.rem import plot_rem_continuity
from psgkit.report.figures.slow_waves import plot_swa_by_cycle
from psgkit.report.figures.spectra import plot_spectra
from psgkit.report.figures.topography import plot_topography

__all__ = [
    "plot_arousals",
    "plot_hypnodensity",
    "plot_hypnogram",
    "plot_overview",
    "plot_rem_body",
    "plot_rem_continuity",
    "plot_spectra",
    "plot_spectrogram",
    "plot_swa_by_cycle",
    "plot_topography",
]
