"""Columns of every EEG channel, each declared once: METRICS sections C and F."""

from psgkit.measure.catalogue.rows import FRACTION, PSGKIT, SECONDS
from psgkit.measure.catalogue.signal_rows import (
    HELFRICH,
    HERTZ,
    IRASA,
    LENDNER,
    OF_CHANNEL,
    OF_CHANNEL_STAGE,
    PER_MINUTE,
    RADIANS,
    UV,
    UV2,
    UV_S,
    YASA_SLOW_WAVES,
    YASA_SPINDLES,
    SignalSpec,
)
from psgkit.measure.spectra.power import BANDS, TOTAL


def _bands() -> tuple[SignalSpec, ...]:
    absolute = tuple(
        SignalSpec(
            f"bp_abs_uv2_{band}",
            UV2,
            f"Power of the EEG from {low:g} to {high:g} Hz.",
            "Welch's method, 4-s Hann windows",
            OF_CHANNEL_STAGE,
        )
        for band, (low, high) in BANDS.items()
    )
    relative = tuple(
        SignalSpec(
            f"bp_rel_frac_{band}",
            FRACTION,
            f"Power from {low:g} to {high:g} Hz, as a share of that from {TOTAL[0]:g} "
            f"to {TOTAL[1]:g} Hz.",
            "Welch's method, 4-s Hann windows",
            OF_CHANNEL_STAGE,
        )
        for band, (low, high) in BANDS.items()
        if high <= TOTAL[1]
    )
    return (*absolute, *relative)


BAND_POWERS = _bands()

RATIOS = (
    SignalSpec(
        "delta_beta_ratio",
        "natural logarithm",
        "Logarithm of power from 0.5 to 4 Hz over that from 16 to 30 Hz.",
        PSGKIT,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "ad_ratio",
        "natural logarithm",
        "Logarithm of power from 8 to 11 Hz over that from 0.5 to 4 Hz.",
        "after Roizenblatt 2001",
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "ad_phasic_r",
        "rank correlation",
        "Correlation of power from 8 to 11 Hz with that from 0.5 to 4 Hz over windows "
        "of 4 s; positive where alpha rides on delta.",
        PSGKIT,
        OF_CHANNEL_STAGE,
    ),
)

APERIODIC = (
    SignalSpec(
        "ap_exp_low",
        "exponent",
        "Exponent with which aperiodic power falls from 2 to 18 Hz.",
        IRASA,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "ap_exp_low_r2",
        FRACTION,
        "Variance of log power that the fit from 2 to 18 Hz explains.",
        IRASA,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "ap_exp_high",
        "exponent",
        "Exponent with which power falls from 30 to 45 Hz.",
        LENDNER,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "ap_exp_high_r2",
        FRACTION,
        "Variance of log power that the fit from 30 to 45 Hz explains.",
        LENDNER,
        OF_CHANNEL_STAGE,
    ),
)

SPINDLES = (
    SignalSpec(
        "sp_density_per_min",
        PER_MINUTE,
        "Spindles in a minute without artefact.",
        YASA_SPINDLES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sp_slow_density_per_min",
        PER_MINUTE,
        "Spindles below 13 Hz in a minute without artefact.",
        YASA_SPINDLES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sp_fast_density_per_min",
        PER_MINUTE,
        "Spindles of 13 Hz and above in a minute without artefact.",
        YASA_SPINDLES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sp_amp_uv",
        UV,
        "Mean amplitude of spindles, peak to peak.",
        YASA_SPINDLES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sp_freq_hz",
        HERTZ,
        "Mean frequency of spindles.",
        YASA_SPINDLES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sp_dur_s",
        SECONDS,
        "Mean duration of spindles.",
        YASA_SPINDLES,
        OF_CHANNEL_STAGE,
    ),
)

SLOW_WAVES = (
    SignalSpec(
        "sw_density_per_min",
        PER_MINUTE,
        "Slow waves of at least 75 µV, peak to peak, in a minute without artefact.",
        YASA_SLOW_WAVES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sw_density_rel_per_min",
        PER_MINUTE,
        "Slow waves of at least 1.25 times the night's mean amplitude in a minute of "
        "N2 and N3 without artefact.",
        PSGKIT,
        OF_CHANNEL,
    ),
    SignalSpec(
        "sw_rel_threshold_uv",
        UV,
        "That threshold: 1.25 times the mean of all waves, peak to peak.",
        PSGKIT,
        OF_CHANNEL,
    ),
    SignalSpec(
        "sw_ptp_uv",
        UV,
        "Mean amplitude of slow waves, peak to peak.",
        YASA_SLOW_WAVES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sw_slope_uvs",
        UV_S,
        "Mean slope of slow waves from trough to midcrossing.",
        YASA_SLOW_WAVES,
        OF_CHANNEL_STAGE,
    ),
    SignalSpec(
        "sw_dur_s",
        SECONDS,
        "Mean duration of slow waves.",
        YASA_SLOW_WAVES,
        OF_CHANNEL_STAGE,
    ),
)

COUPLING = (
    SignalSpec(
        "coup_phase_rad",
        RADIANS,
        "Mean phase of slow waves at the sigma peak; 0 is the positive peak.",
        HELFRICH,
        OF_CHANNEL,
    ),
    SignalSpec(
        "coup_mvl",
        FRACTION,
        "Length of the mean vector of those phases; falls with their number.",
        HELFRICH,
        OF_CHANNEL,
    ),
    SignalSpec(
        "coup_z",
        "standard deviations",
        "That length against sigma peaks at random times within a second of the trough.",
        PSGKIT,
        OF_CHANNEL,
    ),
    SignalSpec(
        "coup_ndpac",
        FRACTION,
        "Mean normalised direct phase-amplitude coupling.",
        HELFRICH,
        OF_CHANNEL,
    ),
    SignalSpec(
        "coup_overlap_frac",
        FRACTION,
        "Slow waves with a spindle within 1.2 s of the trough.",
        HELFRICH,
        OF_CHANNEL,
    ),
)
