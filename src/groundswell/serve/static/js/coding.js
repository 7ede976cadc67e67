// One blind coding at a time.
import { send } from "./fragments.js";

const form = document.getElementById("coding");
const fields = form?.elements;

function narrow() {
  for (const option of fields.mode.options) option.hidden = Boolean(option.dataset.type) && option.dataset.type !== fields.type.value;
  if (fields.mode.selectedOptions[0]?.hidden) fields.mode.value = "";
  for (const each of form.querySelectorAll("select, input")) each.disabled = each.name !== "event" && fields.event.value === "false";
}
form?.addEventListener("change", narrow);
form?.addEventListener("submit", async (event) => {
  event.preventDefault();
  const whole = (name) => (fields[name].value === "" ? null : Number(fields[name].value));
  const value = { event: fields.event.value === "true", participants: whole("participants"), deaths: whole("deaths") };
  for (const name of ["type", "mode", "status", "country", "earliest"]) value[name] = fields[name].value;
  const answer = await send("/api/codings", { report: form.dataset.report, value, idempotency_key: crypto.randomUUID() });
  if (answer.status === 201) return location.reload();
  document.getElementById("said").textContent = answer.body.error;
});
if (form) narrow();
