// Answers that wait for a network: kept in the browser's own database, sent in order, taken out once the site has them.
const Queue = (() => {
  "use strict";
  const open = new Promise((done, fail) => {
    const asked = indexedDB.open("peakend-kiosk", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore("answers", { keyPath: "id" });
    asked.onsuccess = () => done(asked.result);
    asked.onerror = () => fail(asked.error);
  });
  const within = async (mode, work) => {
    const database = await open;
    return new Promise((done, fail) => {
      const transaction = database.transaction("answers", mode);
      const asked = work(transaction.objectStore("answers"));
      transaction.oncomplete = () => done(asked && asked.result);
      transaction.onabort = transaction.onerror = () => fail(transaction.error);
    });
  };
  const all = () => within("readonly", (store) => store.getAll());
  const mine = async (to) => (await all()).filter((one) => one.to === to).sort((a, b) => a.answer.done - b.answer.done);
  let sending = null;

  async function send(to) {
    for (;;) {
      const waiting = (await mine(to)).filter((one) => !one.refused).slice(0, 50);
      if (!waiting.length) return;
      const response = await fetch(to, {
        method: "POST",
        credentials: "omit",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ now: Date.now(), answers: waiting.map((one) => one.answer) }),
      });
      if (!response.ok) return;
      const { results } = await response.json();
      // What the site has, or has otherwise, needs no second try. What it refused is shown to the staff.
      for (const [n, result] of results.entries()) {
        if (result.status === "refused") await within("readwrite", (store) => store.put({ ...waiting[n], refused: true }));
        else await within("readwrite", (store) => store.delete(waiting[n].id));
      }
    }
  }

  return {
    add: (to, answer) => within("readwrite", (store) => store.put({ id: answer.key, to, answer })),
    counts: async (to) => {
      const listed = await mine(to);
      const refused = listed.filter((one) => one.refused).length;
      return { waiting: listed.length - refused, refused };
    },
    // One at a time: two at once would send everything twice, which does no harm but costs a weak network.
    send: (to) => {
      sending = sending || send(to).catch(() => undefined).finally(() => { sending = null; });
      return sending;
    },
  };
})();
