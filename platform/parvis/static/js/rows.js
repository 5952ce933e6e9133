/* The team's list: tick all the rows of the page, and say how many are ticked. */
(() => {
  "use strict";
  const bar = document.querySelector("[data-chosen]");
  if (!bar) return;
  const boxes = () => [...document.querySelectorAll("[data-row] input[type=checkbox]")];
  const all = bar.querySelector("[data-all]");
  const said = bar.querySelector("[data-count]");
  const show = () => {
    const ticked = boxes().filter(box => box.checked).length;
    said.textContent = ticked ? `${ticked} / ${boxes().length}` : "";
    all.checked = ticked > 0 && ticked === boxes().length;
    all.indeterminate = ticked > 0 && !all.checked;
    bar.toggleAttribute("data-some", ticked > 0);
  };
  all.closest("label").hidden = false;
  all.addEventListener("change", () => {
    for (const box of boxes()) box.checked = all.checked;
    show();
  });
  document.addEventListener("change", event => {
    if (event.target.closest("[data-row]")) show();
  });
  addEventListener("pageshow", show);
})();
