"""Find the windows of five seconds with artefact.

Every metric of a signal leaves out windows that are flat, clipped, in a gap, or over
500 µV from the signal's median (which removes an amplifier's offset). It also leaves out
windows whose amplitude is an outlier for their stage, as
``yasa.art_detect(method="std")``: log of the standard deviation, beyond three standard
deviations of at least 30 windows.

YASA's rule is computed here in numpy, without waiting for numba, and for rates that are
not whole numbers, too; the tests compare the two.
"""

from collections.abc import Callable, Iterable, Iterator

import numpy as np
import numpy.typing as npt

from psgkit.domain.recording import Channel, FloatArray, Gap
from psgkit.domain.scoring import SLEEP_STAGES, Scoring, Stage
from psgkit.domain.signals.trace import Samples

WINDOW_S = 5.0
OUTLIER_Z = 3.0
MIN_WINDOWS = 30
WINDOWS_AT_A_TIME = 180  # a quarter of an hour stays in the cache
MAX_UV = 500.0
FLAT_S = 1.0
# A sample this close to a limit of the file, as a share of its range, touches it.
RAIL_SHARE = 1e-4

BoolArray = npt.NDArray[np.bool_]
StageArray = npt.NDArray[np.int8]


def artefact_mask(
    signal_uv: Samples,
    rate_hz: float,
    *,
    stages: StageArray | None = None,
    limits_uv: tuple[float, float] | None = None,
) -> BoolArray:
    """Mark the windows of five seconds that are artefact.

    Parameters
    ----------
    signal_uv : numpy.ndarray of float64 or Trace, shape (n_samples,)
        One signal in microvolts, unfiltered; NaN in gaps.
    rate_hz : float
        Its sampling rate.
    stages : numpy.ndarray of int8, shape (n_windows,), optional
        Codes of `Stage`, see `window_stages`. Amplitudes are then compared within each
        stage of sleep, and wake is not compared; without, all windows are one group.
    limits_uv : tuple of float, optional
        Smallest and largest value that the file can hold; a window with samples at one
        of them is clipped.

    Returns
    -------
    numpy.ndarray of bool, shape (n_windows,)
        One for each whole window; True is artefact.

    References
    ----------
    ``yasa.art_detect`` 0.8.1, after Barachant et al. 2013 for the principle of
    rejecting by distance from the usual amplitude.
    """
    centre_uv = _median(signal_uv)
    spreads, bad = np.empty(0), np.empty(0, dtype=bool)
    for windows in cut_windows(signal_uv, rate_hz):
        spreads = np.append(spreads, np.std(windows, axis=1))
        # A gap makes both NaN, which is far from everything.
        lowest, highest = windows.min(axis=1), windows.max(axis=1)
        is_bad = (
            ~(np.maximum(highest - centre_uv, centre_uv - lowest) <= MAX_UV)
            | is_flat(windows, rate_hz)
            | is_clipped(windows, limits_uv)
        )
        bad = np.append(bad, is_bad)
    # YASA leaves flat windows out of the comparison; a gap has no spread.
    usable = np.isfinite(spreads) & (spreads > 0)
    for group in _groups(stages, bad.size):
        compared = group[usable[group]]
        if compared.size >= MIN_WINDOWS:
            bad[compared] |= _is_outlier(spreads[compared])
    return bad


def window_stages(scoring: Scoring, n_windows: int) -> StageArray:
    """Return the stage in which each window of five seconds starts.

    Parameters
    ----------
    scoring : Scoring
        Aligned with the recording.
    n_windows : int
        How many windows the signal has.

    Returns
    -------
    numpy.ndarray of int8, shape (n_windows,)
        `Stage.UNS` outside the scoring.
    """
    starts = np.arange(n_windows) * WINDOW_S
    epochs = np.floor((starts - scoring.onset_s) / scoring.epoch_s + 1e-9).astype(int)
    inside = (epochs >= 0) & (epochs < scoring.stages.size)
    stages = np.full(n_windows, Stage.UNS, dtype=np.int8)
    stages[inside] = scoring.stages[epochs[inside]]
    return stages


def channel_artefacts(
    channel: Channel, signal_uv: Samples, scoring: Scoring | None = None
) -> BoolArray:
    """Mark the artefacts of one channel of a recording; see `artefact_mask`.

    The limits of a difference come from its two electrodes. Where one electrode is
    clipped, the difference does not change, or changes too much.
    """
    n_windows = int(len(signal_uv) / (WINDOW_S * channel.rate_hz) + 1e-9)
    return artefact_mask(
        signal_uv,
        channel.rate_hz,
        stages=None if scoring is None else window_stages(scoring, n_windows),
        limits_uv=limits_in_uv(channel),
    )


def artefact_masks(
    scoring: Scoring | None = None, marked: Iterable[Gap] = ()
) -> Callable[[Channel, Samples], BoolArray]:
    """Return `channel_artefacts` with a memory: a channel is looked at once.

    Windows that touch a stretch of ``marked``, such as `Recording.artefacts`, are
    artefact in every channel.
    """
    known: dict[Channel, BoolArray] = {}
    stretches = tuple(marked)

    def mask(channel: Channel, signal_uv: Samples) -> BoolArray:
        if channel not in known:
            is_bad = channel_artefacts(channel, signal_uv, scoring)
            for gap in stretches:
                first = int(gap.onset_s // WINDOW_S)
                last = -int(-(gap.onset_s + gap.duration_s) // WINDOW_S)
                is_bad[first : max(last, first + 1)] = True
            known[channel] = is_bad
        return known[channel]

    return mask


def limits_in_uv(channel: Channel) -> tuple[float, float] | None:
    """Return the limits of a channel's range in microvolts, if known."""
    if channel.limits is None or channel.to_uv is None:
        return None
    return channel.limits[0] * channel.to_uv, channel.limits[1] * channel.to_uv


def cut_windows(signal: Samples, rate_hz: float) -> Iterator[npt.NDArray[np.floating]]:
    """Yield the whole windows of five seconds of a signal, some at a time.

    Yields
    ------
    numpy.ndarray of float64, shape (n_windows, n_samples)
    """
    step = WINDOW_S * rate_hz
    size = int(step + 1e-6)
    n_windows = int(len(signal) / step + 1e-9)
    for first in range(0, n_windows, WINDOWS_AT_A_TIME):
        last = min(first + WINDOWS_AT_A_TIME, n_windows)
        if step == size:  # nothing needs to be copied
            yield signal[first * size : last * size].reshape(-1, size)
            continue
        starts = np.ceil(np.arange(first, last) * step - 1e-6).astype(int)
        part = signal[starts[0] : starts[-1] + size]
        yield part[(starts - starts[0])[:, np.newaxis] + np.arange(size)]


def is_flat(windows: npt.NDArray[np.floating], rate_hz: float) -> BoolArray:
    """Return which windows are constant for a second.

    Parameters
    ----------
    windows : numpy.ndarray of float64, shape (n_windows, n_samples)
    rate_hz : float

    Returns
    -------
    numpy.ndarray of bool, shape (n_windows,)
    """
    run = max(int(FLAT_S * rate_hz) - 1, 2)
    still = windows[:, 1:] == windows[:, :-1]
    flat = np.asarray(still.sum(axis=1) >= run)  # few windows need a closer look
    steps = np.cumsum(still[flat], axis=1, dtype=np.int32)
    steps = np.pad(steps, ((0, 0), (1, 0)))
    flat[flat] = (steps[:, run:] - steps[:, :-run] == run).any(axis=1)
    return flat


def is_clipped(
    windows: npt.NDArray[np.floating], limits: tuple[float, float] | None
) -> BoolArray:
    """Return which windows without a gap have samples at a limit of the file's range."""
    if limits is None or windows.shape[1] == 0:
        return np.zeros(len(windows), dtype=bool)
    margin = RAIL_SHARE * (limits[1] - limits[0])
    at_bottom = windows.min(axis=1) <= limits[0] + margin
    return np.asarray(at_bottom | (windows.max(axis=1) >= limits[1] - margin))


def _groups(stages: StageArray | None, n_windows: int) -> list[npt.NDArray[np.intp]]:
    if stages is None:
        return [np.arange(n_windows)]
    return [np.flatnonzero(stages[:n_windows] == stage) for stage in SLEEP_STAGES]


def _is_outlier(spreads: FloatArray) -> BoolArray:
    """Return which spreads are far from the others; one is added as YASA adds it."""
    logs = np.log(spreads + 1)
    deviation = float(np.std(logs))
    if deviation == 0:
        return np.zeros(spreads.size, dtype=bool)
    return np.asarray(np.abs(logs - np.mean(logs)) > OUTLIER_Z * deviation)


def _median(signal: Samples) -> float:
    """Return the median of some hundred thousand samples, evenly spread."""
    some = signal[:: max(1, len(signal) // 100_000)]
    known = some[np.isfinite(some)]
    return float(np.median(known)) if known.size else 0.0
