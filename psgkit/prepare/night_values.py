"""Values of a night that a call gives: checked before any file is read."""

from psgkit.domain.jobs import person_faults
from psgkit.errors import InputError
from psgkit.prepare.lights import check_time


def value_faults(
    age_y: object, sex: object, lights_off: object, lights_on: object
) -> list[str]:
    """Return a sentence for each value that cannot be used; None is not given."""
    faults = person_faults(age_y, sex)
    for name, text in (("lights_off", lights_off), ("lights_on", lights_on)):
        try:
            if text is not None:
                check_time(text, name)
        except InputError as fault:
            faults.append(str(fault))
    return faults
