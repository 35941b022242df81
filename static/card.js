// A card saves itself a moment after the last key; what is younger goes along when the page is left.

let isUnsent = false;
const cardOf = (event) => event.target.closest?.("#card-form");

document.addEventListener("input", (event) => {
  if (cardOf(event)) isUnsent = true;
});
document.addEventListener("htmx:beforeSend", (event) => {
  if (cardOf(event)) isUnsent = false;
});
addEventListener("pagehide", () => {
  const card = document.getElementById("card-form");
  if (isUnsent && card) navigator.sendBeacon(card.action, new FormData(card));
  isUnsent = false;
});
