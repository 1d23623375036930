/* The order inbox rings until every new order is answered: a tone made here, no file, after one tap to allow it. */
(() => {
  "use strict";
  const doc = document, box = doc.getElementById("bunyi");
  if (!box) return;
  const { feed, new: told, on, off } = box.dataset, every = 20000, again = 5000, key = "pesanan-suara";
  const button = box.querySelector("[data-sound]"), fresh = box.querySelector("[data-fresh]"), live = doc.getElementById("siaran");
  const page = doc.title.replace(/^\(\d+\) /, ""), seen = Number(box.dataset.newest);
  let waiting = Number(box.dataset.waiting), newest = seen, etag = "", audio = null, wanted = false;
  const remember = (value) => { try { localStorage.setItem(key, value); } catch { /* private mode: asked again next time */ } };
  const recall = () => { try { return localStorage.getItem(key) === "1"; } catch { return false; } };

  // Two short notes, a fourth apart: heard through a kitchen, over in half a second.
  const ring = () => {
    if (!wanted || !waiting) return;
    if (navigator.vibrate) navigator.vibrate([200, 100, 200]);
    if (!audio || audio.state !== "running") return;
    [[660, 0], [880, 0.22]].forEach(([pitch, after]) => {
      const tone = audio.createOscillator(), loud = audio.createGain(), at = audio.currentTime + after;
      tone.frequency.value = pitch;
      loud.gain.setValueAtTime(0.0001, at);
      loud.gain.exponentialRampToValueAtTime(0.4, at + 0.02);
      loud.gain.exponentialRampToValueAtTime(0.0001, at + 0.2);
      tone.connect(loud).connect(audio.destination);
      tone.start(at); tone.stop(at + 0.22);
    });
  };
  const show = () => {
    button.setAttribute("aria-pressed", String(wanted));
    button.lastElementChild.textContent = wanted ? off : on;
    doc.title = waiting ? `(${waiting}) ${page}` : page;
    fresh.hidden = newest <= seen;
  };
  const wake = () => {
    const Context = window.AudioContext || window.webkitAudioContext;
    if (!audio && Context) audio = new Context();
    if (audio && audio.state === "suspended") audio.resume().then(ring, () => {});
  };
  button.hidden = false;
  button.addEventListener("click", () => {
    wanted = !wanted;
    remember(wanted ? "1" : "0");
    if (wanted) { wake(); ring(); }
    show();
  });
  // Remembered from last time: browsers let a page sound only after a touch on it, so the first one anywhere is enough.
  wanted = recall();
  if (wanted) doc.addEventListener("pointerdown", wake, { once: true });

  const look = async () => {
    try {
      const answer = await fetch(feed, { headers: etag ? { "If-None-Match": etag } : {}, cache: "no-store" });
      if (answer.status === 200) {
        etag = answer.headers.get("ETag") || "";
        const now = await answer.json();
        if (now.newest > newest) { live.textContent = ""; setTimeout(() => { live.textContent = told; }, 60); }
        ({ waiting } = now);
        newest = Math.max(newest, now.newest);
        show();
        ring();
      }
    } catch { /* no network: the next look tries again */ }
    setTimeout(look, every);
  };
  show();
  setInterval(ring, again);
  setTimeout(look, every);
})();
