// How an answer came about in time, from the end of the visitor's words to its first sound.

import { text, type TextName } from "./texts";

/** Milliseconds from the end of what the visitor said; what was begun earlier begins below 0. */
export interface Step {
  name: string;
  begin_ms: number;
  end_ms: number;
}

/** What is kept of a turn's times, as far as it is shown. */
export interface Times {
  line: Step[];
  timings: { tokens?: { prompt: number; reused: number }; ahead?: { vain_tokens: number } };
}

const LABELS: Record<string, TextName> = {
  end_of_turn: "step_end_of_turn",
  rewrite: "step_rewrite",
  search: "step_search",
  gate: "step_gate",
  first_token: "step_first_token",
  first_sentence: "step_first_sentence",
  synthesis: "step_synthesis",
  stage: "step_stage",
  heard: "step_heard",
};

/** A folded table of the steps, with a bar for each: the picture is for eyes, the figures for all. */
export function timeline({ line: steps, timings }: Times): HTMLElement {
  const begin = Math.min(0, ...steps.map((step) => step.begin_ms));
  const end = Math.max(begin + 1, ...steps.map((step) => step.end_ms));
  const folded = document.createElement("details");
  folded.className = "times";
  folded.setAttribute("aria-live", "off"); // it comes after the answer, and is not read out
  const summary = document.createElement("summary");
  summary.textContent = text("time_line").replace("{n}", seconds(end));
  const table = document.createElement("table");
  for (const step of steps) table.append(row(step, begin, end - begin));
  folded.append(summary, table);
  if (timings.tokens?.prompt) {
    const ahead = document.createElement("p");
    const { prompt, reused } = timings.tokens;
    const figures = { prompt, reused, vain: timings.ahead?.vain_tokens ?? 0 };
    ahead.textContent = text("time_ahead");
    for (const [name, figure] of Object.entries(figures))
      ahead.textContent = ahead.textContent.replace(`{${name}}`, String(figure));
    folded.append(ahead);
  }
  return folded;
}

function row(step: Step, begin: number, whole: number): HTMLElement {
  const took = step.end_ms - step.begin_ms;
  const row = document.createElement("tr");
  row.title = `${seconds(step.begin_ms)} – ${seconds(step.end_ms)} s`;
  const label = document.createElement("th");
  label.scope = "row";
  const known = LABELS[step.name];
  label.textContent = known ? text(known) : step.name;
  const place = document.createElement("td");
  place.className = "bar";
  place.setAttribute("aria-hidden", "true");
  const bar = document.createElement("i");
  bar.style.marginLeft = `${(100 * (step.begin_ms - begin)) / whole}%`;
  bar.style.width = `${(100 * took) / whole}%`;
  place.append(bar);
  const figure = document.createElement("td");
  figure.textContent = `${took} ms`;
  row.append(label, place, figure);
  return row;
}

function seconds(ms: number): string {
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 2 };
  return (ms / 1000).toLocaleString(document.documentElement.lang, digits);
}
