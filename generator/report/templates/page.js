"use strict";
(() => {
  const $ = (selector, from = document) => from.querySelector(selector);
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  document.documentElement.classList.add("js");
  let environment = "";

  const make = (tag, text = "", name = "") => {
    const made = document.createElement(tag);
    made.textContent = text;
    if (name) made.className = name;
    return made;
  };
  const words = (box) => (box ? box.value.toLowerCase().split(/\s+/).filter(Boolean) : []);
  const texts = new Map();
  const textOf = (item) => {
    if (!texts.has(item)) texts.set(item, `${item.textContent} ${item.dataset.service ?? ""} ${item.dataset.title ?? ""}`.toLowerCase());
    return texts.get(item);
  };
  const here = (item) => !environment || !item.dataset.environments || item.dataset.environments.split(" ").includes(environment);
  const counted = (number, noun) => `${number.toLocaleString("en")} ${noun}${number === 1 ? "" : "s"}`;

  // Findings: which are shown, and under which heading.
  const filter = $("#filter"), group = $("#group"), shown = $("#shown"), groups = $("#groups");
  const findings = all(".finding");
  const kinds = all("input[name=kind]");
  const names = { error: "Errors", warning: "Warnings", waived: "Waived", baselined: "In the baseline" };

  const regroup = () => {
    const by = group.value === "severity" ? "kind" : group.value;
    const parts = new Map();
    for (const item of findings) {
      const key = item.dataset[by];
      if (!parts.has(key)) parts.set(key, []);
      parts.get(key).push(item);
    }
    const order = [...parts.keys()];
    if (by !== "kind") order.sort((a, b) => parts.get(b).length - parts.get(a).length || a.localeCompare(b));
    groups.replaceChildren(...order.map((key) => {
      const part = make("section", "", "group");
      const title = make("h3", `${by === "kind" ? names[key] : key} `);
      title.append(make("span", "", "count"));
      if (by === "rule" && parts.get(key)[0].dataset.title) title.append(make("span", parts.get(key)[0].dataset.title, "aside"));
      part.append(title, ...parts.get(key));
      return part;
    }));
    refresh();
  };
  const refresh = () => {
    const wanted = words(filter);
    const open = new Set(kinds.filter((box) => box.checked).map((box) => box.value));
    let visible = 0;
    for (const item of findings) {
      const hit = open.has(item.dataset.kind) && here(item) && wanted.every((word) => textOf(item).includes(word));
      item.hidden = !hit;
      visible += hit;
    }
    for (const part of all(".group", groups)) {
      const number = all(".finding:not([hidden])", part).length;
      part.hidden = !number;
      $(".count", part).textContent = number.toLocaleString("en");
    }
    shown.textContent = visible === findings.length ? "" : `${visible.toLocaleString("en")} of ${counted(findings.length, "finding")} shown`;
  };
  if (groups) {
    filter.addEventListener("input", refresh);
    group.addEventListener("change", regroup);
    kinds.forEach((box) => box.addEventListener("change", refresh));
    refresh();
  }

  // Ports and addresses.
  const lookUp = $("#look-up"), lookedUp = $("#looked-up");
  const rows = all("#registry tbody tr");
  const find = () => {
    const wanted = words(lookUp);
    let hits = 0;
    for (const row of rows) {
      row.hidden = !(here(row) && wanted.every((word) => textOf(row).includes(word)));
      hits += !row.hidden;
    }
    for (const kind of all("#registry details")) {
      const number = all("tbody tr:not([hidden])", kind).length;
      kind.hidden = !number;
      $(".count", kind).textContent = number.toLocaleString("en");
      if (wanted.length) kind.open = true;
    }
    lookedUp.textContent = wanted.length ? counted(hits, "entry").replace("entrys", "entries") : "";
  };
  if (lookUp) lookUp.addEventListener("input", find);

  // One environment, or all.
  for (const button of all(".pick button")) {
    button.addEventListener("click", () => {
      environment = button.dataset.environment;
      all(".pick button").forEach((other) => other.setAttribute("aria-pressed", String(other === button)));
      all(".environment").forEach((part) => { part.hidden = Boolean(environment) && part.dataset.environment !== environment; });
      if (groups) refresh();
      if (lookUp) find();
    });
  }

  // What stands behind a cell of the matrix.
  let connections = null;
  const listing = (place, rowsOf) => {
    const table = make("table", "", "plain");
    const caption = make("caption", rowsOf.title);
    const head = make("thead"), line = make("tr"), body = make("tbody");
    for (const name of ["From", "To", "Ports", "Remark"]) {
      const cell = make("th", name);
      cell.scope = "col";
      line.append(cell);
    }
    head.append(line);
    for (const [, source, , target, ports, remark] of rowsOf.rows) {
      const row = make("tr");
      row.append(make("td", source), make("td", target), make("td", ports || "every port"), make("td", remark || "–"));
      body.append(row);
    }
    table.append(caption, head, body);
    place.replaceChildren(table);
    place.hidden = false;
  };
  for (const button of all(".matrix button")) {
    button.addEventListener("click", () => {
      connections ??= JSON.parse($("#connections").textContent);
      const part = button.closest(".environment");
      const { source, target } = button.dataset;
      const was = button.getAttribute("aria-pressed") === "true";
      all(".matrix button[aria-pressed]", part).forEach((other) => other.removeAttribute("aria-pressed"));
      const place = $(".listing", part);
      if (was) {
        place.hidden = true;
        place.replaceChildren();
        return;
      }
      button.setAttribute("aria-pressed", "true");
      const found = connections[part.dataset.environment].filter((row) => row[0] === source && row[2] === target);
      listing(place, { title: `${source} to ${target} in ${part.dataset.environment}`, rows: found });
    });
  }
})();
