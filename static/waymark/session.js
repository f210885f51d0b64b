// Warns before a session ends. Without this file the page says in words when that is.
(() => {
  const box = document.querySelector("[data-session]");
  const warning = box.querySelector("[data-session-warning]");
  const over = box.querySelector("[data-session-over]");
  const notice = 120;
  // Counted from when the page was drawn, because this machine's clock may be wrong.
  let endsAt = performance.now() / 1000 + Number(box.dataset.seconds);

  const show = () => {
    const left = endsAt - performance.now() / 1000;
    warning.hidden = left > notice || left <= 0;
    over.hidden = left > 0;
  };

  const keep = async () => {
    const answer = await fetch(box.dataset.keep, { headers: { Accept: "application/json" } });
    if (answer.ok) {
      const { seconds } = await answer.json();
      endsAt = performance.now() / 1000 + seconds;
    } else if (answer.status === 401 || answer.redirected) {
      endsAt = 0;
    }
    show();
  };

  box.querySelector("[data-session-keep]").addEventListener("click", keep);
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) {
      show();
    }
  });
  setInterval(show, 5000);
})();
