"""Power spectra by stage."""

import numpy as np
from matplotlib.figure import Figure

from psgkit.domain.night import Night
from psgkit.domain.scoring import SCORED_STAGES
from psgkit.report.figures.canvas import (
    dress,
    label_stages,
    new_picture,
    say,
)
from psgkit.report.figures.data import shown_spectra
from psgkit.report.figures.palette import STAGE_COLOURS

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
    figure = new_picture(*SIZE_PX)
    axes = figure.subplots()
    found = shown_spectra(night)
    if found is None:
        say(axes, "No power spectra: the EEG was not analysed.", title="Power spectra")
        return figure
    role, spectra = found
    title = f"Power spectra of {role.replace('_', '-')}"
    inside = (spectra.freqs_hz > 0) & (spectra.freqs_hz <= MAX_HZ)
    count = min(len(spectra.psd_uv2_hz), night.scoring.n_epochs)
    psd = spectra.psd_uv2_hz[:count, inside]
    usable = np.isfinite(psd).all(axis=1)
    drawn = []
    for stage in SCORED_STAGES:
        rows = usable & (night.scoring.stages[:count] == stage)
        if rows.sum() < MIN_EPOCHS:
            continue
        with np.errstate(divide="ignore"):
            power_db = 10 * np.log10(np.median(psd[rows], axis=0))
        axes.plot(
            spectra.freqs_hz[inside],
            power_db,
            color=STAGE_COLOURS[stage],
            linewidth=1.6,
        )
        drawn.append(stage)
    if not drawn:
        say(axes, "No stage has ten epochs without artefact.", title=title)
        return figure
    dress(axes, title=title, xlabel="Hz", ylabel="dB re 1 µV²/Hz")
    axes.set_xlim(0, MAX_HZ)
    label_stages(axes, drawn)
    return figure
