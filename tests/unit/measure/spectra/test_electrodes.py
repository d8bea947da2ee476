"""Every electrode of a cap, re-referenced alike, from signals of known power."""

from dataclasses import replace

import numpy as np
import pytest
from makers import make_scoring

from psgkit.domain.channels.roles import Role
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.measure.spectra.electrodes import choose_electrodes, measure_electrodes

RATE_HZ = 128.0
STAGES = "2" * 10 + "3" * 10
SECONDS = 600
SITES = (
    *("F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4", "O1", "Oz", "O2"),
    *("T7", "T8", "Fp1", "Fp2"),
)
N_SAMPLES = int(SECONDS * RATE_HZ)
TIMES_S = np.arange(N_SAMPLES) / RATE_HZ


def make_cap(
    amplitudes_uv: dict[str, float], *, common_uv: float = 0.0, mastoids: bool = False
) -> Recording:
    """Return electrodes that hold a sine of 2 Hz each, and all one of 10 Hz."""
    common = common_uv * np.sin(2 * np.pi * 10 * TIMES_S)
    arrays, channels = [], []
    sites = (*SITES, *(("M1", "M2") if mastoids else ()))
    for index, site in enumerate(sites):
        own = amplitudes_uv.get(site, 0.0) * np.sin(2 * np.pi * 2 * TIMES_S)
        noise = 0.5 * np.random.default_rng(index).standard_normal(N_SAMPLES)
        # Each electrode has fast activity of its own, so that none is far louder.
        fast = 30 * np.sin(2 * np.pi * 20 * TIMES_S + index)
        # Electrodes of a cap stand some millivolts apart.
        arrays.append(own + common + noise + fast + 1000.0 * index)
        role = Role(site) if site in ("M1", "M2") else Role.eeg(site)
        channels.append(Channel(role, site, index, RATE_HZ))
    source = ArraySource(tuple(arrays), (RATE_HZ,) * len(arrays))
    return Recording("cap", None, float(SECONDS), tuple(channels), source)


def swa(recording: Recording) -> "dict[str, float]":
    table = measure_electrodes(recording, make_scoring(STAGES)).tables["electrodes"]
    return dict(zip(table["electrode"], table["swa_uv2"], strict=True))


def test_what_all_electrodes_hold_is_taken_out_by_their_average():
    recording = make_cap({}, common_uv=50.0)
    found = measure_electrodes(recording, make_scoring(STAGES)).tables
    alpha = found["electrode_power"].query("band == 'alpha' and stage == 'N2'")
    assert len(alpha) == len(SITES)
    # A sine of 50 µV has 1250 µV²; noise of 0.5 µV has 0.02 µV² in 4 Hz.
    assert alpha["power_uv2"].max() < 0.1
    assert set(found["electrodes"]["reference"]) == {"average"}


def test_power_is_that_of_the_electrode_less_the_average():
    found = swa(make_cap({"Fz": 64.0}))
    # A sine of amplitude A has A² / 2; the average holds a sixteenth of it.
    assert found["Fz"] == pytest.approx((64 - 4) ** 2 / 2, rel=0.02)
    assert found["Oz"] == pytest.approx(4**2 / 2, rel=0.05)


def test_mastoids_are_the_reference_where_they_were_recorded():
    recording = make_cap({"Fz": 64.0, "M1": 8.0, "M2": 8.0}, mastoids=True)
    assert choose_electrodes(recording).reference == "M1M2"
    found = swa(recording)
    assert found["Fz"] == pytest.approx(56**2 / 2, rel=0.02)
    assert found["Oz"] == pytest.approx(8**2 / 2, rel=0.05)
    assert "M1" not in found


def test_a_few_electrodes_stay_as_they_were_recorded():
    recording = make_cap({"Fz": 64.0})
    few = replace(recording, channels=recording.channels[:6])
    assert choose_electrodes(few).reference == "as recorded"
    assert swa(few)["Fz"] == pytest.approx(64**2 / 2, rel=0.02)


def test_an_electrode_that_is_off_is_not_measured_and_spoils_no_other():
    recording = make_cap({"Fz": 64.0, "O1": 3000.0})
    flat = recording.source.arrays[SITES.index("C3")]
    flat[:] = 5.0
    found = swa(recording)
    assert np.isnan(found["O1"])
    assert np.isnan(found["C3"])
    # The average is of the fourteen others.
    assert found["Fz"] == pytest.approx((64 * 13 / 14) ** 2 / 2, rel=0.02)


def test_another_reference_is_left_out_and_told():
    recording = make_cap({})
    other = replace(recording.channels[0], role=Role.F3_M2, label="F3-A2")
    recording = replace(recording, channels=(other, *recording.channels[1:]))
    results = measure_electrodes(recording, make_scoring(STAGES))
    assert len(results.tables["electrodes"]) == len(SITES) - 1
    (issue,) = results.issues
    assert issue.code == "electrodes_left_out"
    assert "F3-A2" in issue.message


def test_a_gap_costs_its_epochs_alone():
    recording = make_cap({"Fz": 64.0})
    for values in recording.source.arrays:
        values[: int(60 * RATE_HZ)] = np.nan
    table = measure_electrodes(recording, make_scoring(STAGES)).tables["electrodes"]
    # Two of twenty epochs; an outlier of the noise may cost one more.
    assert table["usable_pct"].between(80, 90).all()
    assert table.set_index("electrode").loc["Fz", "swa_uv2"] == pytest.approx(
        60**2 / 2, rel=0.02
    )


def test_without_eeg_there_are_no_tables():
    recording = make_cap({})
    heart = replace(recording.channels[0], role=Role.ECG)
    results = measure_electrodes(
        replace(recording, channels=(heart,)), make_scoring(STAGES)
    )
    assert results.tables == {}
