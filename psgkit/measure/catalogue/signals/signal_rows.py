"""Rows that need the signals of a night: METRICS sections B, C, F and G."""

from functools import partial

from psgkit.domain.metrics import Family, Metric, Scale
from psgkit.measure.catalogue.rows import (
    COUNT,
    DIJK,
    FERRI,
    FLAG,
    FRACTION,
    HERTZ,
    LECCI,
    LN_PER_HOUR,
    MINUTES,
    PER_MINUTE,
    PERCENT,
    PSGKIT,
    RATIO,
    SD,
    SINBAR,
    UV2,
    UV2_H,
    YASA_EYES,
)

# An amplifier's high-pass takes slow waves away; derivations differ in amplitude.
SLOW_POWER = ("swa_derivation", "swa_highpass_hz")


_swa = partial(Metric, source=DIJK, family=Family.DEEP_SLEEP, same=SLOW_POWER)
_infraslow = partial(Metric, family=Family.INFRASLOW)
_eyes = partial(Metric, source=YASA_EYES, family=Family.EYES)
_chin = partial(Metric, family=Family.ATONIA)


def _infraslow_variant(prefix: str, what: str) -> tuple[Metric, ...]:
    """Declare the rows of a variant of the infraslow fluctuation."""
    return (
        _infraslow(
            f"{prefix}_relpeak",
            RATIO,
            f"Infraslow fluctuation of {what}: largest ratio of its spectrum to a "
            "red-noise background from 0.01 to 0.04 Hz; a check on isf_relpeak.",
            LECCI,
            scale=Scale.LOG,
        ),
        _infraslow(
            f"{prefix}_p",
            "probability",
            f"Share of surrogates without a rhythm that reach that ratio, for {what}.",
            PSGKIT,
            scale=Scale.NONE,
        ),
        _infraslow(
            f"{prefix}_peak_hz",
            HERTZ,
            f"Frequency of the infraslow peak of {what}, where fewer than 5 % of "
            "surrogates reach it.",
            LECCI,
        ),
    )


SWA = (
    _swa(
        "swa_uv2",
        UV2,
        "Slow-wave activity: mean power from 0.5 to 4 Hz in N2 and N3; not comparable "
        "between derivations.",
        label="Slow-wave activity",
        section="N3, deep sleep",
        place=33,
        scale=Scale.LOG,
    ),
    _swa("swa_n3_uv2", UV2, "Slow-wave activity in N3.", scale=Scale.LOG),
    _swa(
        "swa_alt_uv2",
        UV2,
        "Mean power from 0.75 to 4.5 Hz in N2 and N3.",
        scale=Scale.LOG,
    ),
    _swa(
        "swe_uv2h",
        UV2_H,
        "Slow-wave energy: slow-wave activity summed over the hours of clean N2 and N3. "
        "Artefact lowers it, so nights are not compared by it.",
        scale=Scale.NONE,
    ),
    _swa(
        "swa_slope_ln_per_h",
        LN_PER_HOUR,
        "Slope of the logarithm of slow-wave activity over the NREM periods of the "
        "night; negative where it declines.",
    ),
    _swa(
        "swa_c1c2_ratio",
        RATIO,
        "Slow-wave activity of the first NREM period over that of the second.",
        scale=Scale.LOG,
    ),
    _swa(
        "swa_c1last_ratio",
        RATIO,
        "Slow-wave activity of the first NREM period over that of the last.",
        scale=Scale.LOG,
    ),
)

INFRASLOW = (
    _infraslow(
        "isf_relpeak",
        RATIO,
        "Infraslow fluctuation of sigma power in N2: largest ratio of its spectrum to "
        "a red-noise background from 0.01 to 0.04 Hz; a proxy of NREM micro-states.",
        LECCI,
        scale=Scale.LOG,
    ),
    _infraslow(
        "isf_z",
        SD,
        "That ratio against surrogates without a rhythm.",
        PSGKIT,
    ),
    _infraslow(
        "isf_p",
        "probability",
        "Share of surrogates without a rhythm that reach that ratio.",
        PSGKIT,
        scale=Scale.NONE,
    ),
    _infraslow(
        "isf_peak_hz",
        HERTZ,
        "Frequency of the infraslow peak, where fewer than 5 % of surrogates reach it.",
        LECCI,
        label="Frequency of the infraslow fluctuation",
        plausible=(0.01, 0.04),
    ),
    _infraslow(
        "isf_mod_frac",
        FRACTION,
        "Depth of the modulation of sigma power within 0.005 Hz of the peak, its "
        "background included.",
        PSGKIT,
        scale=Scale.LOGIT,
    ),
    _infraslow(
        "isf_bout_n", COUNT, "N2 bouts of at least 120 s that it rests on.", LECCI
    ),
    _infraslow(
        "isf_min", MINUTES, "Minutes of N2 that it rests on.", LECCI, scale=Scale.LOG
    ),
    *_infraslow_variant("isf_fast", "power from 13 to 15 Hz in N2"),
    *_infraslow_variant(
        "isf_nrem", "sigma power in bouts of N2 and N3 of at least 300 s"
    ),
)

EYE_MOVEMENTS = (
    _eyes(
        "rem_density_per_min",
        PER_MINUTE,
        "Rapid eye movements (0.5 to 5 Hz, 50 to 325 µV) in a minute of REM "
        "sleep without artefact and arousal.",
        label="Density of eye movements in REM sleep",
        scale=Scale.LOG,
        plausible=(0, 40),
    ),
    _eyes(
        "rem_density_3s_pct",
        PERCENT,
        "Mini-epochs of 3 s of clean REM sleep with at least one rapid eye movement.",
        scale=Scale.LOGIT,
    ),
)

CHIN = (
    _chin(
        "rai",
        FRACTION,
        "REM atonia index: seconds of REM sleep with a chin EMG of at most 1 µV above "
        "its local minimum, those from 1 to 2 µV left out. Tone that stays high for over "
        "a minute counts as silence: read it with the tonic share. The 5th percentile of "
        "people without RBD is 0.85 (Feemster 2019, 10.1093/sleep/zsz124).",
        FERRI,
        scale=Scale.LOGIT,
    ),
    _chin(
        "rai_x2",
        FRACTION,
        "REM atonia index with amplitudes doubled, as one public program has them.",
        FERRI,
        scale=Scale.LOGIT,
    ),
    _chin(
        "rai_bw_limited",
        FLAG,
        "Whether the chin EMG reaches less than 90 Hz, so that tone is underestimated.",
        PSGKIT,
    ),
    _chin(
        "rswa_any_pct__chin",
        PERCENT,
        "Mini-epochs of 3 s of REM sleep with any chin activity: phasic, tonic, or of "
        "over 5 s. The 95th percentile of people without RBD, scored by hand, is 9.1 % "
        "(Feemster 2019, 10.1093/sleep/zsz124).",
        SINBAR,
        scale=Scale.LOGIT,
    ),
    _chin(
        "rswa_tonic_pct__chin",
        PERCENT,
        "Epochs of REM sleep with over half of the chin tone at twice that of the night's "
        "quietest sleep, or over 10 µV. The 95th percentile of people without RBD, "
        "scored by hand, is 0.99 % (Feemster 2019, 10.1093/sleep/zsz124).",
        SINBAR,
        scale=Scale.LOGIT,
    ),
    _chin(
        "rswa_phasic_pct__chin",
        PERCENT,
        "Mini-epochs of 3 s of REM sleep with a burst of chin activity of 0.1 to 5 s, "
        "at twice the chin tone of the night's quietest sleep or more.",
        SINBAR,
        scale=Scale.LOGIT,
    ),
)
