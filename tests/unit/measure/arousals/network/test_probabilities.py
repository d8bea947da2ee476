"""Parts of a night have the probabilities of the whole, by the file as released."""

import numpy as np
import onnxruntime
import pytest

from psgkit.measure.arousals.network import probabilities
from psgkit.measure.arousals.network.channels import network_channels
from psgkit.measure.arousals.network.probabilities import (
    RATE_HZ,
    STRIDE,
    arousal_probabilities,
    usable_threads,
)
from psgkit.measure.arousals.network.weights import WEIGHTS, load_network, read_weights
from psgkit.simulate import simulate_night

SECONDS = 700


def as_released(values: np.ndarray, weight: str = "unet_v2") -> np.ndarray:
    """Run the file of psgscoring as it is, in one pass, shape (n_samples,)."""
    session = onnxruntime.InferenceSession(
        read_weights(weight), providers=["CPUExecutionProvider"]
    )
    (found,) = session.run(None, {"x": values[np.newaxis]})
    return found[0]


@pytest.fixture(scope="module")
def inputs() -> np.ndarray:
    """Noise with bursts of alpha and of chin, which the network calls arousals."""
    rng = np.random.default_rng(2)
    values = rng.normal(0.0, 1.0, (3, SECONDS * RATE_HZ)).astype(np.float32)
    times = np.arange(500) / RATE_HZ
    for onset_s in range(50, SECONDS - 50, 60):
        first = onset_s * RATE_HZ
        values[0, first : first + 500] += 4.0 * np.sin(2 * np.pi * 10.0 * times)
        values[2, first : first + 500] *= 5.0
    return values


@pytest.fixture(scope="module")
def whole(inputs: np.ndarray) -> np.ndarray:
    """One pass, with the zeros at its end that psgscoring puts there."""
    padded = np.pad(inputs, ((0, 0), (0, -inputs.shape[1] % STRIDE)))
    return as_released(padded)[: inputs.shape[1]]


@pytest.mark.parametrize("weight", sorted(WEIGHTS))
@pytest.mark.parametrize("n_strides", [1, 20, 201])
def test_the_rewritten_network_has_the_probabilities_of_the_released(
    inputs, weight: str, n_strides: int
) -> None:
    given = inputs[:, : n_strides * STRIDE]
    (found,) = load_network(weight).run(None, {"x": given[np.newaxis]})
    np.testing.assert_allclose(found[0], as_released(given, weight), atol=1e-6)


@pytest.mark.parametrize("n_strides", [20, 47, 352])
def test_parts_have_the_probabilities_of_one_pass(
    inputs, whole, monkeypatch, n_strides: int
) -> None:
    monkeypatch.setattr(probabilities, "PART", n_strides * STRIDE)
    found = arousal_probabilities(inputs, np.ones(SECONDS, dtype=bool), "unet_v2")
    assert whole.max() > 0.5
    np.testing.assert_allclose(found, whole, atol=1e-6)


@pytest.mark.slow
def test_a_night_in_parts_has_the_probabilities_of_one_pass() -> None:
    made = simulate_night(3.0, seed=7, montage="minimal", rate_hz=100)
    channels = network_channels(made.recording, made.truth.scoring, None)
    given = channels.inputs[:, : channels.inputs.shape[1] // STRIDE * STRIDE]
    one_pass = as_released(given)
    everywhere = np.ones(given.shape[1] // RATE_HZ + 1, dtype=bool)
    parts = arousal_probabilities(given, everywhere, "unet_v2")
    assert given.shape[1] > 10 * probabilities.PART
    assert one_pass.max() > 0.9
    np.testing.assert_allclose(parts, one_pass, atol=1e-4)


def test_what_is_not_asked_is_zero_and_changes_nothing(inputs, whole) -> None:
    asked = np.zeros(SECONDS, dtype=bool)
    asked[100:220] = asked[400:700] = True
    found = arousal_probabilities(inputs, asked, "unet_v2")
    is_asked = np.repeat(asked, RATE_HZ)
    np.testing.assert_allclose(found[is_asked], whole[is_asked], atol=1e-6)
    assert (found[250 * RATE_HZ : 390 * RATE_HZ] == 0.0).all()


def test_the_number_of_threads_changes_no_probability(inputs, monkeypatch) -> None:
    monkeypatch.setattr(probabilities, "PART", 40 * STRIDE)
    asked = np.ones(SECONDS, dtype=bool)
    answers = []
    for threads in (1, 3):
        monkeypatch.setattr(probabilities, "usable_threads", lambda n=threads: n)
        answers.append(arousal_probabilities(inputs, asked, "unet_v2"))
    np.testing.assert_array_equal(*answers)


@pytest.mark.parametrize(("allowed", "most"), [("1", 1), ("2", 2), ("", 4), ("x", 4)])
def test_a_worker_that_is_held_to_one_thread_takes_one(
    monkeypatch, allowed: str, most: int
) -> None:
    monkeypatch.setenv("OMP_NUM_THREADS", allowed)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(8)), raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 8)
    assert usable_threads() == most
