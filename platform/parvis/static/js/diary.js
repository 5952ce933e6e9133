/* The counter's day: keys that press the page's own buttons, and a quiet refresh. */
(() => {
  "use strict";
  const EVERY = 20_000, STORE = "keys-off";
  const memory = {
    read: () => { try { return localStorage.getItem(STORE); } catch { return null; } },
    write: off => { try { localStorage.setItem(STORE, off ? "yes" : ""); } catch { /* private */ } },
  };
  const box = document.getElementById("keys");
  if (box) {
    box.closest("[data-keys-switch]").hidden = false;
    box.checked = !memory.read();
    box.addEventListener("change", () => memory.write(!box.checked));
  }

  if (matchMedia("(min-width: 60rem)").matches) {  // where panes scroll on their own
    for (const open of document.querySelectorAll("[data-refresh] [aria-current]")) {
      open.scrollIntoView({ block: "nearest" });
    }
  }
  const move = step => {
    const links = [...document.querySelectorAll("[data-refresh=list] a, [data-refresh=table] a")];
    const at = links.indexOf(document.activeElement);
    if (at >= 0) links[at + step]?.focus();
    return at >= 0;
  };
  addEventListener("keydown", event => {
    if (!box?.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    const key = event.key.toLowerCase();
    const press = document.querySelector(`[data-key="${CSS.escape(key)}"]`)?.querySelector("a, button");
    if (key === "/") document.getElementById("search-q")?.focus();
    else if (key === "arrowdown" || key === "arrowup") {
      if (!move(key === "arrowdown" ? 1 : -1)) return;
    } else if (press) press.click();
    else return;
    event.preventDefault();
  });

  // A visit dropped on a free time asks for that move; the button of its file does the same.
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

  const pieces = document.getElementById("pieces");  // boxes are kept as they are ticked
  pieces?.addEventListener("change", async event => {
    if (event.target.type !== "checkbox") return;
    const say = text => { document.getElementById("announcer").textContent = text; };
    try {
      const answer = await fetch(pieces.action, {
        method: "POST", body: new FormData(pieces), headers: { "X-Live": "1" },
      });
      say(answer.ok ? "✓" : "");
    } catch { say(""); }  // the buttons of the form save them again
  });

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
