// The map: countries from the bundled base map, clusters made by the server, areas shaded where no finer place is known.
import { make, parsed, part } from "./fragments.js";

const L = window.L;
const FAMILIES = {
  PROTEST: "contention", ASSAULT: "force", COERCE: "coercion", MOBILIZE: "coercion", SANCTION: "coercion", THREATEN: "coercion",
  REQUEST: "words", ACCUSE: "words", REJECT: "words",
};
const DEEPEST = 12;

export class EventMap {
  constructor(element, list, query) {
    this.list = list;
    this.query = query;
    this.map = L.map(element, {
      center: [20, 15], zoom: 2, minZoom: 1, maxZoom: DEEPEST, worldCopyJump: true, attributionControl: false, zoomSnap: 0.5,
    });
    this.spots = L.layerGroup().addTo(this.map);
    this.halo = null;
    this.areas = new Map();
    this.fitted = false;
    this.map.on("moveend", () => this.points());
    list.addEventListener("keydown", (event) => { if (event.key === "Escape") this.hide(); });
  }

  async start() {
    const [topology, codes] = await Promise.all([
      part("/static/vendor/countries-50m.json").then((answer) => answer.json()),
      part("/static/countries.json").then((answer) => answer.json()),
    ]);
    const byNumber = new Map(Object.entries(codes).map(([code, [number]]) => [number, code]));
    this.names = codes;
    const world = window.topojson.feature(topology, topology.objects.countries);
    for (const feature of world.features) unwrap(feature.geometry);
    this.countries = L.geoJSON(world, {
      style: { className: "country" },
      onEachFeature: (feature, layer) => {
        const code = byNumber.get(feature.id) ?? (feature.properties.name === "Kosovo" ? "XKX" : null);
        if (code) this.areas.set(code, layer);
        layer.on("click", () => { if (this.shaded?.[code]) this.area(code); });
      },
    }).addTo(this.map);
  }

  async show(query, signal) {
    this.hide();
    this.asked = query;
    await this.points(signal, true);
  }

  async points(signal, changed = false) {
    if (!this.asked) return;
    const asked = new URLSearchParams(this.asked);
    const bounds = this.map.getBounds().pad(0.15);
    const first = changed && !this.fitted;
    asked.set("zoom", Math.max(0, Math.round(this.map.getZoom())));
    if (!first) {
      asked.set("view", [bounds.getWest(), Math.max(-90, bounds.getSouth()), bounds.getEast(), Math.min(90, bounds.getNorth())]
        .map((each) => each.toFixed(3)).join(","));
    }
    this.moving?.abort();
    this.moving = new AbortController();
    let found;
    try {
      found = await (await part(`/part/map?${asked}`, signal ?? this.moving.signal)).json();
    } catch (error) {
      if (error.name === "AbortError") return;
      throw error;
    }
    this.shade(found.areas);
    this.spots.clearLayers();
    for (const point of found.points) this.spots.addLayer(this.spot(point));
    if (first && found.points.length) {
      this.fitted = true;
      this.map.fitBounds(L.latLngBounds(found.points.map((each) => [each.lat, each.lon])).pad(0.2), { maxZoom: 5, animate: false });
    }
  }

  spot(point) {
    const size = point.count === 1 ? 14 : Math.min(46, 20 + 5 * Math.log2(point.count));
    const name = point.count === 1 ? "One event" : `${point.count} events`;
    const inner = make("span", { class: `spot ${FAMILIES[point.type] ?? "easing"}${point.precision === "city" ? " town" : ""}` }, point.count === 1 ? "" : short(point.count));
    const marker = L.marker([point.lat, point.lon], {
      icon: L.divIcon({ html: inner, className: "", iconSize: [size, size] }), alt: name, title: name, keyboard: true,
      riseOnHover: true,
    });
    marker.on("add", () => {
      marker.getElement()?.setAttribute("aria-label", `${name}, ${point.lat.toFixed(1)} north, ${point.lon.toFixed(1)} east`);
    });
    marker.on("click", () => this.open(point));
    return marker;
  }

  open(point) {
    if (point.n !== null) return this.fill(`/part/card/${point.n}`);
    if (!point.same_spot && this.map.getZoom() < DEEPEST) {
      return this.map.setView([point.lat, point.lon], Math.min(DEEPEST, this.map.getZoom() + 2));
    }
    const near = new URLSearchParams(this.asked);
    const margin = 0.01;
    near.set("bbox", [point.lon - margin, point.lat - margin, point.lon + margin, point.lat + margin].map((each) => each.toFixed(3)).join(","));
    return this.fill(`/part/listing?${near}`);
  }

  /** Lists what is known of a country only as a whole, or down to its regions. */
  area(code) {
    const near = new URLSearchParams(this.asked);
    near.delete("precision");
    near.set("country", code);
    near.append("precision", "country");
    near.append("precision", "admin1");
    near.append("precision", "admin2");
    return this.fill(`/part/listing?${near}`, `${this.names[code]?.[1] ?? code}: known only to the country, a region or a district`);
  }

  async fill(address, title = "") {
    const content = parsed(await (await part(address)).text());
    this.list.replaceChildren(make("button", { class: "close", type: "button", "aria-label": "Close", onclick: () => this.hide() }, "×"));
    if (title) this.list.append(make("h3", {}, title));
    this.list.append(content);
    this.list.hidden = false;
    this.list.querySelector("a")?.focus();
  }

  hide() { this.list.hidden = true; }

  shade(areas) {
    this.shaded = areas;
    const most = Math.max(1, ...Object.values(areas));
    for (const [code, layer] of this.areas) {
      const path = layer.getElement();
      if (!path) continue;
      const count = areas[code] ?? 0;
      path.setAttribute("class", `${path.getAttribute("class").replace(/ (shaded|w\d|lit)/g, "")}`);
      if (count) path.classList.add("shaded", `w${Math.ceil((5 * Math.log1p(count)) / Math.log1p(most))}`);
    }
  }

  /** Shows where a row of the table lies; null takes it away. */
  light(row) {
    if (this.halo) this.halo.remove();
    this.halo = null;
    for (const layer of this.areas.values()) layer.getElement()?.classList.remove("lit");
    if (row?.lat) {
      this.halo = L.circleMarker([Number(row.lat), Number(row.lon)], { radius: 13, className: "halo", interactive: false }).addTo(this.map);
    } else if (row?.country) {
      this.areas.get(row.country)?.getElement()?.classList.add("lit");
    }
  }
}

/** Lets outlines that cross the 180th meridian run on beyond it instead of back across the whole map. */
function unwrap(geometry) {
  const polygons = geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates;
  for (const ring of polygons.flat()) {
    for (let at = 1; at < ring.length; at += 1) {
      const jump = ring[at][0] - ring[at - 1][0];
      if (Math.abs(jump) > 180) ring[at] = [ring[at][0] - Math.sign(jump) * 360, ring[at][1]];
    }
  }
}

function short(count) {
  return count < 1000 ? String(count) : count < 1e6 ? `${Math.round(count / 100) / 10}k` : `${Math.round(count / 1e5) / 10}M`;
}
