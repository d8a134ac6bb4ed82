"""Controls: what the buttons, knobs, keys and pedals of a controller mean, and how they are learned."""
