/* Judging by keyboard: digits score and go on, t and x decide, Enter sends, j and k turn the page. The form works without it. */
(() => {
  "use strict";
  const form = document.querySelector("form.verdict"), all = (css, from = form) => [...from.querySelectorAll(css)];
  const turn = (rel) => { const link = document.querySelector(`main a[rel=${rel}]`); if (link) link.click(); };
  const stop = (at) => at.querySelector(":checked") || at.querySelector("input");
  const choose = (box, then) => { box.checked = true; box.dispatchEvent(new Event("change", { bubbles: true })); then.focus(); };

  const score = (digit) => {
    const groups = all(".score"), here = groups.find((g) => g.contains(document.activeElement)) || groups.find((g) => !g.querySelector(":checked"));
    if (!here) return;
    const next = groups[groups.indexOf(here) + 1];
    choose(here.querySelector(`[value="${digit}"]`), next ? stop(next) : stop(form.querySelector(".decision")));
  };
  const step = (by) => {
    const ticks = all(".refusal [type=checkbox]"), at = ticks.indexOf(document.activeElement);
    if (at >= 0) ticks[(at + by + ticks.length) % ticks.length].focus();
    return at >= 0;
  };
  const keys = {
    j: () => turn("next"),
    k: () => turn("prev"),
    "?": () => { const help = document.querySelector("#tombol"); if (help) help.open = !help.open; },
    t: () => form && choose(form.querySelector("[value=accept]"), form.querySelector("[type=submit]")),
    x: () => form && choose(form.querySelector("[value=refuse]"), form.querySelector("#f-reasons")),
  };
  // Who speaks to the machine, or types with a shaking hand, may turn the keys off (WCAG 2.1.4); kept in this browser.
  const off = document.querySelector("#tombol-mati");
  if (off) {
    off.checked = localStorage.getItem("tombol") === "mati";
    off.onchange = () => localStorage.setItem("tombol", off.checked ? "mati" : "");
  }
  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if (off && off.checked) return;
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    if (target.closest("input:not([type=radio],[type=checkbox]),textarea,select,dialog")) return;
    if (form && /^[1-5]$/.test(key)) { event.preventDefault(); if (!target.closest(".refusal")) score(key); }
    else if (form && (key === "ArrowDown" || key === "ArrowUp")) { if (step(key === "ArrowDown" ? 1 : -1)) event.preventDefault(); }
    else if (form && key === "Enter" && !target.closest("a,button,summary")) { event.preventDefault(); form.requestSubmit(); }
    else if (Object.hasOwn(keys, key)) { event.preventDefault(); keys[key](); }
  });
})();
