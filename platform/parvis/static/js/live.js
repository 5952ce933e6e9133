/* A form whose answers show what they give at once: form#live is sent with "look", parts follow. */
(() => {
  "use strict";
  const form = document.getElementById("live");
  if (!form) return;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.set("look", "1");
    let text;
    try {
      text = await (await fetch(form.action, { method: "POST", body })).text();
    } catch { return; }  // the button still asks the server
    if (mine !== asked) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      if (next) part.replaceChildren(...next.childNodes);
    }
    const said = document.querySelector("[data-live] strong");
    document.getElementById("announcer").textContent = said?.textContent ?? "";
  };
  form.addEventListener("change", look);
})();
