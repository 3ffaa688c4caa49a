// Lets the reader move and zoom the map, switch its layers and read the names of what is on it.
// The page is whole without it: the SVG stands as it is, and its names are also in the tables.
"use strict";
(() => {
  const SMALLEST = 1 / 32;

  for (const figure of document.querySelectorAll("figure.map")) {
    const svg = figure.querySelector("svg");
    const frame = figure.querySelector(".map-frame");
    if (!svg || !frame || !svg.viewBox.baseVal.width) continue;
    enhance(figure, frame, svg);
  }

  function enhance(figure, frame, svg) {
    const said = figure.dataset;
    const { x, y, width, height } = svg.viewBox.baseVal;
    const whole = { x, y, width, height };
    let view = { ...whole };

    const show = () => {
      svg.setAttribute("viewBox", [view.x, view.y, view.width, view.height].join(" "));
      svg.classList.toggle("zoomed", view.width < whole.width);
    };
    const within = (low, value, high) => Math.min(Math.max(value, low), high);
    const place = (left, top) => {
      view.x = within(whole.x, left, whole.x + whole.width - view.width);
      view.y = within(whole.y, top, whole.y + whole.height - view.height);
      show();
    };
    // Keeps the point at the fractions across and down of the view where it is.
    const zoom = (factor, across = 0.5, down = 0.5) => {
      const scale = within(SMALLEST, (view.width * factor) / whole.width, 1);
      const before = { ...view };
      view.width = whole.width * scale;
      view.height = whole.height * scale;
      place(before.x + across * (before.width - view.width), before.y + down * (before.height - view.height));
    };
    const reset = () => { view = { ...whole }; show(); };

    const bar = document.createElement("div");
    bar.className = "map-bar";
    const button = (sign, label, act) => {
      const made = document.createElement("button");
      made.type = "button";
      made.textContent = sign;
      made.setAttribute("aria-label", label);
      made.title = label;
      made.addEventListener("click", act);
      bar.append(made);
    };
    button("+", said.zoomIn, () => zoom(0.7));
    button("−", said.zoomOut, () => zoom(1 / 0.7));
    button("⤢", said.wholeMap, reset);

    const layers = [...svg.querySelectorAll("g.layer[data-name]")];
    const names = [...new Set(layers.map((layer) => layer.dataset.name))];
    // What a switch hides: the layers of its name, and the labels of what is on them.
    const partsOf = (name) => layers.filter((layer) => layer.dataset.name === name).flatMap((layer) => [
      layer, ...[...svg.querySelectorAll("g.label")].filter((label) => label.dataset.of === layer.dataset.layer),
    ]);
    if (names.length) {
      const folded = document.createElement("details");
      const title = document.createElement("summary");
      title.textContent = said.layers;
      const list = document.createElement("div");
      list.className = "map-layers";
      for (const name of names) {
        const label = document.createElement("label");
        const box = document.createElement("input");
        box.type = "checkbox";
        box.checked = true;
        box.addEventListener("change", () => {
          for (const part of partsOf(name)) part.style.display = box.checked ? "" : "none";
        });
        label.append(box, " ", name);
        list.append(label);
      }
      folded.append(title, list);
      bar.append(folded);
    }
    frame.before(bar);

    const name = document.createElement("p");
    name.className = "map-name";
    name.textContent = said.help;
    frame.after(name);
    const tell = (target) => {
      const found = [];
      for (let at = target; at && at !== svg; at = at.parentElement) {
        if (at.matches?.("g.feature[data-name], g.label[data-name]")) found.push(at.dataset.name);
      }
      name.textContent = found[0] ?? said.help;
    };
    svg.addEventListener("pointerover", (event) => tell(event.target));
    svg.addEventListener("pointerleave", () => tell(null));

    const pointers = new Map();
    const spread = () => {
      const [a, b] = [...pointers.values()];
      return Math.hypot(a.x - b.x, a.y - b.y);
    };
    svg.addEventListener("pointerdown", (event) => {
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (view.width < whole.width || pointers.size > 1) svg.setPointerCapture(event.pointerId);
    });
    svg.addEventListener("pointermove", (event) => {
      const last = pointers.get(event.pointerId);
      if (!last) return;
      const size = svg.getBoundingClientRect();
      const apart = pointers.size === 2 ? spread() : 0;
      pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      if (pointers.size === 1) {
        const scale = view.width / size.width;
        place(view.x - (event.clientX - last.x) * scale, view.y - (event.clientY - last.y) * scale);
      } else if (pointers.size === 2 && spread() > 0) {
        zoom(apart / spread());
      }
    });
    for (const kind of ["pointerup", "pointercancel", "pointerleave"]) {
      svg.addEventListener(kind, (event) => pointers.delete(event.pointerId));
    }
    // The wheel scrolls the page, as everywhere; with Ctrl or Cmd (or a pinch) it zooms.
    svg.addEventListener("wheel", (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const size = svg.getBoundingClientRect();
      zoom(Math.exp(event.deltaY / 300), (event.clientX - size.left) / size.width, (event.clientY - size.top) / size.height);
    }, { passive: false });
    svg.addEventListener("dblclick", (event) => {
      const size = svg.getBoundingClientRect();
      zoom(0.5, (event.clientX - size.left) / size.width, (event.clientY - size.top) / size.height);
    });
    frame.addEventListener("keydown", (event) => {
      const step = 0.1;
      const acts = {
        "+": () => zoom(0.7), "=": () => zoom(0.7), "-": () => zoom(1 / 0.7), "0": reset,
        ArrowLeft: () => place(view.x - step * view.width, view.y),
        ArrowRight: () => place(view.x + step * view.width, view.y),
        ArrowUp: () => place(view.x, view.y - step * view.height),
        ArrowDown: () => place(view.x, view.y + step * view.height),
      };
      // On the whole map the arrows still scroll the page.
      const isArrow = event.key.startsWith("Arrow");
      if (event.ctrlKey || event.metaKey || event.altKey || !acts[event.key]) return;
      if (isArrow && view.width === whole.width) return;
      event.preventDefault();
      acts[event.key]();
    });
  }
})();
