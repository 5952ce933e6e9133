/* A visit dropped on a free time asks for that move; the button of its file does the same. */
(() => {
  "use strict";
  const time = link => new URL(link.href).searchParams.get("debut");
  let dragged = "";
  addEventListener("dragstart", event => {
    const link = event.target.closest?.("[data-refresh=diary] a[href*='rdv=']");
    dragged = link ? new URL(link.href).searchParams.get("rdv") : "";
  });
  const free = event => dragged && event.target.closest?.("li")?.querySelector("a[href*='debut=']");
  addEventListener("dragover", event => { if (free(event)) event.preventDefault(); });
  addEventListener("drop", event => {
    const link = free(event);
    if (!link) return;
    event.preventDefault();
    const address = new URL(`/agent/rendez-vous/${dragged}/deplacement/`, location.href);
    address.searchParams.set("debut", time(link));
    location.assign(address);
  });
})();
