"""Rules of pixi's published manifest schema that a manifest of ours can break.

https://pixi.prefix.dev/latest/schema/manifest/schema.json, read for pixi 0.50, and for 0.77 what
`build-variants` and `target` take. What `build` and `preview` take is from
https://pixi.prefix.dev/latest/reference/pixi_manifest/.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema

_WORD = {"type": "string", "minLength": 1}
_WORDS = {"type": "array", "items": _WORD}
_SPECS = {
    "type": "object",
    "propertyNames": {"minLength": 1},
    "additionalProperties": {
        "anyOf": [
            _WORD,
            {
                "type": "object",
                "propertyNames": {
                    "enum": "version build build-number file-name channel subdir license path url "
                    "md5 sha256 git rev tag branch subdirectory".split()
                },
                "additionalProperties": _WORD,
            },
        ]
    },
}
_DEPENDS_ON = {
    "type": "array",
    "items": {
        "anyOf": [
            {"type": "string", "pattern": r"^[^\s\$]+$"},
            {
                "type": "object",
                "required": ["task"],
                "additionalProperties": False,
                "properties": {
                    "task": {"type": "string", "pattern": r"^[^\s\$]+$"},
                    "args": _WORDS,
                    "environment": {"type": "string", "pattern": r"^[a-z\d\-]+$"},
                },
            },
        ]
    },
}
_TASKS = {
    "type": "object",
    "propertyNames": {"pattern": r"^[^\s\$]+$"},
    "additionalProperties": {
        "anyOf": [
            _WORD,
            {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "cmd": {"anyOf": [_WORD, _WORDS]},
                    "cwd": {"type": "string", "pattern": r"^[^\\]+$"},
                    "depends-on": _DEPENDS_ON,
                    "description": _WORD,
                    "env": {"type": "object", "additionalProperties": _WORD},
                    "clean-env": {"type": "boolean"},
                },
            },
        ]
    },
}
_SUBDIRS = (
    "emscripten-wasm32 linux-32 linux-64 linux-aarch64 linux-armv6l linux-armv7l linux-ppc64 "
    "linux-ppc64le linux-riscv32 linux-riscv64 linux-s390x noarch osx-64 osx-arm64 unknown "
    "wasi-wasm32 win-32 win-64 win-arm64 zos-z"
).split()
_BACKEND = {
    "type": "object",
    "required": ["name"],
    "additionalProperties": False,
    "properties": {"name": _WORD, "version": _WORD, "channels": _WORDS},
}
_VARIANTS = {"type": "object", "additionalProperties": _WORDS}

_MANIFEST = {
    "type": "object",
    "additionalProperties": False,
    "anyOf": [{"required": ["workspace"]}, {"required": ["package"]}],
    "properties": {
        "workspace": {
            "type": "object",
            "required": ["channels"],
            "additionalProperties": False,
            "properties": {
                "name": _WORD,
                "channels": _WORDS,
                "platforms": {"type": "array", "items": {"enum": _SUBDIRS}},
                "preview": {"anyOf": [_WORDS, {"type": "boolean"}]},
                "requires-pixi": _WORD,
                "build-variants": _VARIANTS,
                "target": {
                    "type": "object",
                    "propertyNames": {"enum": _SUBDIRS},
                    "additionalProperties": {
                        "type": "object",
                        "additionalProperties": False,
                        "properties": {"build-variants": _VARIANTS},
                    },
                },
            },
        },
        "package": {
            "type": "object",
            "required": ["build"],
            "additionalProperties": False,
            "properties": {
                "name": _WORD,
                "version": _WORD,
                "build": {
                    "type": "object",
                    "required": ["backend"],
                    "additionalProperties": False,
                    "properties": {"backend": _BACKEND},
                },
            },
        },
        "dependencies": _SPECS,
        "tasks": _TASKS,
        "feature": {
            "type": "object",
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {"dependencies": _SPECS, "tasks": _TASKS},
            },
        },
        "environments": {
            "type": "object",
            "propertyNames": {"pattern": r"^[a-z\d\-]+$"},
            "additionalProperties": {
                "type": "object",
                "additionalProperties": False,
                "properties": {
                    "features": _WORDS,
                    "solve-group": _WORD,
                    "no-default-feature": {"type": "boolean"},
                },
            },
        },
    },
}


def broken(manifest: Mapping[str, Any]) -> list[str]:
    """Return what is wrong with a manifest, a line for each rule that it breaks."""
    found = [
        f"{error.json_path}: {error.message}"
        for error in jsonschema.Draft7Validator(_MANIFEST).iter_errors(manifest)
    ]
    return found or list(_dangling(manifest))


def _dangling(manifest: Mapping[str, Any]) -> Iterator[str]:
    """Names that nothing has, which pixi refuses beyond its schema."""
    features = manifest.get("feature", {})
    environments = manifest.get("environments", {})
    for name, environment in environments.items():
        for feature in environment.get("features", ()):
            if feature not in features:
                yield f"environment {name}: there is no feature {feature}"
    common = manifest.get("tasks", {})
    for tasks in (common, *(feature.get("tasks", {}) for feature in features.values())):
        for name, task in tasks.items():
            for needed in task.get("depends-on", ()) if isinstance(task, Mapping) else ():
                wanted = needed if isinstance(needed, str) else needed["task"]
                where = None if isinstance(needed, str) else needed.get("environment")
                if wanted not in {**common, **tasks}:
                    yield f"task {name}: there is no task {wanted}"
                if where not in {None, "default", *environments}:
                    yield f"task {name}: there is no environment {where}"
    sources = [spec for spec in manifest.get("dependencies", {}).values() if "path" in spec]
    if sources and "pixi-build" not in manifest["workspace"].get("preview", ()):
        yield "a dependency is a source: pixi-build is not among the previews"
