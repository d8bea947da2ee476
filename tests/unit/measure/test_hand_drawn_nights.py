"""Ten nights drawn by hand; every column of sections B and C worked out on paper.

A night is a list of runs, ``R20`` being twenty epochs of R. Beside each stand the
epochs at which its runs begin, and the working. Epochs last 30 s, so that 20 of them
are 10 min, but for the eighth night. Columns of sections B and C:

bouts of R, raw and with up to 4 epochs filled (b2m), up to 12 (b6m); REM periods, less
than 30 epochs of other stages within, 10 epochs of R at least, but for the first and a
last one that the window cuts; steps from R; interruptions of REM periods; arousals in
R; segments of R of 300 s; Kaplan-Meier from five bouts on; N3.
"""

import math
from dataclasses import dataclass, field, replace

import pytest
from makers import make_scoring

from psgkit.measure import measure_scoring

NAN = math.nan


@dataclass(frozen=True)
class Drawn:
    runs: str
    expected: dict[str, float]
    arousals: tuple[tuple[float, float], ...] | None = None
    options: dict[str, object] = field(default_factory=dict)
    lights_s: tuple[float, float] | None = None


def bouts(raw: list[float], b2m: list[float], b6m_wmean: float) -> dict[str, float]:
    """Name n, mean, median, longest and weighted mean, given in that order."""
    names = ("bout_n", "bout_mean_min", "bout_med_min", "bout_max_min", "wmean_min")
    return {
        **{f"rem_{name}_raw": value for name, value in zip(names, raw, strict=True)},
        **{f"rem_{name}_b2m": value for name, value in zip(names, b2m, strict=True)},
        "rem_wmean_min_b6m": b6m_wmean,
    }


def shares(raw: list[float], b2m: list[float]) -> dict[str, float]:
    """Name the share of R in bouts of 5 and of 10 min."""
    return {
        "rem_ge5_pct_raw": raw[0],
        "rem_ge10_pct_raw": raw[1],
        "rem_ge5_pct_b2m": b2m[0],
        "rem_ge10_pct_b2m": b2m[1],
    }


def periods(number: float, mean_min: float, efficiency: float) -> dict[str, float]:
    return {"remp_n": number, "remp_mean_min": mean_min, "rem_eff_pct": efficiency}


def steps(
    continuity: float, exits: float, to_wake: float, awakenings: float
) -> dict[str, float]:
    return {
        "rem_cont_frac": continuity,
        "rem_exit_per_h": exits,
        "rem_to_wake_frac": to_wake,
        "rem_awak_per_h": awakenings,
    }


def interruptions(every: float, wake: float, nrem: float) -> dict[str, float]:
    return {
        "rem_frag_per_h": every,
        "rem_frag_w_per_h": wake,
        "rem_frag_nrem_per_h": nrem,
    }


def arousals(
    index: float, instability: float, minutes: float, percent: float
) -> dict[str, float]:
    return {
        "rem_ari_per_h": index,
        "rem_instab_per_h": instability,
        "rem_consol_min": minutes,
        "rem_consol_pct": percent,
    }


def survival(median: float, five: float, ten: float) -> dict[str, float]:
    return {"rem_km_med_min": median, "rem_s5_frac": five, "rem_s10_frac": ten}


def n3(
    minutes: float,
    percent: float,
    latency: float,
    *,
    first_third: tuple[float, float],
    cycle_1: float,
    longest: float,
    exits: float,
    light: float,
) -> dict[str, float]:
    return {
        "n3_min": minutes,
        "n3_pct": percent,
        "n3_lat_min": latency,
        "n3_first3_min": first_third[0],
        "n3_first3_pct": first_third[1],
        "n3_c1_min": cycle_1,
        "n3_bout_max_min": longest,
        "n3_exit_per_h": exits,
        "n3_to_w_n1_frac": light,
    }


NIGHTS = {
    # starts: W 0, N2 10, N3 70, N2 110, R 130, N2 150, N3 210, N2 230, R 270, N2 310,
    # W 330; 340 epochs. R 60 epochs = 30 min = 0.5 h; sleep 320 epochs = 160 min.
    "two perfect periods": Drawn(
        "W10 2x60 3x40 2x20 R20 2x60 3x20 2x40 R40 2x20 W10",
        arousals=(),
        expected={
            # bouts 10 and 20 min: (100 + 400) / 30
            **bouts([2, 15, 15, 20, 500 / 30], [2, 15, 15, 20, 500 / 30], 500 / 30),
            **shares([100, 100], [100, 100]),
            **periods(2, 15, 100),
            # 19 + 39 = 58 steps stay, 2 leave for N2
            **steps(58 / 60, 2 / 0.5, 0, 0),
            **interruptions(0, 0, 0),
            **arousals(0, 0, 30, 100),
            **survival(NAN, NAN, NAN),  # two bouts
            # N3 60 of 320 epochs; onset 10, first N3 70: 60 epochs. The first third of
            # the sleep period, 320 / 3 = 106.7, has 107 epochs, 10 to 116: the first
            # bout. Exits: two, in 0.5 h, to N2.
            **n3(
                30,
                18.75,
                30,
                first_third=(20, 100 * 20 / 30),
                cycle_1=20,
                longest=20,
                exits=4,
                light=0,
            ),
        },
    ),
    # starts: W 0, N2 4, N3 104, N2 124, R 164, W 174, R 176, N1 182, R 185, N2 197,
    # R 198, W 206, R 211, N2 231, W 271; 277 epochs. R 10+6+12+8+20 = 56 epochs =
    # 28 min. Sleep 100+20+40+56+3+1+40 = 260 epochs = 130 min.
    "a period broken by W, N1 and N2": Drawn(
        "W4 2x100 3x20 2x40 R10 W2 R6 1x3 R12 2x1 R8 W5 R20 2x40 W6",
        # 5110 in R 170. 5216 in R 173, ends 5226 in the W from 5220. 5700 in R 190.
        # 6186 in W 206, of which 10 s earlier is R 205; ends in that W. 7500 in N2.
        arousals=((5110, 5), (5216, 10), (5700, 3), (6186, 4), (7500, 3)),
        expected={
            # raw 5, 3, 6, 4, 10 min: squares 25+9+36+16+100 = 186. b2m fills W2, N1 3,
            # N2 1 and not W5: 42 epochs = 21 min, and 10: (441 + 100) / 31.
            # b6m fills W5 too: 42+5+20 = 67 epochs = 33.5 min, one bout.
            **bouts([5, 28 / 5, 5, 10, 186 / 28], [2, 15.5, 15.5, 21, 541 / 31], 33.5),
            # 5+6+10 of 28, 10 of 28
            **shares([75, 1000 / 28], [100, 100]),
            # one period from 164 to 230, 67 epochs
            **periods(1, 28, 5600 / 67),
            # 9+5+11+7+19 = 51 stay, 5 leave, 2 of them to W
            **steps(51 / 56, 5 * 60 / 28, 0.4, 2 * 60 / 28),
            # W2, N1, N2, W5
            **interruptions(4 * 60 / 28, 2 * 60 / 28, 2 * 60 / 28),
            # four in R; in both awakenings one of them ends, so that none is added.
            # Segments: 4920-5110, 5115-5216; 5280-5460; 5550-5700, 5703-5910;
            # 5940-6180; 6330-6930 = 600 s alone is long enough.
            **arousals(4 * 60 / 28, 4 * 60 / 28, 10, 1000 / 28),
            # 3, 4, 5, 6, 10: 0.8, 0.6, 0.4 at 5
            **survival(5, 0.4, 0),
            # sleep period 4 to 270, 267 epochs, first third 4 to 92
            **n3(
                10,
                1000 / 130,
                50,
                first_third=(0, 0),
                cycle_1=10,
                longest=10,
                exits=6,
                light=0,
            ),
        },
    ),
    # starts: N2 0, N3 60, R 90, N2 94, R 123, N2 153, R 183, N2 197, R 247, N2 255,
    # W 315. R 4+30+14+8 = 56 epochs = 28 min. Sleep 315 epochs = 157.5 min.
    "pauses of 14.5 and 15 min, and a short last period": Drawn(
        "2x60 3x30 R4 2x29 R30 2x30 R14 2x50 R8 2x60 W4",
        expected={
            # 2, 15, 7, 4 min: 4+225+49+16 = 294; no pause is short enough to fill
            **bouts([4, 7, 5.5, 15, 10.5], [4, 7, 5.5, 15, 10.5], 10.5),
            **shares([2200 / 28, 1500 / 28], [2200 / 28, 1500 / 28]),
            # 29 epochs join R4 and R30: 90 to 152, 63 epochs, 34 of R; 30 epochs part
            # R14; R8 is under 5 min and dropped. (17 + 7) / 2; 48 of 63 + 14.
            **periods(2, 12, 4800 / 77),
            # 3+29+13+7 = 52 stay, 4 leave
            **steps(52 / 56, 4 * 60 / 28, 0, 0),
            **interruptions(60 / 28, 0, 60 / 28),
            **arousals(NAN, NAN, NAN, NAN),  # not scored
            **survival(NAN, NAN, NAN),  # four bouts
            # first third: 105 epochs, all N3 within; one exit, to R, in 15 min
            **n3(
                15,
                1500 / 157.5,
                30,
                first_third=(15, 100),
                cycle_1=15,
                longest=15,
                exits=4,
                light=0,
            ),
        },
    ),
    # starts: W 0, N1 2, N2 6, N3 86, A 106, N3 107, N2 126, R 136, A 146, R 148, A 156,
    # R 159, A 171, N2 172, R 212; 228 epochs, R the last. R 10+8+12+16 = 46 epochs =
    # 23 min. Sleep 4+80+39+10+46+40 = 219 epochs.
    "artefact within, and cut by lights-on": Drawn(
        "W2 1x4 2x80 3x20 A1 3x19 2x10 R10 A2 R8 A3 R12 A1 2x40 R16",
        # 4200 in R 140; 4385 in the artefact 146, of no stage; 6600 in R 220
        arousals=((4200, 10), (4385, 5), (6600, 20)),
        expected={
            # A2 is bridged: 20 epochs; A3 is not; A1 before N2 is not: 10, 6, 8 min,
            # squares 100+36+64 = 200. b2m fills A3: 35 epochs = 17.5 min, and 8.
            **bouts(
                [3, 8, 8, 10, 200 / 24],
                [2, 12.75, 12.75, 17.5, 370.25 / 25.5],
                370.25 / 25.5,
            ),
            # of R as scored: the bout of 10 min holds 9, that of 17.5 holds 15, of 23
            **shares([100, 900 / 23], [100, 1500 / 23]),
            # 136 to 170, 35 epochs, 30 of R; 212 to 227, 16: 46 of 51
            **periods(2, 11.5, 4600 / 51),
            # 19+11+15 = 45 stay, steps into artefact and the end do not count
            **steps(1, 0, NAN, 0),
            **interruptions(0, 0, 0),  # nobody saw what A3 was
            # Segments: 4080-4200, 4210-4385, 4390-4680; 4770-5130 = 360 s;
            # 6360-6600, 6620-6840
            **arousals(2 * 60 / 23, 2 * 60 / 23, 6, 600 / 23),
            **survival(NAN, NAN, NAN),
            # 39 epochs scored, bout bridged to 40; sleep period 2 to 227, 226 epochs,
            # first third 75.3, so 75: 2 to 76; one exit, to N2
            **n3(
                19.5,
                3900 / 219,
                42,
                first_third=(0, 0),
                cycle_1=19.5,
                longest=20,
                exits=60 / 19.5,
                light=0,
            ),
        },
    ),
    # starts: W 0, N2 6, N3 26, W 36, N3 38, N1 48, N2 52, N3 58, N2 78, W 178.
    # Sleep 170 epochs = 85 min.
    "no REM": Drawn(
        "W6 2x20 3x10 W2 3x10 1x4 2x6 3x20 2x100 W8",
        arousals=(),
        expected={
            **bouts([0, NAN, NAN, NAN, NAN], [0, NAN, NAN, NAN, NAN], NAN),
            **shares([NAN, NAN], [NAN, NAN]),
            **periods(0, NAN, NAN),
            **steps(NAN, NAN, NAN, NAN),
            **interruptions(NAN, NAN, NAN),
            **arousals(NAN, NAN, 0, NAN),
            **survival(NAN, NAN, NAN),
            # 40 epochs; sleep period 6 to 177, 172 epochs, first third 57.3, so 57:
            # 6 to 62, N3 10+10+5 = 25 epochs. Exits to W, N1, N2 in 20 min.
            **n3(
                20,
                2000 / 85,
                10,
                first_third=(12.5, 62.5),
                cycle_1=NAN,
                longest=10,
                exits=9,
                light=2 / 3,
            ),
        },
    ),
    # starts: R 0, N2 12, R 72, W 78. R 18 epochs = 9 min: too little for rates.
    "begins in REM, lights not known, no N3": Drawn(
        "R12 2x60 R6 W4",
        options={"lights": False},
        expected={
            # 6 and 3 min: (36 + 9) / 9
            **bouts([2, 4.5, 4.5, 6, 5], [2, 4.5, 4.5, 6, 5], 5),
            **shares([600 / 9, 0], [600 / 9, 0]),
            # R6 is a candidate of 3 min and dropped
            **periods(1, 6, 100),
            # 11+5 = 16 stay, one leaves to N2, one to W
            **steps(16 / 18, NAN, 0.5, NAN),
            **interruptions(NAN, NAN, NAN),
            **arousals(NAN, NAN, NAN, NAN),
            **survival(NAN, NAN, NAN),
            # no cycle ends with the first REM; the first cycle, 12 on, has no N3
            **n3(
                0,
                0,
                NAN,
                first_third=(0, NAN),
                cycle_1=0,
                longest=NAN,
                exits=NAN,
                light=NAN,
            ),
        },
    ),
    # starts: ? 0, W 4, N2 6, R 46, W 52, R 53, N2 63, R 65, W 69, R 72, N1 92, R 94,
    # A 106, R 110, N2 118, N3 148, W 168, N2 170, ? 180; 186 epochs. R 6+10+4+20+12+8
    # = 60 epochs = 30 min = 0.5 h. Sleep 40+60+2+2+30+20+10 = 164 epochs = 82 min.
    "unscored at both ends, six bouts, one censored": Drawn(
        "?4 W2 2x40 R6 W1 R10 2x2 R4 W3 R20 1x2 R12 A4 R8 2x30 3x20 W2 2x10 ?6",
        arousals=(),
        expected={
            # 3, 5, 2, 10, 6, 4 min: 9+25+4+100+36+16 = 190. All pauses are of 4 epochs
            # at most: one bout of 72 epochs.
            **bouts([6, 5, 4.5, 10, 190 / 30], [1, 36, 36, 36, 36], 36),
            **shares([70, 1000 / 30], [100, 100]),
            **periods(1, 30, 6000 / 72),
            # 5+9+3+19+11+7 = 54 stay; to W, N2, W, N1, artefact (not counted), N2
            **steps(54 / 59, 10, 0.4, 4),
            **interruptions(8, 4, 4),  # W1, N2 2, W3, N1 2
            # two awakenings without arousal; bouts of 5, 10 and 6 min
            **arousals(0, 4, 21, 70),
            # 2: 5/6, 3: 4/6, 4: 3/6; at 5 three at risk: 2/6; 6 is censored; 10: 0
            **survival(4, 1 / 3, 0),
            # onset 6, N3 from 148; sleep period 6 to 179, first third 6 to 63; cycle 1
            # ends with R at 117; one exit, to W
            **n3(
                10,
                1000 / 82,
                71,
                first_third=(0, 0),
                cycle_1=0,
                longest=10,
                exits=6,
                light=1,
            ),
        },
    ),
    # Three epochs are a minute: 6 are filled by b2m, 18 by b6m, 45 part periods.
    # starts: W 0, N2 9, N3 99, N2 144, R 159, N1 174, R 180, W 210, R 217, N2 226,
    # R 270, N2 294, R 354, W 372. R 15+30+9+24+18 = 96 epochs = 32 min. Sleep
    # 90+45+15+96+6+44+60 = 356 epochs.
    "epochs of 20 s": Drawn(
        "W9 2x90 3x45 2x15 R15 1x6 R30 W7 R9 2x44 R24 2x60 R18 W3",
        options={"epoch_s": 20.0},
        expected={
            # 5, 10, 3, 8, 6 min: 25+100+9+64+36 = 234. b2m fills N1 6, not W7:
            # 51 epochs = 17 min, 3, 8, 6: 289+9+64+36 = 398 of 34. b6m fills W7:
            # 67/3 min, 8, 6: (4489/9 + 100) / (67/3 + 14) = 5389 / 327.
            **bouts([5, 6.4, 6, 10, 234 / 32], [4, 8.5, 7, 17, 398 / 34], 5389 / 327),
            # 29 of 32 and 10 of 32; b2m: the bout of 17 min holds 15 of R
            **shares([2900 / 32, 1000 / 32], [2900 / 32, 1500 / 32]),
            # 44 epochs do not part: 159 to 293, 135 epochs, 78 of R; then 18
            **periods(2, 16, 9600 / 153),
            # 14+29+8+23+17 = 91 stay, 5 leave, to N1, W, N2, N2, W
            **steps(91 / 96, 5 * 60 / 32, 0.4, 2 * 60 / 32),
            **interruptions(3 * 60 / 32, 60 / 32, 2 * 60 / 32),
            **arousals(NAN, NAN, NAN, NAN),
            # 3, 5, 6, 8, 10: 0.8, 0.6, 0.4 at 6
            **survival(6, 0.6, 0),
            # sleep period 9 to 371, 363 epochs, first third 9 to 129: N3 99 to 129
            **n3(
                15,
                4500 / 356,
                30,
                first_third=(31 / 3, 3100 / 45),
                cycle_1=15,
                longest=15,
                exits=4,
                light=0,
            ),
        },
    ),
    # starts: W 0, N2 20, N3 70, R 110, W 130, N2 166, R 176, N2 196, R 226; 256 epochs.
    # Lights off at 10, on at 246: the last R has 20 epochs. R 60 epochs = 0.5 h. Sleep
    # 50+40+20+10+20+30+20 = 190 epochs = 95 min.
    "lights within the scoring": Drawn(
        "W20 2x50 3x40 R20 W36 2x10 R20 2x30 R30",
        lights_s=(300.0, 7380.0),
        # 150 and 7500 lie outside; 3400 in R 113
        arousals=((150, 3), (3400, 3), (7500, 3)),
        expected={
            **bouts([3, 10, 10, 10, 10], [3, 10, 10, 10, 10], 10),
            **shares([100, 100], [100, 100]),
            # parted by 46 and by 30 epochs
            **periods(3, 10, 100),
            # 19 + 19 + 19 = 57 stay, to W, to N2, the last is not seen
            **steps(57 / 59, 4, 0.5, 2),
            **interruptions(0, 0, 0),
            # one arousal, and one awakening apart from it. Segments 100 s, 497 s,
            # 600 s, 600 s
            **arousals(2, 4, 1697 / 60, 100 * 1697 / 1800),
            **survival(NAN, NAN, NAN),
            # sleep period 20 to 245, 226 epochs, first third 75: 20 to 94, N3 70 to 94.
            # 10 epochs of N2 are no NREM period: the first two REM periods are one,
            # cycle 1 ends at 195. One exit, to R.
            **n3(
                20,
                2000 / 95,
                25,
                first_third=(12.5, 62.5),
                cycle_1=20,
                longest=20,
                exits=3,
                light=0,
            ),
        },
    ),
    # starts: N2 0, N3 30, N1 42, N3 44, W 54, N2 55, R 115, W 120, N1 121, R 123,
    # N2 126, R 134, W 145, R 158, N1 160, R 161; 186 epochs, R the last. R 5+3+11+2+25
    # = 46 epochs = 23 min. Sleep 98 N2, 22 N3, 5 N1, 46 R = 171 epochs.
    "shattered REM": Drawn(
        "2x30 3x12 1x2 3x10 W1 2x60 R5 W1 1x2 R3 2x8 R11 W13 R2 1x1 R25",
        # 3595 in R 119, ends 3610 in the W from 3600; 3660 in N1; 4500 in W, and W 10 s
        # before; 4950 in R 165
        arousals=((3595, 15), (3660, 3), (4500, 3), (4950, 40)),
        expected={
            # 2.5, 1.5, 5.5, 1, 12.5: 6.25+2.25+30.25+1+156.25 = 196. b2m fills W N1 N1
            # and N1: 11, 11, 28 epochs: 30.25+30.25+196 = 256.5 of 25. b6m fills N2 8,
            # not W13: 30 and 28 epochs: 225+196 = 421 of 29.
            **bouts(
                [5, 4.6, 2.5, 12.5, 196 / 23], [3, 25 / 3, 5.5, 14, 10.26], 421 / 29
            ),
            # 18 and 12.5 of 23; the bout of 14 min holds 13.5
            **shares([1800 / 23, 1250 / 23], [100, 1350 / 23]),
            # 115 to 185, 71 epochs
            **periods(1, 23, 4600 / 71),
            # 4+2+10+1+24 = 41 stay; to W, N2, W, N1, the last is not seen
            **steps(41 / 45, 4 * 60 / 23, 0.5, 2 * 60 / 23),
            # W N1 N1 has W in it
            **interruptions(4 * 60 / 23, 2 * 60 / 23, 2 * 60 / 23),
            # two in R; of two awakenings one goes with an arousal. Segments 3450-3595,
            # 3690-3780, 4020-4350 = 330 s, 60 s, 4830-4950, 4990-5580 = 590 s
            **arousals(2 * 60 / 23, 3 * 60 / 23, 920 / 60, 100 * 920 / 1380),
            # 1: 0.8, 1.5: 0.6, 2.5: 0.4; at 5.5 two at risk: 0.2; 12.5 censored
            **survival(2.5, 0.4, 0.2),
            # first third: 0 to 61, all N3; exits to N1 and to W in 11 min
            **n3(
                11,
                2200 / 171,
                15,
                first_third=(11, 100),
                cycle_1=11,
                longest=6,
                exits=2 * 60 / 11,
                light=1,
            ),
        },
    ),
}


def spell_out(runs: str) -> str:
    """Turn ``W10 2x60`` into a letter an epoch."""
    return "".join(run[0] * int(run[1:].lstrip("x")) for run in runs.split())


@pytest.mark.parametrize("name", NIGHTS)
def test_every_column_of_sections_b_and_c(name):
    night = NIGHTS[name]
    scoring = make_scoring(
        spell_out(night.runs), arousals=night.arousals, **night.options
    )
    if night.lights_s is not None:
        off_s, on_s = night.lights_s
        scoring = replace(scoring, lights_off_s=off_s, lights_on_s=on_s)
    measures = measure_scoring(scoring)
    found = {column: measures[column] for column in night.expected}
    assert found == pytest.approx(night.expected, rel=1e-9, nan_ok=True)


def test_no_column_of_section_b_is_left_out():
    columns = measure_scoring(make_scoring("W")).index
    of_rem = {name for name in columns if name.startswith(("rem_", "remp_"))}
    elsewhere = {
        "rem_min",
        "rem_pct",
        "rem_lat_min",
        "rem_lat_nowake_min",
        "rem_lat_lo_min",
        "remp1_lat_min",
        "rem_under_10min",
    }
    for night in NIGHTS.values():
        assert of_rem - elsewhere <= set(night.expected)
