"""The features of `yasa.SleepStaging`, computed with numpy alone.

The list follows Vallat and Walker (2021, eLife 10:e70092) as YASA 0.8.1 computes
it; entropies and fractal dimensions are antropy's. Both packages compile with numba
when imported, which costs ten seconds in every process; these are the same formulas on
whole blocks of epochs. Tests compare every column with YASA's own.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from psgkit.stage.waveform import EPOCH_S, EPOCH_SAMPLES, RATE_HZ

FloatArray = npt.NDArray[np.float64]

EPOCHS_AT_A_TIME = 64  # a block of epochs and its derivatives stay in the cache

BANDS_HZ = {
    "sdelta": (0.4, 1.0),
    "fdelta": (1.0, 4.0),
    "theta": (4.0, 8.0),
    "alpha": (8.0, 12.0),
    "sigma": (12.0, 16.0),
    "beta": (16.0, 30.0),
}
BROAD_HZ = (0.4, 30.0)
WELCH_SAMPLES = 500  # windows of 5 s, half overlapping
HIGUCHI_LARGEST_STEP = 10

CENTRED_EPOCHS = 15  # 7.5 min, weights a triangle
PAST_EPOCHS = 4  # 2 min


def channel_features(epochs: FloatArray, kind: str) -> dict[str, FloatArray]:
    """Compute the features of one channel.

    Parameters
    ----------
    epochs : numpy.ndarray, shape (n_epochs, 3000)
        Microvolts at 100 Hz, filtered by `waveform.bandpass`.
    kind : {"eeg", "eog", "emg"}
        An EMG has no relative band powers, and only an EEG has ratios of them.

    Returns
    -------
    dict of str to numpy.ndarray, shape (n_epochs,)
        By name without the channel's prefix; NaN where a flat epoch leaves one
        undefined.
    """
    blocks = [
        _block_features(epochs[first : first + EPOCHS_AT_A_TIME], kind)
        for first in range(0, len(epochs), EPOCHS_AT_A_TIME)
    ]
    return {
        name: np.concatenate([block[name] for block in blocks]) for name in blocks[0]
    }


def night_features(
    by_channel: Mapping[str, Mapping[str, FloatArray]],
    is_usable: npt.NDArray[np.bool_],
    facts: Mapping[str, int] | None = None,
) -> dict[str, npt.NDArray[np.float32]]:
    """Add features of the surrounding epochs for the classifier.

    Parameters
    ----------
    by_channel : mapping
        Kind of channel to its features, from `channel_features`.
    is_usable : numpy.ndarray of bool, shape (n_epochs,)
        Epochs without signal are False: they take no part in averages and scales, so
        that a gap does not change the stages around it.
    facts : mapping of str to int, optional
        ``age`` and ``male``, for the classifiers that were trained with them.

    Returns
    -------
    dict of str to numpy.ndarray of float32, shape (n_epochs,)
        Every feature as it is, over 7.5 centred and over 2 past minutes, the latter two
        scaled by the night; and the time since the start.
    """
    raw = {
        f"{kind}_{name}": np.where(is_usable, values, np.nan)
        for kind, features in by_channel.items()
        for name, values in features.items()
    }
    table = np.stack(list(raw.values()), axis=1)
    centred = _scale_robustly(_centred_average(table))
    past = _scale_robustly(_past_average(table))
    elapsed_s = np.arange(len(table)) * EPOCH_S
    columns = {
        **raw,
        **{f"{name}_c7min_norm": centred[:, i] for i, name in enumerate(raw)},
        **{f"{name}_p2min_norm": past[:, i] for i, name in enumerate(raw)},
        "time_hour": elapsed_s / 3600.0,
        "time_norm": elapsed_s / max(elapsed_s[-1], EPOCH_S),
        **{name: np.full(len(table), value) for name, value in (facts or {}).items()},
    }
    return {name: values.astype(np.float32) for name, values in columns.items()}


def _block_features(epochs: FloatArray, kind: str) -> dict[str, FloatArray]:
    with np.errstate(divide="ignore", invalid="ignore"):  # a flat epoch divides by 0
        features = {
            **_distribution(epochs),
            **_shape(epochs),
            **_spectrum(epochs, kind),
            "perm": permutation_entropy(epochs),
            "higuchi": higuchi_dimension(epochs),
            "petrosian": petrosian_dimension(epochs),
        }
    return {
        name: np.where(np.isfinite(values), values, np.nan)
        for name, values in features.items()
    }


def _distribution(epochs: FloatArray) -> dict[str, FloatArray]:
    low, high = np.quantile(epochs, [0.25, 0.75], axis=1)
    from_mean = epochs - epochs.mean(axis=1, keepdims=True)
    squared = from_mean**2
    variance = squared.mean(axis=1)
    return {
        "std": np.sqrt(squared.sum(axis=1) / (EPOCH_SAMPLES - 1)),
        "iqr": high - low,
        "skew": (squared * from_mean).mean(axis=1) / variance**1.5,
        "kurt": (squared**2).mean(axis=1) / variance**2 - 3.0,
    }


def _shape(epochs: FloatArray) -> dict[str, FloatArray]:
    """Count zero crossings and compute Hjorth's mobility and complexity (1970)."""
    slope = np.diff(epochs, axis=1)
    variance = epochs.var(axis=1)
    slope_variance = slope.var(axis=1)
    bend_variance = np.diff(slope, axis=1).var(axis=1)
    mobility = np.sqrt(slope_variance / variance)
    return {
        "nzc": _sign_changes(epochs),
        "hmob": mobility,
        "hcomp": np.sqrt(bend_variance / slope_variance) / mobility,
    }


def _spectrum(epochs: FloatArray, kind: str) -> dict[str, FloatArray]:
    freqs_hz = np.asarray(np.fft.rfftfreq(WELCH_SAMPLES, 1.0 / RATE_HZ), np.float64)
    step_hz = freqs_hz[1] - freqs_hz[0]
    in_broad = _within(freqs_hz, BROAD_HZ)
    psd = median_welch(epochs, in_broad)
    freqs_hz = freqs_hz[in_broad]
    absolute = step_hz * (psd.sum(axis=1) - (psd[:, 0] + psd[:, -1]) / 2)
    if kind == "emg":
        return {"abspow": absolute}
    total = psd @ simpson_weights(len(freqs_hz))
    powers = {}
    for name, band_hz in BANDS_HZ.items():
        part = psd[:, _within(freqs_hz, band_hz)]
        powers[name] = part @ simpson_weights(part.shape[1]) / total
    if kind == "eog":
        return {**powers, "abspow": absolute}
    delta = powers["sdelta"] + powers["fdelta"]
    return {
        **powers,
        "dt": delta / powers["theta"],
        "ds": delta / powers["sigma"],
        "db": delta / powers["beta"],
        "at": powers["alpha"] / powers["theta"],
        "abspow": absolute,
    }


def median_welch(
    epochs: FloatArray, wanted: npt.NDArray[np.bool_] | slice = slice(None)
) -> FloatArray:
    """Estimate power spectra by Welch's method with medians in place of means.

    As `scipy.signal.welch` with Hamming windows of 5 s, half overlapping, each without
    its mean; the median's bias is removed (Allen et al. 2012, Phys Rev D 85:122006).

    Parameters
    ----------
    epochs : numpy.ndarray, shape (n_epochs, n_samples)
        At 100 Hz.
    wanted : numpy.ndarray of bool, shape (251,), or slice
        Which frequencies from 0 to 50 Hz in steps of 0.2 Hz; all where not given.

    Returns
    -------
    numpy.ndarray, shape (n_epochs, n_wanted)
        Power spectral density.
    """
    windows = np.lib.stride_tricks.sliding_window_view(epochs, WELCH_SAMPLES, axis=1)
    windows = windows[:, :: WELCH_SAMPLES // 2]
    taper = np.hamming(WELCH_SAMPLES + 1)[:-1]
    tapered = (windows - windows.mean(axis=2, keepdims=True)) * taper
    spectrum = np.fft.rfft(tapered, axis=2)[:, :, wanted]
    power = spectrum.real**2 + spectrum.imag**2
    one_sided = np.full(WELCH_SAMPLES // 2 + 1, 2.0)
    one_sided[[0, -1]] = 1.0
    power *= one_sided[wanted]
    n_windows = power.shape[1]
    even = 2.0 * np.arange(1, (n_windows - 1) // 2 + 1)
    bias = 1.0 + np.sum(1.0 / (even + 1.0) - 1.0 / even)
    density = RATE_HZ * np.sum(taper**2) * bias
    # Sorting eleven windows is three times as fast as `numpy.median`.
    power.sort(axis=1)
    middle = (power[:, (n_windows - 1) // 2] + power[:, n_windows // 2]) / 2
    return np.asarray(middle / density)


def simpson_weights(n_points: int) -> FloatArray:
    """Return Simpson's weights for points 0.2 Hz apart, as `scipy.integrate.simpson`.

    With an even number of points the last interval is integrated by the parabola
    through the last three (Cartwright 2017).
    """
    weights = np.zeros(n_points)
    n_odd = n_points - 1 + n_points % 2
    weights[:n_odd:2] = 2.0
    weights[1:n_odd:2] = 4.0
    weights[0] = weights[n_odd - 1] = 1.0
    weights /= 3.0
    if n_odd < n_points:
        weights[-3:] += np.array([-1.0, 8.0, 5.0]) / 12.0
    return weights * (RATE_HZ / WELCH_SAMPLES)


def permutation_entropy(epochs: FloatArray) -> FloatArray:
    """Return the normalised permutation entropy of order 3 (Bandt and Pompe 2002)."""
    first, second, third = epochs[:, :-2], epochs[:, 1:-1], epochs[:, 2:]
    rises, rises_over_two, rises_again = (
        first <= second,
        first <= third,
        second <= third,
    )
    # Three comparisons name the order of three samples; two of the eight outcomes
    # contradict themselves and never occur.
    key = rises * np.uint8(4) + rises_over_two * np.uint8(2) + rises_again
    shares = np.stack([(key == order).mean(axis=1) for order in range(8)], axis=1)
    logs = np.log2(shares, where=shares > 0, out=np.zeros_like(shares))
    return np.asarray(np.clip(-(shares * logs).sum(axis=1) / np.log2(6.0), 0.0, 1.0))


def higuchi_dimension(epochs: FloatArray) -> FloatArray:
    """Return the fractal dimension of Higuchi (1988) with steps up to 10 samples."""
    n = epochs.shape[1]
    steps = np.arange(1, HIGUCHI_LARGEST_STEP + 1)
    lengths = np.empty((len(epochs), len(steps)))
    for column, step in enumerate(steps):
        jumps = np.abs(epochs[:, step:] - epochs[:, :-step])
        # A curve starts at each of the first samples; their lengths are averaged, each
        # by how many jumps it has.
        offsets = np.arange(n - step) % step
        lengths[:, column] = jumps @ (1 / ((n - offsets - 1) // step))
    lengths *= (n - 1) / steps**3
    log_step = -np.log(steps)
    log_length = np.log(lengths)
    spread = log_step - log_step.mean()
    return np.asarray(log_length @ spread / (spread @ spread))


def petrosian_dimension(epochs: FloatArray) -> FloatArray:
    """Return the fractal dimension of Petrosian (1995)."""
    n = epochs.shape[1]
    turns = _sign_changes(np.diff(epochs, axis=1))
    return np.asarray(np.log10(n) / (np.log10(n) + np.log10(n / (n + 0.4 * turns))))


def _sign_changes(values: FloatArray) -> FloatArray:
    is_negative = np.signbit(values)
    counts = np.sum(is_negative[:, 1:] != is_negative[:, :-1], axis=1)
    return np.asarray(counts, dtype=np.float64)


def _within(
    freqs_hz: FloatArray, band_hz: tuple[float, float]
) -> npt.NDArray[np.bool_]:
    """Return which frequencies are in a band, both edges included."""
    return (freqs_hz >= band_hz[0]) & (freqs_hz <= band_hz[1])


def _centred_average(table: FloatArray) -> FloatArray:
    half = CENTRED_EPOCHS // 2
    weights = 1.0 - np.abs(np.arange(-half, half + 1)) / (half + 1)
    return _average(table, weights, n_before=half)


def _past_average(table: FloatArray) -> FloatArray:
    return _average(table, np.ones(PAST_EPOCHS), n_before=PAST_EPOCHS - 1)


def _average(table: FloatArray, weights: FloatArray, n_before: int) -> FloatArray:
    """Average each column over the epochs around each, fewer at the ends."""
    n = len(table)
    is_known = ~np.isnan(table)
    known = np.where(is_known, table, 0.0)
    total = np.zeros_like(table)
    weight = np.zeros_like(table)
    for position, share in enumerate(weights):
        shift = position - n_before
        if abs(shift) >= n:
            continue
        here = slice(max(-shift, 0), n - max(shift, 0))
        there = slice(max(shift, 0), n - max(-shift, 0))
        total[here] += share * known[there]
        weight[here] += share * is_known[there]
    return np.divide(total, weight, where=weight > 0, out=np.full_like(table, np.nan))


def _scale_robustly(table: FloatArray) -> FloatArray:
    """Subtract each column's median and divide by its 5 to 95 % range.

    As `sklearn.preprocessing.robust_scale`: a column without a range is only shifted,
    missing values are left out.
    """
    known = ~np.isnan(table).all(axis=0)
    scaled = np.full_like(table, np.nan)
    if not known.any():  # numpy returns no percentile at all of no columns
        return scaled
    low, middle, high = np.nanpercentile(table[:, known], [5, 50, 95], axis=0)
    spread = high - low
    spread[spread < 10 * np.finfo(float).eps] = 1.0
    scaled[:, known] = (table[:, known] - middle) / spread
    return scaled
