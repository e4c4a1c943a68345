// Panels of int8 weights to pack for a product, and to keep weights in, over the vector types of an
// instruction set: for isa_*.cc alone (see isa.h). They are those of isa_int8_panel.h; kept ones
// have tiles of their own, for the first that read a panel.
#pragma once

#include "cpu/isa.h"
#include "cpu/isa_int8_panel.h"

namespace qutlass::cpu {
namespace {

// Few rows have several sums each, of every so many steps: products that wait for the one before
// take longer than the weights do to come.
template <typename V, typename V8, int kVectors, int kRows>
void int8_kept_panel_tile(const void* const* a, const int32_t* panel, int64_t words, int32_t* sums,
                          int64_t stride, const int32_t* const*) {
  constexpr int kSums = kRows == 1 ? 4 : kRows == 2 ? 2 : 1;
  constexpr int64_t kStep = kVectors * V::kLanes;
  static_assert(V::kLanes % kSums == 0);
  const int64_t steps = (words + V8::kWords - 1) / V8::kWords * V::kLanes;
  typename V8::Sums tiles[kSums][kRows][kVectors];
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) {
    rows[i] = static_cast<const int32_t*>(a[i]);
    for (int part = 0; part < kSums; ++part) {
      for (int v = 0; v < kVectors; ++v) tiles[part][i][v] = V8::zero();
    }
  }
  for (int64_t s = 0; s < steps; s += kSums) {
    for (int part = 0; part < kSums; ++part, panel += kStep) {
      typename V8::Values columns[kVectors];
      for (int v = 0; v < kVectors; ++v) {
        const int32_t* weights = panel + v * V::kLanes;
        columns[v] = V8::load_prepared(reinterpret_cast<const char*>(weights));
        if (v * V::kLanes % kLineWords == 0) __builtin_prefetch(weights + kKeptWordsAhead);
      }
      for (int i = 0; i < kRows; ++i) {
        const typename V8::Values row = V::broadcast(rows[i][s + part]);
        for (int v = 0; v < kVectors; ++v) {
          tiles[part][i][v] = V8::multiply_add(tiles[part][i][v], row, columns[v]);
        }
      }
    }
  }
  for (int part = 0; part < kSums; ++part) add_to_sums<V>(tiles[part], sums, stride);
}

template <typename V, typename V8, int kVectors, int kRows>
constexpr void set_tiles(Int8Panels& panels) {
  panels.tiles[kRows - 1] = int8_panel_tile<V, V8, kVectors, kRows>;
  if constexpr (kRows > 1) set_tiles<V, V8, kVectors, kRows - 1>(panels);
}

template <typename V, typename V8, int kVectors, int kRows>
constexpr void set_asking_tiles(Int8Panels& panels) {
  panels.asking_tiles[kRows - 1] = int8_kept_panel_tile<V, V8, kVectors, kRows>;
  if constexpr (kRows > 1) set_asking_tiles<V, V8, kVectors, kRows - 1>(panels);
}

// Panels with tiles of up to kRows rows.
template <typename V, typename V8, int kVectors, int kRows>
constexpr Int8Panels int8_panels(int least_rows, int64_t elements, const PreparedForm& prepared) {
  Int8Panels panels = {kRows,    least_rows, kVectors * V::kLanes,
                       elements, prepared,   pack_int8_panel<V, V8, kVectors>,
                       {}};
  set_tiles<V, V8, kVectors, kRows>(panels);
  return panels;
}

// The same for any number of rows, and to keep weights in.
template <typename V, typename V8, int kVectors, int kRows>
constexpr Int8Panels int8_panels_to_keep(int64_t elements, const PreparedForm& prepared) {
  Int8Panels panels = int8_panels<V, V8, kVectors, kRows>(1, elements, prepared);
  set_asking_tiles<V, V8, kVectors, kRows>(panels);
  return panels;
}

}  // namespace
}  // namespace qutlass::cpu
