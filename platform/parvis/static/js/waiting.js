/* Reports written without network, kept in this browser; for its pages and for the worker. */
self.Waiting = (() => {
  "use strict";
  const news = new BroadcastChannel("parvis-signalements");
  const open = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("parvis-signalements", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("reports", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const db = await open();
    return new Promise((resolve, reject) => {
      const work = db.transaction("reports", mode), done = act(work.objectStore("reports"));
      work.oncomplete = () => { db.close(); resolve(done.result); };
      work.onabort = work.onerror = () => { db.close(); reject(work.error); };
    });
  };
  const changed = async (act) => {
    await within("readwrite", act);
    news.postMessage("changed");
  };
  const all = () => within("readonly", store => store.getAll());
  const one = key => within("readonly", store => store.get(key));
  const put = record => changed(store => store.put(record));
  const remove = key => changed(store => store.delete(key));
  const listen = act => news.addEventListener("message", act);

  const packed = async ([name, value]) => value instanceof Blob  // Safari may lose files kept as such
    ? [name, { buffer: await value.arrayBuffer(), type: value.type, name: value.name }] : [name, value];
  const pack = fields => Promise.all(fields.map(packed));
  const unpack = value => typeof value === "string"
    ? value : new File([value.buffer], value.name || "photo.jpg", { type: value.type });
  return { all, one, put, remove, listen, pack, unpack };
})();
