/* [data-hold="instant"]: says when two minutes are left, then when the slot is no longer kept. */
(() => {
  "use strict";
  for (const hold of document.querySelectorAll("[data-hold]")) {
    const left = Date.parse(hold.dataset.hold) - Date.now();
    const show = (name, after) => {
      if (after > 0) setTimeout(() => { hold.querySelector(name).hidden = false; }, after);
    };
    show("[data-hold-warning]", left - 120000);
    show("[data-hold-over]", left);
  }
})();
