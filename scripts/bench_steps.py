"""What single steps cost, with a history: run by pytest-benchmark.

    python scripts/bench_steps.py --save          # measure and keep
    python scripts/bench_steps.py --compare       # against the last kept

or ``pytest scripts/bench_steps.py`` with that plugin's own options. The history lies in ``.benchmarks/``, by machine. Nothing here is asserted: a machine at
other work would fail for nothing. Whole processes are measured by ``bench.py``.
"""

import argparse
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from psgkit.domain.jobs import Job
from psgkit.domain.night import Night
from psgkit.domain.recording import Recording
from psgkit.domain.scoring import Scoring
from psgkit.measure.arousals.source import with_arousals
from psgkit.measure.night import measure_scored
from psgkit.measure.signals.night_signals import measure_eeg_channels
from psgkit.pipeline import analyse_night
from psgkit.prepare.artefacts import artefact_masks
from psgkit.prepare.montage import rereference
from psgkit.prepare.quality import look_at
from psgkit.read import read_recording
from psgkit.report import save_night
from psgkit.settings import Settings
from psgkit.simulate import simulate_night
from psgkit.stage import stage_recording

Benchmark = Callable[..., Any]


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two hours of a simulated night."""
    folder = tmp_path_factory.mktemp("night")
    return simulate_night(hours=2.0, seed=1).write(folder / "night.edf")


@pytest.fixture(scope="module")
def recording(path: Path) -> Recording:
    """Return the night's signals, unread."""
    return rereference(read_recording(path))


@pytest.fixture(scope="module")
def scoring(recording: Recording) -> Scoring:
    """Return its stages, without arousals."""
    return stage_recording(recording).scoring


@pytest.fixture(scope="module")
def night(path: Path) -> Night:
    """Return the night when all is done."""
    return analyse_night(Job(recording=path), Settings())


def test_look(benchmark: Benchmark, recording: Recording) -> None:
    """The look at the signals for the quality rules."""
    benchmark(look_at, recording)


def test_stage(benchmark: Benchmark, recording: Recording) -> None:
    """YASA's features and classifier."""
    benchmark(stage_recording, recording)


def test_scoring(benchmark: Benchmark, scoring: Scoring) -> None:
    """All that needs no signal."""
    benchmark(measure_scored, scoring)


def test_eeg(benchmark: Benchmark, recording: Recording, scoring: Scoring) -> None:
    """Six EEG channels: artefacts, spectra, spindles, slow waves."""

    def measure() -> None:
        measure_eeg_channels(recording, scoring, artefact_masks(scoring))

    benchmark(measure)


def test_arousals(benchmark: Benchmark, recording: Recording, scoring: Scoring) -> None:
    """The rules for arousals, and the artefacts of two channels."""

    def find() -> None:
        with_arousals(
            recording,
            scoring,
            artefacts=artefact_masks(scoring),
            settings=Settings().arousals,
            spindles=None,
        )

    benchmark(find)


def test_save(benchmark: Benchmark, night: Night, tmp_path: Path) -> None:
    """HDF5, tables and page."""
    benchmark(save_night, night, tmp_path)


def test_whole_night(benchmark: Benchmark, path: Path) -> None:
    """Everything but the files."""
    benchmark(analyse_night, Job(recording=path), Settings())


def main() -> int:
    """Let pytest run this file."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--save", action="store_true", help="keep what is measured")
    parser.add_argument("--compare", action="store_true", help="with the last kept")
    given = parser.parse_args()
    words = [__file__]
    words += ["--benchmark-autosave"] if given.save else []
    words += ["--benchmark-compare"] if given.compare else []
    return int(pytest.main(words))


if __name__ == "__main__":
    sys.exit(main())
