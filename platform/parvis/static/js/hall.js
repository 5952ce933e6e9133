/* The call screen: asks for the latest calls every three seconds. Written for old televisions. */
(function () {
  "use strict";
  var EVERY = 3000, box = document.querySelector("[data-calls]");
  var button = document.querySelector("[data-sound]"), context = null;
  if (!box) return;

  function beep() {
    if (!context) return;
    var tone = context.createOscillator();
    tone.connect(context.destination);
    tone.frequency.value = 660;
    tone.start();
    tone.stop(context.currentTime + 0.4);
  }
  var Context = window.AudioContext || window.webkitAudioContext;
  if (Context) {
    button.hidden = false;
    button.addEventListener("click", function () {
      context = context ? null : new Context();
      button.setAttribute("aria-pressed", context ? "true" : "false");
      beep();
    });
  }

  function latest() {
    var line = box.querySelector("li");
    return line ? line.textContent.replace(/\s+/g, " ").trim() : "";
  }
  function show(text) {
    var next = new DOMParser().parseFromString(text, "text/html").querySelector("[data-calls]");
    if (!next || next.innerHTML === box.innerHTML) return;
    var before = latest();
    while (box.firstChild) box.removeChild(box.firstChild);
    while (next.firstChild) box.appendChild(next.firstChild);
    if (latest() === before) return;
    document.getElementById("announcer").textContent = latest();
    beep();
  }
  function ask() {
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.onload = function () { if (request.status === 200) show(request.responseText); };
    request.onloadend = function () { setTimeout(ask, EVERY); };
    request.timeout = 10000;
    request.send();
  }
  setTimeout(ask, EVERY);
})();
