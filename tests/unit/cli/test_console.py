"""A night's page on a terminal, without colour, and piped."""

import io
import sys

import pandas as pd
import pytest
from night_makers import make_night
from rich.text import Text

from psgkit.cli import console

YELLOW = "\x1b[33m"  # of warnings; make_night has one


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def page_on_terminal(patch: pytest.MonkeyPatch, **environment: str) -> str:
    """Return what a colour terminal of 40 columns gets."""
    patch.delenv("NO_COLOR", raising=False)
    for name, value in {"COLUMNS": "40", "TERM": "xterm", **environment}.items():
        patch.setenv(name, value)
    # Not in a fixture: pytest sets stdout anew between a fixture and its test.
    terminal = Terminal()
    patch.setattr(sys, "stdout", terminal)
    console.night_page(make_night())
    return terminal.getvalue()


def test_on_a_terminal_a_page_is_as_wide_as_it_is_and_in_colour(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = page_on_terminal(monkeypatch)
    assert YELLOW in printed
    lines = Text.from_ansi(printed).plain.splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 40


def test_where_no_colour_is_asked_for_there_is_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    printed = page_on_terminal(monkeypatch, NO_COLOR="1")
    assert "WARNING" in printed
    assert YELLOW not in printed


def test_piped_it_is_plain_text_however_narrow_the_terminal(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    console.night_page(make_night())
    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert max(len(line) for line in printed.splitlines()) > 60


def test_numbers_of_a_table_stand_below_each_other(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = pd.DataFrame(
        {"column": ["a", "bb"], "value": [7.5, 123.25], "nights": [9, None]}
    )
    console.table(rows.astype({"nights": "Int64"}))
    assert capsys.readouterr().out.splitlines() == [
        "column   value  nights",
        "a         7.50       9",
        "bb      123.25",
    ]


def test_on_a_terminal_a_sentence_breaks_between_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr(screen, "isatty", lambda: True)
    monkeypatch.setattr(sys, "stderr", screen)
    monkeypatch.setenv("COLUMNS", "30")
    console.error("give the scoring of this recording, or cut it with --align.")
    console.note("  a\n\n" + "b" * 40)
    assert screen.getvalue() == (
        "psgkit: give the scoring of\nthis recording, or cut it with\n--align.\n"
        "  a\n\n" + "b" * 40 + "\n"
    )


def test_piped_a_sentence_is_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "30")
    console.error("give the scoring of this recording, or cut it with --align.")
    assert capsys.readouterr().err.count("\n") == 1
