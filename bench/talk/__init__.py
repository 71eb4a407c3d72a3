"""Questions asked aloud in a real room: how soon and how well they are answered."""
