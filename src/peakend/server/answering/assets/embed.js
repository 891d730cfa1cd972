// Puts the survey into the page, right behind the tag that loaded this file. No cookie, nothing else of the page is read.
(() => {
  const tag = document.currentScript;
  if (!tag) return;
  const home = new URL(tag.src);
  const named = /\/s\/embed\/([A-Za-z0-9_-]+)\.js$/.exec(home.pathname);
  const place = tag.dataset.place || (named && named[1]);
  if (!place) return;
  const frame = document.createElement("iframe");
  const language = tag.dataset.lang || document.documentElement.lang;
  frame.src = home.origin + home.pathname.replace(/\/s\/embed.*$/, "") + "/s/p/" + encodeURIComponent(place) + "/" +
    (language ? "?lang=" + encodeURIComponent(language) : "");
  frame.title = tag.dataset.title || "Survey";
  frame.referrerPolicy = "no-referrer";
  frame.style.cssText = "border:0;width:100%;max-width:42rem;height:32rem;display:block";
  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== home.origin) return;
    const height = event.data && event.data.peakendHeight;
    if (typeof height === "number" && height > 0 && height < 20000) frame.style.height = Math.ceil(height) + "px";
  });
  tag.after(frame);
})();
