/* The point of a report: from the telephone, the photo, an address or a finger on the map. */
(() => {
  "use strict";
  const box = document.querySelector("[data-place]");
  if (!box) return;
  const VAGUE_M = 100, form = box.closest("form"), { lat, lon, named } = form.elements;
  const said = box.querySelector("[data-said]");
  const say = key => { said.textContent = box.dataset[key]; };
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  let map = null, pin = null, source = lat.value ? "map" : "";

  const draw = () => {
    if (!map || !lat.value) return;
    const point = [+lat.value, +lon.value];
    pin ??= L.marker(point, {
      draggable: true, autoPan: true, alt: box.dataset.pin, title: box.dataset.pin,
      icon: L.divIcon({ className: "pin pin--here pin--plain", iconSize: [32, 32], iconAnchor: [16, 39] }),
    }).addTo(map).on("dragend", () => pointed(pin.getLatLng()));
    pin.setLatLng(point);
    const near = map.getZoom() >= 16 && map.getBounds().contains(point) && source === "map";
    if (!near) map.setView(point, Math.max(map.getZoom(), 17), { animate: !still });
  };
  const put = (point, from, words = from) => {
    source = from;
    lat.value = point.lat.toFixed(6); lon.value = point.lon.toFixed(6);
    named.value = from === "address" ? point.label : "";
    say(words);
    draw();
    form.dispatchEvent(new CustomEvent("parvis:place", { detail: { ...point, source } }));
  };
  const pointed = ({ lat: a, lng: o }) => put({ lat: a, lon: o }, "map", "hand");

  box.addEventListener("parvis:map", event => {
    ({ map } = event.detail);
    map.on("click", ({ latlng }) => pointed(latlng));
    box.querySelector("[data-centre]").hidden = false;
    draw();
  });
  box.querySelector("[data-centre]").addEventListener("click", () => map && pointed(map.getCenter()));
  form.addEventListener("parvis:photo", ({ detail }) => { if (!source) put(detail, "photo"); });
  form.addEventListener("parvis:found", ({ detail }) => put(detail, "address"));
  form.addEventListener("parvis:lost", () => {  // another address is typed: its point is not known yet
    source = lat.value = lon.value = named.value = said.textContent = "";
    pin?.remove(); pin = null;
  });

  const REASONS = { 1: "denied", 2: "unavailable", 3: "slow" };
  box.querySelector("[data-locate]").addEventListener("click", () => {
    if (!navigator.geolocation) { say("unsupported"); return; }
    say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => put({ lat: coords.latitude, lon: coords.longitude }, "gps",
        coords.accuracy > VAGUE_M ? "vague" : "gps"),
      error => say(REASONS[error.code] ?? "unavailable"),
      { enableHighAccuracy: true, timeout: 10000, maximumAge: 30000 },
    );
  });
})();
