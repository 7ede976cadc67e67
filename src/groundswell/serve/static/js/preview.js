// A small map that shows where typed places lie, made when the first place is typed.
import { part } from "./fragments.js";

export class Preview {
  async show(beside, places) {
    const points = places.filter((each) => each.latitude !== null && each.longitude !== null);
    if (!points.length) {
      this.box?.remove();
      return;
    }
    if (!this.map) await this.make();
    beside.after(this.box);
    this.map.invalidateSize();
    this.dots.clearLayers();
    points.forEach((each, index) => this.dots.addLayer(window.L.circleMarker([each.latitude, each.longitude], {
      radius: index ? 4 : 7, className: index ? "maybe" : "likely", interactive: false,
    })));
    this.map.setView([points[0].latitude, points[0].longitude], points[0].precision === "country" ? 3 : 5, { animate: false });
  }

  async make() {
    this.box = document.createElement("div");
    this.box.className = "preview";
    this.box.setAttribute("aria-hidden", "true");
    document.body.append(this.box);
    this.map = window.L.map(this.box, { zoomControl: false, attributionControl: false, keyboard: false, center: [0, 0], zoom: 4 });
    const topology = await (await part("/static/vendor/countries-50m.json")).json();
    window.L.geoJSON(window.topojson.feature(topology, topology.objects.countries), { style: { className: "country" }, interactive: false }).addTo(this.map);
    this.dots = window.L.layerGroup().addTo(this.map);
  }
}
