"""Pages of the reference that are written from the code at each build."""

import inspect
import re
from itertools import chain
from pathlib import Path

from sphinx.application import Sphinx
from typer.testing import CliRunner

import psgkit
from psgkit.cli.app import COMMANDS, app

HERE = Path(__file__).parents[1]
FOLDER = HERE / "reference" / "generated"
KINDS = ("Objects", "Exceptions", "Functions")
COMMANDS_INTRO = (
    "`psgkit COMMAND --help` prints the same text. The exit status is 0 if all is done, "
    "1 if some nights of a batch failed, 2 if the call or its input cannot be used, 3 for "
    "a bug of psgkit, and 130 after Ctrl-C."
)
API_INTRO = (
    "Everything in this list is public: `import psgkit`, then `psgkit.name`. Times are in "
    "seconds from the start of the recording, voltages in microvolts."
)


def write_pages(_: Sphinx) -> None:
    """Write the pages of commands, settings and public names."""
    FOLDER.mkdir(exist_ok=True)
    _write("commands.md", commands_page())
    _write("settings.md", settings_page())
    _write("api.md", api_page())


def commands_page() -> str:
    """Return every command with the help that it prints."""
    names = [command.__name__ for command in chain(*COMMANDS.values())]
    parts = [
        "# Commands",
        COMMANDS_INTRO,
    ]
    for name in names:
        shown = CliRunner().invoke(
            app, [name, "--help"], env={"COLUMNS": "80", "TERM": "dumb"}
        )
        if shown.exit_code:
            raise RuntimeError(f"psgkit {name} --help failed: {shown.output}")
        parts += [f"## psgkit {name}", f"```text\n{shown.output.strip()}\n```"]
    return "\n\n".join(parts)


def settings_page() -> str:
    """Return the settings file with every default."""
    text = (HERE.parent / "configs" / "default.toml").read_text("utf-8")
    return (
        "# Settings\n\nA settings file changes how nights are analysed. Write only the "
        "lines that you change, and give the file by `--config my.toml`. In Python, "
        "use `psgkit.load_settings`. Below is every setting with its default.\n\n"
        f"```toml\n{text.strip()}\n```"
    )


def api_page() -> str:
    """Return the public names by kind, each with its docstring."""
    names = [name for name in psgkit.__all__ if not name.startswith("_")]
    named = {name: getattr(psgkit, name) for name in names}
    groups: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for name, value in sorted(named.items()):
        groups[_kind(value)].append(name)
    parts = [
        "# Python",
        API_INTRO,
    ]
    for kind, names in groups.items():
        parts += [f"## {kind}"]
        for name in names:
            parts += [f"### {name}", _documented(name, kind)]
    return "\n\n".join(parts)


def _kind(value: object) -> str:
    if not inspect.isclass(value):
        return "Functions"
    return "Exceptions" if issubclass(value, Exception) else "Objects"


def _documented(name: str, kind: str) -> str:
    directive = "autofunction" if kind == "Functions" else "autoclass"
    members = "   :members:\n" if kind == "Objects" else ""
    return f"```{{eval-rst}}\n.. {directive}:: psgkit.{name}\n{members}```"


def _write(name: str, text: str) -> None:
    path = FOLDER / name
    text = re.sub(r"[ \t]+\n", "\n", text) + "\n"
    if not path.exists() or path.read_text("utf-8") != text:
        path.write_text(text, encoding="utf-8")


def setup(app: Sphinx) -> dict[str, bool]:
    """Tell Sphinx to write the pages before it reads any."""
    app.connect("builder-inited", write_pages, priority=100)
    return {"parallel_read_safe": True}
