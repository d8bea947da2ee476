"""Pictures as SVG, held against the places that the axes give by hand."""

import base64
import io
import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from night_makers import make_night
from PIL import Image

from psgkit.report.drawing.palette import DARK_INK, FAINT, INK, rgb
from psgkit.report.drawing.picture import (
    CLEAR,
    LEFT_PX,
    TOP_PX,
    Axis,
    Boxes,
    Line,
    Mark,
    Panel,
    Picture,
    Raster,
    Segments,
    Surface,
    Words,
)
from psgkit.report.drawing.svg import svg_of
from psgkit.report.figures.arousals import arousals_picture
from psgkit.report.figures.overview import overview_picture
from psgkit.report.figures.rem import rem_picture
from psgkit.report.figures.slow_waves import swa_picture
from psgkit.report.figures.spectra import spectra_picture

SVG = "{http://www.w3.org/2000/svg}"
RED = "#ff0000"
PICTURES = {
    "overview": overview_picture,
    "rem": rem_picture,
    "swa": swa_picture,
    "arousals": arousals_picture,
    "spectra": spectra_picture,
}
BARE = make_night(
    stages="?" * 4, with_proba=False, with_spectra=False, arousals=None, tables={}
)

# From 58 to 158 px across, 24 to 74 px down: a unit is 10 px wide and 10 px high.
AXIS_X = Axis(0.0, 10.0, ((0.0, "a"), (10.0, "b")), "across")
AXIS_Y = Axis(0.0, 5.0, ((0.0, "low"),), "up")


def picture_of(*marks: Mark, **changes: object) -> Picture:
    panel = Panel("A title", 50.0, marks, AXIS_X, AXIS_Y)
    return Picture(180.0, (replace(panel, **changes),))


def drawn(picture: Picture) -> ET.Element:
    return ET.fromstring(svg_of(picture))  # noqa: S314 - our own text


def route_of(picture: Picture, colour: str = RED) -> str:
    for path in drawn(picture).iter(f"{SVG}path"):
        if colour in (path.get("stroke"), path.get("fill")):
            return str(path.get("d"))
    raise AssertionError(colour)


def words_in(picture: Picture) -> dict[str, tuple[float, float]]:
    return {
        str(text.text): (float(text.get("x", "")), float(text.get("y", "")))
        for text in drawn(picture).iter(f"{SVG}text")
    }


def test_margins_are_where_the_places_below_count_from():
    picture = picture_of()
    assert (LEFT_PX, picture.plot_width_px, TOP_PX) == (58.0, 100.0, 24.0)
    assert picture.height_px == 24 + 50 + 42


def test_a_line_goes_through_its_points_and_rests_where_one_is_not_known():
    x = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    y = np.array([0.0, 5.0, np.nan, 1.0, 2.0])
    assert route_of(picture_of(Line(x, y, RED, 1.0))) == ("M58 74L68 24M88 64L98 54")


def test_infinite_power_is_no_place_on_a_line():
    y = np.array([-np.inf, 1.0, 2.0])
    line = Line(np.array([0.0, 1.0, 2.0]), y, RED, 1.0)
    assert route_of(picture_of(line)) == "M68 64L78 54"


def test_a_surface_is_closed():
    surface = Surface(np.array([0.0, 1.0, 1.0]), np.array([0.0, 0.0, 1.0]), RED)
    assert route_of(picture_of(surface)) == "M58 74L68 74L68 64Z"


def test_single_numbers_of_segments_hold_for_all():
    places = np.array([1.0, 2.0])
    ticks = Segments((places, places), (0.0, 1.0), RED, 1.0)
    assert route_of(picture_of(ticks)) == "M68 74L68 64M78 74L78 64"


def test_boxes_lie_between_their_sides():
    boxes = Boxes((np.array([0.0, 2.0]), np.array([1.0, 4.0])), (0.0, 2.0), RED)
    assert route_of(picture_of(boxes)) == "M58 74H68V54H58ZM78 74H98V54H78Z"


def test_an_axis_may_run_downwards():
    box = Boxes((0.0, 1.0), (0.0, 1.0), RED)
    picture = picture_of(box, y=Axis(5.0, 0.0, ()))
    assert route_of(picture) == "M58 24H68V34H58Z"


def test_a_raster_fills_its_rectangle_with_its_lowest_row_below():
    cells = np.array([[0, 1], [CLEAR, 0]], dtype=np.uint8)
    raster = Raster(cells, rgb([RED, "#0000ff"]), (0.0, 10.0), (0.0, 5.0))
    (image,) = drawn(picture_of(raster)).iter(f"{SVG}image")
    place = [image.get(name) for name in ("x", "y", "width", "height")]
    assert place == ["58", "24", "100", "50"]
    data = base64.b64decode(str(image.get("href")).partition("base64,")[2])
    with Image.open(io.BytesIO(data)) as found:
        shown = np.asarray(found.convert("RGBA"))
    assert shown[1].tolist() == [[255, 0, 0, 255], [0, 0, 255, 255]]
    assert shown[0, 0, 3] == 0
    assert shown[0, 1].tolist() == [255, 0, 0, 255]


def test_cells_narrower_than_a_pixel_are_averaged_and_wide_ones_keep_their_edges():
    for columns, style in ((101, "auto"), (100, "pixelated")):
        cells = np.zeros((1, columns), dtype=np.uint8)
        raster = Raster(cells, rgb([RED]), (0.0, 10.0), (0.0, 5.0))
        assert f"image-rendering:{style}" in svg_of(picture_of(raster))


def test_lines_of_text_stand_below_one_another_around_their_place():
    words = words_in(picture_of(Words(5.0, 2.5, "one\ntwo", "middle", "middle", 10.0)))
    assert words["one"][0] == words["two"][0] == 108.0
    # 12.5 px apart, their middle 3.6 px above where the letters stand
    assert words["one"][1] == pytest.approx(49 - 6.25 + 3.6, abs=0.06)
    assert words["two"][1] == pytest.approx(49 + 6.25 + 3.6, abs=0.06)


def test_ink_is_that_of_the_page_in_light_and_dark():
    svg = svg_of(picture_of(Segments((0.0, 1.0), (0.0, 1.0), INK, 1.0)))
    assert 'stroke="currentColor"' in svg
    assert "prefers-color-scheme:dark" in svg


def test_shapes_end_where_the_plot_ends_and_words_may_stand_outside():
    night = make_night(tables={})
    scoring = replace(night.scoring, onset_s=-600.0, lights_off_s=None)
    svg = drawn(overview_picture(replace(night, scoring=scoring)))
    panels = svg.findall(f"{SVG}g")
    plots = [clip[0].attrib for clip in svg.iter(f"{SVG}clipPath")]
    assert len(plots) == len(panels) == 4
    assert {(plot["x"], plot["width"]) for plot in plots} == {("58", "860")}
    for panel, clip in zip(panels, svg.iter(f"{SVG}clipPath"), strict=True):
        assert panel.get("clip-path") == f"url(#{clip.get('id')})"
        assert list(panel.iter(f"{SVG}text")) == []
    assert len({clip.get("id") for clip in svg.iter(f"{SVG}clipPath")}) == 4


def test_text_is_escaped():
    assert "&lt;script&gt;" in svg_of(picture_of(title="<script>"))


def test_what_xml_cannot_hold_is_replaced():
    assert "C4\N{REPLACEMENT CHARACTER}M1" in words_in(picture_of(title="C4\x00M1"))


def test_a_panel_without_axes_is_a_title_and_its_marks():
    picture = picture_of(Words(5.0, 2.5, "none", "middle", "middle"), has_axes=False)
    assert set(words_in(picture)) == {"A title", "none"}
    assert set(words_in(picture_of())) == {"A title", "a", "b", "low", "across", "up"}


def test_a_row_of_keys_ends_at_the_right_and_a_column_goes_down():
    legend = (("Wake", RED), ("REM", "#0000ff"))
    row = words_in(picture_of(legend=legend))
    assert row["Wake"][0] < row["REM"][0] < 158
    assert row["Wake"][1] == row["REM"][1] < TOP_PX
    column = words_in(picture_of(legend=legend, has_inner_legend=True))
    assert column["Wake"][0] == column["REM"][0]
    assert TOP_PX < column["Wake"][1] < column["REM"][1]


@pytest.mark.parametrize("night", [make_night(), BARE], ids=["whole", "bare"])
@pytest.mark.parametrize("build", PICTURES.values(), ids=PICTURES)
def test_every_number_in_a_drawing_is_one(build, night):
    svg = svg_of(build(night))
    ET.fromstring(svg)  # noqa: S314 - our own text
    assert re.search(r"\b(nan|inf)\b", re.sub(r'href="[^"]*"', "", svg)) is None


@pytest.mark.parametrize("build", PICTURES.values(), ids=PICTURES)
def test_the_same_night_gives_the_same_drawing(build):
    assert svg_of(build(make_night())) == svg_of(build(make_night()))


def texts_in(picture: Picture) -> dict[str, ET.Element]:
    return {str(text.text): text for text in drawn(picture).iter(f"{SVG}text")}


def test_a_picture_is_as_large_as_its_panels_and_says_so_twice():
    root = drawn(picture_of())
    assert root.tag == f"{SVG}svg"
    assert [root.get(name) for name in ("width", "height")] == ["180", "116"]
    assert root.get("viewBox") == "0 0 180 116"


def test_panels_stand_below_one_another():
    panel = Panel(
        "", 50.0, (Line(np.array([0.0]), np.array([0.0]), RED, 1.0),), AXIS_X, AXIS_Y
    )
    routes = [
        path.get("d")
        for path in drawn(Picture(180.0, (panel, panel))).iter(f"{SVG}path")
        if path.get("stroke") == RED
    ]
    # 50 px of plot and 36 px between
    assert routes == ["M58 74", "M58 160"]


def test_marks_keep_their_colour_width_and_dashes():
    x = np.array([0.0, 1.0])
    marks = (
        Line(x, x, RED, 1.25),
        Surface(x, x, "#00ff00"),
        Segments((0.0, 1.0), (0.0, 1.0), "#0000ff", 2.0, (3.0, 2.5)),
        Segments((0.0, 1.0), (0.0, 1.0), "#00ffff", 0.5),
        Boxes((0.0, 1.0), (0.0, 1.0), "#ffff00"),
    )
    line, surface, dashed, whole, box = [
        path.attrib
        for path in drawn(picture_of(*marks, has_axes=False)).iter(f"{SVG}path")
    ]
    assert line | {"d": ""} == {
        "d": "",
        "fill": "none",
        "stroke": RED,
        "stroke-width": "1.25",
        "stroke-linejoin": "round",
    }
    assert surface | {"d": ""} == {"d": "", "fill": "#00ff00", "opacity": "0.6"}
    assert dashed | {"d": ""} == {
        "d": "",
        "fill": "none",
        "stroke": "#0000ff",
        "stroke-width": "2",
        "stroke-dasharray": "3 2.5",
    }
    assert whole | {"d": ""} == {
        "d": "",
        "fill": "none",
        "stroke": "#00ffff",
        "stroke-width": "0.5",
    }
    assert box | {"d": ""} == {"d": "", "fill": "#ffff00"}


def test_marks_lie_from_back_to_front_and_axes_above_them():
    boxes = [Boxes((0.0, 1.0), (0.0, 1.0), colour) for colour in (RED, "#00ff00")]
    tags = [part.get("fill") for part in drawn(picture_of(*boxes)).iter(f"{SVG}path")]
    assert tags == [RED, "#00ff00", "none"]


def test_axes_run_along_the_left_and_below_with_ticks_outwards():
    axes = route_of(picture_of(), FAINT)
    assert axes == "M58 24V74H158M58 74v4M158 74v4M58 74h-4"
    (path,) = drawn(picture_of()).iter(f"{SVG}path")
    assert path.get("stroke-width") == "1"


def test_names_stand_at_their_ticks_and_labels_in_the_middle_of_their_axis():
    texts = texts_in(picture_of())
    places = {
        name: tuple(float(text.get(at, "")) for at in ("x", "y"))
        for name, text in texts.items()
    }
    assert places["A title"] == (58, 16)
    assert texts["A title"].get("style") == "font-size:12px;font-weight:600"
    assert (places["a"], places["b"]) == ((58, 91), (158, 91))
    # letters of 10.7 px have their middle 3.85 px above where they stand
    assert places["low"] == (50, pytest.approx(74 + 3.85, abs=0.06))
    assert places["across"] == (108, 108)
    assert places["up"] == (18, 49)
    anchors = {name: text.get("text-anchor") for name, text in texts.items()}
    assert anchors == {
        "A title": None,
        "a": "middle",
        "b": "middle",
        "low": "end",
        "across": "middle",
        "up": "middle",
    }
    assert texts["up"].get("transform") == "rotate(-90 18 49)"
    assert texts["across"].get("transform") is None


def test_what_has_no_name_is_not_written():
    assert words_in(picture_of(title="", x=replace(AXIS_X, label=""))).keys() == {
        *("a", "b", "low", "up")
    }


@pytest.mark.parametrize(
    ("upright", "first"),
    # 10 px letters in lines of 12.5 px: below the place, around it, above it
    [("top", 49 + 8), ("middle", 49 + 3.6 - 12.5), ("bottom", 49 - 2.5 - 25)],
)
@pytest.mark.parametrize("across", ["start", "middle", "end"])
def test_words_stand_below_around_or_above_their_place(upright, first, across):
    words = Words(5.0, 2.5, "1\n2\n3", across, upright, 10.0)
    texts = texts_in(picture_of(words, has_axes=False, title=""))
    for number, text in enumerate(texts.values()):
        assert text.get("text-anchor") == across
        assert text.get("style") == "font-size:10px"
        assert float(text.get("x", "")) == 108
        assert float(text.get("y", "")) == pytest.approx(
            first + 12.5 * number, abs=0.06
        )
    assert list(texts) == ["1", "2", "3"]


def keys_in(picture: Picture) -> list[tuple[float, ...]]:
    return [
        tuple(float(key.get(name, "")) for name in ("x", "y", "width", "height"))
        for key in drawn(picture).findall(f"{SVG}rect")
    ]


def test_a_row_of_keys_is_as_wide_as_its_words_are_guessed():
    """Of 10.7 px: "il" 0.6 em = 6.42 px, "Ww" 1.8 em = 19.26, "aX" 1.28 em = 13.7.

    With 13 px for a key each and 10 px between two, the row begins 98.4 px from the end.
    """
    legend = (("il", RED), ("Ww", INK), ("aX", "#0000ff"))
    picture = picture_of(legend=legend, has_axes=False, title="")
    first = 158 - (3 * 13 + 6.42 + 19.26 + 13.70 + 2 * 10)
    second, third = first + 13 + 6.42 + 10, 158 - 13 - 13.70
    assert keys_in(picture) == [
        (pytest.approx(x, abs=0.06), 7, 9, 9) for x in (first, second, third)
    ]
    assert words_in(picture) == {
        name: (pytest.approx(x + 13, abs=0.06), 16)
        for name, x in (("il", first), ("Ww", second), ("aX", third))
    }
    fills = [key.get("fill") for key in drawn(picture).findall(f"{SVG}rect")]
    assert fills == [RED, "currentColor", "#0000ff"]


def test_a_column_of_keys_stands_in_the_upper_right_corner():
    legend = (("il", RED), ("Ww", "#0000ff"))
    picture = picture_of(legend=legend, has_inner_legend=True, has_axes=False, title="")
    # as wide as the widest, 32.26 px; lines of 10.7 px are 15.375 px apart
    x = pytest.approx(158 - 32.26, abs=0.06)
    assert keys_in(picture) == [
        (x, 28, 9, 9),
        (x, pytest.approx(43.375, abs=0.06), 9, 9),
    ]


def test_an_image_lies_where_its_edges_are_with_its_cells_as_they_are():
    raster = Raster(np.zeros((2, 3), np.uint8), rgb([RED]), (1.0, 3.0), (1.0, 4.0))
    (image,) = drawn(picture_of(raster)).iter(f"{SVG}image")
    place = [image.get(name) for name in ("x", "y", "width", "height")]
    # 10 px a unit: from 68 to 88 across, from 34 to 64 down
    assert place == ["68", "34", "20", "30"]
    assert image.get("preserveAspectRatio") == "none"
    assert str(image.get("href")).startswith("data:image/png;base64,")


def test_a_place_is_written_to_a_tenth_of_a_pixel():
    line = Line(np.array([0.123, 1.0]), np.array([0.0, 0.004]), RED, 1.0)
    assert route_of(picture_of(line)) == "M59.2 74L68 74"


def test_text_on_paper_is_dark_and_on_a_dark_page_light():
    style = svg_of(picture_of()).partition("<style>")[2].partition("</style>")[0]
    assert style == (
        f":root{{color:{INK}}}"
        f"@media (prefers-color-scheme:dark){{:root{{color:{DARK_INK}}}}}"
        f"@media print{{:root{{color:{INK}}}}}"
        "text{font:10.7px system-ui,sans-serif;fill:currentColor}"
    )


def test_axes_need_not_begin_at_zero():
    line = Line(np.array([12.0, 17.0]), np.array([-2.0, 0.5]), RED, 1.0)
    axes = {"x": Axis(12.0, 22.0, ()), "y": Axis(-2.0, 3.0, ())}
    assert route_of(picture_of(line, **axes)) == "M58 74L108 49"


def test_nothing_is_written_beside_the_words():
    """Letters outside of a text are not shown, and have no place in the file."""
    x = np.array([0.0, 1.0])
    marks = (Line(x, x, RED, 1.0), Boxes((0.0, 1.0), (0.0, 1.0), RED))
    words = Words(5.0, 2.5, "one\ntwo\n\nfour", "middle", "middle")
    root = drawn(picture_of(*marks, words, title="", legend=(("", RED),)))
    parts = list(root.iter())
    written = {f"{SVG}text", f"{SVG}style"}
    assert not any(part.text for part in parts if part.tag not in written)
    assert not any(part.tail for part in parts)
