// Passkeys need scripts: their buttons are there only with them, and a failure is said in words.
const canUse = Boolean(window.PublicKeyCredential);
for (const button of document.querySelectorAll("[data-needs-script]")) {
  button.hidden = !canUse;
}
for (const words of document.querySelectorAll("[data-without-script]")) {
  words.hidden = canUse;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const problem of document.querySelectorAll("[data-passkey-problem]")) {
    problem.hidden = false;
  }
});
