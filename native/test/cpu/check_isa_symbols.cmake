# Fails where an isa_avx*.cc object defines any symbol that others can see but its table.
#   cmake -DNM=nm -DLIBRARY=libqutlass_cpu.a -P check_isa_symbols.cmake
execute_process(COMMAND ${NM} --defined-only --extern-only --print-file-name ${LIBRARY}
                OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
string(REGEX MATCHALL "[^\n]*isa_avx[^\n]*" of_isas "${symbols}")
set(tables 0)
foreach(line IN LISTS of_isas)
  if(line MATCHES "k(Avx2|Avx512Vnni)IsaE$")
    math(EXPR tables "${tables} + 1")
  else()
    message(SEND_ERROR "visible beside its table: ${line}")
  endif()
endforeach()
if(NOT tables EQUAL 2)
  message(FATAL_ERROR "expected the tables of two instruction sets, found ${tables}")
endif()
