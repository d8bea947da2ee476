"""Laws of names: whatever the files are called, nights keep apart."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from psgkit.cohort.jobs.ids import folded, name_nights
from psgkit.store.files import safe_name

words = st.text(
    st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)),
    min_size=1,
    max_size=12,
).filter(lambda word: word not in {".", ".."})
files = st.lists(st.sampled_from(["n", "N", "m", "a_n", "é", "e\u0301"]) | words).map(
    lambda parts: Path("/", *parts, "n.edf")
)


@given(st.lists(files, min_size=1, max_size=8, unique=True))
def test_no_two_nights_share_a_folder(paths: list[Path]) -> None:
    found = name_nights(paths, [path.parent.name or path.stem for path in paths])
    assert len({folded(name) for name in found}) == len(paths)


@given(st.lists(files, min_size=1, max_size=8, unique=True))
def test_a_name_is_one_folder_below_the_output(paths: list[Path]) -> None:
    for name in name_nights(paths, [path.parent.name or path.stem for path in paths]):
        assert name == safe_name(name)
        assert Path("out", name).parent == Path("out")


@given(st.lists(files, min_size=1, max_size=8, unique=True), st.randoms())
def test_names_do_not_depend_on_the_order_of_files(paths, random) -> None:
    shuffled = random.sample(paths, len(paths))
    stems = {path: path.parent.name or path.stem for path in paths}
    one = dict(zip(paths, name_nights(paths, [stems[p] for p in paths]), strict=True))
    other = name_nights(shuffled, [stems[p] for p in shuffled])
    assert one == dict(zip(shuffled, other, strict=True))
