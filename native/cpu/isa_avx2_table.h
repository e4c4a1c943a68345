// The table of an instruction set of AVX2's vectors, whose int8 products may be others: for
// isa_*.cc alone (see isa.h).
#pragma once

#include "cpu/isa_avx2_vector.h"
#include "cpu/isa_block_integers.h"
#include "cpu/isa_epilogue.h"
#include "cpu/isa_int4_int4.h"
#include "cpu/isa_int4_kernels.h"
#include "cpu/isa_int4_word_panel.h"
#include "cpu/isa_magnitude.h"
#include "cpu/isa_quantize_kernels.h"
#include "cpu/isa_residuals.h"
#include "cpu/isa_rotation_kernels.h"

namespace qutlass::cpu {
namespace {

// Panels fit the second-level cache; tiles read them from there as fast as they multiply.
constexpr int64_t kPanelElements = 4096;

// For activations of so many parts; V4 multiplies nibbles with them (isa_int4_word_panel.h).
template <typename V4, int kParts>
constexpr Int4WordPanels kInt4WordPanels =
    int4_word_panels<Int4Vector, V4, 4 * Vector::kLanes, kParts, WordTile<1, 4, true>,
                     WordTile<2, 2, true>, WordTile<3, 2, false>, WordTile<4, 2, false>>();

template <typename V4, int kParts>
constexpr Int4Kernels int4_kernels(const Int4Panels& panels) {
  return {nullptr, 0, panels, &kInt4WordPanels<V4, kParts>};
}

template <typename V4>
constexpr IntegerKernels int4_int4_kernels() {
  constexpr int64_t kStep = Vector::kLanes * kInt4PerWord;
  constexpr PreparedForm kPrepared = {kStep, kStep, 0, prepare_int4<Vector, V4>};
  return {kPrepared,
          4,
          {{4, int4_int4_tile<Vector, V4, 1, 4>},
           {4, int4_int4_tile<Vector, V4, 2, 4>},
           {4, int4_int4_tile<Vector, V4, 3, 4>},
           {2, int4_int4_tile<Vector, V4, 4, 2>}},
          {6,
           32,
           2 * Vector::kLanes,
           kPanelElements,
           kPrepared,
           pack_int4_int4_panel<Vector, V4, 2>,
           {int4_int4_panel_tile<Vector, V4, 2, 1>, int4_int4_panel_tile<Vector, V4, 2, 2>,
            int4_int4_panel_tile<Vector, V4, 2, 3>, int4_int4_panel_tile<Vector, V4, 2, 4>,
            int4_int4_panel_tile<Vector, V4, 2, 5>, int4_int4_panel_tile<Vector, V4, 2, 6>}}};
}

// NibbleVector multiplies nibbles with bytes (isa_int4_word_panel.h), and Int4Int4Vector with
// nibbles (isa_int4_int4.h).
template <typename NibbleVector, typename Int4Int4Vector>
constexpr Isa avx2_table(const char* name, const IntegerKernels& int8,
                         const Int4Panels& int4_panels, const Int4Panels& int8_int4_panels) {
  return {
      name,
      int8,
      Vector::kLanes,
      int4_kernels<NibbleVector, BlockIntegers::kParts>(int4_panels),
      int4_kernels<NibbleVector, BlockIntegers::kPartsOfBytes>(int8_int4_panels),
      largest_magnitude<Int4Vector>,
      make_block_integers<Vector>,
      any_residual_counts<Vector>,
      2 * Vector::kLanes,
      unpack_int4<Vector, 2>,
      6,
      {int4_tile<Vector, 2, 1>, int4_tile<Vector, 2, 2>, int4_tile<Vector, 2, 3>,
       int4_tile<Vector, 2, 4>, int4_tile<Vector, 2, 5>, int4_tile<Vector, 2, 6>},
      finish_int8<Vector>,
      finish_int4<Vector>,
      quantize_row<Vector>,
      quantize_columns<Vector>,
      row_magnitude<Vector>,
      hadamard<Vector>,
      rotate<Vector>,
      Vector::kLanes,
      sum_squares<Vector>,
      int4_int4_kernels<Int4Int4Vector>(),
  };
}

}  // namespace
}  // namespace qutlass::cpu
