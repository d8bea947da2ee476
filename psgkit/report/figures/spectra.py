"""Power spectra by stage."""

import numpy as np
import numpy.typing as npt
from matplotlib.figure import Figure

from psgkit.domain.night import Night
from psgkit.domain.scoring import SCORED_STAGES, Stage
from psgkit.report.figures.canvas import (
    dress,
    empty_picture,
    label_stages,
    new_picture,
)
from psgkit.report.figures.data import shown_spectra
from psgkit.report.figures.palette import STAGE_COLOURS
from psgkit.report.language import _

SIZE_PX = (460.0, 260.0)
MIN_EPOCHS = 10
MAX_HZ = 35.0


def plot_spectra(night: Night) -> Figure:
    """Draw the median power spectrum of each stage, of the EEG that staging used.

    Parameters
    ----------
    night : Night

    Returns
    -------
    matplotlib.figure.Figure
        Decibels over hertz, for stages with at least ten clean epochs.
    """
    found = shown_spectra(night)
    if found is None:
        words = _("No power spectra: the EEG was not analysed.")
        return empty_picture(SIZE_PX[0], _("Power spectra"), words)
    role, spectra = found
    title = _("Power spectra of {site}").format(site=role.replace("_", "-"))
    inside = (spectra.freqs_hz > 0) & (spectra.freqs_hz <= MAX_HZ)
    curves = {
        stage: psd
        for stage in SCORED_STAGES
        if (psd := _median_psd(night, spectra.psd_uv2_hz[:, inside], stage)) is not None
    }
    if not curves:
        words = _("No stage has ten epochs without artefact.")
        return empty_picture(SIZE_PX[0], title, words)
    figure = new_picture(*SIZE_PX)
    axes = figure.subplots()
    for stage, psd in curves.items():
        with np.errstate(divide="ignore"):
            power_db = 10 * np.log10(psd)
        axes.plot(
            spectra.freqs_hz[inside],
            power_db,
            color=STAGE_COLOURS[stage],
            linewidth=1.6,
        )
    dress(axes, title=title, xlabel="Hz", ylabel=_("dB re 1 µV²/Hz"))
    axes.set_xlim(0, MAX_HZ)
    label_stages(axes, curves, is_inside=True)
    return figure


def _median_psd(
    night: Night, psd_uv2_hz: npt.NDArray[np.float32], stage: Stage
) -> npt.NDArray[np.float32] | None:
    """Return the median over a stage's clean epochs, None where there are under ten."""
    count = min(len(psd_uv2_hz), night.scoring.n_epochs)
    psd = psd_uv2_hz[:count][night.scoring.stages[:count] == stage]
    psd = psd[np.isfinite(psd).all(axis=1)]
    return np.median(psd, axis=0) if len(psd) >= MIN_EPOCHS else None
