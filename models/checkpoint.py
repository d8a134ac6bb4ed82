"""Checkpoints: weights as safetensors beside a meta.json, read from a folder or from the package.

Conventions: a folder holds `weights.safetensors` and `meta.json` (kind, spec, vocabulary hash, data,
seed, figures). Weights may be stored in float16; they are float32 in memory. Written whole or not at all.
"""

import hashlib
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load as load_tensors
from safetensors.numpy import save as save_tensors

from models.spec import Spec, spec_from_json

WEIGHTS, META = "weights.safetensors", "meta.json"


class CheckpointError(ValueError):
    """A checkpoint that cannot be used; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a checkpoint folder holds."""

    spec: Spec
    weights: dict[str, npt.NDArray[np.float32]]
    meta: dict[str, Any]
    digest: str
    """SHA-256 of the weights' file: which weights played a take."""


def shipped(name: str) -> Traversable:
    """The folder of a checkpoint that comes with the program."""
    return files("checkpoints") / name


def load(folder: Traversable, kind: str, vocabulary: str | None) -> Checkpoint:
    """Read and check a checkpoint; `vocabulary` None takes any, where the checkpoint brings its own.

    Raises:
        CheckpointError: missing, damaged, of another kind, or trained on another vocabulary.
    """
    try:
        meta = json.loads((folder / META).read_text("utf-8"))
        data = (folder / WEIGHTS).read_bytes()
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise CheckpointError(f"{folder}: not a checkpoint ({_reason(error)})") from error
    if not isinstance(meta, dict) or meta.get("kind") != kind:
        raise CheckpointError(f"{folder}/{META}: not a checkpoint of kind {kind!r}")
    if vocabulary is not None and meta.get("vocabulary") != vocabulary:
        raise CheckpointError(
            f"{folder}: trained on another vocabulary; train it again or use the shipped one"
        )
    digest = hashlib.sha256(data).hexdigest()
    if meta.get("digest", digest) != digest:
        raise CheckpointError(f"{folder}/{WEIGHTS}: damaged (its checksum is not the one in {META})")
    try:
        weights = {name: value.astype(np.float32) for name, value in load_tensors(data).items()}
        return Checkpoint(spec_from_json(meta["spec"]), weights, meta, digest)
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise CheckpointError(f"{folder}/{WEIGHTS}: damaged ({_reason(error)})") from error


def save(
    folder: Path, spec: Spec, weights: Mapping[str, npt.NDArray[np.floating[Any]]], meta: Mapping[str, Any]
) -> None:
    """Write a checkpoint; meta needs `kind` and `vocabulary`, spec and checksum are added."""
    folder.mkdir(parents=True, exist_ok=True)
    data = save_tensors({name: np.ascontiguousarray(value) for name, value in weights.items()})
    whole = {**meta, "spec": spec.as_json(), "digest": hashlib.sha256(data).hexdigest()}
    write_whole(folder / WEIGHTS, data)
    write_whole(folder / META, (json.dumps(whole, indent=2, sort_keys=True) + "\n").encode())


def write_whole(path: Path, data: bytes) -> None:
    """Write a file so that a reader finds the old one or the new one, never a part."""
    partial = path.with_name(path.name + ".partial")
    partial.write_bytes(data)
    os.replace(partial, path)


def _reason(error: Exception) -> str:
    return (getattr(error, "strerror", None) or str(error) or type(error).__name__).splitlines()[0]
