/* Categories: search among them, say at once what is dangerous or not for us, show what is known. */
(() => {
  "use strict";
  const form = document.getElementById("report-form");
  if (!form?.querySelector("[data-kinds]")) return;
  const fold = text => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
  const one = name => form.querySelector(`[data-${name}]`);
  const danger = form.elements.danger, known = one("known");
  const chosen = () => form.querySelector("[name=category]:checked")?.value ?? "";

  const search = one("kind-search");
  if (search) {
    one("search-row").hidden = false;
    search.addEventListener("input", () => {
      const words = fold(search.value).split(/\s+/).filter(Boolean);
      for (const kind of form.querySelectorAll(".kind")) {
        kind.hidden = !words.every(word => fold(kind.dataset.words).includes(word));
      }
      for (const group of form.querySelectorAll("[data-group]")) {
        group.hidden = !group.querySelector(".kind:not([hidden])");
      }
      one("none").hidden = Boolean(form.querySelector(".kind:not([hidden])"));
    });
    search.addEventListener("keydown", event => { if (event.key === "Enter") event.preventDefault(); });
  }

  const show = () => {
    let elsewhere = false, risky = false;
    for (const aside of form.querySelectorAll("[data-for]")) {
      const mine = aside.dataset.for === chosen();
      aside.hidden = aside.disabled = !mine;
      elsewhere ||= mine && "elsewhere" in aside.dataset;
      risky ||= mine && "danger" in aside.dataset;
    }
    if (danger) {
      one("danger-box").hidden = !risky && !danger.checked;
      one("emergency").hidden = !danger.checked;
    }
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
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    known.replaceChildren(...part.body.children);
  };
  form.addEventListener("change", event => {
    if (["category", "danger"].includes(event.target.name)) { show(); lookAround(); }
  });
  form.addEventListener("parvis:place", lookAround);
  addEventListener("pageshow", show);
})();
