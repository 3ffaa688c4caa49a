// Shows one map for the day that a slider stands on, in the place of the small maps of all days.
(() => {
  "use strict";
  const days = document.getElementById("days");
  const slider = document.getElementById("day");
  const ticks = [...days.querySelectorAll(".ticks li")];
  const said = document.getElementById("day-said");
  const button = days.querySelector("button");
  const small = days.parentElement.querySelector("figure.plate:not(#days figure)");
  const show = () => {
    const tick = ticks[Number(slider.value)];
    for (const frame of days.querySelectorAll("g.frame")) {
      frame.setAttribute("display", frame.dataset.on === tick.dataset.on ? "inline" : "none");
    }
    for (const one of ticks) { one.classList.toggle("shown", one === tick); }
    said.textContent = `${tick.textContent}. ${tick.dataset.said}`;
    slider.setAttribute("aria-valuetext", tick.textContent);
  };
  slider.addEventListener("input", show);
  ticks.forEach((tick, index) => {
    tick.addEventListener("click", () => { slider.value = index; show(); });
  });
  button.addEventListener("click", () => {
    small.hidden = !small.hidden;
    button.setAttribute("aria-pressed", String(!small.hidden));
  });
  days.hidden = false;
  small.hidden = true;
  show();
})();
