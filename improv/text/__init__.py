"""The text mode: characters in, characters out, by the same networks that play."""
