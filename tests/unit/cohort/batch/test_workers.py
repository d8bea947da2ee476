"""How many workers there are."""

import pytest

from psgkit.cohort.batch import workers
from psgkit.cohort.batch.workers import WORKER_BYTES, count_workers


@pytest.mark.parametrize(
    ("cores", "memory", "nights", "expected"),
    [
        (8, None, 100, 8),  # cores decide
        (8, 3 * WORKER_BYTES, 100, 3),  # memory decides
        (8, WORKER_BYTES // 2, 100, 1),  # never none
        (8, None, 2, 2),  # no more than nights
        (8, None, 0, 1),
    ],
)
def test_cores_memory_and_nights_decide(
    monkeypatch: pytest.MonkeyPatch, cores, memory, nights, expected
) -> None:
    monkeypatch.setattr(workers, "available_cores", lambda: cores)
    monkeypatch.setattr(workers, "available_bytes", lambda: memory)
    assert count_workers(None, nights=nights) == expected


def test_what_the_call_asks_for_goes_first() -> None:
    assert count_workers(5, nights=100) == 5


@pytest.mark.parametrize(
    ("quota", "expected"), [("150000 100000", 1), ("max 100000", 64), ("", 64)]
)
def test_a_containers_share_of_the_cores_counts(monkeypatch, quota, expected) -> None:
    monkeypatch.setattr(workers, "_first_line", lambda _: quota)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: set(range(64)), raising=False)
    assert workers.available_cores() == expected


def test_a_containers_share_of_the_memory_counts(monkeypatch) -> None:
    lines = {
        "/sys/fs/cgroup/memory.max": "3000",
        "/sys/fs/cgroup/memory.current": "1000",
    }
    monkeypatch.setattr(workers, "_first_line", lines.get)
    assert workers.available_bytes() == 2000
