/* A form sent without network waits on its page, photos and all, and goes when the network is back. */
(() => {
  "use strict";
  const form = document.getElementById("report-form"), said = form?.querySelector("[data-offline]");
  if (!said) return;
  let waiting = null;
  form.addEventListener("submit", event => {
    said.hidden = navigator.onLine;
    if (navigator.onLine) return;
    event.preventDefault(); event.stopPropagation();  // the browser's own page would lose the photos
    waiting = { button: event.submitter };
  });
  addEventListener("online", () => {
    if (waiting) form.requestSubmit(waiting.button);
    waiting = null;
  });
})();
