"""What a user would write without psgkit: one night with MNE and YASA, printed.

`scripts/bench.py --against-yasa` measures psgkit against this script. It stages the
night, then finds band powers by stage, spindles, slow waves, rapid eye movements,
arousals by psgscoring's network, and heart rate by stage.
"""

import argparse


def main(path: str, eeg: str, eog: list[str], emg: str, ecg: str | None) -> None:
    """Analyse one night and print what was found."""
    # Here, so that --help need not wait for them.
    import mne
    import numpy as np
    import yasa

    raw = mne.io.read_raw_edf(path, preload=True, verbose="error")
    rate_hz = raw.info["sfreq"]
    staged = yasa.SleepStaging(
        raw, eeg_name=eeg, eog_name=eog[0], emg_name=emg
    ).predict()
    print(staged.sleep_statistics())
    hypno = staged.upsample_to_data(raw)
    if ecg is not None:
        _print_arousals(raw, (eeg, eog[0], emg), staged)
        beats = raw.get_data(picks=[ecg], units="uV")[0]
        print(yasa.hrv_stage(beats, rate_hz, hypno=hypno)[0])
    raw.pick([name for name in raw.ch_names if name not in {emg, ecg}])
    print(yasa.bandpower(raw, hypno=hypno, include=(1, 2, 3, 4)))
    brain = raw.copy().pick([eeg])
    spindles = yasa.spindles_detect(brain, hypno=hypno, include=(2, 3))
    waves = yasa.sw_detect(brain, hypno=hypno, include=(2, 3))
    for found in (spindles, waves):
        print(0 if found is None else found.summary(grp_stage=True))
    left, right = (raw.get_data(picks=[name], units="uV")[0] for name in eog)
    eyes = yasa.rem_detect(left, right, rate_hz, hypno=hypno, include=4)
    print(0 if eyes is None else len(eyes.summary()))
    print(np.bincount(hypno))


def _print_arousals(raw, names, staged) -> None:  # type: ignore[no-untyped-def]
    from psgscoring.arousal_unet import detect_arousals_unet

    epochs = [{"WAKE": "W", "REM": "R"}.get(one, one) for one in staged.hypno]
    arousals = detect_arousals_unet(
        *(
            part
            for name in names
            for part in (raw.get_data(picks=[name], units="uV")[0], raw.info["sfreq"])
        ),
        epochs,
        weight="unet_v2",
        min_interval_s=10.0,
    )
    print(len(arousals["events"]))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("path", help="an EDF recording")
    parser.add_argument("eeg", help="label of the EEG to stage by")
    parser.add_argument("eog", nargs=2, help="labels of the left and the right EOG")
    parser.add_argument("emg", help="label of the chin EMG")
    parser.add_argument("ecg", nargs="?", help="label of the ECG")
    parser.add_argument(
        "--only-eeg", action="store_true", help="without arousals and heart rate"
    )
    given = parser.parse_args()
    ecg = None if given.only_eeg else given.ecg
    main(given.path, given.eeg, given.eog, given.emg, ecg)
