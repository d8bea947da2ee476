"""Quality rules on several channels together.

Each rule takes the sample of a recording and yields its issues.
"""

from collections.abc import Callable, Iterator
from itertools import combinations

import numpy as np
import numpy.typing as npt

from psgkit.domain.channels.roles import Kind, Role
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import Channel, FloatArray
from psgkit.prepare.artefacts import WINDOW_S
from psgkit.prepare.quality.window_sample import ChannelLook, RecordingLook

EYE_BAND_HZ = (0.3, 3.0)
SLOW_BAND_HZ = (0.5, 4.0)
# Eye movements of this size exceed the EEG at the eye electrodes.
EYE_SD_UV = 15.0
# Slow waves of deep sleep, as the eye electrodes see them.
SLOW_SD_UV = 8.0
MIN_WINDOWS = 20
SAME = 0.999
OPPOSITE = -0.3
HEART_LEAK_UV = 8.0
HEART_LEAK_RATIO = 6.0
MAX_EEG = 8

RecordingRule = Callable[[RecordingLook], Iterator[Issue]]


def same_signal(look: RecordingLook) -> Iterator[Issue]:
    """Find one signal behind two labels."""
    pairs = [
        (one.channel, other.channel)
        for one, other in combinations(look.channels, 2)
        if one.channel.rate_hz == other.channel.rate_hz and _alike(one, other)
    ]
    for (one, other), correlations in zip(
        pairs, _correlations_of(look, pairs), strict=True
    ):
        if abs(_median(correlations)) > SAME:
            yield Issue(
                Severity.ERROR,
                "same_signal",
                f"{one.label} and {other.label} hold the same signal: "
                "one of the labels is wrong.",
                "Name the right channel with --channel.",
            )


def _correlations_of(
    look: RecordingLook, pairs: list[tuple[Channel, Channel]]
) -> FloatArray:
    """Return the correlation of pairs in a few windows, shape (n_pairs, n_windows).

    All channels of a window are read at once: a cap has a thousand pairs.
    """
    channels = list(dict.fromkeys(channel for pair in pairs for channel in pair))
    found = np.full((len(pairs), int(look.a_few.sum())), np.nan)
    for number, start_s in enumerate(
        look.starts_s[look.a_few].tolist() if pairs else ()
    ):
        read = look.recording.signals(channels, start_s, start_s + WINDOW_S)
        units = dict(zip(channels, map(_unit, read), strict=True))
        found[:, number] = [units[one] @ units[other] for one, other in pairs]
    return found


def _unit(values: FloatArray) -> FloatArray:
    """Return a signal about zero, of length one; NaN if it is constant."""
    centred = values - values.mean()
    norm = float(np.sqrt(centred @ centred))
    return centred / norm if norm > 0 else np.full_like(centred, np.nan)


def eeg_polarity(look: RecordingLook) -> Iterator[Issue]:
    """Find an inverted EEG: its slow waves run against all others."""
    eeg = [c for c in look.of_kind(Kind.EEG) if _has_mastoid_or_none(c)][:MAX_EEG]
    if len(eeg) < 2 or len({c.channel.rate_hz for c in eeg}) > 1:
        return
    slow = [
        _filter(windows, eeg[0].channel.rate_hz, SLOW_BAND_HZ)
        for windows in look.windows([c.channel for c in eeg], look.a_few)
    ]
    matrix = np.array(
        [[_median(_correlate(one, other)) for other in slow] for one in slow]
    )
    np.fill_diagonal(matrix, np.nan)
    typical = [_median(row) for row in matrix]
    inverted = [c for c, value in zip(eeg, typical, strict=True) if value < OPPOSITE]
    if inverted:
        yield Issue(
            Severity.WARNING,
            "eeg_polarity",
            f"Slow waves of {', '.join(c.channel.label for c in inverted)} run opposite "
            "to the other EEG channels: a channel has inverted polarity.",
            "Check the order of the two inputs; slow-wave counts depend on it.",
        )


def polarity_against_eyes(look: RecordingLook) -> Iterator[Issue]:
    """Find one or all EEG inverted: slow waves run against both eyes.

    Slow waves of the frontal brain reach both eyes with the sign that they have in an
    EEG. Where the eyes do not move, both eyes hold them alike.
    """
    eeg = [c for c in look.of_kind(Kind.EEG) if _has_mastoid_or_none(c)][:MAX_EEG]
    eyes = _eyes(look)
    if not eeg or eyes is None or len({c.channel.rate_hz for c in eeg}) > 1:
        return
    everywhere = np.ones(look.starts_s.size, dtype=bool)
    channels = [*eyes, *(c.channel for c in eeg)]
    left, right, *brain = (
        _filter(windows, channel.rate_hz, SLOW_BAND_HZ)
        for channel, windows in zip(
            channels, look.windows(channels, everywhere), strict=True
        )
    )
    both = (left + right) / 2
    alike = (_correlate_rows(left, right) > -OPPOSITE) & (_spread(both) > SLOW_SD_UV)
    nearest = _nearest(both, eyes[0].rate_hz, brain[0], eeg[0].channel.rate_hz)
    scalp = np.mean(brain, axis=0)[:, nearest]
    correlations = _correlate(scalp[alike], both[alike])
    if correlations.size >= MIN_WINDOWS and _median(correlations) < OPPOSITE:
        labels = ", ".join(c.channel.label for c in eeg)
        yield Issue(
            Severity.WARNING,
            "eeg_polarity",
            f"Slow waves of {labels} run opposite to both eye channels: the "
            "EEG is inverted, or both eyes are. In an inverted EEG, the "
            "number of slow waves and the phase of spindles on them are wrong.",
            "Check the order of the two inputs.",
        )


def eyes_not_opposite(look: RecordingLook) -> Iterator[Issue]:
    """Find eye channels that eye movements do not reach with opposite sign.

    Only where the night is scored: slow waves reach both eyes with the same sign.
    """
    eyes = _eyes(look)
    if eyes is None:
        return
    left, right = (
        _filter(windows, eyes[0].rate_hz, EYE_BAND_HZ)
        for windows in look.windows(eyes, look.eyes_may_move)
    )
    moving = (_spread(left) > EYE_SD_UV) & (_spread(right) > EYE_SD_UV)
    correlations = _correlate(left[moving], right[moving])
    if correlations.size < MIN_WINDOWS:
        return
    share = float(np.mean(correlations < OPPOSITE))
    if share < 0.1:
        yield Issue(
            Severity.WARNING,
            "eyes_not_opposite",
            f"{eyes[0].label} and {eyes[1].label} move opposite to each other in "
            f"only {share:.0%} of the windows with large deflections. Eye movements do so in "
            "most: a channel is inverted, or the two have no common reference.",
            "Check the pair; REM density cannot be measured with it.",
        )


def eyes_swapped(look: RecordingLook) -> Iterator[Issue]:
    """Find left and right eye swapped, against the left and right of the scalp.

    A look to the left is positive at the left eye and at F3 and Fp1.
    """
    eyes = _eyes(look)
    scalp = _left_and_right(look)
    if eyes is None or scalp is None:
        return
    left, right, f3, f4 = (
        _filter(windows, channel.rate_hz, EYE_BAND_HZ)
        for channel, windows in zip(
            (*eyes, *scalp),
            look.windows((*eyes, *scalp), look.eyes_may_move),
            strict=True,
        )
    )
    nearest = _nearest(left, eyes[0].rate_hz, f3, scalp[0].rate_hz)
    across, across_scalp = left - right, (f3 - f4)[:, nearest]
    opposite = _correlate_rows(left, right) < OPPOSITE
    moving = opposite & (_spread(across) > 2 * EYE_SD_UV)
    correlations = _correlate(across[moving], across_scalp[moving])
    if correlations.size >= MIN_WINDOWS and _median(correlations) < OPPOSITE:
        yield Issue(
            Severity.WARNING,
            "eyes_swapped",
            f"Eye movements in {eyes[0].label} and {eyes[1].label} have the sign of the "
            f"other side of the head ({scalp[0].label} against {scalp[1].label}): left "
            "and right are swapped, or both are inverted.",
            "Check the two eye inputs, or swap them with --channel EOG_L=LABEL "
            "--channel EOG_R=LABEL.",
        )


def ecg_in_eeg(look: RecordingLook) -> Iterator[Issue]:
    """Find the heart's beat in the EEG, by averaging around it."""
    hearts = look.of_kind(Kind.ECG)
    if not hearts:
        return
    heart = hearts[0].channel
    brain = look.of_kind(Kind.EEG)[:MAX_EEG]
    ecg, *eeg = look.windows([heart, *(c.channel for c in brain)], look.a_few)
    beats = _find_beats(ecg, heart.rate_hz)
    for seen, windows in zip(brain, eeg, strict=True):
        leak_uv, noise_uv = _average_around(beats, windows, seen.channel.rate_hz)
        if leak_uv > HEART_LEAK_UV and leak_uv > HEART_LEAK_RATIO * noise_uv:
            yield Issue(
                Severity.WARNING,
                "ecg_in_eeg",
                f"{seen.channel.label} carries {leak_uv:.0f} µV of ECG.",
                "Spindles and sigma power may be affected; re-reference to both "
                "mastoids if they were recorded.",
            )


RECORDING_RULES: tuple[RecordingRule, ...] = (
    same_signal,
    eeg_polarity,
    polarity_against_eyes,
    eyes_not_opposite,
    eyes_swapped,
    ecg_in_eeg,
)


def _nearest(
    windows: FloatArray, rate_hz: float, others: FloatArray, other_hz: float
) -> npt.NDArray[np.intp]:
    """Return the samples of other windows nearest in time: enough below 4 Hz."""
    nearest = np.arange(windows.shape[1]) * other_hz / rate_hz
    return np.asarray(np.minimum(nearest.astype(np.intp), others.shape[1] - 1))


def _eyes(look: RecordingLook) -> tuple[Channel, Channel] | None:
    found = {c.channel.role: c.channel for c in look.of_kind(Kind.EOG)}
    left, right = found.get(Role.EOG_L), found.get(Role.EOG_R)
    if left is None or right is None or left.rate_hz != right.rate_hz:
        return None
    return left, right


def _left_and_right(look: RecordingLook) -> tuple[Channel, Channel] | None:
    """Return a frontal pair of the scalp."""
    by_site = {c.channel.role.site: c.channel for c in look.of_kind(Kind.EEG)}
    for left, right in (("Fp1", "Fp2"), ("F3", "F4")):
        pair = by_site.get(left), by_site.get(right)
        if pair[0] and pair[1] and pair[0].rate_hz == pair[1].rate_hz:
            return pair[0], pair[1]
    return None


def _has_mastoid_or_none(look: ChannelLook) -> bool:
    role = look.channel.role
    return role is not Role.EEG_OTHER and role.reference in {"", "M1", "M2", "M1M2"}


def _alike(one: ChannelLook, other: ChannelLook) -> bool:
    """Return whether two channels have the same size in nearly every window."""
    known = one.is_alive & other.is_alive
    if known.sum() < 2:
        return False
    ratio = one.sd_uv[known] / other.sd_uv[known]
    return bool(np.ptp(np.log(ratio)) < 0.1)


def _filter(
    windows: FloatArray, rate_hz: float, band_hz: tuple[float, float]
) -> FloatArray:
    """Return the windows in one band, shape (n_windows, n_samples); NaN in gaps."""
    from scipy import signal  # noqa: PLC0415 - 50 MB that a header does not need

    band = (band_hz[0], min(band_hz[1], 0.45 * rate_hz))
    sos = signal.butter(2, band, "bandpass", fs=rate_hz, output="sos")
    filtered: FloatArray = signal.sosfiltfilt(sos, windows, axis=1)
    return filtered


def _spread(windows: FloatArray) -> FloatArray:
    return np.asarray(windows.std(axis=1))


def _correlate_rows(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the correlation of each pair of windows, NaN where undefined."""
    one = one - one.mean(axis=1, keepdims=True)
    other = other - other.mean(axis=1, keepdims=True)
    product = (one * other).sum(axis=1)
    norm = np.sqrt((one**2).sum(axis=1) * (other**2).sum(axis=1))
    correlations = np.full(len(one), np.nan)
    np.divide(product, norm, out=correlations, where=norm > 0)
    return correlations


def _correlate(one: FloatArray, other: FloatArray) -> FloatArray:
    """Return the correlations that are defined."""
    correlations = _correlate_rows(one, other)
    return correlations[np.isfinite(correlations)]


def _median(values: "FloatArray | list[float]") -> float:
    known = np.asarray(values)[np.isfinite(values)]
    return float(np.median(known)) if known.size else float("nan")


def _find_beats(ecg: FloatArray, rate_hz: float) -> list[tuple[int, float]]:
    """Return window and second of each R wave."""
    from scipy import signal  # noqa: PLC0415 - 50 MB that a header does not need

    apart = max(int(0.4 * rate_hz), 1)
    beats = []
    for row, window in enumerate(np.abs(_qrs_band(ecg, rate_hz))):
        if np.isfinite(window).all():
            height = 0.6 * float(window.max())
            peaks, _ = signal.find_peaks(window, height=height, distance=apart)
            beats += [(row, float(peak) / rate_hz) for peak in peaks]
    return beats


def _average_around(
    beats: list[tuple[int, float]], eeg: FloatArray, rate_hz: float
) -> tuple[float, float]:
    """Average the EEG around the R waves.

    Returns
    -------
    leak_uv, noise_uv : float
        Peak to peak of the average, and the standard error of its mean.
    """
    half = int(0.2 * rate_hz)
    filtered = _qrs_band(eeg, rate_hz)
    at_samples = [(row, round(second * rate_hz)) for row, second in beats]
    pieces = np.array(
        [
            filtered[row, at - half : at + half]
            for row, at in at_samples
            if half <= at < filtered.shape[1] - half
        ]
    ).reshape(-1, 2 * half)
    pieces = pieces[np.isfinite(pieces).all(axis=1)]
    if len(pieces) < MIN_WINDOWS:
        return 0.0, 0.0
    error = float(np.median(pieces.std(axis=0)) / np.sqrt(len(pieces)))
    return float(np.ptp(pieces.mean(axis=0))), error


def _qrs_band(windows: FloatArray, rate_hz: float) -> FloatArray:
    """Keep the band of a QRS complex, 3 to 30 Hz."""
    return _filter(windows, rate_hz, (3.0, 30.0))
