// Inside an embedding page: tells that page, and no other, how high the survey is.
(() => {
  const parent = document.body.dataset.parent;
  if (!parent || window.parent === window) return;
  const tell = () => window.parent.postMessage({ peakendHeight: document.documentElement.offsetHeight }, parent);
  new ResizeObserver(tell).observe(document.body);
  tell();
})();
