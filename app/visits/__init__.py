"""Visits: who talks with an avatar, in which room, and what was said."""
