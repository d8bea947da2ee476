"""Who asks a script what it does is told, at once, and nothing else happens."""

import runpy
import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"
PROGRAMS = sorted(path.name for path in SCRIPTS.glob("*.py"))


def status_of(
    name: str, word: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> object:
    """Run a script in an empty folder, in this process: they import much the same."""
    monkeypatch.chdir(folder)
    monkeypatch.syspath_prepend(SCRIPTS)
    monkeypatch.setattr(sys, "argv", [name, word])
    with pytest.raises(SystemExit) as stop:
        runpy.run_path(str(SCRIPTS / name), run_name="__main__")
    assert not list(folder.iterdir())
    return stop.value.code or 0


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_answers_help(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert status_of(name, "--help", tmp_path, monkeypatch) == 0
    assert len(capsys.readouterr().out.splitlines()) > 2


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_script_refuses_an_option_that_it_does_not_know(
    name: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    status = status_of(name, "--no-such-option", tmp_path, monkeypatch)
    printed = capsys.readouterr()
    assert printed.out == ""
    assert status == 2


@pytest.mark.parametrize(("word", "status"), [("--help", 0), ("--no-such-option", 2)])
def test_the_check_of_all_gates_does_so_too(word: str, status: int) -> None:
    done = subprocess.run(
        ["bash", SCRIPTS / "check", word], check=False, capture_output=True, text=True
    )
    assert done.returncode == status
    assert "check" in done.stdout + done.stderr
