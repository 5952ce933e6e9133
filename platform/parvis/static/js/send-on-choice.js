/* A photo that is chosen is sent at once: one tap. Without script the button beside it sends it. */
(() => {
  "use strict";
  for (const input of document.querySelectorAll("[data-send-on-choice]")) {
    input.addEventListener("change", () => {
      if (input.files.length) input.form.requestSubmit(input.form.querySelector("button[name=act]"));
    });
  }
})();
