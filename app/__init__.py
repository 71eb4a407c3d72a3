"""From a visitor's words to a spoken, sourced answer."""
