"""Measures of eyes and chin in REM sleep."""

from psgkit.domain.channels.roles import Kind
from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Channel, Recording
from psgkit.domain.scoring import Stage
from psgkit.measure.catalogue.lookup import all_undefined, measures_of
from psgkit.measure.catalogue.signals.signal_rows import CHIN, EYE_MOVEMENTS
from psgkit.measure.detectors import eye_movements, muscle_activity
from psgkit.measure.detectors import rem_atonia as rem_emg
from psgkit.measure.results import Results
from psgkit.measure.signals.channel_reader import first_limit, read_reduced
from psgkit.measure.signals.derivations import Derivations
from psgkit.measure.signals.excerpts import Excerpt
from psgkit.measure.signals.usable_time import BoolArray, FloatArray, Timeline
from psgkit.settings import Detector

EYE_RATE_HZ = 100.0
CHIN_RATE_HZ = 200.0


def measure_eyes(
    recording: Recording,
    chosen: Derivations,
    rem: Timeline,
    spans: tuple[tuple[int, int], ...],
    detector: Detector = "yasa-fast",
) -> Results:
    """Find eye movements in REM sleep.

    Parameters
    ----------
    recording : Recording
    chosen : Derivations
    rem : Timeline
        Without artefacts and arousals.
    spans : tuple of (start, stop)
        First epoch of each REM period, and the epoch after its last.
    detector : {"yasa-fast", "yasa"}

    Returns
    -------
    Results
        With ``eye_movements`` and ``rem_density`` where the eyes allow it.
    """
    absent: dict[Channel, BoolArray] = {}
    pair = _read_eyes(recording, chosen, rem, absent)
    if isinstance(pair, Undefined):
        return Results(measures=all_undefined(EYE_MOVEMENTS, pair), unusable=absent)
    left, right, excerpt, clean = pair
    events = eye_movements.detect_eye_movements(left, right, excerpt, detector)
    values = eye_movements.eye_movement_values(events, clean)
    by_period = eye_movements.density_by_period(events, clean, spans)
    return Results(
        measures=measures_of(values),
        tables={"eye_movements": events, "rem_density": by_period},
        unusable=absent,
    )


def _read_eyes(
    recording: Recording,
    chosen: Derivations,
    rem: Timeline,
    absent: dict[Channel, BoolArray],
) -> tuple[FloatArray, FloatArray, Excerpt, Timeline] | Undefined:
    if not chosen.eyes:
        return chosen.lacking("no pair of EOG_L and EOG_R", Kind.EOG)
    limit = first_limit(chosen.eyes, eye_movements.EYE_BAND)
    if limit is not None:
        return limit
    n_seconds = len(rem.stages)
    reads = [read_reduced(recording, e, n_seconds, EYE_RATE_HZ) for e in chosen.eyes]
    (left, rate, left_absent), (right, right_rate, right_absent) = reads
    del reads  # each holds a whole night
    absent |= dict(zip(chosen.eyes, (left_absent, right_absent), strict=True))
    rem = rem.without(left_absent | right_absent)
    if rate != right_rate:
        return Undefined("the two eyes are sampled at different rates")
    if (minutes := rem.clean_min((Stage.R,))) == 0:
        return Undefined(f"{minutes:g} clean min of REM")
    excerpt = Excerpt.of(rem, (Stage.R,), rate, min(len(left), len(right)))
    pair = excerpt.cut(left).astype(float), excerpt.cut(right).astype(float)
    del left, right
    refusal = eye_movements.eyes_usable(*pair)
    return (*pair, excerpt, rem) if refusal is None else refusal


def measure_chin(
    recording: Recording, chosen: Derivations, rem: Timeline, beats_s: FloatArray
) -> Results:
    """Measure the tone of the chin in REM sleep; see `measure_eyes`.

    ``beats_s`` are the times of heart beats, whose trace in the chin does not count.
    """
    chin = chosen.chin
    if chin is None:
        return Results(
            measures=all_undefined(CHIN, chosen.lacking("no chin EMG", Kind.EMG))
        )
    if (limit := _chin_limit(chin)) is not None:
        return Results(measures=all_undefined(CHIN, limit))
    values, rate, absent = read_reduced(recording, chin, len(rem.stages), CHIN_RATE_HZ)
    clean = rem.without(absent)
    top_hz = rem_emg.emg_top_hz(rate, chin.lowpass_hz)
    tone = rem_emg.chin_tone(values, rate, clean, top_hz=top_hz, beats_s=beats_s)
    activity_top_hz = muscle_activity.activity_top_hz(rate, chin.lowpass_hz)
    rswa = muscle_activity.rswa_values(
        muscle_activity.chin_envelope(
            values, rate, clean, top_hz=activity_top_hz, beats_s=beats_s
        ),
        clean,
        rate_hz=chin.rate_hz,
        top_hz=activity_top_hz,
    )
    numbers = {
        "rai": rem_emg.atonia_index(tone, clean),
        "rai_x2": rem_emg.atonia_index(tone, clean, scale=2.0),
        "rai_bw_limited": float(top_hz < rem_emg.FULL_BAND_HZ),
        **{f"{stem}__chin": value for stem, value in rswa.items()},
    }
    return Results(measures=measures_of(numbers), unusable={chin: absent})


def _chin_limit(chin: Channel) -> Undefined | None:
    if chin.to_uv is None:
        return Undefined("the chin EMG has no known unit")
    top_hz = rem_emg.emg_top_hz(chin.rate_hz, chin.lowpass_hz)
    if top_hz < rem_emg.MIN_TOP_HZ:
        return Undefined(
            f"the chin EMG reaches {top_hz:g} Hz, {rem_emg.MIN_TOP_HZ:g} Hz are needed"
        )
    return None
