"""The pages in a browser: what a person would see, on a screen, a phone and paper."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from browser_makers import axe_violations, started_browser
from cohort_makers import make_cohort
from night_makers import make_night

from psgkit.domain.issues import Issue, Severity
from psgkit.measure import ALL_METRICS
from psgkit.report.pages.cohort_html import cohort_page
from psgkit.report.pages.night_html import night_page

pytestmark = pytest.mark.slow

EVIL = "<script>document.title='owned'</script>\"' 😀 עברית " + "long" * 60

NIGHTS = {
    "a whole night": make_night(),
    "a night without REM": make_night(stages="WW" + "2" * 60 + "W", tables={}),
    "a night with a dozen issues": make_night(
        issues=tuple(
            Issue(
                severity, "x", "Channel C4-M1 lost contact for an hour. " * 2, "Look."
            )
            for severity in (*[Severity.ERROR] * 3, *[Severity.NOTE] * 9)
        )
    ),
    "a night with strange names": make_night(
        EVIL, issues=(Issue(Severity.ERROR, "strange", EVIL, EVIL),)
    ),
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with started_browser() as started:
        yield started


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    found = {}
    for number, (name, night) in enumerate(NIGHTS.items()):
        found[name] = folder / f"{number}.html"
        found[name].write_text(night_page(night), encoding="utf-8")
    found["a cohort"] = folder / "cohort.html"
    found["a cohort"].write_text(
        cohort_page(make_cohort(50), ALL_METRICS), encoding="utf-8"
    )
    return found


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("name", [*NIGHTS, "a cohort"])
def test_a_page_loads_alone_and_fits_its_screen(
    browser: Any, pages: dict[str, Path], name: str, width: int, scheme: str
) -> None:
    page = browser.new_page(
        viewport={"width": width, "height": 844}, color_scheme=scheme
    )
    said: list[str] = []
    asked: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.on("pageerror", lambda fault: said.append(str(fault)))
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[name].as_uri())
    assert said == []
    assert [url for url in asked if not url.startswith("data:")] == [
        pages[name].as_uri()
    ]
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    sizes = page.evaluate(
        "[...document.images].map(i => [i.naturalWidth, i.naturalHeight, i.clientWidth,"
        " i.clientHeight, i.alt.length])"
    )
    assert len(sizes) == (0 if name == "a cohort" else 5)
    drawings = page.evaluate(
        "[...document.querySelectorAll('svg')].map(d => [d.clientWidth, d.clientHeight])"
    )
    assert all(min(size) > 0 for size in drawings)
    assert all(min(size) > 0 for size in sizes)
    assert page.title() != "owned"
    page.close()


@pytest.mark.parametrize("name", [*NIGHTS][:3])
def test_a_page_prints_on_two_sheets(
    browser: Any, pages: dict[str, Path], name: str
) -> None:
    page = browser.new_page()
    page.goto(pages[name].as_uri())
    printed = page.pdf(prefer_css_page_size=True)
    assert len(re.findall(rb"/Type\s*/Page\b", printed)) in (1, 2)
    page.close()


def test_letters_stand_out_from_the_page_in_light_and_dark(
    browser: Any, pages: dict[str, Path]
) -> None:
    for scheme in ("light", "dark"):
        page = browser.new_page(color_scheme=scheme)
        page.goto(pages["a whole night"].as_uri())
        for selector in ("body", ".error", ".warning", ".note", ".soft"):
            ink, paper = page.evaluate(_COLOURS, selector)
            assert contrast(ink, paper) >= 4.5, (scheme, selector)
        page.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", [*NIGHTS, "a cohort"])
def test_axe_finds_no_fault_in_a_page(
    browser: Any, pages: dict[str, Path], name: str, scheme: str
) -> None:
    page = browser.new_page(color_scheme=scheme)
    page.goto(pages[name].as_uri())
    page.evaluate(
        "document.querySelectorAll('details').forEach(d => { d.open = true })"
    )
    assert axe_violations(page) == []
    page.close()


def contrast(ink: list[float], paper: list[float]) -> float:
    """Return the contrast of two colours as WCAG 2 defines it."""
    light, dark = sorted((_luminance(ink), _luminance(paper)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: list[float]) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in (value / 255 for value in colour)
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


_COLOURS = """selector => {
  const parts = words => words.match(/[\\d.]+/g).map(Number);
  let place = document.querySelector(selector);
  const ink = parts(getComputedStyle(place).color);
  let paper = [0, 0, 0, 0];
  while (place) {
    paper = parts(getComputedStyle(place).backgroundColor);
    if (paper.length === 3) break;
    place = place.parentElement;
  }
  return [ink, paper.slice(0, 3)];
}"""


def test_the_contrast_of_black_on_white_is_21() -> None:
    assert contrast([0, 0, 0], [255, 255, 255]) == pytest.approx(21.0)


def test_the_nights_of_a_cohort_are_sorted_and_filtered(
    browser: Any, tmp_path: Path
) -> None:
    file = tmp_path / "cohort.html"
    table = make_cohort(500)
    file.write_text(cohort_page(table, ALL_METRICS), encoding="utf-8")
    page = browser.new_page()
    page.goto(file.as_uri())
    first = page.locator("#nights tbody tr:visible td:first-child")
    assert first.first.inner_text() == "night-00"
    page.get_by_role("button", name="issues").click()
    page.get_by_role("button", name="issues").click()
    most = page.locator("#nights tbody tr td:nth-child(3)").first.inner_text()
    assert most == f"{table['issues_n'].max():g}"
    page.fill("#find", "failed")
    assert first.count() == 2
    assert page.locator("#shown").inner_text() == "2 / 500"
    page.fill("#find", "")
    assert first.count() == 500
    page.close()
