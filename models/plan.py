"""A training laid down as arrays: all that `python -m models.train` needs, and nothing of what they mean.

Conventions: a folder holds `arrays.safetensors` (the maps, the columns to learn from in every variant, and
those to validate on) and `plan.json` (spec, recipe, what the data is, and the arrays' checksum). The recipe
there may be edited by hand. A variant's array that is the first variant's is stored once.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from safetensors import SafetensorError
from safetensors.numpy import load, save

from models.checkpoint import write_whole
from models.dataset import Columns, HeadColumns
from models.recipe import Recipe
from models.spec import Spec, spec_from_json
from models.twin import Dropout, Maps

PLAN, ARRAYS = "plan.json", "arrays.safetensors"
FORMAT = 1

Arrays = dict[str, npt.NDArray[Any]]


class PlanError(ValueError):
    """A folder that is no plan; the message says which file and why."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to train, on what, and how."""

    spec: Spec
    maps: Maps
    variants: tuple[Columns, ...]
    """The same sequences in every variant, such as a transposition."""
    validation: Columns
    recipe: Recipe
    vocabulary: str
    """Which vocabulary the ids are of: a hash."""
    data: str
    """What the data is, for people."""


def write_plan(folder: Path, plan: Plan) -> None:
    """Write a plan's folder.

    Raises:
        OSError: it cannot be written.
    """
    arrays: Arrays = {
        f"map.{head}.{i}": table for head, tables in plan.maps.items() for i, table in enumerate(tables)
    }
    first = _arrays_of(plan.variants[0])
    for k, variant in enumerate(plan.variants):
        for name, array in _arrays_of(variant).items():
            if k == 0 or not np.array_equal(array, first[name]):
                arrays[f"train.{k}.{name}"] = array
    arrays |= {f"validation.{name}": array for name, array in _arrays_of(plan.validation).items()}
    folder.mkdir(parents=True, exist_ok=True)
    packed = save({name: np.ascontiguousarray(array) for name, array in arrays.items()})
    whole = {
        "format": FORMAT,
        "spec": plan.spec.as_json(),
        "recipe": asdict(plan.recipe),
        "vocabulary": plan.vocabulary,
        "data": plan.data,
        "variants": len(plan.variants),
        "digest": hashlib.sha256(packed).hexdigest(),
    }
    write_whole(folder / ARRAYS, packed)
    write_whole(folder / PLAN, (json.dumps(whole, indent=2, sort_keys=True) + "\n").encode())


def read_plan(folder: Path) -> Plan:
    """The inverse of `write_plan`.

    Raises:
        PlanError: not a plan's folder, or a damaged one, or a recipe that is none.
    """
    try:
        found = json.loads((folder / PLAN).read_text("utf-8"))
        packed = (folder / ARRAYS).read_bytes()
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        reason = getattr(error, "strerror", None) or error
        raise PlanError(
            f"{folder}: not a plan ({reason}); `improv train jazz DATA --export` makes one"
        ) from error
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        raise PlanError(f"{folder / PLAN}: not a plan of format {FORMAT}; export it again")
    if hashlib.sha256(packed).hexdigest() != found.get("digest"):
        raise PlanError(f"{folder / ARRAYS}: damaged (its checksum is not the one in {PLAN})")
    recipe = _recipe(found.get("recipe"), folder / PLAN)
    try:
        spec = spec_from_json(found["spec"])
        arrays = load(packed)
        first = _columns_of("train.0", arrays, spec, {})
        variants = [
            _columns_of(f"train.{k}", arrays, spec, _arrays_of(first)) for k in range(found["variants"])
        ]
        return Plan(
            spec=spec,
            maps={
                head.name: tuple(arrays[f"map.{head.name}.{i}"] for i in range(len(head.experts)))
                for head in spec.heads
            },
            variants=tuple(variants),
            validation=_columns_of("validation", arrays, spec, {}),
            recipe=recipe,
            vocabulary=str(found["vocabulary"]),
            data=str(found["data"]),
        )
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise PlanError(f"{folder}: damaged ({error or type(error).__name__})") from error


def _recipe(value: Any, path: Path) -> Recipe:
    """The recipe of a plan, which people may edit."""
    try:
        recipe = Recipe(**{**value, "dropout": Dropout(**value["dropout"])})
    except (KeyError, TypeError) as error:
        raise PlanError(f"{path}: its recipe is none ({error})") from error
    whole = ("epochs", "checks", "batch", "window", "threads")
    if any(type(getattr(recipe, name)) is not int or getattr(recipe, name) < 1 for name in whole):
        raise PlanError(f"{path}: its recipe is none (whole numbers above 0 are {', '.join(whole)})")
    return recipe


def _arrays_of(columns: Columns) -> Arrays:
    arrays: Arrays = {
        "ids": columns.ids,
        "dense": columns.dense,
        "lengths": np.array(columns.lengths, dtype=np.int64),
    }
    for name, head in columns.heads.items():
        arrays |= {
            f"{name}.inputs": head.inputs,
            f"{name}.shifts": head.shifts,
            f"{name}.target": head.target,
        }
        if head.advice is not None:
            arrays[f"{name}.advice"] = head.advice
    return arrays


def _columns_of(prefix: str, arrays: Arrays, spec: Spec, otherwise: Mapping[str, Any]) -> Columns:
    """Raises KeyError for an array that is missing, ValueError for one of a shape that is not the spec's."""

    def found(name: str, *widths: int) -> npt.NDArray[Any]:
        whole = f"{prefix}.{name}"
        array: npt.NDArray[Any] = arrays[whole] if whole in arrays else otherwise[name]
        expected = (steps, *widths)
        if array.shape != expected:
            raise ValueError(f"{whole}: expected the shape {expected}, found {array.shape}")
        return array

    lengths: Sequence[int] = arrays.get(
        f"{prefix}.lengths", otherwise.get("lengths", np.zeros(0, int))
    ).tolist()
    steps = sum(lengths)
    heads = {
        head.name: HeadColumns(
            found(f"{head.name}.inputs", len(head.inputs)),
            found(f"{head.name}.shifts", len(head.experts)),
            found(f"{head.name}.target"),
            found(f"{head.name}.advice", head.advice.sources, head.advice.slots) if head.advice else None,
        )
        for head in spec.heads
    }
    return Columns(found("ids", len(spec.inputs)), found("dense", spec.dense), heads, tuple(lengths))
