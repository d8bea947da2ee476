"""Faults do what they say, are written down, and leave the rest alone."""

import re

import edfio
import numpy as np
import pytest
from scipy.signal import welch

from psgkit.domain.recording import Gap
from psgkit.errors import InputError
from psgkit.simulate import simulate_night
from psgkit.simulate.faults import Fault, FaultKind

STAGES = ["W", "N1", "N2", "N2", "N3", "N3", "R", "R"]


def make(*faults: str, rate_hz: float = 200.0, montage: str = "aasm"):
    return simulate_night(
        hypnogram=STAGES, rate_hz=rate_hz, seed=3, montage=montage, faults=faults
    )


@pytest.fixture(scope="module")
def sound():
    return make()


def read(night, label, *times):
    return night.recording.signal(night.recording.channel(label), *times)


def untouched(night, sound, *labels):
    return all(
        np.array_equal(read(night, label), read(sound, label)) for label in labels
    )


def told(night):
    events = night.truth.events
    return events[events["kind"].str.startswith("fault_")]


def test_a_sound_night_tells_of_no_fault(sound):
    assert told(sound).empty


def test_a_flat_channel_records_nothing_for_as_long_as_asked(sound):
    night = make("flat:C4-M1@60+90")
    assert not read(night, "C4-M1", 60.0, 150.0).any()
    assert np.array_equal(
        read(night, "C4-M1", 0.0, 60.0), read(sound, "C4-M1", 0.0, 60.0)
    )
    assert untouched(night, sound, "C3-M2", "ECG")
    assert told(night).iloc[0].tolist() == [60.0, 90.0, "fault_flat", "C4-M1"]


def test_a_railed_channel_sits_at_the_end_of_its_range(sound):
    night = make("railed:O1-M2")
    channel = night.recording.channel("O1-M2")
    assert (night.recording.signal(channel) == channel.limits[1]).all()
    assert untouched(night, sound, "O2-M1")


@pytest.mark.parametrize("hz", [50, 60])
def test_mains_hum_is_a_line_in_the_spectrum(sound, hz):
    night = make(f"line_{hz}")
    for label in ("C4-M1", "Chin1-Chin2"):
        freqs, psd = welch(read(night, label), 200.0, nperseg=800)
        _, before = welch(read(sound, label), 200.0, nperseg=800)
        at = np.argmin(np.abs(freqs - hz))
        assert psd[at] > 100 * before[at]
        assert psd[at - 20] == pytest.approx(before[at - 20], rel=0.2)
    assert untouched(night, sound, "ECG")


def test_pops_are_steps_of_one_electrode_and_written_down(sound):
    night = make("pops:F3-M2")
    added = read(night, "F3-M2") - read(sound, "F3-M2")
    pops = night.truth.events.query("kind == 'electrode_pop'")
    assert set(pops["channel"]) == {"F3-M2"}
    assert 1 <= len(pops) <= 20
    for onset in pops["onset_s"]:
        first = round(onset * 200.0)
        assert np.abs(added[first : first + 10]).max() > 140.0
    assert untouched(night, sound, "F4-M1")


def test_swapped_eog_exchanges_the_two_eyes(sound):
    night = make("swapped_eog")
    assert np.array_equal(read(night, "E1-M2"), read(sound, "E2-M2"))
    assert np.array_equal(read(night, "E2-M2"), read(sound, "E1-M2"))


def test_volts_that_the_header_owns_up_to_are_the_same_microvolts(sound, tmp_path):
    night = make("volts")
    assert night.recording.channel("C4-M1").unit == "V"
    assert read(night, "C4-M1") == pytest.approx(read(sound, "C4-M1"), rel=1e-9)
    signal = edfio.read_edf(night.write(tmp_path / "v.edf")).get_signal("C4-M1")
    assert signal.physical_dimension == "V"
    assert np.abs(signal.data).max() < 0.01


def test_volts_that_the_header_calls_microvolts_are_a_million_times_too_small(sound):
    night = make("volts_as_uv")
    assert night.recording.channel("C4-M1").unit == "uV"
    assert read(night, "C4-M1") * 1e6 == pytest.approx(read(sound, "C4-M1"), rel=1e-9)


def test_mixed_rates_halve_eog_and_ecg(sound):
    night = make("mixed_rates")
    rates = {c.label: c.rate_hz for c in night.recording.channels}
    assert (rates["C4-M1"], rates["E1-M2"], rates["ECG"]) == (200.0, 100.0, 100.0)
    assert untouched(night, sound, "C4-M1", "Chin1-Chin2")
    assert read(night, "E1-M2") == pytest.approx(read(sound, "E1-M2")[::2], abs=30.0)


def test_a_gap_is_nan_in_memory_and_edf_plus_d_on_disk(tmp_path):
    night = make("gap@100+20", "gap@200+1")
    assert night.recording.gaps == (Gap(100.0, 20.0), Gap(200.0, 1.0))
    values = read(night, "C4-M1")
    assert np.isnan(values).sum() == 21 * 200
    assert np.isnan(read(night, "C4-M1", 90.0, 130.0)).sum() == 20 * 200
    path = night.write(tmp_path / "gap.edf", annotations=True)
    raw = path.read_bytes()
    assert raw[192:197] == b"EDF+D"
    # The time of each record is its first annotation: +0, +1 … without those left out.
    times = [float(t) for t in re.findall(rb"\+(\d+)\x14\x14\x00", raw)]
    assert times == [*range(100), *range(120, 200), *range(201, 240)]
    # A reader of EDF+C, told that there is no gap, sees the records joined.
    path.write_bytes(raw[:192] + b"EDF+C" + raw[197:])
    joined = edfio.read_edf(path, lazy_load_data=False).get_signal("C4-M1").data
    assert joined == pytest.approx(values[~np.isnan(values)], abs=1e-6)


def test_a_gap_without_a_time_is_a_minute_in_the_middle():
    night = make("gap")
    assert night.recording.gaps == (Gap(120.0, 60.0),)
    assert told(night).iloc[0].tolist() == [120.0, 60.0, "fault_gap", ""]


def test_faults_come_together():
    night = make("flat:C3-M2", "line_50", "gap", "mixed_rates")
    kinds = set(told(night)["kind"])
    assert kinds == {"fault_flat", "fault_line_50", "fault_gap", "fault_mixed_rates"}
    assert night.truth.options["faults"] == [
        "flat:C3-M2",
        "line_50",
        "gap",
        "mixed_rates",
    ]


def test_a_fault_reads_as_it_is_written():
    for text in ("flat:C4-M1@60+90", "line_50", "gap@5+2", "pops:O1-M2"):
        assert str(Fault.parse(text)) == text
    assert Fault.parse("railed") == Fault(FaultKind.RAILED)


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("melted", "no fault 'melted'; there are flat, railed"),
        ("flat@10", "is not written KIND"),
        ("flat:C4-M1@1.2.3+4", "not a number"),
        ("gap:C4-M1", "takes no channel"),
        ("volts@10+20", "takes no time"),
        ("flat:Cz", "names no channel of the montage"),
        ("flat@500+10", "begins after the recording"),
        ("gap@10.5+3", "whole seconds"),
        ("gap@0+3", "must lie within"),
        ("gap@239+30", "must lie within"),
    ],
)
def test_a_fault_that_cannot_be_made_is_refused(text, word):
    with pytest.raises(InputError, match=re.escape(word)):
        make(text)


def test_gaps_that_meet_are_refused():
    with pytest.raises(InputError, match="Two gaps meet"):
        make("gap@10+20", "gap@30+5")


def test_hum_above_half_the_rate_is_refused():
    with pytest.raises(InputError, match="hum cannot be seen"):
        make("line_50", rate_hz=100)
