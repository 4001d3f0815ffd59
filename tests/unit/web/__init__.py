"""Tests of the page, over real HTTP to a real store."""
