// Show Parvis in the page of a town hall: a frame as high as what it shows, or a plain link.
(() => {
  "use strict";
  const tag = document.currentScript;
  const from = new URL(tag.src);
  const onPortal = "no" === "yes"; // the portal says yes as it serves this file
  const { commune = "", module = "rdv", service = "" } = tag.dataset;
  if (!/^[a-z0-9-]+$/.test(commune)) return;
  const origin = onPortal ? `${from.protocol}//${commune}.${from.host}` : from.origin;
  const isReport = module === "signalement";

  const link = document.createElement("a");
  link.href = origin + (isReport ? "/signaler/" : "/rendez-vous/");
  link.target = "_blank";
  link.rel = "noopener";
  link.textContent = isReport ? "Signaler un problème" : "Prendre rendez-vous";

  if ("badge" in tag.dataset) {
    tag.after(link);
    fetch(`${origin}/widget/badge.json?motif=${encodeURIComponent(service)}`, { credentials: "omit" })
      .then((answer) => (answer.ok ? answer.json() : null))
      .then((said) => {
        if (!said) return;
        link.textContent = said.text;
        link.href = origin + said.path;
      })
      .catch(() => {}); // the link is there already
    return;
  }

  const frame = document.createElement("iframe");
  const query = new URLSearchParams({ site: location.origin });
  if (service) query.set("motif", service);
  frame.src = `${origin}/widget/${isReport ? "signalement" : "rdv"}/?${query}`;
  frame.title = link.textContent;
  frame.height = "320";
  frame.style.width = "100%";
  frame.style.border = "0";

  // A page that may not show the frame gets the link instead; a slow one until it answers.
  const waiting = setTimeout(() => {
    frame.style.display = "none";
    frame.after(link);
  }, 8000);
  addEventListener("message", (event) => {
    if (event.origin !== origin || event.source !== frame.contentWindow) return;
    const height = Number(event.data?.parvis);
    if (!(height > 0)) return;
    clearTimeout(waiting);
    link.remove();
    frame.style.display = "";
    frame.style.height = `${Math.min(Math.ceil(height), 4000)}px`;
  });
  tag.after(frame);
})();
