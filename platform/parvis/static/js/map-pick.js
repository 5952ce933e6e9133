/* [data-pick]: a press on the map writes the place in the fields lat and lon of the page. */
(() => {
  "use strict";
  const box = document.querySelector("[data-pick]");
  const lat = document.getElementById("id_lat");
  const lon = document.getElementById("id_lon");
  if (!box || !lat || !lon) return;
  box.addEventListener("parvis:map", event => {
    const { map, L } = event.detail;
    let pin = null;
    const show = () => {
      pin?.remove();
      pin = lat.value && lon.value
        ? L.circleMarker([+lat.value, +lon.value], { className: "zone-corner", radius: 9 }).addTo(map)
        : null;
    };
    map.on("click", ({ latlng }) => {
      lat.value = latlng.lat.toFixed(6);
      lon.value = latlng.wrap().lng.toFixed(6);
      const address = document.getElementById("id_address");
      if (address) address.value = "";
      show();
    });
    for (const field of [lat, lon]) field.addEventListener("change", show);
    show();
  });
})();
