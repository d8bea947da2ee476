"""What a machine's cores may not change."""

from pathlib import Path

import pytest
from threadpoolctl import threadpool_limits

from psgkit.domain.jobs import Job
from psgkit.pipeline import analyse_night
from psgkit.settings import Settings

SAMPLE = Path(__file__).parents[2] / "sample_data" / "nap.edf"


@pytest.mark.slow
def test_a_night_is_the_same_to_the_last_digit_with_one_thread_and_with_two():
    values = []
    for threads in (1, 2):
        with threadpool_limits(threads):
            night = analyse_night(Job(recording=SAMPLE), Settings())
        values.append([repr(measure.value) for measure in night.results])
    assert values[0] == values[1]
