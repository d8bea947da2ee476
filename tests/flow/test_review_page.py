"""The page for corrections in a browser: opened, used by key, saved, read again."""

import base64
import json
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from browser_makers import axe_violations, started_browser
from scipy.signal import resample_poly

import psgkit
from psgkit.domain.channels.roles import Role
from psgkit.domain.night import Night
from psgkit.domain.recording import ArraySource, Channel, Recording
from psgkit.domain.scoring import Scoring, Stage
from psgkit.measure.night import measure_scored
from psgkit.report.language import speaking
from psgkit.report.review import page as page_module
from psgkit.report.review.page import review_page
from psgkit.report.review.words import script_reasons
from psgkit.settings import MeasureSettings, ReportSettings, Settings

pytestmark = pytest.mark.slow

SAMPLES = Path(__file__).parents[2] / "sample_data"
ANSWERS = ("rem_wmean_min_b2m", "n3_min", "ari_per_h")
EVIL = "</script><script>document.title='owned'</script><img src=x>\"'"
AROUSALS_S = [(900.0 + 95.5 * number, 5.0) for number in range(100)]


def scoring_of_night() -> Scoring:
    """Return the sample night's truth, with a doubtful epoch every ten."""
    stages = pd.read_csv(SAMPLES / "night_hypnogram.csv")["stage"].tolist()
    proba = np.full((len(stages), 5), 0.025)
    for epoch, name in enumerate(stages):
        code = Stage[name].value
        is_doubtful = epoch % 10 == 5
        proba[epoch, code] = 0.5 if is_doubtful else 0.9
        proba[epoch, (code + 1) % 5] = 0.425 if is_doubtful else 0.025
    scoring = Scoring.from_stages(
        stages, arousals=AROUSALS_S, scorer="yasa-fast", proba=proba
    )
    return replace(scoring, lights_off_s=0.0, lights_on_s=scoring.end_s)


@pytest.fixture(scope="module")
def recording() -> Recording:
    return psgkit.read_recording(SAMPLES / "night.edf")


@pytest.fixture(scope="module")
def night() -> Night:
    return psgkit.analyse(
        SAMPLES / "night.edf",
        scoring=scoring_of_night(),
        settings=Settings(measure=MeasureSettings(signals=False)),
        id="n1",
    )


@pytest.fixture(scope="module")
def page_file(
    night: Night, recording: Recording, tmp_path_factory: pytest.TempPathFactory
) -> Path:
    folder = tmp_path_factory.mktemp("review")
    settings = Settings(report=ReportSettings(review=True, page=False))
    home = psgkit.save_night(night, folder, settings=settings, recording=recording)
    return home / "n1_review.html"


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with started_browser() as started:
        yield started


@pytest.fixture
def page(browser: Any, page_file: Path) -> Iterator[Any]:
    opened = open_page(browser, page_file)
    yield opened
    assert opened.said == []
    opened.context.close()


def open_page(browser: Any, file: Path, **facts: Any) -> Any:
    """Open a page in a browser that knows nothing yet; note what it says and asks."""
    context = browser.new_context(offline=True, accept_downloads=True, **facts)
    page = context.new_page()
    page.said, page.asked = [], []
    page.on("console", lambda message: page.said.append(message.text))
    page.on("pageerror", lambda fault: page.said.append(str(fault)))
    page.on("request", lambda request: page.asked.append(request.url))
    page.goto(file.as_uri())
    return page


def shown_answers(page: Any) -> list[float]:
    return [float(page.get_attribute(f"#{name}", "data-value")) for name in ANSWERS]


def payload_of(file: Path) -> dict[str, Any]:
    found = re.search(
        r'<script type="application/json" id="data">(.*?)</script>',
        file.read_text(encoding="utf-8"),
        re.DOTALL,
    )
    assert found
    payload: dict[str, Any] = json.loads(found[1])
    return payload


def test_the_page_opens_offline_and_asks_for_nothing_else(
    page: Any, page_file: Path
) -> None:
    assert [url for url in page.asked if not url.startswith("data:")] == [
        page_file.as_uri()
    ]
    assert page_file.stat().st_size < 8_000_000
    assert (
        page.evaluate("data.items.filter(i => i.kinds[0] === 'arousal').length") == 100
    )
    weights = page.evaluate("state.ranked.map(place => place.weight.share)")
    assert weights == sorted(weights, reverse=True)
    assert weights[0] > 0


def test_the_policy_allows_the_pages_own_script_alone(
    browser: Any, page_file: Path, tmp_path: Path
) -> None:
    text = page_file.read_text(encoding="utf-8")
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', text)
    assert policy
    rules = dict(rule.strip().split(" ", 1) for rule in policy[1].split(";"))
    assert rules["default-src"] == "'none'"
    assert re.fullmatch(r"'sha256-[\w+/=]{44}'", rules["script-src"])
    assert re.fullmatch(r"'sha256-[\w+/=]{44}'", rules["style-src"])
    foreign = tmp_path / "foreign.html"
    foreign.write_text(
        text.replace("</body>", "<script>document.title='owned'</script></body>"),
        encoding="utf-8",
    )
    page = open_page(browser, foreign)
    assert page.title() != "owned"
    assert any("Content Security Policy" in line for line in page.said)
    page.context.close()


def random_scorings() -> Iterator[Scoring]:
    """Make hypnograms of many kinds: lights, gaps, artefacts, naps, over a day."""
    rng = np.random.default_rng(25)
    for number in range(150):
        epoch_s = float(rng.choice([20, 30, 30, 30, 60]))
        n_epochs = int(rng.choice([1, 40, 400, 960, 3200]))
        codes = np.repeat(
            rng.choice([-2, -1, 0, 1, 2, 3, 4, 4], n_epochs),
            rng.choice([1, 1, 2, 3, 8, 30], n_epochs),
        )[:n_epochs]
        if number % 10 == 0:
            codes = np.where(codes == 4, 2, codes)
        if number % 17 == 0:
            codes[:] = -2
        onset_s = float(rng.choice([0.0, 30.0, 12.5]))
        arousals = None
        if number % 7:
            n_arousals = int(rng.choice([0, 5, 60]))
            at = rng.uniform(0, n_epochs * epoch_s + 200, n_arousals)
            # On the boundaries of epochs too, and ten seconds after them.
            at[::3] = np.round(at[::3] / epoch_s) * epoch_s + rng.choice([0, 10])
            arousals = [(float(one), 4.0) for one in np.sort(at)]
        scoring = Scoring.from_stages(codes.tolist(), epoch_s, arousals=arousals)
        length_s = n_epochs * epoch_s
        off = None if number % 3 == 0 else float(rng.uniform(-100, length_s / 3))
        on = (
            None
            if number % 4 == 0
            else float(rng.uniform(length_s / 2, length_s + 100))
        )
        begin_s = onset_s if off is None else off
        end_s = onset_s + length_s if on is None else on
        if end_s - begin_s < 2 * epoch_s:  # such a call is refused
            off = on = None
        kinds = scoring.kinds_scored
        if number % 11 == 0 and kinds:
            kinds = frozenset({"arousal_in_nrem"})
        yield replace(
            scoring,
            onset_s=onset_s,
            lights_off_s=off,
            lights_on_s=on,
            kinds_scored=kinds,
        )


def as_page_holds(scoring: Scoring) -> dict[str, Any]:
    return {
        "stages": scoring.stages.tolist(),
        "epoch_s": scoring.epoch_s,
        "onset_s": scoring.onset_s,
        "lights_off_s": scoring.lights_off_s,
        "lights_on_s": scoring.lights_on_s,
        "kinds_scored": sorted(scoring.kinds_scored),
        "events": scoring.events.to_dict("records"),
    }


def test_the_pages_formulas_equal_those_of_measure_scoring(page: Any) -> None:
    defined = dict.fromkeys(ANSWERS, 0)
    for number, scoring in enumerate(random_scorings()):
        found = page.evaluate("scoring => answersOf(scoring)", as_page_holds(scoring))
        expected = psgkit.measure_scoring(scoring)
        for name in ANSWERS:
            value = found[name].get("value", np.nan)
            assert value == pytest.approx(expected[name], nan_ok=True, rel=1e-12), (
                number,
                name,
            )
            defined[name] += int(np.isfinite(expected[name]))
    # Not all of them undefined: the comparison compares.
    assert min(defined.values()) >= 30, defined


def test_thirty_corrections_by_key_are_read_by_the_report(
    run: Any, page: Any, night: Night, tmp_path: Path
) -> None:
    before = shown_answers(page)
    page.fill("#by", "AB")
    page.select_option("#filter", "arousal")
    page.evaluate("document.activeElement.blur()")
    for _number in range(10):
        page.keyboard.press("a")
        page.keyboard.press("ArrowRight")
    for _number in range(4):
        page.keyboard.press("]")
        page.keyboard.press("}")
        page.keyboard.press("ArrowRight")
    page.keyboard.press("n")
    page.select_option("#filter", "doubtful")
    page.evaluate("document.activeElement.blur()")
    for key in "w123r3r1w23rw1w1r":
        page.keyboard.press(key)
        page.keyboard.press("ArrowRight")
    changes = page.evaluate("state.changes")
    assert len(changes) >= 30
    assert {one["by"] for one in changes} == {"AB"}
    after = shown_answers(page)
    assert all(old != new for old, new in zip(before, after, strict=True))
    with page.expect_download() as download:
        page.keyboard.press("s")
    saved = tmp_path / "n1_corrected.json"
    download.value.save_as(saved)
    assert download.value.suggested_filename == saved.name

    out = tmp_path / "out"
    status, printed, error = run(
        "report", SAMPLES / "night.edf", "--scoring", saved, "--id", "n1",
        *("--only", "staging", "--tables", "--full", "--out", out),
    )  # fmt: skip
    assert status == 0, error
    summary = pd.read_csv(out / "n1" / "n1_summary.csv").iloc[0]
    assert [summary[name] for name in ANSWERS] == pytest.approx(after, rel=1e-12)
    assert summary["scorer"] == "corrected by a person"

    table = pd.read_csv(out / "n1" / "n1_corrections.csv")
    counts = table["correction"].value_counts().to_dict()
    stages = len({one["epoch"] for one in changes if one["what"] == "stage"})
    assert counts["arousal_rejected"] == 10
    assert counts["arousal_moved"] == 4
    assert counts["arousal_added"] == 1
    assert counts["stage"] <= stages
    # Both scorings are kept: the corrections taken back give the program's stages.
    read = psgkit.read_night(out / "n1" / "n1.h5")
    taken_back = read.scoring.stages.copy()
    for row in read.tables["corrections"].query("correction == 'stage'").itertuples():
        taken_back[round(row.onset_s / 30)] = Stage[row.stage_before].value
    assert (taken_back == night.scoring.stages).all()
    words = " ".join(printed.split())
    assert f"changed {counts['stage']} of {read.scoring.n_epochs} epochs" in words
    assert "kappa" in words

    edf = tmp_path / "n1.edf"
    status, _printed, error = run("export", saved, "--to", "edf+", "--out", edf)
    assert status == 0, error
    again = psgkit.read_scoring(edf)
    assert (again.stages == read.scoring.stages).all()
    assert len(again.arousals) == len(read.scoring.arousals)


def press(page: Any, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Any, name: str) -> None:
    """Move the focus forward by key until an element has it."""
    for _number in range(40):
        if page.evaluate("document.activeElement.id") == name:
            return
        page.keyboard.press("Tab")
    pytest.fail(f"{name} cannot be reached by Tab")


def test_a_hundred_arousals_are_judged_without_the_mouse(
    page: Any, tmp_path: Path
) -> None:
    tab_to(page, "filter")
    press(page, "ArrowDown", "ArrowDown", "Escape")
    assert page.evaluate("state.shown.length") == 100
    for number in range(100):
        # Every third is rejected, the others are right as they are.
        press(page, *(("a", "ArrowRight") if number % 3 == 0 else (" ",)))
    assert page.inner_text("#progress").startswith("100 of ")
    tab_to(page, "by")
    page.keyboard.type("AB")
    press(page, "Escape")
    with page.expect_download() as download:
        press(page, "s")
    download.value.save_as(tmp_path / "n1_corrected.json")
    corrected = psgkit.read_scoring(tmp_path / "n1_corrected.json")
    assert len(corrected.arousals) == 100 - 34
    assert len(corrected.original.arousals) == 100


def test_the_keys_can_be_switched_off_and_stay_off(page: Any) -> None:
    page.select_option("#filter", "arousal")
    press(page, "Escape")
    page.uncheck("#keys-on")
    page.reload()
    page.select_option("#filter", "arousal")
    press(page, "Escape", "a", "w", "n", "]", " ")
    assert page.evaluate("state.changes.length") == 0
    press(page, "ArrowRight")
    assert page.evaluate("state.at") == 1
    page.check("#keys-on")
    press(page, "a")
    assert page.evaluate("state.changes.length") == 1


def test_a_second_session_keeps_what_the_first_changed(
    browser: Any, page: Any, recording: Recording, tmp_path: Path
) -> None:
    def corrected(page: Any, by: str, keys: str) -> Path:
        page.select_option("#filter", "doubtful")
        page.fill("#by", by)
        press(page, "Escape", *keys)
        with page.expect_download() as download:
            press(page, "s")
        saved = tmp_path / f"{by}.json"
        download.value.save_as(saved)
        return saved

    first = corrected(page, "AB", "wr")
    night = psgkit.analyse(
        SAMPLES / "night.edf",
        scoring=first,
        settings=Settings(measure=MeasureSettings(signals=False)),
        id="n1",
    )
    file = tmp_path / "second_review.html"
    file.write_text(review_page(night, recording), encoding="utf-8")
    second_page = open_page(browser, file)
    second = corrected(second_page, "CD", "3")
    second_page.context.close()
    content = json.loads(second.read_text(encoding="utf-8"))
    told = [(one["session"], one["by"], one["to"]) for one in content["changes"]]
    assert told == [(1, "AB", "W"), (1, "AB", "R"), (2, "CD", "N3")]
    before = json.loads(first.read_text(encoding="utf-8"))["original"]
    assert content["original"]["stages"] == before["stages"]


def test_a_filter_without_a_place_says_so_and_leaves_nothing_to_press(
    page: Any,
) -> None:
    page.select_option("#filter", "changed")
    assert page.inner_text("#title") == "There is no place to show."
    assert page.inner_text("#reasons") == ""
    assert not page.is_visible("#trace")
    page.evaluate("document.activeElement.blur()")
    for key in ("a", "w", "n", "]", "ArrowRight", " "):
        page.keyboard.press(key)
    assert page.evaluate("state.changes.length") == 0


def test_every_reason_of_the_script_is_told_in_the_readers_language() -> None:
    templates = Path(page_module.__file__).parents[1] / "pages" / "templates"
    script = (templates / "review_answers.js").read_text(encoding="utf-8")
    reasons = set(re.findall(r'reason: "([^"]+)"', script))
    with speaking("nl"):
        told = script_reasons()
    assert reasons == set(told)
    assert all(meant not in reasons for meant in told.values())


def test_undo_takes_back_one_change_after_the_other(page: Any) -> None:
    before = page.evaluate("JSON.stringify(state.scoring)")
    page.select_option("#filter", "arousal")
    page.evaluate("document.activeElement.blur()")
    for key in ("a", "a", "]", "}", "n", "3", "r"):
        page.keyboard.press(key)
    assert page.evaluate("JSON.stringify(state.scoring)") != before
    for _number in range(page.evaluate("state.changes.length")):
        page.keyboard.press("u")
    assert page.evaluate("JSON.stringify(state.scoring)") == before
    page.keyboard.press("u")
    assert page.inner_text("#said") == "There is nothing to undo."


def test_edges_are_dragged_with_the_mouse(page: Any) -> None:
    page.select_option("#filter", "arousal")
    old = page.evaluate("edgesOf(arousalOf(place()))")
    box = page.locator("#trace").bounding_box()
    at = page.evaluate("state.map.xOf(arousalOf(place()).onset_s)")
    second = page.evaluate(
        "state.map.xOf(place().start_s + 1) - state.map.xOf(place().start_s)"
    )
    page.mouse.move(box["x"] + at, box["y"] + 100)
    page.mouse.down()
    page.mouse.move(box["x"] + at - 2 * second, box["y"] + 100, steps=5)
    page.mouse.up()
    new = page.evaluate("edgesOf(arousalOf(place()))")
    assert new["onset_s"] == pytest.approx(old["onset_s"] - 2, abs=0.15)
    assert new["onset_s"] + new["duration_s"] == pytest.approx(
        old["onset_s"] + old["duration_s"], abs=0.11
    )


def test_a_reload_keeps_the_work_and_another_night_does_not_get_it(
    page: Any, night: Night, recording: Recording, tmp_path: Path
) -> None:
    page.evaluate("document.activeElement.blur()")
    page.select_option("#filter", "doubtful")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("w")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("r")
    kept = page.evaluate("JSON.stringify(state.changes)")
    page.reload()
    assert page.evaluate("JSON.stringify(state.changes)") == kept
    assert "restored" in page.inner_text("#said")

    # The same recording under the same name, scored by another: another content.
    other = replace(night.scoring, stages=np.roll(night.scoring.stages, 1))
    second = tmp_path / "n1_review.html"
    second.write_text(
        review_page(replace(night, scoring=other), recording), encoding="utf-8"
    )
    page.goto(second.as_uri())
    assert page.evaluate("state.changes") == []


def test_signals_equal_the_recording_within_half_a_step(
    page_file: Path, recording: Recording
) -> None:
    compared = 0
    for packed in payload_of(page_file)["channels"]:
        channel = recording.channel(packed["label"])
        whole = recording.signal(channel)
        if channel.rate_hz > 100:
            assert packed["rate_hz"] == 100
            up, down = 100, round(channel.rate_hz)
            whole = resample_poly(whole - whole.mean(), up, down) + whole.mean()
        for piece in packed["pieces"]:
            codes = np.frombuffer(base64.b64decode(piece["data"]), dtype=np.int8)
            values = piece["offset"] + codes.astype(float) * piece["step"]
            first = round(piece["start_s"] * packed["rate_hz"])
            expected = whole[first : first + len(values)]
            inside = slice(None)
            if piece["start_s"] == 0 or first + len(values) >= len(whole) - 1:
                inside = slice(100, -100)  # the whole night's own edges
            worst = np.abs(values - expected)[inside].max()
            assert worst <= piece["step"] / 2 * (1 + 1e-6) + 1e-9, packed["label"]
            compared += len(values)
    assert compared > 100_000


def hostile_page(folder: Path) -> Path:
    rng = np.random.default_rng(1)
    arrays = tuple(rng.normal(0, 20, 200 * 600) for _ in range(2))
    channels = (
        Channel(Role.C4_M1, EVIL, 0, 200.0),
        Channel(Role.EMG_CHIN, "=cmd()", 1, 200.0),
    )
    recording = Recording(
        EVIL, None, 600.0, channels, ArraySource(arrays, (200.0,) * 2)
    )
    scoring = Scoring.from_stages(
        ["N2"] * 10 + ["R"] * 10, arousals=[(100.0, 5.0)], scorer=EVIL
    )
    scoring = replace(
        scoring, events=scoring.events.assign(source=EVIL, cause=EVIL), proba=None
    )
    measured = measure_scored(scoring)
    whole = psgkit.analyse(
        recording,
        scoring=scoring,
        settings=Settings(measure=MeasureSettings(signals=False)),
    )
    night = replace(whole, scoring=scoring, tables=measured.tables)
    file = folder / "hostile.html"
    file.write_text(review_page(night, recording), encoding="utf-8")
    return file


def test_hostile_labels_and_events_stay_text(browser: Any, tmp_path: Path) -> None:
    page = open_page(browser, hostile_page(tmp_path))
    assert page.said == []
    assert page.title() != "owned"
    assert page.evaluate("document.images.length") == 0
    page.select_option("#filter", "arousal")
    assert "</script>" in page.inner_text("#reasons")
    page.context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_axe_finds_no_fault(
    browser: Any, page_file: Path, scheme: str, width: int
) -> None:
    page = open_page(
        browser,
        page_file,
        color_scheme=scheme,
        viewport={"width": width, "height": 900},
    )
    for kind in ("arousal", "doubtful"):
        page.select_option("#filter", kind)
        assert axe_violations(page) == []
    assert page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    page.context.close()


def test_no_date_of_the_recording_is_in_the_page(
    page_file: Path, recording: Recording
) -> None:
    text = page_file.read_text(encoding="utf-8")
    assert recording.start is not None
    assert f"{recording.start:%Y-%m-%d}" not in text
    assert f"{recording.start:%d.%m.%Y}" not in text
