// Filters, sorting and tabs of the start page (their state stands in the address), copy buttons, logs in view.
"use strict";
document.documentElement.classList.add("js");

(() => {
  const BATCH = 100;

  function table(panel, changed) {
    const body = panel.querySelector("tbody");
    const rows = [...body.rows].map((row) => ({ row, text: row.textContent.toLowerCase() }));
    const search = panel.querySelector("[data-search]");
    const filters = [...panel.querySelectorAll("[data-filter]")];
    const clear = panel.querySelector("[data-clear]");
    const more = panel.querySelector("[data-more]");
    const found = panel.querySelector(".found");
    const name = panel.dataset.name;
    const number = new Intl.NumberFormat("en");
    let limit = BATCH, order = "", shown = [];

    function show() {
      const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
      const wanted = filters.filter((f) => f.value).map((f) => [f.dataset.filter, f.value]);
      const hits = rows.filter(({ row, text }) =>
        wanted.every(([key, value]) => row.dataset[key] === value) && words.every((word) => text.includes(word)));
      for (const row of shown) row.classList.remove("on");
      shown = hits.slice(0, limit).map((hit) => hit.row);
      for (const row of shown) row.classList.add("on");
      found.textContent = hits.length === rows.length
        ? `${number.format(rows.length)} ${name}` : `${number.format(hits.length)} of ${number.format(rows.length)} ${name}`;
      more.hidden = hits.length <= limit;
      more.textContent = `Show more (${number.format(hits.length - limit)} left)`;
      clear.hidden = !(search.value || wanted.length);
    }

    function sort(column, direction) {
      const heads = [...panel.querySelectorAll("thead th")];
      heads.forEach((head, i) => i === column
        ? head.setAttribute("aria-sort", direction > 0 ? "ascending" : "descending") : head.removeAttribute("aria-sort"));
      const numeric = heads[column].dataset.sort === "number";
      const key = ({ row }) => {
        const cell = row.cells[column], value = cell.dataset.value ?? cell.textContent.trim();
        return numeric ? (Number.isNaN(parseFloat(value)) ? -Infinity : parseFloat(value)) : value.toLowerCase();
      };
      const keyed = rows.map((entry) => [key(entry), entry]);
      keyed.sort(([a], [b]) => (a < b ? -direction : a > b ? direction : 0));
      rows.splice(0, rows.length, ...keyed.map(([, entry]) => entry));
      const fragment = document.createDocumentFragment();
      for (const { row } of rows) fragment.append(row);
      body.append(fragment);
      order = `${column}${direction > 0 ? "" : "-"}`;
    }

    panel.querySelectorAll("th[data-sort]").forEach((head) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const first = head.dataset.sort === "number" ? -1 : 1;
        const turned = head.getAttribute("aria-sort") === (first > 0 ? "ascending" : "descending");
        sort(head.cellIndex, turned ? -first : first);
        show(); changed();
      });
    });
    const again = () => { limit = BATCH; show(); changed(); };
    let waiting;
    search.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(again, 60); });
    filters.forEach((filter) => filter.addEventListener("change", again));
    clear.addEventListener("click", () => { search.value = ""; filters.forEach((f) => (f.value = "")); again(); search.focus(); });
    more.addEventListener("click", () => { limit += BATCH * 3; show(); });

    return {
      read(state) {
        search.value = state.get("q") ?? "";
        for (const filter of filters) filter.value = state.get(filter.dataset.filter) ?? "";
        for (const filter of filters) if (filter.selectedIndex < 0) filter.value = "";
        const match = /^(\d)(-?)$/.exec(state.get("sort") ?? "");
        if (match && state.get("sort") !== order && panel.querySelectorAll("thead th")[match[1]]) sort(Number(match[1]), match[2] ? -1 : 1);
        limit = BATCH; show();
      },
      write(state) {
        if (search.value) state.set("q", search.value);
        for (const filter of filters) if (filter.value) state.set(filter.dataset.filter, filter.value);
        if (order) state.set("sort", order);
      },
    };
  }

  function startPage() {
    const panels = [...document.querySelectorAll(".panel")];
    if (!panels.length) return;
    const tabs = panels.map((panel) => document.getElementById(panel.getAttribute("aria-labelledby")));
    const changed = () => {
      const state = new URLSearchParams({ view: panels[current].dataset.name });
      tables[current].write(state);
      history.replaceState(null, "", `#${state}`);
    };
    let current = 0;
    const tables = panels.map((panel) => table(panel, changed));

    function choose(index) {
      current = index;
      panels.forEach((panel, i) => { panel.hidden = i !== index; });
      tabs.forEach((tab, i) => { tab.setAttribute("aria-selected", i === index); tab.tabIndex = i === index ? 0 : -1; });
    }
    function read(scroll) {
      const state = new URLSearchParams(location.hash.slice(1));
      const index = Math.max(0, panels.findIndex((panel) => panel.dataset.name === state.get("view")));
      choose(index);
      tables.forEach((one, i) => one.read(i === index ? state : new URLSearchParams()));
      if (scroll && state.get("view")) document.querySelector(".tables").scrollIntoView({ behavior: "instant" });
    }
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => { choose(i); changed(); });
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = (i + step + tabs.length) % tabs.length;
        choose(next); changed(); tabs[next].focus();
      });
    });
    window.addEventListener("hashchange", () => read(true));
    read(true);
  }

  function copying() {
    const place = document.querySelector("[data-badge]");
    if (place && location.protocol.startsWith("http")) {
      const address = new URL(place.dataset.badge, location.href).href;
      place.previousElementSibling.querySelector("code").textContent = `[![reproducibility](${address})](${location.href.split("#")[0]})`;
    }
    document.querySelectorAll("[data-copy]").forEach((button) => button.addEventListener("click", async () => {
      const code = button.parentElement.querySelector("code");
      try { await navigator.clipboard.writeText(code.textContent); button.textContent = "Copied"; } catch {
        getSelection().selectAllChildren(code); button.textContent = "Selected";
      }
      setTimeout(() => { button.textContent = "Copy"; }, 1600);
    }));
  }

  function logs() {
    const view = (pre) => {
      const mark = pre.querySelector("mark");
      if (mark) pre.scrollTop = mark.offsetTop - pre.offsetTop - pre.clientHeight / 2;
    };
    document.querySelectorAll(".out").forEach(view);
    document.addEventListener("toggle", (event) => {
      if (event.target.open) event.target.querySelectorAll(":scope .out").forEach(view);
    }, true);
    const reveal = () => {
      const wanted = location.hash.startsWith("#attempt-") && document.getElementById(location.hash.slice(1));
      if (wanted) { wanted.open = true; wanted.scrollIntoView(); }
    };
    window.addEventListener("hashchange", reveal);
    reveal();
  }

  document.addEventListener("DOMContentLoaded", () => { startPage(); copying(); logs(); });
})();
