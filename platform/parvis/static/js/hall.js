/* The call screen: asks for the latest calls at each tick, or often. Written for old televisions. */
(function () {
  "use strict";
  var EVERY = 3000, WHILE_LIVE = 20000, box = document.querySelector("[data-calls]");
  var turn = 0, asking = false, again = false;
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
    var page = new DOMParser().parseFromString(text, "text/html");
    var next = page.querySelector("[data-calls]");
    document.dispatchEvent(new CustomEvent("asked", { detail: page }));
    if (!next || next.innerHTML === box.innerHTML) return;
    var before = latest();
    while (box.firstChild) box.removeChild(box.firstChild);
    while (next.firstChild) box.appendChild(next.firstChild);
    if (latest() === before) return;
    document.getElementById("announcer").textContent = latest();
    beep();
  }
  function wait() {
    turn = setTimeout(ask, document.documentElement.hasAttribute("data-live") ? WHILE_LIVE : EVERY);
  }
  function ask() {
    clearTimeout(turn);
    again = asking;
    if (asking) return;
    asking = true;
    var request = new XMLHttpRequest();
    request.open("GET", location.href);
    request.onload = function () { if (request.status === 200) show(request.responseText); };
    request.onloadend = function () { asking = false; (again ? ask : wait)(); };
    request.timeout = 10000;
    request.send();
  }
  document.addEventListener("changed", ask);
  wait();
})();
