"""All that one EEG channel gives: its signal is read once, used, and let go."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pandas as pd

from psgkit.domain.metrics import Measure, Undefined, Value
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import SCORED_STAGES, Stage
from psgkit.domain.sleep.bands import band_power
from psgkit.measure.catalogue.lookup import measures_of
from psgkit.measure.catalogue.signals.eeg_rows import WELCH, band_rows
from psgkit.measure.detectors.nrem_events import DEFAULT_DETECTORS, find_nrem_events
from psgkit.measure.results import Results
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.spectra import aperiodic
from psgkit.measure.spectra.alpha_delta import (
    alpha_delta_correlation,
    alpha_delta_ratio,
    log_ratio,
)
from psgkit.measure.spectra.power import (
    ALPHA_BELOW_SPINDLES,
    BANDS,
    TOTAL,
    Float32Array,
    WindowSpectra,
    band_limit,
    stage_spectrum,
    window_spectra,
)
from psgkit.measure.spectra.sigma_power import SigmaPower
from psgkit.settings import DetectorSettings

OWN_BAND = f"{WELCH}; a band of the settings"
DEEP_STAGES = (Stage.N2, Stage.N3)


@dataclass(frozen=True, slots=True)
class ChannelTasks:
    """Measurements of a channel besides its spectra."""

    infraslow: bool = False
    slow_waves: bool = False
    spindles: bool = False  # with slow waves: their coupling too
    detectors: DetectorSettings = DEFAULT_DETECTORS
    bands: Mapping[str, tuple[float, float]] = field(default_factory=dict)  # own ones


def measure_eeg(
    channel: Channel,
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    tasks: ChannelTasks,
) -> tuple[Results, SigmaPower | None]:
    """Compute everything that rests on one EEG channel.

    Parameters
    ----------
    channel : Channel
    values : numpy.ndarray of float32, shape (n_samples,)
        Microvolts from second zero, zero where nothing was recorded.
    rate_hz : float
        Of the values, a fraction of the channel's own.
    timeline : Timeline
        With the channel's artefacts.
    tasks : ChannelTasks

    Returns
    -------
    results : Results
        Spectra and measures; tables ``spectra``, and ``spindles`` and ``slow_waves``
        where they were looked for.
    sigma : SigmaPower or None
        Where its fluctuation is wanted.
    """
    windows = window_spectra(values, rate_hz, timeline)
    spectra = windows.by_epoch()
    name = channel.role.value
    measures: list[Measure] = []
    tables: dict[str, pd.DataFrame] = {}
    parts: list[pd.DataFrame] = []
    for stage in SCORED_STAGES:
        mean = stage_spectrum(spectra, timeline, (stage,))
        numbers = {
            **_band_values(channel, spectra.freqs_hz, mean, BANDS),
            **_ratio_values(channel, windows, timeline, stage, mean),
            **_low_exponent(channel, values, rate_hz, timeline, stage),
            **_high_exponent(channel, spectra.freqs_hz, mean),
        }
        measures += measures_of(numbers, name, stage.name)
        own = _band_values(channel, spectra.freqs_hz, mean, tasks.bands)
        measures += [
            Measure.of(row, own[row.name], name, stage.name)
            for band, limits in tasks.bands.items()
            for row in band_rows(band, limits, OWN_BAND)
            if row.name in own
        ]
        if not isinstance(mean, Undefined):
            parts.append(_spectrum_rows(name, stage, spectra.freqs_hz, mean))
    del windows  # the detectors need their room
    if parts:
        tables["spectra"] = pd.concat(parts, ignore_index=True)
    if tasks.slow_waves:
        events = find_nrem_events(
            channel,
            values,
            rate_hz,
            timeline,
            spindles=tasks.spindles,
            detectors=tasks.detectors,
        )
        for numbers, where in events.numbers:
            measures += measures_of(numbers, *where)
        tables |= events.tables
    sigma = None
    if tasks.infraslow:
        sigma = SigmaPower.of_channel(values, rate_hz, timeline)
    results = Results(measures=tuple(measures), tables=tables, spectra={name: spectra})
    return results, sigma


def _band_values(
    channel: Channel,
    freqs: FloatArray,
    mean: FloatArray | Undefined,
    bands: Mapping[str, tuple[float, float]],
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    total_limit = band_limit(channel, TOTAL)
    for band, limits in bands.items():
        absolute = _power(channel, freqs, mean, limits)
        values[f"bp_abs_uv2_{band}"] = absolute
        if limits[1] <= TOTAL[1]:
            values[f"bp_rel_frac_{band}"] = total_limit or _share(
                absolute, _power(channel, freqs, mean, TOTAL)
            )
    return values


def _power(
    channel: Channel,
    freqs: FloatArray,
    mean: FloatArray | Undefined,
    band: tuple[float, float],
) -> Value:
    if (limit := band_limit(channel, band)) is not None:
        return limit
    return mean if isinstance(mean, Undefined) else float(band_power(freqs, mean, band))


def _share(part: Value, whole: Value) -> Value:
    if isinstance(part, Undefined):
        return part
    if isinstance(whole, Undefined):
        return whole
    return part / whole if whole > 0 else Undefined("the channel has no power")


def _ratio_values(
    channel: Channel,
    windows: WindowSpectra,
    timeline: Timeline,
    stage: Stage,
    mean: FloatArray | Undefined,
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    if stage in DEEP_STAGES:
        limit = band_limit(channel, (BANDS["delta"][0], BANDS["beta"][1]))
        values["delta_beta_ratio"] = limit or (
            mean
            if isinstance(mean, Undefined)
            else log_ratio(windows.freqs_hz, mean, "delta", "beta")
        )
    if stage is Stage.N3:
        limit = band_limit(channel, (BANDS["delta"][0], ALPHA_BELOW_SPINDLES[1]))
        values["ad_ratio"] = limit or (
            mean
            if isinstance(mean, Undefined)
            else alpha_delta_ratio(windows.freqs_hz, mean)
        )
        values["ad_phasic_r"] = limit or alpha_delta_correlation(windows, timeline)
    return values


def _low_exponent(
    channel: Channel,
    values: Float32Array,
    rate_hz: float,
    timeline: Timeline,
    stage: Stage,
) -> dict[str, Value]:
    law: aperiodic.PowerLaw | Undefined | None
    law = band_limit(channel, aperiodic.LOW_BAND_EVALUATED)
    if law is None:
        law = aperiodic.low_exponent(values, rate_hz, timeline, stage)
    return _exponent_values("ap_exp_low", law)


def _high_exponent(
    channel: Channel, freqs: FloatArray, mean: FloatArray | Undefined
) -> dict[str, Value]:
    limit = band_limit(channel, aperiodic.HIGH_BAND)
    if limit is not None or isinstance(mean, Undefined):
        law: aperiodic.PowerLaw | Undefined = limit or mean  # type: ignore[assignment]
        return _exponent_values("ap_exp_high", law)
    low, high = aperiodic.HIGH_BAND
    inside = (freqs >= low - 1e-6) & (freqs <= high + 1e-6)
    return _exponent_values(
        "ap_exp_high", aperiodic.fit_power_law(freqs[inside], mean[inside])
    )


def _exponent_values(
    stem: str, law: aperiodic.PowerLaw | Undefined
) -> dict[str, Value]:
    if isinstance(law, Undefined):
        return {stem: law, f"{stem}_r2": law}
    return {stem: law.exponent, f"{stem}_r2": law.r2}


def _spectrum_rows(
    name: str, stage: Stage, freqs: FloatArray, mean: FloatArray
) -> pd.DataFrame:
    return pd.DataFrame(
        {"channel": name, "stage": stage.name, "freq_hz": freqs, "psd_uv2_hz": mean}
    )
