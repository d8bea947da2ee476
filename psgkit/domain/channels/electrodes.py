"""Names of scalp electrodes: the 10-20, 10-10 and 10-5 systems, and numbered caps.

Caps number their electrodes differently: ``C3`` of BioSemi's cap of 128
is near F4. The names follow MNE's standard montages, which have the positions.
"""

from dataclasses import dataclass

_EDGE = (9, 7, 8, 10)
_INNER = (5, 3, 1, 2, 4, 6)
_ALL = (9, 7, 5, 3, 1, 2, 4, 6, 8, 10)
# Numbers in each row of electrodes, from the forehead to the back of the head.
_ROWS = {
    "Fp": (1, 2),
    "AFp": _ALL,
    "AF": _ALL,
    "AFF": _ALL,
    "F": _ALL,
    "FFT": _EDGE,
    "FFC": _INNER,
    "FT": _EDGE,
    "FC": _INNER,
    "FTT": _EDGE,
    "FCC": _INNER,
    "T": _EDGE,
    "C": _INNER,
    "TTP": _EDGE,
    "CCP": _INNER,
    "TP": _EDGE,
    "CP": _INNER,
    "TPP": _EDGE,
    "CPP": _INNER,
    "P": _ALL,
    "PPO": _ALL,
    "PO": _ALL,
    "POO": _ALL,
    "O": (1, 2),
    "OI": (1, 2),
    "I": (1, 2),
}


def _scalp_sites() -> tuple[str, ...]:
    sites = []
    for row, numbers in _ROWS.items():
        if numbers is not _EDGE:
            sites.append(f"{row}z")
        for number in numbers:
            sites += [f"{row}{number}", f"{row}{number}h"]
    return tuple(sites)


SCALP_SITES = _scalp_sites()
MASTOIDS = ("M1", "M2")


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap that numbers its electrodes.

    Attributes
    ----------
    name : str
        Prefix of the electrode in a role: ``BioSemi128-C3``.
    montage : str
        The montage of MNE that has the positions.
    labels : tuple of str
        Every electrode, as the amplifier labels it.
    """

    name: str
    montage: str
    labels: tuple[str, ...]

    def site(self, label: str) -> str:
        """Return the name of one electrode of this cap: ``BioSemi128-C3``."""
        return f"{self.name}-{label}"


def _banks(letters: str) -> tuple[str, ...]:
    return tuple(f"{letter}{number}" for letter in letters for number in range(1, 33))


def _numbered(count: int) -> tuple[str, ...]:
    return tuple(f"E{number}" for number in range(1, count + 1))


# From the smallest to the largest of each maker.
CAPS = (
    Cap("BioSemi128", "biosemi128", _banks("ABCD")),
    Cap("BioSemi160", "biosemi160", _banks("ABCDE")),
    Cap("BioSemi256", "biosemi256", _banks("ABCDEFGH")),
    Cap("HydroCel32", "GSN-HydroCel-32", _numbered(32)),
    Cap("HydroCel64", "GSN-HydroCel-64_1.0", _numbered(64)),
    Cap("HydroCel128", "GSN-HydroCel-128", _numbered(128)),
    Cap("HydroCel256", "GSN-HydroCel-256", _numbered(256)),
)
_CAP_SITES = frozenset(cap.site(label) for cap in CAPS for label in cap.labels)
_SITES = frozenset(SCALP_SITES)


def is_site(name: str) -> bool:
    """Return whether a name is an electrode of the scalp, of 10-5 or of a cap."""
    return name in _SITES or name in _CAP_SITES


def is_cap_site(name: str) -> bool:
    """Return whether a name is an electrode of a numbered cap."""
    return name in _CAP_SITES


def is_left(site: str) -> bool:
    """Return whether a 10-5 electrode is on the left, not on the midline."""
    return site.rstrip("h")[-1] in "13579"
