"""Names of events in their lists."""

import math

import pytest

from psgkit.errors import InputError
from psgkit.read.scorings.listed import EventMark
from psgkit.read.scorings.scored_events import check_names, read_events


def labels_of(*marks: EventMark, names: dict[str, str] | None = None) -> list[str]:
    rows, _ = read_events(marks, names or {})
    return [label for _, _, label, _ in rows]


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Spontaneous", "arousal:spontaneous"),
        ("Respiratory Event", "arousal:respiratory"),
        ("RERA", "arousal:respiratory"),
        ("PLM", "arousal:limb"),
        ("Xyzzy", "arousal:unknown"),
        ("Typ B", "arousal:unknown"),
        ("Device pressure", "arousal:unknown"),
        ("Artefact", "artefact"),
        ("no arousal", "note"),
    ],
)
def test_in_a_list_of_arousals_every_name_is_an_arousals(name: str, label: str) -> None:
    assert labels_of(EventMark(5.0, 4.0, name, "arousal")) == [label]


def test_an_unknown_name_counts_by_its_list() -> None:
    listed = {
        "mixed": "other",
        "respiratory": "respiratory_event",
        "desaturation": "desaturation",
        "limb_movement": "limb_movement",
    }
    for name, label in listed.items():
        mark = EventMark(5.0, 4.0, "Xyzzy", name)  # type: ignore[arg-type]
        assert labels_of(mark) == [label]


def test_unknown_names_are_counted_with_their_list_and_a_remedy() -> None:
    marks = [EventMark(float(at), 4.0, "Xyzzy", "arousal") for at in (50, 90)]
    _, issues = read_events(marks, {})
    (issue,) = issues
    assert "2 events of the list of arousals" in issue.message
    assert "the first at 0:00:50 after the start" in issue.message
    assert '"Their words" = "arousal:respiratory"' in issue.remedy


def test_the_callers_word_settles_a_name() -> None:
    names = {"type-b!": "arousal:limb"}
    mark = EventMark(5.0, 4.0, "Type B")
    assert labels_of(mark, names=names) == ["arousal:limb"]
    assert read_events([mark], names)[1] == []


def test_a_meaning_that_there_is_not_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'arousal'"):
        check_names({"a": "arousl"})
    with pytest.raises(InputError, match="causes: respiratory, limb"):
        check_names({"a": "arousal:leg"})


def test_an_event_with_arousal_brings_one_unless_one_was_scored() -> None:
    marks = [
        EventMark(100.0, 20.0, "Hypopnea with arousal"),
        EventMark(200.0, 20.0, "Hypopnea with arousal"),
        EventMark(225.0, 4.0, "Arousal"),  # 5 s after the end
        EventMark(300.0, 20.0, "Hypopnea with arousal"),
        EventMark(325.1, 4.0, "Arousal"),  # 5.1 s after
        EventMark(400.0, math.nan, "left leg w/ arousal"),
        EventMark(400.5, math.nan, "right leg w/ arousal"),
    ]
    rows, issues = read_events(marks, {})
    arousals = [(row[0], row[2]) for row in rows if row[2].startswith("arousal")]
    assert sorted(arousals) == [
        (120.0, "arousal:respiratory"),
        (225.0, "arousal"),
        (320.0, "arousal:respiratory"),
        (325.1, "arousal"),
        (400.0, "arousal:limb"),
    ]
    assert sum(row[2] == "hypopnea" for row in rows) == 3
    assert [issue.code for issue in issues] == ["arousals_of_other_events"]


def test_the_rule_of_hypopnoeas_is_told_where_their_names_say_it():
    names = ["Hypopnea 4%", "Hypopnea 4%", "Hypopnea (rule 1A)", "Hypopnea", "Apnea 3%"]
    marks = [EventMark(100.0 * i, 20.0, name) for i, name in enumerate(names)]
    _, issues = read_events(marks, {})
    (issue,) = [issue for issue in issues if issue.code == "hypopnea_rule"]
    assert "(4 %: 2, rule 1A: 1; without a rule: 1)" in issue.message
    _, issues = read_events([EventMark(1.0, 20.0, "Hypopnea")], {})
    assert issues == []
