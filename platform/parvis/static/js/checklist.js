/* Boxes of [data-checklist] stay ticked on this device; nothing leaves it. */
(() => {
  "use strict";
  const key = list => `checklist:${list.dataset.checklist}`;
  const restore = () => {
    for (const list of document.querySelectorAll("[data-checklist]")) {
      let ticked;
      try { ticked = JSON.parse(localStorage.getItem(key(list))) ?? []; } catch { continue; }  // private browsing
      for (const box of list.querySelectorAll("input")) box.checked = ticked.includes(box.value);
    }
  };
  document.addEventListener("change", ({ target }) => {
    const list = target.closest("[data-checklist]");
    if (!list) return;
    const ticked = [...list.querySelectorAll("input:checked")].map(box => box.value);
    try { localStorage.setItem(key(list), JSON.stringify(ticked)); } catch { /* private browsing */ }
  });
  document.addEventListener("asked", restore);  // a page that follows the server has new boxes
  restore();
})();
