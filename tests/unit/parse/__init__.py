"""Tests of the parse stage."""
