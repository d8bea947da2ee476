"""A day of seconds is read; a scoring that no night has is refused, both in 300 MB.

`python tests/big_scorings.py` prints the seconds of each.
"""

import subprocess
import sys
from pathlib import Path

import big_scorings
import pytest
from big_scorings import DAY, DAYS, HOSTILE

from psgkit.domain.scoring import Stage
from psgkit.errors import PsgkitError
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


@pytest.mark.slow
@pytest.mark.parametrize("kind", HOSTILE)
def test_a_scoring_that_no_night_has_is_refused(tmp_path: Path, kind: str):
    name, make = HOSTILE[kind]
    path = tmp_path / name
    path.write_bytes(make())

    refused = False
    try:
        read_scoring(path)
    except PsgkitError:
        refused = True

    assert refused is (kind != "a name of 3 MB")  # one long remark spoils no night


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KB on Linux alone")
def test_no_scoring_takes_more_than_300_mb(tmp_path: Path):
    """In a process of its own, which holds nothing but the reader."""
    paths = []
    largest = {kind: DAYS[kind] for kind in ("clock and ends", "Luna", "Profusion")}
    for number, kind in enumerate({**largest, **HOSTILE}.values()):
        path = tmp_path / str(number) / kind[0]
        path.parent.mkdir()
        path.write_bytes(kind[1]())
        paths.append(str(path))
    done = subprocess.run(
        [sys.executable, big_scorings.__file__, *paths],
        capture_output=True,
        text=True,
        check=True,
    )
    assert float(done.stdout) < MOST_MB
