/* [data-near-me]: the form is sent with the place of the telephone, to about a kilometre. */
(() => {
  "use strict";
  const button = document.querySelector("[data-near-me]");
  if (!button || !navigator.geolocation) return;
  const box = button.parentElement, said = box.querySelector("[role=status]");
  const { lat, lon, lieu, insee } = button.form.elements;
  const say = key => { said.textContent = box.dataset[key]; };
  button.hidden = false;
  button.addEventListener("click", () => {
    say("locating");
    navigator.geolocation.getCurrentPosition(
      ({ coords }) => {
        lat.value = coords.latitude.toFixed(2);
        lon.value = coords.longitude.toFixed(2);
        lieu.value = insee.value = "";
        button.form.requestSubmit();
      },
      error => say(error.code === 1 ? "denied" : "lost"),
      { timeout: 10000, maximumAge: 300000 },
    );
  });
  // A name that is typed takes the place of both.
  lieu.addEventListener("input", () => { lat.value = lon.value = insee.value = ""; });
})();
