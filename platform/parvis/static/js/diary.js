/* The counter's day: keys that press the page's own buttons. */
(() => {
  "use strict";
  const STORE = "keys-off";
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
})();
