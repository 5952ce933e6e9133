/* Quiet refresh: each [data-refresh] part follows the server, unless somebody is in it. */
(() => {
  "use strict";
  const EVERY = 20_000, WHILE_LIVE = 3;  // with a stream, one turn in three is enough
  let asking = false, again = false, missed = false, turn = 0;
  const isInUse = (part) => part.contains(document.activeElement) ||
    [...part.querySelectorAll("input, textarea, details[open]")].some((each) => each.open ||
      each.checked !== each.defaultChecked || each.value !== each.defaultValue);
  const written = (part) =>  // the mark against forgery is new each time
    part.innerHTML.replace(/(name="csrfmiddlewaretoken" value=)"[^"]*"/g, "$1");
  const show = (fresh) => {
    let changed = false;
    for (const part of document.querySelectorAll("[data-refresh]")) {
      const next = fresh.querySelector(`[data-refresh="${part.dataset.refresh}"]`);
      if (!next || written(part) === written(next)) continue;
      if (isInUse(part)) { missed = true; continue; }
      const scrolled = part.querySelector("[tabindex]")?.scrollLeft;
      if (part.textContent !== next.textContent) changed = true;
      part.replaceChildren(...next.childNodes);
      if (scrolled) part.querySelector("[tabindex]").scrollLeft = scrolled;
    }
    const note = document.querySelector("[data-refreshed]");
    if (changed && note) document.getElementById("announcer").textContent = note.textContent;
    document.dispatchEvent(new CustomEvent("asked", { detail: fresh }));
  };
  const ask = async () => {
    try {
      const answer = await fetch(location.href, { headers: { "X-Refresh": "1" } });
      if (!answer.ok || answer.redirected) return;
      const text = await answer.text();
      if (document.querySelector("form[data-sent]")) return;
      missed = false;
      show(new DOMParser().parseFromString(text, "text/html"));
    } catch { /* the next turn asks again */ }
  };
  const refresh = async () => {
    if (document.hidden || document.querySelector("form[data-sent]")) return;
    again = asking;
    if (asking) return;
    asking = true;
    await ask();
    asking = false;
    if (again) refresh();
  };
  setInterval(() => {
    turn = (turn + 1) % WHILE_LIVE;
    if (!turn || missed || !("live" in document.documentElement.dataset)) refresh();
  }, EVERY);
  addEventListener("visibilitychange", refresh);
  document.addEventListener("changed", refresh);
})();
