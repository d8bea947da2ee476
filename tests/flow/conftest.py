"""Running the command as a person does, in this process."""

from collections.abc import Callable

import pytest
from same_process import SameProcess

from psgkit.cli import main
from psgkit.cohort.batch import run as batch

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Run:
    """Return a function that runs psgkit and gives status, stdout and stderr."""

    def call(*words: object) -> tuple[int, str, str]:
        with pytest.raises(SystemExit) as stop:
            main([str(word) for word in words])
        printed = capsys.readouterr()
        return int(stop.value.code or 0), printed.out, printed.err

    return call


@pytest.fixture
def same_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a batch do its nights in this process: a worker takes seconds to start."""
    monkeypatch.setattr(batch, "_executor", lambda *_, **__: SameProcess())
