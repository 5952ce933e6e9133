/* After login there is one way on: take it. Without script it is a button or a link. */
(() => {
  "use strict";
  const LONGEST_WAIT_MS = 1000;  // a hidden tab is never revealed
  let left = false;
  const go = () => {
    const onward = document.getElementById("onward");
    if (left || !onward) return;
    left = true;
    if (onward.href) location.replace(onward.href);
    else onward.requestSubmit();
  };
  const ready = () => setTimeout(go, "onpagereveal" in window ? LONGEST_WAIT_MS : 0);
  if (document.readyState === "loading") addEventListener("DOMContentLoaded", ready);
  else ready();
  addEventListener("pagereveal", event => {  // leaving while the page fades in is an error
    const fade = event.viewTransition;
    if (!fade) return setTimeout(go);
    fade.ready.catch(() => {});
    fade.finished.then(go, go);
    fade.skipTransition();
  });
})();
