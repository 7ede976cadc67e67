// Fetching parts of pages, putting them in place, small makers of elements. Text never becomes markup here.

/** Fetches a part of a page; throws with the server's own words where it refuses. */
export async function part(address, signal) {
  const answer = await fetch(address, { signal, credentials: "same-origin" });
  if (!answer.ok) throw new Error(await refusal(answer));
  return answer;
}

export async function refusal(answer) {
  try {
    return (await answer.json()).error;
  } catch {
    return `The workbench answered ${answer.status}.`;
  }
}

/** Parses markup that the server made and escaped. */
export function parsed(markup) {
  const holder = document.createElement("template");
  holder.innerHTML = window.groundswellMarkup.createHTML(markup);
  return holder.content;
}

/** Replaces what stands in `place`, and gives the focus back to the element of the same id. */
export function replace(place, content) {
  const focused = document.activeElement && place.contains(document.activeElement) ? document.activeElement.id : "";
  const open = [...place.querySelectorAll("details")].map((each) => each.open);
  place.replaceChildren(...content.childNodes);
  place.querySelectorAll("details").forEach((each, at) => { if (open[at]) each.open = true; });
  if (focused) document.getElementById(focused)?.focus({ preventScroll: true });
}

/** An element with attributes and children; strings become text. */
export function make(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key.startsWith("on")) element.addEventListener(key.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(key, value === true ? "" : value);
  }
  element.append(...children);
  return element;
}

/** Sends a change as JSON; gives {status, body}. */
export async function send(address, body) {
  const answer = await fetch(address, {
    method: "POST", credentials: "same-origin", headers: { "content-type": "application/json" }, body: JSON.stringify(body),
  });
  return { status: answer.status, body: await answer.json() };
}
