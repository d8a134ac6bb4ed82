"""The band that plays behind a solo: for now a bass that walks, by an LSTM."""
