#!/usr/bin/env bash
# ccache by the list of headers of last time, where no header can have come or gone unseen.
#
#   by_headers.sh packages COMPILER ARGUMENT…    for a source that includes only what packages have
#   by_headers.sh project COMPILER ARGUMENT…     and what the project has, which is in SRC_DIR
#
# It runs in the build folder, as CMake has compilers run.
#
# Then ccache need not run the preprocessor. The namespace has the checksums of the packages; the
# names of the project's files are added to it. A word that names another folder, or is not
# understood, takes the long way, and so does a project that may read what is on no such list, or
# a build that put files among those of the packages (CROSSCRAFT_BEGAN is as old as its script).
export LC_ALL=C
sources="$1"
shift
own="$PWD/CMakeFiles" # what CMake and Ninja make for themselves differs, also if nothing else does

# Somebody may have removed it; a build is slower without.
[[ -x $CROSSCRAFT_CCACHE ]] || exec "$@"

the_long_way() {
  exec "$CROSSCRAFT_CCACHE" "$@"
}

is_known() {
  [[ $1 == "$PREFIX"/* || $1 == "$BUILD_PREFIX"/* ]] ||
    [[ $sources == project && "$1/" == "$SRC_DIR"/* && "$1/" != "$own"/* ]]
}

# The files that have `$1` in them, or a word if that cannot be said.
mentions() {
  if [[ ${#files[@]} -lt 200 ]]; then
    grep -laE "$1" -- /dev/null "${files[@]}" 2>/dev/null
  else
    printf '%s\0' "${files[@]}" | xargs -0r sh -c 'grep -laE "$0" -- "$@" || [ $? -eq 1 ]' "$1" \
      2>/dev/null
  fi
  [[ $? -lt 2 ]] || echo unknown
}

if [[ $sources == project ]]; then
  made=(-path "$PWD/*" '(' -name '*.o' -o -name '*.o.d' -o -name 'lib*.a' -o -name '.ninja_*' ')')
  mapfile -d '' names < <(
    find "$SRC_DIR" -path "$own" -prune -o ! '(' "${made[@]}" ')' -printf '%y %P\0' | sort -z
  )
  files=()
  links=
  for name in "${names[@]}"; do
    case $name in
      f*) files+=("$SRC_DIR/${name#f }") ;;
      l*) links=1 ;;
    esac
  done
  # What finds files by other means than a compiler's list of headers: these, and an include from
  # the folder whose names are not counted.
  others='incbin|__has_(include|embed)|#[[:space:]]*embed|\.include[[:space:]]'
  others+='|include[[:space:]]*[<"]([^/>"][^>"]*/)?CMakeFiles/'
  found="$(mentions "$others")"
  # What the assembler includes is seen by no preprocessor, and not by ccache.
  [[ -z $found || -z $(mentions '\.include[[:space:]]') ]] || exec "$@"
fi

[[ -z ${CPATH-}${C_INCLUDE_PATH-}${CPLUS_INCLUDE_PATH-} ]] || the_long_way "$@"
expects_folder=
folders=(/dev/null) # find without a folder would look into this one
for word in "$@"; do
  place=
  if [[ $expects_folder ]]; then
    place="$word"
    expects_folder=
  else
    case $word in
      *..*) the_long_way "$@" ;;
      -isystem | -I) expects_folder=1 ;;
      -I*) place="${word#-I}" ;;
      --sysroot=*) place="${word#--sysroot=}" ;;
      -i* | -B* | --* | -MM* | @* | -specs* | -fplugin* | -Wp,* | -Xpreprocessor)
        the_long_way "$@" ;;
      /*) [[ $sources == packages ]] || place="$word" ;;
    esac
  fi
  [[ -z $place ]] || is_known "$place" || the_long_way "$@"
  [[ -z $place || "$place/" == "$SRC_DIR"/* ]] || folders+=("$place")
done
# A header that came to where packages' are has changed the time of its folder. Not of the files:
# another build that links them does that.
newer="$(find -H "${folders[@]}" -type d -newer "$CROSSCRAFT_BEGAN" -print -quit 2>/dev/null)"
[[ -e $CROSSCRAFT_BEGAN && -z $newer ]] || the_long_way "$@"

if [[ $sources == project ]]; then
  # Behind a link may be anything.
  [[ ${#names[@]} -gt 0 && -z $links && -z $found ]] || the_long_way "$@"
  # As a checksum: ccache takes a `$` in a namespace for a variable.
  sum="$(printf '%s\0' "${names[@]}" | sha256sum)" && [[ $sum ]] || the_long_way "$@"
  CCACHE_NAMESPACE+=" $sum"
fi
unset CCACHE_NODIRECT
export CCACHE_DEPEND=1
# ccache keeps nothing of a header that changed while it compiled, by either of two times. Another
# build that links a package's file into its environment changes that of the inode.
export CCACHE_SLOPPINESS=include_file_ctime
exec "$CROSSCRAFT_CCACHE" "$@"
