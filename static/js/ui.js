/* What JavaScript adds to pages that work without it: swapping regions, suggestions, steppers, toasts, dialogs, clocks. */
(() => {
  "use strict";
  const doc = document, root = doc.documentElement, say = doc.body.dataset;
  const $ = (css, from = doc) => from.querySelector(css);
  const $$ = (css, from = doc) => [...from.querySelectorAll(css)];
  root.classList.add("js");

  // Saying things: a quiet line for screen readers, a toast for everyone.
  const announce = (text) => { const p = $("#siaran"); p.textContent = ""; setTimeout(() => { p.textContent = text; }, 60); };
  const toast = (text, link) => {
    const box = doc.createElement("div"), words = doc.createElement("span"), shut = doc.createElement("button");
    box.className = "toast"; words.textContent = text; shut.type = "button"; shut.textContent = "×"; shut.ariaLabel = say.tClose;
    shut.onclick = () => box.remove();
    box.append(words, ...(link ? [link] : []), shut);
    $("#toasts").append(box);
    setTimeout(() => { if (!box.matches(":hover,:focus-within")) box.remove(); }, 8000);
  };

  // Fetch a page and put its [data-swap] regions (each with an id) in place of ours.
  let running;
  const swap = (text) => {
    const next = new DOMParser().parseFromString(text, "text/html");
    const focus = doc.activeElement && doc.activeElement.id, open = $$("details[open][id]").map((x) => x.id);
    const pairs = $$("[data-swap][id]").map((old) => [old, next.getElementById(old.id)]).filter((p) => p[1]);
    const whole = !pairs.length || next.getElementById("kesalahan");
    if (whole) pairs.splice(0, pairs.length, [$("main"), $("main", next)]);
    pairs.forEach(([old, fresh]) => old.replaceWith(fresh));
    if (!whole) $$(".flash", next).forEach((f) => toast(f.textContent.trim(), $("a,button", f)));
    doc.title = next.title;
    open.forEach((id) => { const x = doc.getElementById(id); if (x) x.open = true; });
    wake();
    const again = focus && doc.getElementById(focus);
    if (again && !whole) again.focus({ preventScroll: true });
    const told = $("[data-announce]");
    if (told) announce(told.textContent.trim());
  };
  const go = async (url, { push = true, top = false, body } = {}) => {
    if (running) running.abort();
    const mine = body ? null : new AbortController(); // a sent order is never aborted
    running = mine;
    const slow = setTimeout(() => $$("[data-swap]").forEach((x) => { x.ariaBusy = "true"; }), 300);
    try {
      const answer = await fetch(url, { method: body ? "POST" : "GET", body, signal: mine && mine.signal, headers: { "X-Requested-With": "fetch" } });
      if (!(answer.headers.get("Content-Type") || "").includes("html")) throw new Error("not a page");
      swap(await answer.text());
      if (push && !body) history.pushState(1, "", url);
      else if (body && answer.redirected && new URL(answer.url).pathname !== location.pathname) { location = answer.url; return; }
      if (top) { const main = $("main"); main.scrollIntoView(); main.focus({ preventScroll: true }); }
    } catch (error) {
      if (error.name === "AbortError") return;
      if (body) toast(say.tOffline); else location = url;
    } finally {
      clearTimeout(slow);
      $$("[data-swap]").forEach((x) => { x.ariaBusy = null; });
    }
  };
  const asked = (form) => {
    const url = new URL(form.action), keep = [...new FormData(form)].filter(([, v]) => typeof v === "string" && v !== "");
    url.search = new URLSearchParams(keep);
    return url.href;
  };
  addEventListener("popstate", () => go(location.href, { push: false }));

  // Sending: every POST once; [data-auto] forms on change; [data-fetch] forms without leaving the page.
  const free = (form) => { delete form.dataset.sent; $$("[aria-busy]", form).forEach((b) => { b.disabled = false; b.ariaBusy = null; }); };
  doc.addEventListener("submit", (event) => {
    const form = event.target, by = event.submitter;
    if (form.matches("[data-auto]")) { event.preventDefault(); go(asked(form)); return; }
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "1";
    const body = form.matches("[data-fetch]") && new FormData(form, by);
    if (by) { by.ariaBusy = "true"; setTimeout(() => { by.disabled = true; }); }
    if (body) { event.preventDefault(); go(form.action, { body }).then(() => free(form)); }
  });
  addEventListener("pageshow", (event) => { if (event.persisted) $$("form[data-sent]").forEach(free); });
  doc.addEventListener("change", (event) => {
    const form = event.target.form;
    if (form && form.matches("[data-auto]")) go(asked(form));
    else if (form && event.target.matches("[data-send]")) form.requestSubmit();
    count();
  });
  doc.addEventListener("input", () => count());

  doc.addEventListener("click", (event) => {
    const at = (css) => event.target.closest(css), plain = !(event.ctrlKey || event.metaKey || event.shiftKey);
    const link = at("a[data-go]"), lang = at("a[data-lang]"), step = at("[data-step]"), ask = at("details[data-dialog]>summary"), shut = at("[data-close]");
    if (link && plain) { event.preventDefault(); go(link.href, { top: link.dataset.go === "top" }); }
    if (lang) { const url = new URL(location); url.searchParams.set("lang", lang.hreflang); lang.href = url; }
    if (step) { const n = $("input", step.parentNode); if (step.dataset.step > 0) n.stepUp(); else n.stepDown(); n.dispatchEvent(new Event("change", { bubbles: true })); }
    if (ask) { event.preventDefault(); dialog(ask); }
    if (shut) { const box = shut.closest("dialog"); if (box) box.close(); else shut.closest("details").open = false; }
    if (at("[data-print]")) print();
    $$("details.menu[open]").forEach((m) => { if (!m.contains(event.target)) m.open = false; });
  });

  // A fold that asks for a reason becomes a dialog; closing gives the focus back.
  const dialog = (summary) => {
    const fold = summary.parentNode, inside = $(".ask-body", fold), box = doc.createElement("dialog");
    box.setAttribute("aria-labelledby", $("h2", inside).id);
    box.append(inside); fold.after(box); box.showModal();
    box.onclose = () => { fold.append(inside); box.remove(); summary.focus(); };
  };

  doc.addEventListener("keydown", (event) => {
    if (event.key === "Escape") $$("details.menu[open]").forEach((m) => { m.open = false; $("summary", m).focus(); });
    if (event.key === "/" && !event.target.closest("input,textarea,select,dialog")) { event.preventDefault(); $("#cari").focus(); $("#cari").select(); }
  });

  // Suggestions: the combobox pattern. The field alone is enough to search.
  const suggest = (input) => {
    const list = $("#saran"); let at = -1, wait, last = "";
    const shut = () => { list.hidden = true; at = -1; input.ariaExpanded = "false"; input.removeAttribute("aria-activedescendant"); };
    const mark = (n) => {
      const all = [...list.children]; at = (n + all.length + 1) % (all.length + 1); if (at === all.length) at = -1;
      all.forEach((li, i) => { li.ariaSelected = String(i === at); });
      if (at < 0) input.removeAttribute("aria-activedescendant"); else { input.setAttribute("aria-activedescendant", all[at].id); all[at].scrollIntoView({ block: "nearest" }); }
    };
    const pick = (li) => { if (li.dataset.href) { location = li.dataset.href; return; } input.value = li.textContent; shut(); input.form.requestSubmit(); };
    const show = async () => {
      const q = input.value.trim();
      if (q.length < 2) { last = q; shut(); return; }
      if (q === last) return;
      last = q;
      try {
        const { items } = await (await fetch(`${input.dataset.suggest}?q=${encodeURIComponent(q)}`)).json();
        if (q !== input.value.trim()) return;
        list.replaceChildren(...items.map((x, i) => {
          const li = doc.createElement("li"); li.id = `saran-${i}`; li.role = "option"; li.ariaSelected = "false";
          li.textContent = x.label || x.text || x.name || x; if (x.href) li.dataset.href = x.href; return li;
        }));
        if (!items.length) { shut(); return; }
        list.hidden = false; input.ariaExpanded = "true"; at = -1; announce(`${items.length} ${say.tFound}`);
      } catch { shut(); }
    };
    Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": "saran", "aria-autocomplete": "list" }).forEach(([k, v]) => input.setAttribute(k, v));
    input.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(show, 150); });
    input.addEventListener("keydown", (event) => {
      if (event.key === "Escape" && !list.hidden) { event.preventDefault(); shut(); }
      if (list.hidden) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); mark(at < 0 && event.key === "ArrowUp" ? list.children.length - 1 : at + (event.key === "ArrowDown" ? 1 : -1)); }
      if (event.key === "Enter" && at >= 0) { event.preventDefault(); pick(list.children[at]); }
    });
    input.addEventListener("blur", () => setTimeout(shut, 150));
    list.addEventListener("pointerdown", (event) => { event.preventDefault(); const li = event.target.closest("li"); if (li) pick(li); });
  };

  // Live totals: [data-sum] holds [data-price] rows with a [data-qty] input, and says [data-line] and [data-total]. Whole rupiah.
  const rupiah = (n) => `Rp${n.toLocaleString("id-ID")}`;
  const count = () => $$("[data-sum]").forEach((sum) => {
    let total = Number(sum.dataset.add || 0);
    $$("[data-price]", sum).forEach((row) => {
      const n = $("[data-qty]", row), line = row.dataset.price * (n ? Math.max(0, Math.trunc(n.value)) || 0 : 1), out = $("[data-line]", row);
      total += line; if (out) out.textContent = rupiah(line);
    });
    $$("[data-total]", sum).forEach((out) => { out.textContent = rupiah(total); });
  });

  // Clocks: what is left until the moment in <time data-left>.
  const near = new Intl.RelativeTimeFormat(root.lang, { numeric: "auto" });
  const tick = () => $$("time[data-left]").forEach((time) => {
    const minutes = Math.round((new Date(time.dateTime) - Date.now()) / 60000), size = Math.abs(minutes);
    const words = size < 90 ? near.format(minutes, "minute") : size < 2880 ? near.format(Math.round(minutes / 60), "hour") : near.format(Math.round(minutes / 1440), "day");
    let out = time.nextElementSibling;
    if (!out || !out.matches(".left")) { out = doc.createElement("span"); out.className = "left"; time.after(out); }
    out.textContent = words;
  });

  const wake = () => { tick(); const wrong = $("[data-focus]"); if (wrong) wrong.focus(); };
  $$("[data-suggest]").forEach(suggest);
  wake();
  setInterval(tick, 30000);
})();
