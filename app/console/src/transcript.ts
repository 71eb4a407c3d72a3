// What was said, and the pages it rests on, as they are said.

import type { Citation, Hit, TurnEvent } from "./events";
import { text } from "./texts";
import { timeline, type Times } from "./timeline";

const byId = (id: string) => document.getElementById(id) as HTMLElement;

export class Transcript {
  private readonly log = byId("log");
  private readonly interim = byId("interim");
  private readonly sources = byId("sources");
  private readonly scroll = byId("scroll");
  private readonly hits = new Map<string, Map<number, Hit>>();
  private readonly answers = new Map<string, HTMLElement>();
  private readonly asked = new Set<string>();
  private readonly cards = new Map<string, HTMLElement>();
  private lang = "";
  private lastAsked = "";

  clear(): void {
    this.lastAsked = "";
    this.log.replaceChildren();
    this.sources.replaceChildren();
    for (const map of [this.hits, this.answers, this.asked, this.cards]) map.clear();
    this.hear("");
    byId("hint").hidden = false;
    byId("no-sources").hidden = false;
  }

  /** Words that are not a turn yet; they stand below the log and are not read out. */
  hear(words: string, final = false): void {
    // The recogniser's last word on a turn can arrive after the turn itself.
    const late = this.lastAsked.includes(words.trim());
    this.interim.textContent = late ? "" : `${words} ${final ? "" : "…"}`;
    this.interim.hidden = late;
    if (!late) this.toEnd();
  }

  take(event: TurnEvent): void {
    switch (event.type) {
      case "understood":
        this.lang = event.lang ?? this.lang;
        return this.understood(event.turn, event.text);
      case "grounding":
        this.hits.set(event.turn, new Map(event.hits.map((hit) => [hit.n, hit])));
        return;
      case "sentence":
        return this.sentence(event.turn, event.text, event.citations);
      case "filler":
        return this.sentence(event.turn, event.text, []);
      case "abstained":
      case "apology":
        return this.sentence(event.turn, event.text, [], event.type);
      case "cut":
        return this.cut(event.turn);
    }
  }

  /** How the answer to a turn came about, below it; once. */
  time(turn: string, times: Times): void {
    const answer = this.answers.get(turn);
    if (!answer || answer.parentElement?.querySelector(".times")) return;
    answer.after(timeline(times));
    this.toEnd();
  }

  private understood(turn: string, words: string): void {
    this.lastAsked = words;
    this.hear("");
    if (this.asked.has(turn)) return;
    this.asked.add(turn);
    this.line("visitor", words);
  }

  private sentence(turn: string, words: string, citations: Citation[], kind = ""): void {
    let answer = this.answers.get(turn);
    if (!answer) {
      answer = this.line("avatar", "");
      this.answers.set(turn, answer);
    }
    if (kind) answer.dataset.kind = kind;
    const sentence = document.createElement("span");
    sentence.textContent = `${words} `;
    for (const citation of citations) {
      const number = this.cite(turn, citation);
      sentence.append(chip(number, citation), " ");
    }
    answer.append(sentence);
    this.toEnd();
  }

  /** The visitor broke in: the last sentence was not heard to its end. */
  private cut(turn: string): void {
    const mark = document.createElement("span");
    mark.className = "cut";
    mark.textContent = "—";
    mark.setAttribute("role", "img");
    mark.setAttribute("aria-label", text("cut"));
    mark.title = text("cut");
    this.answers.get(turn)?.append(mark);
  }

  private line(who: "visitor" | "avatar", words: string): HTMLElement {
    byId("hint").hidden = true;
    const item = document.createElement("li");
    item.className = `said ${who}`;
    const speaker = document.createElement("b");
    speaker.className = "speaker";
    speaker.textContent = text(who === "visitor" ? "you" : "avatar");
    const body = document.createElement("p");
    if (this.lang) body.lang = this.lang;
    body.textContent = words;
    item.append(speaker, body);
    this.log.append(item);
    this.toEnd();
    return body;
  }

  /** Show the cited page once, mark it as the one being spoken from, and give its number. */
  private cite(turn: string, citation: Citation): number {
    byId("no-sources").hidden = true;
    let card = this.cards.get(citation.link);
    if (!card) {
      card = this.card(citation, this.hits.get(turn)?.get(citation.n));
      this.cards.set(citation.link, card);
      this.sources.append(card);
      card.id = `source-${this.cards.size}`;
    }
    for (const other of this.cards.values()) other.classList.toggle("current", other === card);
    card.scrollIntoView({ block: "nearest", behavior: calm() ? "auto" : "smooth" });
    return [...this.cards.values()].indexOf(card) + 1;
  }

  private card(citation: Citation, hit: Hit | undefined): HTMLElement {
    const card = document.createElement("li");
    const place = document.createElement("span");
    place.className = "place";
    place.textContent = hit?.headings.join(" › ") ?? "";
    const excerpt = document.createElement("q");
    excerpt.textContent = shorten(hit?.text ?? "");
    card.append(link(citation, citation.title || citation.link));
    if (place.textContent && place.textContent !== citation.title) card.append(place);
    if (excerpt.textContent) card.append(excerpt);
    return card;
  }

  private toEnd(): void {
    this.scroll.scrollTo({ top: this.scroll.scrollHeight, behavior: calm() ? "auto" : "smooth" });
  }
}

/** Whether the visitor asked their system for little motion. */
export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}

function chip(number: number, citation: Citation): HTMLElement {
  const chip = link(citation, String(number));
  chip.classList.add("chip");
  chip.setAttribute("aria-label", `${text("sources")} ${number}: ${citation.title}`);
  return chip;
}

/** A link to a page on the web; anything else stays text. */
function link(citation: Citation, shown: string): HTMLElement {
  if (!/^https?:\/\//i.test(citation.link)) {
    const plain = document.createElement("span");
    plain.textContent = shown;
    return plain;
  }
  const anchor = document.createElement("a");
  anchor.href = citation.link;
  anchor.target = "_blank";
  anchor.rel = "noopener noreferrer";
  anchor.title = text("new_tab");
  anchor.textContent = shown;
  return anchor;
}

function shorten(passage: string): string {
  const words = passage.replace(/\s+/g, " ").trim();
  return words.length > 180 ? `${words.slice(0, 180).replace(/\s\S*$/, "")} …` : words;
}
