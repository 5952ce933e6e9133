/* Categories: search among them, say at once what is dangerous or not for us, show what is known. */
(() => {
  "use strict";
  const form = document.getElementById("report-form");
  if (!form?.querySelector("[data-kinds]")) return;
  const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const one = name => form.querySelector(`[data-${name}]`);
  const danger = form.elements.danger, known = one("known"), search = one("kind-search");
  const chosen = () => form.querySelector("[name=category]:checked")?.value ?? "";
  const left = part => part.querySelector(".kind:not([hidden])");

  if (search) {
    one("search-row").hidden = false;
    search.addEventListener("input", () => {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      for (const kind of form.querySelectorAll(".kind")) {
        kind.hidden = !words.every(word => fold(kind.dataset.words).includes(word));
      }
      for (const group of form.querySelectorAll("[data-group]")) group.hidden = !left(group);
      one("none").hidden = Boolean(left(form));
    });
    search.addEventListener("keydown", event => { if (event.key === "Enter") event.preventDefault(); });
  }
  const bring = () => {  // one chosen behind "Autre…" joins the first ones
    const kind = form.querySelector("[name=category]:checked")?.closest(".kind");
    const more = kind?.closest("details");
    more?.previousElementSibling.append(kind);
    if (more) more.open = false;
  };
  form.addEventListener("click", event => {
    if (event.detail && event.target.name === "category") { bring(); event.target.focus(); }
  });

  const show = () => {
    let elsewhere = false, risky = false;
    for (const aside of form.querySelectorAll("[data-for]")) {
      const mine = aside.dataset.for === chosen();
      aside.hidden = aside.disabled = !mine;
      elsewhere ||= mine && "elsewhere" in aside.dataset;
      risky ||= mine && "danger" in aside.dataset;
    }
    if (danger) one("danger-box").toggleAttribute("data-shown", risky || danger.checked);
    if (danger) one("emergency").hidden = !danger.checked;
    one("send").hidden = elsewhere || Boolean(danger?.checked);
  };
  let asked = "";
  const lookAround = async () => {
    const { lat, lon } = form.elements;
    if (!known || !lat?.value || !chosen()) return;
    const query = new URLSearchParams({ categorie: chosen(), lat: lat.value, lon: lon.value });
    if (asked === (asked = String(query))) return;
    const answer = await fetch(`${known.dataset.source}?${query}`).catch(() => null);
    if (!answer?.ok || asked !== String(query)) return;
    known.replaceChildren(...new DOMParser().parseFromString(await answer.text(), "text/html").body.children);
  };
  form.addEventListener("change", event => { if (["category", "danger"].includes(event.target.name)) { show(); lookAround(); } });
  form.addEventListener("parvis:place", lookAround);
  addEventListener("pageshow", () => { bring(); show(); });
})();
