"""rattler-build's messages about recipes and builds, with their meaning and a remedy.

The texts are the ``#[error]`` lines of rattler-build's crates. Each row is tested by making the
engine say its text (``tests/unit/building/test_engine_messages.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["ROWS", "Row"]

File = Literal["read", "variants", "patch", "source", "package"]
"""What is at fault: the file that was being read, or something else, which the sentence names."""


@dataclass(frozen=True, slots=True)
class Row:
    """A message of the engine."""

    name: str
    """A short name, unique in the table."""
    file: File
    """The file at fault."""
    pattern: str
    """A regular expression for a part of the text. Its groups are fields of the other columns.

    The groups ``line`` and ``column`` are the place. Each line of ``detail`` is shown as it is.
    """
    sentence: str
    """What it means, without a full stop."""
    remedy: str
    """What to do, in one or two sentences."""


_TEMPLATE = "Define it under `context:` or in variants.yaml, or give it a default: `| default(…)`."
_TYPE = (
    "Look at the indentation, put quotes around a text that contains `: `, and compare the field "
    "with the recipe format's reference."
)
_VERSION = "Write a condition on the version, such as `>=1.2,<2` or `1.2.*`."

# fmt: off
ROWS: tuple[Row, ...] = (
    # YAML
    Row("duplicate key", "read",
        r'Duplicate key "(?P<word>.+?)" in mapping at (?P<first>\d+):\d+ and '
          r"(?P<line>\d+):(?P<column>\d+)",
        "the key `{word}` is there twice, first in line {first}",
        "Remove one of them, or join their values."),
    Row("tab", "read",
        r"(?P<line>\d+):(?P<column>\d+): tabs disallowed",
        "the YAML does not parse: a line begins with a tab",
        "Indent with spaces."),
    Row("top level", "read",
        r"(?:YAML|parse error): (?P<line>\d+):(?P<column>\d+): Top level must be a mapping"
          r"|Expected conda_build_config\.yaml to be a mapping",
        "the file does not consist of keys and values",
        "Begin each line without indentation with a key and a colon."),
    Row("braces", "read",
        r"(?P<line>\d+):(?P<column>\d+): Keys in mappings must be scalar",
        "`{{{{ … }}}}` without a `$` is a mapping in YAML and not a template",
        "Write templates as `${{{{ name }}}}`."),
    Row("percent", "read",
        r"(?P<line>\d+):(?P<column>\d+): unexpected character: `%'",
        "the YAML does not parse: `%` cannot begin a value",
        "Quote the value. In place of `{{% set … %}}`, define variables under `context:`."),
    Row("YAML", "read",
        r"(?:YAML|parse error): (?P<line>\d+):(?P<column>\d+): (?P<reason>.+)",
        "the YAML does not parse: {reason}",
        "Look at that line and the line before it."),
    Row("conda_build_config", "read",
        r"Invalid variant configuration: (?P<reason>.+?) at line (?P<line>\d+) column "
          r"(?P<column>\d+)",
        "the YAML does not parse: {reason}",
        "Look at that line and the line before it."),
    Row("encoding", "read",
        "did not contain valid UTF-8",
        "the file is not UTF-8 text",
        "Save it as UTF-8."),
    # variants
    Row("zip_keys", "read",
        "variant config file: expected (?:sequence|list) but got",
        "`zip_keys` is not a list of lists",
        "Write each group of keys as a list of its own: `zip_keys: [[a, b]]`."),
    Row("conda_build_config values", "read",
        "Invalid variant configuration: invalid type: .+ expected a sequence",
        "a value is not a list, or `zip_keys` is not a list of lists",
        "Write values as a list, such as `python: [3.12]`, and `zip_keys` as `[[a, b]]`."),
    Row("conda_build_config key", "read",
        'duplicate entry with key "(?P<word>.+)"',
        "the key `{word}` is there twice",
        "Remove one of them, or join their values."),
    Row("values", "read",
        "Variant values for '(?P<word>.+?)' must be a list",
        "the values of `{word}` are not a list",
        "Write them as a list, such as `{word}: [1]`."),
    Row("zip_keys lengths", "variants",
        "Zip key elements do not all have same length: (?P<word>.+)",
        "`{word}` has a different number of values than the key that `zip_keys` pairs it with",
        "Give the keys of one group in `zip_keys` the same number of values."),
    Row("variant version", "variants",
        "version spec for variant key (?P<word>.+?): .*: (?P<value>.+)",
        "the variant `{word}` has the value `{value}`, which is not a version",
        _VERSION),
    # templates and conditions
    Row("env.get", "read",
        r"Environment variable (?P<word>\S+) not found",
        "the environment variable {word} is not set, and `env.get` has no default for it",
        "Set {word} before the command, or write "
          '`${{{{ env.get("{word}", default="…") }}}}` in the recipe.'),
    Row("stdlib", "read",
        r"No stdlib found for language: (?P<language>\S+)",
        "`stdlib('{language}')` needs the variant `{language}_stdlib`, and nothing defines it",
        "Define it in variants.yaml beside the recipe, such as `{language}_stdlib: [sysroot]`."),
    Row("undefined in variants", "read",
        r"variant key '[^(]+\(.(?P<word>[^)]+?).\)': undefined value",
        "a template in the values of `{word}` uses a variable that is not defined",
        "Only variables of the platform are defined here, such as `host_platform` and `unix`."),
    Row("undefined", "read",
        "undefined variable in expression '(?P<word>.+?)'|condition '(?P<condition>.+?)': "
          "undefined value|undefined value",
        "a template or condition uses a variable that is not defined",
        _TEMPLATE),
    Row("unknown function", "read",
        r"unknown (?:function: |filter: filter )(?P<word>\S+) is unknown",
        "a template uses `{word}`, which is neither a function nor a filter",
        "Correct its spelling."),
    Row("conda-build argument", "read",
        r"`(?P<word>\w+)` is not supported anymore\. Please use `(?P<instead>.+?)` instead",
        "`{word}` is conda-build's, and rattler-build does not know it",
        "Write `{instead}` instead."),
    Row("experimental", "read",
        "[Ee]xperimental feature",
        "this is an experimental feature of rattler-build, and crosscraft enables none",
        "Write the recipe without it."),
    Row("draft", "read",
        ": (?P<reason>[^:]+?) requires? the --v3 flag",
        "{reason} are from a draft of the package format, and crosscraft enables no draft",
        "Write the recipe without them."),
    Row("template syntax", "read",
        "Failed to parse (?:Jinja|if).*syntax error: (?P<reason>.+)",
        "a template or condition does not parse: {reason}",
        "Look at its brackets, quotes and operators."),
    # the recipe's fields
    Row("missing field", "read",
        "missing required field '(?P<missing>.+?)'",
        "the field `{missing}` is missing",
        "Add it."),
    Row("unknown field", "read",
        "invalid value for '(?P<where>.+?)': unknown (?:top-level )?field '(?P<word>.+?)'",
        "there is no field `{word}` in `{where}`",
        "Correct its spelling, or move it to the place where it belongs."),
    Row("noarch", "read",
        "nvalid noarch type '(?P<word>.*?)'",
        "`noarch: {word}` is neither `python` nor `generic`",
        "Write one of them, or leave `noarch` out."),
    Row("range", "read",
        r"missing range specifier for '(?P<word>.+?)'\. Did you mean (?P<instead>.+?)\?",
        "`{word}` is not a version spec",
        "Write {instead}."),
    Row("version spec", "read",
        "unable to parse version spec: (?P<word>.+)",
        "`{word}` is not a version spec",
        _VERSION),
    Row("package name", "read",
        "'(?P<word>[^']*)' is not a valid package name",
        "`{word}` is not a valid package name",
        "Use the letters a to z, digits, `-`, `_` and `.`, or close the template with `}}}}`."),
    Row("empty version", "read",
        "malformed version string ''",
        "the version is empty",
        'Write it as `version: "1.0"`.'),
    Row("version", "read",
        "malformed version string '(?P<word>.*?)': (?P<reason>.+)",
        "`{word}` is not a version: {reason}",
        "Use digits and letters with dots between them."),
    Row("licence", "read",
        r"SPDX license: '(?P<word>.+?)', because:\n(?P<detail>(?:.+\n?)+)",
        "the licence `{word}` is not an SPDX expression",
        "Use an SPDX identifier, such as `BSD-3-Clause`, or `LicenseRef-NAME` for your own."),
    Row("checksum form", "read",
        "Invalid (?P<kind>SHA256|MD5) checksum: (?P<word>.+)",
        "`{word}` is not a {kind} checksum",
        "Copy all of its digits."),
    Row("staging", "read",
        "Staging cache '(?P<word>.+?)' not found",
        "`inherit: {word}` names no staging output",
        "Correct the name, or add an output with `staging: {{name: {word}}}`."),
    Row("type", "read",
        r"expected (?P<expected>[\w/ ]+) but got",
        "a field has the wrong type: {expected} expected",
        _TYPE),
    # outputs
    Row("pin_subpackage", "read",
        r"(?:missing output|subpackage is not available): (?P<output>\S+)",
        "`pin_subpackage` names {output}, which is not an output of this recipe",
        "Correct the name, or write {output} as an ordinary requirement."),
    Row("cycle", "read",
        "Cycle detected in recipe outputs: (?P<outputs>.+)",
        "the outputs {outputs} need each other, so none of them can be built first",
        "Remove one of these requirements."),
    Row("pin_compatible", "read",
        r"The following package is not part of the solution: (?P<package>\S+)",
        "`pin_compatible` names {package}, which is not in the build or host environment",
        "Add {package} to `requirements: host`."),
    # sources
    Row("checksum", "source",
        r'(?P<kind>\w+) checksum validation failed'
          r'(?: for ".*?(?:[0-9a-f]{16}_)?(?P<sources>[^/"]+)")?'
          r"\s+expected: (?P<expected>\w+)\s+actual: +(?P<actual>\w+)",
        "the source {sources} does not have the {kind} of the recipe, but {actual}",
        "Find out whether the source has changed. If it is right, correct `{kind}` in the recipe."),
    Row("source path", "source",
        r"(?:failed to canonicalize path `|\bFile not found: )(?P<path>[^`\n]+)",
        "the source {path} does not exist",
        "Correct `source` in the recipe. A path is relative to the recipe's folder."),
    Row("download", "source",
        "Failed to download from URL: (?P<reason>.+)",
        "the source {sources} could not be downloaded: {reason}",
        "Check the URL and the network, and build again."),
    Row("archive", "source",
        "Failed to extract archive: (?P<reason>.+)",
        "the source {sources} cannot be unpacked: {reason}",
        "Check that the URL leads to an archive and not to a page."),
    Row("git revision", "source",
        "could not find a branch, tag, or commit named `(?P<revision>.+?)` in `"
          r"(?P<url>.+?)`|failed to fetch (?P<url2>.+?): fatal: couldn't find remote ref "
          r"(?P<revision2>\S+)",
        "the git source {url}{url2} has no {revision}{revision2}",
        "Correct `rev`, `tag` or `branch` in the recipe."),
    Row("git commit", "source",
        r"Git commit mismatch: expected commit '(?P<expected>\w+)' but got '"
          r"(?P<actual>\w+)' for revision '(?P<revision>.+?)'",
        "{revision} of the git source is commit {actual}, and not {expected}",
        "Find out why it has moved. If it is right, correct `expected_commit` in the recipe."),
    Row("git", "source",
        r"Git error: (?P<reason>.+?): fatal: (?P<detail>[\s\S]+)",
        "the source {sources} could not be fetched with git",
        "Check the URL, the revision and your access to it."),
    Row("patch path", "patch",
        "Patch file not found: (?P<path>.+)",
        "the patch {path} does not exist",
        "Correct `patches` in the recipe. A path is relative to the recipe's folder."),
    Row("patch", "patch",
        r"Patch application error: (?P<reason>.+?)\s+Hunk content:\s+(?P<detail>[\s\S]+)",
        "the patch {patches} does not apply: {reason}",
        "Make the patch again from the sources that the recipe has."),
    # scripts
    Row("interpreter", "read",
        "unsupported interpreter `(?P<word>.+?)`",
        "rattler-build knows no interpreter `{word}`",
        "Correct `interpreter` in `build: script`."),
    Row("interpreter missing", "read",
        "interpreter `(?P<program>.+?)` was not found",
        "the build environment has no {program}, which `interpreter` names",
        "Add the package of {program} to `requirements: build`."),
    Row("script", "read",
        "Script failed to execute$",
        "the build script {script} did not start: it does not exist, or a template in it fails",
        "Correct `build: script`. A file is relative to the recipe's folder."),
    # the package
    Row("package_contents", "package",
        r"failed package content tests: (?P<detail>[\s\S]+)",
        "its files are not those that the test `package_contents` asks for",
        "The lines above name the difference. Correct the build script or the test."),
    Row("licence file", "package",
        "No license files were copied",
        "no file matches `license_file`",
        "Correct `about: license_file`. A path is relative to the sources or the recipe's "
          "folder."),
    Row("symbolic links", "package",
        r"contains symlinks which[^:]+:\n?(?P<detail>[\s\S]+?)\s+To allow symlinks",
        "the package is for all platforms, and Windows does not have its symbolic links",
        "Install copies instead, or add `__unix` to `requirements: run`."),
    Row("menu", "package",
        "Invalid MenuInst schema file: .*?(?P<path>Menu/.+?) - (?P<reason>.+)",
        "{path} does not describe a menu: {reason}",
        "Correct this file. Its format is menuinst's."),
    Row("file name", "package",
        "path contains invalid UTF-8 characters",
        "the package has a file whose name is not UTF-8 text",
        "Rename or remove the file in the build script."),
    Row("program", "package",
        r"failed to find `(?P<program>\S+)` \(",
        "rattler-build needs the program {program}, and did not find it",
        "Add {program} to `requirements: build`."),
    Row("linking", "package",
        r"linking check error: (?P<reason>Over\w+ against: [^\s(]+)",
        "the libraries of the package and `requirements` disagree: {reason}",
        "Add the package of that library to `requirements: host`, or to "
          "`missing_dso_allowlist`."),
    Row("package files", "package",
        r"Package file `(?P<path>.+?)` listed in \$(?P<list>\w+) (?P<reason>.+)",
        "the build script lists {path} in ${list}, and it {reason}",
        "List files in $PREFIX only, and install them first."),
    Row("file", "package",
        "Could not open or create, or write to file",
        "a file that the recipe names cannot be copied into the package",
        "Look at `license_file` and at the files of `tests`. They exist, and their paths are "
          "relative."),
    # anything else
    Row("render", "read",
        "Failed to (?:render recipe with variants|parse recipe)",
        "the recipe does not render with the environment variables of a build",
        "Look for `env.get` in the recipe, and give it a default."),
    Row("list item", "read",
        "invalid value for 'item': (?P<reason>.+)",
        "an item of a list is not valid: {reason}",
        "{suggestion}"),
    Row("value", "read",
        r"invalid value for '(?P<where>(?:[\w ]+\.)*(?P<word>[\w ]+))': (?P<reason>.+)",
        "`{where}` is not valid: {reason}",
        "{suggestion}"),
    Row("template", "read",
        "(?:Jinja template error|variant config file): (?P<reason>.+)",
        "a template or condition fails: {reason}",
        "Look at the types and arguments in it."),
)
"""The first row whose pattern is found explains a text."""
# fmt: on
