// Opening and ending a visit over HTTP.

import type { TextName } from "./texts";
import type { Times } from "./timeline";

export interface OpenedVisit {
  id: string;
  livekit_url: string;
  token: string;
  identity: string;
}

/** A visit that could not be had; `reason` is what the page says about it. */
export class VisitRefused extends Error {
  constructor(readonly reason: TextName) {
    super(reason);
  }
}

const REASONS: Record<string, TextName> = {
  "urn:groundling:problem:too-many-visits": "failed_full",
  "urn:groundling:problem:too-many-visitors": "failed_company",
  "urn:groundling:problem:visit-over": "failed_over",
  "urn:groundling:problem:no-such-visit": "failed_over",
  "urn:groundling:problem:not-ready": "failed_start",
};

export function openVisit(lang: string): Promise<OpenedVisit> {
  return entered("/v1/visits", { lang });
}

/** Join a visit under way: its id is all that this needs. */
export function joinVisit(id: string): Promise<OpenedVisit> {
  return entered(`/v1/visits/${encodeURIComponent(id)}/visitors`, {});
}

async function entered(path: string, wishes: object): Promise<OpenedVisit> {
  let response: Response;
  try {
    response = await fetch(path, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(wishes),
    });
  } catch {
    throw new VisitRefused("failed_network");
  }
  if (response.ok) return (await response.json()) as OpenedVisit;
  const problem = (await response.json().catch(() => ({}))) as { type?: string };
  throw new VisitRefused(REASONS[problem.type ?? ""] ?? "failed_rooms");
}

const TELLING_MS = [400, 1200, 3000]; // the agent tells of a turn once its first sentence was heard

/** When what happened in a turn; null if it is not told within seconds. */
export async function readTimes(visit: string, turn: string): Promise<Times | null> {
  for (const pause of TELLING_MS) {
    await new Promise((resolve) => setTimeout(resolve, pause));
    const response = await fetch(`/v1/visits/${visit}`).catch(() => null);
    if (!response?.ok) continue;
    const { turns } = (await response.json()) as { turns: (Times & { turn: string })[] };
    const found = turns.find((kept) => kept.turn === turn);
    if (found?.line.length) return found;
  }
  return null;
}

/** End a visit, also while the page is being closed. Its room ends by itself if this fails. */
export async function endVisit(id: string): Promise<void> {
  await fetch(`/v1/visits/${id}`, { method: "DELETE", keepalive: true }).catch(() => undefined);
}
