"""The sample recording is what its recipe makes."""

import hashlib
import importlib.util
import json
from pathlib import Path

import edfio
import numpy as np
import pandas as pd
import pytest

ROOT = Path(__file__).parents[3]
SAMPLE = ROOT / "sample_data"
NIGHTS = ("night", "nap")


@pytest.fixture(scope="module")
def remade(tmp_path_factory):
    path = ROOT / "scripts" / "make_sample_data.py"
    spec = importlib.util.spec_from_file_location("make_sample_data", path)
    recipe = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(recipe)
    folder = tmp_path_factory.mktemp("sample")
    recipe.make(folder)
    return folder


def test_the_files_are_those_that_were_summed():
    lines = (SAMPLE / "SHA256SUMS").read_text().splitlines()
    for line in lines:
        digest, name = line.split("  ")
        assert hashlib.sha256((SAMPLE / name).read_bytes()).hexdigest() == digest
    assert {line.split("  ")[1] for line in lines} == {
        f"{night}{rest}"
        for night in NIGHTS
        for rest in (".edf", "_events.csv", "_hypnogram.csv", "_truth.json")
    }


@pytest.mark.slow
@pytest.mark.parametrize("night", NIGHTS)
def test_the_recipe_makes_the_recording_within_one_digital_step(remade, night):
    # Byte for byte on one platform; elsewhere sine and Fourier transforms may round
    # another way.
    old, new = (edfio.read_edf(folder / f"{night}.edf") for folder in (SAMPLE, remade))
    assert old.labels == new.labels
    for one, other in zip(old.signals, new.signals, strict=True):
        assert one.physical_range == other.physical_range
        steps = one.digital.astype(int) - other.digital.astype(int)
        assert np.abs(steps).max() <= 1


@pytest.mark.slow
@pytest.mark.parametrize("night", NIGHTS)
def test_the_recipe_makes_the_truth(remade, night):
    for name in (f"{night}_events.csv", f"{night}_hypnogram.csv"):
        old, new = (pd.read_csv(folder / name) for folder in (SAMPLE, remade))
        pd.testing.assert_frame_equal(old, new, atol=0.002)
    old, new = (
        json.loads((f / f"{night}_truth.json").read_text()) for f in (SAMPLE, remade)
    )
    assert old["options"] == new["options"]


def test_the_night_is_small_and_long_enough_for_every_answer():
    assert (SAMPLE / "night.edf").stat().st_size <= 16_000_000
    stages = pd.read_csv(SAMPLE / "night_hypnogram.csv")["stage"]
    asleep = stages.isin(["N1", "N2", "N3", "R"]).sum() / 2
    assert asleep >= 180
    assert (stages == "R").sum() / 2 >= 12
    events = pd.read_csv(SAMPLE / "night_events.csv")["kind"]
    assert {"arousal", "hypopnea", "apnea_obstructive", "desaturation"} <= set(events)


def test_the_nap_is_small_and_holds_n3_rem_and_arousals():
    assert (SAMPLE / "nap.edf").stat().st_size <= 6_000_000
    stages = pd.read_csv(SAMPLE / "nap_hypnogram.csv")["stage"]
    assert len(stages) == 180
    assert set(stages) == {"W", "N1", "N2", "N3", "R"}
    events = pd.read_csv(SAMPLE / "nap_events.csv")
    assert (events["kind"] == "arousal").sum() >= 10


@pytest.mark.slow
@pytest.mark.parametrize("night", NIGHTS)
def test_yasa_stages_the_sample_as_intended(night):
    mne = pytest.importorskip("mne")
    yasa = pytest.importorskip("yasa")
    metrics = pytest.importorskip("sklearn.metrics")
    raw = mne.io.read_raw_edf(SAMPLE / f"{night}.edf", preload=True, verbose="error")
    staging = yasa.SleepStaging(
        raw, eeg_name="C4-M1", eog_name="E1-M2", emg_name="Chin1-Chin2"
    )
    names = {"WAKE": "W", "REM": "R"}
    guess = [names.get(name, name) for name in staging.predict().hypno]
    truth = pd.read_csv(SAMPLE / f"{night}_hypnogram.csv")["stage"]
    # Experts among themselves: 0.76 (Lee et al. 2022).
    assert metrics.cohen_kappa_score(truth, guess) > 0.76
