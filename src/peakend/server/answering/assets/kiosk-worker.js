// Keeps the kiosk's page and files, so that it starts and goes on without a network. The site's page wins when it answers.
const STORE = "peakend-kiosk" + HOME;
self.addEventListener("install", (event) => {
  event.waitUntil((async () => {
    const store = await caches.open(STORE);
    const page = await fetch(HOME, { credentials: "omit" });
    if (!page.ok) throw new Error("no page");
    const text = await page.clone().text();
    await store.put(HOME, page);
    // The same page in its other languages.
    const others = [...text.matchAll(/href="(\?lang=[A-Za-z0-9-]+)"/g)].map((found) => HOME + found[1]);
    await store.addAll([...FILES, ...others]);
    await self.skipWaiting();
  })());
});
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (event.request.method !== "GET" || url.origin !== self.location.origin) return;
  if (url.pathname === HOME) event.respondWith(page(event.request));
  else if (url.pathname.startsWith("/assets/")) event.respondWith(file(event.request));
});
async function page(request) {
  const store = await caches.open(STORE);
  try {
    const fresh = await fetch(request, { signal: AbortSignal.timeout(8000) });
    if (fresh.ok) await store.put(request.url, fresh.clone());
    // A closed survey says so; a fault of the site does not stop the kiosk.
    if (fresh.status < 500) return fresh;
  } catch { /* no network */ }
  return (await store.match(request.url)) || (await store.match(HOME)) || Response.error();
}
async function file(request) {
  const store = await caches.open(STORE);
  const kept = await store.match(request);
  if (kept) return kept;
  const fresh = await fetch(request);
  if (fresh.ok) await store.put(request, fresh.clone());
  return fresh;
}
