"""Stages, events and lights of the recording itself; and epochs of another length."""

from dataclasses import replace

import pytest
from makers import make_scoring

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import ArraySource, Recording
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import ScoringMismatch
from psgkit.prepare.own_marks import NO_MARKS, lay_own_marks, with_marks
from psgkit.prepare.window import lay_on


def recording(seconds: float) -> Recording:
    return Recording("n", None, seconds, (), ArraySource((), ()))


def marks(stages: str, lights_off_s: float | None = 60.0):
    scoring = make_scoring(stages, lights=False)
    events = make_events([(100.0, 5.0, "arousal", "EDF+ annotations")])
    return replace(
        scoring,
        events=events,
        kinds_scored=frozenset({"arousal"}),
        lights_off_s=lights_off_s,
    )


def test_annotated_stages_are_used_and_said() -> None:
    own = lay_own_marks(marks("WW22R2"), recording(180.0), stages_anew=False)
    assert own.scoring is not None
    assert own.scoring.stage_names == ["W", "W", "N2", "N2", "R", "N2"]
    assert "6 epochs of stages, arousal (1) and lights-off" in own.issues[0].message
    assert "--stager" in own.issues[0].remedy


def test_a_stager_that_is_named_stages_anew() -> None:
    own = lay_own_marks(marks("WW22R2"), recording(180.0), stages_anew=True)
    assert own.scoring is not None
    assert not own.scoring.has_stages
    staged = with_marks(make_scoring("222222", lights=False), own.scoring)
    assert staged.stage_names == ["N2"] * 6
    assert (staged.lights_off_s, len(staged.arousals)) == (60.0, 1)


def test_stages_of_a_part_alone_are_not_used() -> None:
    own = lay_own_marks(marks("W2"), recording(3000.0), stages_anew=False)
    assert own.scoring is not None
    assert not own.scoring.has_stages
    assert "cover 2% of the recording and were not used" in own.issues[0].message


def test_without_annotations_nothing_is_said() -> None:
    assert lay_own_marks(None, recording(180.0), stages_anew=False) == NO_MARKS


def assumed(n_epochs: int):
    note = Issue(Severity.NOTE, "epoch_length_assumed", "30 s were assumed.")
    return replace(make_scoring("2" * n_epochs, lights=False), issues=(note,))


@pytest.mark.parametrize("epoch_s", [1, 4, 5, 10, 15, 20])
def test_the_length_that_fits_is_proposed(epoch_s: int) -> None:
    with pytest.raises(ScoringMismatch) as fault:
        lay_on(assumed(1440), recording(1440.0 * epoch_s))
    assert f"give --epoch {epoch_s}." in str(fault.value)
    assert "--align" not in str(fault.value)


def test_where_no_usual_length_fits_the_call_is_asked() -> None:
    with pytest.raises(ScoringMismatch) as fault:
        lay_on(assumed(1440), recording(25000.0))
    assert "--epoch SECONDS" in str(fault.value)
    assert "--align" not in str(fault.value)
