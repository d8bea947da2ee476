"""What goes wrong with a night becomes a sentence, without what names the person."""

import errno
import re
from pathlib import Path

import pytest

from psgkit.cohort import work
from psgkit.cohort.task import Task
from psgkit.cohort.work import do_night
from psgkit.domain.jobs import Failed, Job
from psgkit.errors import ScoringMismatch
from psgkit.settings import Settings


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (ScoringMismatch("It does not fit."), "ScoringMismatch", "It does not fit."),
        (MemoryError(), "MemoryError", "not enough memory; use fewer --workers"),
        (OSError(errno.ENOSPC, "x", "Doe.edf"), "OSError", "The disk is full."),
        (OSError(errno.EIO, "Input/output error", "Doe.edf"), "OSError", "output err"),
        (RecursionError("Jane Doe"), "RecursionError", "a bug of psgkit"),
        (KeyError("Jane Doe"), "KeyError", r"a bug of psgkit \(KeyError in test_work"),
    ],
)
def test_a_fault_becomes_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fault, error, sentence
) -> None:
    def fail(*_: object) -> None:
        raise fault

    monkeypatch.setattr(work, "analyse_night", fail)
    outcome = do_night(Task(Job(None, id="n1"), Settings(), tmp_path))
    assert isinstance(outcome, Failed)
    assert outcome.error == error
    assert re.search(sentence, outcome.message)
    assert "Doe" not in outcome.message


def test_a_night_without_any_file_fails(tmp_path: Path) -> None:
    outcome = do_night(Task(Job(None, id="n1"), Settings(), tmp_path))
    assert isinstance(outcome, Failed)
    assert outcome.message == "n1 has no recording and no scoring."
