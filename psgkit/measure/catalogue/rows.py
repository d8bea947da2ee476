"""How a metric's row is bound to its function, and the words that rows share."""

from collections.abc import Callable
from dataclasses import dataclass

from psgkit.domain.metrics import Metric, Value
from psgkit.measure.stages.evidence import Evidence

# Units in words
MINUTES = "minutes"
SECONDS = "seconds"
PERCENT = "percent"
FRACTION = "fraction"
PER_HOUR = "per hour"
COUNT = "count"
BITS = "bits"
FLAG = "0 or 1"
UV = "microvolts"
UV2 = "square microvolts"
UV2_H = "square microvolts times hours"
UV_S = "microvolts per second"
PER_MINUTE = "per minute"
LN_PER_HOUR = "natural logarithm per hour"
HERTZ = "hertz"
RADIANS = "radians"
RATIO = "ratio"
BPM = "beats per minute"
MS = "milliseconds"
MS2 = "square milliseconds"
SD = "standard deviations"

# Sources that many rows share
AASM = "AASM scoring manual"
PSGKIT = "psgkit"
FEINBERG = "Feinberg & Floyd 1979, 10.1111/j.1469-8986.1979.tb02991.x"
SPINDLE_DETECTORS = (
    "yasa.spindles_detect or A7, after Lacourse 2018, 10.1016/j.jneumeth.2018.08.014"
)
YASA_SLOW_WAVES = "yasa.sw_detect, after Massimini 2004, 10.1523/JNEUROSCI.1318-04.2004"
YASA_EYES = "yasa.rem_detect, after Yetton 2016, 10.1016/j.jneumeth.2015.11.015"
DIJK = "Dijk 2009, J Clin Sleep Med 5(2 Suppl):S6"
LECCI = "Lecci 2017, 10.1126/sciadv.1602026"
LENDNER = "Lendner 2020, 10.7554/eLife.55092"
IRASA = "Wen & Liu 2016, 10.1007/s10548-015-0448-0"
FERRI = "Ferri 2010, 10.1016/j.sleep.2010.06.003"
SINBAR = "psgkit, by the definitions of Frauscher 2012, 10.5665/sleep.1886"
HELFRICH = "Helfrich 2018, 10.1016/j.neuron.2017.11.020; yasa.sw_detect"

NIGHT = ()
OF_STAGE = ("stage",)
OF_CHANNEL = ("chan",)
OF_CHANNEL_STAGE = ("chan", "stage")


@dataclass(frozen=True, slots=True)
class Row:
    """A metric that a scoring alone gives, with the function that computes it.

    Attributes
    ----------
    metric : Metric
    compute : callable
        Takes the night's `Evidence`; gives a float, or `Undefined` with the reason.
    needs_scored : bool
        Whether a window without any scored epoch leaves it undefined.
    """

    metric: Metric
    compute: Callable[[Evidence], Value]
    needs_scored: bool = True
