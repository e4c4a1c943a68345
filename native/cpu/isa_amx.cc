// AMX with int8 and bf16, beside AVX-512 VNNI for all that is no product of many rows.
#include "cpu/isa_amx_int4.h"
#include "cpu/isa_amx_int8.h"
#include "cpu/matrix_unit.h"

namespace qutlass::cpu {

const MatrixUnit kAmxMatrixUnit = {
    "amx",
    {kTileRows, integer_strip_bytes<Int8Words>, arrange_integers<Int8Words>, kBlockRows,
     kBlockColumns, multiply_integers<Int8Words>},
    {kTileRows, int4_strip_bytes, arrange_int4, kBlockRows, kBlockColumns, multiply_int4},
    {kTileRows, integer_strip_bytes<Int4Words>, arrange_integers<Int4Words>, kBlockRows,
     kBlockColumns, multiply_integers<Int4Words>}};

}  // namespace qutlass::cpu
