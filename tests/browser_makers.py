"""A browser for tests, and what axe-core finds wrong with a page in it."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest


@contextmanager
def started_browser() -> Iterator[Any]:
    """Start the Chromium of this machine, or skip the test."""
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed"
    )
    names = ("chromium", "chromium-browser", "google-chrome")
    path = next((found for name in names if (found := shutil.which(name))), None)
    if path is None:
        pytest.skip(f"no browser: none of {', '.join(names)} is installed")
    with playwright.sync_playwright() as driver:
        started = driver.chromium.launch(executable_path=path, args=["--no-sandbox"])
        yield started
        started.close()


def axe_violations(page: Any) -> list[str]:
    """Return what axe-core finds: each rule with the first element that breaks it."""
    carrier = pytest.importorskip(
        "axe_playwright_python", reason="axe-core is not installed"
    )
    script = Path(carrier.__file__).parent / "axe.min.js"
    page.evaluate(script.read_text(encoding="utf-8"))
    found = page.evaluate("axe.run(document).then(found => found.violations)")
    return [f"{rule['id']}: {rule['nodes'][0]['html'][:200]}" for rule in found]
