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
