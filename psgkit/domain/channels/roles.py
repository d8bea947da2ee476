"""Roles of channels.

EDF labels are free text and differ from lab to lab; a role is the one name that the
rest of psgkit uses, and the name under which a channel appears in every column.
"""

from enum import StrEnum

from psgkit.domain.channels.electrodes import MASTOIDS, is_cap_site, is_site


class Kind(StrEnum):
    """The family of a role."""

    EEG = "eeg"
    EOG = "eog"
    EMG = "emg"
    ECG = "ecg"
    LEG = "leg"
    REFERENCE = "reference"
    RESPIRATION = "respiration"
    OXIMETRY = "oximetry"
    OTHER = "other"


class Role(StrEnum):
    """Standard name (AASM, 10-20) of a channel.

    An EEG role is ``SITE`` or ``SITE_REFERENCE``: ``C4_M1`` is C4 against the left
    mastoid; ``C4`` alone is a channel whose label does not name its
    reference. ``A1`` and ``A2`` are written ``M1`` and ``M2``, and ``M1M2`` is the two
    linked; T3 and T4 are today's T7 and T8.

    The members are the derivations of routine polysomnography, which have columns in
    the wide table. Roles of other electrodes are made on demand:
    ``Role("FC5")``, ``Role("F4_C4")``, ``Role("BioSemi128-C3")``.

    Examples
    --------
    >>> import psgkit
    >>> psgkit.Role("C4_M1") is psgkit.Role.C4_M1
    True
    >>> str(psgkit.Role("FC5"))
    'FC5'
    """

    FP1 = "Fp1"
    FP1_M1 = "Fp1_M1"
    FP1_M2 = "Fp1_M2"
    FP2 = "Fp2"
    FP2_M1 = "Fp2_M1"
    FP2_M2 = "Fp2_M2"
    FPZ = "Fpz"
    FPZ_M1 = "Fpz_M1"
    FPZ_M2 = "Fpz_M2"
    FPZ_CZ = "Fpz_Cz"
    F3 = "F3"
    F3_M1 = "F3_M1"
    F3_M2 = "F3_M2"
    F3_M1M2 = "F3_M1M2"
    F4 = "F4"
    F4_M1 = "F4_M1"
    F4_M2 = "F4_M2"
    F4_M1M2 = "F4_M1M2"
    FZ = "Fz"
    FZ_CZ = "Fz_Cz"
    FZ_M1 = "Fz_M1"
    FZ_M2 = "Fz_M2"
    C3 = "C3"
    C3_M1 = "C3_M1"
    C3_M2 = "C3_M2"
    C3_M1M2 = "C3_M1M2"
    C4 = "C4"
    C4_M1 = "C4_M1"
    C4_M2 = "C4_M2"
    C4_M1M2 = "C4_M1M2"
    CZ = "Cz"
    CZ_OZ = "Cz_Oz"
    CZ_M1 = "Cz_M1"
    CZ_M2 = "Cz_M2"
    P3 = "P3"
    P3_M1 = "P3_M1"
    P3_M2 = "P3_M2"
    P4 = "P4"
    P4_M1 = "P4_M1"
    P4_M2 = "P4_M2"
    PZ = "Pz"
    PZ_OZ = "Pz_Oz"
    PZ_M1 = "Pz_M1"
    PZ_M2 = "Pz_M2"
    O1 = "O1"
    O1_M1 = "O1_M1"
    O1_M2 = "O1_M2"
    O1_M1M2 = "O1_M1M2"
    O2 = "O2"
    O2_M1 = "O2_M1"
    O2_M2 = "O2_M2"
    O2_M1M2 = "O2_M1M2"
    OZ = "Oz"
    OZ_M1 = "Oz_M1"
    OZ_M2 = "Oz_M2"
    T7 = "T7"
    T7_M1 = "T7_M1"
    T7_M2 = "T7_M2"
    T8 = "T8"
    T8_M1 = "T8_M1"
    T8_M2 = "T8_M2"
    EEG_OTHER = "EEG"

    M1 = "M1"
    M2 = "M2"

    EOG_L = "EOG_L"
    EOG_R = "EOG_R"
    EOG_H = "EOG_H"
    EOG_V = "EOG_V"

    EMG_CHIN = "EMG_CHIN"
    EMG_OTHER = "EMG"
    LEG_L = "LEG_L"
    LEG_R = "LEG_R"
    LEG = "LEG"
    ECG = "ECG"

    AIRFLOW = "AIRFLOW"
    PRESSURE = "PRESSURE"
    THORAX = "THORAX"
    ABDOMEN = "ABDOMEN"
    SNORE = "SNORE"
    SPO2 = "SPO2"
    PULSE = "PULSE"
    POSITION = "POSITION"
    OTHER = "OTHER"

    @property
    def kind(self) -> Kind:
        """The family that the role belongs to."""
        return _KINDS.get(self, Kind.EEG)

    @property
    def site(self) -> str:
        """The electrode of an EEG role, ``C4`` of ``C4_M1``."""
        return self.value.partition("_")[0]

    @property
    def reference(self) -> str:
        """Reference of an EEG role; empty if the label does not name it."""
        return self.value.partition("_")[2]

    @property
    def is_routine(self) -> bool:
        """Whether routine polysomnography records it; then it has its own columns.

        The members do, and their electrodes against a mastoid, both, or an unnamed
        reference.
        """
        if self.name in Role.__members__:
            return True
        return self.site in _ROUTINE_SITES and not self.is_bipolar

    @property
    def is_bipolar(self) -> bool:
        """Whether an EEG role is the difference of two electrodes of the scalp."""
        return self.reference not in {"", *MASTOIDS, LINKED}

    @property
    def cap(self) -> str:
        """The cap that numbers the electrode, for example BioSemi128; else empty."""
        return self.site.partition("-")[0] if is_cap_site(self.site) else ""

    @classmethod
    def eeg(cls, site: str, reference: str = "") -> "Role":
        """Return the role of an EEG derivation, ``EEG_OTHER`` for an unknown site."""
        wanted = f"{site}_{reference}" if reference else site
        try:
            role = cls(wanted)
        except ValueError:
            return cls.EEG_OTHER
        return role if role.kind is Kind.EEG else cls.EEG_OTHER

    @classmethod
    def _missing_(cls, value: object) -> "Role | None":
        """Make the role of an electrode that routine polysomnography does not record.

        The standard library makes members of `enum.Flag` in the same way.
        """
        if not isinstance(value, str) or not _is_derivation(value):
            return None
        role = str.__new__(cls, value)
        role._name_ = value
        role._value_ = value
        made: Role = cls._value2member_map_.setdefault(value, role)  # type: ignore[assignment]  # typed as any Enum
        return made


# The two mastoids, or the two ears, joined.
LINKED = "M1M2"


def _is_derivation(value: str) -> bool:
    site, separator, reference = value.partition("_")
    if not is_site(site):
        return False
    if not separator:
        return True
    return reference in {*MASTOIDS, LINKED} or (
        reference != site and is_site(reference)
    )


_KINDS: dict[Role, Kind] = {
    Role.M1: Kind.REFERENCE,
    Role.M2: Kind.REFERENCE,
    Role.EOG_L: Kind.EOG,
    Role.EOG_R: Kind.EOG,
    Role.EOG_H: Kind.EOG,
    Role.EOG_V: Kind.EOG,
    Role.EMG_CHIN: Kind.EMG,
    Role.EMG_OTHER: Kind.EMG,
    Role.LEG_L: Kind.LEG,
    Role.LEG_R: Kind.LEG,
    Role.LEG: Kind.LEG,
    Role.ECG: Kind.ECG,
    Role.AIRFLOW: Kind.RESPIRATION,
    Role.PRESSURE: Kind.RESPIRATION,
    Role.THORAX: Kind.RESPIRATION,
    Role.ABDOMEN: Kind.RESPIRATION,
    Role.SNORE: Kind.RESPIRATION,
    Role.SPO2: Kind.OXIMETRY,
    Role.PULSE: Kind.OXIMETRY,
    Role.POSITION: Kind.OTHER,
    Role.OTHER: Kind.OTHER,
}

_ROUTINE_SITES = frozenset(role.site for role in Role if role.kind is Kind.EEG)
