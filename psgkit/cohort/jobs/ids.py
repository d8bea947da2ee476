"""Names of nights: unique, and safe as names of folders on every system."""

import hashlib
import os
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from psgkit.store.files import safe_name


@dataclass(frozen=True, slots=True)
class _Naming:
    """How much of a file's path goes into its night's name."""

    file: Path
    stem: str
    parents: int = 0
    with_suffix: bool = False
    with_hash: bool = False
    given: str = ""

    @property
    def name(self) -> str:
        if self.given:
            return self.given
        folders = [part for part in self.file.parent.parts if part != self.file.anchor]
        words = [*folders[len(folders) - self.parents :], self.stem]
        if self.with_suffix:
            words.append(self.file.suffix.lstrip("."))
        if self.with_hash:
            words.append(hashlib.sha256(os.fsencode(self.file)).hexdigest()[:8])
        return safe_name("_".join(word for word in words if word))

    @property
    def is_last(self) -> bool:
        """Whether the name cannot be made longer."""
        return self.with_hash or bool(self.given)

    def longer(self, *, same_folder: bool) -> "_Naming":
        if self.given:
            return self
        if not same_folder and self.parents < len(self.file.parent.parts) - 1:
            return replace(self, parents=self.parents + 1)
        if not self.with_suffix:
            return replace(self, with_suffix=True)
        return replace(self, with_hash=True)


def name_nights(
    files: Sequence[Path], stems: Sequence[str], given: Mapping[int, str] | None = None
) -> list[str]:
    """Name every night after its file, with the folder's name where two are equal.

    Parameters
    ----------
    files : sequence of pathlib.Path
        The files, no two of them the same.
    stems : sequence of str
        Each night's name if it were the only night.
    given : mapping of int to str
        Names that nights have already, by their place; no two share one.

    Returns
    -------
    list of str
        Names that differ in more than the case of their letters, and are valid for
        `safe_name`. Nights of the same name begin with the names of their
        folders.

    Examples
    --------
    >>> name_nights([Path("a/n1.edf"), Path("b/n1.edf"), Path("b/n2.edf")],
    ...             ["n1", "n1", "n2"])
    ['a_n1', 'b_n1', 'n2']
    """
    namings = [
        _Naming(file.absolute(), stem) for file, stem in zip(files, stems, strict=True)
    ]
    namings = _told_apart(namings)
    if given:
        namings = _told_apart(
            [
                replace(naming, given=given.get(place, ""))
                for place, naming in enumerate(namings)
            ]
        )
    return [naming.name for naming in namings]


def possible_names(file: Path, stem: str) -> list[str]:
    """Return the names that `name_nights` can give to a night.

    Examples
    --------
    >>> possible_names(Path("/a/n1.edf"), "n1")[:4]
    ['n1', 'a_n1', 'n1_edf', 'a_n1_edf']
    """
    here = file.absolute()
    namings = [
        _Naming(here, stem, parents, with_suffix, with_hash)
        for with_suffix, with_hash in ((False, False), (True, False), (True, True))
        for parents in range(len(here.parent.parts))
    ]
    return [naming.name for naming in namings]


def _told_apart(namings: list[_Naming]) -> list[_Naming]:
    while clashing := _clashing(namings):
        folders = Counter(
            (folded(naming.name), naming.file.parent) for naming in namings
        )
        sizes = Counter(folded(naming.name) for naming in namings)
        namings = [
            naming.longer(
                same_folder=folders[folded(naming.name), naming.file.parent]
                == sizes[folded(naming.name)]
            )
            if folded(naming.name) in clashing
            else naming
            for naming in namings
        ]
    return namings


def folded(name: str) -> str:
    """Return a name without case and Unicode form, as file systems compare names."""
    return unicodedata.normalize("NFC", name).casefold()


def _clashing(namings: list[_Naming]) -> set[str]:
    counts = Counter(folded(naming.name) for naming in namings)
    # Nothing more can be said of nights that carry the hash of their path already.
    open_names = {folded(n.name) for n in namings if not n.is_last}
    return {name for name in open_names if counts[name] > 1}
