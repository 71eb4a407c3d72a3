"""How text is read aloud: written signs, numbers and short forms as words of a language."""
