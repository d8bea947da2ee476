"""Every issue that psgkit may name stands in the documentation."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]
PAGE = ROOT / "docs/reference/issues.md"
# The reader of a saved night repeats issues; it finds none.
REPEATS = "row['code']"


def codes_in(path: Path) -> set[str]:
    """Return the code of every `Issue(...)` of a module, as a regular expression."""
    calls = (n for n in ast.walk(ast.parse(path.read_text("utf-8"))))
    return {
        _pattern(call.args[1])
        for call in calls
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Issue"
        and ast.unparse(call.args[1]) != REPEATS
    }


def _pattern(code: ast.expr) -> str:
    match code:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=parts):
            return "".join(
                str(part.value) if isinstance(part, ast.Constant) else r"\w+"
                for part in parts
            )
    raise AssertionError(ast.unparse(code))


@pytest.mark.skipif(not (ROOT / "docs").is_dir(), reason="no documentation here")
def test_the_table_of_issues_names_each_code_and_no_other():
    codes = {code for path in ROOT.glob("psgkit/**/*.py") for code in codes_in(path)}
    rows = re.findall(r"^\| `(\w+)` \|", PAGE.read_text("utf-8"), flags=re.MULTILINE)
    matched = {row: {code for code in codes if re.fullmatch(code, row)} for row in rows}

    assert len(rows) == len(set(rows))
    assert not [row for row, by in matched.items() if not by]
    assert set().union(*matched.values()) == codes
