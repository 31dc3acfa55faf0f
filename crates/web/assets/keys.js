// Single-key shortcuts can be switched off (WCAG 2.1.4). One switch for all pages, kept in this browser.

const PLACE = "cport-keys";
const box = document.querySelector("[data-keys] input");

function stored() {
  try { return localStorage.getItem(PLACE) !== "off"; } catch { return true; }
}

/** Whether single keys do anything now. */
export const keysOn = () => Boolean(box?.checked);

/** Whether a key press belongs to what is being typed or to the browser. */
export function belongsElsewhere(event) {
  const at = event.target;
  const typing = at instanceof HTMLElement && (at.matches("input:not([type=radio], [type=checkbox]), textarea, select") || at.isContentEditable);
  return typing || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented;
}

function show() {
  document.documentElement.toggleAttribute("data-keys-on", keysOn());
}

if (box) {
  box.checked = stored();
  box.closest("[data-keys]").hidden = false;
  box.addEventListener("change", () => {
    try { localStorage.setItem(PLACE, box.checked ? "on" : "off"); } catch { /* the choice holds for this page */ }
    show();
  });
  show();
}
