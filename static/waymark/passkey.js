// Passkeys need scripts: their buttons are there only with them, and a failure is said in words.
for (const button of document.querySelectorAll("[data-needs-script]")) {
  button.hidden = !window.PublicKeyCredential;
}

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  for (const problem of document.querySelectorAll("[data-passkey-problem]")) {
    problem.hidden = false;
  }
});
