"""The whole program, from outside, and what these tests need for it."""
