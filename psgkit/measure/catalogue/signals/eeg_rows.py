"""Columns of every EEG channel, each declared once: METRICS sections C and F."""

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.measure.catalogue.rows import (
    FRACTION,
    HELFRICH,
    HERTZ,
    IRASA,
    LENDNER,
    OF_CHANNEL,
    OF_CHANNEL_STAGE,
    PER_MINUTE,
    PSGKIT,
    RADIANS,
    SECONDS,
    SPINDLE_DETECTORS,
    UV,
    UV2,
    UV_S,
    YASA_SLOW_WAVES,
)
from psgkit.measure.spectra.power import BANDS, TOTAL

WELCH = "Welch's method, 4-s Hann windows"

# An amplifier's high-pass takes slow waves away.
HIGHPASS = ("swa_highpass_hz",)


def band_rows(
    band: str, limits: tuple[float, float], source: str = WELCH
) -> tuple[Metric, Metric]:
    """Return the rows of a band's power, absolute and relative."""
    low, high = limits
    same = HIGHPASS if low < 1 else ()
    return (
        Metric(
            f"bp_abs_uv2_{band}",
            UV2,
            f"Power of the EEG from {low:g} to {high:g} Hz.",
            source,
            Family.SPECTRA,
            scale=Scale.LOG,
            same=same,
            per=OF_CHANNEL_STAGE,
        ),
        Metric(
            f"bp_rel_frac_{band}",
            FRACTION,
            f"Power from {low:g} to {high:g} Hz, as a share of that from {TOTAL[0]:g} "
            f"to {TOTAL[1]:g} Hz.",
            source,
            Family.SPECTRA,
            scale=Scale.LOGIT,
            same=same,
            per=OF_CHANNEL_STAGE,
        ),
    )


_BANDS = {band: band_rows(band, limits) for band, limits in BANDS.items()}
BAND_POWERS = (
    *(absolute for absolute, _ in _BANDS.values()),
    *(relative for band, (_, relative) in _BANDS.items() if BANDS[band][1] <= TOTAL[1]),
)

RATIOS = (
    Metric(
        "delta_beta_ratio",
        "natural logarithm",
        "Logarithm of power from 0.5 to 4 Hz over that from 16 to 30 Hz.",
        PSGKIT,
        Family.SPECTRA,
        scale=Scale.LOG_ALREADY,
        same=HIGHPASS,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "ad_ratio",
        "natural logarithm",
        "Logarithm of power from 8 to 11 Hz over that from 0.5 to 4 Hz.",
        "after Roizenblatt 2001",
        Family.SPECTRA,
        scale=Scale.LOG_ALREADY,
        same=HIGHPASS,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "ad_phasic_r",
        "rank correlation",
        "Correlation of power from 8 to 11 Hz with that from 0.5 to 4 Hz over windows "
        "of 4 s; positive where alpha rides on delta.",
        PSGKIT,
        Family.SPECTRA,
        per=OF_CHANNEL_STAGE,
    ),
)

APERIODIC = (
    Metric(
        "ap_exp_low",
        "exponent",
        "Exponent with which aperiodic power falls from 2 to 18 Hz.",
        IRASA,
        Family.SPECTRA,
        label="Aperiodic exponent",
        plausible=(0.5, 5),
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "ap_exp_low_r2",
        FRACTION,
        "Variance of log power that the fit from 2 to 18 Hz explains.",
        IRASA,
        Family.SPECTRA,
        scale=Scale.LOGIT,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "ap_exp_high",
        "exponent",
        "Exponent with which power falls from 30 to 45 Hz.",
        LENDNER,
        Family.SPECTRA,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "ap_exp_high_r2",
        FRACTION,
        "Variance of log power that the fit from 30 to 45 Hz explains.",
        LENDNER,
        Family.SPECTRA,
        scale=Scale.LOGIT,
        per=OF_CHANNEL_STAGE,
    ),
)

_SAME = ("spindle_source",)

SPINDLES = (
    Metric(
        "sp_density_per_min",
        PER_MINUTE,
        "Spindles in a minute without artefact. The column spindle_source names the "
        "detector: YASA (11 to 16 Hz, 0.5 to 2 s) or A7.",
        SPINDLE_DETECTORS,
        Family.SPINDLES,
        label="Density of spindles",
        scale=Scale.LOG,
        plausible=(0.2, 10),
        same=_SAME,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sp_slow_density_per_min",
        PER_MINUTE,
        "Spindles below 13 Hz in a minute without artefact.",
        SPINDLE_DETECTORS,
        Family.SPINDLES,
        scale=Scale.LOG,
        same=_SAME,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sp_fast_density_per_min",
        PER_MINUTE,
        "Spindles of 13 Hz and above in a minute without artefact.",
        SPINDLE_DETECTORS,
        Family.SPINDLES,
        scale=Scale.LOG,
        same=_SAME,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sp_amp_uv",
        UV,
        "Mean amplitude of spindles, peak to peak.",
        SPINDLE_DETECTORS,
        Family.SPINDLES,
        scale=Scale.LOG,
        same=_SAME,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sp_freq_hz",
        HERTZ,
        "Mean frequency of spindles.",
        SPINDLE_DETECTORS,
        Family.SPINDLES,
        label="Frequency of spindles",
        plausible=(11, 15.5),
        same=_SAME,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sp_dur_s",
        SECONDS,
        "Mean duration of spindles.",
        SPINDLE_DETECTORS,
        Family.SPINDLES,
        scale=Scale.LOG,
        same=_SAME,
        per=OF_CHANNEL_STAGE,
    ),
)

SLOW_WAVES = (
    Metric(
        "sw_density_per_min",
        PER_MINUTE,
        "Slow waves from 0.3 to 1.5 Hz of at least 75 µV, peak to peak, in a "
        "minute without artefact.",
        YASA_SLOW_WAVES,
        Family.DEEP_SLEEP,
        label="Density of slow waves",
        scale=Scale.LOG,
        plausible=(0, 30),
        same=HIGHPASS,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sw_density_rel_per_min",
        PER_MINUTE,
        "Slow waves of at least 1.25 times the night's mean amplitude in a minute of "
        "N2 and N3 without artefact.",
        PSGKIT,
        Family.DEEP_SLEEP,
        scale=Scale.LOG,
        same=HIGHPASS,
        per=OF_CHANNEL,
    ),
    Metric(
        "sw_rel_threshold_uv",
        UV,
        "That threshold: 1.25 times the mean of all waves, peak to peak.",
        PSGKIT,
        Family.DEEP_SLEEP,
        scale=Scale.LOG,
        same=HIGHPASS,
        per=OF_CHANNEL,
    ),
    Metric(
        "sw_ptp_uv",
        UV,
        "Mean amplitude of slow waves, peak to peak.",
        YASA_SLOW_WAVES,
        Family.DEEP_SLEEP,
        scale=Scale.LOG,
        same=HIGHPASS,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sw_slope_uvs",
        UV_S,
        "Mean slope of slow waves from trough to midcrossing.",
        YASA_SLOW_WAVES,
        Family.DEEP_SLEEP,
        same=HIGHPASS,
        per=OF_CHANNEL_STAGE,
    ),
    Metric(
        "sw_dur_s",
        SECONDS,
        "Mean duration of slow waves.",
        YASA_SLOW_WAVES,
        Family.DEEP_SLEEP,
        scale=Scale.LOG,
        same=HIGHPASS,
        per=OF_CHANNEL_STAGE,
    ),
)

COUPLING = (
    Metric(
        "coup_phase_rad",
        RADIANS,
        "Mean phase of slow waves at the sigma peak; 0 is the positive peak.",
        HELFRICH,
        Family.SPINDLES,
        scale=Scale.ANGLE,
        per=OF_CHANNEL,
    ),
    Metric(
        "coup_mvl",
        FRACTION,
        "Length of the mean vector of those phases; falls with their number.",
        HELFRICH,
        Family.SPINDLES,
        per=OF_CHANNEL,
    ),
    Metric(
        "coup_z",
        "standard deviations",
        "That length against sigma peaks at random times within a second of the trough.",
        PSGKIT,
        Family.SPINDLES,
        per=OF_CHANNEL,
    ),
    Metric(
        "coup_ndpac",
        FRACTION,
        "Mean normalised direct phase-amplitude coupling.",
        HELFRICH,
        Family.SPINDLES,
        per=OF_CHANNEL,
    ),
    Metric(
        "coup_overlap_frac",
        FRACTION,
        "Slow waves with a spindle within 1.2 s of the trough.",
        HELFRICH,
        Family.SPINDLES,
        scale=Scale.LOGIT,
        same=_SAME,
        per=OF_CHANNEL,
    ),
)
