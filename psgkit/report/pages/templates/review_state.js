// The scoring while a person corrects it: the night's own, and a list of changes that is
// laid over it. To undo is to take the last change off the list.

const STAGE_CODES = { UNS: -2, ART: -1, W: 0, N1: 1, N2: 2, N3: 3, R: 4 };
const STAGE_NAMES = Object.fromEntries(Object.entries(STAGE_CODES).map(([name, code]) => [code, name]));
const PERSON = "person";
const NEW_AROUSAL_S = 3;
const LEAST_REM_MIN = 1;
const LEAST_N3_MIN = 5;
const LEAST_AROUSALS = 1;

/** Return the scoring with stages as codes and an id for each event. */
function openScoring(content) {
  return {
    ...content,
    stages: content.stages.map((name) => STAGE_CODES[name]),
    events: content.events.map((event, row) => ({ ...event, id: `e${row}` })),
  };
}

/** Return an event as a change left it. */
function movedEvent(event, id, edges) {
  const base = event || { kind: "arousal", cause: "" };
  return { ...base, id, onset_s: edges.onset_s, duration_s: edges.duration_s, source: PERSON };
}

/** Lay changes over a scoring; each is {what, epoch | id, from, to, by, at}. */
function withChanges(scoring, changes) {
  const stages = scoring.stages.slice();
  const events = new Map(scoring.events.map((event) => [event.id, event]));
  const first = new Map(events);
  for (const change of changes) {
    if (change.what === "stage") stages[change.epoch] = STAGE_CODES[change.to];
    else if (change.to === null) events.delete(change.id);
    else {
      const own = first.get(change.id);
      const same = own && own.onset_s === change.to.onset_s && own.duration_s === change.to.duration_s;
      events.set(change.id, same ? own : movedEvent(own, change.id, change.to));
    }
  }
  const ordered = [...events.values()].sort((a, b) => a.onset_s - b.onset_s);
  return { ...scoring, stages, events: ordered };
}

/** Tell whether a change, as a browser kept it, belongs to this scoring. */
function isChange(change, scoring) {
  const isEdges = (edges) => edges === null
    || (Number.isFinite(edges.onset_s) && (edges.duration_s === null || Number.isFinite(edges.duration_s)));
  if (!change || typeof change !== "object") return false;
  if (change.what === "stage")
    return change.to in STAGE_CODES && Number.isInteger(change.epoch)
      && change.epoch >= 0 && change.epoch < scoring.stages.length;
  return change.what === "arousal" && typeof change.id === "string"
    && change.to !== undefined && isEdges(change.to);
}

/** Return the edges of an event: what a change keeps of it. */
function edgesOf(event) {
  return event ? { onset_s: event.onset_s, duration_s: event.duration_s } : null;
}

/** Return the stages that an epoch of a place could have instead. */
function otherStages(place, scoring, proba) {
  const own = scoring.stages[place.epoch];
  const found = new Set();
  const row = proba && proba[place.epoch];
  if (row) {
    const order = [0, 1, 2, 3, 4].sort((a, b) => row[b] - row[a]);
    found.add(order.find((code) => code !== own));
  }
  if (place.kinds.includes("interruption") || place.kinds.includes("edge")) {
    const around = [place.epoch - 1, place.epoch + 1].map((epoch) => scoring.stages[epoch]);
    if (own !== REM) found.add(REM);
    else around.filter((code) => code >= 0 && code !== REM).forEach((code) => found.add(code));
  }
  return [...found];
}

/** Return by how much a place can move each answer, and all of them as one share. */
function weightOf(place, scoring, proba) {
  const now = answersOf(scoring);
  const others = place.event >= 0
    ? [{ ...scoring, events: scoring.events.filter((event) => event.id !== `e${place.event}`) }]
    : otherStages(place, scoring, proba).map((code) => {
      const stages = scoring.stages.slice();
      stages[place.epoch] = code;
      return { ...scoring, stages };
    });
  const least = { rem_wmean_min_b2m: LEAST_REM_MIN, n3_min: LEAST_N3_MIN, ari_per_h: LEAST_AROUSALS };
  const moves = { rem_wmean_min_b2m: 0, n3_min: 0, ari_per_h: 0, share: 0 };
  for (const other of others) {
    const then = answersOf(other);
    let share = 0;
    for (const name of Object.keys(least)) {
      const [before, after] = [now[name].value ?? 0, then[name].value ?? 0];
      moves[name] = Math.max(moves[name], Math.abs(after - before));
      share += Math.abs(after - before) / Math.max(Math.abs(before), least[name]);
    }
    moves.share = Math.max(moves.share, share);
  }
  return moves;
}

/** Order places by how much they can change the answers; equal ones stay in time. */
function rankPlaces(places, scoring, proba) {
  return places
    .map((place, row) => ({ ...place, row, weight: weightOf(place, scoring, proba) }))
    .sort((a, b) => b.weight.share - a.weight.share || a.start_s - b.start_s);
}

/** Return the content of the saved file. An id of a change holds within its session. */
function correctedFile(data, scoring, changes, facts) {
  const answers = answersOf(scoring);
  const earlier = data.earlier_changes;
  const session = 1 + Math.max(0, ...earlier.map((change) => change.session || 1));
  return {
    format: data.format,
    format_version: data.format_version,
    night: data.night,
    recording_sha256: data.recording_sha256,
    start: data.start,
    ...scoring,
    scorer: "corrected by a person",
    stages: scoring.stages.map((code) => STAGE_NAMES[code]),
    events: scoring.events.map(({ id, ...event }) => event),
    proba: data.proba,
    original: data.original,
    changes: [...earlier, ...changes.map((change) => ({ ...change, session }))],
    answers: Object.fromEntries(Object.entries(answers).map(([name, one]) => [name, one.value ?? null])),
    ...facts,
  };
}
