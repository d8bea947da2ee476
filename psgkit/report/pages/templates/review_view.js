// What the page shows of a place: its signals on a canvas, and numbers as words.

const LANE = { eeg: 96, eog: 72, emg: 60, respiration: 60, oximetry: 46, ecg: 60 };
const UV_A_LANE = { eeg: 150, eog: 200, emg: 80 };
const STEPS_BELOW_HZ = 10;
const HIGHPASS_HZ = { eeg: 0.3, eog: 0.3, emg: 10 };
const MARKS_PX = 46;
const LEFT_PX = 64;
const MISSING = -128;

/** Turn base64 into the samples of a piece, in the channel's unit. */
function samplesOf(piece) {
  if (!piece.samples) {
    const bytes = atob(piece.data);
    piece.samples = Float64Array.from(bytes, (letter) => {
      const code = (letter.charCodeAt(0) << 24) >> 24;
      return code === MISSING ? NaN : piece.offset + code * piece.step;
    });
  }
  return piece.samples;
}

/** Return a channel's samples from one time to another; NaN where it has none. */
function cutSignal(channel, startS, stopS) {
  const rate = channel.rate_hz;
  const cut = new Float64Array(Math.round((stopS - startS) * rate)).fill(NaN);
  for (const piece of channel.pieces) {
    const at = Math.round((piece.start_s - startS) * rate);
    if (at >= cut.length || piece.start_s + 31 < startS) continue;
    samplesOf(piece).forEach((value, index) => {
      if (at + index >= 0 && at + index < cut.length) cut[at + index] = value;
    });
  }
  return cut;
}

/** Take slow drifts out, forwards and backwards, so that nothing moves in time. */
function withoutDrift(values, rate, cutoffHz) {
  const known = values.filter((value) => !Number.isNaN(value));
  if (!known.length) return values;
  const mean = known.reduce((a, b) => a + b, 0) / known.length;
  const share = 1 - Math.exp((-2 * Math.PI * cutoffHz) / rate);
  const pass = (input) => {
    let low = 0;
    return input.map((value) => {
      if (Number.isNaN(value)) return value;
      low += share * (value - low);
      return value - low;
    });
  };
  return pass(pass(values.map((value) => value - mean)).reverse()).reverse();
}

/** Return the colours of the page, light or dark. */
function coloursOf(element) {
  const style = getComputedStyle(element);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), soft: of("--soft"), line: of("--line"), paper: of("--paper"),
    panel: of("--panel"), link: of("--link"), warning: of("--warning"), back: of("--warning-back") };
}

/** Return where a channel's values stand in its lane: pixels from its middle. */
function scaleOf(channel, values, gain, height) {
  const microvolts = channel.unit === "µV" && UV_A_LANE[channel.kind];
  if (microvolts) return { middle: 0, perUnit: (-height * gain) / microvolts, bar: microvolts / 2 / gain };
  let [low, high] = [Infinity, -Infinity];
  values.forEach((value) => { if (value < low) low = value; if (value > high) high = value; });
  const middle = Number.isFinite(low) ? (low + high) / 2 : 0;
  return { middle, perUnit: (-height * 0.85 * gain) / Math.max(high - low, 1e-6) || 0, bar: null, low, high };
}

/** Draw one channel in its lane. */
function drawLane(pen, channel, view, top, height, colours) {
  const { startS, stopS, xOf, gain, words } = view;
  const raw = cutSignal(channel, startS, stopS);
  const cutoff = HIGHPASS_HZ[channel.kind];
  const values = cutoff && channel.rate_hz > 2 * cutoff ? withoutDrift(raw, channel.rate_hz, cutoff) : raw;
  const scale = scaleOf(channel, values, gain, height);
  const middle = top + height / 2;
  pen.save();
  pen.beginPath();
  pen.rect(LEFT_PX, top, view.width - LEFT_PX, height);
  pen.clip();
  pen.strokeStyle = colours.ink;
  pen.lineWidth = 0.9;
  pen.beginPath();
  let isDown = false;
  values.forEach((value, index) => {
    if (Number.isNaN(value)) { isDown = false; return; }
    const x = xOf(startS + index / channel.rate_hz);
    const y = middle + (value - scale.middle) * scale.perUnit;
    if (isDown) pen.lineTo(x, y); else pen.moveTo(x, y);
    // A slow channel holds its value until the next sample.
    if (channel.rate_hz < STEPS_BELOW_HZ) pen.lineTo(xOf(startS + (index + 1) / channel.rate_hz), y);
    isDown = true;
  });
  pen.stroke();
  pen.restore();
  pen.fillStyle = colours.ink;
  pen.font = "12px system-ui, sans-serif";
  pen.fillText(channel.label.slice(0, 16), 4, middle - 3, LEFT_PX - 12);
  pen.fillStyle = colours.soft;
  pen.font = "10.5px system-ui, sans-serif";
  const isEmpty = values.every((value) => Number.isNaN(value));
  const range = isEmpty ? words.missing
    : scale.bar ? `${Math.round(scale.bar)} ${channel.unit}`
      : `${[scale.low, scale.high].map((value) => numberAsWords(value, words.decimal)).join("–")} ${channel.unit}`;
  pen.fillText(range, 4, middle + 11, LEFT_PX - 12);
  if (scale.bar && !isEmpty) {
    const half = Math.abs(scale.bar * scale.perUnit) / 2;
    pen.fillRect(LEFT_PX - 4, middle - half, 2, 2 * half);
  }
}

/** Draw seconds, stages and events above the signals. */
function drawMarks(pen, view, colours) {
  const { startS, stopS, xOf, height, scoring, place } = view;
  for (let second = Math.ceil(startS); second <= stopS; second += 1) {
    pen.strokeStyle = colours.line;
    pen.lineWidth = second % 5 ? 0.4 : 1;
    pen.beginPath();
    pen.moveTo(xOf(second), MARKS_PX);
    pen.lineTo(xOf(second), height);
    pen.stroke();
  }
  const first = Math.floor((startS - scoring.onset_s) / scoring.epoch_s);
  const last = Math.ceil((stopS - scoring.onset_s) / scoring.epoch_s);
  pen.font = "600 13px system-ui, sans-serif";
  for (let epoch = Math.max(first, 0); epoch < Math.min(last, scoring.stages.length); epoch += 1) {
    const from = Math.max(xOf(scoring.onset_s + epoch * scoring.epoch_s), LEFT_PX);
    const to = Math.min(xOf(scoring.onset_s + (epoch + 1) * scoring.epoch_s), view.width);
    if (to - from < 1) continue;
    pen.fillStyle = epoch === place.epoch ? colours.link : colours.panel;
    pen.fillRect(from, 2, to - from - 1, 19);
    pen.fillStyle = epoch === place.epoch ? colours.paper : colours.ink;
    pen.fillText(STAGE_NAMES[scoring.stages[epoch]], from + 5, 16, Math.max(to - from - 8, 1));
  }
  pen.font = "11px system-ui, sans-serif";
  for (const event of scoring.events) {
    const [from, to] = [event.onset_s, event.onset_s + (event.duration_s ?? 0)];
    if (event.kind === "arousal" || to < startS || from > stopS) continue;
    const x = Math.max(xOf(from), LEFT_PX);
    pen.fillStyle = colours.soft;
    pen.fillRect(x, 40, Math.max(Math.min(xOf(to), view.width) - x, 2), 3);
    pen.fillText(event.kind.replaceAll("_", " "), x, 36, 140);
  }
}

/** Draw arousals as bands; the one in question has edges to drag. */
function drawArousals(pen, view, colours) {
  const { startS, stopS, xOf, height, scoring, chosen } = view;
  for (const event of scoring.events) {
    const to = event.onset_s + (event.duration_s ?? 0);
    if (event.kind !== "arousal" || to < startS || event.onset_s > stopS) continue;
    const [left, right] = [Math.max(xOf(event.onset_s), LEFT_PX), Math.min(xOf(to), view.width)];
    pen.fillStyle = colours.back;
    pen.fillRect(left, MARKS_PX - 22, Math.max(right - left, 2), height);
    if (!chosen || event.id !== chosen.id) continue;
    pen.fillStyle = colours.warning;
    pen.fillRect(left - 1, MARKS_PX - 22, 3, height);
    pen.fillRect(right - 1, MARKS_PX - 22, 3, height);
  }
}

/** Draw a place: its signals, its marks. Returns how pixels and seconds belong together. */
function drawPlace(canvas, view) {
  const width = canvas.clientWidth || 600;
  const heights = view.channels.map((channel) => LANE[channel.kind] || 56);
  const height = MARKS_PX + heights.reduce((a, b) => a + b, 0);
  const ratio = window.devicePixelRatio || 1;
  canvas.style.height = `${height}px`;
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  const colours = coloursOf(document.documentElement);
  pen.fillStyle = colours.paper;
  pen.fillRect(0, 0, width, height);
  const span = view.stopS - view.startS;
  const xOf = (seconds) => LEFT_PX + ((seconds - view.startS) / span) * (width - LEFT_PX);
  const secondsAt = (x) => view.startS + ((x - LEFT_PX) / (width - LEFT_PX)) * span;
  const drawn = { ...view, width, height, xOf };
  drawArousals(pen, drawn, colours);
  drawMarks(pen, drawn, colours);
  let top = MARKS_PX;
  view.channels.forEach((channel, row) => {
    drawLane(pen, channel, drawn, top, heights[row], colours);
    top += heights[row];
  });
  return { xOf, secondsAt };
}

/** Return a number with about three digits, as the reports write it. */
function numberAsWords(value, decimal) {
  const isWhole = Number.isInteger(value) || Math.abs(value) >= 100;
  const text = isWhole ? value.toFixed(0) : String(Number(value.toPrecision(3)));
  return text.replace(".", decimal);
}

/** Return the time of day of a second, or hours since the start where it is not known. */
function clockAt(start, seconds) {
  const [hours, minutes, rest] = (start || "00:00:00").split(":").map(Number);
  const at = Math.floor(hours * 3600 + minutes * 60 + rest + seconds + 1e-6);
  const two = (value) => String(value).padStart(2, "0");
  const hour = Math.floor(at / 3600);
  return `${two(start ? hour % 24 : hour)}:${two(Math.floor(at / 60) % 60)}:${two(at % 60)}`;
}

/** Fill {names} of a sentence. */
function fill(sentence, facts) {
  return sentence.replace(/\{(\w+)\}/g, (_whole, name) => facts[name]);
}
