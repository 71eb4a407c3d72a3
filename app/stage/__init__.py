"""A video stage that speaks LITE and runs here: REST, a WebSocket, a face in a room."""
