/* Forms marked [data-kept]: kept first, then sent; what waits for the network is counted. */
(() => {
  "use strict";
  const EVERY = 15_000, bar = document.querySelector("[data-waiting]");
  const forms = () => [...document.querySelectorAll("form[data-kept]")];
  const cardOf = url => forms().find(form => form.action === url)?.closest("[data-stop]");
  const next = () => document.querySelector("[data-stop]:not([hidden]) [tabindex]");
  if (!bar || !self.indexedDB) return;

  const show = async problem => {
    const waiting = await Kept.all();
    for (const { url } of waiting) if (cardOf(url)) cardOf(url).hidden = true;
    const words = waiting.length === 1 ? bar.dataset.one : bar.dataset.many.replace("#", waiting.length);
    bar.textContent = [problem, waiting.length ? words : ""].filter(Boolean).join(" ");
    bar.hidden = !bar.textContent;
  };
  const giveBack = ({ record, errors }) => {  // the words return to the form, with what is wrong
    const known = Object.fromEntries(record.fields.filter(([, value]) => typeof value === "string"));
    const form = forms().find(one => one.action === record.url && one.elements.outcome.value === known.outcome);
    if (!form) return `${bar.dataset.refused} ${errors.join(" ")}`;
    form.closest("[data-stop]").hidden = false;
    for (const name of ["note", "minutes", "material", "reason"]) {
      if (form.elements[name] && known[name]) form.elements[name].value = known[name];
    }
    form.closest("details")?.setAttribute("open", "");
    return `${bar.dataset.refused} ${errors.join(" ")}`;
  };
  const renew = async () => {  // how far the round is, without disturbing whoever types
    if (!next()) { location.assign(bar.dataset.off); return; }
    const fresh = new DOMParser().parseFromString(await (await fetch(bar.dataset.off)).text(), "text/html");
    for (const part of document.querySelectorAll("[data-fresh]")) {
      const made = fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`);
      if (made) part.replaceWith(made);
    }
  };
  const flush = async () => {
    const told = await Kept.flush();
    const refused = told.filter(each => each.errors.length);
    await show(refused.map(giveBack).join(" "));
    if (told.length > refused.length) await renew().catch(() => {});
  };

  document.addEventListener("submit", async event => {
    const form = event.target;
    if (!form.matches("[data-kept]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!form.reportValidity()) return;
    const key = form.elements.key.value, fields = [...new FormData(form)];
    try { await Kept.add({ key, url: form.action, fields }); } catch { HTMLFormElement.prototype.submit.call(form); return; }
    form.closest("[data-stop]").hidden = true;
    next()?.focus();
    flush();
  });
  addEventListener("online", flush);
  addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(async () => { if ((await Kept.all()).length) flush(); }, EVERY);
  flush();
})();
