"""What the README and the pages of docs/ tell a reader to type is there to be typed."""

import ast
import re
from collections.abc import Callable
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

import psgkit
from psgkit.cli.app import COMMANDS

ROOT = Path(__file__).parents[2]
PAGES = [
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    *sorted(ROOT.glob("docs/*.md")),
    *sorted(ROOT.glob("docs/[!_]*/*.md")),
]
NAMES = [command.__name__ for command in chain(*COMMANDS.values())]

Run = Callable[..., tuple[int, str, str]]

_CALL = re.compile(rf"\bpsgkit ({'|'.join(NAMES)})\b([^\n`#)]*)")
_OPTION = re.compile(r"(?<![\w-])(--[a-z][a-z-]*)")
_SNIPPET = re.compile(r"```python\n(.*?)```", re.DOTALL)
_SCRIPT = re.compile(r"(?:python|pytest) (scripts/\w+\.py)")


@cache
def text_of(page: Path) -> str:
    return page.read_text(encoding="utf-8")


@pytest.fixture(params=PAGES, ids=lambda path: path.relative_to(ROOT).as_posix())
def page(request: pytest.FixtureRequest) -> str:
    """Return the text of a page."""
    return text_of(request.param)


def test_commands_and_their_options_are_known(page: str, run: Run) -> None:
    for command, words in _CALL.findall(page):
        _, explained, _ = run(command, "--help")
        for option in _OPTION.findall(words):
            assert f"  {option}" in explained, f"psgkit {command}{words}"


def test_python_is_python_and_asks_for_what_psgkit_has(page: str) -> None:
    for snippet in _SNIPPET.findall(page):
        for node in ast.walk(ast.parse(snippet)):
            if (
                isinstance(node, ast.Attribute)
                and isinstance(node.value, ast.Name)
                and node.value.id == "psgkit"
            ):
                assert hasattr(psgkit, node.attr), node.attr


def test_scripts_are_there(page: str) -> None:
    for script in _SCRIPT.findall(page):
        assert (ROOT / script).is_file(), script


def test_there_is_something_to_look_at() -> None:
    pages = "\n".join(map(text_of, PAGES))
    assert len(_CALL.findall(pages)) > 40
    assert len(_SNIPPET.findall(pages)) > 5
    assert len(_SCRIPT.findall(pages)) > 10
