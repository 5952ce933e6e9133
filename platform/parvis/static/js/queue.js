/* What waits is sent, each report until the server has it; one sender for all pages and the worker. */
self.Queue = (() => {
  "use strict";
  const LOCK = "parvis-signalements", TOKEN = "/jeton/";
  const EDITED_MS = 30 * 60_000, SENT_MS = 7 * 24 * 3600_000;
  const locked = act => navigator.locks ? navigator.locks.request(LOCK, act) : act();

  const token = async () => {
    const answer = await fetch(TOKEN, { cache: "no-store" });
    if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
    return (await answer.json()).csrf;
  };
  const post = async record => {
    const body = new FormData(), headers = { "X-Offline-Queue": "1", "X-CSRFToken": record.csrf };
    for (const [name, value] of record.fields) body.append(name, Waiting.unpack(value));
    body.set("captured_at", new Date(record.at).toISOString());
    return fetch(record.url, { method: "POST", body, headers, redirect: "manual" });
  };
  const send = async record => {
    record.csrf ||= await token();
    let answer = await post(record);
    if (answer.status === 403) {  // the token is as old as the form: once more, with a new one
      record.csrf = await token();
      answer = await post(record);
    }
    if (answer.ok || answer.type === "opaqueredirect") {
      const { reference = "", url = "", refused = [] } = answer.ok ? await answer.json() : {};
      const { key, about, at } = record;
      return Waiting.put({ key, about, at, reference, url, refused, sent: Date.now() });
    }
    const isFinal = answer.status >= 400 && answer.status < 500 && ![408, 428, 429].includes(answer.status);
    const { errors = {} } = isFinal ? await answer.json().catch(() => ({})) : {};
    const tried = { attempts: record.attempts + 1, isWrong: isFinal, errors: Object.values(errors).flat() };
    await Waiting.put({ ...record, ...tried, csrf: isFinal ? "" : record.csrf });
    if (!isFinal) throw new Error(`HTTP ${answer.status}`);
  };
  const sendAll = async () => {
    for (const record of await Waiting.all()) {
      if (record.sent && Date.now() - record.sent > SENT_MS) await Waiting.remove(record.key);
      const waits = !record.sent && !record.isWrong && !(Date.now() - record.edited < EDITED_MS);
      if (waits) await send(record);  // one that cannot leave: the rest waits too
    }
  };
  const flush = () => locked(sendAll);
  const add = ({ key, url, fields, csrf, about }) => locked(async () => {
    const known = await Waiting.one(key);  // when and where it was written stays, unless another tab sent it
    const { at, url: where } = known && !known.sent ? known : { at: Date.now(), url };
    await Waiting.put({ key, url: where, csrf, about, at, fields: await Waiting.pack(fields), attempts: 0 });
  });
  const edit = key => locked(async () => {  // waits for who is sending: then it is too late, or ours
    const record = await Waiting.one(key);
    if (!record || record.sent) return null;
    await Waiting.put({ ...record, edited: Date.now() });
    return record;
  });
  return { flush, add, edit };
})();
