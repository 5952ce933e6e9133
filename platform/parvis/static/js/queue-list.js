/* Reports that wait for a network are counted and listed; each is opened again or dropped. */
(() => {
  "use strict";
  const box = document.querySelector("[data-queue]"), words = box.dataset;
  const list = box.querySelector("ul"), said = box.querySelector("[data-said]"), rows = box.querySelector("template");
  const when = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "long", timeStyle: "short" });
  let mine = "";

  const counted = (n, one, many) => n ? (n === 1 ? one : many.replace("#", n)) : "";
  const sayState = ({ sent, reference, refused, isWrong, errors, attempts }) => sent
    ? [words.sent, reference, ...refused].join(" ") : isWrong ? [words.wrong, ...errors].join(" ") : attempts ? words.busy : words.waits;
  const addressOf = record => {
    if (record.sent) return record.url;
    const address = new URL(record.url, location);
    address.searchParams.set("reprendre", record.key);
    return address.pathname + address.search;
  };
  const drop = (record, button) => {  // asked twice: what is dropped here is nowhere else
    if (record.sent || button.dataset.sure) Waiting.remove(record.key).then(show);
    Object.assign(button, { textContent: words.sure }).dataset.sure = "yes";
  };
  const row = record => {
    const made = rows.content.cloneNode(true), part = name => made.querySelector(`[data-${name}]`);
    part("about").textContent = record.about || words.unnamed;
    part("when").textContent = when.format(record.at);
    part("state").textContent = sayState(record);
    Object.assign(part("open"), { href: addressOf(record), textContent: record.sent ? words.follow : words.edit });
    part("drop").textContent = record.sent ? words.forget : words.drop;
    part("drop").addEventListener("click", event => drop(record, event.currentTarget));
    return made;
  };
  const show = async () => {
    const all = await Waiting.all(), left = all.filter(record => !record.sent);
    const arrived = all.find(record => record.sent && record.key === mine);
    if (arrived?.url) {  // she is still on the page of the form: its receipt is the next one
      await Waiting.remove(mine);
      location.assign(arrived.url);
      return;
    }
    const wrong = left.filter(record => record.isWrong).length;
    const counts = [counted(left.length - wrong, words.one, words.many), counted(wrong, words.oneWrong, words.manyWrong)];
    said.textContent = counts.filter(Boolean).join(" · ");
    box.querySelector("[data-open-app]").hidden = "SyncManager" in self || left.length === wrong;
    list.replaceChildren(...all.map(row));
    box.hidden = !all.length;
  };
  const flush = () => Queue.flush().catch(() => {}).then(show);  // no network: it waits
  document.addEventListener("parvis:kept", async ({ detail }) => {
    mine = detail;
    await show();
    navigator.storage?.persist?.();
    navigator.serviceWorker?.ready.then(worker => worker.sync?.register("reports")).catch(() => {});
    flush();
  });
  Waiting.listen(show);
  addEventListener("online", flush);
  addEventListener("visibilitychange", () => { if (!document.hidden) flush(); });
  show().then(flush);
})();
