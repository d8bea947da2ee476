"""A night's page on a terminal, without colour, and piped."""

import io
import sys

import pytest
from night_makers import make_night
from rich.text import Text

from psgkit.cli import console

YELLOW = "\x1b[33m"  # of warnings; make_night has one


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.fixture
def terminal(monkeypatch: pytest.MonkeyPatch) -> Terminal:
    """Return a colour terminal of 40 columns, which stdout is."""
    narrow = Terminal()
    monkeypatch.setattr(sys, "stdout", narrow)
    monkeypatch.setenv("COLUMNS", "40")
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.delenv("NO_COLOR", raising=False)
    return narrow


def test_on_a_terminal_a_page_is_as_wide_as_it_is_and_in_colour(
    terminal: Terminal,
) -> None:
    console.night_page(make_night())
    printed = terminal.getvalue()
    assert YELLOW in printed
    lines = Text.from_ansi(printed).plain.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 40


def test_where_no_colour_is_asked_for_there_is_none(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    console.night_page(make_night())
    assert YELLOW not in terminal.getvalue()


def test_piped_it_is_plain_text_however_narrow_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    console.night_page(make_night())
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert max(len(line) for line in printed.splitlines()) > 60
