/* Forms marked [data-kept]: kept first, then sent; what waits for the network is counted. */
(() => {
  "use strict";
  const EVERY = 15_000, bar = document.querySelector("[data-waiting]");
  const forms = () => [...document.querySelectorAll("form[data-kept]")];
  const cardOf = url => forms().find(form => form.action === url)?.closest("[data-stop]");
  if (!bar || !self.indexedDB) return;

  const show = async (problem = "") => {
    const waiting = await Kept.all();
    for (const record of waiting) {
      const card = cardOf(record.url);
      if (card) card.hidden = true;
    }
    const words = waiting.length === 1 ? bar.dataset.one : bar.dataset.many.replace("#", waiting.length);
    bar.textContent = [problem, waiting.length ? words : ""].filter(Boolean).join(" ");
    bar.hidden = !bar.textContent;
    return waiting.length;
  };
  const giveBack = ({ record, errors }) => {  // the words return to the form, with what is wrong
    const card = cardOf(record.url);
    const known = Object.fromEntries(record.fields.filter(([, value]) => typeof value === "string"));
    const form = forms().find(one => one.action === record.url && one.elements.outcome.value === known.outcome);
    if (card) card.hidden = false;
    for (const name of ["note", "minutes", "material", "reason"]) {
      if (form?.elements[name] && known[name]) form.elements[name].value = known[name];
    }
    form?.closest("details")?.setAttribute("open", "");
    return `${bar.dataset.refused} ${errors.join(" ")}`;
  };
  const flush = async () => {
    const told = await Kept.flush();
    const problems = told.filter(each => each.errors.length).map(giveBack);
    await show(problems.join(" "));
    return { sent: told.length - problems.length, problems: problems.length };
  };

  document.addEventListener("submit", async event => {
    const form = event.target;
    if (!form.matches("[data-kept]")) return;
    event.preventDefault();
    event.stopPropagation();
    if (!form.reportValidity()) return;
    const card = form.closest("[data-stop]");
    try {
      await Kept.add({ key: form.elements.key.value, url: form.action, fields: [...new FormData(form)] });
    } catch { HTMLFormElement.prototype.submit.call(form); return; }
    const { sent, problems } = await flush();
    if (sent && !problems) { location.assign(bar.dataset.off); return; }
    if (!problems) card.parentElement.querySelector("[data-stop]:not([hidden]) [tabindex]")?.focus();
  });
  addEventListener("online", flush);
  addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  setInterval(async () => { if ((await Kept.all()).length) flush(); }, EVERY);
  flush();
})();
