# Fails where the object of an instruction set defines any symbol that others can see but its table.
#   cmake -DNM=nm -DLIBRARY=libqutlass_cpu.a -P check_isa_symbols.cmake
execute_process(COMMAND ${NM} --defined-only --extern-only --print-file-name ${LIBRARY}
                OUTPUT_VARIABLE symbols COMMAND_ERROR_IS_FATAL ANY)
# isa_support.cc is no instruction set; the portable one may be linked to.
string(REGEX MATCHALL "[^\n]*:isa_[a-z0-9_]*\\.cc[^\n]*" of_isas "${symbols}")
list(FILTER of_isas EXCLUDE REGEX ":isa_(support|scalar)\\.cc")
if(NOT of_isas)
  message(FATAL_ERROR "no instruction set is in ${LIBRARY}")
endif()
foreach(line IN LISTS of_isas)
  if(NOT line MATCHES "k[A-Za-z0-9]+(Isa|MatrixUnit)E$")
    message(SEND_ERROR "visible beside its table: ${line}")
  endif()
endforeach()
