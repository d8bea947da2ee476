// The page: what a person presses, and what changes then. All text is set as text.

const data = JSON.parse(document.getElementById("data").textContent);
const words = data.words;
const base = openScoring(data.scoring);
const KEEP_AS = `psgkit-review:${data.night}`;
const INITIALS_AS = "psgkit-review-initials";
const KEYS_AS = "psgkit-review-keys";
const EDGE_STEP_S = 0.2;
const EDGE_REACH_PX = 9;
const KINDS = ["all", "unseen", "arousal", "doubtful", "interruption", "edge", "changed"];
const $ = (id) => document.getElementById(id);

const state = {
  changes: [], seen: new Set(), scoring: base, ranked: rankPlaces(data.items, base, data.proba),
  added: [], shown: [], at: 0, gain: 1, map: null, drag: null,
};

/** Read what this browser kept of this night; what does not fit it is left out. */
function restore() {
  try {
    $("by").value = localStorage.getItem(INITIALS_AS) || "";
    $("keys-on").checked = localStorage.getItem(KEYS_AS) !== "off";
    const kept = JSON.parse(localStorage.getItem(KEEP_AS) || "{}");
    const changes = Array.isArray(kept.changes) ? kept.changes : [];
    state.changes = changes.filter((change) => isChange(change, base));
    state.seen = new Set(Array.isArray(kept.seen) ? kept.seen : []);
    if (state.changes.length) say(fill(words.kept, { count: state.changes.length }));
  } catch {
    say(words.not_kept);
  }
}

/** Keep the changes in this browser, under this night's name. */
function keep() {
  try {
    localStorage.setItem(INITIALS_AS, $("by").value);
    localStorage.setItem(KEYS_AS, $("keys-on").checked ? "on" : "off");
    localStorage.setItem(KEEP_AS, JSON.stringify({ changes: state.changes, seen: [...state.seen] }));
  } catch {
    say(words.not_kept);
  }
}

function say(sentence) { $("said").textContent = sentence; }

const number = (value) => numberAsWords(value, words.decimal);
const place = () => state.shown[state.at];
const eventOf = (spot) => spot.id || (spot.event >= 0 ? `e${spot.event}` : null);
const arousalOf = (spot) => state.scoring.events.find((event) => event.id === eventOf(spot));
const keyOf = (spot) => spot.id || `p${spot.row}`;

/** Note a change, lay it over the scoring, and show it. */
function change(what) {
  state.changes.push({ ...what, by: $("by").value.trim(), at: new Date().toISOString() });
  state.seen.add(keyOf(place()));
  refresh();
  keep();
}

function setStage(name) {
  const { epoch } = place();
  const from = STAGE_NAMES[state.scoring.stages[epoch]];
  if (from !== name) change({ what: "stage", epoch, from, to: name });
  say(fill(words.set_stage, { epoch: epoch + 1, stage: name }));
}

/** Return the arousal of a place as it was before it was rejected. */
function rejectedEdges(id) {
  const last = state.changes.filter((one) => one.id === id && one.from !== null).pop();
  return last ? last.from : edgesOf(base.events.find((event) => event.id === id));
}

function toggleArousal() {
  const id = eventOf(place());
  if (!id) { say(words.no_arousal); return; }
  const now = arousalOf(place());
  change({ what: "arousal", id, from: edgesOf(now), to: now ? null : rejectedEdges(id) });
  say(now ? words.is_rejected : words.is_taken);
}

/** Move an arousal's edges; its start may not pass its end. */
function setEdges(onsetS, lengthS) {
  const now = arousalOf(place());
  if (!now || !Number.isFinite(onsetS) || !Number.isFinite(lengthS)) { edgesToForm(); return; }
  const tenth = (seconds) => Math.round(seconds * 10) / 10;
  const to = { onset_s: Math.max(tenth(onsetS), base.onset_s), duration_s: Math.max(tenth(lengthS), 0.1) };
  change({ what: "arousal", id: now.id, from: edgesOf(now), to });
  say(fill(words.is_moved, { start: number(to.onset_s), length: number(to.duration_s) }));
}

function moveEdge(which, byS) {
  const now = arousalOf(place());
  if (!now) { say(words.no_arousal); return; }
  const length = now.duration_s ?? NEW_AROUSAL_S;
  if (which === "start") setEdges(now.onset_s + byS, length - byS);
  else setEdges(now.onset_s, length + byS);
}

function addArousal() {
  const spot = place();
  if (!spot || !canHaveArousals()) { say(words.no_arousal); return; }
  const id = `n${1 + state.changes.filter((one) => one.from === null && /^n/.test(one.id || "")).length}`;
  const onset = Math.round(spot.start_s + data.window_s / 2);
  change({ what: "arousal", id, from: null, to: { onset_s: onset, duration_s: NEW_AROUSAL_S } });
  showPlaces(id);
  say(words.is_added);
}

const canHaveArousals = () => base.kinds_scored.some((kind) => kind.startsWith("arousal"));

function undo() {
  if (!state.changes.length) { say(words.nothing); return; }
  const undone = state.changes.pop();
  refresh();
  keep();
  showPlaces(keyOf(placeOfChange(undone) || place()));
  say(words.undone);
}

/** Return the place at which a change was made. */
function placeOfChange(one) {
  return allPlaces().find((spot) => (one.what === "stage"
    ? spot.epoch === one.epoch && !eventOf(spot) : eventOf(spot) === one.id));
}

/** Return the places of the page, and one for each arousal that a person added. */
function allPlaces() {
  return [...state.ranked, ...state.added];
}

function findAdded() {
  const now = state.scoring.events.filter((event) => /^n/.test(event.id));
  state.added = now.map((event) => ({
    id: event.id, kinds: ["added"], event: -1, reasons: [], start_s: startOf(event.onset_s),
    epoch: Math.floor((event.onset_s - base.onset_s) / base.epoch_s),
    weight: null,
  }));
}

/** Return where the stretch of signals begins that holds a second. */
function startOf(seconds) {
  const holds = state.ranked.find((spot) => spot.start_s <= seconds && seconds < spot.start_s + data.window_s);
  return holds ? holds.start_s : Math.max(seconds - data.window_s / 2, 0);
}

function isChanged(spot) {
  const id = eventOf(spot);
  const isEpoch = !id && state.scoring.stages[spot.epoch] !== base.stages[spot.epoch];
  return isEpoch || (id && state.changes.some((one) => one.id === id));
}

/** Fill the list of places by the filter, and go to one of them. */
function showPlaces(key) {
  const kind = $("filter").value;
  const own = key || (place() && keyOf(place()));
  state.shown = allPlaces().filter((spot) => keyOf(spot) === key || kind === "all"
    || (kind === "changed" ? isChanged(spot) : kind === "unseen" ? !state.seen.has(keyOf(spot))
      : spot.kinds.includes(kind)));
  $("places").replaceChildren(...state.shown.map((spot, row) => new Option(`${row + 1}. ${titleOf(spot)}`, row)));
  state.at = Math.max(state.shown.findIndex((spot) => keyOf(spot) === own), 0);
  showPlace();
}

function go(row) {
  state.at = Math.min(Math.max(row, 0), state.shown.length - 1);
  showPlace();
}

function titleOf(spot) {
  const clock = clockAt(data.start, spot.start_s);
  return `${clock} ${spot.kinds.map((kind) => words[kind]).join(", ")}`;
}

/** Show the place: words, signals, buttons. */
function showPlace() {
  const spot = place();
  $("places").selectedIndex = state.at;
  document.querySelectorAll(".trace, #stages, #arousal, #agree").forEach((part) => { part.hidden = !spot; });
  if (!spot) {
    $("title").textContent = words.none;
    for (const id of ["reasons", "weight"]) $(id).textContent = "";
    return;
  }
  const [now, before] = [state.scoring.stages, base.stages].map((stages) => STAGE_NAMES[stages[spot.epoch]]);
  const stage = now === before ? now : fill(words.stage_was, { stage: now, before });
  const isOut = eventOf(spot) && !arousalOf(spot);
  $("title").textContent = `${titleOf(spot)}${isOut ? `, ${words.rejected}` : ""}: `
    + fill(words.epoch, { epoch: spot.epoch + 1, stage });
  const row = data.proba && data.proba[spot.epoch];
  const list = row && row.map((share, code) => `${STAGE_NAMES[code]} ${Math.round(100 * share)} %`).join(", ");
  $("reasons").textContent = [...spot.reasons, ...(row ? [fill(words.probabilities, { list })] : [])].join(" ");
  $("weight").textContent = spot.weight ? fill(words.weight, {
    rem: number(spot.weight.rem_wmean_min_b2m), n3: number(spot.weight.n3_min), arousals: number(spot.weight.ari_per_h),
  }) : "";
  for (const button of $("stages").children)
    button.setAttribute("aria-pressed", String(button.dataset.stage === now));
  $("toggle").textContent = !eventOf(spot) ? words.no_arousal : isOut ? words.take : words.reject;
  $("toggle").disabled = !eventOf(spot);
  $("add").disabled = !canHaveArousals();
  edgesToForm();
  draw();
}

function edgesToForm() {
  const now = place() && arousalOf(place());
  for (const [id, value] of [["edge-start", now && now.onset_s], ["edge-length", now && now.duration_s]]) {
    $(id).disabled = !now;
    $(id).value = now && value !== null ? String(Math.round(value * 100) / 100) : "";
  }
}

function draw() {
  const spot = place();
  if (!spot) return;
  state.map = drawPlace($("trace"), {
    channels: data.channels, startS: spot.start_s, stopS: spot.start_s + data.window_s,
    scoring: state.drag ? withEdges() : state.scoring, place: spot, chosen: arousalOf(spot), gain: state.gain, words,
  });
}

/** Return the scoring with the edges that are dragged just now. */
function withEdges() {
  const events = state.scoring.events.map((event) => (event.id === state.drag.id
    ? { ...event, onset_s: state.drag.from, duration_s: state.drag.to - state.drag.from } : event));
  return { ...state.scoring, events };
}

/** Work out the scoring anew and show the answers. */
function refresh() {
  state.scoring = withChanges(base, state.changes);
  findAdded();
  const [now, before] = [answersOf(state.scoring), answersOf(base)];
  $("answers").replaceChildren(...Object.keys(now).map((name) => answerCard(name, now[name], before[name])));
  const all = allPlaces();
  const counts = { seen: all.filter((spot) => state.seen.has(keyOf(spot))).length, all: all.length, changes: state.changes.length };
  const more = data.left_out ? ` ${fill(words.left_out, { count: data.left_out })}` : "";
  $("progress").textContent = fill(words.progress, counts) + more;
  if (place()) showPlace();
}

function answerCard(name, now, before) {
  const asWords = (one) => (one.reason ? fill(words.absent, { reason: data.reasons[one.reason] }) : number(one.value));
  const card = document.createElement("div");
  card.className = "answer";
  const [title, value, was] = ["h2", "p", "p"].map((tag) => document.createElement(tag));
  const strong = document.createElement("b");
  title.textContent = words[name];
  strong.textContent = asWords(now);
  strong.id = name;
  if (now.value !== undefined) strong.dataset.value = now.value;
  value.className = "value";
  value.append(strong, now.reason ? "" : ` ${name === "ari_per_h" ? words.per_hour : words.minutes}`);
  was.className = "soft";
  was.textContent = fill(words.was, { value: asWords(before) });
  card.append(title, value, was);
  return card;
}

/** Save stages and events, with who changed what and when, as one file. */
function save() {
  if (!$("by").value.trim()) { $("by").focus(); say(words.initials); return; }
  keep();
  const facts = { saved_by: $("by").value.trim(), saved_at: new Date().toISOString(),
    checked_n: state.seen.size, places_n: allPlaces().length };
  const content = correctedFile(data, state.scoring, state.changes, facts);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([JSON.stringify(content)], { type: "application/json" }));
  link.download = data.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  say(fill(words.saved, { file: data.file, count: state.changes.length }));
}

function agree() {
  if (!place()) return;
  state.seen.add(keyOf(place()));
  keep();
  refresh();
  go(state.at + 1);
}

function zoom(by) {
  state.gain = Math.min(Math.max(state.gain * by, 0.125), 16);
  draw();
}

const ON_KEY = {
  ArrowRight: () => go(state.at + 1), ArrowLeft: () => go(state.at - 1),
  w: () => setStage("W"), 1: () => setStage("N1"), 2: () => setStage("N2"), 3: () => setStage("N3"),
  r: () => setStage("R"), a: toggleArousal, n: addArousal, u: undo, s: save, " ": agree,
  "[": () => moveEdge("start", -EDGE_STEP_S), "]": () => moveEdge("start", EDGE_STEP_S),
  "{": () => moveEdge("end", -EDGE_STEP_S), "}": () => moveEdge("end", EDGE_STEP_S),
  "+": () => zoom(1.5), "=": () => zoom(1.5), "-": () => zoom(1 / 1.5),
};

function onKey(event) {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const isUndo = (event.ctrlKey || event.metaKey) && key === "z";
  const isTyping = event.target.matches("input:not([type=checkbox]), select");
  if (isTyping && key === "Escape") $("title").focus();
  // A button answers to the space bar itself.
  if (isTyping || (event.target.matches("button, input") && key === " ")) return;
  if (key.length === 1 && !isUndo && !$("keys-on").checked) return;
  if ((event.ctrlKey || event.metaKey || event.altKey) && !isUndo) return;
  const act = isUndo ? undo : ON_KEY[key];
  if (!act || (!place() && act !== undo && act !== save)) return;
  event.preventDefault();
  act();
}

function onPointerDown(event) {
  const now = place() && arousalOf(place());
  if (!now) return;
  const x = event.clientX - $("trace").getBoundingClientRect().left;
  const to = now.onset_s + (now.duration_s ?? 0);
  const [left, right] = [now.onset_s, to].map((seconds) => Math.abs(state.map.xOf(seconds) - x));
  if (Math.min(left, right) > EDGE_REACH_PX) return;
  state.drag = { id: now.id, edge: left < right ? "from" : "to", from: now.onset_s, to };
  $("trace").setPointerCapture(event.pointerId);
}

function onPointerMove(event) {
  if (!state.drag) return;
  const { drag } = state;
  const seconds = state.map.secondsAt(event.clientX - $("trace").getBoundingClientRect().left);
  drag[drag.edge] = drag.edge === "from" ? Math.min(seconds, drag.to - 0.1) : Math.max(seconds, drag.from + 0.1);
  draw();
}

function onPointerUp() {
  const { drag } = state;
  state.drag = null;
  if (drag) setEdges(drag.from, drag.to - drag.from);
}

function connect() {
  $("filter").replaceChildren(...KINDS.map((kind) => new Option(words[kind], kind)));
  for (const [key, name] of [["W", "W"], ["1", "N1"], ["2", "N2"], ["3", "N3"], ["R", "R"]]) {
    const button = document.createElement("button");
    button.type = "button";
    button.dataset.stage = name;
    button.textContent = name === key ? name : `${name} (${key})`;
    button.setAttribute("aria-keyshortcuts", key);
    button.addEventListener("click", () => place() && setStage(name));
    $("stages").append(button);
  }
  const clicks = { previous: () => go(state.at - 1), next: () => go(state.at + 1), toggle: toggleArousal,
    add: addArousal, agree, undo, save, larger: () => zoom(1.5), smaller: () => zoom(1 / 1.5) };
  for (const [id, act] of Object.entries(clicks)) $(id).addEventListener("click", act);
  $("filter").addEventListener("change", () => { state.at = 0; state.shown = []; showPlaces(); });
  $("places").addEventListener("change", () => go($("places").selectedIndex));
  const fromForm = () => setEdges(Number.parseFloat($("edge-start").value), Number.parseFloat($("edge-length").value));
  for (const id of ["edge-start", "edge-length"]) $(id).addEventListener("change", fromForm);
  for (const id of ["by", "keys-on"]) $(id).addEventListener("change", keep);
  $("trace").addEventListener("pointerdown", onPointerDown);
  $("trace").addEventListener("pointermove", onPointerMove);
  $("trace").addEventListener("pointerup", onPointerUp);
  document.addEventListener("keydown", onKey);
  window.addEventListener("resize", draw);
  window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
}

connect();
restore();
refresh();
showPlaces();
