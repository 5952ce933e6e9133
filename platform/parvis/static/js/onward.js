/* After login there is one way on: take it. Without script it is a button or a link. */
(() => {
  "use strict";
  const onward = document.getElementById("onward");
  if (!onward) return;
  if (onward.href) location.replace(onward.href);
  else onward.requestSubmit();
})();
