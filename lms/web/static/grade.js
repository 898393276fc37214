// Saves a review while it is written, opens the reason where a level needs one, keeps the total at the foot.
// Without this file the buttons of the page do the same.
import { keepSaving } from "./write.js";

function grading(form) {
  const total = form.querySelector("[data-sum]");
  const confirmed = form.querySelector("[data-confirm]");

  function count() {
    const chosen = [...form.querySelectorAll("input[type=radio]:checked")].map((one) => Number(one.value));
    total.textContent = total.dataset.sum.replace("#", chosen.reduce((sum, points) => sum + points, 0));
  }

  form.addEventListener("change", (event) => {
    if (event.target.type !== "radio") return;
    count();
    const reason = event.target.closest("fieldset").querySelector("[data-reason]");
    if (event.target.value === "0") reason.open = true;
    // The outcome on the page is of the levels before: the server shows the new one before anything is released.
    if (confirmed) confirmed.hidden = true;
  });
  count();
  keepSaving(form);
}

const form = document.querySelector("form.rubric[data-autosave]");
if (form) grading(form);
