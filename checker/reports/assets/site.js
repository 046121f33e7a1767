// Search in the header, copy buttons, addresses of badges, and steps opened from a link. Every page reads without it.
"use strict";
document.documentElement.classList.add("js");

(() => {
  function finding() {
    const form = document.querySelector("[data-find]");
    form?.addEventListener("submit", (event) => {
      event.preventDefault();
      const words = form.elements.q.value.trim();
      location.href = `${form.dataset.find}papers.html${words ? `#${new URLSearchParams({ q: words })}` : ""}`;
    });
  }

  // The clipboard is not to be had everywhere, on an insecure address for one: then an old way, then a selection.
  async function copied(text, shown) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      getSelection().selectAllChildren(shown);
      try { return document.execCommand("copy"); } catch { return false; }
    }
  }

  function copying() {
    document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      const label = button.textContent;
      button.textContent = (await copied(code.textContent, code)) ? "Copied" : "Selected";
      setTimeout(() => { button.textContent = label; }, 1600);
    }));
    const address = document.querySelector("[data-address]");
    address?.addEventListener("click", async () => {
      const label = address.textContent;
      const done = await copied(location.href, address);
      address.textContent = done ? "Copied" : "Copy it from the address bar";
      setTimeout(() => { address.textContent = label; }, 1600);
    });
  }

  function badges() {
    const place = document.querySelector("[data-report]");
    if (!place || !location.protocol.startsWith("http")) return;
    const root = new URL(place.dataset.report || "./", location.href).href;
    place.querySelectorAll("code").forEach((code) => {
      code.textContent = code.textContent.replaceAll(/(badges|repositories)\//g, `${root}$1/`);
    });
    place.querySelector("[data-relative]").remove();
  }

  // A step or an attempt that a link leads to is opened with everything around it.
  function revealing() {
    const reveal = () => {
      const wanted = /^#attempt-[\d-]+(step-\d+)?$/.test(location.hash) && document.getElementById(location.hash.slice(1));
      if (!wanted) return;
      for (let at = wanted; at; at = at.parentElement) if (at.tagName === "DETAILS") at.open = true;
      (wanted.querySelector("mark") ?? wanted).scrollIntoView({ block: "center" });
    };
    window.addEventListener("hashchange", reveal);
    document.addEventListener("click", (event) => {
      const link = event.target.closest?.('a[href^="#attempt-"]');
      if (link && link.hash === location.hash) reveal();
    });
    reveal();
  }

  // On paper everything that tells something stands open.
  function printing() {
    let closed = [];
    window.addEventListener("beforeprint", () => {
      closed = [...document.querySelectorAll("details.attempt:not([open]), details.numbers:not([open])")];
      for (const one of closed) one.open = true;
    });
    window.addEventListener("afterprint", () => { for (const one of closed) one.open = false; });
  }

  document.addEventListener("DOMContentLoaded", () => { finding(); copying(); badges(); revealing(); printing(); });
})();
