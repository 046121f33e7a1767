// The live page: one message of server-sent events is how the check stands; the page is brought to that, line by line.
"use strict";

(() => {
  const MARKS = { passed: "✓", skipped: "–", limit: "◐", engine_error: "?" };
  const WORDS = { failed: "failed", timed_out: "timed out", out_of_memory: "out of memory", disk_limit: "disk limit",
    limit: "limit of the check", skipped: "skipped", engine_error: "our failure" };

  function duration(seconds) {
    if (seconds < 10 && !Number.isInteger(seconds)) return `${seconds.toFixed(1)} s`;
    const whole = Math.round(seconds), two = (number) => String(number).padStart(2, "0");
    if (whole < 60) return `${whole} s`;
    if (whole < 3600) return `${Math.floor(whole / 60)} min ${two(whole % 60)} s`;
    return `${Math.floor(whole / 3600)} h ${two(Math.floor((whole % 3600) / 60))} min`;
  }

  function say(node, text) { if (node && node.textContent !== text) node.textContent = text; }

  function span(name) {
    const made = document.createElement("span");
    made.className = name;
    return made;
  }

  function row() {
    const made = document.createElement("li"), icon = span("icon"), num = span("num");
    icon.setAttribute("aria-hidden", "true");
    num.append(span("spent"), span("limit"));
    made.append(icon, span("step"), span("status"), num);
    return made;
  }

  function show(item, step, seconds) {
    item.className = step.ended ? "ended" : "now";
    const icon = item.querySelector(".icon"), kind = step.ended ? step.status || "done" : "now";
    icon.className = `icon ${kind}`;
    say(icon, step.ended ? (step.status ? MARKS[step.status] || "✕" : "✓") : "");
    say(item.querySelector(".step"), step.activity);
    say(item.querySelector(".status"), WORDS[step.status] || "");
    say(item.querySelector(".spent"), duration(step.ended ? seconds : Math.round(seconds)));
    say(item.querySelector(".limit"), step.limit && !step.ended ? ` / ${duration(step.limit)}` : "");
  }

  function place(check) {
    if (check.state === "waiting" || (check.steps.at(-1)?.activity === "waiting for its turn" && !check.steps.at(-1).ended)) {
      return check.ahead ? `${check.ahead} ${check.ahead === 1 ? "check comes" : "checks come"} before it` : "next in line";
    }
    return check.steps.at(-1)?.activity ?? "";
  }

  function live(page) {
    const list = page.querySelector(".watch"), tail = page.querySelector(".tail"), meter = page.querySelector(".spent-of");
    const part = (name) => page.querySelector(`[data-part="${name}"]`);
    let check = null, at = 0, connected = true;

    function draw() {
      if (!check) return;
      const late = (performance.now() - at) / 1000;
      while (list.children.length > check.steps.length) list.lastElementChild.remove();
      check.steps.forEach((step, number) => {
        const item = list.children[number] ?? list.appendChild(row());
        show(item, step, step.ended ? step.seconds : step.seconds + late);
      });
      say(part("clock"), duration(Math.round(check.seconds + late)));
      say(part("state"), check.state);
      say(part("say"), place(check));
      const last = check.steps.at(-1), limited = last && !last.ended && last.limit;
      meter.hidden = !limited;
      if (limited) meter.value = Math.min(1, (last.seconds + late) / last.limit);
      const lines = check.lines.join("\n");
      if (tail.textContent !== lines) { tail.textContent = lines; tail.scrollTop = tail.scrollHeight; }
      say(part("line"), connected ? "This page can be left and opened again: the check goes on."
        : "The connection broke off; trying again. The check goes on.");
    }

    const source = new EventSource(page.dataset.events);
    source.addEventListener("check", (event) => {
      check = JSON.parse(event.data);
      at = performance.now();
      connected = true;
      if (check.state === "done" || check.state === "stopped") { source.close(); location.reload(); return; }
      draw();
    });
    source.addEventListener("error", () => {
      connected = false;
      draw();
      if (source.readyState === EventSource.CLOSED) setTimeout(() => location.reload(), 5000);
    });
    setInterval(draw, 1000);
  }

  const page = document.querySelector("#live[data-events]");
  if (page) live(page);
})();
