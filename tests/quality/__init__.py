"""How well the program judges, measured on other people's labelled news."""
