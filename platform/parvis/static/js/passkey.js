/* Forms that carry a passkey: ask the device, put its answer in the form, send it. */
(() => {
  "use strict";
  const keys = window.webauthnJSON;
  if (!keys || !keys.supported()) return;

  const options = async form => {
    if (form.dataset.passkey !== "login") {
      return JSON.parse(document.getElementById("key-options").textContent);
    }
    const answer = await fetch(form.action, { headers: { Accept: "application/json" } });
    if (!answer.ok) throw new Error(answer.statusText);
    return answer.json();
  };
  const create = async (form, { creation_options: wanted }) => {
    const alone = form.elements.passwordless?.checked;
    if (alone) {
      Object.assign(wanted.publicKey.authenticatorSelection, {
        residentKey: "required", requireResidentKey: true, userVerification: "required",
      });
    }
    return keys.create(wanted);
  };

  for (const form of document.querySelectorAll("[data-passkey]")) {
    form.hidden = false;
    form.querySelector("[type=submit], button").addEventListener("click", async event => {
      event.preventDefault();
      try {
        const asked = await options(form);
        const given = form.dataset.passkey === "create"
          ? await create(form, asked) : await keys.get(asked.request_options);
        form.elements.credential.value = JSON.stringify(given);
        form.submit();
      } catch (refusal) {  // the person closed the window of the device: nothing is lost
        if (refusal.name !== "NotAllowedError" && refusal.name !== "AbortError") throw refusal;
      }
    });
  }
})();
