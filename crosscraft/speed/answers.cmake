# What CMake finds out about compilers and Python, kept for the next build that would hear the same.
#
# CMake asks once for each build folder and keeps the answers below it, for the next time that the
# folder is configured. A build here begins with an empty folder. The answers hang on the packages
# of both environments, the variables of the environment and the project's files
# (CROSSCRAFT_ASKED), on what is set when `project()` begins, and on CMake files that the script
# has made by then. The name under which they are kept is made of all these, with their whole
# paths; whatever differs is asked anew.
if(NOT DEFINED ENV{CROSSCRAFT_ANSWERS} OR "$ENV{CROSSCRAFT_ASKED}" STREQUAL "")
  return()
endif()

function(crosscraft_name_of_answers variable)
  set(asked "$ENV{CROSSCRAFT_ASKED}")
  get_cmake_property(names VARIABLES)
  # CMake warns of who reads these two.
  list(REMOVE_ITEM names CMAKE_WARN_DEPRECATED CMAKE_ERROR_DEPRECATED)
  foreach(name IN LISTS names)
    string(APPEND asked "\n${name}=${${name}}")
  endforeach()
  file(GLOB_RECURSE files
    "${CMAKE_SOURCE_DIR}/CMakeLists.txt" "${CMAKE_SOURCE_DIR}/CMake*Presets.json"
    "${CMAKE_SOURCE_DIR}/*.cmake" "${CMAKE_SOURCE_DIR}/*.cmake.in"
    "${CMAKE_CURRENT_FUNCTION_LIST_DIR}/*.cmake")
  list(SORT files)
  foreach(file IN LISTS files)
    file(SHA256 "${file}" sum)
    string(APPEND asked "\n${file}=${sum}")
  endforeach()
  string(SHA256 name "${asked}")
  set(${variable} "$ENV{CROSSCRAFT_ANSWERS}/${name}" PARENT_SCOPE)
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

# The build folder's own answers about a language, and what is in the cache of the compiler's tools,
# of FindPython and of nanobind's questions to the compiler.
function(crosscraft_keep_answers)
  if(EXISTS "${crosscraft_answers}")
    return()
  endif()
  set(lines)
  get_cmake_property(names CACHE_VARIABLES)
  list(FILTER names INCLUDE REGEX "^(CMAKE|_Python[23]?|NB_HAS)_")
  foreach(name IN LISTS names)
    get_property(type CACHE ${name} PROPERTY TYPE)
    get_property(help CACHE ${name} PROPERTY HELPSTRING)
    if(name MATCHES "^CMAKE_" AND NOT type STREQUAL "FILEPATH" AND NOT name STREQUAL "CMAKE_EXECUTABLE_FORMAT")
      continue()
    endif()
    # What lies elsewhere on the machine, such as a Python on PATH, can become another unseen.
    string(REPLACE "$ENV{BUILD_PREFIX}/" "@" elsewhere ";$CACHE{${name}}")
    string(REPLACE "$ENV{PREFIX}/" "@" elsewhere "${elsewhere}")
    if(elsewhere MATCHES ";/" AND NOT name STREQUAL "CMAKE_TOOLCHAIN_FILE")
      return()
    endif()
    string(APPEND lines "set(${name} [==[$CACHE{${name}}]==] CACHE ${type} [==[${help}]==])\n")
  endforeach()
  string(RANDOM LENGTH 12 aside)
  set(aside "${crosscraft_answers}.${aside}")
  foreach(language C CXX)
    set(file "${CMAKE_PLATFORM_INFO_DIR}/CMake${language}Compiler.cmake")
    if(CMAKE_${language}_COMPILER_WORKS AND EXISTS "${file}")
      file(COPY "${file}" DESTINATION "${aside}")
    endif()
  endforeach()
  file(WRITE "${aside}/entries.cmake" "${lines}")
  crosscraft_sum("${aside}" sums)
  file(WRITE "${aside}/sums" "${sums}")
  file(RENAME "${aside}" "${crosscraft_answers}" RESULT failed)
  if(failed)
    file(REMOVE_RECURSE "${aside}")  # another build was faster
  endif()
endfunction()

crosscraft_name_of_answers(crosscraft_answers)
# Who comes by later removes those that were used longest ago, under this lock.
file(LOCK "$ENV{CROSSCRAFT_ANSWERS}.lock" RESULT_VARIABLE crosscraft_locked TIMEOUT 10)
set(crosscraft_whole FALSE)
if(crosscraft_locked EQUAL 0 AND EXISTS "${crosscraft_answers}/sums")
  file(READ "${crosscraft_answers}/sums" crosscraft_sums)
  crosscraft_sum("${crosscraft_answers}" crosscraft_now)
  string(COMPARE EQUAL "${crosscraft_sums}" "${crosscraft_now}" crosscraft_whole)
endif()
if(crosscraft_whole)
  file(TOUCH_NOCREATE "${crosscraft_answers}")
  file(GLOB answers "${crosscraft_answers}/*Compiler.cmake")
  file(COPY ${answers} DESTINATION "${CMAKE_PLATFORM_INFO_DIR}")
  include("${crosscraft_answers}/entries.cmake")
  message(STATUS "What CMake found out before about compilers and Python still holds")
endif()
if(EXISTS "${crosscraft_answers}" AND NOT crosscraft_whole AND crosscraft_locked EQUAL 0)
  file(REMOVE_RECURSE "${crosscraft_answers}")
endif()
if(crosscraft_locked EQUAL 0)
  file(LOCK "$ENV{CROSSCRAFT_ANSWERS}.lock" RELEASE)
endif()
cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL crosscraft_keep_answers)
