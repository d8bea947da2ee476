"""A scoring laid on its recording, and the time in bed; all answers by hand."""

import datetime as dt
from dataclasses import replace

import pytest
from makers import make_scoring

from psgkit.domain.clock import UNKNOWN_DATE
from psgkit.domain.issues import Issue, Severity
from psgkit.domain.recording import ArraySource, Gap, Recording
from psgkit.domain.scoring import Scoring
from psgkit.domain.sleep.event_tables import make_events
from psgkit.errors import InputError, ScoringMismatch
from psgkit.prepare.lights import without_settled
from psgkit.prepare.window import lay_on, mark_lights

START = dt.datetime(2020, 3, 1, 22, 0)


def make_recording(
    duration_s: float,
    *,
    start: dt.datetime | None = START,
    gaps: tuple[Gap, ...] = (),
) -> Recording:
    return Recording("night", start, duration_s, (), ArraySource((), ()), gaps=gaps)


def at(scoring: Scoring, start: dt.datetime) -> Scoring:
    return replace(scoring, start=start)


def codes(issues: tuple[object, ...]) -> list[str]:
    return [issue.code for issue in issues]  # type: ignore[attr-defined]


def test_a_scoring_without_a_clock_starts_with_the_recording() -> None:
    fitted, issues = lay_on(make_scoring("W123R"), make_recording(150))
    assert fitted.stage_names == ["W", "N1", "N2", "N3", "R"]
    assert fitted.start == START
    assert issues == ()


def test_a_later_scoring_leaves_the_head_unscored() -> None:
    scoring = at(make_scoring("W12"), START + dt.timedelta(seconds=60))
    fitted, issues = lay_on(scoring, make_recording(150))
    assert fitted.stage_names == ["UNS", "UNS", "W", "N1", "N2"]
    assert codes(issues) == ["scoring_shorter"]


def test_a_scoring_after_midnight_lies_on_last_evenings_recording() -> None:
    start = dt.datetime(2020, 3, 1, 23, 59, 0)
    scoring = at(make_scoring("12"), dt.datetime(2020, 3, 2, 0, 0, 0))
    fitted, _ = lay_on(scoring, make_recording(120, start=start))
    assert fitted.stage_names == ["UNS", "UNS", "N1", "N2"]


def test_without_a_date_the_time_of_day_counts_across_midnight() -> None:
    start = dt.datetime(2020, 3, 1, 23, 59, 0)
    scoring = at(make_scoring("12"), dt.datetime.combine(UNKNOWN_DATE, dt.time(0, 0)))
    fitted, _ = lay_on(scoring, make_recording(120, start=start))
    assert fitted.stage_names == ["UNS", "UNS", "N1", "N2"]


def test_a_shorter_scoring_leaves_the_rest_unscored() -> None:
    fitted, issues = lay_on(make_scoring("W1"), make_recording(120))
    assert fitted.stage_names == ["W", "N1", "UNS", "UNS"]
    assert "1.0 min" in issues[0].message


def test_one_epoch_too_many_is_cut_and_noted() -> None:
    fitted, issues = lay_on(make_scoring("W123R"), make_recording(120))
    assert fitted.stage_names == ["W", "N1", "N2", "N3"]
    assert codes(issues) == ["scoring_cut"]


def test_two_epochs_too_many_are_refused_unless_aligned() -> None:
    with pytest.raises(ScoringMismatch, match=r"1\.0 min beyond"):
        lay_on(make_scoring("W123RR", lights=False), make_recording(120))
    fitted, issues = lay_on(
        make_scoring("W123RR", lights=False), make_recording(120), align=True
    )
    assert fitted.stage_names == ["W", "N1", "N2", "N3"]
    assert codes(issues) == ["scoring_cut"]


def test_unscored_epochs_beyond_the_recording_do_not_count() -> None:
    fitted, issues = lay_on(make_scoring("W1??????", lights=False), make_recording(60))
    assert fitted.stage_names == ["W", "N1"]
    assert issues == ()


def test_epochs_before_the_recording_are_too_many_too() -> None:
    scoring = at(make_scoring("W12"), START - dt.timedelta(seconds=90))
    with pytest.raises(ScoringMismatch):
        lay_on(scoring, make_recording(90))


def test_another_date_is_refused_and_laid_by_time_of_day_when_aligned() -> None:
    scoring = at(make_scoring("W12"), START + dt.timedelta(days=9))
    with pytest.raises(ScoringMismatch, match="another date"):
        lay_on(scoring, make_recording(90))
    fitted, issues = lay_on(scoring, make_recording(90), align=True)
    assert fitted.stage_names == ["W", "N1", "N2"]
    assert codes(issues) == ["scoring_of_another_date"]


def test_a_scoring_read_on_the_clock_of_another_date_is_told_too() -> None:
    # read_scoring(recording_start=...) has moved it onto the recording's clock
    scoring = replace(
        make_scoring("W12"), start=START, onset_s=9 * 86400.0, lights_off_s=None,
        lights_on_s=None,
    )  # fmt: skip
    with pytest.raises(ScoringMismatch, match="another date"):
        lay_on(scoring, make_recording(90))
    fitted, _ = lay_on(scoring, make_recording(90), align=True)
    assert fitted.stage_names == ["W", "N1", "N2"]


def test_epochs_that_a_gap_half_covers_are_unscored() -> None:
    recording = make_recording(150, gaps=(Gap(45.0, 60.0),))
    fitted, issues = lay_on(make_scoring("W1223"), recording)
    assert fitted.stage_names == ["W", "UNS", "UNS", "UNS", "N3"]
    assert codes(issues) == ["scored_in_gap"]


def test_events_move_with_the_stages_and_leave_with_them() -> None:
    scoring = replace(
        at(make_scoring("222"), START + dt.timedelta(seconds=30)),
        events=make_events([(5.0, 3.0, "arousal", "x"), (75.0, 3.0, "arousal", "x")]),
    )
    fitted, issues = lay_on(scoring, make_recording(100))
    assert fitted.events["onset_s"].tolist() == [35.0]
    assert "events_outside" in codes(issues)


def test_epochs_of_20_s_keep_their_length() -> None:
    fitted, _ = lay_on(make_scoring("W12", epoch_s=20), make_recording(85))
    assert (fitted.epoch_s, fitted.n_epochs) == (20.0, 4)


def test_a_recording_without_a_clock_takes_the_scorings_zero() -> None:
    fitted, issues = lay_on(
        at(make_scoring("W1"), START), make_recording(60, start=None)
    )
    assert fitted.start is None
    assert codes(issues) == ["recording_without_clock"]


def test_what_reading_found_stays_with_the_issues() -> None:
    fitted, issues = lay_on(make_scoring("W1??"), make_recording(120))
    again, _ = lay_on(replace(fitted, issues=issues), make_recording(120))
    assert again.issues == ()


def test_lights_as_clock_times_across_midnight() -> None:
    recording = make_recording(9 * 3600)
    scoring, _ = mark_lights(
        make_scoring("W" * 1080, lights=False),
        recording,
        lights_off="22:47",
        lights_on="06:58:30",
    )
    assert (scoring.lights_off_s, scoring.lights_on_s) == (2820.0, 32310.0)


def test_lights_as_seconds_after_the_start() -> None:
    scoring, _ = mark_lights(
        make_scoring("W123", lights=False), make_recording(120), lights_off="30s"
    )
    assert (scoring.lights_off_s, scoring.lights_on_s) == (30.0, None)


def test_the_whole_recording_as_time_in_bed() -> None:
    scoring, _ = mark_lights(
        make_scoring("W123", lights=False), make_recording(121), whole_recording=True
    )
    assert (scoring.lights_off_s, scoring.lights_on_s) == (0.0, 121.0)


def test_a_minute_that_holds_the_start_means_the_start() -> None:
    start = dt.datetime(2020, 3, 1, 22, 0, 40)
    scoring, _ = mark_lights(
        make_scoring("W1", lights=False),
        make_recording(600, start=start),
        lights_off="22:00",
    )
    assert scoring.lights_off_s == 0.0


@pytest.mark.parametrize(
    ("off", "on", "said"),
    [
        ("21:00", None, "lies outside the"),
        ("22:10", "22:05", "not after"),
        ("25:00", None, "is not a valid time"),
        ("soon", None, "is not a valid time"),
        ("99999s", None, "lies outside the"),
    ],
)
def test_lights_that_cannot_be_are_refused(off: str, on: str | None, said: str) -> None:
    with pytest.raises(InputError, match=said):
        mark_lights(
            make_scoring("W123", lights=False),
            make_recording(3600),
            lights_off=off,
            lights_on=on,
        )


def test_a_clock_time_needs_a_recording_with_a_clock() -> None:
    with pytest.raises(InputError, match="no start time"):
        mark_lights(
            make_scoring("W1"), make_recording(60, start=None), lights_off="22:00"
        )


def test_the_calls_lights_replace_the_scorings_and_that_is_noted() -> None:
    scoring, issues = mark_lights(
        make_scoring("W123"), make_recording(120), lights_off="60s"
    )
    assert scoring.lights_off_s == 60.0
    assert codes(issues) == ["lights_replaced"]


def test_on_48_hours_lights_apply_to_the_first_evening_and_others_are_offered() -> None:
    """From 20:00 for 48 h: 22:47 comes after 2.78 h (10020 s) and a day later."""
    scoring, issues = mark_lights(
        make_scoring("W" * 5760, lights=False),
        make_recording(48 * 3600, start=dt.datetime(1985, 1, 1, 20, 0)),
        lights_off="22:47",
        lights_on="06:58",
    )
    assert (scoring.lights_off_s, scoring.lights_on_s) == (10020.0, 39480.0)
    (issue,) = issues
    assert "first evening" in issue.message
    assert issue.remedy == (
        "For a later evening: --lights-off 96420s --lights-on 125880s."
    )


def test_the_advice_to_give_lights_goes_once_they_are_given() -> None:
    advice = Issue(Severity.WARNING, "longer_than_a_day", "It lasts 48 h.")
    other = Issue(Severity.WARNING, "gaps", "A gap.")
    dark = make_scoring("W" * 10, lights=False)
    assert without_settled((advice, other), dark) == (advice, other)
    assert without_settled((advice, other), make_scoring("W" * 10)) == (other,)
