"""What can go wrong while the house is being set up."""


class SetupFailed(Exception):
    """A step of the set-up could not be done; the message is for people: cause, then remedy."""
