"""The voice door: hears a visitor in a LiveKit room and speaks the API's answers."""
