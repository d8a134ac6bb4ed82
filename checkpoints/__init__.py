"""The trained weights that ship, one folder a model: weights, meta.json and a model card."""
