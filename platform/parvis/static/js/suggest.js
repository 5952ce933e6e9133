/* Addresses of the commune under a field that has a list: input[data-suggest] says where to ask. */
(() => {
  "use strict";
  const PAUSE_MS = 200, SHORTEST = 3;
  for (const field of document.querySelectorAll("input[data-suggest]")) {
    const list = document.getElementById(field.getAttribute("list"));
    if (!list) continue;
    let later = 0, turn = 0;
    const suggest = async () => {
      const mine = ++turn, query = new URLSearchParams({ q: field.value });
      const answer = await fetch(`${field.dataset.suggest}?${query}`).catch(() => null);
      const found = answer?.ok ? (await answer.json()).found : [];
      if (mine !== turn) return;
      const there = new Set([...list.options].map(option => option.value));
      for (const { label } of found) {
        if (!there.has(label)) list.append(Object.assign(document.createElement("option"), { value: label }));
      }
    };
    field.addEventListener("input", () => {
      clearTimeout(later);
      if (field.value.trim().length >= SHORTEST) later = setTimeout(suggest, PAUSE_MS);
    });
  }
})();
