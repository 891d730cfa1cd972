// One step at a time, by the rules of the questionnaire; thanks; and from the beginning for the next person.
(() => {
  "use strict";
  const body = document.body;
  if (!body.classList.contains("kiosk")) return;
  const { home, send: to, pass, language } = body.dataset;
  const words = JSON.parse(body.dataset.words);
  const labels = JSON.parse(body.dataset.labels);
  const form = document.getElementById("form");
  const thanks = document.getElementById("thanks");
  const back = document.getElementById("back");
  const next = form.querySelector("button.primary");
  const steps = [...form.querySelectorAll("[data-step]")];
  const IDLE = 60000, THANKS = 6000, RETRY = 20000;
  let at = 0, began = 0, path = [], idle = 0, ended = 0;

  // Texts with {{…}} keep what they were, to be filled anew for every answer.
  const pipes = [];
  const walker = document.createTreeWalker(form, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) if (walker.currentNode.data.includes("{{")) pipes.push([walker.currentNode, walker.currentNode.data]);

  const fields = (scope) => {
    const found = {};
    for (const one of scope.querySelectorAll("input, select, textarea")) {
      if (!one.name || ((one.type === "radio" || one.type === "checkbox") && !one.checked) || one.value.trim() === "") continue;
      (found[one.name] = found[one.name] || []).push(one.value);
    }
    return found;
  };
  const question = (id) => form.querySelector(`[data-id="${CSS.escape(id)}"]`);

  // The value behind `q`, `q.row` or `q.expectation`; null for unanswered, hidden and "did not use".
  function valueOf(name) {
    if (name.startsWith("@")) return null;
    const asked = question(name.split(".")[0]);
    if (!asked || !asked.dataset.on) return null;
    const given = fields(asked);
    if (asked.dataset.type === "ranking") {
      const places = Object.entries(given).map(([field, [place]]) => [Number(place), field.slice(3 + asked.dataset.id.length)]);
      return places.length ? places.sort((a, b) => a[0] - b[0]).map((one) => one[1]) : null;
    }
    const values = given["q." + name];
    if (!values || (values.length === 1 && values[0] === "na" && !asked.querySelector("textarea"))) return null;
    return { single: values, multiple: values, consent: values, text: values[0] }[asked.dataset.type] || Number(values[0]);
  }

  // As surveys/logic.py decides; a test holds the two together.
  const number = (value) => (typeof value === "number" || (typeof value === "string" && value.trim() !== "")) && Number.isFinite(Number(value)) ? Number(value) : null;
  const listed = (value) => (Array.isArray(value) ? value : [value]);
  function same(value, wanted) {
    if (Array.isArray(value)) return JSON.stringify(value.map(String).sort()) === JSON.stringify(listed(wanted).map(String).sort());
    const [a, b] = [number(value), number(wanted)];
    return a !== null && b !== null ? a === b : String(value) === String(wanted);
  }
  function met({ question: name, op, value: wanted }) {
    const value = valueOf(name);
    if (op === "answered" || op === "not_answered") return (value !== null) === (op === "answered");
    if (value === null) return op === "ne";
    if (op === "eq") return same(value, wanted);
    if (op === "ne") return !same(value, wanted);
    if (op === "in") return listed(value).some((one) => listed(wanted).some((each) => same(one, each)));
    if (op === "contains") {
      return Array.isArray(value)
        ? listed(wanted).some((each) => value.map(String).includes(String(each)))
        : listed(wanted).some((each) => String(value).toLowerCase().includes(String(each).toLowerCase()));
    }
    const [a, b] = [number(value), number(wanted)];
    if (a === null || b === null) return false;
    return { lt: a < b, le: a <= b, gt: a > b, ge: a >= b }[op];
  }
  const holds = (text) => {
    if (!text) return true;
    const rule = JSON.parse(text);
    return rule.match === "all" ? rule.conditions.every(met) : rule.conditions.some(met);
  };

  // Which questions are shown, decided in order: an answer to a hidden one counts for no later rule.
  function decide() {
    for (const one of form.querySelectorAll("[data-id]")) delete one.dataset.on;
    for (const step of steps) {
      const open = holds(step.dataset.rule);
      for (const one of step.querySelectorAll("[data-id]")) {
        const on = open && holds(one.querySelector(".q").dataset.rule);
        one.hidden = !on;
        if (on) one.dataset.on = "1";
      }
    }
  }
  const shows = (n) => Boolean(steps[n].querySelector("[data-id][data-on]"));
  const after = (n) => steps.findIndex((_, k) => k > n && shows(k));

  function show(n) {
    decide();
    at = n;
    steps.forEach((one, k) => { one.hidden = k !== n; });
    for (const [node, text] of pipes) {
      node.data = text.replace(/\{\{\s*(@?[A-Za-z_][A-Za-z0-9_.-]*)\s*\}\}/g, (_, name) => {
        const value = valueOf(name);
        if (value === null) return "";
        const named = labels[name.split(".")[0]] || {};
        return Array.isArray(value) ? value.map((one) => named[one] || one).join(language.startsWith("zh") ? "、" : ", ") : String(value);
      });
    }
    back.hidden = !path.length;
    named();
    window.scrollTo(0, 0);
  }

  // "Send" on what is the last step as things stand.
  function named() {
    next.textContent = after(at) < 0 ? next.dataset.send : next.dataset.next;
  }
  form.addEventListener("change", () => { decide(); named(); });

  function wrong(asked) {
    const given = fields(asked), count = Object.keys(given).length, kind = asked.dataset.type;
    const needed = asked.querySelector(".q").hasAttribute("data-required");
    const names = new Set([...asked.querySelectorAll("[name]")].map((one) => one.name));
    if (needed && count < (kind === "ranking" ? 1 : names.size)) return kind === "matrix" ? words.error_rows : words.error_required;
    if (kind === "ranking" && count) {
      const places = Object.values(given).map((one) => one[0]);
      if (count !== names.size || new Set(places).size !== count) return words.error_ranking;
    }
    const chosen = Object.values(given)[0] || [];
    if (kind === "multiple" && asked.dataset.most && chosen.length > Number(asked.dataset.most)) return words.error_most.replace("{n}", asked.dataset.most);
    const alone = (asked.dataset.exclusive || "").split(" ");
    if (kind === "multiple" && chosen.length > 1 && chosen.some((one) => alone.includes(one))) return words.error_exclusive;
    return "";
  }
  function check() {
    let first = null;
    for (const asked of steps[at].querySelectorAll("[data-id][data-on]")) {
      const text = wrong(asked), box = asked.querySelector(".q");
      const group = box.querySelector("fieldset, textarea");
      box.querySelector(".error")?.remove();
      box.classList.toggle("wrong", Boolean(text));
      const helped = asked.querySelector(".help") ? "h-" + asked.dataset.id : "";
      if (!text) {
        if (helped) group.setAttribute("aria-describedby", helped); else group.removeAttribute("aria-describedby");
        continue;
      }
      const told = document.createElement("p");
      told.className = "error";
      told.id = "e-" + asked.dataset.id;
      told.setAttribute("role", "alert");
      told.textContent = text;
      box.querySelector(".ask").after(told);
      group.setAttribute("aria-describedby", (helped + " " + told.id).trim());
      first = first || asked;
    }
    if (first) first.querySelector("input, select, textarea").focus();
    return !first;
  }

  // Only what is still shown is sent: the site takes no answers to hidden questions.
  function collected() {
    decide();
    return Object.assign({}, ...[...form.querySelectorAll("[data-id][data-on]")].map(fields));
  }
  const newKey = () => btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  async function keep(finished) {
    const answer = { key: newKey(), pass, language, began, done: Date.now(), finished, fields: collected() };
    await Queue.add(to, answer);
    deliver();
  }
  async function deliver() {
    await told();
    await Queue.send(to);
    await told();
  }
  async function told() {
    const { waiting, refused } = await Queue.counts(to);
    const said = [];
    if (waiting) said.push(words.waiting.replace("{n}", waiting));
    if (refused) said.push(words.refused.replace("{n}", refused));
    document.getElementById("waiting").textContent = said.join(" · ");
  }

  function restart() {
    clearTimeout(idle);
    clearTimeout(ended);
    form.reset();
    for (const one of form.querySelectorAll(".error")) one.remove();
    for (const one of form.querySelectorAll(".wrong")) one.classList.remove("wrong");
    path = [];
    began = 0;
    thanks.hidden = true;
    form.hidden = false;
    show(Math.max(0, (decide(), after(-1))));
  }
  // Back to the first language and to a fresh page, if there is a network to fetch it with.
  function renew() {
    if (navigator.onLine && (location.search || performance.now() > 6 * 3600000)) location.replace(home);
    else restart();
  }
  function stirred() {
    clearTimeout(idle);
    if (!began && form.contains(document.activeElement)) began = Date.now();
    idle = setTimeout(async () => {
      // Somebody walked away: what they said so far is kept, as unfinished.
      if (form.hidden) return;
      if (began && Object.keys(collected()).length) await keep(false);
      renew();
    }, Number(body.dataset.idle) || IDLE);
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (next.disabled) return;
    decide();
    if (!check()) return;
    began = began || Date.now();
    const coming = after(at);
    if (coming >= 0) {
      path.push(at);
      show(coming);
      steps[coming].focus();
      return;
    }
    next.disabled = true;
    try { await keep(true); } finally { next.disabled = false; }
    form.hidden = true;
    thanks.hidden = false;
    thanks.querySelector("h1").focus();
    clearTimeout(idle);
    ended = setTimeout(renew, Number(body.dataset.thanks) || THANKS);
  });
  back.addEventListener("click", () => { if (path.length) { show(path.pop()); steps[at].focus(); } });
  thanks.addEventListener("click", renew);
  for (const name of ["pointerdown", "keydown", "input"]) document.addEventListener(name, stirred, { passive: true });
  document.getElementById("whole").addEventListener("click", () => document.documentElement.requestFullscreen?.().catch(() => undefined));
  document.addEventListener("contextmenu", (event) => event.preventDefault());
  window.addEventListener("online", deliver);
  setInterval(deliver, RETRY);
  // After a step back out of the browser's memory the page of the one before must not show.
  window.addEventListener("pageshow", (event) => { if (event.persisted) restart(); });
  restart();
  if (location.search) stirred();
  deliver();
  if ("serviceWorker" in navigator) navigator.serviceWorker.register(home + "worker.js", { scope: home });
})();
