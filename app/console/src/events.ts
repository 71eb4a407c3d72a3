// What the agent sends while it answers, on the text stream `groundling.turn`.

export const TOPIC = "groundling.turn";

export interface Hit {
  n: number;
  link: string;
  title: string;
  headings: string[];
  text: string;
}

export interface Citation {
  n: number;
  link: string;
  title: string;
}

export type TurnEvent =
  | { type: "understood"; turn: string; text: string; lang?: string }
  | { type: "grounding"; turn: string; hits: Hit[] }
  | { type: "sentence"; turn: string; text: string; citations: Citation[] }
  | { type: "filler"; turn: string; text: string }
  | { type: "abstained"; turn: string; text: string; reason: string }
  | { type: "apology"; turn: string; text: string; reason: string }
  | { type: "cut"; turn: string }
  | { type: "done"; turn: string }
  | { type: "avatar"; state: string; reason: string }
  | { type: "notice"; about: string; text: string }
  | { type: "stage"; seconds: number };

export function readEvent(message: string): TurnEvent | null {
  try {
    const event: unknown = JSON.parse(message);
    return event !== null && typeof event === "object" && "type" in event ? (event as TurnEvent) : null;
  } catch {
    return null;
  }
}
