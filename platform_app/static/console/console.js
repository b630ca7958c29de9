// Manners of every console page: keys in tables, filters that apply themselves, honest failures.
(() => {
  "use strict";

  // --- rows by keyboard: j/k or arrows move, Enter opens, / goes to the search field ---------------
  const rowsOf = () => [...document.querySelectorAll("table[data-rows] tbody tr")];

  const move = (step) => {
    const rows = rowsOf();
    if (!rows.length) return;
    const current = rows.indexOf(document.activeElement.closest?.("tr"));
    const next = rows[Math.min(rows.length - 1, Math.max(0, current + step))];
    next.focus();
    next.scrollIntoView({ block: "nearest" });
  };

  rowsOf().forEach((row) => {
    row.tabIndex = -1;
    row.addEventListener("click", (event) => {
      if (event.target.closest("a, button, summary") || getSelection().toString()) return;
      row.querySelector("a")?.click();
    });
  });
  rowsOf()[0]?.setAttribute("tabindex", "0");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea")) return;
    const inTable = event.target.closest("table[data-rows]");
    if (event.key === "j" || (inTable && event.key === "ArrowDown")) move(1);
    else if (event.key === "k" || (inTable && event.key === "ArrowUp")) move(-1);
    else if (event.key === "Enter" && inTable && event.target.matches("tr")) {
      event.target.querySelector("a")?.click();
    } else if (event.key === "/") document.querySelector("input[type=search]")?.focus();
    else return;
    event.preventDefault();
  });

  // --- filters: a choice applies at once; empty ones stay out of the address ----------------------
  const submit = (form) => {
    form.querySelectorAll("input, select").forEach((field) => {
      field.disabled = field.value === "";
    });
    form.submit();
  };
  document.querySelectorAll("form[data-filters]").forEach((form) => {
    form.addEventListener("change", (event) => {
      if (event.target.matches("select, input[type=date]")) submit(form);
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      submit(form);
    });
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[data-filters] :disabled").forEach((field) => {
      field.disabled = false;
    });
  });

  // --- one open definition at a time -------------------------------------------------------------
  document.addEventListener("click", (event) => {
    document.querySelectorAll("details.info[open]").forEach((one) => {
      if (!one.contains(event.target)) one.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.info[open]").forEach((one) => {
      one.open = false;
      one.querySelector("summary").focus();
    });
  });

  // --- rows of a form: added as a copy of the last one, removed by clearing what makes it count ---
  document.querySelectorAll("[data-row-add], [data-row-remove]").forEach((button) => {
    button.hidden = false;
  });
  const typed = (row) => row.dispatchEvent(new Event("input", { bubbles: true }));
  document.addEventListener("click", (event) => {
    const prefix = event.target.dataset?.rowAdd;
    if (prefix) {
      const total = document.querySelector(`[name="${prefix}-TOTAL_FORMS"]`);
      const body = document.querySelector(`[data-form-rows="${prefix}"] tbody`);
      const row = body.lastElementChild.cloneNode(true);
      const number = Number(total.value);
      row.hidden = false;
      row.querySelectorAll("[name], [for]").forEach((one) => {
        ["name", "id", "for"].forEach((key) => {
          const old = one.getAttribute(key);
          if (old) one.setAttribute(key, old.replace(`${prefix}-${number - 1}-`, `${prefix}-${number}-`));
        });
        if (one.matches("input")) one.value = "";
      });
      row.querySelectorAll(".wrong").forEach((one) => one.remove());
      total.value = number + 1;
      body.append(row);
      row.querySelector("input, select").focus();
    } else if (event.target.matches?.("[data-row-remove]")) {
      const row = event.target.closest("tr");
      row.querySelector("input, select").value = "";
      row.hidden = true;
      typed(row);
    }
  });

  // --- parts of the menu stay as they were left: the next page is drawn so --------------------------
  document.querySelectorAll("details[data-fold] > summary").forEach((summary) => {
    summary.addEventListener("click", () => {
      const part = summary.parentElement;
      const kept = document.cookie.match(/(?:^|; )menu_folds=([\w-]*)/)?.[1] ?? "";
      const others = kept.split("-").filter((one) => one && one.slice(0, -1) !== part.dataset.fold);
      others.push(`${part.dataset.fold}${part.open ? 0 : 1}`); // it turns after this
      document.cookie = `menu_folds=${others.join("-")}; path=/console/; max-age=31536000; samesite=lax`;
    });
  });

  // --- what is shown once can be copied ----------------------------------------------------------
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return; // the text itself is selected by one click
    button.hidden = false;
    button.addEventListener("click", async () => {
      const text = document.getElementById(button.dataset.copy).textContent;
      await navigator.clipboard.writeText(text);
      button.textContent = button.dataset.copied;
    });
  });

  // --- a form is sent once -----------------------------------------------------------------------
  document.addEventListener("submit", (event) => {
    if (event.target.method !== "post" || event.target.hasAttribute("hx-post")) return;
    setTimeout(() => {
      event.target.querySelectorAll("button").forEach((button) => {
        button.disabled = true;
      });
    });
  });
  addEventListener("pageshow", () => {
    document.querySelectorAll("form[method=post] button:disabled").forEach((button) => {
      button.disabled = false;
    });
  });

  // --- say when a part of the page could not be fetched ------------------------------------------
  const failed = (event) => {
    const notices = document.getElementById("notices");
    const words = document.getElementById("network-error");
    if (!notices || !words) return;
    const note = words.content.cloneNode(true).firstElementChild;
    const id = event.detail?.xhr?.getResponseHeader?.("BT-Request-Id");
    if (id) {
      const code = document.createElement("code");
      code.textContent = id;
      note.append(" ", code);
    }
    notices.replaceChildren(note);
  };
  document.addEventListener("htmx:sendError", failed);
  document.addEventListener("htmx:responseError", failed);
  document.addEventListener("htmx:timeout", failed);
})();
