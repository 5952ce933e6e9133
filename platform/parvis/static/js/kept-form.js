/* Forms marked [data-kept]: kept first, then sent; what waits for the network is counted. */
(() => {
  "use strict";
  const EVERY = 15_000, SAID = ["note", "minutes", "material", "reason"], bar = document.querySelector("[data-waiting]");
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
  const giveBack = ({ record, errors }) => {  // what was said returns to the form, with what is wrong
    const said = Object.fromEntries(record.fields), problem = `${bar.dataset.refused} ${errors.join(" ")}`;
    const form = forms().find(one => one.action === record.url && one.elements.outcome.value === said.outcome);
    if (!form) return problem;
    form.closest("[data-stop]").hidden = false;
    for (const name of SAID) if (form.elements[name] && said[name]) form.elements[name].value = said[name];
    const files = new DataTransfer();
    if (said.picture?.size) files.items.add(Kept.file(said.picture));
    form.elements.picture.files = files.files;
    form.closest("details")?.setAttribute("open", "");
    return problem;
  };
  const renew = async () => {  // how far the round is, without disturbing whoever types
    if (!next()) { location.assign(bar.dataset.off); return; }
    const fresh = new DOMParser().parseFromString(await (await fetch(bar.dataset.off)).text(), "text/html");
    for (const part of document.querySelectorAll("[data-fresh]")) {
      part.replaceWith(fresh.querySelector(`[data-fresh="${part.dataset.fresh}"]`) ?? part);
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
    event.preventDefault(); event.stopPropagation();
    if (!form.reportValidity()) return;
    const key = form.elements.key.value, fields = [...new FormData(form)];
    const isKept = await Kept.add({ key, url: form.action, fields }).then(() => true, () => false);
    if (!isKept && navigator.onLine) return HTMLFormElement.prototype.submit.call(form);
    if (!isKept) return Object.assign(bar, { textContent: bar.dataset.full, hidden: false }).scrollIntoView();
    form.closest("[data-stop]").hidden = true;
    next()?.focus();
    flush();
  });
  addEventListener("online", flush);
  addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(async () => { if ((await Kept.all()).length) flush(); }, EVERY);
  flush();
})();
