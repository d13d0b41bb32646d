"""Wheels without compiled code. Each is one package that serves every platform."""

from __future__ import annotations

import re

from crosscraft.channel.catalog.model import Package, Wheel
from crosscraft.platforms import NOARCH

__all__ = ["PURE"]


def _pure(
    project: str,
    version: str,
    license: str,
    summary: str,
    sha256: str,
    *depends: str,
    name: str = "",
    constrains: tuple[str, ...] = (),
) -> Package:
    """Return the row of a wheel.

    :param project: the project on PyPI.
    :param name: conda-forge's name, if it differs from the project's.
    """
    stem = f"{re.sub('[-_.]+', '_', project)}-{version}"
    return Package(
        name=name or project,
        subdir=NOARCH,
        version=version,
        summary=summary,
        license=license,
        sources=(Wheel(project, version, sha256),),
        moves=(
            # The installer links python-scripts/ into bin/.
            (f"{stem}.data/scripts/", "python-scripts/"),
            (f"{stem}.data/data/", ""),
            ("", "site-packages/"),
        ),
        # Thus pip knows that it must not replace the package.
        texts={f"site-packages/{stem}.dist-info/INSTALLER": "conda\n"},
        depends=("python >=3.11", *depends),
        constrains=constrains,
        noarch="python",
    )


# Columns: project, version, licence, summary, checksum, dependencies. The dependencies are those
# of the wheel's metadata, and those of conda-forge's package.
PURE = (
    # ── Front ends ──
    _pure(
        "pip", "26.3", "MIT", "The installer of Python packages",
        "f3b60b20ffaadd4415ed7957212a38ac63fa4c5fa375bd0f4a797777940fad13",
        "setuptools", "wheel",
    ),
    _pure(
        "build", "1.6.1", "MIT", "Build a wheel or a source archive from pyproject.toml",
        "ecd351a4be9d35a9eaaba244a7687143c9c7d4aea6ac964e7e7ddab20cbcf4e7",
        "packaging >=24.0", "pyproject_hooks",
        name="python-build", constrains=("build <0",),
    ),
    _pure(
        "pyproject_hooks", "1.3.3", "MIT", "Call the hooks of build backends",
        "5fc53fdac9f7bd63fbcdc868fb5f90b4784d78a53a3d3388cd738b807441a20b",
    ),
    # ── Build backends ──
    _pure(
        "setuptools", "84.2.1", "MIT", "A build backend with support for extension modules",
        "ca140b45d5325a9478f880e351484f62fef15f336462e449ca0c03c873d589c2",
    ),
    _pure(
        "wheel", "0.48.0", "MIT", "Unpack, pack and change wheels",
        "3217dcc807155e45db462d7ef2431f5ddda0d7273b700d05a67b271ceb1287ab",
        "packaging >=24.0",
    ),
    _pure(
        "scikit-build-core", "1.1.2", "Apache-2.0", "A build backend for projects with CMake",
        "7f4f959a467692db50bdd1ea7ce1507f2c7972e6023b753ee302d169bc4cec85",
        "packaging >=23.2", "pathspec >=0.12.0",
    ),
    _pure(
        "meson-python", "0.22.1", "MIT", "A build backend for projects with Meson",
        "258fde948cf45aab5df23fcc9e17a9050ee73d4e1002fe6cf86519f61c414778",
        "meson >=0.64.0", "ninja", "packaging >=23.2", "pyproject-metadata >=0.9.0",
    ),
    _pure(
        "meson", "1.12.1", "Apache-2.0", "A build system with a language of its own",
        "930bc7542cbd9f57009e182fd014eba48cf1a0180a7b9006d2d32d8f168d8b02",
        "ninja >=1.8.2",
    ),
    _pure(
        "packaging", "26.4", "Apache-2.0 OR BSD-2-Clause", "Versions, requirements and tags",
        "81383611a09c1bc0b08b76e0fd5829d7c6824c65b27a6aee339da133f4233ea2",
    ),
    _pure(
        "pathspec", "1.1.1", "MPL-2.0", "Match paths with patterns as in .gitignore",
        "a00ce642f577bf7f473932318056212bc4f8bfdf53128c78bbd5af0b9b20b189",
    ),
    _pure(
        "pyproject-metadata", "0.12.1", "MIT", "Read the project table of pyproject.toml",
        "f7162d580a96386a8eb096da06215f981f547d1490f03055ef99e323bc2da427",
        "packaging >=23.2",
    ),
    # ── Bindings ──
    _pure(
        "pybind11", "3.1.0", "BSD-3-Clause", "Operability between C++ and Python",
        "b8488090f8acffbcb6b5d6a85571a6827a0a2981ffb75e5a0b27b87c4a6b7dd0",
        "pybind11-global ==3.1.0", constrains=("pybind11-abi ==12",),
    ),
    _pure(
        "pybind11-global", "3.1.0", "BSD-3-Clause", "pybind11's headers and CMake files",
        "ae4ce119e9f0d7a2ef2372a6bd70d7906073a67a7d7c759023601a629c4bbd36",
        constrains=("pybind11-abi ==12",),
    ),
    # PyPI also has compiled Cythons, for few platforms. This one serves all of them.
    _pure(
        "cython", "3.3.1", "Apache-2.0", "Compile Python and Cython to C",
        "61abc7feedd20dac6c4ff7ab3a30e17136a067b242ab9253e2b4a6d9a72c2b61",
    ),
    _pure(
        "crossenv", "1.6.2", "MIT", "Environments for cross-compiling extension modules",
        "cf233e4e8ac9b34603f46903d4f8d41dfd9455a43bc813af4db7cd181c80de1d",
        "wheel",
    ),
    # ── abi3audit, and what it needs ──
    _pure(
        "abi3audit", "0.0.26", "MIT", "Look for symbols outside of Python's stable ABI",
        "b94b774984e50ec03481c1dda88c48079f6baec870b263bf7f5e7415feb8802d",
        "abi3info >=2024.06.19", "kaitaistruct ~=0.10", "packaging >=21.3",
        "pefile >=2022.5.30", "pyelftools >=0.29", "requests >=2.32.5",
        "requests-cache >=0.9.6", "rich >=12.5.1",
    ),
    _pure(
        "abi3info", "2026.9.25", "MIT", "The symbols of Python's stable ABI",
        "d5cbf46f358a4e0cafa171572adb67e5dce14a1b316e3c9f577234dbafcd5214",
    ),
    _pure(
        "kaitaistruct", "0.11", "MIT", "The runtime library of Kaitai Struct's parsers",
        "5c6ce79177b4e193a577ecd359e26516d1d6d000a0bffd6e1010f2a46a62a561",
    ),
    _pure(
        "pefile", "2024.8.26", "MIT", "Read Windows executables",
        "76f8b485dcd3b1bb8166f1128d395fa3d87af26360c2358fb75b80019b957c6f",
    ),
    _pure(
        "pyelftools", "0.33", "Unlicense", "Read ELF files",
        "f215ad5f47d3f1373a21496a6c9e0707c622840d0622f23ff7ce08678b020036",
    ),
    _pure(
        "requests", "2.34.2", "Apache-2.0", "HTTP for people",
        "2a0d60c172f83ac6ab31e4554906c0f3b3588d37b5cb939b1c061f4907e278e0",
        "certifi >=2023.5.7", "charset-normalizer >=2,<4", "idna >=2.5,<4", "urllib3 >=1.26,<3",
    ),
    _pure(
        "requests-cache", "1.3.3", "BSD-2-Clause", "A cache for requests",
        "c8df20ff874ebfc026959e3874e6c12bd6724934cdb10925915908453d4b17e4",
        "attrs >=21.2", "cattrs >=22.2", "platformdirs >=2.5", "requests >=2.22",
        "url-normalize >=2.0", "urllib3 >=1.25.5",
    ),
    _pure(
        "rich", "15.0.0", "MIT", "Tables and colours in a terminal",
        "33bd4ef74232fb73fe9279a257718407f169c09b78a87ad3d296f548e27de0bb",
        "markdown-it-py >=2.2.0", "pygments >=2.13.0,<3.0.0",
    ),
    _pure(
        "attrs", "26.1.0", "MIT", "Classes without boilerplate",
        "c647aa4a12dfbad9333ca4e71fe62ddc36f4e63b2d260a37a8b83d2f043ac309",
    ),
    _pure(
        "cattrs", "26.2.1", "MIT", "Convert data to classes and back",
        "a12aaa3453dc8f633a815293179f08b7421ed18d2575c459c3c736f840beac24",
        "attrs >=25.4.0", "typing_extensions >=4.14.0",
    ),
    _pure(
        "certifi", "2026.10.19.post1", "MPL-2.0", "Mozilla's certificates",
        "1324c476b4811eff41a8bc2122cd0bbd4d9c7234c725446d99ab1612b3a7fdd2",
    ),
    _pure(
        "charset-normalizer", "3.5.3", "MIT", "Detect the encoding of a text",
        "96e268b0cbda016ac519513294fcd17032264085b600abaac58b93049477e132",
    ),
    _pure(
        "idna", "3.20", "BSD-3-Clause", "Domain names outside of ASCII",
        "ab7ae7122974553370f0bdb919e1a960b2cd1bc1ef0276416d896db81c14582c",
    ),
    _pure(
        "markdown-it-py", "4.3.0", "MIT", "Read Markdown",
        "7aa1511a46c39138de78d9eba92ce47e63124d8003fc98b3a351909e04239efa",
        "mdurl ~=0.1",
    ),
    _pure(
        "mdurl", "0.1.2", "MIT", "URLs in Markdown",
        "84008a41e51615a49fc9966191ff91509e3c40b939176e643fd50a5c2196b8f8",
    ),
    _pure(
        "platformdirs", "4.14.8", "MIT", "The folders of a user's data and caches",
        "1e34af590de4d978631b751eb2202f2fee4497537a17c1720b12fcf57b331392",
    ),
    _pure(
        "pygments", "2.21.0", "BSD-2-Clause", "Colour source code",
        "2363c69b61c4a97c838da3b130dcd6468f4848992b21a82f2a63ec34377137d9",
    ),
    _pure(
        "typing_extensions", "4.16.0", "PSF-2.0", "Newer types for older Pythons",
        "481caa481374e813c1b176ada14e97f1f67a4539ce9cfeb3f350d78d6370c2e8",
    ),
    _pure(
        "url-normalize", "3.1.0", "MIT", "One spelling for equal URLs",
        "34c386c6b2dbde760eaaaa8542dc29995c75f2baf94acceee18e5b6b29579469",
        "idna >=3.20",
    ),
    _pure(
        "urllib3", "2.8.0", "MIT", "An HTTP client",
        "0cf3cae568d36aa9576b28dfb35f11328f1cb974ca7647d9475ebb86c75ac6e3",
    ),
)  # fmt: skip
