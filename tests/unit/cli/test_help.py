"""Help is plain text of at most 80 columns, in which every option is explained."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import chain

import pytest

from psgkit.cli import main
from psgkit.cli.app import COMMANDS

NAMES = [command.__name__ for command in chain(*COMMANDS.values())]
Help = Callable[..., str]


@pytest.fixture
def help_of(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Help]:
    """Return a function that gives what a command's --help prints."""
    monkeypatch.setenv("COLUMNS", "120")

    def call(*words: str) -> str:
        with pytest.raises(SystemExit) as stop:
            main([*words, "--help"])
        assert not stop.value.code
        printed = capsys.readouterr()
        assert printed.err == ""
        return printed.out

    return call


@pytest.mark.parametrize("name", NAMES)
def test_help_is_plain_and_fits_a_terminal(help_of: Help, name: str) -> None:
    printed = help_of(name)
    assert printed.isascii()
    assert max(map(len, printed.splitlines())) <= 80
    assert printed.startswith(f"Usage: psgkit {name} [OPTIONS]")


@pytest.mark.parametrize("name", NAMES)
def test_no_python_type_stands_behind_an_option(help_of: Help, name: str) -> None:
    printed = help_of(name)
    for word in ("bool", "str", "path", "float", "int", "list", "range"):
        assert f"<{word}" not in printed


@pytest.mark.parametrize("name", NAMES)
def test_every_option_is_explained(help_of: Help, name: str) -> None:
    lines = help_of(name).splitlines()
    for line, following in zip(lines, [*lines[1:], ""], strict=True):
        if line.startswith("  -"):
            # two blanks, then words; or words below, where the option is long
            assert "  " in line.strip() or following.startswith(" " * 20), line


def test_what_a_call_must_have_stands_in_its_usage(help_of: Help) -> None:
    assert "psgkit report [OPTIONS] NIGHT.edf\n" in help_of("report")
    assert "psgkit batch [OPTIONS] [INPUT...]\n" in help_of("batch")
    assert "[OPTIONS] COHORT.csv\n" in help_of("contrast")


def test_options_stand_by_what_they_are_about(help_of: Help) -> None:
    printed = help_of("report")
    scoring = printed.partition("\nScoring:\n")[2].partition("\n\n")[0]
    for option in ("--align", "--codes", "--column", "--epoch", "--annotator"):
        assert f"  {option} " in scoring
    assert "--lights" not in scoring


def test_the_first_page_names_every_command_and_the_exit_statuses(
    help_of: Help,
) -> None:
    printed = help_of()
    for name in NAMES:
        assert f"\n  {name} " in printed
    for status in ("0 done", "1 some nights", "2 the call", "3 a bug", "130 stopped"):
        assert status in " ".join(printed.split())


def test_a_wrong_choice_is_told_without_anothers_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        main(["metrics", "--format", "pdf"])
    assert stop.value.code == 2
    told = capsys.readouterr().err
    assert "Error: Invalid value for '--format': 'pdf' is not one of" in told
    assert told.splitlines()[0] == "Usage: psgkit metrics [OPTIONS]"


def test_psgkit_alone_says_what_it_knows_and_that_nothing_was_done(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with pytest.raises(SystemExit) as stop:
        main([])
    assert stop.value.code == 2
    assert "psgkit COMMAND [OPTIONS]" in capsys.readouterr().err


def test_help_waits_for_no_library() -> None:
    # rich draws nothing here, and numpy and pandas are not asked for.
    call = "import sys; from psgkit.cli import main; main(['report', '--help'])"
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", call],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    loaded = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert not loaded & {"numpy", "pandas", "scipy", "rich.console"}
