/* Draw a signature with a finger or a pen; without this, one types a name and ticks a box. */
(() => {
  "use strict";
  for (const pad of document.querySelectorAll("[data-pad]")) {
    const frame = pad.querySelector("svg"), line = pad.querySelector("path");
    const field = pad.querySelector("input");
    const { width, height } = frame.viewBox.baseVal;
    const MOST = 19000;
    let path = field.value, last = null;
    const at = event => {
      const point = new DOMPoint(event.clientX, event.clientY)
        .matrixTransform(frame.getScreenCTM().inverse());
      const x = Math.round(Math.min(width, Math.max(0, point.x)));
      const y = Math.round(Math.min(height, Math.max(0, point.y)));
      return `${x} ${y}`;
    };
    const show = () => { line.setAttribute("d", path); field.value = path; };
    pad.hidden = false;
    frame.addEventListener("pointerdown", event => {
      event.preventDefault();
      frame.setPointerCapture(event.pointerId);
      last = at(event);
      if (path.length < MOST) { path += `M${last}`; show(); }
    });
    frame.addEventListener("pointermove", event => {
      if (!last) return;
      const next = at(event);
      if (next === last || path.length > MOST) return;
      last = next;
      path += `L${next}`;
      show();
    });
    for (const end of ["pointerup", "pointercancel"]) {
      frame.addEventListener(end, () => { last = null; });
    }
    pad.querySelector("[data-pad-clear]").addEventListener("click", () => { path = ""; show(); });
  }
})();
