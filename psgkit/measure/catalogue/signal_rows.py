"""How a number that needs a signal is declared, and the words it is declared with."""

import math
from dataclasses import dataclass

from psgkit.domain.metrics import Measure, Undefined
from psgkit.measure.catalogue.rows import Value

UV = "microvolts"
UV2 = "square microvolts"
UV2_H = "square microvolts times hours"
UV_S = "microvolts per second"
PER_MINUTE = "per minute"
LN_PER_HOUR = "natural logarithm per hour"
HERTZ = "hertz"
RADIANS = "radians"
RATIO = "ratio"

YASA_SPINDLES = (
    "yasa.spindles_detect, after Lacourse 2018, 10.1016/j.jneumeth.2018.08.014"
)
YASA_SLOW_WAVES = "yasa.sw_detect, after Massimini 2004, 10.1523/JNEUROSCI.1318-04.2004"
YASA_EYES = "yasa.rem_detect, after Yetton 2016, 10.1016/j.jneumeth.2015.11.015"
DIJK = "Dijk 2009, J Clin Sleep Med 5(2 Suppl):S6"
LECCI = "Lecci 2017, 10.1126/sciadv.1602026"
LENDNER = "Lendner 2020, 10.7554/eLife.55092"
IRASA = "Wen & Liu 2016, 10.1007/s10548-015-0448-0"
FERRI = "Ferri 2010, 10.1016/j.sleep.2010.06.003"
SINBAR = "after Frauscher 2012, 10.5665/sleep.1886"
HELFRICH = "Helfrich 2018, 10.1016/j.neuron.2017.11.020; yasa.sw_detect"

NIGHT = ()
OF_CHANNEL = ("chan",)
OF_CHANNEL_STAGE = ("chan", "stage")


@dataclass(frozen=True, slots=True)
class SignalSpec:
    """A number that needs a signal, declared once.

    Attributes
    ----------
    stem : str
        The column, or what stands before its channel and stage.
    unit : str
        Unit in words.
    meaning : str
        One sentence.
    source : str
        Paper or program that defines it.
    per : tuple of str
        What else stands in the column: nothing, ``chan``, or ``chan`` and ``stage``.
    """

    stem: str
    unit: str
    meaning: str
    source: str
    per: tuple[str, ...] = NIGHT

    @property
    def name(self) -> str:
        """The column, with placeholders for channel and stage."""
        return "__".join((self.stem, *(f"{{{part}}}" for part in self.per)))

    def measure(self, value: Value, *where: str) -> Measure:
        """Build the measure of one night.

        Parameters
        ----------
        value : float or Undefined
        *where : str
            Channel and stage, as ``per`` asks.
        """
        reason = value.reason if isinstance(value, Undefined) else ""
        place = f" ({', '.join(where)})" if where else ""
        return Measure(
            name="__".join((self.stem, *where)),
            value=math.nan if isinstance(value, Undefined) else value,
            unit=self.unit,
            meaning=self.meaning.removesuffix(".") + place + ".",
            source=self.source,
            reason=reason,
        )
