"""Units in every spelling, and what decides where there is none."""

from pathlib import Path

import numpy as np
import pytest
from edf_makers import EdfSignal, make_edf

from psgkit.domain.channels.amplitude import FACTORS_UV, PLAUSIBLE_SD_UV, decide_unit
from psgkit.domain.channels.roles import Kind
from psgkit.errors import SettingsError
from psgkit.read import read_recording
from psgkit.read.labels.units import UnitKind, read_unit
from psgkit.settings import ReadSettings, settings_from


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("uV", "uV"),
        ("UV", "uV"),
        ("uv", "uV"),
        ("Uv", "uV"),
        ("µV", "uV"),  # micro sign, U+00B5
        ("\u03bcV", "uV"),  # Greek mu
        ("\u00c2\u00b5V", "uV"),  # UTF-8 read as Latin-1
        ("\u00ce\u00bcV", "uV"),
        ("mkV", "uV"),  # Cyrillic in Latin letters
        ("\u00ec\u00ea\u00c2", "uV"),  # Cyrillic of code page 1251 read as Latin-1
        ("\u00ec\u00c2", "mV"),
        ("microvolt", "uV"),
        ("micro V", "uV"),
        ("uVolts", "uV"),
        ("mV", "mV"),
        ("MV", "mV"),
        ("millivolts", "mV"),
        ("V", "V"),
        ("v", "V"),
        ("Volts", "V"),
        ("nV", "nV"),
        ("NV", "nV"),
        ("", UnitKind.OPEN),
        ("?V", UnitKind.OPEN),
        ("n/a", UnitKind.OPEN),
        ("%", UnitKind.OTHER),
        ("mmHg", UnitKind.OTHER),
        ("DegC", UnitKind.OTHER),
        ("uV/Hz", UnitKind.OTHER),
        ("kOhm", UnitKind.OTHER),
    ],
)
def test_spellings(text: str, unit: str | UnitKind):
    assert read_unit(text) == unit


@pytest.mark.parametrize("raw", ["µV".encode("latin-1"), "µV".encode(), b"UV"])
def test_microvolts_in_the_bytes_of_a_header(tmp_path: Path, raw: bytes):
    recording = read_recording(make_edf(tmp_path / "n.edf", [EdfSignal(unit=raw)]))

    assert recording.channels[0].to_uv == 1.0
    assert recording.issues == ()


def test_no_two_units_fit_one_amplitude():
    for low, high in PLAUSIBLE_SD_UV.values():
        assert high / low < 1000


@pytest.mark.parametrize("unit", list(FACTORS_UV))
def test_the_amplitude_of_an_eeg_tells_its_unit(unit: str):
    assert decide_unit(30.0 / FACTORS_UV[unit], Kind.EEG) == unit


def eeg(unit: str, scale: float, label: str = "EEG C4-A1") -> EdfSignal:
    """Return noise with a standard deviation of 30 times ``scale``."""
    samples = np.random.default_rng(1).normal(0, 300, 6000).astype(int)
    return EdfSignal(
        label,
        unit=unit,
        physical=(f"{-3e3 * scale:.0e}", f"{3e3 * scale:.0e}"),
        digital=("-30000", "30000"),
        samples=samples.tolist(),
    )


@pytest.mark.parametrize(
    ("scale", "factor"), [(1.0, 1.0), (1e-3, 1e3), (1e-6, 1e6), (1e3, 1e-3)]
)
def test_a_blank_unit_is_decided_from_the_amplitude_and_said(
    tmp_path: Path, scale: float, factor: float
):
    path = make_edf(tmp_path / "n.edf", [eeg("", scale)], n_records=60)

    recording = read_recording(path)

    assert recording.channels[0].to_uv == factor
    assert [issue.code for issue in recording.issues] == ["unit_assumed"]
    assert np.std(recording.signal(recording.channels[0])) == pytest.approx(30, rel=0.1)


@pytest.mark.parametrize("label", ["EEG C4-A1", "EOG L", "Chin EMG"])
def test_where_no_unit_fits_it_stays_open(tmp_path: Path, label: str):
    path = make_edf(tmp_path / "n.edf", [eeg("", 1e9, label)], n_records=60)

    recording = read_recording(path)

    (issue,) = recording.issues
    assert recording.channels[0].to_uv is None
    assert (issue.code, issue.severity.value) == ("unit_unknown", "error")
    assert "--unit uV" in issue.remedy


def test_a_flat_channel_without_unit_stays_open(tmp_path: Path):
    flat = EdfSignal(unit="", samples=[0] * 1000)

    recording = read_recording(make_edf(tmp_path / "n.edf", [flat]))

    assert recording.channels[0].to_uv is None


def test_an_eeg_in_percent_is_refused(tmp_path: Path):
    recording = read_recording(
        make_edf(tmp_path / "n.edf", [eeg("%", 1.0)], n_records=60)
    )

    assert recording.channels[0].to_uv is None
    assert [issue.code for issue in recording.issues] == ["unit_unknown"]


def test_the_user_has_the_last_word(tmp_path: Path):
    path = make_edf(
        tmp_path / "n.edf",
        [eeg("", 1.0), eeg("uV", 1.0, "Chin"), eeg("mV", 1.0, "ECG")],
        n_records=60,
    )

    recording = read_recording(path, settings=ReadSettings(unit="mV"))

    assert [channel.to_uv for channel in recording.channels] == [1e3, 1e3, 1e3]
    assert [channel.unit for channel in recording.channels] == ["mV", "mV", "mV"]
    assert recording.issues == ()


def test_what_is_no_voltage_keeps_its_own_unit(tmp_path: Path):
    path = make_edf(
        tmp_path / "n.edf", [EdfSignal("SpO2", unit="%"), EdfSignal("Pos", unit="")]
    )

    recording = read_recording(path)

    assert [channel.to_uv for channel in recording.channels] == [None, None]
    assert recording.issues == ()


def test_a_unit_that_is_none_is_refused_by_the_settings():
    with pytest.raises(SettingsError):
        settings_from({"read": {"unit": "kV"}}, "test")
