// Matching: sliders say their number, ticks are counted, and a name is dragged to another mentor.

document.addEventListener("input", ({ target }) => {
  if (target.matches(".weight input")) target.closest(".weight").querySelector("output").value = target.value;
});

// The server counts over all pages; here only what is ticked since.
const ticks = () => document.querySelectorAll("#proposals input[name=pair]");
const count = () => [...ticks()].filter((tick) => tick.checked).length;
const said = document.querySelectorAll("[data-chosen]");
const before = Number(said[0]?.dataset.chosen) - count();
document.addEventListener("change", ({ target }) => {
  if (target.matches("#proposals input[name=pair]"))
    for (const element of said) element.textContent = element.textContent.replace(/\d+/, before + count());
  if (target.matches("[data-sends]")) target.form.requestSubmit();
});

let dragged = null;
for (const name of document.querySelectorAll("[data-junior]"))
  if (name.parentElement.querySelector("[data-card]")) name.draggable = true;
document.addEventListener("dragstart", (event) => {
  dragged = event.target.closest?.("[data-junior]");
  dragged?.closest("li").classList.add("dragged");
});
document.addEventListener("dragend", () => {
  for (const item of document.querySelectorAll("#result .dragged, #result .over-here")) item.classList.remove("dragged", "over-here");
  dragged = null;
});
const place = (event) => {
  const item = event.target.closest?.(".proposal[data-mentor]");
  return dragged && item && item !== dragged.closest("li") ? item : null;
};
document.addEventListener("dragover", (event) => {
  for (const item of document.querySelectorAll(".over-here")) item.classList.remove("over-here");
  const item = place(event);
  if (!item) return;
  event.preventDefault();
  item.classList.add("over-here");
});
document.addEventListener("drop", (event) => {
  const item = place(event);
  if (!item) return;
  event.preventDefault();
  const details = dragged.closest("li").querySelector("[data-card]");
  // In place of what opening would load by itself.
  const card = document.createElement("div");
  card.id = `card-${dragged.dataset.junior}`;
  document.getElementById(card.id).replaceWith(card);
  details.open = true;
  htmx.ajax("GET", `${details.dataset.card}?mentor=${item.dataset.mentor}`, { target: card, swap: "outerHTML" });
  details.scrollIntoView({ block: "nearest" });
});
