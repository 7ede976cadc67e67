// The timeline: bars over days, weeks, months or years; dragging over it or moving the two sliders sets the dates.
import { part } from "./fragments.js";

const css = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/** A tick's name: day and month where bars are days, month and year where they are weeks or months, else the year. */
function named(time, unit) {
  const form = { day: { day: "numeric", month: "short" }, week: { month: "short", year: "numeric" }, month: { month: "short", year: "numeric" } };
  return new Date(time * 1000).toLocaleDateString("en-GB", { timeZone: "UTC", ...(form[unit] ?? { year: "numeric" }) });
}

export class Timeline {
  constructor(element, choose) {
    this.element = element;
    this.choose = choose;
    this.note = document.getElementById("timenote");
    this.ends = [document.getElementById("slide-from"), document.getElementById("slide-to")];
    for (const end of this.ends) {
      end.addEventListener("input", () => this.say());
      end.addEventListener("change", () => this.slide());
    }
    new ResizeObserver(() => this.plot?.setSize({ width: element.clientWidth, height: 96 })).observe(element);
    window.matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => this.found && this.draw());
  }

  async show(query, signal) {
    this.asked = query;
    this.found = await (await part(`/part/timeline?${query}`, signal)).json();
    this.draw();
  }

  draw() {
    const { unit, starts, counts, undated } = this.found;
    this.undated = undated;
    this.plot?.destroy();
    this.plot = null;
    for (const end of this.ends) end.disabled = starts.length < 2;
    if (!starts.length) {
      this.element.replaceChildren();
      this.note.textContent = undated ? `${undated.toLocaleString("en")} events, none with a date` : "No events";
      return;
    }
    const times = starts.map((day) => Date.parse(day) / 1000);
    const ink = css("--soft"), bar = css("--words"), line = css("--line");
    const axis = { stroke: ink, grid: { stroke: line, width: 1 }, ticks: { show: false }, font: "11px system-ui" };
    this.plot = new window.uPlot({
      width: this.element.clientWidth, height: 96, legend: { show: false }, cursor: { y: false, drag: { x: true, y: false, setScale: false } },
      scales: { x: { time: true, range: () => [times[0], Date.parse(this.found.end) / 1000] }, y: { range: (_, __, high) => [0, Math.max(1, high)] } }, tzDate: (time) => window.uPlot.tzDate(new Date(time * 1000), "UTC"),
      axes: [{ ...axis, size: 22, space: 70, values: (_, splits) => splits.map((time) => named(time, unit)) }, { ...axis, size: 44, space: 28, incrs: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10000, 50000, 100000] }],
      series: [{}, { fill: bar, stroke: bar, width: 0, paths: window.uPlot.paths.bars({ size: [0.86, 60], align: 1 }), points: { show: false } }],
      hooks: { setSelect: [(plot) => this.selected(plot)] },
    }, [times, counts], this.element);
    this.unit = unit;
    this.ends.forEach((end) => { end.max = starts.length - 1; });
    const since = this.asked.get("since"), until = this.asked.get("until");
    const at = (day, otherwise) => (day ? Math.max(0, starts.findLastIndex((start) => start <= day)) : otherwise);
    this.ends[0].value = at(since, 0);
    this.ends[1].value = at(until, starts.length - 1);
    this.say();
  }

  say() {
    const { starts, unit } = this.found;
    const [from, to] = this.ends.map((end) => Number(end.value));
    const { earlier, later } = this.found;
    const off = [[earlier, "earlier"], [later, "later"], [this.undated, "without a date"]].filter(([count]) => count);
    const undated = off.length ? `; not drawn: ${off.map(([count, name]) => `${count.toLocaleString("en")} ${name}`).join(", ")}` : "";
    this.ends.forEach((end) => end.setAttribute("aria-valuetext", starts[Number(end.value)] ?? ""));
    this.note.textContent = `by ${unit}, ${starts[Math.min(from, to)]} to ${this.last(Math.max(from, to))}${undated}`;
  }

  /** The last day of a bar. */
  last(at) {
    const next = this.found.starts[at + 1] ?? this.found.end;
    return new Date(Date.parse(next) - 864e5).toISOString().slice(0, 10);
  }

  slide() {
    const { starts } = this.found;
    const [from, to] = this.ends.map((end) => Number(end.value)).sort((a, b) => a - b);
    this.choose(from === 0 ? "" : starts[from], to === starts.length - 1 ? "" : this.last(to));
  }

  selected(plot) {
    if (plot.select.width < 3) return;
    const ends = [plot.select.left, plot.select.left + plot.select.width].map((x) => new Date(plot.posToVal(x, "x") * 1000).toISOString().slice(0, 10));
    this.choose(...ends);
  }
}
