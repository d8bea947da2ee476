"use strict";
// The three answers of a night, by the rules of psgkit/measure. A test holds each
// function equal to `measure_scoring`. Stages are codes: -2 unscored, -1 artefact,
// 0 W, 1 N1, 2 N2, 3 N3, 4 R. An answer is {value} or {reason}.

const REM = 4;
const ROUNDING = 1e-9;
const MOST_BRIDGED = 2;
const REM_BRIDGE_S = 120;
const LEAST_SLEEP_MIN = 180;
const LOOK_BACK_S = 10;
const LONG_SCORING_S = 24 * 3600;
const SLEEPS_APART_S = 2 * 3600;
const SLEEP_MARGIN_S = 3600;

/** Cut an array into runs of equal codes: {code, start, length}. */
function findRuns(codes) {
  const runs = [];
  codes.forEach((code, index) => {
    const last = runs[runs.length - 1];
    if (last && last.code === code) last.length += 1;
    else runs.push({ code, start: index, length: 1 });
  });
  return runs;
}

/** Fill runs of up to two unscored epochs between two equal codes; others become -1. */
function bridgeUnscored(stages) {
  const codes = stages.map((code) => (code < 0 ? -1 : code));
  const runs = findRuns(codes);
  for (let i = 1; i < runs.length - 1; i += 1) {
    const { code, start, length } = runs[i];
    if (code === -1 && length <= MOST_BRIDGED && runs[i - 1].code === runs[i + 1].code)
      codes.fill(runs[i - 1].code, start, start + length);
  }
  return codes;
}

/** Fill every interruption of a code that lasts at most some epochs. */
function fillInterruptions(codes, code, atMost) {
  const filled = codes.slice();
  let before = -1;
  codes.forEach((found, index) => {
    if (found !== code) return;
    if (before >= 0 && index - before - 1 <= atMost) filled.fill(code, before, index);
    before = index;
  });
  return filled;
}

/** Return first and last epoch (not included) of the longest sleep of a long scoring. */
function mainSleep(stages, epochS) {
  const sleeps = [];
  stages.forEach((code, index) => {
    if (code <= 0) return;
    const last = sleeps[sleeps.length - 1];
    if (last && index - last.stop <= (SLEEPS_APART_S / 3600) * (3600 / epochS)) last.stop = index + 1;
    else sleeps.push({ start: index, stop: index + 1 });
  });
  if (sleeps.length < 2) return null;
  const longest = sleeps.reduce((best, one) => (one.stop - one.start > best.stop - best.start ? one : best));
  const margin = Math.floor((SLEEP_MARGIN_S / 3600) * (3600 / epochS));
  return [Math.max(longest.start - margin, 0), Math.min(longest.stop + margin, stages.length)];
}

/** Return the window from lights-off to lights-on: its first epoch and the one after. */
function analysisWindow(scoring) {
  const { stages, epoch_s: epochS, onset_s: onsetS, lights_off_s: off, lights_on_s: on } = scoring;
  if (off === null && on === null && stages.length * epochS > LONG_SCORING_S) {
    const main = mainSleep(stages, epochS);
    if (main) return main;
  }
  const nearest = (seconds) => Math.floor((seconds - onsetS) / epochS + 0.5);
  return [off === null ? 0 : nearest(off), on === null ? stages.length : nearest(on)];
}

/** Cut the stages of a window; epochs outside the scoring are unscored. */
function cutStages(stages, start, stop) {
  const cut = [];
  for (let i = start; i < stop; i += 1) cut.push(i >= 0 && i < stages.length ? stages[i] : -2);
  return cut;
}

/** Return the mean length of REM bouts, weighted by length, breaks of 2 min filled. */
function remContinuity(stages, epochS) {
  const filled = fillInterruptions(
    bridgeUnscored(stages), REM, Math.floor(REM_BRIDGE_S / epochS + ROUNDING));
  const lengths = findRuns(filled).filter((run) => run.code === REM).map((run) => run.length);
  const sum = lengths.reduce((a, b) => a + b, 0);
  if (!sum) return { reason: "no REM" };
  const squares = lengths.reduce((a, b) => a + b * b, 0);
  return { value: (squares * (epochS / 60)) / sum };
}

/** Return the stage an arousal belongs to: of its onset, or 10 s earlier if that is W. */
function stageOfArousal(stages, onsetS, epochS) {
  const at = (seconds) => stages[Math.floor(seconds / epochS + ROUNDING)];
  const own = at(onsetS);
  const before = at(Math.max(onsetS - LOOK_BACK_S, 0));
  return own === 0 && before > 0 ? before : own;
}

/** Return the arousals from sleep per hour of sleep. */
function arousalIndex(scoring, stages, windowStartS) {
  const { epoch_s: epochS, events, kinds_scored: kinds } = scoring;
  const nremOnly = kinds.includes("arousal_in_nrem");
  if (!nremOnly && !kinds.includes("arousal")) return { reason: "arousals were not scored" };
  if (nremOnly && stages.includes(REM))
    return { reason: "arousals in REM need a chin EMG that shows muscle activity" };
  const count = events.filter((event) => {
    if (event.kind !== "arousal") return false;
    const onsetS = event.onset_s - windowStartS;
    const epoch = Math.floor(onsetS / epochS + ROUNDING);
    return epoch >= 0 && epoch < stages.length && stageOfArousal(stages, onsetS, epochS) > 0;
  }).length;
  if (!count && events.some((event) => event.kind === "other"))
    return { reason: "none was counted, but scored events have names that are not known" };
  const sleepMin = stages.filter((code) => code > 0).length * (epochS / 60);
  if (!sleepMin) return { reason: "no sleep" };
  if (sleepMin < LEAST_SLEEP_MIN - ROUNDING) return { reason: "under 180 min of sleep" };
  return { value: count / (sleepMin / 60) };
}

/** Return the three answers of a scoring by their columns' names. */
function answersOf(scoring) {
  const [start, stop] = analysisWindow(scoring);
  const stages = cutStages(scoring.stages, start, stop);
  if (!stages.some((code) => code >= 0)) {
    const none = { reason: "no epoch of the window is scored" };
    return { rem_wmean_min_b2m: none, n3_min: none, ari_per_h: none };
  }
  const epochS = scoring.epoch_s;
  return {
    rem_wmean_min_b2m: remContinuity(stages, epochS),
    n3_min: { value: stages.filter((code) => code === 3).length * (epochS / 60) },
    ari_per_h: arousalIndex(scoring, stages, scoring.onset_s + start * epochS),
  };
}
