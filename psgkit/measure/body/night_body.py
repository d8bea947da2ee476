"""All numbers and tables of heart and oxygen of one night."""

import numpy as np

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
from psgkit.measure.catalogue.lookup import all_undefined, measures_of
from psgkit.measure.catalogue.signals.body_rows import (
    AROUSAL_RISE,
    HEART,
    HEART_BY_STAGE,
    INFRASLOW_HEART,
    OXYGEN,
    VARIABILITY,
)
from psgkit.measure.detectors.heart_beats import LEAST_RATE_HZ
from psgkit.measure.results import Results
from psgkit.measure.signals.derivations import Derivations
from psgkit.measure.signals.night_signals import EegMeasured
from psgkit.measure.signals.usable_time import FloatArray, Timeline
from psgkit.measure.stages.evidence import Evidence

_BY_STAGE = tuple(name for name in STAGES_OF if name)
_RISES: dict[str, tuple[Stage, ...]] = {"NREM": NREM, "R": (Stage.R,)}
_NO_AROUSALS = Undefined("arousals were not scored")
_NEEDS_ECG = Undefined("an oximeter's pulse is too slow for it; an ECG is needed")
_SLOW_ECG = Undefined("the ECG has under 100 Hz: beats are too coarse in time")


def measure_body(
    recording: Recording,
    scoring: Scoring,
    eeg: EegMeasured,
    sigma_peak_hz: Value,
    beats_s: FloatArray,
) -> Results:
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

    Returns
    -------
    Results
        Table ``body_epochs``, and if their channels exist
        ``heart_stretches`` and ``desaturations_auto``.

    Raises
    ------
    InputError
        If a signal cannot be read.
    """
    chosen, timeline = eeg.chosen, eeg.timeline
    rate, source = _heart_rate(recording, chosen, beats_s)
    saturation = _saturation(recording, chosen, len(timeline.stages))
    results = (
        source
        + _heart(rate, scoring, chosen.ecg, timeline)
        + _infraslow(rate, eeg, sigma_peak_hz)
        + _oxygen(saturation, chosen, timeline)
    )
    if rate is None and saturation is None:
        return results
    sigma = None if eeg.sigma is None else eeg.sigma.course
    table = body_epochs(timeline, rate, saturation, sigma)
    return results + Results(tables={"body_epochs": table})


def _heart_rate(
    recording: Recording, chosen: Derivations, beats_s: FloatArray
) -> tuple[HeartRate | None, Results]:
    if chosen.ecg is not None and len(beats_s):
        rate = HeartRate.of_beats(correct_beats(beats_s))
        return rate, Results(channels_used={"heart_rate": _named(chosen.ecg)})
    if chosen.pulse is None:
        return None, Results()
    values = recording.signal(chosen.pulse)
    if not looks_like_pulse(values, chosen.pulse.rate_hz):
        return None, Results()
    from_pulse = Issue(
        Severity.NOTE,
        "heart_rate_from_pulse",
        f"Heart rate is the oximeter's pulse ({chosen.pulse.label}); no ECG shows "
        "heart beats. An oximeter averages over several seconds.",
        "Highest and lowest heart rate are not comparable with an ECG's.",
    )
    return HeartRate.of_pulse(values, chosen.pulse.rate_hz), Results(
        channels_used={"heart_rate": _named(chosen.pulse)}, issues=(from_pulse,)
    )


def _heart(
    rate: HeartRate | None, scoring: Scoring, ecg: Channel | None, timeline: Timeline
) -> Results:
    if rate is None:
        return Results(measures=_without_heart())
    lowest, highest = rate_range(rate, timeline)
    measures = measures_of(
        {
            "hr_mean_bpm": mean_rate(rate, timeline, ""),
            "hr_min_bpm": lowest,
            "hr_max_bpm": highest,
            "hr_rem_nrem_diff_bpm": rem_nrem_difference(rate, timeline),
            "beats_corrected_pct": corrected_pct(rate, timeline),
        }
    )
    for name in _BY_STAGE:
        value = mean_rate(rate, timeline, name)
        measures += measures_of({"hr_mean_bpm": value}, name)
    return (
        Results(measures=measures)
        + _variability(rate, ecg, timeline)
        + Results(measures=_rises(rate, scoring, timeline))
    )


def _without_heart() -> tuple[Measure, ...]:
    measures = all_undefined(HEART, NO_HEART)
    for name in _BY_STAGE:
        measures += all_undefined((*HEART_BY_STAGE, *VARIABILITY), NO_HEART, name)
    for name in _RISES:
        measures += all_undefined(AROUSAL_RISE, NO_HEART, name)
    return measures


def _variability(rate: HeartRate, ecg: Channel | None, timeline: Timeline) -> Results:
    measures: tuple[Measure, ...] = ()
    if rate.beats is None or ecg is None or ecg.rate_hz < LEAST_RATE_HZ:
        reason = _NEEDS_ECG if rate.beats is None else _SLOW_ECG
        for name in _BY_STAGE:
            measures += all_undefined(VARIABILITY, reason, name)
        return Results(measures=measures)
    stretches = measure_stretches(rate.beats, timeline)
    for name in _BY_STAGE:
        found = {
            metric: timeline.naming_gaps(value, STAGES_OF[name])
            for metric, value in variability(stretches, name).items()
        }
        measures += measures_of(found, name)
    return Results(measures=measures, tables={"heart_stretches": stretches})


def _rises(
    rate: HeartRate, scoring: Scoring, timeline: Timeline
) -> tuple[Measure, ...]:
    night = Evidence.of(scoring)
    table = scoring.arousals
    arousals = night.arousals
    measures: tuple[Measure, ...] = ()
    if rate.beats is None or isinstance(arousals, Undefined) or table is None:
        reason = arousals if isinstance(arousals, Undefined) else _NO_AROUSALS
        for name in _RISES:
            why = _NEEDS_ECG if rate.beats is None else reason
            measures += all_undefined(AROUSAL_RISE, why, name)
        return measures
    onsets = table["onset_s"].to_numpy(float)
    lengths = np.nan_to_num(table["duration_s"].to_numpy(float))
    for name, stages in _RISES.items():
        inside = np.isin(arousals.stages, stages)
        value = arousal_rise(
            rate.beats,
            timeline,
            stages,
            night.start_s + arousals.onsets_s[inside],
            (onsets, onsets + lengths),
        )
        measures += measures_of({"ar_hr_rise_bpm": value}, name)
    return measures


def _infraslow(
    rate: HeartRate | None, eeg: EegMeasured, sigma_peak_hz: Value
) -> Results:
    if rate is None or rate.beats is None:
        reason = NO_HEART if rate is None else _NEEDS_ECG
        return Results(measures=all_undefined(INFRASLOW_HEART, reason))
    values = infraslow_heart_values(rate.beats, eeg.timeline)
    beside_sigma = coherence_values(rate.beats, eeg.sigma, sigma_peak_hz)
    return Results(measures=measures_of(values | beside_sigma))


def _saturation(
    recording: Recording, chosen: Derivations, n_seconds: int
) -> Saturation | None:
    channel = chosen.saturation
    if channel is None:
        return None
    return saturation_of(recording.signal(channel), channel, n_seconds)


def _oxygen(
    saturation: Saturation | None, chosen: Derivations, timeline: Timeline
) -> Results:
    if saturation is None or chosen.saturation is None:
        return Results(measures=all_undefined(OXYGEN, NO_SATURATION))
    indices, falls = fall_values(saturation, timeline)
    return Results(
        measures=measures_of(saturation_values(saturation, timeline) | indices),
        tables={"desaturations_auto": falls},
        channels_used={"saturation": _named(chosen.saturation)},
    )


def _named(channel: Channel) -> str:
    return f"{channel.role.value} ({channel.label})"
