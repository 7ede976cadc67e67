// The page with map, timeline and table: one set of filters, kept in the address.
import { parsed, part, replace } from "./fragments.js";
import { EventMap } from "./map.js";
import { Timeline } from "./timeline.js";

const form = document.getElementById("filters");
const results = document.getElementById("results");
const facets = document.getElementById("facets");
let running = null;

/** The filters as a query string, empty fields left out. */
function query() {
  const found = new URLSearchParams();
  for (const [key, value] of new FormData(form)) {
    if (value && !(key === "min_confidence" && Number(value) === 0)) found.append(key, value);
  }
  return found;
}

async function refresh({ remember = true, from = 0 } = {}) {
  const asked = query();
  if (from) asked.set("from", from);
  const address = asked.size ? `/?${asked}` : "/";
  if (remember && address !== location.pathname + location.search) history.pushState(null, "", address);
  running?.abort();
  running = new AbortController();
  const { signal } = running;
  results.classList.add("busy");
  try {
    const answer = await part(`/part/results?${asked}`, signal);
    const content = parsed(await answer.text());
    replace(facets, content.querySelector("[data-region=facets]"));
    replace(results, content.querySelector("[data-region=results]"));
    const filters = query();
    await Promise.all([map.show(filters, signal), timeline.show(filters, signal)]);
  } catch (error) {
    if (error.name === "AbortError") return;
    results.replaceChildren(Object.assign(document.createElement("p"), { className: "wrong", textContent: error.message }));
  }
  results.classList.remove("busy");
}

const map = new EventMap(document.getElementById("map"), document.getElementById("maplist"), query);
const timeline = new Timeline(document.getElementById("timeline"), (since, until) => {
  form.elements.since.value = since;
  form.elements.until.value = until;
  refresh();
});

let waiting = 0;
form.addEventListener("input", (event) => {
  if (event.target.name === "min_confidence") {
    document.getElementById("confidence-out").textContent = `${Math.round(event.target.value * 100)} %`;
  }
  clearTimeout(waiting);
  waiting = setTimeout(refresh, event.target.type === "checkbox" ? 0 : 220);
});
form.addEventListener("submit", (event) => { event.preventDefault(); clearTimeout(waiting); refresh(); });
document.getElementById("apply").hidden = true;
window.addEventListener("popstate", () => location.reload());

results.addEventListener("click", (event) => {
  const link = event.target.closest(".pager a");
  if (!link) return;
  event.preventDefault();
  refresh({ from: new URL(link.href).searchParams.get("from") ?? 0 }).then(() => results.scrollIntoView());
});
for (const [name, lit] of [["mouseover", true], ["focusin", true], ["mouseout", false], ["focusout", false]]) {
  results.addEventListener(name, (event) => {
    const row = event.target.closest("tr[data-event]");
    if (row) map.light(lit ? row.dataset : null);
  });
}
if (window.matchMedia("(max-width: 60rem)").matches) document.querySelector(".filterbox").open = false;

await map.start();
const first = query();
await Promise.all([map.show(first), timeline.show(first)]);
document.body.dataset.ready = "true";
