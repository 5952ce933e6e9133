/* The form of a report: what cannot leave now is kept, and what was kept can be changed. */
(() => {
  "use strict";
  const DRAFT = "parvis-report", PATIENCE_MS = 4000, UNTOLD = ["csrfmiddlewaretoken", "key"];
  const form = document.getElementById("report-form");
  const box = document.querySelector("[data-queue]"), full = document.querySelector("[data-queue-full]");
  if (!form || !box) return;
  const edited = new URLSearchParams(location.search).get("reprendre");
  const isShell = "shell" in box.dataset, { elements } = form, { address, lat } = elements, needsPlace = address?.required;
  let passes = false, busy = false;

  const reaches = async () => navigator.onLine &&  // browsers say "on line" in many a dead zone
    fetch("/jeton/", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }).then(({ ok }) => ok, () => false);
  const about = () => [
    form.querySelector("[name=category]:checked")?.labels[0].textContent.trim(), address?.value,
  ].filter(Boolean).join(" · ");
  const keep = async () => {
    const key = edited || (isShell ? crypto.randomUUID() : elements.key.value);
    const told = [...new FormData(form)].filter(([name, value]) => !UNTOLD.includes(name) && value.size !== 0);
    const csrf = elements.csrfmiddlewaretoken?.value ?? "", url = isShell ? "/signaler/" : form.action;
    await Queue.add({ key, url, fields: [...told, ["key", key]], csrf, about: about() });
    localStorage.removeItem(DRAFT);
    form.hidden = full.hidden = true;
    document.getElementById("announcer").textContent = box.dataset.kept;
    box.scrollIntoView();
    form.dispatchEvent(new CustomEvent("parvis:kept", { bubbles: true, detail: key }));
  };
  const isWhole = () => {  // what is missing is asked while she is there
    if (address) address.required = needsPlace && !lat.value;
    return form.reportValidity();
  };
  const pass = button => { passes = true; form.requestSubmit(button); };
  const insist = async button => {  // no room in the telephone: sent as it is, else it stays on the screen
    if (!isShell && await reaches()) return pass(button);
    full.hidden = false; full.scrollIntoView({ block: "center" });
  };
  form.addEventListener("submit", async event => {
    if (passes || event.defaultPrevented || event.submitter?.hasAttribute("formaction")) return;
    event.preventDefault(); event.stopPropagation();
    if (busy) return;
    busy = true;
    const button = event.submitter, isDirect = !isShell && !edited && await reaches();
    await (isDirect ? pass(button) : isWhole() && keep().catch(() => insist(button)));
    busy = false;
  });
  addEventListener("pageshow", () => { passes = false; });
  const fill = ({ fields }) => {
    const files = new DataTransfer(), gallery = form.querySelector("[data-gallery]");
    for (const [name, value] of fields) {
      if (typeof value !== "string") files.items.add(Waiting.unpack(value));
      else if (elements[name]?.type === "checkbox") elements[name].checked = true;
      else if (elements[name] && name !== "seen") elements[name].value = value;
    }
    gallery.files = files.files;
    if (files.files.length) gallery.dispatchEvent(new Event("change"));
    form.dispatchEvent(new Event("parvis:draft"));
    elements.category.forEach?.(each => { if (each.checked) each.dispatchEvent(new Event("change", { bubbles: true })); });
  };
  if (edited) Queue.edit(edited).then(record => record ? fill(record) : location.replace("/"));
})();
