// Lets a pointer drag the parts of a draft among those beside them. Without this file the buttons
// of the page do the same, and they are what a keyboard uses.
const form = document.querySelector("[data-moving]");
let held = null;

// Where it is let go is told to the same address as the buttons tell; the answer is the page anew.
const send = (item, before) => {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "before";
  field.value = before ? before.dataset.item : "";
  form.append(field);
  form.action = item.dataset.move;
  form.submit();
};

const beside = (item) =>
  [...form.querySelectorAll("[data-item]")].filter(
    (other) => other !== item && other.dataset.siblings === item.dataset.siblings,
  );

const leave = () => {
  for (const marked of form.querySelectorAll(".app-drop")) {
    marked.classList.remove("app-drop");
  }
};

const target = (event) => {
  const over = event.target.closest(`[data-siblings="${held.dataset.siblings}"]`);
  return over && over !== held ? over : null;
};

// The one that ``held`` would stand before when it is let go over ``over``; none is the end.
const placeOf = (over, y) => {
  const { top, height } = over.getBoundingClientRect();
  const others = beside(held);
  return y < top + height / 2 ? over : others[others.indexOf(over) + 1];
};

for (const item of form ? form.querySelectorAll("[data-item]") : []) {
  item.draggable = true;
  item.addEventListener("dragstart", (event) => {
    event.stopPropagation();
    held = item;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", item.dataset.item);
  });
  item.addEventListener("dragend", leave);
}

form?.addEventListener("dragover", (event) => {
  const over = held && target(event);
  leave();
  if (over) {
    event.preventDefault();
    over.classList.add("app-drop");
  }
});

form?.addEventListener("drop", (event) => {
  const over = held && target(event);
  if (over) {
    event.preventDefault();
    send(held, placeOf(over, event.clientY));
  }
});
