"""Nights that are done keep their ids when other files come or go.

A night is named after its file, and after its folders if files share a name. A new file
of the same name would then change the id of an earlier night, which would be done again.
So finished nights keep their ids, and a later night takes another name.
"""

from collections.abc import Callable, Collection, Sequence
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

from psgkit.cohort.batch.state import Print, folder_mark, read_done, take_print
from psgkit.cohort.jobs.ids import folded, name_nights, possible_names
from psgkit.errors import InputError
from psgkit.read.input_hash import sha256_of

Content = Callable[[Path], str]


def name_nights_kept(
    files: Sequence[Path],
    stems: Sequence[str],
    out: Path | None,
    *,
    taken: Collection[str] = (),
) -> list[str]:
    """Name nights after their files, those that are done by the ids that they have.

    Parameters
    ----------
    files, stems : sequence of pathlib.Path, sequence of str
        See `psgkit.cohort.jobs.ids.name_nights`.
    out : pathlib.Path or None
        The output folder of the cohort; None where nothing is done yet.
    taken : collection of str
        Ids of other nights; they must not be used again.

    Returns
    -------
    list of str
        Names that no two share.
    """
    names = name_nights(files, stems)
    done = {} if out is None else read_done(out)
    if not done:
        return names
    prints = [take_print(file) for file in files]
    heads = {str(_input_of(record).get("head_sha256")) for record in done.values()}
    # Only these can be finished nights; a new study has none to look up.
    may_be_done = [
        place
        for place, found in enumerate(prints)
        if found is not None and found.head_sha256 in heads
    ]
    kept: dict[int, str] = {}
    claimed = {folded(name) for name in taken}
    # A file whose night has its present name comes first, then an unchanged file, then a
    # copy.
    content = cache(sha256_of)  # of a file that is compared with several
    for is_own, same in ((True, _is_same), (False, _is_untouched), (False, _is_same)):
        for place in may_be_done:
            if place in kept:
                continue
            own = [names[place]]
            for name in own if is_own else possible_names(files[place], stems[place]):
                is_free = name in done and folded(name) not in claimed
                facts = _input_of(done[name]) if is_free else {}
                if is_free and same(files[place], prints[place], facts, content):
                    kept[place] = name
                    claimed.add(folded(name))
                    break
    return _beside_others(files, stems, kept, done)


def _beside_others(
    files: Sequence[Path],
    stems: Sequence[str],
    kept: dict[int, str],
    done: dict[str, dict[str, Any]],
) -> list[str]:
    """Name nights; an id of a finished night from another folder is not used.

    Files of another site may have the same names. A changed file in its own folder is
    the same night; one from another folder must not replace the result.
    """
    others = {folded(name): name for name in done}
    for name in kept.values():
        others.pop(folded(name), None)
    held: list[str] = []
    while True:
        given = kept | {len(files) + place: name for place, name in enumerate(held)}
        names = name_nights([*files, *map(Path, held)], [*stems, *held], given or None)[
            : len(files)
        ]
        found = {
            others[folded(name)]
            for place, name in enumerate(names)
            if place not in kept
            and folded(name) in others
            and _is_elsewhere(files[place], _input_of(done[others[folded(name)]]))
        }
        if not found:
            return names
        held += sorted(found)


def _is_elsewhere(file: Path, facts: dict[str, Any]) -> bool:
    mark = facts.get("folder_mark")
    return isinstance(mark, str) and mark != folder_mark(file)


def _input_of(record: dict[str, Any]) -> dict[str, Any]:
    """Return a record's facts on the file that its night is named after."""
    inputs = record.get("inputs")
    if not isinstance(inputs, dict):
        return {}
    facts = inputs.get("recording") or inputs.get("scoring")
    return facts if isinstance(facts, dict) else {}


def _is_untouched(
    file: Path, found: Print | None, facts: dict[str, Any], content: Content
) -> bool:
    is_as_before = found is not None and asdict(found).items() <= facts.items()
    return is_as_before and _is_same(file, found, facts, content)


def _is_same(
    file: Path, found: Print | None, facts: dict[str, Any], content: Content
) -> bool:
    """Return whether a result was made from a file; its date may differ.

    Two sites can have files of one name, size and header. So a file in another folder is
    compared by its whole content.
    """
    if (
        found is None
        or facts.get("size") != found.size
        or facts.get("head_sha256") != found.head_sha256
    ):
        return False
    if not _is_elsewhere(file, facts):
        return True
    try:
        return content(file) == facts.get("sha256")
    except InputError:
        return False
