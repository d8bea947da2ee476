"""Settings files: read whole or refused with every fault named."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from psgkit.errors import SettingsError
from psgkit.settings import Settings, load_settings, settings_from, with_overrides


def write(folder: Path, text: str) -> Path:
    path = folder / "lab.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, '[read]\nunit = "V"\n'))
    assert settings.read.unit == "V"
    assert settings.window == Settings().window


def test_a_misspelt_setting_is_refused_with_the_one_that_was_meant(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError, match=r"'window.light'.*did you mean 'lights'"):
        load_settings(write(tmp_path, '[window]\nlight = "recording"\n'))


def test_a_misspelt_section_is_refused_with_the_one_that_was_meant(
    tmp_path: Path,
) -> None:
    with pytest.raises(SettingsError, match="did you mean 'window'"):
        load_settings(write(tmp_path, "[windows]\n"))


def test_every_fault_is_named_at_once(tmp_path: Path) -> None:
    text = '[read]\nunit = "kV"\n[window]\nalign = "perhaps"\n'
    with pytest.raises(SettingsError, match=r"read.unit.*window.align"):
        load_settings(write(tmp_path, text))


@pytest.mark.parametrize("text", ["[read", "\x00", "a = 1 = 2"])
def test_what_is_not_toml_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match="not TOML"):
        load_settings(write(tmp_path, text))


def test_a_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="No settings file"):
        load_settings(tmp_path / "none.toml")
    with pytest.raises(SettingsError, match="No settings file"):
        load_settings(tmp_path)


def test_a_file_too_large_for_settings_is_refused_unread(tmp_path: Path) -> None:
    path = write(tmp_path, "#" * 1_000_001)
    with pytest.raises(SettingsError, match="bytes"):
        load_settings(path)


def test_an_option_of_the_call_goes_before_the_file(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, '[read]\nunit = "V"\n'))
    assert with_overrides(settings, {"read": {"unit": "mV"}}).read.unit == "mV"


@given(
    channels=st.dictionaries(st.text(max_size=8), st.text(max_size=8), max_size=3),
    unit=st.sampled_from([None, "nV", "uV", "mV", "V"]),
    lights=st.sampled_from(["marked", "recording"]),
    align=st.booleans(),
)
def test_any_settings_survive_being_stored(
    channels: dict[str, str], unit: str | None, lights: str, align: bool
) -> None:
    values = {
        "read": {"channels": channels, "unit": unit},
        "window": {"lights": lights, "align": align},
    }
    settings = settings_from(values, "test")
    assert settings_from(settings.model_dump(mode="json"), "test") == settings


def test_a_meaning_of_an_event_that_there_is_not_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text(
        '[scoring.events]\n"Zork" = "arousel"\n"Zark" = "arousal:limp"\n"Ok" = "snore"\n'
    )
    with pytest.raises(SettingsError, match=r"\[scoring.events\]") as refusal:
        load_settings(path)
    assert "'Zork': no kind of event 'arousel'; did you mean 'arousal'?" in str(
        refusal.value
    )
    assert "'Zark': no cause 'limp'; did you mean 'limb'?" in str(refusal.value)
    assert "Ok" not in str(refusal.value)


def test_lists_within_lists_without_end_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "lab.toml"
    path.write_text("x = " + "[" * 3000 + "]" * 3000)
    with pytest.raises(SettingsError, match="not TOML"):
        load_settings(path)
