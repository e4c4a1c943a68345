// prepack_int8, prepack_int4 and what goes with them, over the formats (prepacked_int8.h,
// prepacked_int4.h).
#include "cpu/prepacked.h"

#include <algorithm>
#include <cstring>

#include "cpu/configuration.h"
#include "cpu/kernels.h"
#include "cpu/prepacked_int4.h"
#include "cpu/prepacked_int8.h"

namespace qutlass::cpu {
namespace {

const Isa& isa() { return *configuration().isa; }

template <typename Format>
PrepackedHeader header_of(int64_t n, int64_t words) {
  PrepackedHeader header{};
  std::strncpy(header.format, Format::kName, sizeof header.format - 1);
  std::strncpy(header.isa, isa().name, sizeof header.isa - 1);
  header.n = n;
  header.words = words;
  return header;
}

template <typename Format>
int64_t prepacked_size(int64_t n, int64_t words) {
  return Format::is_kept_by(isa()) ? Format(isa(), n, words).size() : 0;
}

template <typename Format>
std::optional<PrepackedShape> prepacked_shape(const int32_t* prepacked, int64_t size) {
  PrepackedHeader header;
  if (!Format::is_kept_by(isa()) || size * sizeof(int32_t) < sizeof header) return std::nullopt;
  std::memcpy(&header, prepacked, sizeof header);
  const PrepackedShape shape = {header.n, header.words};
  if (shape.n < 0 || shape.words < 0 || shape.n > size || shape.words > size) return std::nullopt;
  const PrepackedHeader own = header_of<Format>(shape.n, shape.words);
  if (std::memcmp(&header, &own, sizeof own) != 0) return std::nullopt;
  if (Format(isa(), shape.n, shape.words).size() != size) return std::nullopt;
  return shape;
}

template <typename Format>
const char* prepack(const PrepackArgs& args) {
  if (const char* error = configuration_error()) return error;
  if (!Format::is_kept_by(isa())) return nullptr;
  const PrepackedHeader header = header_of<Format>(args.n, args.words);
  std::fill_n(args.prepacked, kPrepackedHeaderWords, 0);
  std::memcpy(args.prepacked, &header, sizeof header);
  Format(isa(), args.n, args.words).pack(args.w, args.prepacked);
  return nullptr;
}

template <typename Format>
const char* unprepack(const UnprepackArgs& args) {
  if (const char* error = configuration_error()) return error;
  Format(isa(), args.n, args.words).unpack(args.prepacked, args.w);
  return nullptr;
}

}  // namespace

int64_t prepacked_int8_size(int64_t n, int64_t words) {
  return prepacked_size<PrepackedInt8>(n, words);
}
int64_t prepacked_int4_size(int64_t n, int64_t words) {
  return prepacked_size<PrepackedInt4>(n, words);
}
int64_t prepacked_int4_scales_size(int64_t n, int64_t groups) {
  return prepacked_size<PrepackedInt4Scales>(n, groups);
}

std::optional<PrepackedShape> prepacked_int8_shape(const int32_t* prepacked, int64_t size) {
  return prepacked_shape<PrepackedInt8>(prepacked, size);
}
std::optional<PrepackedShape> prepacked_int4_shape(const int32_t* prepacked, int64_t size) {
  return prepacked_shape<PrepackedInt4>(prepacked, size);
}
std::optional<PrepackedShape> prepacked_int4_scales_shape(const int32_t* prepacked, int64_t size) {
  return prepacked_shape<PrepackedInt4Scales>(prepacked, size);
}

const char* prepack_int8(const PrepackArgs& args) { return prepack<PrepackedInt8>(args); }
const char* prepack_int4(const PrepackArgs& args) { return prepack<PrepackedInt4>(args); }
const char* prepack_int4_scales(const PrepackArgs& args) {
  return prepack<PrepackedInt4Scales>(args);
}

const char* unprepack_int8(const UnprepackArgs& args) { return unprepack<PrepackedInt8>(args); }
const char* unprepack_int4(const UnprepackArgs& args) { return unprepack<PrepackedInt4>(args); }
const char* unprepack_int4_scales(const UnprepackArgs& args) {
  return unprepack<PrepackedInt4Scales>(args);
}

}  // namespace qutlass::cpu
