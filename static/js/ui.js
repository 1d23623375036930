/* What JavaScript adds to pages that work without it: swapped regions, suggestions, steppers, toasts, dialogs, clocks. */
(() => {
  "use strict";
  const doc = document, root = doc.documentElement, words = doc.body.dataset;
  const $ = (css, from = doc) => from.querySelector(css), $$ = (css, from = doc) => [...from.querySelectorAll(css)];
  const make = (tag, set, ...inside) => { const x = Object.assign(doc.createElement(tag), set); x.append(...inside); return x; };
  root.classList.add("js");

  const announce = (text) => { const p = $("#siaran"); p.textContent = ""; setTimeout(() => { p.textContent = text; }, 60); };
  const toast = (text, ...more) => {
    const shut = make("button", { type: "button", ariaLabel: words.tClose, onclick: () => box.remove() }, "×");
    const box = make("div", { className: "toast" }, make("span", {}, text), ...more, shut);
    $("#toasts").append(box);
    setTimeout(() => { if (!box.matches(":hover,:focus-within")) box.remove(); }, 8000);
  };

  // Fetch a page and put its [data-swap] regions (each with an id) in place of ours; a page with faults replaces the whole main.
  let running;
  const swap = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html"), focus = doc.activeElement.id, open = $$("details[open][id]");
    let pairs = $$("[data-swap][id]").map((old) => [old, next.getElementById(old.id)]).filter((p) => p[1]);
    const whole = !pairs.length || $("#kesalahan", next);
    if (whole) pairs = [[$("main"), $("main", next)]];
    else $$(".flash", next).forEach((f) => toast(f.textContent.trim(), ...$$("a", f)));
    pairs.forEach(([old, fresh]) => old.replaceWith(fresh));
    doc.title = next.title;
    open.forEach(({ id }) => { const x = doc.getElementById(id); if (x) x.open = true; });
    wake();
    const again = !whole && focus && doc.getElementById(focus), told = $("[data-announce]");
    if (again) again.focus({ preventScroll: true });
    if (told) announce(told.textContent.trim());
  };
  const busy = (on) => $$("[data-swap]").forEach((x) => { x.ariaBusy = on; });
  const go = async (url, { push = true, top, body, quiet } = {}) => {
    if (running) running.abort();
    running = body ? null : new AbortController(); // what has been sent is never aborted
    const mine = running, slow = setTimeout(busy, 300, "true");
    try {
      const answer = await fetch(url, { method: body ? "POST" : "GET", body, signal: mine && mine.signal });
      if (body && answer.redirected && new URL(answer.url).pathname !== location.pathname) { location = answer.url; return; }
      if (!(answer.headers.get("Content-Type") || "").includes("html")) throw new Error("not a page");
      swap(await answer.text());
      if (push && !body) history.pushState(1, "", url);
      if (top) { $("main").scrollIntoView(); $("main").focus({ preventScroll: true }); }
    } catch (error) {
      if (error.name === "AbortError") return;
      if (quiet) poll(); else if (body) toast(words.tOffline); else location = url;
    } finally {
      clearTimeout(slow);
      if (mine === running) busy(null);
    }
  };
  const send = (form) => {
    const url = new URL(form.action);
    url.search = new URLSearchParams([...new FormData(form)].filter((pair) => pair[1] !== ""));
    go(url.href);
  };
  addEventListener("popstate", () => go(location.href, { push: false }));

  // Every POST form is sent once; [data-auto] goes on change; [data-fetch] stays on the page.
  const free = (form) => { delete form.dataset.sent; $$("[aria-busy]", form).forEach((b) => { b.disabled = false; b.ariaBusy = null; }); };
  doc.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    if (form.matches("[data-auto]")) { event.preventDefault(); send(form); }
    if (form.method !== "post" || form.matches("[data-many]")) return; // data-many: a download, where no new page frees the button
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = 1;
    const body = form.matches("[data-fetch]") && new FormData(form, by);
    if (by) { by.ariaBusy = "true"; setTimeout(() => { by.disabled = Boolean(form.dataset.sent); }); }
    if (body) { event.preventDefault(); go(form.action, { body }).then(() => free(form)); }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) $$("form[data-sent]").forEach(free); });
  doc.addEventListener("change", ({ target }) => {
    if (target.form && target.form.matches("[data-auto]")) send(target.form);
    else if (target.matches("[data-send]")) target.form.requestSubmit();
    sums();
  });
  doc.addEventListener("input", () => sums());

  const closeMenus = (keep) => $$("details.menu[open]").filter((m) => !m.contains(keep)).forEach((m) => { m.open = false; });
  doc.addEventListener("click", (event) => {
    const at = (css) => event.target.closest(css);
    const link = at("a[data-go]"), lang = at("a[data-lang]"), step = at("[data-step]"), ask = at("details[data-dialog]>summary"), shut = at("[data-close]");
    if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) { event.preventDefault(); go(link.href, { top: link.dataset.go === "top" }); }
    if (lang) { const url = new URL(location); url.searchParams.set("lang", lang.hreflang); lang.href = url; }
    if (step) { const n = $("input", step.parentNode); n[step.dataset.step > 0 ? "stepUp" : "stepDown"](); n.dispatchEvent(new Event("change", { bubbles: true })); }
    if (ask) { event.preventDefault(); dialog(ask); }
    const fault = at(".summary a[href^='#']"), field = fault && $(fault.hash);
    if (field) { event.preventDefault(); (field.closest(".field") || field).scrollIntoView(); field.focus({ preventScroll: true }); }
    if (shut) { const box = at("dialog"); if (box) box.close(); else at("details").open = false; }
    if (at("[data-print]")) print();
    closeMenus(event.target);
  });

  // A fold that asks for a reason becomes a dialog; closing it gives the focus back.
  const dialog = (summary) => {
    const fold = summary.parentNode, inside = $(".ask-body", fold), box = make("dialog", {}, inside);
    box.setAttribute("aria-labelledby", $("h2", inside).id);
    box.onclose = () => { fold.append(inside); box.remove(); summary.focus(); };
    fold.open = false; fold.after(box); box.showModal();
  };
  doc.addEventListener("keydown", (event) => {
    const menu = $("details.menu[open]");
    if (event.key === "Escape" && menu) { closeMenus(null); $("summary", menu).focus(); }
    if (event.key === "/" && !event.target.closest("input,textarea,select,dialog")) { event.preventDefault(); $("#cari").focus(); $("#cari").select(); }
  });

  // Suggestions: the combobox pattern of the ARIA guide. The field alone is enough to search.
  const suggest = (input) => {
    const list = $("#saran"); let at = -1, wait, last = "";
    const set = (name, value) => (value ? input.setAttribute(`aria-${name}`, value) : input.removeAttribute(`aria-${name}`));
    const mark = (n) => { at = n; [...list.children].forEach((li, i) => { li.ariaSelected = String(i === n); }); set("activedescendant", n >= 0 && list.children[n].id); if (n >= 0) list.children[n].scrollIntoView({ block: "nearest" }); };
    const show = (on) => { list.hidden = !on; set("expanded", String(on)); mark(-1); };
    const pick = (li) => { if (li.dataset.href) { location = li.dataset.href; } else { input.value = li.textContent; show(false); input.form.requestSubmit(); } };
    const ask = async () => {
      const q = input.value.trim();
      if (q === last) return;
      last = q;
      let items = [];
      if (q.length > 1) { try { ({ items } = await (await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(q)}`)).json()); } catch { items = []; } }
      if (q !== last) return;
      list.replaceChildren(...items.map((x, i) => {
        const li = make("li", { id: `saran-${i}`, role: "option" }, x.label || x.text || x.name || x);
        if (x.href) li.dataset.href = x.href;
        return li;
      }));
      show(items.length > 0);
      if (items.length) announce(`${items.length} ${words.tFound}`);
    };
    input.setAttribute("role", "combobox"); set("controls", "saran"); set("autocomplete", "list"); set("expanded", "false");
    input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(ask, 150); });
    input.addEventListener("keydown", (event) => {
      const n = list.children.length, move = { ArrowDown: at + 1, ArrowUp: at < 0 ? n - 1 : at - 1 }[event.key];
      if (list.hidden) return;
      if (move !== undefined) { event.preventDefault(); mark(move >= n ? -1 : move); }
      if (event.key === "Escape") { event.preventDefault(); show(false); }
      if (event.key === "Enter" && at >= 0) { event.preventDefault(); pick(list.children[at]); }
    });
    input.addEventListener("blur", () => show(false));
    list.addEventListener("pointerdown", (event) => { event.preventDefault(); const li = event.target.closest("li"); if (li) pick(li); });
  };

  // Live totals, whole rupiah: [data-sum] holds [data-price] rows with a [data-qty] field and tells [data-line] and [data-total].
  const rupiah = (n) => `Rp${n.toLocaleString("id-ID")}`;
  const sums = () => $$("[data-sum]").forEach((sum) => {
    let total = Number(sum.dataset.add || 0);
    $$("[data-price]", sum).forEach((row) => {
      const line = row.dataset.price * Math.max(0, Math.trunc($("[data-qty]", row).value) || 0), out = $("[data-line]", row);
      total += line;
      if (out) out.textContent = rupiah(line);
    });
    $$("[data-total]", sum).forEach((out) => { out.textContent = rupiah(total); });
  });

  // Clocks: what is left until <time data-left>.
  const near = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" });
  const tick = () => $$("time[data-left]").forEach((time) => {
    const left = Math.round((new Date(time.dateTime) - Date.now()) / 60000), size = Math.abs(left);
    const [unit, one] = size < 90 ? ["minute", 1] : size < 2880 ? ["hour", 60] : ["day", 1440];
    if (!$(".left", time.parentNode)) time.after(make("span", { className: "left" }));
    $(".left", time.parentNode).textContent = near.format(Math.round(left / one), unit);
  });

  // A page that waits for work to end asks again by itself: [data-poll] says after how many milliseconds.
  let again;
  const poll = () => { const box = $("[data-poll]"); clearTimeout(again); if (box) again = setTimeout(() => go(location.href, { push: false, quiet: true }), box.dataset.poll); };

  const wake = () => { tick(); poll(); const wrong = $("[data-focus]"); if (wrong) wrong.focus(); };
  $$("[data-suggest]").forEach(suggest);
  wake();
  setInterval(tick, 30000);
})();
