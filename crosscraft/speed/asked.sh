#!/usr/bin/env bash
# Print what CMake's answers hang on, beside what CMake itself knows: the files of the project,
# which CMake can read, but for its C and C++ sources, which it compiles; the packages in both
# environments of the build; after a line `variables:`, every variable of the environment. Of a
# project with a link in it nothing is printed, and no answer is kept: behind that may be anything.
#
# The arguments are the names of packages that the recipe makes. These change with each edit, and
# count by their files, without extension modules, of which no question is asked. The time that a
# build gets in SOURCE_DATE_EPOCH is told to compilers and is no part of these answers.
export LC_ALL=C
# Without what the engine itself writes there, which differs from build to build.
engines=(-path "$SRC_DIR/conda_build.log" -o -path "$SRC_DIR/build_env.sh" -o
  -path "$SRC_DIR/.source_info.json")
files="$(find "$SRC_DIR" -type l -printf 'link\n' -o -type f ! '(' "${engines[@]}" ')' \
  -regextype posix-extended ! -iregex '.*\.(c|h)(c|h|pp|xx|\+\+)?' -exec sha256sum {} + | sort)"
[[ $'\n'"$files" != *$'\nlink'* ]] || exit 0
printf '%s\n' "$files"
own=" $* "
others=()
for meta in "$BUILD_PREFIX"/conda-meta/*.json "$PREFIX"/conda-meta/*.json; do
  name="${meta##*/}"
  if [[ $own == *" ${name%-*-*} "* ]]; then
    sed -nE 's/^ *"_path": "(.*)",?$/\1/p' "$meta" |
      grep -vE '/site-packages/[^/]*\.so$' |
      (cd "$PREFIX" && xargs -rd '\n' sha256sum)
  else
    others+=("$meta")
  fi
done 2>&1
# Only the package's own checksum is at the first level; its files' are deeper.
grep -hE '^  "sha256":' "${others[@]}" 2>&1
echo 'variables:'
env -0u SOURCE_DATE_EPOCH | sort -z | tr '\0' '\n'
exit 0
