"""A day of seconds is read; a scoring that no night has is refused, both in 300 MB.

`python tests/big_scorings.py` prints the seconds of each.
"""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import big_scorings
import pytest
from big_scorings import DAY, DAYS, HOSTILE

from psgkit.domain.scoring import Stage
from psgkit.read import read_scoring

MOST_MB = 300


@pytest.mark.slow
@pytest.mark.parametrize("kind", DAYS)
def test_a_day_of_one_stage_a_second_is_read(tmp_path: Path, kind: str):
    name, make, options = DAYS[kind]
    path = tmp_path / name
    path.write_bytes(make())

    scoring = read_scoring(path, **options)  # type: ignore[arg-type]

    assert (scoring.n_epochs, scoring.epoch_s, scoring.onset_s) == (DAY, 1.0, 0.0)
    # ten minutes of each in turn: 28 or 29 times 600 s
    stages = (Stage.W, Stage.N1, Stage.N2, Stage.N3, Stage.R)
    counts = [int((scoring.stages == stage).sum()) for stage in stages]
    assert counts == [17400, 17400, 17400, 17400, 16800]


@dataclass(frozen=True)
class Read:
    """What reading the largest and the hostile scorings took, and which were refused."""

    grown_mb: float
    refused: frozenset[str]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Read them in a process of its own, which holds nothing but the reader."""
    folder = tmp_path_factory.mktemp("big")
    largest = {kind: DAYS[kind] for kind in ("clock and ends", "Luna", "Profusion")}
    kind_of = {}
    for number, (kind, made) in enumerate({**largest, **HOSTILE}.items()):
        path = folder / str(number) / made[0]
        path.parent.mkdir()
        path.write_bytes(made[1]())
        kind_of[str(path)] = kind
    done = subprocess.run(
        [sys.executable, big_scorings.__file__, *kind_of],
        capture_output=True,
        text=True,
        check=True,
    )
    found = json.loads(done.stdout)
    return Read(found["grown_mb"], frozenset(map(kind_of.get, found["refused"])))


@pytest.mark.slow
def test_scorings_that_no_night_has_are_refused(read: Read):
    # One long remark spoils no night.
    assert read.refused == set(HOSTILE) - {"a name of 3 MB"}


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KB on Linux alone")
def test_no_scoring_takes_more_than_300_mb(read: Read):
    assert read.grown_mb < MOST_MB
