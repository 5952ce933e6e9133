/* The worker keeps two pages and their files, for when there is no network; it never sees a form sent. */
(() => {
  "use strict";
  const { cache: CACHE, pages, files } = self.PARVIS;
  const STAFF = /^\/(agent|connexion|deconnexion)\//;
  const bare = pages.map(page => page.split("?")[0]);
  const kept = name => caches.match(name, { cacheName: CACHE, ignoreVary: true });

  self.addEventListener("install", event => event.waitUntil((async () => {
    const cache = await caches.open(CACHE);
    // As nobody: no cookie is sent or set, and no name of an agent is kept.
    await cache.addAll(pages.map(page => new Request(page, { credentials: "omit", cache: "reload" })));
    await cache.addAll(files.map(file => new Request(file, { credentials: "omit" })));
    await self.skipWaiting();
  })()));

  self.addEventListener("activate", event => event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter(name => name !== CACHE).map(name => caches.delete(name)));
    await self.clients.claim();
  })()));

  self.addEventListener("fetch", event => {
    const { request } = event, { origin, pathname, search } = new URL(request.url);
    if (request.method !== "GET" || origin !== location.origin || STAFF.test(pathname)) return;
    if (request.mode === "navigate") {
      event.respondWith(fetch(request).catch(async () =>
        await kept(pages[Math.max(0, bare.indexOf(pathname))]) ?? Response.error()));
    } else if (files.includes(pathname + search)) {
      event.respondWith(kept(pathname + search).then(found => found ?? fetch(request)));
    }
  });
})();
