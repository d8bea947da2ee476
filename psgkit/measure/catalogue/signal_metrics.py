"""Every column that needs a signal, each declared once.

A row is one number of a night, or one of every channel, or of every channel and stage;
the channel's role and the stage then stand in the column: ``bp_abs_uv2_delta__C4_M1__N2``.
"""

from psgkit.domain.metrics import Measure, Undefined
from psgkit.measure.catalogue.eeg_metrics import (
    APERIODIC,
    BAND_POWERS,
    COUPLING,
    RATIOS,
    SLOW_WAVES,
    SPINDLES,
)
from psgkit.measure.catalogue.rows import (
    COUNT,
    FLAG,
    FRACTION,
    MINUTES,
    PERCENT,
    PSGKIT,
    Value,
)
from psgkit.measure.catalogue.signal_rows import (
    DIJK,
    FERRI,
    HERTZ,
    LECCI,
    LN_PER_HOUR,
    PER_MINUTE,
    RATIO,
    SINBAR,
    UV2,
    UV2_H,
    YASA_EYES,
    SignalSpec,
)


def _infraslow_variant(prefix: str, what: str) -> tuple[SignalSpec, ...]:
    """Declare what is told of a variant of the infraslow fluctuation."""
    return (
        SignalSpec(
            f"{prefix}_relpeak",
            RATIO,
            f"Infraslow fluctuation of {what}: largest ratio of its spectrum to a "
            "red-noise background from 0.01 to 0.04 Hz; a check on isf_relpeak.",
            LECCI,
        ),
        SignalSpec(
            f"{prefix}_p",
            "probability",
            f"Share of surrogates without a rhythm that reach that ratio, for {what}.",
            PSGKIT,
        ),
        SignalSpec(
            f"{prefix}_peak_hz",
            HERTZ,
            f"Frequency of the infraslow peak of {what}, where fewer than 5 % of "
            "surrogates reach it.",
            LECCI,
        ),
    )


SWA = (
    SignalSpec(
        "swa_uv2",
        UV2,
        "Slow-wave activity: mean power from 0.5 to 4 Hz in N2 and N3; not comparable "
        "between derivations.",
        DIJK,
    ),
    SignalSpec("swa_n3_uv2", UV2, "Slow-wave activity in N3.", DIJK),
    SignalSpec(
        "swa_alt_uv2", UV2, "Mean power from 0.75 to 4.5 Hz in N2 and N3.", DIJK
    ),
    SignalSpec(
        "swe_uv2h",
        UV2_H,
        "Slow-wave energy: slow-wave activity summed over the hours of clean N2 and N3.",
        DIJK,
    ),
    SignalSpec(
        "swa_slope_ln_per_h",
        LN_PER_HOUR,
        "Slope of the logarithm of slow-wave activity over the NREM periods of the "
        "night; negative where it declines.",
        DIJK,
    ),
    SignalSpec(
        "swa_c1c2_ratio",
        RATIO,
        "Slow-wave activity of the first NREM period over that of the second.",
        DIJK,
    ),
    SignalSpec(
        "swa_c1last_ratio",
        RATIO,
        "Slow-wave activity of the first NREM period over that of the last.",
        DIJK,
    ),
)

INFRASLOW = (
    SignalSpec(
        "isf_relpeak",
        RATIO,
        "Infraslow fluctuation of sigma power in N2: largest ratio of its spectrum to "
        "a red-noise background from 0.01 to 0.04 Hz; a proxy of NREM micro-states.",
        LECCI,
    ),
    SignalSpec(
        "isf_z",
        "standard deviations",
        "That ratio against surrogates without a rhythm.",
        PSGKIT,
    ),
    SignalSpec(
        "isf_p",
        "probability",
        "Share of surrogates without a rhythm that reach that ratio.",
        PSGKIT,
    ),
    SignalSpec(
        "isf_peak_hz",
        HERTZ,
        "Frequency of the infraslow peak, where fewer than 5 % of surrogates reach it.",
        LECCI,
    ),
    SignalSpec(
        "isf_mod_frac",
        FRACTION,
        "Depth of the modulation of sigma power within 0.005 Hz of the peak, its "
        "background included.",
        PSGKIT,
    ),
    SignalSpec(
        "isf_bout_n", COUNT, "N2 bouts of at least 120 s that it rests on.", LECCI
    ),
    SignalSpec("isf_min", MINUTES, "Minutes of N2 that it rests on.", LECCI),
    *_infraslow_variant("isf_fast", "power from 13 to 15 Hz in N2"),
    *_infraslow_variant(
        "isf_nrem", "sigma power in bouts of N2 and N3 of at least 300 s"
    ),
)

EYE_MOVEMENTS = (
    SignalSpec(
        "rem_density_per_min",
        PER_MINUTE,
        "Rapid eye movements in a minute of REM sleep without artefact and arousal.",
        YASA_EYES,
    ),
    SignalSpec(
        "rem_density_3s_pct",
        PERCENT,
        "Mini-epochs of 3 s of clean REM sleep with at least one rapid eye movement.",
        YASA_EYES,
    ),
)

CHIN = (
    SignalSpec(
        "rai",
        FRACTION,
        "REM atonia index: seconds of REM sleep with a chin EMG of at most 1 µV above "
        "its local minimum, those from 1 to 2 µV left out. Tone that stays high for over "
        "a minute counts as silence: read it with the tonic share. The 5th percentile of "
        "people without RBD is 0.85 (Feemster 2019, 10.1093/sleep/zsz124).",
        FERRI,
    ),
    SignalSpec(
        "rai_x2",
        FRACTION,
        "REM atonia index with amplitudes doubled, as one public program has them.",
        FERRI,
    ),
    SignalSpec(
        "rai_bw_limited",
        FLAG,
        "Whether the chin EMG reaches less than 90 Hz, so that tone is underestimated.",
        PSGKIT,
    ),
    SignalSpec(
        "rswa_any_pct__chin",
        PERCENT,
        "Mini-epochs of 3 s of REM sleep with any chin activity: phasic, tonic, or of "
        "over 5 s. The 95th percentile of people without RBD, scored by hand, is 9.1 % "
        "(Feemster 2019, 10.1093/sleep/zsz124).",
        SINBAR,
    ),
    SignalSpec(
        "rswa_tonic_pct__chin",
        PERCENT,
        "Epochs of REM sleep of which over half has a chin tone of twice the night's "
        "quietest sleep, or over 10 µV. The 95th percentile of people without RBD, "
        "scored by hand, is 0.99 % (Feemster 2019, 10.1093/sleep/zsz124).",
        SINBAR,
    ),
    SignalSpec(
        "rswa_phasic_pct__chin",
        PERCENT,
        "Mini-epochs of 3 s of REM sleep with a burst of chin activity of 0.1 to 5 s, "
        "at twice the chin tone of the night's quietest sleep or more.",
        SINBAR,
    ),
)

SIGNAL_METRICS: tuple[SignalSpec, ...] = (
    *SWA,
    *INFRASLOW,
    *EYE_MOVEMENTS,
    *CHIN,
    *BAND_POWERS,
    *RATIOS,
    *APERIODIC,
    *SPINDLES,
    *SLOW_WAVES,
    *COUPLING,
)

BY_STEM: dict[str, SignalSpec] = {spec.stem: spec for spec in SIGNAL_METRICS}


def measures_of(values: dict[str, Value], *where: str) -> tuple[Measure, ...]:
    """Build the measures of values by stem, all of one place."""
    return tuple(BY_STEM[stem].measure(value, *where) for stem, value in values.items())


def all_undefined(
    specs: tuple[SignalSpec, ...], reason: Undefined, *where: str
) -> tuple[Measure, ...]:
    """Build the measures of rows that cannot be had, all for one reason."""
    return tuple(spec.measure(reason, *where) for spec in specs)
