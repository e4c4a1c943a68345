// AMX with int8 and bf16, beside AVX-512 VNNI for all that is no product of many rows.
#include "cpu/isa_amx_int4.h"
#include "cpu/isa_amx_int4_int4.h"
#include "cpu/isa_amx_int4_kept.h"
#include "cpu/isa_amx_int8.h"
#include "cpu/isa_amx_int8_int4.h"
#include "cpu/isa_amx_int8_int4_kept.h"
#include "cpu/isa_amx_int8_kept.h"
#include "cpu/matrix_unit.h"

namespace qutlass::cpu {

const MatrixUnit kAmxMatrixUnit = {
    "amx",
    {kTileRows, int8_strip_bytes, arrange_int8, kBlockRows, kBlockColumns, multiply_int8},
    {kTileRows, kept_strip_bytes, arrange_kept_int8, kBlockRows, kBlockColumns, multiply_kept_int8},
    {kTileRows, int4_strip_bytes, arrange_int4, kBlockRows, kBlockColumns, multiply_int4},
    {kTileRows, int4_strip_bytes, arrange_kept_int4, kBlockRows, kBlockColumns, multiply_kept_int4},
    {int8_int4_layout, arrange_int8_int4, kBlockColumns, multiply_int8_int4},
    {int8_int4_layout, arrange_kept_int8_int4, kBlockColumns, multiply_kept_int8_int4},
    {kTileRows, int4_int4_strip_bytes, arrange_int4_int4, kBlockRows, kBlockColumns,
     multiply_int4_int4}};

}  // namespace qutlass::cpu
