// What a page needs beside htmx: every part works without it, except where a list refreshes itself.
"use strict";

// htmx puts HTML of ours into the page and nothing else: answers carry no scripts, and none that slipped in would run.
htmx.registerExtension("tieout", {
  init: (api) => {
    if (window.trustedTypes) {
      api.initSecurity(trustedTypes.createPolicy("htmx", { createHTML: (html) => html, createScript: () => "" }));
    }
  },
});

document.addEventListener("click", (event) => {
  const copied = event.target.closest("[data-copy]");
  if (copied) {
    navigator.clipboard.writeText(copied.dataset.copy);
    copied.textContent = "Copied";
  }
});

document.addEventListener("change", (event) => {
  const all = event.target.closest("[data-ticks-all]");
  if (all) {
    for (const box of document.getElementsByName(all.dataset.ticksAll)) box.checked = all.checked;
  }
});

// A choice that filters or switches takes effect at once.
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-submits]")) event.target.form.requestSubmit();
});

// One open question at a time; Escape closes it.
document.addEventListener("toggle", (event) => {
  if (event.target.matches("details.asks[open]")) {
    for (const other of document.querySelectorAll("details.asks[open]")) if (other !== event.target) other.open = false;
  }
}, true);
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape") for (const open of document.querySelectorAll("details.asks[open]")) open.open = false;
});
