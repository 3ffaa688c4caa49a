// Copies the citations of a section, and unfolds everything for printing.
(() => {
  for (const button of document.querySelectorAll("button.copy")) {
    const section = document.getElementById(button.dataset.of);
    const cites = () => [...new Set([...section.querySelectorAll("cite")].map((cite) => cite.textContent))];
    if (!section || !cites().length) continue;
    const label = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await write(cites().join("\n"));
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = label; }, 2000);
    });
  }

  async function write(text) {
    try {
      await navigator.clipboard.writeText(text);
    } catch {
      // Without the right to the clipboard the old way still works on a selection.
      const area = document.createElement("textarea");
      area.value = text;
      document.body.append(area);
      area.select();
      document.execCommand("copy");
      area.remove();
    }
  }

  let folded = [];
  addEventListener("beforeprint", () => {
    folded = [...document.querySelectorAll("details:not([open])")];
    for (const one of folded) one.open = true;
  });
  addEventListener("afterprint", () => {
    for (const one of folded) one.open = false;
  });
})();
