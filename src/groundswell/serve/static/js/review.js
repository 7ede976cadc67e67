// The review queue: one event at a time, every action on a key, every decision on disk before the next event shows.
import { make, parsed, part, send } from "./fragments.js";
import { chosenSpan } from "./selection.js";
import { Preview } from "./preview.js";

const place = document.getElementById("item");
const said = document.getElementById("said");
const progress = document.getElementById("progress");
const spanbar = document.getElementById("spanbar");
const panel = document.getElementById("panel");
const sheet = document.getElementById("sheet");
const letters = document.getElementById("letters");
const ready = new Map(); // event id -> promise of its markup
const taken = []; // decisions of this sitting, newest last
let order = [];
let at = 0;
let decided = 0;
let busy = false;

const item = () => place.querySelector(".item");
const say = (text, wrong = false) => { said.textContent = text; said.classList.toggle("wrong", wrong); };

function ahead(id) {
  if (id && !ready.has(id)) ready.set(id, part(`/part/item/${encodeURIComponent(id)}`).then((answer) => answer.text()));
  return ready.get(id);
}

async function show(id) {
  if (!id) {
    place.replaceChildren(make("p", { class: "empty" }, "Nothing is left in the queue."));
    return;
  }
  try {
    place.replaceChildren(parsed(await ahead(id)));
  } catch (error) {
    say(error.message, true);
    return;
  }
  ready.delete(id);
  for (const next of order.slice(at + 1, at + 3)) ahead(next);
  progress.textContent = `${decided} decided · ${order.length - at} in the queue`;
  place.focus({ preventScroll: true });
  document.body.dataset.ready = id;
}

async function more() {
  const answer = await (await part(`/part/queue${location.search}`)).json();
  const known = new Set(order);
  order.push(...answer.items.map((each) => each.id).filter((id) => !known.has(id)));
}

async function go(step) {
  at = Math.max(0, Math.min(order.length, at + step));
  if (at >= order.length - 2) await more();
  await show(order[at]);
}

/** Sends a change once; a lost answer may be sent again with the same key and counts once. */
async function change(address, body, then) {
  if (busy) return;
  busy = true;
  const key = crypto.randomUUID();
  try {
    let answer;
    try {
      answer = await send(address, { ...body, idempotency_key: key });
    } catch {
      answer = await send(address, { ...body, idempotency_key: key });
    }
    if (answer.body.seeded) {
      tell(answer.body.seeded);
    } else if (answer.status === 201) {
      await then(answer.body);
    } else if (answer.status === 409) {
      conflict(answer.body);
    } else {
      say(answer.body.error, true);
    }
  } catch (error) {
    say(`Not saved: ${error.message}`, true);
  } finally {
    busy = false;
  }
}

function judge(kind, word) {
  const now = item();
  if (!now) return undefined;
  return change("/api/decisions", { kind, left: now.dataset.event, expect: now.dataset.version }, async (answer) => {
    taken.push({ id: answer.id, event: now.dataset.event });
    decided += 1;
    ready.delete(now.dataset.event);
    say(word);
    await go(1);
  });
}

async function undo() {
  const last = taken.at(-1);
  if (!last) return say("Nothing to undo in this sitting.");
  return change("/api/decisions", { kind: "withdraw", left: last.id }, async () => {
    taken.pop();
    decided = Math.max(0, decided - (last.small ? 0 : 1));
    const known = order.indexOf(last.event);
    if (known >= 0) at = known;
    ready.delete(last.event);
    await show(last.event);
    say("Taken back.");
  });
}

function edit() { item()?.querySelector("[data-field]")?.focus(); }

async function merge() {
  const now = item();
  if (!now) return;
  document.getElementById("panel-title").textContent = "Which event tells the same?";
  document.getElementById("panel-body").replaceChildren(parsed(await (await part(`/part/candidates/${now.dataset.event}`)).text()));
  panel.showModal();
  panel.querySelector("[data-other]")?.focus();
}

function split() {
  const now = item();
  const reports = [...(now?.querySelectorAll("[data-report]") ?? [])];
  if (reports.length < 2) return say("Only one report tells this event; there is nothing to split.");
  document.getElementById("panel-title").textContent = "Which reports tell another event?";
  const boxes = reports.map((each, index) => make("label", { class: "tick" },
    make("input", { type: "checkbox", value: each.dataset.report, checked: index > 0 && reports.length === 2 }),
    make("span", { class: "name" }, each.querySelector(".source").textContent)));
  const go = make("button", { type: "button", class: "primary", "data-split": true }, "Split them off");
  document.getElementById("panel-body").replaceChildren(...boxes, make("p", { class: "actions" }, go));
  panel.showModal();
  panel.querySelector("input")?.focus();
}

panel.addEventListener("click", (event) => {
  const now = item();
  const other = event.target.closest("[data-other]");
  if (other) {
    panel.close();
    const versions = { [now.dataset.event]: now.dataset.version, [other.dataset.other]: other.dataset.version };
    change("/api/decisions", { kind: "merge", left: now.dataset.event, right: other.dataset.other, expect: versions }, (answer) => settled(answer, "Merged."));
  }
  if (event.target.closest("[data-split]")) {
    const leaves = [...panel.querySelectorAll("input:checked")].map((each) => each.value);
    if (!leaves.length || leaves.length === panel.querySelectorAll("input").length) return;
    panel.close();
    change("/api/decisions", { kind: "split", left: now.dataset.event, value: { leaves }, expect: now.dataset.version }, (answer) => settled(answer, "Split."));
  }
});
panel.addEventListener("keydown", (event) => {
  const number = Number(event.key);
  if (number >= 1 && number <= 9) panel.querySelectorAll("[data-other]")[number - 1]?.click();
});

/** After a change to the event on show: it is fetched again, with its new version. */
async function settled(answer, word) {
  const shown = item().dataset.event;
  taken.push({ id: answer.id, event: answer.event ?? shown, small: true });
  ready.delete(shown);
  if (answer.event && answer.event !== shown) order[at] = answer.event;
  const field = document.activeElement?.dataset?.field;
  const report = document.activeElement?.closest("[data-report]")?.dataset.report;
  await show(answer.event ?? shown);
  if (field) place.querySelector(`[data-report="${CSS.escape(report)}"] [data-field="${field}"]`)?.focus();
  say(word);
}

function correct(report, field, how, word) {
  return change("/api/corrections", { report, field, ...how, expect: item().dataset.version }, (answer) => settled(answer, word));
}

function conflict(found) {
  document.getElementById("panel-title").textContent = "Someone decided in the meantime";
  const { yours, newer, event } = found.current;
  const told = (each) => `${each.kind}${each.field ? ` ${each.field}` : ""}${each.value ? `: ${JSON.stringify(each.value)}` : ""}`;
  const rows = newer.map((each) => make("li", {}, make("b", {}, each.by.replace("review:", "")), ` ${told(each)} `, make("span", { class: "note" }, each.at.slice(0, 16).replace("T", " "))));
  document.getElementById("panel-body").replaceChildren(
    make("p", {}, "Yours was not saved: ", make("b", {}, told(yours))), make("p", {}, "Decided since you loaded it:"), make("ol", {}, ...rows),
    make("p", { class: "actions" }, make("button", { type: "button", class: "primary", onclick: () => { panel.close(); ready.clear(); show(event); } }, "Look again")),
  );
  panel.showModal();
}

/** A planted error: said at once, nothing was stored; the item comes again as it is. */
function tell({ event, field, shown, true: right, caught }) {
  document.getElementById("panel-title").textContent = caught ? "A planted error, and you caught it" : "A planted error went through";
  document.getElementById("panel-body").replaceChildren(
    make("p", {}, `The ${field === "figures" ? "figure" : field} was changed on purpose: it showed “${shown}”, the reading is “${right}”. Your decision was not stored.`),
    make("p", { class: "actions" }, make("button", { type: "button", class: "primary", autofocus: true, onclick: () => { panel.close(); ready.delete(event); show(event); } }, "Look at it as it is")),
  );
  panel.showModal();
}

// -- fields: chosen or typed --------------------------------------------------------------------------------------------
const preview = new Preview();
let typing = 0;
place.addEventListener("change", (event) => {
  const { field } = event.target.dataset;
  if (event.target.tagName === "SELECT" && field) {
    correct(event.target.closest("[data-report]").dataset.report, field, { typed: event.target.value }, `${field} corrected.`);
  }
});
place.addEventListener("input", (event) => {
  const { field } = event.target.dataset;
  if (field !== "time" && field !== "places") return;
  clearTimeout(typing);
  typing = setTimeout(() => live(event.target, field), 180);
});
async function live(input, field) {
  const section = input.closest("[data-report]");
  const out = section.querySelector(`[data-live=${field}]`);
  const asked = new URLSearchParams({ kind: field === "time" ? "time" : "place", words: input.value, published: section.dataset.published });
  let found;
  try {
    found = await (await part(`/part/resolve?${asked}`)).json();
  } catch (error) {
    out.textContent = error.message;
    return;
  }
  if (field === "time") {
    out.textContent = !input.value.trim() ? "Enter takes the date away." : found.time ? `${found.said} — Enter to save` : "names no day";
    return;
  }
  input.dataset.choice = 0;
  out.replaceChildren(...found.places.map((each, index) => make("button", {
    type: "button", class: "choice", "data-choice": index, "data-lat": each.latitude, "data-lon": each.longitude,
  }, each.said, make("span", { class: "note" }, ` ${each.precision ?? "area"}`))));
  if (!found.places.length) out.textContent = input.value.trim() ? "The gazetteer knows no such place." : "Enter takes the place away.";
  preview.show(out, found.places);
}
place.addEventListener("click", (event) => {
  const section = event.target.closest("[data-report]");
  const drop = event.target.closest("[data-drop]");
  if (drop) correct(section.dataset.report, drop.dataset.drop, { remove: Number(drop.dataset.at) }, "Removed.");
  const choice = event.target.closest("[data-choice]");
  if (choice && choice.tagName === "BUTTON") {
    const typed = section.querySelector("[data-field=places]").value;
    correct(section.dataset.report, "places", { typed, choice: Number(choice.dataset.choice) }, "Place corrected.");
  }
});

// -- words selected in the text -----------------------------------------------------------------------------------------
document.addEventListener("selectionchange", () => { spanbar.hidden = !chosenSpan(place); });
spanbar.addEventListener("mousedown", (event) => { if (event.target.tagName !== "SELECT") event.preventDefault(); });
spanbar.addEventListener("click", (event) => {
  const button = event.target.closest("[data-span]");
  if (button) mark(button.dataset.span);
});
function mark(field) {
  const span = chosenSpan(place);
  if (!span) return;
  const of = field === "figures" ? { of: document.getElementById("figure-of").value } : {};
  correct(span.report, field, { start: span.start, end: span.end, ...of }, `“${span.text}” is now ${field.replace("_", " ")}.`);
  getSelection().removeAllRanges();
}

// -- keys ---------------------------------------------------------------------------------------------------------------
const actions = {
  a: () => judge("confirm", "Accepted."), r: () => judge("reject", "Rejected."), e: edit, u: undo, m: merge, x: split,
  n: () => go(1), p: () => go(-1), ArrowRight: () => go(1), ArrowLeft: () => go(-1), "?": () => sheet.showModal(),
  s: () => { order.push(...order.splice(at, 1)); return show(order[at]); },
};
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || panel.open || sheet.open) return;
  const field = event.target.closest("input, select, textarea");
  if (field) {
    if (event.key === "Escape") place.focus({ preventScroll: true });
    if (event.key === "Enter" && (field.dataset.field === "time" || field.dataset.field === "places")) {
      event.preventDefault();
      correct(field.closest("[data-report]").dataset.report, field.dataset.field, { typed: field.value, choice: Number(field.dataset.choice ?? 0) }, "Corrected.");
    }
    return;
  }
  const number = Number(event.key);
  if (number >= 1 && number <= 8 && chosenSpan(place)) {
    event.preventDefault();
    mark(spanbar.querySelectorAll("[data-span]")[number - 1].dataset.span);
    return;
  }
  const act = actions[event.key];
  if (!act || (!letters.checked && event.key.length === 1 && event.key !== "?")) return;
  event.preventDefault();
  act();
});
document.querySelector(".reviewbar").addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) actions[button.dataset.do]();
});

if (place.dataset.first) order.push(place.dataset.first);
await more();
await show(order[0]);
