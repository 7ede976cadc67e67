// Saves the forms of the settings page as JSON.
import { send } from "./fragments.js";

for (const form of document.querySelectorAll("form[data-save]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const named = [...form.elements].filter((each) => each.name && !("list" in each.dataset));
    const value = (each) => (each.type === "checkbox" ? each.checked : "whole" in each.dataset ? Number(each.value) : each.value);
    const body = Object.fromEntries(named.map((each) => [each.name, value(each)]));
    for (const each of form.querySelectorAll("[data-list]")) (body[each.name] ??= []).push(...(each.checked ? [each.value] : []));
    const answer = await send(form.dataset.save, body);
    const saved = form.querySelector("[role=status]");
    saved.textContent = answer.status === 201 ? "Saved." : answer.body.error;
    saved.classList.toggle("wrong", answer.status !== 201);
  });
}
