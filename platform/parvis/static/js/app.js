/* On every page: announcements, focus on errors, one sending at a time, copying, printing, menus. */
(() => {
  "use strict";
  document.documentElement.classList.add("js");
  const announce = text => { document.getElementById("announcer").textContent = text; };
  const ready = () => {
    document.querySelector("[data-focus]")?.focus();
    for (const one of document.querySelectorAll("[data-copy], [data-print]")) one.hidden = false;
  };

  addEventListener("submit", event => {
    const form = event.target, button = event.submitter;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    if (!button) return;
    const word = button.querySelector("span:not(.unseen)");
    button.style.minInlineSize = `${button.offsetWidth}px`;
    button.setAttribute("aria-busy", "true");
    if (word) { button.dataset.label = word.textContent; word.textContent = document.body.dataset.sending; }
    announce(document.body.dataset.sending);
  });
  addEventListener("pageshow", event => {  // back from the browser's memory: forms work again
    if (!event.persisted) return;
    for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
    for (const button of document.querySelectorAll("[aria-busy]")) {
      button.removeAttribute("aria-busy");
      if (button.dataset.label) button.querySelector("span").textContent = button.dataset.label;
    }
  });

  addEventListener("click", async event => {
    const copy = event.target.closest("[data-copy]");
    if (copy) {
      await navigator.clipboard.writeText(copy.dataset.copy);
      copy.querySelector("span").textContent = copy.dataset.done;
      announce(copy.dataset.done);
    }
    if (event.target.closest("[data-print]")) print();
    for (const menu of document.querySelectorAll("[data-menu][open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
  });
  addEventListener("keydown", event => {
    const menu = event.key === "Escape" && document.querySelector("[data-menu][open]");
    if (menu) { menu.open = false; menu.querySelector("summary").focus(); }
  });
  document.addEventListener("htmx:after:swap", () => {
    const region = document.querySelector("[data-announce]");
    if (region) announce(region.dataset.announce);
  });
  ready();
})();
