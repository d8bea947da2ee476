"""Every column that needs a signal, each declared once.

A row is one number of a night, or one of every channel, or of every channel and stage;
the channel's role and the stage then stand in the column: ``bp_abs_uv2_delta__C4_M1__N2``.
"""

import math
from dataclasses import dataclass

from psgkit.domain.measures import Measure, Undefined
from psgkit.measure.spec import (
    COUNT,
    FLAG,
    FRACTION,
    MINUTES,
    PERCENT,
    PSGKIT,
    SECONDS,
    Value,
)
from psgkit.measure.spectral import BANDS, TOTAL

UV = "microvolts"
UV2 = "square microvolts"
UV2_H = "square microvolts times hours"
UV_S = "microvolts per second"
PER_MINUTE = "per minute"
LN_PER_HOUR = "natural logarithm per hour"
HERTZ = "hertz"
RADIANS = "radians"
RATIO = "ratio"

YASA_SPINDLES = (
    "yasa.spindles_detect, after Lacourse 2018, 10.1016/j.jneumeth.2018.08.014"
)
YASA_SLOW_WAVES = "yasa.sw_detect, after Massimini 2004, 10.1523/JNEUROSCI.1318-04.2004"
YASA_EYES = "yasa.rem_detect, after Yetton 2016, 10.1016/j.jneumeth.2015.11.015"
DIJK = "Dijk 2009, J Clin Sleep Med 5(2 Suppl):S6"
LECCI = "Lecci 2017, 10.1126/sciadv.1602026"
LENDNER = "Lendner 2020, 10.7554/eLife.55092"
IRASA = "Wen & Liu 2016, 10.1007/s10548-015-0448-0"
FERRI = "Ferri 2010, 10.1016/j.sleep.2010.06.003"
SINBAR = "after Frauscher 2012, 10.5665/sleep.1886"
HELFRICH = "Helfrich 2018, 10.1016/j.neuron.2017.11.020; yasa.sw_detect"

NIGHT = ()
OF_CHANNEL = ("chan",)
OF_CHANNEL_STAGE = ("chan", "stage")


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """A number that needs a signal, declared once.

    Attributes
    ----------
    stem : str
        The column, or what stands before its channel and stage.
    unit : str
        Unit in words.
    meaning : str
        One sentence.
    source : str
        Paper or program that defines it.
    per : tuple of str
        What else stands in the column: nothing, ``chan``, or ``chan`` and ``stage``.
    """

    stem: str
    unit: str
    meaning: str
    source: str
    per: tuple[str, ...] = NIGHT

    @property
    def name(self) -> str:
        """The column, with placeholders for channel and stage."""
        return "__".join((self.stem, *(f"{{{part}}}" for part in self.per)))

    def measure(self, value: Value, *where: str) -> Measure:
        """Build the measure of one night.

        Parameters
        ----------
        value : float or Undefined
        *where : str
            Channel and stage, as ``per`` asks.
        """
        reason = value.reason if isinstance(value, Undefined) else ""
        place = f" ({', '.join(where)})" if where else ""
        return Measure(
            name="__".join((self.stem, *where)),
            value=math.nan if isinstance(value, Undefined) else value,
            unit=self.unit,
            meaning=self.meaning.removesuffix(".") + place + ".",
            source=self.source,
            reason=reason,
        )


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
        "its local minimum, those from 1 to 2 µV left out.",
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
        "Mini-epochs of 3 s of REM sleep with tonic or phasic chin activity.",
        SINBAR,
    ),
    SignalSpec(
        "rswa_tonic_pct__chin",
        PERCENT,
        "Epochs of REM sleep with raised chin tone for over half of the time.",
        SINBAR,
    ),
    SignalSpec(
        "rswa_phasic_pct__chin",
        PERCENT,
        "Mini-epochs of 3 s of REM sleep with a burst of chin activity of 0.1 to 5 s.",
        SINBAR,
    ),
)

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
        RATIO,
        "Power from 8 to 11 Hz over that from 0.5 to 4 Hz.",
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
