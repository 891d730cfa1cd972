// The button prints; without this file the browser's own command does.
document.querySelector("[data-print]")?.addEventListener("click", () => window.print());
