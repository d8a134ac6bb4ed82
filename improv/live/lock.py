"""Whether a log is being written: its writer holds a lock, which the system lifts however it ends."""

import os
import sys
from pathlib import Path

if sys.platform == "win32":
    import msvcrt

    _FAR = 1 << 30  # a lock of Windows keeps others from the locked byte: lock one that no log has

    def hold(descriptor: int) -> bool:
        """Lock an open file for as long as it is open; False where another holds it."""
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True

else:
    import errno
    import fcntl

    def hold(descriptor: int) -> bool:
        """Lock an open file for as long as it is open; False where another holds it."""
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:  # other errors: a file system without locks
            return error.errno not in (errno.EWOULDBLOCK, errno.EACCES)
        return True


def is_held(path: Path) -> bool:
    """Whether a program holds the file's lock now. Raises OSError where it cannot be opened."""
    descriptor = os.open(path, os.O_RDONLY if sys.platform != "win32" else os.O_RDWR)
    try:
        return not hold(descriptor)
    finally:
        os.close(descriptor)
