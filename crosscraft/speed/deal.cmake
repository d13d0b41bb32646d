# Put `files` into `count` lists, together_1 and so on, that take about as long to compile: the
# longest first, each into the list that has the least to do so far.
#
# What nanobind's files take beyond their headers, in hundredths of a second, as measured with
# GCC 12 at -O3; for others 1 for each 1,200 bytes, which is about right for most. A number that is
# wrong costs time, and nothing else.
set(crosscraft_takes_nb_type 77)
set(crosscraft_takes_nb_func 61)
set(crosscraft_takes_nb_enum 52)
set(crosscraft_takes_nb_internals 50)
set(crosscraft_takes_nb_ndarray 34)
set(crosscraft_takes_common 25)
set(crosscraft_takes_error 13)
set(crosscraft_takes_trampoline 11)

# Which are together matters too: they share instantiations of templates, and the inliner does more
# in one company than in another. Of two lists the first has these, the second the others above.
# Of all deals that come out about even, this one takes the least: some four hundredths less than
# the one by time alone.
set(crosscraft_first_of_two nb_type nb_enum nb_ndarray trampoline)

function(crosscraft_deal files count)
  set(by_time)
  foreach(file IN LISTS files)
    get_filename_component(name "${file}" NAME_WE)
    set(takes "${crosscraft_takes_${name}}")
    if(takes STREQUAL "")
      file(SIZE "${file}" bytes)
      math(EXPR takes "${bytes} / 1200")
    endif()
    math(EXPR takes "1000000000 + ${takes}")
    list(APPEND by_time "${takes}:${file}")
  endforeach()
  list(SORT by_time ORDER DESCENDING)
  foreach(number RANGE 1 ${count})
    set(together_${number})
    set(takes_${number} 0)
  endforeach()
  foreach(one IN LISTS by_time)
    string(REGEX MATCH "^1([0-9]+):(.*)$" one "${one}")
    set(takes ${CMAKE_MATCH_1})
    set(file "${CMAKE_MATCH_2}")
    get_filename_component(name "${file}" NAME_WE)
    set(into 1)
    if(count EQUAL 2 AND DEFINED crosscraft_takes_${name})
      if(NOT name IN_LIST crosscraft_first_of_two)
        set(into 2)
      endif()
    else()
      foreach(number RANGE 1 ${count})
        if(takes_${number} LESS takes_${into})
          set(into ${number})
        endif()
      endforeach()
    endif()
    list(APPEND together_${into} "${file}")
    math(EXPR takes_${into} "${takes_${into}} + ${takes}")
  endforeach()
  foreach(number RANGE 1 ${count})
    set(together_${number} "${together_${number}}" PARENT_SCOPE)
  endforeach()
endfunction()
