// The page of one visit at a time: start, talk or type, leave.

import "./style.css";
import { endVisit, joinVisit, openVisit, readTimes, VisitRefused, type OpenedVisit } from "./api";
import type { TurnEvent } from "./events";
import { VisitRoom, type AgentState, type RoomListener } from "./room";
import { preferred, speak, text, type TextName } from "./texts";
import { calm, Transcript } from "./transcript";

type Phase = "start" | "opening" | "visit" | "ended";

const AGENT_PATIENCE_MS = 20_000;
const STATE_PAUSE_MS = 120; // typed words flip the state for a moment

const byId = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;
const language = byId<HTMLSelectElement>("language");
const words = byId<HTMLInputElement>("words");
const mic = byId<HTMLButtonElement>("mic");
const picture = byId<HTMLButtonElement>("picture");
const transcript = new Transcript();

let visit: OpenedVisit | null = null;
let room: VisitRoom | null = null;
let shown: AgentState | "connecting" | "ended" = "connecting";
let stateTimer = 0;
let patience = 0;

function enter(phase: Phase): void {
  document.body.dataset.phase = phase;
  language.disabled = phase === "opening" || phase === "visit";
  for (const id of ["talk", "type"]) byId<HTMLButtonElement>(id).disabled = phase === "opening";
}

/** What the agent tells the visitor beside its answers, already in their language. */
function said(words: string): void {
  const element = byId("notice");
  element.hidden = false;
  element.textContent = words;
}

function notice(name: TextName | null): void {
  const element = byId("notice");
  element.hidden = name === null;
  element.textContent = name && text(name);
}

function show(state: typeof shown): void {
  shown = state;
  byId("stage").dataset.state = state;
  byId("state").querySelector("span")!.textContent = text(state);
}

async function showTimes(turn: string): Promise<void> {
  const times = visit && (await readTimes(visit.id, turn));
  if (times) transcript.time(turn, times);
}

function showPicture(on: boolean): void {
  picture.setAttribute("aria-pressed", String(on));
  byId("stage").classList.toggle("no-picture", !on);
}

const listener: RoomListener = {
  stateChanged(state) {
    clearTimeout(stateTimer);
    clearTimeout(patience);
    stateTimer = window.setTimeout(() => show(state), STATE_PAUSE_MS);
  },
  turnEvent(event: TurnEvent) {
    if (event.type === "stage")
      byId("seconds").textContent = text("seconds").replace("{n}", String(Math.round(event.seconds)));
    else if (event.type === "notice") said(event.text);
    else transcript.take(event);
    if (event.type === "done") void showTimes(event.turn);
  },
  heard: (said, final) => transcript.hear(said, final),
  media(element, kind) {
    if (kind === "video") {
      byId("stage").classList.add("has-picture");
      element.setAttribute("aria-hidden", "true"); // what it says stands in the transcript
    }
    byId("media").append(element);
  },
  mediaGone(element, kind) {
    element.remove();
    if (kind === "video") byId("stage").classList.remove("has-picture");
  },
  soundBlocked: (blocked) => (byId("sound").hidden = !blocked),
  agentLeft: () => notice("avatar_left"),
  closed: (byServer) => void ended(byServer ? "lost" : null),
};

async function start(withMicrophone: boolean): Promise<void> {
  byId("failure").hidden = true;
  enter("opening");
  try {
    const invited = invitation();
    visit = invited ? await joinVisit(invited) : await openVisit(language.value);
    room = new VisitRoom(listener);
    await room.join(visit);
  } catch (error) {
    refused(error instanceof VisitRefused ? error.reason : "failed_join");
    return;
  }
  transcript.clear();
  notice(null);
  byId("seconds").textContent = "";
  showPicture(!calm());
  enter("visit");
  if (shown === "connecting" || shown === "ended") show("waiting");
  patience = window.setTimeout(() => !room?.agentIsHere && notice("no_avatar"), AGENT_PATIENCE_MS);
  showMicrophone(false);
  if (withMicrophone) await useMicrophone(true);
  else words.focus();
}

/** The visit that the page's address invites to; after the "#", which no server is told of. */
function invitation(): string | null {
  return new URLSearchParams(location.hash.slice(1)).get("visit");
}

async function invite(): Promise<void> {
  if (!visit) return;
  const link = `${location.origin}${location.pathname}#visit=${visit.id}`;
  try {
    await navigator.clipboard.writeText(link);
    notice("invited");
  } catch {
    said(link); // to be copied by hand
  }
}

/** End the visit for good, unless somebody else is in it: then it ends with them. */
async function endUnlessShared(over: OpenedVisit, shared: boolean): Promise<void> {
  if (!shared) await endVisit(over.id);
}

function refused(reason: TextName): void {
  if (visit) void endUnlessShared(visit, invitation() !== null);
  if (reason === "failed_over") history.replaceState(null, "", location.pathname);
  visit = null;
  room = null;
  const failure = byId("failure");
  failure.textContent = text(reason);
  failure.hidden = false;
  enter("start");
}

/** The visit is over; what was said can still be read. */
async function ended(reason: TextName | null): Promise<void> {
  clearTimeout(patience);
  clearTimeout(stateTimer);
  const over = visit;
  const shared = room?.isShared ?? false;
  visit = null;
  room = null;
  if (!over) return;
  byId("media").replaceChildren();
  byId("stage").classList.remove("has-picture");
  byId("sound").hidden = true;
  transcript.hear("");
  show("ended");
  if (reason) notice(reason);
  enter("ended");
  await endUnlessShared(over, shared);
}

async function leave(): Promise<void> {
  await room?.leave();
  await ended(null);
}

async function useMicrophone(on: boolean): Promise<void> {
  try {
    await room?.useMicrophone(on);
    showMicrophone(on);
    notice(null);
  } catch {
    showMicrophone(false);
    notice("no_mic");
    words.focus();
  }
}

function showMicrophone(on: boolean): void {
  mic.setAttribute("aria-pressed", String(on));
  mic.querySelector("span")!.textContent = text(on ? "mic_on" : "mic_off");
}

async function say(): Promise<void> {
  const said = words.value.trim();
  if (!said || !room) return;
  words.value = "";
  transcript.hear(said); // until the agent says what it understood
  try {
    await room.say(said);
  } catch {
    transcript.hear("");
    words.value = said;
    notice("not_sent");
  }
}

function speakLanguage(chosen: string): void {
  speak(chosen);
  words.placeholder = text("placeholder");
  show(shown);
  showMicrophone(mic.getAttribute("aria-pressed") === "true");
}

language.value = preferred();
speakLanguage(language.value);
language.addEventListener("change", () => speakLanguage(language.value));
byId("talk").addEventListener("click", () => void start(true));
byId("type").addEventListener("click", () => void start(false));
byId("again").addEventListener("click", () => enter("start"));
byId("invite").addEventListener("click", () => void invite());
byId("leave").addEventListener("click", () => void leave());
byId("sound").addEventListener("click", () => void room?.playSound());
mic.addEventListener("click", () => void useMicrophone(mic.getAttribute("aria-pressed") !== "true"));
picture.addEventListener("click", () => showPicture(picture.getAttribute("aria-pressed") !== "true"));
byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  void say();
});
addEventListener("pagehide", () => visit && void endUnlessShared(visit, room?.isShared ?? false));
