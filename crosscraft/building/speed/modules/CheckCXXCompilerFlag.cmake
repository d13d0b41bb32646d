# CMake's own CheckCXXCompilerFlag, with what nanobind has asked of the compiler for another output of
# a recipe (../compilers.cmake). Whatever else includes this is left alone.
#
# An answer hangs on the compiler, on flags and on what checks go by, which are variables of CMake's.
if(NOT COMMAND crosscraft_module)  # another CMake, which somebody told of our folder
  include("${CMAKE_ROOT}/Modules/CheckCXXCompilerFlag.cmake")
  return()
endif()

# Called when the project has been read: nanobind asks right after it has included this.
function(crosscraft_keep_nanobind)
  get_property(place GLOBAL PROPERTY crosscraft_nanobind)
  crosscraft_entries("^NB_HAS_" lines)
  if(NOT lines STREQUAL "")
    crosscraft_keep_entries("${lines}" "${place}")
  endif()
endfunction()

crosscraft_module(CheckCXXCompilerFlag crosscraft_module)
if(CMAKE_FIND_PACKAGE_NAME STREQUAL "nanobind"
    AND crosscraft_module STREQUAL "${CMAKE_ROOT}/Modules/CheckCXXCompilerFlag.cmake")
  crosscraft_place("nanobind" crosscraft_place)
  crosscraft_take_later("${crosscraft_place}" "flags" crosscraft_kept)
  if(NOT crosscraft_kept)
    set_property(GLOBAL PROPERTY crosscraft_nanobind "${crosscraft_place}")
    cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL crosscraft_keep_nanobind)
  endif()
endif()
include("${crosscraft_module}")
foreach(crosscraft_name kept module place name)
  unset(crosscraft_${crosscraft_name})
endforeach()
