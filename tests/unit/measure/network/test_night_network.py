"""The network of one night: which channels, which epochs, and which columns."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from signal_makers import make_timeline

from psgkit import Settings, analyse, simulate_night
from psgkit.cohort.statistics.comparable_nights import mixed
from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Stage
from psgkit.measure.network import night_network
from psgkit.measure.network.night_network import clean_bouts, measure_network

STAGES = "2" * 22 + "3" * 3
SITES = ("F3", "F4", "C3", "C4", "O1", "O2")


def make_recording(sites: tuple[str, ...], reference: str = "M2") -> Recording:
    rng = np.random.default_rng(4)
    size = 80 * 30 * len(STAGES)
    source = ArraySource(
        tuple(20 * rng.standard_normal(size) for _ in sites), (80.0,) * len(sites)
    )
    channels = tuple(
        Channel(Role.eeg(site, reference), site, index, 80.0)
        for index, site in enumerate(sites)
    )
    return Recording("night", None, size / 80.0, channels, source)


def no_artefacts(_channel: Channel, values: np.ndarray) -> np.ndarray:
    return np.zeros(int(len(values) / 80 / 5), dtype=bool)


@pytest.fixture(autouse=True)
def _few_surrogates(monkeypatch):
    whole = night_network.rearrangement
    monkeypatch.setattr(
        night_network,
        "rearrangement",
        lambda bouts, rate_hz: whole(bouts, rate_hz, n_surrogates=5),
    )


def test_each_band_and_stage_has_a_column_or_a_reason():
    found = measure_network(make_recording(SITES), make_timeline(STAGES), no_artefacts)
    values = {measure.name: measure for measure in found.measures}
    assert len(values) == 4 * 3
    assert np.isfinite(values["net_rearr__theta__N2"].value)
    assert "2 steps" in values["net_rearr__theta__N3"].reason
    assert "0 steps" in values["net_rearr__beta__R"].reason
    table = found.tables["network"]
    assert set(table["band"]) == {"theta", "alpha", "sigma", "beta"}
    assert table["steps_n"].tolist() == [21] * 4
    assert found.channels_used["network"] == "F3 + F4 + C3 + C4 + O1 + O2 against M2"


def test_five_channels_or_two_references_are_too_few():
    found = measure_network(
        make_recording(SITES[:5]), make_timeline(STAGES), no_artefacts
    )
    assert all("5 scalp EEG channels" in measure.reason for measure in found.measures)
    recording = make_recording(SITES)
    half = tuple(
        replace(channel, role=Role.eeg(channel.role.site, "M1"))
        if index < 3
        else channel
        for index, channel in enumerate(recording.channels)
    )
    split = replace(recording, channels=half)
    found = measure_network(split, make_timeline(STAGES), no_artefacts)
    assert all("3 scalp EEG channels" in measure.reason for measure in found.measures)
    assert "network" not in found.channels_used


def test_an_epoch_with_artefact_in_any_channel_parts_a_bout():
    values = np.zeros((6, 64 * 30 * len(STAGES)), np.float32)
    timeline = make_timeline(STAGES, bad_s=(95,))  # in the fourth epoch
    bouts = clean_bouts(values, 64.0, timeline, Stage.N2)
    assert [bout.shape[1] / 64 / 30 for bout in bouts] == [3, 18]
    # A single epoch has none that follows it.
    timeline = make_timeline("2W22")
    assert [
        b.shape[1] / 64 / 30 for b in clean_bouts(values, 64.0, timeline, Stage.N2)
    ] == [2]


def test_nights_with_other_channels_are_not_pooled():
    nights = pd.DataFrame(
        {
            "id": ["a", "b"],
            "net_rearr__theta__N2": [1.0, 2.0],
            "net_channels": ["F3 + F4 against M2", "C3 + C4 against M2"],
        }
    )
    assert "net_channels" in mixed(nights, ["net_rearr__theta__N2"])[0]


@pytest.mark.slow
def test_it_is_measured_only_on_request():
    night = simulate_night(
        hypnogram=["W"] * 2 + ["N2"] * 25, montage="electrodes", rate_hz=128, seed=1
    )
    plain = analyse(night.recording, scoring=night.truth.scoring)
    assert not plain.measures.index.str.startswith("net_").any()
    asked = analyse(
        night.recording,
        scoring=night.truth.scoring,
        settings=Settings(measure={"network": True}),
    )
    assert np.isfinite(asked.measures["net_rearr__theta__N2"])
    assert asked.provenance.channels_used["network"].endswith("against M1M2")
