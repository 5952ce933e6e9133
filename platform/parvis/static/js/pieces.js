/* Documents at the counter: boxes are kept as they are ticked. */
(() => {
  "use strict";
  const pieces = document.getElementById("pieces");
  pieces?.addEventListener("change", async event => {
    if (event.target.type !== "checkbox") return;
    const say = text => { document.getElementById("announcer").textContent = text; };
    try {
      const answer = await fetch(pieces.action, {
        method: "POST", body: new FormData(pieces), headers: { "X-Live": "1" },
      });
      say(answer.ok ? "✓" : "");
    } catch { say(""); }  // the buttons of the form save them again
  });
})();
