/* The worker is woken: reports that waited are sent, a notification is shown or opened. */
(() => {
  "use strict";
  const { icon, title } = self.PARVIS;

  self.addEventListener("sync", event => {
    if (event.tag === "reports") event.waitUntil(Queue.flush());  // refused, the browser tries again
  });
  self.addEventListener("message", event => {
    if (event.data === "flush") event.waitUntil(Queue.flush().catch(() => {}));
  });

  // The same payload is a Declarative Web Push, which Safari shows without this worker.
  const read = data => {
    try { return data.json().notification; } catch { return {}; }
  };
  self.addEventListener("push", event => {
    const told = read(event.data) ?? {};
    event.waitUntil(self.registration.showNotification(told.title ?? title, {
      body: told.body ?? "", lang: told.lang ?? "fr", tag: told.tag ?? "", icon,
      data: { address: told.navigate ?? "/" },
    }));
  });
  self.addEventListener("notificationclick", event => {
    event.notification.close();
    const { origin, href } = new URL(event.notification.data.address, location.origin);
    event.waitUntil(self.clients.openWindow(origin === location.origin ? href : "/"));
  });
})();
