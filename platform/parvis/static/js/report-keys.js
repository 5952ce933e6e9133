/* Keys of the team's reports: they move the focus and press the page's own links and buttons. */
(() => {
  "use strict";
  const STORE = "keys-off";
  const box = document.getElementById("keys");
  if (!box) return;
  const memory = {
    read: () => { try { return localStorage.getItem(STORE); } catch { return null; } },
    write: off => { try { localStorage.setItem(STORE, off ? "yes" : ""); } catch { /* private */ } },
  };
  box.closest("[data-keys-switch]").hidden = false;
  box.checked = !memory.read();
  box.addEventListener("change", () => memory.write(!box.checked));

  const rows = () => [...document.querySelectorAll("[data-row], [data-card]")].filter(row => row.checkVisibility());
  const current = () => document.activeElement.closest("[data-row], [data-card]");
  const go = step => {
    const all = rows();
    if (!all.length) return false;
    const at = all.indexOf(current());
    const next = all[at < 0 ? 0 : Math.min(Math.max(at + step, 0), all.length - 1)];
    next.querySelector("a").focus();
    return true;
  };
  const tick = () => {
    const ticked = current()?.querySelector("input[type=checkbox]");
    ticked?.click();
    return Boolean(ticked);
  };
  const show = () => {
    box.closest("details").open = true;
    box.focus();
    return true;
  };
  const look = () => {
    const field = document.querySelector("input[type=search]");
    field?.focus();
    return Boolean(field);
  };
  const press = key => {
    const found = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    (found?.matches("a, button") ? found : found?.querySelector("a, button"))?.click();
    return Boolean(found);
  };
  const known = {
    j: () => go(1), k: () => go(-1), x: tick, "/": look, "?": show,
    arrowdown: () => current() && go(1), arrowup: () => current() && go(-1),
  };
  addEventListener("keydown", event => {
    if (!box.checked || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], [data-map]")) return;
    const key = event.key.toLowerCase();
    if ((known[key] ?? (() => press(key)))()) event.preventDefault();
  });
})();
