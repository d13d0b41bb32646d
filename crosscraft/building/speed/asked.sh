#!/usr/bin/env bash
# Print what CMake's answers hang on, beside what CMake itself knows, as two checksums: the variable
# that they go into is passed on to every command, and may not be long.
#
# The first is of what all outputs of a recipe have in common: the files of the project, which CMake
# can read, but for its C and C++ sources, which it compiles; the packages in both environments of
# the build. The second is of the script, which is the one output's, and of every variable of the
# environment. Of a project with a link in it nothing is printed, and no answer is kept: behind that
# may be anything.
#
# The arguments are the names of packages that the recipe makes. These change with each edit, and
# count by their files, without extension modules, of which no question is asked. The time that a
# build gets in SOURCE_DATE_EPOCH is told to compilers and is no part of these answers.
export LC_ALL=C
cd "$SRC_DIR" || exit 0
# Without what the engine itself writes there, which differs from build to build.
engines=(-path ./conda_build.sh -o -path ./conda_build.log -o -path ./build_env.sh -o
  -path ./.source_info.json)
files="$(find . -type l -printf 'link\n' -o -type f ! '(' "${engines[@]}" ')' \
  -regextype posix-extended ! -iregex '.*\.(c|h)(c|h|pp|xx|\+\+)?' -exec sha256sum {} + | sort)"
[[ $'\n'"$files" != *$'\nlink'* ]] || exit 0
own=" $* "
packages() {
  others=()
  echo "$2:"
  for meta in "$1"/conda-meta/*.json; do
    name="${meta##*/}"
    if [[ $own == *" ${name%-*-*} "* ]]; then
      sed -nE 's/^ *"_path": "(.*)",?$/\1/p' "$meta" |
        grep -vE '/site-packages/[^/]*\.so$' |
        (cd "$1" && xargs -rd '\n' sha256sum)
    else
      others+=("$meta")
    fi
  done
  # Only the package's own checksum is at the first level; its files' are deeper.
  [[ ${#others[@]} -eq 0 ]] || grep -hE '^  "sha256":' "${others[@]}"
}
{
  printf '%s\n' "$files"
  packages "$BUILD_PREFIX" build 2>&1
  packages "$PREFIX" host 2>&1
} | sha256sum
{
  cat conda_build.sh 2>&1
  env -0u SOURCE_DATE_EPOCH | sort -z
} | sha256sum
exit 0
