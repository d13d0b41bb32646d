#!/usr/bin/env bash
# ccache for sources that come out of packages, if all that they can include does too.
#
# Then no header can have come or gone unseen: the namespace has the checksums of the packages.
# ccache may go by its list of headers, and need not run the preprocessor. A word that names any
# other folder, or is not understood, takes the long way.
expects_folder=
for word in "$@"; do
  if [[ $expects_folder ]]; then
    [[ $word == "$PREFIX"/* || $word == "$BUILD_PREFIX"/* ]] || exec "$CROSSCRAFT_CCACHE" "$@"
    expects_folder=
    continue
  fi
  case $word in
    *..*) exec "$CROSSCRAFT_CCACHE" "$@" ;;
    -I"$PREFIX"/* | -I"$BUILD_PREFIX"/* | --sysroot="$BUILD_PREFIX"/*) ;;
    -isystem | -I) expects_folder=1 ;;
    -I* | -i* | -B* | --sysroot* | @* | -specs* | -fplugin* | -Wp,* | -Xpreprocessor)
      exec "$CROSSCRAFT_CCACHE" "$@" ;;
  esac
done
unset CCACHE_NODIRECT
export CCACHE_DEPEND=1
# ccache keeps nothing of a header that changed while it compiled. These cannot, but another build
# that links the same file into its environment changes the time of its inode.
export CCACHE_SLOPPINESS=include_file_ctime,include_file_mtime
exec "$CROSSCRAFT_CCACHE" "$@"
