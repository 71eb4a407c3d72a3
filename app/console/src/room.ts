// The LiveKit room of a visit: who is in it, what is heard and seen, what is sent.

import {
  ConnectionState,
  DisconnectReason,
  Participant,
  RemoteParticipant,
  RemoteTrack,
  Room,
  RoomEvent,
  Track,
} from "livekit-client";
import type { OpenedVisit } from "./api";
import { readEvent, TOPIC, type TurnEvent } from "./events";

export type AgentState = "waiting" | "listening" | "thinking" | "speaking";

const STATES = new Set<string>(["listening", "thinking", "speaking"]);
const ON_BEHALF = "lk.publish_on_behalf";
const VISITOR = "visitor-"; // identities of visitors begin so

export interface RoomListener {
  stateChanged(state: AgentState): void;
  turnEvent(event: TurnEvent): void;
  heard(words: string, final: boolean): void;
  media(element: HTMLMediaElement, kind: "audio" | "video"): void;
  mediaGone(element: HTMLMediaElement, kind: "audio" | "video"): void;
  soundBlocked(blocked: boolean): void;
  agentLeft(): void;
  closed(byServer: boolean): void;
}

export class VisitRoom {
  private readonly room = new Room({ adaptiveStream: true, disconnectOnPageLeave: false });
  private told: Promise<void> = Promise.resolve();

  /** Whether other visitors are here; once disconnected, whether they were. */
  isShared = false;

  constructor(private readonly listener: RoomListener) {
    this.room
      .on(RoomEvent.TrackSubscribed, (track, _, by) => this.trackCame(track, by))
      .on(RoomEvent.TrackUnsubscribed, (track) => this.trackWent(track))
      .on(RoomEvent.ParticipantAttributesChanged, (_, who) => this.lookAt(who))
      .on(RoomEvent.ParticipantConnected, (who) => {
        this.lookForOthers();
        this.lookAt(who);
      })
      .on(RoomEvent.ParticipantDisconnected, (who) => {
        this.lookForOthers();
        if (isAgent(who)) this.listener.agentLeft();
      })
      .on(RoomEvent.AudioPlaybackStatusChanged, () => this.listener.soundBlocked(!this.room.canPlaybackAudio))
      .on(RoomEvent.Disconnected, (reason) =>
        this.listener.closed(reason !== DisconnectReason.CLIENT_INITIATED),
      );
    this.room.registerTextStreamHandler(TOPIC, (reader) => {
      // In the order in which they came: who joins late is sent long and short ones in a row.
      const message = reader.readAll().catch(() => "");
      this.told = this.told
        .then(async () => {
          const event = readEvent(await message);
          if (event) this.listener.turnEvent(event);
        })
        .catch((error: unknown) => console.error(error));
    });
    this.room.registerTextStreamHandler("lk.transcription", async (reader, sender) => {
      // The avatar's words come sentence by sentence, with their sources, on the other stream.
      if (sender.identity !== this.room.localParticipant.identity) return;
      const final = reader.info.attributes?.["lk.transcription_final"] === "true";
      this.listener.heard(await reader.readAll(), final);
    });
  }

  async join(visit: OpenedVisit): Promise<void> {
    await this.room.connect(visit.livekit_url, visit.token);
    this.lookForOthers();
    for (const who of this.room.remoteParticipants.values()) this.lookAt(who);
  }

  async leave(): Promise<void> {
    await this.room.disconnect();
  }

  get joined(): boolean {
    return this.room.state === ConnectionState.Connected;
  }

  get agentIsHere(): boolean {
    return this.agents.length > 0;
  }

  /** To the agent alone: what is sent to everybody reaches the video stage as well. */
  async say(words: string): Promise<void> {
    const destinationIdentities = this.agents.map((agent) => agent.identity);
    await this.room.localParticipant.sendText(words, { topic: "lk.chat", destinationIdentities });
  }

  private get agents(): RemoteParticipant[] {
    return [...this.room.remoteParticipants.values()].filter(isAgent);
  }

  async useMicrophone(on: boolean): Promise<void> {
    await this.room.localParticipant.setMicrophoneEnabled(on);
  }

  async playSound(): Promise<void> {
    await this.room.startAudio();
  }

  private lookForOthers(): void {
    if (!this.joined) return;
    const here = [...this.room.remoteParticipants.keys()];
    this.isShared = here.some((identity) => identity.startsWith(VISITOR));
  }

  private lookAt(who: Participant): void {
    if (!isAgent(who)) return;
    const state = who.attributes["lk.agent.state"] ?? "";
    this.listener.stateChanged(STATES.has(state) ? (state as AgentState) : "waiting");
  }

  private trackCame(track: RemoteTrack, by: RemoteParticipant): void {
    if (track.kind !== Track.Kind.Audio && track.kind !== Track.Kind.Video) return;
    if (!by.isAgent && !(ON_BEHALF in by.attributes)) return;
    this.listener.media(track.attach(), track.kind);
  }

  private trackWent(track: RemoteTrack): void {
    if (track.kind !== Track.Kind.Audio && track.kind !== Track.Kind.Video) return;
    for (const element of track.detach()) this.listener.mediaGone(element, track.kind);
  }
}

/** The agent itself, not the avatar that publishes on its behalf. */
function isAgent(who: Participant): boolean {
  return who.isAgent && !(ON_BEHALF in who.attributes);
}
