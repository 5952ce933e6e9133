/* The address of a report: suggestions while typing, the address of a point, who takes care there. */
(() => {
  "use strict";
  const box = document.querySelector("[data-place]");
  if (!box) return;
  const PAUSE_MS = 250, SHORTEST = 3, form = box.closest("form");
  const { address, named } = form.elements, here = box.querySelector("[data-here]");
  const list = Object.assign(document.createElement("datalist"), { id: "addresses" });
  let known = [], later = 0, ours = "", asked = 0;
  address.after(list);
  address.setAttribute("list", list.id);

  const ask = async (url, query) => {
    const answer = await fetch(`${url}?${new URLSearchParams(query)}`).catch(() => null);
    return answer?.ok ? answer.json() : null;
  };
  const suggest = async () => {
    const said = await ask(box.dataset.suggest, { q: address.value });
    known = said?.found ?? [];
    list.replaceChildren(...known.map(({ label }) => Object.assign(document.createElement("option"), { value: label })));
  };
  address.addEventListener("input", () => {
    const found = known.find(({ label }) => label === address.value);
    clearTimeout(later);
    if (found) form.dispatchEvent(new CustomEvent("parvis:found", { detail: found }));
    else if (address.value.trim().length >= SHORTEST) later = setTimeout(suggest, PAUSE_MS);
    if (!found && named.value && !address.value.startsWith(named.value)) {
      form.dispatchEvent(new Event("parvis:lost"));
      tell("");
    }
  });

  const tell = (words, href, label) => {
    here.textContent = words ?? "";
    here.hidden = !words;
    if (href) here.append(" ", Object.assign(document.createElement("a"), { href, textContent: label }));
  };
  const look = async () => {
    const { lat, lon, text } = form.elements, mine = ++asked;
    const categorie = form.querySelector("[name=category]:checked")?.value ?? "";
    const said = lat.value && await ask(box.dataset.reverse, { lat: lat.value, lon: lon.value, categorie });
    if (!said || mine !== asked) return;
    const there = new URLSearchParams({ categorie, texte: text.value.slice(0, 500), adresse: address.value });
    tell(said.words ?? said.caretaker, said.form && `${said.form}?${there}`, said.open);
    if (said.address && (!address.value || address.value === ours)) address.value = ours = said.address;
  };
  form.addEventListener("parvis:place", ({ detail }) => {
    if (detail.source === "address") ours = address.value;
    look();
  });
  form.addEventListener("change", event => { if (event.target.name === "category") look(); });
})();
