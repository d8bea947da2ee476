"""Power spectra by stage."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from psgkit.domain.night import Night
from psgkit.domain.scoring import SCORED_STAGES, Stage
from psgkit.report.drawing.axes import (
    SMALL_HEIGHT_PX,
    SMALL_WIDTH_PX,
    as_figure,
    empty_picture,
    round_axis,
    stage_legend,
)
from psgkit.report.drawing.palette import STAGE_COLOURS
from psgkit.report.drawing.picture import Line, Panel, Picture
from psgkit.report.figures.data import as_night, shown_spectra
from psgkit.report.language import _

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MIN_EPOCHS = 10
MAX_HZ = 35.0


def plot_spectra(night: object, *, ax: "Axes | None" = None) -> "Figure":
    """Draw the median power spectrum of each stage, of the EEG that staging used.

    Parameters
    ----------
    night : Night, or anything that `Scoring.of` takes
    ax : matplotlib.axes.Axes, optional
        Where to draw; a new figure where not given.

    Returns
    -------
    matplotlib.figure.Figure
        Decibels over hertz, for stages with at least ten clean epochs.

    Examples
    --------
    >>> import psgkit
    >>> night = psgkit.read_night("results/night/night.h5")
    >>> figure = psgkit.plot_spectra(night)
    >>> figure.savefig("spectra.svg")
    """
    return as_figure(spectra_picture(as_night(night)), ax)


def spectra_picture(night: Night) -> Picture:
    """Return the picture of `plot_spectra`."""
    found = shown_spectra(night)
    if found is None:
        words = _("No power spectra: the EEG was not analysed.")
        return empty_picture(SMALL_WIDTH_PX, _("Power spectra"), words)
    role, spectra = found
    title = _("Power spectra of {site}").format(site=role.replace("_", "-"))
    inside = (spectra.freqs_hz > 0) & (spectra.freqs_hz <= MAX_HZ)
    curves_db = {
        stage: curve
        for stage in SCORED_STAGES
        if (curve := _median_db(night, spectra.psd_uv2_hz[:, inside], stage))
        is not None
    }
    if not curves_db:
        words = _("No stage has ten epochs without artefact.")
        return empty_picture(SMALL_WIDTH_PX, title, words)
    freqs_hz = spectra.freqs_hz[inside].astype(float)
    panel = Panel(
        title=title,
        height_px=SMALL_HEIGHT_PX,
        marks=tuple(
            Line(freqs_hz, curve, STAGE_COLOURS[stage], 2.0)
            for stage, curve in curves_db.items()
        ),
        x=round_axis(0.0, MAX_HZ, "Hz"),
        y=round_axis(*_limits(list(curves_db.values())), _("dB re 1 µV²/Hz")),
        legend=stage_legend(curves_db),
        has_inner_legend=True,
    )
    return Picture(SMALL_WIDTH_PX, (panel,))


def _median_db(
    night: Night, psd_uv2_hz: npt.NDArray[np.float32], stage: Stage
) -> npt.NDArray[np.float64] | None:
    """Return the median over a stage's clean epochs, None with under ten."""
    count = min(len(psd_uv2_hz), night.scoring.n_epochs)
    psd = psd_uv2_hz[:count][night.scoring.stages[:count] == stage]
    psd = psd[np.isfinite(psd).all(axis=1)]
    if len(psd) < MIN_EPOCHS:
        return None
    with np.errstate(divide="ignore"):
        power_db: npt.NDArray[np.float64] = 10 * np.log10(
            np.median(psd, axis=0).astype(np.float64)
        )
    return power_db


def _limits(curves_db: list[npt.NDArray[np.float64]]) -> tuple[float, float]:
    """Return the range of the known values, and a little more."""
    values = np.concatenate(curves_db)
    values = values[np.isfinite(values)]
    low, high = (values.min(), values.max()) if len(values) else (0.0, 0.0)
    room = max(0.05 * (high - low), 1.0)
    return float(low - room), float(high + room)
