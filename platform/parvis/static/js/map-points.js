/* The points that a page puts on its map: each a pin with a name, and a link where it leads. */
(() => {
  "use strict";
  document.addEventListener("parvis:map", event => {
    const { map, L } = event.detail, { points } = event.target.dataset;
    for (const each of JSON.parse(points ?? "[]")) {
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
