// What HTML cannot do by itself: the menu starts closed on a phone, and a form asks before it destroys.
(() => {
  const menu = document.querySelector("details.menu");
  if (menu && window.matchMedia("(max-width: 899px)").matches) menu.open = false;
  document.addEventListener("submit", (event) => {
    const question = event.target.dataset.confirm;
    if (question && !window.confirm(question)) event.preventDefault();
  });
})();
