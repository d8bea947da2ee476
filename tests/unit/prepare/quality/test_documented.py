"""Every issue that reading and quality may name stands in the documentation."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
WHERE = (
    "psgkit/read/edf/*.py",
    "psgkit/read/channel_roles.py",
    "psgkit/read/lights_marks.py",
    "psgkit/read/raw.py",
    "psgkit/prepare/montage.py",
    "psgkit/prepare/quality/*.py",
)


def codes_in(path: Path) -> set[str]:
    """Return the second argument of every `Issue(...)` of a module."""
    calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {
        argument.value
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Issue"
        and isinstance(argument := call.args[1], ast.Constant)
    }


@pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="no documentation here")
def test_the_table_of_issues_names_each_code_and_no_other():
    codes = {
        code
        for pattern in WHERE
        for path in ROOT.glob(pattern)
        for code in codes_in(path)
    }
    table = (ROOT / "docs/recordings.md").read_text("utf-8")
    named = {
        line.split("`")[1] for line in table.splitlines() if line.startswith("| `")
    }

    assert named == codes
