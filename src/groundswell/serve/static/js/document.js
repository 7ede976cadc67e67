// A document's text and its findings: either side lights the other.
const text = document.getElementById("text");

function light(key) {
  for (const each of document.querySelectorAll(".lit")) each.classList.remove("lit");
  const marks = [...text.querySelectorAll("[data-keys]")].filter((each) => each.dataset.keys.split(" ").includes(key));
  marks.forEach((each) => each.classList.add("lit"));
  const button = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
  button?.classList.add("lit");
  return { marks, button };
}

document.querySelector("aside").addEventListener("click", (event) => {
  const button = event.target.closest("[data-key]");
  if (button) light(button.dataset.key).marks[0]?.scrollIntoView({ block: "center" });
});

text.addEventListener("click", (event) => {
  const mark = event.target.closest("[data-keys]");
  if (!mark || !getSelection().isCollapsed) return;
  // Where findings overlap, a second click goes on to the next one.
  const keys = mark.dataset.keys.split(" ");
  const now = keys.findIndex((key) => document.querySelector(`.key.lit[data-key="${CSS.escape(key)}"]`));
  light(keys[(now + 1) % keys.length]).button?.scrollIntoView({ block: "nearest" });
});

const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
if (target) {
  const first = target.querySelector("[data-key]");
  if (first) light(first.dataset.key).marks[0]?.scrollIntoView({ block: "center" });
}
