#!/usr/bin/env bash
# Print what CMake's answers about compilers hang on, beside the variables of CMake: what all outputs
# have in common (asked.sh), and the variables of the environment as they are by now, but for those
# that name the one output, which no compiler asks for. If the script has changed something in the
# environments or among the project's files by then, nothing is printed, and no answer is kept.
#
# The argument is the build folder, where CMake itself writes.
export LC_ALL=C
[[ -e $CROSSCRAFT_BEGAN && $1 == "$SRC_DIR"/* ]] || exit 0
newer="$(
  find -H "$BUILD_PREFIX" -newer "$CROSSCRAFT_BEGAN" -print -quit &
  find -H "$PREFIX" -type d -newer "$CROSSCRAFT_BEGAN" -print -quit &&
    find -H "$SRC_DIR" -path "$1" -prune -o -path "$SRC_DIR/conda_build.log" -o \
      ! -type d -cnewer "$CROSSCRAFT_BEGAN" -print -quit &&
    wait $!
)" || exit 0
[[ -z $newer ]] || exit 0
echo "${CROSSCRAFT_ASKED%%$'\n'*}"
ours=(-u SOURCE_DATE_EPOCH -u CROSSCRAFT_ASKED -u CCACHE_NAMESPACE -u SHLVL -u _)
for name in NAME VERSION BUILDNUM BUILD_STRING HASH; do ours+=(-u "PKG_$name"); done
# These hang on whether it is noarch.
for name in SUBDIR target_platform CONDA_BUILD_CROSS_COMPILATION PYTHONDONTWRITEBYTECODE; do
  ours+=(-u "$name")
done
env -0 "${ours[@]}" | sort -z | sed -z 's/\n/\\n/g' | tr '\0' '\n'
exit 0
