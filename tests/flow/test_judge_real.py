"""The bench that holds psgkit against experts, on small trees of simulated nights."""

import csv
import importlib
import json
from pathlib import Path
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from truth_trees import (
    STAGES,
    make_night,
    write_dod,
    write_dreams,
    write_physionet2018,
    write_shhs,
)

import psgkit
from psgkit.domain.scoring import Scoring
from psgkit.errors import InputError
from psgkit.report.review.page import FORMAT, FORMAT_VERSION, scoring_content
from psgkit.settings import load_settings
from psgkit.simulate import SimulatedNight, simulate_night

ROOT = Path(__file__).parents[2]
QUICK = ["--stagers", "yasa-fast", "--detectors", "rules"]


@pytest.fixture(scope="module", autouse=True)
def _scripts() -> object:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(ROOT / "scripts")
        yield


@pytest.fixture(scope="module")
def night() -> SimulatedNight:
    return make_night()


def script(name: str) -> ModuleType:
    return importlib.import_module(name)


def judged(folder: Path, layout: str, *more: str) -> tuple[int, Path]:
    out = folder.parent / f"{layout}_judged"
    given = [str(folder), "--layout", layout, "--out", str(out), *QUICK, *more]
    return script("judge_real").main(given), out


# Layouts ----------------------------------------------------------------------------
def test_a_tree_shaped_as_dreams_gives_stages_and_spindles(
    tmp_path: Path, night: SimulatedNight, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "DatabaseSpindles"
    folder.mkdir()
    write_dreams(folder, night)
    status, out = judged(folder, "dreams")
    printed = capsys.readouterr().out
    assert status == 0
    page = (out / "judged.html").read_text(encoding="utf-8")
    assert "yasa-fast agrees with the experts" in page
    # The second expert marks every other spindle of the first: precision 1, recall
    # n / 2n, so F1 is 2/3.
    row = next(r for r in page.split("<tr>") if "expert against expert" in r)
    assert "<td>0.67</td>" in row
    spindles = page[page.index("<h2>Spindles</h2>") :]
    for detector in ("yasa-fast", "yasa", "a7"):
        assert f">{detector}</td>" in spindles
    # DREAMS' spindle excerpts hold no arousals: no number, and the reason.
    assert "<h2>Arousals</h2>" not in page
    assert "arousals were not scored" in printed


@pytest.mark.slow
def test_a_tree_shaped_as_shhs_gives_arousals(
    tmp_path: Path, night: SimulatedNight
) -> None:
    folder = tmp_path / "polysomnography"
    write_shhs(folder, night, 200001)
    status, out = judged(folder, "shhs")
    assert status == 0
    rows = pd.read_csv(out / "arousal_nights.csv")
    assert rows["night"].unique().tolist() == ["shhs1-200001"]
    assert rows["subject"].unique().tolist() == [200001]
    assert set(rows["detector"]) == {"rules", "psgkit, own stages"}


def test_the_rules_and_every_network_stand_side_by_side() -> None:
    assert list(script("judge_real_parts.detectors").detectors())[:4] == [
        "unet_v2_bands",
        "rules",
        "unet_v2",
        "unet_v1",
    ]


def test_a_wfdb_record_is_the_night_that_was_written(
    tmp_path: Path, night: SimulatedNight
) -> None:
    pytest.importorskip("wfdb")
    write_physionet2018(tmp_path, night)
    found = read_one(tmp_path, "physionet2018")
    assert [c.role.value for c in found.recording.channels] == [
        c.role.value for c in night.recording.channels
    ]
    own, theirs = (
        r.signal(r.channel("C4_M1")) for r in (found.recording, night.recording)
    )
    assert np.abs(own - theirs).max() < 0.1  # µV: 16 bits over the range
    assert found.expert.stages.tolist() == night.truth.scoring.stages.tolist()
    onsets = found.expert.arousals["onset_s"].to_numpy()
    assert onsets == pytest.approx(
        night.truth.scoring.arousals["onset_s"].to_numpy(), abs=0.01
    )


@pytest.mark.slow
def test_dods_hdf5_has_five_experts_codes(
    tmp_path: Path, night: SimulatedNight
) -> None:
    write_dod(tmp_path, night)
    found = read_one(tmp_path, "dod")
    assert len(found.experts) == 2
    assert found.expert.stages.tolist() == night.truth.scoring.stages.tolist()
    assert (found.experts[1].stages == 3).sum() == 0
    own, theirs = (
        r.signal(r.channel("EMG_CHIN")) for r in (found.recording, night.recording)
    )
    assert own == pytest.approx(theirs, abs=1e-3)


@pytest.mark.parametrize(
    ("layout", "files", "scorings"),
    [
        ("hmc", ["SN001.edf", "SN001_sleepscoring.edf"], ["SN001_sleepscoring.edf"]),
        (
            "psg-ipa",
            [
                "EEG_arousals/PSG/SN1_EEGarousals.edf",
                *(
                    "EEG_arousals/Annotations/manual/"
                    f"SN1_EEGarousals_manual_scorer{number}.edf"
                    for number in (10, 2, 1)
                ),
            ],
            [f"SN1_EEGarousals_manual_scorer{number}.edf" for number in (1, 2, 10)],
        ),
        (
            "mesa",
            [
                "polysomnography/edfs/mesa-sleep-0001.edf",
                "polysomnography/annotations-events-nsrr/mesa-sleep-0001-nsrr.xml",
            ],
            ["mesa-sleep-0001-nsrr.xml"],
        ),
    ],
)
def test_scorings_stand_where_a_set_has_them(
    tmp_path: Path, layout: str, files: list[str], scorings: list[str]
) -> None:
    for name in files:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    (found,) = script("judge_real_parts.layouts").find_nights(tmp_path, layout)
    assert [path.name for path in found.scorings] == scorings


def test_a_folder_of_another_layout_is_refused_with_what_is_looked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status, _ = judged(tmp_path, "dreams")
    assert status == 2
    assert "Hypnogram_excerpt1.txt" in capsys.readouterr().err


def read_one(folder: Path, layout: str):
    files = script("judge_real_parts.layouts").find_nights(folder, layout)
    nights = script("judge_real_parts.nights")
    return nights.read_night(files[0], psgkit.settings.Settings())


# Matching ---------------------------------------------------------------------------
def test_events_match_one_to_one_where_a_fifth_of_the_union_is_shared() -> None:
    match = script("judge_real_parts.matching").match
    # 10 s against 10 s that begin 6 s later share 4 of 16 s, a quarter; 7 s later,
    # 3 of 17 s, which is under a fifth.
    truth = np.array([[0.0, 10.0], [100.0, 110.0]])
    found = np.array([[6.0, 16.0], [107.0, 117.0]])
    hit, caught = match(found, truth)
    assert hit.tolist() == [True, False]
    assert caught.tolist() == [True, False]
    # Of two that overlap one event, one counts.
    twice = np.array([[0.0, 5.0], [5.0, 10.0]])
    hit, caught = match(twice, truth[:1])
    assert hit.sum() == 1
    assert caught.tolist() == [True]


# Calibration ------------------------------------------------------------------------
@pytest.fixture
def calibration() -> ModuleType:
    return script("judge_real_parts.calibration")


def rows(*nights: tuple[str, float, float, float, float]) -> pd.DataFrame:
    """Make rows of subject, threshold, F1, index and the expert's index."""
    names = ["subject", "seed", "f1", "index", "expert_index"]
    table = pd.DataFrame(nights, columns=names)
    return table.assign(precision=table["f1"], recall=table["f1"], kappa=table["f1"])


def test_subjects_weigh_the_same_however_many_nights_they_have(calibration) -> None:
    # means over subjects: 2.0 gives (0.9 + 0.3) / 2, 3.0 gives (0.7 + 0.6) / 2
    table = rows(
        *[("a", 2.0, 0.9, 10, 10)] * 5,
        ("b", 2.0, 0.3, 10, 10),
        *[("a", 3.0, 0.7, 10, 10)] * 5,
        ("b", 3.0, 0.6, 10, 10),
    )
    seed, scores = calibration.choose(table)
    assert seed == 3.0
    assert scores.to_dict() == pytest.approx({2.0: 0.6, 3.0: 0.65})


def test_of_equals_the_nearest_to_the_default_is_taken(calibration) -> None:
    table = rows(*[("a", seed, 0.8, 1, 1) for seed in (1.8, 2.6, 3.4)])
    assert calibration.choose(table)[0] == 2.6


def test_the_subjects_set_aside_are_some_and_not_all(calibration) -> None:
    for share in (0.0, 0.3, 1.0):
        aside = calibration.split("aabbcc", share, 1)
        assert 0 < len(aside) < 3
        assert aside == calibration.split("cba", share, 1)
    with pytest.raises(InputError, match="two subjects"):
        calibration.split("aaa", 0.3, 1)


def test_the_evidence_tells_agreement_and_how_far_the_index_is_off(calibration) -> None:
    table = rows(("a", 2.5, 0.8, 14, 12), ("b", 2.5, 0.6, 9, 8))
    verdict = calibration.judge(table, 2.5, "4 nights of 4 subjects")
    assert "On 2 nights of 2 subjects set aside: F1 0.70" in verdict.evidence
    assert "index +1.5 an hour to the experts' 10.0" in verdict.evidence
    assert verdict.shortcomings == ()


def test_poor_agreement_is_written_down_and_is_no_calibration(
    calibration, tmp_path: Path
) -> None:
    table = rows(("a", 2.5, 0.55, 14, 12), ("b", 2.5, 0.45, 9, 8))
    verdict = calibration.judge(table, 2.5, "4 nights of 4 subjects")
    file = tmp_path / "lab.toml"
    file.write_text(calibration.settings_text(3.1, verdict), encoding="utf-8")
    settings = load_settings(file).arousals
    assert (settings.seed, settings.calibration) == (3.1, "")
    assert "F1 0.50, which is not 0.60 or more" in file.read_text(encoding="utf-8")


def write_corrected(path: Path, scoring: Scoring) -> None:
    """Write what the page for corrections saves where a person changed nothing."""
    content = scoring_content(scoring)
    head = {"format": FORMAT, "format_version": FORMAT_VERSION, "start": None}
    saved = {**head, **content, "proba": None, "original": content}
    path.write_text(json.dumps(saved), encoding="utf-8")


@pytest.mark.slow
def test_a_folder_of_corrected_nights_calibrates(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    for number in range(3):
        made = simulate_night(
            hypnogram=STAGES,
            seed=700 + number,
            montage="minimal",
            rate_hz=128,
            arousals_per_h=25,
        )
        made.write(folder / f"night{number}.edf")
        write_corrected(folder / f"night{number}_corrected.json", made.truth.scoring)
    status, out = judged(folder, "lab", "--step", "1.1")
    assert status == 0
    settings = load_settings(out / "arousals.toml")
    assert "2 nights of 2 subjects" in settings.arousals.calibration
    rows = pd.read_csv(out / "arousal_nights.csv")
    assert rows["night"].unique().tolist() == ["night0", "night1", "night2"]


@pytest.mark.slow
def test_one_command_tells_a_lab_and_calibrates(tmp_path: Path) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    manifest = folder / "nights.csv"
    with manifest.open("w", newline="") as file:
        table = csv.writer(file)
        table.writerow(["edf", "scoring", "subject"])
        for number in range(3):
            made = simulate_night(
                hypnogram=STAGES,
                seed=700 + number,
                montage="minimal",
                rate_hz=128,
                arousals_per_h=25,
            )
            made.write(folder / f"night{number}.edf")
            psgkit.export_scoring(
                made.truth.scoring, folder / f"expert{number}.edf", "edf+"
            )
            table.writerow(
                [f"night{number}.edf", f"expert{number}.edf", f"subject{number}"]
            )
    status, out = judged(manifest, "lab", "--step", "1.1")
    assert status == 0
    settings = load_settings(out / "arousals.toml")
    assert settings.arousals.seed in {1.8, 2.5, 2.9, 4.0}
    assert "2 nights of 2 subjects" in settings.arousals.calibration
    assert "subject0" not in (out / "arousals.toml").read_text(encoding="utf-8")
    assert "Calibration of the arousal rules" in (out / "judged.html").read_text()
    night = psgkit.analyse(
        folder / "night0.edf",
        scoring=folder / "night0_hypnogram.csv",
        settings=settings,
    )
    assert night.measures["ar_calibrated"] == 1.0
    assert night.provenance.arousal_source == "arousal_rule_v1"
