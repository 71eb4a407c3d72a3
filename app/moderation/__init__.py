"""What must not be said to a visitor, nor answered: in front of the model and behind it."""
