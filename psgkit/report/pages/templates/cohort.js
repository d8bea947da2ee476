"use strict";
// Sort the table of all nights by a column, and show the nights that hold a text.
const table = document.getElementById("nights");
const rows = [...table.tBodies[0].rows];
const find = document.getElementById("find");
const shown = document.getElementById("shown");

function value(row, column) {
  const cell = row.cells[column];
  const text = cell ? cell.dataset.value ?? cell.textContent.trim() : "";
  const figure = Number(text);
  return text !== "" && !Number.isNaN(figure) ? figure : text;
}

function compare(a, b) {
  // Cells without a number stand last, whichever way a column is sorted.
  if (typeof a === "number" && typeof b === "number") return a - b;
  return String(a).localeCompare(String(b), undefined, { numeric: true });
}

function sort(header) {
  const column = header.cellIndex;
  const down = header.getAttribute("aria-sort") === "ascending";
  for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", down ? "descending" : "ascending");
  const keyed = rows.map((row) => [value(row, column), row]);
  const full = keyed.filter(([key]) => key !== "");
  const empty = keyed.filter(([key]) => key === "");
  full.sort(([a], [b]) => (down ? compare(b, a) : compare(a, b)));
  table.tBodies[0].append(...[...full, ...empty].map(([, row]) => row));
}

function filter() {
  const words = find.value.toLocaleLowerCase().split(/\s+/).filter(Boolean);
  let count = 0;
  for (const row of rows) {
    const text = row.textContent.toLocaleLowerCase();
    row.hidden = !words.every((word) => text.includes(word));
    count += !row.hidden;
  }
  shown.textContent = `${count} / ${rows.length}`;
}

for (const button of table.tHead.querySelectorAll("button")) {
  button.addEventListener("click", () => sort(button.parentElement));
}
find.addEventListener("input", filter);
document.getElementById("tools").hidden = false;
filter();
