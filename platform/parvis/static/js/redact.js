/* Cover parts of a photo by dragging; without this, boxes and numbers do the same. */
(() => {
  "use strict";
  const sheet = document.querySelector("[data-redaction]");
  const field = document.querySelector("[data-drawn]");
  if (!sheet || !field) return;
  const NS = sheet.namespaceURI;
  const { width, height } = sheet.viewBox.baseVal;
  const drawn = [];
  let start = null, rect = null;
  const at = event => {
    const point = new DOMPoint(event.clientX, event.clientY)
      .matrixTransform(sheet.getScreenCTM().inverse());
    return [Math.min(width, Math.max(0, point.x)), Math.min(height, Math.max(0, point.y))];
  };
  const store = () => {
    field.value = drawn.map(each => each.sides.map(n => n.toFixed(4)).join(",")).join(";");
    undo.hidden = drawn.length === 0;
  };
  const undo = document.querySelector("[data-undo-drawn]");
  undo.addEventListener("click", () => { drawn.pop().group.remove(); store(); });
  sheet.dataset.ready = "";
  sheet.addEventListener("pointerdown", event => {
    event.preventDefault();
    sheet.setPointerCapture(event.pointerId);
    start = at(event);
    const group = document.createElementNS(NS, "g");
    group.setAttribute("class", "redaction__new");
    rect = group.appendChild(document.createElementNS(NS, "rect"));
    sheet.append(group);
  });
  sheet.addEventListener("pointermove", event => {
    if (!start) return;
    const [x, y] = at(event);
    rect.setAttribute("x", Math.min(x, start[0]));
    rect.setAttribute("y", Math.min(y, start[1]));
    rect.setAttribute("width", Math.abs(x - start[0]));
    rect.setAttribute("height", Math.abs(y - start[1]));
  });
  const end = event => {
    if (!start) return;
    const [x, y] = at(event);
    const sides = [
      Math.min(x, start[0]) / width, Math.min(y, start[1]) / height,
      Math.abs(x - start[0]) / width, Math.abs(y - start[1]) / height,
    ];
    start = null;
    if (sides[2] < 0.005 || sides[3] < 0.005) { rect.parentNode.remove(); return; }
    drawn.push({ sides, group: rect.parentNode });
    store();
  };
  sheet.addEventListener("pointerup", end);
  sheet.addEventListener("pointercancel", () => { start = null; rect?.parentNode.remove(); });
})();
