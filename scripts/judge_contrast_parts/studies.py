"""Studies whose truth is planted, and the standard tests of their data."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats

Values = Callable[[np.random.Generator, float, pd.DataFrame], np.ndarray]
Test = Callable[[pd.DataFrame, str], float]


@dataclass(frozen=True)
class Case:
    """A kind of study.

    Attributes
    ----------
    name : str
    nights : pandas.DataFrame
        What is the same in all draws: groups, persons, covariates, hours.
    values : callable
        Draws the column, given the effect.
    effect : float
        On the scale of the model: a difference, or the logarithm of a ratio.
    standard : mapping of str to callable
        Tests that a statistician would choose; the best of them is shown.
    effect_size : float
        The effect in standard deviations of nights within groups; NaN where not shown.
    scale : str or None
        What `compare_groups` is asked for.
    part : int
        Which model, of a scale in two parts.
    term : str
        The level or term looked at; the first where empty.
    """

    name: str
    nights: pd.DataFrame
    values: Values
    effect: float
    standard: dict[str, Test]
    column: str = "n3_min"
    group: str = "group"
    covariates: tuple[str, ...] = ()
    effect_size: float = np.nan
    scale: str | None = None
    part: int = 0
    term: str = ""


def two_groups(first: int, second: int) -> pd.DataFrame:
    """Return one night a person, in groups a and b."""
    return pd.DataFrame({"group": np.repeat(["a", "b"], [first, second])})


def before_after(people: int, without_second: int = 0) -> pd.DataFrame:
    """Return two nights a person; the last persons have the first alone."""
    second = people - without_second
    return pd.DataFrame(
        {
            "person": [*range(people), *range(second)],
            "group": np.repeat(["a before", "b after"], [people, second]),
        }
    )


def repeated(people: int, column: str) -> pd.DataFrame:
    """Return two nights a person, every other person in group b."""
    person = np.repeat(np.arange(people), 2)
    return pd.DataFrame({column: person, "group": np.where(person % 2, "b", "a")})


def is_second(nights: pd.DataFrame) -> np.ndarray:
    """Tell which nights are of the second group."""
    return nights["group"].str.startswith("b").to_numpy()


def minutes_of_persons(
    rng: np.random.Generator, effect: float, nights: pd.DataFrame, who: str = "person"
) -> np.ndarray:
    """Draw minutes: SD 15 between persons, 12 between nights of a person."""
    person = nights[who].to_numpy()
    own = rng.normal(60, 15, person.max() + 1)[person]
    return own + effect * is_second(nights) + rng.normal(0, 12, len(nights))


def minutes(
    rng: np.random.Generator,
    effect: float,
    nights: pd.DataFrame,
    spreads: tuple[float, float] = (20.0, 20.0),
    zeros: float = 0.0,
) -> np.ndarray:
    """Draw minutes whose means differ by the effect; a share of nights has none."""
    second = is_second(nights)
    spread = np.where(second, spreads[1], spreads[0])
    drawn = 50 + effect * second / (1 - zeros) + spread * rng.normal(size=len(nights))
    return np.where(rng.random(len(nights)) < zeros, 0.0, drawn)


def some_or_none(
    rng: np.random.Generator, effect: float, nights: pd.DataFrame
) -> np.ndarray:
    """Draw minutes that are zero in 32 % of group a; the effect is on the log odds."""
    odds = 0.68 / 0.32 * np.exp(effect * is_second(nights))
    some = rng.random(len(nights)) < odds / (1 + odds)
    return np.where(some, np.exp(rng.normal(3.5, 0.6, len(nights))), 0.0)


def lengths_above_zero(
    rng: np.random.Generator, effect: float, nights: pd.DataFrame
) -> np.ndarray:
    """Draw minutes of which 32 % are zero; the effect is a log ratio of the others."""
    some = rng.random(len(nights)) < 0.68
    drawn = np.exp(rng.normal(3.5, 0.6, len(nights)) + effect * is_second(nights))
    return np.where(some, drawn, 0.0)


def rates(rng: np.random.Generator, effect: float, nights: pd.DataFrame) -> np.ndarray:
    """Draw overdispersed counts an hour; the effect is a log rate ratio."""
    hours = nights["rem_min"].to_numpy() / 60
    expected = 12 * np.exp(effect * is_second(nights)) * hours
    return rng.poisson(rng.gamma(4, expected / 4)) / hours


def powers(rng: np.random.Generator, effect: float, nights: pd.DataFrame) -> np.ndarray:
    """Draw log-normal powers; the effect is a log ratio."""
    return np.exp(rng.normal(5.5, 0.6, len(nights)) + effect * is_second(nights))


def shares(rng: np.random.Generator, effect: float, nights: pd.DataFrame) -> np.ndarray:
    """Draw shares with normal logits; the effect is a log odds ratio."""
    logits = rng.normal(2.0, 0.7, len(nights)) + effect * is_second(nights)
    return 1 / (1 + np.exp(-logits))


def angles(rng: np.random.Generator, effect: float, nights: pd.DataFrame) -> np.ndarray:
    """Draw von Mises angles about the ends of the circle."""
    centre = np.pi - 0.1 + effect * is_second(nights)
    return np.angle(np.exp(1j * rng.vonmises(centre, 2.0)))


def with_age(
    rng: np.random.Generator, effect: float, nights: pd.DataFrame
) -> np.ndarray:
    """Draw minutes that change by the effect in ten years."""
    age = nights["age_y"].to_numpy()
    return 90 + effect * (age - 50) / 10 + rng.normal(0, 20, len(nights))


def at_sites(
    rng: np.random.Generator, effect: float, nights: pd.DataFrame
) -> np.ndarray:
    """Draw minutes of sites 1, 2 and 3, of which the second reads 40 min more."""
    shift = nights["site"].map({1: 0, 2: 40, 3: 5}).to_numpy()
    return shift + minutes(rng, effect, nights)


def by_sex(rng: np.random.Generator, effect: float, nights: pd.DataFrame) -> np.ndarray:
    """Draw minutes in which sex changes the difference of the groups by the effect."""
    male = (nights["sex"] == "M").to_numpy()
    second = is_second(nights)
    drawn = 50 + 5 * male + 8 * second + effect * (male & second)
    return drawn + rng.normal(0, 20, len(nights))


def after_curve(
    rng: np.random.Generator, effect: float, nights: pd.DataFrame
) -> np.ndarray:
    """Draw minutes that follow age along a curve, besides the groups."""
    bend = ((nights["age_y"].to_numpy() - 50) / 15) ** 2
    return -8 * bend + minutes(rng, effect, nights)


def paired_t(table: pd.DataFrame, column: str) -> float:
    """Return p of the paired t test of complete pairs."""
    wide = table.pivot_table(index="person", columns="group", values=column).dropna()
    return float(stats.ttest_rel(wide.iloc[:, 1], wide.iloc[:, 0]).pvalue)


def welch(table: pd.DataFrame, column: str) -> float:
    """Return p of Welch's test."""
    second = is_second(table)
    values = table[column].to_numpy()
    return float(
        stats.ttest_ind(values[second], values[~second], equal_var=False).pvalue
    )


def welch_of_means(table: pd.DataFrame, column: str, who: str = "person") -> float:
    """Return p of Welch's test of the persons' means."""
    return welch(table.groupby([who, "group"], as_index=False)[column].mean(), column)


def welch_of_logs(table: pd.DataFrame, column: str) -> float:
    """Return p of Welch's test of logarithms of what is above zero."""
    some = table[table[column] > 0]
    return welch(some.assign(log=np.log(some[column])), "log")


def welch_of_logits(table: pd.DataFrame, column: str) -> float:
    """Return p of Welch's test of logits."""
    share = table[column]
    return welch(table.assign(logit=np.log(share / (1 - share))), "logit")


def welch_of_log_rates(table: pd.DataFrame, column: str) -> float:
    """Return p of Welch's test of the logarithms of rates, half an event added."""
    hours = table["rem_min"] / 60
    return welch_of_logs(
        table.assign(rate=(table[column] * hours + 0.5) / hours), "rate"
    )


def quasi_poisson(table: pd.DataFrame, column: str) -> float:
    """Return p of a Poisson model whose dispersion is Pearson's."""
    hours = table["rem_min"].to_numpy() / 60
    model = sm.GLM(
        table[column].to_numpy() * hours,
        sm.add_constant(is_second(table).astype(float)),
        family=sm.families.Poisson(),
        offset=np.log(hours),
    )
    fit = model.fit(scale="X2", use_t=True)
    return float(fit.pvalues[1])


def chi_squared(table: pd.DataFrame, column: str) -> float:
    """Return p of the chi-squared test of zero against more, uncorrected."""
    counts = pd.crosstab(table["group"], table[column] > 0)
    return float(stats.chi2_contingency(counts, correction=False).pvalue)


def watson_williams(table: pd.DataFrame, column: str) -> float:
    """Return p of the Watson-Williams test (Mardia & Jupp 2000, 7.4)."""
    turns = np.exp(1j * table[column].to_numpy())
    second = is_second(table)
    count = len(turns)
    within = abs(turns[second].sum()) + abs(turns[~second].sum())
    mean = within / count
    kappa = (
        2 * mean + mean**3 + 5 * mean**5 / 6
        if mean < 0.53
        else -0.4 + 1.39 * mean + 0.43 / (1 - mean)
    )
    f = (1 + 3 / (8 * kappa)) * (count - 2) * (within - abs(turns.sum()))
    return float(stats.f.sf(f / (count - within), 1, count - 2))


def ols(table: pd.DataFrame, column: str, formula: str, term: str) -> float:
    """Return p of a term of ordinary least squares."""
    return float(smf.ols(f"{column} ~ {formula}", table).fit().pvalues[term])


def _hours(nights: pd.DataFrame) -> pd.DataFrame:
    minutes_of_rem = 60 * np.random.default_rng(26).uniform(0.8, 2.2, len(nights))
    return nights.assign(rem_min=minutes_of_rem)


def _sites() -> pd.DataFrame:
    """Return 30 and 30 persons, most of group b at site 2."""
    site = np.repeat([1, 2, 3, 1, 2, 3], [12, 8, 10, 6, 16, 8])
    return two_groups(30, 30).assign(site=site)


def _ages(nights: pd.DataFrame) -> pd.DataFrame:
    return nights.assign(age_y=np.linspace(22, 78, len(nights) // 2).tolist() * 2)


_SEXES = two_groups(40, 40).assign(sex=["F", "M"] * 40)
_WELCH = {"Welch": welch}
_ANCOVA = "C(group)[T.b]"

# The place of a case is part of its seeds: add new ones at the end.
CASES = (
    *(
        Case(
            f"{people} pairs",
            before_after(people),
            minutes_of_persons,
            effect,
            {"paired t": paired_t},
            effect_size=effect / np.hypot(15, 12),
        )
        for people, effect in ((6, 22.0), (8, 19.0), (12, 15.0))
    ),
    Case("20 and 20", two_groups(20, 20), minutes, 16.0, _WELCH, effect_size=0.8),
    Case(
        "20 and 20, 32 % zeros",
        two_groups(20, 20),
        partial(minutes, zeros=0.32),
        24.0,
        _WELCH,
    ),
    Case(
        "10 and 30, SD 30 and 15",
        two_groups(10, 30),
        partial(minutes, spreads=(30.0, 15.0)),
        24.0,
        _WELCH,
    ),
    Case("8 and 40", two_groups(8, 40), minutes, 20.0, _WELCH, effect_size=1.0),
    Case(
        "24 persons, 2 nights each",
        repeated(24, "person"),
        minutes_of_persons,
        18.0,
        {"Welch of persons' means": welch_of_means},
        effect_size=18 / np.hypot(15, 12),
    ),
    Case(
        "20 and 20, counts",
        _hours(two_groups(20, 20)),
        rates,
        0.5,
        {"quasi-Poisson": quasi_poisson, "Welch of log rates": welch_of_log_rates},
        column="rem_ari_per_h",
    ),
    Case(
        "5 and 20, SD 30 and 15",
        two_groups(5, 20),
        partial(minutes, spreads=(30.0, 15.0)),
        40.0,
        _WELCH,
    ),
    Case(
        "40 persons, 2 nights each, column not named",
        repeated(40, "subject_id"),
        partial(minutes_of_persons, who="subject_id"),
        13.0,
        {"Welch of persons' means": partial(welch_of_means, who="subject_id")},
    ),
    Case(
        "12 pairs, 3 of them without a second night",
        before_after(12, without_second=3),
        minutes_of_persons,
        17.0,
        {"paired t": paired_t},
    ),
    Case(
        "20 and 20, angles",
        two_groups(20, 20),
        angles,
        0.75,
        {"Watson-Williams": watson_williams},
        column="coup_phase_rad__C4_M1",
    ),
    Case(
        "20 and 20, powers",
        two_groups(20, 20),
        powers,
        0.5,
        {"Welch of logarithms": welch_of_logs},
        column="swa_uv2",
        effect_size=0.5 / 0.6,
    ),
    Case(
        "20 and 20, shares",
        two_groups(20, 20),
        shares,
        0.6,
        {"Welch of logits": welch_of_logits},
        column="rem_cont_frac",
        effect_size=0.6 / 0.7,
    ),
    Case(
        "40 persons, a slope for ten years of age",
        _ages(two_groups(20, 20)),
        with_age,
        -4.5,
        {"least squares": partial(ols, formula="age_y", term="age_y")},
        group="age_y",
    ),
    Case(
        "30 and 30 at sites 1, 2, 3",
        _sites(),
        at_sites,
        14.0,
        {
            "least squares": partial(
                ols, formula="C(group) + C(site)", term=_ANCOVA
            )
        },
        covariates=("site",),
    ),
    Case(
        "40 and 40, group * sex",
        _SEXES,
        by_sex,
        22.0,
        {
            "least squares": partial(
                ols, formula="C(group) * C(sex)", term="C(group)[T.b]:C(sex)[T.M]"
            )
        },
        group="group * sex",
        term="group b x sex M",
    ),
    Case(
        "20 and 20, a spline for age",
        _ages(two_groups(20, 20)),
        after_curve,
        17.0,
        {
            "least squares": partial(
                ols, formula="C(group) + bs(age_y, df=4)", term=_ANCOVA
            )
        },
        covariates=("bs(age_y, df=4)",),
    ),
    Case(
        "40 and 40, two parts: any or none",
        two_groups(40, 40),
        some_or_none,
        1.4,
        {"chi-squared": chi_squared},
        scale="two-part",
    ),
    Case(
        "40 and 40, two parts: above zero",
        two_groups(40, 40),
        lengths_above_zero,
        0.4,
        {"Welch of logarithms": welch_of_logs},
        scale="two-part",
        part=1,
    ),
)  # fmt: skip
