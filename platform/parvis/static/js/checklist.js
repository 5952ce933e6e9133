/* Boxes of [data-checklist] stay ticked on this device; nothing leaves it. */
(() => {
  "use strict";
  for (const list of document.querySelectorAll("[data-checklist]")) {
    const key = `checklist:${list.dataset.checklist}`;
    let ticked = [];
    try { ticked = JSON.parse(localStorage.getItem(key)) ?? []; } catch { /* private browsing */ }
    for (const box of list.querySelectorAll("input")) box.checked = ticked.includes(box.value);
    list.addEventListener("change", () => {
      ticked = [...list.querySelectorAll("input:checked")].map(box => box.value);
      try { localStorage.setItem(key, JSON.stringify(ticked)); } catch { /* private browsing */ }
    });
  }
})();
