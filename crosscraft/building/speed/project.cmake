# What `crosscraft build` adds to a CMake project, through the variable CMAKE_TOOLCHAIN_FILE of
# the environment. A recipe that names a toolchain file of its own does without.
get_property(trying GLOBAL PROPERTY IN_TRY_COMPILE)
if(trying OR CMAKE_VERSION VERSION_LESS 3.21)
  return()
endif()
cmake_policy(VERSION 3.21)  # for this file and those that it includes: the project may be older
include_guard(GLOBAL)
include("${CMAKE_CURRENT_LIST_DIR}/answers.cmake")
include("${CMAKE_CURRENT_LIST_DIR}/deal.cmake")

if(DEFINED ENV{CROSSCRAFT_CCACHE})
  set(crosscraft_launcher "bash;${CMAKE_CURRENT_LIST_DIR}/by_headers.sh")
  foreach(language C CXX)
    if(NOT DEFINED CMAKE_${language}_COMPILER_LAUNCHER)
      set(CMAKE_${language}_COMPILER_LAUNCHER "${crosscraft_launcher};project")
    endif()
  endforeach()
endif()

# nanobind's library is a dozen files that share their headers. Joined into as many as there are
# processors, they take half the time. The learner's own files are left as they are: two of them
# may each have a `static` of one name, and joined that would be an error. So may files of a
# nanobind that is yet to come.
function(crosscraft_speed_up_nanobind)
  if(NOT nanobind_VERSION VERSION_GREATER_EQUAL 2 OR NOT nanobind_VERSION VERSION_LESS 4)
    return()
  endif()
  get_property(targets DIRECTORY PROPERTY BUILDSYSTEM_TARGETS)
  list(FILTER targets INCLUDE REGEX "^nanobind(-[a-z0-9]+)*-static")
  foreach(target IN LISTS targets)
    get_property(sources TARGET ${target} PROPERTY SOURCES)
    set(others "${sources}")
    list(FILTER others EXCLUDE REGEX "^${NB_DIR}/")
    list(FILTER sources INCLUDE REGEX "\\.cpp$")
    list(LENGTH sources count)
    if(others OR count EQUAL 0)
      continue()
    endif()
    set(processors "$ENV{CPU_COUNT}")
    if(NOT processors GREATER 0)
      set(processors 1)
    endif()
    # UNITY_BUILD would name the files by their whole paths, which differ from build to build,
    # and take them in their order, in which the longest are together.
    crosscraft_deal("${sources}" ${processors})
    set(joined)
    foreach(number RANGE 1 ${processors})
      set(lines)
      foreach(source IN LISTS together_${number})
        file(RELATIVE_PATH path "${CMAKE_CURRENT_BINARY_DIR}" "${source}")
        string(APPEND lines "#include \"${path}\"\n")
      endforeach()
      if(lines)
        set(file "${CMAKE_CURRENT_BINARY_DIR}/${target}-${number}.cpp")
        file(WRITE "${file}" "${lines}")
        list(APPEND joined "${file}")
      endif()
    endforeach()
    set_target_properties(${target} PROPERTIES SOURCES "${joined}")
    if(CMAKE_CXX_COMPILER_LAUNCHER STREQUAL "${crosscraft_launcher};project")
      set_target_properties(${target} PROPERTIES
        CXX_COMPILER_LAUNCHER "${crosscraft_launcher};packages")
    endif()
  endforeach()
endfunction()

# When the project's own CMakeLists.txt has been read.
cmake_language(DEFER DIRECTORY "${CMAKE_SOURCE_DIR}" CALL crosscraft_speed_up_nanobind)
