/* Booking by phone: slots and documents follow the choices at once; what is typed stays. */
(() => {
  "use strict";
  const form = document.getElementById("phone");
  if (!form) return;
  for (const button of form.querySelectorAll("[data-plain]")) button.remove();  // Enter confirms

  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const body = new FormData(form);
    body.set("look", "1");
    let text;
    try {
      const answer = await fetch(form.action, { method: "POST", body });
      if (!answer.ok) return;
      text = await answer.text();
    } catch { return; }  // the server checks again when the form is sent
    if (mine !== asked) return;
    const fresh = new DOMParser().parseFromString(text, "text/html");
    for (const part of document.querySelectorAll("[data-live]")) {
      const next = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
      const held = part.contains(document.activeElement) && document.activeElement;
      if (!next || (held && held.tagName !== "SELECT")) continue;
      const open = part.querySelector("details")?.open;
      part.replaceChildren(...next.childNodes);
      if (open) part.querySelector("details")?.setAttribute("open", "");
      if (held) document.getElementById(held.id)?.focus();
    }
    const persons = form.elements.persons, most = fresh.querySelector("[name=persons]");
    persons.max = most.max;
    if (persons !== document.activeElement) persons.value = most.value;
    const first = form.querySelector("input[name=slot]:checked");
    const words = first?.labels[0]?.textContent.trim();
    document.getElementById("announcer").textContent = words ?? "";
  };

  form.addEventListener("change", event => {
    if (event.target.closest("[data-look]")) look();
  });
  form.addEventListener("keydown", event => {
    if (event.key !== "Enter" || !event.target.closest("[data-look]")) return;
    event.preventDefault();
    look();
  });
})();
