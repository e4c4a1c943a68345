// qutlass/numerics.h and qutlass/layout.h against cases computed by hand.
#include "harness.h"

namespace qutlass::test {
namespace {

TEST(bf16_rounds_half_to_even) {
  const struct {
    uint32_t bits;
    uint16_t rounded;
  } cases[] = {
      {0x3f800000, 0x3f80},  // 1
      {0x3f808000, 0x3f80},  // a tie, down to even
      {0x3f818000, 0x3f82},  // a tie, up to even
      {0x3f808001, 0x3f81},  // just above a tie
      {0x3f80ffff, 0x3f81},  // just below the next
      {0xbf818000, 0xbf82},  // ties do not depend on the sign
      {0x7f7fffff, 0x7f80},  // the greatest float32 becomes infinite
      {0x7f800000, 0x7f80},
      {0xff800000, 0xff80},
      {0x7f800001, 0x7fc0},  // a NaN whose upper bits
                             // alone would read as
                             // infinite
      {0xffc12345, 0x7fc0},
      {0x00000001, 0x0000},
      {0x00008001, 0x0001},
      {0x80000000, 0x8000},
  };
  for (const auto& c : cases) {
    const uint16_t got = bf16_bits(float_from_bits(c.bits));
    CHECK(got == c.rounded, "0x%08x rounds to 0x%04x, expected 0x%04x", c.bits, got, c.rounded);
  }
}

TEST(activations) {
  CHECK(activate(-1.0f, Activation::kLinear) == -1.0f, "linear");
  CHECK(activate(-1.0f, Activation::kRelu) == 0.0f, "relu below");
  CHECK(activate(7.0f, Activation::kRelu) == 7.0f, "relu above");
  CHECK(activate(7.0f, Activation::kRelu6) == 6.0f, "relu6 above");
  CHECK(activate(5.5f, Activation::kRelu6) == 5.5f, "relu6 within");
  CHECK(float_bits(activate(-0.0f, Activation::kRelu)) == 0, "relu makes -0 a +0");
  CHECK(is_nan(activate(kNan, Activation::kRelu6)), "relu6 keeps NaN");
}

TEST(symmetric_quantizers) {
  const Quantizer unit = symmetric_quantizer(127.0f, 127.0f, 0);
  CHECK(unit.scale == 1.0f && unit.inverse == 1.0f && unit.zero == 0, "127 has a step of 1");
  CHECK(quantize(2.5f, unit, -127, 127) == 2, "a tie rounds to even");
  CHECK(quantize(3.5f, unit, -127, 127) == 4, "a tie rounds to even");
  CHECK(quantize(-127.4f, unit, -127, 127) == -127, "the lowest");
  const Quantizer nothing = symmetric_quantizer(0.0f, 127.0f, 0);
  CHECK(nothing.scale == 1.0f && quantize(0.0f, nothing, -127, 127) == 0, "zeros have scale 1");
  const Quantizer tiny = symmetric_quantizer(kLeastDenormal, 7.0f, 8);
  CHECK(tiny.scale == 1.0f && quantize(kLeastDenormal, tiny, 1, 15) == 8, "denormals are zeros");
  for (float bad : {kNan, kInfinity}) {
    const Quantizer none = symmetric_quantizer(bad, 127.0f, 0);
    CHECK(is_nan(none.scale) && quantize(bad, none, -127, 127) == 0, "not finite: scale NaN");
  }
}

TEST(asymmetric_quantizers) {
  const Quantizer bytes = asymmetric_quantizer(-1.0f, 254.0f, 255.0f, -128.0f);
  CHECK(bytes.scale == 1.0f && bytes.zero == -127, "-1..254 has a step of 1 and zero at -127");
  CHECK(quantize(-1.0f, bytes, -128, 127) == -128, "the lowest");
  CHECK(quantize(254.0f, bytes, -128, 127) == 127, "the highest");
  const Quantizer positive = asymmetric_quantizer(0.0f, 15.0f, 15.0f, 0.0f);
  CHECK(positive.zero == 0 && quantize(15.0f, positive, 0, 15) == 15, "0..15");
  const Quantizer negative = asymmetric_quantizer(-15.0f, 0.0f, 15.0f, 0.0f);
  CHECK(negative.zero == 15 && quantize(-15.0f, negative, 0, 15) == 0, "-15..0");
  CHECK(is_nan(asymmetric_quantizer(-kGreatest, kGreatest, 255.0f, -128.0f).scale),
        "a range beyond float32");
}

TEST(layouts) {
  CHECK(int8_words(0) == 0 && int8_words(4) == 1 && int8_words(5) == 2, "int8 words");
  CHECK(int4_words(0) == 0 && int4_words(8) == 1 && int4_words(9) == 2, "int4 words");
  const uint32_t bytes = 0x80ff7f01u;
  const int32_t of_bytes[] = {1, 127, -1, -128};
  for (int i = 0; i < 4; ++i) CHECK(int8_of(bytes, i) == of_bytes[i], "byte %d", i);
  for (int i = 0; i < 8; ++i) CHECK(int4_of(0x76543210u, i) == i, "nibble %d", i);
  CHECK(int8_in_word(-2, 1) == 0xfe00u && int4_in_word(15, 7) == 0xf0000000u, "into a word");
  CHECK(group_count(0, 32) == 1 && group_count(64, 32) == 2 && group_count(65, 32) == 3, "groups");
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
