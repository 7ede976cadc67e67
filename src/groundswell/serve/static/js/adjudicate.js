// Codings side by side: one choice a field, or a value of one's own, and the reason.
import { send } from "./fragments.js";

const form = document.getElementById("adjudicating");
const said = document.getElementById("said");
const groups = [...(form?.querySelectorAll("[role=radiogroup]") ?? [])];
const chosen = (group) => group.querySelector("input[type=radio]:checked");

/** The value chosen for a field; undefined where nothing is. */
function value(group) {
  const pick = chosen(group);
  if (!pick) return undefined;
  if (pick.value !== "other") return JSON.parse(pick.dataset.value);
  const typed = group.querySelector("[name^=other-]");
  if (typed.value === "") return null;
  return typed.type === "number" ? Number(typed.value) : typed.value;
}

/** Modes follow the type; where it is no event, nothing else is asked. */
function follow() {
  const type = groups.find((each) => each.dataset.field === "type");
  const kind = type ? value(type) : null;
  for (const option of form.querySelectorAll("option[data-type]")) option.hidden = Boolean(kind) && option.dataset.type !== kind;
  if (form.dataset.whole !== "True") return;
  const event = groups.find((each) => each.dataset.field === "event");
  for (const each of groups) {
    if (each !== event) each.inert = value(event) !== true;
    for (const input of each.querySelectorAll("input[type=radio]")) input.required = each === event || value(event) === true;
  }
}

form?.addEventListener("change", follow);
form?.addEventListener("input", (event) => {
  if (event.target.name?.startsWith("other-")) event.target.closest(".side").querySelector("[value=other]").checked = true;
});
form?.addEventListener("click", (event) => {
  const take = event.target.closest("[data-take]");
  if (!take) return;
  for (const group of groups) {
    const pick = group.querySelector(`input[type=radio][value="${take.dataset.take}"]`);
    if (pick) pick.checked = true;
  }
  follow();
  form.elements.reason.focus();
});
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const settled = {};
  for (const group of groups) {
    if (!group.inert) settled[group.dataset.field] = value(group);
  }
  const body = { report: form.dataset.report, version: form.dataset.version, settled, reason: form.elements.reason.value };
  const answer = await send("/api/adjudications", body);
  if (answer.status === 201) return location.assign("/adjudicate");
  said.textContent = answer.body.error;
  said.classList.add("wrong");
  if (answer.status === 409) said.append(" ", Object.assign(document.createElement("a"), { href: location.href, textContent: "Load it again" }));
});
if (form) follow();
