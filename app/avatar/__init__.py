"""The avatar's side of LITE: a client of the video stage, and the avatar of a LiveKit agent."""
