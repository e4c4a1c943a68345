// What a processor that multiplies matrices (AMX) offers beside its instruction set for vectors:
// products of many rows, whole blocks of y at a time. The loop over blocks and threads is
// matmul_matrices.h.
#pragma once

#include <cstdint>

#include "cpu/int4_tiles.h"
#include "qutlass/ops.h"

namespace qutlass::cpu {

template <typename Args>
struct MatrixProduct {
  // Activations are arranged once, in strips of so many rows. A strip takes so many bytes, a
  // multiple of 64: 0 where the product is not one for matrices.
  int64_t strip_rows;
  int64_t (*strip_bytes)(const Args& args);
  // Arranges the rows from first_row on; false where their values are not ones for matrices.
  bool (*arrange)(const Args& args, int64_t first_row, void* strip);

  // Makes the block of y that begins there, from the strips of its rows on: up to so many rows, of
  // whole strips, and columns.
  int64_t block_rows;
  int64_t block_columns;
  void (*multiply)(const Args& args, const void* strips, int64_t first_row, int64_t first_column);
};

// Products of int4 weights with int8 rows of activations, in tiles of bytes.
struct Int4TileProduct {
  Int4TileLayout (*layout)(const MatmulInt4Args& args);
  // Makes a strip of tiles.
  void (*arrange)(const Int4ByteRows& x, int64_t strip, const Int4Tiles& tiles);
  // Makes sums[row * stride + column] of the block of y that begins with that column: of whole
  // strips of rows, and up to so many columns.
  int64_t block_columns;
  void (*multiply)(const MatmulInt4Args& args, const Int4Tiles& x, int64_t first_column,
                   float* sums, int64_t stride);
};

struct MatrixUnit {
  const char* name;
  MatrixProduct<MatmulInt8Args> int8;
  MatrixProduct<MatmulInt8Args> kept_int8;  // of weights in the panels of its instruction set
  MatrixProduct<MatmulInt4Args> int4;
  MatrixProduct<MatmulInt4Args> kept_int4;  // as kept_int8
  Int4TileProduct int8_int4;
  Int4TileProduct kept_int8_int4;
  MatrixProduct<MatmulInt8Args> int4_int4;  // args whose words have 8 elements
};

extern const MatrixUnit kAmxMatrixUnit;

}  // namespace qutlass::cpu
