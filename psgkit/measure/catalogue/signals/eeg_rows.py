"""Columns of every EEG channel, each declared once: METRICS sections C and F."""

from functools import partial

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
    SD,
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
BY_SPINDLES = ("spindle_source",)

_spectrum = partial(Metric, family=Family.SPECTRA, per=OF_CHANNEL_STAGE)
_spindles = partial(
    Metric,
    source=SPINDLE_DETECTORS,
    family=Family.SPINDLES,
    same=BY_SPINDLES,
    per=OF_CHANNEL_STAGE,
)
_slow_waves = partial(Metric, family=Family.DEEP_SLEEP, same=HIGHPASS)
_coupling = partial(Metric, family=Family.SPINDLES, per=OF_CHANNEL)


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
    _spectrum(
        "delta_beta_ratio",
        "natural logarithm",
        "Logarithm of power from 0.5 to 4 Hz over that from 16 to 30 Hz.",
        PSGKIT,
        scale=Scale.LOG_ALREADY,
        same=HIGHPASS,
    ),
    _spectrum(
        "ad_ratio",
        "natural logarithm",
        "Logarithm of power from 8 to 11 Hz over that from 0.5 to 4 Hz.",
        "after Roizenblatt 2001",
        scale=Scale.LOG_ALREADY,
        same=HIGHPASS,
    ),
    _spectrum(
        "ad_phasic_r",
        "rank correlation",
        "Correlation of power from 8 to 11 Hz with that from 0.5 to 4 Hz over windows "
        "of 4 s; positive where alpha rides on delta.",
        PSGKIT,
    ),
)

APERIODIC = (
    _spectrum(
        "ap_exp_low",
        "exponent",
        "Exponent with which aperiodic power falls from 2 to 18 Hz.",
        IRASA,
        label="Aperiodic exponent",
        plausible=(0.5, 5),
    ),
    _spectrum(
        "ap_exp_low_r2",
        FRACTION,
        "Variance of log power that the fit from 2 to 18 Hz explains.",
        IRASA,
        scale=Scale.LOGIT,
    ),
    _spectrum(
        "ap_exp_high",
        "exponent",
        "Exponent with which power falls from 30 to 45 Hz.",
        LENDNER,
    ),
    _spectrum(
        "ap_exp_high_r2",
        FRACTION,
        "Variance of log power that the fit from 30 to 45 Hz explains.",
        LENDNER,
        scale=Scale.LOGIT,
    ),
)

SPINDLES = (
    _spindles(
        "sp_density_per_min",
        PER_MINUTE,
        "Spindles in a minute without artefact. The column spindle_source names the "
        "detector: YASA (11 to 16 Hz, 0.5 to 2 s) or A7.",
        label="Density of spindles",
        scale=Scale.LOG,
        plausible=(0.2, 10),
    ),
    _spindles(
        "sp_slow_density_per_min",
        PER_MINUTE,
        "Spindles below 13 Hz in a minute without artefact.",
        scale=Scale.LOG,
    ),
    _spindles(
        "sp_fast_density_per_min",
        PER_MINUTE,
        "Spindles of 13 Hz and above in a minute without artefact.",
        scale=Scale.LOG,
    ),
    _spindles(
        "sp_amp_uv", UV, "Mean amplitude of spindles, peak to peak.", scale=Scale.LOG
    ),
    _spindles(
        "sp_freq_hz",
        HERTZ,
        "Mean frequency of spindles.",
        label="Frequency of spindles",
        plausible=(11, 15.5),
    ),
    _spindles("sp_dur_s", SECONDS, "Mean duration of spindles.", scale=Scale.LOG),
)

SLOW_WAVES = (
    _slow_waves(
        "sw_density_per_min",
        PER_MINUTE,
        "Slow waves from 0.3 to 1.5 Hz of at least 75 µV, peak to peak, in a "
        "minute without artefact.",
        YASA_SLOW_WAVES,
        label="Density of slow waves",
        scale=Scale.LOG,
        plausible=(0, 30),
        per=OF_CHANNEL_STAGE,
    ),
    _slow_waves(
        "sw_density_rel_per_min",
        PER_MINUTE,
        "Slow waves of at least 1.25 times the night's mean amplitude in a minute of "
        "N2 and N3 without artefact.",
        PSGKIT,
        scale=Scale.LOG,
        per=OF_CHANNEL,
    ),
    _slow_waves(
        "sw_rel_threshold_uv",
        UV,
        "That threshold: 1.25 times the mean of all waves, peak to peak.",
        PSGKIT,
        scale=Scale.LOG,
        per=OF_CHANNEL,
    ),
    _slow_waves(
        "sw_ptp_uv",
        UV,
        "Mean amplitude of slow waves, peak to peak.",
        YASA_SLOW_WAVES,
        scale=Scale.LOG,
        per=OF_CHANNEL_STAGE,
    ),
    _slow_waves(
        "sw_slope_uvs",
        UV_S,
        "Mean slope of slow waves from trough to midcrossing.",
        YASA_SLOW_WAVES,
        per=OF_CHANNEL_STAGE,
    ),
    _slow_waves(
        "sw_dur_s",
        SECONDS,
        "Mean duration of slow waves.",
        YASA_SLOW_WAVES,
        scale=Scale.LOG,
        per=OF_CHANNEL_STAGE,
    ),
)

COUPLING = (
    _coupling(
        "coup_phase_rad",
        RADIANS,
        "Mean phase of slow waves at the sigma peak; 0 is the positive peak.",
        HELFRICH,
        scale=Scale.ANGLE,
    ),
    _coupling(
        "coup_mvl",
        FRACTION,
        "Length of the mean vector of those phases; falls with their number.",
        HELFRICH,
    ),
    _coupling(
        "coup_z",
        SD,
        "That length against sigma peaks at random times within a second of the trough.",
        PSGKIT,
    ),
    _coupling(
        "coup_ndpac",
        FRACTION,
        "Mean normalised direct phase-amplitude coupling.",
        HELFRICH,
    ),
    _coupling(
        "coup_overlap_frac",
        FRACTION,
        "Slow waves with a spindle within 1.2 s of the trough.",
        HELFRICH,
        scale=Scale.LOGIT,
        same=BY_SPINDLES,
    ),
)
NETWORK = (
    Metric(
        "net_rearr",
        SD,
        "How far the pattern of coupling between EEG channels changes from one epoch of "
        "30 s to the next, against surrogates of stable coupling; depends on montage, "
        "reference, channel count and volume conduction; exploratory.",
        "psgkit; Vinck 2011, 10.1016/j.neuroimage.2011.01.055",
        Family.NETWORK,
        same=("net_channels",),
        per=("band", "stage"),
    ),
)
