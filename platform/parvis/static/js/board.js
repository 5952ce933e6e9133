/* A card dropped on another column asks for that move; its own list and button do the same. */
(() => {
  "use strict";
  const board = document.querySelector("[data-board]");
  if (!board) return;
  let held = null;
  const may = lane => {
    const wanted = lane?.dataset.lane;
    const select = held?.querySelector("select[name=vers]");
    return wanted && select && [...select.options].some(option => option.value === wanted) ? wanted : "";
  };
  const clear = () => {
    for (const lane of board.querySelectorAll("[data-over]")) lane.removeAttribute("data-over");
  };
  for (const card of board.querySelectorAll("[data-card]")) {
    if (card.querySelector("select[name=vers]")) card.draggable = true;
  }
  board.addEventListener("dragstart", event => {
    held = event.target.closest("[data-card]");
    held?.setAttribute("data-held", "");
  });
  board.addEventListener("dragend", () => { held?.removeAttribute("data-held"); held = null; clear(); });
  board.addEventListener("dragover", event => {
    const lane = event.target.closest("[data-lane]");
    clear();
    if (!may(lane)) return;
    event.preventDefault();
    lane.setAttribute("data-over", "");
  });
  board.addEventListener("drop", event => {
    const wanted = may(event.target.closest("[data-lane]"));
    if (!wanted) return;
    event.preventDefault();
    const form = held.querySelector("form");
    form.elements.vers.value = wanted;
    form.requestSubmit();
  });
})();
