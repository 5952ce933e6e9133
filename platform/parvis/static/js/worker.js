/* Once the page is shown: what works without network is kept, and what waits for one is looked at. */
(() => {
  "use strict";
  const { then } = document.currentScript.dataset;
  const load = name => {
    const script = Object.assign(document.createElement("script"), { src: name, async: false });
    document.head.append(script);
  };
  addEventListener("load", async () => {
    if (self.indexedDB && document.querySelector("[data-queue]")) then.split(" ").forEach(load);
    if (!navigator.serviceWorker) return;
    try {
      const { active } = await navigator.serviceWorker.register("/sw.js");
      active?.postMessage("flush");
    } catch { /* refused by the browser, or no network: the site works without */ }
  });
})();
