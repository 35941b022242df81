// One's own findings beside a change, and their number before the lock, as they stand by now: what another tab of the same
// reader adds shows here too. `[data-own]` names where they are asked for.

const place = () => document.querySelector("[data-own]");
let shown = 0; // how often something newer was put in place
const channel = new BroadcastChannel(`findings ${location.pathname.match(/^.*?\/sessions\/\d+\//)?.[0]}`);

/** Tells the other tabs that one's findings have changed. */
export const tell = () => channel.postMessage("");

// As sent: without the tokens, which differ each time.
function sent(part) {
  const copy = part.cloneNode(true);
  for (const token of copy.querySelectorAll("[name=csrfmiddlewaretoken]")) token.remove();
  return copy.innerHTML.replaceAll(/\s+/g, " ");
}

/** Puts the parts of an answer in the place of those that stand otherwise; the focus stays on its link. */
export function show(fresh) {
  shown += 1;
  for (const id of ["own", "final"]) {
    const [part, stands] = [fresh.getElementById(id), document.getElementById(id)];
    if (!part || !stands || sent(part) === sent(stands)) continue;
    const focused = stands.contains(document.activeElement) && document.activeElement.getAttribute("href");
    stands.replaceWith(part);
    if (focused) part.querySelector(`a[href="${CSS.escape(focused)}"]`)?.focus();
  }
}

/** Asks for them anew; where that fails the next look brings them. */
export async function refresh() {
  if (!place() || document.hidden) return;
  const before = shown;
  try {
    const answer = await fetch(place().dataset.own, { headers: { "HX-Request": "true" } });
    if (!answer.ok || answer.redirected) return;
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (shown !== before) return refresh(); // A finding was added meanwhile, which this may not know of.
    show(fresh);
  } catch {
    // There is no connection now.
  }
}

channel.addEventListener("message", refresh);
document.addEventListener("visibilitychange", refresh);
addEventListener("focus", refresh);
if (place()) tell();
