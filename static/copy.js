// A button copies what stands in a field; without script the field is copied by hand.

for (const button of document.querySelectorAll("[data-copies]")) {
  const field = document.getElementById(button.dataset.copies);
  const says = button.parentElement.querySelector("[role=status]");
  button.hidden = false;
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      says.textContent = button.dataset.done;
    } catch {
      // The words are selected all the same.
    }
  });
}
