"""What goes wrong with a night becomes a sentence, without what names the person."""

import errno
import re
from pathlib import Path

import pytest

from psgkit.cohort.batch import one_night as work
from psgkit.cohort.batch.assignment import Task
from psgkit.cohort.batch.one_night import do_night
from psgkit.domain.jobs import Failed, Job
from psgkit.errors import ScoringMismatch, UnreadableRecording
from psgkit.settings import Settings


@pytest.mark.parametrize(
    ("fault", "error", "sentence"),
    [
        (ScoringMismatch("It does not fit."), "ScoringMismatch", "It does not fit."),
        # Its id stands beside it, on every line and in every table.
        (
            ScoringMismatch("n1: it does not fit."),
            "ScoringMismatch",
            r"^It does not fit",
        ),
        (MemoryError(), "MemoryError", "not enough memory; use fewer --workers"),
        (OSError(errno.ENOSPC, "x", "Doe.edf"), "OSError", "The disk is full."),
        (OSError(errno.EIO, "Input/output error", "Doe.edf"), "OSError", "output err"),
        (RecursionError("Jane Doe"), "RecursionError", "a bug of psgkit"),
        (
            KeyError("Jane Doe"),
            "KeyError",
            r"a bug of psgkit \(KeyError in test_one_night",
        ),
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


def message_of(job: Job, out: Path) -> str:
    outcome = do_night(Task(job, Settings(), out))
    assert isinstance(outcome, Failed)
    return outcome.message


@pytest.mark.parametrize(
    ("job", "sentence"),
    [
        (Job(Path("Doe.edf"), id="n1"), "The recording of night n1 is not there; "),
        (
            Job(None, id="n1", scoring=Path("Doe.xml")),
            "The scoring of night n1 is not there; check its path in the manifest",
        ),
        # A name that is the night's own may be told.
        (Job(Path("n1.edf"), id="n1"), "There is no file n1.edf; check its path."),
        (
            Job(None, scoring=Path("n1.xml")),
            "There is no scoring file 'n1.xml'; check its path.",
        ),
    ],
)
def test_a_file_that_is_not_there_has_no_name_that_nobody_gave_it(
    tmp_path: Path, job: Job, sentence: str
) -> None:
    message = message_of(job, tmp_path)
    assert message.startswith(sentence)
    assert "Doe" not in message


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ("Doe.edf is empty.", "The recording of night n1 is empty."),
        (
            "Bad. 'Doe.xml' is not 'Doe.edf'.",
            "Bad. The scoring of night n1 is not the recording of night n1.",
        ),
    ],
)
def test_a_file_is_told_by_what_it_is_of_its_night(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: str, sentence: str
) -> None:
    def fail(*_: object) -> None:
        raise UnreadableRecording(told)

    monkeypatch.setattr(work, "analyse_night", fail)
    files = [tmp_path / name for name in ("Doe.edf", "Doe.xml")]
    for file in files:
        file.touch()
    job = Job(files[0], id="n1", scoring=files[1])
    assert message_of(job, tmp_path / "out") == sentence
