"""`config.yaml` and `--set` options to a `Config`; every problem is reported at once, with its key path."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from ivts_site.config.settings import Config
from ivts_site.errors import ConfigError
from ivts_site.yamlfile import YamlFileError, check_text, list_problems, read_yaml


def load_config(path: Path, overrides: Sequence[str] = ()) -> Config:
    """Read, override and validate the configuration.

    The overrides are `KEY.PATH=VALUE`, the value read as YAML, and are applied in order. A ConfigError tells
    every problem found: key path, what is wrong, nearest valid name.
    """
    try:
        tree = read_yaml(path)
    except YamlFileError as error:
        raise ConfigError(str(path), [f"{error}; name another file with --config"]) from error
    for item in overrides:
        _apply_override(tree, item)
    try:
        return Config.model_validate(tree)
    except ValidationError as error:
        where = " ".join([str(path), *(f"--set {item}" for item in overrides)])
        raise ConfigError(where, list_problems(error, Config)) from error


def _apply_override(tree: dict[str, Any], item: str) -> None:
    keys, equals, text = item.partition("=")
    path = keys.split(".")
    if not equals or not all(path):
        raise ConfigError("--set", [f"{item[:80]!r} is not KEY.PATH=VALUE"])
    node: Any = tree
    for key in path[:-1]:
        node = node.setdefault(key, {}) if isinstance(node, dict) else None
        if not isinstance(node, dict):
            raise ConfigError("--set", [f"{keys}: {key!r} is not a group of settings"])
    try:
        node[path[-1]] = yaml.safe_load(text)
        check_text(node[path[-1]])
    except (yaml.YAMLError, ValueError, RecursionError) as error:  # ValueError: a date such as 2025-13-01
        raise ConfigError("--set", [f"{keys[:80]}: {text[:80]!r} is not a YAML value"]) from error
