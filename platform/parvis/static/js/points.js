/* Marks of reports, gathered by the server; the list beside follows the map, with the same numbers. */
(() => {
  "use strict";
  document.addEventListener("parvis:map", ({ target, detail: { map, L } }) => {
    const list = document.querySelector("[data-marks]"), layer = L.layerGroup().addTo(map);
    if (!list) return;
    let turn = 0, moved = false;
    const address = from => {
      const url = new URL(from, location.href), at = map.getBounds();
      const box = [at.getSouth(), at.getWest(), at.getNorth(), at.getEast()];
      url.searchParams.set("boite", box.map(each => each.toFixed(5)).join());
      return url;
    };
    const read = url => fetch(url).then(answer => answer.ok ? answer : null, () => null);

    const draw = marks => {
      const rows = [...list.querySelectorAll("[data-reference]")].map(row => row.dataset.reference);
      const hadFocus = target.contains(document.activeElement) && document.activeElement !== target;
      layer.clearLayers();
      for (const mark of marks) {
        const number = rows.indexOf(mark.reference) + 1;
        const text = mark.reference ? number || "" : `×${mark.n}`;
        const icon = L.divIcon({
          className: mark.reference ? `mark mark--${mark.shape} mark--${mark.tone}` : "mark mark--many",
          html: Object.assign(document.createElement("span"), { textContent: text }),
          iconSize: mark.reference ? [32, 32] : [44, 44],
        });
        const pin = L.marker([mark.lat, mark.lon], { icon, title: mark.label, riseOnHover: true });
        pin.addTo(layer).on("click keypress", ({ originalEvent: { key } }) => { if (!key || key === "Enter") open(mark); });
        pin.getElement().setAttribute("aria-label", number ? `${number}. ${mark.label}` : mark.label);
      }
      if (hadFocus) target.focus();
    };
    const open = ({ box, href }) => {
      const inside = box && L.latLngBounds(box.slice(0, 2), box.slice(2));
      const zoom = inside && Math.min(map.getBoundsZoom(inside, false, L.point(80, 80)), map.getMaxZoom());
      if (inside && zoom > map.getZoom()) map.setView(inside.getCenter(), zoom);
      else Object.assign(document.createElement("a"), { href, target: self === top ? "" : "_blank" }).click();
    };

    const show = async () => {
      const mine = ++turn, marks = address(list.dataset.marks);
      marks.searchParams.set("z", map.getZoom());
      const [found, page] = await Promise.all([read(marks), moved && read(address(location.pathname + location.search))]);
      const { marks: drawn } = found ? await found.json() : {}, text = page && await page.text();
      if (mine !== turn) return;
      const fresh = text && new DOMParser().parseFromString(text, "text/html").querySelector("[data-marks]");
      if (fresh) list.replaceChildren(...fresh.childNodes);
      if (drawn) draw(drawn);
      return drawn;
    };
    const frame = marks => {  // once: what there is, rather than the whole commune
      const spots = marks.flatMap(({ lat, lon, box }) => box ? [box.slice(0, 2), box.slice(2)] : [[lat, lon]]);
      if (spots.length) map.fitBounds(spots, { padding: [48, 48], maxZoom: 16, animate: false });
      map.on("moveend", () => { moved = true; show(); });
      show();
    };
    show().then(marks => frame(marks ?? []));
  });
})();
