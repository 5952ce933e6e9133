/* "–" and "+" around a number: [data-counter] holds the input and its two buttons. */
(() => {
  "use strict";
  for (const counter of document.querySelectorAll("[data-counter]")) {
    const input = counter.querySelector("input");
    for (const button of counter.querySelectorAll("[data-step]")) {
      button.hidden = false;
      button.addEventListener("click", () => {
        if (button.dataset.step === "1") input.stepUp(); else input.stepDown();
        input.dispatchEvent(new Event("change", { bubbles: true }));
        document.getElementById("announcer").textContent = input.value;
      });
    }
  }
})();
