/* Answers kept in the phone until the network takes them; each is sent until the server has it. */
self.Kept = (() => {
  "use strict";
  const open = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("parvis-tournees", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("answers", { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const within = async (mode, act) => {
    const db = await open();
    return new Promise((resolve, reject) => {
      const work = db.transaction("answers", mode), done = act(work.objectStore("answers"));
      work.oncomplete = () => { db.close(); resolve(done.result); };
      work.onabort = work.onerror = () => { db.close(); reject(work.error); };
    });
  };
  const all = () => within("readonly", store => store.getAll());
  const remove = key => within("readwrite", store => store.delete(key));
  const plain = async ([name, value]) => value instanceof Blob  // Safari may lose files kept as such
    ? [name, { bytes: await value.arrayBuffer(), type: value.type, size: value.size }] : [name, value];
  const add = async ({ key, url, fields }) => {
    const parts = await Promise.all(fields.map(plain));
    await within("readwrite", store => store.put({ key, url, fields: parts, at: Date.now() }));
  };

  const file = ({ bytes, type }) => new File([bytes], "photo.jpg", { type });
  const post = (record, token) => {
    const body = new FormData();
    for (const [name, value] of record.fields) {
      if (typeof value !== "string") {
        if (value.size) body.append(name, file(value));
      } else body.append(name, name === "csrfmiddlewaretoken" && token ? token : value);
    }
    return fetch(record.url, { method: "POST", body, headers: { "X-Offline-Queue": "1" } });
  };
  const fresh = async url => {  // the token of the form is as old as the answer
    const page = new DOMParser().parseFromString(await (await fetch(url)).text(), "text/html");
    return page.querySelector("[name=csrfmiddlewaretoken]")?.value;
  };
  const send = async record => {
    let answer = await post(record);
    if (answer.status === 403) answer = await post(record, await fresh(record.url));
    const isFinal = answer.status < 500 && ![403, 408, 429].includes(answer.status);
    if (!isFinal) throw new Error(`HTTP ${answer.status}`);
    const errors = answer.ok ? [] : (await answer.json().catch(() => ({}))).errors ?? [`HTTP ${answer.status}`];
    await remove(record.key);
    return { record, errors };
  };
  const sendAll = async () => {
    const told = [];
    for (const record of await all()) {
      try { told.push(await send(record)); } catch { break; }  // no network: the rest waits too
    }
    return told;
  };
  const flush = () => navigator.locks ? navigator.locks.request("parvis-tournees", sendAll) : sendAll();
  return { add, all, file, flush };
})();
