"""The power of the EEG in time and frequency."""

import numpy as np
import numpy.typing as npt

from psgkit.domain.night import Night
from psgkit.report.drawing.axes import round_axis, say, signed, time_axis
from psgkit.report.drawing.palette import power_colours
from psgkit.report.drawing.picture import CLEAR, Panel, Raster
from psgkit.report.figures.data import shown_spectra, thin
from psgkit.report.language import _

MAX_HZ = 30.0
MOST_COLUMNS = 1200


def spectrogram_panel(night: Night, width_px: float, height_px: float) -> Panel:
    """Return the spectrogram of the EEG that staging used, or the reason for none."""
    found = shown_spectra(night)
    # Power of zero, of a channel that was flat, has no decibels.
    if found is None or not (found[1].psd_uv2_hz > 0).any():
        words = _(
            "No power spectra: no EEG was analysed, or no epoch is free of artefact."
        )
        return say(words, width_px, height_px, title=_("Spectrogram"))
    role, spectra = found
    inside = spectra.freqs_hz <= MAX_HZ
    freqs_hz = spectra.freqs_hz[inside].astype(float)
    with np.errstate(divide="ignore"):
        power_db = 10 * np.log10(thin(spectra.psd_uv2_hz[:, inside], MOST_COLUMNS).T)
    low, high = np.percentile(power_db[np.isfinite(power_db)], [2, 98]).tolist()
    scoring = night.scoring
    half = (freqs_hz[-1] - freqs_hz[0]) / max(len(freqs_hz) - 1, 1) / 2
    end_s = scoring.onset_s + len(spectra.psd_uv2_hz) * scoring.epoch_s
    raster = Raster(
        _levels(power_db, low, high),
        power_colours(CLEAR),
        (scoring.onset_s / 3600, end_s / 3600),
        (freqs_hz[0] - half, freqs_hz[-1] + half),
    )
    title = _("Spectrogram of {site}, {low} (dark) to {high} dB re 1 µV²/Hz")
    return Panel(
        title=title.format(
            site=role.replace("_", "-"),
            low=signed(f"{low:.0f}"),
            high=signed(f"{high:.0f}"),
        ),
        height_px=height_px,
        marks=(raster,),
        x=time_axis(night),
        y=round_axis(0.0, freqs_hz[-1], "Hz", parts=3),
    )


def _levels(
    power_db: npt.NDArray[np.floating], low: float, high: float
) -> npt.NDArray[np.uint8]:
    """Return the number of the colour of each power, `CLEAR` where it is not known."""
    share = np.clip((power_db - low) / max(high - low, 1e-9), 0, 1)
    levels = np.where(np.isfinite(power_db), share * (CLEAR - 1), CLEAR)
    return np.round(levels).astype(np.uint8)
