/* What was typed survives a browser that is closed; e-mail and telephone only if asked to. */
(() => {
  "use strict";
  const DRAFT = "parvis-report", CONTACT = "parvis-contact", DAY_MS = 24 * 3600 * 1000;
  const NAMES = ["category", "address", "lat", "lon", "named", "text", "key"];
  const read = name => { try { return JSON.parse(localStorage.getItem(name)); } catch { return null; } };
  const write = (name, value) => { try { localStorage.setItem(name, JSON.stringify(value)); } catch { /* full */ } };
  const forget = name => { try { localStorage.removeItem(name); } catch { /* refused */ } };
  if (new URLSearchParams(location.search).has("envoye")) forget(DRAFT);
  const form = document.getElementById("report-form");
  if (!form) return;

  const put = (name, value) => {
    const field = form.elements[name];
    if (!field || field.value) return;
    field.value = value;
  };
  const box = form.querySelector("[data-remember]"), contact = read(CONTACT);
  if (box) {
    box.checked = Boolean(contact);
    if (contact) { put("email", contact.email); put("phone", contact.phone); }
    const keep = () => {
      if (box.checked) write(CONTACT, { email: form.elements.email.value, phone: form.elements.phone.value });
      else forget(CONTACT);
    };
    box.addEventListener("change", keep);
    form.addEventListener("submit", keep);
  }

  const where = location.pathname + location.search, draft = read(DRAFT);
  const fresh = draft?.where === where && Date.now() - draft.at < DAY_MS;
  const blank = !form.querySelector("[aria-invalid]") && !form.elements.text.value;
  if (fresh && blank) {
    for (const name of NAMES) put(name, draft[name]);
    if (draft.key) form.elements.key.value = draft.key;
    form.dispatchEvent(new Event("parvis:draft"));
  }
  const save = () => {
    const typed = Object.fromEntries(NAMES.map(name => [name, form.elements[name]?.value ?? ""]));
    if (typed.text || typed.category || typed.address) write(DRAFT, { ...typed, where, at: Date.now() });
  };
  for (const event of ["input", "change", "parvis:place"]) form.addEventListener(event, save);
})();
