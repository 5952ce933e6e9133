/* Photos: the place they were taken is read, they are shrunk, shown, and can be taken away. */
(() => {
  "use strict";
  const box = document.querySelector("[data-photos]");
  if (!box) return;
  const SIDE = 1600, QUALITY = 0.8, form = box.closest("form");
  const camera = box.querySelector("[data-camera]"), gallery = box.querySelector("[data-gallery]");
  const previews = box.querySelector("[data-previews]"), said = box.querySelector("[data-said]");
  let kept = [], working = Promise.resolve(), busy = 0, waiting = null;

  const shrink = async file => {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const ratio = Math.min(1, SIDE / Math.max(image.width, image.height));
    const canvas = Object.assign(document.createElement("canvas"), {
      width: Math.round(image.width * ratio), height: Math.round(image.height * ratio),
    });
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise(done => canvas.toBlob(done, "image/jpeg", QUALITY));
    return new File([blob], file.name.replace(/\.\w+$/, "") + ".jpg", { type: "image/jpeg" });
  };
  const store = () => {
    const files = new DataTransfer();
    for (const each of kept) files.items.add(each);
    gallery.files = files.files;
    camera.value = "";
    previews.replaceChildren(...kept.map((file, i) => {
      const name = `${box.dataset.remove} ${i + 1}`, row = document.createElement("li");
      const image = Object.assign(new Image(), { src: URL.createObjectURL(file), alt: "" });
      const button = Object.assign(document.createElement("button"), { type: "button", textContent: "×" });
      image.onerror = () => { image.removeAttribute("src"); };
      button.setAttribute("aria-label", name);
      button.addEventListener("click", () => { kept.splice(i, 1); store(); gallery.focus(); });
      row.append(image, button);
      return row;
    }));
  };
  const add = async files => {
    busy++;
    said.textContent = box.dataset.reading;
    for (const file of files.slice(0, +box.dataset.most - kept.length)) {
      const place = await globalThis.placeOfPhoto(file).catch(() => null);
      kept.push(await shrink(file).catch(() => file));  // one that cannot be read here goes as it is
      if (place) form.dispatchEvent(new CustomEvent("parvis:photo", { detail: place }));
    }
    store();
    said.textContent = files.length && kept.length === +box.dataset.most ? box.dataset.full : box.dataset.ready;
    if (!--busy && waiting) { form.requestSubmit(waiting.button); waiting = null; }
  };
  for (const input of [camera, gallery]) input.addEventListener("change", () => {
    const chosen = [...input.files];  // choosing again replaces what the browser holds, not ours
    working = working.then(() => add(chosen));
  });
  form.addEventListener("submit", event => {
    if (!busy) return;
    event.preventDefault(); event.stopPropagation();  // sent as soon as the photos are ready
    waiting = { button: event.submitter };
  });
})();
