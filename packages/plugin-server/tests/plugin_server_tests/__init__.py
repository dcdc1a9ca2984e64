"""Tests of the library that need no plugin but those that they make up."""
