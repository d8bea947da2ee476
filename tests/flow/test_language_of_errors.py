"""Errors and messages of commands in the language that the call names."""

from pathlib import Path

import pytest

from psgkit.cli.app import main

SAMPLE = "sample_data/nap.edf"
SCORED = ("--scoring", "sample_data/nap_hypnogram.csv")
CALLS = [
    (
        ("report", "absent.edf"),
        "Er is geen bestand absent.edf; controleer het pad.",
    ),
    (
        ("report", SAMPLE, "--align", "--id="),
        (
            "--id is leeg; noem er een, of laat het weg. "
            "--align heeft geen effect zonder --scoring; laat het weg."
        ),
    ),
    (
        ("report", SAMPLE, "--scoring", SAMPLE),
        "nap.edf: het is een EDF of BDF zonder annotaties, dus geen scoring.",
    ),
    (
        ("report", SAMPLE, *SCORED, "--lights-off", "05:00"),
        "Licht uit '05:00' valt buiten de opname van 1,50 h, van 13:30:00 tot 15:00:00.",
    ),
    (
        ("hypnogram", SCORED[1], "--epoch", "7"),
        (
            "nap_hypnogram.csv: regel 2 heeft een stadium dat niet op de grens van een "
            "epoch ligt (0 s na het eerste, 30 s lang, bij epochs van 7 s). Is een epoch "
            "korter of langer, geef dan --epoch SECONDS."
        ),
    ),
    (
        ("report", SAMPLE, "--only", "stages"),
        "Ongeldige waarde voor '--only': 'stages' is niet een van 'staging', 'numbers'.",
    ),
    (
        ("batch", SAMPLE, "--workers", "0"),
        "Ongeldige waarde voor '--workers': de invoer moet ten minste 1 zijn",
    ),
    (
        ("batch", "/nothing"),
        "Er is geen bestand of map '/nothing'.",
    ),
]


@pytest.fixture(autouse=True)
def checkout(monkeypatch):
    monkeypatch.chdir(Path(__file__).parents[2])


def ended(*words: str) -> object:
    """Run a call that ends in an error, and return its exit status."""
    with pytest.raises(SystemExit) as end:
        main(list(words))
    return end.value.code


@pytest.mark.parametrize(("call", "said"), CALLS)
def test_an_error_is_in_the_language_of_the_call(call, said, capsys):
    assert ended(*call, "--language", "nl") == 2
    assert capsys.readouterr().err == f"psgkit: {said}\n"


def test_the_settings_file_names_the_language_too(tmp_path, capsys):
    config = tmp_path / "nl.toml"
    config.write_text('[report]\nlanguage = "nl"\n')
    assert ended("report", "absent.edf", "--config", str(config)) == 2
    assert "controleer het pad" in capsys.readouterr().err


def test_the_next_call_is_english_again(capsys):
    ended("report", "absent.edf", "--language", "nl")
    ended("report", "absent.edf")
    assert capsys.readouterr().err.endswith(
        "psgkit: There is no file absent.edf; check its path.\n"
    )


def test_a_wrong_setting_says_what_it_must_be(tmp_path, capsys):
    config = tmp_path / "bad.toml"
    config.write_text('[scoring]\nepoch_s = -3\n[report]\nlanguage = "xx"\n')
    assert ended("report", SAMPLE, "--config", str(config), "--language", "nl") == 2
    said = capsys.readouterr().err
    assert "scoring.epoch_s kan niet '-3' zijn: het moet meer zijn dan 0." in said
    assert "report.language kan niet 'xx' zijn: kies uit 'en', 'nl'." in said


def test_the_plan_of_a_batch_is_in_the_language_of_the_call(tmp_path, capsys):
    call = ("batch", SAMPLE, "--out", str(tmp_path), "--dry-run", "--language", "nl")
    assert ended(*call) == 0
    assert capsys.readouterr().out == (
        "nap: te doen, er is nog geen uitkomst\n1 te doen, 0 klaar\n"
        "Stadia: 1 nacht door een scoring\n"
    )
