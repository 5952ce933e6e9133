/* A map of the commune: outline first, pictures on top; after three missing ones, without them. */
(() => {
  "use strict";
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;

  const draw = (box, ground) => {
    const { tiles, credit, zooms: [far, near], centre } = ground.properties;
    const [west, south, east, north] = ground.bbox;
    const bounds = L.latLngBounds([south, west], [north, east]);
    const map = L.map(box, {
      zoomControl: false, minZoom: far, maxZoom: near, maxBounds: bounds.pad(0.5),
      zoomAnimation: !still, fadeAnimation: !still, markerZoomAnimation: !still, inertia: !still,
    });
    map.attributionControl.setPrefix(false);
    L.control.zoom({ zoomInTitle: box.dataset.in, zoomOutTitle: box.dataset.out }).addTo(map);
    const outline = ground.geometry && L.geoJSON(ground.geometry, {
      interactive: false, style: { className: "outline-line", fill: false },
    });
    if (box.dataset.lat) map.setView([+box.dataset.lat, +box.dataset.lon], +box.dataset.zoom);
    else if (outline) map.fitBounds(outline.getBounds(), { animate: false });
    else map.setView(centre, 14);
    outline?.addTo(map);
    if (tiles) picture(box, map, L.tileLayer(tiles, {
      bounds, minZoom: far, maxZoom: near, attribution: credit,
    }));
    new ResizeObserver(() => map.invalidateSize({ animate: false })).observe(box);
    return map;
  };

  const picture = (box, map, layer) => {
    let missing = 0;
    layer.on("tileload", () => { missing = 0; });
    layer.on("tileerror", () => {
      if (++missing === 3) { layer.remove(); bare(box); }
    });
    layer.addTo(map);
  };
  const bare = box => {
    box.toggleAttribute("data-bare", true);
    document.getElementById(box.dataset.note).hidden = false;
  };

  const start = async box => {
    try {
      const ground = await (await fetch(box.dataset.outline)).json();
      const detail = { map: draw(box, ground), L };
      box.toggleAttribute("data-ready", true);
      box.dispatchEvent(new CustomEvent("parvis:map", { detail, bubbles: true }));
    } catch {
      box.hidden = true;
      document.getElementById(box.dataset.note).hidden = false;
    }
  };
  // Other scripts of the page listen by then.
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-map]").forEach(start));
})();
