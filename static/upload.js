// Forms that bring files: dropping them on the field's box, or on the field for a paste that
// stands for the same, and a sign that it works.

for (const box of document.querySelectorAll("[data-drop], [data-drop-for]")) {
  const input = document.getElementById(box.dataset.dropFor) ?? box.querySelector("input[type=file]");
  let depth = 0;
  const over = (is) => box.classList.toggle("over", is);
  const hasFiles = (event) => event.dataTransfer?.types.includes("Files");

  box.addEventListener("dragenter", (event) => {
    if (!hasFiles(event)) return;
    depth += 1;
    over(true);
  });
  box.addEventListener("dragleave", () => {
    depth = Math.max(0, depth - 1);
    over(depth > 0);
  });
  box.addEventListener("dragover", (event) => {
    if (!hasFiles(event)) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "copy";
  });
  box.addEventListener("drop", (event) => {
    depth = 0;
    over(false);
    if (!event.dataTransfer?.files.length) return;
    event.preventDefault();
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
    input.focus();
  });
}

// A file that misses the box would otherwise open in place of the form.
for (const kind of ["dragover", "drop"]) {
  document.addEventListener(kind, (event) => {
    if (event.dataTransfer?.types.includes("Files") && !event.defaultPrevented) {
      event.preventDefault();
      event.dataTransfer.dropEffect = "none";
    }
  });
}

for (const form of document.querySelectorAll("form[data-busy]")) {
  const sign = form.querySelector("[data-working] > div");
  const show = (is) => {
    form.setAttribute("aria-busy", String(is));
    if (sign) sign.hidden = !is;
  };
  form.addEventListener("submit", () => show(true));
  // Coming back by the browser's button brings the page as it was left.
  addEventListener("pageshow", () => show(false));
}
