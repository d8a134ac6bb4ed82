"""Several processes training one network: who takes which streams, and how they agree.

Conventions: rank 0 leads: it alone reports and writes files. Everyone walks through the same data in the
same order and takes its own streams of every batch, so the batch, and with it the loss curve, is that of
one process. Small sums go through gloo on the CPU, gradients through gloo or, on GPUs, nccl.
Processes are started by `torchrun`, which tells each its rank in the environment.
"""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass
from typing import NoReturn, TypeVar

import torch
from torch import Tensor, nn
from torch import distributed as dist
from torch.nn.parallel import DistributedDataParallel

T = TypeVar("T")
CPU = torch.device("cpu")


class TeamError(RuntimeError):
    """Processes that cannot work together; the message says what to change."""


@dataclass(frozen=True, slots=True)
class Team:
    """The place of a process among those that train together."""

    rank: int = 0
    size: int = 1
    device: torch.device = CPU

    @property
    def leads(self) -> bool:
        """Whether this process reports and writes."""
        return self.rank == 0

    def share(self, streams: int) -> slice:
        """The streams of a batch that are this process's.

        Raises:
            TeamError: fewer streams than processes.
        """
        if streams < self.size:
            raise TeamError(f"a batch of {streams} cannot be shared by {self.size} processes")
        return slice(self.rank * streams // self.size, (self.rank + 1) * streams // self.size)

    def total(self, values: Tensor) -> Tensor:
        """The sum of everyone's values, on the CPU."""
        if self.size > 1:
            values = values.clone()
            dist.all_reduce(values)
        return values

    def any(self, *flags: bool) -> list[bool]:
        """Of each flag, whether anyone's is set."""
        return list(flags) if self.size == 1 else self.total(torch.tensor(flags).float()).bool().tolist()

    def gather(self, value: T) -> list[T]:
        """Everyone's values in the order of ranks, for who leads; for the others nothing."""
        if self.size == 1:
            return [value]
        found: list[T | None] | None = [None] * self.size if self.leads else None
        dist.gather_object(value, found)
        return [entry for entry in found or [] if entry is not None]

    def wrap(self, module: nn.Module) -> nn.Module:
        """The module, its gradients averaged over the processes as they are found."""
        if self.size == 1:
            return module
        devices = None if self.device.type == "cpu" else [self.device]
        # its buffers are constants: nothing to tell each other
        return DistributedDataParallel(module, device_ids=devices, forward_sync_buffers=False)


ALONE = Team()


def apart(module: nn.Module) -> AbstractContextManager[None]:
    """While it lasts gradients stay each process's own: there are more to be added to them."""
    return module.no_sync() if isinstance(module, DistributedDataParallel) else nullcontext()


@contextmanager
def joined(device: str = "auto") -> Iterator[Team]:
    """The team that torchrun started this process in, or a team of one.

    `device` is auto (GPUs where there are any), cpu or cuda.

    Raises:
        TeamError: no GPU, or fewer than processes on this machine.
    """
    rank, size = int(os.environ.get("RANK", "0")), _size()
    here = _device(device, int(os.environ.get("LOCAL_RANK", "0")))
    if size == 1:
        yield Team(device=here)
        return
    if int(os.environ.get("LOCAL_WORLD_SIZE", "0")) == size:
        _stay_on_this_machine()
    if here.type == "cuda":
        torch.cuda.set_device(here)
        dist.init_process_group("cpu:gloo,cuda:nccl", device_id=here)
    else:
        dist.init_process_group("gloo")
    try:
        yield Team(rank, size, here)
    finally:
        dist.destroy_process_group()


def leave(code: int) -> NoReturn:
    """End this process; one of a team ends at once, without the interpreter's own end.

    DistributedDataParallel keeps gloo's threads beyond the group's end, and one of them that still lets
    go of a tensor then, and wants the interpreter for it, aborts a process that has done all its work.
    """
    if _size() == 1:
        sys.exit(code)
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def _size() -> int:
    return int(os.environ.get("WORLD_SIZE", "1"))


def _device(kind: str, local: int) -> torch.device:
    if kind == "cpu" or (kind == "auto" and not torch.cuda.is_available()):
        return CPU
    if not torch.cuda.is_available():
        raise TeamError("no GPU that torch can use is here; leave --device out, or say --device cpu")
    if local >= torch.cuda.device_count():
        raise TeamError(
            f"more processes than the {torch.cuda.device_count()} GPUs of this machine; start fewer "
            "(--nproc-per-node), or say --device cpu"
        )
    return torch.device("cuda", local)


def _stay_on_this_machine() -> None:
    """Let gloo talk over the loopback, where it need not find the machine's own name in any network."""
    for _, name in socket.if_nameindex():
        if name in ("lo", "lo0"):
            os.environ.setdefault("GLOO_SOCKET_IFNAME", name)
