// What every page needs: errors take the focus, dialogs open from their links.

const focusFirst = (root, what) => root.querySelector(what)?.focus();

document.addEventListener("DOMContentLoaded", () => focusFirst(document, "[data-focus]"));
document.addEventListener("htmx:afterSwap", (event) => focusFirst(event.target, "[data-focus], [aria-invalid=true]"));

// A link to a page of its own opens the same content in the <dialog> it names.
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-dialog]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  const dialog = document.getElementById(link.dataset.dialog);
  if (!dialog) return;
  event.preventDefault();
  dialog.showModal();
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-close]")) event.target.closest("dialog")?.close();
});

// What htmx could not do is said in #problem, until something else is done.
const problem = () => document.getElementById("problem");
document.addEventListener("htmx:afterOnLoad", ({ detail }) => {
  if (detail.successful && detail.requestConfig.verb !== "get") problem()?.replaceChildren();
});

// What a tab keeps of a form's words (kept.js) is forgotten on the page that answers the form, unless that refuses them,
// or asks to sign in again first, or for a second step.
function forgetSent() {
  const sent = JSON.parse(sessionStorage.getItem("sent") ?? "null");
  sessionStorage.removeItem("sent");
  const [navigation] = performance.getEntriesByType("navigation");
  const isRefused = navigation?.responseStatus >= 400 || document.querySelector(".problem, [aria-invalid=true]");
  if (sent?.from === document.referrer && !isRefused && document.querySelector("body:not(.entrance) .shell .account"))
    sessionStorage.removeItem(sent.words);
}
try {
  forgetSent();
} catch {
  // A browser that gives no storage kept nothing.
}
addEventListener("pageshow", ({ persisted }) => persisted && sessionStorage.removeItem("sent"));

// What a tab keeps of half-typed words is for who typed it.
document.addEventListener("submit", ({ target }) => {
  if (target.matches("form[action$='/logout/']")) sessionStorage.clear();
});

// A form that is on its way is not sent again by a second click: the server would do it twice.
const AGAIN = 2000; // milliseconds after which a click is meant
const underway = new WeakSet();
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.method !== "post") return;
  if (underway.has(form)) return event.preventDefault();
  underway.add(form);
  setTimeout(() => underway.delete(form), AGAIN);
});

// Too much text is stopped here, where it can still be changed: the server would refuse it unread.
function bytesOf(form) {
  const texts = [...new FormData(form)].filter(([, value]) => typeof value === "string");
  const fields = texts.map(([name, value]) => [name, value.replaceAll(/\r?\n/g, "\r\n")]);
  const isPlain = form.enctype === "multipart/form-data";
  return isPlain ? new Blob(fields.flat()).size : new URLSearchParams(fields).toString().length;
}
document.addEventListener(
  "submit",
  (event) => {
    const words = document.querySelector(`[data-too-large="${event.target.enctype}"]`);
    if (event.target.method !== "post" || !words || bytesOf(event.target) <= words.dataset.megabytes * 1024 ** 2) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    problem().replaceChildren(words.content.cloneNode(true));
  },
  true,
);
