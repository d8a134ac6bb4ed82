"""How a message travels to the process that sounds it."""

import struct

PACKET = struct.Struct("<qB3s")
"""Its stamp, nanoseconds of `perf_counter_ns`; its length; the message, padded with zeros."""
