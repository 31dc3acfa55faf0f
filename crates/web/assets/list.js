// Moves through the rows of a list by j and k; Enter follows the marked link, as the browser does anyway.

import { belongsElsewhere, keysOn } from "./keys.js";

const links = [...document.querySelectorAll("[data-list] tbody th a")];

document.addEventListener("keydown", (event) => {
  if (!keysOn() || belongsElsewhere(event) || event.shiftKey || links.length === 0) return;
  const step = { j: 1, k: -1 }[event.key];
  if (!step) return;
  const here = links.findIndex((link) => link.closest("tr").contains(document.activeElement));
  const next = here < 0 ? 0 : Math.min(Math.max(here + step, 0), links.length - 1);
  event.preventDefault();
  links[next].focus();
});
