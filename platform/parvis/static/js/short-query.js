/* A form of filters sends what is chosen only: its address stays short enough to be given away. */
(() => {
  "use strict";
  const form = document.querySelector("form[role=search][method=get]");
  const turn = off => {
    for (const field of form.elements) {
      if (field.name && !field.value) field.disabled = off;
    }
  };
  form?.addEventListener("submit", () => turn(true));
  if (form) addEventListener("pageshow", () => turn(false));
})();
