"""A report reads its file a few times, not once a channel."""

from pathlib import Path

import pytest

from psgkit import analyse
from psgkit.measure.arousals.network.weights import weights_path

SAMPLES = Path(__file__).parents[2] / "sample_data"
IO = Path("/proc/self/io")


@pytest.fixture(scope="module", autouse=True)
def _imported() -> None:
    """Analyse a night: imports read files, too."""
    analyse(SAMPLES / "nap.edf")


def bytes_read() -> int:
    return int(IO.read_text().split()[1])


@pytest.mark.slow
@pytest.mark.skipif(not IO.exists(), reason="counts what Linux says was read")
@pytest.mark.parametrize(
    "name",
    [
        "nap.edf",  # one rate
        "night.edf",  # five rates from 1 to 200 Hz, and annotations
    ],
)
def test_a_night_reads_at_most_four_times_its_file(name: str):
    path = SAMPLES / name
    before = bytes_read()

    analyse(path)

    weights = weights_path("unet_v2")
    assert weights is not None
    # The network is read for each night anew: 18 MB, however long the night is.
    of_the_night = bytes_read() - before - weights.stat().st_size
    assert of_the_night / path.stat().st_size < 4.0
