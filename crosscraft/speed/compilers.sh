#!/usr/bin/env bash
# Print what CMake's answers about compilers hang on, beside the variables of CMake: what all of its
# answers do (CROSSCRAFT_ASKED), but for what one output of a recipe has and no compiler asks for,
# its name and its script; and the variables of the environment as they are by now. If the script has
# changed something in the environments by then, nothing is printed, and no answer is kept.
export LC_ALL=C
[[ -e $CROSSCRAFT_BEGAN ]] || exit 0
newer="$(find "$BUILD_PREFIX" -newer "$CROSSCRAFT_BEGAN" -print -quit &&
  find "$PREFIX" -type d -newer "$CROSSCRAFT_BEGAN" -print -quit)" && [[ -z $newer ]] || exit 0
grep -vF "  $SRC_DIR/conda_build.sh" <<<"${CROSSCRAFT_ASKED%%$'\nvariables:\n'*}"
names='SOURCE_DATE_EPOCH|PKG_(NAME|VERSION|BUILDNUM|BUILD_STRING|HASH)|SUBDIR|target_platform'
names+='|CONDA_BUILD_CROSS_COMPILATION|PYTHONDONTWRITEBYTECODE' # both hang on noarch
names+='|CROSSCRAFT_ASKED|CCACHE_NAMESPACE|SHLVL|_'
env -0 | grep -zvE "^($names)=" | sort -z | tr '\0' '\n'
exit 0
