import io

from night_makers import EXPLORATORY, make_measure, make_night
from rich.console import Console

from psgkit.domain.issues import Issue, Severity
from psgkit.domain.metrics import Family
from psgkit.domain.night import Night
from psgkit.report.pages.night_text import page, text_page
from psgkit.report.pages.sleep_summary import BODY_ROWS, BREATHING_ROWS


def whole(night: Night) -> str:
    return text_page(night, full=True)


def test_the_answers_come_last_on_a_screen_of_24_lines():
    many = tuple(Issue(Severity.NOTE, f"n{n}", "A note. " * 20) for n in range(9))
    for night in (make_night(), make_night(issues=many), make_night(results=())):
        lines = text_page(night, files="results/n1").splitlines()
        assert len(lines) <= 23  # the 24th is the prompt's
        titles = [
            line.split("  ")[0]
            for line in lines
            if line[:3].isupper() and line[0] != " "
        ]
        assert titles[-3:] == ["REM CONTINUITY", "N3, DEEP SLEEP", "AROUSALS"]
    assert "Messages not shown here: " in text_page(make_night(issues=many))


def test_a_crowded_screen_leaves_heart_and_saturation_to_the_page():
    known = make_night().results
    more = tuple(make_measure(name, 12.5) for _label, name in BODY_ROWS)
    breathing = tuple(
        make_measure(f"{stem}_per_h", 12.5) for _label, stem in BREATHING_ROWS
    )
    night = make_night(results=(*known, *more, *breathing))
    lines = text_page(night, files="a folder of results/" * 16).splitlines()
    assert len(lines) <= 23
    assert not any("mean saturation" in line for line in lines)


def test_an_answer_that_is_absent_says_why():
    missing = make_measure("ari_per_h", reason="arousals were not scored")
    text = " ".join(text_page(make_night(results=(missing,))).split())
    assert "AROUSALS Not available: arousals were not scored." in text


def test_the_page_speaks_dutch():
    text = text_page(make_night(), language="nl")
    assert "13,2 minuten (11 tot 15,5)" in text
    assert "N3, DIEPE SLAAP" in text


def test_issues_stand_before_any_number_and_errors_first():
    text = whole(make_night())
    places = [text.index(w) for w in ("ERROR", "WARNING", "NOTE", "13.2 minutes")]
    assert places == sorted(places)
    assert "Name it with --unit." in text


def test_a_number_has_its_unit_interval_and_meaning():
    text = whole(make_night())
    assert "13.2 minutes (11 to 15.5)" in text
    assert "The meaning of rem_wmean_min_b2m." in text


def test_exploratory_numbers_stand_apart_unless_they_are_headlines():
    # METRICS, section M: the three answers come first whatever their tier.
    results = (
        make_measure("n3_min", 27.0, reliability=EXPLORATORY),
        make_measure("rem_lat_min", 70.0, reliability=EXPLORATORY),
    )
    text = whole(make_night(results=results))
    assert "REM SLEEP" not in text
    assert text.index("N3, DEEP SLEEP") < text.index("n3_min")
    assert text.index("n3_min") < text.index("EXPLORATORY") < text.index("rem_lat_min")


def test_other_exploratory_numbers_are_counted_as_such():
    assert "Exploratory   REM continuity 1" in whole(make_night())


def test_the_page_says_what_ranges_are_where_there_are_any():
    assert "A range beside a number" in whole(make_night())
    assert "A range beside" not in whole(make_night(results=()))


def test_what_is_not_defined_is_said_with_its_reason():
    text = whole(make_night())
    assert "Not available: arousals were not scored." in text
    assert "fewer than 3 bouts of N2: Infraslow sigma fluctuation 1" in text


def test_what_a_channel_was_used_for_is_told_in_words():
    assert "EEG for stages C4_M1 (EEG C4-A1)" in whole(make_night())


FAMILIES = (("rem_", Family.REM), ("n3_", Family.DEEP_SLEEP))


def test_of_many_reasons_those_of_most_numbers_are_told_by_family():
    results = [
        make_measure(f"{start}{number}", reason=f"reason {number}", family=family)
        for number in range(1, 12)
        for start, family in FAMILIES[: 1 + (number > 3)]
    ]
    lines = whole(make_night(results=tuple(results))).splitlines()
    begin = lines.index("NOT AVAILABLE FOR THIS NIGHT")
    told = [
        f"  reason {n}: REM continuity 1, N3 and slow waves 1" for n in range(4, 12)
    ]
    assert lines[begin + 1 : begin + 9] == told
    assert lines[begin + 9] == "  Further reasons: 3, for 3 numbers."


def test_unrated_numbers_are_counted_by_family():
    assert "Not rated     Spectral power 1" in whole(make_night())


def test_the_page_fits_eighty_columns():
    long = Issue(Severity.WARNING, "long", "A word " * 40 + "x" * 200, "Do this.")
    results = (make_measure("rem_min", reason="for a long, long reason " * 8),)
    text = whole(make_night("an id " * 30, issues=(long,), results=results))
    assert max(len(line) for line in text.splitlines()) <= 80


def test_an_option_is_not_cut_at_its_hyphens():
    # At 80 columns the line is full within the option.
    issue = Issue(Severity.NOTE, "lights", "w" * 54, "Give --lights-off and no more.")
    assert "--lights-off" in whole(make_night(issues=(issue,)))


def test_in_a_narrow_terminal_no_word_is_cut():
    file = io.StringIO()
    night = make_night(stages="W" * 160 + "R" * 160)
    Console(file=file, width=40).print(page(night, 40, full=True))
    lines = file.getvalue().splitlines()
    assert max(len(line.rstrip()) for line in lines) <= 40
    told = " ".join(" ".join(lines).split())
    assert "psgkit is not a medical device and gives no diagnosis." in told
    # 40 columns less 8 are 32 of ten epochs each, half of them wake.
    assert "   W " + "█" * 16 in [line.rstrip() for line in lines]


def test_the_hypnogram_shows_each_stage_on_its_row():
    # Four epochs, one column each.
    lines = whole(make_night(stages="W23R")).splitlines()
    rows = {line[:4].strip(): line[5:] for line in lines if "█" in line}
    assert rows == {"W": "█", "N2": " █", "N3": "  █", "R": "   █"}


def test_text_from_files_is_neither_terminal_commands_nor_markup():
    night = make_night(
        "\x1b]0;owned\x07[bold red]x[/]",
        issues=(Issue(Severity.ERROR, "c", "Label '\x1b[2J\u202e[link=http://x]'."),),
    )
    file = io.StringIO()
    Console(file=file, force_terminal=True, width=80).print(page(night))
    assert "[bold red]x[/]" in file.getvalue()
    assert "\x1b[2J" not in file.getvalue()
    assert not {"\x1b", "\x07", "\u202e"} & set(text_page(night))


def test_a_night_with_nothing_in_it_still_has_a_page():
    text = whole(
        make_night(stages="?", results=(), issues=(), with_proba=False, arousals=None)
    )
    assert text.count("Not available") == 3
    assert "not a medical device" in text


def test_a_count_goes_without_the_word_and_one_minute_is_singular():
    text = whole(
        make_night(
            results=(
                make_measure("remp_n", 1.0, unit="count"),
                make_measure("rem_min", 1.0, unit="minutes"),
                make_measure("waso_min", 0.0, unit="minutes"),
            )
        )
    )
    assert "count" not in text
    assert "  1 minute\n" in text
    assert "  0 minutes\n" in text
