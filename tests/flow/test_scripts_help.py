"""Who asks a script what it does is told, and sees no traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPTS = Path(__file__).parents[2] / "scripts"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["mutate", "reliability", "yasa_night"])
def test_a_script_answers_help(name: str) -> None:
    call = [sys.executable, SCRIPTS / f"{name}.py", "--help"]
    done = subprocess.run(
        call, check=False, capture_output=True, text=True, timeout=120
    )
    told = done.stdout + done.stderr
    assert "Traceback" not in told
    # mutate.py, where its own packages are not installed, says which.
    assert done.returncode == 0 or "extra 'dev'" in told
