"""Print a night's page as PDF by Chromium, else by WeasyPrint.

Chromium draws the page as the reader's browser does. WeasyPrint (the extra ``pdf``) needs
no browser. Neither is given access to a network.
"""

import os
import shutil
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path

from psgkit.errors import OutputError

BROWSERS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
_TIMEOUT_S = 120
_FLAGS = (
    "--headless",
    "--disable-gpu",
    "--no-first-run",
    "--no-pdf-header-footer",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--virtual-time-budget=2000",
)
REMEDY = "Install Chromium, or WeasyPrint with the extra: pip install 'psgkit[pdf]'."


def print_page(html: str) -> bytes:
    """Return a page as PDF.

    Parameters
    ----------
    html : str
        A whole page that loads nothing.

    Raises
    ------
    OutputError
        Without a browser and WeasyPrint, or if printing fails.
    """
    browser = find_browser()
    if browser is not None:
        return _by_browser(browser, html)
    if find_spec("weasyprint") is not None:
        return _by_weasyprint(html)
    raise OutputError(f"No PDF can be made: no Chromium and no WeasyPrint. {REMEDY}")


def find_browser() -> str | None:
    """Return the path of a Chromium-like browser, or None."""
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def _by_browser(browser: str, html: str) -> bytes:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        page, target = Path(home, "page.html"), Path(home, "page.pdf")
        page.write_text(html, encoding="utf-8")
        flags = [*_FLAGS, f"--user-data-dir={home}/profile"]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            flags.append("--no-sandbox")  # Chromium refuses its sandbox to root
        try:
            subprocess.run(  # noqa: S603 - the browser of this machine, our own page
                [browser, *flags, f"--print-to-pdf={target}", page.as_uri()],
                check=True,
                capture_output=True,
                timeout=_TIMEOUT_S,
            )
            return target.read_bytes()
        except (OSError, subprocess.SubprocessError) as fault:
            raise OutputError(
                f"The PDF was not made: {Path(browser).name} failed "
                f"({type(fault).__name__}). Open the HTML page and print it."
            ) from None


def _by_weasyprint(html: str) -> bytes:
    import weasyprint  # noqa: PLC0415 - an extra

    return bytes(weasyprint.HTML(string=html).write_pdf())
