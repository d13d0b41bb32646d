# What CMake finds out about compilers and Python, kept for the next build that would hear the same.
#
# CMake asks once for each build folder and keeps the answers below it, for the next time that the
# folder is configured. A build here begins with an empty folder. The answers hang on the packages
# of both environments, the variables of the environment and the project's files
# (CROSSCRAFT_ASKED), on what is set when `project()` begins, and on CMake files that the script
# has made by then. The name under which they are kept is made of all these, with their whole
# paths; whatever differs is asked anew, but for what compilers.cmake knows.
if(NOT DEFINED ENV{CROSSCRAFT_ANSWERS} OR "$ENV{CROSSCRAFT_ASKED}" STREQUAL "")
  return()
endif()

# Every variable whose name matches `names`, as lines.
function(crosscraft_variables names variable)
  set(knows)
  get_cmake_property(set VARIABLES)
  list(FILTER set INCLUDE REGEX "${names}")
  # CMake warns of who reads these two.
  list(REMOVE_ITEM set CMAKE_WARN_DEPRECATED CMAKE_ERROR_DEPRECATED)
  foreach(name IN LISTS set)
    string(REPLACE "\n" "\\n" value "${${name}}")  # a value may look like the next line
    string(APPEND knows "\n${name}=${value}")
  endforeach()
  set(${variable} "${knows}" PARENT_SCOPE)
endfunction()

# The project's CMake files, but for what CMake writes itself, in this build folder and others.
function(crosscraft_files variable)
  file(GLOB_RECURSE files
    "${CMAKE_SOURCE_DIR}/CMakeLists.txt" "${CMAKE_SOURCE_DIR}/CMake*Presets.json"
    "${CMAKE_SOURCE_DIR}/*.cmake" "${CMAKE_SOURCE_DIR}/*.cmake.in")
  list(FILTER files EXCLUDE REGEX "/CMakeFiles/|/cmake_install\\.cmake$")
  set(${variable} "${files}" PARENT_SCOPE)
endfunction()

# Every variable whose name matches `names`, and the project's CMake files and our own.
function(crosscraft_what_cmake_knows names variable)
  crosscraft_variables("${names}" knows)
  crosscraft_files(files)
  file(GLOB_RECURSE ours "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/*.cmake")
  list(APPEND files ${ours})
  list(SORT files)
  foreach(file IN LISTS files)
    file(SHA256 "${file}" sum)
    string(APPEND knows "\n${file}=${sum}")
  endforeach()
  set(${variable} "${knows}" PARENT_SCOPE)
endfunction()

# The entries of the cache whose names match `names`, as lines of a CMake file; none if one lies
# elsewhere on the machine, such as a Python on PATH: that can become another unseen. What was not
# found may come to be there, and is looked for again.
function(crosscraft_entries names variable)
  set(${variable} "" PARENT_SCOPE)
  set(lines)
  get_cmake_property(set CACHE_VARIABLES)
  list(FILTER set INCLUDE REGEX "${names}")
  foreach(name IN LISTS set)
    get_property(type CACHE ${name} PROPERTY TYPE)
    get_property(help CACHE ${name} PROPERTY HELPSTRING)
    set(compiler FALSE)
    if(name MATCHES "^CMAKE_(.+)_COMPILER(_.*)?$")
      if(NOT CMAKE_MATCH_1 MATCHES "^(C|CXX)$")
        continue()  # there is no file about it
      endif()
      set(compiler TRUE)
    endif()
    string(REPLACE "$ENV{BUILD_PREFIX}/" "@" elsewhere ";$CACHE{${name}}")
    string(REPLACE "$ENV{PREFIX}/" "@" elsewhere "${elsewhere}")
    if(name MATCHES "^CMAKE_" AND NOT type STREQUAL "FILEPATH" AND NOT name STREQUAL "CMAKE_EXECUTABLE_FORMAT")
      if(compiler AND elsewhere MATCHES ";/")
        return()
      endif()
      continue()
    endif()
    if(elsewhere MATCHES ";/" AND NOT name STREQUAL "CMAKE_TOOLCHAIN_FILE")
      return()
    endif()
    if(NOT elsewhere MATCHES "NOTFOUND$")
      string(APPEND lines "set(${name} [==[$CACHE{${name}}]==] CACHE ${type} [==[${help}]==])\n")
    endif()
  endforeach()
  set(${variable} "${lines}" PARENT_SCOPE)
endfunction()

# A power cut can leave a file without its end.
function(crosscraft_sum folder variable)
  file(GLOB files "${folder}/*.cmake")
  list(SORT files)
  set(sums)
  foreach(file IN LISTS files)
    file(SHA256 "${file}" sum)
    string(APPEND sums "${sum}\n")
  endforeach()
  set(${variable} "${sums}" PARENT_SCOPE)
endfunction()

# Keep the files of `aside` as `folder`.
function(crosscraft_keep aside folder)
  crosscraft_sum("${aside}" sums)
  file(WRITE "${aside}/sums" "${sums}")
  file(RENAME "${aside}" "${folder}" RESULT failed)
  if(failed)
    file(REMOVE_RECURSE "${aside}")  # another build was faster
  endif()
endfunction()

# Whether `folder` is kept and whole. It is then younger than others; half a set is none.
function(crosscraft_is_kept folder variable)
  set(${variable} FALSE PARENT_SCOPE)
  if(NOT crosscraft_locked EQUAL 0 OR NOT EXISTS "${folder}")
    return()
  endif()
  set(sums "none")
  if(EXISTS "${folder}/sums")
    file(READ "${folder}/sums" sums)
  endif()
  crosscraft_sum("${folder}" now)
  if(sums STREQUAL now)
    file(TOUCH_NOCREATE "${folder}")
    set(${variable} TRUE PARENT_SCOPE)
  else()
    file(REMOVE_RECURSE "${folder}")
  endif()
endfunction()

# The build folder's own answers about a language, and what is in the cache of the compiler's tools,
# of FindPython and of nanobind's questions to the compiler.
function(crosscraft_keep_answers)
  if(EXISTS "${crosscraft_answers}")
    return()
  endif()
  crosscraft_entries("^(CMAKE|_Python[23]?|NB_HAS)_" lines)
  if(lines STREQUAL "")
    return()
  endif()
  string(RANDOM LENGTH 12 aside)
  set(aside "${crosscraft_answers}.${aside}")
  foreach(language C CXX)
    set(file "${CMAKE_PLATFORM_INFO_DIR}/CMake${language}Compiler.cmake")
    if(CMAKE_${language}_COMPILER_WORKS AND EXISTS "${file}")
      file(COPY "${file}" DESTINATION "${aside}")
    endif()
  endforeach()
  file(WRITE "${aside}/entries.cmake" "${lines}")
  crosscraft_keep("${aside}" "${crosscraft_answers}")
endfunction()

crosscraft_what_cmake_knows("." crosscraft_knows)
# A file of the recipe's own folder that a flag names is on no list of ours.
if(NOT "$ENV{RECIPE_DIR}" STREQUAL "")
  string(FIND "${crosscraft_knows} $ENV{CFLAGS} $ENV{CXXFLAGS} $ENV{CPPFLAGS} $ENV{LDFLAGS}"
    "$ENV{RECIPE_DIR}" crosscraft_found)
  if(NOT crosscraft_found EQUAL -1)
    return()
  endif()
  unset(crosscraft_found)
endif()
string(SHA256 crosscraft_answers "$ENV{CROSSCRAFT_ASKED}${crosscraft_knows}")
set(crosscraft_answers "$ENV{CROSSCRAFT_ANSWERS}/${crosscraft_answers}")
unset(crosscraft_knows)
# Who comes by later removes those that were used longest ago, under this lock.
file(LOCK "$ENV{CROSSCRAFT_ANSWERS}.lock" RESULT_VARIABLE crosscraft_locked TIMEOUT 10)
crosscraft_is_kept("${crosscraft_answers}" crosscraft_kept)
if(crosscraft_kept)
  file(GLOB crosscraft_files "${crosscraft_answers}/*Compiler.cmake")
  file(COPY ${crosscraft_files} DESTINATION "${CMAKE_PLATFORM_INFO_DIR}")
  unset(crosscraft_files)
  include("${crosscraft_answers}/entries.cmake")
  message(STATUS "What CMake found out before about compilers and Python still holds")
else()
  include("${CMAKE_CURRENT_LIST_DIR}/compilers.cmake")
endif()
if(crosscraft_locked EQUAL 0)
  file(LOCK "$ENV{CROSSCRAFT_ANSWERS}.lock" RELEASE)
endif()
cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL crosscraft_keep_answers)
