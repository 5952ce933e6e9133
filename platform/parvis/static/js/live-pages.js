/* A stream of ticks: what is shown has changed, ask again. Written for old televisions. */
(function () {
  "use strict";
  var SPREAD = 300, root = document.documentElement, stream = null, soon = 0;
  var place = document.querySelector("[data-live-topic]");
  if (!place || !window.EventSource) return;
  var address = place.getAttribute("data-live-topic");

  function changed() {
    if (soon) return;
    soon = setTimeout(function () {
      soon = 0;
      document.dispatchEvent(new CustomEvent("changed"));
    }, Math.random() * SPREAD);
  }
  function mark() {
    if (stream && stream.readyState === 1) root.setAttribute("data-live", "");
    else root.removeAttribute("data-live");  // the page polls more often
  }
  function close() {
    if (stream) stream.close();
    stream = null;
    mark();
  }
  function open() {
    if (document.hidden || (stream && stream.readyState !== 2)) return;
    var port = place.getAttribute("data-live-port");
    var host = port ? location.protocol + "//" + location.hostname + ":" + port : "";
    stream = new EventSource(host + address);
    stream.onmessage = changed;
    stream.onopen = stream.onerror = mark;
  }
  // Whoever asked again gives the page that came: its address is good for twelve more hours.
  document.addEventListener("asked", function (event) {
    var next = event.detail.querySelector("[data-live-topic]");
    if (next) address = next.getAttribute("data-live-topic");
    open();
  });
  document.addEventListener("visibilitychange", function () {
    if (document.hidden) close();
    else open();
  });
  window.addEventListener("pagehide", close);
  window.addEventListener("pageshow", open);
  open();
})();
