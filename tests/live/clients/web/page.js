// The web SDK as an application uses it; the test clicks, and calls what is left in `window.client`.
import { LiveAvatarSession, SessionEvent } from "@heygen/liveavatar-web-sdk";

const video = document.querySelector("#avatar");
const told = [];
let session;

document.querySelector("#enter").addEventListener("click", async () => {
  const { token, apiUrl } = window.invitation;
  session = new LiveAvatarSession(token, { apiUrl });
  session.on(SessionEvent.SESSION_STREAM_READY, () => {
    session.attach(video);
    told.push("stream ready");
  });
  session.on("avatar.speak_started", () => told.push("started"));
  session.on("avatar.speak_ended", () => told.push("ended"));
  session.on(SessionEvent.SESSION_DISCONNECTED, (reason) => told.push(`over: ${reason}`));
  await session.start();
  told.push("connected");
});

window.client = {
  told,
  speak: (audio) => session.repeatAudio(audio),
  interrupt: () => session.interrupt(),
  keepAlive: () => session.keepAlive(),
  stop: () => session.stop(),
  plays: () => !video.paused && video.currentTime > 0.5 && video.videoWidth > 0,
};
