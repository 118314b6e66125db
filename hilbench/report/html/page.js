"use strict";
(() => {
  for (const element of document.querySelectorAll(".scripted")) element.hidden = false;

  const root = document.documentElement;
  const theme = document.getElementById("theme");
  const themes = ["", "light", "dark"];
  const words = ["as the system", "light", "dark"];
  const show = (name) => {
    if (name) root.dataset.theme = name; else delete root.dataset.theme;
    theme.textContent = "Theme: " + words[themes.indexOf(name)];
  };
  const stored = (name) => {
    try {
      if (name === undefined) return localStorage.getItem("hilbench-theme");
      localStorage.setItem("hilbench-theme", name);
    } catch { /* files may have no storage */ }
    return null;
  };
  const kept = stored();
  show(themes.includes(kept) ? kept : "");
  theme.addEventListener("click", () => {
    const next = themes[(themes.indexOf(root.dataset.theme || "") + 1) % themes.length];
    show(next);
    stored(next);
  });

  const order = new Intl.Collator("en", { numeric: true });
  const compare = (a, b) => {
    const [one, other] = [a, b].map((cell) => cell.dataset.key);
    if (one === undefined) return order.compare(a.textContent, b.textContent);
    return Number(one) - Number(other);
  };
  const empty = (cell) => cell.dataset.key === "";
  const sort = (table, column) => {
    const head = table.tHead.rows[0].cells;
    const up = head[column].getAttribute("aria-sort") !== "ascending";
    const sign = up ? 1 : -1;
    const rows = [...table.tBodies[0].rows];
    rows.sort((a, b) => {
      const [one, other] = [a.cells[column], b.cells[column]];
      if (empty(one) || empty(other)) return empty(one) - empty(other);
      return sign * compare(one, other);
    });
    table.tBodies[0].append(...rows);
    for (const cell of head) cell.removeAttribute("aria-sort");
    head[column].setAttribute("aria-sort", up ? "ascending" : "descending");
  };
  for (const table of document.querySelectorAll("table.sortable")) {
    [...table.tHead.rows[0].cells].forEach((cell, column) => {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = cell.textContent;
      button.addEventListener("click", () => sort(table, column));
      cell.replaceChildren(button);
    });
  }

  const filter = document.getElementById("filter");
  const count = document.getElementById("count");
  const body = document.getElementById("table").tBodies[0];
  const narrow = () => {
    const wanted = filter.value.toLowerCase().split(/\s+/).filter(Boolean);
    let shown = 0;
    for (const row of body.rows) {
      const text = [...row.cells].map((cell) => cell.textContent).join(" ").toLowerCase();
      row.hidden = !wanted.every((word) => text.includes(word));
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = shown + " of " + body.rows.length + " jobs";
  };
  filter.addEventListener("input", narrow);
  narrow();

  for (const button of document.querySelectorAll(".enlarge")) {
    button.addEventListener("click", () => {
      const figure = button.closest("figure");
      const large = figure.classList.toggle("large");
      button.setAttribute("aria-pressed", String(large));
      button.firstChild.data = large ? "Reduce" : "Enlarge";
      figure.scrollIntoView({ block: "nearest" });
    });
  }

  const live = document.getElementById("live");
  const inUse = () => filter.value || document.activeElement !== document.body || !getSelection().isCollapsed
    || document.querySelector("details.job[open], th[aria-sort], figure.large");
  const follow = async () => {
    const said = live.querySelector("span");
    const say = (text) => { if (said.textContent !== text) said.textContent = text; };
    try {
      const state = await (await fetch("state")).json();
      say(state.said);
      if (state.rows === live.dataset.rows) return;
      if (inUse()) live.querySelector("button").hidden = false; else location.reload();
    } catch {
      say("hilbench no longer answers: these are the last results that it gave");
    }
  };
  if (live) {
    live.querySelector("button").addEventListener("click", () => location.reload());
    setInterval(follow, 2000);
    follow();
  }

  const open = () => {
    const job = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (job && job.tagName === "DETAILS") {
      job.open = true;
      job.scrollIntoView();
      job.querySelector("summary").focus();
    }
  };
  addEventListener("hashchange", open);
  open();
  addEventListener("beforeprint", () => {
    for (const each of document.querySelectorAll("details")) each.open = true;
  });
})();
