// The int4 product of many rows of activations in block floating point (block_float.h), over the
// vector type of an instruction set: for isa_*.cc alone (see isa.h).
//
// A panel has the weights of some columns unpacked to 16-bit integers q - zero, every lane of a
// vector being a column of its own with its own scales and zero points, so that groups of any size
// are alike. Words come from memory with K along the lanes and are transposed. A word makes four
// steps of kVectors vectors: step j has nibbles j and j + 4 in the halves of the lanes.
//
// Beside what isa_int4_dot.h names, a vector type V has transpose(v), of kLanes vectors, and
// collect(get), the elements get(0) ... get(kLanes - 1), and magnitude(v) of floats.
#pragma once

#include "cpu/isa.h"

namespace qutlass::cpu {
namespace {

constexpr int kStepsPerWord = 4;

// Zero points of the group, as many times as `ones` has ones.
template <typename V>
[[gnu::always_inline]] inline typename V::Int panel_zeros(const Int4Row* rows, int64_t group,
                                                          int32_t ones) {
  if (!rows[0].zeros) return V::broadcast(8 * ones);
  return V::collect([&](int lane)
                        __attribute__((always_inline)) { return rows[lane].zeros[group] * ones; });
}

template <typename V>
[[gnu::always_inline]] inline typename V::Float panel_scales(const Int4Row* rows, int64_t group) {
  return V::collect([&](int lane)
                        __attribute__((always_inline)) { return rows[lane].scales[group]; });
}

// Where the words of a vector of columns come from: load(word, count, columns) gives up to kLanes
// of them, a vector each; zeros(group, ones) and scales(group) are those of their groups. Here,
// from rows of weights.
template <typename V>
struct RowColumns {
  const Int4Row* rows;
  int64_t first_word, first_group;

  [[gnu::always_inline]] void load(int64_t word, int64_t count,
                                   typename V::Int (&columns)[V::kLanes]) const {
    for (int lane = 0; lane < V::kLanes; ++lane) {
      const int32_t* from = rows[lane].words + first_word + word;
      columns[lane] = count >= V::kLanes ? V::load(from) : V::load_first(from, count);
    }
    V::transpose(columns);
  }
  [[gnu::always_inline]] typename V::Int zeros(int64_t group, int32_t ones) const {
    return panel_zeros<V>(rows, first_group + group, ones);
  }
  [[gnu::always_inline]] typename V::Float scales(int64_t group) const {
    return panel_scales<V>(rows, first_group + group);
  }
};

// The same from a panel of words.
template <typename V>
struct WordColumns {
  Int4WordPanel panel;

  [[gnu::always_inline]] void load(int64_t word, int64_t count,
                                   typename V::Int (&columns)[V::kLanes]) const {
    for (int i = 0; i < V::kLanes && i < count; ++i) {
      columns[i] = V::load(panel.words + (word + i) * panel.columns);
    }
  }
  [[gnu::always_inline]] typename V::Int zeros(int64_t group, int32_t ones) const {
    if (!panel.groups.zeros) return V::broadcast(8 * ones);
    return V::multiply(V::load(panel.groups.zeros + group * panel.columns), V::broadcast(ones));
  }
  [[gnu::always_inline]] typename V::Float scales(int64_t group) const {
    return V::load(panel.groups.scales + group * panel.columns);
  }
};

// Calls pack(columns, panel, scales) for every vector of a panel's columns.
template <typename V, int kVectors, typename Pack>
[[gnu::always_inline]] inline void pack_from_rows(const Int4Row* rows, int64_t first_word,
                                                  int64_t group_words, int32_t* panel,
                                                  float* scales, Pack pack) {
  for (int v = 0; v < kVectors; ++v) {
    const RowColumns<V> columns = {rows + v * V::kLanes, first_word, first_word / group_words};
    pack(columns, panel + v * V::kLanes, scales + v * V::kLanes);
  }
}
template <typename V, int kVectors, typename Pack>
[[gnu::always_inline]] inline void pack_from_words(const Int4WordPanel& from, int32_t* panel,
                                                   float* scales, Pack pack) {
  for (int v = 0; v < kVectors; ++v) {
    const int lane = v * V::kLanes;
    const WordColumns<V> columns = {
        {from.words + lane,
         {from.groups.scales + lane, from.groups.zeros ? from.groups.zeros + lane : nullptr},
         from.columns}};
    pack(columns, panel + lane, scales + lane);
  }
}

// One vector of a panel's columns.
template <typename V, int kVectors, typename Columns>
void pack_int4_columns(const Columns& from, int64_t words, int64_t group_words, int32_t* panel,
                       float* scales) {
  int64_t group = 0, left_in_group = 0;
  typename V::Int zeros = V::zero_int();
  for (int64_t word = 0; word < words; word += V::kLanes) {
    typename V::Int columns[V::kLanes];
    from.load(word, words - word, columns);
    for (int i = 0; i < V::kLanes && word + i < words; ++i) {
      if (left_in_group == 0) {
        zeros = from.zeros(group, 0x00010001);
        V::store(scales, from.scales(group));
        scales += kVectors * V::kLanes;
        ++group;
        left_in_group = group_words;
      }
      --left_in_group;
      constexpr int kStep = kVectors * V::kLanes;
      V::store(panel, V::subtract_16(V::template nibbles<0>(columns[i]), zeros));
      V::store(panel + kStep, V::subtract_16(V::template nibbles<1>(columns[i]), zeros));
      V::store(panel + 2 * kStep, V::subtract_16(V::template nibbles<2>(columns[i]), zeros));
      V::store(panel + 3 * kStep, V::subtract_16(V::template nibbles<3>(columns[i]), zeros));
      panel += kStepsPerWord * kStep;
    }
  }
}

template <typename V, int kVectors>
void pack_int4_panel(const Int4Row* rows, int64_t first_word, int64_t words, int64_t group_words,
                     int32_t* panel, float* scales) {
  pack_from_rows<V, kVectors>(rows, first_word, group_words, panel, scales,
                              [=](const auto& from, int32_t* to, float* of) {
                                pack_int4_columns<V, kVectors>(from, words, group_words, to, of);
                              });
}

template <typename V, int kVectors>
void pack_int4_panel_of_words(const Int4WordPanel& words_panel, int64_t words, int64_t group_words,
                              int32_t* panel, float* scales) {
  pack_from_words<V, kVectors>(words_panel, panel, scales,
                               [=](const auto& from, int32_t* to, float* of) {
                                 pack_int4_columns<V, kVectors>(from, words, group_words, to, of);
                               });
}

// The words of the block that begins with a word, of which so many words are left.
[[gnu::always_inline]] inline int64_t panel_block_words(int64_t left_in_group, int64_t left) {
  const int64_t most = left_in_group < left ? left_in_group : left;
  return most < kInt4PanelBlockWords ? most : kInt4PanelBlockWords;
}

// sums += scale * unit * tile, at the end of a block; without units they are 1.
template <typename V, bool kHasUnits, bool kHasMagnitudes, int kVectors, int kRows>
[[gnu::always_inline]] inline void add_products(const typename V::Int (&tile)[kRows][kVectors],
                                                const BlockFloats& x, int64_t block,
                                                const float* scales, const Int4PanelSums& sums) {
  typename V::Float of_columns[kVectors];
#pragma GCC unroll 4
  for (int v = 0; v < kVectors; ++v) of_columns[v] = V::load(scales + v * V::kLanes);
  const float* const units = x.units + block;
  const int64_t row_units = x.row_units, stride = sums.stride;
  float *const out = sums.sums, *const magnitudes = sums.magnitudes;
#pragma GCC unroll 16
  for (int i = 0; i < kRows; ++i) {
    const bool counts = kHasMagnitudes && (block & x.magnitude_masks[i]) == 0;
#pragma GCC unroll 4
    for (int v = 0; v < kVectors; ++v) {
      const int64_t place = i * stride + v * V::kLanes;
      typename V::Float products = V::to_float(tile[i][v]);
      if (kHasUnits) products = V::multiply(products, V::broadcast(units[i * row_units]));
      V::store(out + place, V::multiply_add(products, of_columns[v], V::load(out + place)));
      if (!counts) continue;
      const typename V::Float magnitude = V::magnitude(V::multiply(products, of_columns[v]));
      V::store(magnitudes + place, V::add(magnitude, V::load(magnitudes + place)));
    }
  }
}

template <typename V, bool kHasUnits, int kVectors, int kRows>
[[gnu::always_inline]] inline void end_block(const typename V::Int (&tile)[kRows][kVectors],
                                             const BlockFloats& x, int64_t block,
                                             const float* scales, const Int4PanelSums& sums) {
  if (kHasUnits && sums.magnitudes) {
    add_products<V, kHasUnits, true>(tile, x, block, scales, sums);
  } else {
    add_products<V, kHasUnits, false>(tile, x, block, scales, sums);
  }
}

template <typename V, int kVectors, int kRows>
void int4_panel_tile(const BlockFloats& x, const int32_t* panel, const float* scales, int64_t words,
                     int64_t group_words, const Int4PanelSums& sums) {
  const int32_t* rows[kRows];
  for (int i = 0; i < kRows; ++i) rows[i] = x.values + i * x.row_values;
  int64_t left_in_group = group_words, step = 0;
  for (int64_t word = 0, block = 0; word < words; ++block) {
    const int64_t block_words = panel_block_words(left_in_group, words - word);
    word += block_words;
    typename V::Int tile[kRows][kVectors];
    for (int i = 0; i < kRows; ++i) {
      for (int v = 0; v < kVectors; ++v) tile[i][v] = V::zero_int();
    }
    for (; step < word * kStepsPerWord; ++step, panel += kVectors * V::kLanes) {
      typename V::Int columns[kVectors];
      for (int v = 0; v < kVectors; ++v) columns[v] = V::load_words(panel + v * V::kLanes);
      for (int i = 0; i < kRows; ++i) {
        const typename V::Int row = V::broadcast(rows[i][step]);
        for (int v = 0; v < kVectors; ++v) tile[i][v] = V::dot(tile[i][v], row, columns[v]);
      }
    }
    end_block<V, true>(tile, x, block, scales, sums);
    left_in_group -= block_words;
    if (left_in_group == 0) {
      left_in_group = group_words;
      scales += kVectors * V::kLanes;
    }
  }
}

}  // namespace
}  // namespace qutlass::cpu
