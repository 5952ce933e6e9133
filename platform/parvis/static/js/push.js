/* News of one thing on this telephone: asked for by a press, where the browser can; else words. */
(() => {
  "use strict";
  const box = document.querySelector("[data-push]");
  if (!box) return;
  const words = box.dataset, [ask, stop] = box.querySelectorAll("button"), said = box.querySelector("[role=status]");
  const isApple = /iPhone|iPad/.test(navigator.userAgent) && !navigator.standalone;
  if (!("PushManager" in self) || !navigator.serviceWorker) {
    box.querySelector("[data-apple]").hidden = box.hidden = !isApple;  // told how; elsewhere, nothing
    ask.hidden = true;
    return;
  }
  class Refused extends Error {}  // in our words; what browsers say of themselves is for nobody
  const bytes = text => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), each => each.charCodeAt(0));
  const show = isOn => {
    ask.hidden = isOn;
    stop.hidden = !isOn;
    box.hidden = false;
  };
  const tell = async (browser, more) => {
    const { csrf } = await (await fetch("/jeton/", { cache: "no-store" })).json();
    const body = new URLSearchParams({ secret: words.push, browser: JSON.stringify(browser), ...more });
    const answer = await fetch(words.address, { method: "POST", body, headers: { "X-CSRFToken": csrf } });
    const { error } = await answer.json();
    if (!answer.ok) throw new Refused(error);
  };
  const act = async (what, done, isOn) => {
    said.textContent = words.asking;
    try {
      await what();
      said.textContent = done;
      show(isOn);
      try { localStorage.setItem(words.push, isOn ? "on" : ""); } catch { /* refused: asked again */ }
    } catch (fault) {
      const why = fault instanceof Refused ? fault.message : words.failed;
      said.textContent = Notification.permission === "denied" ? words.denied : why;
    }
  };
  ask.addEventListener("click", () => act(async () => {
    if (await Notification.requestPermission() !== "granted") throw new Refused(words.denied);
    const { pushManager } = await navigator.serviceWorker.ready;
    const options = { userVisibleOnly: true, applicationServerKey: bytes(words.key) };
    await tell(await pushManager.getSubscription() ?? await pushManager.subscribe(options), {});
  }, words.done, true));
  stop.addEventListener("click", () => act(async () => {
    const { pushManager } = await navigator.serviceWorker.ready;
    await tell(await pushManager.getSubscription() ?? {}, { stop: "1" });
  }, words.stopped, false));
  let isOn = "";
  try { isOn = localStorage.getItem(words.push); } catch { /* refused */ }
  show(Boolean(isOn) && Notification.permission === "granted");
})();
