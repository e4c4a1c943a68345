// QUTLASS_CPU_ISA and QUTLASS_NUM_THREADS: each test fits one setting of them (see CMakeLists.txt).
#include "cpu/processors.h"
#include "harness.h"

namespace qutlass::test {
namespace {

// The reason that any op gives for doing nothing; "" where it gives none.
const char* reason_to_refuse() {
  const float scale = 1.0f;
  MatmulInt8Args args{};
  args.sa = args.sb = &scale;
  const char* of_product = cpu::matmul_int8(args, nullptr);
  const char* of_packing = cpu::pack_int4(PackArgs{});
  const char* of_quantizing = cpu::quantize_int8(QuantizeInt8Args{});
  CHECK(of_product == of_packing && of_product == of_quantizing, "the ops do not agree");
  return of_product ? of_product : "";
}

TEST(defaults) {
  const char* reason = reason_to_refuse();
  CHECK(*reason == 0, "%s", reason);
  CHECK(std::strcmp(cpu::isa_reason(), "the best of this processor") == 0, "%s", cpu::isa_reason());
  CHECK(cpu::thread_count() == cpu::usable_processors(), "%d threads for %d processors",
        cpu::thread_count(), cpu::usable_processors());
}

TEST(forced) {
  const char* reason = reason_to_refuse();
  CHECK(*reason == 0, "%s", reason);
  CHECK(std::strcmp(cpu::isa_name(), "scalar") == 0, "%s", cpu::isa_name());
  CHECK(std::strcmp(cpu::isa_reason(), "QUTLASS_CPU_ISA=scalar") == 0, "%s", cpu::isa_reason());
  CHECK(cpu::thread_count() == 5, "%d threads", cpu::thread_count());
}

TEST(unknown_isa) {
  const char* reason = reason_to_refuse();
  const std::string want = "QUTLASS_CPU_ISA is 'mmx', but this processor has ";
  CHECK(std::string(reason).compare(0, want.size(), want) == 0, "%s", reason);
  CHECK(std::strstr(reason, "scalar"), "%s", reason);
}

TEST(bad_thread_count) {
  const char* reason = reason_to_refuse();
  const std::string want = "QUTLASS_NUM_THREADS is 'two', expected a whole number in 1..1024";
  CHECK(reason == want, "%s", reason);
}

}  // namespace
}  // namespace qutlass::test

TEST_MAIN()
