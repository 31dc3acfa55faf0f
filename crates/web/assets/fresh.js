// A page on which something is under way asks for itself again, later each time, until it is done. Each time is a look
// that stands in the log; so it gives up after a few minutes, and never while somebody types.

const WAITS = [1, 1, 2, 3, 5, 8, 13, 20, 30, 30, 60, 60];

const underWay = (page) => page.querySelector("[data-under-way]");
const typing = () => document.activeElement?.matches("input, textarea, select") || document.querySelector("details[open] form");

async function askAgain(waits) {
  const [seconds, ...later] = waits;
  if (seconds === undefined || !underWay(document)) return;
  await new Promise((done) => { setTimeout(done, seconds * 1000); });
  if (document.hidden || typing()) return askAgain(later);
  const answer = await fetch(location.href, { headers: { accept: "text/html" } }).catch(() => null);
  if (answer?.ok) {
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const [was, is] = [document, page].map((d) => d.querySelector("main"));
    const anchor = document.activeElement?.id;
    if (is && was.innerHTML !== is.innerHTML && !typing()) {
      was.replaceWith(document.adoptNode(is));
      document.getElementById(anchor)?.focus({ preventScroll: true });
    }
  }
  return askAgain(later);
}

askAgain(WAITS);
