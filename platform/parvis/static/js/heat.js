/* A warm layer under the marks: squares of the map, the fuller the darker. */
(() => {
  "use strict";
  const asked = document.querySelector("[data-heat]");
  if (!asked) return;
  document.addEventListener("parvis:map", ({ detail: { map, L } }) => {
    const layer = L.layerGroup().addTo(map);
    let turn = 0;
    const show = async () => {
      const mine = ++turn, at = map.getBounds();
      const url = new URL(asked.dataset.heat, location.href);
      const box = [at.getSouth(), at.getWest(), at.getNorth(), at.getEast()];
      url.searchParams.set("boite", box.map(each => each.toFixed(5)).join());
      url.searchParams.set("z", map.getZoom());
      let found;
      try { found = await (await fetch(url)).json(); } catch { return; }  // the marks stay
      if (mine !== turn) return;
      layer.clearLayers();
      for (const { box: [south, west, north, east], level } of found.cells ?? []) {
        const bounds = [[south, west], [north, east]];
        L.rectangle(bounds, { className: `heat heat--${level}`, stroke: false, interactive: false }).addTo(layer);
      }
    };
    map.on("moveend", show);
    show();
  });
})();
