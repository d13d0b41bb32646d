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
# understood, takes the long way, and so does a project that may read what is on no such list.
export LC_ALL=C
sources="$1"
shift
own="$PWD/CMakeFiles" # what CMake and Ninja make for themselves differs, also if nothing else does

the_long_way() {
  exec "$CROSSCRAFT_CCACHE" "$@"
}

is_known() {
  [[ $1 == "$PREFIX"/* || $1 == "$BUILD_PREFIX"/* ]] ||
    [[ $sources == project && "$1/" == "$SRC_DIR"/* && "$1/" != "$own"/* ]]
}

[[ -z ${CPATH-}${C_INCLUDE_PATH-}${CPLUS_INCLUDE_PATH-} ]] || the_long_way "$@"
expects_folder=
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
      -i* | -B* | --sysroot* | @* | -specs* | -fplugin* | -Wp,* | -Xpreprocessor)
        the_long_way "$@" ;;
      /*) [[ $sources == packages ]] || place="$word" ;;
    esac
  fi
  [[ -z $place ]] || is_known "$place" || the_long_way "$@"
done

if [[ $sources == project ]]; then
  files=(find "$SRC_DIR" -path "$own" -prune -o
    ! -name '*.[oad]' ! -name '*.[od].*' ! -name '.ninja_*')
  names="$("${files[@]}" -printf '%y %P\n' | sort)"
  # Behind a link may be anything, and these find files by other means.
  [[ -n $names && $names != l\ * && $names != *$'\n'l\ * ]] || the_long_way "$@"
  others='incbin|__has_(include|embed)|#[[:space:]]*embed'
  others+='|include[[:space:]]*[<"]([^/>"][^>"]*/)?CMakeFiles/' # whose names are not among these
  found="$("${files[@]}" -type f -print0 | xargs -0r grep -lIE "$others")"
  [[ -z $found ]] || the_long_way "$@"
  CCACHE_NAMESPACE+=" $(sha256sum <<<"$names")"
fi
unset CCACHE_NODIRECT
export CCACHE_DEPEND=1
# ccache keeps nothing of a header that changed while it compiled. Packages and copies of sources
# cannot, but another build that links the same file into its environment changes the time of its
# inode.
export CCACHE_SLOPPINESS=include_file_ctime,include_file_mtime
exec "$CROSSCRAFT_CCACHE" "$@"
