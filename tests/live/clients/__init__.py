"""Other people's clients of LiveAvatar on our stage."""
