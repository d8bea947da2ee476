"""All numbers and tables of heart and oxygen of one night."""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Measure, Undefined, Value
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.body.arousal_response import arousal_rise
from psgkit.measure.body.beat_correction import correct_beats
from psgkit.measure.body.body_epochs import body_epochs
from psgkit.measure.body.desaturations import fall_values
from psgkit.measure.body.heart_rate import (
    NO_HEART,
    NREM,
    STAGES_OF,
    HeartRate,
    corrected_pct,
    looks_like_pulse,
    mean_rate,
    rate_range,
    rem_nrem_difference,
)
from psgkit.measure.body.infraslow_heart import coherence_values, infraslow_heart_values
from psgkit.measure.body.rate_variability import measure_stretches, variability
from psgkit.measure.body.saturation import (
    NO_SATURATION,
    Saturation,
    saturation_of,
    saturation_values,
)
from psgkit.measure.catalogue.body_rows import (
    AROUSAL_RISE,
    HEART,
    HEART_BY_STAGE,
    INFRASLOW_HEART,
    OXYGEN,
    VARIABILITY,
)
from psgkit.measure.catalogue.lookup import all_undefined, measures_of
from psgkit.measure.detectors.heart_beats import LEAST_RATE_HZ
from psgkit.measure.signals.derivations import Derivations
from psgkit.measure.signals.night_signals import EegMeasured
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.stages.evidence import Evidence

_BY_STAGE = tuple(name for name in STAGES_OF if name)
_RISES: dict[str, tuple[Stage, ...]] = {"NREM": NREM, "R": (Stage.R,)}
_NO_AROUSALS = Undefined("arousals were not scored")
_NEEDS_ECG = Undefined("an oximeter's pulse is too slow for it; an ECG is needed")
_SLOW_ECG = Undefined("the ECG has under 100 Hz: beats are too coarse in time")


@dataclass(slots=True)
class BodyMeasured:
    """What heart and oxygen gave.

    Attributes
    ----------
    measures : list of Measure
    tables : dict of str to pandas.DataFrame
        ``body_epochs``, and as far as there are channels for them
        ``heart_stretches`` and ``desaturations_auto``.
    channels_used : dict of str to str
        Purpose to role and label.
    issues : list of Issue
    rate : HeartRate or None
        For what else follows the heart.
    """

    measures: list[Measure] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    channels_used: dict[str, str] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)
    rate: HeartRate | None = None


def measure_body(
    recording: Recording,
    scoring: Scoring,
    eeg: EegMeasured,
    sigma_peak_hz: Value,
    beats_s: FloatArray,
) -> BodyMeasured:
    """Measure heart rate and saturation.

    Parameters
    ----------
    recording : Recording
    scoring : Scoring
        With the arousals that are counted.
    eeg : EegMeasured
        Gives the analysed window, the channels and sigma power.
    sigma_peak_hz : float or Undefined
        Where sigma power fluctuates, to hold heart rate beside it.
    beats_s : numpy.ndarray of float64
        Beats as `heart_beats` finds them.

    Raises
    ------
    InputError
        If a signal cannot be read.
    """
    chosen, timeline = eeg.chosen, eeg.timeline
    found = BodyMeasured()
    found.rate = _heart_rate(recording, chosen, beats_s, found)
    _add_heart(found, scoring, chosen.ecg, timeline)
    _add_infraslow(found, eeg, sigma_peak_hz)
    saturation = _saturation(recording, chosen, len(timeline.stages))
    _add_oxygen(found, saturation, chosen, timeline)
    if found.rate is not None or saturation is not None:
        sigma = None if eeg.sigma is None else eeg.sigma.course
        table = body_epochs(timeline, found.rate, saturation, sigma)
        found.tables["body_epochs"] = table
    return found


def _heart_rate(
    recording: Recording,
    chosen: Derivations,
    beats_s: FloatArray,
    found: BodyMeasured,
) -> HeartRate | None:
    if chosen.ecg is not None and len(beats_s):
        found.channels_used["heart_rate"] = _named(chosen.ecg)
        return HeartRate.of_beats(correct_beats(beats_s))
    if chosen.pulse is None:
        return None
    values = recording.signal(chosen.pulse)
    if not looks_like_pulse(values, chosen.pulse.rate_hz):
        return None
    found.channels_used["heart_rate"] = _named(chosen.pulse)
    found.issues.append(
        Issue(
            Severity.NOTE,
            "heart_rate_from_pulse",
            f"Heart rate is the oximeter's pulse ({chosen.pulse.label}); no ECG shows "
            "heart beats. An oximeter averages over several seconds.",
            "Highest and lowest heart rate are not comparable with those of an ECG.",
        )
    )
    return HeartRate.of_pulse(values, chosen.pulse.rate_hz)


def _add_heart(
    found: BodyMeasured, scoring: Scoring, ecg: Channel | None, timeline: Timeline
) -> None:
    rate = found.rate
    if rate is None:
        found.measures += all_undefined(HEART, NO_HEART)
        for name in _BY_STAGE:
            found.measures += all_undefined(HEART_BY_STAGE, NO_HEART, name)
            found.measures += all_undefined(VARIABILITY, NO_HEART, name)
        for name in _RISES:
            found.measures += all_undefined(AROUSAL_RISE, NO_HEART, name)
        return
    lowest, highest = rate_range(rate, timeline)
    found.measures += measures_of({"hr_mean_bpm": mean_rate(rate, timeline, "")})
    found.measures += measures_of(
        {
            "hr_min_bpm": lowest,
            "hr_max_bpm": highest,
            "hr_rem_nrem_diff_bpm": rem_nrem_difference(rate, timeline),
            "beats_corrected_pct": corrected_pct(rate, timeline),
        }
    )
    for name in _BY_STAGE:
        value = mean_rate(rate, timeline, name)
        found.measures += measures_of({"hr_mean_bpm": value}, name)
    _add_variability(found, rate, ecg, timeline)
    _add_rises(found, rate, scoring, timeline)


def _add_variability(
    found: BodyMeasured, rate: HeartRate, ecg: Channel | None, timeline: Timeline
) -> None:
    reason = None
    if rate.beats is None:
        reason = _NEEDS_ECG
    elif ecg is None or ecg.rate_hz < LEAST_RATE_HZ:
        reason = _SLOW_ECG
    if reason is not None or rate.beats is None:
        for name in _BY_STAGE:
            found.measures += all_undefined(VARIABILITY, reason or _NEEDS_ECG, name)
        return
    stretches = measure_stretches(rate.beats, timeline)
    found.tables["heart_stretches"] = stretches
    for name in _BY_STAGE:
        found.measures += measures_of(variability(stretches, name), name)


def _add_rises(
    found: BodyMeasured, rate: HeartRate, scoring: Scoring, timeline: Timeline
) -> None:
    night = Evidence.of(scoring)
    table = scoring.arousals
    arousals = night.arousals
    reason = arousals if isinstance(arousals, Undefined) else None
    if rate.beats is None:
        reason = _NEEDS_ECG
    if rate.beats is None or isinstance(arousals, Undefined) or table is None:
        for name in _RISES:
            found.measures += all_undefined(AROUSAL_RISE, reason or _NO_AROUSALS, name)
        return
    for name, stages in _RISES.items():
        onsets = table["onset_s"].to_numpy(float)
        lengths = np.nan_to_num(table["duration_s"].to_numpy(float))
        inside = np.isin(arousals.stages, stages)
        value = arousal_rise(
            rate.beats,
            timeline,
            stages,
            night.start_s + arousals.onsets_s[inside],
            (onsets, onsets + lengths),
        )
        found.measures += measures_of({"ar_hr_rise_bpm": value}, name)


def _add_infraslow(found: BodyMeasured, eeg: EegMeasured, sigma_peak_hz: Value) -> None:
    if found.rate is None or found.rate.beats is None:
        reason = NO_HEART if found.rate is None else _NEEDS_ECG
        found.measures += all_undefined(INFRASLOW_HEART, reason)
        return
    beats = found.rate.beats
    found.measures += measures_of(
        infraslow_heart_values(beats, eeg.timeline)
        | coherence_values(beats, eeg.sigma, sigma_peak_hz)
    )


def _saturation(
    recording: Recording, chosen: Derivations, n_seconds: int
) -> Saturation | None:
    channel = chosen.saturation
    if channel is None:
        return None
    return saturation_of(recording.signal(channel), channel, n_seconds)


def _add_oxygen(
    found: BodyMeasured,
    saturation: Saturation | None,
    chosen: Derivations,
    timeline: Timeline,
) -> None:
    if saturation is None or chosen.saturation is None:
        found.measures += all_undefined(OXYGEN, NO_SATURATION)
        return
    found.channels_used["saturation"] = _named(chosen.saturation)
    indices, falls = fall_values(saturation, timeline)
    found.measures += measures_of(saturation_values(saturation, timeline) | indices)
    found.tables["desaturations_auto"] = falls


def _named(channel: Channel) -> str:
    return f"{channel.role.value} ({channel.label})"
