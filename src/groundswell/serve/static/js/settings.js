// Saves the forms of the settings page as JSON.
import { send } from "./fragments.js";

const saved = document.getElementById("saved");
for (const form of document.querySelectorAll("form[data-save]")) {
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const body = Object.fromEntries([...form.elements].filter((each) => each.name).map((each) => [each.name, each.type === "checkbox" ? each.checked : each.value]));
    const answer = await send(form.dataset.save, body);
    saved.textContent = answer.status === 201 ? "Saved." : answer.body.error;
    saved.className = answer.status === 201 ? "said" : "wrong";
  });
}
