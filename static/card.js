// A card saves itself a moment after the last key. What is younger goes along when the page is left, and is kept in the
// tab until the server has it: where it did not arrive, the card is saved as soon as it is shown again.

import { bringBack, forget } from "./kept.js";

const PAUSE = 5_000; // milliseconds before a save that did not arrive is tried again

const card = () => document.getElementById("card-form");
const isCard = (event) => event.target.id === "card-form";
const save = () => card() && window.htmx.trigger(card(), "submit");
let unsent = null; // the form with words that are not on their way
let current = null;

// The page that these words were typed on gives its place to this one: what still comes from there is late.
function meet(form) {
  if (form === current) return;
  current = form;
  // What was typed into it before htmx took it up, nobody heard.
  if (unsent !== form) {
    const own = form.elements.tab.value;
    if (!bringBack(form)) return forget(form);
    form.elements.before.value = form.elements.tab.value;
    form.elements.tab.value = own;
    unsent = form;
  }
  // Once every part of the answer that it came with is taken up.
  queueMicrotask(save);
}

// Other answers may be taken up between its coming and this.
document.addEventListener("htmx:afterProcessNode", (event) => isCard(event) && meet(event.target));

document.addEventListener("input", (event) => {
  if (event.target.closest?.("#card-form")) unsent = card();
});
document.addEventListener("htmx:beforeSend", (event) => {
  if (isCard(event)) unsent = null;
});
document.addEventListener("htmx:sendError", (event) => {
  if (!isCard(event)) return;
  unsent = card();
  document.getElementById("card-kept").textContent = card().dataset.lost;
  setTimeout(again, PAUSE);
});
const again = () => unsent && unsent === card() && save();
addEventListener("online", again);
addEventListener("pageshow", ({ persisted }) => persisted && again());

const goAlong = () => unsent && navigator.sendBeacon(unsent.action, new FormData(unsent));
addEventListener("pagehide", goAlong);
document.addEventListener("htmx:beforeCleanupElement", ({ target }) => {
  if (target !== unsent) return;
  goAlong();
  unsent = null;
});
document.addEventListener("click", (event) => {
  if (event.target.closest("#card-form [data-forget]")) unsent = null;
});
