"""The script that fits the arousal rules to a laboratory's own scorers."""

import csv
import importlib
import sys
from pathlib import Path
from types import ModuleType

import pandas as pd
import pytest

import psgkit
from psgkit.errors import InputError
from psgkit.settings import load_settings
from psgkit.simulate import simulate_night

ROOT = Path(__file__).parents[3]
STAGES = ["W"] + ["N1"] * 3 + ["N2"] * 24 + ["N3"] * 10 + ["N2"] * 4 + ["R"] * 14


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    monkeypatch.syspath_prepend(ROOT / "scripts")
    return importlib.import_module("calibrate_arousals")


def rows(*nights: tuple[str, float, float, float, float]) -> pd.DataFrame:
    """Make rows of subject, threshold, F1, index and the expert's index."""
    names = ["subject", "seed", "f1", "index", "expert_index"]
    table = pd.DataFrame(nights, columns=names)
    return table.assign(precision=table["f1"], recall=table["f1"], kappa=table["f1"])


def test_subjects_weigh_the_same_however_many_nights_they_have(script) -> None:
    # means over subjects: 2.0 gives (0.9 + 0.3) / 2, 3.0 gives (0.7 + 0.6) / 2
    table = rows(
        *[("a", 2.0, 0.9, 10, 10)] * 5,
        ("b", 2.0, 0.3, 10, 10),
        *[("a", 3.0, 0.7, 10, 10)] * 5,
        ("b", 3.0, 0.6, 10, 10),
    )
    seed, scores = script.choose(table)
    assert seed == 3.0
    assert scores.to_dict() == pytest.approx({2.0: 0.6, 3.0: 0.65})


def test_of_equals_the_nearest_to_the_default_is_taken(script) -> None:
    table = rows(*[("a", seed, 0.8, 1, 1) for seed in (1.8, 2.6, 3.4)])
    assert script.choose(table)[0] == 2.6


def test_the_subjects_set_aside_are_some_and_not_all(script) -> None:
    for share in (0.0, 0.3, 1.0):
        aside = script.split("aabbcc", share, 1)
        assert 0 < len(aside) < 3
        assert aside == script.split("cba", share, 1)
    with pytest.raises(InputError, match="two subjects"):
        script.split("aaa", 0.3, 1)


def test_the_evidence_tells_agreement_and_how_far_the_index_is_off(script) -> None:
    table = rows(("a", 2.5, 0.8, 14, 12), ("b", 2.5, 0.6, 9, 8))
    verdict = script.judge(table, 2.5, "4 nights of 4 subjects")
    assert "On 2 nights of 2 subjects set aside: F1 0.70" in verdict.evidence
    assert "index +1.5 an hour to the experts' 10.0" in verdict.evidence
    assert verdict.shortcomings == ()


def test_poor_agreement_is_written_down_and_is_no_calibration(
    script, tmp_path: Path
) -> None:
    table = rows(("a", 2.5, 0.55, 14, 12), ("b", 2.5, 0.45, 9, 8))
    verdict = script.judge(table, 2.5, "4 nights of 4 subjects")
    file = tmp_path / "lab.toml"
    file.write_text(script.settings_text(3.1, verdict), encoding="utf-8")
    settings = load_settings(file).arousals
    assert (settings.seed, settings.calibration) == (3.1, "")
    assert "F1 0.50, which is not 0.60 or more" in file.read_text(encoding="utf-8")


@pytest.mark.slow
def test_scored_nights_make_a_file_that_makes_the_index_calibrated(
    script, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nights = tmp_path / "nights.csv"
    with nights.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["edf", "scoring", "subject"])
        for number in range(3):
            night = simulate_night(
                hypnogram=STAGES,
                seed=700 + number,
                montage="minimal",
                rate_hz=128,
                arousals_per_h=25,
            )
            night.write(tmp_path / f"night{number}.edf")
            psgkit.export_scoring(
                night.truth.scoring, tmp_path / f"expert{number}.edf", "edf+"
            )
            table.writerow(
                [f"night{number}.edf", f"expert{number}.edf", f"subject{number}"]
            )
    lab = tmp_path / "lab.toml"
    given = ["calibrate", str(nights), "--out", str(lab), "--step", "1.1"]
    monkeypatch.setattr(sys, "argv", given)
    assert script.main() == 0
    settings = load_settings(lab)
    assert settings.arousals.seed in {1.8, 2.9, 4.0}
    assert "2 nights of 2 subjects" in settings.arousals.calibration
    assert "subject0" not in lab.read_text(encoding="utf-8")
    night = psgkit.analyse(
        tmp_path / "night0.edf",
        scoring=tmp_path / "night0_hypnogram.csv",
        settings=settings,
    )
    assert night.measures["ar_calibrated"] == 1.0
    assert night.provenance.arousal_source == "arousal_rule_v1"
