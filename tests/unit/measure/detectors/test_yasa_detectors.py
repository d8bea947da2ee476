"""YASA's own detectors behind the switch find what psgkit's form of them finds."""

import numpy as np
import pytest
from signal_makers import make_noise, make_timeline

from psgkit.domain.scoring import Stage
from psgkit.measure.detectors.eye_movements import detect_eye_movements
from psgkit.measure.detectors.slow_waves import detect_slow_waves
from psgkit.measure.detectors.spindles import spindle_table
from psgkit.measure.signals.excerpts import Excerpt

pytestmark = pytest.mark.filterwarnings("ignore")  # of YASA's imports

RATE_HZ = 100.0
SECONDS = 900


def _excerpt(stages: str, wanted: tuple[Stage, ...]) -> Excerpt:
    return Excerpt.of(make_timeline(stages), wanted, RATE_HZ, int(SECONDS * RATE_HZ))


def _noise() -> np.ndarray:
    return make_noise(SECONDS, RATE_HZ, exponent=1.0).astype(float)


def _close(ours, theirs, names: dict[str, float]) -> None:
    assert len(ours) == len(theirs) > 5
    for name, within in names.items():
        assert ours[name].to_numpy() == pytest.approx(theirs[name], abs=within)


def test_spindles() -> None:
    values = _noise() * 8
    time_s = np.arange(int(RATE_HZ)) / RATE_HZ
    spindle = 25 * np.hanning(len(time_s)) * np.sin(2 * np.pi * 13.5 * time_s)
    for onset_s in np.arange(35, 860, 9.0):
        start = int(onset_s * RATE_HZ)
        values[start : start + len(spindle)] += spindle
    excerpt = _excerpt("2" * 30, (Stage.N2, Stage.N3))
    cut = excerpt.cut(values.astype(np.float32))
    names = {"onset_s": 1e-6, "duration_s": 1e-6, "frequency_hz": 0.03}
    tables = [spindle_table(cut, excerpt, name) for name in ("yasa-fast", "yasa")]
    _close(*tables, names)
    assert list(tables[0]) == list(tables[1])


def test_slow_waves() -> None:
    values = _noise()
    phase = np.linspace(0, 2 * np.pi, 125, endpoint=False)
    for onset_s in np.arange(35, 860, 4.0):
        start = int(onset_s * RATE_HZ)
        values[start : start + 125] -= 70 * np.sin(phase)
    excerpt = _excerpt("3" * 30, (Stage.N2, Stage.N3))
    cut = excerpt.cut(values.astype(np.float32))
    fast, yasa = (
        detect_slow_waves(cut, excerpt, coupling=True, detector=name)
        for name in ("yasa-fast", "yasa")
    )
    _close(fast.table, yasa.table, {"onset_s": 1e-4, "ptp_uv": 1e-3})
    assert fast.rel_n == yasa.rel_n


def test_eye_movements() -> None:
    rng = np.random.default_rng(1)
    left, right = rng.normal(0, 2, (2, int(SECONDS * RATE_HZ)))
    step = 90 * np.hanning(100)
    for onset_s in np.arange(35, 860, 5.3):
        start = int(onset_s * RATE_HZ)
        left[start : start + 100] += step
        right[start : start + 100] -= step
    excerpt = _excerpt("R" * 30, (Stage.R,))
    pair = [excerpt.cut(eye.astype(np.float32)) for eye in (left, right)]
    fast, yasa = (
        detect_eye_movements(*pair, excerpt, name) for name in ("yasa-fast", "yasa")
    )
    _close(fast, yasa, {"onset_s": 1e-6, "peak_s": 1e-6, "left_uv": 1e-3})


@pytest.mark.parametrize("detector", ["yasa-fast", "yasa"])
def test_no_event_is_an_empty_table(detector: str) -> None:
    excerpt = _excerpt("2" * 30, (Stage.N2, Stage.N3))
    cut = excerpt.cut(_noise().astype(np.float32))
    assert len(detect_slow_waves(cut, excerpt, detector=detector).table) == 0
