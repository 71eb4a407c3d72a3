"""What a visitor says that is not a question, and what is said back."""
