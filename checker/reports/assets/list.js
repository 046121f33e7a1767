// A list with search, filters and sorting. Its rows come from a script, so that it works from the disk as well;
// its state stands in the address. Only the rows in view are made, the rest as they are asked for.
"use strict";

(() => {
  const FIRST = 60, MORE = 240;
  const number = new Intl.NumberFormat("en");

  function element(tag, text, attributes = {}) {
    const made = document.createElement(tag);
    if (text !== undefined) made.textContent = text;
    for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
    return made;
  }

  function seconds(value) {
    if (value < 10) return `${value.toFixed(1)} s`;
    const whole = Math.round(value), two = (n) => String(n).padStart(2, "0");
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  }

  function pills(values) {
    const cell = element("td", undefined, { class: "pills" });
    for (const [label, tone, text, href] of values) {
      const line = element("span", undefined, { class: "repo" });
      line.append(element("span", label, { class: `pill ${tone}` }));
      if (text) line.append(" ", element("a", text, { href }));
      cell.append(line);
    }
    return cell;
  }

  const show = {
    link([href, title, small]) {
      const cell = element("th", undefined, { scope: "row", class: "link" });
      cell.append(element("a", title, { href }));
      if (small) cell.append(" ", element("small", small));
      return cell;
    },
    pills,
    text: (value) => element("td", value),
    note: (value) => element("td", value, { class: "note" }),
    rung: ([, word]) => element("td", word),
    year: (value) => element("td", value ?? "–", { class: "year" }),
    score: (value) => element("td", value ?? "–", { class: value === null ? "score none" : "score" }),
    seconds: (value) => element("td", seconds(value), { class: "seconds" }),
  };

  const TONES = ["good", "weak", "dated", "repaired", "bad", "gone", "untold", "unchecked"];
  // What a column sorts by; null comes last either way.
  const keys = {
    link: ([, title]) => title.toLowerCase(),
    text: (value) => value,
    note: (value) => value || null,
    rung: ([height]) => (height < 0 ? null : height),
    pills: (values) => (values.length ? -Math.min(...values.map(([, tone]) => TONES.indexOf(tone))) : null),
    year: (value) => value,
    score: (value) => value,
    seconds: (value) => value,
  };
  const words = {
    link: ([, title, small]) => `${title} ${small}`,
    text: (value) => value,
    note: (value) => value,
    pills: (values) => values.map(([label, , text]) => `${label} ${text}`).join(" "),
  };

  window.checkerList = ({ name, columns, facets, rows }) => {
    const place = document.querySelector(`[data-listing="${name}"]`);
    if (!place) return;
    const form = place.querySelector("form"), body = place.querySelector("tbody");
    const said = place.querySelector("[role=status]"), clear = place.querySelector("[data-clear]");
    const more = place.querySelector("[data-more]"), heads = [...place.querySelectorAll("thead th")];
    const selects = facets.map((facet) => form.elements[facet.key]);
    const texts = rows.map((row) => columns.map(({ kind }, n) => words[kind]?.(row[n]) ?? "").join(" ").toLowerCase());
    let order = { column: null, down: false }, sequence = rows.map((_, n) => n);
    let hits = [], shown = 0, waiting;

    facets.forEach((facet, n) => {
      for (const [value, label] of facet.options) selects[n]?.append(element("option", label, { value }));
    });

    // One pass: a row counts for the result, or for the filter that alone keeps it out.
    function sift() {
      const asked = form.elements.q.value.toLowerCase().split(/\s+/).filter(Boolean);
      const chosen = facets.map((facet, n) => facet.options.findIndex(([value]) => value === selects[n]?.value));
      const counts = facets.map((facet) => new Uint32Array(facet.options.length));
      const whole = facets.map(() => 0);
      hits = [];
      for (const at of sequence) {
        if (!asked.every((word) => texts[at].includes(word))) continue;
        const values = rows[at][columns.length];
        let against = -1, misses = 0;
        for (let n = 0; n < chosen.length && misses < 2; n += 1) {
          if (chosen[n] >= 0 && !values[n].includes(chosen[n])) { misses += 1; against = n; }
        }
        if (misses === 0) hits.push(at);
        if (misses > 1) continue;
        for (let n = 0; n < chosen.length; n += 1) {
          if (misses && n !== against) continue;
          whole[n] += 1;
          for (const value of values[n]) counts[n][value] += 1;
        }
      }
      label(counts, whole, chosen);
      return asked.length > 0 || chosen.some((value) => value >= 0);
    }

    function label(counts, whole, chosen) {
      facets.forEach((facet, n) => {
        if (!selects[n]) return;
        selects[n].classList.toggle("chosen", chosen[n] >= 0);
        [...selects[n].options].forEach((option, at) => {
          const count = at ? counts[n][at - 1] : whole[n];
          const text = at ? `${facet.options[at - 1][1]} (${number.format(count)})` : "all";
          if (option.textContent !== text) option.textContent = text;
          option.hidden = at > 0 && count === 0 && chosen[n] !== at - 1;
        });
      });
    }

    function extend(count) {
      const fragment = document.createDocumentFragment();
      for (const at of hits.slice(shown, shown + count)) {
        const row = document.createElement("tr");
        columns.forEach(({ kind }, n) => row.append(show[kind](rows[at][n])));
        fragment.append(row);
      }
      shown = Math.min(hits.length, shown + count);
      body.append(fragment);
      more.hidden = shown >= hits.length;
      more.textContent = `Show ${number.format(Math.min(MORE, hits.length - shown))} more of ${number.format(hits.length - shown)}`;
    }

    function update() {
      const narrowed = sift();
      body.replaceChildren();
      shown = 0;
      extend(FIRST);
      clear.hidden = !narrowed;
      said.textContent = narrowed ? `${number.format(hits.length)} of ${number.format(rows.length)} ${name}`
        : `${number.format(rows.length)} ${name}`;
    }

    function arrange() {
      sequence = rows.map((_, n) => n);
      heads.forEach((head, n) => {
        if (n === order.column) head.setAttribute("aria-sort", order.down ? "descending" : "ascending");
        else head.removeAttribute("aria-sort");
      });
      if (order.column === null) return;
      const key = keys[columns[order.column].kind], turn = order.down ? -1 : 1;
      const sorted = rows.map((row) => key(row[order.column]));
      sequence.sort((a, b) => {
        const x = sorted[a], y = sorted[b];
        if (x === null || y === null) return (x === null) - (y === null) || a - b;
        return x < y ? -turn : x > y ? turn : a - b;
      });
    }

    function write() {
      const state = new URLSearchParams();
      for (const [key, value] of new FormData(form)) if (value) state.set(key, value);
      if (order.column !== null) state.set("sort", `${order.down ? "-" : ""}${columns[order.column].label}`);
      history.replaceState(null, "", `#${state}`);
    }

    function read() {
      const state = new URLSearchParams(location.hash.slice(1));
      form.elements.q.value = state.get("q") ?? "";
      facets.forEach((facet, n) => {
        if (!selects[n]) return;
        selects[n].value = state.get(facet.key) ?? "";
        if (selects[n].selectedIndex < 0) selects[n].value = "";
      });
      const asked = state.get("sort") ?? "";
      const column = columns.findIndex(({ label: text }) => text === asked.replace(/^-/, ""));
      order = { column: column < 0 ? null : column, down: asked.startsWith("-") };
      arrange();
      update();
    }

    const changed = () => { update(); write(); };
    form.addEventListener("submit", (event) => { event.preventDefault(); changed(); });
    form.elements.q.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(changed, 40); });
    form.addEventListener("change", (event) => { if (event.target.tagName === "SELECT") changed(); });
    clear.addEventListener("click", () => {
      form.reset();
      for (const select of selects) if (select) select.value = "";
      changed();
      form.elements.q.focus();
    });
    more.addEventListener("click", () => {
      const first = shown;
      extend(MORE);
      body.rows[first]?.querySelector("a")?.focus({ preventScroll: true });
    });
    heads.forEach((head, n) => head.querySelector("button").addEventListener("click", () => {
      const down = columns[n].sort === "number";
      order = order.column === n ? { column: n, down: !order.down } : { column: n, down };
      arrange();
      changed();
    }));
    window.addEventListener("hashchange", read);
    window.addEventListener("beforeprint", () => extend(hits.length));
    read();
  };
})();
