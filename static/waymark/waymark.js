// Starts the components of NHS.UK frontend. Every page works without this file.
document.body.classList.add("js-enabled", "nhsuk-frontend-supported");

const { initAll } = await import(document.getElementById("nhsuk-frontend").href);
initAll();

// What htmx swaps in is started by itself: a second start of the whole page is refused.
document.addEventListener("htmx:after:process", (event) => {
  if (event.target !== document.body) {
    initAll({ scope: event.target });
  }
});
