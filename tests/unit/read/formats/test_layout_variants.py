"""Layouts that differ in a word, a delimiter or a column from the ones that are known.

Each file is written here from the same night, whose stages are the expected value.
"""

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from psgkit.errors import UnreadableScoring
from psgkit.measure import measure_scoring
from psgkit.read import read_scoring

RUNS = (
    ("W", 20), ("N1", 6), ("N2", 60), ("N3", 80), ("N2", 20), ("R", 30), ("W", 4),
    ("N1", 4), ("N2", 100), ("N3", 40), ("R", 50), ("N1", 3), ("W", 6), ("N2", 90),
    ("R", 60), ("W", 16),
)  # fmt: skip
NIGHT = [stage for stage, count in RUNS for _ in range(count)]
BEGIN = dt.datetime(2024, 5, 31, 22, 13)


def runs() -> Iterator[tuple[int, int, str]]:
    """Yield onset, length and stage of the runs, in seconds."""
    onset_s = 0
    for stage, count in RUNS:
        yield onset_s, count * 30, stage
        onset_s += count * 30


def clock(seconds: int, form: str = "%H:%M:%S") -> str:
    """Return a clock time of the night."""
    return (BEGIN + dt.timedelta(seconds=seconds)).strftime(form)


def table(header: str, row: str) -> str:
    """Return a table of the runs; a row is a format of on, length, end and stage."""
    lines = [
        row.format(on=on, length=length, end=on + length, stage=stage, h=on / 3600)
        for on, length, stage in runs()
    ]
    return "\n".join([header, *lines]) + "\n"


def per_epoch(row: str) -> str:
    """Return one row per epoch; a format of number, h (hours) and stage."""
    return "\n".join(
        row.format(number=number, h=number * 30 / 3600, stage=stage)
        for number, stage in enumerate(NIGHT)
    )


WORDS = {
    "german": ("Schlafstadium W", "Schlafstadium {}", "Schlafstadium R"),
    "spanish": ("Fase W", "Fase {}", "Fase REM"),
    "french": ("Éveil calme", "Stade {}", "Stade R"),
    "italian": ("Stadio W", "Stadio {}", "Stadio R"),
}
READ = {
    "an unknown name of the length": table("inicio;oldugu;fase", "{on};{length};{stage}"),
    "an unknown name of the end": table("onset,zz,stage", "{on},{end},{stage}"),
    "a length as a clock time": table("onset,duration,stage", "{on},{length}s,{stage}"),
    "hours of few decimals": "time_h,stage\n" + per_epoch("{h:.6f},{stage}"),
    "a table of markdown": table(
        "| onset | duration | stage |\n|---|:--|--:|", "| {on} | {length} | {stage} |"
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", READ)
def test_a_variant_reads_as_the_night(tmp_path: Path, name: str) -> None:
    path = tmp_path / "night.csv"
    path.write_text(READ[name])
    scoring = read_scoring(path)
    assert scoring.stage_names == NIGHT
    assert scoring.epoch_s == 30


@pytest.mark.parametrize("language", WORDS)
def test_a_word_for_stage_before_a_letter(tmp_path: Path, language: str) -> None:
    wake, nrem, rem = WORDS[language]
    known = {"W": wake, "R": rem}
    path = tmp_path / "night.txt"
    path.write_text(
        "onset,duration,stage\n"
        + "".join(
            f"{on},{length},{known.get(stage, nrem.format(stage))}\n"
            for on, length, stage in runs()
        )
    )
    assert read_scoring(path).stage_names == NIGHT


def test_seconds_before_a_length_are_no_epoch_numbers(tmp_path: Path) -> None:
    """``600,00:03:00,N1`` is an onset and a length, not an epoch at three past."""
    path = tmp_path / "night.csv"
    rows = [
        f"{on},{length // 3600:02d}:{length // 60 % 60:02d}:{length % 60:02d},{stage}"
        for on, length, stage in runs()
    ]
    path.write_text("\n".join(["onset,duration,stage", *rows]))
    assert read_scoring(path).stage_names == NIGHT


def test_starts_and_ends_by_the_clock_with_events_between(tmp_path: Path) -> None:
    path = tmp_path / "night.csv"
    rows = [(on, on + length, stage) for on, length, stage in runs()]
    rows += [(3000, 3008, "Arousal"), (5000, 5020, "Central Apnea")]
    path.write_text(
        "Start Time;End Time;Event\n"
        + "".join(f"{clock(a)};{clock(b)};{word}\n" for a, b, word in sorted(rows))
    )
    scoring = read_scoring(path)
    assert scoring.stage_names == NIGHT
    assert list(scoring.events["kind"]) == ["arousal", "apnea_central"]


def test_polyman_between_tabs(tmp_path: Path) -> None:
    path = tmp_path / "night.txt"
    path.write_text(
        "".join(
            f"{clock(on, '%d-%b-%Y')}\t{clock(on)}\t{on}\t{length}\tSleep stage {stage}\n"
            for on, length, stage in runs()
        )
    )
    assert read_scoring(path).stage_names == NIGHT


@pytest.mark.parametrize("delimiter", ["\t", ",", ";"])
def test_remlogic_with_fractions_and_other_delimiters(
    tmp_path: Path, delimiter: str
) -> None:
    path = tmp_path / "night.txt"
    names = {"W": "S0", "N1": "S1", "N2": "S2", "N3": "S3", "R": "REM"}
    rows = [(on, length, f"SLEEP-{names[stage]}") for on, length, stage in runs()]
    rows.append((3000, 6, "AROUSAL-PLM"))
    head = ["Time [hh:mm:ss.xxx]", "Event", "Duration [s]"]
    lines = [
        [clock(on, "%Y-%m-%dT%H:%M:%S.000"), name, str(length)]
        for on, length, name in sorted(rows)
    ]
    path.write_text(
        "RemLogic Event Export\nPatient:\tx\n\n"
        + "\n".join(delimiter.join(cells) for cells in [head, *lines])
    )
    scoring = read_scoring(path)
    assert scoring.stage_names == NIGHT
    assert list(scoring.events["cause"]) == ["limb"]


@pytest.mark.parametrize("column", ["n_epochs", "how_long"])
def test_runs_without_an_onset_are_refused(tmp_path: Path, column: str) -> None:
    """Sixteen rows, none like the one before, are no night of 8 min."""
    path = tmp_path / "night.csv"
    path.write_text(table(f"stage,{column}", "{stage},{length}"))
    with pytest.raises(UnreadableScoring, match=f"column {column} may be their length"):
        read_scoring(path)
    scoring = read_scoring(path, column={"stage": "stage", "duration": column})
    assert scoring.stage_names == NIGHT


def test_epoch_numbers_of_changes(tmp_path: Path) -> None:
    """A row for each change of stage lasts until the next; the last is one epoch."""
    path = tmp_path / "night.csv"
    rows = [f"{on // 30 + 1},{stage}" for on, _, stage in runs()]
    path.write_text("\n".join(["epoch,stage", *rows]))
    scoring = read_scoring(path)
    assert scoring.stage_names == NIGHT[:-15]
    assert "stages_until_next" in {issue.code for issue in scoring.issues}


def domino(folder: Path, signal: str, names: list[str]) -> pd.Series:
    """Write a profile and a list of events beside it; return what is measured."""
    head = "Start Time: 31.05.2024 22:13:00\nUnit: s\nSignal Type: Impuls\n"
    profile = "".join(
        f"{clock(number * 30)},000; {stage}\n" for number, stage in enumerate(NIGHT)
    )
    (folder / "profile.txt").write_text(
        f"Signal ID: SchlafProfil\\profil\n{head}Rate: 30 s\n\n{profile}"
    )
    events = "".join(
        f"{clock(at)},000-{clock(at + 12)},000; 12;{name}; N2\n"
        for at, name in enumerate(names, start=3000)
        for at in [3000 + (at - 3000) * 60]
    )
    (folder / "list.txt").write_text(f"Signal ID: {signal}\n{head}\n{events}")
    return measure_scoring(read_scoring(folder / "profile.txt"))


def test_every_apnoea_of_dominos_list_counts(tmp_path: Path) -> None:
    names = [
        "Central Apnea", "Obstructive Apnea", "Mixed Apnea", "Hypopnea",
        "Zentrale Apnoe", "Obstruktive Apnoe", "Gemischte Apnoe", "Hypopnoe",
    ]  # fmt: skip
    found = domino(tmp_path, "FlowD\\flow", names)
    assert found["ahi_per_h"] == pytest.approx(8 / (found["tst_min"] / 60))


def test_autonomic_arousals_alone_are_no_index_of_zero(tmp_path: Path) -> None:
    found = domino(tmp_path, "Arousals", ["Arousal (Autonom)"] * 12)
    assert np.isnan(found["ari_per_h"])


def test_seconds_since_1970_are_said_to_be_so(tmp_path: Path):
    path = tmp_path / "night.csv"
    rows = [f"{1_700_000_000 + 30 * n},30,N2" for n in range(20)]
    path.write_text("\n".join(["onset,duration,stage", *rows]))

    scoring = read_scoring(path)

    assert scoring.n_epochs == 20
    assert "times_since_1970" in {issue.code for issue in scoring.issues}
