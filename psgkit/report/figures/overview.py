"""The night on one axis of time, and its parts as separate figures."""

from typing import TYPE_CHECKING

from psgkit.domain.night import Night
from psgkit.report.drawing.axes import as_figure
from psgkit.report.drawing.picture import BOTTOM_PX, TOP_PX, Panel, Picture
from psgkit.report.figures.body import body_panels
from psgkit.report.figures.data import as_night, shown_spectra
from psgkit.report.figures.event_tracks import event_panel
from psgkit.report.figures.hypnogram import hypnogram_panel
from psgkit.report.figures.probability import confidence_panel, hypnodensity_panel
from psgkit.report.figures.spectrogram import spectrogram_panel

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH_PX = 940.0
MARGINS_PX = TOP_PX + BOTTOM_PX
STAGES_PX = 240.0 - MARGINS_PX


def plot_overview(night: object) -> "Figure":
    """Draw stages, events, confidence, hypnodensity and spectrogram over time.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes

    Returns
    -------
    matplotlib.figure.Figure
        Parts without data are left out here; each part's own function says so.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_overview(night)
    >>> figure.savefig("overview.svg")
    """
    return as_figure(overview_picture(as_night(night)))


def overview_picture(night: Night) -> Picture:
    """Return the picture of `plot_overview`."""
    panels = [hypnogram_panel(night, WIDTH_PX, 184.0)]
    events = event_panel(night)
    if events is not None:
        panels.append(events)
    panels += body_panels(night)
    if night.scoring.proba is not None:
        panels.append(confidence_panel(night, WIDTH_PX, 45.0))
        panels.append(hypnodensity_panel(night, WIDTH_PX, 78.0))
    if shown_spectra(night) is not None:
        panels.append(spectrogram_panel(night, WIDTH_PX, 112.0))
    *upper, last = panels
    return Picture(WIDTH_PX, (*(panel.without_names() for panel in upper), last))


def plot_hypnogram(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the stages with REM marked, cycles, lights and arousals.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
        Cycles are drawn for a night alone.
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import psgkit
    >>> figure = psgkit.plot_hypnogram(["W", "N1", "N2", "N3", "N2", "R", "R", "W"])
    >>> figure.savefig("hypnogram.svg")
    """
    return _single(hypnogram_panel(as_night(night), WIDTH_PX, STAGES_PX), ax)


def plot_hypnodensity(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the probability of each stage in each epoch.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_hypnodensity(night)
    >>> figure.savefig("hypnodensity.svg")
    """
    return _single(
        hypnodensity_panel(as_night(night), WIDTH_PX, 160.0 - MARGINS_PX), ax
    )


def plot_spectrogram(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the power of the EEG that staging used, in time and frequency.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_spectrogram(night)
    >>> figure.savefig("spectrogram.svg")
    """
    return _single(spectrogram_panel(as_night(night), WIDTH_PX, 220.0 - MARGINS_PX), ax)


def _single(panel: Panel, ax: "Axes | None") -> "Figure":
    return as_figure(Picture(WIDTH_PX, (panel,)), ax)
