"""deepjazz as Ji-Sung Kim played it: his rules, his vocabulary, a model of his size."""
