/* Quiet refresh: each [data-refresh] part follows the server, unless somebody is in it. */
(() => {
  "use strict";
  const EVERY = 20_000;
  const refresh = async () => {
    if (document.hidden || document.querySelector("form[data-sent]")) return;
    let text;
    try {
      const answer = await fetch(location.href, { headers: { "X-Refresh": "1" } });
      if (!answer.ok || answer.redirected) return;
      text = await answer.text();
    } catch { return; }
    let changed = false;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll("[data-refresh]")) {
      const next = fresh.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
      if (!next || part.contains(document.activeElement) || part.innerHTML === next.innerHTML) continue;
      const scrolled = part.querySelector("[tabindex]")?.scrollLeft;
      if (part.textContent !== next.textContent) changed = true;
      part.replaceChildren(...next.childNodes);
      if (scrolled) part.querySelector("[tabindex]").scrollLeft = scrolled;
    }
    const note = document.querySelector("[data-refreshed]");
    if (changed && note) document.getElementById("announcer").textContent = note.textContent;
  };
  setInterval(refresh, EVERY);
  addEventListener("visibilitychange", refresh);
})();
