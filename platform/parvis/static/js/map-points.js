/* The points that a page puts on its map: each a pin with a name, and a link where it leads.
   [data-fit]: all of them are shown. */
(() => {
  "use strict";
  document.addEventListener("parvis:map", event => {
    const { map, L } = event.detail, { points, fit } = event.target.dataset;
    const pins = JSON.parse(points ?? "[]");
    if (fit !== undefined) {
      const room = { padding: [36, 36], maxZoom: map.getZoom(), animate: false };
      map.fitBounds(pins.map(({ lat, lon }) => [lat, lon]), room);
    }
    for (const each of pins) {
      const icon = L.divIcon({
        className: `pin pin--${each.shape ?? "plain"}`, iconSize: [28, 28], iconAnchor: [14, 28],
        html: Object.assign(document.createElement("span"), { textContent: each.text ?? "" }),
      });
      const leads = Boolean(each.href), words = { alt: each.label, title: each.label };
      const pin = L.marker([each.lat, each.lon], { icon, ...words, interactive: leads, keyboard: leads });
      pin.addTo(map).getElement().setAttribute("aria-label", each.label);
      if (!leads) pin.getElement().setAttribute("role", "img");
      if (leads) pin.on("click keypress", ({ originalEvent: { key } }) => {
        if (!key || key === "Enter") location.href = each.href;
      });
    }
  });
})();
