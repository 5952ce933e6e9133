/* [data-zones]: zones are shown on the map with their names; with a list of corners, one is drawn. */
(() => {
  "use strict";
  const box = document.querySelector("[data-zones]");
  if (!box) return;
  const field = document.querySelector("[data-corners]");
  const undo = document.querySelector("[data-last-corner]");
  const number = /[-+]?\d{1,3}(?:\.\d+)?/g;
  const corners = () => field.value.split("\n")
    .map(line => (line.match(number) ?? []).map(Number))
    .filter(found => found.length === 2);

  const show = (map, L) => {
    const known = L.geoJSON(JSON.parse(box.dataset.zones), {
      interactive: !field,
      style: { className: field ? "zone-line zone-line--other" : "zone-line" },
      onEachFeature: ({ properties }, layer) => layer.bindTooltip(properties.name, {
        permanent: true, direction: "center", className: "zone-name",
      }),
    }).addTo(map);
    if (!field && known.getLayers().length) map.fitBounds(known.getBounds(), { animate: false });
  };

  const draw = (map, L) => {
    let shape = null;
    const redraw = () => {
      shape?.remove();
      const found = corners();
      undo.hidden = found.length === 0;
      shape = L.layerGroup(found.map(each => L.circleMarker(each, { radius: 6, className: "zone-corner" })));
      if (found.length > 1) shape.addLayer(L.polygon(found, { className: "zone-line", interactive: false }));
      shape.addTo(map);
    };
    map.on("click", ({ latlng }) => {
      const line = `${latlng.lat.toFixed(6)}, ${latlng.wrap().lng.toFixed(6)}`;
      field.value = [...field.value.split("\n").filter(each => each.trim()), line].join("\n");
      redraw();
    });
    undo.addEventListener("click", () => {
      field.value = field.value.split("\n").filter(each => each.trim()).slice(0, -1).join("\n");
      redraw();
    });
    field.addEventListener("change", redraw);
    redraw();
    if (corners().length > 1) map.fitBounds(L.latLngBounds(corners()).pad(0.2), { animate: false });
  };

  box.addEventListener("parvis:map", ({ detail: { map, L } }) => {
    show(map, L);
    if (field) draw(map, L);
  });
})();
