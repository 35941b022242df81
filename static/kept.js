// Keeps in this tab what is typed in a `form[data-kept]` until the server has it: a page that is left, loaded again or
// drawn anew shows it again. The value of `data-kept` is whose words they are; `[data-forget]` in a form gives them up.

const address = (form) => `typed ${form.dataset.kept} ${form.getAttribute("action")}`;
const formOf = (event) => event.target.closest?.("form[data-kept]");

/** The words of a form, and what it says of itself: its version, its key. */
function contents(form) {
  const [typed, hidden] = [{}, {}];
  for (const [name, value] of new FormData(form)) {
    if (name === "csrfmiddlewaretoken") continue;
    (form.elements[name].type === "hidden" ? hidden : typed)[name] = value;
  }
  return { typed, hidden };
}
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// A browser that gives no storage keeps nothing; the form works without.
function storage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
const kept = (form) => JSON.parse(storage()?.getItem(address(form)) ?? "null");

export const keep = (form) => storage()?.setItem(address(form), JSON.stringify(contents(form)));
export const forget = (form) => storage()?.removeItem(address(form));

// The page that answers a form forgets its words (app.js), unless it refuses them.
const isOnItsWay = (form) =>
  storage()?.setItem("sent", JSON.stringify({ words: address(form), from: location.href.split("#")[0] }));

/** Puts back what is kept for a form; whether it is other than what the form showed. */
export function bringBack(form) {
  const words = kept(form);
  // Of a later version than there is: what they were written over was discarded.
  if (Number(words?.hidden.version) > Number(form.elements.version?.value)) return false;
  if (!words || isSame(words.typed, contents(form).typed)) return false;
  for (const [name, value] of Object.entries({ ...words.hidden, ...words.typed }))
    if (form.elements[name]) form.elements[name].value = value;
  return true;
}

document.addEventListener("input", (event) => formOf(event) && keep(formOf(event)));
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-forget]") && formOf(event)) forget(formOf(event));
});

// What was typed while the words were on their way is not forgotten with them.
const sent = new WeakMap();
document.addEventListener("htmx:beforeSend", (event) => {
  if (formOf(event)) sent.set(formOf(event), contents(formOf(event)).typed);
});
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const [form, { xhr, requestConfig }] = [formOf(event), event.detail];
  if (!form || xhr.status >= 300 || requestConfig.formData.has("preview")) return;
  if (xhr.getResponseHeader("HX-Redirect")) return isOnItsWay(form);
  if (isSame(kept(form)?.typed, sent.get(form))) forget(form);
});

document.addEventListener("submit", (event) => {
  if (!event.defaultPrevented && formOf(event)) isOnItsWay(formOf(event));
});

// A form that saves itself sees to its own.
const met = new WeakSet();
function meet() {
  for (const form of document.querySelectorAll("form[data-kept]:not(#card-form)")) {
    if (!met.has(form)) bringBack(form);
    met.add(form);
  }
}
document.addEventListener("htmx:load", meet);
meet();
